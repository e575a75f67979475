"""Whether a candidate may take the live artefact's place: policy over what both say of the same messages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.classifier import Truths
from triage.evaluate import Said, missed

Hits = NDArray[np.bool_]

RESAMPLES = 2_000
SURE = 0.95
"""How sure the comparison has to be before a difference counts as one."""

MOVED_BY_PRACTICE = 0.02
"""So much of the categories of the project's own evaluation may differ: a council draws its own lines."""


@dataclass(frozen=True)
class Comparison:
    """One figure of both on the same messages: shares right, and the interval of the difference."""

    name: str
    messages: int
    live: float
    candidate: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """Return the comparison in words."""
        return (
            f"{self.name}: {self.candidate:.3f} after {self.live:.3f} "
            f"({self.low:+.3f} to {self.high:+.3f}, {self.messages:,} messages)"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate is promoted, the reasons against it, and the figures."""

    reasons: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def passes(self) -> bool:
        """Say whether nothing speaks against the candidate."""
        return not self.reasons


def judge(
    evaluation: Truths,
    *,
    live: Said,
    candidate: Said,
    rulings: Truths,
    live_on_rulings: Said,
    candidate_on_rulings: Said,
    seed: int = 0,
) -> Verdict:
    """Compare a candidate with the live artefact on the fixed evaluation and on the latest rulings.

    `rulings` are those that the live artefact had not learnt from; what the candidate says of them comes
    from heads that had not either. It is refused where a figure is worse beyond chance (paired bootstrap,
    Efron and Tibshirani 1993, chapter 16), or where it misses more complaints with confidence.
    """
    generator = np.random.default_rng(seed)

    def compared(what: str, where: str, truths: Truths, before: Said, now: Said) -> Comparison:
        true = getattr(truths, what)
        hits = (getattr(before, what) == true, getattr(now, what) == true)
        return _compared(f"{what} on {where}", *hits, generator)

    on_evaluation = ("the evaluation set", evaluation, live, candidate)
    on_rulings = ("the latest rulings", rulings, live_on_rulings, candidate_on_rulings)
    has_rulings = len(rulings.status) > 0
    firm = [compared(what, *on_evaluation) for what in ("dissatisfaction", "status")]
    if has_rulings:
        firm += [compared(what, *on_rulings) for what in ("status", "category")]
    category = compared("category", *on_evaluation)
    reasons = [f"worse: {each.text}" for each in firm if each.high < 0]
    if category.high < -MOVED_BY_PRACTICE:
        reasons.append(f"worse: {category.text}")
    reasons += _more_missed(*on_evaluation)
    if has_rulings:
        reasons += _more_missed(*on_rulings)
    return Verdict(tuple(reasons), (*firm, category))


def _more_missed(where: str, truths: Truths, live: Said, candidate: Said) -> list[str]:
    before, after = int(missed(live, truths).sum()), int(missed(candidate, truths).sum())
    if after <= before:
        return []
    return [f"it misses more complaints with confidence on {where}: {after} after {before}"]


def _compared(name: str, live: Hits, candidate: Hits, generator: np.random.Generator) -> Comparison:
    difference = candidate.astype(np.float64) - live
    rows = generator.integers(0, len(difference), size=(RESAMPLES, len(difference)))
    low, high = np.quantile(difference[rows].mean(axis=1), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Comparison(
        name, len(difference), float(live.mean()), float(candidate.mean()), float(low), float(high)
    )
