"""The year's days and instants: seasons, storms, weekends, nights, closed days and both clock changes.

The closed days are written out here once more, and working days are counted from them: what the program
believes about its calendar is not asked.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
YEAR = (date(2026, 4, 1), date(2027, 3, 31))
OUTAGE = (date(2026, 10, 13), date(2026, 10, 15))

BANK_HOLIDAYS = frozenset(
    {
        date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31),
        date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
        # Promises made in March fall due in May.
        date(2027, 5, 3), date(2027, 5, 31),
    }
)  # fmt: skip
CLOCK_CHANGES = (date(2026, 10, 25), date(2027, 3, 28))
CLOSURE_DAYS = tuple(date(2026, 12, 24) + timedelta(days=number) for number in range(9))
"""The council is closed from 24 December to 1 January."""

_CLOSED = BANK_HOLIDAYS | frozenset(CLOSURE_DAYS)
_STORMS = {
    date(2026, 11, 6): 2.0, date(2026, 11, 7): 4.0, date(2026, 11, 8): 5.0, date(2026, 11, 9): 2.5,
    date(2026, 11, 20): 2.0, date(2026, 11, 21): 4.0, date(2026, 11, 22): 4.0, date(2026, 11, 23): 2.0,
}  # fmt: skip
_AFTER_CHRISTMAS = (date(2027, 1, 2), date(2027, 1, 15))
_OF_MONTH = {1: 1.25, 2: 1.05, 8: 0.75, 10: 1.05, 11: 1.1, 12: 0.9}
_OF_WEEKDAY = (1.5, 1.2, 1.1, 1.05, 1.0, 0.5, 0.45)
_ON_CLOSED_DAY = 0.4
_SATURDAY = 5
_OF_HOUR = (
    0.5, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.9, 1.6, 2.6, 2.8, 2.5, 2.2, 2.0, 2.0, 2.0, 1.9, 1.6, 1.4, 1.5, 1.5,
    1.3, 1.0, 0.7,
)  # fmt: skip

_LOOKED_AT = (1, 3, 5, 7, 9, 10, 11, 12, 13, 14, 15, 17, 19, 21, 23)
"""The hours in London at which the simulation goes through its jobs; every hour around the guard's noon."""

_EDGES = tuple(
    datetime.fromisoformat(said)
    for said in (
        # Good Friday, and the last second of a day that in UTC is not over yet.
        "2026-04-03T10:00:00+00:00", "2026-06-30T22:59:59+00:00", "2026-06-30T23:00:00+00:00",
        # The hour that comes twice, the hour that never comes, and the seconds around them.
        "2026-10-25T00:30:00+00:00", "2026-10-25T00:59:59+00:00", "2026-10-25T01:00:00+00:00",
        "2026-10-25T01:30:00+00:00", "2027-03-28T00:59:59+00:00", "2027-03-28T01:00:00+00:00",
        # The days before and after the closure, Christmas, and the turn of the year.
        "2026-12-23T16:59:00+00:00", "2026-12-23T23:59:59+00:00", "2026-12-24T00:00:00+00:00",
        "2026-12-25T12:00:00+00:00", "2026-12-31T23:59:59+00:00", "2027-01-01T00:00:00+00:00",
        "2027-01-01T23:59:59+00:00", "2027-01-04T00:00:00+00:00", "2027-03-26T09:00:00+00:00",
    )
)  # fmt: skip


def instants(first: date, last: date, *, count: int, drawn: random.Random) -> list[datetime]:
    """Return when messages arrive from one day to another, by the seasons, in order."""
    days = days_of(first, last)
    edges = [each for each in _EDGES if first <= day_of(each) <= last][:count]
    chosen = drawn.choices(days, [_weight(day) for day in days], k=count - len(edges))
    return sorted([*edges, *(_instant(day, drawn) for day in chosen)])


def steps(first: date, last: date) -> list[datetime]:
    """Return when the jobs are run, in order; the hour that comes twice is gone through once."""
    found = {_at(day, time(hour)) for day in days_of(first, last) for hour in _LOOKED_AT}
    return sorted(found)


def starts(day: date) -> datetime:
    """Return the instant at which a day begins in England."""
    return _at(day, time())


def day_of(instant: datetime) -> date:
    """Return the date in England at an instant."""
    return instant.astimezone(LONDON).date()


def is_closed(day: date) -> bool:
    """Say whether nobody works on a day."""
    return day.weekday() >= _SATURDAY or day in _CLOSED


def working_days(start: date, end: date) -> int:
    """Count the working days after one day up to another."""
    return sum(not is_closed(day) for day in days_of(start + timedelta(days=1), end))


def after(start: date, count: int) -> date:
    """Return the day that lies so many working days after another."""
    day = start
    while working_days(start, day) < count:
        day += timedelta(days=1)
    return day


def working_day_of(start: date, day: date) -> int:
    """Return by which working day after the first a day comes; a closed day belongs to the next one."""
    count = working_days(start, day)
    return count + (is_closed(day) and day > start)


def days_of(first: date, last: date) -> list[date]:
    """Return the days from one to another, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _weight(day: date) -> float:
    weight = _OF_MONTH.get(day.month, 1.0) * _OF_WEEKDAY[day.weekday()] * _STORMS.get(day, 1.0)
    if day in _CLOSED:
        weight *= _ON_CLOSED_DAY
    if _AFTER_CHRISTMAS[0] <= day <= _AFTER_CHRISTMAS[1]:
        weight *= 1.6
    return weight


def _instant(day: date, drawn: random.Random) -> datetime:
    (hour,) = drawn.choices(range(24), _OF_HOUR)
    return _at(day, time(hour, drawn.randrange(60), drawn.randrange(60), fold=drawn.randrange(2)))


def _at(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, tzinfo=LONDON).astimezone(UTC)
