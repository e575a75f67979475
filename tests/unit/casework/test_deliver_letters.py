"""The delivery job: once where it can, again where the world is away, a person where nothing helps."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from builders import ACKNOWLEDGE_BY, ANN, LETTERHEAD, NOW, TODAY, make_case, make_letter
from fakes import FakeClock, FakeSender, FakeUnitOfWork, always

from casework.deliver_letters import PAUSES, TELL_AFTER, deliver_one, mark_undelivered
from casework.letters_by_hand import record_done
from casework.policy import Policy
from models.case import Case, Letter
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import LetterRefused, SenderUnavailable

AWAY = SenderUnavailable("the mail server does not answer")
REFUSED = LetterRefused("the mail server answers 550 no such user")
deliver_next = partial(deliver_one, policy=Policy(), letterhead=LETTERHEAD)


def deliver(
    case: Case, *faults: Exception | None, now: datetime = NOW
) -> tuple[Letter | None, FakeSender, FakeUnitOfWork]:
    """Deliver the next letter of a case."""
    uow, sender = FakeUnitOfWork(case), FakeSender(*faults)
    return deliver_next(uow, sender, always(b"mail"), clock=FakeClock(now)), sender, uow


def test_a_sent_letter_is_on_record_and_acknowledges_the_case() -> None:
    """The date of the acknowledgement is the day of sending (LGSCO 5.8, 6.2, 6.3; HO 5.12, 6.2, 6.3)."""
    case = make_case(letters=[make_letter()])
    letter, sender, uow = deliver(case)
    assert letter is case.letters[0]
    assert sender.sent == [(b"mail", ANN.address, letter.message_id)]
    assert (letter.state, letter.sent_at, letter.attempts) == (LetterState.SENT, NOW, 1)
    assert case.acknowledged_on == TODAY
    assert uow.audit.rows[-1].action == "letter_sent"


def test_a_letter_sent_on_a_summer_night_is_dated_as_in_england() -> None:
    """The acknowledgement's date is England's, not UTC's."""
    night = datetime(2026, 7, 6, 23, 30, tzinfo=NOW.tzinfo)
    case = make_case(letters=[make_letter()])
    deliver(case, now=night)
    assert case.acknowledged_on == date(2026, 7, 7)


def test_a_sent_letter_is_not_sent_again() -> None:
    """A second look finds nothing that is due."""
    case = make_case(letters=[make_letter()])
    deliver(case)
    letter, sender, _ = deliver(case)
    assert (letter, sender.sent) == (None, [])


def test_a_letter_on_its_way_is_not_taken_by_another_worker() -> None:
    """The claim is committed before the sender is called."""
    case = make_case(letters=[make_letter()])
    uow = FakeUnitOfWork(case)

    class Nosy(FakeSender):
        def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
            assert uow.commits == 1
            assert uow.letters.claim_due(now=NOW) is None
            super().send(letter_bytes, recipient=recipient, message_id=message_id)

    sender = Nosy()
    deliver_next(uow, sender, always(b"mail"), clock=FakeClock(NOW))
    assert len(sender.sent) == 1
    assert case.letters[0].claimed_until is None


def test_nothing_due_sends_nothing() -> None:
    """A letter whose time has not come is left alone."""
    case = make_case(letters=[make_letter(due_at=NOW + timedelta(seconds=1))])
    letter, sender, _ = deliver(case)
    assert (letter, sender.sent) == (None, [])


@pytest.mark.parametrize("kind", [LetterKind.RECEIPT, LetterKind.DUTY_ALERT])
def test_a_receipt_acknowledges_nothing(kind: LetterKind) -> None:
    """Only the formal letter of the stage is the Codes' acknowledgement (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(kind)])
    deliver(case)
    assert case.acknowledged_on is None


def test_a_letter_of_stage_1_does_not_acknowledge_stage_2() -> None:
    """A late letter of the stage before leaves the running stage unacknowledged (LGSCO 6.12, HO 6.11)."""
    case = make_case(stage=2, letters=[make_letter()])
    deliver(case)
    assert case.acknowledged_on is None


def test_the_first_acknowledgement_keeps_its_date() -> None:
    """A second letter does not make the acknowledgement later than it was."""
    case = make_case(acknowledged_on=date(2026, 3, 2), letters=[make_letter()])
    deliver(case)
    assert case.acknowledged_on == date(2026, 3, 2)


def test_pauses_grow_while_the_server_is_away() -> None:
    """A letter is tried again after ever longer pauses, and in the end gets through."""
    case = make_case(letters=[make_letter()])
    uow, sender, clock = FakeUnitOfWork(case), FakeSender(*[AWAY] * 7), FakeClock(NOW)
    pauses = []
    for _ in range(7):
        letter = deliver_next(uow, sender, always(b"mail"), clock=clock)
        assert letter is not None
        pauses.append(letter.due_at - clock.now)
        assert deliver_next(uow, sender, always(b"mail"), clock=clock) is None
        clock.move(pauses[-1])
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    letter = deliver_next(uow, sender, always(b"mail"), clock=clock)
    assert letter is not None
    assert (letter.state, letter.attempts, letter.last_fault) == (LetterState.SENT, 8, "")


def test_a_put_off_letter_says_why() -> None:
    """Whoever looks sees what the server said, on the letter and in the audit."""
    case = make_case(letters=[make_letter()])
    letter, _, uow = deliver(case, AWAY)
    assert letter is not None
    assert (letter.state, letter.last_fault) == (LetterState.QUEUED, str(AWAY))
    assert uow.audit.rows[-1].detail["fault"] == str(AWAY)
    assert case.tasks == []


def test_after_two_days_an_officer_is_told_once() -> None:
    """A letter that cannot be sent for days becomes a task, and is still tried (LGSCO 6.2, HO 6.2)."""
    case = make_case(letters=[make_letter(queued_at=NOW - TELL_AFTER - timedelta(seconds=1))])
    for _ in range(3):
        letter, _, _ = deliver(case, AWAY)
        assert letter is not None
        letter.due_at = NOW
    assert [task.kind for task in case.tasks] == [TaskKind.LETTER_UNDELIVERED]
    assert letter is not None
    assert letter.state is LetterState.QUEUED


def test_up_to_two_days_nobody_is_told() -> None:
    """A server that is away over the weekend bothers nobody."""
    case = make_case(letters=[make_letter(queued_at=NOW - TELL_AFTER)])
    deliver(case, AWAY)
    assert case.tasks == []


def test_a_refused_letter_opens_a_task() -> None:
    """What never arrives is a person's to deliver another way, by the same date (LGSCO 6.2, HO 6.2)."""
    case = make_case(awaits_officer=False, letters=[make_letter()])
    letter, _, uow = deliver(case, REFUSED)
    assert letter is not None
    assert (letter.state, letter.sent_at) == (LetterState.FAILED, None)
    assert case.acknowledged_on is None
    assert case.awaits_officer
    task = case.tasks[0]
    assert (task.kind, task.due_by) == (TaskKind.LETTER_UNDELIVERED, ACKNOWLEDGE_BY)
    assert "550 no such user" in task.note
    assert uow.audit.rows[-1].action == "letter_failed"


def test_a_refused_letter_is_not_tried_again() -> None:
    """Never means never."""
    case = make_case(letters=[make_letter()])
    deliver(case, REFUSED)
    assert deliver(case)[0] is None


def test_a_bounced_acknowledgement_reopens_the_duty() -> None:
    """A letter that came back after it was sent has acknowledged nothing (LGSCO 6.2, HO 6.2)."""
    letter = make_letter(state=LetterState.SENT)
    case = make_case(acknowledged_on=TODAY, letters=[letter])
    mark_undelivered(FakeUnitOfWork(case), letter, case, why="mailbox full", now=NOW)
    assert (letter.state, case.acknowledged_on, case.due_by) == (LetterState.FAILED, None, ACKNOWLEDGE_BY)


def test_a_bounced_receipt_leaves_the_acknowledgement_standing() -> None:
    """Only the letter that acknowledged can take the acknowledgement back."""
    letter = make_letter(LetterKind.RECEIPT, state=LetterState.SENT)
    case = make_case(acknowledged_on=TODAY, letters=[letter])
    mark_undelivered(FakeUnitOfWork(case), letter, case, why="mailbox full", now=NOW)
    assert case.acknowledged_on == TODAY
    assert len(case.tasks) == 1


@pytest.mark.parametrize(
    ("stage", "kind"), [(1, LetterKind.STAGE_1_RESPONSE), (2, LetterKind.STAGE_2_RESPONSE)]
)
def test_an_answer_that_came_back_is_owed_again(stage: int, kind: LetterKind) -> None:
    """Who has not got the answer has not been answered (LGSCO 6.3, 6.15; HO 6.3, 6.14)."""
    letter = make_letter(kind, state=LetterState.SENT)
    due = date(2026, 3, 17)
    case = make_case(stage=stage, acknowledged_on=TODAY, respond_by=due, answered_on=TODAY, letters=[letter])
    mark_undelivered(FakeUnitOfWork(case), letter, case, why="no such person", now=NOW)
    assert (case.answered_on, case.acknowledged_on) == (None, TODAY)
    assert [task.due_by for task in case.tasks] == [due]


def test_an_answer_of_the_stage_before_takes_nothing_back() -> None:
    """A late bounce does not undo what came after."""
    letter = make_letter(LetterKind.STAGE_1_RESPONSE, state=LetterState.SENT)
    case = make_case(stage=2, answered_on=TODAY, letters=[letter])
    mark_undelivered(FakeUnitOfWork(case), letter, case, why="no such person", now=NOW)
    assert case.answered_on == TODAY


def test_a_letter_that_comes_back_twice_asks_for_one_task() -> None:
    """Some servers report a failure again and again."""
    letter = make_letter(state=LetterState.SENT)
    case = make_case(acknowledged_on=TODAY, letters=[letter])
    uow = FakeUnitOfWork(case)
    mark_undelivered(uow, letter, case, why="mailbox full", now=NOW)
    case.close_tasks(TaskKind.LETTER_UNDELIVERED, now=NOW)
    case.acknowledged_on = TODAY
    mark_undelivered(uow, letter, case, why="mailbox full", now=NOW)
    assert len(case.tasks) == 1
    assert case.acknowledged_on == TODAY
    assert len(uow.audit.rows) == 2


def test_an_alert_that_did_not_arrive_says_whom_to_reach() -> None:
    """The complainant was not written to, and has nothing to hear of it."""
    letter = make_letter(LetterKind.DUTY_ALERT, state=LetterState.SENT)
    case = make_case(letters=[letter])
    mark_undelivered(FakeUnitOfWork(case), letter, case, why="no such person", now=NOW)
    assert case.tasks[0].note.endswith("reach the duty officer another way")


def test_a_letter_without_a_case_is_delivered_too() -> None:
    """A letter that belongs to no case goes out, or is marked failed, like any other."""
    uow = FakeUnitOfWork()
    uow.letters.add(make_letter())
    uow.flush()
    letter = deliver_next(uow, FakeSender(REFUSED), always(b"mail"), clock=FakeClock(NOW))
    assert letter is not None
    assert letter.state is LetterState.FAILED
    assert uow.audit.rows[-1].case_reference is None


def test_one_refused_letter_does_not_hold_up_the_next() -> None:
    """The queue goes on behind a letter that nobody takes."""
    case = make_case(letters=[make_letter(), make_letter(message_id="<second@heard.invalid>")])
    uow, sender = FakeUnitOfWork(case), FakeSender(REFUSED)
    for _ in range(2):
        deliver_next(uow, sender, always(b"mail"), clock=FakeClock(NOW))
    assert [letter.state for letter in case.letters] == [LetterState.FAILED, LetterState.SENT]


def test_a_letter_that_cannot_be_composed_is_not_lost() -> None:
    """A crash between claim and answer leaves the letter queued, to be claimed again later."""

    def crash(_letter: Letter) -> bytes:
        raise KeyboardInterrupt

    case = make_case(letters=[make_letter()])
    uow, clock = FakeUnitOfWork(case), FakeClock(NOW)
    with pytest.raises(KeyboardInterrupt):
        deliver_next(uow, FakeSender(), crash, clock=clock)
    assert case.letters[0].state is LetterState.QUEUED
    clock.move(timedelta(hours=1))
    letter = deliver_next(uow, FakeSender(), always(b"mail"), clock=clock)
    assert letter is not None
    assert letter.state is LetterState.SENT


def test_a_letter_that_cannot_be_written_as_mail_goes_to_a_person() -> None:
    """It neither stops the job nor is tried for ever; somebody is told to reach the person."""
    case = make_case(letters=[make_letter()])

    def stumbles(letter: Letter) -> bytes:
        raise IndexError(letter.recipient)

    letter = deliver_next(FakeUnitOfWork(case), FakeSender(), stumbles, clock=FakeClock(NOW))
    assert letter is not None
    assert letter.state is LetterState.FAILED
    assert [task.kind for task in case.tasks] == [TaskKind.LETTER_UNDELIVERED]


def test_a_letter_that_was_posted_instead_stays_done_however_often_its_failure_is_reported() -> None:
    """A second bounce, or GOV.UK Notify asked again, takes nothing back (LGSCO 6.2, HO 6.2)."""
    letter = make_letter(state=LetterState.SENT, id=1)
    case = make_case(acknowledged_on=TODAY, letters=[letter])
    uow = FakeUnitOfWork(case)
    mark_undelivered(uow, letter, case, why="no such person", now=NOW)
    record_done(uow, 1, on=TODAY, officer="pat", now=NOW)
    mark_undelivered(uow, letter, case, why="no such person", now=NOW)
    assert (letter.state, case.acknowledged_on) == (LetterState.SENT, TODAY)
    assert [task.closed_at for task in case.tasks] == [NOW]


@pytest.mark.parametrize(("then", "left"), [(None, []), (REFUSED, ["the stage 1 acknowledgement did"])])
def test_a_letter_that_could_not_be_sent_for_days_leaves_no_task_behind(
    then: Exception | None, left: list[str]
) -> None:
    """Once it went, or its refusal says what to do, nobody is told that it waits."""
    case = make_case(letters=[make_letter(queued_at=NOW - TELL_AFTER - timedelta(seconds=1))])
    letter, _, _ = deliver(case, AWAY)
    assert letter is not None
    letter.due_at = NOW
    deliver(case, then)
    notes = [task.note for task in case.tasks if task.closed_at is None]
    assert [note[:31] for note in notes] == left
