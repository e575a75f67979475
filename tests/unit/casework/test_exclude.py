"""A complaint is not accepted by an officer alone, for reasons that fit it; and what ends with that."""

from datetime import date
from typing import Any

import pytest
from builders import GUARD_AT, NOW, TODAY, make_case, make_letter
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, answered, kinds, office, request

from casework.exclude import exclude
from casework.grounds import GROUNDS, ground_of
from models.case import Case, Task
from models.codes import Exclusion, LetterKind, LetterState, Status, TaskKind
from models.errors import InputInvalid

REASONS = "Your penalty notice of 2 March can still be appealed to the tribunal until 30 March."
SAID: dict[str, Any] = {
    "ground": "appeal_route", "evidence": "The notice, page 2.", "reasons": REASONS, "own_grounds": {},
}  # fmt: skip
OWN = {"market_charter": "the Market Court decides on pitches"}


def excluded(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Refuse a complaint, in Pat's name."""
    uow = office(case)
    return uow, exclude(uow, case.reference, **(WRITES | SAID | changes))


def test_every_ground_has_its_words_and_a_place_to_turn_to() -> None:
    """The letter says both (LGSCO 2.4, HO 2.4)."""
    assert set(GROUNDS) == set(Exclusion)
    assert all(each.words.endswith(".") and each.elsewhere.endswith(".") for each in GROUNDS.values())


def test_a_ground_that_the_policy_does_not_list_is_none() -> None:
    """Nothing is refused on a ground of somebody's own making (LGSCO 2.2, HO 2.2)."""
    with pytest.raises(InputInvalid, match=r"there is no ground 'tiresome'.*market_charter"):
        ground_of("tiresome", own=OWN)


def test_a_refusal_is_on_record_with_ground_evidence_reasons_and_who_decided() -> None:
    """Each decision individually (LGSCO 2.1 to 2.5, HO 2.1 to 2.5)."""
    case = acknowledged()
    uow, done = excluded(case)
    (refusal,) = case.refusals
    assert (refusal.ground, refusal.evidence, refusal.reasons, refusal.officer, refusal.decided_at) == (
        "appeal_route", "The notice, page 2.", REASONS, "pat", NOW,
    )  # fmt: skip
    (row,) = uow.audit.rows
    assert (row.actor, row.action) == ("pat", "complaint_not_accepted")
    assert (row.detail["ground"], row.detail["reasons"]) == ("appeal_route", REASONS)
    assert row.detail["clocks"]["respond_by"] == "2026-03-17"
    assert "letter queued: not_accepted" in done


def test_the_letter_says_why_where_else_and_that_the_ombudsman_can_look_at_it() -> None:
    """Ground, individual reasons, another place, the way to the Ombudsman (LGSCO 2.4, HO 2.4)."""
    case = acknowledged()
    excluded(case)
    text = " ".join(case.letters[-1].text.split())
    assert case.letters[-1].kind is LetterKind.NOT_ACCEPTED
    assert GROUNDS[Exclusion.APPEAL_ROUTE].words in text
    assert REASONS in text
    assert "most appeals have a time limit" in text
    assert "Local Government and Social Care Ombudsman" in text


def test_the_officer_says_better_where_to_take_it() -> None:
    """Their words take the place of the usual ones."""
    case = acknowledged()
    excluded(case, elsewhere="Please write to the Traffic Penalty Tribunal.")
    text = " ".join(case.letters[-1].text.split())
    assert "Traffic Penalty Tribunal" in text
    assert "Citizens Advice" not in text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"evidence": " "}, "needs its evidence"),
        ({"reasons": "\n"}, "reasons that fit this one case"),
        ({"reasons": "There is a right of appeal."}, "would fit anybody's complaint"),
        ({"reasons": GROUNDS[Exclusion.APPEAL_ROUTE].words}, "would fit anybody's complaint"),
        ({"reasons": GROUNDS[Exclusion.APPEAL_ROUTE].words.upper()}, "would fit anybody's complaint"),
        ({"reasons": f"{GROUNDS[Exclusion.APPEAL_ROUTE].words} So it is."}, "would fit anybody's complaint"),
        ({"reasons": GROUNDS[Exclusion.APPEAL_ROUTE].elsewhere}, "would fit anybody's complaint"),
        ({"ground": "over_12_months"}, "may still be accepted for a good reason.*--discretion"),
        ({"ground": "over_12_months", "discretion": " "}, "--discretion"),
        ({"ground": "market_charter", "own_grounds": OWN}, "--elsewhere"),
        ({"ground": "tiresome"}, "there is no ground"),
    ],
)
def test_nothing_is_refused_without_individual_reasons(changes: dict[str, Any], why: str) -> None:
    """A formula is no reason, and lateness has its discretion (LGSCO 2.2, 2.4, 2.5; HO 2.2 to 2.5)."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match=why):
        excluded(case, **changes)
    assert (case.refusals, case.stage, len(case.letters), case.version) == ([], 1, 1, 1)


def test_the_discretion_on_lateness_is_kept_and_told() -> None:
    """What was considered stands in the record and in the letter (LGSCO 2.2, HO 2.3)."""
    case = acknowledged()
    weighed = "You were well and in touch with us throughout 2024, so we saw no reason for the delay."
    excluded(case, ground="over_12_months", discretion=weighed)
    assert case.refusals[0].discretion == weighed
    assert weighed in " ".join(case.letters[-1].text.split())


def test_a_ground_of_the_councils_own_is_used_with_its_own_place_to_turn_to() -> None:
    """As the settings name it (LGSCO 2.1, HO 2.1)."""
    case = acknowledged()
    excluded(
        case,
        ground="market_charter",
        own_grounds=OWN,
        elsewhere="Please write to the clerk of the Market Court.",
    )
    text = " ".join(case.letters[-1].text.split()).casefold()
    assert "the market court decides on pitches" in text
    assert "clerk of the market court" in text


def test_the_complaints_clocks_end() -> None:
    """Nothing guards, reminds or awaits any longer."""
    task = Task(kind=TaskKind.ACKNOWLEDGEMENT_OWED, opened_at=NOW, due_by=TODAY, note="owed")
    case = acknowledged(guard_at=GUARD_AT, extended_to=date(2026, 3, 20), tasks=[task])
    excluded(case)
    assert (case.stage, case.guard_at, case.respond_by, case.extended_to, case.awaits_officer) == (
        0, None, None, None, False,
    )  # fmt: skip
    assert (task.closed_at, case.status, case.closed_on) == (NOW, Status.COMPLAINT, None)


def test_an_acknowledgement_that_is_still_here_does_not_go_out_as_well() -> None:
    """It would say the opposite of the letter behind it."""
    case = acknowledged(letters=[make_letter(state=LetterState.HELD)])
    excluded(case)
    assert case.letters[0].state is LetterState.WITHDRAWN


def test_the_case_stays_open_for_the_service_request() -> None:
    """The request is dealt with, whatever becomes of the complaint (LGSCO 1.7, HO 1.5)."""
    case = acknowledged(request_opened_on=date(2026, 2, 2))
    _, done = excluded(case)
    assert done.endswith("it stays open for the service request")
    assert (case.request_closed_on, case.closed_on) == (None, None)


def test_what_triage_took_for_a_request_is_refused_as_the_complaint_that_it_is() -> None:
    """And the request stays open (LGSCO 1.7, HO 1.5)."""
    case = request(guard_at=GUARD_AT)
    excluded(case)
    assert (case.status, case.request_opened_on, case.guard_at) == (Status.COMPLAINT, date(2026, 2, 2), None)


def test_a_refused_stage_2_leaves_the_stage_1_answer_as_it_is() -> None:
    """What was answered stays answered; only the next stage is refused."""
    case = answered(escalation_received_on=TODAY, guard_at=GUARD_AT)
    excluded(case)
    assert (case.stage, case.answered_on, case.escalation_received_on, case.guard_at) == (
        1,
        TODAY,
        None,
        None,
    )


@pytest.mark.parametrize(("case", "why"), [(answered(), "has had its stage 1 answer")])
def test_what_was_answered_is_not_refused(case: Case, why: str) -> None:
    """It was accepted long ago."""
    with pytest.raises(InputInvalid, match=why):
        excluded(case)


def test_nothing_is_refused_twice() -> None:
    """One decision, one letter."""
    case = acknowledged()
    excluded(case)
    with pytest.raises(InputInvalid, match="refused already"):
        excluded(case)
    assert kinds(case).count(LetterKind.NOT_ACCEPTED) == 1


def test_a_letter_for_a_persons_hand_keeps_the_case_in_the_queue() -> None:
    """Where no email can go, somebody has to post the decision (LGSCO 2.4, HO 2.4)."""
    case = make_case(reply_address="")
    excluded(case)
    assert case.awaits_officer
    assert case.letters[-1].state is LetterState.BY_HAND
