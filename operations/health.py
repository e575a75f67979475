"""Whether the service does its work: judged by what was done when, not by whether an error was raised."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bootstrap import App, without_addresses
from intake.tokens import days_until_expiry
from models import queries, queue_rows
from models.deadlines import received_on
from models.health import GapCode, MailboxHealth, Reconciliation, job_name
from models.queries import Backlog
from settings import Mailbox as MailboxSettings

GUARD, DELIVER, PAGES = job_name("guard"), job_name("deliver"), job_name("pages")
"""The jobs whose last run is kept beside the mailboxes."""

ROOM_WANTED = 1_000_000_000
EARLIEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)

_DAYS_OF_WARNING = 30
_MISSED = 3
_LATE = timedelta(minutes=2)
_WAITS_AT_MOST = timedelta(minutes=15)
_PAST_DUE_AT_MOST = timedelta(hours=1)
_RECONCILED_WITHIN = timedelta(hours=26)
_CLOCKS_DIFFER = timedelta(minutes=5)

_LOOK = "see that `heard run` is running, and what it logs"
_GUARD_FAILED = "the log names them (guard_failed); acknowledge them by hand, and report what it says"
_NEW_SECRET = "make a new client secret where the app is registered, and set secret_expires_on to its day"  # noqa: S105


class Level(StrEnum):
    """How well something is; a warning alarms nobody yet."""

    OK = "ok"
    WARNING = "warning"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class Check:
    """One thing judged: what was seen, and what to do where it is not well."""

    name: str
    level: Level
    said: str
    remedy: str = ""


@dataclass(frozen=True)
class Health:
    """The judgement, as bad as its worst check."""

    at: datetime
    checks: tuple[Check, ...]

    @property
    def status(self) -> Level:
        """Return the worst of the checks."""
        return max((check.level for check in self.checks), key=list(Level).index, default=Level.OK)


@dataclass(frozen=True)
class Seen:
    """What is judged; `mailboxes` are those of the settings, also where they have never been polled."""

    mailboxes: tuple[MailboxHealth, ...]
    backlog: Backlog
    queue_length: int
    guard: MailboxHealth | None
    deliver: MailboxHealth | None
    reconciliation: Reconciliation | None
    free_bytes: int
    poll_every: timedelta
    guard_every: timedelta
    sending_secret_expires_on: date | None = None
    pages: MailboxHealth | None = None


def observe(app: App) -> Seen:
    """Look at the record, the settings and the disk. Raises RecordUnavailable and StoreUnavailable."""
    with app.units(reads=True) as uow:
        rows = {row.account: row for row in uow.health.all()}
        reconciliation = uow.health.last_reconciliation()
    every, sending = app.settings.service, app.settings.sending.oauth
    return Seen(
        mailboxes=tuple(_known_of(each, rows) for each in app.settings.mailboxes),
        backlog=queries.backlog(app.engine),
        queue_length=queue_rows.queue_length(app.engine),
        guard=rows.get(GUARD),
        deliver=rows.get(DELIVER),
        pages=rows.get(PAGES),
        reconciliation=reconciliation,
        free_bytes=app.free_bytes(),
        poll_every=timedelta(seconds=every.poll_seconds),
        guard_every=timedelta(seconds=every.guard_seconds),
        sending_secret_expires_on=sending.secret_expires_on if sending else None,
    )


def judge(seen: Seen, *, now: datetime) -> Health:
    """Judge every mailbox, queue and job; silence counts as a fault where something should have happened."""
    return Health(
        at=now,
        checks=(
            _clock(seen, now),
            _disk(seen.free_bytes),
            *(_mailbox(row, seen.poll_every, now) for row in seen.mailboxes),
            *(_token(row, now) for row in seen.mailboxes if row.token_expires_at is not None),
            *_secrets(seen, now),
            _messages(seen.backlog, now),
            _letters(seen, now),
            _guard(seen, now),
            _reconcile(seen, now),
            *_pages(seen, now),
            Check("queue", Level.OK, f"{seen.queue_length:,} cases and messages await an officer"),
        ),
    )


def _known_of(said: MailboxSettings, rows: dict[str, MailboxHealth]) -> MailboxHealth:
    row = rows.get(said.name, MailboxHealth(said.name))
    return replace(row, secret_expires_on=said.oauth.secret_expires_on) if said.oauth else row


def _clock(seen: Seen, now: datetime) -> Check:
    """Judge the clock by the record: whatever was done cannot have been done in the future."""
    done = [row.polled_at for row in (*seen.mailboxes, seen.guard) if row is not None]
    done += [seen.reconciliation.at] if seen.reconciliation else []
    latest = max(filter(None, done), default=now)
    said, remedy = f"{now:%Y-%m-%d %H:%M} UTC", "set the clock; deadlines are counted from it"
    if now < EARLIEST_CLOCK:
        return Check("clock", Level.UNHEALTHY, said, remedy)
    if latest > now + _CLOCKS_DIFFER:
        said += f", and the record already knows of {latest:%Y-%m-%d %H:%M} UTC"
        return Check("clock", Level.UNHEALTHY, said, remedy)
    return Check("clock", Level.OK, said)


def _disk(free: int) -> Check:
    said, remedy = f"{free / 1e9:.1f} GB free where the data is kept", "make room; at least 1 GB is wanted"
    if free < ROOM_WANTED:
        return Check("disk", Level.UNHEALTHY, said, remedy)
    return (
        Check("disk", Level.WARNING, said, remedy)
        if free < 2 * ROOM_WANTED
        else Check("disk", Level.OK, said)
    )


def _mailbox(row: MailboxHealth, poll_every: timedelta, now: datetime) -> Check:
    """Judge a mailbox by when it was last read whole; no fault need have been noticed."""
    name, last = f"mailbox {row.account}", row.last_success_at
    if last is not None and now - last <= _late(poll_every):
        newest = f", newest message {_when(row.last_message_at, now)}" if row.last_message_at else ""
        return Check(name, Level.OK, f"last polled {_when(last, now)}{newest}")
    since = f"since {_when(last, now)}" if last else "yet"
    fault = f"; it said: {without_addresses(row.fault)}" if row.fault else ""
    return Check(name, Level.UNHEALTHY, f"no successful poll of {row.account} {since}{fault}", _LOOK)


def _token(row: MailboxHealth, now: datetime) -> Check:
    """Judge a token; one that is over does no harm while a connection made with it is still read."""
    name, ends_at = f"token of {row.account}", row.token_expires_at or now
    if now < ends_at:
        return Check(name, Level.OK, f"holds until {_when(ends_at, now)}")
    still_read = row.last_success_at is not None and row.last_success_at >= ends_at
    said = f"expired {_when(ends_at, now)} and was not renewed"
    return Check(name, Level.WARNING if still_read else Level.UNHEALTHY, said, "run `heard doctor`")


def _secrets(seen: Seen, now: datetime) -> Iterator[Check]:
    today = received_on(now)
    named = [(f"mailbox {row.account}", row.secret_expires_on) for row in seen.mailboxes]
    for what, ends_on in [*named, ("sending", seen.sending_secret_expires_on)]:
        if ends_on is not None:
            yield _secret(f"secret of {what}", ends_on, days_until_expiry(ends_on, today=today))


def _secret(name: str, ends_on: date, days: int) -> Check:
    if days < 0:
        return Check(name, Level.UNHEALTHY, f"expired on {ends_on}", _NEW_SECRET)
    said = f"holds until {ends_on}, {days:,} days more"
    return (
        Check(name, Level.WARNING, said, _NEW_SECRET)
        if days <= _DAYS_OF_WARNING
        else Check(name, Level.OK, said)
    )


def _messages(backlog: Backlog, now: datetime) -> Check:
    oldest = backlog.oldest_message_at
    if oldest is None:
        return Check("messages", Level.OK, "none waits to be read")
    said = f"{backlog.messages:,} wait to be read, the oldest since {_when(oldest, now)}"
    if now - oldest <= _WAITS_AT_MOST:
        return Check("messages", Level.OK, said)
    return Check("messages", Level.UNHEALTHY, said, _LOOK)


def _letters(seen: Seen, now: datetime) -> Check:
    """Judge what should have been sent; a letter that was put off is due later, so look at the sender too."""
    due_at, sender = seen.backlog.oldest_due_at, seen.deliver
    away_since = sender.away_since if sender else None
    said = f"{seen.backlog.letters:,} wait to be sent"
    remedy = f"{_LOOK}; `heard doctor` tries the mail server"
    if away_since is not None and seen.backlog.letters and now - away_since > _PAST_DUE_AT_MOST:
        said += f", and the mail server has been away since {_when(away_since, now)}"
        return Check("letters", Level.UNHEALTHY, said, remedy)
    if due_at is not None and now - due_at > _PAST_DUE_AT_MOST:
        said += f"; the oldest was due {_when(due_at, now)}"
        return Check("letters", Level.UNHEALTHY, said, remedy)
    return Check("letters", Level.OK, said)


def _guard(seen: Seen, now: datetime) -> Check:
    """Judge the guard by when it last ran; a case that fails every time is no less late than all of them."""
    last, row = seen.guard.last_success_at if seen.guard else None, seen.guard
    if row is not None and row.fault and row.polled_at and now - row.polled_at <= _late(seen.guard_every):
        said = f"last ran {_when(row.polled_at, now)}; {row.fault}"
        return Check("guard", Level.UNHEALTHY, said, _GUARD_FAILED)
    if last is not None and now - last <= _late(seen.guard_every):
        return Check("guard", Level.OK, f"last ran {_when(last, now)}")
    said = f"the guard has not run since {_when(last, now)}" if last else "the guard has not run yet"
    return Check("guard", Level.UNHEALTHY, said, _LOOK)


def _pages(seen: Seen, now: datetime) -> Iterator[Check]:
    """Judge the officers' pages by how their start went; where they are not served here, nothing is said."""
    row = seen.pages
    if row is not None and row.fault:
        since = f", since {_when(row.away_since, now)}" if row.away_since else ""
        said = f"the officers' pages are not served{since}: {row.fault}"
        yield Check("pages", Level.UNHEALTHY, said, "put right what it says and start `heard run` again")


def _late(every: timedelta) -> timedelta:
    return _MISSED * every + _LATE


def _reconcile(seen: Seen, now: datetime) -> Check:
    """Judge the nightly comparison; a record that began a day ago need not have had one."""
    last, began_at = seen.reconciliation, seen.backlog.began_at
    if last is None and (began_at is None or now - began_at <= _RECONCILED_WITHIN):
        return Check("reconcile", Level.OK, "not compared yet; the first night will")
    if last is None:
        said = "the mailboxes have never been compared with the ledger"
        return Check("reconcile", Level.UNHEALTHY, said, "run `heard reconcile`")
    if last.gap_count:
        codes = ", ".join(
            f"{code} {last.gap_counts[code]:,}" for code in GapCode if last.gap_counts.get(code)
        )
        said = f"{last.gap_count:,} gaps {_when(last.at, now)}: {codes}"
        return Check("reconcile", Level.UNHEALTHY, said, "run `heard reconcile`, which says what to do")
    said = (
        f"{last.compared:,} messages of {last.mailboxes:,} mailboxes compared {_when(last.at, now)}, no gap"
    )
    if now - last.at <= _RECONCILED_WITHIN:
        return Check("reconcile", Level.OK, said)
    return Check("reconcile", Level.UNHEALTHY, f"not compared since {_when(last.at, now)}", _LOOK)


def _when(instant: datetime, now: datetime) -> str:
    """Say an instant so that it reads after any word: the time alone where it was today."""
    is_today = instant.astimezone(UTC).date() == now.astimezone(UTC).date()
    return f"{instant.astimezone(UTC):{'%H:%M' if is_today else '%Y-%m-%d %H:%M'}} UTC"
