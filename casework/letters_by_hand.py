"""What an officer does with one letter: release it, withdraw it, record that it was posted or read out."""

from datetime import date, datetime, time

from casework.acknowledge import STAGE, owe
from casework.common import require_past, require_words
from casework.deliver_letters import ANSWERED_STAGE
from models.case import AuditRow, Case, Letter, Task
from models.codes import LetterKind, LetterState, TaskKind
from models.deadlines import LONDON, received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_FIRST_LETTERS = frozenset({
    *STAGE, LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.RECEIPT,
})  # fmt: skip
"""The letters one of which everybody gets who writes to us."""

_MUST_BE_TOLD = frozenset({LetterKind.EXTENSION, LetterKind.NOT_ACCEPTED, *ANSWERED_STAGE})
"""The letters of decisions that stand without them, and that the person has to know of."""

_BY_A_PERSON = frozenset({LetterState.BY_HAND, LetterState.FAILED})
_TASKS_OF_A_LETTER = frozenset(
    {TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE, TaskKind.LETTER_UNDELIVERED}
)
_NOON = time(12)


def release(uow: UnitOfWork, number: int, *, officer: str, now: datetime) -> str:
    """Let a held letter go out and return what was done; the delivery takes it from here."""
    letter = uow.letters.get(number)
    if letter.state is not LetterState.HELD:
        raise InputInvalid(
            f"letter {number} is {_state(letter)} and not held; only a held letter is released"
        )
    # From now on it is tried for as long as any other letter, and its date is today's.
    letter.state, letter.queued_at, letter.due_at = LetterState.QUEUED, now, now
    _record(uow, letter, uow.letters.case_head_of(letter), "letter_released", officer=officer, now=now)
    return f"letter {number} released: {_name(letter)}"


def withdraw(uow: UnitOfWork, number: int, *, reason: str, officer: str, now: datetime) -> str:
    """Take back a letter that nobody has been sent and return what was done.

    What it would have told the person is then owed to them: a task says so (LGSCO 6.2, 6.4; HO 6.2, 6.4).
    """
    why = require_words(reason, what="taking a letter back needs its reason", option="--reason")
    letter = uow.letters.get(number)
    waits = {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND}
    if letter.state not in waits or letter.claimed_until is not None:
        going = ", on its way at this moment" if letter.state in waits else ""
        raise InputInvalid(f"letter {number} is {_state(letter)}{going}; it cannot be taken back")
    case = uow.letters.case_of(letter)
    letter.state, letter.last_fault = LetterState.WITHDRAWN, ""
    owed = ""
    if case is not None:
        case.count_change()
        _close_task_of(case, letter, now=now)
        owed = _owe_again(case, letter, why, now=now)
    _record(uow, letter, case, "letter_withdrawn", officer=officer, now=now, reason=why, owed=owed)
    return f"letter {number} withdrawn: {_name(letter)}" + (f"; {owed}" if owed else "")


def record_done(uow: UnitOfWork, number: int, *, on: date, officer: str, now: datetime) -> str:
    """Record that a person posted a letter or read it out, and return what was done.

    A formal acknowledgement then counts as sent on that day (LGSCO 6.2, 6.12; HO 6.2, 6.11).
    """
    letter = uow.letters.get(number)
    if letter.state not in _BY_A_PERSON:
        raise InputInvalid(
            f"letter {number} is {_state(letter)}; only one for a person's hand, or one that did not arrive, "
            "is done by hand"
        )
    require_past(on, what="the day on which the letter was posted or read out,", now=now)
    written_on = received_on(letter.queued_at)
    if on < written_on:
        raise InputInvalid(f"letter {number} was written on {written_on}; it cannot have gone on {on}")
    case = uow.letters.case_of(letter)
    # Why it did not arrive by email stays with it: who reports that once more reports nothing new.
    letter.state = LetterState.SENT
    letter.sent_at = now if on == received_on(now) else _noon_of(on, not_before=letter.queued_at)
    if case is not None:
        case.count_change()
        _count_as_sent(case, letter, on)
        _close_task_of(case, letter, now=now)
    _record(uow, letter, case, "letter_done_by_hand", officer=officer, now=now, on=on.isoformat())
    return f"letter {number} went on {on}: {_name(letter)}"


def _count_as_sent(case: Case, letter: Letter, on: date) -> None:
    if STAGE.get(letter.kind) == case.stage and case.acknowledged_on is None:
        case.acknowledged_on = on
    if ANSWERED_STAGE.get(letter.kind) == case.stage and case.answered_on is None:
        case.answered_on = on


def _owe_again(case: Case, letter: Letter, why: str, *, now: datetime) -> str:
    """Undo what a letter had done for its case and open the task that takes its place; say which."""
    if STAGE.get(letter.kind) == case.stage and case.acknowledged_on is None:
        case.respond_by = None
    if letter.kind in _FIRST_LETTERS and not any(case.has_letter(kind) for kind in _FIRST_LETTERS):
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, f"the {_name(letter)} was withdrawn: {why}", now=now)
        return "an acknowledgement is owed, see the tasks"
    if STAGE.get(letter.kind) == case.stage and not case.has_letter(letter.kind):
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, f"the {_name(letter)} was withdrawn: {why}", now=now)
        return "the formal acknowledgement is owed, see the tasks"
    if letter.kind in _MUST_BE_TOLD:
        return _owe_news(case, letter, why, now=now)
    return ""


def _owe_news(case: Case, letter: Letter, why: str, *, now: datetime) -> str:
    """Have somebody tell the person what a withdrawn letter would have told them."""
    case.awaits_officer = True
    if ANSWERED_STAGE.get(letter.kind) == case.stage:
        case.answered_on = None
    case.tasks.append(
        Task(
            kind=TaskKind.LETTER_UNDELIVERED, opened_at=now, due_by=received_on(now),
            note=f"the {_name(letter)} was withdrawn ({why}), and the person has not been told",
        )
    )  # fmt: skip
    return "the person has not been told, see the tasks"


def _close_task_of(case: Case, letter: Letter, *, now: datetime) -> None:
    """Close the oldest open task that asks somebody to send a letter of this kind."""
    about = f"the {_name(letter)} "
    for task in case.tasks:
        if task.kind in _TASKS_OF_A_LETTER and task.closed_at is None and task.note.startswith(about):
            task.closed_at = now
            return


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
    **more: str,
) -> None:
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action=action, case_reference=case.reference if case else None,
            detail={"letter": letter.id, "kind": letter.kind.value, **more},
        )
    )  # fmt: skip


def _name(letter: Letter) -> str:
    return letter.kind.value.replace("_", " ")


def _state(letter: Letter) -> str:
    return letter.state.value.replace("_", " ")
