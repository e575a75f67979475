"""An HTTP server of the tests that answers like GOV.UK Notify: tokens, a template, emails and their fate."""

import json
import threading
import uuid
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import jwt
from servers import free_port

SERVICE, SECRET = "6f2d2b1e-52a7-4c5c-9a51-0d4d1f2a7c01", "0b9c2f5a-1d3e-4f60-8a7b-9c0d1e2f3a4b"
KEY = f"tests-{SERVICE}-{SECRET}"
TEMPLATE = "2c1d7a44-9b3e-4e58-8f0a-5d6c7b8a9e10"
_PAGE = 2


class NotifyServer:
    """Takes emails and keeps them; the next answers can be scripted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.fields: dict[str, Any] = {"subject": {"required": True}, "body": {"required": True}}
        self.cuts_off_after_taking = False
        self._answers: deque[tuple[int, object]] = deque()
        self._listener: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen on the port, always the same one."""
        handler = type("Handler", (_Handler,), {"notify": self})
        self._listener = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._listener.daemon_threads = True
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def answer_next(self, status: int, kind: str = "", message: str = "") -> None:
        """Answer one email with an error, as JSON where it has a kind, else with a proxy's HTML."""
        error = {"status_code": status, "errors": [{"error": kind, "message": message}]}
        self._answers.append((status, error if kind else b"<html>no</html>"))

    def mark(self, reference: str, status: str) -> None:
        """Let an email have met its fate."""
        for each in self.taken:
            if each["reference"] == reference:
                each["status"] = status

    def answer(self, method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
        """Answer a request whose token holds."""
        self.asked.append(f"{method} {path}")
        parts = urlsplit(path)
        if method == "POST":
            return self._take(sent)
        if parts.path == f"/v2/template/{TEMPLATE}":
            return 200, {"name": "Heard", "type": "email", "personalisation": self.fields}
        if parts.path == "/v2/notifications":
            return 200, self._listed(parse_qs(parts.query))
        return 404, {"errors": [{"error": "NoResultFound", "message": "No result found"}]}

    def _take(self, sent: dict[str, Any]) -> tuple[int, object]:
        if self._answers:
            return self._answers.popleft()
        if sent["template_id"] != TEMPLATE:
            return 400, {"errors": [{"error": "BadRequestError", "message": "Template not found"}]}
        self.taken.append({**sent, "id": str(uuid.uuid4()), "status": "created", "type": "email"})
        return 201, {
            "id": self.taken[-1]["id"],
            "reference": sent.get("reference"),
            "uri": "",
            "template": {},
        }

    def _listed(self, wanted: dict[str, list[str]]) -> dict[str, Any]:
        """List the newest first, by pages, with a link to the next page as long as one is not empty."""
        newest_first = list(reversed(self.taken))
        if "older_than" in wanted:
            place = [each["id"] for each in newest_first].index(wanted["older_than"][0])
            newest_first = newest_first[place + 1 :]
        found = [
            each
            for each in newest_first
            if each.get("reference") in wanted.get("reference", [each.get("reference")])
            and each["status"] in wanted.get("status", [each["status"]])
        ][:_PAGE]
        links = {"current": ""} | ({"next": f"?older_than={found[-1]['id']}"} if found else {})
        return {"notifications": found, "links": links}


class _Handler(BaseHTTPRequestHandler):
    """Turns requests into questions to the server."""

    notify: NotifyServer

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET", {})

    def do_POST(self) -> None:
        """Answer an email."""
        self._answer("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_: object) -> None:
        """Write nothing to the terminal."""

    def _answer(self, method: str, sent: dict[str, Any]) -> None:
        try:
            token = self.headers["Authorization"].removeprefix("Bearer ")
            claims = jwt.decode(token, key=SECRET, algorithms=["HS256"], leeway=30)
            status, said = (
                self.notify.answer(method, self.path, sent) if claims["iss"] == SERVICE else (403, {})
            )
        except jwt.InvalidTokenError:
            status, said = 403, {"errors": [{"error": "AuthError", "message": "Invalid token: signature"}]}
        if method == "POST" and self.notify.cuts_off_after_taking:
            return
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if said is not body else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
