"""What every change of a case by an officer begins with, and how its letters go out."""

from datetime import date, datetime

from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.write_letter import not_yet_gone, write_letter
from letters.details import Details
from letters.letterhead import Letterhead
from models.case import Case, Letter, Task
from models.codes import LetterKind, LetterState, Outcome, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Message
from models.people import Officer
from models.ports import UnitOfWork

SETTLED_BY_READING = (
    TaskKind.READ_REPLY,
    TaskKind.CHECK_OTHER,
    TaskKind.DUTY_ALERT,
    TaskKind.GUARD_ACTED,
    TaskKind.POSSIBLE_REPLY,
    TaskKind.READ_ATTACHMENT,
    TaskKind.KNOWN_ISSUE,
)
"""Tasks that ask somebody to look: done once an officer has decided."""


def open_for_change(uow: UnitOfWork, reference: str, *, seen: int | None = None) -> Case:
    """Return a case that an officer may change, locked, and count the change in its version.

    `seen` is the version that the officer acts on, None where they do not say. Raises InputInvalid where the
    case is closed or merged, or was changed since; UnknownReference where there is none.
    """
    case = uow.cases.get(reference)
    check_seen(case, seen)
    if case.merged_into:
        raise InputInvalid(
            f"case {case.reference} goes on as {case.merged_into}; do this there: "
            f"heard queue {case.merged_into}"
        )
    if case.closed_on is not None:
        raise InputInvalid(
            f"case {case.reference} was closed on {case.closed_on}; "
            f"open it again first: heard case reopen {case.reference} --reason ..."
        )
    case.count_change()
    return case


def check_seen(case: Case, seen: int | None) -> None:
    """Raise InputInvalid where somebody changed the case since the version that an officer saw."""
    if seen is not None and seen != case.version:
        raise InputInvalid(
            f"somebody else changed case {case.reference} meanwhile (you saw version {seen}, it is at "
            f"{case.version}), and nothing was recorded; look at it again: heard queue {case.reference}"
        )


def require_words(text: str, *, what: str, option: str) -> str:
    """Return a text without the space around it; raises InputInvalid where there is none."""
    tidy = text.strip()
    if not tidy:
        raise InputInvalid(f"{what}; say it in a sentence ({option})")
    return tidy


def require_past(day: date, *, what: str, now: datetime) -> date:
    """Return a day that has come; raises InputInvalid where it lies ahead."""
    if day > received_on(now):
        raise InputInvalid(f"{what} {day} lies in the future; name the day on which it happened")
    return day


def officer_named(uow: UnitOfWork, name: str) -> Officer:
    """Return an officer by the name as somebody typed it; raises UnknownReference where there is none."""
    return uow.officers.get(name.strip().casefold())


def is_same_officer(one: str, other: str) -> bool:
    """Say whether two names are those of one officer; nobody is nobody."""
    return bool(one) and one.casefold() == other.casefold()


def was_refused(case: Case) -> bool:
    """Say whether an officer did not accept the complaint and none runs since (LGSCO 2.1, HO 2.1)."""
    return bool(case.refusals) and case.stage == 0


def send_letter(
    uow: UnitOfWork,
    case: Case,
    kind: LetterKind,
    details: Details,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Write a letter that an officer decided and say what becomes of it.

    Where no email can reach the person, it is one for a person's hand, with a task that says so.
    """
    letter = write_letter(
        uow, case, kind, details=details, answered=last_message(case),
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    against = reasons_against_address(letter.recipient, policy)
    if against and letter.state is not LetterState.BY_HAND:
        letter.state = LetterState.BY_HAND
        _ask_to_print(case, kind, "; ".join(against), now=now)
    return f"{_BECOMES[letter.state]}: {kind}"


def withdraw_unsent(uow: UnitOfWork, case: Case, *kinds: LetterKind) -> list[LetterKind]:
    """Withdraw the letters of these kinds that nobody has been sent yet, and return which they were."""
    withdrawn = []
    for each in not_yet_gone(case.letters):
        if each.kind in kinds and _is_still_here(uow, each):
            each.state, each.last_fault = LetterState.WITHDRAWN, ""
            withdrawn.append(each.kind)
    return withdrawn


def last_message(case: Case) -> Message | None:
    """Return the newest message that a person wrote; a case that was taken by hand may hold none.

    Bounces and automatic replies are filed with a case, too, and nothing answers them (RFC 3834, 2).
    """
    written = [message for message in case.messages if message.outcome is not Outcome.MACHINE]
    return written[-1] if written else None


_BECOMES = {
    LetterState.QUEUED: "letter queued",
    LetterState.HELD: "letter held until an officer releases it",
    LetterState.BY_HAND: "letter for a person's hand, see the tasks",
}


def _is_still_here(uow: UnitOfWork, letter: Letter) -> bool:
    """Lock a letter and say whether the delivery has not taken it meanwhile."""
    if letter.id is None:
        return True
    return bool(not_yet_gone([uow.letters.get(letter.id)]))


def _ask_to_print(case: Case, kind: LetterKind, why: str, *, now: datetime) -> None:
    name = kind.value.replace("_", " ")
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=TaskKind.PRINT_LETTER, opened_at=now, due_by=received_on(now),
            note=f"the {name} cannot go by email: {why}; please print it and send or hand it over",
        )
    )  # fmt: skip
