"""Zips in a scan folder: each file in them is a message, and no zip does harm."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from fakes import FakeClock
from letters_in import mail
from on_disk import NOW, PDF, Book, listed, put

from intake.folders import ScanFolder
from intake.folders.zipped import ZipLimits
from models.message import FetchedMessage


def polled(folder: Path, **changes: object) -> ScanFolder:
    """Return a scan folder as the service polls it."""
    return ScanFolder("scans", folder, clock=FakeClock(NOW), **changes)  # type: ignore[arg-type]


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of names and contents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def kept(folder: Path, content: bytes, **changes: object) -> list[FetchedMessage]:
    """Return what is kept of a zip."""
    put(folder, "post.zip", content)
    return Book().keep(polled(folder, **changes))


def test_every_member_is_a_message_of_its_own(tmp_path: Path) -> None:
    """With its own name and the time of the zip; mail in it is mail; what systems put there is nothing."""
    found = kept(tmp_path, zipped(
        ("letters/", b""), ("letters/one.pdf", PDF), ("two.eml", mail()), ("__MACOSX/._one.pdf", b"x"),
        ("letters/Thumbs.db", b"x"), ("C:\\post\\three.docx", b"word"), ("inner.zip", zipped(("a", b"a"))),
    ))  # fmt: skip
    assert [each.filename for each in found] == ["one.pdf", "", "three.docx", "inner.zip"]
    assert [each.fault for each in found] == [None] * 4
    assert found[0].raw == PDF
    assert {each.received_at for each in found} == {NOW.replace(hour=9)}
    assert len({each.place for each in found}) == 4


def test_a_name_in_a_zip_is_never_a_path(tmp_path: Path) -> None:
    """Whatever it says, nothing is written anywhere and only its last part is shown."""
    folder = tmp_path / "scans"
    found = kept(folder, zipped(("../../evil.pdf", PDF), ("/etc/passwd", PDF), ("a\x1b[2J.pdf", PDF)))
    assert [each.filename for each in found] == ["evil.pdf", "passwd", "a_[2J.pdf"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["post.zip", "scans"]


def test_a_zip_is_known_by_its_members_and_not_opened_again(tmp_path: Path) -> None:
    """The next poll asks nothing; a new process asks once."""
    put(tmp_path, "post.zip", zipped(("a.pdf", PDF), ("b.pdf", b"b")))
    box, book = polled(tmp_path), Book()
    found = book.keep(box)
    assert listed(box) == [each.place.uid for each in found]
    book.asked.clear()
    assert book.keep(box) == []
    assert book.asked == []
    assert book.keep(polled(tmp_path)) == []
    assert len(book.asked) == 2


def test_a_member_with_a_password_is_an_item(tmp_path: Path) -> None:
    """The others are read."""
    raw = zipped(("a.pdf", PDF), ("b.pdf", PDF))
    # The flag of encryption stands in the table of contents, 8 bytes behind its mark (APPNOTE 4.3.12).
    at = raw.rindex(b"PK\x01\x02")
    locked = raw[: at + 8] + b"\x01\x00" + raw[at + 10 :]
    first, second = kept(tmp_path, locked)
    assert first.raw == PDF
    assert second.raw is None
    assert "a zip with a password" in (second.fault or "")


def test_a_bomb_is_an_item_and_fills_no_memory(tmp_path: Path) -> None:
    """A member over the limit is not unpacked, and one that lies about its size no further than it says."""
    bomb = zipped(("zeros.pdf", bytes(60_000_000)), ("a.pdf", PDF))
    at = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"PK\x01\x02"))
    liar = bomb[: at + 24] + struct.pack("<L", 1_000) + bomb[at + 28 :]
    tracemalloc.start()
    for number, content in enumerate((bomb, liar)):
        first, second = kept(tmp_path / str(number), content)
        assert first.raw is None
        assert first.fault
        assert second.raw == PDF
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_members_that_together_are_too_much_stay_in_the_zip(tmp_path: Path) -> None:
    """Each that is left has its own item, and so has the rest of a zip with too many."""
    limits = ZipLimits(members=4, member=1_000, total=2_000)
    members = [(f"{number}.pdf", bytes([number]) * 900) for number in range(6)]
    found = kept(tmp_path, zipped(*members), zip_limits=limits)
    assert listed(polled(tmp_path, zip_limits=limits)) == [each.place.uid for each in found]
    assert [each.raw is not None for each in found] == [True, True, False, False, False]
    assert "unpacks to more than 2,000 bytes" in (found[2].fault or "")
    assert "the zip holds 6 files; all after the first 4 stay in it" in (found[4].fault or "")


def test_a_table_of_contents_without_end_is_refused(tmp_path: Path) -> None:
    """It would be read whole, so a zip of a million empty files is one item."""
    raw = zipped(*((f"{number}", b"") for number in range(2_000)))
    (found,) = kept(tmp_path, raw, zip_limits=ZipLimits(table=50_000))
    assert found.raw == raw
    assert "its table of contents is too long" in (found.fault or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"this is no zip", "cannot be opened"),
        (zipped(("a.pdf", PDF))[:-30], "cannot be opened"),
        (zipped(), "holds no files"),
        (zipped(("Thumbs.db", b"x")), "holds no files"),
    ],
)
def test_a_zip_that_cannot_be_opened_goes_to_an_officer_whole(
    content: bytes, why: str, tmp_path: Path
) -> None:
    """Its bytes are kept, and the item says what to do."""
    (found,) = kept(tmp_path, content)
    assert (found.raw, found.filename) == (content, "post.zip")
    assert why in (found.fault or "")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_bound_are_not_opened(method: int, tmp_path: Path) -> None:
    """The standard library hands over as much as a few bytes of these unpack to."""
    (found,) = kept(tmp_path, zipped(("a.pdf", PDF), method=method))
    assert "made by a method that is not opened" in (found.fault or "")


def test_a_damaged_member_is_an_item(tmp_path: Path) -> None:
    """Its checksum tells; an empty one says so."""
    raw = bytearray(zipped(("a.pdf", PDF), ("b.pdf", b""), method=zipfile.ZIP_STORED))
    raw[raw.index(PDF)] ^= 1
    damaged, empty = kept(tmp_path, bytes(raw))
    assert "it is damaged in its zip" in (damaged.fault or "")
    assert empty.fault == "the file is empty"


def test_a_zip_is_moved_when_everything_in_it_is_kept(tmp_path: Path) -> None:
    """Not before: what stays in it unread would be out of sight."""
    put(tmp_path, "whole.zip", zipped(("a.pdf", PDF), ("b.pdf", b"b")))
    put(tmp_path, "partly.zip", zipped(("a.pdf", PDF), ("b.pdf", b"")))
    box, book = polled(tmp_path, move_to="Heard"), Book()
    assert len(book.keep(box)) == 4
    assert (tmp_path / "Heard" / "whole.zip").exists()
    assert (tmp_path / "partly.zip").exists()


def test_a_zip_that_was_read_in_part_is_not_moved(tmp_path: Path) -> None:
    """Whoever stopped in the middle goes on with the rest the next time."""
    put(tmp_path, "post.zip", zipped(*((f"{number}.pdf", PDF) for number in range(60))))
    box, book = polled(tmp_path, move_to="Heard"), Book()
    first = next(iter(box.waiting(book)))
    book.known.update(each.place.uid for each in first)
    box.mark([each.place for each in first])
    assert (tmp_path / "post.zip").exists()
    assert len(book.keep(box)) == 10
    assert (tmp_path / "Heard" / "post.zip").exists()


def test_a_member_is_handed_over_again(tmp_path: Path) -> None:
    """The limit was raised, and the officer asks for it once more."""
    put(tmp_path, "post.zip", zipped(("a.pdf", b"x" * 20_000)))
    (refused,) = Book().keep(polled(tmp_path, largest=10_000))
    assert refused.raw is None
    again = polled(tmp_path).again(refused.place)
    assert again is not None
    assert again.raw == b"x" * 20_000
