"""Folders of scans and of .eml files, as shares and colleagues leave them: real files, real rights."""

import os
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import FakeClock
from letters_in import mail
from on_disk import NOW, PDF, Book, listed, names, nobody, open_to_all, put
from sqlalchemy import Engine, text

from intake.fetch import fetch
from intake.folders import EmlFolder, MaildirMailbox, ScanFolder
from models.deadlines import WorkingDays
from models.errors import MailboxUnavailable
from models.ports import Mailbox
from models.unit_of_work import SqlUnitOfWork


def polled(folder: Path, clock: FakeClock | None = None, **changes: object) -> ScanFolder:
    """Return a scan folder as the service polls it."""
    return ScanFolder("scans", folder, clock=clock or FakeClock(NOW), **changes)  # type: ignore[arg-type]


def taken_in(box: Mailbox, engine: Engine, *, station: Callable[[str], None] = lambda _name: None) -> int:
    """Fetch into a record as the service does, and return how many messages were kept."""
    return fetch(
        box, lambda *, reads=False: SqlUnitOfWork(engine, reads=reads), clock=lambda: NOW,
        working_days=WorkingDays(), station=station,
    ).kept  # fmt: skip


@pytest.fixture
def share() -> Iterator[Path]:
    """Make a folder in which somebody without rights can be."""
    with open_to_all() as folder:
        yield folder


def test_every_file_is_a_message_with_its_name_and_the_time_it_was_put_there(tmp_path: Path) -> None:
    """Whatever its kind, subfolders included, the oldest first; mail alone has no file name."""
    put(tmp_path, "letter.pdf", age_s=60)
    put(tmp_path, "back office/IMG 1.HEIC", b"picture", age_s=50)
    put(tmp_path, "table.xyz", b"nobody knows this", age_s=40)
    put(tmp_path, "saved.EML", mail(), age_s=30)
    found = Book().keep(polled(tmp_path))
    assert [each.filename for each in found] == ["letter.pdf", "IMG 1.HEIC", "table.xyz", ""]
    assert [each.raw for each in found[:2]] == [PDF, b"picture"]
    assert found[0].received_at == NOW - timedelta(seconds=60)
    assert found[3].received_at == NOW - timedelta(seconds=30)
    assert [each.size for each in found] == [len(each.raw or b"") for each in found]


def test_saved_mail_was_received_when_our_server_got_it(tmp_path: Path) -> None:
    """Not when a colleague saved it into the folder; the clock ran meanwhile."""
    received = b"Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\r\n"
    put(tmp_path, "saved.eml", received + mail())
    (found,) = Book().keep(polled(tmp_path))
    assert found.received_at is None


def test_a_file_that_is_still_written_waits_until_it_is_left_alone(tmp_path: Path) -> None:
    """Five seconds without a change, and it is taken; until then it is not listed either."""
    clock = FakeClock(NOW)
    box, book = polled(tmp_path, clock), Book()
    put(tmp_path, "a.pdf", PDF[:9], age_s=2)
    assert book.keep(box) == []
    assert listed(box) == []
    clock.move(timedelta(seconds=4))
    put(tmp_path, "a.pdf", age_s=0, now=clock())
    assert book.keep(box) == []
    clock.move(timedelta(seconds=5))
    (found,) = book.keep(box)
    assert found.raw == PDF
    assert listed(box) == [found.place.uid]


def test_an_eml_file_that_is_still_written_waits_too(tmp_path: Path) -> None:
    """A folder of .eml files is polled by the same rule; an import waits for nothing."""
    put(tmp_path, "a.eml", mail(), age_s=1)
    assert Book().keep(EmlFolder("box", tmp_path, clock=FakeClock(NOW))) == []
    assert len(Book().keep(EmlFolder("box", tmp_path))) == 1


def test_a_share_whose_clock_is_ahead_delays_nothing_for_long(tmp_path: Path) -> None:
    """What counts then is how long we have seen it unchanged; a date days ahead is somebody's mistake."""
    clock = FakeClock(NOW)
    box, book = polled(tmp_path, clock), Book()
    put(tmp_path, "ahead.pdf", age_s=-600)
    put(tmp_path, "absurd.pdf", age_s=-86_400 * 400)
    assert names(book.keep(box)) == ["absurd.pdf"]
    clock.move(timedelta(seconds=6))
    assert names(book.keep(box)) == ["ahead.pdf"]


def test_a_file_from_a_time_before_computers_has_no_time(tmp_path: Path) -> None:
    """1970 is what a share says that knows no times; the message is then received when it is fetched."""
    file = put(tmp_path, "a.pdf")
    os.utime(file, (0, 0))
    (found,) = Book().keep(polled(tmp_path))
    assert found.received_at is None


def test_an_empty_file_becomes_an_item_when_it_stays_empty(tmp_path: Path) -> None:
    """A minute is enough for any scanner to begin."""
    clock = FakeClock(NOW)
    box, book = polled(tmp_path, clock), Book()
    put(tmp_path, "a.pdf", b"", age_s=30)
    assert book.keep(box) == []
    clock.move(timedelta(seconds=30))
    (found,) = book.keep(box)
    assert (found.raw, found.fault, found.filename) == (None, "the file is empty", "a.pdf")


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db", "desktop.ini", ".DS_Store", "a.pdf.tmp", "a.part", "a.pdf.filepart", "a.docx~",
        "~$letter.docx", ".hidden.pdf", "lost+found/a.pdf", ".Trash-1000/a.pdf",
    ],
)  # fmt: skip
def test_what_systems_and_unfinished_copies_leave_behind_is_passed_over(name: str, tmp_path: Path) -> None:
    """They are nobody's letters."""
    put(tmp_path, name)
    assert Book().keep(polled(tmp_path)) == []


def test_names_of_any_bytes_and_any_length_are_told_apart(tmp_path: Path) -> None:
    """They are kept in a form that the record can hold, and shown without what would upset a screen."""
    deep = "/".join(["d" * 200] * 3)
    for name in (b"caf\xe9.pdf", rb"caf\xe9.pdf", b"two\nlines\x1b[31m.pdf", f"{deep}/x.pdf".encode(),
                 f"{deep.replace('d', 'e', 1)}/x.pdf".encode(), "Grüße £5.pdf".encode()):  # fmt: skip
        put(tmp_path, os.fsdecode(name))
    found = Book().keep(polled(tmp_path))
    uids = {each.place.uid for each in found}
    assert len(uids) == 6
    assert all(len(uid) <= 500 and uid.encode() for uid in uids)
    assert {each.filename for each in found} == {
        r"caf\xe9.pdf", "two_lines_[31m.pdf", "x.pdf", "Grüße £5.pdf",
    }  # fmt: skip


def test_links_pipes_and_sockets_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside the folder is reached, and nothing is waited for."""
    outside = put(tmp_path, "outside/secret.pdf")
    folder = tmp_path / "scans"
    put(folder, "a.pdf")
    (folder / "link.pdf").symlink_to(outside)
    (folder / "linked").symlink_to(outside.parent)
    os.mkfifo(folder / "pipe.pdf")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.pdf")
        assert names(Book().keep(polled(folder))) == ["a.pdf"]


def test_a_rewritten_file_is_a_new_message(tmp_path: Path) -> None:
    """The hash folds what has the same content later; here every change counts."""
    box, book = polled(tmp_path), Book()
    put(tmp_path, "a.pdf", age_s=100)
    assert len(book.keep(box)) == 1
    put(tmp_path, "a.pdf", b"another", age_s=90)
    (found,) = book.keep(box)
    assert found.raw == b"another"


def test_kept_files_are_moved_and_nothing_is_overwritten(tmp_path: Path) -> None:
    """The subfolder is not read, keeps its order, and a taken name gets a number."""
    box, book = polled(tmp_path, move_to="Heard"), Book()
    put(tmp_path, "a.pdf", b"one")
    put(tmp_path, "desk/b.pdf")
    assert len(book.keep(box)) == 2
    put(tmp_path, "a.pdf", b"two", age_s=90)
    assert len(book.keep(box)) == 1
    assert book.keep(box) == []
    assert (tmp_path / "Heard" / "a.pdf").read_bytes() == b"one"
    assert (tmp_path / "Heard" / "a (2).pdf").read_bytes() == b"two"
    assert (tmp_path / "Heard" / "desk" / "b.pdf").exists()
    assert not (tmp_path / "a.pdf").exists()


def test_what_a_crash_left_unmoved_is_moved_by_the_next_process(tmp_path: Path) -> None:
    """A mailbox that has listed nothing yet finds the files of the places it is given."""
    put(tmp_path, "a.pdf")
    places = [each.place for each in Book().keep(polled(tmp_path))]
    polled(tmp_path, move_to="Heard").mark(places)
    assert (tmp_path / "Heard" / "a.pdf").exists()


def test_a_file_written_again_before_it_is_moved_stays(tmp_path: Path) -> None:
    """Its new content is not kept yet."""
    box = polled(tmp_path, move_to="Heard")
    put(tmp_path, "a.pdf")
    places = [each.place for batch in box.waiting(Book()) for each in batch]
    put(tmp_path, "a.pdf", b"corrected letter", age_s=50)
    box.mark(places)
    assert (tmp_path / "a.pdf").read_bytes() == b"corrected letter"


@pytest.mark.parametrize("content", [b"x" * 20_001, b""])
def test_what_is_not_kept_is_not_moved(content: bytes, tmp_path: Path) -> None:
    """A file over the limit, or an empty one, is an item, and stays for whoever looks into it."""
    put(tmp_path, "a.pdf", content)
    (found,) = Book().keep(polled(tmp_path, move_to="Heard", largest=20_000))
    assert found.raw is None
    assert found.fault
    assert (tmp_path / "a.pdf").exists()


def test_mail_over_the_limit_shows_its_beginning(tmp_path: Path) -> None:
    """An officer learns who wrote; the file stays."""
    put(tmp_path, "a.eml", mail(subject="Boiler", body="x" * 20_000))
    (found,) = Book().keep(EmlFolder("box", tmp_path, largest=10_000))
    assert found.raw is None
    assert b"Subject: Boiler" in found.head


def test_the_second_poll_asks_the_record_about_new_files_only(tmp_path: Path) -> None:
    """Known files cost a look into the folder and nothing else, for every kind of folder."""
    for number in range(30):
        put(tmp_path, f"{number}.eml", mail(subject=str(number)))
    for box in (polled(tmp_path), EmlFolder("box", tmp_path, clock=FakeClock(NOW))):
        book = Book()
        assert len(book.keep(box)) == 30
        book.asked.clear()
        assert book.keep(box) == []
        assert book.asked == []
        put(tmp_path, "new.eml", mail())
        assert names(book.keep(box)) == ["new.eml"]
        assert len(book.asked) == 1
        (tmp_path / "new.eml").unlink()


def test_a_new_process_asks_about_everything_once_and_fetches_nothing(tmp_path: Path) -> None:
    """What the ledger holds is never read again."""
    for number in range(3):
        put(tmp_path, f"{number}.pdf")
    book = Book()
    book.keep(polled(tmp_path))
    book.asked.clear()
    box = polled(tmp_path)
    assert book.keep(box) == []
    assert len(book.asked) == 3
    assert book.keep(box) == []
    assert len(book.asked) == 3


def test_batches_are_small_in_bytes_too(tmp_path: Path) -> None:
    """A folder of large files does not fill the memory."""
    for number in range(5):
        put(tmp_path, f"{number}.pdf", b"x" * 7_000_000)
    sizes = [sum(each.size for each in batch) for batch in polled(tmp_path).waiting(Book())]
    assert sizes == [14_000_000, 14_000_000, 7_000_000]


def test_a_closed_file_or_subfolder_stops_no_other(share: Path) -> None:
    """Each is an item that says what to do; opened again, the subfolder is read."""
    put(share, "a.pdf")
    put(share, "closed.pdf").chmod(0)
    put(share, "back/b.pdf").parent.chmod(0)
    box, book = polled(share), Book()
    with nobody():
        found = {each.place.uid.split(":")[0]: each for each in book.keep(box)}
        with pytest.raises(MailboxUnavailable, match=r"subfolder back .*cannot be read: Permission denied"):
            box.check()
        assert len(listed(box)) == 3
    assert set(found) == {"a.pdf", "closed.pdf", "back/"}
    assert "it cannot be read: Permission denied" in (found["closed.pdf"].fault or "")
    assert "let the user that runs heard read it" in (found["back/"].fault or "")
    (share / "back").chmod(0o755)
    (share / "closed.pdf").chmod(0o644)
    with nobody():
        assert names(book.keep(box)) == ["back/b.pdf"]
        again = box.again(found["closed.pdf"].place)
    assert again is not None
    assert again.raw == PDF


def test_a_folder_that_goes_away_is_said_and_read_again_when_it_is_back(tmp_path: Path) -> None:
    """The fault names the folder and the remedy."""
    folder, away = tmp_path / "scans", tmp_path / "away"
    put(folder, "a.pdf")
    box, book = polled(folder), Book()
    assert len(book.keep(box)) == 1
    folder.rename(away)
    for look in (lambda: book.keep(box), box.check, lambda: listed(box)):
        with pytest.raises(MailboxUnavailable, match="does not exist; mount its share"):
            look()
    away.rename(folder)
    put(folder, "b.pdf")
    assert names(book.keep(box)) == ["b.pdf"]


def test_a_share_that_is_not_mounted_is_no_empty_folder(tmp_path: Path) -> None:
    """The file that the settings name tells them apart, and is no letter."""
    box = polled(tmp_path, must_hold="share.txt")
    with pytest.raises(MailboxUnavailable, match=r"lacks share\.txt, which it must hold; mount its share"):
        Book().keep(box)
    put(tmp_path, "share.txt")
    put(tmp_path, "a.pdf")
    assert names(Book().keep(box)) == ["a.pdf"]


def test_a_folder_from_which_nothing_can_be_moved_says_so(share: Path) -> None:
    """The doctor and the log name the folder, never a file: file names are people's names."""
    put(share, "Ann Lee.pdf")
    box = polled(share, move_to="Heard")
    with nobody():
        with pytest.raises(MailboxUnavailable, match="files cannot be moved") as caught:
            Book().keep(box)
        with pytest.raises(MailboxUnavailable, match="cannot be moved out of the folder"):
            box.check()
    assert "Ann Lee" not in str(caught.value)
    assert (share / "Ann Lee.pdf").exists()


def test_scans_are_kept_on_record_and_moved_after_the_commit(engine: Engine, tmp_path: Path) -> None:
    """File names, times and faults stand in the ledger; nothing is received in the future."""
    folder = tmp_path / "scans"
    put(folder, "a.pdf")
    put(folder, os.fsdecode(b"caf\xe9.pdf"), age_s=-86_400 * 9)
    put(folder, "large.pdf", b"x" * 2_001)
    box = polled(folder, move_to="Heard", largest=2_000)
    assert taken_in(box, engine) == 3
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT filename, outcome, marked_at IS NOT NULL, sha256 IS NULL FROM messages")
        ).all()
        times = connection.execute(text("SELECT max(received_at) <= max(fetched_at) FROM messages")).scalar()
    assert sorted((row[0], row[1], bool(row[2]), bool(row[3])) for row in rows) == [
        ("a.pdf", None, True, False),
        (r"caf\xe9.pdf", None, True, False),
        ("large.pdf", "quarantine", False, True),
    ]
    assert times
    assert {each.name for each in folder.iterdir()} == {"Heard", "large.pdf"}


@pytest.mark.parametrize(("station", "kept_after"), [("after_fetch", 1), ("after_keep", 0)])
def test_nothing_is_moved_before_it_is_committed(
    station: str, kept_after: int, engine: Engine, tmp_path: Path
) -> None:
    """Whoever dies in between leaves the file where it was, and the next process goes on from there."""
    put(tmp_path / "scans", "a.pdf")

    def die(name: str) -> None:
        if name == station:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken_in(polled(tmp_path / "scans", move_to="Heard"), engine, station=die)
    assert (tmp_path / "scans" / "a.pdf").exists()
    assert taken_in(polled(tmp_path / "scans", move_to="Heard"), engine) == kept_after
    assert (tmp_path / "scans" / "Heard" / "a.pdf").exists()


def test_a_file_that_changes_while_the_folder_is_read_waits_and_one_that_goes_stops_nothing(
    tmp_path: Path,
) -> None:
    """No message is made of half a file."""
    for number in range(60):
        put(tmp_path, f"{number}.pdf", age_s=100 - number)
    clock, book = FakeClock(NOW), Book()
    box = polled(tmp_path, clock)
    batches = box.waiting(book)
    found = next(batches)
    put(tmp_path, "58.pdf", PDF + b"more", age_s=0)
    (tmp_path / "59.pdf").unlink()
    found += [each for batch in batches for each in batch]
    assert len(found) == 58
    book.known.update(each.place.uid for each in found)
    clock.move(timedelta(seconds=5))
    (late,) = book.keep(box)
    assert late.raw == PDF + b"more"


def test_a_share_that_goes_in_the_middle_breaks_the_poll_off(tmp_path: Path) -> None:
    """Its files are not reported as unreadable one by one."""
    for number in range(60):
        put(tmp_path / "scans", f"{number}.pdf")
    batches = polled(tmp_path / "scans").waiting(Book())
    next(batches)
    (tmp_path / "scans").rename(tmp_path / "away")
    with pytest.raises(MailboxUnavailable, match="mount its share"):
        next(batches)


def test_reading_the_ledger_waits_for_no_writer(engine: Engine, tmp_path: Path) -> None:
    """A poll that finds nothing new begins no write transaction."""
    put(tmp_path / "scans", "a.pdf")
    assert taken_in(polled(tmp_path / "scans"), engine) == 1
    with SqlUnitOfWork(engine) as writer:
        writer.messages.record_marked([], now=NOW)
        assert taken_in(polled(tmp_path / "scans"), engine) == 0


def test_a_large_maildir_name_and_a_missing_part_are_no_crash(tmp_path: Path) -> None:
    """Names of any bytes are told apart; an unmounted Maildir is not an empty one."""
    for part in ("new", "cur"):
        (tmp_path / part).mkdir()
    (tmp_path / "new" / os.fsdecode(b"\xff" * 200)).write_bytes(mail())
    (tmp_path / "new" / "2.large").write_bytes(mail(body="x" * 20_000))
    box, book = MaildirMailbox("box", tmp_path, moves_to_cur=True, largest=10_000), Book()
    first, second = sorted(book.keep(box), key=lambda each: each.size)
    assert len(first.place.uid) <= 500
    assert second.fault
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["2.large"]
    assert book.keep(box) == []
    (tmp_path / "cur").rename(tmp_path / "moved")
    with pytest.raises(MailboxUnavailable, match="`cur` does not exist; mount its share"):
        book.keep(box)
