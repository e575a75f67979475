"""What the page of a case asks of the record: one case with what is shown of it, and no text in full.

A case may hold hundreds of messages and megabytes of text, so messages come a page at a time, and texts cut
in the database. What stands in an answer is as large as what is shown, however large the case is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from models import orm
from models.queries import reading

Row = dict[str, Any]
Rows = tuple[Row, ...]

MESSAGES_A_PAGE = 20
STEPS, ALL_STEPS = 100, 5_000
"""How many of the newest rows of the trail come, and how many where somebody wants them all."""

_MOST_TEXT, _MOST_QUOTED = 16_001, 24_000
_MOST_OF_ATTACHMENT, _MOST_OF_LETTER = 4_001, 8_000
_MOST_OTHER_CASES = 10
_MOST_ROWS = 500
_MOST_ATTACHMENTS = 150


@dataclass(frozen=True)
class CaseRows:
    """One case as the record has it, for its page.

    `messages` are those of one page, the newest first, each with `reply_text` and `text` cut and their whole
    lengths as `reply_length` and `text_length`; `before` counts newer ones that are not on this page, and
    `message_count` all. The other rows stand in the order of time. `letters` have their text cut; `officers`
    are full names by name; `lookers` are who was shown the case lately.
    """

    case: Row
    messages: Rows
    message_count: int
    before: int
    attachments: Rows
    decisions: Rows
    copies: Rows
    rulings: Rows
    letters: Rows
    tasks: Rows
    trail: Rows
    points: Rows
    actions: Rows
    extensions: Rows
    refusals: Rows
    arrangements: Rows
    other_cases: Rows
    officers: dict[str, str]
    lookers: dict[str, datetime]


def find_case(engine: Engine, reference: str) -> Row | None:
    """Return the columns of one case, None where there is none."""
    with reading(engine) as connection:
        return _first(connection, select(orm.cases).where(orm.cases.c.reference == reference))


def case_rows(
    engine: Engine,
    case: Row,
    *,
    page: int,
    steps: int = STEPS,
    seen_by: str | None,
    shared_addresses: frozenset[str],
    lately: timedelta,
    now: datetime,
) -> CaseRows:
    """Return what a page shows of a case.

    `page` counts from 1, `steps` is how many rows of the trail are shown. `seen_by` keeps the other cases of
    the person to those of one officer, None shows all; `shared_addresses` are nobody's own, such as those of
    web forms.
    """
    number, reference = case["id"], case["reference"]
    with reading(engine) as connection:
        count = connection.scalar(_count_of_messages(number)) or 0
        before = min(max(0, page - 1) * MESSAGES_A_PAGE, max(0, count - 1))
        messages = _rows(connection, _page_of_messages(number, before))
        ids = [message["id"] for message in messages]

        def of_case(table: Any, order: Any = None) -> Rows:
            query = select(table).where(table.c.case_id == number)
            return _rows(connection, query.order_by(table.c.id if order is None else order).limit(_MOST_ROWS))

        return CaseRows(
            case=case,
            messages=messages,
            message_count=count,
            before=before,
            attachments=_rows(connection, _attachments(ids)),
            decisions=_rows(connection, _of_messages(orm.decisions, ids)),
            copies=_rows(connection, _copies(messages)),
            rulings=of_case(orm.rulings),
            letters=_rows(connection, _letters(number)),
            tasks=of_case(orm.tasks),
            trail=_trail(connection, reference, number, steps + 1),
            points=of_case(orm.points, orm.points.c.number),
            actions=of_case(orm.actions, orm.actions.c.number),
            extensions=of_case(orm.extensions),
            refusals=of_case(orm.refusals),
            arrangements=_rows(connection, _arrangements(case)),
            other_cases=_rows(connection, _other_cases(case, seen_by, shared_addresses)),
            officers=_officers(connection),
            lookers=_lookers(connection, reference, since=now - lately),
        )


@dataclass(frozen=True)
class WholeMessage:
    """One message of a case with its texts in full, its attachments, and what triage said of it."""

    message: Row
    attachments: Rows
    decisions: Rows


def whole_message(engine: Engine, case: Row, number: int) -> WholeMessage | None:
    """Return a message of a case, None where the case holds no such message."""
    table = orm.messages.c
    with reading(engine) as connection:
        found = _first(
            connection, select(orm.messages).where(table.id == number, table.case_id == case["id"])
        )
        if found is None:
            return None
        return WholeMessage(
            message=found | {"reply_length": len(found["reply_text"]), "text_length": len(found["text"])},
            attachments=_rows(connection, _attachments([number])),
            decisions=_rows(connection, _of_messages(orm.decisions, [number])),
        )


def _count_of_messages(number: int) -> Select[Any]:
    return select(func.count()).select_from(orm.messages).where(orm.messages.c.case_id == number)


def _page_of_messages(number: int, before: int) -> Select[Any]:
    table = orm.messages.c
    whole = [column for column in table if column.name not in {"text", "reply_text"}]
    return (
        select(
            *whole,
            func.substr(table.reply_text, 1, _MOST_TEXT).label("reply_text"),
            func.length(table.reply_text).label("reply_length"),
            func.substr(table.text, 1, _MOST_QUOTED).label("text"),
            func.length(table.text).label("text_length"),
        )
        .where(table.case_id == number)
        .order_by(table.id.desc())
        .offset(before)
        .limit(MESSAGES_A_PAGE)
    )


def _attachments(ids: list[int]) -> Select[Any]:
    table = orm.attachments.c
    whole = [column for column in table if column.name != "text"]
    return (
        select(
            *whole,
            func.substr(table.text, 1, _MOST_OF_ATTACHMENT).label("text"),
            func.length(table.text).label("text_length"),
            orm.blobs.c.size,
        )
        .join(orm.blobs, orm.blobs.c.sha256 == table.sha256)
        .where(table.message_id.in_(ids))
        .order_by(table.message_id.desc(), table.position)
        .limit(_MOST_ATTACHMENTS)
    )


def _of_messages(table: Any, ids: list[int]) -> Select[Any]:
    return select(table).where(table.c.message_id.in_(ids)).order_by(table.c.id).limit(_MOST_ROWS)


def _copies(messages: Rows) -> Select[Any]:
    """Select where else the messages were delivered to."""
    table = orm.messages.c
    return (
        select(table.id, table.account, table.folder, table.duplicate_of_id)
        .where(table.duplicate_of_id.in_([message["id"] for message in messages]))
        .order_by(table.id)
        .limit(_MOST_ROWS)
    )


def _letters(number: int) -> Select[Any]:
    table = orm.letters.c
    whole = [column for column in table if column.name not in {"text", "html"}]
    cut = func.substr(table.text, 1, _MOST_OF_LETTER).label("text")
    return select(*whole, cut).where(table.case_id == number).order_by(table.id).limit(_MOST_ROWS)


def _trail(connection: Connection, reference: str, number: int, most: int) -> Rows:
    """Return the newest rows of the audit about a case or a message of it, in the order of time."""
    table = orm.audit.c
    whole = [column for column in table if column.name != "hash"]
    of_case = select(*whole).where(table.case_reference == reference)
    ids = select(orm.messages.c.id).where(orm.messages.c.case_id == number)
    of_messages = select(*whole).where(table.message_id.in_(ids))
    newest = [
        row
        for query in (of_case, of_messages)
        for row in _rows(connection, query.order_by(table.id.desc()).limit(most))
    ]
    return tuple(sorted({row["id"]: row for row in newest}.values(), key=lambda row: row["id"]))[-most:]


def _arrangements(case: Row) -> Select[Any]:
    """Select what is in force with the person of a case, by their addresses, and by the case itself."""
    table = orm.arrangements.c
    keys = {case["complainant_address"], case["reply_address"], f"case {case['reference']}"} - {""}
    return (
        select(orm.arrangements)
        .where(table.address.in_(sorted(key.casefold() for key in keys)), table.ended_on.is_(None))
        .order_by(table.id)
        .limit(_MOST_ROWS)
    )


def _other_cases(case: Row, seen_by: str | None, shared: frozenset[str]) -> Select[Any]:
    table = orm.cases.c
    address = case["complainant_address"]
    query = select(
        table.reference, table.subject, table.status, table.category, table.stage, table.received_on,
        table.closed_on, table.answered_on, table.merged_into,
    ).where(table.complainant_address == address, table.id != case["id"])  # fmt: skip
    if not address or address.casefold() in shared:
        query = query.where(table.id < 0)
    if seen_by is not None:
        query = query.where(table.assigned_to == seen_by)
    return query.order_by(table.id.desc()).limit(_MOST_OTHER_CASES + 1)


def _officers(connection: Connection) -> dict[str, str]:
    table = orm.officers.c
    return dict(map(tuple, connection.execute(select(table.name, table.full_name))))


def _lookers(connection: Connection, reference: str, *, since: datetime) -> dict[str, datetime]:
    table = orm.views.c
    query = select(table.officer, func.max(table.at)).where(
        table.case_reference == reference, table.at > since
    )
    return dict(map(tuple, connection.execute(query.group_by(table.officer))))


def _first(connection: Connection, query: Select[Any]) -> Row | None:
    found = connection.execute(query).mappings().first()
    return dict(found) if found is not None else None


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return tuple(dict(row) for row in connection.execute(query).mappings())
