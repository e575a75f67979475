"""An officer's ruling: what it changes, what it leaves on record, and the letter that follows."""

from datetime import UTC, date, datetime

import pytest
from builders import ACKNOWLEDGE_BY, GUARD_AT, LETTERHEAD, NOW, make_case, make_letter, make_message
from fakes import FakeUnitOfWork

from casework.acknowledge import owe
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models.case import Case, Refusal, Task
from models.codes import (
    ArrangementKind,
    Category,
    ContactWay,
    LetterKind,
    LetterState,
    Ombudsman,
    Status,
    TaskKind,
)
from models.errors import InputInvalid, UnknownReference
from models.message import Person
from models.people import Arrangement

FIRST_OF_FEBRUARY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def ruled(
    case: Case,
    *,
    status: Status | None = None,
    category: Category | None = None,
    ombudsman: Ombudsman | None = None,
    reason: str = "read and agreed",
    is_answered: bool = False,
    policy: Policy | None = None,
) -> tuple[FakeUnitOfWork, str]:
    """Record a ruling of officer Pat's."""
    uow = FakeUnitOfWork(case)
    done = record_ruling(
        uow, case.reference, status=status, category=category, ombudsman=ombudsman, reason=reason,
        officer="pat", is_answered=is_answered, policy=policy or Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    return uow, done


def request(**changes: object) -> Case:
    """Return a service request that came on 2 February and runs no stage."""
    usual: dict[str, object] = {
        "status": Status.SERVICE_REQUEST, "stage": 0, "received_on": date(2026, 2, 2),
        "messages": [make_message(received_at=FIRST_OF_FEBRUARY)],
    }  # fmt: skip
    return make_case(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_ruling_needs_a_reason(reason: str) -> None:
    """Nothing is ruled without an individual reason, and nothing is changed (LGSCO 2.1 to 2.5)."""
    case = make_case()
    with pytest.raises(InputInvalid, match="needs a reason"):
        ruled(case, status=Status.OTHER, reason=reason)
    assert (case.status, case.rulings, case.awaits_officer) == (Status.COMPLAINT, [], True)


def test_a_ruling_on_an_unknown_case_says_so() -> None:
    """A mistyped reference changes nothing."""
    with pytest.raises(UnknownReference):
        record_ruling(
            FakeUnitOfWork(), "C-0000-0000-00", status=None, category=None, ombudsman=None, reason="typo",
            officer="pat", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip


def test_a_ruling_is_a_record_of_its_own() -> None:
    """Who ruled what, when and why is kept beside triage's decision (LGSCO 1.7, 5.8)."""
    case = make_case()
    ruled(case, category=Category.PARKING_AND_PERMITS, ombudsman=Ombudsman.HOUSING, reason=" a garage ")
    ruling = case.rulings[0]
    assert (ruling.officer, ruling.ruled_at, ruling.reason) == ("pat", NOW, "a garage")
    assert (ruling.status, ruling.category, ruling.ombudsman) == (
        Status.COMPLAINT, Category.PARKING_AND_PERMITS, Ombudsman.HOUSING,
    )  # fmt: skip
    assert (case.category, case.ombudsman) == (Category.PARKING_AND_PERMITS, Ombudsman.HOUSING)


def test_an_earlier_ruling_is_never_overwritten() -> None:
    """A second ruling stands beside the first."""
    case = make_case()
    ruled(case, status=Status.ENQUIRY, reason="only asks")
    ruled(case, status=Status.COMPLAINT, reason="read again")
    assert [(each.status, each.reason) for each in case.rulings] == [
        (Status.ENQUIRY, "only asks"),
        (Status.COMPLAINT, "read again"),
    ]


def test_a_ruling_without_changes_agrees_with_the_suggestion() -> None:
    """What an officer does not name stays as triage suggested it."""
    case = make_case()
    ruled(case)
    assert (case.status, case.category) == (Status.COMPLAINT, Category.WASTE_AND_RECYCLING)
    assert case.awaits_officer


def test_a_ruling_is_audited_with_before_and_after() -> None:
    """Either can become the other, with reason, by whom and when (LGSCO 1.7, HO 1.5)."""
    uow, done = ruled(request(), status=Status.COMPLAINT, reason="second time of asking")
    row = uow.audit.rows[-1]
    assert (row.at, row.actor, row.action) == (NOW, "pat", "ruling_recorded")
    assert row.detail["before"] == {"status": "service_request", "category": "waste_and_recycling"}
    assert row.detail["after"] == {"status": "complaint", "category": "waste_and_recycling"}
    assert (row.detail["reason"], row.detail["letter"]) == ("second time of asking", done)


def test_a_complaint_found_later_is_as_old_as_its_first_message() -> None:
    """The clock starts with receipt, not with reclassification (LGSCO 6.2, HO 6.2)."""
    later = make_message(id=2, received_at=NOW)
    case = request(messages=[make_message(received_at=FIRST_OF_FEBRUARY), later])
    _, done = ruled(case, status=Status.COMPLAINT)
    assert done == "letter queued: stage_1_acknowledgement"
    assert (case.stage, case.received_on, case.acknowledge_by) == (1, date(2026, 2, 2), date(2026, 2, 9))
    assert case.respond_by == date(2026, 3, 17)


def test_an_escalation_is_as_old_as_the_message_that_asked_for_it() -> None:
    """Stage 2 runs from the escalation, not from the complaint (LGSCO 6.12, HO 6.11)."""
    asked = make_message(id=2, received_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    case = make_case(
        messages=[make_message(received_at=FIRST_OF_FEBRUARY), asked],
        acknowledged_on=date(2026, 2, 3),
        answered_on=date(2026, 2, 20),
    )
    _, done = ruled(case, status=Status.ESCALATION)
    assert done == "letter queued: stage_2_acknowledgement"
    assert (case.stage, case.received_on, case.acknowledge_by) == (2, date(2026, 3, 2), date(2026, 3, 9))
    assert (case.acknowledged_on, case.respond_by) == (None, date(2026, 3, 31))


def test_an_escalation_that_was_noted_keeps_its_day() -> None:
    """Later letters of the same person do not make their escalation younger (LGSCO 6.12, HO 6.11)."""
    case = make_case(
        messages=[make_message(received_at=FIRST_OF_FEBRUARY), make_message(id=2, received_at=NOW)],
        escalation_received_on=date(2026, 2, 25),
        answered_on=date(2026, 2, 20),
    )
    ruled(case, status=Status.ESCALATION)
    assert (case.received_on, case.acknowledge_by) == (date(2026, 2, 25), date(2026, 3, 4))


def test_a_letter_that_was_sent_is_not_sent_again() -> None:
    """An officer who agrees with triage causes no second acknowledgement."""
    case = make_case(letters=[make_letter(state=LetterState.SENT)], respond_by=date(2026, 3, 17))
    _, done = ruled(case)
    assert done == "the letter has been queued or sent before"
    assert len(case.letters) == 1
    assert case.respond_by == date(2026, 3, 17)


def test_a_letter_that_never_arrived_is_queued_again() -> None:
    """A failed acknowledgement is none (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(state=LetterState.FAILED)])
    ruled(case)
    assert len(case.letters) == 2


def test_the_receipt_is_followed_by_the_formal_letter() -> None:
    """What was only receipted gets its formal acknowledgement on the ruling (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(LetterKind.RECEIPT, state=LetterState.SENT)], guard_at=GUARD_AT)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "a cap", now=NOW)
    ruled(case)
    assert [letter.kind for letter in case.letters] == [
        LetterKind.RECEIPT, LetterKind.STAGE_1_ACKNOWLEDGEMENT,
    ]  # fmt: skip
    assert case.guard_at is None
    assert all(task.closed_at == NOW for task in case.tasks)


@pytest.mark.parametrize("status", [Status.COMPLIMENT, Status.ENQUIRY, Status.OTHER])
def test_a_ruling_that_it_is_no_complaint_ends_the_guard(status: Status) -> None:
    """What an officer calls praise or a question gets no formal acknowledgement."""
    case = make_case(guard_at=GUARD_AT)
    _, done = ruled(case, status=status)
    assert done.startswith(("no letter needed", "no formal letter needed"))
    assert (case.letters, case.guard_at) == ([], None)


def test_a_service_request_without_any_letter_is_told_so() -> None:
    """The person is told that it is passed on, and offered the choice to complain (LGSCO 1.7, 5.3)."""
    case = make_case(stage=0, guard_at=GUARD_AT)
    ruled(case, status=Status.SERVICE_REQUEST)
    assert [letter.kind for letter in case.letters] == [LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT]
    assert "treat it as a complaint" in case.letters[0].text


def test_a_service_request_that_had_a_receipt_is_told_what_happens_next() -> None:
    """The receipt promised that; and the choice to complain is named again (LGSCO 1.7, 5.3)."""
    case = request(letters=[make_letter(LetterKind.RECEIPT, state=LetterState.SENT)])
    assert ruled(case)[1] == "letter queued: service_request_acknowledgement"


@pytest.mark.parametrize(
    ("kind", "state"),
    [(LetterKind.DUTY_ALERT, LetterState.SENT), (LetterKind.RECEIPT, LetterState.FAILED)],
)
def test_a_letter_that_did_not_reach_the_person_does_not_count(kind: LetterKind, state: LetterState) -> None:
    """An alert to the duty officer, or a bounced receipt, acknowledges nothing (LGSCO 1.7, 5.3)."""
    case = request(letters=[make_letter(kind, state=state, recipient="duty@council.example")])
    ruled(case)
    assert case.letters[-1].kind is LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT


def test_a_first_complaint_that_triage_took_for_an_escalation_runs_stage_1() -> None:
    """Stage and letter belong together: a case ruled a first complaint is at stage 1 (LGSCO 6.2, 6.3)."""
    case = make_case(status=Status.ESCALATION, stage=2, guard_at=GUARD_AT)
    _, done = ruled(case, status=Status.COMPLAINT)
    assert done == "letter queued: stage_1_acknowledgement"
    assert case.stage == 1


@pytest.mark.parametrize("kind", [TaskKind.READ_REPLY, TaskKind.CHECK_OTHER, TaskKind.DUTY_ALERT])
def test_a_ruling_settles_what_asked_for_one(kind: TaskKind) -> None:
    """Tasks that asked somebody to look are done once somebody has ruled."""
    case = make_case(tasks=[Task(kind=kind, opened_at=NOW, due_by=ACKNOWLEDGE_BY, note="look")])
    ruled(case)
    assert case.tasks[0].closed_at == NOW


def test_a_ruling_that_settles_an_alert_says_so() -> None:
    """Whoever rules with one key is told, and the audit keeps it."""
    alert = Task(kind=TaskKind.DUTY_ALERT, opened_at=NOW, due_by=ACKNOWLEDGE_BY, note="please look today")
    uow, done = ruled(make_case(tasks=[alert]))
    assert done == (
        "letter queued: stage_1_acknowledgement; the alert that somebody may be in danger is settled"
    )
    detail = uow.audit.rows[-1].detail
    assert (alert.closed_at, detail["alert_settled"], detail["letter"]) == (NOW, True, done)


def test_a_ruling_without_an_alert_says_nothing_of_one() -> None:
    """One that was settled before is not settled again."""
    alert = Task(
        kind=TaskKind.DUTY_ALERT, opened_at=NOW, due_by=ACKNOWLEDGE_BY, note="looked at", closed_at=NOW
    )
    uow, done = ruled(make_case(tasks=[alert]))
    assert done == "letter queued: stage_1_acknowledgement"
    assert "alert_settled" not in uow.audit.rows[-1].detail


def test_a_ruling_does_not_settle_a_letter_that_did_not_arrive() -> None:
    """Somebody still has to reach the person another way."""
    task = Task(kind=TaskKind.LETTER_UNDELIVERED, opened_at=NOW, due_by=ACKNOWLEDGE_BY, note="bounced")
    ruled(make_case(tasks=[task]))
    assert task.closed_at is None


@pytest.mark.parametrize("found_in", ["forward", "form_unverified"])
def test_where_nobody_has_confirmed_whom_to_answer_that_is_said_with_the_remedy(found_in: str) -> None:
    """A councillor forwarded it: there is an address, and nobody has said that it is the right one."""
    case = make_case(reply_address="", complainant_found_in=found_in)
    _, done = ruled(case)
    why = f"nobody has confirmed whom to answer: heard rule {case.reference} --complainant"
    assert done == f"no letter: {why}"
    assert (case.letters, [task.note for task in case.tasks]) == ([], [why])


def test_what_is_agreed_with_them_needs_no_confirming() -> None:
    """An address that was agreed takes the letter; so does the post."""
    case = make_case(reply_address="", complainant_found_in="forward")
    uow = FakeUnitOfWork(case)
    uow.people.add(
        Arrangement(
            address=case.complainant_address, kind=ArrangementKind.CONTACT, what="By post.", reason="",
            way=ContactWay.POST, value="1 Mill Lane", officer="pat", agreed_on=NOW.date(),
            case_reference=case.reference,
        )
    )  # fmt: skip
    done = record_ruling(
        uow, case.reference, status=None, category=None, ombudsman=None, reason="Agreed.", officer="pat",
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert done == "letter queued: stage_1_acknowledgement"
    assert case.letters[-1].state is LetterState.BY_HAND


def test_a_historic_case_is_ruled_without_a_letter() -> None:
    """Ruling on an archive teaches the classifier and writes to nobody."""
    case = make_case(is_historic=True)
    assert ruled(case)[1] == "no letter: the case is historic"
    assert case.letters == []


def test_where_no_machine_may_write_the_acknowledgement_stays_owed() -> None:
    """The task of an acknowledgement owed stays open until a letter can go (LGSCO 6.2, HO 6.2)."""
    case = make_case(reply_address="", guard_at=GUARD_AT)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "there is no address", now=NOW)
    assert ruled(case)[1] == "no letter: there is no address to answer to"
    assert (case.tasks[0].closed_at, case.guard_at) == (None, GUARD_AT)


@pytest.mark.parametrize("status", [Status.COMPLAINT, Status.ESCALATION])
def test_a_complaint_awaits_its_officer_until_it_is_answered(status: Status) -> None:
    """A ruling is no answer; the case leaves the queue with the day of its full answer (LGSCO 6.3, 6.15)."""
    case = make_case(status=status, stage=2 if status is Status.ESCALATION else 1)
    ruled(case)
    assert (case.awaits_officer, case.answered_on) == (True, None)
    ruled(case, reason="the answer went out", is_answered=True)
    assert (case.awaits_officer, case.answered_on) == (False, date(2026, 3, 3))


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.COMPLAINT, Status.ESCALATION}))
def test_what_is_no_complaint_is_done_with_its_ruling(status: Status) -> None:
    """Only complaints have an answer to wait for."""
    case = request()
    ruled(case, status=status)
    assert not case.awaits_officer


def test_stage_2_follows_an_answer() -> None:
    """No ruling begins stage 2 while stage 1 has no answer on record (LGSCO 6.12, HO 6.11)."""
    case = make_case()
    with pytest.raises(InputInvalid, match="stage 2 follows an answer"):
        ruled(case, status=Status.ESCALATION)
    assert case.stage == 1


def test_a_ruling_on_an_older_version_is_not_recorded() -> None:
    """The second of two officers is told."""
    case = make_case(version=2)
    with pytest.raises(InputInvalid, match="somebody else changed"):
        record_ruling(
            FakeUnitOfWork(case), case.reference, status=Status.OTHER, category=None, ombudsman=None,
            reason="spam", officer="pat", seen=1, policy=Policy(), letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
    assert (case.rulings, case.status) == ([], Status.COMPLAINT)


@pytest.mark.parametrize(("assigned_to", "handled_by"), [("", "pat"), ("sam", "sam")])
def test_an_answer_given_elsewhere_says_who_handled_stage_1(assigned_to: str, handled_by: str) -> None:
    """Whose case it is, else who records it (LGSCO 6.14, HO 6.13)."""
    case = make_case(assigned_to=assigned_to)
    ruled(case, is_answered=True)
    assert case.stage_1_officer == handled_by


def test_the_stage_1_officer_gives_no_answer_at_stage_2() -> None:
    """However it is recorded (LGSCO 6.14, HO 6.13)."""
    case = make_case(status=Status.ESCALATION, stage=2, stage_1_officer="pat")
    with pytest.raises(InputInvalid, match="cannot give that of stage 2"):
        ruled(case, is_answered=True)
    case.assigned_to = "sam"
    ruled(case, is_answered=True)
    assert (case.answered_on, case.stage_1_officer) == (date(2026, 3, 3), "pat")


def test_a_ruling_after_the_answer_leaves_the_answer_as_it_was() -> None:
    """A reply of thanks neither moves the day nor asks for another answer."""
    case = make_case(answered_on=date(2026, 2, 20), awaits_officer=True)
    ruled(case)
    assert (case.answered_on, case.awaits_officer) == (date(2026, 2, 20), False)
    ruled(case, is_answered=True)
    assert case.answered_on == date(2026, 2, 20)


def test_a_ruling_that_it_is_no_complaint_holds_the_acknowledgement_back() -> None:
    """What is still here would promise an answer that nobody owes."""
    case = make_case(letters=[make_letter(state=LetterState.HELD)])
    ruled(case, status=Status.ENQUIRY)
    assert case.letters[0].state is LetterState.WITHDRAWN


def test_a_case_without_messages_is_ruled_on_by_its_own_day() -> None:
    """What was taken by telephone holds none."""
    case = request(messages=[])
    ruled(case, status=Status.COMPLAINT)
    assert (case.stage, case.received_on) == (1, date(2026, 2, 2))


def refused() -> Case:
    """Return a complaint that an officer did not accept."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    return make_case(stage=0, refusals=[refusal], guard_at=GUARD_AT)


def test_reading_what_somebody_who_was_refused_writes_accepts_nothing() -> None:
    """A ruling without a status settles the reply, and the refusal stands."""
    case = refused()
    assert ruled(case)[1] == "no letter: the complaint stays not accepted"
    assert (case.stage, case.letters, case.guard_at, case.awaits_officer) == (0, [], None, False)


def test_a_refused_complaint_is_accepted_after_all_where_an_officer_says_so() -> None:
    """Such as where the Ombudsman asks for it (LGSCO 2.4, HO 2.4)."""
    case = refused()
    ruled(case, status=Status.COMPLAINT)
    assert (case.stage, len(case.letters), case.awaits_officer) == (1, 1, True)


@pytest.mark.parametrize(("changes", "status", "stage"), [
    ({"acknowledged_on": date(2026, 2, 3), "respond_by": date(2026, 2, 17)}, Status.ESCALATION, 2),
    ({"stage": 0, "status": Status.ENQUIRY}, Status.COMPLAINT, 1),
])  # fmt: skip
def test_a_stage_that_begins_with_the_ruling_awaits_an_officer(
    changes: dict[str, object], status: Status, stage: int
) -> None:
    """The answer that is recorded with it is that of the stage before (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""
    case = make_case(**changes)
    ruled(case, status=status, is_answered=True)
    assert (case.stage, case.answered_on, case.awaits_officer) == (stage, None, True)


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_ruling_on_something_else_does_not_lose_a_stage_2_that_was_asked_for(*, is_answered: bool) -> None:
    """Only who says so decides that it was not asked for; its clock and its guard run on (LGSCO 6.12)."""
    case = make_case(
        letters=[make_letter(state=LetterState.SENT)], respond_by=date(2026, 2, 17),
        answered_on=None if is_answered else date(2026, 2, 16),
        escalation_received_on=date(2026, 3, 2), guard_at=GUARD_AT,
    )  # fmt: skip
    _, done = ruled(case, category=Category.PARKING_AND_PERMITS, is_answered=is_answered)
    assert "stage 2 was asked for on 2026-03-02" in done
    assert (case.escalation_received_on, case.guard_at) == (date(2026, 3, 2), GUARD_AT)
    assert (case.stage, case.awaits_officer) == (1, True)
    ruled(case, status=Status.COMPLAINT, reason="only thanks")
    assert (case.escalation_received_on, case.guard_at, case.awaits_officer) == (None, None, False)


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.QUEUED])
def test_an_acknowledgement_to_the_wrong_person_that_is_still_here_never_goes(state: LetterState) -> None:
    """Whose case it is gets one of their own (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(state=state)], respond_by=date(2026, 3, 17))
    uow = FakeUnitOfWork(case)
    record_ruling(
        uow, case.reference, status=None, category=None, ombudsman=None, reason="she wrote for him",
        officer="pat", complainant=Person("Bob Lee", "bob@example.org"), policy=Policy(),
        letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert [(each.recipient, each.state) for each in case.letters] == [
        ("ann@example.org", LetterState.WITHDRAWN), ("bob@example.org", LetterState.QUEUED),
    ]  # fmt: skip
