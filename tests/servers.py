"""Real servers for the tests: Dovecot, SMTP and token services that can misbehave, and PostgreSQL.

They listen on loopback only, start in about a second, and are context managers or are started and
stopped by hand. What a server writes about itself is a log in the folder it is given. Its mail,
data and sockets lie in a short folder of its own under the temporary directory, because pytest's
folders let nobody but root pass, and a socket's path has room for 107 bytes.
"""

import asyncio
import base64
import grp
import itertools
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient
from psycopg import sql

_HOST = "127.0.0.1"
_DEADLINE_S = 20.0
_PAUSE_S = 0.02


class MissingServer(Exception):  # It states a fact, as models/errors.py does.
    """A program is not installed; the sentence names its Debian package."""


class ServerFailed(Exception):  # The same.
    """A server did not come up, or did not go down; the end of its log is in the text."""


def free_port() -> int:
    """Return a port that nothing listens on.

    It lies below the range from which the kernel takes the ports of outgoing connections (32768 on
    Linux), so that none of them can sit on it while a server is down for an outage.
    """
    for _ in range(1000):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port
    raise ServerFailed("No free port between 20000 and 32000.")


class _Program(ABC):
    """A server program in its own process group, whose output goes to a file."""

    _stop_signal = signal.SIGTERM
    _kill_signal = signal.SIGKILL

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.home = _private_folder(self, name)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: weakref.finalize[..., Any] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the program, and return when it answers."""
        if self._process is not None:
            raise ServerFailed(f"{self.log.stem} is already running.")
        self._prepare()
        self._process = self._spawn(self._command())
        # A forgotten stop() must not leave a server behind when the tests end.
        self._guard = weakref.finalize(self, _signal_group, self._process.pid, self._kill_signal)
        try:
            self._wait_until(self._answers, "did not answer")
        except ServerFailed:
            self._end_group()
            raise

    def stop(self) -> None:
        """Ask the program to end and return when it has; stopping twice does no harm."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGCONT)
            self._process.send_signal(self._stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_DEADLINE_S)
            self.kill()

    def kill(self) -> None:
        """End the program at once, as a power cut does, and return when its ports are free."""
        if self._process is not None:
            self._end_group()
            self._wait_until(self._is_gone, "did not go away")

    def restart(self) -> None:
        """Stop the program if it runs, and start it in the same place."""
        self.stop()
        self.start()

    def _end_group(self) -> None:
        if self._process is not None and self._guard is not None:
            _signal_group(self._process.pid, self._kill_signal)
            self._process.wait(_DEADLINE_S)
            self._process = None
            self._guard.detach()

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        user, group = self._runs_as()
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )

    def _wait_until(self, is_so: Callable[[], bool], fault: str) -> None:
        deadline = time.monotonic() + _DEADLINE_S
        while not is_so():
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise ServerFailed(f"{self.log.stem} {fault}. Its log ends:\n{self._log_tail()}")
            time.sleep(_PAUSE_S)

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def _runs_as(self) -> tuple[int | None, int | None]:
        """Return the user and group that the program runs as, None for ours."""
        return None, None

    @abstractmethod
    def _prepare(self) -> None:
        """Write what the program needs before it starts."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Say whether the program is ready."""

    @abstractmethod
    def _is_gone(self) -> bool:
        """Say whether nothing of the program is left in the way of the next start."""


class Dovecot(_Program):
    """An IMAP server; mail folders are Maildirs, and their names are nested with dots."""

    host = _HOST

    def __init__(self, folder: Path, *, introspection_url: str = "") -> None:
        """With the URL at which tokens are looked up, people can sign in by XOAUTH2 as well."""
        self._introspection_url = introspection_url
        self._dovecot = _program("dovecot", "dovecot-imapd")
        super().__init__(folder, "dovecot")
        self.plain_port = free_port()
        self.tls_port = free_port()
        self.certificate, self._key = _certificate(folder)
        self._owner = pwd.getpwnam("nobody") if _is_root() else pwd.getpwuid(os.getuid())
        self._passwords: dict[str, str] = {}
        self._filled = itertools.count()
        for each in ("mail", "users", "run", "state"):
            (self.home / each).mkdir()
        self._own(self.home / "mail")

    def freeze(self) -> None:
        """Halt every process of the group: connections stay open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def add_user(self, name: str, password: str = "secret") -> None:  # noqa: S107  # A test's.
        """Let a user sign in, or change the password of one who can."""
        if name in self._passwords:
            # Dovecot reads a file again when its time, in whole seconds, has changed, and looks
            # at that once a second.
            time.sleep(1.1)
        self._passwords[name] = password
        # The encoding lets a password hold a colon.
        encoded = base64.b64encode(password.encode()).decode()
        (self.home / "users" / name).write_text(f"{name}:{{PLAIN.b64}}{encoded}::::::\n")

    def maildir(self, name: str) -> Path:
        """Return the folder that holds a user's mail; it exists after the first login or fill()."""
        return self.home / "mail" / name

    def deliver(self, name: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put a message into a folder over IMAP, and create the folder if it is missing."""
        with self._signed_in(name) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw)

    def fill(self, name: str, messages: Iterable[bytes], *, received_at: datetime | None = None) -> None:
        """Write messages straight into the inbox; they get their uids in this order.

        With `received_at` that is their INTERNALDATE; a Maildir keeps it as the time of the file.
        """
        maildir = self.maildir(name)
        for each in (maildir, maildir / "cur", maildir / "new", maildir / "tmp"):
            if not each.is_dir():
                each.mkdir()
                self._own(each)
        for number, raw in zip(self._filled, messages, strict=False):
            # Dovecot hands out uids by the seconds at the front of the name.
            file = maildir / "tmp" / f"{1_000_000_000 + number}.M0P1.heard"
            file.write_bytes(raw)
            self._own(file)
            if received_at is not None:
                os.utime(file, times=(received_at.timestamp(), received_at.timestamp()))
            file.rename(maildir / "new" / file.name)

    def forget_uids(self, name: str) -> None:
        """Lose the uids of all folders, so that UIDVALIDITY changes; nobody may be signed in."""
        maildir = self.maildir(name)
        for pattern in ("dovecot.index*", "dovecot-uidlist"):
            for each in maildir.rglob(pattern):
                each.unlink()

    def uids(self, name: str, folder: str = "INBOX") -> list[int]:
        """Return the uids in a folder, lowest first."""
        with self._signed_in(name) as client:
            client.select_folder(folder, readonly=True)
            return sorted(client.search(["ALL"]))

    def flags(self, name: str, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        r"""Return each uid's flags in order of name, without `\Recent`, which changes by itself."""
        with self._signed_in(name) as client:
            client.select_folder(folder, readonly=True)
            uids = sorted(client.search(["ALL"]))
            # imapclient cannot fetch the range 1:*, and Dovecot takes no command beyond 64 KiB.
            parts = [uids[at : at + 1000] for at in range(0, len(uids), 1000)]
            return {
                uid: tuple(sorted(flag for flag in data[b"FLAGS"] if flag != rb"\Recent"))
                for part in parts
                for uid, data in client.fetch(part, ["FLAGS"]).items()
            }

    def folders(self, name: str) -> list[str]:
        """Return the names of a user's folders in order."""
        with self._signed_in(name) as client:
            return sorted(folder for _, _, folder in client.list_folders())

    def _prepare(self) -> None:
        # A server that was killed left its process number, which may be someone else's by now.
        (self.home / "run" / "master.pid").unlink(missing_ok=True)
        (self.home / "dovecot.conf").write_text(self._settings())
        (self.home / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {self._introspection_url}\n"
            "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
        )

    def _command(self) -> list[str]:
        return [self._dovecot, "-F", "-c", str(self.home / "dovecot.conf")]

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((_HOST, self.plain_port), 1) as connection:
            return connection.recv(100).startswith(b"* OK")
        return False

    def _is_gone(self) -> bool:
        return not any(_listens(port) for port in (self.plain_port, self.tls_port))

    @contextmanager
    def _signed_in(self, name: str) -> Iterator[Any]:
        with IMAPClient(_HOST, self.plain_port, ssl=False, timeout=_DEADLINE_S) as client:
            client.login(name, self._passwords[name])
            yield client

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise ServerFailed(f"{self.log.stem} is not running.")
        _signal_group(self._process.pid, number)

    def _own(self, path: Path) -> None:
        if _is_root():
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _settings(self) -> str:
        uid, gid = self._owner.pw_uid, self._owner.pw_gid
        return f"""\
protocols = imap
listen = {_HOST}
base_dir = {self.home}/run
state_dir = {self.home}/state
log_path = {self.log}
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{self._key}
disable_plaintext_auth = no
auth_mechanisms = plain login {"xoauth2 oauthbearer" if self._introspection_url else ""}
auth_username_format = %u
auth_failure_delay = 0
mail_location = maildir:{self.home}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
mail_max_userip_connections = 1000
passdb {{
  driver = passwd-file
  # A file for each user: one file for all is looked at once a second, too late for a new user.
  args = scheme=PLAIN username_format=%u {self.home}/users/%u
}}
{self._settings_for_tokens() if self._introspection_url else ""}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={self.home}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap {{
  process_limit = 1000
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {self.plain_port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  # Otherwise each wrong password makes every later login slower, up to 15 seconds.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{"" if _is_root() else self._settings_without_root()}"""

    def _settings_for_tokens(self) -> str:
        return f"""\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.home}/oauth2.conf
}}
"""

    def _settings_without_root(self) -> str:
        group = grp.getgrgid(self._owner.pw_gid).gr_name
        chroots = "".join(f"service {each} {{\n  chroot =\n}}\n" for each in ("anvil", "stats", "imap-login"))
        return f"""\
default_internal_user = {self._owner.pw_name}
default_login_user = {self._owner.pw_name}
default_internal_group = {group}
{chroots}"""


@dataclass(frozen=True)
class CaughtLetter:
    """A letter as the SMTP server took it; `sender` is empty for the null sender `<>`."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)


class SmtpServer:
    """An SMTP server that keeps the letters it takes, and refuses or breaks off when told to."""

    host = _HOST

    def __init__(
        self,
        folder: Path | None = None,
        *,
        tls: bool = False,
        starttls: bool = False,
        login: tuple[str, str] | None = None,
        holds: Callable[[str, str], bool] | None = None,
    ) -> None:
        """With `holds`, which says whether a token opens a mailbox, people sign in by XOAUTH2."""
        self.port = free_port()
        self.letters: list[CaughtLetter] = []
        self.vanish_after_data = False
        self.certificate: Path | None = None
        self._context: ssl.SSLContext | None = None
        if tls or starttls:
            self.certificate, key = _certificate(folder or _private_folder(self, "smtp"))
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.certificate, key)
        self._tls, self._starttls, self._login, self._holds = tls, starttls, login, holds
        self.refusal = "535 5.7.3 Authentication unsuccessful"
        self._answers: deque[str] = deque()
        self._refused: set[str] = set()
        self._changed = threading.Condition()
        self._listener: _Listener | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on the port, always the same one."""
        if self._listener is not None:
            raise ServerFailed("The SMTP server is already running.")
        listener = _Listener(
            _Handler(self._take_sender, self._take_recipient, self._take_letter, self._take_token),
            hostname=_HOST,
            port=self.port,
            ready_timeout=_DEADLINE_S,
            ssl_context=self._context if self._tls else None,
            server_hostname="localhost",
            tls_context=self._context if self._starttls else None,
            require_starttls=self._starttls,
            authenticator=self._authenticate,
            # Without a login this keeps a plain server from offering AUTH with nothing behind it.
            auth_require_tls=self._starttls or not (self._login or self._holds),
            auth_exclude_mechanism=[
                *([] if self._login else ["LOGIN", "PLAIN"]),
                *([] if self._holds else ["XOAUTH2"]),
            ],
        )
        listener.start()
        self._listener = listener

    def stop(self) -> None:
        """Break off every connection and stop listening; letters and scripted answers are kept."""
        listener, self._listener = self._listener, None
        if listener is not None:
            hanging_up = asyncio.run_coroutine_threadsafe(listener.hang_up(), listener.loop)
            hanging_up.result(_DEADLINE_S)
            listener.stop()

    def answer_next(self, code: int, text: str) -> None:
        """Queue an answer to one letter, such as 451 "4.3.0 later"; from 400 on it is not kept."""
        self._answers.append(f"{code} {text}")

    def refuse_recipient(self, address: str) -> None:
        """Answer 550 to this recipient from now on."""
        self._refused.add(address.lower())

    def reset(self) -> None:
        """Forget letters, scripted answers and refusals, for the next test."""
        self._answers.clear()
        self._refused.clear()
        self.letters.clear()
        self.vanish_after_data = False

    def wait_for(self, count: int, timeout: float = _DEADLINE_S) -> list[CaughtLetter]:
        """Return the letters once there are at least `count`. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.letters) >= count, timeout):
                raise TimeoutError(f"{len(self.letters)} letters of {count} came in {timeout} s.")
            return list(self.letters)

    def _authenticate(
        self, _smtp: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """Compare the login; a refusal that is not `handled` is answered with 535."""
        is_right = (
            self._login is not None
            and isinstance(given, LoginPassword)
            and (given.login.decode(), given.password.decode()) == self._login
        )
        return AuthResult(success=is_right, handled=is_right, auth_data=given)

    def _take_sender(self, *, authenticated: bool) -> str:
        is_open = not (self._login or self._holds)
        return "250 OK" if authenticated or is_open else "530 5.7.0 Sign in first"

    def _take_token(self, given: str) -> str:
        """Answer what is shown for XOAUTH2, `user=...^Aauth=Bearer ...^A^A`; empty means that it holds."""
        user, _, token = given.rstrip("\1").partition("\1auth=Bearer ")
        is_right = self._holds is not None and self._holds(user.removeprefix("user="), token)
        return "" if is_right else self.refusal

    def _take_recipient(self, address: str) -> str:
        is_refused = address.lower() in self._refused
        return "550 5.1.1 No such recipient" if is_refused else "250 OK"

    def _take_letter(self, letter: CaughtLetter) -> str | None:
        """Keep the letter unless the answer refuses it; None means that no answer is sent."""
        answer = self._answers.popleft() if self._answers else "250 OK"
        if int(answer[:3]) < 400:
            with self._changed:
                self.letters.append(letter)
                self._changed.notify_all()
        return None if self.vanish_after_data else answer


class TokenEndpoint:
    """A service that hands out tokens, as Microsoft and Google have them, and can refuse, be slow or away.

    It answers OpenID discovery and token requests over HTTPS, and over HTTP tells mail servers whether a
    token holds. Tokens are for the mailbox `holder`.
    """

    host = _HOST

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._lookup_port = free_port()
        self.certificate, self._key = _certificate(folder)
        self.authority = f"https://{_HOST}:{self.port}"
        self.token_uri = f"{self.authority}/harrowmere.example/oauth2/v2.0/token"
        self.introspection_url = f"http://{_HOST}:{self._lookup_port}/introspect"
        self.holder = ""
        self.lifetime_s: object = 3600
        self.delay_s = 0.0
        self.asked: list[dict[str, str]] = []
        self._refusals: deque[tuple[int, bytes]] = deque()
        self._tenant_refusals: deque[tuple[int, bytes]] = deque()
        self._holders: dict[str, str] = {}
        self._listeners: list[ThreadingHTTPServer] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on both ports, always the same ones."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self._key)
        handler = type("Handler", (_TokenHandler,), {"endpoint": self})
        for port in (self.port, self._lookup_port):
            listener = _TokenListener((_HOST, port), handler)
            if port == self.port:
                # The handshake is left to the thread that answers, so that a client cannot hold us up.
                listener.socket = context.wrap_socket(
                    listener.socket, server_side=True, do_handshake_on_connect=False
                )
            threading.Thread(target=listener.serve_forever, args=(_PAUSE_S,), daemon=True).start()
            self._listeners.append(listener)

    def stop(self) -> None:
        """Listen no more."""
        while self._listeners:
            listener = self._listeners.pop()
            listener.shutdown()
            listener.server_close()

    def reset(self, holder: str = "") -> None:
        """Forget requests, tokens and scripted refusals, for the next test."""
        self.asked.clear()
        self._refusals.clear()
        self._tenant_refusals.clear()
        self._holders.clear()
        self.holder, self.lifetime_s, self.delay_s = holder, 3600, 0.0

    def refuse_next(self, error: str = "", description: str = "", *, status: int = 400) -> None:
        """Answer one request with an error as RFC 6749, 5.2, has it; without an error's name, with HTML."""
        self._refusals.append((status, _refusal(error, description)))

    def refuse_tenant(self, error: str = "", description: str = "", *, status: int = 400) -> None:
        """Answer one discovery in the same way."""
        self._tenant_refusals.append((status, _refusal(error, description)))

    def expire_all(self) -> None:
        """Let no token hold any more that was handed out up to now."""
        self._holders.clear()

    def holds(self, mailbox: str, token: str) -> bool:
        """Say whether a token opens a mailbox."""
        return self._holders.get(token) == mailbox

    def answer_discovery(self) -> tuple[int, bytes]:
        """Say where tokens are had (OpenID Connect Discovery 1.0)."""
        if self._tenant_refusals:
            return self._tenant_refusals.popleft()
        tenant = f"{self.authority}/harrowmere.example"
        places = {"issuer": f"{tenant}/v2.0", "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize"}
        return 200, json.dumps({**places, "token_endpoint": self.token_uri}).encode()

    def answer_token(self, asked: dict[str, str]) -> tuple[int, bytes]:
        """Hand out a token, unless the next answer is scripted."""
        self.asked.append(asked)
        if self._refusals:
            answer = self._refusals.popleft()
        else:
            token = secrets.token_urlsafe(24)
            self._holders[token] = self.holder
            said = {"token_type": "Bearer", "access_token": token, "expires_in": self.lifetime_s}
            answer = 200, json.dumps(said).encode()
        # What is answered is settled by now, since the next test may begin before we wake.
        time.sleep(self.delay_s)
        return answer

    def answer_lookup(self, asked: dict[str, str]) -> tuple[int, bytes]:
        """Say whose a token is (RFC 7662)."""
        holder = self._holders.get(asked.get("token", ""))
        said = {"active": True, "email": holder} if holder else {"active": False}
        return 200, json.dumps(said).encode()


def _refusal(error: str, description: str) -> bytes:
    told = {"error": error, "error_description": description}
    return json.dumps(told).encode() if error else b"<html>no"


class _TokenListener(ThreadingHTTPServer):
    """A listener to which broken connections are nothing to write about."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client that went away go."""


class _TokenHandler(BaseHTTPRequestHandler):
    """Turns requests into questions to the endpoint."""

    endpoint: TokenEndpoint

    def do_GET(self) -> None:
        """Answer discovery."""
        self._answer(*self.endpoint.answer_discovery())

    def do_POST(self) -> None:
        """Answer a form."""
        form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = dict(parse_qsl(form))
        is_lookup = self.path == "/introspect"
        answer = self.endpoint.answer_lookup if is_lookup else self.endpoint.answer_token
        self._answer(*answer(asked))

    def log_message(self, *_: object) -> None:
        """Write nothing to the terminal."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Postgres(_Program):
    """A PostgreSQL server on a socket of its own, in which each test can have a fresh database."""

    _stop_signal = signal.SIGINT
    # Its workers leave the process group. SIGKILL would miss them, and the next start would find
    # their shared memory in use; after SIGQUIT, too, the database recovers from a crash.
    _kill_signal = signal.SIGQUIT

    def __init__(self, folder: Path) -> None:
        self._initdb = _program("initdb", "postgresql")
        self._postgres = _program("postgres", "postgresql")
        super().__init__(folder, "postgres")
        self.port = free_port()
        self._numbers = itertools.count(1)
        uid, gid = self._runs_as()
        if uid is not None and gid is not None:
            os.chown(self.home, uid, gid)

    def url(self, database: str, *, like: str = "template1") -> str:
        """Return the SQLAlchemy URL of a database, which is created as a copy unless it is there."""
        with self._connected() as connection:
            known = connection.execute("SELECT datname FROM pg_database").fetchall()
            if (database,) not in known:
                create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                connection.execute(create.format(sql.Identifier(database), sql.Identifier(like)))
        return f"postgresql+psycopg://test@/{database}?host={self.home}&port={self.port}"

    def new_database(self, *, like: str = "template1") -> str:
        """Create a database as a copy of another and return its SQLAlchemy URL; as it comes, it is empty."""
        return self.url(f"heard_{next(self._numbers)}", like=like)

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=str(self.home), port=self.port, user="test", dbname="postgres", autocommit=True
        )

    def _runs_as(self) -> tuple[int | None, int | None]:
        """PostgreSQL refuses to run as root."""
        if not _is_root():
            return None, None
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                return pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid
        raise MissingServer("No user to run PostgreSQL as; the package postgresql creates one.")

    def _prepare(self) -> None:
        data = self.home / "data"
        if not data.exists():
            command = [self._initdb, "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8"]
            made = self._spawn([*command, "--locale=C.UTF-8", "--no-sync"])
            if made.wait(_DEADLINE_S) != 0:
                raise ServerFailed(f"initdb failed. Its log ends:\n{self._log_tail()}")

    def _command(self) -> list[str]:
        where = ["-D", str(self.home / "data"), "-k", str(self.home), "-p", str(self.port)]
        settings = {
            "listen_addresses": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "60",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [self._postgres, *where, *options]

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), self._connected():
            return True
        return False

    def _is_gone(self) -> bool:
        """Say whether nobody answers; a killed server leaves its socket behind."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.home / f".s.PGSQL.{self.port}")) != 0


class _Listener(Controller):
    """A Controller that knows its connections, so that an outage can break them off."""

    def __init__(self, handler: "_Handler", **options: Any) -> None:
        super().__init__(handler, **options)
        self._sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        """Make the object that serves one connection."""
        session = SMTP(self.handler, **self.SMTP_kwargs)
        self._sessions.append(session)
        return session

    async def hang_up(self) -> None:
        """Listen no more, break off every connection, and let asyncio notice."""
        if self.server is not None:
            self.server.close()
        for session in self._sessions:
            _break_off(session)
        await asyncio.sleep(_PAUSE_S)


class _Handler:
    """Turns aiosmtpd's hooks, whose names it prescribes, into calls that return an answer."""

    def __init__(
        self,
        take_sender: Callable[..., str],
        take_recipient: Callable[[str], str],
        take_letter: Callable[[CaughtLetter], str | None],
        take_token: Callable[[str], str],
    ) -> None:
        self._take_token = take_token
        self._take_sender = take_sender
        self._take_recipient = take_recipient
        self._take_letter = take_letter

    async def auth_XOAUTH2(self, smtp: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        """Answer a token; a refusal explains itself in a challenge first, as Google's and Microsoft's do."""
        given = base64.b64decode(arguments[1]).decode()
        refusal = self._take_token(given)
        if refusal:
            await smtp.challenge_auth(json.dumps({"status": "401", "schemes": "bearer"}))
        return AuthResult(success=not refusal, handled=False, message=refusal or None)

    async def handle_MAIL(  # noqa: N802
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a sender."""
        answer = self._take_sender(authenticated=bool(session.authenticated))
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        answer = self._take_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, smtp: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer a letter, or break the connection off."""
        sender = (envelope.mail_from or "").removeprefix("<>")
        raw = envelope.original_content or b""
        answer = self._take_letter(CaughtLetter(sender, tuple(envelope.rcpt_tos), raw))
        if answer is None:
            # What aiosmtpd writes after this goes nowhere.
            _break_off(smtp)
        return answer or "250 OK"


def _break_off(session: SMTP) -> None:
    transport = session.transport
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.abort()


def _is_root() -> bool:
    return os.geteuid() == 0


def _program(name: str, package: str) -> str:
    """Return a program's path; server programs are often not on the path of an ordinary user."""
    servers = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", *servers])
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingServer(f"{name} is not installed; it is in the Debian package {package}.")
    return found


def _private_folder(owner: object, name: str) -> Path:
    """Make a folder that others may pass through, and that goes when its owner goes."""
    folder = Path(tempfile.mkdtemp(prefix=f"heard-{name}-"))
    folder.chmod(0o711)
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for localhost; return where it and its key are."""
    openssl = _program("openssl", "openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    folder.mkdir(parents=True, exist_ok=True)
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=DNS:localhost,IP:{_HOST}"]
    # Python from 3.13 on trusts no authority that does not say it signs certificates.
    usage = ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    made = subprocess.run(
        [openssl, "req", "-x509", *kind, *names, *usage, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise ServerFailed(f"openssl made no certificate: {made.stderr}")
    return certificate, key


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((_HOST, port)) == 0


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, number)
