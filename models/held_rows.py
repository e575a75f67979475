"""The letters that wait for an officer's release, whichever case they are about."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, func, select

from models import orm
from models.codes import LetterKind, LetterState
from models.deadlines import received_on
from models.must_go import must_go_by
from models.unit_of_work import reported


@dataclass(frozen=True)
class HeldLetter:
    """One letter that is held, and the day by which it has to go; no names and no addresses."""

    number: int
    kind: LetterKind
    reference: str
    due_by: date
    written_at: datetime
    assigned_to: str


def held_letters(engine: Engine, *, state: LetterState = LetterState.HELD) -> list[HeldLetter]:
    """Return every letter that is held, or in another state, the one that has to go first at the top."""
    letters, cases, extensions = orm.letters.c, orm.cases.c, orm.extensions.c
    # Each extension puts the answer off further, so the last one took the place of the latest date.
    extended_from = (
        select(func.max(extensions.respond_by)).where(extensions.case_id == cases.id).scalar_subquery()
    )
    query = (
        select(
            letters.id, letters.kind, letters.queued_at, cases.reference, cases.assigned_to,
            cases.acknowledge_by, cases.acknowledged_on, cases.respond_by, cases.extended_to,
            extended_from.label("extended_from"),
        )
        .join(orm.cases, letters.case_id == cases.id)
        .where(letters.state == state)
    )  # fmt: skip
    with reported(), engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(query).all()
    held = [
        HeldLetter(
            number=row.id, kind=row.kind, reference=row.reference, written_at=row.queued_at,
            assigned_to=row.assigned_to,
            due_by=must_go_by(
                row.kind, row, written_on=received_on(row.queued_at), extended_from=row.extended_from
            ),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(held, key=lambda letter: (letter.due_by, letter.number))
