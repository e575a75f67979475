"""What triage suggests about a message, in words and figures, with what else it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.show.names import Names
from review.show.text import one_line

_SURE = ((0.9, "sure"), (0.75, "fairly sure"), (0.5, "unsure"))
_WORTH_NAMING = 0.01
"""Statuses below this are left out of the table: 1 in 100."""


@dataclass(frozen=True)
class Chance:
    """One of several that it may be, and how likely that is."""

    code: str
    name: str
    probability: float


@dataclass(frozen=True)
class Idea:
    """A flag, an exclusion or a further matter that suggests itself, and why."""

    code: str
    name: str
    probability: float
    reason: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A decision of triage as an officer reads it.

    `sureness` says in a word how sure it is of the status. `doubts` say why an officer has to decide.
    `statuses` and `categories` are the likeliest, the suggested one first.
    """

    message: int
    decided_at: datetime
    status: Chance
    sureness: str
    is_dissatisfied: bool
    dissatisfaction: float
    statuses: tuple[Chance, ...]
    categories: tuple[Chance, ...]
    ombudsman: str
    ombudsman_code: str
    exclusions: tuple[Idea, ...]
    flags: tuple[Idea, ...]
    also: tuple[Idea, ...]
    officer_decides: bool
    doubts: tuple[str, ...]
    artefact: str

    @property
    def category(self) -> Chance:
        """The category that is suggested."""
        return self.categories[0]


def suggestion_of(row: Mapping[str, Any], names: Names) -> Suggestion:
    """Put a decision's row into words."""
    document = row["document"]
    status, category = document["status"], document["category"]
    chance = float(status["probability"])
    return Suggestion(
        message=row["message_id"],
        decided_at=row["decided_at"],
        status=Chance(status["value"], names.status(status["value"]), chance),
        sureness=_sureness(chance, officer_decides=document["officer_decides"]),
        is_dissatisfied=bool(document["dissatisfaction"]["value"]),
        dissatisfaction=float(document["dissatisfaction"]["probability"]),
        statuses=_likeliest(status, names),
        categories=_categories(category, names),
        ombudsman=names.ombudsman(document["ombudsman"]),
        ombudsman_code=document["ombudsman"],
        exclusions=tuple(
            Idea(each["code"], names.exclusion(each["code"]), each["probability"], each["reason"])
            for each in document.get("exclusions", ())
        ),
        flags=tuple(
            Idea(each["code"], names.flag(each["code"]), each["probability"], each["reason"])
            for each in document.get("flags", ())
        ),
        also=tuple(
            Idea(each["category"], names.category(each["category"]), each["probability"])
            for each in document.get("also", ())
        ),
        officer_decides=bool(document["officer_decides"]),
        doubts=tuple(one_line(reason) for reason in document.get("reasons", ())),
        artefact=one_line(str(document.get("artefact", ""))),
    )


def _sureness(probability: float, *, officer_decides: bool) -> str:
    word = next((word for limit, word in _SURE if probability >= limit), "a guess")
    return "you decide" if officer_decides and word != "a guess" else word


def _likeliest(status: Mapping[str, Any], names: Names) -> tuple[Chance, ...]:
    """Return the statuses worth naming, the suggested one first: a rule may put it before a likelier one."""
    value = status["value"]
    by_chance = sorted(status["probabilities"].items(), key=lambda pair: (pair[0] != value, -pair[1]))
    return tuple(
        Chance(code, names.status(code), chance)
        for code, chance in by_chance
        if code == value or chance >= _WORTH_NAMING
    )


def _categories(category: Mapping[str, Any], names: Names) -> tuple[Chance, ...]:
    first = (category["value"], category["probability"])
    others = [(each["value"], each["probability"]) for each in category.get("top3", ())]
    together = dict([first, *others])
    return tuple(Chance(code, names.category(code), float(chance)) for code, chance in together.items())
