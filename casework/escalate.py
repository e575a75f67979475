"""Stage 2: asked for by the complainant, who need not say why; another officer takes it."""

from datetime import date, datetime

from casework.common import SETTLED_BY_READING, open_for_change, require_day
from casework.end_stage import clocks_of
from casework.policy import Policy
from casework.record_ruling import follow_up
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import Status
from models.deadlines import received_on as day_of
from models.errors import InputInvalid
from models.ports import UnitOfWork


def escalate(
    uow: UnitOfWork,
    reference: str,
    *,
    officer: str,
    received: date | None = None,
    note: str = "",
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Begin stage 2 and queue its acknowledgement; say what was done (LGSCO 6.10 to 6.14, HO 6.10 to 6.13).

    The clock runs from the day on which it was asked for: `received`, or what is on record, or today, on
    which the officer records it. Raises InputInvalid while stage 1 has no answer on record, and for a day
    before that answer.
    """
    case = open_for_change(uow, reference, seen=seen)
    if case.stage != 1:
        what = f"is at stage {case.stage} already" if case.stage else "runs no complaint"
        raise InputInvalid(f"case {case.reference} {what}; stage 2 follows the answer of stage 1")
    today = day_of(now)
    asked_on = require_day(
        received or case.escalation_received_on or today,
        option="--received", first=_earliest(case), last=today,
    )  # fmt: skip
    before, handled_by = clocks_of(case), case.assigned_to
    case.status, case.awaits_officer = Status.ESCALATION, True
    done = follow_up(uow, case, policy=policy, letterhead=letterhead, now=now, asked_on=asked_on)
    case.close_tasks(*SETTLED_BY_READING, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="escalated", case_reference=case.reference,
            detail={"received_on": asked_on.isoformat(), "stage_1": before, "letter": done,
                    "stage_1_officer": case.stage_1_officer, "note": note.strip()},
        )
    )  # fmt: skip
    free = (
        f"; {handled_by} handled stage 1, please assign it to another"
        if handled_by and not case.assigned_to
        else ""
    )
    return f"case {case.reference} is at stage 2 from {asked_on}; {done}{free}"


def _earliest(case: Case) -> date:
    """Return the day of the answer that stage 2 challenges.

    Whoever waited for an overdue answer may have asked before it came: that day stays as it was noted.
    """
    answered_on = case.answered_on or case.received_on
    return min(answered_on, case.escalation_received_on or answered_on)
