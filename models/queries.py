"""What pages and tables ask of the record: rows to read, nothing to change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from models import orm
from models.codes import LetterState, Outcome
from models.unit_of_work import reported


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


def case_view(engine: Engine, reference: str) -> CaseView | None:
    """Return one case whole, None where there is none."""
    with reading(engine) as connection:
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
    with reading(engine) as connection:
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
    with reading(engine) as connection:
        content: bytes | None = connection.scalar(query)
    return content


def quarantined_numbers(engine: Engine) -> list[int]:
    """Return the numbers of the messages in quarantine, oldest first."""
    query = select(orm.messages.c.id).where(orm.messages.c.outcome == Outcome.QUARANTINE)
    with reading(engine) as connection:
        return list(connection.scalars(query.order_by(orm.messages.c.id)))


def ledger_counts(engine: Engine) -> dict[str, int]:
    """Count the messages of the ledger by outcome; `waiting` are those without one yet."""
    column = orm.messages.c.outcome
    with reading(engine) as connection:
        rows = connection.execute(select(column, func.count()).group_by(column)).all()
    counts = {outcome.value: 0 for outcome in Outcome} | {"waiting": 0}
    for outcome, count in rows:
        counts[outcome.value if outcome else "waiting"] = count
    return counts


def letter_counts(engine: Engine) -> dict[str, int]:
    """Count the letters by state."""
    column = orm.letters.c.state
    with reading(engine) as connection:
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
    with reading(engine) as connection:
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
    with reading(engine) as connection:
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
    with reading(engine) as connection:
        fault: str | None = connection.scalar(query)
    return fault or ""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads; raises RecordUnavailable where the database does not answer."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        yield connection


def _all(connection: Connection, query: Any) -> tuple[dict[str, Any], ...]:
    return tuple(dict(row) for row in connection.execute(query).mappings())
