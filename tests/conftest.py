"""Fixtures that start real servers and lay out real installations."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from browsing import started_chromium
from installation import Installation
from pages import Pages
from playwright.sync_api import Browser
from servers import Dovecot, MissingServer, Postgres, SmtpServer
from sqlalchemy import Engine

import migrations
from intake.reader import IsolatedReader
from models import orm
from models.unit_of_work import make_engine

orm.map_classes()  # Before anything is collected: what tests make as parameters is mapped from the start.

ROOT = Path(__file__).parent.parent
_STARTED: list[str] = []


def _or_skip(error: MissingServer) -> None:
    """Fail in CI, where every server has to be there; skip on a developer's machine that lacks one."""
    if os.environ.get("CI") or os.environ.get("HEARD_REQUIRE_SERVERS"):
        pytest.fail(f"a server is missing: {error}; `make test` installs it", pytrace=False)
    pytest.skip(str(error))


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which real servers were started."""
    terminalreporter.write_line(f"real servers started: {', '.join(_STARTED) or 'none'}")


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Start a Dovecot with TLS, STARTTLS and plain text on loopback."""
    try:
        server = Dovecot(tmp_path_factory.mktemp("dovecot"))
    except MissingServer as error:
        _or_skip(error)
        raise
    with server:
        _STARTED.append(f"Dovecot on {server.host}:{server.plain_port} and {server.tls_port}")
        yield server


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """Forget how a command set logging up: its standard error is closed when the test ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _files_as_before() -> Iterator[None]:
    """Undo that a command keeps its files private: Dovecot has to read what later tests write for it."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def user(dovecot: Dovecot, request: pytest.FixtureRequest) -> str:
    """Add a mail user of this test's own."""
    name = f"u{abs(hash(request.node.nodeid)) % 10**10}"
    dovecot.add_user(name)
    return name


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """Start an SMTP server that catches letters and can misbehave."""
    with SmtpServer() as server:
        if not any("SMTP" in each for each in _STARTED):
            _STARTED.append(f"SMTP on {server.host}")
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Start a PostgreSQL of our own."""
    try:
        server = Postgres(tmp_path_factory.mktemp("postgres"))
    except MissingServer as error:
        _or_skip(error)
        raise
    with server:
        _STARTED.append(f"PostgreSQL on port {server.port}")
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a real Chromium."""
    try:
        with started_chromium() as made:
            _STARTED.append(f"Chromium {made.version}")
            yield made
    except MissingServer as error:
        _or_skip(error)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a SQLite record at the newest revision once; tests begin with copies of it."""
    file = tmp_path_factory.mktemp("empty") / "heard.db"
    made = make_engine(f"sqlite:///{file}")
    migrations.upgrade(made)
    made.dispose()
    return file


@pytest.fixture(scope="session")
def empty_postgres(postgres: Postgres) -> str:
    """Make a database at the newest revision once; tests begin with copies of it."""
    made = make_engine(postgres.url("heard_empty"))
    migrations.upgrade(made)
    made.dispose()
    return "heard_empty"


@pytest.fixture
def pages(empty_sqlite: Path, tmp_path: Path) -> Iterator[Pages]:
    """Return the officers' pages over an empty SQLite record."""
    shutil.copy(empty_sqlite, tmp_path / "heard.db")
    made = make_engine(f"sqlite:///{tmp_path / 'heard.db'}")
    shown = Pages(made, tmp_path)
    yield shown
    shown.desk.back_office.close()
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a record without a row, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "record.db")
        return f"sqlite:///{tmp_path / 'record.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(like=request.getfixturevalue("empty_postgres"))


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    """Return a record without a row."""
    made = make_engine(record_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train once on the project's own corpus, for all workers; return the folder of artefacts."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "artefacts"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "live").exists():
            fill(folder)
    return folder


def fill(folder: Path) -> None:
    """Train, or copy what an earlier run here made of the very same code and corpus."""
    kept = ROOT / ".pytest_cache" / f"artefacts-{_fingerprint()}"
    if not (kept / "live").exists():
        _train_into(folder)
        made = kept.with_suffix(f".{os.getpid()}")
        shutil.copytree(folder, made)
        with contextlib.suppress(OSError):  # Another run was quicker.
            made.rename(kept)
        return
    shutil.copytree(kept, folder, dirs_exist_ok=True)


def _fingerprint() -> str:
    """Return what changes with anything that training reads."""
    found = sorted((ROOT / "triage").rglob("*"))
    files = [each for each in found if each.is_file() and each.suffix != ".pyc"]
    said = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for each in [*files, ROOT / "models" / "codes.py"]:
        said.update(each.name.encode() + each.read_bytes())
    return said.hexdigest()[:16]


def _train_into(folder: Path) -> None:
    from triage import artefact, corpus, train  # noqa: PLC0415  # loads scikit-learn
    from triage.encoder.read import Encoder  # noqa: PLC0415

    trained = train.train(
        corpus.read_training(),
        folder=folder,
        now=datetime(2026, 11, 22, tzinfo=UTC),
        progress=train.quietly,
        encoder=Encoder(),
    )
    artefact.promote(folder, trained.artefact.name)


@pytest.fixture(scope="session")
def reader() -> Iterator[IsolatedReader]:
    """Return a reader that the tests share; it starts its processes when first asked to read."""
    made = IsolatedReader()
    yield made
    made.close()


@pytest.fixture
def installation(tmp_path: Path, artefacts: Path) -> Iterator[Installation]:
    """Lay out an installation: settings, a data directory and a trained classifier."""
    made = Installation(tmp_path / "heard")
    shutil.copytree(artefacts, made.data / "artefacts")
    yield made
    made.kill_all()
