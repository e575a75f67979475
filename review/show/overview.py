"""What the overview shows: rows of days in, months, shares and charts out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from models.deadlines import WorkingDays
from models.overview_rows import Agreement, Punctuality
from review.show.charts import Bar, Stack, bars, stacks

_AGES = ((5, "up to 5 working days"), (10, "6 to 10"), (20, "11 to 20"), (30, "21 to 30"))
_OLDER = "more than 30"


@dataclass(frozen=True)
class Table:
    """A chart with the table that says the same; the first cell of each row is its heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Markup | None = None
    empty: str = "There is nothing to show yet."


def punctuality(caption: str, days: Sequence[Punctuality]) -> Table:
    """Return the months with what was in time, late and still open."""
    months: dict[tuple[int, int], Counter[str]] = {}
    for row in days:
        counts = months.setdefault((row.day.year, row.day.month), Counter())
        counts.update(in_time=row.in_time, late=row.late, open=row.open)
    rows = tuple(
        (_month(*key), f"{one['in_time']:,}", f"{one['late']:,}", f"{one['open']:,}", _share(one))
        for key, one in months.items()
    )
    names = ("in time", "late", "time left")
    drawn = [
        Stack(f"{date(*key, 1):%b}", (one["in_time"], one["late"], one["open"]))
        for key, one in months.items()
    ]
    return Table(
        caption, ("Month", "In time", "Late", "Time left", "Share in time"), rows,
        stacks(f"{caption}; the table below says the same", drawn, names) if rows else None,
    )  # fmt: skip


def share_in_time(days: Sequence[Punctuality]) -> str:
    """Return the share of what was due that was in time, a dash where nothing was."""
    total: Counter[str] = Counter()
    for row in days:
        total.update(in_time=row.in_time, late=row.late)
    return _share(total)


def ageing(days: Sequence[tuple[date, int]], *, today: date, working_days: WorkingDays) -> Table:
    """Return how old the unanswered complaints are, in working days."""
    counts: Counter[str] = Counter()
    for day, count in days:
        counts[_age(working_days.between(day, today))] += count
    names = [*(name for _, name in _AGES), _OLDER]
    return counted(
        "Complaints without an answer now, by age", "Age", [(name, counts[name]) for name in names]
    )


def counted(
    caption: str, head: str, rows: Sequence[tuple[str, int]], *, name: Callable[[str], str] = str
) -> Table:
    """Return counts as bars and a table."""
    drawn = [Bar(name(key), count, f"{count:,}") for key, count in rows]
    return Table(
        caption, (head, "Number"), tuple((name(key), f"{count:,}") for key, count in rows),
        bars(f"{caption}; the table below says the same", drawn) if any(count for _, count in rows) else None,
    )  # fmt: skip


def agreement(days: Sequence[Agreement], *, since: str) -> Table:
    """Return by month how often officers agreed with the suggestion, since a day in words."""
    months: dict[tuple[int, int], list[int]] = {}
    for row in days:
        one = months.setdefault((row.day.year, row.day.month), [0, 0, 0])
        for place, value in enumerate((row.rulings, row.same_status, row.same_category)):
            one[place] += value
    rows = tuple(
        (_month(*key), f"{count:,}", f"{status / count:.0%}", f"{category / count:.0%}")
        for key, (count, status, category) in months.items()
    )
    drawn = [
        Bar(f"{_month(*key)}: status", status / count, f"{status / count:.0%}")
        for key, (count, status, _) in months.items()
    ]
    caption = f"How often officers agreed with the suggestion, since {since}"
    return Table(
        caption, ("Month", "Rulings", "Same status", "Same category"), rows,
        bars(f"{caption}; the table below says the same", drawn) if rows else None,
        empty="No officer has ruled on a suggestion yet.",
    )  # fmt: skip


def named(codes: Mapping[str, str]) -> Callable[[str], str]:
    """Return what gives a code its name, and an unknown one in plain words."""
    return lambda code: codes.get(code, code.replace("_", " ").capitalize())


def _share(counts: Mapping[str, int]) -> str:
    due = counts["in_time"] + counts["late"]
    return f"{counts['in_time'] / due:.1%}" if due else "–"


def _age(days: int) -> str:
    return next((name for limit, name in _AGES if days <= limit), _OLDER)


def _month(year: int, month: int) -> str:
    return f"{date(year, month, 1):%B %Y}"
