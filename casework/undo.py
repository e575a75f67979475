"""An officer takes back what they did last with a case, as long as nobody has been told of it.

What a change alters is kept with the case as it was, in the unit of work of the change; where two cases were
merged, joined or split, of both. The letters that it queues wait a little. Until one of them has gone, or
anything else has happened to a case, it can be undone: the cases are again as they were, and the audit keeps
both.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from casework.as_it_was import agreed_on, put_back, take_down, values_of, what_changed
from casework.common import is_same_officer
from casework.letter_tasks import name_of
from casework.write_letter import not_yet_gone
from models.case import AuditRow, Case, Letter
from models.codes import LetterState
from models.deadlines import LONDON, received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork
from models.reference import references_in
from models.undo import Remembered

_TAKEN_OFF = ("points", "actions", "extensions", "refusals")
"""What leaves the record again where a change had added it; rulings stay, marked, and letters withdrawn."""

_BEFORE_MIDNIGHT = timedelta(minutes=5)
"""So long before the day ends no letter waits any longer: the delivery needs its time."""


def do_undoably(
    uow: UnitOfWork,
    reference: str,
    change: Callable[[], str],
    *,
    action: str,
    officer: str,
    within: timedelta,
    now: datetime,
    beside: Sequence[str] = (),
) -> str:
    """Make a change of a case and keep what it altered, so that it can be undone; return what was done.

    `beside` are the other cases that it alters; one that it opens is found by itself. The letters that it
    queues wait for `within`, and never into another day: deadlines are days, so none is missed by waiting.
    """
    # Always locked in one order, as merging does.
    cases = [uow.cases.get(each) for each in sorted({reference, *beside})]
    agreed, added = agreed_on(uow, cases), len(uow.people.added)
    before = take_down(cases, agreed)
    done = change()
    uow.flush()
    cases += opened_beside(uow, reference, done, now=now)
    altered = what_changed(before, take_down(cases, [*agreed, *uow.people.added[added:]]))
    written = altered["new"]["letters"]
    queued = [each for case in cases for each in case.letters if each.id in written]
    let_wait(queued, within=within, now=now)
    case = next(each for each in cases if each.reference == reference)
    uow.undo.keep(case, Remembered(officer, action, now, case.version, altered))
    return done


def let_wait(letters: Iterable[Letter], *, within: timedelta, now: datetime) -> None:
    """Let queued letters wait before they go, but never into another day in England."""
    until = _latest(now, within)
    for letter in letters:
        if letter.state is LetterState.QUEUED:
            letter.due_at = max(letter.due_at, until)


def undo(uow: UnitOfWork, reference: str, *, officer: str, now: datetime, version: int | None = None) -> str:
    """Take back the last change of a case; return what was done.

    `version` is the one that the officer saw the change come to, None where they do not say.

    Fields and tasks are as they were, letters that it wrote are withdrawn and those that it withdrew go after
    all, its ruling is marked as undone and nothing is learnt from it. Extensions, refusals, points, promises
    and what was agreed with the person leave the record where it added them; the audit keeps what they said.
    What moved to another case comes back, and a case that it opened goes on in this one. Raises InputInvalid
    where it was somebody else's, where anything has happened since, or where a letter has gone.
    """
    remembered = uow.undo.of(reference)
    if remembered is None:
        uow.cases.get(reference)
        raise _changed_since(reference)
    if not is_same_officer(officer, remembered.officer):
        raise InputInvalid(
            f"{remembered.officer} did this to case {reference}, and only they undo it; decide again instead"
        )
    if version is not None and version != remembered.version:
        raise InputInvalid(
            f"something else was done with case {reference} since; look at it, and undo that first if it was "
            "you"
        )
    kept, new = remembered.before, remembered.before["new"]
    cases = {each: uow.cases.get(each) for each in sorted(remembered.versions)}
    if any(case.version != remembered.versions[each] for each, case in cases.items()):
        raise _changed_since(reference)
    written = [each for case in cases.values() for each in case.letters if each.id in new["letters"]]
    _check_still_here(uow, reference, written)
    _undo_agreed(uow, reference, kept["people"])
    for letter in written:
        letter.state, letter.last_fault = LetterState.WITHDRAWN, ""
    for case in cases.values():
        _take_off(uow, case, new, now=now)
    _move_back(cases, kept["rows"])
    for each, values in kept["cases"].items():
        _put_case_back(uow, cases[each], values["was"])
    for each in kept["opened"]:
        _end(cases[each], reference, now=now)
    withdrawn = [each.kind.value for each in written]
    for each, case in cases.items():
        case.count_change()
        uow.undo.forget(case)
        uow.audit.add(
            AuditRow(
                at=now, actor=officer, action="undone", case_reference=each,
                detail={"undone": remembered.action, "at": remembered.at.isoformat(), "withdrawn": withdrawn},
            )
        )  # fmt: skip
    unsent = f"; not sent: {', '.join(name_of(each.kind) for each in written)}" if written else ""
    return f"{_in_words(reference, cases)}{unsent}"


def opened_beside(uow: UnitOfWork, reference: str, done: str, *, now: datetime) -> list[Case]:
    """Return the cases that a change has just opened beside its own; what it did names them."""
    named = (uow.cases.find(each) for each in dict.fromkeys(references_in(done)) if each != reference)
    return [each for each in named if each and each.split_from == reference and each.opened_at == now]


def _changed_since(reference: str) -> InputInvalid:
    return InputInvalid(
        f"nothing can be undone of case {reference}: it was changed since, or was not changed on the "
        "pages; decide again instead"
    )


def _check_still_here(uow: UnitOfWork, reference: str, written: Iterable[Letter]) -> None:
    """Raise InputInvalid where a letter has gone or is on its way; lock it otherwise, after its case."""
    for each in written:
        if each.id is not None and not not_yet_gone([uow.letters.get(each.id)]):
            raise InputInvalid(
                f"the {name_of(each.kind)} of case {reference} has gone, or is on its way at this "
                "moment, so this cannot be undone any longer; decide again instead"
            )


def _undo_agreed(uow: UnitOfWork, reference: str, people: dict[str, dict[str, Any]]) -> None:
    """Put back what is agreed with the person; raises InputInvalid where somebody changed it since."""
    found = {number: uow.people.get(int(number)) for number in people}
    if any(values_of(each) != people[number]["is"] for number, each in found.items()):
        raise _changed_since(reference)
    for number, each in found.items():
        if people[number]["was"] is None:
            uow.people.remove(each)
        else:
            put_back(each, people[number]["was"])


def _take_off(uow: UnitOfWork, case: Case, new: dict[str, list[int]], *, now: datetime) -> None:
    """Take what a change had added off a case, or mark it."""
    for task in case.tasks:
        if task.id in new["tasks"]:
            task.closed_at = task.closed_at or now
    for ruling in case.rulings:
        if ruling.id in new["rulings"]:
            ruling.undone_at = now
    for name in _TAKEN_OFF:
        rows = getattr(case, name)
        added = [row for row in rows if row.id in new[name]]
        for row in added:
            rows.remove(row)
        uow.undo.drop(added)


def _move_back(cases: dict[str, Case], rows: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Give each row its values and its case again."""
    for name, altered in rows.items():
        where = {str(row.id): (case, row) for case in cases.values() for row in getattr(case, name)}
        for number, was in altered.items():
            case, row = where[number]
            if case.reference != was["of"]:
                getattr(case, name).remove(row)
                getattr(cases[was["of"]], name).append(row)
            put_back(row, was["was"])


def _put_case_back(uow: UnitOfWork, case: Case, was: dict[str, Any]) -> None:
    """Give a case its fields again; whoever had it and has left the office since does not get it."""
    put_back(case, was)
    had_it = uow.officers.find(case.assigned_to)
    if had_it is not None and had_it.is_disabled:
        case.assigned_to = ""


def _end(case: Case, reference: str, *, now: datetime) -> None:
    """Close a case that should never have been opened; whoever quotes it finds the one that goes on."""
    case.closed_on, case.closed_why = received_on(now), f"it was opened by mistake and goes on as {reference}"
    case.merged_into, case.awaits_officer, case.guard_at = reference, False, None


def _in_words(reference: str, cases: dict[str, Case]) -> str:
    others = [each for each in cases if each != reference]
    if not others:
        return f"case {reference} is again as it was before"
    return f"cases {' and '.join([reference, *others])} are again as they were before"


def _latest(now: datetime, within: timedelta) -> datetime:
    """Return until when a letter waits: for so long, but not into another day in England."""
    midnight = datetime.combine(now.astimezone(LONDON).date() + timedelta(days=1), time(), tzinfo=LONDON)
    return max(now, min(now + within, midnight.astimezone(now.tzinfo) - _BEFORE_MIDNIGHT))
