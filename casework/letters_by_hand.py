"""What an officer does with one letter: release it, withdraw it, record that it was posted or read out."""

from datetime import date, datetime, time
from typing import Any

from casework.acknowledge import STAGE, owe
from casework.agreed_since import Change, apply_change, change_of
from casework.common import require_day, require_words
from casework.given_answer import ANSWERED_STAGE, give_answer, is_answer_of, take_back_answer
from casework.letter_tasks import close_task_of, close_waiting, name_of
from casework.policy import Policy
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Letter, Task
from models.codes import LetterKind, LetterState, Status, TaskKind
from models.deadlines import LONDON, received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_FIRST_LETTERS = frozenset({
    *STAGE, LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.RECEIPT,
})  # fmt: skip
"""The letters one of which everybody gets who writes to us."""

_MUST_BE_TOLD = frozenset({
    LetterKind.EXTENSION, LetterKind.NOT_ACCEPTED, LetterKind.CORRECTION, *ANSWERED_STAGE,
})  # fmt: skip
"""The letters of decisions that stand without them, and that the person has to know of."""

_BY_A_PERSON = frozenset({LetterState.BY_HAND, LetterState.FAILED})
_NOON = time(12)


def release(
    uow: UnitOfWork, number: int, *, officer: str, policy: Policy, letterhead: Letterhead, now: datetime
) -> str:
    """Let a held letter go out and return what was done; the delivery takes it from here.

    It goes by what is agreed with the person now; where that is a person's work, it is theirs with a task
    (LGSCO 5.6, HO 5.10). An answer counts from today (LGSCO 6.3, 6.15; HO 6.3, 6.14). Raises InputInvalid for
    a letter that is not held, and for one of which the person may not be told.
    """
    letter, case = uow.letters.with_case(number)
    if letter.state is not LetterState.HELD:
        raise InputInvalid(
            f"letter {number} is {_state(letter)} and not held; only a held letter is released"
        )
    change = change_of(uow, case, letter, policy=policy, letterhead=letterhead) if case is not None else None
    if change is not None and change.must_wait:
        raise InputInvalid(f"letter {number} stays held: {change.must_wait}")
    if case is not None:
        close_task_of(case, letter, now=now)
    # From now on it is tried for as long as any other letter, and its date is today's.
    letter.state, letter.queued_at, letter.due_at = LetterState.QUEUED, now, now
    goes, detail = _let_go(case, letter, change, now=now) if case is not None else ([], {})
    _record(uow, letter, case, "letter_released", officer=officer, now=now, **detail)
    how = f"; it goes {' and '.join(goes)}, as agreed since it was written" if goes else ""
    return f"letter {number} released: {name_of(letter.kind)}{how}"


def _let_go(
    case: Case, letter: Letter, change: Change | None, *, now: datetime
) -> tuple[list[str], dict[str, Any]]:
    """Let a letter go by what is agreed now; return how, where not as it was written, and the audit's words.

    An answer that leaves is given today, and the audit says whether that is in time.
    """
    case.count_change()
    goes = apply_change(case, letter, change, now=now) if change is not None else []
    detail: dict[str, Any] = {"goes": goes} if goes else {}
    today, due = received_on(now), case.extended_to or case.respond_by
    if letter.state is LetterState.QUEUED:
        if give_answer(case, letter, on=today):
            detail |= {"stage": case.stage, "due": due.isoformat() if due else None,
                       "late": due is not None and today > due}  # fmt: skip
        _let_rest(case, letter)
    return goes, detail


def withdraw(uow: UnitOfWork, number: int, *, reason: str, officer: str, now: datetime) -> str:
    """Take back a letter that nobody has been sent and return what was done.

    What it would have told the person is then owed to them: a task says so (LGSCO 6.2, 6.4; HO 6.2, 6.4).
    """
    why = require_words(reason, what="taking a letter back needs its reason", option="--reason")
    letter, case = uow.letters.with_case(number)
    waits = {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND}
    if letter.state not in waits or letter.claimed_until is not None:
        going = ", on its way at this moment" if letter.state in waits else ""
        raise InputInvalid(f"letter {number} is {_state(letter)}{going}; it cannot be taken back")
    if case is not None:
        close_task_of(case, letter, now=now)
    letter.state, letter.last_fault = LetterState.WITHDRAWN, ""
    owed = ""
    if case is not None:
        case.count_change()
        close_waiting(case, now=now)
        owed = _owe_again(case, letter, why, now=now)
    _record(uow, letter, case, "letter_withdrawn", officer=officer, now=now, reason=why, owed=owed)
    return f"letter {number} withdrawn: {name_of(letter.kind)}" + (f"; {owed}" if owed else "")


def record_done(uow: UnitOfWork, number: int, *, on: date, officer: str, now: datetime) -> str:
    """Record that a person posted a letter or read it out, and return what was done.

    A formal acknowledgement then counts as sent on that day, an answer as given (LGSCO 6.2, 6.3, 6.12, 6.15;
    HO 6.2, 6.3, 6.11, 6.14).
    """
    letter, case = uow.letters.with_case(number)
    if letter.state not in _BY_A_PERSON:
        raise InputInvalid(
            f"letter {number} is {_state(letter)}; only one for a person's hand, or one that did not arrive, "
            "is done by hand"
        )
    require_day(on, option="--on", first=received_on(letter.queued_at), last=received_on(now))
    if case is not None:
        close_task_of(case, letter, now=now)
    # Why it did not arrive by email stays with it: who reports that once more reports nothing new.
    letter.state = LetterState.SENT
    letter.sent_at = now if on == received_on(now) else _noon_of(on, not_before=letter.queued_at)
    if case is not None:
        case.count_change()
        _count_as_sent(case, letter, on)
        _let_rest(case, letter)
    _record(uow, letter, case, "letter_done_by_hand", officer=officer, now=now, on=on.isoformat())
    return f"letter {number} went on {on}: {name_of(letter.kind)}"


def _count_as_sent(case: Case, letter: Letter, on: date) -> None:
    if STAGE.get(letter.kind) == case.stage and case.acknowledged_on is None:
        case.acknowledged_on = on
    give_answer(case, letter, on=on)


def _let_rest(case: Case, letter: Letter) -> None:
    """Take a case out of the queue where it stood there for this letter alone: its officer had decided."""
    open_tasks = [each for each in case.tasks if each.closed_at is None]
    waits = any(each.kind is not TaskKind.KNOWN_ISSUE for each in open_tasks)
    if _was_decided(case, letter) and not waits and case.guard_at is None:
        case.awaits_officer = case.escalation_received_on is not None


def _was_decided(case: Case, letter: Letter) -> bool:
    """Say whether a letter tells of what ended an officer's work on a case, and nothing has begun since."""
    if case.closed_on is not None:
        return True
    if is_answer_of(case, letter):
        return case.answered_on is not None
    if letter.kind is LetterKind.NOT_ACCEPTED:
        return bool(case.refusals) and (case.stage == 0 or case.answered_on is not None)
    if letter.kind is LetterKind.CORRECTION:
        return case.stage == 0
    is_request = case.stage == 0 and case.status is Status.SERVICE_REQUEST
    is_ruled_on = any(each.undone_at is None for each in case.rulings)
    was_ruled_on = is_ruled_on or case.request_opened_on is not None
    return letter.kind is LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT and is_request and was_ruled_on


def owes_again(case: Case, letter: Letter) -> bool:
    """Say whether a task would take the place of a letter if it were withdrawn now."""
    return _is_only_first(case, letter) or _is_only_formal(case, letter) or letter.kind in _MUST_BE_TOLD


def _is_only_first(case: Case, letter: Letter) -> bool:
    """Say whether a letter is the only one of those that everybody gets one of, withdrawn or not."""
    return letter.kind in _FIRST_LETTERS and _others(case, letter).isdisjoint(_FIRST_LETTERS)


def _is_only_formal(case: Case, letter: Letter) -> bool:
    """Say whether a letter is the only acknowledgement of the stage that runs, withdrawn or not."""
    return STAGE.get(letter.kind) == case.stage and letter.kind not in _others(case, letter)


def _others(case: Case, letter: Letter) -> set[LetterKind]:
    not_coming = {LetterState.FAILED, LetterState.WITHDRAWN}
    return {each.kind for each in case.letters if each is not letter and each.state not in not_coming}


def _owe_again(case: Case, letter: Letter, why: str, *, now: datetime) -> str:
    """Undo what a letter had done for its case and open the task that takes its place; say which."""
    if STAGE.get(letter.kind) == case.stage and case.acknowledged_on is None:
        case.respond_by = None
    if _is_only_first(case, letter):
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, f"the {name_of(letter.kind)} was withdrawn: {why}", now=now)
        return "an acknowledgement is owed, see the tasks"
    if _is_only_formal(case, letter):
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, f"the {name_of(letter.kind)} was withdrawn: {why}", now=now)
        return "the formal acknowledgement is owed, see the tasks"
    if letter.kind in _MUST_BE_TOLD:
        return _owe_news(case, letter, why, now=now)
    return ""


def _owe_news(case: Case, letter: Letter, why: str, *, now: datetime) -> str:
    """Have somebody tell the person what a withdrawn letter would have told them."""
    case.awaits_officer = True
    take_back_answer(case, letter)
    case.tasks.append(
        Task(
            kind=TaskKind.LETTER_UNDELIVERED, opened_at=now, due_by=received_on(now),
            note=f"the {name_of(letter.kind)} was withdrawn ({why}), and the person has not been told",
        )
    )  # fmt: skip
    return "the person has not been told, see the tasks"


def _noon_of(day: date, *, not_before: datetime) -> datetime:
    """Return an instant of a past day; nobody says at what hour a letter was posted."""
    noon = datetime.combine(day, _NOON, tzinfo=LONDON).astimezone(not_before.tzinfo)
    return max(noon, not_before)


def _record(
    uow: UnitOfWork,
    letter: Letter,
    case: Case | None,
    action: str,
    *,
    officer: str,
    now: datetime,
    **more: Any,
) -> None:
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action=action, case_reference=case.reference if case else None,
            detail={"letter": letter.id, "kind": letter.kind.value, **more},
        )
    )  # fmt: skip


def _state(letter: Letter) -> str:
    return letter.state.value.replace("_", " ")
