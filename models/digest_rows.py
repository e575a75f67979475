"""Which digests were written, one a recipient and day; implements `ports.Digests`."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import orm
from models.case import Letter


class SqlDigests:
    """One row for each digest, whose key lets nobody write it twice."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, recipient: str, day: date) -> bool:
        """Take a recipient's digest of a day; False where it was taken before.

        Who comes second waits for the first to commit.
        """
        values = {"recipient": recipient, "day": day}
        is_postgresql = self._session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert if is_postgresql else sqlite.insert
        taken = insert(orm.digests).values(**values).on_conflict_do_nothing().returning(orm.digests.c.day)
        return self._session.scalar(taken) is not None

    def written(self, recipient: str, day: date, letter: Letter) -> None:
        """Record which letter the digest became; the letter has its number."""
        table = orm.digests.c
        self._session.execute(
            update(orm.digests)
            .where(table.recipient == recipient, table.day == day)
            .values(letter_id=letter.id)
        )
