"""From a mailbox into the ledger: raw bytes and row committed before anything interprets them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.quarantine import quarantine
from intake.glimpse import glimpse
from intake.received import received_by_us
from models.deadlines import WorkingDays
from models.errors import InputInvalid, MailboxUnavailable
from models.message import FetchedMessage, Message
from models.ports import Mailbox, Refetches, UnitsOfWork
from models.reference import message_name

_MARKED_AT_ONCE = 200

Station = Callable[[str], None]


@dataclass(frozen=True)
class Fetched:
    """What one pass over a mailbox brought.

    `newest` is when the newest of the kept messages had arrived. `not_marked` says why kept messages could
    not be marked in the mailbox; the next pass tries that again.
    """

    kept: int
    known: int
    newest: datetime | None = None
    not_marked: str = ""


def fetch(
    mailbox: Mailbox,
    units: UnitsOfWork,
    *,
    clock: Callable[[], datetime],
    working_days: WorkingDays,
    station: Station,
    should_stop: Callable[[], bool] = lambda: False,
    is_historic: bool = False,
    since: datetime | None = None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Fetched:
    """Keep everything that a mailbox shows and the ledger does not hold, batch by batch.

    What was received before `since` is kept as history: it opens no clock and is not answered.
    Only what is committed is marked in the mailbox. Raises MailboxUnavailable where it breaks off; what
    was kept by then stays kept.
    """
    kept = known = 0
    newest: datetime | None = None
    not_marked = ""
    for batch in filter(None, mailbox.waiting(_LedgerView(units))):
        station("after_fetch")
        fresh = _keep(
            batch, units, working_days=working_days, now=clock(), is_historic=is_historic, since=since
        )
        station("after_keep")
        kept, known = kept + fresh, known + len(batch) - fresh
        newest = max(filter(None, (newest, *(each.received_at for each in batch))), default=None)
        on_progress(len(batch))
        if should_stop():
            break
    else:
        # Whoever is told to stop in the middle leaves the marking to the next start.
        if mailbox.marks_processed:
            not_marked = _mark(mailbox, units, now=clock())
    return Fetched(kept=kept, known=known, newest=newest, not_marked=not_marked)


def fetch_again(mailboxes: Sequence[Mailbox], units: UnitsOfWork, numbers: Sequence[int]) -> None:
    """Fetch what was never taken whole once more: a limit may have been raised, or the server be well again.

    Raises InputInvalid where a message cannot be had, MailboxUnavailable where its mailbox is away.
    """
    for number in numbers:
        with units(reads=True) as uow:
            message = uow.messages.get(number)
        if message.sha256 is not None:
            continue
        raw = _raw_again(mailboxes, message)
        with units() as uow:
            uow.messages.complete(uow.messages.get(number), raw)
            uow.commit()


def _raw_again(mailboxes: Sequence[Mailbox], message: Message) -> bytes:
    name = message_name(message.id)
    mailbox = next((each for each in mailboxes if each.account == message.account), None)
    if not isinstance(mailbox, Refetches):
        raise InputInvalid(f"{name} is not kept, and its mailbox {message.account} is not in the settings")
    fetched = mailbox.again(message.place)
    if fetched is None or fetched.raw is None:
        why = fetched.fault if fetched else "its mailbox does not show it any longer"
        raise InputInvalid(f"{name} cannot be fetched: {why}; a larger largest_message lets larger mail in")
    return fetched.raw


class _LedgerView:
    """Answers a mailbox's questions, each in a short unit of work of its own."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest IMAP uid kept so far, 0 for a folder never read."""
        with self._units(reads=True) as uow:
            return uow.messages.last_uid(account, folder, uid_validity)

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those of `uids` that the ledger does not hold, in their order."""
        with self._units(reads=True) as uow:
            return uow.messages.unknown_uids(account, folder, uids)


def _keep(
    batch: list[FetchedMessage],
    units: UnitsOfWork,
    *,
    working_days: WorkingDays,
    now: datetime,
    is_historic: bool,
    since: datetime | None,
) -> int:
    """Commit a batch to the ledger; return how many rows were new."""
    with units() as uow:
        fresh = 0
        for fetched in batch:
            message = _row(fetched, now=now, is_historic=is_historic)
            message.is_historic |= since is not None and message.received_at < since
            if not uow.messages.keep(message, fetched.raw):
                continue
            fresh += 1
            if fetched.fault is not None:
                message.describe(glimpse(fetched.head))
                uow.flush()
                quarantine(uow, message, reason=fetched.fault, working_days=working_days, now=now)
        last = batch[-1].place
        if last.uid_validity:
            uow.messages.advance(last)
        uow.commit()
        return fresh


def _row(fetched: FetchedMessage, *, now: datetime, is_historic: bool) -> Message:
    place = fetched.place
    return Message(
        account=place.account,
        folder=place.folder,
        uid_validity=place.uid_validity,
        uid=place.uid,
        sha256=None,
        size=fetched.size,
        received_at=min(fetched.received_at or received_by_us(fetched.raw) or now, now),
        fetched_at=now,
        is_historic=is_historic,
        filename=fetched.filename,
    )


def _mark(mailbox: Mailbox, units: UnitsOfWork, *, now: datetime) -> str:
    """Mark what is kept in its mailbox, also what a crash left unmarked; no lock is held meanwhile.

    Return why that failed, empty where it did not: a mailbox that is full or read-only is read all the same.
    """
    while True:
        with units(reads=True) as uow:
            messages = uow.messages.unmarked(mailbox.account, limit=_MARKED_AT_ONCE)
        if not messages:
            return ""
        try:
            mailbox.mark([message.place for message in messages])
        except MailboxUnavailable as error:
            return str(error)
        with units() as uow:
            uow.messages.record_marked(messages, now=now)
            uow.commit()
