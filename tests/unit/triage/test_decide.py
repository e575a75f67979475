"""The policy between a prediction and what is acted upon."""

import pytest
from builders import make_prediction
from hypothesis import given, settings
from hypothesis import strategies as st

from models.codes import Category, Exclusion, Flag, Ombudsman, Status
from models.decision import Span
from triage.decide import FoundCode, Thresholds, decide

SPAN = Span(0, 4, "rats")
LIMITS = Thresholds(dissatisfaction=0.5, status=0.7, complaint_missed=0.1, codes={"vulnerable": 0.6})


def found(code: Exclusion | Flag, probability: float) -> FoundCode:
    """Return a code that a rule found."""
    return FoundCode(code, probability, "row", SPAN, "because")


def test_the_likeliest_status_and_category_are_suggested() -> None:
    """Of all labels the one with the best chance is taken."""
    prediction = make_prediction(
        {Status.ENQUIRY: 0.95, Status.OTHER: 0.05}, category={Category.PEST_CONTROL: 0.6, Category.OTHER: 0.4}
    )
    decision = decide(prediction, [], thresholds=LIMITS)
    assert (decision.status, decision.category) == (Status.ENQUIRY, Category.PEST_CONTROL)
    assert (decision.officer_decides, decision.reasons) == (False, ())


@pytest.mark.parametrize(("chance", "is_unsure"), [(0.69, True), (0.70, False), (0.71, False)])
def test_near_the_threshold_an_officer_decides(chance: float, *, is_unsure: bool) -> None:
    """Below the threshold triage says that it is not sure, and between what."""
    prediction = make_prediction({Status.COMPLAINT: chance, Status.ESCALATION: 1 - chance})
    decision = decide(prediction, [], thresholds=LIMITS)
    assert decision.officer_decides is is_unsure
    if is_unsure:
        assert decision.reasons == ("the status is unsure: complaint or escalation (69% sure)",)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.COMPLAINT, Status.ESCALATION}))
@pytest.mark.parametrize(("chance", "is_unsure"), [(0.09, False), (0.11, True)])
def test_nothing_that_may_be_a_complaint_is_called_something_else_with_confidence(
    chance: float, status: Status, *, is_unsure: bool
) -> None:
    """A small chance of a complaint is enough for an officer to look (LGSCO 1.5, HO 1.3)."""
    halves = {Status.COMPLAINT: chance / 2, Status.ESCALATION: chance / 2}
    decision = decide(make_prediction({status: 1 - chance} | halves), [], thresholds=LIMITS)
    assert decision.officer_decides is is_unsure
    assert any("complaint after all" in reason for reason in decision.reasons) is is_unsure


def test_a_message_without_text_is_an_officer_s() -> None:
    """What holds nothing to read is never decided by machine."""
    decision = decide(make_prediction(), [], thresholds=LIMITS, text_is_empty=True)
    assert decision.reasons == ("there is no text to read",)


@pytest.mark.parametrize(
    ("status", "chance", "is_dissatisfied"),
    [
        (Status.COMPLAINT, 0.01, True),
        (Status.ESCALATION, 0.01, True),
        (Status.SERVICE_REQUEST, 0.50, True),
        (Status.SERVICE_REQUEST, 0.49, False),
        (Status.ENQUIRY, 0.90, True),
        (Status.COMPLIMENT, 0.99, False),
        (Status.OTHER, 0.99, False),
    ],
)
def test_dissatisfaction_follows_status_and_chance(
    status: Status, chance: float, *, is_dissatisfied: bool
) -> None:
    """Complaints express it by definition, praise and spam never (LGSCO 1.4, 1.7)."""
    prediction = make_prediction({status: 1.0}, dissatisfaction=chance)
    assert decide(prediction, [], thresholds=LIMITS).is_dissatisfied is is_dissatisfied


@pytest.mark.parametrize(
    ("each", "is_suggested"),
    [
        (found(Flag.VULNERABLE, 0.60), True),
        (found(Flag.VULNERABLE, 0.59), False),
        (found(Flag.ABUSIVE, 0.50), True),
        (found(Flag.ABUSIVE, 0.49), False),
    ],
)
def test_a_code_is_suggested_from_its_threshold_on(each: FoundCode, *, is_suggested: bool) -> None:
    """Each code has a threshold of its own, a half where none was chosen."""
    assert bool(decide(make_prediction(), [each], thresholds=LIMITS).flags) is is_suggested


def test_a_suggestion_keeps_its_passage_and_reason() -> None:
    """An officer sees where, why and how likely (LGSCO 2.4)."""
    decision = decide(make_prediction(), [found(Exclusion.APPEAL_ROUTE, 0.8)], thresholds=LIMITS)
    (suggestion,) = decision.exclusions
    assert (suggestion.span, suggestion.reason, suggestion.probability) == (SPAN, "because", 0.8)
    assert decision.rules == ("row",)
    assert decision.flags == ()


def test_praise_carries_no_exclusion() -> None:
    """A compliment is never suggested to be refused, its flags stay (docs/triage.md)."""
    codes = [found(Exclusion.SCHOOL_MATTER, 0.9), found(Flag.VULNERABLE, 0.9)]
    decision = decide(make_prediction({Status.COMPLIMENT: 1.0}), codes, thresholds=LIMITS)
    assert decision.exclusions == ()
    assert decision.flag_codes == {Flag.VULNERABLE}


def test_an_exclusion_never_changes_the_status() -> None:
    """A suggestion never refuses anybody (LGSCO 2.1, 2.5)."""
    codes = [found(code, 1.0) for code in Exclusion]
    decision = decide(make_prediction(), codes, thresholds=LIMITS)
    assert decision.status is Status.COMPLAINT
    assert len(decision.exclusions) == len(Exclusion)


@pytest.mark.parametrize(
    ("category", "said", "has_it"),
    [
        (Category.RIGHT_TO_BUY, Ombudsman.LGSCO, Ombudsman.HOUSING),
        (Category.HOUSING_REPAIRS, Ombudsman.HOUSING, Ombudsman.HOUSING),
        (Category.WASTE_AND_RECYCLING, Ombudsman.LGSCO, Ombudsman.LGSCO),
    ],
)
def test_the_ombudsman_follows_the_matter(category: Category, said: Ombudsman, has_it: Ombudsman) -> None:
    """Where the council can only be the landlord, the Housing Ombudsman has the case (HO 5.7)."""
    prediction = make_prediction(category={category: 1.0}, ombudsman=said)
    assert decide(prediction, [], thresholds=LIMITS).ombudsman is has_it


def test_the_prediction_is_left_as_it_was() -> None:
    """Prediction and decision are two records."""
    prediction = make_prediction({Status.ENQUIRY: 1.0})
    decision = decide(prediction, [], thresholds=LIMITS)
    assert decision.status_probabilities == prediction.status
    assert decision.artefact == prediction.artefact


@settings(max_examples=100, deadline=None)
@given(weights=st.lists(st.integers(1, 100), min_size=6, max_size=6), chance=st.floats(0, 1))
def test_every_message_gets_a_status_and_a_reason_wherever_an_officer_decides(
    weights: list[int], chance: float
) -> None:
    """Whatever the chances, there is one status, and doubt is always explained."""
    shares = {status: weight / sum(weights) for status, weight in zip(Status, weights, strict=True)}
    decision = decide(make_prediction(shares, dissatisfaction=chance), [], thresholds=LIMITS)
    assert shares[decision.status] == max(shares.values())
    assert decision.officer_decides is bool(decision.reasons)


def test_what_a_rule_settles_is_not_left_to_an_officer() -> None:
    """The settled status stands, and is a dissatisfied one, though the classifier wavers."""
    prediction = make_prediction(status={Status.ENQUIRY: 0.5, Status.COMPLAINT: 0.3, Status.ESCALATION: 0.2})
    decision = decide(prediction, [], thresholds=Thresholds(), settled=Status.ESCALATION)
    assert (decision.status, decision.officer_decides) == (Status.ESCALATION, False)
    assert decision.is_dissatisfied
