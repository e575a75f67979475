""".msg files: read as an independent reader reads them, bounded whatever they declare."""

import random
import struct
import time
from datetime import UTC, datetime

import pytest
from compressed_rtf import compress
from mail.make.msg import Msg, MsgFile, Storage, Value, compound_file, message_storage, msg
from oxmsg import Message

from intake.msg_file import unpack_msg
from intake.outlook import parse_msg
from models.errors import UnreadableMessage

SUBJECT, BODY, RTF, HTML, CLASS, HEADERS = 0x0037, 0x1000, 0x1009, 0x1013, 0x001A, 0x007D
SENDER, ADDRESS, SENT = 0x0C1A, 0x5D01, 0x0039
ANN: dict[int, Value] = {
    SUBJECT: "Lift",
    BODY: "The lift is out.\r\n" * 300,
    SENDER: "Ann Lee",
    ADDRESS: "ann@example.org",
    SENT: datetime(2026, 3, 3, 10, 0, tzinfo=UTC),
}
PHOTO = MsgFile({0x3707: "lift.jpg", 0x3701: b"\xff\xd8" + bytes(9000), 0x370E: "image/jpeg"})


def test_what_is_written_is_what_an_independent_reader_finds() -> None:
    """The bytes that these tests make are a .msg to python-oxmsg too."""
    content = msg(Msg(ANN, [{0x3001: "Team", 0x39FE: "c@h.example", 0x0C15: 1}], [PHOTO]))
    other, ours = Message.load(content), unpack_msg(content)
    assert (other.subject, other.sent_date) == ("Lift", datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    assert [each.file_bytes for each in other.attachments] == [each.file.content for each in ours.files]
    assert dict(ours.fields)["From"] == "Ann Lee <ann@example.org>"
    assert dict(ours.fields)["To"] == "Team <c@h.example>"
    assert ours.text.count("The lift is out.") == 300


def test_a_msg_is_a_message() -> None:
    """Sender, date, text and files are those of the message."""
    parsed = parse_msg(msg(Msg(ANN, files=[PHOTO])))
    assert str(parsed.sender) == "Ann Lee <ann@example.org>"
    assert (parsed.subject, parsed.date) == ("Lift", datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    assert [(each.filename, each.size) for each in parsed.attachments] == [("lift.jpg", 9002)]
    assert parsed.complainant.found_in == "from"
    assert parsed.content_hash


@pytest.mark.parametrize(
    ("kind", "bounce", "reason"),
    [
        ("IPM.Note", False, ""),
        ("REPORT.IPM.Note.NDR", True, ""),
        ("REPORT.IPM.Note.IPNRN", False, "a read receipt"),
        ("IPM.Schedule.Meeting.Request", False, "a calendar invitation"),
    ],
)
def test_outlook_s_class_says_what_a_machine_sent(kind: str, *, bounce: bool, reason: str) -> None:
    """A report that was dragged out of Outlook is no complaint."""
    parsed = parse_msg(msg(Msg(ANN | {CLASS: kind, BODY: ""})))
    assert (parsed.is_bounce, parsed.machine_reason) == (bounce, reason)


def test_the_fields_that_travelled_come_first() -> None:
    """What the property sheet says is used only where no field says it."""
    travelled = "From: Bob <bob@example.org>\r\nMessage-ID: <1@x>\r\nAuto-Submitted: auto-replied\r\n\r\n"
    parsed = parse_msg(msg(Msg(ANN | {HEADERS: travelled})))
    assert (str(parsed.sender), parsed.message_id) == ("Bob <bob@example.org>", "<1@x>")
    assert (parsed.subject, parsed.is_auto_reply) == ("Lift", True)


def test_rich_text_is_read_where_there_is_nothing_else() -> None:
    """Outlook of old keeps the text in no other form."""
    rich = compress(rb"{\rtf1\ansi The caf\'e9 bin\par is full.}")
    assert unpack_msg(msg(Msg({SUBJECT: "x", RTF: rich}))).text == "The café bin\nis full."


def nested(depth: int) -> Storage:
    """Return a message that holds a message, and so on."""
    inner = Msg({SUBJECT: f"level {depth}"})
    files = [MsgFile({0x3001: "m"}, nested(depth - 1))] if depth else []
    return message_storage(Msg(inner.properties, files=files), header=24)


def test_messages_without_end_are_left_packed() -> None:
    """Some levels are read, the rest is said to be too deep."""
    content = msg(Msg(ANN, files=[MsgFile({0x3001: "m"}, nested(12))]))
    unpacked = unpack_msg(content)
    assert unpacked.fault == "its .msg file nests too many messages to be read"
    assert parse_msg(content).defects[0] == "broken_msg"


def broken_files() -> dict[str, bytes]:
    """Return files that declare what they do not hold."""
    whole = msg(Msg(ANN, files=[PHOTO]))
    return {
        "nothing": b"",
        "no compound file": b"x" * 5000,
        "cut": whole[:1000],
        "a table of four thousand million sectors": whole[:64] + b"\xff\xff\xff\xff" + whole[68:],
        "sectors of a strange size": whole[:30] + struct.pack("<H", 31) + whole[32:],
        "streams larger than the file": whole.replace(struct.pack("<Q", 9002), struct.pack("<Q", 1 << 31)),
        "no properties": compound_file({"a": b"b"}),
    }


@pytest.mark.parametrize("case", broken_files())
def test_a_file_that_lies_about_itself_is_refused_in_no_time(case: str) -> None:
    """Its sizes are held against its own before anything is read."""
    content = broken_files()[case]
    begun = time.perf_counter()
    with pytest.raises(UnreadableMessage) as raised:
        parse_msg(content)
    assert raised.value.reason == "outlook"
    assert time.perf_counter() - begun < 1


def test_damaged_bytes_are_read_or_refused() -> None:
    """Whatever happens on the way raises nothing but our own error."""
    chance = random.Random(4827)  # noqa: S311  # damage, not a secret
    whole = msg(Msg({SUBJECT: "Lift", BODY: "words", HTML: b"<p>words</p>", RTF: compress(b"{\\rtf1 x}")}))
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        unpack_msg(bytes(damaged))
