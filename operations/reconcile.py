"""Compares every mailbox with the ledger and the ledger with itself, and names each gap (`heard reconcile`).

It only reads, over connections of its own, so it runs beside `heard run`; the result is one row at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from bootstrap import App
from models import gaps as record
from models import queries
from models.codes import Outcome
from models.deadlines import LONDON
from models.errors import MailboxUnavailable
from models.health import Gap, GapCode, Reconciliation
from models.locks import single
from models.message import Listed, Place
from models.ports import Mailbox
from models.reference import message_name

if TYPE_CHECKING:
    from sqlalchemy import Engine

GRACE = timedelta(minutes=15)
"""For so long a message may be in its mailbox without being kept, or kept without an outcome."""

_STUCK = timedelta(days=1)
_AGAIN_AFTER_GAPS = timedelta(hours=1)
_AT_NIGHT = time(3, 0)
_SUNDAY = 6
_ODD_CLOCK = timedelta(days=1)
_AT_ONCE = 500

_RAW = frozenset({GapCode.RAW_MISSING, GapCode.RAW_DAMAGED})
_LEADS_NOWHERE = {
    Outcome.CASE: "it is settled as a case, and no such case is on record",
    Outcome.REPLY: "it is settled as a reply, and the case that it answers is not on record",
    Outcome.DUPLICATE: "it is settled as a duplicate, and its original is not on record",
    Outcome.QUARANTINE: "it is in quarantine, no officer has ruled on it and no open task names it",
}


def run_reconcile(
    app: App,
    mailboxes: Sequence[Mailbox] | None = None,
    *,
    now: datetime | None = None,
    grace: timedelta = GRACE,
    is_deep: bool = False,
    on_compared: Callable[[int], None] = lambda _count: None,
) -> Reconciliation | None:
    """Compare and keep the result; None where another worker is at it.

    Raw bytes are read that came since the last result; all of them if `is_deep`, or where bytes were found
    missing or damaged the last time. A result with another grace than usual is not kept: it names messages
    that are merely new, or leaves out what is late.
    """
    with single(app.engine, "reconcile") as is_ours:
        if not is_ours:
            return None
        with app.units(reads=True) as uow:
            last = uow.health.last_reconciliation()
        is_deep = is_deep or last is None or bool(_RAW & {gap.code for gap in last.gaps})
        result = reconcile(
            app.engine,
            app.mailboxes() if mailboxes is None else mailboxes,
            now=now or app.clock(),
            grace=grace,
            raw_since=None if is_deep or last is None else last.at,
            on_compared=on_compared,
        )
        if grace == GRACE:
            with app.units() as uow:
                uow.health.reconciled(result)
                uow.commit()
    return result


def reconcile_if_due(app: App, *, began_at: datetime) -> Reconciliation | None:
    """Compare if the night's comparison is still to be made; None where it is not; asked every few minutes.

    `began_at` is when the service started. On Sundays all raw bytes are read.
    """
    now = app.clock()
    with app.units(reads=True) as uow:
        last = uow.health.last_reconciliation()
    if not is_due(last, began_at=began_at, now=now):
        return None
    return run_reconcile(app, now=now, is_deep=now.astimezone(LONDON).weekday() == _SUNDAY)


def is_due(last: Reconciliation | None, *, began_at: datetime, now: datetime) -> bool:
    """Say whether to compare now: once after three in the morning, and every hour while there are gaps.

    A service that has just started first reads what came while it was stopped.
    """
    if now - began_at < GRACE:
        return False
    if last is not None and last.gap_count and now - last.at >= _AGAIN_AFTER_GAPS:
        return True
    return (last.at if last else began_at) < _last_night(now)


def reconcile(
    engine: "Engine",
    mailboxes: Sequence[Mailbox],
    *,
    now: datetime,
    grace: timedelta = GRACE,
    raw_since: datetime | None = None,
    on_compared: Callable[[int], None] = lambda _count: None,
) -> Reconciliation:
    """Return every gap between the mailboxes, the ledger, and what became of each message."""
    gaps = _Gaps()
    compared = 0
    for mailbox in mailboxes:
        for count in _compare(mailbox, engine, gaps, before=now - grace, now=now):
            compared += count
            on_compared(count)
    _look_at_the_ledger(engine, gaps, before=now - grace, raw_since=raw_since)
    _look_at_the_cases(engine, gaps, now=now)
    twice = record.kept_twice(engine)
    for each in twice:
        said = "one message became these cases; an officer answers one, and rules on the others"
        gaps.add(GapCode.KEPT_TWICE, "", ", ".join(each.cases), said)
    return Reconciliation(
        at=now,
        mailboxes=len(mailboxes),
        compared=compared,
        gaps=tuple(gaps.named),
        gap_counts=dict(gaps.counts),
        by_outcome=queries.ledger_counts(engine),
        kept_twice=tuple(twice),
    )


class _Gaps:
    """Gathers gaps: counts them all, and names as many of each code as anybody would read."""

    def __init__(self) -> None:
        self.named: list[Gap] = []
        self.counts: Counter[GapCode] = Counter()

    def add(self, code: GapCode, mailbox: str, where: str, said: str) -> None:
        """Add one."""
        self.counts[code] += 1
        if self.counts[code] <= record.SHOWN:
            self.named.append(Gap(code, mailbox, where, said))

    def add_found(
        self, code: GapCode, found: record.Found, describe: Callable[[Any], tuple[str, str, str]]
    ) -> None:
        """Add what a question to the record found, each by mailbox, place and a sentence."""
        for row in found.rows:
            self.add(code, *describe(row))
        if found.count > len(found.rows):
            self.counts[code] += found.count - len(found.rows)


def _compare(
    mailbox: Mailbox, engine: "Engine", gaps: _Gaps, *, before: datetime, now: datetime
) -> Iterator[int]:
    """Look up in the ledger what a mailbox shows, some hundred at a time; yield how many that were."""
    try:
        listing = mailbox.listing()
        while chunk := list(islice(listing, _AT_ONCE)):
            _compare_some(chunk, engine, gaps, before=before, now=now)
            yield len(chunk)
    except MailboxUnavailable as error:
        said = f"it could not be read, so this comparison is not whole: {error}"
        gaps.add(GapCode.MAILBOX_AWAY, mailbox.account, "", said)
    finally:
        mailbox.close()


def _compare_some(
    listed: Sequence[Listed], engine: "Engine", gaps: _Gaps, *, before: datetime, now: datetime
) -> None:
    kept = record.kept_of(engine, [each.place for each in listed])
    missing = [each for each in listed if each.place not in kept and _is_late(each, before=before, now=now)]
    if missing:
        cursors = record.cursors_of(engine, missing[0].place.account)
        for each in missing:
            gaps.add(GapCode.NOT_KEPT, each.place.account, _words(each.place), _not_kept(each, cursors))
    for each in listed:
        held = kept.get(each.place)
        if held is not None and not _is_as_large(each.size, held, engine):
            said = (
                f"the mailbox gives {each.size:,} bytes and the ledger {held.size:,}: it was changed, or not "
                "fetched whole; save it from the mailbox as a file and `heard import` that"
            )
            gaps.add(GapCode.SIZE_DIFFERS, each.place.account, _words(each.place), said)


def _is_late(listed: Listed, *, before: datetime, now: datetime) -> bool:
    """Say whether a message has been there long enough to be kept; an impossible time hides nothing."""
    arrived_at = listed.arrived_at
    return arrived_at is None or arrived_at <= before or arrived_at > now + _ODD_CLOCK


def _not_kept(listed: Listed, cursors: dict[tuple[str, int], int]) -> str:
    place = listed.place
    since = f" since {_minute(listed.arrived_at)}" if listed.arrived_at else ""
    if place.uid_validity and int(place.uid) <= cursors.get((place.folder, place.uid_validity), 0):
        remedy = "it was passed over; move it to another folder and back, and it is read as new"
    else:
        remedy = "see that `heard run` is running, and what `heard doctor` says of the mailbox"
    return f"the mailbox shows it{since} and the ledger does not hold it: {remedy}"


def _is_as_large(size: int | None, held: record.Kept, engine: "Engine") -> bool:
    """Say whether two sizes are of one message; servers count line ends in their own ways (RFC 9051, 7.5.2).

    Some only estimate the size, so what counts first is what the same mailbox said when it was kept.
    """
    if size is None or size == held.size or held.sha256 is None:
        return True
    raw = record.raw_of(engine, held.sha256)
    if raw is None:
        return True  # That is a gap of its own.
    pairs = raw.count(b"\r\n")
    lone = raw.count(b"\n") - pairs
    return size in {len(raw), len(raw) + lone, len(raw) - pairs}


def _look_at_the_ledger(
    engine: "Engine", gaps: _Gaps, *, before: datetime, raw_since: datetime | None
) -> None:
    """Name the messages that wait, whose bytes are amiss, or whose outcome leads nowhere."""
    gaps.add_found(GapCode.WAITING, record.waiting(engine, before=before), _waits)
    for fault in record.raw_faults(engine, since=raw_since):
        what = "are not in the record" if fault.code is GapCode.RAW_MISSING else "are not those that came"
        said = f"its bytes {what}; take them from a backup, or save it from its mailbox and `heard import` it"
        gaps.add(fault.code, fault.account, message_name(fault.message_id), said)
    gaps.add_found(GapCode.OUTCOME_BROKEN, record.broken_outcomes(engine), _leads_nowhere)


def _waits(row: Any) -> tuple[str, str, str]:
    said = (
        f"kept at {_minute(row.fetched_at)} and without outcome since; see that `heard run` is running, "
        "and what it logs of this message"
    )
    return row.account, message_name(row.id), said


def _leads_nowhere(row: Any) -> tuple[str, str, str]:
    said = f"{_LEADS_NOWHERE[row.outcome]}; have an officer read it where it came from"
    return row.account, message_name(row.id), said


def _look_at_the_cases(engine: "Engine", gaps: _Gaps, *, now: datetime) -> None:
    """Name the cases whose complainant hears nothing, and the letters that stay."""
    gaps.add_found(GapCode.UNACKNOWLEDGED, record.unacknowledged(engine), _hears_nothing)
    gaps.add_found(GapCode.LETTER_STUCK, record.stuck_letters(engine, due_before=now - _STUCK), _stays_here)


def _hears_nothing(row: Any) -> tuple[str, str, str]:
    said = (
        f"a likely complaint without a letter, a guard time or an open task; `heard queue {row.reference}` "
        "shows it, and `heard rule` acknowledges it"
    )
    return "", row.reference, said


def _stays_here(row: Any) -> tuple[str, str, str]:
    said = (
        f"it was due at {_minute(row.due_at)} and is still here; see that `heard run` is running, and what "
        "`heard doctor` says of sending"
    )
    return "", f"letter {row.id}", said


def _last_night(now: datetime) -> datetime:
    """Return the last three o'clock in the morning, as the council's clocks have it."""
    local = now.astimezone(LONDON)
    night = datetime.combine(local.date(), _AT_NIGHT, tzinfo=LONDON)
    return (
        night
        if night <= local
        else datetime.combine(local.date() - timedelta(days=1), _AT_NIGHT, tzinfo=LONDON)
    )


def _words(place: Place) -> str:
    return f"{place.folder} uid {place.uid}" if place.uid_validity else place.uid


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
