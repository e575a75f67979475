"""The full answer of a stage: complete or not at all, signed by its officer."""

from datetime import date
from typing import Any

import pytest
from builders import NOW, TODAY, make_case
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, answered, at, make_action, make_officer, make_point, reviewed

from casework.answer import answer
from models.case import Case, Task
from models.codes import ArrangementKind, LetterKind, LetterState, PointOutcome, TaskKind
from models.errors import InputInvalid, UnknownReference
from models.people import Arrangement, Officer

SAM = {"decided_by": "sam", "decided_on": TODAY}


def given(case: Case, *officers: Officer, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Send the answer of a case."""
    uow = FakeUnitOfWork(case)
    for each in officers or (make_officer("pat"), make_officer("sam")):
        uow.officers.add(each)
    return uow, answer(uow, case.reference, **(WRITES | changes))


def test_the_stage_1_answer_says_what_was_found_on_every_point() -> None:
    """Decision, reasons, remedy and by when, the way to stage 2 (LGSCO 6.6 to 6.8; HO 6.6, 6.9)."""
    points = [
        make_point(1, remedy="We will empty it tomorrow."),
        make_point(
            2, text="The crew was rude.", outcome=PointOutcome.NOT_UPHELD, finding="Nobody saw it so."
        ),
    ]
    done_already = make_action(number=2, what="An apology", done_on=TODAY)
    case = acknowledged(points=points, actions=[make_action(), done_already])
    _, done = given(case, summary="We are sorry.")
    letter = case.letters[-1]
    text = " ".join(letter.text.split())
    assert (letter.kind, letter.state) == (LetterKind.STAGE_1_RESPONSE, LetterState.QUEUED)
    for said in (
        "We are sorry.", "The bin was missed twice.", "The crew's record shows no visit on either day.",
        "We will empty it tomorrow.", "The crew was rude.", "Nobody saw it so.", "A new bin",
        "Friday 20 March 2026", "Pat Okoro", "stage 2",
    ):  # fmt: skip
        assert said in text
    assert "An apology" not in text
    assert done.endswith("1 promised actions are outstanding")


def test_the_stage_has_its_answer_and_its_officer() -> None:
    """Who handled stage 1 is on record (LGSCO 6.14, HO 6.13)."""
    task = Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read")
    case = acknowledged(points=[make_point()], tasks=[task], assigned_to="sam")
    given(case)
    assert (case.answered_on, case.stage_1_officer, case.awaits_officer) == (TODAY, "pat", False)
    assert task.closed_at == NOW


@pytest.mark.parametrize(
    ("due", "now", "is_late"),
    [
        ({}, date(2026, 3, 17), False),
        ({}, date(2026, 3, 18), True),
        ({"extended_to": date(2026, 3, 24)}, date(2026, 3, 18), False),
    ],
)
def test_the_audit_says_whether_the_answer_was_in_time(
    due: dict[str, Any], now: date, *, is_late: bool
) -> None:
    """In time or within its extension (LGSCO 6.3, 6.4; HO 6.3, 6.4)."""
    uow, _ = given(acknowledged(points=[make_point()], **due), now=at(now))
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.detail["late"]) == ("pat", "answered", is_late)
    assert row.detail["outcomes"] == {"1": "upheld"}


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([], "no point of the complaint is on record"),
        ([make_point(outcome=None)], "point 1 has no outcome"),
        (
            [make_point(1, finding=" "), make_point(2, outcome=None)],
            "point 1 has no finding, the reasons for its outcome; point 2 has no outcome",
        ),
    ],
)
def test_an_answer_that_is_not_complete_does_not_go_out(points: list[Any], why: str) -> None:
    """What is missing is named, point by point (LGSCO 6.7, HO 6.7)."""
    case = acknowledged(points=points)
    with pytest.raises(InputInvalid, match=why):
        given(case)
    assert (case.answered_on, len(case.letters)) == (None, 1)


def test_a_withdrawn_point_needs_no_finding() -> None:
    """The complainant took it back."""
    case = acknowledged(points=[make_point(), make_point(2, outcome=PointOutcome.WITHDRAWN, finding="")])
    given(case)
    assert case.answered_on == TODAY


def test_the_final_answer_is_another_officers() -> None:
    """Whoever gave the stage 1 answer does not give that of stage 2 (LGSCO 6.14, HO 6.13)."""
    case = reviewed(points=[make_point(**SAM)])
    with pytest.raises(InputInvalid, match="pat gave the stage 1 answer"):
        given(case)
    given(case, officer="sam")
    letter = case.letters[-1]
    text = " ".join(letter.text.split())
    assert letter.kind is LetterKind.STAGE_2_RESPONSE
    assert "Sam Okoro" in text
    assert "Local Government and Social Care Ombudsman" in text
    assert (case.stage_1_officer, case.answered_on) == ("pat", TODAY)


@pytest.mark.parametrize(
    "stale", [{"decided_by": "pat"}, {"decided_by": "sam", "decided_on": date(2026, 2, 20)}]
)
def test_stage_2_does_not_repeat_what_stage_1_found(stale: dict[str, Any]) -> None:
    """Each point is looked at again, by somebody else (LGSCO 6.14, 6.18; HO 6.13, 6.19)."""
    case = reviewed(points=[make_point(**(SAM | stale))])
    with pytest.raises(InputInvalid, match="point 1 has only its stage 1 outcome"):
        given(case, officer="sam")


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (make_case(stage=0), "runs no complaint"),
        (answered(points=[make_point()]), "had its stage 1 answer on 2026-03-03"),
    ],
)
def test_there_has_to_be_something_to_answer(case: Case, why: str) -> None:
    """One answer a stage."""
    with pytest.raises(InputInvalid, match=why):
        given(case)


def test_only_an_officer_on_record_signs() -> None:
    """A letter is signed with a full name, never by a machine."""
    case = acknowledged(points=[make_point()])
    with pytest.raises(UnknownReference, match="kim"):
        given(case, officer="kim")
    with pytest.raises(InputInvalid, match="disabled"):
        given(case, make_officer("pat", is_disabled=True))


def test_an_answer_for_a_persons_hand_keeps_the_case_in_the_queue() -> None:
    """Somebody still has to post it."""
    case = acknowledged(points=[make_point()], reply_address="")
    given(case)
    assert (case.letters[-1].state, case.awaits_officer) == (LetterState.BY_HAND, True)


def test_nobody_is_answered_about_a_person_who_does_not_agree() -> None:
    """The refusal says what can be done (LGSCO 1.5, 3.6; HO 5.6)."""
    case = acknowledged(points=[make_point()], represented_name="Mary Lee")
    uow = FakeUnitOfWork(case)
    uow.officers.add(make_officer())
    uow.people.add(
        Arrangement(
            address=case.complainant_address, kind=ArrangementKind.NO_CONSENT, what="Mary Lee",
            reason="She rang.", officer="pat", agreed_on=TODAY, case_reference=case.reference,
        )
    )  # fmt: skip
    with pytest.raises(InputInvalid, match="Mary Lee does not agree"):
        answer(uow, case.reference, **WRITES)
    assert case.answered_on is None
