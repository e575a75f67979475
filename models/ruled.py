"""What officers ruled on messages, as rows to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, and_, func, select

from models import orm
from models.unit_of_work import reported

_ROWS = 500


@dataclass(frozen=True)
class RuledMessage:
    """One ruling, and the message that lay before the officer: the newest of the case when it was made.

    `attached` are the texts of its attachments; `said_status` and `said_category` what triage had said of
    it, empty where no decision is on record; `was_unsure` whether it had left the decision to an officer.
    `exclusions` and `flags` are None where the officer did not name them.
    """

    message_id: int
    reference: str
    subject: str
    reply_text: str
    attached: tuple[str, ...]
    sender: str
    received_at: datetime
    officer: str
    ruled_at: datetime
    status: str
    category: str
    ombudsman: str
    exclusions: tuple[str, ...] | None
    flags: tuple[str, ...] | None
    said_status: str
    said_category: str
    was_unsure: bool | None


@dataclass(frozen=True)
class DecidedMessage:
    """A message and what triage decided of it first."""

    subject: str
    reply_text: str
    attached: tuple[str, ...]
    dissatisfaction: float
    status: str
    status_chance: float
    category: str


def ruled_messages(engine: Engine, *, since: datetime | None = None) -> Iterator[RuledMessage]:
    """Yield every ruling with its message, in the order of the rulings.

    Raises RecordUnavailable where the record cannot be read.
    """
    rulings, cases, messages = orm.rulings, orm.cases, orm.messages
    newest = (
        select(func.max(messages.c.id))
        .where(and_(messages.c.case_id == cases.c.id, messages.c.received_at <= rulings.c.ruled_at))
        .correlate(cases, rulings)
        .scalar_subquery()
    )
    wanted = (
        select(
            rulings.c.id.label("ruling_number"),
            rulings.c.officer,
            rulings.c.ruled_at,
            rulings.c.status,
            rulings.c.category,
            rulings.c.ombudsman,
            rulings.c.exclusions,
            rulings.c.flags,
            cases.c.reference,
            messages.c.id.label("message_number"),
            messages.c.subject,
            messages.c.reply_text,
            messages.c.sender_name,
            messages.c.sender_address,
            messages.c.received_at,
        )
        .join(cases, cases.c.id == rulings.c.case_id)
        .join(messages, messages.c.id == newest)
        .where(rulings.c.undone_at.is_(None), ~rulings.c.is_disputed)
        .order_by(rulings.c.id)
    )
    if since is not None:
        wanted = wanted.where(rulings.c.ruled_at > since)
    # Read in pieces that are done with at once: a cursor held open would keep SQLite's log from shrinking.
    after = 0
    while True:
        with reported(), engine.connect() as connection:
            rows = connection.execute(wanted.where(rulings.c.id > after).limit(_ROWS)).mappings().all()
            numbers = [row["message_number"] for row in rows]
            texts, decisions = _attached(connection, numbers), _decided(connection, numbers)
        for row in rows:
            yield _ruled(row, texts.get(row["message_number"], []), decisions.get(row["message_number"], {}))
        if len(rows) < _ROWS:
            return
        after = rows[-1]["ruling_number"]


def _ruled(row: RowMapping, attached: Sequence[str], said: dict[str, Any]) -> RuledMessage:
    return RuledMessage(
        message_id=row["message_number"],
        reference=row["reference"],
        subject=row["subject"],
        reply_text=row["reply_text"],
        attached=tuple(attached),
        sender=f"{row['sender_name']} <{row['sender_address']}>",
        received_at=row["received_at"],
        officer=row["officer"],
        ruled_at=row["ruled_at"],
        status=row["status"].value,
        category=row["category"],
        ombudsman=row["ombudsman"].value,
        exclusions=None if row["exclusions"] is None else tuple(row["exclusions"]),
        flags=None if row["flags"] is None else tuple(row["flags"]),
        said_status=said.get("status", {}).get("value", ""),
        said_category=said.get("category", {}).get("value", ""),
        was_unsure=said.get("officer_decides"),
    )


def decided_messages(engine: Engine, *, since: datetime, until: datetime, most: int) -> list[DecidedMessage]:
    """Return what triage decided between two instants, at most so many messages, the newest.

    Raises RecordUnavailable where the record cannot be read.
    """
    decisions, messages = orm.decisions, orm.messages
    wanted = (
        select(decisions.c.message_id, decisions.c.document, messages.c.subject, messages.c.reply_text)
        .join(messages, messages.c.id == decisions.c.message_id)
        .where(decisions.c.decided_at >= since, decisions.c.decided_at <= until)
        .order_by(decisions.c.id.desc())
        .limit(most)
    )
    with reported(), engine.connect() as connection:
        rows = connection.execute(wanted).mappings().all()
        texts: dict[int, list[str]] = {}
        for start in range(0, len(rows), _ROWS):
            texts |= _attached(connection, [row["message_id"] for row in rows[start : start + _ROWS]])
    return [
        DecidedMessage(
            subject=row["subject"],
            reply_text=row["reply_text"],
            attached=tuple(texts.get(row["message_id"], ())),
            dissatisfaction=row["document"]["dissatisfaction"]["probability"],
            status=row["document"]["status"]["value"],
            status_chance=row["document"]["status"]["probability"],
            category=row["document"]["category"]["value"],
        )
        for row in rows
    ]


def _attached(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Return the texts of the attachments of messages, by the messages' numbers."""
    table = orm.attachments
    wanted = select(table.c.message_id, table.c.text).where(table.c.message_id.in_(numbers))
    found: dict[int, list[str]] = {}
    for number, text in connection.execute(wanted.order_by(table.c.message_id, table.c.position)):
        found.setdefault(number, []).append(text)
    return found


def _decided(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what triage said first of messages, by their numbers."""
    table = orm.decisions
    wanted = select(table.c.message_id, table.c.document).where(table.c.message_id.in_(numbers))
    found: dict[int, dict[str, Any]] = {}
    for number, document in connection.execute(wanted.order_by(table.c.id)):
        found.setdefault(number, document)
    return found
