"""The queue as pages and the terminal read it: rows in their order, and counts of the very same rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    case,
    func,
    literal,
    select,
    tuple_,
)

from models import orm
from models.codes import TaskKind
from models.queue_parts import A_DAY, conditions, shown
from models.queue_selection import Looker, Position, Selection, Show
from models.reference import message_name
from models.unit_of_work import reported

MOST_COUNTED = 10_000
"""A count stops here: an officer who reads "more than 10,000" has read enough."""

_GIST = 400
_STATUS_OF_ITEM = {TaskKind.READ_QUARANTINED: "quarantine", TaskKind.UNMATCHED_BOUNCE: "bounce"}


@dataclass(frozen=True)
class QueueRow:
    """A case or a quarantined message that awaits an officer, as the record has it.

    `text` is the beginning of the newest message, `tasks` are what is to do in words and `kinds` its kinds.
    `flags` are those in force, and `is_ruled` is whether an officer's ruling stands. `clock` is what of the
    case falls due on `due_by`, an acknowledgement or an answer; it is empty where a task does.
    """

    reference: str
    received_on: date
    due_by: date
    name: str
    address: str
    subject: str
    text: str
    priority: int
    status: str
    category: str
    stage: int
    decision: dict[str, Any] | None
    tasks: tuple[str, ...] = ()
    message_id: int | None = None
    assigned_to: str = ""
    assigned_name: str = ""
    ombudsman: str = ""
    flags: tuple[str, ...] = ()
    kinds: tuple[TaskKind, ...] = ()
    is_ruled: bool = False
    clock: str = ""


@dataclass(frozen=True)
class QueuePage:
    """Rows of the queue, and where the pages before and behind them begin, None where there is none."""

    rows: tuple[QueueRow, ...]
    before: Position | None = None
    after: Position | None = None


def queue(engine: Engine, *, limit: int) -> list[QueueRow]:
    """Return what awaits an officer, soonest deadline and greatest risk first."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        return list(_rows_at(connection, _places(connection, (), limit=limit)))


def queue_length(engine: Engine) -> int:
    """Count what awaits an officer."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        return connection.scalar(select(func.count()).select_from(orm.queue)) or 0


def queue_page(
    engine: Engine,
    selection: Selection,
    looker: Looker,
    *,
    limit: int,
    after: Position | None = None,
    before: Position | None = None,
) -> QueuePage:
    """Return the rows behind a position, or the last ones before it, or else the first of all.

    Whatever comes or goes meanwhile, none that stays is shown twice or passed over on the way through.
    """
    wanted = conditions(selection, looker)
    with reported(), engine.connect().execution_options(reads=True) as connection:
        found = _places(connection, wanted, after=after, before=before, limit=limit + 1)
        more, found = len(found) > limit, found[:limit]
        if before is not None:
            found = found[::-1]
        # Where somebody came from, there is a page to go back to.
        leads_back, leads_on = (more, True) if before is not None else (after is not None, more)
        return QueuePage(
            rows=tuple(_rows_at(connection, found)),
            before=_position(found[0]) if found and leads_back else None,
            after=_position(found[-1]) if found and leads_on else None,
        )


def counts(
    engine: Engine, selection: Selection, looker: Looker, *, parts: Sequence[Show]
) -> dict[Show | None, int]:
    """Count a selection without what it shows (None), and each part with it; at most one over MOST_COUNTED.

    The conditions are those of the list. Few rows are counted in one go; of many, each count ends early.
    """
    whole = replace(selection, show=None)
    with reported(), engine.connect().execution_options(reads=True) as connection:
        total = connection.scalar(_count_of(conditions(whole, looker))) or 0
        if total <= MOST_COUNTED:
            wanted = [shown(part, looker) for part in parts]
            each = select(*(func.count(case((condition, 1))) for condition in wanted))
            query = each.select_from(orm.queue).where(*conditions(whole, looker))
        else:
            query = select(
                *(
                    _count_of(conditions(replace(whole, show=part), looker)).scalar_subquery()
                    for part in parts
                )
            )
        counted = connection.execute(query).one() if parts else ()
        return {None: total, **dict(zip(parts, counted, strict=True))}


def next_in_queue(
    engine: Engine, selection: Selection, looker: Looker, *, but: Iterable[str] = ()
) -> str | None:
    """Return the reference of the first case of a selection, but for some; None where there is none."""
    passed = tuple(but)
    wanted = (*conditions(selection, looker), orm.queue.c.case_id.is_not(None))
    with reported(), engine.connect().execution_options(reads=True) as connection:
        for place in _places(connection, wanted, limit=len(passed) + 1):
            reference: str | None = connection.scalar(
                select(orm.cases.c.reference).where(orm.cases.c.id == place["case_id"])
            )
            if reference not in passed:
                return reference
    return None


def _places(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    *,
    after: Position | None = None,
    before: Position | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """Return rows of the table `queue` in its order, backwards from `before`."""
    table = orm.queue.c
    place = tuple_(table.rank, table.id)
    query = select(table.id, table.rank, table.case_id, table.task_id).where(*wanted).limit(limit)
    if before is not None:
        query = query.where(place < tuple_(before.rank, before.id))
        return connection.execute(query.order_by(table.rank.desc(), table.id.desc())).mappings().all()
    if after is not None:
        query = query.where(place > tuple_(after.rank, after.id))
    return connection.execute(query.order_by(table.rank, table.id)).mappings().all()


def _position(place: RowMapping) -> Position:
    return Position(place["rank"], place["id"])


def _count_of(wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    some = select(literal(1)).select_from(orm.queue).where(*wanted).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery())


def _rows_at(connection: Connection, places: Sequence[RowMapping]) -> Iterator[QueueRow]:
    """Read what stands at places of the queue, in their order."""
    cases = _cases(connection, [place["case_id"] for place in places if place["case_id"] is not None])
    items = _items(connection, [place["task_id"] for place in places if place["task_id"] is not None])
    for place in places:
        due_by = date.fromordinal(place["rank"] // A_DAY)
        if place["case_id"] is not None:
            fields, clocks = cases[place["case_id"]]
            yield QueueRow(due_by=due_by, clock=clocks.get(due_by, ""), **fields)
        else:
            yield QueueRow(due_by=due_by, **items[place["task_id"]])


def _cases(connection: Connection, ids: list[int]) -> dict[int, tuple[dict[str, Any], dict[date, str]]]:
    """Return the fields of the rows of cases, but for the day on which they fall due, and their clocks."""
    if not ids:
        return {}
    table, officers, rulings = orm.cases.c, orm.officers.c, orm.rulings.c
    stands = select(literal(1)).where(rulings.case_id == table.id, rulings.undone_at.is_(None)).exists()
    rows = connection.execute(
        select(
            table.id, table.reference, table.received_on, table.complainant_name, table.complainant_address,
            table.subject, table.priority, table.status, table.category, table.stage, table.assigned_to,
            table.ombudsman, table.flags, officers.full_name, stands.label("is_ruled"),
            table.acknowledge_by, table.acknowledged_on, table.respond_by, table.extended_to,
            table.answered_on,
        )
        .select_from(orm.cases.outerjoin(orm.officers, officers.name == table.assigned_to))
        .where(table.id.in_(ids))
    )  # fmt: skip
    texts, documents = _texts(connection, ids), _first_decisions(connection, ids)
    tasks = _open_tasks(connection, ids)
    return {
        row.id: ({
            "reference": row.reference, "received_on": row.received_on, "name": row.complainant_name,
            "address": row.complainant_address, "subject": row.subject, "text": texts.get(row.id, ""),
            "priority": row.priority, "status": row.status.value, "category": row.category,
            "stage": row.stage, "decision": documents.get(row.id), "assigned_to": row.assigned_to,
            "assigned_name": row.full_name or row.assigned_to, "ombudsman": row.ombudsman.value,
            "flags": tuple(map(str, row.flags)), "is_ruled": bool(row.is_ruled),
            "tasks": tuple(f"{kind.value.replace('_', ' ')}: {note}" for kind, note in tasks.get(row.id, ())),
            "kinds": tuple(kind for kind, _ in tasks.get(row.id, ())),
        }, _clocks(row))
        for row in rows
    }  # fmt: skip


def _clocks(row: Any) -> dict[date, str]:
    """Return what of a case is due, by its day."""
    if row.acknowledged_on is None:
        return {row.acknowledge_by: "acknowledgement" if row.stage else "first answer"}
    answer_by = row.extended_to or row.respond_by
    return {answer_by: "answer"} if answer_by is not None and row.answered_on is None else {}


def _texts(connection: Connection, ids: list[int]) -> dict[int, str]:
    """Return the beginning of the newest message of each case."""
    messages = orm.messages.c
    newest = select(func.max(messages.id)).where(messages.case_id.in_(ids)).group_by(messages.case_id)
    rows = connection.execute(
        select(messages.case_id, func.substr(messages.reply_text, 1, _GIST)).where(messages.id.in_(newest))
    )
    return dict(map(tuple, rows))


def _first_decisions(connection: Connection, ids: list[int]) -> dict[int, Any]:
    """Return the decision that opened each case; a reply has its task and its own decision."""
    messages, decisions = orm.messages.c, orm.decisions.c
    first = (
        select(func.min(decisions.id))
        .join(orm.messages, decisions.message_id == messages.id)
        .where(messages.case_id.in_(ids))
        .group_by(messages.case_id)
    )
    rows = connection.execute(
        select(messages.case_id, decisions.document)
        .join(orm.decisions, decisions.message_id == messages.id)
        .where(decisions.id.in_(first))
    )
    return dict(map(tuple, rows))


def _open_tasks(connection: Connection, ids: list[int]) -> dict[int, list[tuple[TaskKind, str]]]:
    table = orm.tasks.c
    rows = connection.execute(
        select(table.case_id, table.kind, table.note)
        .where(table.case_id.in_(ids), table.closed_at.is_(None))
        .order_by(table.id)
    )
    by_case: dict[int, list[tuple[TaskKind, str]]] = {}
    for case_id, kind, note in rows:
        by_case.setdefault(case_id, []).append((kind, note))
    return by_case


def _items(connection: Connection, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Return the fields of the rows of messages without a case, by their tasks."""
    if not ids:
        return {}
    tasks, messages = orm.tasks.c, orm.messages.c
    rows = connection.execute(
        select(
            tasks.id.label("task_id"), tasks.kind, tasks.note, messages.id, messages.received_at,
            messages.sender_name, messages.sender_address, messages.subject, messages.filename,
            func.substr(messages.text, 1, _GIST).label("text"),
        )
        .join(orm.messages, tasks.message_id == messages.id)
        .where(tasks.id.in_(ids))
    )  # fmt: skip
    return {
        row.task_id: {
            "reference": message_name(row.id), "received_on": row.received_at.date(), "name": row.sender_name,
            "address": row.sender_address, "subject": row.subject or row.filename, "text": row.text,
            "priority": 0, "status": _STATUS_OF_ITEM.get(row.kind, row.kind.value), "category": "",
            "stage": 0, "decision": None, "tasks": (row.note,), "kinds": (row.kind,),
            "message_id": row.id,
        }
        for row in rows
    }  # fmt: skip
