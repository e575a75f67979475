"""The database: its engine, and units of work that roll back unless told to commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from models import orm
from models.account_rows import SqlAccounts, SqlAttempts, SqlSavedFilters, SqlSessions, SqlViews
from models.digest_rows import SqlDigests
from models.errors import InputInvalid, RecordUnavailable
from models.health_rows import SqlHealth
from models.keep_queue import keep_queue
from models.keep_search import keep_search
from models.people_rows import SqlKnownIssues, SqlOfficers, SqlPeople
from models.repository import SqlAudit, SqlCases, SqlKeys, SqlLetters, SqlMessages
from models.touched import watch
from models.undo_rows import SqlUndo

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another; PostgreSQL queues writers by itself."""


_POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 40}
"""Enough for every thread of the pages and of the service at once."""


def make_engine(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Return an engine for a SQLite or PostgreSQL URL, set up for unattended work.

    SQLite: write-ahead log, every commit on disk, writers begin IMMEDIATE so that they queue up
    instead of failing half way.
    Raises InputInvalid for a URL that is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InputInvalid(f"the database URL cannot be read: {error}") from error
    orm.map_classes()
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(url, database=parsed.database, busy_timeout_s=busy_timeout_s)
    if parsed.get_backend_name() == "postgresql":
        driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, **_POOL)
    raise InputInvalid(
        f"the database is {parsed.get_backend_name()}; use sqlite:///FILE or postgresql://HOST/NAME"
    )


def _sqlite_engine(url: str, *, database: str | None, busy_timeout_s: float) -> Engine:
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": busy_timeout_s}, **(_POOL if database else {}))

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class SqlUnitOfWork:
    """Everything that happens together or not at all, in one database transaction.

    One that only `reads` waits for no writer and keeps none waiting.
    Raises RecordUnavailable where the database is away, locked for too long or full.
    """

    def __init__(self, engine: Engine, *, reads: bool = False) -> None:
        self._engine = engine.execution_options(reads=True) if reads else engine
        self._reads = reads

    def __enter__(self) -> Self:
        """Begin."""
        self._session = Session(self._engine, expire_on_commit=False, autoflush=False)
        self._touched = watch(self._session)
        self.messages = SqlMessages(self._session, locks=not self._reads)
        self.cases = SqlCases(self._session)
        self.letters = SqlLetters(self._session)
        self.audit = SqlAudit(self._session)
        self.keys = SqlKeys(self._session)
        self.health = SqlHealth(self._session)
        self.people = SqlPeople(self._session)
        self.officers = SqlOfficers(self._session)
        self.known_issues = SqlKnownIssues(self._session)
        self.digests = SqlDigests(self._session)
        self.accounts = SqlAccounts(self._session)
        self.sessions = SqlSessions(self._session)
        self.attempts = SqlAttempts(self._session)
        self.views = SqlViews(self._session)
        self.saved_filters = SqlSavedFilters(self._session)
        self.undo = SqlUndo(self._session)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Roll back what was not committed."""
        self._session.close()
        if is_away(exc):
            raise RecordUnavailable(explain(exc)) from exc

    def commit(self) -> None:
        """Make it lasting, and with it the queue and the words to search that follow from it."""
        self._session.flush()
        keep_queue(self._session, self._touched)
        keep_search(self._session, self._touched)
        self._touched.clear()
        self.audit.write()
        self._session.commit()

    def flush(self) -> None:
        """Give new records their numbers without making them lasting."""
        self._session.flush()


def is_away(error: BaseException | None) -> bool:
    """Say whether an error means that the database is away, locked, full or unreadable."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    kinds = (OperationalError, InterfaceError, PoolTimeout)
    return isinstance(error, kinds) or (type(error) is DatabaseError)


def is_clash(error: BaseException) -> bool:
    """Say whether an error means that another worker wrote the same thing first."""
    return isinstance(error, IntegrityError)


def explain(error: BaseException | None) -> str:
    """Say in a line what the database has."""
    what: Any = getattr(error, "orig", None) or error
    return f"the database does not answer as it should: {str(what).strip().splitlines()[0]}"


@contextmanager
def reported() -> Iterator[None]:
    """Turn a database's own error, outside a unit of work, into RecordUnavailable."""
    try:
        yield
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise RecordUnavailable(explain(error)) from error
