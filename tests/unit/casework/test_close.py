"""A case is closed once nothing is owed, and opened again where something comes."""

from datetime import date
from typing import Any

import pytest
from builders import GUARD_AT, NOW, TODAY, make_case, make_letter
from fakes import FakeUnitOfWork
from hands import (
    DECIDES,
    WRITES,
    acknowledged,
    answered,
    make_action,
    make_officer,
    make_point,
    office,
    request,
)

from casework.close import close, reopen
from casework.exclude import exclude
from models.case import Case, Refusal, Task
from models.codes import LetterKind, LetterState, PointOutcome, Status, TaskKind
from models.errors import InputInvalid

REFUSAL: dict[str, Any] = {
    "ground": "appeal_route", "evidence": "x", "reasons": "y", "discretion": "", "officer": "pat",
    "decided_at": NOW,
}  # fmt: skip


def closed(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Close a case."""
    uow = FakeUnitOfWork(case)
    return uow, close(uow, case.reference, **(DECIDES | {"reason": "Nothing is left to do."} | changes))


def test_a_case_is_closed_with_its_reason() -> None:
    """One audit row, and nothing awaits (LGSCO 5.8, HO 5.12)."""
    task = Task(kind=TaskKind.GUARD_ACTED, opened_at=NOW, due_by=TODAY, note="rule")
    case = answered(tasks=[task], awaits_officer=True)
    uow, _ = closed(case)
    assert (case.closed_on, case.closed_why, case.awaits_officer) == (TODAY, "Nothing is left to do.", False)
    assert task.closed_at == NOW
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.detail["reason"]) == ("pat", "case_closed", "Nothing is left to do.")
    assert row.detail["tasks"] == ["guard_acted"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (acknowledged(), "stage 1 has no answer on record, which is due on 2026-03-17"),
        (acknowledged(extended_to=date(2026, 3, 24)), "due on 2026-03-24"),
        (make_case(), "due on 2026-03-10"),
        (answered(actions=[make_action()]), "promised and not done: A new bin"),
        (answered(escalation_received_on=TODAY), "stage 2 was asked for on 2026-03-03"),
        (answered(request_opened_on=TODAY), "the service request is open"),
        (make_case(stage=0, status=Status.ENQUIRY, guard_at=GUARD_AT), "nobody has ruled on it yet"),
    ],
)
def test_what_is_owed_keeps_a_case_open(case: Case, why: str) -> None:
    """A formal clock, a promise, a request: the refusal names it (LGSCO 1.7, 6.3, 7.3; HO 1.5, 6.3, 7.3)."""
    with pytest.raises(InputInvalid, match=why):
        closed(case)
    assert case.closed_on is None


def test_everything_that_is_owed_is_named_at_once() -> None:
    """An officer need not ask again and again."""
    with pytest.raises(InputInvalid, match=r"no answer on record.*promised and not done.*request is open"):
        closed(acknowledged(actions=[make_action()], request_opened_on=TODAY))


@pytest.mark.parametrize(
    "case",
    [
        answered(actions=[make_action(done_on=TODAY)]),
        answered(request_opened_on=TODAY, request_closed_on=TODAY),
        request(),
        acknowledged(stage=0, refusals=[Refusal(**REFUSAL)], actions=[make_action()]),
        acknowledged(points=[make_point(outcome=PointOutcome.WITHDRAWN)]),
        acknowledged(status=Status.ENQUIRY),
    ],
)
def test_a_case_that_owes_nothing_is_closed(case: Case) -> None:
    """Answered, refused, withdrawn, or never a complaint."""
    closed(case)
    assert case.closed_on == TODAY


def test_a_complaint_that_was_withdrawn_owes_no_answer() -> None:
    """On the complainant's word, as the reason says."""
    case = acknowledged(actions=[make_action()], guard_at=GUARD_AT)
    uow, _ = closed(case, is_withdrawn=True, reason="He rang and took it back.")
    assert (case.closed_on, case.guard_at) == (TODAY, None)
    assert uow.audit.rows[-1].detail["withdrawn"] is True


def test_who_closes_a_case_hears_of_the_promises_that_outlive_it() -> None:
    """They stay outstanding, and are reminded of (LGSCO 7.3, HO 7.3)."""
    _, done = closed(acknowledged(actions=[make_action()]), is_withdrawn=True)
    assert done.endswith("is closed; promised and not done, so reminders go on: A new bin")
    _, done = closed(acknowledged(actions=[make_action(done_on=TODAY)]), is_withdrawn=True)
    assert done.endswith("is closed")


def test_a_refused_complaint_waits_for_its_service_request() -> None:
    """Until that is closed as well (LGSCO 1.7, HO 1.5)."""
    case = request()
    exclude(
        office(case), case.reference, ground="appeal_route", evidence="The notice.", own_grounds={},
        reasons="Your notice of 2 March can still be appealed until the end of the month.", **WRITES,
    )  # fmt: skip
    with pytest.raises(InputInvalid, match="the service request is open"):
        closed(case)


def test_closing_needs_a_reason() -> None:
    """In a sentence."""
    with pytest.raises(InputInvalid, match="closing a case needs a reason"):
        closed(answered(), reason=" ")


def test_a_closed_case_is_opened_again_with_a_reason() -> None:
    """It awaits its officer; the audit keeps when and why it was closed."""
    case = answered(closed_on=TODAY, closed_why="Done.")
    uow = FakeUnitOfWork(case)
    done = reopen(uow, case.reference, reason="The repair did not hold.", **DECIDES)
    assert done.endswith("it awaits pat")
    assert (case.closed_on, case.closed_why, case.awaits_officer, case.version) == (None, "", True, 2)
    (row,) = uow.audit.rows
    assert (row.actor, row.action) == ("pat", "case_reopened")
    assert row.detail == {
        "reason": "The repair did not hold.", "closed_on": "2026-03-03", "closed_why": "Done.",
    }  # fmt: skip


def test_an_officer_who_works_here_no_longer_does_not_get_it_back() -> None:
    """Somebody has to be given it."""
    case = answered(closed_on=TODAY)
    uow = FakeUnitOfWork(case)
    uow.officers.add(make_officer("pat", is_disabled=True))
    assert reopen(uow, case.reference, reason="More came.", **DECIDES).endswith("awaits an officer")
    assert case.assigned_to == ""


@pytest.mark.parametrize(
    ("case", "changes", "why"),
    [
        (answered(), {}, "is open"),
        (answered(closed_on=TODAY, merged_into="C-0000-0001-95"), {}, "goes on as C-0000-0001-95"),
        (answered(closed_on=TODAY), {"reason": ""}, "needs a reason"),
        (answered(closed_on=TODAY), {"seen": 7}, "you saw version 7"),
    ],
)
def test_only_a_closed_case_is_opened_again(case: Case, changes: dict[str, Any], why: str) -> None:
    """The refusal says how it stands."""
    uow = FakeUnitOfWork(case)
    with pytest.raises(InputInvalid, match=why):
        reopen(uow, case.reference, **(DECIDES | {"reason": "More came."} | changes))
    assert uow.audit.rows == []


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.BY_HAND])
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_letter_that_waits_for_a_person_keeps_its_case_open(
    state: LetterState, *, is_withdrawn: bool
) -> None:
    """Closed with it, nobody would ever be asked again to send the answer (LGSCO 6.3, HO 6.3)."""
    letter = make_letter(LetterKind.STAGE_1_RESPONSE, state=state, id=7)
    case = answered(letters=[letter])
    with pytest.raises(InputInvalid, match="letter 7, the stage 1 response, has not gone"):
        closed(case, is_withdrawn=is_withdrawn)
    letter.state = LetterState.SENT
    closed(case)
    assert case.closed_on == TODAY
