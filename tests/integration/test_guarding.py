"""The guard over a real record in which cases are broken: those behind them are reached, and it shows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from builders import GUARD_AT, LETTERHEAD
from fakes import FakeClock
from rows import new_case
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bootstrap import App
from casework.guard import run_guard
from casework.policy import Policy
from models.unit_of_work import SqlUnitOfWork
from operations.guarding import guard_all
from operations.health import GUARD, Level, judge, observe
from settings import Settings

NOW = GUARD_AT + timedelta(minutes=5)
BROKEN, SOUND = 7, 3


@pytest.fixture
def references(engine: Engine) -> list[str]:
    """Put cases on record in the order of their guard times; the first hold a code that nothing can read."""
    made = [f"C-{number:04}" for number in range(BROKEN + SOUND)]
    with SqlUnitOfWork(engine) as uow:
        for number, reference in enumerate(made):
            # Two at a time have one guard time, as those have that came on one day.
            guard_at = GUARD_AT + timedelta(seconds=number // 2)
            uow.cases.add(new_case(reference=reference, guard_at=guard_at, reply_address=f"{number}@x.org"))
        uow.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET ombudsman = 'nobody' WHERE reference < 'C-0007'")
    return made


@pytest.fixture
def app(references: list[str], record_url: str, tmp_path: Path) -> Iterator[App]:
    """Return a program on that record, five minutes after the guard's time."""
    assert references
    said = {"data": tmp_path, "record": {"url": record_url}}
    made = App(Settings.model_validate(said), structlog.get_logger(), clock=FakeClock(NOW))
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_those_behind_broken_cases_are_acknowledged_in_the_same_run(
    engine: Engine, references: list[str], batch: int
) -> None:
    """Whatever the batch, each is tried once, in order (LGSCO 6.2, HO 6.2)."""
    done = run_guard(
        lambda **_: SqlUnitOfWork(engine), policy=Policy(), letterhead=LETTERHEAD, now=NOW, batch=batch
    )
    assert [each.reference for each in done] == references
    assert [each.has_failed for each in done] == [True] * BROKEN + [False] * SOUND
    with SqlUnitOfWork(engine) as uow:
        assert [len(uow.cases.get(each).letters) for each in references[BROKEN:]] == [1] * SOUND
        left = uow.cases.due_for_guard(now=NOW, limit=100)
        assert [each.reference for each in left] == references[:BROKEN]
        behind = uow.cases.due_for_guard(now=NOW, limit=100, after=left[2])
        assert behind == left[3:]


def test_what_the_guard_could_not_do_is_in_the_log_and_in_the_health(app: App) -> None:
    """By reference, with the place of the fault and nothing of the person; healthy again once all is done."""
    with capture_logs() as logged:
        fault = guard_all(app)
    assert fault == "7 cases failed and are not acknowledged"
    failed = [each for each in logged if each["event"] == "guard_failed"]
    assert [each["log_level"] for each in failed] == ["error"] * BROKEN
    assert failed[0]["case"] == "C-0000"
    assert failed[0]["why"].startswith("failed (LookupError at ")
    with app.units() as uow:
        uow.health.failed(GUARD, at=NOW, fault=fault)
        uow.commit()
    (check,) = [each for each in judge(observe(app), now=NOW).checks if each.name == "guard"]
    assert (check.level, fault in check.said) == (Level.UNHEALTHY, True)
    with app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET ombudsman = 'lgsco'")
    assert guard_all(app) == ""
    with app.units() as uow:
        uow.health.polled(GUARD, at=NOW)
        uow.commit()
    (check,) = [each for each in judge(observe(app), now=NOW).checks if each.name == "guard"]
    assert check.level is Level.OK
