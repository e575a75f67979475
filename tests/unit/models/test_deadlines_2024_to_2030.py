"""Every due date of seven years against another reckoning, and awkward ones that were counted by hand."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

import pytest

from models.deadlines import Clock, WorkingDays, received_on, reckon

FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """Return Easter by Butcher's rule (The Ecclesiastical Calendar, 1877)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    n = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * n) // 451
    month, day = divmod(h + n - 7 * m + 114, 31)
    return date(year, month, day + 1)


def first_monday(day: date) -> date:
    """Return the first Monday on or after a day."""
    return day + DAY * (-day.weekday() % 7)


def bank_holidays_of(year: int) -> set[date]:
    """Return the days off (Banking and Financial Dealings Act 1971), substitutes in place of weekends."""
    fixed = {
        easter_sunday(year) - 2 * DAY,
        easter_sunday(year) + DAY,
        first_monday(date(year, 5, 1)),
        first_monday(date(year, 5, 25)),
        first_monday(date(year, 8, 25)),
    }
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        near = (day + DAY * n for n in range(5))
        fixed.add(next(each for each in near if each.weekday() < 5 and each not in fixed))
    return fixed


OFF = set().union(*(bank_holidays_of(year) for year in range(2023, 2033)))
OPEN = [
    day
    for day in (date(2023, 12, 1) + DAY * n for n in range(366 * 8))
    if day.weekday() < 5 and day not in OFF
]


def later(start: date, count: int) -> date:
    """Return the working day that is the `count`th after a day, by looking it up in a list."""
    return OPEN[bisect_right(OPEN, start) + count - 1]


@pytest.mark.parametrize("stage", [1, 2])
def test_every_date_of_seven_years_is_that_of_another_reckoning(stage: int) -> None:
    """Acknowledgement, response and extension from each day of 2024 to 2030 (LGSCO 6.2 to 6.16; HO 6.2)."""
    days = [FIRST + DAY * n for n in range((LAST - FIRST).days + 1)]
    span = {1: 10, 2: 20}[stage]
    differences = []
    for day in days:
        found = reckon(day, stage=stage, working_days=WorkingDays())
        acknowledge_by = later(day, 5)
        respond_by = later(acknowledge_by, span)
        expected = (acknowledge_by, respond_by, later(respond_by, span))
        if (found.acknowledge_by, found.respond_by, found.extendable_to) != expected:
            differences.append((day, found, expected))
    assert len(days) == 2557
    assert differences == []


@pytest.mark.parametrize(
    ("received", "acknowledge_by"),
    [
        (date(2026, 4, 2), date(2026, 4, 13)),  # Good Friday and Easter Monday follow.
        (date(2026, 12, 22), date(2026, 12, 31)),  # Boxing Day is a Saturday, its substitute the 28th.
        (date(2027, 12, 24), date(2028, 1, 5)),  # Christmas on a Saturday, and New Year's Day too.
        (date(2024, 12, 24), date(2025, 1, 3)),  # Two holidays, then New Year's Day.
        (date(2025, 5, 4), date(2025, 5, 12)),  # A Sunday before a bank holiday Monday.
        (date(2025, 8, 22), date(2025, 9, 1)),  # The summer bank holiday, and the month's end.
        (date(2024, 2, 29), date(2024, 3, 7)),  # A leap day.
        (date(2026, 10, 24), date(2026, 10, 30)),  # The clocks go back in the night.
    ],
)
def test_awkward_acknowledgements_counted_by_hand(received: date, acknowledge_by: date) -> None:
    """Day 1 is the working day after receipt (LGSCO 6.2, HO 6.2)."""
    assert WorkingDays().acknowledge_by(received) == acknowledge_by


@pytest.mark.parametrize(
    ("stage", "acknowledged_on", "respond_by", "extendable_to"),
    [
        (1, date(2026, 4, 2), date(2026, 4, 20), date(2026, 5, 5)),  # Easter, then May Day.
        (2, date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 28)),  # Over Christmas.
    ],
)
def test_awkward_responses_counted_by_hand(
    stage: int, acknowledged_on: date, respond_by: date, extendable_to: date
) -> None:
    """10 and 20 working days from the acknowledgement, and as many again (LGSCO 6.3, 6.4, 6.15, 6.16)."""
    found: Clock = reckon(
        acknowledged_on, stage=stage, acknowledged_on=acknowledged_on, working_days=WorkingDays()
    )
    assert (found.respond_by, found.extendable_to) == (respond_by, extendable_to)


def test_days_on_which_the_council_is_closed_do_not_count() -> None:
    """Three closure days after Christmas put the date off to January, and are named (LGSCO 6.2, HO 6.2)."""
    closed = WorkingDays(frozenset(date(2026, 12, day) for day in (29, 30, 31)))
    found = reckon(date(2026, 12, 22), working_days=closed)
    assert found.acknowledge_by == date(2027, 1, 6)
    names = dict(found.not_counted)
    assert names[date(2026, 12, 30)] == "the council is closed"
    assert names[date(2026, 12, 25)] == "Christmas Day"
    assert names[date(2026, 12, 27)] == "Sunday"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),  # Half past midnight in summer.
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), date(2026, 3, 28)),  # The night the clocks go forward.
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30)),  # The night after it.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # Half past one, the first time.
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),  # Winter time again.
    ],
)
def test_the_day_of_receipt_is_england_s(instant: datetime, day: date) -> None:
    """Both changes of the clocks, and midnight between them."""
    assert received_on(instant) == day
