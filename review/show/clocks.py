"""The clocks of a case: each with its day, what is left of it, and how it was reckoned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from models.deadlines import ACKNOWLEDGE_WITHIN, EXTEND_BY, LONDON, RESPOND_WITHIN, WorkingDays
from review.show.days import closed_days, how_timely, left_in_words
from review.show.text import one_line
from review.show.words import day as in_full
from review.show.words import moment


class State(StrEnum):
    """How a clock stands."""

    RUNS = "runs"
    SOON = "soon"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    ENDED = "ended"
    LIMIT = "limit"


_SOON = 2
"""Working days left at which a clock is shown as pressing."""


@dataclass(frozen=True)
class Clock:
    """One clock: what it is for, its day, how it stands, and in sentences how it was reckoned.

    `not_counted` are the days on the way that do not count, by name.
    """

    name: str
    due_by: date | None
    state: State
    left: str
    reckoning: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Times:
    """What the clocks are reckoned with."""

    case: Mapping[str, Any]
    extensions: tuple[Mapping[str, Any], ...]
    received_at: datetime | None
    working_days: WorkingDays
    today: date


def clocks_of(
    case: Mapping[str, Any],
    *,
    extensions: Iterable[Mapping[str, Any]],
    refusals: Iterable[Mapping[str, Any]],
    received_at: datetime | None,
    working_days: WorkingDays,
    today: date,
) -> tuple[Clock, ...]:
    """Return the clocks of a case, those of the stage first.

    `received_at` is when the message came that began the stage, where that is known.
    """
    times = _Times(case, tuple(extensions), received_at, working_days, today)
    ended = _why_ended(case, tuple(refusals))
    if ended:
        return (Clock("Ended", None, State.ENDED, ended), *_kept(times), *_of_request(times))
    return tuple(_running(times))


def next_clock(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that runs out first, None where none runs."""
    running = [each for each in clocks if each.state in {State.RUNS, State.SOON, State.OVERDUE}]
    return min(running, key=lambda clock: clock.due_by or date.max, default=None)


def _kept(times: _Times) -> Iterator[Clock]:
    """Yield the clocks of a closed case that were met or not: what the Codes ask to be reported."""
    case = times.case
    if case["closed_on"] and case["stage"] and not case["merged_into"]:
        if case["acknowledged_on"]:
            yield _acknowledgement(times)
        if case["answered_on"]:
            yield _response(times)


def _running(times: _Times) -> Iterator[Clock]:
    case = times.case
    if case["stage"]:
        yield _acknowledgement(times)
        yield _response(times)
        if case["respond_by"] and not case["answered_on"]:
            yield _limit(times)
    elif not case["acknowledged_on"] and case["awaits_officer"]:
        yield _first_look(times)
    if case["escalation_received_on"]:
        yield _asked_for_stage_2(times)
    yield from _of_request(times)


def _why_ended(case: Mapping[str, Any], refusals: tuple[Mapping[str, Any], ...]) -> str:
    if case["is_historic"]:
        return "This is history from before Heard: no clock runs."
    if case["merged_into"]:
        return f"The clocks go on in {case['merged_into']}."
    if case["closed_on"]:
        return f"The case was closed on {in_full(case['closed_on'])}; no clock runs."
    if refusals and not case["stage"]:
        decided = refusals[-1]["decided_at"].astimezone(LONDON).date()
        return (
            f"The complaint was not accepted on {in_full(decided)}, so its clocks ended (LGSCO 2.4, HO 2.4)."
        )
    return ""


def _acknowledgement(times: _Times) -> Clock:
    case, stage = times.case, times.case["stage"]
    due = (
        f"The acknowledgement is due within {ACKNOWLEDGE_WITHIN} working days, day 1 being the next working "
        f"day: by {in_full(case['acknowledge_by'])} ({_provision(stage, '6.2', '6.12')})."
    )
    return _clock(
        times,
        f"Stage {stage} acknowledgement",
        start=case["received_on"],
        due_by=case["acknowledge_by"],
        done_on=case["acknowledged_on"],
        done="acknowledged",
        reckoning=(f"{_received(times)} That is day 0, whatever the hour.", due, *_guard(case)),
    )


def _guard(case: Mapping[str, Any]) -> Iterator[str]:
    if case["guard_at"]:
        yield f"If nobody rules before, Heard sends it by itself on {moment(case['guard_at'])}."


def _response(times: _Times) -> Clock:
    case, stage = times.case, times.case["stage"]
    within = RESPOND_WITHIN[stage]
    name = f"Stage {stage} answer"
    if case["respond_by"] is None:
        latest = times.working_days.respond_by(case["acknowledge_by"], stage=stage)
        said = f"It is counted from the acknowledgement: {in_full(latest)} if that goes on its last day."
        return Clock(name, None, State.ENDED, "begins with the acknowledgement", (said,))
    start = case["acknowledged_on"] or case["acknowledge_by"]
    promised = _first_promise(times)
    acknowledged = (
        f"Acknowledged on {in_full(case['acknowledged_on'])}."
        if case["acknowledged_on"]
        else "Promised in the acknowledgement, which is on its way."
    )
    due = (
        f"The answer is due within {within} working days of it: by {in_full(promised)} "
        f"({_provision(stage, '6.3', '6.15')})."
    )
    put_off = [
        f"Put off from {in_full(each['respond_by'])} to {in_full(each['extended_to'])}: "
        f"{one_line(each['reason'], longest=500)}"
        for each in times.extensions
        if each["stage"] == stage
    ]
    lines = (acknowledged, due, *put_off)
    return _clock(
        times, name, start=start, due_by=case["extended_to"] or case["respond_by"],
        done_on=case["answered_on"],
        done="answered", reckoning=lines,
    )  # fmt: skip


def _limit(times: _Times) -> Clock:
    stage, promised = times.case["stage"], _first_promise(times)
    last = times.working_days.extendable_to(promised, stage=stage)
    said = (
        f"An extension may put the answer off by {EXTEND_BY[stage]} working days in all beyond "
        f"{in_full(promised)} ({_provision(stage, '6.4', '6.16')})."
    )
    closed = closed_days(times.working_days.not_counted(promised, last))
    return Clock("Last day of any extension", last, State.LIMIT, "", (said,), closed)


def _first_look(times: _Times) -> Clock:
    case = times.case
    if_one = (
        f"No complaint runs yet. If it is one, its acknowledgement is due within {ACKNOWLEDGE_WITHIN} "
        "working days of that (LGSCO 6.2, HO 6.2)."
    )
    return _clock(
        times,
        "First answer",
        start=case["received_on"],
        due_by=case["acknowledge_by"],
        done_on=None,
        done="",
        reckoning=(_received(times), if_one, *_guard(case)),
    )


def _asked_for_stage_2(times: _Times) -> Clock:
    asked = times.case["escalation_received_on"]
    due_by = times.working_days.acknowledge_by(asked)
    said = (
        f"Stage 2 was asked for on {in_full(asked)} and has not begun. Its acknowledgement is due within "
        f"{ACKNOWLEDGE_WITHIN} working days (LGSCO 6.12, HO 6.11)."
    )
    return _clock(
        times, "Stage 2 acknowledgement", start=asked, due_by=due_by, done_on=None, done="", reckoning=(said,)
    )


def _of_request(times: _Times) -> Iterator[Clock]:
    """Yield how the service request beside the complaint stands; the Codes give it no day."""
    opened, closed = times.case["request_opened_on"], times.case["request_closed_on"]
    if opened and closed:
        yield Clock("Service request", None, State.ENDED, f"open from {in_full(opened)} to {in_full(closed)}")
    elif opened and times.case["merged_into"] == "":
        said = "It stays open until it is dealt with, whatever becomes of the complaint (LGSCO 1.7, HO 1.5)."
        yield Clock("Service request", None, State.LIMIT, f"open since {in_full(opened)}", (said,))


def _clock(
    times: _Times,
    name: str,
    *,
    start: date,
    due_by: date,
    done_on: date | None,
    done: str,
    reckoning: tuple[str, ...],
) -> Clock:
    closed = closed_days(times.working_days.not_counted(start, due_by))
    if done_on is not None:
        state = State.MET if done_on <= due_by else State.LATE
        left = f"{done} on {in_full(done_on)}, {how_timely(done_on, due_by, times.working_days)}"
        return Clock(name, due_by, state, left, reckoning, closed)
    left = left_in_words(due_by, today=times.today, working_days=times.working_days)
    return Clock(name, due_by, _state(due_by, times), left, reckoning, closed)


def _state(due_by: date, times: _Times) -> State:
    if due_by < times.today:
        return State.OVERDUE
    is_soon = times.working_days.between(times.today, due_by) <= _SOON
    return State.SOON if is_soon else State.RUNS


def _received(times: _Times) -> str:
    """Say when the stage began, with the hour where the message that began it came that day."""
    on, at = times.case["received_on"], times.received_at
    if at is not None and at.astimezone(LONDON).date() == on:
        return f"Received {in_full(on)} at {at.astimezone(LONDON):%H:%M}."
    return f"Received {in_full(on)}."


def _first_promise(times: _Times) -> date:
    """Return the date that was first promised for the answer of the stage."""
    own = [each["respond_by"] for each in times.extensions if each["stage"] == times.case["stage"]]
    first: date = min([times.case["respond_by"], *own])
    return first


def _provision(stage: int, first: str, second: str) -> str:
    housing = {"6.2": "6.2", "6.12": "6.11", "6.3": "6.3", "6.15": "6.14", "6.4": "6.4", "6.16": "6.15"}
    number = first if stage == 1 else second
    return f"LGSCO {number}, HO {housing[number]}"
