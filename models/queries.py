"""What pages and tables ask of the record: rows to read, nothing to change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    RowMapping,
    case,
    func,
    select,
    union,
)

from models import orm
from models.codes import LetterState, Outcome, TaskKind
from models.reference import message_name
from models.unit_of_work import reported


@dataclass(frozen=True)
class QueueRow:
    """A case or a quarantined message that awaits an officer, as the record has it."""

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


@dataclass(frozen=True)
class Backlog:
    """What waits: messages without outcome and letters not sent, since when; and when the record began."""

    messages: int
    oldest_message_at: datetime | None
    letters: int
    oldest_due_at: datetime | None
    began_at: datetime | None


@dataclass(frozen=True)
class CaseView:
    """One case whole: mappings of the columns of each table, in the order of time."""

    case: dict[str, Any]
    messages: tuple[dict[str, Any], ...]
    copies: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]
    decisions: tuple[dict[str, Any], ...]
    rulings: tuple[dict[str, Any], ...]
    letters: tuple[dict[str, Any], ...]
    tasks: tuple[dict[str, Any], ...]
    trail: tuple[dict[str, Any], ...]
    points: tuple[dict[str, Any], ...] = ()
    actions: tuple[dict[str, Any], ...] = ()
    extensions: tuple[dict[str, Any], ...] = ()
    refusals: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class MessageView:
    """One message of the ledger with what belongs to it, whatever became of it."""

    message: dict[str, Any]
    attachments: tuple[dict[str, Any], ...]
    tasks: tuple[dict[str, Any], ...]
    trail: tuple[dict[str, Any], ...]


def queue(engine: Engine, *, limit: int) -> list[QueueRow]:
    """Return what awaits an officer, soonest deadline and greatest risk first."""
    with _reading(engine) as connection:
        rows = [*_waiting_cases(connection, limit), *_quarantined(connection, limit)]
    return sorted(rows, key=lambda row: (row.due_by, -row.priority, row.reference))[:limit]


def queue_length(engine: Engine) -> int:
    """Count what awaits an officer."""
    with _reading(engine) as connection:
        cases = connection.scalar(
            select(func.count()).select_from(orm.cases).where(orm.cases.c.id.in_(_waiting()))
        )
        quarantined = connection.scalar(
            select(func.count())
            .select_from(orm.tasks)
            .where(orm.tasks.c.closed_at.is_(None), orm.tasks.c.case_id.is_(None))
        )
    return (cases or 0) + (quarantined or 0)


def case_view(engine: Engine, reference: str) -> CaseView | None:
    """Return one case whole, None where there is none."""
    with _reading(engine) as connection:
        case = (
            connection.execute(select(orm.cases).where(orm.cases.c.reference == reference)).mappings().first()
        )
        if case is None:
            return None
        messages = _all(connection, select(orm.messages).where(orm.messages.c.case_id == case["id"])
                        .order_by(orm.messages.c.id))  # fmt: skip
        ids = [message["id"] for message in messages]

        def of_messages(table: Any) -> tuple[dict[str, Any], ...]:
            return _all(connection, select(table).where(table.c.message_id.in_(ids)).order_by(table.c.id))

        def of_case(table: Any) -> tuple[dict[str, Any], ...]:
            return _all(connection, select(table).where(table.c.case_id == case["id"]).order_by(table.c.id))

        trail = select(orm.audit).where(
            (orm.audit.c.case_reference == reference) | orm.audit.c.message_id.in_(ids)
        )
        return CaseView(
            case=dict(case),
            messages=messages,
            copies=_all(
                connection,
                select(orm.messages)
                .where(orm.messages.c.duplicate_of_id.in_(ids))
                .order_by(orm.messages.c.id),
            ),
            attachments=of_messages(orm.attachments),
            decisions=of_messages(orm.decisions),
            rulings=of_case(orm.rulings),
            letters=of_case(orm.letters),
            tasks=of_case(orm.tasks),
            trail=_all(connection, trail.order_by(orm.audit.c.id)),
            points=of_case(orm.points),
            actions=of_case(orm.actions),
            extensions=of_case(orm.extensions),
            refusals=of_case(orm.refusals),
        )


def message_view(engine: Engine, number: int) -> MessageView | None:
    """Return one message with what belongs to it, None where there is none."""
    with _reading(engine) as connection:
        found = _all(connection, select(orm.messages).where(orm.messages.c.id == number))
        if not found:
            return None

        def of_message(table: Any) -> tuple[dict[str, Any], ...]:
            return _all(connection, select(table).where(table.c.message_id == number).order_by(table.c.id))

        return MessageView(
            message=found[0],
            attachments=of_message(orm.attachments),
            tasks=of_message(orm.tasks),
            trail=of_message(orm.audit),
        )


def raw_of(engine: Engine, number: int) -> bytes | None:
    """Return a message's bytes as received, None where it was never taken whole."""
    query = (
        select(orm.blobs.c.content)
        .join(orm.messages, orm.messages.c.sha256 == orm.blobs.c.sha256)
        .where(orm.messages.c.id == number)
    )
    with _reading(engine) as connection:
        content: bytes | None = connection.scalar(query)
    return content


def quarantined_numbers(engine: Engine) -> list[int]:
    """Return the numbers of the messages in quarantine, oldest first."""
    query = select(orm.messages.c.id).where(orm.messages.c.outcome == Outcome.QUARANTINE)
    with _reading(engine) as connection:
        return list(connection.scalars(query.order_by(orm.messages.c.id)))


def ledger_counts(engine: Engine) -> dict[str, int]:
    """Count the messages of the ledger by outcome; `waiting` are those without one yet."""
    column = orm.messages.c.outcome
    with _reading(engine) as connection:
        rows = connection.execute(select(column, func.count()).group_by(column)).all()
    counts = {outcome.value: 0 for outcome in Outcome} | {"waiting": 0}
    for outcome, count in rows:
        counts[outcome.value if outcome else "waiting"] = count
    return counts


def letter_counts(engine: Engine) -> dict[str, int]:
    """Count the letters by state."""
    column = orm.letters.c.state
    with _reading(engine) as connection:
        rows = connection.execute(select(column, func.count()).group_by(column)).all()
    return {state.value: count for state, count in rows}


def outcomes(engine: Engine, *, account: str) -> list[dict[str, Any]]:
    """Return each message of an account with its outcome, case, decision and letters, in order."""
    messages, cases = orm.messages, orm.cases
    query = (
        select(
            messages.c.id, messages.c.uid, messages.c.outcome, messages.c.reason, messages.c.subject,
            messages.c.sender_name, messages.c.duplicate_of_id, cases.c.reference, cases.c.status,
            cases.c.category, cases.c.ombudsman, cases.c.stage, cases.c.id.label("case_id"),
        )
        .select_from(messages.outerjoin(cases, messages.c.case_id == cases.c.id))
        .where(messages.c.account == account)
        .order_by(messages.c.id)
    )  # fmt: skip
    with _reading(engine) as connection:
        rows = _all(connection, query)
        letters = _all(
            connection, select(orm.letters.c.case_id, orm.letters.c.kind, orm.letters.c.state,
                               orm.letters.c.message_id)
            .where(orm.letters.c.case_id.is_not(None)).order_by(orm.letters.c.id)
        )  # fmt: skip
    by_case: dict[int, list[dict[str, Any]]] = {}
    for letter in letters:
        by_case.setdefault(letter["case_id"], []).append(letter)
    return [{**row, "letters": by_case.get(row["case_id"], [])} for row in rows]


def backlog(engine: Engine) -> Backlog:
    """Return what waits to be read and to be sent, by the indexes of what waits alone."""
    messages, letters = orm.messages.c, orm.letters.c
    unsettled, queued = messages.outcome.is_(None), letters.state == LetterState.QUEUED
    kept = select(messages.fetched_at).order_by(messages.id).limit(1)
    with _reading(engine) as connection:
        return Backlog(
            messages=connection.scalar(select(func.count()).select_from(orm.messages).where(unsettled)) or 0,
            oldest_message_at=connection.scalar(kept.where(unsettled)),
            letters=connection.scalar(select(func.count()).select_from(orm.letters).where(queued)) or 0,
            oldest_due_at=connection.scalar(select(func.min(letters.due_at)).where(queued)),
            began_at=connection.scalar(kept),
        )


def stuck_letter_fault(engine: Engine, *, queued_before: datetime) -> str:
    """Return what was last said against a letter that has waited so long, empty where none has."""
    letters = orm.letters.c
    query = (
        select(letters.last_fault)
        .where(letters.state == LetterState.QUEUED, letters.queued_at < queued_before)
        .where(letters.last_fault != "")
        .order_by(letters.id.desc())
        .limit(1)
    )
    with _reading(engine) as connection:
        fault: str | None = connection.scalar(query)
    return fault or ""


def _waiting() -> CompoundSelect[Any]:
    """Select the numbers of the cases that await an officer, or hold a task that nobody has closed yet.

    What matched a known issue is a note, and nobody's work.
    """
    cases, tasks = orm.cases.c, orm.tasks.c
    with_tasks = select(tasks.case_id).where(
        tasks.closed_at.is_(None), tasks.case_id.is_not(None), tasks.kind != TaskKind.KNOWN_ISSUE
    )
    return union(select(cases.id).where(cases.awaits_officer), with_tasks)


def _falls_due() -> ColumnElement[Any]:
    """Return the day on which the next thing about a case falls due, as `_row_of` reckons it."""
    cases, tasks = orm.cases.c, orm.tasks.c
    of_tasks = (
        select(func.min(tasks.due_by))
        .where(tasks.case_id == cases.id, tasks.closed_at.is_(None))
        .scalar_subquery()
    )
    of_case = case(
        (cases.acknowledged_on.is_(None), cases.acknowledge_by),
        (cases.answered_on.is_(None), func.coalesce(cases.extended_to, cases.respond_by)),
    )
    nothing = func.coalesce(of_tasks, cases.acknowledge_by)
    return case((of_case.is_(None), nothing), (of_tasks < of_case, of_tasks), else_=of_case)


def _waiting_cases(connection: Connection, limit: int) -> list[QueueRow]:
    cases = orm.cases
    rows = (
        connection.execute(
            select(cases)
            .where(cases.c.id.in_(_waiting()))
            .order_by(_falls_due(), cases.c.priority.desc(), cases.c.reference)
            .limit(limit)
        )
        .mappings()
        .all()
    )
    ids = [row["id"] for row in rows]
    texts, documents, notes = (
        _last_texts(connection, ids), _first_decisions(connection, ids), _open_tasks(connection, ids),
    )  # fmt: skip
    return [_row_of(row, texts, documents, notes) for row in rows]


def _row_of(
    row: RowMapping, texts: dict[int, str], documents: dict[int, Any], notes: dict[int, list[Any]]
) -> QueueRow:
    open_tasks = notes.get(row["id"], [])
    due = [task["due_by"] for task in open_tasks]
    if row["acknowledged_on"] is None:
        due.append(row["acknowledge_by"])
    elif row["respond_by"] and not row["answered_on"]:
        due.append(row["extended_to"] or row["respond_by"])
    return QueueRow(
        reference=row["reference"],
        received_on=row["received_on"],
        due_by=min(due, default=row["acknowledge_by"]),
        name=row["complainant_name"],
        address=row["complainant_address"],
        subject=row["subject"],
        text=texts.get(row["id"], ""),
        priority=row["priority"],
        status=row["status"].value,
        category=row["category"],
        stage=row["stage"],
        decision=documents.get(row["id"]),
        tasks=tuple(f"{task['kind'].value.replace('_', ' ')}: {task['note']}" for task in open_tasks),
        assigned_to=row["assigned_to"],
    )


def _last_texts(connection: Connection, ids: list[int]) -> dict[int, str]:
    messages = orm.messages.c
    rows = connection.execute(
        select(messages.case_id, messages.reply_text).where(messages.case_id.in_(ids)).order_by(messages.id)
    )
    return dict(map(tuple, rows))


def _first_decisions(connection: Connection, ids: list[int]) -> dict[int, Any]:
    """Return the decision that opened each case; a reply has its task and its own decision."""
    rows = connection.execute(
        select(orm.messages.c.case_id, orm.decisions.c.document)
        .join(orm.decisions, orm.decisions.c.message_id == orm.messages.c.id)
        .where(orm.messages.c.case_id.in_(ids))
        .order_by(orm.decisions.c.id.desc())
    )
    return dict(map(tuple, rows))


def _open_tasks(connection: Connection, ids: list[int]) -> dict[int, list[Any]]:
    tasks = orm.tasks
    rows = connection.execute(
        select(tasks).where(tasks.c.case_id.in_(ids), tasks.c.closed_at.is_(None)).order_by(tasks.c.id)
    ).mappings()
    by_case: dict[int, list[Any]] = {}
    for row in rows:
        by_case.setdefault(row["case_id"], []).append(row)
    return by_case


_STATUS_OF_ITEM = {TaskKind.READ_QUARANTINED: "quarantine", TaskKind.UNMATCHED_BOUNCE: "bounce"}


def _quarantined(connection: Connection, limit: int) -> list[QueueRow]:
    tasks, messages = orm.tasks, orm.messages
    rows = connection.execute(
        select(tasks.c.kind, tasks.c.due_by, tasks.c.note, messages.c.id, messages.c.received_at,
               messages.c.sender_name, messages.c.sender_address, messages.c.subject, messages.c.text,
               messages.c.filename)
        .join(messages, tasks.c.message_id == messages.c.id)
        .where(tasks.c.closed_at.is_(None), tasks.c.case_id.is_(None))
        .order_by(tasks.c.due_by, tasks.c.id)
        .limit(limit)
    ).mappings()  # fmt: skip
    return [
        QueueRow(
            reference=message_name(row["id"]), received_on=row["received_at"].date(), due_by=row["due_by"],
            name=row["sender_name"], address=row["sender_address"],
            subject=row["subject"] or row["filename"], text=row["text"],
            priority=0, status=_STATUS_OF_ITEM[row["kind"]], category="", stage=0, decision=None,
            tasks=(row["note"],), message_id=row["id"],
        )
        for row in rows
    ]  # fmt: skip


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads; raises RecordUnavailable where the database does not answer."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        yield connection


def _all(connection: Connection, query: Any) -> tuple[dict[str, Any], ...]:
    return tuple(dict(row) for row in connection.execute(query).mappings())
