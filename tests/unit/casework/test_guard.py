"""The guard: nobody waits longer for an acknowledgement than the Codes allow, officer or not."""

import re
from datetime import date, datetime, timedelta

import pytest
from builders import GUARD_AT, LETTERHEAD, NOW, make_case, make_decision, make_message, make_parsed
from fakes import FakeCases, FakeUnitOfWork

from casework.acknowledge import owe
from casework.guard import Guarded, run_guard
from casework.open_case import open_case
from casework.policy import Caps, Policy
from models.case import Case, DueForGuard, Refusal
from models.codes import AcknowledgementMode, Flag, LetterKind, Outcome, Status, TaskKind

LATER = GUARD_AT + timedelta(minutes=5)


def guarded(*cases: Case, policy: Policy | None = None) -> tuple[FakeUnitOfWork, list[Guarded]]:
    """Run the guard shortly after its time."""
    uow = FakeUnitOfWork(*cases)
    return uow, run_guard(uow, policy=policy or Policy(), letterhead=LETTERHEAD, now=LATER)


def test_a_missing_acknowledgement_is_sent_within_the_five_working_days() -> None:
    """Noon of working day 4 is inside the limit, with nobody at work (LGSCO 6.2, HO 6.2)."""
    case = make_case(guard_at=GUARD_AT)
    _, done = guarded(case)
    assert done == [Guarded(case.reference, "letter queued: stage_1_acknowledgement")]
    assert case.letters[0].queued_at.date() <= case.acknowledge_by
    assert (case.guard_at, case.respond_by) == (None, date(2026, 3, 23))


def test_the_guard_sends_once() -> None:
    """A second round finds nothing left to do."""
    case = make_case(guard_at=GUARD_AT)
    uow, _ = guarded(case)
    assert run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER) == []
    assert len(case.letters) == 1


def test_the_guard_waits_for_its_time() -> None:
    """Before its time a case is left to its officer."""
    case = make_case(guard_at=LATER + timedelta(seconds=1))
    _, done = guarded(case)
    assert (done, case.letters) == ([], [])


def test_each_case_is_a_commit_of_its_own() -> None:
    """A fault in one case does not undo the letter of another."""
    first, second = make_case(guard_at=GUARD_AT), make_case(reference="C-0000-0001-95", guard_at=GUARD_AT)
    uow, done = guarded(first, second)
    assert (len(done), uow.commits) == (2, 2)


class QuickerOfficer(FakeCases):
    """Cases of which each is acknowledged just after it was listed as due."""

    def due_for_guard(
        self, *, now: datetime, limit: int, after: DueForGuard | None = None
    ) -> list[DueForGuard]:
        """Return what is due, and settle it before the guard looks."""
        due = super().due_for_guard(now=now, limit=limit, after=after)
        for case in self.all:
            case.promise_answer(date(2026, 3, 17))
        return due


def test_the_guard_leaves_alone_what_somebody_settled_meanwhile() -> None:
    """A case that was acknowledged between list and look gets no second letter."""
    case = make_case(guard_at=GUARD_AT)
    uow = FakeUnitOfWork()
    uow.cases = QuickerOfficer([case])
    assert run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER) == []
    assert case.letters == []


def test_what_may_be_a_complaint_is_acknowledged_as_one() -> None:
    """Until somebody rules, a likely complaint is one, as old as its first message (LGSCO 6.2)."""
    case = make_case(status=Status.ENQUIRY, stage=0, guard_at=GUARD_AT)
    guarded(case)
    assert (case.status, case.stage, case.received_on) == (Status.COMPLAINT, 1, date(2026, 3, 3))
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]


def test_an_escalation_gets_the_acknowledgement_of_stage_2() -> None:
    """A case opened at stage 2 is acknowledged at stage 2 (LGSCO 6.12, HO 6.11)."""
    case = make_case(status=Status.ESCALATION, stage=2, guard_at=GUARD_AT)
    guarded(case)
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_2_ACKNOWLEDGEMENT]
    assert case.respond_by == date(2026, 4, 8)


def test_a_wish_for_stage_2_begins_it() -> None:
    """Stage 2 begins on the day on which it was asked for, whoever reads the reply (LGSCO 6.12)."""
    case = make_case(
        guard_at=GUARD_AT, escalation_received_on=date(2026, 3, 4), acknowledged_on=date(2026, 2, 3)
    )
    guarded(case)
    assert (case.stage, case.received_on, case.acknowledge_by) == (2, date(2026, 3, 4), date(2026, 3, 11))
    assert (case.acknowledged_on, case.escalation_received_on) == (None, None)
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_2_ACKNOWLEDGEMENT]


@pytest.mark.parametrize("address", ["", "noreply@shop.example", "own@council.example"])
def test_the_guard_owes_where_it_cannot_write(address: str) -> None:
    """Where no machine may write, an officer is told by a task, once."""
    case = make_case(guard_at=GUARD_AT, reply_address=address)
    policy = Policy(own_addresses=frozenset({"own@council.example"}))
    uow, done = guarded(case, policy=policy)
    assert done[0].done.startswith("acknowledgement owed")
    assert (case.letters, case.guard_at) == ([], None)
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]
    run_guard(uow, policy=policy, letterhead=LETTERHEAD, now=LATER)
    assert len(case.tasks) == 1


def test_the_guard_pays_what_was_owed() -> None:
    """The task of an acknowledgement owed is closed once the guard has written."""
    case = make_case(guard_at=GUARD_AT)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "the settings leave it to an officer", now=NOW)
    guarded(case)
    owed = [task for task in case.tasks if task.kind is TaskKind.ACKNOWLEDGEMENT_OWED]
    assert [task.closed_at for task in owed] == [LATER]


def test_the_guard_is_on_record() -> None:
    """The audit says that the guard wrote, not an officer (LGSCO 5.8, HO 5.12)."""
    uow, _ = guarded(make_case(guard_at=GUARD_AT))
    row = uow.audit.rows[-1]
    assert (row.actor, row.action) == ("guard", "guarded")


def test_the_officer_is_told_that_the_guard_has_written() -> None:
    """An officer learns of the formal acknowledgement that went out without one."""
    case = make_case(guard_at=GUARD_AT, awaits_officer=False)
    guarded(case)
    assert [(task.kind, task.closed_at) for task in case.tasks] == [(TaskKind.GUARD_ACTED, None)]


def test_the_guard_answers_a_person_and_no_automatic_reply() -> None:
    """An absence or a bounce filed with the case is the newest message, and is not what is answered."""
    person = make_message(outcome=Outcome.CASE)
    machine = make_message(id=2, message_id="<away@example.org>", outcome=Outcome.MACHINE)
    case = make_case(guard_at=GUARD_AT, messages=[person, machine])
    guarded(case)
    assert [letter.in_reply_to for letter in case.letters] == ["<first@example.org>"]


@pytest.mark.parametrize("oddity", ["is_list", "is_null_sender"])
def test_the_guard_writes_to_no_list_and_no_null_sender(oddity: str) -> None:
    """What is never answered by machine is not answered by the guard either."""
    uow = FakeUnitOfWork()
    case = open_case(
        uow, make_message(), make_parsed(**{oddity: True}), make_decision(),
        policy=Policy(mode=AcknowledgementMode.AT_ONCE), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER)
    assert case.letters == []


@pytest.mark.parametrize("flag", [Flag.SAFEGUARDING, Flag.ABUSIVE])
def test_what_is_flagged_is_acknowledged_in_time_and_repeats_nothing(flag: Flag) -> None:
    """The five days count where safety or abuse is at stake too (LGSCO 6.2, HO 6.2); a task says so."""
    case = make_case(guard_at=GUARD_AT, flags=[flag], own_words=["He is at the door every night."])
    _, done = guarded(case)
    assert done == [Guarded(case.reference, "letter queued: stage_1_acknowledgement")]
    assert "at the door" not in case.letters[0].text + case.letters[0].html
    (task,) = case.tasks
    assert (task.kind, "safety or abuse" in task.note) == (TaskKind.GUARD_ACTED, True)


def test_a_request_that_the_guard_takes_for_a_complaint_stays_open_beside_it() -> None:
    """What was asked for still has to be done (LGSCO 1.7, HO 1.5)."""
    case = make_case(status=Status.SERVICE_REQUEST, stage=0, guard_at=GUARD_AT)
    guarded(case)
    assert (case.status, case.request_opened_on) == (Status.COMPLAINT, NOW.date())
    assert case.request_closed_on is None


def test_a_likely_complaint_without_a_message_is_guarded_too() -> None:
    """What was taken by telephone holds none (LGSCO 6.2, HO 6.2)."""
    case = make_case(messages=[], guard_at=GUARD_AT)
    _, done = guarded(case)
    assert done == [Guarded(case.reference, "letter queued: stage_1_acknowledgement")]


class SomeBroken(FakeCases):
    """Cases of which those named cannot be read."""

    def __init__(self, cases: list[Case], broken: frozenset[str]) -> None:
        super().__init__(cases)
        self.broken = broken
        self.tried: list[str] = []

    def get(self, reference: str) -> Case:
        """Return a case, or fail as a bug would."""
        self.tried.append(reference)
        if reference in self.broken:
            raise KeyError("a letter of Ann Lee's")
        return super().get(reference)


def broken_and_sound(broken: int, sound: int) -> tuple[FakeUnitOfWork, SomeBroken]:
    """Return a record on which the first cases in the order of their guard times fail every time."""
    times = [GUARD_AT - timedelta(minutes=each // 2) for each in range(broken + sound)][::-1]
    cases = [make_case(reference=f"C-{number:04}", guard_at=at) for number, at in enumerate(times)]
    made = SomeBroken(cases, frozenset(case.reference for case in cases[:broken]))
    uow = FakeUnitOfWork()
    uow.cases = made
    return uow, made


@pytest.mark.parametrize(("broken", "sound", "batch"), [(120, 3, 100), (120, 3, 1), (7, 5, 4), (4, 0, 2)])
def test_however_many_cases_fail_those_behind_them_are_reached(broken: int, sound: int, batch: int) -> None:
    """In the same run, each tried once; the five days wait for no repair (LGSCO 6.2, HO 6.2)."""
    uow, cases = broken_and_sound(broken, sound)
    done = run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER, batch=batch)
    assert [each.has_failed for each in done] == [True] * broken + [False] * sound
    assert cases.tried == [case.reference for case in cases.all]
    assert all(len(case.letters) == 1 for case in cases.all[broken:])


def test_what_failed_is_tried_again_with_the_next_run() -> None:
    """Until then it keeps its time, and whoever repairs it need do nothing more (LGSCO 6.2, HO 6.2)."""
    uow, cases = broken_and_sound(3, 2)
    run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER, batch=2)
    cases.broken = frozenset()
    again = run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER, batch=2)
    assert [(each.reference, each.has_failed) for each in again] == [
        (f"C-{number:04}", False) for number in range(3)
    ]


def test_a_failure_says_what_and_where_and_nothing_of_the_person() -> None:
    """It goes into the log."""
    uow, _ = broken_and_sound(1, 0)
    (failed,) = run_guard(uow, policy=Policy(), letterhead=LETTERHEAD, now=LATER)
    assert re.fullmatch(r"failed \(KeyError at test_guard\.py:\d+\)", failed.done)
    assert failed.reference == "C-0000"


def test_what_is_put_off_is_not_tried_again_in_the_same_run() -> None:
    """A cap puts it off for an hour, and the run ends."""
    cases = [make_case(reference=f"C-{number:04}", guard_at=GUARD_AT) for number in range(5)]
    capped = Policy(caps=Caps(per_address_a_day=0))
    done = run_guard(FakeUnitOfWork(*cases), policy=capped, letterhead=LETTERHEAD, now=LATER, batch=2)
    assert [each.done.partition(":")[0] for each in done] == ["put off for an hour"] * 5


def test_what_an_officer_did_not_accept_is_accepted_by_no_machine() -> None:
    """However the guard came to it: an officer reads what came since, by a date (LGSCO 2.1, 2.5; HO 2.1)."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    case = make_case(stage=0, refusals=[refusal], guard_at=GUARD_AT, awaits_officer=False)
    uow, done = guarded(case)
    assert done[0].done.startswith("no letter: the complaint was not accepted")
    assert (case.letters, case.stage, case.guard_at, case.awaits_officer) == ([], 0, None, True)
    assert [(task.kind, task.due_by) for task in case.tasks] == [(TaskKind.READ_REPLY, case.acknowledge_by)]
    assert (uow.audit.rows[-1].actor, uow.audit.rows[-1].action) == ("guard", "guarded")
