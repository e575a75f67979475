"""The reading process: bounded, replaced when it dies, and never believed."""

import email.message
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from letters_in import mail

from intake.parse import parse
from intake.reader import IsolatedReader, Lane
from intake.reading_process import Limits
from intake.wire import Frame
from models.errors import UnreadableMessage

ODD = Path(__file__).parents[1] / "mail"
ENOUGH = Limits(memory=1_000_000_000, cpu_seconds=4)


def bad_lane(limits: Limits = ENOUGH, *, wait_s: float = 30) -> Lane:
    """Return a lane whose process can also be asked to misbehave."""
    return Lane(limits, wait_s=wait_s, program=[str(Path(__file__).parents[1] / "bad_reader.py")])


def test_a_message_is_read_as_it_would_be_in_our_own_process(reader: IsolatedReader) -> None:
    """Nothing is lost or changed on the way between the two."""
    for file in sorted(ODD.glob("00*.eml")):
        raw = file.read_bytes()
        assert reader.read(raw).text == parse(raw).text, file.name


def test_what_cannot_be_read_is_refused_with_its_reason(reader: IsolatedReader) -> None:
    """The reason is the parser's own."""
    with pytest.raises(UnreadableMessage) as refused:
        reader.read((ODD / "0116-parts-5000.eml").read_bytes())
    assert refused.value.reason == "parts"
    assert reader.read(mail()).subject


def test_a_message_that_takes_too_long_ends_its_reader_and_the_next_is_read() -> None:
    """The kernel ends the process; the message is refused for time, and the one behind it is read."""
    lane = bad_lane(Limits(memory=1_000_000_000, cpu_seconds=1))
    begun = time.monotonic()
    with pytest.raises(UnreadableMessage) as refused:
        lane.ask(Frame({"what": "loop"}, (b"x",)))
    assert refused.value.reason == "time"
    assert time.monotonic() - begun < 60
    assert "parsed" in lane.ask(Frame({"what": "mail"}, (mail(),))).values
    lane.close()


def test_a_reader_that_sleeps_is_given_up_when_the_wait_is_over() -> None:
    """Processor time is not all that can be wasted."""
    lane = bad_lane(wait_s=1)
    with pytest.raises(UnreadableMessage) as refused:
        lane.ask(Frame({"what": "sleep"}, (b"x",)))
    assert refused.value.reason == "time"
    lane.close()


def test_a_message_that_takes_too_much_memory_is_refused_for_memory() -> None:
    """The process has a limit of its own, far below what would hurt the machine."""
    lane = bad_lane()
    with pytest.raises(UnreadableMessage) as refused:
        lane.ask(Frame({"what": "hoard"}, (b"x",)))
    assert refused.value.reason == "memory"
    assert "parsed" in lane.ask(Frame({"what": "mail"}, (mail(),))).values
    lane.close()


def test_a_reader_that_is_killed_is_replaced_and_the_message_read() -> None:
    """Where memory is short the kernel kills at random: that is not the message's fault."""
    lane = bad_lane()
    lane.ask(Frame({"what": "mail"}, (mail(),)))
    os.kill(lane.process_id or 0, signal.SIGKILL)
    assert "parsed" in lane.ask(Frame({"what": "mail"}, (mail(),))).values
    lane.close()


def test_a_message_that_kills_its_reader_each_time_is_refused() -> None:
    """Twice is enough."""
    lane = bad_lane()
    with pytest.raises(UnreadableMessage) as refused:
        lane.ask(Frame({"what": "die"}, (b"x",)))
    assert refused.value.reason == "crashed"
    lane.close()


def test_a_reader_can_write_no_file_and_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has neither our environment nor leave to write."""
    monkeypatch.setenv("HEARD_IMAP_PASSWORD", "secret")
    lane = bad_lane()
    said = lane.ask(Frame({"what": "escape"}, (b"x",))).values
    assert "File too large" in said["wrote"]
    assert not [name for name in said["environment"] if name.startswith("HEARD")]
    lane.close()


def test_many_large_messages_pass_one_after_the_other(reader: IsolatedReader) -> None:
    """Larger than any pipe holds at once, there and back."""
    photo = os.urandom(6_000_000)
    message = email.message.EmailMessage()
    message["From"], message["Subject"] = "ann@example.org", "Photo"
    message.set_content("See the photo of the wall in my bedroom; it has been like this since the summer.")
    message.add_attachment(photo, maintype="image", subtype="jpeg", filename="wall.jpg")
    for _ in range(3):
        (attached,) = reader.read(message.as_bytes()).attachments
        assert attached.content == photo


def test_two_threads_share_a_reader_without_mixing_their_messages(reader: IsolatedReader) -> None:
    """One waits for the other."""
    with ThreadPoolExecutor(2) as pool:
        subjects = [f"number {number}" for number in range(40)]
        read = list(pool.map(lambda each: reader.read(mail(subject=each)).subject, subjects))
    assert read == subjects
