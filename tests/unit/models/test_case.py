"""The case: its stages, clocks, letters and tasks."""

from datetime import date

import pytest
from builders import ACKNOWLEDGE_BY, GUARD_AT, NOW, TODAY, make_case, make_letter, make_message

from models.case import Task
from models.codes import LetterKind, LetterState, TaskKind

LATER = date(2026, 5, 5)


def task(kind: TaskKind) -> Task:
    """Return an open task."""
    return Task(kind=kind, opened_at=NOW, due_by=TODAY, note="")


@pytest.mark.parametrize(("at", "asked"), [(1, 1), (2, 1), (2, 2)])
def test_no_stage_begins_twice_or_backwards(at: int, asked: int) -> None:
    """A stage that was begun keeps its dates (LGSCO 6.12)."""
    case = make_case(stage=at)
    with pytest.raises(ValueError, match=f"already at stage {at}"):
        case.begin_stage(asked, received_on=LATER, acknowledge_by=LATER)
    assert (case.stage, case.received_on, case.acknowledge_by) == (at, TODAY, ACKNOWLEDGE_BY)


def test_a_new_stage_starts_its_clock_afresh() -> None:
    """Nothing of stage 1's dates is taken for stage 2's (LGSCO 6.12, HO 6.11)."""
    case = make_case(acknowledged_on=TODAY, respond_by=TODAY, escalation_received_on=TODAY)
    case.begin_stage(2, received_on=LATER, acknowledge_by=LATER)
    assert (case.stage, case.received_on, case.acknowledge_by) == (2, LATER, LATER)
    assert (case.acknowledged_on, case.respond_by, case.escalation_received_on) == (None, None, None)


def test_the_nearest_duty_is_the_acknowledgement_then_the_response() -> None:
    """A case is due for its acknowledgement, and once it has that, for its answer (LGSCO 6.2, 6.3)."""
    case = make_case(respond_by=LATER)
    assert case.due_by == ACKNOWLEDGE_BY
    case.acknowledged_on = TODAY
    assert case.due_by == LATER
    case.respond_by = None
    assert case.due_by == ACKNOWLEDGE_BY


def test_a_promised_answer_ends_the_guard() -> None:
    """With the formal acknowledgement queued there is nothing left to guard."""
    case = make_case(guard_at=GUARD_AT)
    case.promise_answer(LATER)
    assert (case.respond_by, case.guard_at) == (LATER, None)


@pytest.mark.parametrize(
    ("state", "counts"),
    [(LetterState.QUEUED, True), (LetterState.SENT, True), (LetterState.FAILED, False)],
)
def test_a_failed_letter_does_not_count(state: LetterState, *, counts: bool) -> None:
    """A letter counts from when it is queued until it fails."""
    case = make_case(letters=[make_letter(LetterKind.RECEIPT, state=state)])
    assert case.has_letter(LetterKind.RECEIPT) is counts
    assert not case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT)


def test_a_case_knows_everybody_who_wrote_in_it() -> None:
    """A reference is believed from the complainant, the reply address and earlier senders, in any case."""
    case = make_case(
        complainant_address="ann@example.org",
        reply_address="Home@Example.org",
        messages=[make_message(sender_address="Daughter@example.org"), make_message(sender_address="")],
    )
    assert case.known_addresses == {"ann@example.org", "home@example.org", "daughter@example.org"}


def test_only_the_tasks_asked_for_are_closed() -> None:
    """Closing one kind of task leaves the others open, and closed ones as they were."""
    owed, alert, done = (
        task(TaskKind.ACKNOWLEDGEMENT_OWED),
        task(TaskKind.DUTY_ALERT),
        task(TaskKind.READ_REPLY),
    )
    done.closed_at = GUARD_AT
    case = make_case(tasks=[owed, alert, done])
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, TaskKind.READ_REPLY, now=NOW)
    assert (owed.closed_at, alert.closed_at, done.closed_at) == (NOW, None, GUARD_AT)
