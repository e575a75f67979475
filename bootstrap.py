"""Reads the settings and builds everything from them: once, here. Nothing below imports this file."""

import fcntl
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import structlog

from casework.policy import Caps, Policy
from letters.compose import compose
from letters.deliver import MaildirSender, SmtpSender, SmtpServer
from letters.letterhead import DEFAULT_OMBUDSMEN, Letterhead, OmbudsmanContact
from letters.render import check_templates
from models.codes import Ombudsman, Security
from models.deadlines import LONDON, WorkingDays
from models.errors import AlreadyRunning, ArtefactRefused, InputInvalid, RecordUnavailable, StoreUnavailable
from models.ports import Mailbox
from settings import Mailbox as MailboxSettings
from settings import OmbudsmanSettings, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from intake.receive import Receiver
    from models.unit_of_work import SqlUnitOfWork
    from triage.triager import Triager

Progress = Callable[[str, int, int], None]

_KILL = "HEARD_KILL_AT"


def now_utc() -> datetime:
    """Return the current instant; the only place that asks for it."""
    return datetime.now(UTC)


def keep_files_private() -> None:
    """Let nobody else on the machine read what is written from now on: it is people's mail."""
    os.umask(0o077)


def configure_log(*, is_service: bool) -> Any:
    """Set up structured logging to standard error, one line an event, and return the logger.

    A service writes every event, as JSON unless a person watches; a command writes warnings only.
    """
    last: Any = structlog.dev.ConsoleRenderer(colors=False)
    if is_service and not sys.stderr.isatty():
        last = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            _without_addresses,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info" if is_service else "warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    return structlog.get_logger()


def _without_addresses(_logger: Any, _method: str, event: Any) -> Any:
    """Take addresses out of why something failed: servers name people, and the log holds nobody's data."""
    if "why" in event:
        event["why"] = re.sub(r"\S+@\S+", "(address)", str(event["why"]))
    return event


@dataclass(frozen=True)
class App:
    """The settings and what is built of them, each piece when it is first asked for."""

    settings: Settings
    log: Any
    clock: Callable[[], datetime] = now_utc

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data

    @property
    def artefacts(self) -> Path:
        """The folder of artefacts."""
        return self.data / "artefacts"

    @property
    def worker(self) -> str:
        """The name under which this installation claims messages."""
        return f"{socket.gethostname()}:{self.data.resolve()}"[:300]

    @property
    def database_url(self) -> str:
        """Where the record is."""
        record = self.settings.record
        if not record.url:
            return f"sqlite:///{self.data / 'heard.db'}"
        if record.password.env or record.password.file:
            from sqlalchemy.engine import make_url  # noqa: PLC0415  # only where it is needed

            url = make_url(record.url).set(password=record.password.read())
            return url.render_as_string(hide_password=False)
        return record.url

    @property
    def is_sqlite(self) -> bool:
        """Whether the record is a file of ours."""
        return self.database_url.startswith("sqlite")

    @cached_property
    def engine(self) -> "Engine":
        """The database."""
        from models.unit_of_work import make_engine  # noqa: PLC0415  # loads SQLAlchemy

        self.prepare_data()
        return make_engine(self.database_url)

    def units(self) -> "SqlUnitOfWork":
        """Return a new unit of work."""
        from models.unit_of_work import SqlUnitOfWork  # noqa: PLC0415  # loads SQLAlchemy

        return SqlUnitOfWork(self.engine)

    @cached_property
    def letterhead(self) -> Letterhead:
        """Who writes the letters."""
        house = self.settings.organisation
        return Letterhead(
            organisation=house.name,
            team=house.team,
            address=house.address,
            telephone=house.telephone,
            email=house.email,
            website=house.website,
            ombudsmen={
                Ombudsman.LGSCO: _contact(self.settings.ombudsman_lgsco, Ombudsman.LGSCO),
                Ombudsman.HOUSING: _contact(self.settings.ombudsman_housing, Ombudsman.HOUSING),
            },
        )

    @cached_property
    def policy(self) -> Policy:
        """When which letter goes to whom."""
        said, house = self.settings.acknowledgement, self.settings.organisation
        usernames = (mailbox.username for mailbox in self.settings.mailboxes if "@" in mailbox.username)
        own = {house.email, *house.own_addresses, *usernames}
        return Policy(
            mode=said.mode,
            guard_working_day=said.guard_working_day,
            guard_time=said.guard_time,
            working_days=self.working_days,
            caps=Caps(said.per_address_a_day, said.per_domain_an_hour, said.in_all_an_hour),
            own_addresses=frozenset(address.casefold() for address in own),
            form_senders=frozenset(address.casefold() for address in self.settings.forms.senders),
            duty_address=house.duty_email.casefold(),
            letter_domain=house.email.rpartition("@")[2] or "heard.invalid",
        )

    @cached_property
    def working_days(self) -> WorkingDays:
        """The days that count."""
        return WorkingDays(frozenset(self.settings.calendar.closure_days))

    def mailboxes(self) -> list[Mailbox]:
        """Return the mailboxes of the settings, unopened.

        Raises InputInvalid where none is named: there would be nothing to read, and nobody would notice.
        """
        if not self.settings.mailboxes:
            raise InputInvalid("no mailbox is named; `heard init` writes settings to fill in")
        return [_mailbox(each) for each in self.settings.mailboxes]

    def since(self, account: str) -> datetime | None:
        """Return from when on the mail of an account is answered, None for all of it."""
        days = {each.name: each.since for each in self.settings.mailboxes}
        day = days.get(account)
        return datetime.combine(day, time(), tzinfo=LONDON) if day else None

    def sender(self) -> MaildirSender | SmtpSender:
        """Return what takes letters out of the house."""
        said = self.settings.sending
        if said.kind == "maildir":
            return MaildirSender(said.path or self.data / "outbox")
        server = SmtpServer(
            host=said.host,
            port=said.port,
            security=Security(said.security),
            username=said.username,
            password=said.password.read() if said.username else "",
            ca_file=str(said.ca_file or ""),
        )
        return SmtpSender(server, envelope_from=self.settings.organisation.email)

    @cached_property
    def compose(self) -> Callable[[Any], bytes]:
        """What makes mail of a letter."""
        house = self.settings.organisation
        return partial(compose, sender_name=f"{house.name} {house.team}", sender_address=house.email)

    def receiver(self, triager: "Triager") -> "Receiver":
        """Return what takes kept messages to their outcomes."""
        from intake.receive import Receiver  # noqa: PLC0415  # loads the parsers
        from models.unit_of_work import is_clash  # noqa: PLC0415  # loads SQLAlchemy

        check_templates(self.letterhead)
        return Receiver(
            units=self.units,
            triager=triager,
            policy=self.policy,
            letterhead=self.letterhead,
            worker=self.worker,
            clock=self.clock,
            log=self.log,
            is_clash=is_clash,
            station=station,
        )

    def triager(self, *, progress: Progress) -> "Triager":
        """Return the live classifier; one is built from the project's own corpus where there is none."""
        from triage.triager import Triager  # noqa: PLC0415  # loads spaCy and scikit-learn

        return Triager(self._live_artefact(progress))

    def prepare_data(self) -> None:
        """Make the data directory; raises StoreUnavailable where that cannot be."""
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreUnavailable(f"the data directory {self.data} cannot be made: {error}") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the data directory for one working process.

        Raises AlreadyRunning where another has it.
        """
        self.prepare_data()
        lock = self._lock_file()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise AlreadyRunning(
                f"another Heard works on {self.data}; stop it first, or wait until it has finished"
            ) from error
        try:
            yield
        finally:
            lock.close()

    def open_record(self) -> None:
        """Bring a SQLite record up to date and give back what was claimed when work last stopped.

        Raises RecordUnavailable where a PostgreSQL record is not at the newest revision.
        """
        import migrations  # noqa: PLC0415  # loads alembic

        if self.is_sqlite:
            migrations.upgrade(self.engine)
        elif migrations.current(self.engine) != migrations.newest():
            raise RecordUnavailable("the database is not at the newest revision; run `heard migrate`")
        with self.units() as uow:
            uow.messages.release(worker=self.worker)
            if self.is_sqlite:
                uow.letters.release()
            uow.commit()

    def free_bytes(self) -> int:
        """Return how much room is left where the data is kept."""
        self.prepare_data()
        return shutil.disk_usage(self.data).free

    def _lock_file(self) -> IO[str]:
        try:
            return (self.data / "heard.lock").open("w", encoding="utf-8")
        except OSError as error:
            raise StoreUnavailable(f"{self.data} cannot be written: {error}") from error

    def _live_artefact(self, progress: Progress) -> Any:
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn

        live = artefact.live_name(self.artefacts)
        candidates = [live] if live else []
        if live:
            candidates += [name for name in reversed(artefact.names(self.artefacts)) if name != live]
        for name in candidates:
            try:
                return artefact.load(self.artefacts / name)
            except ArtefactRefused as error:
                self.log.warning("artefact_refused", artefact=name, why=str(error))
        return build_artefact(self.artefacts, progress=progress)


def build_artefact(folder: Path, *, progress: Progress) -> Any:
    """Train on the project's own corpus, make the result live and return it."""
    from triage import artefact, corpus, train  # noqa: PLC0415  # loads scikit-learn

    made = train.train(corpus.read_training(), folder=folder, now=now_utc(), progress=progress)
    artefact.promote(folder, made.name)
    artefact.forget_old(folder)
    return made


def station(name: str) -> None:
    """Die here if a test asked for it: $HEARD_KILL_AT names a station, and after how many passes."""
    wanted = os.environ.get(_KILL, "")
    if wanted.partition(":")[0] != name:
        return
    _PASSES[name] = _PASSES.get(name, 0) + 1
    if _PASSES[name] >= int(wanted.partition(":")[2] or 1):
        os.kill(os.getpid(), signal.SIGKILL)


_PASSES: dict[str, int] = {}


def _contact(said: OmbudsmanSettings | None, which: Ombudsman) -> OmbudsmanContact:
    return OmbudsmanContact(**said.model_dump()) if said else DEFAULT_OMBUDSMEN[which]


def _mailbox(said: MailboxSettings) -> Mailbox:
    from intake import folders  # noqa: PLC0415  # only where mail is read

    path = said.path or Path()
    if said.kind == "maildir":
        return folders.MaildirMailbox(said.name, path, moves_to_cur=said.processed != "leave")
    if said.kind == "eml":
        return folders.EmlFolder(said.name, path)
    if said.kind == "mbox":
        return folders.MboxFile(said.name, path)
    from intake import mailbox  # noqa: PLC0415  # only where mail is read

    return mailbox.ImapMailbox(
        mailbox.ImapAccount(
            name=said.name,
            host=said.host,
            port=said.port,
            security=Security(said.security),
            username=said.username,
            password=said.password.read(),
            folders=said.folders,
            processed=mailbox.Processed(said.processed),
            move_to=said.move_to,
            ca_file=str(said.ca_file or ""),
            largest_message=said.largest_message,
        )
    )
