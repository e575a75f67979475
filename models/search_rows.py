"""Searching everything on record: the messages that hold all the words, newest first, with their cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select

from models import orm
from models.codes import Outcome
from models.find_words import numbers
from models.queue_selection import Looker, Selection
from models.search_terms import Terms
from models.unit_of_work import reported

MOST_FOUND = 100
"""What was found is counted no further."""

_SHOWN = 20_000
"""Characters of a text in which the passage to show is looked for."""


@dataclass(frozen=True)
class Hit:
    """A message that was found, with its texts as they begin; `reference` is empty where it has no case."""

    message_id: int
    received_at: datetime
    name: str
    address: str
    subject: str
    outcome: Outcome
    texts: tuple[str, ...]
    reference: str = ""
    status: str = ""
    category: str = ""
    closed_on: date | None = None
    assigned_to: str = ""


@dataclass(frozen=True)
class Found:
    """A page of what was found, and where others begin.

    `count` is how many there are, from this page on and at most one over MOST_FOUND; all of them if `is_all`.
    """

    hits: tuple[Hit, ...]
    count: int = 0
    is_all: bool = True
    newer: int | None = None
    older: int | None = None


def search(
    engine: Engine,
    terms: Terms,
    selection: Selection,
    looker: Looker,
    *,
    limit: int,
    older: int | None = None,
    newer: int | None = None,
) -> Found:
    """Return the newest messages that hold the terms, or those older or newer than a number.

    A selection narrows it to cases of its kind; one that shows a part of the queue, to what awaits somebody.
    """
    if not terms.wanted:
        return Found(())
    with reported(), engine.connect().execution_options(reads=True) as connection:
        # Looking for more than a page shows gives the count, and nothing is looked for twice.
        most, enough = max(limit, MOST_FOUND) + 1, limit + 1
        found, is_all = numbers(
            connection, terms, selection, looker, limit=most, enough=enough, older=older, newer=newer
        )
        more, ids = len(found) > limit, found[:limit]
        if newer is not None:
            ids = ids[::-1]
        # Where somebody came from, there is a page to go back to.
        leads_back, leads_on = (more, True) if newer is not None else (older is not None, more)
        return Found(
            hits=tuple(_hits(connection, ids)),
            count=len(found),
            is_all=is_all and older is None and newer is None,
            newer=ids[0] if ids and leads_back else None,
            older=ids[-1] if ids and leads_on else None,
        )


def case_behind_message(engine: Engine, number: int) -> str | None:
    """Return the reference of a message's case, empty where it has none; None where there is no message."""
    wanted = (
        select(func.coalesce(orm.cases.c.reference, ""))
        .select_from(orm.messages.outerjoin(orm.cases, orm.cases.c.id == orm.messages.c.case_id))
        .where(orm.messages.c.id == number)
    )
    with reported(), engine.connect().execution_options(reads=True) as connection:
        found: str | None = connection.scalar(wanted)
    return found


def _hits(connection: Connection, ids: Sequence[int]) -> Iterator[Hit]:
    """Read the messages of some numbers, in their order."""
    messages, cases = orm.messages.c, orm.cases.c
    rows = connection.execute(
        select(
            messages.id, messages.received_at, messages.sender_name, messages.sender_address,
            messages.subject, messages.filename, messages.outcome, cases.reference, cases.status,
            cases.category, cases.closed_on, cases.assigned_to, cases.complainant_name,
            func.substr(messages.text, 1, _SHOWN).label("text"),
        )
        .select_from(orm.messages.outerjoin(orm.cases, cases.id == messages.case_id))
        .where(messages.id.in_(ids))
    )  # fmt: skip
    by_id = {row.id: row for row in rows}
    attached = _attached(connection, ids)
    for number in ids:
        row = by_id[number]
        yield Hit(
            message_id=number,
            received_at=row.received_at,
            name=row.sender_name or row.complainant_name or "",
            address=row.sender_address,
            subject=row.subject or row.filename,
            outcome=row.outcome,
            texts=(row.text, *attached.get(number, ())),
            reference=row.reference or "",
            status=row.status.value if row.status else "",
            category=row.category or "",
            closed_on=row.closed_on,
            assigned_to=row.assigned_to or "",
        )


def _attached(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return what stands in the attachments of messages, each with its name before it."""
    table = orm.attachments.c
    rows = connection.execute(
        select(table.message_id, table.filename, func.substr(table.text, 1, _SHOWN))
        .where(table.message_id.in_(ids))
        .order_by(table.message_id, table.position)
    )
    found: dict[int, list[str]] = {}
    for number, filename, words in rows:
        found.setdefault(number, []).append(f"{filename}: {words}")
    return found
