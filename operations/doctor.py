"""The doctor: examines everything that Heard depends on, and says what to do about what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import migrations
from bootstrap import App
from models import queries
from models.errors import ArtefactRefused, HeardError, MailboxUnavailable, SettingsInvalid
from models.ports import Mailbox

_ROOM_WANTED = 1_000_000_000
_EARLIEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)
_STALE = timedelta(minutes=15)


@dataclass(frozen=True)
class Finding:
    """One thing examined: whether it is well, what was seen, and what to do if not."""

    what: str
    ok: bool
    said: str
    remedy: str = ""


def examine(app: App) -> list[Finding]:
    """Examine settings, disk, clock, record, backlog, artefact, mailboxes and mail server, in that order."""
    return [
        Finding("settings", ok=True, said=f"read; data in {app.data.resolve()}"),
        *_safely("disk", app, _disk),
        *_safely("clock", app, _clock),
        *_safely("record", app, _record),
        *_safely("artefact", app, _artefact),
        *_safely("mailboxes", app, _mailboxes),
        *_safely("sending", app, _sending),
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
        "disk", ok=free >= _ROOM_WANTED, said=f"{free / 1e9:.1f} GB free where the data is kept",
        remedy="" if free >= _ROOM_WANTED else "make room; at least 1 GB is wanted",
    )  # fmt: skip


def _clock(app: App) -> Iterator[Finding]:
    now = app.clock()
    ok = now > _EARLIEST_CLOCK
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


def _backlog(app: App) -> Iterator[Finding]:
    oldest = queries.oldest_waiting(app.engine)
    if oldest is not None and app.clock() - oldest > _STALE:
        minutes = round((app.clock() - oldest).total_seconds() / 60)
        yield Finding("backlog", ok=False, said=f"a message has waited {minutes:,} minutes to be read",
                      remedy="see that `heard run` is running and what it logs")  # fmt: skip
    failed = queries.letter_counts(app.engine).get("failed", 0)
    if failed:
        yield Finding("letters", ok=False, said=f"{failed:,} letters did not arrive",
                      remedy="`heard queue` shows whom to reach another way")  # fmt: skip


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
    yield Finding("artefact", ok=True, said=f"{live}, from {loaded.corpus_size:,} messages")


def _mailboxes(app: App) -> Iterator[Finding]:
    if not app.settings.mailboxes:
        yield Finding("mailboxes", ok=False, said="none is named", remedy="add [[mailboxes]] to the settings")
    for said in app.settings.mailboxes:
        what = f"mailbox {said.name}"
        try:
            (mailbox,) = [box for box in app.mailboxes() if box.account == said.name]
            yield Finding(what, ok=True, said=_looked_at(mailbox))
        except (MailboxUnavailable, SettingsInvalid) as error:
            yield Finding(what, ok=False, said=str(error), remedy=_mailbox_remedy(str(error)))


def _looked_at(mailbox: Mailbox) -> str:
    try:
        return mailbox.check()
    finally:
        mailbox.close()


def _mailbox_remedy(said: str) -> str:
    """Return what to do, by what the fault says."""
    lowered = said.lower()
    for sign, remedy in _REMEDIES:
        if sign in lowered:
            return remedy
    return "check host, port and security, and that the server can be reached from this machine"


_REMEDIES = (
    ("environment variable", "set the variable for the user that runs heard, or name a file"),
    ("secret cannot be read", "let the user that runs heard read that file"),
    ("refuses the sign-in", "check user name and password; some providers want an application password"),
    ("certificate", "name the server as its certificate does, or give ca_file for a private one"),
    ("has no folder", "list only folders that exist; names are as the server writes them"),
    ("does not exist", "check the path"),
    ("wrong version", 'the port does not speak TLS at once; try security = "starttls"'),
)


def _sending(app: App) -> Iterator[Finding]:
    sender = app.sender()
    try:
        yield Finding("sending", ok=True, said=sender.check())
    except HeardError as error:
        remedy = "check [sending] in the settings, and that the server can be reached"
        yield Finding("sending", ok=False, said=str(error), remedy=remedy)
    finally:
        sender.close()
