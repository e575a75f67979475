"""Mailboxes: a real Dovecot, and Maildirs, folders of .eml files and mbox files on disk."""

import mailbox as stdlib_mailbox
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from imapclient import IMAPClient
from letters_in import mail
from servers import Dovecot

from intake.folders import EmlFolder, MaildirMailbox, MboxFile
from intake.mailbox import ImapAccount, ImapMailbox, Processed, Security
from models.errors import MailboxUnavailable
from models.message import FetchedMessage


class Cursor:
    """A ledger that remembers what it was shown."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, int], int] = {}
        self.known: set[str] = set()

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest uid shown."""
        del account
        return self.last.get((folder, uid_validity), 0)

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those not shown yet."""
        del account, folder
        return [uid for uid in uids if uid not in self.known]

    def read(self, box: ImapMailbox | MaildirMailbox | EmlFolder | MboxFile) -> list[FetchedMessage]:
        """Take everything that waits and remember it."""
        found = [each for batch in box.waiting(self) for each in batch]
        for each in found:
            place = each.place
            self.known.add(place.uid)
            if place.uid_validity:
                key = (place.folder, place.uid_validity)
                self.last[key] = max(self.last.get(key, 0), int(place.uid))
        return found


def account(server: Dovecot, user: str, **changes: object) -> ImapAccount:
    """Return an account on the Dovecot of the tests, over TLS unless changed."""
    values: dict[str, object] = {
        "name": "box", "host": "127.0.0.1", "port": server.tls_port, "security": Security.TLS,
        "username": user, "password": "secret", "ca_file": str(server.certificate),
    }  # fmt: skip
    return ImapAccount(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def opened(said: ImapAccount) -> ImapMailbox:
    """Return a mailbox that is closed after the test."""
    _OPENED.append(ImapMailbox(said))
    return _OPENED[-1]


_OPENED: list[ImapMailbox] = []


@pytest.fixture(autouse=True)
def _close_mailboxes() -> Iterator[None]:
    """Leave no connection open behind a test."""
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.mark.parametrize("security", list(Security))
def test_a_mailbox_is_read_over_tls_starttls_and_plain_text(
    security: Security, dovecot: Dovecot, user: str
) -> None:
    """The bytes are the same by every road."""
    raw = mail()
    dovecot.deliver(user, raw)
    port = dovecot.tls_port if security is Security.TLS else dovecot.plain_port
    (fetched,) = Cursor().read(opened(account(dovecot, user, port=port, security=security)))
    assert fetched.raw == raw
    assert fetched.received_at is not None
    assert fetched.size == len(raw)


def test_only_what_is_above_the_cursor_is_fetched_and_nothing_is_marked_read(
    dovecot: Dovecot, user: str
) -> None:
    """Our own cursor decides; the Seen flag is left alone."""
    cursor, box = Cursor(), opened(account(dovecot, user))
    dovecot.deliver(user, mail(subject="one"))
    assert len(cursor.read(box)) == 1
    dovecot.deliver(user, mail(subject="two"))
    (second,) = cursor.read(box)
    assert b"Subject: two" in (second.raw or b"")
    assert cursor.read(box) == []
    assert all(b"\\Seen" not in flags for flags in dovecot.flags(user).values())


def test_a_changed_uidvalidity_shows_everything_again(dovecot: Dovecot, user: str) -> None:
    """A restored mailbox is read anew; the content hash folds it later."""
    cursor = Cursor()
    dovecot.deliver(user, mail())
    box = opened(account(dovecot, user))
    assert len(cursor.read(box)) == 1
    box.close()
    dovecot.forget_uids(user)
    assert len(cursor.read(opened(account(dovecot, user)))) == 1
    assert len(cursor.last) == 2


def test_many_messages_come_in_order_and_in_batches(dovecot: Dovecot, user: str) -> None:
    """The order of uids is the order of arrival."""
    dovecot.fill(user, (mail(subject=f"number {number}") for number in range(230)))
    found = Cursor().read(opened(account(dovecot, user)))
    uids = [int(each.place.uid) for each in found]
    assert len(uids) == 230
    assert uids == sorted(uids)


def test_a_message_over_the_limit_stays_and_is_reported(dovecot: Dovecot, user: str) -> None:
    """It is not fetched, not deleted, and its row says why."""
    dovecot.deliver(user, mail(body="x" * 20_000))
    dovecot.deliver(user, mail(subject="small"))
    large, small = Cursor().read(opened(account(dovecot, user, largest_message=10_000)))
    assert large.raw is None
    assert "larger than 10,000 bytes" in (large.fault or "")
    assert small.raw is not None
    assert len(dovecot.uids(user)) == 2


def test_kept_messages_are_flagged_with_a_keyword(dovecot: Dovecot, user: str) -> None:
    """The keyword is ours; Seen is not touched."""
    dovecot.deliver(user, mail())
    box = opened(account(dovecot, user, processed=Processed.FLAG))
    box.mark([each.place for each in Cursor().read(box)])
    assert b"HeardKept" in next(iter(dovecot.flags(user).values()))


def test_kept_messages_are_moved_and_not_deleted(dovecot: Dovecot, user: str) -> None:
    """The folder is made where it is missing."""
    dovecot.deliver(user, mail())
    box = opened(account(dovecot, user, processed=Processed.MOVE, move_to="Done"))
    places = [each.place for each in Cursor().read(box)]
    box.mark(places)
    box.mark(places)
    assert dovecot.uids(user) == []
    assert len(dovecot.uids(user, "Done")) == 1


def test_several_folders_are_read(dovecot: Dovecot, user: str) -> None:
    """Junk too, if the settings name it."""
    dovecot.deliver(user, mail(subject="in"))
    dovecot.deliver(user, mail(subject="junk"), folder="Junk")
    found = Cursor().read(opened(account(dovecot, user, folders=("INBOX", "Junk"))))
    assert [each.place.folder for each in found] == ["INBOX", "Junk"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "refuses the sign-in"),
        ({"port": 1}, "cannot be reached"),
        ({"ca_file": ""}, "certificate"),
        ({"folders": ("Nowhere",)}, "Nowhere"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why(
    changes: dict[str, object], words: str, dovecot: Dovecot, user: str
) -> None:
    """The fault names the mailbox and what is wrong with it."""
    with pytest.raises(MailboxUnavailable, match=r"mailbox box at 127\.0\.0\.1") as caught:
        Cursor().read(opened(account(dovecot, user, **changes)))
    assert words in str(caught.value)


def test_a_server_killed_between_two_reads_is_found_again(dovecot: Dovecot, user: str) -> None:
    """The dead connection is dropped, and the next read opens another."""
    box, cursor = opened(account(dovecot, user)), Cursor()
    dovecot.deliver(user, mail(subject="one"))
    assert len(cursor.read(box)) == 1
    dovecot.kill()
    with pytest.raises(MailboxUnavailable):
        cursor.read(box)
    dovecot.start()
    dovecot.deliver(user, mail(subject="two"))
    assert len(cursor.read(box)) == 1


def test_a_message_deleted_between_search_and_fetch_stops_nothing(dovecot: Dovecot, user: str) -> None:
    """Somebody else may work in the same mailbox."""
    for number in range(3):
        dovecot.deliver(user, mail(subject=f"{number}"))
    first = dovecot.uids(user)[0]
    with IMAPClient(dovecot.host, port=dovecot.plain_port, ssl=False) as client:
        client.login(user, "secret")
        client.select_folder("INBOX")
        client.delete_messages([first])
        client.expunge()
    assert len(Cursor().read(opened(account(dovecot, user)))) == 2


def test_a_maildir_is_read_by_name_whatever_its_flags(tmp_path: Path) -> None:
    """A message that moves from new to cur is the same message."""
    box = stdlib_mailbox.Maildir(tmp_path / "md")
    key = box.add(mail())
    cursor, source = Cursor(), MaildirMailbox("box", tmp_path / "md", moves_to_cur=True)
    found = cursor.read(source)
    assert [each.place.uid for each in found] == [key]
    source.mark([each.place for each in found])
    assert not list((tmp_path / "md" / "new").iterdir())
    assert cursor.read(source) == []


def test_a_folder_of_eml_files_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    """Subfolders too; what is not mail is left alone."""
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.eml", "sub/c.eml"):
        (tmp_path / name).write_bytes(mail(subject=name))
    (tmp_path / "notes.txt").write_text("no mail")
    cursor, source = Cursor(), EmlFolder("box", tmp_path)
    found = cursor.read(source)
    assert [each.place.uid.partition(":")[0] for each in found] == ["a.eml", "b.eml", "sub/c.eml"]
    assert cursor.read(source) == []


def test_an_mbox_is_known_by_its_messages_not_by_their_places(tmp_path: Path) -> None:
    """When somebody deletes the first message, the others are not new; equal twins are two."""
    file = tmp_path / "old.mbox"
    box = stdlib_mailbox.mbox(file)
    keys = [box.add(mail(subject=subject).replace(b"\r\n", b"\n")) for subject in ("one", "two", "two")]
    box.flush()
    cursor, source = Cursor(), MboxFile("box", file)
    assert len(cursor.read(source)) == 3
    box.remove(keys[0])
    box.flush()
    box.close()
    assert cursor.read(source) == []
