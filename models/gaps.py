"""What reconciling asks of the record: what it holds of a mailbox, and where it contradicts itself.

Every question is a short transaction of its own that only reads, so that none keeps a writer waiting or the
write-ahead log growing. What could be long is asked for in parts or cut off and counted.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, exists, func, not_, or_, select

from models import orm
from models.codes import LetterKind, LetterState, Outcome, TaskKind
from models.decision import FORMAL_STATUSES
from models.health import GapCode, Twice
from models.message import Place
from models.unit_of_work import reported

SHOWN = 500
"""How many gaps of one kind are named; all are counted."""

LIKELY_ENOUGH = 0.3
"""The chance from which on a message is a likely complaint, as Decision.is_likely_complaint has it."""

_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 8_000_000
_OVERLAP = timedelta(minutes=15)
"""Two workers' numbers may be some minutes out of the order of time."""

_OURSELVES = ("heard", "guard")
_OF_AN_ACKNOWLEDGEMENT = (TaskKind.ACKNOWLEDGEMENT_OWED, TaskKind.LETTER_UNDELIVERED)


@dataclass(frozen=True)
class Kept:
    """What the ledger holds of one place: the size that the mailbox gave then, and the hash of the bytes."""

    size: int
    sha256: str | None


@dataclass(frozen=True)
class Found:
    """The first rows that answer a question, and how many answer it in all."""

    rows: Sequence[Row[Any]]
    count: int


@dataclass(frozen=True)
class RawFault:
    """A message whose raw bytes are gone or are not those that came."""

    message_id: int
    account: str
    code: GapCode


def kept_of(engine: Engine, places: Sequence[Place]) -> dict[Place, Kept]:
    """Return what the ledger holds of these places; what it does not hold is left out."""
    table, found = orm.messages.c, {}
    with _reading(engine) as connection:
        for (account, folder, validity), group in groupby(places, key=_folder_of):
            rows = connection.execute(
                select(table.uid, table.size, table.sha256).where(
                    table.account == account,
                    table.folder == folder,
                    table.uid_validity == validity,
                    table.uid.in_([place.uid for place in group]),
                )
            )
            for uid, size, sha256 in rows:
                found[Place(account, folder, validity, uid)] = Kept(size, sha256)
    return found


def cursors_of(engine: Engine, account: str) -> dict[tuple[str, int], int]:
    """Return up to which uid each folder of an account was read, by folder and UIDVALIDITY."""
    table = orm.cursors.c
    with _reading(engine) as connection:
        rows = connection.execute(
            select(table.folder, table.uid_validity, table.last_uid).where(table.account == account)
        )
        return {(folder, validity): last_uid for folder, validity, last_uid in rows}


def raw_of(engine: Engine, sha256: str) -> bytes | None:
    """Return the bytes that are kept under a hash."""
    with _reading(engine) as connection:
        content: bytes | None = connection.scalar(
            select(orm.blobs.c.content).where(orm.blobs.c.sha256 == sha256)
        )
    return content


def waiting(engine: Engine, *, before: datetime) -> Found:
    """Return number, account and time of the messages without outcome that were kept before an instant."""
    table = orm.messages.c
    query = select(table.id, table.account, table.fetched_at).where(
        table.outcome.is_(None), table.fetched_at < before
    )
    return _find(engine, query.order_by(table.id))


def raw_faults(engine: Engine, *, since: datetime | None) -> Iterator[RawFault]:
    """Read the raw bytes of every message kept since an instant, newest first, and yield what is amiss.

    A message that never had bytes, because its mailbox did not hand it over, went to quarantine with a fault.
    """
    after = since - _OVERLAP if since else datetime.min.replace(tzinfo=UTC)
    below: int | None = None
    while True:
        read = _raw_rows(engine, below)
        rows = [row for row in read if row.fetched_at >= after]
        for group in _in_groups([row for row in rows if row.held]):
            yield from _damaged(engine, group)
        yield from (
            RawFault(row.id, row.account, GapCode.RAW_MISSING)
            for row in rows
            if not row.held and (row.sha256 or not row.had_fault)
        )
        if len(read) < _ROWS_AT_ONCE or read[-1].fetched_at < after:
            return
        below = read[-1].id


def broken_outcomes(engine: Engine) -> Found:
    """Return number, account and outcome of the messages whose outcome leads nowhere.

    A case or reply without its case, a duplicate without its original, a quarantined message that no officer
    has ruled on and no open task names.
    """
    table, original = orm.messages.c, orm.messages.alias("original").c
    has_case = exists().where(orm.cases.c.id == table.case_id)
    originals = (Outcome.CASE, Outcome.REPLY, Outcome.MACHINE)
    has_original = exists().where(original.id == table.duplicate_of_id, original.outcome.in_(originals))
    open_tasks = select(orm.tasks.c.message_id).where(
        orm.tasks.c.closed_at.is_(None), orm.tasks.c.message_id.is_not(None)
    )
    was_ruled_on = exists().where(
        orm.audit.c.message_id == table.id,
        orm.audit.c.actor.not_in(_OURSELVES),
        orm.audit.c.action != "tried_again",
    )
    query = select(table.id, table.account, table.outcome).where(
        or_(
            and_(table.outcome.in_((Outcome.CASE, Outcome.REPLY)), not_(has_case)),
            and_(table.outcome == Outcome.DUPLICATE, not_(has_original)),
            and_(table.outcome == Outcome.QUARANTINE, table.id.not_in(open_tasks), not_(was_ruled_on)),
        )
    )
    return _find(engine, query.order_by(table.id))


def kept_twice(engine: Engine) -> list[Twice]:
    """Return what became more than one case, by the bytes or by Message-ID and content."""
    found: dict[tuple[str, ...], Twice] = {}
    for column in (orm.messages.c.identity, orm.messages.c.sha256):
        for each in _twice_by(engine, column):
            found.setdefault(each.cases, each)
    return list(found.values())


def unacknowledged(engine: Engine) -> Found:
    """Return the references of likely complaints that have no letter, no guard time and no open task.

    A closed task about the acknowledgement means that an officer saw to it; a ruling that it is no
    complaint does too.
    """
    cases, tasks, letters = orm.cases.c, orm.tasks.c, orm.letters.c
    has_letter = exists().where(
        letters.case_id == cases.id,
        letters.kind != LetterKind.DUTY_ALERT,
        letters.state != LetterState.FAILED,
    )
    has_task = exists().where(
        tasks.case_id == cases.id, tasks.closed_at.is_(None) | tasks.kind.in_(_OF_AN_ACKNOWLEDGEMENT)
    )
    rulings = orm.rulings.c
    was_ruled_on = exists().where(rulings.case_id == cases.id, rulings.undone_at.is_(None))
    query = select(cases.reference).where(
        cases.is_historic.is_(False),
        cases.guard_at.is_(None),
        cases.acknowledged_on.is_(None),
        cases.answered_on.is_(None),
        not_(has_letter),
        not_(has_task),
        or_(cases.status.in_(FORMAL_STATUSES), and_(not_(was_ruled_on), _seemed_a_complaint(cases.id))),
    )
    return _find(engine, query.order_by(cases.id))


def stuck_letters(engine: Engine, *, due_before: datetime) -> Found:
    """Return number and due time of the letters that should have been handed over before an instant."""
    table = orm.letters.c
    query = select(table.id, table.due_at).where(table.state == LetterState.QUEUED, table.due_at < due_before)
    return _find(engine, query.order_by(table.due_at))


def _seemed_a_complaint(case_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say in SQL whether triage gave a message of the case a fair chance to be a complaint."""
    messages, decisions = orm.messages.c, orm.decisions.c
    chances = [
        decisions.document["status"]["probabilities"][code.value].as_float() for code in FORMAL_STATUSES
    ]
    together = sum((func.coalesce(chance, 0.0) for chance in chances[1:]), func.coalesce(chances[0], 0.0))
    return exists().where(
        messages.case_id == case_id, decisions.message_id == messages.id, together >= LIKELY_ENOUGH
    )


def _twice_by(engine: Engine, column: ColumnElement[Any]) -> list[Twice]:
    table = orm.messages.c
    settled = (column.is_not(None), table.outcome.in_((Outcome.CASE, Outcome.REPLY)))
    shared = (
        select(column).where(*settled).group_by(column)
        .having(func.min(table.case_id) != func.max(table.case_id)).limit(SHOWN)
    )  # fmt: skip
    with _reading(engine) as connection:
        keys = connection.scalars(shared).all()
        if not keys:
            return []
        pairs = connection.execute(
            select(column, orm.cases.c.reference).distinct()
            .join(orm.cases, orm.cases.c.id == table.case_id)
            .where(column.in_(keys), *settled).order_by(column, orm.cases.c.reference)
        ).all()  # fmt: skip
    return [
        Twice(key, tuple(reference for _, reference in group))
        for key, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _raw_rows(engine: Engine, below: int | None) -> Sequence[Row[Any]]:
    """Return the next messages below a number, each with whether its bytes are there and how many."""
    table, blobs = orm.messages.c, orm.blobs.c
    had_fault = exists().where(orm.audit.c.message_id == table.id, orm.audit.c.action == "quarantined")
    query = (
        select(table.id, table.account, table.fetched_at, table.sha256, blobs.size,
               blobs.sha256.label("held"), and_(table.sha256.is_(None), had_fault).label("had_fault"))
        .select_from(orm.messages.outerjoin(orm.blobs, blobs.sha256 == table.sha256))
        .order_by(table.id.desc()).limit(_ROWS_AT_ONCE)
    )  # fmt: skip
    with _reading(engine) as connection:
        return connection.execute(query if below is None else query.where(table.id < below)).all()


def _in_groups(rows: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """Part messages so that their bytes together stay small in memory."""
    group: list[Row[Any]] = []
    taken = 0
    for row in rows:
        if group and taken + row.size > _BYTES_AT_ONCE:
            yield group
            group, taken = [], 0
        group.append(row)
        taken += row.size
    if group:
        yield group


def _damaged(engine: Engine, rows: list[Row[Any]]) -> Iterator[RawFault]:
    blobs = orm.blobs.c
    query = select(blobs.sha256, blobs.content).where(blobs.sha256.in_({row.sha256 for row in rows}))
    with _reading(engine) as connection:
        sound = {name for name, content in connection.execute(query) if _sha256(content) == name}
    for row in rows:
        if row.sha256 not in sound:
            yield RawFault(row.id, row.account, GapCode.RAW_DAMAGED)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _folder_of(place: Place) -> tuple[str, str, int]:
    return (place.account, place.folder, place.uid_validity)


def _find(engine: Engine, query: Select[Any]) -> Found:
    """Return the first rows of an answer; only where there are more are all of them counted."""
    with _reading(engine) as connection:
        rows = connection.execute(query.limit(SHOWN)).all()
        count = len(rows)
        if count == SHOWN:
            everything = select(func.count()).select_from(query.order_by(None).subquery())
            count = connection.scalar(everything) or count
    return Found(rows, count)


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads; raises RecordUnavailable where the database does not answer."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        yield connection
