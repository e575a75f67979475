"""The delivery job: hands queued letters to the sender, again with growing pauses, never twice by intent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from casework.acknowledge import STAGE, owe
from casework.agreed_since import Change, apply_change, change_of
from casework.given_answer import give_answer, take_back_answer
from casework.letter_tasks import CANNOT_BE_SENT, close_waiting, name_of
from casework.policy import Policy
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Letter, Task
from models.codes import LetterKind, LetterState, TaskKind
from models.deadlines import received_on
from models.errors import LetterRefused, SenderUnavailable
from models.ports import Sender, UnitOfWork, UnitsOfWork

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.5, 1, 2, 5, 10))
"""How long to wait after each failed attempt; the last pause repeats for as long as it takes."""

TELL_AFTER = timedelta(days=2)
"""After so long an officer is told; the letter is still tried."""

GIVE_UP_AFTER = timedelta(days=5)
"""After so long a person has to be reached another way (RFC 5321, 4.5.4.1)."""

Compose = Callable[[Letter], bytes]


def deliver_one(
    units: UnitsOfWork,
    sender: Sender,
    compose: Compose,
    *,
    policy: Policy,
    letterhead: Letterhead,
    clock: Callable[[], datetime],
    after_accepted: Callable[[], None] = lambda: None,
) -> Letter | None:
    """Send the next letter that is due; return it with its new state, or None where none is due.

    The letter is claimed first and settled after the server's answer. A crash in between sends it again
    under the same Message-ID, which lets the receiver fold the copies. What was agreed with the person since
    it was written is looked at before: it may go elsewhere, or be for a person's hand.
    """
    with units() as uow:
        letter = uow.letters.claim_due(now=clock())
        change = _change_of(uow, letter, policy=policy, letterhead=letterhead) if letter else None
        uow.commit()
    if letter is not None and change is not None:
        letter = _set_right(units, _number(letter), policy=policy, letterhead=letterhead, now=clock())
    if letter is None or letter.state is not LetterState.QUEUED:
        return letter
    fault: LetterRefused | SenderUnavailable | None = None
    try:
        sender.send(_composed(letter, compose), recipient=letter.recipient, message_id=letter.message_id)
        after_accepted()
    except (LetterRefused, SenderUnavailable) as error:
        fault = error
    now = clock()
    # Only what may ask somebody to act, or asked them before, needs the whole case.
    is_easy = fault is None and not _is_late(letter, now=now)
    with units() as uow:
        look_up = uow.letters.with_case_head if is_easy else uow.letters.with_case
        settled, case = look_up(_number(letter))
        if settled.state is not LetterState.QUEUED:
            return settled  # Another worker was quicker.
        settled.attempts += 1
        settled.claimed_until = None
        if fault is None:
            _mark_sent(uow, settled, case, now=now)
        elif isinstance(fault, SenderUnavailable) and now - settled.queued_at < GIVE_UP_AFTER:
            _put_off(uow, settled, case, fault, now=now)
        else:
            mark_undelivered(uow, settled, case, why=str(fault), now=now)
        uow.commit()
    return settled


def _change_of(uow: UnitOfWork, letter: Letter, *, policy: Policy, letterhead: Letterhead) -> Change | None:
    """Return what was agreed since and changes how a claimed letter goes; the case is only looked at."""
    case = uow.letters.peek_case(letter)
    return change_of(uow, case, letter, policy=policy, letterhead=letterhead) if case is not None else None


def _set_right(
    units: UnitsOfWork, number: int, *, policy: Policy, letterhead: Letterhead, now: datetime
) -> Letter:
    """Let a claimed letter go as is agreed now, with a task where that is a person's work; return it."""
    with units() as uow:
        letter, case = uow.letters.with_case(number)
        if case is None or letter.state is not LetterState.QUEUED:
            return letter
        change = change_of(uow, case, letter, policy=policy, letterhead=letterhead)
        if change is None:
            return letter
        goes = apply_change(case, letter, change, now=now)
        case.count_change()
        if letter.state is not LetterState.QUEUED:
            close_waiting(case, now=now)
        uow.audit.add(
            AuditRow(
                at=now, actor="heard", action="letter_set_right", case_reference=case.reference,
                detail={"kind": letter.kind.value, "letter": letter.id, "goes": goes},
            )
        )  # fmt: skip
        uow.commit()
    return letter


def _composed(letter: Letter, compose: Compose) -> bytes:
    """Return the letter as mail; what cannot be written as mail is refused, and an officer told."""
    try:
        return compose(letter)
    except (ValueError, AttributeError, IndexError, LookupError, TypeError) as error:
        raise LetterRefused(f"it cannot be written as mail ({type(error).__name__})") from error


def mark_undelivered(uow: UnitOfWork, letter: Letter, case: Case | None, *, why: str, now: datetime) -> None:
    """Record that a letter did not reach its recipient, and that somebody has to reach the person.

    What the letter had done is undone: the acknowledgement or the answer of its stage is owed again. The same
    letter coming back twice asks for one task, and one that a person has posted since for none.
    """
    if was_done_instead(letter):
        return
    is_news = letter.state is not LetterState.FAILED
    letter.state, letter.last_fault = LetterState.FAILED, why
    if case is not None and is_news:
        case.count_change()
        case.awaits_officer = True
        close_waiting(case, now=now)
        _take_back(case, letter)
        case.tasks.append(
            Task(
                kind=TaskKind.LETTER_UNDELIVERED, opened_at=now, due_by=case.due_by,
                note=_what_to_do(letter, why),
            )
        )  # fmt: skip
    _record(uow, letter, case, now=now)


def was_done_instead(letter: Letter) -> bool:
    """Say whether a letter did not arrive, and a person has posted it or read it out since.

    What is said of the failure once more is old news: the fault stays with the letter as what it was.
    """
    return letter.state is LetterState.SENT and bool(letter.last_fault)


def _take_back(case: Case, letter: Letter) -> None:
    if STAGE.get(letter.kind) == case.stage:
        case.acknowledged_on = None
    take_back_answer(case, letter)


def _what_to_do(letter: Letter, why: str) -> str:
    who = "the duty officer" if letter.kind is LetterKind.DUTY_ALERT else "the person"
    return f"the {name_of(letter.kind)} did not arrive: {why}; reach {who} another way"


def _mark_sent(uow: UnitOfWork, letter: Letter, case: Case | None, *, now: datetime) -> None:
    letter.state, letter.sent_at, letter.last_fault = LetterState.SENT, now, ""
    if case is not None and _is_late(letter, now=now):
        close_waiting(case, now=now)
    if case is not None and STAGE.get(letter.kind) == case.stage and case.acknowledged_on is None:
        case.acknowledged_on = received_on(now)
    if case is not None:
        give_answer(case, letter, on=received_on(now))
    _record(uow, letter, case, now=now)


def _put_off(
    uow: UnitOfWork, letter: Letter, case: Case | None, fault: SenderUnavailable, *, now: datetime
) -> None:
    letter.last_fault = str(fault)
    letter.due_at = now + PAUSES[min(letter.attempts, len(PAUSES)) - 1]
    if case is not None and _is_late(letter, now=now):
        case.count_change()
        case.awaits_officer = True
        owe(case, TaskKind.LETTER_UNDELIVERED, f"{CANNOT_BE_SENT}: {fault}", now=now)
    _record(uow, letter, case, now=now)


def _is_late(letter: Letter, *, now: datetime) -> bool:
    return now - letter.queued_at > TELL_AFTER


def _record(uow: UnitOfWork, letter: Letter, case: Case | None, *, now: datetime) -> None:
    uow.audit.add(
        AuditRow(
            at=now, actor="heard", action=f"letter_{letter.state.value}",
            case_reference=case.reference if case else None,
            detail={"kind": letter.kind.value, "letter": letter.id, "attempts": letter.attempts,
                    "fault": letter.last_fault},
        )
    )  # fmt: skip


def _number(letter: Letter) -> int:
    if letter.id is None:
        raise ValueError("a claimed letter always has a number")
    return letter.id
