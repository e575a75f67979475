"""heard.toml: read once, checked whole, every fault named with its place and remedy."""

import os
import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from models.codes import AcknowledgementMode, Category, DeliveryMode, Exclusion, Flag
from models.errors import SettingsInvalid

DEFAULT_FILE = Path("heard.toml")
ENVIRONMENT_FILE = "HEARD_SETTINGS"
ENVIRONMENT_DATA = "HEARD_DATA"
DEFAULT_DATA = Path("heard-data")

Port = Annotated[int, Field(ge=1, le=65535)]
Security = Literal["tls", "starttls", "plain"]
SignIn = Literal["password", "microsoft", "google"]
_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UuidOrNothing = Annotated[str, Field(pattern=rf"^({_UUID})?$")]
_NOTIFY = "https://api.notifications.service.gov.uk"
_Https = Annotated[str, Field(pattern=r"^https://[^\s/@]+(/\S*)?$")]

_LAST_PORT = 65535
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _refuse_plain_text(security: str, host: str) -> None:
    if security == "plain" and host not in _LOOPBACK:
        raise ValueError('plain text is allowed on this machine only; use security = "tls" or "starttls"')


def _only_a_time(value: Any) -> Any:
    if not isinstance(value, time | str):
        raise ValueError("a time of day is wanted, such as 12:00:00")  # noqa: TRY004  # pydantic's way
    return value


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    is_host = re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host) is not None
    if value and not (is_host and re.fullmatch(r"[0-9]{1,5}", port) and 1 <= int(port) <= _LAST_PORT):
        raise ValueError("a host and a port are wanted, such as 127.0.0.1:9187, or nothing")
    return value


def _https_or_here(value: str) -> str:
    found = re.fullmatch(r"(https?)://([^\s/@:]+)(:[0-9]{1,5})?/?", value)
    if found is None or (found[1] == "http" and found[2] not in _LOOPBACK):
        raise ValueError(f"an address that begins with https:// is wanted, such as {_NOTIFY}")
    return value


def _https_page_or_here(value: str) -> str:
    found = re.fullmatch(r"(https?://[^\s/@:]+(?::[0-9]{1,5})?)(/\S*)?", value)
    if found is None:
        raise ValueError("an address that begins with https:// is wanted")
    _https_or_here(found[1])
    return value


def _host_alone(value: str) -> str:
    if value and re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", value) is None:
        raise ValueError("the address of the pages is wanted, such as https://heard.harrowmere.example")
    return value.rstrip("/")


class _Section(BaseModel):
    """A table of the file; unknown keys are faults, since a misspelt one would be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(_Section):
    """A secret that is never in the file itself: an environment variable or a file that holds it."""

    env: str = ""
    file: Path | None = None

    def read(self) -> str:
        """Return the secret; raises SettingsInvalid where it is not there."""
        if self.env and os.environ.get(self.env):
            return os.environ[self.env]
        if self.file is not None:
            try:
                secret = self.file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsInvalid(str(self.file), [f"the secret cannot be read: {error}"]) from error
            if not secret:
                raise SettingsInvalid(str(self.file), ["the secret cannot be read: the file is empty"])
            return secret
        where = f"the environment variable {self.env} is not set" if self.env else "it is not named"
        raise SettingsInvalid("a secret", [f"{where}; set it, or name a file that holds it"])


class OAuth(_Section):
    """How tokens are had for a mailbox or mail server that takes no password (docs/sign-in.md)."""

    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]*$")] = ""
    client_id: str = ""
    client_secret: Secret = Secret()
    certificate: Path | None = None
    thumbprint: str = ""
    refresh_token: Secret = Secret()
    authority: _Https = "https://login.microsoftonline.com"
    scope: str = ""
    token_uri: _Https = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address, no secret
    secret_expires_on: date | None = None

    @field_validator("thumbprint")
    @classmethod
    def _has_forty_digits(cls, said: str) -> str:
        digits = said.replace(":", "").replace(" ", "")
        if digits and re.fullmatch(r"[0-9A-Fa-f]{40}", digits) is None:
            raise ValueError("the SHA-1 thumbprint of the certificate is wanted, 40 hexadecimal digits")
        return digits

    def lacks(self, sign_in: SignIn) -> list[str]:
        """Return the names of the settings that a way of signing in needs and does not find."""
        has_secret = bool(self.client_secret.env or self.client_secret.file)
        if sign_in == "google":
            has_token = bool(self.refresh_token.env or self.refresh_token.file)
            wanted = {"client_id": self.client_id, "client_secret": has_secret, "refresh_token": has_token}
        else:
            has_key = bool(self.certificate and self.thumbprint)
            either = "client_secret (or certificate and thumbprint)"
            wanted = {"tenant": self.tenant, "client_id": self.client_id, either: has_secret or has_key}
        return [name for name, is_there in wanted.items() if not is_there]


def _check_sign_in(sign_in: SignIn, oauth: OAuth | None) -> None:
    """Refuse tokens without what they need, and what they need where a password is used."""
    if sign_in == "password":
        if oauth is not None:
            raise ValueError('oauth is of no use with a password; set sign_in = "microsoft" or "google"')
        return
    lacking = (oauth or OAuth()).lacks(sign_in)
    if lacking:
        raise ValueError(f'sign_in = "{sign_in}" needs oauth.{", oauth.".join(lacking)}')
    if oauth is not None and oauth.certificate and (oauth.client_secret.env or oauth.client_secret.file):
        raise ValueError("oauth has both client_secret and certificate; take one out")


class Organisation(_Section):
    """Who writes the letters."""

    name: Annotated[str, Field(min_length=1)] = "Harrowmere Council"
    team: Annotated[str, Field(min_length=1)] = "Complaints Team"
    address: str = "Town Hall, 1 Market Place, Harrowmere"
    telephone: str = "01632 960100"
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] = "complaints@harrowmere.example"
    website: str = "www.harrowmere.example"
    own_addresses: tuple[str, ...] = ()
    duty_email: str = ""


class OmbudsmanSettings(_Section):
    """How an Ombudsman is reached; change it only when the Ombudsman does."""

    name: str
    address: str
    telephone: str
    website: str
    email: str = ""


class Mailbox(_Section):
    """One mailbox that is polled."""

    name: str = Field(min_length=1, max_length=200)
    kind: Literal["imap", "maildir", "eml", "mbox", "scan"] = "imap"
    path: Path | None = None
    host: str = ""
    port: Port = 993
    security: Security = "tls"
    username: str = ""
    password: Secret = Secret()
    sign_in: SignIn = "password"
    oauth: OAuth | None = None
    folders: tuple[str, ...] = ("INBOX",)
    processed: Literal["leave", "flag", "move"] = "leave"
    move_to: str = "Heard"
    must_hold: str = ""
    ca_file: Path | None = None
    since: date | None = None
    largest_message: int = Field(default=50_000_000, ge=10_000, le=500_000_000)

    @model_validator(mode="after")
    def _is_whole(self) -> "Mailbox":
        if self.kind == "imap" and not (self.host and self.username):
            raise ValueError("an IMAP mailbox needs host and username")
        if self.kind != "imap" and self.path is None:
            raise ValueError(f"a mailbox of kind {self.kind} needs path")
        if self.must_hold and self.kind not in {"maildir", "eml", "scan"}:
            raise ValueError(f"must_hold names a file in a folder, and a mailbox of kind {self.kind} is none")
        if self.kind == "scan":
            self._check_scan()
        _refuse_plain_text(self.security, self.host)
        _check_sign_in(self.sign_in, self.oauth)
        return self

    def _check_scan(self) -> None:
        """Refuse what a folder cannot do, and a subfolder that is none."""
        if self.processed == "flag":
            raise ValueError('files have no flags; set processed = "leave" or "move"')
        if self.processed == "move" and ("/" in self.move_to or self.move_to in {"", ".", ".."}):
            raise ValueError("move_to must be the plain name of a subfolder")


class Sending(_Section):
    """How letters leave."""

    kind: Literal["smtp", "maildir", "notify"] = "maildir"
    path: Path | None = None
    host: str = ""
    port: Port = 587
    security: Security = "starttls"
    username: str = ""
    password: Secret = Secret()
    sign_in: SignIn = "password"
    oauth: OAuth | None = None
    ca_file: Path | None = None
    plus_addresses: bool = False
    sent_folder: str = ""
    sent_mailbox: str = ""
    api_key: Secret = Secret()
    template_id: _UuidOrNothing = ""
    reply_to_id: _UuidOrNothing = ""
    notify_address: Annotated[str, AfterValidator(_https_or_here)] = _NOTIFY

    @model_validator(mode="after")
    def _is_whole(self) -> "Sending":
        if self.kind == "smtp" and not self.host:
            raise ValueError("sending by SMTP needs host")
        if self.kind == "notify" and not (self.template_id and (self.api_key.env or self.api_key.file)):
            raise ValueError("sending by GOV.UK Notify needs api_key and template_id")
        if self.kind == "notify" and self.plus_addresses:
            raise ValueError("GOV.UK Notify writes its own address for replies; take plus_addresses out")
        if self.sent_mailbox and not self.sent_folder:
            raise ValueError("sent_mailbox is of no use without sent_folder")
        _refuse_plain_text(self.security if self.kind == "smtp" else "tls", self.host)
        _check_sign_in(self.sign_in, self.oauth)
        if self.sign_in != "password" and not self.username:
            raise ValueError(f'sign_in = "{self.sign_in}" needs username, the address of the mailbox')
        return self


class Delivery(_Section):
    """Whether letters leave: at once, when an officer releases them, or all to one address for trying out."""

    mode: DeliveryMode = DeliveryMode.SEND
    redirect_to: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Delivery":
        if self.mode is DeliveryMode.REDIRECT and not self.redirect_to:
            raise ValueError('mode = "redirect" needs redirect_to, the address that every letter goes to')
        return self


class Letters(_Section):
    """The council's own wording (docs/letters.md)."""

    templates: Path | None = None


class Acknowledgement(_Section):
    """What is acknowledged when (docs/letters.md)."""

    mode: AcknowledgementMode = AcknowledgementMode.AT_ONCE
    guard_working_day: int = Field(default=4, ge=1, le=5)
    guard_time: Annotated[time, BeforeValidator(_only_a_time)] = time(12, 0)
    per_address_a_day: int = Field(default=5, ge=1)
    per_domain_an_hour: int = Field(default=100, ge=1)
    in_all_an_hour: int = Field(default=1000, ge=1)


Label = Annotated[str, Field(min_length=1, max_length=200)]


class FormLabels(_Section):
    """Under which labels a form writes what was filled in."""

    name: tuple[Label, ...] = ()
    email: tuple[Label, ...] = ()
    telephone: tuple[Label, ...] = ()
    reference: tuple[Label, ...] = ()
    message: tuple[Label, ...] = ()


class FormProfile(_Section):
    """How one web form writes, and which mail server proves that it was the form."""

    name: str = Field(min_length=1, max_length=200)
    senders: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = Field(min_length=1)
    authenticated_by: str = ""
    labels: FormLabels = FormLabels()


class Forms(_Section):
    """The addresses from which the council's own web forms come, and how each form writes."""

    senders: tuple[str, ...] = ()
    profiles: tuple[FormProfile, ...] = ()


class Reminders(_Section):
    """When who is reminded of what is due, in one digest a day (docs/operations.md).

    `to` is the team's address: for cases that nobody is assigned to.
    """

    enabled: bool = True
    at: Annotated[time, BeforeValidator(_only_a_time)] = time(8, 0)
    officer_days_before: int = Field(default=2, ge=0, le=20)
    manager_days_before: int = Field(default=1, ge=0, le=20)
    to: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""


class Calendar(_Section):
    """The days on which the council is closed beside weekends and the bank holidays of England."""

    closure_days: tuple[date, ...] = ()


class Service(_Section):
    """How often the unattended service looks."""

    poll_seconds: int = Field(default=60, ge=1, le=3600)
    deliver_seconds: int = Field(default=5, ge=1, le=3600)
    guard_seconds: int = Field(default=300, ge=1, le=3600)
    health_listen: Annotated[str, AfterValidator(_host_and_port)] = ""


class OpenIdConnect(_Section):
    """Where officers sign in besides local accounts: by OpenID Connect, such as with Microsoft Entra ID."""

    name: str = "Microsoft"
    metadata_url: Annotated[str, AfterValidator(_https_page_or_here)]
    client_id: str
    client_secret: Secret = Secret()


class Queue(_Section):
    """The officers' pages: where they listen, how browsers reach them, how long officers stay signed in."""

    listen: Annotated[str, AfterValidator(_host_and_port)] = "127.0.0.1:8470"
    address: Annotated[str, AfterValidator(_host_alone)] = ""
    https: bool = True
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    officers_see: Literal["all", "assigned"] = "all"
    undo_seconds: Annotated[int, Field(ge=0, le=3600)] = 120
    idle_minutes: Annotated[int, Field(ge=5, le=720)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    passwords: bool = True
    second_factor: bool = False
    open_id_connect: OpenIdConnect | None = None


class OwnCategory(_Section):
    """A category of the council's own: its code and what people call it."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class OwnExclusion(_Section):
    """A ground of the council's own on which an officer may find that the procedure is not the route.

    `reason` says why in one sentence, as officers read it beside the suggestion. A message that holds any of
    `words` is suggested for it until enough rulings have taught it.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    words: tuple[Annotated[str, Field(min_length=3, max_length=100)], ...] = ()


class Triage(_Section):
    """How messages are triaged."""

    fast: bool = False
    retrain: bool = True
    categories: tuple[OwnCategory, ...] = ()
    exclusions: tuple[OwnExclusion, ...] = ()

    @field_validator("categories")
    @classmethod
    def _categories_differ(cls, value: tuple[OwnCategory, ...]) -> tuple[OwnCategory, ...]:
        _refuse_taken("a category", [each.code for each in value], set(Category))
        return value

    @field_validator("exclusions")
    @classmethod
    def _exclusions_differ(cls, value: tuple[OwnExclusion, ...]) -> tuple[OwnExclusion, ...]:
        _refuse_taken("an exclusion or flag", [each.code for each in value], {*Exclusion, *Flag})
        return value


def _refuse_taken(what: str, codes: list[str], known: set[str]) -> None:
    taken = sorted({code for code in codes if codes.count(code) > 1 or code in known})
    if taken:
        raise ValueError(f"{what} of that code is there already: {', '.join(taken)}")


class Record(_Section):
    """Where the record is kept; empty means SQLite in the data directory."""

    url: str = ""
    password: Secret = Secret()


class Settings(_Section):
    """All of heard.toml."""

    data: Path = DEFAULT_DATA
    organisation: Organisation = Organisation()
    ombudsman_lgsco: OmbudsmanSettings | None = None
    ombudsman_housing: OmbudsmanSettings | None = None
    mailboxes: tuple[Mailbox, ...] = ()
    sending: Sending = Sending()
    delivery: Delivery = Delivery()
    letters: Letters = Letters()
    acknowledgement: Acknowledgement = Acknowledgement()
    forms: Forms = Forms()
    reminders: Reminders = Reminders()
    calendar: Calendar = Calendar()
    service: Service = Service()
    queue: Queue = Queue()
    triage: Triage = Triage()
    record: Record = Record()

    @model_validator(mode="after")
    def _names_differ(self) -> "Settings":
        names = [mailbox.name for mailbox in self.mailboxes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if self.mailboxes and "organisation" not in self.model_fields_set:
            raise ValueError("[organisation] is missing; without it letters come from an invented council")
        if twice:
            raise ValueError(f"two mailboxes are named {', '.join(twice)}; the ledger knows them by name")
        return self

    @model_validator(mode="after")
    def _reminds_people(self) -> "Settings":
        """Refuse reminders into a mailbox that is read here: each would come back as a message."""
        read_here = {self.organisation.email, *(mailbox.username for mailbox in self.mailboxes)}
        if self.reminders.to.casefold() in {each.casefold() for each in read_here if each}:
            raise ValueError(
                f"[reminders] to is {self.reminders.to}, a mailbox that Heard reads; "
                "name one that the team reads"
            )
        return self

    @model_validator(mode="after")
    def _sent_folder_has_a_mailbox(self) -> "Settings":
        folder = self.sending.sent_folder
        if folder and folder in self.mailbox_of_sent_folder.folders:
            raise ValueError(f"sending.sent_folder: {folder} is read for messages; name one that is not")
        return self

    @property
    def mailbox_of_sent_folder(self) -> Mailbox:
        """The mailbox that takes copies of letters; raises ValueError where none does, or several could."""
        wanted = self.sending.sent_mailbox
        found = [each for each in self.mailboxes if each.kind == "imap" and wanted in {"", each.name}]
        if len(found) != 1:
            named = f"none of kind imap is named {wanted}" if wanted else "name one of kind imap"
            raise ValueError(f"sending.sent_folder is in no mailbox; set sending.sent_mailbox: {named}")
        return found[0]


def read_settings(file: Path | None, *, data: Path | None = None) -> Settings:
    """Read the settings from a file, from the one that $HEARD_SETTINGS names, or from ./heard.toml.

    Without any file the defaults hold. `data` or $HEARD_DATA overrides the data directory.
    Raises SettingsInvalid that names every fault.
    """
    named = file or (Path(os.environ[ENVIRONMENT_FILE]) if os.environ.get(ENVIRONMENT_FILE) else None)
    place = named or DEFAULT_FILE
    values: dict[str, Any] = {}
    if named is not None or place.exists():
        values = _read_toml(place)
    if data is None and os.environ.get(ENVIRONMENT_DATA):
        data = Path(os.environ[ENVIRONMENT_DATA])
    if data is not None:
        values["data"] = data
    if isinstance(values.get("data"), str):
        # A service and an officer start in different folders: the file's own folder is what they share.
        values["data"] = place.parent.absolute() / values["data"]
    letters = values.get("letters")
    if isinstance(letters, dict) and isinstance(letters.get("templates"), str):
        letters["templates"] = place.parent.absolute() / letters["templates"]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(str(place), [_explained(fault) for fault in error.errors()]) from error


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsInvalid(str(file), ["there is no such file; `heard init` writes one"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(str(file), [f"it is not TOML: {error}"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(str(file), [f"it cannot be read: {error}"]) from error


def _explained(fault: Any) -> str:
    """Say a fault in words: where, what is there, what is wanted."""
    where = ".".join(
        f"{part}" if isinstance(part, str) else f"[{int(part) + 1}]" for part in fault["loc"]
    ).replace(".[", "[")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        message = "there is no such setting; look for a spelling mistake"
    # What stands where a secret belongs, or under a misspelt name, may be the secret itself.
    holds_one = any(word in where for word in ("password", "oauth", "api_key"))
    may_be_secret = fault["type"] == "extra_forbidden" or holds_one
    is_plain = isinstance(fault["input"], str | int | float) and not may_be_secret
    shown = f" (it says {fault['input']!r})" if is_plain else ""
    return f"{where or 'the file'}: {message}{shown}"


TEMPLATE = """\
# Settings of Heard. Every line that begins with # is an explanation or a default.
# Secrets are never written here: name an environment variable (env) or a file that holds them (file).

# Everything that Heard keeps: the record, the artefacts, the lock. Back this folder up.
data = "heard-data"

[organisation]
name = "Harrowmere Council"
team = "Complaints Team"
address = "Town Hall, 1 Market Place, Harrowmere"
telephone = "01632 960100"
email = "complaints@harrowmere.example"      # letters come from here
website = "www.harrowmere.example"
# Addresses of ours that must never be answered, beside the one above and the mailboxes.
own_addresses = []
# Who is told at once of safeguarding, danger and abuse. Empty: a task in the queue only.
duty_email = ""

# One block for each mailbox, or folder of letters.
# A folder into which scanners and colleagues put letters: PDF, pictures, Word, .msg, .eml, .zip and others.
# [[mailboxes]]
# name = "scans"
# kind = "scan"
# path = "/srv/scans"
# processed = "move"                         # leave, or move what has been kept into the subfolder move_to
# must_hold = "this-is-the-share.txt"        # without this file the share counts as not mounted

[[mailboxes]]
name = "complaints"                          # the ledger knows it by this name; do not change it later
kind = "imap"                                # imap, maildir, eml (a folder), mbox, or scan (see above)
host = "imap.harrowmere.example"
port = 993
security = "tls"                             # tls, starttls; plain on this machine only
username = "complaints@harrowmere.example"
password = { env = "HEARD_IMAP_PASSWORD" }   # or { file = "/etc/heard/imap-password" }
# sign_in = "microsoft"                      # or google: by token, see oauth below; instead of password
folders = ["INBOX"]                          # add "Junk Email" to have it read too
# since = 2026-11-01                         # older mail is kept as history: no clock, no letter
processed = "leave"                          # leave, flag or move what has been kept
# move_to = "Heard"
# ca_file = "/etc/ssl/private-ca.pem"        # for a server with a certificate of your own
# Microsoft 365 and Google take tokens instead of passwords; docs/sign-in.md says how to get what stands here.
# [mailboxes.oauth]
# tenant = "harrowmere.example"              # the directory (tenant) id, or its domain; not for google
# client_id = "00000000-0000-0000-0000-000000000000"
# client_secret = { env = "HEARD_CLIENT_SECRET" }
# secret_expires_on = 2027-10-31             # the doctor warns 30 days before
# certificate = "/etc/heard/key.pem"         # instead of client_secret: the private key, and thumbprint
# refresh_token = { env = "HEARD_REFRESH_TOKEN" }   # for google

[sending]
kind = "smtp"                                # smtp, or maildir to write letters into a folder
host = "smtp.harrowmere.example"
port = 587
security = "starttls"                        # tls, starttls; plain on this machine only
username = "complaints@harrowmere.example"
password = { env = "HEARD_SMTP_PASSWORD" }
# sign_in = "microsoft"                      # or google, with a table [sending.oauth] like a mailbox's
# true where your server takes complaints+ANYTHING@... in: the address for replies then carries the case.
plus_addresses = false
# A copy of every letter that went out, in a folder of a mailbox above that is not read.
# sent_folder = "Sent"
# sent_mailbox = "complaints"                # only where there are several
# GOV.UK Notify instead (docs/operations.md): kind = "notify", and
# api_key = { env = "HEARD_NOTIFY_KEY" }
# template_id = "00000000-0000-0000-0000-000000000000"   # holds ((subject)) and ((body))
# reply_to_id = "00000000-0000-0000-0000-000000000000"   # if not your service's usual address for replies

[delivery]
# send: letters leave as they are decided. hold: each waits for an officer (`heard letters release`), for the
# first weeks. redirect: every letter goes to redirect_to and none to the person, for trying out.
mode = "send"
# redirect_to = "tester@harrowmere.example"

[letters]
# A folder with wording of your own: files there take the place of ours. `heard letters check` tries them all.
# templates = "/etc/heard/letters"

[acknowledgement]
# at_once: formal letter where triage is sure, a receipt where it is not.
# receipt_first: a receipt to everybody. officer: nothing until an officer rules.
# In every mode the guard sends the formal acknowledgement before it is late.
mode = "at_once"
guard_working_day = 4
guard_time = 12:00:00
per_address_a_day = 5
per_domain_an_hour = 100
in_all_an_hour = 1000

[forms]
# Addresses from which your own web forms come; the person is then read from "Name:" and "Email:" lines.
senders = []
# A form with labels of its own gets a profile. What stands under `message` is then what is triaged.
# `authenticated_by` names your mail server as it signs its Authentication-Results: without its "pass" for
# DKIM or SPF the person is only proposed to an officer, and nobody is answered by machine.
# [[forms.profiles]]
# name = "report-it"
# senders = ["reports@harrowmere.example"]
# authenticated_by = "mx1.harrowmere.example"
# labels = { name = ["Your name"], email = ["Email address"], message = ["What happened"] }

[reminders]
# Every working morning one digest a person of what is overdue, due and coming: to the officer who handles it
# from officer_days_before working days before the date, to their manager from manager_days_before.
enabled = true
at = "08:00"
officer_days_before = 2
manager_days_before = 1
to = ""                                      # the team's address, for cases that nobody is assigned to

[calendar]
# Days on which the council is closed, beside weekends and bank holidays.
closure_days = []                            # closure_days = [2026-12-29, 2026-12-30]

[triage]
# true: without the sentence encoder, several times faster and less often right.
fast = false
# Once a week the service learns from what officers ruled. What it learnt goes live only if it is no worse.
retrain = true
# Categories of your own, beside those of docs/triage.md; suggested once officers have ruled 30 times for one.
# [[triage.categories]]
# code = "allotments"
# name = "Allotments"
# Grounds of your own on which an officer may find that the procedure is not the route. Until officers have
# named one in 30 rulings, these words in a message suggest it.
# [[triage.exclusions]]
# code = "market_charter"
# name = "Market charter"
# reason = "the Market Court decides on pitches"
# words = ["market court", "pitch allocation"]

[service]
poll_seconds = 60
deliver_seconds = 5
guard_seconds = 300
# Answers GET /healthz and GET /metrics for your monitoring; empty or left out: off (docs/operations.md).
health_listen = "127.0.0.1:9187"

[queue]
# The officers' pages. Browsers reach them over HTTPS through a proxy of yours (docs/operations.md); on this
# machine alone, for trying out, https = false lets plain HTTP do. Empty listen: no pages.
listen = "127.0.0.1:8470"
address = ""                                 # where browsers find them, such as https://heard.harrowmere.example
https = true
trusted_proxies = 0                          # 1 behind one proxy: it is then believed about who asks
officers_see = "all"                         # or "assigned": officers see only the cases assigned to them
undo_seconds = 120                           # so long the letters of a ruling wait, and it can be taken back
idle_minutes = 30
session_hours = 12
passwords = true                             # false: officers sign in by OpenID Connect alone
second_factor = false                        # true: every local account needs an authenticator app
# [queue.open_id_connect]
# name = "Microsoft"
# metadata_url = "https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration"
# client_id = "00000000-0000-0000-0000-000000000000"
# client_secret = { env = "HEARD_OIDC_SECRET" }

[record]
# Empty: SQLite in the data folder. For several workers: postgresql://heard@db.example/heard
url = ""
# password = { env = "HEARD_DB_PASSWORD" }
"""
