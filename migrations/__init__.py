"""The record's shape through time: alembic, one revision a change."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models.unit_of_work import reported

_FOLDER = Path(__file__).parent
_LOCK = 7_304_117


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the record to the newest revision; return the revisions before and after.

    On PostgreSQL a lock keeps two workers from doing so at once.
    """
    config = _config()
    with reported(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest()


def current(engine: Engine) -> str | None:
    """Return the record's revision, None for an empty database."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the newest revision that this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
