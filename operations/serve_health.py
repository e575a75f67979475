"""Answers `GET /healthz` and `GET /metrics`, for whatever watches the service from outside.

The answers hold figures and codes, never an address or a word of anybody's mail.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Generic, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST

from bootstrap import App, without_addresses
from models.errors import HeardError, InputInvalid, RecordUnavailable
from models.health import MailboxHealth
from operations.health import Check, Health, Level, Seen, judge, observe
from operations.metrics import Metrics

_ANSWER_WITHIN_S = 10.0
_REQUEST_WITHIN_S = 20.0
_READ_WITHIN_S = 5
_AT_ONCE = 16

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"

_Answer = tuple[HTTPStatus, str, bytes]
_Start = Callable[[str, list[tuple[str, str]]], object]
_Value = TypeVar("_Value")


def serve_health(app: App, listen: str) -> "HealthServer":
    """Begin to answer on `listen`, such as 127.0.0.1:9187, in a thread of its own.

    Raises InputInvalid where that cannot be listened on.
    """
    host, _, port = listen.rpartition(":")
    try:
        return HealthServer(HealthPages(app), host=host.strip("[]"), port=int(port))
    except (OSError, ValueError, OverflowError) as error:
        raise InputInvalid(
            f"health_listen under [service] is {listen}, which cannot be listened on: {error}; stop what "
            "listens there (`ss -ltnp` names it), or give another port"
        ) from error


class HealthPages:
    """The two pages, as a WSGI application."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._health = _Shared(lambda: _look(app))
        self._metrics = _Shared(Metrics(app).text)

    def __call__(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        """Answer one request."""
        status, content_type, body = self._answer(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
        headers = [
            ("Content-Type", content_type), ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ]  # fmt: skip
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "GET"))
        start(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, method: str, path: str) -> _Answer:
        pages = {"/healthz": self._healthz, "/metrics": self._figures}
        if path not in pages:
            return HTTPStatus.NOT_FOUND, _TEXT, b"there are /healthz and /metrics\n"
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, _TEXT, b"only GET is answered\n"
        return pages[path]()

    def _healthz(self) -> _Answer:
        try:
            seen, health = self._health.get()
            told = _told(seen, health)
        except HeardError as error:
            told = _unreadable(error, self._app)
        is_well = told["status"] != Level.UNHEALTHY
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        return status, _JSON, json.dumps(told, indent=1).encode() + b"\n"

    def _figures(self) -> _Answer:
        try:
            return HTTPStatus.OK, CONTENT_TYPE_LATEST, self._metrics.get()
        except HeardError as error:
            self._app.log.warning("metrics_failed", why=str(error))
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"the record does not answer\n"


class HealthServer:
    """A listening socket and the thread behind it."""

    def __init__(self, pages: HealthPages, *, host: str, port: int) -> None:
        self._server = _Server(host, port, pages)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_port)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Shared(Generic[_Value]):
    """Asks a question once for all who ask at the same time, and waits for its answer for a limited time.

    A database that hangs holds one thread and one connection, however often we are asked.
    """

    def __init__(self, ask: Callable[[], _Value]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: _Asked[_Value] | None = None

    def get(self) -> _Value:
        """Return the answer. Raises what asking raised, and RecordUnavailable where no answer comes."""
        with self._lock:
            if self._asked is None or self._asked.is_done.is_set():
                self._asked = _Asked(self._ask)
            asked = self._asked
        if not asked.is_done.wait(_ANSWER_WITHIN_S):
            raise RecordUnavailable(f"the record does not answer within {_ANSWER_WITHIN_S:.0f} seconds")
        return asked.answer()


class _Asked(Generic[_Value]):
    """One question on its way, in a thread that nobody has to wait for."""

    def __init__(self, ask: Callable[[], _Value]) -> None:
        self._ask = ask
        self._answers: list[_Value] = []
        self._fault: HeardError | None = None
        self.is_done = threading.Event()
        threading.Thread(target=self._run, name="health question", daemon=True).start()

    def answer(self) -> _Value:
        """Return the answer. Raises what asking raised."""
        if self._fault is not None:
            raise self._fault
        return self._answers[0]

    def _run(self) -> None:
        try:
            self._answers.append(self._ask())
        except HeardError as error:
            self._fault = error
        except Exception as error:  # noqa: BLE001  # Whatever is wrong, whoever watches must hear that it is.
            self._fault = RecordUnavailable(f"looking at the record failed ({type(error).__name__})")
        finally:
            self.is_done.set()


class _Handler(WSGIRequestHandler):
    """Reads one request, in limited time, and writes nothing about it into the log."""

    timeout = _READ_WITHIN_S

    def log_message(self, *_: object) -> None:
        """Say nothing: requests come every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    """Serves a few requests at a time; who holds one open for too long is cut off."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, host: str, port: int, pages: HealthPages) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((host, port), _Handler)
        self.set_app(pages)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, or not at all where too many ask."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer within a limited time."""
        cut = threading.Timer(_REQUEST_WITHIN_S, _cut_off, [request])
        cut.daemon = True
        cut.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of those who go away before they are answered."""


def _cut_off(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _look(app: App) -> tuple[Seen, Health]:
    seen = observe(app)
    return seen, judge(seen, now=app.clock())


def _unreadable(error: HeardError, app: App) -> dict[str, Any]:
    check = Check("record", Level.UNHEALTHY, without_addresses(str(error)), "see that the database is there")
    return {"status": Level.UNHEALTHY, "at": app.clock().isoformat(), "checks": [asdict(check)]}


def _told(seen: Seen, health: Health) -> dict[str, Any]:
    """Return what /healthz says: the judgement, and the figures that it was made from."""
    return {
        "status": health.status,
        "at": health.at.isoformat(),
        "checks": [asdict(check) for check in health.checks],
        "mailboxes": [_of_mailbox(row) for row in seen.mailboxes],
        "messages_waiting": seen.backlog.messages,
        "oldest_waiting_at": _iso(seen.backlog.oldest_message_at),
        "letters_waiting": seen.backlog.letters,
        "queue_length": seen.queue_length,
    }


def _of_mailbox(row: MailboxHealth) -> dict[str, Any]:
    return {
        "mailbox": row.account,
        "last_success_at": _iso(row.last_success_at),
        "last_message_at": _iso(row.last_message_at),
        "away_since": _iso(row.away_since),
        "token_expires_at": _iso(row.token_expires_at),
        "secret_expires_on": row.secret_expires_on.isoformat() if row.secret_expires_on else None,
    }


def _iso(instant: Any) -> str | None:
    return instant.isoformat() if instant else None
