"""Working days in words: how many are left, how many something took, and which days did not count."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from models.deadlines import WorkingDays

_SATURDAY = 5
_DAY = timedelta(days=1)


def left_in_words(due_by: date, *, today: date, working_days: WorkingDays) -> str:
    """Say how many working days are left until a day, or how many it is overdue."""
    if due_by == today:
        return "today"
    count = working_days.between(today, due_by)
    if due_by > today:
        return f"in {_days(count)}" if count else "before the next working day"
    return f"{_days(-count)} overdue" if count else "overdue since the last working day"


def how_timely(done_on: date, due_by: date, working_days: WorkingDays) -> str:
    """Say how long before or after its last day something was done."""
    count = working_days.between(done_on, due_by)
    if done_on <= due_by:
        return f"{_days(count)} before its last day" if count else "on its last day"
    return f"{_days(-count)} late" if count else "late"


def closed_days(days: Iterable[tuple[date, str]]) -> tuple[str, ...]:
    """Name the days that do not count: weekends as one, bank holidays and closure days each by its name."""
    return tuple(_named(days))


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"


def _named(days: Iterable[tuple[date, str]]) -> Iterator[str]:
    """Yield the days in order; neighbouring Saturdays and Sundays are one weekend."""
    known = sorted(days)
    runs = groupby(enumerate(known), key=lambda pair: (_is_weekend(pair[1]), pair[1][0] - pair[0] * _DAY))
    for (is_weekend, _), run in runs:
        together = [each for _, each in run]
        if is_weekend and len(together) > 1:
            first, last = together[0][0], together[-1][0]
            begins = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
            yield f"the weekend of {begins} and {last.day} {last:%B}"
        else:
            yield from (_one(on, why) for on, why in together)


def _is_weekend(each: tuple[date, str]) -> bool:
    on, why = each
    return on.weekday() >= _SATURDAY and why == f"{on:%A}"


def _one(on: date, why: str) -> str:
    return f"{on:%A} {on.day} {on:%B}" + ("" if why == f"{on:%A}" else f" ({why})")
