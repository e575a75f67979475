"""What an officer does with one letter: every step is on record, and nobody is left without an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import ACKNOWLEDGE_BY, NOW, TODAY, make_case, make_letter
from fakes import FakeUnitOfWork
from hands import WRITES

from casework.letters_by_hand import owes_again, record_done, release, withdraw
from letters.required import INTERNAL
from models.case import Case, Task
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import InputInvalid, UnknownReference

LATER = NOW + timedelta(days=2)
STAGE_1 = LetterKind.STAGE_1_ACKNOWLEDGEMENT


def posted(kind: LetterKind = STAGE_1, **changes: object) -> Case:
    """Return a case whose only letter waits for a person, with the task that says so."""
    name = kind.value.replace("_", " ")
    task = Task(
        kind=TaskKind.PRINT_LETTER, opened_at=NOW, due_by=ACKNOWLEDGE_BY,
        note=f"the {name} goes another way, as agreed: please print and post (4 Mill Lane)",
    )  # fmt: skip
    return make_case(letters=[make_letter(kind, state=LetterState.BY_HAND)], tasks=[task], **changes)


def open_tasks(case: Case) -> list[TaskKind]:
    """Return the kinds of a case's open tasks."""
    return [task.kind for task in case.tasks if task.closed_at is None]


def test_a_released_letter_is_sent_from_now_on() -> None:
    """Its date is the day of its release, and it is tried as long as any other."""
    uow = FakeUnitOfWork(make_case(letters=[make_letter(state=LetterState.HELD)]))
    assert release(uow, 1, **WRITES | {"now": LATER}) == "letter 1 released: stage 1 acknowledgement"
    letter = uow.letters.get(1)
    assert (letter.state, letter.queued_at, letter.due_at) == (LetterState.QUEUED, LATER, LATER)
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.at) == ("pat", "letter_released", LATER)
    assert row.detail == {"letter": 1, "kind": "stage_1_acknowledgement"}


@pytest.mark.parametrize("state", [state for state in LetterState if state is not LetterState.HELD])
def test_only_a_held_letter_is_released(state: LetterState) -> None:
    """What has gone or was taken back does not go again."""
    uow = FakeUnitOfWork(make_case(letters=[make_letter(state=state)]))
    with pytest.raises(InputInvalid, match="not held"):
        release(uow, 1, **WRITES | {"now": LATER})
    assert uow.audit.rows == []


def test_a_letter_that_is_not_there_is_named() -> None:
    """A slip of the finger changes nothing."""
    with pytest.raises(UnknownReference, match="no letter 7"):
        release(FakeUnitOfWork(), 7, **WRITES)


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND])
def test_a_withdrawn_acknowledgement_is_owed_again(state: LetterState) -> None:
    """No path ends with neither letter nor task: its date is that of the Codes (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(state=state)], respond_by=date(2026, 3, 17), awaits_officer=False)
    uow = FakeUnitOfWork(case)
    done = withdraw(uow, 1, reason=" Wrong person ", officer="pat", now=LATER)
    assert done == "letter 1 withdrawn: stage 1 acknowledgement; an acknowledgement is owed, see the tasks"
    assert case.letters[0].state is LetterState.WITHDRAWN
    assert not case.has_letter(STAGE_1)
    (task,) = case.tasks
    assert (task.kind, task.due_by) == (TaskKind.ACKNOWLEDGEMENT_OWED, ACKNOWLEDGE_BY)
    assert "Wrong person" in task.note
    assert (case.respond_by, case.awaits_officer) == (None, True)
    (row,) = uow.audit.rows
    assert row.action == "letter_withdrawn"
    assert row.detail["reason"] == "Wrong person"


def test_a_formal_letter_is_owed_where_only_a_receipt_went() -> None:
    """A receipt is no acknowledgement of a complaint (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(LetterKind.RECEIPT, state=LetterState.SENT),
                              make_letter(state=LetterState.HELD)])  # fmt: skip
    withdraw(FakeUnitOfWork(case), 2, reason="Wrong", officer="pat", now=LATER)
    assert open_tasks(case) == [TaskKind.ACKNOWLEDGEMENT_OWED]


def test_a_withdrawn_receipt_leaves_the_acknowledgement_alone() -> None:
    """Where another letter tells the person, nothing is owed."""
    case = make_case(letters=[make_letter(state=LetterState.SENT), make_letter(LetterKind.RECEIPT)],
                     acknowledged_on=TODAY, respond_by=date(2026, 3, 17))  # fmt: skip
    done = withdraw(FakeUnitOfWork(case), 2, reason="Twice", officer="pat", now=LATER)
    assert done == "letter 2 withdrawn: receipt"
    assert (case.tasks, case.respond_by) == ([], date(2026, 3, 17))


@pytest.mark.parametrize("kind", [LetterKind.EXTENSION, LetterKind.NOT_ACCEPTED, LetterKind.STAGE_1_RESPONSE])
def test_a_decision_whose_letter_is_withdrawn_has_still_to_be_told(kind: LetterKind) -> None:
    """The person learns of an extension, a refusal or an answer, or a task says so (LGSCO 6.4, HO 6.4)."""
    case = make_case(
        letters=[make_letter(kind, state=LetterState.HELD)], answered_on=TODAY, acknowledged_on=TODAY
    )
    withdraw(FakeUnitOfWork(case), 1, reason="Typing error", officer="pat", now=LATER)
    assert open_tasks(case) == [TaskKind.LETTER_UNDELIVERED]
    assert "has not been told" in case.tasks[0].note
    assert case.awaits_officer
    assert (case.answered_on is None) is (kind is LetterKind.STAGE_1_RESPONSE)


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - INTERNAL))
@pytest.mark.parametrize("others", [(), (LetterKind.RECEIPT,), (STAGE_1,)])
def test_what_is_said_to_be_owed_again_is_what_withdrawing_owes(
    kind: LetterKind, others: tuple[LetterKind, ...]
) -> None:
    """The page says it before, and no task comes that it did not promise, nor the other way round."""
    letter = make_letter(kind, id=9, message_id="<nine@heard.invalid>")
    sent = [make_letter(each, id=number, state=LetterState.SENT) for number, each in enumerate(others, 1)]
    case = make_case(letters=[*sent, letter])
    is_said = owes_again(case, letter)
    withdraw(FakeUnitOfWork(case), 9, reason="Wrong.", officer="pat", now=LATER)
    assert bool(open_tasks(case)) is is_said
    if kind in {LetterKind.CLARIFICATION, LetterKind.PROGRESS}:
        assert not is_said


def test_withdrawing_a_letter_by_hand_closes_its_task() -> None:
    """Nobody is asked to post what was taken back."""
    case = posted(LetterKind.CLARIFICATION, acknowledged_on=TODAY)
    withdraw(FakeUnitOfWork(case), 1, reason="Answered meanwhile", officer="pat", now=LATER)
    assert open_tasks(case) == []


def test_withdrawing_a_letter_that_waits_for_the_mail_server_closes_its_task() -> None:
    """Nobody is told that it cannot be sent."""
    task = Task(kind=TaskKind.LETTER_UNDELIVERED, opened_at=NOW, due_by=ACKNOWLEDGE_BY,
                note="a letter cannot be sent for days: no answer")  # fmt: skip
    case = make_case(letters=[make_letter(LetterKind.CLARIFICATION)], tasks=[task], acknowledged_on=TODAY)
    withdraw(FakeUnitOfWork(case), 1, reason="Too late", officer="pat", now=LATER)
    assert open_tasks(case) == []


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.FAILED, LetterState.WITHDRAWN])
def test_what_has_gone_cannot_be_taken_back(state: LetterState) -> None:
    """The record says what the person was sent."""
    with pytest.raises(InputInvalid, match="cannot be taken back"):
        withdraw(FakeUnitOfWork(make_case(letters=[make_letter(state=state)])), 1,
                 reason="x", officer="pat", now=NOW)  # fmt: skip


def test_a_letter_on_its_way_cannot_be_taken_back() -> None:
    """The delivery holds it: it may have gone already."""
    case = make_case(letters=[make_letter(claimed_until=LATER)])
    with pytest.raises(InputInvalid, match="on its way at this moment"):
        withdraw(FakeUnitOfWork(case), 1, reason="x", officer="pat", now=NOW)


def test_taking_back_needs_a_reason() -> None:
    """Who asks later finds why."""
    with pytest.raises(InputInvalid, match="needs its reason"):
        withdraw(FakeUnitOfWork(make_case(letters=[make_letter()])), 1, reason=" ", officer="pat", now=NOW)


def test_a_posted_acknowledgement_counts_from_the_day_it_was_posted() -> None:
    """The date is the one that the officer gives, not the one of the record (LGSCO 6.2, 6.3; HO 6.2, 6.3)."""
    case = posted()
    uow = FakeUnitOfWork(case)
    done = record_done(uow, 1, on=date(2026, 3, 4), officer="pat", now=LATER)
    assert done == "letter 1 went on 2026-03-04: stage 1 acknowledgement"
    letter = case.letters[0]
    assert (letter.state, letter.sent_at) == (LetterState.SENT, datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    assert case.acknowledged_on == date(2026, 3, 4)
    assert open_tasks(case) == []
    (row,) = uow.audit.rows
    assert (row.action, row.detail["on"]) == ("letter_done_by_hand", "2026-03-04")


def test_a_letter_done_today_is_dated_now() -> None:
    """Today is known to the minute."""
    case = posted(LetterKind.RECEIPT)
    record_done(FakeUnitOfWork(case), 1, on=LATER.date(), officer="pat", now=LATER)
    assert case.letters[0].sent_at == LATER
    assert case.acknowledged_on is None


def test_a_letter_is_never_sent_before_it_was_written() -> None:
    """A letter written in the afternoon and posted that day was not posted at noon."""
    case = posted(LetterKind.RECEIPT)
    case.letters[0].queued_at = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
    record_done(FakeUnitOfWork(case), 1, on=TODAY, officer="pat", now=LATER)
    assert case.letters[0].sent_at == datetime(2026, 3, 3, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "fault"),
    [(date(2026, 3, 6), "--on 2026-03-06 cannot"), (date(2026, 3, 2), "name a day from 2026-03-03")],
)
def test_an_impossible_day_is_refused(on: date, fault: str) -> None:
    """Neither before it was written nor after today."""
    with pytest.raises(InputInvalid, match=fault):
        record_done(FakeUnitOfWork(posted()), 1, on=on, officer="pat", now=LATER)


@pytest.mark.parametrize(
    "state", [LetterState.QUEUED, LetterState.HELD, LetterState.SENT, LetterState.WITHDRAWN]
)
def test_only_what_a_person_sends_is_done_by_hand(state: LetterState) -> None:
    """A letter that goes by itself would go twice."""
    case = make_case(letters=[make_letter(state=state)])
    with pytest.raises(InputInvalid, match="person's hand"):
        record_done(FakeUnitOfWork(case), 1, on=TODAY, officer="pat", now=NOW)


def test_a_letter_that_did_not_arrive_can_be_posted_instead() -> None:
    """Its task is closed, and the acknowledgement counts from the post (LGSCO 6.2, HO 6.2)."""
    note = "the stage 1 acknowledgement did not arrive: 550; reach the person another way"
    task = Task(kind=TaskKind.LETTER_UNDELIVERED, opened_at=NOW, due_by=ACKNOWLEDGE_BY, note=note)
    case = make_case(letters=[make_letter(state=LetterState.FAILED, last_fault="550")], tasks=[task])
    record_done(FakeUnitOfWork(case), 1, on=date(2026, 3, 4), officer="pat", now=LATER)
    assert (case.letters[0].state, case.letters[0].last_fault) == (LetterState.SENT, "550")
    assert (open_tasks(case), case.acknowledged_on) == ([], date(2026, 3, 4))


def test_an_answer_that_is_posted_answers_its_stage() -> None:
    """Where it had come back before, the stage has its answer now (LGSCO 6.3, HO 6.3)."""
    case = make_case(letters=[make_letter(LetterKind.STAGE_1_RESPONSE, state=LetterState.FAILED)],
                     acknowledged_on=TODAY)  # fmt: skip
    record_done(FakeUnitOfWork(case), 1, on=date(2026, 3, 4), officer="pat", now=LATER)
    assert case.answered_on == date(2026, 3, 4)


def test_of_two_letters_by_hand_one_task_is_closed_at_a_time() -> None:
    """Each letter has its own task, the oldest first."""
    case = posted(LetterKind.CLARIFICATION)
    second = posted(LetterKind.CLARIFICATION)
    case.letters.append(second.letters[0])
    case.tasks.append(second.tasks[0])
    uow = FakeUnitOfWork(case)
    record_done(uow, 1, on=TODAY, officer="pat", now=LATER)
    assert open_tasks(case) == [TaskKind.PRINT_LETTER]
    record_done(uow, 2, on=TODAY, officer="pat", now=LATER)
    assert open_tasks(case) == []
