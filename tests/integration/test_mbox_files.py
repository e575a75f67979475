"""mbox files: parted where messages begin, read on when they grow, known by what the messages say."""

import mailbox as stdlib_mailbox
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import FakeClock
from letters_in import mail
from on_disk import NOW, Book, listed, put

from intake.folders import MboxFile
from models.errors import MailboxUnavailable

LINE = b"From ann@example.org Tue Mar  3 09:00:00 2026\n"


def message(subject: str, body: bytes = b"The bin was missed.\n") -> bytes:
    """Return a message with the line that begins it and the empty one behind it."""
    return LINE + f"From: ann@example.org\nSubject: {subject}\n\n".encode() + body + b"\n"


def texts(content: bytes, tmp_path: Path) -> list[bytes]:
    """Return the bytes of each message of an mbox with this content."""
    file = put(tmp_path, "box.mbox", content)
    return [each.raw or b"" for each in MboxFile("box", file).messages()]


def append(file: Path, content: bytes, *, at_s: float) -> None:
    """Write more into a file at so many seconds past now."""
    with file.open("ab") as opened:
        opened.write(content)
    at = NOW.timestamp() + at_s
    os.utime(file, (at, at))


def test_messages_are_parted_and_their_bytes_are_those_of_the_file(tmp_path: Path) -> None:
    """Without the line that begins them and the empty one behind; quoted lines stay quoted."""
    first = message("one", b"Dear all,\n\n>From the window I see it.\n>>From me.\n")
    assert texts(first + message("two"), tmp_path) == [
        first[len(LINE) : -1], message("two")[len(LINE) : -1],
    ]  # fmt: skip
    crlf = (first + message("two")).replace(b"\n", b"\r\n")
    assert b"\r\n".join(texts(crlf, tmp_path)).count(b"Subject") == 2


@pytest.mark.parametrize(
    "sentence",
    [
        b"From here on nobody came.\n",
        b"From Monday to Friday 09:00 it is loud.\n",
        b"From 10:30 on 3 March 2026 until 11:45 nobody answered.\n",
        b"From " + b"x" * 3_000 + b"\nTo: nobody\n",
        b"From here:\nhttps://www.harrowmere.example/bins\n",
    ],
)
def test_a_sentence_that_begins_with_from_does_not_cut_a_complaint(sentence: bytes, tmp_path: Path) -> None:
    """Not every program quotes it; what is around it tells."""
    body = b"Dear council,\n\n" + sentence + b"\nAnn\n"
    assert len(texts(message("one", body) + message("two"), tmp_path)) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"From MAILER-DAEMON Sun Nov 22 05:00:00 2026\n",
        b"From - Tue Mar 03 09:00:00 2026\n",
        b"From ann@example.org Tue, 3 Mar 2026 09:00:00 +0000\n",
        b"From ann@example.org Tue Mar  3 09:00:00 GMT 2026\n",
        b"From ann@example.org\n",
    ],
)
def test_the_lines_of_many_programs_begin_a_message(line: bytes, tmp_path: Path) -> None:
    """With or without a date, as the first line of the file and further down."""
    content = (line + message("one")[len(LINE) :]) * 3
    assert len(texts(content, tmp_path)) == 3


def test_a_missing_empty_line_hides_no_message(tmp_path: Path) -> None:
    """A dated line that headers follow begins a message whatever stands before it."""
    assert len(texts(message("one")[:-1] + message("two"), tmp_path)) == 2


def test_nothing_in_the_file_is_passed_over(tmp_path: Path) -> None:
    """What stands before the first message is one of its own, and so is a file without any such line."""
    assert len(texts(b"\n\n" + message("one"), tmp_path)) == 1
    assert texts(b"Subject: lost\n\nwords\n\n" + message("one"), tmp_path)[0].startswith(b"Subject: lost")
    assert texts(mail(), tmp_path) == [mail()]
    (empty,) = Book().keep(MboxFile("box", put(tmp_path, "empty.mbox", LINE)))
    assert empty.fault == "it is empty"


def test_messages_over_the_edges_of_what_is_read_at_once_are_whole(tmp_path: Path) -> None:
    """However the lines fall, each message is found once."""
    for shift in range(0, 60, 7):
        first = message("one", b"x" * 79 + b"\n" + b"y" * ((1 << 20) - 200 + shift) + b"\n")
        found = texts(first + message("two") + message("three"), tmp_path)
        assert [len(each) for each in found] == [
            len(first) - len(LINE) - 1, len(message("two")) - len(LINE) - 1,
            len(message("three")) - len(LINE) - 1,
        ]  # fmt: skip


def test_what_the_standard_library_writes_is_read_back(tmp_path: Path) -> None:
    """The same messages in the same order."""
    box = stdlib_mailbox.mbox(tmp_path / "box.mbox")
    for number in range(20):
        box.add(mail(subject=f"number {number}", body="\nFrom me\n\nFrom you\n").replace(b"\r\n", b"\n"))
    box.close()
    found = list(MboxFile("box", tmp_path / "box.mbox").messages())
    assert [f"number {number}".encode() in (each.raw or b"") for number, each in enumerate(found)] == [
        True
    ] * 20


def test_a_message_over_the_limit_is_an_item_and_the_next_is_read(tmp_path: Path) -> None:
    """It shows who wrote it; the file is left alone."""
    file = put(tmp_path, "box.mbox", message("large", b"x" * 20_000 + b"\n") + message("two"))
    large, second = Book().keep(MboxFile("box", file, largest=10_000))
    assert large.raw is None
    assert b"Subject: large" in large.head
    assert "stays in its mbox file" in (large.fault or "")
    assert second.raw is not None


def test_an_unchanged_file_is_not_read_and_a_grown_one_from_its_last_message_on(tmp_path: Path) -> None:
    """The record is asked about the last known message and the new ones only; equal twins are two."""
    clock = FakeClock(NOW)
    file = put(tmp_path, "box.mbox", message("one") + message("two") + message("two"))
    box, book = MboxFile("box", file, clock=clock), Book()
    assert len(book.keep(box)) == 3
    book.asked.clear()
    assert book.keep(box) == []
    assert book.asked == []
    append(file, message("two") + message("three"), at_s=0)
    clock.move(timedelta(seconds=10))
    found = book.keep(box)
    assert [b"three" in (each.raw or b"") for each in found] == [False, True]
    assert len(book.asked) == 3
    assert len(listed(box)) == 5
    assert set(listed(box)) == book.known


def test_a_message_that_is_still_written_waits_and_holds_no_other_up(tmp_path: Path) -> None:
    """The last one is taken when another follows, or when nobody has written for a while."""
    clock = FakeClock(NOW)
    half = message("two")[:-12]
    file = put(tmp_path, "box.mbox", message("one") + half, age_s=1)
    box, book = MboxFile("box", file, clock=clock), Book()
    (first,) = book.keep(box)
    assert b"Subject: one" in (first.raw or b"")
    assert len(listed(box)) == 1
    append(file, message("two")[-12:] + message("three"), at_s=1)
    (second,) = book.keep(box)
    assert second.raw == message("two")[len(LINE) : -1]
    clock.move(timedelta(seconds=10))
    (third,) = book.keep(box)
    assert b"Subject: three" in (third.raw or b"")
    assert book.keep(box) == []


def test_a_rewritten_file_is_read_again_and_only_its_news_are_new(tmp_path: Path) -> None:
    """Somebody deleted the first message; equal twins stay two, and nothing known is fetched."""
    clock = FakeClock(NOW)
    whole = [message("one"), message("two"), message("two"), message("three")]
    file = put(tmp_path, "box.mbox", b"".join(whole))
    box, book = MboxFile("box", file, clock=clock), Book()
    assert len(book.keep(box)) == 4
    put(tmp_path, "box.mbox", b"".join([*whole[1:], message("four")]), age_s=90)
    (new,) = book.keep(box)
    assert b"Subject: four" in (new.raw or b"")
    put(tmp_path, "box.mbox", b"".join(whole[1:3]), age_s=80)
    assert book.keep(box) == []
    append(file, message("five"), at_s=-70)
    assert len(book.keep(box)) == 1
    assert set(listed(box)) <= book.known


def test_a_poll_that_breaks_off_loses_nothing(tmp_path: Path) -> None:
    """The next one reads what was not kept."""
    file = put(tmp_path, "box.mbox", b"".join(message(str(number)) for number in range(120)))
    box, book = MboxFile("box", file, clock=FakeClock(NOW)), Book()
    first = next(iter(box.waiting(book)))
    book.known.update(each.place.uid for each in first)
    assert len(book.keep(box)) == 120 - len(first)


def test_a_file_that_goes_away_says_so_and_comes_back(tmp_path: Path) -> None:
    """A folder in its place is no mbox either."""
    file = put(tmp_path, "box.mbox", message("one"))
    box, book = MboxFile("box", file), Book()
    assert len(book.keep(box)) == 1
    file.rename(tmp_path / "away")
    with pytest.raises(MailboxUnavailable, match="does not exist"):
        book.keep(box)
    (tmp_path / "away").rename(file)
    assert book.keep(box) == []
    with pytest.raises(MailboxUnavailable, match="is no file"):
        MboxFile("box", tmp_path).check()


def test_one_message_is_handed_over_again(tmp_path: Path) -> None:
    """By what it says, wherever it stands now."""
    file = put(tmp_path, "box.mbox", message("one") + message("two"))
    box = MboxFile("box", file)
    second = list(box.messages())[1]
    put(tmp_path, "box.mbox", message("two"))
    again = box.again(second.place)
    assert again is not None
    assert again.raw == second.raw


def test_a_large_mbox_is_read_in_little_memory(tmp_path: Path) -> None:
    """Neither long lines nor many messages are held."""
    with (tmp_path / "box.mbox").open("wb") as opened:
        for number in range(200):
            opened.write(message(str(number), b"x" * 150_000 + b"\n"))
    tracemalloc.start()
    assert sum(len(batch) for batch in MboxFile("box", tmp_path / "box.mbox").waiting(Book())) == 200
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()
