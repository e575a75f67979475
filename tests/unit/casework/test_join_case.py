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

from casework.join_case import join_case, raises_another_matter
from casework.policy import Caps, Policy
from casework.wishes import chooses_to_complain
from models.case import Case, Refusal
from models.codes import (
    AcknowledgementMode,
    Category,
    Flag,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
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


def refusal(**changes: Any) -> Refusal:
    """Return Pat's decision of today not to accept a complaint."""
    usual: dict[str, Any] = {
        "ground": "appeal_route", "evidence": "x", "reasons": "y", "discretion": "", "officer": "pat",
        "decided_at": NOW,
    }  # fmt: skip
    return Refusal(**(usual | changes))


def about_rent(status: Status = Status.COMPLAINT, **changes: Any) -> Decision:
    """Return a decision about rent, where the case is about bins."""
    return make_decision(status, category=Category.HOUSING_RENT, category_probabilities={}, **changes)


def had_answer(**changes: Any) -> Case:
    """Return a complaint that Pat answered at stage 1 last week."""
    usual: dict[str, Any] = {
        "assigned_to": "pat", "stage_1_officer": "pat", "answered_on": date(2026, 2, 27),
        "acknowledged_on": date(2026, 2, 16), "respond_by": date(2026, 3, 2), "awaits_officer": False,
    }  # fmt: skip
    return make_case(**(usual | changes))


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


@pytest.mark.parametrize("status", [Status.COMPLAINT, Status.ESCALATION])
def test_the_choice_does_not_undo_an_officers_refusal(status: Status) -> None:
    """An officer reads it in time, and no machine accepts or refuses it (LGSCO 2.1, 2.4, 2.5; HO 2.1)."""
    case = make_case(stage=0, refusals=[refusal()])
    joined(case, CHOICE, decision=make_decision(status))
    assert (case.stage, case.letters, case.guard_at) == (0, [], None)
    assert case.tasks[0].note == "the complaint was not accepted, and they write again; please read it"
    assert (case.tasks[0].kind, case.tasks[0].due_by) == (TaskKind.READ_REPLY, ACKNOWLEDGE_BY)
    assert (case.received_on, case.awaits_officer) == (TODAY, True)


@pytest.mark.parametrize(
    ("case", "decision", "is_another"),
    [
        (make_case(stage=0, refusals=[refusal()]), about_rent(), True),
        (make_case(stage=0, refusals=[refusal()]), make_decision(), False),
        (make_case(stage=0, refusals=[refusal()]), about_rent(status=Status.ESCALATION), False),
        (make_case(stage=0, refusals=[refusal()]), about_rent(status=Status.ENQUIRY, probability=0.9), False),
        (make_case(stage=0, refusals=[refusal()]), make_decision(category=Category.OTHER), False),
        (make_case(stage=0), about_rent(), False),
        (make_case(refusals=[refusal()]), about_rent(), False),
    ],
    ids=[
        "another",
        "the same",
        "about our answer",
        "no complaint",
        "no category",
        "never refused",
        "accepted",
    ],
)
def test_another_matter_beside_a_refusal_was_never_refused(
    case: Case, decision: Decision, *, is_another: bool
) -> None:
    """It is a complaint of its own; who is not happy with the refusal means the same (LGSCO 6.9, HO 6.8)."""
    assert raises_another_matter(case, decision) is is_another


def test_what_else_a_refused_person_names_stands_in_the_task() -> None:
    """An officer says what becomes of it (LGSCO 6.9, HO 6.8)."""
    case = make_case(stage=0, refusals=[refusal()])
    joined(case, decision=about_rent(status=Status.ESCALATION))
    assert case.tasks[0].note.endswith("please read it; it seems to be about housing rent, too")


@pytest.mark.parametrize(
    "text",
    [
        "take it to stage 2",
        'I am not happy. "Take it to stage 2."',
        "Please take my complaint to stage two. Thanks, Ann",
        "Please escalate my complaint.",
        "I want to go to the next stage of your complaints procedure",
        "Can you take it to stage 2?",
        "Stage 2 please",
    ],
)
def test_a_plain_wish_begins_stage_2_at_once(text: str) -> None:
    """In the words of our answer, with no reason, and whatever triage makes of it (LGSCO 6.12, 6.13)."""
    case = had_answer()
    uow = joined(case, text)
    assert (case.status, case.stage, case.received_on) == (Status.ESCALATION, 2, TODAY)
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_2_ACKNOWLEDGEMENT]
    assert (case.respond_by, case.guard_at, case.tasks) == (date(2026, 3, 31), None, [])
    assert (case.stage_1_officer, case.assigned_to, case.awaits_officer) == ("pat", "", True)
    detail = uow.audit.rows[-1].detail
    assert (detail["done"], detail["stage_1"]["answered_on"]) == (
        "stage 2 begun, letter queued",
        "2026-02-27",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Please do not take it to stage 2.",
        "There is no need for you to take it to stage 2.",
        "I will take it to stage 2 if the bin is missed again",
        "If I hear nothing I will escalate it.",
        "How do I take it to stage 2?",
        "I might take it to stage 2",
        "I will escalate it to the Ombudsman",
        "I want the next stage of the works to begin",
        f"Take it to stage 2. {'word ' * 60}",
        f"Take it to stage 2. {'x' * 1000}",
    ],
)
def test_what_is_no_plain_wish_is_read_by_an_officer(text: str) -> None:
    """Said, asked or tied to a condition; a person sees what is meant (LGSCO 6.12)."""
    case = had_answer()
    joined(case, text)
    assert (case.stage, case.letters, case.escalation_received_on, case.guard_at) == (1, [], None, None)
    assert [task.kind for task in case.tasks] == [TaskKind.READ_REPLY]


def test_a_plain_wish_after_the_answer_was_due_starts_its_clock() -> None:
    """No answer is on record, so the guard watches, also where triage sees no wish (LGSCO 6.12, HO 6.11)."""
    case = make_case(respond_by=date(2026, 3, 2))
    joined(case, "Take it to stage 2.")
    assert (case.stage, case.escalation_received_on, case.guard_at) == (1, date(2026, 3, 3), GUARD_AT)


def test_an_extension_puts_off_when_the_answer_was_due() -> None:
    """Before its end a wish for stage 2 is an officer's to judge (LGSCO 6.4, 6.12; HO 6.4, 6.11)."""
    case = make_case(respond_by=date(2026, 3, 2), extended_to=date(2026, 3, 6))
    joined(case, "Take it to stage 2.")
    assert (case.escalation_received_on, case.guard_at) == (None, None)


def test_stage_2_runs_from_the_first_wish() -> None:
    """What was noted before moves no day (LGSCO 6.12, HO 6.11)."""
    case = had_answer(escalation_received_on=date(2026, 3, 2))
    joined(case, "Take it to stage 2.")
    assert (case.received_on, case.acknowledge_by) == (date(2026, 3, 2), date(2026, 3, 9))


@pytest.mark.parametrize(
    "policy", [Policy(mode=AcknowledgementMode.OFFICER), Policy(caps=Caps(in_all_an_hour=0))]
)
def test_where_no_machine_answers_stage_2_is_owed_and_guarded(policy: Policy) -> None:
    """The stage runs all the same (LGSCO 6.12, HO 6.11)."""
    case = had_answer()
    joined(case, "Take it to stage 2.", policy=policy)
    assert (case.stage, case.letters, case.guard_at) == (2, [], GUARD_AT)
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


@pytest.mark.parametrize("text", ["Take it to stage 2.", "I am still not happy."])
def test_a_refused_stage_2_is_begun_by_no_machine(text: str) -> None:
    """An officer reads it, who knows of the refusal (LGSCO 2.4, HO 2.4)."""
    case = had_answer(refusals=[refusal()])
    joined(case, text, decision=make_decision(Status.ESCALATION))
    assert (case.stage, case.escalation_received_on, case.guard_at) == (1, None, None)
    assert case.tasks[0].note == "stage 2 was not accepted, and they write again; please read it"


def test_what_was_refused_before_it_was_accepted_stops_no_stage_2() -> None:
    """The complaint had its answer after all (LGSCO 6.12, HO 6.11)."""
    case = had_answer(refusals=[refusal(decided_at=datetime(2026, 2, 10, 9, 0, tzinfo=UTC))])
    joined(case, "Take it to stage 2.")
    assert case.stage == 2


def test_the_choice_is_heard_where_an_officer_ruled_that_it_was_none() -> None:
    """The receipt offers the words, and the case was opened at stage 1 (LGSCO 1.7, 5.3; HO 1.5)."""
    case = make_case(status=Status.ENQUIRY)
    joined(case, CHOICE)
    assert (case.status, case.stage) == (Status.COMPLAINT, 1)
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
