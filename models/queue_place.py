"""Where a case stands in the queue, and which case comes behind it."""

from sqlalchemy import Engine, select

from models import orm
from models.queue_rows import next_in_queue, queue_page
from models.queue_selection import Looker, Position, Selection
from models.unit_of_work import reported

_LOOKED_AT = 50
"""Messages without a case may stand between two cases; so many at most are passed over."""


def place_in_queue(engine: Engine, reference: str) -> Position | None:
    """Return where a case stands in the queue, None where it does not.

    Raises RecordUnavailable where the record cannot be read.
    """
    table, cases = orm.queue.c, orm.cases.c
    query = (
        select(table.rank, table.id)
        .join(orm.cases, cases.id == table.case_id)
        .where(cases.reference == reference)
    )
    with reported(), engine.connect().execution_options(reads=True) as connection:
        row = connection.execute(query).first()
    return Position(row.rank, row.id) if row is not None else None


def case_behind(
    engine: Engine, selection: Selection, looker: Looker, place: Position | None, *, but: str
) -> str | None:
    """Return the case behind a place in a part of the queue, the first one where it stood in no place.

    None where nothing comes behind it. `but` is the case that was just worked: it may stand there still.
    """
    if place is None:
        return next_in_queue(engine, selection, looker, but=[but])
    rows = queue_page(engine, selection, looker, limit=_LOOKED_AT, after=place).rows
    behind = (row.reference for row in rows if row.message_id is None and row.reference != but)
    return next(behind, None)
