"""The points of a complaint: raised while it is unanswered, decided one by one."""

from collections.abc import Callable
from datetime import date

import pytest
from builders import NOW, REFERENCE, TODAY, make_case, make_letter, make_message
from fakes import FakeUnitOfWork
from hands import DECIDES, acknowledged, answered, at, make_point, reviewed

from casework.points import add_point, decide_point
from models.case import Case
from models.codes import LetterState, PointOutcome
from models.errors import InputInvalid

LATER = date(2026, 3, 5)


def test_a_new_point_joins_the_open_case_with_the_day_on_which_it_was_raised() -> None:
    """It is related and unanswered: the day is that of the newest message (LGSCO 6.9, HO 6.8)."""
    later = make_message(id=2, uid="2", received_at=at(LATER))
    uow = FakeUnitOfWork(acknowledged(points=[make_point(1)], messages=[make_message(), later]))
    done = add_point(uow, REFERENCE, " The lid is broken. ", officer="pat", now=at(date(2026, 3, 6)))
    point = uow.cases.get(REFERENCE).points[-1]
    assert (point.number, point.text, point.raised_on, point.outcome) == (
        2,
        "The lid is broken.",
        LATER,
        None,
    )
    assert done == "point 2 added, raised on 2026-03-05"
    ((actor, action, detail),) = [(row.actor, row.action, row.detail) for row in uow.audit.rows]
    assert (actor, action, detail) == ("pat", "point_added", {"point": 2, "raised_on": "2026-03-05"})


def test_no_clock_moves_for_a_new_point() -> None:
    """The answer is due when it was promised (LGSCO 6.3, 6.9; HO 6.3, 6.8)."""
    case = acknowledged()
    before = (case.received_on, case.acknowledge_by, case.respond_by)
    add_point(FakeUnitOfWork(case), REFERENCE, "And the lid.", **DECIDES)
    assert (case.received_on, case.acknowledge_by, case.respond_by) == before


@pytest.mark.parametrize("make", [answered, reviewed])
def test_a_point_after_the_answer_is_a_case_of_its_own(make: Callable[[], Case]) -> None:
    """It is refused, and the remedy named (LGSCO 6.9, HO 6.8)."""
    case = make()
    uow = FakeUnitOfWork(case)
    with pytest.raises(InputInvalid, match=r"heard case split .* --message .* heard case new"):
        add_point(uow, REFERENCE, "And the lid.", **DECIDES)
    assert (case.points, uow.audit.rows) == ([], [])


def test_what_was_raised_before_stage_2_may_still_be_recorded() -> None:
    """Stage 2 looks at what stage 1 was about (LGSCO 6.10, HO 6.10)."""
    case = reviewed()
    add_point(FakeUnitOfWork(case), REFERENCE, "The lid.", raised_on=date(2026, 2, 2), **DECIDES)
    assert case.points[0].raised_on == date(2026, 2, 2)


def test_of_a_stage_1_that_heard_knew_the_first_day_is_known() -> None:
    """Of one before our time it is not, and any day of the last years may be right (LGSCO 6.10, HO 6.10)."""
    stage_1 = make_letter(state=LetterState.SENT)
    known = reviewed(letters=[stage_1], messages=[make_message(received_at=at(date(2026, 2, 9)))])
    with pytest.raises(InputInvalid, match=r"--raised 2026-02-02 .* from 2026-02-09"):
        add_point(FakeUnitOfWork(known), REFERENCE, "The lid.", raised_on=date(2026, 2, 2), **DECIDES)
    with pytest.raises(InputInvalid, match="--raised 1926-02-02"):
        add_point(FakeUnitOfWork(reviewed()), REFERENCE, "Lid.", raised_on=date(1926, 2, 2), **DECIDES)


@pytest.mark.parametrize(
    ("text", "officer", "raised_on", "word"),
    [
        (" ", "pat", None, "--add"), ("The lid.", "", None, "--officer"),
        ("The lid.", "pat", date(2026, 3, 4), "--raised 2026-03-04 .* from 2026-03-03"),
        ("The lid.", "pat", date(2025, 3, 3), "--raised 2025-03-03 .* from 2026-03-03"),
    ],
)  # fmt: skip
def test_a_point_has_words_an_officer_and_a_day_that_has_come(
    text: str, officer: str, raised_on: date | None, word: str
) -> None:
    """Each fault is named with its remedy."""
    with pytest.raises(InputInvalid, match=word):
        add_point(FakeUnitOfWork(make_case()), REFERENCE, text, officer=officer, raised_on=raised_on, now=NOW)


def test_each_point_has_its_outcome_its_finding_and_its_remedy() -> None:
    """Who decided it and when stands beside it (LGSCO 6.6, HO 6.6)."""
    case = acknowledged(points=[make_point(1), make_point(2, outcome=None, finding="", decided_by="")])
    uow = FakeUnitOfWork(case)
    decide_point(
        uow, REFERENCE, 2, outcome=PointOutcome.PARTLY_UPHELD, finding="The lid had cracked.",
        remedy="A new lid.", **DECIDES,
    )  # fmt: skip
    point = case.points[1]
    assert (point.outcome, point.finding, point.remedy) == (
        PointOutcome.PARTLY_UPHELD, "The lid had cracked.", "A new lid."
    )  # fmt: skip
    assert (point.decided_on, point.decided_by) == (TODAY, "pat")
    assert case.points[0].outcome is PointOutcome.UPHELD
    assert uow.audit.rows[-1].detail["before"] is None


def test_a_second_finding_leaves_the_first_in_the_audit() -> None:
    """Outcomes are recorded for each stage (LGSCO 5.8, HO 5.12)."""
    uow = FakeUnitOfWork(reviewed(points=[make_point(1)]))
    decide_point(
        uow, REFERENCE, 1, outcome=PointOutcome.NOT_UPHELD, finding="The crew came.", officer="sam", now=NOW
    )
    detail = uow.audit.rows[-1].detail
    assert detail["stage"] == 2
    assert detail["before"]["outcome"] == "upheld"
    assert detail["before"]["finding"] == "The crew's record shows no visit on either day."
    assert detail["after"]["outcome"] == "not_upheld"


def test_a_finding_needs_reasons_but_a_withdrawal_none() -> None:
    """Nobody is refused without a why (LGSCO 6.6, HO 6.6)."""
    case = acknowledged(points=[make_point(1)])
    uow = FakeUnitOfWork(case)
    with pytest.raises(InputInvalid, match="--finding"):
        decide_point(uow, REFERENCE, 1, outcome=PointOutcome.NOT_UPHELD, finding="  ", **DECIDES)
    decide_point(uow, REFERENCE, 1, outcome=PointOutcome.WITHDRAWN, finding="", **DECIDES)
    assert case.points[0].outcome is PointOutcome.WITHDRAWN


@pytest.mark.parametrize(
    ("make", "number", "word"),
    [(answered, 1, "escalate"), (acknowledged, 3, "points: 1")],
    ids=["answered", "no such point"],
)
def test_what_the_answer_said_stands(make: Callable[..., Case], number: int, word: str) -> None:
    """A finding is not changed behind the complainant's back, and a wrong number changes nothing."""
    case = make(points=[make_point(1)])
    uow = FakeUnitOfWork(case)
    with pytest.raises(InputInvalid, match=word):
        decide_point(uow, REFERENCE, number, outcome=PointOutcome.NOT_UPHELD, finding="No.", **DECIDES)
    assert case.points[0].outcome is PointOutcome.UPHELD
