"""What is due by a day, read from the indexes of what is still owed, however large the record."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, or_, select

from models import orm
from models.codes import LetterKind, LetterState, TaskKind
from models.deadlines import WorkingDays
from models.duties import Duty, DutyKind
from models.reference import message_name
from models.unit_of_work import reported

MOST = 50_000
"""So many duties of each kind are read, the longest overdue first."""

_IN_WORDS = {
    TaskKind.READ_QUARANTINED: "a message that could not be read",
    TaskKind.UNMATCHED_BOUNCE: "a letter that came back",
    TaskKind.LETTER_UNDELIVERED: "a letter that did not arrive",
    TaskKind.RELEASE_LETTER: "a letter that is held",
}
"""Tasks whose code says too little by itself."""

_NOT_TOLD = (TaskKind.KNOWN_ISSUE, TaskKind.REVIEW_ARRANGEMENT)
"""The first is a note that nobody has to work; the second is told of with the arrangement itself."""


def duties(engine: Engine, *, until: date, working_days: WorkingDays, most: int = MOST) -> list[Duty]:
    """Return what is due by a day, or was due before it: at most `most` of each kind, the oldest first."""
    with _reading(engine) as connection:

        def rows(query: Select[Any]) -> list[Row[Any]]:
            return list(connection.execute(query.limit(most)))

        return [
            *map(_acknowledgement, rows(_unacknowledged(until))),
            *_escalations(rows(_escalating(until)), until=until, working_days=working_days),
            *map(_response, rows(_unanswered(until))),
            *map(_action, rows(_outstanding(until))),
            *map(_task, rows(_open_tasks(until))),
            *map(_review, rows(_to_review(until))),
        ]


def overdue_counts(engine: Engine, *, until: date, working_days: WorkingDays) -> dict[DutyKind, int]:
    """Count by kind what was due by a day and is still owed."""
    with _reading(engine) as connection:

        def count(query: Select[Any]) -> int:
            within = query.order_by(None).subquery()
            return connection.scalar(select(func.count()).select_from(within)) or 0

        rows = list(connection.execute(_escalating(until)))
        escalations = _escalations(rows, until=until, working_days=working_days)
        return {
            DutyKind.ACKNOWLEDGEMENT: count(_unacknowledged(until)) + len(escalations),
            DutyKind.RESPONSE: count(_unanswered(until)),
            DutyKind.ACTION: count(_outstanding(until)),
            DutyKind.TASK: count(_open_tasks(until)),
            DutyKind.REVIEW: count(_to_review(until)),
        }


def failed_digests(engine: Engine, *, since: datetime) -> int:
    """Count the digests since an instant that did not arrive."""
    letters = orm.letters.c
    query = select(func.count()).where(
        letters.queued_at >= since, letters.kind == LetterKind.DIGEST, letters.state == LetterState.FAILED
    )
    with _reading(engine) as connection:
        return connection.scalar(query) or 0


def _unacknowledged(until: date) -> Select[Any]:
    """Select the complaints, sure and likely, without their formal acknowledgement."""
    cases = orm.cases.c
    return (
        select(cases.reference, cases.assigned_to, cases.stage, cases.acknowledge_by)
        .where(orm.IS_UNACKNOWLEDGED, cases.acknowledge_by <= until)
        .order_by(cases.acknowledge_by, cases.id)
    )


def _acknowledgement(row: Row[Any]) -> Duty:
    what = f"stage {row.stage} acknowledgement" if row.stage else "acknowledgement of a likely complaint"
    return Duty(DutyKind.ACKNOWLEDGEMENT, what, row.reference, row.acknowledge_by, _officers(row.assigned_to))


def _escalating(until: date) -> Select[Any]:
    """Select the cases whose next stage was asked for and has not begun."""
    cases = orm.cases.c
    return (
        select(cases.reference, cases.assigned_to, cases.escalation_received_on)
        .where(orm.IS_ESCALATING, cases.escalation_received_on <= until)
        .order_by(cases.escalation_received_on, cases.id)
    )


def _escalations(rows: list[Row[Any]], *, until: date, working_days: WorkingDays) -> list[Duty]:
    found = (
        Duty(
            DutyKind.ACKNOWLEDGEMENT,
            "stage 2 acknowledgement",
            row.reference,
            working_days.acknowledge_by(row.escalation_received_on),
            _officers(row.assigned_to),
        )
        for row in rows
    )
    return [duty for duty in found if duty.due_by <= until]


def _unanswered(until: date) -> Select[Any]:
    """Select the complaints whose answer was promised by a day and not put off beyond it."""
    cases = orm.cases.c
    return (
        select(cases.reference, cases.assigned_to, cases.stage, cases.respond_by, cases.extended_to)
        .where(orm.IS_UNANSWERED, cases.respond_by <= until)
        .where(or_(cases.extended_to.is_(None), cases.extended_to <= until))
        .order_by(cases.respond_by, cases.id)
    )


def _response(row: Row[Any]) -> Duty:
    what = f"stage {row.stage} response" + (", extended" if row.extended_to else "")
    due_by = row.extended_to or row.respond_by
    return Duty(DutyKind.RESPONSE, what, row.reference, due_by, _officers(row.assigned_to))


def _outstanding(until: date) -> Select[Any]:
    """Select the actions that were promised and are not done, of closed cases too (LGSCO 7.3, HO 7.3)."""
    actions, cases = orm.actions.c, orm.cases.c
    return (
        select(cases.reference, cases.assigned_to, actions.owner, actions.due_by)
        .select_from(orm.actions)
        .join(orm.cases, actions.case_id == cases.id)
        .where(actions.done_on.is_(None), actions.due_by <= until)
        .order_by(actions.due_by, actions.id)
    )


def _action(row: Row[Any]) -> Duty:
    what = "an action that was promised"
    return Duty(DutyKind.ACTION, what, row.reference, row.due_by, _officers(row.assigned_to, row.owner))


def _open_tasks(until: date) -> Select[Any]:
    """Select the open tasks, of cases and of messages that became none."""
    tasks, cases = orm.tasks.c, orm.cases.c
    return (
        select(
            cases.reference, cases.assigned_to, tasks.id, tasks.message_id, tasks.kind, tasks.due_by,
            tasks.note,
        )
        .select_from(orm.tasks)
        .outerjoin(orm.cases, tasks.case_id == cases.id)
        .where(tasks.closed_at.is_(None), tasks.due_by <= until, tasks.kind.not_in(_NOT_TOLD))
        .order_by(tasks.due_by, tasks.id)
    )  # fmt: skip


def _task(row: Row[Any]) -> Duty:
    about = row.reference or (message_name(row.message_id) if row.message_id else f"task {row.id}")
    what = _IN_WORDS.get(row.kind) or row.kind.value.replace("_", " ")
    if row.kind is TaskKind.RELEASE_LETTER:
        # Such a note begins with the name of the letter (casework/letter_tasks.py).
        what += f" ({row.note.removeprefix('the ').partition(' is held')[0]})"
    return Duty(DutyKind.TASK, what, about, row.due_by, _officers(row.assigned_to))


def _to_review(until: date) -> Select[Any]:
    """Select the arrangements in force whose date of review has come (LGSCO 5.6, 5.11; HO 5.10, 5.15)."""
    agreed, cases = orm.arrangements.c, orm.cases.c
    return (
        select(agreed.id, agreed.officer, agreed.review_on, agreed.case_reference, cases.assigned_to)
        .select_from(orm.arrangements)
        .outerjoin(orm.cases, agreed.case_reference == cases.reference)
        .where(agreed.ended_on.is_(None), agreed.review_on <= until)
        .order_by(agreed.review_on, agreed.id)
    )


def _review(row: Row[Any]) -> Duty:
    """Return the review as the duty of whoever has the case, else of whoever agreed to the arrangement."""
    what = f"review of arrangement {row.id}"
    about = row.case_reference or "no case"
    return Duty(DutyKind.REVIEW, what, about, row.review_on, _officers(row.assigned_to or row.officer))


def _officers(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads; raises RecordUnavailable where the database does not answer."""
    with reported(), engine.connect().execution_options(reads=True) as connection:
        yield connection
