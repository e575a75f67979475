"""What a page asks about a case: whether its last change can be undone, and until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from models import orm
from models.codes import LetterState
from models.undo import Remembered
from models.unit_of_work import reported

_STILL_HERE = frozenset({LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND})


@dataclass(frozen=True)
class Undoable:
    """What can be undone of a case now: whose change it was, what, when, and until when its letters wait."""

    officer: str
    action: str
    at: datetime
    version: int
    letters_go_at: datetime | None


def undoable_now(engine: Engine, reference: str) -> Undoable | None:
    """Return what can be undone of a case as it is now, None where nothing can.

    Raises RecordUnavailable where the record cannot be read.
    """
    undo, cases, letters = orm.undo.c, orm.cases.c, orm.letters.c
    query = (
        select(undo.officer, undo.action, undo.at, undo.version, undo.before)
        .join(orm.cases, cases.id == undo.case_id)
        .where(cases.reference == reference, cases.version == undo.version)
    )
    with reported(), engine.connect().execution_options(reads=True) as connection:
        row = connection.execute(query).first()
        left = Remembered(*row) if row is not None else None
        if left is None or not _are_as_left(connection, left):
            return None
        numbers = left.before["new"]["letters"]
        wanted = select(letters.state, letters.claimed_until, letters.due_at).where(letters.id.in_(numbers))
        waiting = connection.execute(wanted).all() if numbers else []
    if any(each.state not in _STILL_HERE or each.claimed_until for each in waiting):
        return None
    queued = [each.due_at for each in waiting if each.state is LetterState.QUEUED]
    return Undoable(left.officer, left.action, left.at, left.version, min(queued, default=None))


def _are_as_left(connection: Connection, left: Remembered) -> bool:
    """Say whether every case that a change touched is as it left it."""
    cases = orm.cases.c
    wanted = select(cases.reference, cases.version).where(cases.reference.in_(left.versions))
    return {each.reference: each.version for each in connection.execute(wanted)} == left.versions
