"""Figures for the manager's overview, counted in the database day by day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, case, func, select

from models import orm
from models.codes import Status
from models.queries import reading
from models.queue_parts import shown
from models.queue_selection import Looker, Show
from models.ruled import RuledMessage

_COMPLAINTS = (Status.COMPLAINT, Status.ESCALATION)


@dataclass(frozen=True)
class Punctuality:
    """How many cases that came in on a day, or were due then, met the date, missed it, or have time left."""

    day: date
    in_time: int
    late: int
    open: int


@dataclass(frozen=True)
class Workload:
    """What waits for one officer; an empty name is nobody's."""

    officer: str
    waiting: int
    overdue: int


@dataclass(frozen=True)
class Agreement:
    """How often officers agreed with the suggestion, of the rulings of a day: status, then category too."""

    day: date
    rulings: int
    same_status: int
    same_category: int


@dataclass(frozen=True)
class Today:
    """What came and went today, and what is open now."""

    messages: int
    cases: int
    letters_sent: int
    rulings: int
    open_complaints: int
    overdue_acknowledgements: int
    overdue_answers: int


def today_figures(engine: Engine, *, day: date, since: datetime) -> Today:
    """Count today's work; `since` is the instant at which the day began in London."""
    cases, messages, letters, rulings = orm.cases.c, orm.messages.c, orm.letters.c, orm.rulings.c
    is_open = and_(_is_open(), cases.stage > 0, cases.answered_on.is_(None))
    late_acknowledgement = and_(_is_open(), orm.IS_UNACKNOWLEDGED, cases.acknowledge_by < day)
    late_answer = and_(orm.IS_UNANSWERED, func.coalesce(cases.extended_to, cases.respond_by) < day)
    counted = [
        select(func.count()).select_from(orm.messages).where(messages.fetched_at >= since),
        select(func.count()).select_from(orm.cases).where(cases.opened_at >= since, _not_left_out()),
        select(func.count()).select_from(orm.letters).where(letters.sent_at >= since),
        select(func.count()).select_from(orm.rulings).where(
            rulings.ruled_at >= since, rulings.undone_at.is_(None)
        ),
        select(func.count()).select_from(orm.cases).where(is_open),
        select(func.count()).select_from(orm.cases).where(late_acknowledgement),
        select(func.count()).select_from(orm.cases).where(late_answer),
    ]  # fmt: skip
    with reading(engine) as connection:
        return Today(*(connection.scalar(each) or 0 for each in counted))


def acknowledged_in_time(engine: Engine, *, since: date, day: date) -> list[Punctuality]:
    """Return by day of receipt how many complaints were acknowledged by their date (LGSCO 6.2, HO 6.2)."""
    cases = orm.cases.c
    due = cases.acknowledge_by
    wanted = _punctuality(cases.received_on, due, cases.acknowledged_on, day=day).where(
        cases.stage > 0, cases.status.in_(_COMPLAINTS), _not_left_out(), cases.received_on >= since
    )
    return _rows(engine, wanted)


def answered_in_time(engine: Engine, *, since: date, day: date) -> list[Punctuality]:
    """Return, by the day on which the answer was due, how many were answered by it (LGSCO 6.3, HO 6.3)."""
    cases = orm.cases.c
    due = func.coalesce(cases.extended_to, cases.respond_by)
    wanted = _punctuality(due, due, cases.answered_on, day=day).where(
        cases.status.in_(_COMPLAINTS), _not_left_out(), due >= since, due <= day
    )
    return _rows(engine, wanted)


def workload(engine: Engine, *, day: date) -> list[Workload]:
    """Return what the queue holds for each officer, the most first, and how much of it is overdue."""
    queue = orm.queue.c
    overdue = case((shown(Show.OVERDUE, Looker(name="", today=day)), 1), else_=0)
    wanted = (
        select(queue.assigned_to, func.count(), func.sum(overdue))
        .group_by(queue.assigned_to)
        .order_by(func.count().desc(), queue.assigned_to)
    )
    with reading(engine) as connection:
        return [Workload(*row) for row in connection.execute(wanted)]


def open_since(engine: Engine) -> list[tuple[date, int]]:
    """Return how many complaints without an answer came in on each day."""
    cases = orm.cases.c
    wanted = (
        select(cases.received_on, func.count())
        .where(_is_open(), cases.stage > 0, cases.answered_on.is_(None))
        .group_by(cases.received_on)
    )
    return _pairs(engine, wanted)


def by_category(engine: Engine, *, since: date) -> list[tuple[str, int]]:
    """Return how many complaints each category had since a day, the most first."""
    cases = orm.cases.c
    wanted = (
        select(cases.category, func.count())
        .where(cases.stage > 0, cases.status.in_(_COMPLAINTS), _not_left_out(), cases.received_on >= since)
        .group_by(cases.category)
        .order_by(func.count().desc(), cases.category)
    )
    return _pairs(engine, wanted)


def by_ground(engine: Engine, *, since: datetime) -> list[tuple[str, int]]:
    """Return on which grounds complaints were not accepted since an instant, the most first."""
    refusals = orm.refusals.c
    wanted = (
        select(refusals.ground, func.count())
        .where(refusals.decided_at >= since)
        .group_by(refusals.ground)
        .order_by(func.count().desc(), refusals.ground)
    )
    return _pairs(engine, wanted)


def _is_open() -> ColumnElement[bool]:
    return and_(orm.cases.c.closed_on.is_(None), _not_left_out())


def _not_left_out() -> ColumnElement[bool]:
    """Leave out old mail that was imported, and what was merged into another case."""
    return and_(~orm.cases.c.is_historic, orm.cases.c.merged_into == "")


def _punctuality(
    by: ColumnElement[Any], due: ColumnElement[Any], done: ColumnElement[Any], *, day: date
) -> Select[Any]:
    in_time = case((done <= due, 1), else_=0)
    late = case((done > due, 1), (and_(done.is_(None), due < day), 1), else_=0)
    waits = case((and_(done.is_(None), due >= day), 1), else_=0)
    return select(by, func.sum(in_time), func.sum(late), func.sum(waits)).group_by(by).order_by(by)


def _rows(engine: Engine, wanted: Select[Any]) -> list[Punctuality]:
    with reading(engine) as connection:
        return [Punctuality(*row) for row in connection.execute(wanted)]


def _pairs(engine: Engine, wanted: Select[Any]) -> list[tuple[Any, int]]:
    with reading(engine) as connection:
        return [(key, count) for key, count in connection.execute(wanted)]


def agreement(ruled: Iterable[RuledMessage], day_of: Callable[[datetime], date]) -> list[Agreement]:
    """Return by day how often officers agreed with what triage had said."""
    counts: dict[date, list[int]] = {}
    for each in ruled:
        if not each.said_status:
            continue
        row = counts.setdefault(day_of(each.ruled_at), [0, 0, 0])
        row[0] += 1
        row[1] += each.status == each.said_status
        row[2] += each.category == each.said_category
    return [Agreement(day, *row) for day, row in sorted(counts.items())]
