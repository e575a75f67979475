"""The Codes' clocks: working days of England, by hand, by properties and by another reckoning."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.deadlines import LONDON, WorkingDays, received_on

ENGLAND = WorkingDays()
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))

ACKNOWLEDGEMENTS = [
    # An ordinary week, and one that begins with a bank holiday.
    ("2026-03-02", "2026-03-09", "Monday to Monday"),
    ("2026-03-06", "2026-03-13", "Friday to Friday"),
    ("2026-05-01", "2026-05-11", "over the early May bank holiday"),
    ("2026-05-21", "2026-05-29", "over the spring bank holiday"),
    ("2026-08-28", "2026-09-07", "over the summer bank holiday"),
    # Easter 2026: Good Friday is 3 April, Easter Monday 6 April.
    ("2026-03-27", "2026-04-07", "the Friday before Good Friday"),
    ("2026-04-01", "2026-04-10", "Wednesday before Easter"),
    ("2026-04-02", "2026-04-13", "Maundy Thursday"),
    ("2026-04-03", "2026-04-13", "received on Good Friday"),
    ("2026-04-04", "2026-04-13", "received on Easter Saturday"),
    ("2026-04-05", "2026-04-13", "received on Easter Sunday"),
    ("2026-04-06", "2026-04-13", "received on Easter Monday"),
    # Christmas 2026: Boxing Day is a Saturday, so Monday 28 December is closed in its place.
    ("2026-12-18", "2026-12-29", "a week before Christmas"),
    ("2026-12-21", "2026-12-30", "Christmas week"),
    ("2026-12-24", "2027-01-05", "Christmas Eve"),
    ("2026-12-25", "2027-01-05", "received on Christmas Day"),
    ("2026-12-28", "2027-01-05", "received on a substitute day"),
    ("2026-12-31", "2027-01-08", "New Year's Eve"),
    # Christmas 2027 is a Saturday: Monday 27 and Tuesday 28; New Year 2028 moves to Monday 3 January.
    ("2027-12-24", "2028-01-05", "two substitute days and a third"),
    # Christmas 2022 was a Sunday: Monday 26 and Tuesday 27; New Year 2023 moved to Monday 2 January.
    ("2022-12-23", "2023-01-04", "a Sunday Christmas"),
    # Days that were given once.
    ("2022-09-14", "2022-09-22", "the Queen's funeral"),
    ("2023-05-05", "2023-05-15", "the coronation"),
    # Weekends count as day zero wherever they fall.
    ("2026-03-07", "2026-03-13", "received on a Saturday"),
    ("2026-03-08", "2026-03-13", "received on a Sunday"),
    # The clocks change on 29 March and 25 October 2026; dates do not.
    ("2026-03-29", "2026-04-07", "the short Sunday, then Easter"),
    ("2026-10-23", "2026-10-30", "over the long Sunday"),
    ("2026-10-25", "2026-10-30", "received on the long Sunday"),
    # A leap day.
    ("2028-02-28", "2028-03-06", "over 29 February"),
]


@pytest.mark.parametrize(("received", "due", "why"), ACKNOWLEDGEMENTS)
def test_the_acknowledgement_is_due_in_five_working_days(received: str, due: str, why: str) -> None:
    """Day 1 is the working day after receipt, day 5 the last (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
    assert ENGLAND.acknowledge_by(date.fromisoformat(received)) == date.fromisoformat(due), why


@pytest.mark.parametrize(
    ("acknowledged", "stage", "due"),
    [
        ("2026-03-03", 1, "2026-03-17"),
        ("2026-03-03", 2, "2026-03-31"),
        ("2026-03-26", 1, "2026-04-13"),
        ("2026-03-26", 2, "2026-04-27"),
        ("2026-12-21", 1, "2027-01-07"),
        ("2026-12-21", 2, "2027-01-21"),
    ],
)
def test_the_response_is_due_ten_or_twenty_working_days_after_the_acknowledgement(
    acknowledged: str, stage: int, due: str
) -> None:
    """Stage 1 has ten working days, stage 2 twenty (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""
    assert ENGLAND.respond_by(date.fromisoformat(acknowledged), stage=stage) == date.fromisoformat(due)


@pytest.mark.parametrize(
    "holiday",
    [
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25",
        "2026-12-28", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27",
        "2027-12-28", "2028-01-03",
    ],
)  # fmt: skip
def test_the_bank_holidays_of_england_are_closed(holiday: str) -> None:
    """The days that gov.uk publishes for England and Wales do not count."""
    assert not ENGLAND.is_working_day(date.fromisoformat(holiday))


@pytest.mark.parametrize("day", ["2026-01-02", "2026-03-17", "2026-08-03", "2026-11-30", "2026-07-13"])
def test_the_holidays_of_scotland_and_ireland_are_working_days(day: str) -> None:
    """England works on 2 January, St Patrick's, St Andrew's and Boyne Day."""
    assert ENGLAND.is_working_day(date.fromisoformat(day))


def test_closure_days_do_not_count() -> None:
    """The council's own closure between the years moves the deadline."""
    closed = WorkingDays(
        frozenset(
            {
                date.fromisoformat("2026-12-29"),
                date.fromisoformat("2026-12-30"),
                date.fromisoformat("2026-12-31"),
            }
        )
    )
    assert closed.acknowledge_by(date(2026, 12, 24)) == date(2027, 1, 8)
    assert not closed.is_working_day(date(2026, 12, 29))
    assert ENGLAND.is_working_day(date(2026, 12, 29))


def test_a_closure_day_on_a_weekend_changes_nothing() -> None:
    """A day that was closed anyway is not counted twice."""
    closed = WorkingDays(frozenset({date.fromisoformat("2026-03-07")}))
    assert closed.acknowledge_by(date(2026, 3, 2)) == ENGLAND.acknowledge_by(date(2026, 3, 2))


def test_a_message_received_on_a_closure_day_is_of_that_day() -> None:
    """Day 1 is the next working day, not the one after."""
    closed = WorkingDays(frozenset({date.fromisoformat("2026-03-04")}))
    assert closed.acknowledge_by(date(2026, 3, 4)) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("received", "instant"),
    [
        ("2026-03-23", "2026-03-27T12:00+00:00"),
        ("2026-03-24", "2026-03-30T11:00+00:00"),
        ("2026-10-20", "2026-10-26T12:00+00:00"),
        ("2026-10-19", "2026-10-23T11:00+00:00"),
        ("2026-04-02", "2026-04-10T11:00+00:00"),
    ],
)
def test_the_guard_keeps_to_the_clock_on_the_wall(received: str, instant: str) -> None:
    """Noon is noon in England on either side of a clock change (LGSCO 6.2, HO 6.2)."""
    found = ENGLAND.guard_at(date.fromisoformat(received), working_day=4, at=time(12))
    assert found == datetime.fromisoformat(instant)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-01-15T23:59:59+00:00", "2026-01-15"),
        ("2026-06-15T22:59:59+00:00", "2026-06-15"),
        ("2026-06-15T23:00:00+00:00", "2026-06-16"),
        ("2026-03-28T23:59:59+00:00", "2026-03-28"),
        ("2026-03-29T22:59:59+00:00", "2026-03-29"),
        ("2026-03-29T23:00:00+00:00", "2026-03-30"),
        ("2026-10-24T23:00:00+00:00", "2026-10-25"),
        ("2026-10-25T23:59:59+00:00", "2026-10-25"),
        ("2026-06-15T00:30:00+02:00", "2026-06-14"),
        ("2026-12-31T20:00:00-05:00", "2027-01-01"),
    ],
)
def test_a_message_arrives_on_the_day_that_it_is_in_england(instant: str, day: str) -> None:
    """The date of receipt is England's, whatever the zone of the instant (LGSCO 6.2, HO 6.2)."""
    assert received_on(datetime.fromisoformat(instant)) == date.fromisoformat(day)


def test_an_instant_without_a_zone_is_refused() -> None:
    """A guess at a zone could make a deadline late by a day."""
    with pytest.raises(ValueError, match="without a time zone"):
        received_on(datetime(2026, 3, 3))  # noqa: DTZ001  # the point


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-03-02", "2026-03-02", 0),
        ("2026-03-02", "2026-03-09", 5),
        ("2026-03-06", "2026-03-08", 0),
        ("2026-04-02", "2026-04-13", 5),
        ("2026-03-09", "2026-03-02", -5),
        ("2026-04-13", "2026-04-02", -5),
    ],
)
def test_working_days_between_two_dates_are_counted(start: str, end: str, count: int) -> None:
    """The start is day zero; a date that is past counts backwards."""
    assert ENGLAND.between(date.fromisoformat(start), date.fromisoformat(end)) == count


@settings(max_examples=200, deadline=None)
@given(start=DAYS, count=st.integers(1, 30), closed=st.frozensets(DAYS, max_size=20))
def test_no_deadline_falls_on_a_closed_day(start: date, count: int, closed: frozenset[date]) -> None:
    """A due date is a working day, later than its start, with exactly the days asked for between."""
    days = WorkingDays(closed)
    due = days.after(start, count)
    assert days.is_working_day(due)
    assert due > start
    assert days.between(start, due) == count


@settings(max_examples=200, deadline=None)
@given(start=DAYS, later=st.integers(0, 40), count=st.integers(0, 25))
def test_what_starts_later_is_never_due_earlier(start: date, later: int, count: int) -> None:
    """Deadlines keep the order of their starts."""
    assert ENGLAND.after(start, count) <= ENGLAND.after(start + timedelta(days=later), count)


@settings(max_examples=100, deadline=None)
@given(start=DAYS, count=st.integers(1, 20), closure=DAYS)
def test_a_closure_never_makes_a_deadline_earlier(start: date, count: int, closure: date) -> None:
    """A day more on which the council is closed is a day's grace or none."""
    assert WorkingDays(frozenset({closure})).after(start, count) >= ENGLAND.after(start, count)


@settings(max_examples=100, deadline=None)
@given(start=DAYS)
def test_the_guard_is_inside_the_limit(start: date) -> None:
    """What the guard sends is never late (LGSCO 6.2, HO 6.2)."""
    guard = ENGLAND.guard_at(start, working_day=4, at=time(12))
    assert guard.astimezone(LONDON).date() < ENGLAND.acknowledge_by(start)


def test_every_day_of_seven_years_agrees_with_another_reckoning() -> None:
    """A list of all open days, made from the holidays library alone, gives the same dates."""
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(2024, 2032))
    first = date(2024, 1, 1)
    calendar = [first + timedelta(days=n) for n in range((date(2031, 12, 31) - first).days + 1)]
    is_open = [day for day in calendar if day.isoweekday() <= 5 and day not in closed]
    received = [day for day in calendar if day <= date(2030, 12, 31)]
    assert len(received) == 2557
    for day in received:
        after = is_open[bisect_right(is_open, day) :]
        assert ENGLAND.acknowledge_by(day) == after[4], day
        assert ENGLAND.respond_by(day, stage=1) == after[9], day
        assert ENGLAND.respond_by(day, stage=2) == after[19], day
        noon = datetime.combine(after[3], time(12), tzinfo=LONDON)
        assert ENGLAND.guard_at(day, working_day=4, at=time(12)) == noon.astimezone(UTC), day
