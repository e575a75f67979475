"""Walks along the audit: each row's hash covers the row and the hash before it.

Who changes, removes or slips in a row breaks every hash after it. Who can write the whole table could chain
it anew; so note the last hash elsewhere from time to time, and have it looked for (`--known`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select

from models import orm
from models.audit_hash import FIRST, hash_of
from models.unit_of_work import reported

_ROWS = 1_000


@dataclass(frozen=True)
class ChainState:
    """What a walk along the chain found: rows, the last hash, and the first thing that is wrong, if any."""

    rows: int
    head: str
    fault: str = ""
    knows: bool | None = None


def verify(engine: Engine, *, known: str = "") -> ChainState:
    """Walk the chain and say whether every row is as it was written.

    `known` is a hash noted earlier; `knows` says whether the chain still holds it. Memory stays constant.
    Raises RecordUnavailable where the record cannot be read.
    """
    previous, count, knows = FIRST, 0, not known
    for row in _rows(engine):
        if row["hash"] != hash_of(previous, row):
            fault = (
                f"row {row['id']} ({row['action']}, {row['at']:%Y-%m-%d %H:%M:%S} UTC) is not as it was "
                "written, or a row before it was removed or slipped in"
            )
            return ChainState(count, previous, fault, knows if known else None)
        previous, count = row["hash"], count + 1
        knows = knows or previous == known
    with reported(), engine.connect() as connection:
        head = connection.execute(select(orm.audit_head)).mappings().first()
        later = connection.scalar(select(func.count()).select_from(orm.audit)) or 0
    fault = ""
    if later == count and (head["hash"] if head else FIRST) != previous:
        fault = f"rows are missing at the end: {head['rows'] if head else 0} were written, {count} are there"
    return ChainState(count, previous, fault, knows if known else None)


def _rows(engine: Engine) -> Iterator[Any]:
    after = 0
    while True:
        wanted = select(orm.audit).where(orm.audit.c.id > after).order_by(orm.audit.c.id).limit(_ROWS)
        with reported(), engine.connect() as connection:
            rows = connection.execute(wanted).mappings().all()
        yield from rows
        if len(rows) < _ROWS:
            return
        after = rows[-1]["id"]
