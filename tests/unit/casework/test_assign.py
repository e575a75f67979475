"""A case is one officer's: who may be given it and who may not."""

from datetime import date

import pytest
from fakes import FakeUnitOfWork
from hands import DECIDES, acknowledged, answered, make_officer, reviewed

from casework.assign import assign
from models.case import Case
from models.errors import InputInvalid, UnknownReference
from models.people import Officer


def office(case: Case, *officers: Officer) -> FakeUnitOfWork:
    """Return a record with a case and officers."""
    uow = FakeUnitOfWork(case)
    for each in officers or (make_officer("pat"), make_officer("sam")):
        uow.officers.add(each)
    return uow


def test_a_case_is_given_to_another_officer_and_the_record_says_who_had_it() -> None:
    """One audit row: who, when, what and why."""
    case = acknowledged()
    uow = office(case)
    done = assign(uow, case.reference, to="Sam", reason="Pat is on leave.", **DECIDES)
    assert done == f"case {case.reference} is sam's now in place of pat"
    assert case.assigned_to == "sam"
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.case_reference) == ("pat", "case_assigned", case.reference)
    assert row.detail == {"before": "pat", "after": "sam", "reason": "Pat is on leave."}


def test_a_case_goes_to_officers_only() -> None:
    """A name that nobody has is refused."""
    case = acknowledged(assigned_to="")
    with pytest.raises(UnknownReference, match="kim"):
        assign(office(case), case.reference, to="kim", **DECIDES)
    assert case.assigned_to == ""


@pytest.mark.parametrize(
    ("officer", "why"),
    [
        (make_officer("sam", is_disabled=True), "sam is disabled"),
        (
            make_officer("sam", away_from=date(2026, 3, 3), away_until=date(2026, 3, 3)),
            "away until 2026-03-03",
        ),
        (make_officer("sam", away_from=date(2026, 3, 1)), "away until further notice"),
    ],
)
def test_a_case_goes_to_nobody_who_cannot_work_it(officer: Officer, why: str) -> None:
    """Absence is respected."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match=why):
        assign(office(case, officer), case.reference, to="sam", **DECIDES)
    assert case.assigned_to == "pat"


def test_a_case_may_go_to_somebody_away_on_purpose() -> None:
    """Such as for the day they are back."""
    case = acknowledged()
    uow = office(case, make_officer("sam", away_from=date(2026, 3, 1)))
    assign(uow, case.reference, to="sam", is_even_if_away=True, **DECIDES)
    assert case.assigned_to == "sam"


def test_tomorrows_absence_is_none_today() -> None:
    """The absence counts on its days."""
    case = acknowledged()
    assign(office(case, make_officer("sam", away_from=date(2026, 3, 4))), case.reference, to="sam", **DECIDES)
    assert case.assigned_to == "sam"


@pytest.mark.parametrize("handled_by", ["pat", "Pat"])
def test_the_stage_1_officer_cannot_be_given_stage_2(handled_by: str) -> None:
    """Somebody else looks at it again (LGSCO 6.14, HO 6.13)."""
    case = reviewed(stage_1_officer=handled_by)
    with pytest.raises(InputInvalid, match=r"handled stage 1.*LGSCO 6.14, HO 6.13"):
        assign(office(case), case.reference, to="pat", **DECIDES)
    assign(office(case), case.reference, to="sam", **DECIDES)
    assert case.assigned_to == "sam"


def test_the_stage_1_officer_keeps_stage_1() -> None:
    """Until stage 2 begins, the case may come back to them."""
    case = answered(assigned_to="sam")
    assign(office(case), case.reference, to="pat", **DECIDES)
    assert case.assigned_to == "pat"


def test_a_case_that_is_theirs_is_not_given_again() -> None:
    """Nothing would change, and the record would say that something did."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match="is pat's already"):
        assign(office(case), case.reference, to="pat", **DECIDES)
