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

EXTEND_BY = {1: 10, 2: 20}
"""Working days by which a response may be put off at most, by stage (LGSCO 6.4, 6.16; HO 6.4, 6.15)."""

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

    def extendable_to(self, respond_by: date, *, stage: int) -> date:
        """Return the last day to which a response may be put off (LGSCO 6.4, 6.16; HO 6.4, 6.15)."""
        return self.after(respond_by, EXTEND_BY[stage])

    def not_counted(self, start: date, end: date) -> list[tuple[date, str]]:
        """Return the days after `start` up to `end` that do not count, each with its name."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return [(day, self._why_closed(day)) for day in days if not self.is_working_day(day)]

    def _why_closed(self, day: date) -> str:
        holiday = _bank_holidays(day.year).get(day)
        if holiday:
            return holiday
        return f"{day:%A}" if day.weekday() >= _SATURDAY else "the council is closed"

    def bank_holidays(self, *years: int) -> list[tuple[date, str]]:
        """Return the bank holidays of England in these years, each with its name, in order."""
        return sorted((day, name) for year in years for day, name in _bank_holidays(year).items())

    def guard_at(self, received_on: date, *, working_day: int, at: time) -> datetime:
        """Return the instant at which a missing formal acknowledgement is sent without an officer."""
        day = self.after(received_on, working_day)
        return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


@dataclass(frozen=True)
class Clock:
    """The Codes' dates for one message at one stage, and the days on the way that do not count."""

    stage: int
    received_on: date
    acknowledge_by: date
    acknowledged_on: date | None
    respond_by: date
    extendable_to: date
    not_counted: tuple[tuple[date, str], ...]


def reckon(
    received: date, *, stage: int = 1, acknowledged_on: date | None = None, working_days: WorkingDays
) -> Clock:
    """Return every date that follows from the day of receipt.

    The response is counted from the acknowledgement, until there is one from the last day for it (LGSCO 6.2
    to 6.4, 6.12 to 6.16; HO 6.2 to 6.4, 6.11 to 6.15).
    """
    acknowledge_by = working_days.acknowledge_by(received)
    respond_by = working_days.respond_by(acknowledged_on or acknowledge_by, stage=stage)
    last = working_days.extendable_to(respond_by, stage=stage)
    return Clock(
        stage=stage,
        received_on=received,
        acknowledge_by=acknowledge_by,
        acknowledged_on=acknowledged_on,
        respond_by=respond_by,
        extendable_to=last,
        not_counted=tuple(working_days.not_counted(received, last)),
    )


def received_on(received_at: datetime) -> date:
    """Return the date in England on which something received at an aware instant arrived."""
    if received_at.tzinfo is None:
        raise ValueError("an instant without a time zone has no date in England")
    return received_at.astimezone(LONDON).date()


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year, language="en_GB"))
