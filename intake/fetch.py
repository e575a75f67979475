"""From a mailbox into the ledger: raw bytes and row committed before anything interprets them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.quarantine import quarantine
from intake.headers import Headers
from intake.repair import MOST_HEADER_BYTES
from models.deadlines import WorkingDays
from models.message import FetchedMessage, Message
from models.ports import Mailbox, UnitsOfWork

_MARKED_AT_ONCE = 200

Station = Callable[[str], None]


@dataclass(frozen=True)
class Fetched:
    """What one pass over a mailbox brought."""

    kept: int
    known: int


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
    for batch in filter(None, mailbox.waiting(_LedgerView(units))):
        station("after_fetch")
        fresh = _keep(
            batch, units, working_days=working_days, now=clock(), is_historic=is_historic, since=since
        )
        station("after_keep")
        kept, known = kept + fresh, known + len(batch) - fresh
        on_progress(len(batch))
        if should_stop():
            break
    if mailbox.marks_processed:
        _mark(mailbox, units, now=clock())
    return Fetched(kept=kept, known=known)


class _LedgerView:
    """Answers a mailbox's questions, each in a short unit of work of its own."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest IMAP uid kept so far, 0 for a folder never read."""
        with self._units() as uow:
            return uow.messages.last_uid(account, folder, uid_validity)

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those of `uids` that the ledger does not hold, in their order."""
        with self._units() as uow:
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
        received_at=min(fetched.received_at or _received_by_us(fetched.raw) or now, now),
        fetched_at=now,
        is_historic=is_historic,
        filename=fetched.filename,
    )


def _received_by_us(raw: bytes | None) -> datetime | None:
    """Return the instant of the top Received header; the Date header is only a claim (fact 1)."""
    head = (raw or b"")[:MOST_HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    unfolded = head.replace(b"\n ", b" ").replace(b"\n\t", b" ").decode("latin-1")
    fields = (line.partition(":") for line in unfolded.split("\n"))
    return Headers((name.strip(), value) for name, _, value in fields).instant("received")


def _mark(mailbox: Mailbox, units: UnitsOfWork, *, now: datetime) -> None:
    """Mark what is kept in its mailbox, also what a crash left unmarked; no lock is held meanwhile."""
    while True:
        with units() as uow:
            messages = uow.messages.unmarked(mailbox.account, limit=_MARKED_AT_ONCE)
        if not messages:
            return
        mailbox.mark([message.place for message in messages])
        with units() as uow:
            uow.messages.record_marked(messages, now=now)
            uow.commit()
