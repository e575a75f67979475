"""A prediction and the rules' findings to a decision: what triage suggests, and when an officer decides.

Pure policy: it is handed a prediction, never a classifier.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.codes import Category, Flag, Ombudsman, Status
from models.decision import FORMAL_STATUSES, Decision, Prediction, Span, Suggestion

OMBUDSMAN_SETTLED: dict[str, Ombudsman] = {
    Category.RIGHT_TO_BUY: Ombudsman.HOUSING,
}
"""Categories in which the council can only act as landlord; for the others the words decide."""


@dataclass(frozen=True)
class Thresholds:
    """How sure is sure enough, as probabilities from 0 to 1; chosen in training, kept with the artefact."""

    dissatisfaction: float = 0.5
    status: float = 0.7
    complaint_missed: float = 0.1
    codes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundCode:
    """An exclusion or flag with its probability, the passage and reason found for it, and by which rule."""

    code: str
    probability: float
    rule: str
    span: Span
    reason: str


def decide(
    prediction: Prediction,
    found: Iterable[FoundCode],
    *,
    thresholds: Thresholds,
    text_is_empty: bool = False,
    settled: Status | None = None,
) -> Decision:
    """Make the decision that is recorded, shown and acted upon; `settled` is a status that a rule settles."""
    status = settled or max(prediction.status, key=lambda code: prediction.status[code])
    category = max(prediction.category, key=lambda code: prediction.category[code])
    suggestions = [_suggestion(each) for each in found if _suggests(each, status, thresholds)]
    doubts = _doubts(prediction, status, thresholds, text_is_empty=text_is_empty)
    reasons = () if settled else tuple(doubts)
    return Decision(
        is_dissatisfied=_is_dissatisfied(prediction, status, thresholds),
        dissatisfaction=prediction.dissatisfaction,
        status=status,
        status_probabilities=prediction.status,
        category=category,
        category_probabilities=prediction.category,
        ombudsman=OMBUDSMAN_SETTLED.get(category, prediction.ombudsman),
        exclusions=tuple(each for each in suggestions if not isinstance(each.code, Flag)),
        flags=tuple(each for each in suggestions if isinstance(each.code, Flag)),
        evidence=prediction.evidence,
        officer_decides=bool(reasons),
        reasons=reasons,
        rules=tuple(dict.fromkeys(each.rule for each in suggestions if each.rule)),
        artefact=prediction.artefact,
        also=prediction.also,
    )


def _is_dissatisfied(prediction: Prediction, status: Status, thresholds: Thresholds) -> bool:
    """Say yes for every complaint and escalation, which express it by definition (LGSCO 1.4)."""
    return status in FORMAL_STATUSES or (
        prediction.dissatisfaction >= thresholds.dissatisfaction
        and status not in (Status.COMPLIMENT, Status.OTHER)
    )


def _doubts(
    prediction: Prediction, status: Status, thresholds: Thresholds, *, text_is_empty: bool
) -> Iterable[str]:
    """Yield why an officer has to decide, in words; nothing where triage is sure."""
    if text_is_empty:
        yield "there is no text to read"
    probability = prediction.status[status]
    if probability < thresholds.status:
        others = sorted(prediction.status, key=lambda code: -prediction.status[code])
        yield f"the status is unsure: {_named(others[0])} or {_named(others[1])} ({probability:.0%} sure)"
    chance = sum(prediction.status[each] for each in FORMAL_STATUSES)
    if status not in FORMAL_STATUSES and chance >= thresholds.complaint_missed:
        yield f"it may be a complaint after all ({chance:.0%})"


def _suggests(each: FoundCode, status: Status, thresholds: Thresholds) -> bool:
    if status is Status.COMPLIMENT and not isinstance(each.code, Flag):
        return False
    return each.probability >= thresholds.codes.get(each.code, 0.5)


def _suggestion(each: FoundCode) -> Suggestion:
    return Suggestion(
        code=each.code,
        rule=each.rule,
        probability=each.probability,
        span=each.span,
        reason=each.reason,
    )


def _named(status: Status) -> str:
    return status.value.replace("_", " ")
