"""The officers' pages as tests use them: over a real record, by a client or a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from browsing import press
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import Engine
from waitress import create_server

from bootstrap import App
from models.accounts import Account
from models.codes import Role
from models.people import Officer
from models.unit_of_work import SqlUnitOfWork
from operations.serve_pages import make_desk
from review.access.passwords import hash_password
from review.access.signing_in import begin_session
from review.web import make_pages
from settings import Settings

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
        thread = threading.Thread(target=_run, args=(server,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.close()
            thread.join(timeout=5)


def _run(server: Any) -> None:
    # Closing it takes the socket from under the loop that waits on it.
    with suppress(OSError):
        server.run()


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Your name in Heard").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
