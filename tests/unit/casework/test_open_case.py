"""A new matter: the case, its clocks, its suggestion and its first letter, together."""

from datetime import UTC, date, datetime, time

import pytest
from builders import (
    ACKNOWLEDGE_BY,
    GUARD_AT,
    LETTERHEAD,
    NOW,
    TODAY,
    make_decision,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork

from casework.open_case import open_case
from casework.policy import Policy
from models.case import Case
from models.codes import AcknowledgementMode, Category, Flag, LetterKind, Ombudsman, Outcome, Status
from models.decision import Decision, Span
from models.message import Complainant, Message, ParsedMessage, Person
from models.reference import read_reference


def opened(
    decision: Decision | None = None,
    *,
    message: Message | None = None,
    parsed: ParsedMessage | None = None,
    policy: Policy | None = None,
    uow: FakeUnitOfWork | None = None,
) -> Case:
    """Open a case on the usual day."""
    return open_case(
        uow or FakeUnitOfWork(),
        message or make_message(),
        parsed or make_parsed(),
        decision or make_decision(),
        policy=policy or Policy(),
        letterhead=LETTERHEAD,
        now=NOW,
    )


def test_a_case_holds_what_triage_suggests() -> None:
    """Status, category and Ombudsman in force are the decision's until an officer rules."""
    decision = make_decision(
        category=Category.HOUSING_REPAIRS, ombudsman=Ombudsman.HOUSING, flags=[Flag.VULNERABLE]
    )
    case = opened(decision)
    assert (case.status, case.category, case.ombudsman) == (
        Status.COMPLAINT, Category.HOUSING_REPAIRS, Ombudsman.HOUSING,
    )  # fmt: skip
    assert case.flags == [Flag.VULNERABLE]
    assert case.own_words == ["The bin was missed again this week."]
    assert case.awaits_officer


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (Status.COMPLAINT, 1),
        (Status.ESCALATION, 2),
        (Status.SERVICE_REQUEST, 0),
        (Status.COMPLIMENT, 0),
        (Status.ENQUIRY, 0),
        (Status.OTHER, 0),
    ],
)
def test_only_complaints_and_escalations_begin_a_stage(status: Status, stage: int) -> None:
    """A service request runs no stage of the procedure (LGSCO 1.7, HO 1.5)."""
    assert opened(make_decision(status)).stage == stage


def test_the_clock_starts_on_the_day_of_receipt() -> None:
    """Five working days run from receipt, not from when we read the message (LGSCO 6.2, HO 6.2)."""
    message = make_message(received_at=datetime(2026, 2, 26, 23, 30, tzinfo=UTC))
    case = opened(message=message)
    assert (case.received_on, case.acknowledge_by) == (date(2026, 2, 26), date(2026, 3, 5))


def test_a_message_of_a_summer_night_is_of_the_day_in_england() -> None:
    """Half past eleven in the evening by UTC is the next day in British Summer Time."""
    case = opened(message=make_message(received_at=datetime(2026, 7, 6, 23, 30, tzinfo=UTC)))
    assert case.received_on == date(2026, 7, 7)


@pytest.mark.parametrize("mode", [AcknowledgementMode.RECEIPT_FIRST, AcknowledgementMode.OFFICER])
def test_the_guard_watches_a_complaint_that_has_no_formal_acknowledgement(mode: AcknowledgementMode) -> None:
    """Whatever the mode, the acknowledgement goes out by noon of working day 4 (LGSCO 6.2, HO 6.2)."""
    assert opened(policy=Policy(mode=mode)).guard_at == GUARD_AT


def test_the_guard_keeps_the_hour_that_the_council_has_set() -> None:
    """The settings move the guard, by day and by hour."""
    policy = Policy(mode=AcknowledgementMode.OFFICER, guard_working_day=2, guard_time=time(9, 30))
    assert opened(policy=policy).guard_at == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("chance", "is_guarded"), [(0.31, True), (0.29, False)])
def test_the_guard_watches_what_may_be_a_complaint(chance: float, *, is_guarded: bool) -> None:
    """A doubt speaks for the complainant: three chances in ten are enough."""
    decision = make_decision(Status.ENQUIRY, is_unsure=True, probability=1 - chance, second=Status.COMPLAINT)
    assert (opened(decision).guard_at == GUARD_AT) is is_guarded


def test_the_guard_leaves_alone_what_is_surely_spam() -> None:
    """Nobody is sent a formal acknowledgement of an advertisement."""
    decision = make_decision(Status.OTHER, probability=0.6, second=Status.COMPLAINT)
    assert opened(decision).guard_at is None


def test_a_historic_message_opens_no_clock_and_sends_nothing() -> None:
    """An archive of old mail becomes cases without letters, tasks, guard or place in the queue."""
    decision = make_decision(flags=[Flag.SAFEGUARDING])
    case = opened(
        decision, message=make_message(is_historic=True), policy=Policy(duty_address="duty@council.example")
    )
    assert (case.letters, case.tasks, case.guard_at, case.awaits_officer) == ([], [], None, False)
    assert case.is_historic


def test_the_message_ends_as_a_case() -> None:
    """The ledger row has its one outcome, and the case holds it."""
    message = make_message()
    uow = FakeUnitOfWork()
    case = opened(message=message, uow=uow)
    assert (message.outcome, message.reason) == (Outcome.CASE, "a new matter")
    assert case.messages == [message]
    assert uow.cases.all == [case]


def test_what_was_done_is_on_record() -> None:
    """The audit says which case a message opened, with which letter (LGSCO 5.8, HO 5.12)."""
    uow = FakeUnitOfWork()
    case = opened(uow=uow)
    row = uow.audit.rows[-1]
    assert (row.action, row.case_reference, row.message_id) == ("case_opened", case.reference, 1)
    assert row.detail == {"status": "complaint", "letter": "letter queued: stage_1_acknowledgement"}


def test_a_case_leaves_the_committing_to_its_caller() -> None:
    """Case, clock and letter are one commit with whatever else is decided about the message."""
    uow = FakeUnitOfWork()
    opened(uow=uow)
    assert uow.commits == 0


def test_a_case_has_a_reference_that_can_be_read_out() -> None:
    """The reference has right check digits, and the letter quotes it (LGSCO 6.2, HO 6.2)."""
    case = opened()
    assert read_reference(case.reference) == case.reference
    assert case.reference in case.letters[0].text


def test_the_person_behind_a_form_is_the_complainant() -> None:
    """A web form's sender is no complainant; the person in it is."""
    bob = Complainant(person=Person("Bob", "Bob@example.org"), found_in="form")
    parsed = make_parsed(sender=Person("", "forms@council.example"), complainant=bob)
    case = opened(parsed=parsed, policy=Policy(form_senders=frozenset({"forms@council.example"})))
    assert (case.complainant_name, case.complainant_address) == ("Bob", "bob@example.org")
    assert case.reply_address == "bob@example.org"


def test_what_a_colleague_forwards_is_owed_to_its_writer_by_an_officer() -> None:
    """Neither the colleague nor an unconfirmed address gets a letter with somebody else's words."""
    bob = Complainant(person=Person("Bob Hall", "bob@example.org"), found_in="forward")
    case = opened(parsed=make_parsed(complainant=bob))
    assert (case.complainant_name, case.reply_address, case.letters) == ("Bob Hall", "", [])
    assert "bob@example.org" in case.tasks[0].note


def test_a_message_from_nobody_still_opens_a_case() -> None:
    """Without any sender the matter is kept, and an acknowledgement owed."""
    case = opened(parsed=make_parsed(sender=None, complainant=Complainant()))
    assert (case.complainant_name, case.reply_address, case.letters) == ("", "", [])
    assert len(case.tasks) == 1


@pytest.mark.parametrize(
    ("more", "fewer"),
    [
        ([Flag.SAFEGUARDING], [Flag.ABUSIVE]),
        ([Flag.SAFETY_HAZARD], [Flag.VULNERABLE, Flag.PRE_ACTION]),
        ([Flag.VULNERABLE], [Flag.ELECTED_MEMBER]),
        ([Flag.SAFEGUARDING, Flag.VULNERABLE], [Flag.SAFEGUARDING]),
        ([Flag.PRE_ACTION], [Flag.THIRD_PARTY]),
    ],
)
def test_vulnerability_and_danger_come_first_in_the_queue(more: list[Flag], fewer: list[Flag]) -> None:
    """Vulnerability and risk order the queue (LGSCO 6.1, HO 6.1)."""
    first, second = opened(make_decision(flags=more)), opened(make_decision(flags=fewer))
    assert first.priority > second.priority


def test_the_receipt_date_is_the_receipt_letter_s_date() -> None:
    """A receipt says that a person reads the message inside the five working days (LGSCO 5.3)."""
    case = opened(make_decision(is_unsure=True))
    assert case.letters[0].kind is LetterKind.RECEIPT
    assert "Tuesday 10 March 2026" in " ".join(case.letters[0].text.split())
    assert (case.received_on, case.acknowledge_by) == (TODAY, ACKNOWLEDGE_BY)


def test_long_passages_are_cut_for_the_letter() -> None:
    """A case keeps at most three passages, each short enough for a letter."""
    spans = tuple(Span(0, 1, "word " * 200) for _ in range(5))
    case = opened(make_decision(evidence=spans))
    assert len(case.own_words) == 3
    assert all(len(words) <= 303 for words in case.own_words)
