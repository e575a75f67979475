"""The officers' pages as tests use them: over a real record, by a client or a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Request, sync_playwright
from servers import MissingServer
from sqlalchemy import Engine
from waitress import create_server

from bootstrap import App
from models.accounts import Account
from models.codes import Role
from models.people import Officer
from models.unit_of_work import SqlUnitOfWork
from operations.serve_pages import make_desk
from review.signing_in import begin_session, hash_password
from review.web import make_pages
from settings import Settings

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""A Friday morning."""
PASSWORD = "correct horse battery staple"
_HASH = hash_password(PASSWORD)


class Pages:
    """The pages over one record, at a clock that the test sets (`now`)."""

    def __init__(self, engine: Engine, folder: Path, **settings: Any) -> None:
        self.now = NOW
        self.engine = engine
        house = {
            "name": "Harrowmere Council", "team": "Complaints Team",
            "email": "complaints@harrowmere.example",
        }  # fmt: skip
        said = {"data": folder, "organisation": house, "queue": {"https": False}} | settings
        record = {"url": engine.url.render_as_string(hide_password=False)}
        self.app = App(
            Settings.model_validate(said | {"record": record}),
            structlog.get_logger(),
            clock=lambda: self.now,
        )
        self.desk = make_desk(self.app)
        self._flask: Flask | None = None

    def change(self, **values: Any) -> None:
        """Change the desk before the pages are first asked for."""
        self.desk = replace(self.desk, **values)

    @property
    def flask(self) -> Flask:
        """The application."""
        if self._flask is None:
            self._flask = make_pages(self.desk)
            self._flask.config["WTF_CSRF_ENABLED"] = False  # Tests of the pages post forms; CSRF has its own.
        return self._flask

    def add_officer(self, name: str, role: Role = Role.OFFICER, **fields: Any) -> None:
        """Put an officer with an account on record; the password is PASSWORD."""
        with SqlUnitOfWork(self.engine) as uow:
            uow.officers.add(
                Officer(name=name, full_name=name.title() + " Example", email=f"{name}@harrowmere.example",
                        role=role, **fields)
            )  # fmt: skip
            uow.accounts.add(Account(officer=name, password_hash=_HASH))
            uow.commit()

    def client_of(self, name: str) -> FlaskClient:
        """Return a client in which an officer is signed in."""
        client = self.flask.test_client()
        with SqlUnitOfWork(self.engine) as uow:
            token = begin_session(uow, name, longest=self.desk.sign_in.longest, now=self.now)
            uow.commit()
        with client.session_transaction() as session:
            session["token"] = token
        return client

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the pages on a free port, CSRF and all; yield the address."""
        self.flask.config["WTF_CSRF_ENABLED"] = True
        server: Any = create_server(self.flask, host="127.0.0.1", port=0, threads=8)
        threading.Thread(target=server.run, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.close()


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; raises MissingServer where it is not installed."""
    if not Path(CHROMIUM).exists():
        raise MissingServer("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                  "--disable-dev-shm-usage"],
        )  # fmt: skip
        yield browser
        browser.close()


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Your name in Heard").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def strangers(page: Page, address: str) -> list[str]:
    """Return the list to which every request goes that is not ours, as it is made."""
    found: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith((address, "data:", "about:", "blob:")):
            found.append(request.url)

    page.on("request", look)
    return found


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, a line each: the rule and where."""
    # Through the protocol and not as an element: the pages' own policy lets no other script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in result["violations"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    found: int = page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )
    return found
