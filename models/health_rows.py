"""Where the health of mailboxes and the results of reconciling are kept; implements `ports.Health`."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, insert, null, select
from sqlalchemy.orm import Session

from models import orm
from models.health import Gap, GapCode, MailboxHealth, Reconciliation

KEPT = 400
"""How many results of reconciling are kept: more than a year of nights."""


class SqlHealth:
    """One row for each mailbox, written over at every poll; the results of reconciling, one after another."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def polled(
        self,
        account: str,
        *,
        at: datetime,
        newest: datetime | None = None,
        token_expires_at: datetime | None = None,
        secret_expires_on: date | None = None,
    ) -> None:
        """Record that a mailbox was read whole, and when the newest message that was kept had arrived."""
        table, upsert = orm.mailbox_health.c, self._insert()
        new = upsert.excluded
        is_newer = table.last_message_at.is_(None) | (new.last_message_at > table.last_message_at)
        self._write(
            upsert,
            {
                "account": account, "polled_at": at, "last_success_at": at, "fault": "",
                "last_message_at": newest, "token_expires_at": token_expires_at,
                "secret_expires_on": secret_expires_on,
            },
            {
                "polled_at": new.polled_at, "last_success_at": new.last_success_at,
                "away_since": null(), "fault": "",
                "last_message_at": case((is_newer, new.last_message_at), else_=table.last_message_at),
                "token_expires_at": new.token_expires_at, "secret_expires_on": new.secret_expires_on,
            },
        )  # fmt: skip

    def failed(self, account: str, *, at: datetime, fault: str) -> None:
        """Record that a mailbox could not be read; the first failure since a success says since when."""
        table, upsert = orm.mailbox_health.c, self._insert()
        new = upsert.excluded
        since = case((table.away_since.is_(None), new.away_since), else_=table.away_since)
        self._write(
            upsert,
            {"account": account, "polled_at": at, "away_since": at, "fault": fault},
            {"polled_at": new.polled_at, "away_since": since, "fault": new.fault},
        )

    def all(self) -> list[MailboxHealth]:
        """Return what is known of every mailbox and job, in the order of their names."""
        table = orm.mailbox_health
        rows = self._session.execute(select(table).order_by(table.c.account)).mappings()
        return [MailboxHealth(**row) for row in rows]

    def reconciled(self, result: Reconciliation) -> None:
        """Keep what a comparison found, and forget those of long ago."""
        counts = {code.value: count for code, count in result.gap_counts.items()}
        self._session.execute(
            insert(orm.reconciliations).values(
                at=result.at,
                mailboxes=result.mailboxes,
                compared=result.compared,
                gaps={"counts": counts, "rows": [asdict(gap) for gap in result.gaps]},
            )
        )
        number = orm.reconciliations.c.id
        oldest = select(number).order_by(number.desc()).offset(KEPT - 1).limit(1).scalar_subquery()
        self._session.execute(delete(orm.reconciliations).where(number < oldest))

    def last_reconciliation(self) -> Reconciliation | None:
        """Return what the last comparison found, without what is counted by outcome."""
        table = orm.reconciliations
        row = self._session.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().first()
        if row is None:
            return None
        kept = row["gaps"]
        return Reconciliation(
            at=row["at"],
            mailboxes=row["mailboxes"],
            compared=row["compared"],
            gaps=tuple(Gap(**{**gap, "code": GapCode(gap["code"])}) for gap in kept["rows"]),
            gap_counts={GapCode(code): count for code, count in kept["counts"].items()},
        )

    def _write(self, upsert: Any, values: dict[str, Any], changes: dict[str, Any]) -> None:
        self._session.execute(
            upsert.values(**values).on_conflict_do_update(index_elements=["account"], set_=changes)
        )

    def _insert(self) -> Any:
        """Return the dialect's INSERT, which knows ON CONFLICT on both databases."""
        if self._session.get_bind().dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # only where it is used

            return postgresql.insert(orm.mailbox_health)
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415  # only where it is used

        return sqlite.insert(orm.mailbox_health)
