"""The Codes' clocks: working days of England and the dates that follow from them.

Receipt is day zero, whatever the hour; day 1 is the next working day (docs/provisions.md). A message
that arrives on a closed day is received on that day, so no deadline is ever late by our own reckoning.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")

ACKNOWLEDGE_WITHIN = 5
"""Working days from receipt to acknowledgement, stage 1 and 2 (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""

RESPOND_WITHIN = {1: 10, 2: 20}
"""Working days from acknowledgement to response, by stage (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""

_SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """The days on which the council works: Monday to Friday less bank holidays and closure days."""

    closure_days: frozenset[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Say whether `day` counts towards a deadline."""
        return (
            day.weekday() < _SATURDAY and day not in self.closure_days and day not in _bank_holidays(day.year)
        )

    def after(self, start: date, working_days: int) -> date:
        """Return the date that lies `working_days` working days after `start`, which is day zero."""
        day = start
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working_day(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; negative when it is past."""
        first, last, sign = (start, end, 1) if end >= start else (end, start, -1)
        span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sign * sum(map(self.is_working_day, span))

    def acknowledge_by(self, received_on: date) -> date:
        """Return the last day for the acknowledgement (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
        return self.after(received_on, ACKNOWLEDGE_WITHIN)

    def respond_by(self, acknowledged_on: date, *, stage: int) -> date:
        """Return the last day for the response of a stage (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""
        return self.after(acknowledged_on, RESPOND_WITHIN[stage])

    def guard_at(self, received_on: date, *, working_day: int, at: time) -> datetime:
        """Return the instant at which a missing formal acknowledgement is sent without an officer."""
        day = self.after(received_on, working_day)
        return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def received_on(received_at: datetime) -> date:
    """Return the date in England on which something received at an aware instant arrived."""
    if received_at.tzinfo is None:
        raise ValueError("an instant without a time zone has no date in England")
    return received_at.astimezone(LONDON).date()


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
