"""Senders: SMTP, and a Maildir for trying out; both turn their faults into ours."""

import hashlib
import os
import smtplib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from models.codes import Security
from models.errors import LetterRefused, SenderUnavailable, SignInRefused, StoreUnavailable
from models.ports import TokenSource

_TIMEOUT_S = 60
_PERMANENT = 500
_NOT_AUTHENTICATED = 535
_AUTHENTICATION = {530, 534, _NOT_AUTHENTICATED, 538}


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed over: by tokens where there are any; an empty user name means no login."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""
    ca_file: str = ""
    tokens: TokenSource | None = None


class SmtpSender:
    """Hands letters to a mail server over one connection, opened when needed."""

    def __init__(self, server: SmtpServer, *, envelope_from: str) -> None:
        self._server = server
        self._envelope_from = envelope_from
        self._connection: smtplib.SMTP | None = None
        self.is_away = False

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Hand a letter over; what the server said at the end decides, and a doubt means again."""
        del message_id  # It is in the bytes, and lets the receiver fold a second copy.
        self.is_away = True
        try:
            self._connected().sendmail(self._envelope_from, [recipient], letter_bytes)
            self.is_away = False
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            self.is_away = False
            self._reset()
            raise _fault(code, answer) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as error:
            # It refuses us, not the letter: putting it right lets every letter out.
            self.close()
            raise SenderUnavailable(
                f"{self._name} refuses our own address: {error.smtp_code} {_readable(error.smtp_error)}"
            ) from error
        except smtplib.SMTPResponseException as error:
            self.is_away = _refuses_us(error.smtp_error)
            self._reset()
            raise _fault(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self.close()
            if isinstance(error, UnicodeError | smtplib.SMTPNotSupportedError):
                raise LetterRefused(f"the address cannot be written in mail: {error}") from error
            raise SenderUnavailable(f"{self._name} broke off: {error}") from error

    def check(self) -> str:
        """Connect and sign in; return what the server calls itself. Raises SenderUnavailable."""
        try:
            connection = self._connected()
            connection.noop()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self.close()
            raise SenderUnavailable(f"{self._name} does not answer: {error}") from error
        return self._name

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _name(self) -> str:
        return f"the mail server {self._server.host}:{self._server.port}"

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None and self._is_alive(self._connection):
            return self._connection
        self.close()
        self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        connection: smtplib.SMTP | None = None
        try:
            connection = self._open()
            self._sign_in(connection)
        except SignInRefused as error:
            if connection is not None:
                connection.close()
            raise SenderUnavailable(f"{self._name}: {error}") from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, smtplib.SMTPResponseException):
                hint = self._hint if error.smtp_code in _AUTHENTICATION else ""
                said = f"{error.smtp_code} {_readable(error.smtp_error)}{hint}"
                raise SenderUnavailable(f"{self._name} refuses: {said}") from error
            raise SenderUnavailable(f"{self._name} cannot be reached: {error}") from error
        return connection

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=self._trust())
        return smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        server = self._server
        if server.security is Security.STARTTLS:
            connection.starttls(context=self._trust())
        if server.tokens is not None:
            self._sign_in_by_token(connection, server.tokens)
        elif server.username:
            connection.login(server.username, server.password)

    def _sign_in_by_token(self, connection: smtplib.SMTP, tokens: TokenSource) -> None:
        """Sign in; a token that is refused may only be too old, so another is tried once."""
        connection.ehlo_or_helo_if_needed()
        token = tokens.token()
        try:
            self._show(connection, token)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code != _NOT_AUTHENTICATED:
                raise
            tokens.forget(token)
            fresh = tokens.token()
            if fresh == token:
                raise
            self._show(connection, fresh)

    def _show(self, connection: smtplib.SMTP, token: str) -> None:
        """Show a token; a challenge only explains a refusal, and nothing answers it."""
        shown = f"user={self._server.username}\1auth=Bearer {token}\1\1"
        connection.auth("XOAUTH2", lambda challenge=None: shown if challenge is None else "")

    @property
    def _hint(self) -> str:
        if self._server.tokens is None:
            return "; check user name and password"
        return "; check username, and that the app has its permissions and may send from this mailbox"

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file or None)

    def _is_alive(self, connection: smtplib.SMTP) -> bool:
        try:
            return connection.noop()[0] == 250  # noqa: PLR2004  # RFC 5321, 4.2.3
        except (smtplib.SMTPException, OSError):
            return False

    def _reset(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


class MaildirSender:
    """Writes letters into a Maildir; a letter sent twice is one file, since its name is its Message-ID's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.is_away = False

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Write the letter to disk, whole or not at all."""
        del recipient  # It is in the bytes.
        name = f"{hashlib.sha256(message_id.encode()).hexdigest()[:32]}.heard"
        try:
            for each in ("tmp", "new", "cur"):
                (self._folder / each).mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / "tmp" / f"{name}.{os.getpid()}.{socket.gethostname()}"
            with unfinished.open("wb") as file:
                file.write(letter_bytes)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / "new" / name)
            self.is_away = False
        except OSError as error:
            self.is_away = True
            raise SenderUnavailable(f"the outbox {self._folder} cannot be written: {error}") from error

    def check(self) -> str:
        """Return what the outbox is; raises StoreUnavailable where it cannot be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"the outbox {self._folder} cannot be written: {error}") from error
        if not os.access(self._folder, os.W_OK):
            raise StoreUnavailable(f"the outbox {self._folder} cannot be written: no permission")
        return f"the folder {self._folder}"

    def close(self) -> None:
        """Nothing is held open."""


def _fault(code: int, answer: bytes | str) -> LetterRefused | SenderUnavailable:
    """Turn a server's answer into ours: 5yz is never, anything else not now (RFC 5321, 4.2.1)."""
    text = f"the mail server answers {code} {_readable(answer)}"
    if code >= _PERMANENT and code not in _AUTHENTICATION and not _refuses_us(answer):
        return LetterRefused(text)
    return SenderUnavailable(text)


def _refuses_us(answer: bytes | str) -> bool:
    """Say whether Exchange refuses every letter from our address; it says so only after the letter."""
    text = _readable(answer)
    return "SendAsDenied" in text or "5.7.60" in text


def _readable(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
