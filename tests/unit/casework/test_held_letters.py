"""A held letter is an officer's task with a day, until it is let go, taken back or done."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    ACKNOWLEDGE_BY,
    LETTERHEAD,
    NOW,
    TODAY,
    make_case,
    make_decision,
    make_letter,
    make_message,
    make_parsed,
)
from fakes import FakeClock, FakeSender, FakeUnitOfWork, always
from hands import HELD, RESPOND_BY, WRITES, acknowledged, at, make_point, office, request

from casework.answer import answer
from casework.close import close
from casework.convert import convert_to_request
from casework.deliver_letters import deliver_one
from casework.escalate import escalate
from casework.exclude import exclude
from casework.extend import extend
from casework.letters_by_hand import record_done, release, withdraw
from casework.merge import merge
from casework.open_case import open_case
from casework.points import add_point, decide_point
from casework.policy import Policy
from casework.possible_reply import confirm_reply
from casework.record_ruling import record_ruling
from models.case import Case, Task
from models.codes import LetterKind, LetterState, PointOutcome, Status, TaskKind
from models.errors import InputInvalid

HOLDS: dict[str, Any] = WRITES | {"policy": HELD}
LATER = NOW + timedelta(days=2)
REFUSAL: dict[str, Any] = {
    "ground": "appeal_route", "evidence": "The notice, page 2.", "own_grounds": {},
    "reasons": "Your penalty notice of 2 March can still be appealed to the tribunal until 30 March.",
}  # fmt: skip


def open_tasks(case: Case, kind: TaskKind = TaskKind.RELEASE_LETTER) -> list[Task]:
    """Return the open tasks of a kind."""
    return [task for task in case.tasks if task.kind is kind and task.closed_at is None]


def taken_in() -> tuple[FakeUnitOfWork, Case]:
    """Take in a complaint while letters are held."""
    uow = office()
    case = open_case(
        uow, make_message(), make_parsed(), make_decision(), policy=HELD, letterhead=LETTERHEAD, now=NOW
    )
    uow.flush()
    return uow, case


def answered() -> tuple[FakeUnitOfWork, Case, str]:
    """Answer a complaint while letters are held."""
    case = acknowledged(points=[make_point()], letters=[make_letter(state=LetterState.SENT, id=1)])
    uow = office(case)
    done = answer(uow, case.reference, **HOLDS)
    uow.flush()
    return uow, case, done


def ruled(uow: FakeUnitOfWork, case: Case, status: Status | None = None, **changes: Any) -> str:
    """Rule on a case while letters are held."""
    usual: dict[str, Any] = {"status": status, "category": None, "ombudsman": None, "reason": "It is one."}
    return record_ruling(uow, case.reference, **(HOLDS | usual | changes))


def test_a_held_letter_is_a_task_with_the_day_by_which_it_has_to_go() -> None:
    """An acknowledgement that nobody releases is late on the sixth day (LGSCO 6.2, HO 6.2)."""
    _, case = taken_in()
    (letter,) = case.letters
    (task,) = open_tasks(case)
    assert (letter.state, task.due_by, case.awaits_officer) == (LetterState.HELD, ACKNOWLEDGE_BY, True)
    assert task.note.startswith("the stage 1 acknowledgement is held")
    assert "heard letters list --held" in task.note


def test_what_an_officer_decides_is_held_with_its_day_too() -> None:
    """An extension goes before the day that it puts off, a refusal at once (LGSCO 6.4, 2.4; HO 6.4, 2.4)."""
    put_off, refused = acknowledged(), acknowledged(acknowledge_by=date(2026, 2, 2))
    extend(office(put_off), put_off.reference, to=date(2026, 3, 20), reason="Illness.", **HOLDS)
    exclude(office(refused), refused.reference, **REFUSAL, **HOLDS)
    assert [each.due_by for each in (*open_tasks(put_off), *open_tasks(refused))] == [RESPOND_BY, TODAY]
    assert put_off.awaits_officer
    assert refused.awaits_officer


def test_a_letter_that_leaves_at_once_asks_nobody() -> None:
    """The task is for what is held."""
    case = acknowledged()
    extend(office(case), case.reference, to=date(2026, 3, 20), reason="Illness.", **WRITES)
    assert open_tasks(case) == []


@pytest.mark.parametrize("how", ["released", "withdrawn", "ruled away"])
def test_the_task_is_done_with_its_letter(how: str) -> None:
    """Nobody is asked to let go what has gone, or never goes."""
    uow, case = taken_in()
    if how == "released":
        release(uow, 1, **WRITES)
    elif how == "withdrawn":
        withdraw(uow, 1, reason="Wrong date.", officer="pat", now=LATER)
    else:
        ruled(uow, case, Status.SERVICE_REQUEST)
    assert [task.note for task in open_tasks(case) if "stage 1" in task.note] == []
    assert case.awaits_officer


def test_of_two_held_letters_each_has_its_own_task() -> None:
    """Letting one go leaves the other's."""
    uow, case = taken_in()
    ruled(uow, case, Status.SERVICE_REQUEST)
    uow.flush()
    ruled(uow, case, Status.COMPLAINT)
    uow.flush()
    held = [letter for letter in case.letters if letter.state is LetterState.HELD]
    assert len(held) == len(open_tasks(case)) == 2
    release(uow, held[0].id or 0, **WRITES)
    (left,) = open_tasks(case)
    assert left.note.startswith(f"the {held[1].kind.value.replace('_', ' ')} is held")


def test_a_letter_by_hand_that_is_ruled_away_leaves_no_task() -> None:
    """The same for what somebody was asked to post."""
    task = Task(kind=TaskKind.PRINT_LETTER, opened_at=NOW, due_by=TODAY,
                note="the stage 1 acknowledgement cannot go by email: there is no address")  # fmt: skip
    case = make_case(letters=[make_letter(state=LetterState.BY_HAND)], tasks=[task], respond_by=RESPOND_BY)
    convert_to_request(office(case), case.reference, reason="He wants it emptied.", **WRITES)
    assert task.closed_at == NOW


def test_a_case_that_is_joined_to_another_keeps_its_held_letter_in_sight() -> None:
    """All else about it is settled; the letter is not."""
    uow, case = taken_in()
    other = acknowledged(reference="C-0000-0001-95")
    uow.cases.add(other)
    confirm_reply(
        uow, case.reference, other.reference, reason="The same bin.", officer="pat",
        working_days=HELD.working_days, now=LATER,
    )  # fmt: skip
    assert len(open_tasks(case)) == 1


def test_an_answer_that_is_held_is_not_given() -> None:
    """Its stage runs on, and is due when it was promised (LGSCO 6.3, HO 6.3)."""
    _, case, done = answered()
    assert (case.answered_on, case.stage_1_officer, case.awaits_officer) == (None, "pat", True)
    (task,) = open_tasks(case)
    assert task.due_by == RESPOND_BY
    assert "written, which counts from the day on which it goes" in done


@pytest.mark.parametrize(("on", "is_late"), [(date(2026, 3, 17), False), (date(2026, 3, 18), True)])
def test_an_answer_is_given_when_it_is_released(on: date, *, is_late: bool) -> None:
    """The day counts on which it goes, and the audit says whether that is late (LGSCO 6.3, HO 6.3)."""
    uow, case, _ = answered()
    release(uow, 2, **WRITES | {"now": at(on)})
    assert (case.answered_on, case.awaits_officer) == (on, False)
    row = uow.audit.rows[-1]
    assert (row.action, row.detail["stage"], row.detail["late"]) == ("letter_released", 1, is_late)
    assert row.detail["due"] == RESPOND_BY.isoformat()


def test_a_released_answer_that_waits_for_the_mail_server_counts_from_its_sending() -> None:
    """It is given once it is sent (LGSCO 6.3, HO 6.3)."""
    uow, case, _ = answered()
    release(uow, 2, **WRITES)
    deliver_one(
        uow, FakeSender(), always(b"mail"), policy=Policy(), letterhead=LETTERHEAD, clock=FakeClock(LATER)
    )
    assert case.answered_on == LATER.date()


def test_an_answer_that_a_person_posts_is_given_when_they_say() -> None:
    """Not when it was written (LGSCO 6.3, HO 6.3)."""
    case = acknowledged(points=[make_point()], reply_address="", awaits_officer=False)
    uow = office(case)
    answer(uow, case.reference, **WRITES)
    uow.flush()
    assert (case.answered_on, case.awaits_officer) == (None, True)
    record_done(uow, case.letters[-1].id or 0, on=date(2026, 3, 4), officer="pat", now=LATER)
    assert (case.answered_on, case.awaits_officer) == (date(2026, 3, 4), False)


WHILE_IT_WAITS: dict[str, Any] = {
    "a second answer": lambda uow, ref: answer(uow, ref, **HOLDS),
    "stage 2": lambda uow, ref: escalate(uow, ref, **HOLDS),
    "another finding": lambda uow, ref: decide_point(
        uow, ref, 1, outcome=PointOutcome.NOT_UPHELD, finding="No.", officer="pat", now=LATER
    ),
    "another point": lambda uow, ref: add_point(uow, ref, "The lid.", officer="pat", now=LATER),
    "a refusal": lambda uow, ref: exclude(uow, ref, **REFUSAL, **HOLDS),
    "a service request": lambda uow, ref: convert_to_request(uow, ref, reason="No complaint.", **HOLDS),
    "an answer on record": lambda uow, ref: ruled(uow, uow.cases.get(ref), is_answered=True),
    "a merging": lambda uow, ref: merge(
        uow, ref, "C-0000-0001-95", reason="The same.", officer="pat", policy=HELD, now=LATER
    ),
}


@pytest.mark.parametrize("what", WHILE_IT_WAITS)
def test_what_would_make_a_held_answer_untrue_waits_for_it(what: str) -> None:
    """The refusal names the letter and what to do; stage 2 follows an answer that was given (LGSCO 6.10)."""
    uow, case, _ = answered()
    uow.cases.add(acknowledged(reference="C-0000-0001-95"))
    with pytest.raises(InputInvalid, match=r"written and has not gone: letter 2 is held; release it"):
        WHILE_IT_WAITS[what](uow, case.reference)
    assert case.answered_on is None


def test_a_held_answer_that_is_taken_back_can_be_given_anew() -> None:
    """The stage stays unanswered, a task says so, and the next answer counts (LGSCO 6.3, HO 6.3)."""
    uow, case, _ = answered()
    withdraw(uow, 2, reason="A slip.", officer="pat", now=LATER)
    assert open_tasks(case) == []
    answer(uow, case.reference, **WRITES | {"now": LATER})
    assert case.answered_on == LATER.date()


def test_stage_2_follows_the_release() -> None:
    """From then on the complainant can have been told (LGSCO 6.10, HO 6.10)."""
    uow, case, _ = answered()
    release(uow, 2, **WRITES)
    escalate(uow, case.reference, **WRITES | {"now": LATER})
    assert (case.stage, case.answered_on) == (2, None)


def test_a_case_with_a_held_answer_is_not_closed() -> None:
    """The answer would never go (LGSCO 6.3, HO 6.3)."""
    uow, case, _ = answered()
    with pytest.raises(InputInvalid, match="letter 2, the stage 1 response, has not gone: it is held"):
        close(uow, case.reference, reason="Done.", officer="pat", now=LATER)


def test_a_refusal_that_is_held_does_not_go_once_the_complaint_is_accepted() -> None:
    """Nobody is told of a decision that no longer stands (LGSCO 2.4, HO 2.4)."""
    case = acknowledged()
    uow = office(case)
    exclude(uow, case.reference, **REFUSAL, **HOLDS)
    uow.flush()
    ruled(uow, case, Status.COMPLAINT)
    states = {letter.state for letter in case.letters if letter.kind is LetterKind.NOT_ACCEPTED}
    assert states == {LetterState.WITHDRAWN}
    assert not [task for task in open_tasks(case) if "not accepted" in task.note]


@pytest.mark.parametrize("kind", ["refusal", "request"])
def test_a_case_leaves_the_queue_with_the_letter_that_ends_an_officers_work(kind: str) -> None:
    """It stood there for the letter alone."""
    case = acknowledged() if kind == "refusal" else request(letters=[])
    uow = office(case)
    if kind == "refusal":
        exclude(uow, case.reference, **REFUSAL, **HOLDS)
    else:
        ruled(uow, case)
    uow.flush()
    assert case.awaits_officer
    release(uow, case.letters[-1].id or 0, **WRITES)
    assert not case.awaits_officer


def test_a_case_on_which_more_waits_stays_in_the_queue() -> None:
    """A reply came meanwhile."""
    uow, case, _ = answered()
    case.tasks.append(Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read"))
    release(uow, 2, **WRITES)
    assert case.awaits_officer
