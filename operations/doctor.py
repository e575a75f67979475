"""The doctor: examines everything that Heard depends on, and says what to do about what is wrong."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import migrations
from bootstrap import App, without_addresses
from intake.tokens import days_until_expiry
from models import queries
from models.codes import DeliveryMode, LetterState
from models.deadlines import received_on
from models.errors import ArtefactRefused, HeardError, MailboxUnavailable, SettingsInvalid
from models.ports import Mailbox
from operations import remedies
from operations.doctor_pages import examine_pages
from operations.drift import last_drift
from operations.finding import Finding
from operations.health import EARLIEST_CLOCK, ROOM_WANTED, Level, judge, observe
from operations.reminders import Standing, standing

_STALE = timedelta(minutes=15)
_NAME_SOMEBODY = "name the team's address in the settings ([reminders] to), or officers: `heard officers add`"
_DAYS_OF_WARNING = 30


def examine(app: App) -> list[Finding]:
    """Examine settings, disk, clock, record, artefact, mailboxes, secrets, mail server and reminders."""
    return [
        Finding("settings", ok=True, said=f"read; data in {app.data.resolve()}"),
        *_safely("disk", app, _disk),
        *_safely("clock", app, _clock),
        *_safely("record", app, _record),
        *_safely("artefact", app, _artefact),
        *_safely("mailboxes", app, _mailboxes),
        *_safely("secrets", app, _secrets),
        *_safely("sending", app, _sending),
        *_safely("reminders", app, _reminders),
        *_safely("pages", app, examine_pages),
    ]


def _safely(what: str, app: App, look: Callable[[App], Iterator[Finding]]) -> Iterator[Finding]:
    """Turn a fault that stops an examination into its finding."""
    try:
        yield from look(app)
    except HeardError as error:
        yield Finding(what, ok=False, said=str(error), remedy="put right what it says and run this again")


def _disk(app: App) -> Iterator[Finding]:
    free = app.free_bytes()
    yield Finding(
        "disk", ok=free >= ROOM_WANTED, said=f"{free / 1e9:.1f} GB free where the data is kept",
        remedy="" if free >= ROOM_WANTED else "make room; at least 1 GB is wanted",
    )  # fmt: skip


def _clock(app: App) -> Iterator[Finding]:
    now = app.clock()
    ok = now > EARLIEST_CLOCK
    yield Finding(
        "clock", ok=ok, said=f"{now:%Y-%m-%d %H:%M} UTC",
        remedy="" if ok else "set the clock; deadlines are counted from it",
    )  # fmt: skip


def _record(app: App) -> Iterator[Finding]:
    if app.is_sqlite and not (app.data / "heard.db").exists():
        yield Finding("record", ok=True, said="none yet; `heard run` begins one")
        return
    revision = migrations.current(app.engine)
    if revision != migrations.newest():
        said = f"revision {revision}, newest is {migrations.newest()}"
        yield Finding("record", ok=app.is_sqlite, said=said, remedy="run `heard migrate`")
        return
    counts = queries.ledger_counts(app.engine)
    said = ", ".join(f"{outcome} {count:,}" for outcome, count in counts.items())
    yield Finding("record", ok=True, said=f"{app.engine.dialect.name}, revision {revision}; {said}")
    yield from _backlog(app)
    yield from _health(app)


def _health(app: App) -> Iterator[Finding]:
    """Say what /healthz says, less what is examined here in another way."""
    seen = observe(app)
    has_run = seen.guard is not None
    if not has_run:
        yield Finding("health", ok=True, said="`heard run` has not begun on this record")
    for check in judge(seen, now=app.clock()).checks:
        needs_run = check.name.startswith(("mailbox ", "guard", "reconcile"))
        if not check.name.startswith(("clock", "disk", "secret ")) and (has_run or not needs_run):
            is_ok = check.level is not Level.UNHEALTHY
            yield Finding(f"health: {check.name}", ok=is_ok, said=check.said, remedy=check.remedy)


def _backlog(app: App) -> Iterator[Finding]:
    failed = queries.letter_counts(app.engine).get("failed", 0)
    if failed:
        yield Finding("letters", ok=False, said=f"{failed:,} letters did not arrive",
                      remedy="`heard queue` shows whom to reach another way")  # fmt: skip
    fault = queries.stuck_letter_fault(app.engine, queued_before=app.clock() - _STALE)
    if fault:
        # Servers repeat the addresses of complainants.
        said = f"letters wait to be sent; the last answer was: {without_addresses(fault)}"
        yield Finding("letters waiting", ok=False, said=said, remedy=remedies.for_sending(fault))


def _artefact(app: App) -> Iterator[Finding]:
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    live = artefact.live_name(app.artefacts)
    if live is None:
        yield Finding("artefact", ok=True, said="none yet; the first use trains one in about a minute")
        return
    try:
        loaded = artefact.load(app.artefacts / live)
    except ArtefactRefused as error:
        yield Finding("artefact", ok=False, said=str(error), remedy="run `heard train`")
        return
    learnt = f"{live}, from {loaded.corpus_size:,} messages and {loaded.rulings:,} rulings"
    yield Finding("artefact", ok=True, said=learnt)
    drift = last_drift(app)
    if drift:
        beyond = [sign["sentence"] for sign in drift["signs"] if sign["is_beyond"]]
        yield Finding(
            "drift", ok=not beyond, said=" ".join(beyond) or "messages and rulings look as in training",
            remedy="look at `heard artefacts drift`; `heard train` learns from the rulings there are",
        )  # fmt: skip


def _mailboxes(app: App) -> Iterator[Finding]:
    if not app.settings.mailboxes:
        yield Finding("mailboxes", ok=False, said="none is named", remedy="add [[mailboxes]] to the settings")
    for said in app.settings.mailboxes:
        what = f"mailbox {said.name}"
        try:
            yield Finding(what, ok=True, said=_looked_at(app.mailbox(said)))
        except (MailboxUnavailable, SettingsInvalid) as error:
            yield Finding(what, ok=False, said=str(error), remedy=remedies.for_mailbox(str(error)))


def _looked_at(mailbox: Mailbox) -> str:
    try:
        return mailbox.check()
    finally:
        mailbox.close()


def _secrets(app: App) -> Iterator[Finding]:
    """Warn before a client secret ends on its day in the calendar, and mail with it."""
    named = [(f"mailbox {each.name}", each.oauth) for each in app.settings.mailboxes]
    today = received_on(app.clock())
    for what, oauth in [*named, ("sending", app.settings.sending.oauth)]:
        ends_on = oauth.secret_expires_on if oauth else None
        if ends_on is not None:
            yield _secret(f"secret of {what}", ends_on, days=days_until_expiry(ends_on, today=today))


def _secret(what: str, ends_on: date, *, days: int) -> Finding:
    is_near = days <= _DAYS_OF_WARNING
    held = f"it holds until {ends_on}, {days:,} days more" if days >= 0 else f"it expired on {ends_on}"
    return Finding(
        what, ok=not is_near, said=held,
        remedy="make a new client secret where the app is registered, put it in the old one's place, set "
               "secret_expires_on to its day and start `heard run` again" if is_near else "",
    )  # fmt: skip


def _sending(app: App) -> Iterator[Finding]:
    yield _delivery(app)
    sender = app.sender()
    try:
        yield Finding("sending", ok=True, said=sender.check())
    except HeardError as error:
        yield Finding("sending", ok=False, said=str(error), remedy=remedies.for_sending(str(error)))
    finally:
        sender.close()
    yield from _sent_folder(app)


def _delivery(app: App) -> Finding:
    """Say whether letters leave; where they all go to one address nobody is answered, and that is wrong."""
    mode = app.settings.delivery.mode
    if mode is DeliveryMode.REDIRECT:
        return Finding(
            "delivery", ok=False, said="ALL LETTERS GO TO redirect_to AND NONE TO THE PEOPLE",
            remedy='right for trying out only; set mode = "send" or "hold" under [delivery] to work',
        )  # fmt: skip
    held = queries.letter_counts(app.engine).get(LetterState.HELD, 0) if app.has_record else 0
    waiting = f"; {held:,} held (heard letters list --held)" if held else ""
    if mode is DeliveryMode.HOLD:
        return Finding("delivery", ok=True, said=f"LETTERS ARE HELD until an officer releases them{waiting}")
    return Finding("delivery", ok=True, said=f"letters leave as they are decided{waiting}")


def _sent_folder(app: App) -> Iterator[Finding]:
    """Look whether the folder for copies of letters is there."""
    folder = app.settings.sending.sent_folder
    if folder:
        holder = app.settings.mailbox_of_sent_folder
        mailbox = app.mailbox(holder.model_copy(update={"folders": (folder,)}))
        try:
            yield Finding("sent folder", ok=True, said=_looked_at(mailbox))
        except (MailboxUnavailable, SettingsInvalid) as error:
            yield Finding("sent folder", ok=False, said=str(error), remedy=remedies.for_mailbox(str(error)))


def _reminders(app: App) -> Iterator[Finding]:
    """Say whom reminders reach; nobody is a fault once something is overdue of which nobody was reminded."""
    if not app.has_record or migrations.current(app.engine) != migrations.newest():
        return
    found = standing(app)
    late = ", ".join(f"{kind} {count:,}" for kind, count in found.overdue.items() if count)
    yield Finding("overdue", ok=True, said=late or "nothing")
    if not app.settings.reminders.enabled:
        yield Finding("reminders", ok=True, said="switched off in the settings")
        return
    yield _reach(found)
    if found.failed:
        yield Finding("digests", ok=False, said=f"{found.failed:,} digests of the last week did not arrive",
                      remedy="see that the officers' addresses, and [reminders] to, are right")  # fmt: skip


def _reach(found: Standing) -> Finding:
    whom = [f"{found.officers:,} officers"] if found.officers else []
    whom += ["the team's address"] if found.team else []
    if not whom:
        late = sum(found.overdue.values())
        said = f"they have nobody to go to, no team address and no officers; overdue by now: {late:,}"
        return Finding("reminders", ok=not late, said=said, remedy=_NAME_SOMEBODY)
    lacks = "" if found.team else "; what is assigned to nobody goes to nobody"
    return Finding(
        "reminders", ok=True, said=f"to {' and '.join(whom)}{lacks}", remedy=_NAME_SOMEBODY if lacks else ""
    )
