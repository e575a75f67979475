"""What the page of the classifier shows: what officers corrected, and where it leaves them alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.ruled import RuledMessage

_MOST = 10
_FEWEST = 3
"""A suggestion with fewer rulings says nothing of how often it is corrected."""


Said = tuple[str, str, bool]
"""What triage had said, what the officer ruled, and whether triage had left it to them."""


@dataclass(frozen=True)
class Corrected:
    """A suggestion: how many rulings, how often corrected, to what most, how often triage left it open."""

    name: str
    rulings: int
    corrected: int
    mostly_to: str
    unsure: int


def said_of_both(ruled: Iterable[RuledMessage]) -> tuple[list[Said], list[Said]]:
    """Return what was said of the statuses and of the categories; the messages themselves are let go."""
    statuses, categories = [], []
    for each in ruled:
        statuses.append((each.said_status, each.status, bool(each.was_unsure)))
        categories.append((each.said_category, each.category, bool(each.was_unsure)))
    return statuses, categories


def often_corrected(said: Iterable[Said], *, name: Callable[[str], str]) -> list[Corrected]:
    """Return the suggestions that officers corrected most often, the worst share first."""
    counts: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    became: dict[str, Counter[str]] = defaultdict(Counter)
    for suggested, ruled, was_unsure in said:
        if not suggested:
            continue
        counts[suggested] += 1
        unsure[suggested] += was_unsure
        if ruled != suggested:
            became[suggested][ruled] += 1
    rows = [
        Corrected(
            name(code), count, became[code].total(),
            name(became[code].most_common(1)[0][0]) if became[code] else "–", unsure[code],
        )
        for code, count in counts.items()
        if count >= _FEWEST
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.corrected / row.rulings, -row.rulings, row.name))[:_MOST]
