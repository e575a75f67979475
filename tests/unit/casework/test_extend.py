"""More time for a response: within its limit, with a reason, and told."""

from datetime import date
from typing import Any

import pytest
from builders import make_case
from fakes import FakeUnitOfWork
from hands import RESPOND_BY, WRITES, acknowledged, answered, at, office, reviewed

from casework.extend import extend
from casework.policy import Policy
from models.case import Case
from models.codes import LetterKind
from models.deadlines import WorkingDays
from models.errors import InputInvalid

WHY = "The surveyor can only come on 12 March."
LIMIT = date(2026, 3, 31)


def extended(case: Case, to: date, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Put a response off."""
    uow = office(case)
    return uow, extend(uow, case.reference, to=to, **(WRITES | {"reason": WHY} | changes))


def test_an_extension_is_on_record_with_its_reason_and_the_new_date() -> None:
    """Reason, date told, new date (LGSCO 6.4, HO 6.4)."""
    case = acknowledged()
    uow, done = extended(case, date(2026, 3, 24))
    (extension,) = case.extensions
    assert (extension.stage, extension.reason, extension.officer) == (1, WHY, "pat")
    assert (extension.respond_by, extension.extended_to) == (RESPOND_BY, date(2026, 3, 24))
    assert (case.extended_to, case.respond_by, case.due_by) == (
        date(2026, 3, 24),
        RESPOND_BY,
        date(2026, 3, 24),
    )
    (row,) = uow.audit.rows
    assert row.action == "response_extended"
    assert row.detail == {
        "stage": 1, "reason": WHY, "promised": "2026-03-17", "extended_to": "2026-03-24", "late": False,
        "letter": "letter queued: extension",
    }  # fmt: skip
    assert "LATE" not in done


def test_the_complainant_is_told_why_until_when_and_of_the_ombudsman() -> None:
    """The letter holds all three (LGSCO 6.4, 6.5; HO 6.4, 6.5)."""
    case = acknowledged()
    extended(case, date(2026, 3, 24))
    text = " ".join(case.letters[-1].text.split())
    assert case.letters[-1].kind is LetterKind.EXTENSION
    assert WHY in text
    assert "Tuesday 24 March 2026" in text
    assert "0300 061 0614" in text


@pytest.mark.parametrize(("case", "limit"), [(acknowledged(), LIMIT), (reviewed(), date(2026, 4, 30))])
def test_the_limit_is_10_working_days_at_stage_1_and_20_at_stage_2(case: Case, limit: date) -> None:
    """Beyond the date first promised; Easter does not count (LGSCO 6.4, 6.16; HO 6.4, 6.15)."""
    with pytest.raises(InputInvalid, match=f"to {limit} at the latest"):
        extended(case, date.fromordinal(limit.toordinal() + 1))
    extended(case, limit)
    assert case.extended_to == limit


def test_several_extensions_share_one_limit() -> None:
    """The limit counts in all, not each time (LGSCO 6.4, HO 6.4)."""
    case = acknowledged()
    extended(case, date(2026, 3, 24))
    extended(case, LIMIT)
    assert [each.respond_by for each in case.extensions] == [RESPOND_BY, date(2026, 3, 24)]
    with pytest.raises(InputInvalid, match="at the latest"):
        extended(case, date(2026, 4, 1))


def test_an_extension_after_the_date_is_recorded_as_late() -> None:
    """It is allowed, and the record does not hide it (LGSCO 6.4, HO 6.4)."""
    case = acknowledged()
    uow, done = extended(case, date(2026, 3, 24), now=at(date(2026, 3, 18)))
    assert uow.audit.rows[-1].detail["late"] is True
    assert "LATE: the answer had been promised for 2026-03-17" in done


def test_on_the_day_itself_it_is_in_time() -> None:
    """The whole of the day counts."""
    uow, _ = extended(acknowledged(), date(2026, 3, 24), now=at(RESPOND_BY))
    assert uow.audit.rows[-1].detail["late"] is False


@pytest.mark.parametrize(
    ("to", "now", "why"),
    [
        (RESPOND_BY, date(2026, 3, 3), "no later than the day already promised"),
        (date(2026, 3, 20), date(2026, 3, 23), "2026-03-20 has passed"),
    ],
)
def test_a_new_date_has_to_be_one(to: date, now: date, why: str) -> None:
    """Later than promised, and still to come."""
    with pytest.raises(InputInvalid, match=why):
        extended(acknowledged(), to, now=at(now))


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (make_case(), "no answer .* is promised yet"),
        (make_case(stage=0), "no answer .* is promised yet"),
        (answered(), "has had its stage 1 answer"),
    ],
)
def test_only_a_promised_answer_is_put_off(case: Case, why: str) -> None:
    """Acknowledgements have no extension (LGSCO 6.2, HO 6.2)."""
    with pytest.raises(InputInvalid, match=why):
        extended(case, date(2026, 3, 24))


@pytest.mark.parametrize(
    ("to", "before", "after"),
    [
        (date(2026, 3, 21), date(2026, 3, 20), date(2026, 3, 23)),
        (date(2026, 3, 22), date(2026, 3, 20), date(2026, 3, 23)),
        (date(2026, 3, 24), date(2026, 3, 23), date(2026, 3, 25)),
    ],
)
def test_nothing_is_promised_for_a_day_on_which_nobody_works(to: date, before: date, after: date) -> None:
    """A weekend, or a day on which the council is closed; the working days around it are named."""
    case = acknowledged()
    closed = Policy(working_days=WorkingDays(frozenset({date(2026, 3, 24)})))
    said = f"{to} is no working day; name the one before it, {before}, or the one after it, {after}"
    with pytest.raises(InputInvalid, match=said):
        extended(case, to, policy=closed)
    assert (case.extended_to, case.letters[1:]) == (None, [])


def test_no_extension_without_a_reason() -> None:
    """The complainant is told it (LGSCO 6.4, HO 6.4)."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match="needs its reason"):
        extended(case, date(2026, 3, 24), reason="")
    assert case.extensions == []
