"""What is still owed to whoever wrote once an officer has ruled that no formal acknowledgement is needed."""

import pytest
from builders import LETTERHEAD, NOW, make_case, make_letter
from fakes import FakeUnitOfWork

from casework.acknowledge import owe
from casework.close import close
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models.case import Case
from models.codes import LetterKind, LetterState, Status, TaskKind

NO_COMPLAINT = (Status.COMPLIMENT, Status.ENQUIRY)


def ruled(case: Case, status: Status) -> str:
    """Rule on a case to which an acknowledgement is owed."""
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "the settings leave it to an officer", now=NOW)
    return record_ruling(
        FakeUnitOfWork(case), case.reference, status=status, category=None, ombudsman=None, reason="Read.",
        officer="pat", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip


def owed(case: Case) -> list[str]:
    """Return the notes of what is still owed."""
    return [
        task.note
        for task in case.tasks
        if task.kind is TaskKind.ACKNOWLEDGEMENT_OWED and task.closed_at is None
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.COMPLIMENT, LetterKind.RECEIPT),
        (Status.COMPLIMENT, LetterKind.KNOWN_ISSUE),
        (Status.ENQUIRY, LetterKind.KNOWN_ISSUE),
        (Status.ENQUIRY, LetterKind.CLARIFICATION),
        (Status.OTHER, LetterKind.RECEIPT),
    ],
)
def test_nothing_is_owed_to_whoever_has_a_letter(status: Status, kind: LetterKind) -> None:
    """Praise and questions need no formal acknowledgement."""
    case = make_case(stage=0, status=Status.ENQUIRY, letters=[make_letter(kind, state=LetterState.SENT)])
    assert ruled(case, status) == "no letter needed"
    assert owed(case) == []


@pytest.mark.parametrize("status", NO_COMPLAINT)
def test_whoever_had_no_letter_at_all_is_still_owed_one(status: Status) -> None:
    """No formal one; but no message from a person ends with nothing, and the way out is named."""
    case = make_case(stage=0, status=Status.ENQUIRY)
    done = ruled(case, status)
    assert f"answer them, then close the case (heard case close {case.reference})" in done
    assert owed(case) == ["the settings leave it to an officer"]


def test_a_receipt_answers_no_question() -> None:
    """It says that somebody reads it by a day; they have, and the answer is still a person's to give."""
    sent = make_letter(LetterKind.RECEIPT, state=LetterState.SENT)
    case = make_case(stage=0, status=Status.ENQUIRY, letters=[sent])
    uow = FakeUnitOfWork(case)
    done = record_ruling(
        uow, case.reference, status=None, category=None, ombudsman=None, reason="Agreed.", officer="pat",
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert "they have had a receipt only: answer them, then close the case" in done
    assert owed(case) == ["they asked, and have had a receipt only"]
    close(uow, case.reference, reason="Answered by telephone.", officer="pat", now=NOW)
    assert owed(case) == []


def test_nobody_waits_for_an_answer_to_what_is_no_business_of_ours() -> None:
    """Spam and notices, once an officer has looked at them."""
    case = make_case(stage=0, status=Status.OTHER)
    assert ruled(case, Status.OTHER) == "no letter needed"
    assert owed(case) == []


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.HELD])
def test_a_ruling_that_takes_back_the_only_letter_leaves_a_task_in_its_place(state: LetterState) -> None:
    """What was acknowledged as a complaint by mistake, before the letter left (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(state=state)])
    record_ruling(
        FakeUnitOfWork(case), case.reference, status=Status.COMPLIMENT, category=None, ombudsman=None,
        reason="Praise.", officer="pat", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert [letter.state for letter in case.letters] == [LetterState.WITHDRAWN]
    assert owed(case) == ["they have had no letter from us at all"]


@pytest.mark.parametrize(
    ("state", "is_owed"),
    [(LetterState.FAILED, True), (LetterState.WITHDRAWN, True), (LetterState.BY_HAND, False)],
)
def test_a_letter_that_never_came_is_none(state: LetterState, *, is_owed: bool) -> None:
    """One that a person posts is on its way; an alert to our own people tells them nothing."""
    letters = [make_letter(LetterKind.RECEIPT, state=state), make_letter(LetterKind.DUTY_ALERT)]
    case = make_case(stage=0, status=Status.ENQUIRY, letters=letters)
    ruled(case, Status.COMPLIMENT)
    assert bool(owed(case)) is is_owed


def test_what_was_acknowledged_before_is_owed_no_longer() -> None:
    """A ruling that finds the formal letter on record closes the task (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(state=LetterState.SENT)], respond_by=NOW.date())
    assert ruled(case, Status.COMPLAINT) == "the letter has been queued or sent before"
    assert owed(case) == []
