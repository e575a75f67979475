"""Gives a case to one officer, who handles it from now on."""

from datetime import date, datetime

from casework.common import is_same_officer, officer_named, open_for_change
from models.case import AuditRow, Case
from models.deadlines import received_on
from models.errors import InputInvalid
from models.people import Officer
from models.ports import UnitOfWork

_FINAL_STAGE = 2


def assign(
    uow: UnitOfWork,
    reference: str,
    *,
    to: str,
    officer: str,
    now: datetime,
    reason: str = "",
    is_even_if_away: bool = False,
    seen: int | None = None,
) -> str:
    """Give a case to an officer, or to another; return what was done.

    Raises InputInvalid for somebody disabled or away today, and at stage 2 for whoever handled stage 1
    (LGSCO 6.14, HO 6.13).
    """
    case = open_for_change(uow, reference, seen=seen)
    chosen = officer_named(uow, to)
    _check(case, chosen, today=received_on(now), is_even_if_away=is_even_if_away)
    before, case.assigned_to = case.assigned_to, chosen.name
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="case_assigned", case_reference=case.reference,
            detail={"before": before, "after": chosen.name, "reason": reason.strip()},
        )
    )  # fmt: skip
    instead = f" in place of {before}" if before else ""
    is_unknown = case.stage == _FINAL_STAGE and not case.stage_1_officer
    unknown = (
        "; who answered stage 1, and cannot take stage 2, is not on record: "
        f"heard case answered {case.reference} --on ... --by ..."
        if is_unknown
        else ""
    )
    return f"case {case.reference} is {chosen.name}'s now{instead}{unknown}"


def falls_due(case: Case) -> list[date]:
    """Return the days on which something about a case falls due: the acknowledgement, the answer."""
    days = []
    if case.acknowledged_on is None and (case.stage > 0 or case.awaits_officer):
        days.append(case.acknowledge_by)
    if case.answered_on is None and case.respond_by is not None:
        days.append(case.extended_to or case.respond_by)
    return days


def _check(case: Case, chosen: Officer, *, today: date, is_even_if_away: bool) -> None:
    if is_same_officer(chosen.name, case.assigned_to):
        raise InputInvalid(f"case {case.reference} is {chosen.name}'s already")
    if chosen.is_disabled:
        raise InputInvalid(
            f"officer {chosen.name} is disabled and takes no cases; name another: heard officers list"
        )
    if chosen.is_away(today) and not is_even_if_away:
        raise InputInvalid(
            f"officer {chosen.name} is away until {chosen.away_until or 'further notice'}; "
            "name another, or say --even-if-away"
        )
    if case.stage == _FINAL_STAGE and is_same_officer(chosen.name, case.stage_1_officer):
        raise InputInvalid(
            f"officer {chosen.name} handled stage 1 of case {case.reference} and cannot be given stage 2 "
            "(LGSCO 6.14, HO 6.13); name another: heard officers list"
        )
