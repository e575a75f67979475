"""What an officer did last with a case can be taken back, whatever it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import NOW, REFERENCE
from fakes import FakeUnitOfWork
from hands import make_officer
from undoing import ACTS, WITHIN, Act, as_it_is, begun, unread

from casework.as_it_was import values_of
from casework.undo import do_undoably, undo
from models.codes import LetterState
from models.errors import InputInvalid
from models.ports import UnitOfWork

LATE = datetime(2026, 3, 3, 23, 58, tzinfo=UTC)
BY_NAME = {act.name: act for act in ACTS}


def at_work(act: Act) -> FakeUnitOfWork:
    """Return a unit of work with the case that an act begins from, and two officers."""
    uow = FakeUnitOfWork(*act.cases())
    for name in ("pat", "sam"):
        uow.officers.add(make_officer(name))
    return uow


def stands(uow: FakeUnitOfWork) -> list[Any]:
    """Return all that the case says, and what is agreed with people."""
    return [as_it_is(uow.cases.get(REFERENCE)), *map(values_of, uow.people.all)]


def done(uow: UnitOfWork, act: Act, *, now: datetime = NOW) -> str:
    """Do it so that it can be undone."""
    return do_undoably(
        uow, REFERENCE, lambda: act.change(uow, REFERENCE), action=act.name, officer="pat", within=WITHIN,
        now=now, beside=[each.reference for each in act.others()],
    )  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_what_is_undone_leaves_the_case_as_it_was(act: Act) -> None:
    """Every field, task, point, promise, extension, refusal and letter is as before; the version goes on."""
    uow = at_work(act)
    before, version = stands(uow), uow.cases.get(REFERENCE).version
    done(uow, act)
    assert stands(uow) != before
    undo(uow, REFERENCE, officer="pat", now=NOW + WITHIN / 2)
    assert stands(uow) == before
    assert uow.cases.get(REFERENCE).version > version
    assert uow.audit.rows[-1].action == "undone"
    assert uow.audit.rows[-1].detail["undone"] == act.name


@pytest.mark.parametrize("act", [act for act in ACTS if act.writes], ids=lambda act: act.name)
def test_the_letters_of_a_change_wait_a_little_and_are_never_sent_once_undone(act: Act) -> None:
    """They are due after the wait, and withdrawn by undoing."""
    uow = at_work(act)
    known = [letter.id for letter in uow.letters.all]
    done(uow, act)
    new = [letter for letter in uow.letters.all if letter.id not in known]
    assert [letter.due_at for letter in new] == [NOW + WITHIN] * len(new)
    assert new
    undo(uow, REFERENCE, officer="pat", now=NOW)
    assert {letter.state for letter in new} == {LetterState.WITHDRAWN}


def test_a_letter_that_the_change_withdrew_goes_after_all() -> None:
    """It is queued again, due when it was."""
    act = BY_NAME["correct to enquiry"]
    uow = at_work(act)
    (letter,) = uow.letters.all
    done(uow, act)
    assert letter.state is LetterState.WITHDRAWN
    undo(uow, REFERENCE, officer="pat", now=NOW)
    assert (letter.state, letter.due_at) == (LetterState.QUEUED, NOW + timedelta(hours=1))


def test_no_letter_waits_into_another_day() -> None:
    """Deadlines are days: shortly before midnight letters go at once."""
    act = BY_NAME["extend"]
    uow = at_work(act)
    done(uow, act, now=LATE)
    assert uow.letters.all[-1].due_at == LATE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": LetterState.SENT}, "has gone"),
        ({"claimed_until": NOW + timedelta(minutes=15)}, "on its way"),
        ({"state": LetterState.FAILED}, "has gone"),
    ],
    ids=["sent", "on its way", "failed"],
)
def test_what_somebody_was_told_of_is_not_undone(change: dict[str, Any], says: str) -> None:
    """A letter that has gone or is going cannot be called back, and nothing else is changed."""
    act = BY_NAME["extend"]
    uow = at_work(act)
    done(uow, act)
    for name, value in change.items():
        setattr(uow.letters.all[-1], name, value)
    before = as_it_is(uow.cases.get(REFERENCE))
    with pytest.raises(InputInvalid, match=says):
        undo(uow, REFERENCE, officer="pat", now=NOW)
    assert as_it_is(uow.cases.get(REFERENCE)) == before


def test_what_somebody_changed_since_is_not_undone() -> None:
    """Their change would be lost with it."""
    act = BY_NAME["agree"]
    uow = at_work(act)
    done(uow, act)
    uow.cases.get(REFERENCE).count_change()
    with pytest.raises(InputInvalid, match="changed since"):
        undo(uow, REFERENCE, officer="pat", now=NOW)


def test_nobody_undoes_what_another_officer_did() -> None:
    """They decide anew, in their own name."""
    act = BY_NAME["agree"]
    uow = at_work(act)
    done(uow, act)
    with pytest.raises(InputInvalid, match="pat did this"):
        undo(uow, REFERENCE, officer="sam", now=NOW)


def test_nothing_is_undone_twice() -> None:
    """Undone is undone."""
    act = BY_NAME["agree"]
    uow = at_work(act)
    done(uow, act)
    undo(uow, REFERENCE, officer="pat", now=NOW)
    with pytest.raises(InputInvalid, match="nothing can be undone"):
        undo(uow, REFERENCE, officer="pat", now=NOW)


def test_only_the_last_of_two_changes_is_undone() -> None:
    """What was done before it stands."""
    uow = at_work(BY_NAME["assign"])
    done(uow, BY_NAME["assign"])
    between = as_it_is(uow.cases.get(REFERENCE))
    done(uow, BY_NAME["agree"])
    undo(uow, REFERENCE, officer="pat", now=NOW)
    assert as_it_is(uow.cases.get(REFERENCE)) == between


def test_a_task_that_somebody_else_opened_since_stays_open() -> None:
    """Reviews and reminders open tasks beside an officer's work."""
    act = BY_NAME["agree"]
    uow = at_work(act)
    done(uow, act)
    task = replace(unread().tasks[0], id=99, note="arrangement 1: review")
    uow.cases.get(REFERENCE).tasks.append(task)
    undo(uow, REFERENCE, officer="pat", now=NOW)
    assert task.closed_at is None


def test_a_change_that_is_refused_leaves_nothing_to_undo() -> None:
    """The error goes on, and nothing is kept."""
    uow = FakeUnitOfWork(begun())
    refused = BY_NAME["reopen"]
    with pytest.raises(InputInvalid, match="is open"):
        done(uow, refused)
    assert uow.undo.all == {}
