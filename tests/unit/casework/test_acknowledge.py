"""The acknowledgement policy: which letter a new case gets, and what stands in its place."""

from datetime import date, timedelta

import pytest
from builders import (
    ANN,
    GUARD_AT,
    LETTERHEAD,
    NOW,
    make_case,
    make_decision,
    make_letter,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork

from casework.acknowledge import acknowledge_new_case, first_letter, is_unwanted, owe, queue_letter
from casework.policy import Caps, Policy
from models.case import Case
from models.codes import AcknowledgementMode, Exclusion, Flag, LetterKind, Status, TaskKind
from models.decision import Decision, Span, Suggestion
from models.message import ParsedMessage, Person

AT_ONCE, RECEIPT_FIRST, OFFICER = AcknowledgementMode
RECEIPT = LetterKind.RECEIPT
SERVICE_REQUEST = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
STAGE_1, STAGE_2 = LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_2_ACKNOWLEDGEMENT

CONFIDENT = [
    (AT_ONCE, Status.COMPLAINT, STAGE_1),
    (AT_ONCE, Status.ESCALATION, STAGE_2),
    (AT_ONCE, Status.SERVICE_REQUEST, SERVICE_REQUEST),
    (AT_ONCE, Status.COMPLIMENT, RECEIPT),
    (AT_ONCE, Status.ENQUIRY, RECEIPT),
    (AT_ONCE, Status.OTHER, None),
    (RECEIPT_FIRST, Status.COMPLAINT, RECEIPT),
    (RECEIPT_FIRST, Status.ESCALATION, RECEIPT),
    (RECEIPT_FIRST, Status.SERVICE_REQUEST, RECEIPT),
    (RECEIPT_FIRST, Status.COMPLIMENT, RECEIPT),
    (RECEIPT_FIRST, Status.ENQUIRY, RECEIPT),
    (RECEIPT_FIRST, Status.OTHER, None),
    *((OFFICER, status, None) for status in Status),
]


@pytest.mark.parametrize(("mode", "status", "letter"), CONFIDENT)
def test_a_confident_decision_gets_the_letter_of_its_mode(
    mode: AcknowledgementMode, status: Status, letter: LetterKind | None
) -> None:
    """Where triage is sure, each mode has one letter for each status (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
    assert first_letter(make_decision(status), mode) is letter


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(("mode", "letter"), [(AT_ONCE, RECEIPT), (RECEIPT_FIRST, RECEIPT), (OFFICER, None)])
def test_an_unsure_decision_gets_a_receipt_or_waits_for_the_officer(
    mode: AcknowledgementMode, letter: LetterKind | None, status: Status
) -> None:
    """Where triage is unsure, the receipt names both routes, whatever the likeliest status (LGSCO 5.3)."""
    assert first_letter(make_decision(status, is_unsure=True), mode) is letter


@pytest.mark.parametrize("flag", [Flag.SAFEGUARDING, Flag.ABUSIVE])
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("mode", AcknowledgementMode)
def test_safeguarding_and_abuse_get_the_plain_receipt_at_most(
    mode: AcknowledgementMode, status: Status, flag: Flag
) -> None:
    """No mode and no status gives a flagged message more than the receipt."""
    letter = first_letter(make_decision(status, flags=[flag]), mode)
    assert letter is (None if mode is OFFICER else RECEIPT)


@pytest.mark.parametrize("flag", sorted(set(Flag) - {Flag.SAFEGUARDING, Flag.ABUSIVE}))
def test_the_other_flags_change_no_letter(flag: Flag) -> None:
    """A vulnerable person's complaint is acknowledged like any other."""
    assert first_letter(make_decision(flags=[flag]), AT_ONCE) is STAGE_1


def test_only_a_sure_other_is_unwanted() -> None:
    """Spam is left unanswered only where triage is sure that it is spam."""
    assert is_unwanted(make_decision(Status.OTHER))
    assert not is_unwanted(make_decision(Status.OTHER, is_unsure=True))
    assert not is_unwanted(make_decision(Status.ENQUIRY))


def acknowledge(
    case: Case,
    decision: Decision,
    *,
    parsed: ParsedMessage | None = None,
    policy: Policy | None = None,
    uow: FakeUnitOfWork | None = None,
) -> str:
    """Acknowledge a new case on the usual day."""
    return acknowledge_new_case(
        uow or FakeUnitOfWork(case),
        case,
        message=case.messages[0],
        parsed=parsed or make_parsed(),
        decision=decision,
        policy=policy or Policy(),
        letterhead=LETTERHEAD,
        now=NOW,
    )


def test_a_formal_acknowledgement_promises_an_answer_and_ends_the_guard() -> None:
    """The answer is promised for ten working days after the acknowledgement (LGSCO 6.3, HO 6.3)."""
    case = make_case(guard_at=GUARD_AT)
    done = acknowledge(case, make_decision())
    assert done == "letter queued: stage_1_acknowledgement"
    assert (case.respond_by, case.guard_at) == (date(2026, 3, 17), None)


def test_a_stage_2_acknowledgement_promises_an_answer_in_twenty_working_days() -> None:
    """The final answer is promised for twenty working days after (LGSCO 6.15, HO 6.14)."""
    case = make_case(stage=2)
    acknowledge(case, make_decision(Status.ESCALATION))
    assert case.respond_by == date(2026, 3, 31)


def test_a_receipt_promises_nothing_and_leaves_the_guard_on() -> None:
    """A receipt is not the acknowledgement of the Codes, so the guard still watches (LGSCO 6.2)."""
    case = make_case(guard_at=GUARD_AT)
    acknowledge(case, make_decision(is_unsure=True))
    assert [letter.kind for letter in case.letters] == [RECEIPT]
    assert (case.respond_by, case.guard_at) == (None, GUARD_AT)


def test_what_is_surely_spam_gets_no_letter_but_is_checked() -> None:
    """An officer sees by a date what the machine left unanswered."""
    case = make_case(stage=0)
    assert acknowledge(case, make_decision(Status.OTHER)).startswith("no letter")
    assert case.letters == []
    assert [(task.kind, task.due_by) for task in case.tasks] == [(TaskKind.CHECK_OTHER, case.acknowledge_by)]


def test_what_the_settings_leave_to_an_officer_is_owed_by_a_date() -> None:
    """In mode `officer` nobody is silently left without an acknowledgement (LGSCO 6.2, HO 6.2)."""
    case = make_case()
    acknowledge(case, make_decision(), policy=Policy(mode=OFFICER))
    assert case.letters == []
    assert [(task.kind, task.due_by) for task in case.tasks] == [
        (TaskKind.ACKNOWLEDGEMENT_OWED, case.acknowledge_by)
    ]


@pytest.mark.parametrize(
    ("caps", "word"),
    [
        (Caps(per_address_a_day=2), "today"),
        (Caps(per_domain_an_hour=2), "domain"),
        (Caps(in_all_an_hour=2), "this hour"),
    ],
)
def test_what_a_cap_stops_is_owed(caps: Caps, word: str) -> None:
    """A cap ends a loop of letters, and what it stops becomes an acknowledgement owed."""
    earlier = make_case(reference="C-0000-0001-95", letters=[make_letter(), make_letter()])
    case = make_case()
    uow = FakeUnitOfWork(earlier, case)
    done = acknowledge(case, make_decision(), policy=Policy(caps=caps), uow=uow)
    assert done.startswith("acknowledgement owed")
    assert word in done
    assert case.letters == []
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


@pytest.mark.parametrize(
    ("caps", "age"),
    [
        (Caps(per_address_a_day=1), timedelta(hours=25)),
        (Caps(per_domain_an_hour=1), timedelta(minutes=61)),
        (Caps(in_all_an_hour=1), timedelta(minutes=61)),
    ],
)
def test_a_cap_forgets_letters_that_are_older_than_its_window(caps: Caps, age: timedelta) -> None:
    """Letters of yesterday, or of the hour before, do not stop today's."""
    earlier = make_case(reference="C-0000-0001-95", letters=[make_letter(queued_at=NOW - age)])
    case = make_case()
    acknowledge(case, make_decision(), policy=Policy(caps=caps), uow=FakeUnitOfWork(earlier, case))
    assert [letter.kind for letter in case.letters] == [STAGE_1]


def test_a_task_is_opened_once() -> None:
    """The same duty is not listed twice while it is open, and again once it was closed."""
    case = make_case()
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "first", now=NOW)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "second", now=NOW)
    assert [task.note for task in case.tasks] == ["first"]
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=NOW)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "third", now=NOW)
    assert [task.note for task in case.tasks] == ["first", "third"]


def queue(case: Case, *, is_dissatisfied: bool = True) -> str:
    """Queue a stage 1 acknowledgement and return its text."""
    letter = queue_letter(
        FakeUnitOfWork(case),
        case,
        STAGE_1,
        answered=make_message(message_id="<their@id.example>"),
        is_dissatisfied=is_dissatisfied,
        policy=Policy(),
        letterhead=LETTERHEAD,
        now=NOW,
    )
    return letter.text


def test_a_letter_answers_the_message_and_has_its_number() -> None:
    """The receiver's program files our letter below the message that it answers (RFC 5322, 3.6.4)."""
    case = make_case()
    queue(case)
    letter = case.letters[0]
    assert (letter.in_reply_to, letter.references) == ("<their@id.example>", "<their@id.example>")
    assert letter.recipient == ANN.address


def test_no_two_letters_share_a_message_id() -> None:
    """A second letter on the same case is not folded into the first."""
    case = make_case()
    queue(case)
    queue(case)
    assert len({letter.message_id for letter in case.letters}) == 2


def test_a_letter_greets_the_complainant_only_at_their_own_address() -> None:
    """A letter that goes to somebody else names nobody: a representative may be unknown to us."""
    assert "Dear Ann Lee," in queue(make_case())
    assert "Dear Sir or Madam," in queue(make_case(reply_address="someone@example.org"))


def test_own_words_are_repeated_only_to_the_dissatisfied() -> None:
    """An acknowledgement repeats our understanding of the complaint (LGSCO 6.2)."""
    case = make_case(own_words=["Four bins in six weeks."])
    assert "Four bins in six weeks." in queue(case)
    assert "Four bins in six weeks." not in queue(case, is_dissatisfied=False)


def test_what_may_be_for_others_is_said_where_triage_sees_it() -> None:
    """The first letter names what may not be the council's, and refuses nothing (LGSCO 5.4, HO 5.7)."""
    case = make_case()
    span = Span(0, 3, "bin")
    seen = Suggestion(Exclusion.OTHER_ORGANISATION, "other_body", 0.9, span, "another body decides")
    acknowledge(case, make_decision(exclusions=(seen,)))
    text = " ".join(case.letters[0].text.split())
    assert "Part of it may be the work of another organisation, not of the council." in text
    assert "An officer will check this" in text


def test_a_letter_about_somebody_else_says_that_consent_may_be_needed() -> None:
    """A representative is told of consent, and that the clock keeps running (LGSCO 1.5, 3.6)."""
    text = " ".join(queue(make_case(flags=[Flag.THIRD_PARTY])).split())
    assert "We may need their agreement" in text
    assert "the date for our answer stays as it is" in text


def test_no_letter_goes_to_nobody() -> None:
    """A message without an address to answer leaves an acknowledgement owed."""
    case = make_case(reply_address="")
    done = acknowledge(case, make_decision(), parsed=make_parsed(sender=Person("", "")))
    assert done == "acknowledgement owed: there is no address to answer to"
    assert case.tasks[0].kind is TaskKind.ACKNOWLEDGEMENT_OWED
