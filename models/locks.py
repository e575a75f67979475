"""Jobs that only one of several workers may run at a time, held by a lock in the database."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from models.unit_of_work import reported


@contextmanager
def single(engine: Engine, job: str) -> Iterator[bool]:
    """Yield whether this worker may run the job now.

    PostgreSQL: an advisory lock, let go when the block ends or the worker dies. SQLite belongs to one
    process, which holds a lock file of its own, so the answer is always yes.
    """
    if engine.dialect.name != "postgresql":
        yield True
        return
    key = int.from_bytes(hashlib.sha256(f"heard:{job}".encode()).digest()[:8], "big", signed=True)
    with reported(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
