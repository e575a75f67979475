"""What the page of the classifier shows: what officers corrected, and where it leaves them alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.ruled import RuledMessage

_MOST = 10
_FEWEST = 3
"""A matter with fewer rulings says nothing of how often it is corrected."""


@dataclass(frozen=True)
class Corrected:
    """A category as suggested: how many rulings, how often corrected, to what most, how often left open."""

    name: str
    rulings: int
    corrected: int
    mostly_to: str
    unsure: int


def often_corrected(ruled: Iterable[RuledMessage], *, name: Callable[[str], str]) -> list[Corrected]:
    """Return the suggested categories that officers corrected most often, the worst share first."""
    counts: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    became: dict[str, Counter[str]] = defaultdict(Counter)
    for each in ruled:
        if not each.said_category:
            continue
        counts[each.said_category] += 1
        unsure[each.said_category] += bool(each.was_unsure)
        if each.category != each.said_category:
            became[each.said_category][each.category] += 1
    rows = [
        Corrected(
            name(code), count, became[code].total(),
            name(became[code].most_common(1)[0][0]) if became[code] else "–", unsure[code],
        )
        for code, count in counts.items()
        if count >= _FEWEST
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.corrected / row.rulings, -row.rulings, row.name))[:_MOST]
