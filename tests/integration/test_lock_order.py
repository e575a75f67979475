"""A case is locked before its letters: whoever works on both at once waits, and nobody for each other."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from builders import LETTERHEAD, NOW
from fakes import FakeClock, FakeSender, always
from rows import new_case, new_letter
from servers import Postgres
from sqlalchemy import Engine, text

import migrations
from casework.common import withdraw_unsent
from casework.deliver_letters import deliver_one, mark_undelivered
from casework.letters_by_hand import record_done, release, withdraw
from casework.merge import merge
from casework.policy import Policy
from models.case import Letter
from models.codes import LetterKind, LetterState
from models.errors import InputInvalid
from models.unit_of_work import SqlUnitOfWork, make_engine

REFERENCE, OTHER = "C-0000-0001-95", "C-0000-0002-92"
LATER = NOW + timedelta(days=1)
STAGE_1 = LetterKind.STAGE_1_ACKNOWLEDGEMENT
_MOST_LOOKS = 500

IMPATIENT = "&options=-c%20deadlock_timeout%3D100ms%20-c%20lock_timeout%3D10s"
"""A deadlock is found at once, and who waits for ever is told so."""

Work = Callable[[Engine, int], object]


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """Return a PostgreSQL that has little patience; SQLite has one writer at a time."""
    made = make_engine(postgres.new_database() + IMPATIENT)
    migrations.upgrade(made)
    yield made
    made.dispose()


def kept(engine: Engine, state: LetterState, reference: str = REFERENCE) -> int:
    """Put a complaint with its acknowledgement on record; return the number of the letter."""
    letter = new_letter(state=state, message_id=f"<{reference}@heard.invalid>")
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference=reference, letters=[letter]))
        uow.commit()
    return letter.id or 0


def deliver(engine: Engine, number: int) -> Letter | None:
    """Send the letter."""
    del number
    return deliver_one(
        partial(SqlUnitOfWork, engine), FakeSender(), always(b"mail"),
        policy=Policy(), letterhead=LETTERHEAD, clock=FakeClock(LATER),
    )  # fmt: skip


def by_hand(step: Callable[..., str], **said: object) -> Work:
    """Return what an officer does with the letter."""

    def work(engine: Engine, number: int) -> str:
        with SqlUnitOfWork(engine) as uow:
            done = step(uow, number, officer="sam", now=LATER, **said)
            uow.commit()
        return done

    return work


def came_back(engine: Engine, number: int) -> None:
    """Hear that the letter did not arrive."""
    with SqlUnitOfWork(engine) as uow:
        letter, case = uow.letters.with_case(number)
        mark_undelivered(uow, letter, case, why="no such person", now=LATER)
        uow.commit()


def waits_for(engine: Engine, other: "Future[Any]") -> None:
    """Return once another worker waits for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(_MOST_LOOKS):
        assert not other.done(), "nobody waited: the two did not meet"
        with engine.connect() as connection:
            if connection.scalar(query):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


WORKS: dict[str, tuple[LetterState, Work]] = {
    "the delivery": (LetterState.QUEUED, deliver),
    "a release": (LetterState.HELD, by_hand(release, policy=Policy(), letterhead=LETTERHEAD)),
    "a withdrawal": (LetterState.QUEUED, by_hand(withdraw, reason="Wrong date.")),
    "the post": (LetterState.BY_HAND, by_hand(record_done, on=NOW.date())),
    "a bounce": (LetterState.QUEUED, came_back),
}


@pytest.mark.parametrize("what", WORKS)
def test_an_officer_who_holds_the_case_gets_its_letters(engine: Engine, what: str) -> None:
    """Letter before case on the other side would be a deadlock: a letter sent, and its record lost."""
    state, work = WORKS[what]
    number = kept(engine, state)
    with SqlUnitOfWork(engine) as officer, ThreadPoolExecutor(1) as pool:
        case = officer.cases.get(REFERENCE)
        other = pool.submit(work, engine, number)
        waits_for(engine, other)
        withdrawn = withdraw_unsent(officer, case, STAGE_1, now=LATER)
        officer.commit()
        fault = other.exception(20)
    with SqlUnitOfWork(engine) as uow:
        (letter,) = uow.cases.get(REFERENCE).letters
    if what == "the delivery":
        # It had left before the officer asked for it.
        assert (withdrawn, fault, letter.state) == ([], None, LetterState.SENT)
    elif what == "a bounce":
        assert (withdrawn, fault) == ([STAGE_1], None)
    else:
        assert (withdrawn, letter.state) == ([STAGE_1], LetterState.WITHDRAWN)
        assert isinstance(fault, InputInvalid)


def test_a_letter_that_was_moved_while_we_waited_is_found_on_its_new_case(engine: Engine) -> None:
    """Two cases are merged while the letter of the one is delivered; the other is acknowledged by it."""
    number = kept(engine, LetterState.QUEUED)
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference=OTHER))
        uow.commit()
    with SqlUnitOfWork(engine) as officer, ThreadPoolExecutor(1) as pool:
        officer.cases.get(REFERENCE)
        other = pool.submit(deliver, engine, number)
        waits_for(engine, other)
        merge(officer, REFERENCE, OTHER, reason="The same bin.", officer="pat", policy=Policy(), now=LATER)
        officer.commit()
        sent = other.result(20)
    assert sent is not None
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(OTHER)
    assert [each.state for each in case.letters] == [LetterState.SENT]
    assert case.acknowledged_on == LATER.date()
