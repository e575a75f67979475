"""What a unit of work writes, noted at every flush, so that no path can forget what follows from it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from models.case import Case, Ruling, Task
from models.message import Message

_NAMED = ("reference", "complainant_name", "complainant_address", "represented_name")
"""What of a case its messages are found by."""


@dataclass
class Touched:
    """The numbers of what was written; `renamed` are the cases whose people changed."""

    cases: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)
    tasks: set[int] = field(default_factory=set)
    renamed: set[int] = field(default_factory=set)

    def clear(self) -> None:
        """Begin anew."""
        for numbers in (self.cases, self.messages, self.tasks, self.renamed):
            numbers.clear()


def watch(session: Session) -> Touched:
    """Return what fills with the numbers of whatever a session writes from now on."""
    touched = Touched()

    def note(_session: Session, _context: object) -> None:
        for each in session.new:
            _note(touched, each)
        for each in session.dirty:
            _note(touched, each)
            if isinstance(each, Case) and _is_renamed(each):
                _add(touched.renamed, each.id)

    event.listen(session, "after_flush", note)
    return touched


def _note(touched: Touched, each: Any) -> None:
    """Note one record, which has its number by now."""
    if isinstance(each, Case):
        _add(touched.cases, each.id)
        for message in inspect(each).attrs["messages"].history.added or ():
            _add(touched.messages, message.id)
    elif isinstance(each, Message):
        _add(touched.messages, each.id)
        _add(touched.cases, each.case_id)
    elif isinstance(each, Task) and each.case_id is None:
        _add(touched.tasks, each.id)
    elif isinstance(each, (Task, Ruling)):
        # A ruling's case is known to the mapping alone.
        _add(touched.cases, getattr(each, "case_id", None))


def _is_renamed(case: Case) -> bool:
    seen = inspect(case).attrs
    return any(seen[name].history.has_changes() for name in _NAMED)


def _add(numbers: set[int], number: int | None) -> None:
    if number is not None:
        numbers.add(number)
