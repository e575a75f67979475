"""What the rows of each part of the queue fulfil: the same for the list, for its count and for the search."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

from models import orm
from models.codes import Status
from models.queue_selection import Looker, Selection, Show

A_DAY = 1_000
"""Ranks from one day to the next (`models/keep_queue.py`)."""


def conditions(selection: Selection, looker: Looker) -> tuple[ColumnElement[bool], ...]:
    """Return what the rows of a selection fulfil, as whoever looks sees them."""
    table = orm.queue.c
    asked: list[Any] = [shown(selection.show, looker)] if selection.show else []
    if looker.only_own:
        asked.append(table.assigned_to == looker.name)
    if selection.category:
        asked.append(table.category == selection.category)
    if selection.stage is not None:
        asked.append(table.stage == selection.stage)
    if selection.ombudsman is not None:
        asked.append(table.ombudsman == selection.ombudsman)
    return tuple(asked)


def shown(show: Show, looker: Looker) -> Any:
    """Return what the rows of a part of the queue fulfil."""
    return _PARTS[show](orm.queue.c, looker)


_PARTS: dict[Show, Callable[[Any, Looker], Any]] = {
    Show.MINE: lambda table, looker: table.assigned_to == looker.name,
    Show.UNASSIGNED: lambda table, _: table.assigned_to == "",
    Show.OVERDUE: lambda table, looker: table.rank < looker.today.toordinal() * A_DAY,
    Show.UNSURE: lambda *_: orm.IS_UNSURE,
    Show.COMPLAINTS: lambda table, _: table.status.in_([Status.COMPLAINT, Status.ESCALATION]),
    Show.REQUESTS: lambda table, _: table.status == Status.SERVICE_REQUEST,
    Show.OWED: lambda *_: orm.OWES_ACKNOWLEDGEMENT,
    Show.REPLIES: lambda *_: orm.MAY_BE_REPLY,
    Show.QUARANTINE: lambda *_: orm.IS_MESSAGE,
}
