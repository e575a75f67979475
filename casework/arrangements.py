"""What is agreed with a person or known of them: adjustments, disabilities, vulnerability, restrictions.

Every later letter to them respects it (`casework/ways.py`), whichever case it is about. What needs a review
comes back as a task when its date has come.
"""

import re
from datetime import date, datetime, timedelta

from casework.common import FIVE_YEARS, open_or_closed, require_day, require_words
from casework.may_acknowledge import reasons_against_address
from casework.merge import case_that_goes_on
from casework.policy import Policy
from casework.priority import raise_flags
from casework.ways import BY_HAND, key_of, known_as, ways_of
from casework.write_letter import not_yet_gone
from models.case import AuditRow, Case, Task
from models.codes import ArrangementKind, ContactWay, Flag, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid, UnknownReference
from models.people import Arrangement
from models.ports import UnitOfWork

REVIEWED = frozenset({ArrangementKind.ADJUSTMENT, ArrangementKind.DISABILITY, ArrangementKind.RESTRICTION})
"""What has a date of review (LGSCO 5.6, 5.10, 5.11; HO 5.10, 5.14, 5.15)."""

_FLAGS = {
    ArrangementKind.VULNERABILITY: Flag.VULNERABLE,
    ArrangementKind.ADJUSTMENT: Flag.REASONABLE_ADJUSTMENT,
    ArrangementKind.DISABILITY: Flag.REASONABLE_ADJUSTMENT,
}
_INSTEAD_OF_EMAIL = BY_HAND | {ContactWay.OTHER_ADDRESS}
_TELEPHONE = re.compile(r"\+?[\d() -]{7,30}")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_DAY = timedelta(days=1)


def arrange(
    uow: UnitOfWork,
    reference: str,
    *,
    kind: ArrangementKind,
    what: str,
    officer: str,
    policy: Policy,
    now: datetime,
    way: ContactWay | None = None,
    value: str = "",
    reason: str = "",
    review_on: date | None = None,
    seen: int | None = None,
) -> str:
    """Record what is agreed with the complainant of a case or known of them; return what was done.

    The case may be closed, and stays so: what is agreed holds for the person and whatever they write next.
    An adjustment, a disability and a restriction need a date of review, a restriction its reasons too, and a
    way of contact what it needs to reach them (LGSCO 5.6, 5.10, 5.11; HO 5.10, 5.14, 5.15). Vulnerability
    puts the case higher in the queue (LGSCO 6.1, HO 6.1). Raises InputInvalid otherwise.
    """
    officer = require_words(officer, what="say who agrees to it", option="--officer")
    what = require_words(what, what="say what is agreed or known", option="--what")
    if kind is ArrangementKind.RESTRICTION:
        reason = require_words(reason, what="a restriction needs its reasons", option="--reason")
    today = received_on(now)
    _check_review(kind, review_on, today)
    case = open_or_closed(uow, reference, seen=seen)
    if way is None and kind is ArrangementKind.CONTACT:
        raise InputInvalid("say by which way letters are to reach them (--way)")
    if way is None and value.strip():
        raise InputInvalid("--value goes with a way of contact; name it (--way)")
    if way is not None:
        value = check_value(way, value, policy=policy)
        _check_free(uow, case, way)
    arrangement = Arrangement(
        address=case.complainant_address or key_of(reference), kind=kind, what=what, reason=reason.strip(),
        officer=officer, agreed_on=today, way=way, value=value, review_on=review_on, case_reference=reference,
    )  # fmt: skip
    uow.people.add(arrangement)
    if kind in _FLAGS:
        raise_flags(case, _FLAGS[kind])
    uow.flush()
    detail = {
        "arrangement": arrangement.id, "kind": kind.value, "way": way.value if way else None,
        "reason": reason.strip(), "review_on": review_on.isoformat() if review_on else None,
    }  # fmt: skip
    uow.audit.add(AuditRow(at=now, actor=officer, action="arranged", case_reference=reference, detail=detail))
    review = f", to be reviewed on {review_on}" if review_on else ""
    waiting = len(not_yet_gone(case.letters)) if way is not None else 0
    before = f"; letters written before it that still wait here: {waiting}" if waiting else ""
    return f"arrangement {arrangement.id} recorded: {kind.value}{review}{before}"


def keep_arrangement(
    uow: UnitOfWork,
    reference: str,
    number: int,
    *,
    review_on: date,
    reason: str,
    officer: str,
    now: datetime,
    seen: int | None = None,
) -> str:
    """Record that an arrangement was reviewed and goes on until its next review; return what was done.

    Its case may be closed, and stays so.
    """
    officer = require_words(officer, what="say who reviewed it", option="--officer")
    reason = require_words(reason, what="say why it goes on", option="--reason")
    case = open_or_closed(uow, reference, seen=seen)
    arrangement = _in_force(uow, case, number)
    _check_review(arrangement.kind, review_on, received_on(now))
    before, arrangement.review_on = arrangement.review_on, review_on
    _close_review(uow, arrangement, now=now)
    detail = {
        "arrangement": number, "before": before.isoformat() if before else None,
        "review_on": review_on.isoformat(), "reason": reason,
    }  # fmt: skip
    uow.audit.add(
        AuditRow(at=now, actor=officer, action="arrangement_kept", case_reference=reference, detail=detail)
    )
    return f"arrangement {number} goes on, to be reviewed on {review_on}"


def end_arrangement(
    uow: UnitOfWork,
    reference: str,
    number: int,
    *,
    reason: str,
    officer: str,
    now: datetime,
    seen: int | None = None,
) -> str:
    """End an arrangement: later letters no longer respect it; return what was done.

    Its case may be closed, and stays so.
    """
    officer = require_words(officer, what="say who ends it", option="--officer")
    reason = require_words(reason, what="say why it ends", option="--reason")
    case = open_or_closed(uow, reference, seen=seen)
    arrangement = _in_force(uow, case, number)
    arrangement.ended_on = received_on(now)
    _close_review(uow, arrangement, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="arrangement_ended", case_reference=reference,
            detail={"arrangement": number, "kind": arrangement.kind.value, "reason": reason},
        )
    )  # fmt: skip
    return f"arrangement {number} ended: {arrangement.kind.value}"


def open_reviews(uow: UnitOfWork, *, today: date, now: datetime) -> list[str]:
    """Open a task for each arrangement whose review is due and has none yet; return the cases they are on.

    The task stands with the case on which it was agreed, also a closed one. An arrangement whose case is not
    on record any longer has nobody to tell; it stays in force, and is told of with the arrangement itself.
    """
    told = []
    for arrangement in uow.people.due_for_review(today):
        case = uow.cases.find(arrangement.case_reference)
        if case is None:
            continue
        case = case_that_goes_on(uow, case)
        if _open_review(case, arrangement) is None:
            _ask_for_review(case, arrangement, now=now)
            uow.audit.add(
                AuditRow(
                    at=now, actor="heard", action="review_due", case_reference=case.reference,
                    detail={"arrangement": arrangement.id, "kind": arrangement.kind.value},
                )
            )  # fmt: skip
            told.append(case.reference)
    return told


def note_known_vulnerability(uow: UnitOfWork, case: Case) -> None:
    """Put a new case of a person known to be vulnerable higher in the queue (LGSCO 6.1, HO 6.1)."""
    known = uow.people.of(known_as(case))
    if any(each.kind is ArrangementKind.VULNERABILITY for each in known):
        raise_flags(case, Flag.VULNERABLE)


def check_value(way: ContactWay, value: str, *, policy: Policy) -> str:
    """Return what a way of contact needs to reach somebody, tidied; raises InputInvalid where it cannot."""
    value = value.strip()
    if way is ContactWay.POST and not value:
        raise InputInvalid("letters by post need the postal address (--value)")
    if way is ContactWay.TELEPHONE_ONLY and not _is_telephone(value):
        raise InputInvalid(f"{value!r} is no telephone number; one looks like 01632 960123 (--value)")
    if way is ContactWay.OTHER_ADDRESS:
        against = reasons_against_address(value.casefold(), policy)
        if against:
            raise InputInvalid(f"{value!r} cannot be written to: {'; '.join(against)} (--value)")
        return value.casefold()
    if way is ContactWay.LARGE_PRINT and value:
        raise InputInvalid("large print needs no --value; another address is a way of its own")
    return value


def _is_telephone(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    return _TELEPHONE.fullmatch(value) is not None and _FEWEST_DIGITS <= digits <= _MOST_DIGITS


def _check_review(kind: ArrangementKind, review_on: date | None, today: date) -> None:
    if review_on is None and kind in REVIEWED:
        raise InputInvalid(f"this kind, {kind.value}, needs the date of its review (--review)")
    if review_on is not None:
        require_day(review_on, option="--review", first=today + _DAY, last=today + FIVE_YEARS)


def _check_free(uow: UnitOfWork, case: Case, way: ContactWay) -> None:
    """Raise InputInvalid where another way is agreed that this one would contradict."""
    rivals = _INSTEAD_OF_EMAIL if way in _INSTEAD_OF_EMAIL else {way}
    for known in ways_of(uow, case).values():
        if known.way in rivals:
            raise InputInvalid(
                f"arrangement {known.id} says another way already ({known.way}); end it first: "
                f"heard case arrange {case.reference} --end {known.id} --reason ..."
            )


def _in_force(uow: UnitOfWork, case: Case, number: int) -> Arrangement:
    """Return an arrangement with the person of a case; raises InputInvalid where it is nobody's or ended."""
    found = next((each for each in uow.people.of(known_as(case)) if each.id == number), None)
    found = found or _agreed_here(uow, case, number)
    if found is None:
        raise InputInvalid(
            f"no arrangement {number} is in force with the person of case {case.reference}; "
            f"`heard case arrange {case.reference}` lists them"
        )
    return found


def _agreed_here(uow: UnitOfWork, case: Case, number: int) -> Arrangement | None:
    """Return what was agreed on a case under another address of the person's: merged cases may have two."""
    try:
        found = uow.people.get(number)
    except UnknownReference:
        return None
    return found if found.is_in_force and found.case_reference == case.reference else None


def _open_review(case: Case, arrangement: Arrangement) -> Task | None:
    """Return the open task about an arrangement: its note begins with the number."""
    start = _start_of_note(arrangement)
    due = (task for task in case.tasks if task.kind is TaskKind.REVIEW_ARRANGEMENT and task.closed_at is None)
    return next((task for task in due if task.note.startswith(start)), None)


def _ask_for_review(case: Case, arrangement: Arrangement, *, now: datetime) -> None:
    note = (
        f"{_start_of_note(arrangement)} {arrangement.kind.value}, {arrangement.what}; "
        "please review it (heard case arrange --keep or --end)"
    )
    due_by = arrangement.review_on or received_on(now)
    case.tasks.append(Task(kind=TaskKind.REVIEW_ARRANGEMENT, opened_at=now, due_by=due_by, note=note))


def _close_review(uow: UnitOfWork, arrangement: Arrangement, *, now: datetime) -> None:
    case = uow.cases.find(arrangement.case_reference)
    task = _open_review(case_that_goes_on(uow, case), arrangement) if case is not None else None
    if task is not None:
        task.closed_at = now


def _start_of_note(arrangement: Arrangement) -> str:
    return f"arrangement {arrangement.id}:"
