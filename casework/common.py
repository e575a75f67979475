"""What every change of a case by an officer begins with, and how its letters go out."""

from datetime import date, datetime, timedelta

from casework.letter_tasks import close_task_of
from casework.policy import Policy
from casework.write_letter import not_yet_gone, write_letter
from letters.details import Details
from letters.letterhead import Letterhead
from models.case import Case, Letter
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

FIVE_YEARS = timedelta(days=5 * 365 + 2)
"""No date that an officer names lies further away: one that does has a slip in its year."""


def open_for_change(uow: UnitOfWork, reference: str, *, seen: int | None = None) -> Case:
    """Return a case that an officer may change, locked, and count the change in its version.

    `seen` is the version that the officer acts on, None where they do not say. Raises InputInvalid where the
    case is closed or merged, or was changed since; UnknownReference where there is none.
    """
    case = _case_that_goes_on_here(uow, reference, seen=seen)
    if case.closed_on is not None:
        raise InputInvalid(
            f"case {case.reference} was closed on {case.closed_on}; "
            f"open it again first: heard case reopen {case.reference} --reason ..."
        )
    case.count_change()
    return case


def open_or_closed(uow: UnitOfWork, reference: str, *, seen: int | None = None) -> Case:
    """Return a case for what outlives its closing, locked, and count the change; it stays as closed as it is.

    Promises are kept or not, and what is agreed with a person goes on, after the case was closed (LGSCO 5.6,
    7.3; HO 5.10, 7.3). Raises as `open_for_change` does where the case was merged or changed.
    """
    case = _case_that_goes_on_here(uow, reference, seen=seen)
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


def require_day(day: date, *, option: str, first: date, last: date) -> date:
    """Return a day that an officer named; raises InputInvalid where it lies outside what can be right.

    What happened lies between the day on which the case came and today, what is to come within five years.
    """
    if not first <= day <= last:
        raise InputInvalid(f"{option} {day} cannot be right; name a day from {first} to {last}")
    return day


def came_on(case: Case) -> date:
    """Return the day on which a case came: that of its oldest message, of its stage or of its request."""
    days = [received_on(each.received_at) for each in case.messages]
    return min(filter(None, [case.received_on, case.request_opened_on, *days]))


def officer_named(uow: UnitOfWork, name: str) -> Officer:
    """Return an officer by the name as somebody typed it; raises UnknownReference where there is none."""
    return uow.officers.get(name.strip().casefold())


def signing_officer(uow: UnitOfWork, name: str) -> Officer:
    """Return the officer who decides and signs a letter: a person by name, never the machine.

    Raises InputInvalid for somebody disabled, or not on record: the full name stands there.
    """
    found = uow.officers.find(name.strip().casefold())
    if found is None:
        raise InputInvalid(
            f"{name.strip()!r} is no officer on record, whose full name would sign the letter; name one "
            "(--officer), or put them on record: heard officers add"
        )
    if found.is_disabled:
        raise InputInvalid(f"officer {found.name} is disabled and signs no letters; name another (--officer)")
    return found


def is_same_officer(one: str, other: str) -> bool:
    """Say whether two names are those of one officer; nobody is nobody."""
    return bool(one) and one.casefold() == other.casefold()


def was_refused(case: Case) -> bool:
    """Say whether an officer did not accept the complaint and none runs since (LGSCO 2.1, HO 2.1)."""
    return bool(case.refusals) and case.stage == 0


def next_stage_was_refused(case: Case) -> bool:
    """Say whether an officer did not accept stage 2 of a complaint that had its stage 1 answer."""
    if case.stage != 1 or case.answered_on is None:
        return False
    return any(received_on(each.decided_at) >= case.answered_on for each in case.refusals)


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
    """Write a letter that an officer decided and say what becomes of it."""
    letter = write_letter(
        uow, case, kind, details=details, answered=last_message(case),
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    return f"{_BECOMES[letter.state]}: {kind}"


def withdraw_unsent(uow: UnitOfWork, case: Case, *kinds: LetterKind, now: datetime) -> list[LetterKind]:
    """Withdraw the letters of these kinds that nobody has been sent yet, and return which they were.

    Nobody is asked any longer to let them go, to post them or to read them out.
    """
    withdrawn = []
    for each in still_here(uow, case, *kinds):
        close_task_of(case, each, now=now)
        each.state, each.last_fault = LetterState.WITHDRAWN, ""
        withdrawn.append(each.kind)
    return withdrawn


def still_here(uow: UnitOfWork, case: Case, *kinds: LetterKind) -> list[Letter]:
    """Return the letters of these kinds that nobody has been sent yet, locked against the delivery."""
    return [each for each in not_yet_gone(case.letters) if each.kind in kinds and _is_still_here(uow, each)]


def last_message(case: Case) -> Message | None:
    """Return the newest message that a person wrote; a case that was taken by hand may hold none.

    Bounces and automatic replies are filed with a case, too, and nothing answers them (RFC 3834, 2).
    """
    written = [message for message in case.messages if message.outcome is not Outcome.MACHINE]
    return written[-1] if written else None


def _case_that_goes_on_here(uow: UnitOfWork, reference: str, *, seen: int | None) -> Case:
    """Return a case as it is seen; raises InputInvalid where it goes on as another or was changed since."""
    case = uow.cases.get(reference)
    check_seen(case, seen)
    if case.merged_into:
        raise InputInvalid(
            f"case {case.reference} goes on as {case.merged_into}; do this there: "
            f"heard queue {case.merged_into}"
        )
    return case


_BECOMES = {
    LetterState.QUEUED: "letter queued",
    LetterState.HELD: "letter held until an officer releases it",
    LetterState.BY_HAND: "letter for a person's hand, see the tasks",
}


def _is_still_here(uow: UnitOfWork, letter: Letter) -> bool:
    """Lock a letter, after its case, and say whether the delivery has not taken it meanwhile."""
    if letter.id is None:
        return True
    return bool(not_yet_gone([uow.letters.get(letter.id)]))
