"""What triage says of a message: the classifier's prediction and the decision made from it.

The officer's ruling is the third record (`models/case.py`); none of the three overwrites another.
"""

from dataclasses import asdict, dataclass
from typing import Any

from models.codes import Flag, Ombudsman, Status


@dataclass(frozen=True)
class Span:
    """A passage: its characters `start` to `end`, and their text.

    `field` says of what they are counted: `body` or `subject` of the message; `read` is the text as triage
    reads it, and stays only where the passage does not stand in the message in one piece.
    """

    start: int
    end: int
    text: str
    field: str = "read"


@dataclass(frozen=True)
class Suggestion:
    """An exclusion or flag that may apply, with the passage that suggests it and why.

    `code` is an `Exclusion`, a `Flag` or an exclusion of the council's own. `rule` names the matcher that
    found the passage, empty where the classifier alone suggests it.
    A suggestion never decides anything (LGSCO 2.1, 2.5).
    """

    code: str
    rule: str
    probability: float
    span: Span
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `heard triage` prints."""
        return {
            "code": str(self.code),
            "probability": round(self.probability, 4),
            "rule": self.rule or None,
            **asdict(self.span),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class FurtherMatter:
    """A second separate matter in a message: its category, how sure that is, and the passage."""

    category: str
    probability: float
    span: Span

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `heard triage` prints."""
        return {
            "category": str(self.category),
            "probability": round(self.probability, 4),
            **asdict(self.span),
        }


@dataclass(frozen=True)
class Prediction:
    """What the classifier alone says: calibrated probabilities between 0 and 1."""

    dissatisfaction: float
    status: dict[Status, float]
    category: dict[str, float]
    ombudsman: Ombudsman
    codes: dict[str, float]
    evidence: tuple[Span, ...] = ()
    artefact: str = ""
    also: tuple[FurtherMatter, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What triage makes of rules and prediction; `reasons` say why an officer has to decide."""

    is_dissatisfied: bool
    dissatisfaction: float
    status: Status
    status_probabilities: dict[Status, float]
    category: str
    category_probabilities: dict[str, float]
    ombudsman: Ombudsman
    exclusions: tuple[Suggestion, ...]
    flags: tuple[Suggestion, ...]
    evidence: tuple[Span, ...]
    officer_decides: bool
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    artefact: str
    also: tuple[FurtherMatter, ...] = ()

    @property
    def is_likely_complaint(self) -> bool:
        """Say whether the guard has to see to a formal acknowledgement if nobody else does.

        It errs on the complainant's side: three chances in ten are enough.
        """
        grievance = self.chance_of_complaint
        return self.status in FORMAL_STATUSES or grievance >= _LIKELY_ENOUGH

    @property
    def chance_of_complaint(self) -> float:
        """Return the probability that the message is a complaint or an escalation."""
        return sum(self.status_probabilities.get(each, 0.0) for each in FORMAL_STATUSES)

    @property
    def flag_codes(self) -> frozenset[Flag]:
        """Return the suggested flags alone."""
        return frozenset(each.code for each in self.flags if isinstance(each.code, Flag))

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `heard triage` prints."""
        return {
            "dissatisfaction": {
                "value": self.is_dissatisfied,
                "probability": round(self.dissatisfaction, 4),
            },
            "status": {
                "value": self.status.value,
                "probability": round(self.status_probabilities[self.status], 4),
                "probabilities": {code.value: round(p, 4) for code, p in self.status_probabilities.items()},
            },
            "category": {
                "value": str(self.category),
                "probability": round(self.category_probabilities[self.category], 4),
                "top3": [{"value": str(code), "probability": round(p, 4)} for code, p in self.likeliest(3)],
            },
            "also": [each.as_json() for each in self.also],
            "ombudsman": self.ombudsman.value,
            "exclusions": [each.as_json() for each in self.exclusions],
            "flags": [each.as_json() for each in self.flags],
            "evidence": [asdict(span) for span in self.evidence],
            "officer_decides": self.officer_decides,
            "reasons": list(self.reasons),
            "rules": list(self.rules),
            "artefact": self.artefact,
        }

    def likeliest(self, count: int) -> list[tuple[str, float]]:
        """Return the `count` likeliest categories with their probabilities, the likeliest first."""
        by_chance = sorted(self.category_probabilities.items(), key=lambda pair: -pair[1])
        return by_chance[:count]


@dataclass(frozen=True)
class DecisionOnRecord:
    """What is on record of the decision about one message: enough to open a case of its own for it."""

    status: Status
    chance_of_complaint: float
    flags: frozenset[Flag] = frozenset()
    passages: tuple[str, ...] = ()

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "DecisionOnRecord":
        """Read it from what `Decision.as_json` wrote."""
        chances = document["status"]["probabilities"]
        return cls(
            status=Status(document["status"]["value"]),
            chance_of_complaint=sum(chances.get(each.value, 0.0) for each in FORMAL_STATUSES),
            flags=frozenset(Flag(each["code"]) for each in document["flags"] if each["code"] in set(Flag)),
            passages=tuple(each["text"] for each in document["evidence"]),
        )

    @property
    def is_likely_complaint(self) -> bool:
        """Say whether the guard sees to a formal acknowledgement, as `Decision.is_likely_complaint` does."""
        return self.status in FORMAL_STATUSES or self.chance_of_complaint >= _LIKELY_ENOUGH


FORMAL_STATUSES = (Status.COMPLAINT, Status.ESCALATION)
"""The statuses whose acknowledgement starts a response clock."""

_LIKELY_ENOUGH = 0.3
