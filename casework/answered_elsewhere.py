"""Stage 1 was answered outside Heard: when and by whom, so that somebody else takes stage 2."""

from datetime import date, datetime

from casework.common import (
    FIVE_YEARS,
    SETTLED_BY_READING,
    came_on,
    is_same_officer,
    open_for_change,
    require_day,
    require_words,
)
from casework.end_stage import clocks_of
from models.case import AuditRow, Case
from models.codes import LetterKind, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_FINAL_STAGE = 2
_LONGEST_NAME = 200


def answered_elsewhere(
    uow: UnitOfWork,
    reference: str,
    *,
    on: date,
    by: str,
    officer: str,
    now: datetime,
    reason: str = "",
    seen: int | None = None,
) -> str:
    """Record when and by whom stage 1 was answered, if not through Heard; return what was done.

    The complaint may wait for that answer, or be at stage 2 already, such as one that Heard first knew there.
    Whoever answered stage 1 cannot be given stage 2, and gives it up (LGSCO 6.14, HO 6.13). Raises
    InputInvalid where the answer is a letter of ours, or no complaint runs.
    """
    officer = require_words(officer, what="say who records it", option="--officer")
    by = _name_of(uow, require_words(by, what="say who answered stage 1", option="--by"))
    case = open_for_change(uow, reference, seen=seen)
    _check(case)
    first = came_on(case) if case.stage < _FINAL_STAGE else came_on(case) - FIVE_YEARS
    require_day(on, option="--on", first=first, last=received_on(now))
    detail = {"stage": 1, "answered_on": on.isoformat(), "by": by, "before": case.stage_1_officer,
              "clocks": clocks_of(case), "reason": reason.strip()}  # fmt: skip
    case.stage_1_officer = by
    freed = ""
    if case.stage < _FINAL_STAGE:
        _settle(case, on, now=now)
    elif is_same_officer(case.assigned_to, by):
        case.assigned_to, case.awaits_officer = "", True
        freed = "; the case is nobody's now, please assign it to another"
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="answered_elsewhere", case_reference=case.reference, detail=detail
        )
    )
    known = "" if uow.officers.find(by) else f"; {by} is no officer on record"
    return f"stage 1 of case {case.reference} was answered on {on} by {by}{known}{freed}"


def _name_of(uow: UnitOfWork, typed: str) -> str:
    """Return the name of an officer on record, typed short or in full; anybody else's as it was typed.

    Who answered may have left before Heard came, and is on no record.
    """
    said = " ".join(typed.split())
    found = (
        each.name
        for each in uow.officers.all()
        if said.casefold() in {each.name.casefold(), each.full_name.casefold()}
    )
    return next(found, said[:_LONGEST_NAME])


def _check(case: Case) -> None:
    if case.stage == 0:
        raise InputInvalid(f"case {case.reference} runs no complaint, so there is no answer to record")
    if case.has_letter(LetterKind.STAGE_1_RESPONSE):
        raise InputInvalid(
            f"case {case.reference} has a stage 1 answer of ours, signed by {case.stage_1_officer}, and it "
            "stays theirs; one that never went is withdrawn first (heard letters withdraw)"
        )


def _settle(case: Case, on: date, *, now: datetime) -> None:
    """Let the answer count as that of stage 1, and leave to the officers what it does not settle."""
    case.answered_on = on
    case.close_tasks(*SETTLED_BY_READING, TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    case.awaits_officer = case.escalation_received_on is not None
    if case.escalation_received_on is None:
        case.guard_at = None
