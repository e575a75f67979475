"""The queue, asked of both databases: everything that awaits somebody, what falls due first on top."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from rows import new_case
from sqlalchemy import Engine

from models import queue_rows
from models.case import Case, Task
from models.codes import Status, TaskKind
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 3)


def put(engine: Engine, reference: str, *tasks: Task, **changes: Any) -> Case:
    """Put a case on record."""
    case = new_case(reference=reference, tasks=list(tasks), **changes)
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(case)
        uow.commit()
    return case


def task(kind: TaskKind, due_by: date = TODAY, **changes: Any) -> Task:
    """Return a task of a case."""
    return Task(kind=kind, opened_at=NOW, due_by=due_by, note="do it", **changes)


def shown(engine: Engine, limit: int = 50) -> list[str]:
    """Return the references that the queue shows, in its order."""
    return [row.reference for row in queue_rows.queue(engine, limit=limit)]


@pytest.mark.parametrize(
    "kind", [TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE, TaskKind.LETTER_UNDELIVERED]
)
def test_a_letter_that_somebody_has_to_send_stays_in_the_queue_after_the_ruling(
    engine: Engine, kind: TaskKind
) -> None:
    """Ruled on and done with, but the person has heard nothing yet (LGSCO 5.6, HO 5.10)."""
    put(engine, "C-1", task(kind), status=Status.SERVICE_REQUEST, stage=0, awaits_officer=False)
    assert shown(engine) == ["C-1"]
    assert queue_rows.queue_length(engine) == 1


def test_what_nobody_has_to_do_is_not_in_the_queue(engine: Engine) -> None:
    """A task that is closed, and a note that a known issue matched."""
    put(engine, "C-1", task(TaskKind.READ_REPLY, closed_at=NOW), awaits_officer=False)
    put(engine, "C-2", task(TaskKind.KNOWN_ISSUE), awaits_officer=False)
    assert (shown(engine), queue_rows.queue_length(engine)) == ([], 0)


def test_a_short_queue_shows_what_falls_due_first(engine: Engine) -> None:
    """Complaints that wait for their answer do not hide an acknowledgement due before (LGSCO 6.1, HO 6.1)."""
    old: dict[str, Any] = {"acknowledge_by": date(2026, 2, 10), "acknowledged_on": date(2026, 2, 9)}
    put(engine, "C-1", **old, respond_by=date(2026, 3, 6))
    put(engine, "C-2", **old, respond_by=date(2026, 2, 27), extended_to=date(2026, 3, 9))
    put(engine, "C-3", acknowledge_by=date(2026, 3, 4))
    put(engine, "C-4", task(TaskKind.READ_REPLY, date(2026, 3, 5)), **old, respond_by=date(2026, 3, 20))
    put(engine, "C-5", acknowledge_by=date(2026, 3, 4), priority=8)
    assert shown(engine) == ["C-5", "C-3", "C-4", "C-1", "C-2"]
    assert shown(engine, limit=2) == ["C-5", "C-3"]
