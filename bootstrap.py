"""Reads the settings and builds everything from them: once, here. Nothing below imports this file."""

import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import structlog

from casework.policy import Caps, Policy
from letters.check_letters import check_templates
from letters.compose import compose
from letters.deliver import MaildirSender, SmtpSender, SmtpServer
from letters.letterhead import DEFAULT_OMBUDSMEN, Letterhead, OmbudsmanContact
from letters.redirect import CheckedSender, RedirectingSender
from letters.sent_copy import SentCopies
from models.codes import DeliveryMode, Ombudsman, Security
from models.deadlines import LONDON, WorkingDays
from models.errors import (
    AlreadyRunning,
    ArtefactRefused,
    EncoderUnavailable,
    InputInvalid,
    RecordUnavailable,
    SettingsInvalid,
    StoreUnavailable,
)
from models.ports import KeepsCopies, Mailbox, TokenSource
from settings import Mailbox as MailboxSettings
from settings import OAuth, OmbudsmanSettings, Sending, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from intake.forms import FormProfile
    from intake.reader import IsolatedReader
    from intake.receive import Receiver, Triages
    from intake.tokens import Fetch
    from models.unit_of_work import SqlUnitOfWork
    from triage.encoder.read import Encoder
    from triage.rules import OwnExclusion
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
            _say_no_addresses,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info" if is_service else "warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    return structlog.get_logger()


def _say_no_addresses(_logger: Any, _method: str, event: Any) -> Any:
    """Take addresses out of why something failed: servers name people, and the log holds nobody's data."""
    if "why" in event:
        event["why"] = without_addresses(str(event["why"]))
    return event


def without_addresses(text: str) -> str:
    """Return a text without the addresses in it."""
    return re.sub(r"\S+@\S+", "(address)", text)


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

    def units(self, *, reads: bool = False) -> "SqlUnitOfWork":
        """Return a new unit of work."""
        from models.unit_of_work import SqlUnitOfWork  # noqa: PLC0415  # loads SQLAlchemy

        return SqlUnitOfWork(self.engine, reads=reads)

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
            own_templates=self.settings.letters.templates,
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
            form_senders=self.form_senders,
            duty_address=house.duty_email.casefold(),
            letter_domain=house.email.rpartition("@")[2] or "heard.invalid",
            delivery=self.settings.delivery.mode,
            reference_key=self._reference_key,
        )

    @cached_property
    def _reference_key(self) -> bytes:
        """What marks the references in our letters: made once, and kept with the record."""
        with self.units() as uow:
            key: bytes = uow.keys.get("reference", or_else=secrets.token_bytes(32))
            uow.commit()
        return key

    @cached_property
    def form_profiles(self) -> "tuple[FormProfile, ...]":
        """How the council's web forms write."""
        from intake.forms import FormProfile  # noqa: PLC0415  # only where mail is read

        return tuple(
            FormProfile(
                name=each.name,
                senders=tuple(address.casefold() for address in each.senders),
                authenticated_by=each.authenticated_by,
                name_labels=each.labels.name,
                email_labels=each.labels.email,
                telephone_labels=each.labels.telephone,
                reference_labels=each.labels.reference,
                message_labels=each.labels.message,
            )
            for each in self.settings.forms.profiles
        )

    @property
    def form_senders(self) -> frozenset[str]:
        """The addresses from which the council's web forms come, with a profile or without."""
        forms = self.settings.forms
        of_profiles = (address for profile in forms.profiles for address in profile.senders)
        return frozenset(address.casefold() for address in (*forms.senders, *of_profiles))

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
        return [self.mailbox(each) for each in self.settings.mailboxes]

    def mailbox(self, said: MailboxSettings) -> Mailbox:
        """Return one mailbox, unopened; its connections share one source of tokens."""
        if said.name not in self._token_sources:
            self._token_sources[said.name] = _tokens(said, name=said.name, clock=self.clock)
        return _mailbox(said, tokens=self._token_sources[said.name], clock=self.clock)

    def token_expires_at(self, account: str) -> datetime | None:
        """Return when the token at hand for a mailbox expires, None where it has none."""
        tokens = self._token_sources.get(account)
        return tokens.expires_at if tokens else None

    def secret_expires_on(self, account: str) -> date | None:
        """Return when the secret behind a mailbox's tokens expires, as far as the settings say."""
        found = (each.oauth for each in self.settings.mailboxes if each.name == account and each.oauth)
        return next((oauth.secret_expires_on for oauth in found), None)

    @cached_property
    def _token_sources(self) -> dict[str, TokenSource | None]:
        return {}

    def since(self, account: str) -> datetime | None:
        """Return from when on the mail of an account is answered, None for all of it."""
        days = {each.name: each.since for each in self.settings.mailboxes}
        day = days.get(account)
        return datetime.combine(day, time(), tzinfo=LONDON) if day else None

    def sender(self) -> CheckedSender:
        """Return what takes letters out of the house: to whom they are for, or all to one address."""
        sender = self._own_sender()
        return RedirectingSender(sender, to=self.redirect_to) if self.redirect_to else sender

    @property
    def redirect_to(self) -> str:
        """The address to which every letter goes for trying out, empty where they go to the people."""
        said = self.settings.delivery
        return said.redirect_to if said.mode is DeliveryMode.REDIRECT else ""

    def _own_sender(self) -> CheckedSender:
        said = self.settings.sending
        if said.kind == "maildir":
            return MaildirSender(said.path or self.data / "outbox")
        if said.kind == "notify":
            return _notify(said)
        tokens = _tokens(said, name="sending", clock=self.clock)
        server = SmtpServer(
            host=said.host,
            port=said.port,
            security=Security(said.security),
            username=said.username,
            password=said.password.read() if said.username and tokens is None else "",
            ca_file=str(said.ca_file or ""),
            tokens=tokens,
        )
        return SmtpSender(server, envelope_from=self.settings.organisation.email)

    @cached_property
    def compose(self) -> Callable[[Any], bytes]:
        """What makes mail of a letter."""
        house = self.settings.organisation
        return partial(
            compose,
            sender_name=f"{house.name} {house.team}",
            sender_address=house.email,
            has_plus_addresses=self.settings.sending.plus_addresses,
            redirect_to=self.redirect_to,
        )

    def sent_copies(self) -> SentCopies:
        """Return what puts a copy of each letter into the mailbox's own folder, if the settings name one."""
        folder = self.settings.sending.sent_folder
        place: object = self.mailbox(self.settings.mailbox_of_sent_folder) if folder else None
        return SentCopies(
            place if isinstance(place, KeepsCopies) else None,
            folder=folder, compose=self.compose, log=self.log, clock=self.clock,
        )  # fmt: skip

    def receiver(self, triager: "Triages") -> "Receiver":
        """Return what takes kept messages to their outcomes."""
        from intake.receive import Receiver  # noqa: PLC0415  # loads the parsers
        from models.unit_of_work import is_clash  # noqa: PLC0415  # loads SQLAlchemy

        check_templates(self.letterhead)
        return Receiver(
            units=self.units,
            reader=self.reader(),
            triager=triager,
            policy=self.policy,
            letterhead=self.letterhead,
            worker=self.worker,
            clock=self.clock,
            log=self.log,
            is_clash=is_clash,
            station=station,
        )

    def reader(self) -> "IsolatedReader":
        """Return what reads messages in a process of their own."""
        from intake.reader import IsolatedReader  # noqa: PLC0415  # loads what checks its answers

        return IsolatedReader(form_senders=self.policy.form_senders, forms=self.form_profiles)

    def triager(self, *, progress: Progress, is_fast: bool = False) -> "Triager":
        """Return the live classifier; one is built from the project's own corpus where there is none.

        It uses the sentence encoder unless `is_fast`, or the settings, say otherwise.
        """
        from triage.triager import Triager  # noqa: PLC0415  # loads spaCy and scikit-learn

        live = self._live_artefact(progress, None if is_fast else self.encoder)
        return Triager(live, own_exclusions=self.own_exclusions)

    @cached_property
    def encoder(self) -> "Encoder | None":
        """The sentence encoder; None where the settings do without or it cannot be used.

        Triage without it is poorer, but goes on.
        """
        if self.settings.triage.fast:
            return None
        from triage.encoder.read import Encoder  # noqa: PLC0415  # loads onnxruntime

        try:
            return Encoder()
        except EncoderUnavailable as error:
            self.log.warning("encoder_unavailable", why=str(error))
            return None

    @property
    def own_categories(self) -> tuple[str, ...]:
        """The codes of the council's own categories."""
        return tuple(each.code for each in self.settings.triage.categories)

    @property
    def own_exclusions(self) -> "tuple[OwnExclusion, ...]":
        """The council's own exclusions, as triage suggests them."""
        from triage.rules import OwnExclusion  # noqa: PLC0415  # loads spaCy

        return tuple(
            OwnExclusion(each.code, each.reason, each.words) for each in self.settings.triage.exclusions
        )

    @property
    def has_record(self) -> bool:
        """Whether there is a record to read: a SQLite file that was made, or another database."""
        return not self.is_sqlite or (self.data / "heard.db").exists()

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

    def _live_artefact(self, progress: Progress, encoder: "Encoder | None") -> Any:
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn

        live = artefact.live_name(self.artefacts)
        candidates = [live] if live else []
        if live:
            candidates += [name for name in reversed(artefact.names(self.artefacts)) if name != live]
        for name in candidates:
            try:
                return artefact.load(self.artefacts / name, encoder=encoder)
            except ArtefactRefused as error:
                self.log.warning("artefact_refused", artefact=name, why=str(error))
        made = build_artefact(self.artefacts, progress=progress, encoder=self.encoder)
        return made if encoder else artefact.load(self.artefacts / made.name)


def build_artefact(folder: Path, *, progress: Progress, encoder: "Encoder | None") -> Any:
    """Train on the project's own corpus, make the result live and return it."""
    from triage import artefact, corpus, train  # noqa: PLC0415  # loads scikit-learn

    trained = train.train(
        corpus.read_training(), folder=folder, now=now_utc(), progress=progress, encoder=encoder
    )
    artefact.promote(folder, trained.artefact.name)
    artefact.forget_old(folder)
    return trained.artefact


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


def _notify(said: Sending) -> CheckedSender:
    from letters.notify import NotifySender, NotifyService  # noqa: PLC0415  # only where it is used

    return NotifySender(
        NotifyService(
            api_key=said.api_key.read(),
            template_id=said.template_id,
            reply_to_id=said.reply_to_id,
            address=said.notify_address,
        )
    )


def _tokens(
    said: MailboxSettings | Sending, *, name: str, clock: Callable[[], datetime]
) -> TokenSource | None:
    """Return what hands out tokens to sign in with, None where a password is used."""
    oauth = said.oauth
    if said.sign_in == "password" or oauth is None:
        return None
    from intake.tokens import CachedTokens  # noqa: PLC0415  # only where tokens are used

    service = _google if said.sign_in == "google" else _microsoft
    return CachedTokens(service(oauth, name=name, ca_file=str(said.ca_file or "")), clock=clock)


def _google(oauth: OAuth, *, name: str, ca_file: str) -> "Fetch":
    from intake.tokens import Google  # noqa: PLC0415  # only where tokens are used

    return Google(
        name=name,
        token_uri=oauth.token_uri,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret.read(),
        refresh_token=oauth.refresh_token.read(),
        scope=oauth.scope,
        ca_file=ca_file,
    )


def _microsoft(oauth: OAuth, *, name: str, ca_file: str) -> "Fetch":
    from intake.tokens import Microsoft  # noqa: PLC0415  # only where tokens are used

    return Microsoft(
        name=name,
        authority=f"{oauth.authority.rstrip('/')}/{oauth.tenant}",
        is_known_authority="authority" not in oauth.model_fields_set,
        client_id=oauth.client_id,
        scope=oauth.scope or "https://outlook.office365.com/.default",
        secret="" if oauth.certificate else oauth.client_secret.read(),
        private_key=_private_key(oauth.certificate) if oauth.certificate else "",
        thumbprint=oauth.thumbprint,
        ca_file=ca_file,
    )


def _private_key(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(str(file), [f"the private key cannot be read: {error}"]) from error


def _mailbox(said: MailboxSettings, *, tokens: TokenSource | None, clock: Callable[[], datetime]) -> Mailbox:
    from intake import folders  # noqa: PLC0415  # only where mail is read

    path, largest = said.path or Path(), said.largest_message
    if said.kind == "maildir":
        return folders.MaildirMailbox(
            said.name, path, moves_to_cur=said.processed != "leave", must_hold=said.must_hold, largest=largest
        )
    if said.kind == "eml":
        return folders.EmlFolder(said.name, path, clock=clock, must_hold=said.must_hold, largest=largest)
    if said.kind == "mbox":
        return folders.MboxFile(said.name, path, clock=clock, largest=largest)
    if said.kind == "scan":
        move_to = said.move_to if said.processed == "move" else ""
        return folders.ScanFolder(
            said.name, path, clock=clock, move_to=move_to, must_hold=said.must_hold, largest=largest
        )
    from intake import mailbox  # noqa: PLC0415  # only where mail is read

    return mailbox.ImapMailbox(
        mailbox.ImapAccount(
            name=said.name,
            host=said.host,
            port=said.port,
            security=Security(said.security),
            username=said.username,
            password=said.password.read() if tokens is None else "",
            tokens=tokens,
            folders=said.folders,
            processed=mailbox.Processed(said.processed),
            move_to=said.move_to,
            ca_file=str(said.ca_file or ""),
            largest_message=said.largest_message,
        )
    )
