"""Stage 2 begins when it is asked for, with another officer."""

from datetime import date
from typing import Any

import pytest
from builders import NOW, TODAY, make_case, make_message
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, answered, at, kinds, reviewed

from casework.escalate import escalate
from casework.record_ruling import record_ruling
from models.case import Case, Task
from models.codes import LetterKind, Status, TaskKind
from models.errors import InputInvalid

CAME, ANSWERED, ASKED = date(2026, 2, 2), date(2026, 2, 27), date(2026, 3, 2)


def escalated(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Begin stage 2."""
    uow = FakeUnitOfWork(case)
    return uow, escalate(uow, case.reference, **(WRITES | changes))


def test_stage_2_runs_from_the_day_it_was_asked_for() -> None:
    """As noted when the request came in (LGSCO 6.12, HO 6.11)."""
    case = answered(escalation_received_on=ASKED, received_on=CAME)
    escalated(case)
    assert (case.stage, case.status, case.received_on, case.acknowledge_by) == (
        2, Status.ESCALATION, ASKED, date(2026, 3, 9),
    )  # fmt: skip
    assert (case.acknowledged_on, case.answered_on, case.escalation_received_on) == (None, None, None)


def test_the_officer_may_name_the_day() -> None:
    """Such as that of a telephone call."""
    case = answered(received_on=CAME, answered_on=ANSWERED)
    escalated(case, received=ASKED)
    assert case.received_on == ASKED


def test_otherwise_it_is_the_day_on_which_the_officer_records_it() -> None:
    """The complaint's own message asked for nothing but stage 1 (LGSCO 6.12, HO 6.11)."""
    case = answered(received_on=CAME, answered_on=ANSWERED, messages=[make_message(received_at=at(CAME))])
    escalated(case)
    assert (case.received_on, case.acknowledge_by) == (TODAY, date(2026, 3, 10))


def test_a_ruling_that_it_is_an_escalation_dates_it_after_the_answer_too() -> None:
    """Nothing has come since the answer, so it is asked for today."""
    case = answered(received_on=CAME, answered_on=ANSWERED, messages=[make_message(received_at=at(CAME))])
    record_ruling(
        FakeUnitOfWork(case), case.reference, status=Status.ESCALATION, category=None, ombudsman=None,
        reason="He rang.", **WRITES,
    )  # fmt: skip
    assert (case.stage, case.received_on) == (2, TODAY)


@pytest.mark.parametrize("day", [CAME, date(2026, 2, 26)])
def test_stage_2_is_not_asked_for_before_the_answer_that_it_challenges(day: date) -> None:
    """The days that can be right are named, and the case stays as it was."""
    case = answered(received_on=CAME, answered_on=ANSWERED)
    with pytest.raises(InputInvalid, match=rf"--received {day} .* from {ANSWERED} to {TODAY}"):
        escalated(case, received=day)
    assert case.stage == 1


def test_whoever_asked_while_the_answer_was_overdue_asked_on_that_day() -> None:
    """It was noted as it came, and no answer that came late makes it younger (LGSCO 6.12, HO 6.11)."""
    case = answered(received_on=CAME, answered_on=TODAY, escalation_received_on=ASKED)
    escalated(case, received=ASKED)
    assert case.received_on == ASKED


def test_the_acknowledgement_is_queued_and_promises_20_working_days() -> None:
    """From the day of the letter (LGSCO 6.12, 6.15; HO 6.11, 6.14)."""
    case = answered()
    _, done = escalated(case)
    assert "letter queued: stage_2_acknowledgement" in done
    assert kinds(case)[-1] is LetterKind.STAGE_2_ACKNOWLEDGEMENT
    assert case.respond_by == date(2026, 3, 31)


def test_no_reason_is_asked_of_the_complainant() -> None:
    """To be unhappy with the answer is enough (LGSCO 6.13, HO 6.12)."""
    uow, _ = escalated(answered())
    assert uow.audit.rows[-1].detail["note"] == ""


def test_the_stage_1_officer_gives_the_case_up() -> None:
    """A different person looks at it (LGSCO 6.14, HO 6.13)."""
    case = answered()
    _, done = escalated(case)
    assert (case.assigned_to, case.stage_1_officer, case.awaits_officer) == ("", "pat", True)
    assert "pat handled stage 1, please assign it to another" in done


def test_another_officer_keeps_the_case() -> None:
    """Who did not handle stage 1 may go on."""
    case = answered(assigned_to="sam")
    escalated(case)
    assert case.assigned_to == "sam"


def test_who_had_the_case_counts_as_who_handled_stage_1_where_nothing_else_is_known() -> None:
    """Answers recorded before officers were on record name nobody (LGSCO 6.14, HO 6.13)."""
    case = answered(stage_1_officer="", assigned_to="sam")
    escalated(case)
    assert (case.assigned_to, case.stage_1_officer) == ("", "sam")


def test_a_ruling_that_it_is_an_escalation_frees_the_case_too() -> None:
    """However stage 2 begins, somebody else takes it (LGSCO 6.14, HO 6.13)."""
    case = answered()
    record_ruling(
        FakeUnitOfWork(case), case.reference, status=Status.ESCALATION, category=None, ombudsman=None,
        reason="asks for stage 2", **WRITES,
    )  # fmt: skip
    assert (case.stage, case.assigned_to, case.stage_1_officer) == (2, "", "pat")


def test_the_audit_keeps_the_dates_of_stage_1() -> None:
    """They make room on the case; the report still needs them (LGSCO 5.8, HO 5.12)."""
    uow, _ = escalated(answered(extended_to=date(2026, 3, 20)), note="He rang.")
    (row,) = uow.audit.rows
    assert (row.action, row.detail["note"], row.detail["stage_1_officer"]) == ("escalated", "He rang.", "pat")
    assert row.detail["stage_1"] == {
        "stage": 1, "received_on": "2026-03-03", "acknowledged_on": "2026-03-03", "respond_by": "2026-03-17",
        "extended_to": "2026-03-20", "answered_on": "2026-03-03",
    }  # fmt: skip


def test_what_asked_for_somebody_to_look_is_done() -> None:
    """The reply has been read."""
    task = Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read")
    escalated(answered(tasks=[task]))
    assert task.closed_at == NOW


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (acknowledged(), "has no answer on record; stage 2 follows an answer"),
        (reviewed(), "is at stage 2 already"),
        (make_case(stage=0), "runs no complaint"),
    ],
)
def test_stage_2_follows_the_answer_of_stage_1(case: Case, why: str) -> None:
    """No stage is skipped or begun twice (LGSCO 6.10 to 6.12, HO 6.10, 6.11)."""
    stage = case.stage
    with pytest.raises(InputInvalid, match=why):
        escalated(case)
    assert case.stage == stage


def test_stage_2_was_not_asked_for_tomorrow() -> None:
    """A slip of the keyboard changes nothing."""
    with pytest.raises(InputInvalid, match="--received 2026-03-04 cannot be right"):
        escalated(answered(), received=date(2026, 3, 4))


def test_stage_2_was_not_asked_for_before_the_complaint_came() -> None:
    """Last year's date is a slip, and would make the acknowledgement a year late."""
    with pytest.raises(InputInvalid, match=r"--received 2025-03-02 .* from 2026-03-03"):
        escalated(answered(), received=date(2025, 3, 2))
