"""A reply to a known case: filed, read by an officer, or the choice to complain."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from builders import (
    ACKNOWLEDGE_BY,
    GUARD_AT,
    LETTERHEAD,
    NOW,
    TODAY,
    make_case,
    make_decision,
    make_letter,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork

from casework.join_case import chooses_to_complain, join_case
from casework.policy import Caps, Policy
from models.case import Case, Refusal
from models.codes import AcknowledgementMode, Flag, LetterKind, LetterState, Outcome, Status, TaskKind
from models.decision import Decision
from models.message import Message

CHOICE = "Treat it as a complaint please."


def joined(
    case: Case,
    text: str = "Here is a photograph.",
    *,
    message: Message | None = None,
    decision: Decision | None = None,
    policy: Policy | None = None,
) -> FakeUnitOfWork:
    """Join a reply to a case."""
    uow = FakeUnitOfWork(case)
    join_case(
        uow,
        case,
        message or make_message(id=2, uid="2"),
        make_parsed(text=text),
        decision or make_decision(Status.ENQUIRY, is_dissatisfied=False),
        how="it answers a letter of ours",
        policy=policy or Policy(),
        letterhead=LETTERHEAD,
        now=NOW,
    )
    return uow


def request(**changes: Any) -> Case:
    """Return a service request that runs no stage."""
    usual: dict[str, Any] = {"status": Status.SERVICE_REQUEST, "stage": 0}
    return make_case(**(usual | changes))


def test_a_reply_is_filed_and_read_by_a_date() -> None:
    """A reply is on its case, settled in the ledger, and an officer's to read."""
    case, message = make_case(awaits_officer=False), make_message(id=2)
    uow = joined(case, message=message)
    assert case.messages[-1] is message
    assert (message.outcome, message.reason) == (Outcome.REPLY, "it answers a letter of ours")
    assert case.awaits_officer
    assert [(task.kind, task.due_by, task.message_id) for task in case.tasks] == [
        (TaskKind.READ_REPLY, ACKNOWLEDGE_BY, 2)
    ]
    assert uow.audit.rows[-1].action == "reply_joined"


def test_a_historic_reply_is_only_filed() -> None:
    """A reply from an archive opens no task, sends nothing and disturbs nobody."""
    case = request(awaits_officer=False)
    joined(case, CHOICE, message=make_message(id=2, is_historic=True))
    assert (case.tasks, case.letters, case.awaits_officer, case.stage) == ([], [], False, 0)
    assert len(case.messages) == 2


@pytest.mark.parametrize(
    "text",
    [
        "treat it as a complaint",
        "Treat it as a complaint.",
        "TREAT IT AS A COMPLAINT!!",
        "Please treat this as a formal complaint",
        "Yes please, log it as an official complaint. Thanks, Ann",
        "can you take my message as a complaint",
        "record that as a complaint",
        "Please deal with my request as a complaint",
        "Not good enough. Treat it as a complaint.",
        "Please treat\nit as a complaint",
        '"treat it as a complaint"',
    ],
)
def test_one_line_is_enough_to_choose_to_complain(text: str) -> None:
    """The choice that our letters offer is taken up by a reply of one line (LGSCO 1.7, 5.3; HO 1.5)."""
    assert chooses_to_complain(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please do not treat it as a complaint.",
        "Please don't treat this as a complaint",
        "Please don\N{RIGHT SINGLE QUOTATION MARK}t log it as a complaint",
        "dont treat it as a complaint",
        "I do not want you to treat it as a complaint",
        "There is no need to treat it as a complaint.",
        "Pass it on rather than treat it as a complaint.",
        "Just fix it instead of treating this; I would not take it as a complaint.",
    ],
)
def test_a_negated_choice_is_none(text: str) -> None:
    """Who says that it is no complaint has not chosen to complain (LGSCO 5.3)."""
    assert not chooses_to_complain(text)


@pytest.mark.parametrize(
    "text",
    [
        "There is no need for you to treat it as a complaint.",
        "You needn't treat it as a complaint.",
        "I never asked you to treat it as a complaint.",
        "Please don't feel that you have to treat it as a complaint.",
    ],
)
def test_a_choice_negated_in_other_words_is_none(text: str) -> None:
    """However it is said, who does not want to complain has not chosen to (LGSCO 5.3)."""
    assert not chooses_to_complain(text)


@pytest.mark.parametrize("text", ["", "Thank you", "I have no complaint", "How do I make a complaint?"])
def test_other_words_are_no_choice(text: str) -> None:
    """The word alone chooses nothing."""
    assert not chooses_to_complain(text)


def test_a_long_reply_is_left_to_an_officer() -> None:
    """In a long reply the phrase may be about something else."""
    assert chooses_to_complain(f"{CHOICE} {'word ' * 50}")
    assert not chooses_to_complain(f"{CHOICE} {'word ' * 60}")


def test_the_choice_begins_stage_1_on_the_day_it_reached_us() -> None:
    """The clock runs from the day of the choice, and the acknowledgement goes at once (LGSCO 1.7, 6.2)."""
    case = request(received_on=date(2026, 1, 5), acknowledge_by=date(2026, 1, 12))
    arrived = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    joined(case, CHOICE, message=make_message(id=2, received_at=arrived))
    assert (case.status, case.stage) == (Status.COMPLAINT, 1)
    assert (case.received_on, case.acknowledge_by) == (date(2026, 3, 2), date(2026, 3, 9))
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert (case.respond_by, case.guard_at) == (date(2026, 3, 17), None)
    assert case.tasks == []


def test_a_choice_moves_no_clock_that_runs_already() -> None:
    """What was likely a complaint from its first message on stays as old as that (LGSCO 6.2, HO 6.2)."""
    first = date(2026, 2, 26)
    case = request(received_on=first, guard_at=Policy().guard_at(first), flags=[Flag.SAFEGUARDING])
    joined(case, CHOICE, message=make_message(id=2, received_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
    assert (case.stage, case.received_on, case.letters) == (1, first, [])
    assert case.guard_at == Policy().guard_at(first)


def test_the_choice_waits_for_an_officer_where_the_settings_say_so() -> None:
    """In mode `officer` the choice is owed an acknowledgement, and the guard watches."""
    case = request()
    joined(case, CHOICE, policy=Policy(mode=AcknowledgementMode.OFFICER))
    assert (case.stage, case.letters, case.guard_at) == (1, [], GUARD_AT)
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


@pytest.mark.parametrize("mode", AcknowledgementMode)
def test_the_choice_makes_no_likely_complaint_later(mode: AcknowledgementMode) -> None:
    """What was guarded as a likely complaint keeps the date of its first message (LGSCO 6.2, HO 6.2)."""
    earlier = date(2026, 2, 26)
    guard_at = Policy().guard_at(earlier)
    case = request(received_on=earlier, guard_at=guard_at, flags=[Flag.SAFEGUARDING])
    joined(case, CHOICE, policy=Policy(mode=mode))
    assert (case.received_on, case.acknowledge_by, case.guard_at) == (earlier, date(2026, 3, 5), guard_at)


def test_a_cap_does_not_lose_the_choice() -> None:
    """Where a cap stops the letter, stage 1 has begun, the letter is owed and the guard watches."""
    case = request(letters=[make_letter(LetterKind.RECEIPT, state=LetterState.SENT)])
    joined(case, CHOICE, policy=Policy(caps=Caps(per_address_a_day=1)))
    assert (case.stage, len(case.letters), case.guard_at) == (1, 1, GUARD_AT)
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


@pytest.mark.parametrize("stage", [1, 2])
def test_the_choice_changes_nothing_once_a_complaint_runs(stage: int) -> None:
    """A stage that has begun is not begun again; an officer reads the reply."""
    case = make_case(stage=stage)
    joined(case, CHOICE)
    assert (case.stage, case.letters) == (stage, [])
    assert [task.kind for task in case.tasks] == [TaskKind.READ_REPLY]


def test_a_reply_that_asks_for_the_next_stage_says_so_in_its_task() -> None:
    """Before the answer was due, a wish for stage 2 is an officer's to judge (LGSCO 6.12, 6.13)."""
    case = make_case(respond_by=date(2026, 3, 17))
    joined(case, "I want stage 2", decision=make_decision(Status.ESCALATION))
    assert "next stage" in case.tasks[0].note
    assert (case.escalation_received_on, case.guard_at) == (None, None)


def test_a_wish_for_stage_2_after_the_answer_was_due_starts_its_clock() -> None:
    """Once an answer was due the stage 2 clock runs from the wish, and is guarded (LGSCO 6.12, HO 6.11)."""
    case = make_case(respond_by=date(2026, 3, 2))
    joined(case, "I want stage 2", decision=make_decision(Status.ESCALATION))
    assert (case.escalation_received_on, case.guard_at) == (date(2026, 3, 3), GUARD_AT)


def test_a_dangerous_reply_alerts_the_duty_officer() -> None:
    """What cannot wait is as urgent in a reply as in a first message."""
    case = make_case()
    joined(case, decision=make_decision(Status.ENQUIRY, flags=[Flag.SAFEGUARDING]))
    assert {task.kind for task in case.tasks} == {TaskKind.READ_REPLY, TaskKind.DUTY_ALERT}


@pytest.mark.parametrize("flag", [Flag.SAFEGUARDING, Flag.ABUSIVE])
def test_a_flagged_reply_gets_no_formal_letter_by_machine(flag: Flag) -> None:
    """Safeguarding and abuse get the plain receipt at most, in a reply that chooses to complain too."""
    case = request()
    joined(case, CHOICE, decision=make_decision(flags=[flag]))
    assert LetterKind.STAGE_1_ACKNOWLEDGEMENT not in {letter.kind for letter in case.letters}


def test_a_reply_to_a_closed_case_opens_it_again() -> None:
    """It awaits an officer, and the record says why it is open."""
    case = make_case(closed_on=TODAY, closed_why="Answered.", awaits_officer=False)
    uow = joined(case)
    assert (case.closed_on, case.closed_why, case.awaits_officer) == (None, "", True)
    assert [row.action for row in uow.audit.rows] == ["case_reopened", "reply_joined"]
    assert uow.audit.rows[0].detail["closed_why"] == "Answered."


def test_a_historic_reply_leaves_a_closed_case_closed() -> None:
    """An archive disturbs nobody."""
    case = make_case(closed_on=TODAY, awaits_officer=False)
    joined(case, message=make_message(id=2, is_historic=True))
    assert case.closed_on == TODAY


def test_a_reply_is_a_change_that_officers_are_told_of() -> None:
    """Whoever looked before the reply came looks again before they act."""
    case = make_case(version=3)
    joined(case)
    assert case.version == 4


def test_a_chosen_complaint_leaves_the_service_request_open() -> None:
    """The request goes on beside it (LGSCO 1.7, HO 1.5)."""
    case = request()
    joined(case, CHOICE)
    assert (case.stage, case.request_opened_on, case.request_closed_on) == (1, TODAY, None)


def test_the_choice_does_not_undo_an_officers_refusal() -> None:
    """Who was refused with reasons, and writes again, is read by an officer; the guard waits with them."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    case = make_case(stage=0, refusals=[refusal])
    joined(case, CHOICE, decision=make_decision(Status.COMPLAINT))
    assert (case.stage, case.letters) == (0, [])
    assert case.tasks[0].note == "the complaint was not accepted, and they write again; please read it"
    assert case.guard_at is not None
