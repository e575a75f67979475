"""What quotes a case without proof waits for an officer, who joins it or rules on it."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    ACKNOWLEDGE_BY,
    GUARD_AT,
    LETTERHEAD,
    NOW,
    REFERENCE,
    TODAY,
    make_case,
    make_decision,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork

from casework.guard import run_guard
from casework.open_case import open_case
from casework.policy import Policy
from casework.possible_reply import confirm_reply
from models.case import Case, Refusal
from models.codes import LetterKind, Outcome, Status, TaskKind
from models.deadlines import WorkingDays
from models.errors import InputInvalid

OTHER = "C-1111-2222-83"


def opened(uow: FakeUnitOfWork) -> Case:
    """Open a case for a message that quotes Ann's."""
    return open_case(
        uow, make_message(id=9), make_parsed(), make_decision(), may_belong_to=uow.cases.get(REFERENCE),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip


def test_a_possible_reply_gets_no_letter_but_a_dated_task_and_the_guard() -> None:
    """Its sender learns nothing, and is not left without an acknowledgement either (LGSCO 6.2, HO 6.2)."""
    case = opened(FakeUnitOfWork(make_case()))
    assert case.letters == []
    assert case.guard_at is not None
    ((kind, due_by, note),) = [(task.kind, task.due_by, task.note) for task in case.tasks]
    assert (kind, due_by) == (TaskKind.POSSIBLE_REPLY, ACKNOWLEDGE_BY)
    assert REFERENCE in note


def test_the_choice_to_complain_is_guarded_where_it_only_quotes_the_reference() -> None:
    """Whoever writes the words that our letter asks for needs nothing else (LGSCO 1.7, 6.2; HO 1.5, 6.2)."""
    uow = FakeUnitOfWork(make_case())
    case = open_case(
        uow, make_message(id=9), make_parsed(text="Please treat it as a complaint."),
        make_decision(Status.ENQUIRY), may_belong_to=uow.cases.get(REFERENCE),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert case.letters == []
    run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=GUARD_AT + timedelta(minutes=5))
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]


def test_a_confirmed_reply_moves_to_its_case_and_leaves_nothing_waiting_behind() -> None:
    """The message is a reply now, and its former case waits for nobody and guards nothing."""
    uow = FakeUnitOfWork(make_case())
    case = opened(uow)
    confirm_reply(
        uow, case.reference, REFERENCE, reason="The same boiler.", officer="Jo",
        working_days=WorkingDays(), now=NOW,
    )  # fmt: skip
    known = uow.cases.get(REFERENCE)
    assert known.messages[-1].outcome is Outcome.REPLY
    assert known.awaits_officer
    assert [task.kind for task in known.tasks] == [TaskKind.READ_REPLY]
    assert (case.messages, case.awaits_officer, case.guard_at) == ([], False, None)
    assert all(task.closed_at == NOW for task in case.tasks)
    assert case.rulings[-1].reason == f"joined to {REFERENCE}: The same boiler."


@pytest.mark.parametrize(("one", "other"), [(REFERENCE, REFERENCE), (OTHER, REFERENCE)])
def test_a_case_is_joined_to_another_and_once(one: str, other: str) -> None:
    """Joining to itself, or what was joined before, is refused with the reason."""
    uow = FakeUnitOfWork(make_case(), make_case(reference=OTHER, messages=[]))
    with pytest.raises(InputInvalid, match=r"itself|before"):
        confirm_reply(uow, one, other, reason="x", officer="Jo", working_days=WorkingDays(), now=NOW)


def test_a_closed_case_opens_again_for_what_belongs_to_it() -> None:
    """A reply is a reply, however it found its case."""
    known = make_case(closed_on=NOW.date(), awaits_officer=False)
    uow = FakeUnitOfWork(known, make_case(reference=OTHER))
    confirm_reply(
        uow, OTHER, REFERENCE, reason="The same boiler.", officer="Jo", working_days=WorkingDays(), now=NOW
    )
    assert (known.closed_on, known.awaits_officer) == (None, True)
    assert [row.action for row in uow.audit.rows] == ["case_reopened", "case_joined", "case_joined"]


def test_nothing_is_joined_to_a_case_that_goes_on_as_another() -> None:
    """The refusal names the one that goes on."""
    uow = FakeUnitOfWork(make_case(merged_into="C-0000-0001-95"), make_case(reference=OTHER))
    with pytest.raises(InputInvalid, match="goes on as C-0000-0001-95"):
        confirm_reply(uow, OTHER, REFERENCE, reason="x", officer="Jo", working_days=WorkingDays(), now=NOW)


def joined(case: Case, known: Case) -> Case:
    """Join a case to the one that it quotes, and return that."""
    confirm_reply(
        FakeUnitOfWork(case, known), case.reference, known.reference, reason="The same bin.", officer="Jo",
        working_days=WorkingDays(), now=NOW,
    )  # fmt: skip
    return known


def test_a_likely_complaint_stays_guarded_on_the_request_that_it_belongs_to() -> None:
    """Whoever joined it has not ruled on it, and its five days run on (LGSCO 6.2, HO 6.2)."""
    request = make_case(status=Status.SERVICE_REQUEST, stage=0, received_on=date(2026, 2, 2))
    known = joined(make_case(reference=OTHER, guard_at=GUARD_AT), request)
    assert (known.guard_at, known.received_on, known.acknowledge_by) == (GUARD_AT, TODAY, ACKNOWLEDGE_BY)
    assert known.status is Status.SERVICE_REQUEST


def test_a_wish_for_stage_2_keeps_its_day_on_the_case_that_was_answered() -> None:
    """Its clock runs from the day on which it was asked for (LGSCO 6.12, HO 6.11)."""
    asking = make_case(reference=OTHER, status=Status.ESCALATION, stage=2, guard_at=GUARD_AT)
    known = joined(asking, make_case(answered_on=date(2026, 2, 20)))
    assert (known.escalation_received_on, known.guard_at, known.stage) == (TODAY, GUARD_AT, 1)


def test_what_runs_already_is_guarded_by_its_own_clock() -> None:
    """A complaint that has its acknowledgement and no answer yet gets no second one."""
    known = joined(make_case(reference=OTHER, guard_at=GUARD_AT), make_case(respond_by=date(2026, 3, 17)))
    assert (known.guard_at, known.escalation_received_on) == (None, None)


def test_a_complaint_that_was_acknowledged_is_not_joined_to_what_is_none() -> None:
    """The date that its sender was promised would be nobody's; the refusal says how it is kept."""
    request = make_case(status=Status.SERVICE_REQUEST, stage=0)
    with pytest.raises(InputInvalid, match=f"heard case merge {REFERENCE} --into {OTHER}"):
        joined(make_case(reference=OTHER, respond_by=date(2026, 3, 17)), request)


def refused(**changes: Any) -> Case:
    """Return a case of which an officer did not accept the complaint, or stage 2 of it."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    return make_case(**({"refusals": [refusal], "guard_at": None} | changes))


@pytest.mark.parametrize(
    ("other", "status"),
    [
        (refused(stage=0), Status.COMPLAINT),
        (refused(answered_on=TODAY), Status.ESCALATION),
    ],
    ids=["the complaint", "stage 2"],
)
def test_what_belongs_to_a_refusal_is_read_by_an_officer(other: Case, status: Status) -> None:
    """They have said that it is the same matter, which no machine accepts (LGSCO 2.1, 2.5; HO 2.1)."""
    case = make_case(reference=OTHER, status=status, guard_at=GUARD_AT)
    confirm_reply(
        FakeUnitOfWork(case, other), OTHER, REFERENCE, reason="The same.", officer="pat",
        working_days=WorkingDays(), now=NOW,
    )  # fmt: skip
    assert (other.guard_at, other.escalation_received_on) == (None, None)
    assert [task.kind for task in other.tasks] == [TaskKind.READ_REPLY]


def test_a_plain_wish_for_stage_2_that_only_quotes_the_reference_is_guarded_and_kept() -> None:
    """Triage need not see it (LGSCO 6.12, 6.13; HO 6.11, 6.12)."""
    uow = FakeUnitOfWork(make_case(answered_on=TODAY))
    text = "Please take it to stage 2."
    case = open_case(
        uow, make_message(id=9, reply_text=text), make_parsed(text=text),
        make_decision(Status.ENQUIRY, is_dissatisfied=False), may_belong_to=uow.cases.get(REFERENCE),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert (case.letters, case.guard_at) == ([], GUARD_AT)
    confirm_reply(
        uow, case.reference, REFERENCE, reason="Hers.", officer="pat", working_days=WorkingDays(), now=NOW
    )
    other = uow.cases.get(REFERENCE)
    assert (other.escalation_received_on, other.guard_at) == (TODAY, GUARD_AT)


def test_another_matter_beside_a_refusal_is_a_case_of_its_own() -> None:
    """Its task says why, and how to join the two after all (LGSCO 6.9, HO 6.8)."""
    uow = FakeUnitOfWork(refused(stage=0))
    case = open_case(
        uow, make_message(id=9), make_parsed(), make_decision(), may_belong_to=uow.cases.get(REFERENCE),
        why_apart=f"answers {REFERENCE}, which was not accepted, and seems to be about something else",
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert case.tasks[0].note == (
        f"answers {REFERENCE}, which was not accepted, and seems to be about something else; "
        f"confirm with `--joins {REFERENCE}`, or rule on it"
    )
    assert (case.guard_at, case.stage, case.letters) == (GUARD_AT, 1, [])
