"""What triage says, in the shape that other programs rely on."""

import json

import pytest
from builders import make_decision

from models.codes import Category, Exclusion, Flag, Status
from models.decision import Span, Suggestion


@pytest.mark.parametrize("status", [Status.COMPLAINT, Status.ESCALATION])
def test_a_complaint_or_escalation_is_likely_one(status: Status) -> None:
    """What is called a complaint is guarded however unsure triage is (LGSCO 6.2)."""
    assert make_decision(status, probability=0.21, second=Status.ENQUIRY).is_likely_complaint


@pytest.mark.parametrize(("chance", "is_likely"), [(0.30, True), (0.29, False)])
def test_three_chances_in_ten_make_a_likely_complaint(chance: float, *, is_likely: bool) -> None:
    """A doubt speaks for the complainant."""
    decision = make_decision(Status.ENQUIRY, probability=1 - chance, second=Status.COMPLAINT)
    assert decision.is_likely_complaint is is_likely


def test_chances_of_complaint_and_escalation_add_up() -> None:
    """Whether it is a first or a second complaint, somebody complains."""
    chances = dict.fromkeys(Status, 0.0) | {
        Status.ENQUIRY: 0.6, Status.COMPLAINT: 0.2, Status.ESCALATION: 0.2,
    }  # fmt: skip
    decision = make_decision(Status.ENQUIRY, status_probabilities=chances)
    assert decision.chance_of_complaint == pytest.approx(0.4)
    assert decision.is_likely_complaint


def test_the_likeliest_categories_come_first() -> None:
    """An officer's menu begins with what triage thinks likeliest."""
    chances = dict.fromkeys(Category, 0.0) | {
        Category.BUS_PASSES: 0.2, Category.OTHER: 0.5, Category.HOUSING_RENT: 0.3,
    }  # fmt: skip
    decision = make_decision(category_probabilities=chances)
    assert [code for code, _ in decision.likeliest(3)] == [
        Category.OTHER, Category.HOUSING_RENT, Category.BUS_PASSES,
    ]  # fmt: skip


def test_a_decision_is_json_with_every_promised_key() -> None:
    """`heard triage` prints codes of the triage guide, spans and reasons (docs/triage.md)."""
    passage = Span(3, 9, "flood!", "body")
    decision = make_decision(
        flags=[Flag.VULNERABLE],
        exclusions=(Suggestion(Exclusion.INSURANCE_CLAIM, "", 0.87654, passage, "asks to be compensated"),),
    )
    said = json.loads(json.dumps(decision.as_json()))
    assert {
        "dissatisfaction", "status", "category", "ombudsman", "exclusions", "flags", "evidence",
        "officer_decides", "reasons", "artefact",
    } <= set(said)  # fmt: skip
    assert said["exclusions"] == [
        {"code": "insurance_claim", "probability": 0.8765, "rule": None, "start": 3, "end": 9,
         "text": "flood!", "field": "body", "reason": "asks to be compensated"}
    ]  # fmt: skip
    assert said["status"]["value"] == "complaint"
    assert set(said["status"]["probabilities"]) == {status.value for status in Status}
    assert len(said["category"]["top3"]) == 3
    assert decision.flag_codes == {Flag.VULNERABLE}
