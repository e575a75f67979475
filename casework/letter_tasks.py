"""The tasks that ask somebody to act on one letter: let it go, post it, read it out, reach them otherwise.

The note of such a task begins with the name of the letter; by that it is found again and closed.
"""

from datetime import date, datetime

from models.case import Case, Letter, Task
from models.codes import ContactWay, LetterKind, LetterState, TaskKind
from models.deadlines import received_on
from models.must_go import must_go_by
from models.people import Arrangement

_BY_HAND = {
    ContactWay.POST: (TaskKind.PRINT_LETTER, "please print and post"),
    ContactWay.TELEPHONE_ONLY: (TaskKind.TELL_BY_TELEPHONE, "please ring and tell them"),
}
_ASKED_BY = {
    LetterState.HELD: frozenset({TaskKind.RELEASE_LETTER}),
    LetterState.BY_HAND: frozenset({TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE}),
    LetterState.FAILED: frozenset({TaskKind.LETTER_UNDELIVERED}),
}
CANNOT_BE_SENT = "a letter cannot be sent for days"
"""With this begins the note of the task that says that the mail server takes none."""

FOR_A_WAITING_LETTER = _ASKED_BY[LetterState.HELD] | _ASKED_BY[LetterState.BY_HAND]
"""The tasks that stand as long as their letters wait, whatever else is done with the case."""


def name_of(kind: LetterKind) -> str:
    """Return a kind of letter in words."""
    return kind.value.replace("_", " ")


def by_hand_of(ways: dict[ContactWay, Arrangement]) -> Arrangement | None:
    """Return the arrangement by which a person posts the letters or rings, None where email may go."""
    return next((ways[way] for way in _BY_HAND if way in ways), None)


def ask_to_release(case: Case, letter: Letter, *, now: datetime, why: str = "") -> None:
    """Have an officer look at a letter that is held, and let it go by the day on which it has to."""
    because = f" ({why})" if why else ""
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=TaskKind.RELEASE_LETTER, opened_at=now, due_by=letter_must_go_by(case, letter),
            note=f"the {name_of(letter.kind)} is held{because}: please look at it and let it go, or take it "
            "back (heard letters list --held)",
        )
    )  # fmt: skip


def ask_a_person(case: Case, kind: LetterKind, agreed: Arrangement, *, now: datetime) -> None:
    """Have somebody post a letter or read it out, as agreed with the person."""
    if agreed.way is None:
        raise ValueError("an arrangement without a way says nothing of how letters go")
    task, what = _BY_HAND[agreed.way]
    where = f" ({agreed.value})" if agreed.value else ""
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=task, opened_at=now, due_by=max(case.acknowledge_by, received_on(now)),
            note=f"the {name_of(kind)} goes another way, as agreed: {what}{where}",
        )
    )  # fmt: skip


def ask_to_print(case: Case, kind: LetterKind, why: str, *, now: datetime) -> None:
    """Have somebody print a letter that no email can take to the person."""
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=TaskKind.PRINT_LETTER, opened_at=now, due_by=received_on(now),
            note=f"the {name_of(kind)} cannot go by email: {why}; please print it and send or hand it over",
        )
    )  # fmt: skip


def close_task_of(case: Case, letter: Letter, *, now: datetime) -> None:
    """Close the oldest open task about a letter as it is now; call it before the letter's state changes."""
    about, kinds = f"the {name_of(letter.kind)} ", _ASKED_BY.get(letter.state, frozenset())
    for task in case.tasks:
        if task.kind in kinds and task.closed_at is None and task.note.startswith(about):
            task.closed_at = now
            return


def close_waiting(case: Case, *, now: datetime) -> None:
    """Close the task that says that a letter cannot be sent: it was, or another task says what to do."""
    for task in case.tasks:
        is_about_it = task.kind is TaskKind.LETTER_UNDELIVERED and task.note.startswith(CANNOT_BE_SENT)
        if is_about_it and task.closed_at is None:
            task.closed_at = now


def letter_must_go_by(case: Case, letter: Letter) -> date:
    """Return the last day on which a letter of a case goes in time."""
    extended_from = None
    if letter.kind is LetterKind.EXTENSION:
        extended_from = max((each.respond_by for each in case.extensions), default=None)
    written_on = received_on(letter.queued_at)
    return must_go_by(letter.kind, case, written_on=written_on, extended_from=extended_from)
