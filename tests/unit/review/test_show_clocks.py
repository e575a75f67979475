"""The clocks of a case: their days, what is left, and how they were reckoned."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.deadlines import WorkingDays
from review.show.clocks import Clock, State, clocks_of, next_clock
from review.show.days import closed_days, left_in_words

DAYS = WorkingDays()
MAUNDY_THURSDAY = date(2026, 4, 2)


def case(**changes: Any) -> dict[str, Any]:
    """Return the columns of a complaint that came on the Thursday before Easter."""
    usual: dict[str, Any] = {
        "stage": 1, "received_on": MAUNDY_THURSDAY, "acknowledge_by": date(2026, 4, 13),
        "acknowledged_on": None, "respond_by": None, "answered_on": None, "extended_to": None,
        "escalation_received_on": None,
        "request_opened_on": None, "request_closed_on": None, "guard_at": None, "awaits_officer": True,
        "closed_on": None, "merged_into": "", "is_historic": False,
    }  # fmt: skip
    return usual | changes


def clocks(
    today: date = date(2026, 4, 8), *, extensions: Any = (), refusals: Any = (), **changes: Any
) -> list[Clock]:
    """Return the clocks of a case."""
    at = datetime(2026, 4, 2, 16, 40, tzinfo=UTC)
    return list(
        clocks_of(
            case(**changes), extensions=extensions, refusals=refusals, received_at=at, working_days=DAYS,
            today=today,
        )
    )  # fmt: skip


ACKNOWLEDGED: dict[str, Any] = {"acknowledged_on": date(2026, 4, 8), "respond_by": date(2026, 4, 22)}


def test_an_acknowledgement_over_easter_says_which_days_did_not_count() -> None:
    """Received on a Thursday at 17:40: that is day 0, and Good Friday and Easter Monday do not count."""
    clock = clocks()[0]
    assert (clock.name, clock.due_by, clock.left) == (
        "Stage 1 acknowledgement", date(2026, 4, 13), "in 3 working days",
    )  # fmt: skip
    assert clock.reckoning[0] == "Received Thursday 2 April 2026 at 17:40. That is day 0, whatever the hour."
    assert clock.not_counted == (
        "Friday 3 April (Good Friday)", "the weekend of 4 and 5 April", "Monday 6 April (Easter Monday)",
        "the weekend of 11 and 12 April",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [
        (date(2026, 4, 7), State.RUNS, "in 4 working days"),
        (date(2026, 4, 9), State.SOON, "in 2 working days"),
        (date(2026, 4, 13), State.SOON, "today"),
        (date(2026, 4, 14), State.OVERDUE, "1 working day overdue"),
    ],
)
def test_a_clock_says_how_it_stands(today: date, state: State, left: str) -> None:
    """In working days, and not by colour alone."""
    clock = clocks(today)[0]
    assert (clock.state, clock.left) == (state, left)


def test_an_acknowledgement_that_went_in_time_is_met_and_one_that_did_not_is_late() -> None:
    """What is over is told by how timely it was (LGSCO 6.2, HO 6.2)."""
    assert clocks(acknowledged_on=date(2026, 4, 8))[0].left == (
        "acknowledged on Wednesday 8 April 2026, 3 working days before its last day"
    )
    late = clocks(acknowledged_on=date(2026, 4, 15))[0]
    assert (late.state, late.left) == (
        State.LATE,
        "acknowledged on Wednesday 15 April 2026, 2 working days late",
    )


def test_an_answer_is_counted_from_the_acknowledgement() -> None:
    """Until that is there, only the last day that it can have is named."""
    waiting = clocks()[1]
    assert (waiting.due_by, waiting.state) == (None, State.ENDED)
    assert "Monday 27 April 2026" in waiting.reckoning[0]
    answer, limit = clocks(**ACKNOWLEDGED)[1:3]
    assert (answer.due_by, answer.left) == (date(2026, 4, 22), "in 10 working days")
    assert (limit.name, limit.due_by) == ("Last day of any extension", date(2026, 5, 7))


def test_an_extension_says_from_when_and_why_and_its_limit_counts_from_the_first_promise() -> None:
    """However often the answer was put off (LGSCO 6.4, HO 6.4)."""
    put_off = [
        {
            "stage": 1,
            "respond_by": date(2026, 4, 22),
            "extended_to": date(2026, 4, 29),
            "reason": "A surveyor.",
        },
        {
            "stage": 2,
            "respond_by": date(2026, 1, 1),
            "extended_to": date(2026, 1, 2),
            "reason": "Another stage.",
        },
    ]
    changes = ACKNOWLEDGED | {"extended_to": date(2026, 4, 29)}
    answer, limit = clocks(extensions=put_off, **changes)[1:3]
    assert answer.due_by == date(2026, 4, 29)
    assert answer.reckoning[-1] == (
        "Put off from Wednesday 22 April 2026 to Wednesday 29 April 2026: A surveyor."
    )
    assert limit.due_by == date(2026, 5, 7)


def test_stage_2_has_twenty_working_days_and_its_own_provisions() -> None:
    """LGSCO 6.12 and 6.15, HO 6.11 and 6.14."""
    acknowledgement, answer = clocks(
        stage=2, acknowledged_on=date(2026, 4, 8), respond_by=date(2026, 5, 7), answered_on=date(2026, 5, 1)
    )
    assert "(LGSCO 6.12, HO 6.11)" in acknowledgement.reckoning[1]
    assert "within 20 working days" in answer.reckoning[1]
    assert "(LGSCO 6.15, HO 6.14)" in answer.reckoning[1]
    assert answer.state is State.MET


def test_a_stage_2_that_was_asked_for_has_a_clock_before_it_begins() -> None:
    """It is due on the fifth working day from the wish (LGSCO 6.12, HO 6.11)."""
    asked = clocks(**ACKNOWLEDGED, answered_on=date(2026, 4, 10), escalation_received_on=date(2026, 4, 13))
    assert (asked[-1].name, asked[-1].due_by) == ("Stage 2 acknowledgement", date(2026, 4, 20))


def test_a_service_request_beside_a_complaint_is_told_of() -> None:
    """It stays open, and no Code gives it a day (LGSCO 1.7, HO 1.5)."""
    (request,) = [
        each for each in clocks(request_opened_on=MAUNDY_THURSDAY) if each.name == "Service request"
    ]
    assert request.left == "open since Thursday 2 April 2026"


def test_where_no_complaint_runs_the_first_answer_has_a_day() -> None:
    """And the guard says what it would do."""
    (clock,) = clocks(stage=0, guard_at=datetime(2026, 4, 10, 11, 0, tzinfo=UTC))
    assert clock.name == "First answer"
    assert (
        clock.reckoning[-1] == "If nobody rules before, Heard sends it by itself on Fri 10 Apr 2026, 12:00."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"is_historic": True}, "history"),
        ({"merged_into": "C-1111-2222-83", "closed_on": date(2026, 4, 9)}, "C-1111-2222-83"),
        ({"closed_on": date(2026, 4, 9)}, "closed on Thursday 9 April 2026"),
    ],
)
def test_clocks_that_ended_say_why(changes: dict[str, Any], said: str) -> None:
    """No clock runs on."""
    first = clocks(**changes)[0]
    assert first.state is State.ENDED
    assert said in first.left
    assert next_clock(clocks(**changes)) is None


def test_a_complaint_that_was_not_accepted_has_no_clock() -> None:
    """The day of the decision is named (LGSCO 2.4, HO 2.4)."""
    refused = [{"decided_at": datetime(2026, 4, 9, 10, 0, tzinfo=UTC)}]
    (clock,) = clocks(stage=0, refusals=refused)
    assert "not accepted on Thursday 9 April 2026" in clock.left


def test_a_closed_case_keeps_how_timely_it_was() -> None:
    """It is what the Codes ask to be reported."""
    closed = clocks(**ACKNOWLEDGED, answered_on=date(2026, 4, 20), closed_on=date(2026, 4, 21))
    assert [each.state for each in closed] == [State.ENDED, State.MET, State.MET]


def test_the_next_clock_is_the_soonest_that_runs() -> None:
    """Limits and what is over do not count."""
    found = next_clock(clocks(**ACKNOWLEDGED))
    assert found is not None
    assert found.name == "Stage 1 answer"


def test_closed_days_are_named() -> None:
    """A weekend over the turn of a month, one Sunday alone, and the council's own days."""
    own = WorkingDays(frozenset({date(2026, 2, 2)}))
    assert closed_days(own.not_counted(date(2026, 1, 29), date(2026, 2, 3))) == (
        "the weekend of 31 January and 1 February", "Monday 2 February (the council is closed)",
    )  # fmt: skip
    assert closed_days(DAYS.not_counted(date(2026, 1, 31), date(2026, 2, 1))) == ("Sunday 1 February",)


def test_what_is_left_over_a_weekend_is_said_rightly() -> None:
    """No working day lies between a Saturday and its Sunday."""
    assert left_in_words(date(2026, 2, 1), today=date(2026, 1, 31), working_days=DAYS) == (
        "before the next working day"
    )
    assert left_in_words(date(2026, 1, 31), today=date(2026, 2, 1), working_days=DAYS) == (
        "overdue since the last working day"
    )
