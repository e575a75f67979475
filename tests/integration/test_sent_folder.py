"""A copy of each letter in the mailbox's own folder: a real Dovecot, and a real delivery."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from builders import NOW
from imapclient import IMAPClient
from rows import new_letter
from servers import Dovecot
from test_mailboxes import account

from intake.mailbox import ImapMailbox
from letters.compose import compose
from letters.sent_copy import SentCopies
from models.codes import LetterState
from models.errors import MailboxUnavailable
from models.ports import KeepsCopies

LETTER_ID = f"<{'0a1b' * 8}.c-4827-1930-70@harrowmere.example>"
AT = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
written = partial(compose, sender_name="Harrowmere Council", sender_address="complaints@harrowmere.example")


@pytest.fixture
def box(dovecot: Dovecot, user: str) -> Iterator[ImapMailbox]:
    """Return a mailbox with a folder Sent in it."""
    with signed_in(dovecot, user) as client:
        client.create_folder("Sent")
    made = ImapMailbox(account(dovecot, user))
    yield made
    made.close()


def signed_in(dovecot: Dovecot, user: str) -> Any:
    """Return a connection to look with."""
    client = IMAPClient(dovecot.host, dovecot.plain_port, ssl=False, timeout=10)
    client.normalise_times = False
    client.login(user, "secret")
    return client


def held(dovecot: Dovecot, user: str, folder: str = "Sent") -> list[dict[bytes, Any]]:
    """Return what a folder holds, in order."""
    with signed_in(dovecot, user) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
    return [found[uid] for uid in sorted(found)]


def test_a_copy_is_read_dated_as_sent_and_byte_for_byte(
    dovecot: Dovecot, user: str, box: ImapMailbox
) -> None:
    """It looks as if an officer had sent it from their mail program."""
    raw = written(new_letter(message_id=LETTER_ID))
    assert isinstance(box, KeepsCopies)
    assert box.put("Sent", raw, message_id=LETTER_ID, at=AT)
    (copy,) = held(dovecot, user)
    assert copy[b"BODY[]"] == raw
    assert b"\\Seen" in copy[b"FLAGS"]
    assert copy[b"INTERNALDATE"] == AT


def test_a_copy_is_never_doubled(dovecot: Dovecot, user: str, box: ImapMailbox) -> None:
    """Neither by a second attempt, nor where the mail server has put one there itself, as Gmail's does."""
    raw = written(new_letter(message_id=LETTER_ID))
    dovecot.deliver(user, raw, folder="Sent")
    assert not box.put("Sent", raw, message_id=LETTER_ID, at=AT)
    other = LETTER_ID.replace("0a1b", "9c9d")
    assert box.put("Sent", raw, message_id=other, at=AT)
    assert len(held(dovecot, user)) == 2


def test_a_folder_that_is_not_there_is_said(box: ImapMailbox) -> None:
    """It is not made: a misspelt one would hide the copies."""
    with pytest.raises(MailboxUnavailable, match="takes no copy into Snet"):
        box.put("Snet", b"x", message_id=LETTER_ID, at=AT)


def test_a_mailbox_that_goes_away_costs_a_copy_nothing_but_time(
    dovecot: Dovecot, user: str, box: ImapMailbox
) -> None:
    """What failed is put when it is back, once, and the letters behind it too."""
    now = NOW
    log = Quiet()
    copies = SentCopies(box, folder="Sent", compose=written, log=log, clock=lambda: now)
    letters = [
        new_letter(id=number, message_id=f"<{number}.x@h.example>", state=LetterState.SENT, sent_at=AT)
        for number in range(3)
    ]
    copies.keep(letters[0])
    dovecot.stop()
    copies.keep(letters[1])
    dovecot.start()
    copies.keep(letters[2])
    assert len(held(dovecot, user)) == 1
    now += timedelta(minutes=1)
    copies.flush()
    assert len(held(dovecot, user)) == 3
    assert log.events == ["no_sent_copy_yet"]


class Quiet:
    """Keeps the names of what was warned of."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def warning(self, event: str, **_values: object) -> None:
        """Keep a name."""
        self.events.append(event)
