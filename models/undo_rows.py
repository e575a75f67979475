"""What can be undone of each case, in the database; implements `models/ports.py`."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models import orm
from models.case import Action, Case, Extension, Point, Refusal
from models.undo import Remembered


class SqlUndo:
    """The last change of each case that can be undone; one row a case."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, case: Case, remembered: Remembered) -> None:
        """Keep what a change altered, in place of what an earlier one did."""
        self.forget(case)
        values = {
            "officer": remembered.officer, "action": remembered.action, "at": remembered.at,
            "version": remembered.version, "before": remembered.before,
        }  # fmt: skip
        self._session.execute(insert(orm.undo).values(case_id=case.id, **values))

    def of(self, reference: str) -> Remembered | None:
        """Return what the last change of a case altered, None where nothing is kept; locks nothing."""
        table = orm.undo.c
        row = self._session.execute(
            select(table.officer, table.action, table.at, table.version, table.before)
            .join(orm.cases, orm.cases.c.id == table.case_id)
            .where(orm.cases.c.reference == reference)
        ).first()
        return Remembered(*row) if row is not None else None

    def forget(self, case: Case) -> None:
        """Keep nothing any longer of the last change of a case."""
        self._session.execute(delete(orm.undo).where(orm.undo.c.case_id == case.id))

    def drop(self, rows: Iterable[Extension | Refusal | Point | Action]) -> None:
        """Take rows off the record that a change had added; they have left their case before."""
        for row in rows:
            self._session.delete(row)
