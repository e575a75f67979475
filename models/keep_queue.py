"""Keeps the table `queue`: a row for each case and each message that awaits an officer, in its order.

The order is reckoned when something is written, and not each time somebody looks: a page of the queue is then
read off an index, however many cases there are. `rank` is the day on which the next thing falls due, times a
thousand, and what is left of 999 after the priority; the lowest comes first.
"""

from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, text
from sqlalchemy.orm import Session

from models.touched import Touched

_AWAITS = """(
    cases.awaits_officer
    OR EXISTS (
        SELECT 1 FROM tasks
        WHERE tasks.case_id = cases.id AND tasks.closed_at IS NULL AND tasks.kind <> 'known_issue'
    )
)"""
"""What matched a known issue is a note, and nobody's work."""

_PUT_CASES = """
INSERT INTO queue (
    case_id, rank, status, category, ombudsman, stage, assigned_to, is_unsure, owes_acknowledgement,
    may_be_reply
)
SELECT
    id, DAY(due) * 1000 + 999 - priority, status, category, ombudsman, stage, assigned_to,
    coalesce(was_unsure, FALSE) AND NOT is_ruled, owes_acknowledgement, may_be_reply
FROM (
    SELECT dated.*, CASE
        WHEN of_case IS NULL THEN coalesce(of_tasks, acknowledge_by)
        WHEN of_tasks < of_case THEN of_tasks
        ELSE of_case
    END AS due
    FROM (
        SELECT
            cases.*,
            CASE
                WHEN acknowledged_on IS NULL THEN acknowledge_by
                WHEN answered_on IS NULL THEN coalesce(extended_to, respond_by)
            END AS of_case,
            (SELECT min(due_by) FROM tasks WHERE case_id = cases.id AND closed_at IS NULL) AS of_tasks,
            (
                SELECT decisions.officer_decides
                FROM messages JOIN decisions ON decisions.message_id = messages.id
                WHERE messages.case_id = cases.id ORDER BY decisions.id LIMIT 1
            ) AS was_unsure,
            EXISTS (SELECT 1 FROM rulings WHERE case_id = cases.id AND undone_at IS NULL) AS is_ruled,
            EXISTS (
                SELECT 1 FROM tasks
                WHERE case_id = cases.id AND closed_at IS NULL AND kind = 'acknowledgement_owed'
            ) AS owes_acknowledgement,
            EXISTS (
                SELECT 1 FROM tasks
                WHERE case_id = cases.id AND closed_at IS NULL AND kind = 'possible_reply'
            ) AS may_be_reply
        FROM cases
        WHERE cases.id IN NUMBERS AND AWAITS
    ) AS dated
) AS waiting
WHERE TRUE
ON CONFLICT (case_id) DO UPDATE SET
    rank = excluded.rank, status = excluded.status, category = excluded.category,
    ombudsman = excluded.ombudsman, stage = excluded.stage, assigned_to = excluded.assigned_to,
    is_unsure = excluded.is_unsure, owes_acknowledgement = excluded.owes_acknowledgement,
    may_be_reply = excluded.may_be_reply
WHERE
    (queue.rank, queue.status, queue.category, queue.ombudsman, queue.stage, queue.assigned_to,
     queue.is_unsure, queue.owes_acknowledgement, queue.may_be_reply)
    <> (excluded.rank, excluded.status, excluded.category, excluded.ombudsman, excluded.stage,
        excluded.assigned_to, excluded.is_unsure, excluded.owes_acknowledgement, excluded.may_be_reply)
"""

_DROP_CASES = """
DELETE FROM queue
WHERE case_id IN NUMBERS AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = queue.case_id AND AWAITS)
"""

_PUT_ITEMS = """
INSERT INTO queue (task_id, rank, assigned_to, is_unsure, owes_acknowledgement, may_be_reply)
SELECT id, DAY(due) * 1000 + 999, '', FALSE, FALSE, FALSE
FROM (
    SELECT id, due_by AS due FROM tasks
    WHERE id IN NUMBERS AND case_id IS NULL AND closed_at IS NULL AND message_id IS NOT NULL
) AS waiting
WHERE TRUE
ON CONFLICT (task_id) DO UPDATE SET rank = excluded.rank
"""

_DROP_ITEMS = """
DELETE FROM queue
WHERE task_id IN NUMBERS
AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = queue.task_id AND closed_at IS NOT NULL)
"""

_DROP_ITEMS_OF_MESSAGE = text(
    "DELETE FROM queue "
    "WHERE task_id IN (SELECT id FROM tasks WHERE message_id = :number AND closed_at IS NOT NULL)"
)

_DAY = {
    "sqlite": "CAST(julianday(due) - 1721424.5 AS INTEGER)",
    "postgresql": "(due - DATE '0001-01-01' + 1)",
}
"""The number of a day, as `date.toordinal` counts."""


def keep_queue(session: Session, touched: Touched) -> None:
    """Reckon the queue anew for the cases and tasks that were touched."""
    dialect = session.get_bind().dialect.name
    for numbers, statements in (
        (touched.cases, (_PUT_CASES, _DROP_CASES)),
        (touched.tasks, (_PUT_ITEMS, _DROP_ITEMS)),
    ):
        if numbers:
            for statement in statements:
                session.execute(_for_some(statement, dialect), {"numbers": sorted(numbers)})


def drop_items(session: Session, message: int) -> None:
    """Take the items of a message that were closed out of the queue."""
    session.execute(_DROP_ITEMS_OF_MESSAGE, {"number": message})


def fill_queue(connection: Connection) -> None:
    """Reckon the whole queue of a record that has none yet."""
    for statement, every_one in (
        (_PUT_CASES, "(SELECT id FROM cases)"), (_PUT_ITEMS, "(SELECT id FROM tasks)"),
    ):  # fmt: skip
        connection.execute(text(_written(statement, connection.dialect.name).replace("NUMBERS", every_one)))


@cache
def _for_some(statement: str, dialect: str) -> TextClause:
    """Return a statement about the cases or tasks of some numbers."""
    some = _written(statement, dialect).replace("NUMBERS", ":numbers")
    return text(some).bindparams(bindparam("numbers", expanding=True))


def _written(statement: str, dialect: str) -> str:
    return statement.replace("AWAITS", _AWAITS).replace("DAY(due)", _DAY[dialect])
