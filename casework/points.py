"""The points of a complaint: raised while it is unanswered, decided one by one."""

from datetime import date, datetime

from casework.common import FIVE_YEARS, came_on, last_message, open_for_change, require_day, require_words
from casework.given_answer import refuse_while_answer_waits
from casework.priority import weigh
from models.case import AuditRow, Case, Point
from models.codes import LetterKind, PointOutcome
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_FINAL_STAGE = 2


def add_point(
    uow: UnitOfWork,
    reference: str,
    text: str,
    *,
    officer: str,
    now: datetime,
    raised_on: date | None = None,
    category: str = "",
    seen: int | None = None,
) -> str:
    """Add a point to a complaint that has had no answer yet (LGSCO 6.9, HO 6.8); return what was done.

    It counts as raised on the day of the newest message unless `raised_on` says otherwise. Raises
    InputInvalid after the answer: the point is a complaint of its own then.
    """
    officer = require_words(officer, what="a point needs the name of who adds it", option="--officer")
    text = require_words(text, what="the point is empty", option="--add")
    case = open_for_change(uow, reference, seen=seen)
    raised_on = require_day(
        raised_on or _newest_day(case, now), option="--raised", first=_first_day(case), last=received_on(now)
    )
    _check_unanswered(case, raised_on)
    point = Point(number=next_point(case), text=text, raised_on=raised_on, category=category)
    case.points.append(point)
    weigh(case, flags=case.flags, matters=len(case.points))
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="point_added", case_reference=reference,
            detail={"point": point.number, "raised_on": raised_on.isoformat()},
        )
    )  # fmt: skip
    return f"point {point.number} added, raised on {raised_on}"


def decide_point(
    uow: UnitOfWork,
    reference: str,
    number: int,
    *,
    outcome: PointOutcome,
    finding: str,
    officer: str,
    now: datetime,
    remedy: str = "",
    seen: int | None = None,
) -> str:
    """Record what was found on a point, and the remedy (LGSCO 6.6, HO 6.6); return what was done.

    A second finding, such as that of stage 2, takes the place of the first, which the audit keeps.
    Raises InputInvalid without a finding in words, unless the point was withdrawn, and after the answer.
    """
    officer = require_words(officer, what="a finding needs the name of who decides", option="--officer")
    if outcome is not PointOutcome.WITHDRAWN:
        finding = require_words(finding, what="an outcome needs the reasons for it", option="--finding")
    case = open_for_change(uow, reference, seen=seen)
    point = point_of(case, number)
    if case.answered_on is not None:
        raise InputInvalid(
            f"case {reference} had its stage {case.stage} answer on {case.answered_on}; what was found "
            "stands, and a review of it is the next stage: heard case escalate"
        )
    refuse_while_answer_waits(case)
    before = _finding_of(point)
    point.outcome, point.finding, point.remedy = outcome, finding.strip(), remedy.strip()
    point.decided_on, point.decided_by = received_on(now), officer
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="point_decided", case_reference=reference,
            detail={"point": number, "stage": case.stage, "before": before, "after": _finding_of(point)},
        )
    )  # fmt: skip
    return f"point {number}: {outcome.value.replace('_', ' ')}"


def point_of(case: Case, number: int) -> Point:
    """Return a point of a case by its number; raises InputInvalid where there is none such."""
    found = next((point for point in case.points if point.number == number), None)
    if found is None:
        known = ", ".join(str(point.number) for point in case.points) or "none yet"
        raise InputInvalid(f"case {case.reference} has no point {number}; its points: {known}")
    return found


def next_point(case: Case) -> int:
    """Return the number of the next point."""
    return max((point.number for point in case.points), default=0) + 1


def _newest_day(case: Case, now: datetime) -> date:
    last = last_message(case)
    return received_on(last.received_at if last else now)


def _first_day(case: Case) -> date:
    """Return the first day on which a point can have been raised; a stage 1 may lie before our time."""
    had_stage_1 = case.stage < _FINAL_STAGE or case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT)
    return came_on(case) if had_stage_1 else came_on(case) - FIVE_YEARS


def _check_unanswered(case: Case, raised_on: date) -> None:
    """Raise InputInvalid where the answer was given, or is stage 2's, which looks at stage 1's points."""
    own_case = (
        f"a new point is a complaint of its own: heard case split {case.reference} --message M-..., or "
        "heard case new where no message holds it"
    )
    if case.answered_on is not None:
        raise InputInvalid(
            f"case {case.reference} had its stage {case.stage} answer on {case.answered_on}; {own_case}"
        )
    refuse_while_answer_waits(case)
    if case.stage > 1 and raised_on >= case.received_on:
        raise InputInvalid(
            f"case {case.reference} is at stage {case.stage}, which looks at the points of stage 1; "
            f"{own_case}. If it was raised before stage 2 was asked for, say when (--raised)"
        )


def _finding_of(point: Point) -> dict[str, str] | None:
    if point.outcome is None:
        return None
    return {"outcome": point.outcome.value, "finding": point.finding, "remedy": point.remedy}
