"""A record that is broken on purpose and compared, for the tests of reconciling."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from letters_in import mail
from rows import new_message
from sqlalchemy import Engine, select, text

from casework.quarantine import quarantine
from models import orm
from models.codes import Outcome
from models.deadlines import WorkingDays
from models.health import GapCode, Reconciliation
from models.ports import Mailbox
from models.unit_of_work import SqlUnitOfWork
from operations.reconcile import reconcile

HOUR = timedelta(hours=1)


def now() -> datetime:
    """Return the time, which the servers of the tests have as well."""
    return datetime.now(UTC)


@dataclass
class Ledger:
    """A record, compared with no mailbox."""

    engine: Engine
    numbers: Iterator[int] = field(default_factory=count)

    def units(self, *, reads: bool = False) -> SqlUnitOfWork:
        """Return a unit of work."""
        return SqlUnitOfWork(self.engine, reads=reads)

    def mailboxes(self) -> Sequence[Mailbox]:
        """Return what the record is compared with."""
        return []

    def take_in(self, messages: int = 0) -> None:
        """Keep some messages, settled as nobody's."""
        with self.units() as uow:
            for number in [next(self.numbers) for _ in range(messages)]:
                message = new_message(uid=str(number + 1), fetched_at=now(), outcome=Outcome.MACHINE)
                uow.messages.keep(message, mail(subject=f"Number {number}"))
            uow.commit()

    def compare(self, *, at: datetime | None = None, **changes: Any) -> Reconciliation:
        """Compare as if an hour had gone by."""
        return reconcile(self.engine, self.mailboxes(), now=at or now() + HOUR, **changes)

    def gap(self, code: GapCode, **changes: Any) -> tuple[str, str, str]:
        """Compare and return mailbox, place and sentence of the one gap that there is."""
        result = self.compare(**changes)
        assert {code: 1} == result.gap_counts, result.gaps
        (gap,) = result.gaps
        return gap.mailbox, gap.where, gap.said

    def run(self, statement: str, **values: Any) -> None:
        """Change the record behind the program's back, whatever points at what."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text(statement), values)
                connection.commit()
                return
            connection.connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(text(statement), values)
            connection.commit()
            connection.connection.execute("PRAGMA foreign_keys = ON")

    def damage(self, *, uid: int) -> None:
        """Put other bytes in the place of a message's."""
        name = "(SELECT sha256 FROM messages WHERE uid = :uid)"
        self.run(f"UPDATE blobs SET content = :other WHERE sha256 = {name}", uid=str(uid), other=b"x")  # noqa: S608

    def messages(self) -> list[int]:
        """Return the numbers of the ledger's messages."""
        with self.engine.connect() as connection:
            return list(connection.scalars(select(orm.messages.c.id).order_by(orm.messages.c.id)))

    def quarantine(self, number: int) -> None:
        """Put a message into quarantine as the program does."""
        self.run("UPDATE messages SET outcome = NULL WHERE id = :number", number=number)
        with self.units() as uow:
            message = uow.messages.get(number)
            quarantine(uow, message, reason="odd", working_days=WorkingDays(), now=now())
            uow.commit()
