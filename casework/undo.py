"""An officer takes back what they did last with a case, as long as nobody has been told of it.

What a change alters is kept with the case as it was, in the unit of work of the change. The letters that it
queues wait a little. Until one of them has gone, or anything else has happened to the case, it can be undone:
the case is again as it was, and the audit keeps both.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, get_args

from casework.common import is_same_officer
from casework.letter_tasks import name_of
from casework.write_letter import not_yet_gone
from models.case import AuditRow, Case, Letter
from models.codes import LetterState
from models.deadlines import LONDON
from models.errors import InputInvalid
from models.ports import UnitOfWork
from models.undo import Remembered

_OF_A_CASE = ("letters", "rulings", "tasks", "points", "actions", "extensions", "refusals")
"""What belongs to a case and is looked at; its messages are nothing that a change like these alters."""

_TAKEN_OFF = ("points", "actions", "extensions", "refusals")
"""What leaves the record again where a change had added it; rulings stay, marked, and letters withdrawn."""

_NOT_ALTERED = frozenset({"id", "version", "messages", *_OF_A_CASE})
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
) -> str:
    """Make a change of one case and keep what it altered, so that it can be undone; return what was done.

    The letters that it queues wait for `within`, and never into another day: deadlines are days, so none is
    missed by waiting.
    """
    case = uow.cases.get(reference)
    before = _as_it_is(case)
    letters = list(case.letters)
    done = change()
    _let_wait((each for each in case.letters if each not in letters), until=_latest(now, within))
    uow.flush()
    altered = _altered(before, _as_it_is(case))
    uow.undo.keep(case, Remembered(officer, action, now, case.version, altered))
    return done


def undo(uow: UnitOfWork, reference: str, *, officer: str, now: datetime) -> str:
    """Take back the last change of a case; return what was done.

    Fields and tasks are as they were, letters that it wrote are withdrawn and those that it withdrew go after
    all, its ruling is marked as undone and nothing is learnt from it. Extensions, refusals, points and
    promises that it added leave the record; the audit keeps what they said. Raises InputInvalid where it was
    somebody else's, where anything has happened since, or where a letter has gone.
    """
    case = uow.cases.get(reference)
    remembered = uow.undo.of(case)
    if remembered is None or remembered.version != case.version:
        raise InputInvalid(
            f"nothing can be undone of case {reference}: it was changed since, or was not changed on the "
            "pages; decide again instead"
        )
    if not is_same_officer(officer, remembered.officer):
        raise InputInvalid(
            f"{remembered.officer} did this to case {reference}, and only they undo it; decide again instead"
        )
    before, new = remembered.before, remembered.before["new"]
    written = [each for each in case.letters if each.id in new.get("letters", ())]
    _check_still_here(uow, case, written)
    for each in written:
        each.state, each.last_fault = LetterState.WITHDRAWN, ""
    for task in case.tasks:
        if task.id in new.get("tasks", ()):
            task.closed_at = task.closed_at or now
    for ruling in case.rulings:
        if ruling.id in new.get("rulings", ()):
            ruling.undone_at = now
    _take_off(uow, case, new)
    for name in _OF_A_CASE:
        rows = {str(row.id): row for row in getattr(case, name)}
        for number, values in before.get(name, {}).items():
            _restore(rows[number], values)
    _restore(case, before["case"])
    case.count_change()
    uow.undo.forget(case)
    withdrawn = [each.kind.value for each in written]
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="undone", case_reference=reference,
            detail={"undone": remembered.action, "at": remembered.at.isoformat(), "withdrawn": withdrawn},
        )
    )  # fmt: skip
    unsent = f"; not sent: {', '.join(name_of(each.kind) for each in written)}" if written else ""
    return f"case {reference} is again as it was before{unsent}"


def _check_still_here(uow: UnitOfWork, case: Case, written: Iterable[Letter]) -> None:
    """Raise InputInvalid where a letter has gone or is on its way; lock it otherwise, after its case."""
    for each in written:
        if each.id is not None and not not_yet_gone([uow.letters.get(each.id)]):
            raise InputInvalid(
                f"the {name_of(each.kind)} of case {case.reference} has gone, or is on its way at this "
                "moment, so this cannot be undone any longer; decide again instead"
            )


def _take_off(uow: UnitOfWork, case: Case, new: dict[str, list[int]]) -> None:
    for name in _TAKEN_OFF:
        rows = getattr(case, name)
        added = [row for row in rows if row.id in new.get(name, ())]
        for row in added:
            rows.remove(row)
        uow.undo.drop(added)


def _latest(now: datetime, within: timedelta) -> datetime:
    """Return until when a letter waits: for so long, but not into another day in England."""
    midnight = datetime.combine(now.astimezone(LONDON).date() + timedelta(days=1), time(), tzinfo=LONDON)
    return max(now, min(now + within, midnight.astimezone(now.tzinfo) - _BEFORE_MIDNIGHT))


def _let_wait(letters: Iterable[Letter], *, until: datetime) -> None:
    for letter in letters:
        if letter.state is LetterState.QUEUED:
            letter.due_at = max(letter.due_at, until)


def _as_it_is(case: Case) -> dict[str, Any]:
    """Return the case and what belongs to it, as JSON can hold it: fields by name, rows by number."""
    rows = {name: {str(row.id): _values(row) for row in getattr(case, name)} for name in _OF_A_CASE}
    return {"case": _values(case)} | rows


def _values(entity: Any) -> dict[str, Any]:
    named = (each.name for each in fields(entity) if each.name not in _NOT_ALTERED)
    return {name: _written(getattr(entity, name)) for name in named}


def _altered(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what differs, as it was before, and the numbers of the rows that are new."""
    altered: dict[str, Any] = {"case": _differing(before["case"], after["case"]), "new": {}}
    for name in _OF_A_CASE:
        was, became = before[name], after[name]
        rows = {number: _differing(was[number], became[number]) for number in was if number in became}
        altered[name] = {number: values for number, values in rows.items() if values}
        altered["new"][name] = [int(number) for number in became if number not in was]
    return altered


def _differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in before.items() if value != after[name]}


def _restore(entity: Any, values: dict[str, Any]) -> None:
    kinds = {each.name: each.type for each in fields(entity)}
    for name, value in values.items():
        setattr(entity, name, _read(kinds[name], value))


def _written(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return [_written(each) for each in value] if isinstance(value, list) else value


def _read(kind: Any, value: Any) -> Any:
    """Return a value of a field as its annotation has it: `date | None`, a code, a list of codes."""
    if value is None:
        return None
    for each in get_args(kind) or (kind,):
        if isinstance(value, list):
            return [_read(each, one) for one in value]
        if issubclass(each, date):
            return each.fromisoformat(value)
        if issubclass(each, Enum):
            return each(value)
    return value
