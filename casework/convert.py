"""A service request becomes a complaint, and back; the request stays open until an officer closes it."""

from datetime import date, datetime
from typing import Any

from casework.acknowledge import FORMAL, STAGE
from casework.begin_stage import keep_request_open
from casework.common import (
    SETTLED_BY_READING,
    came_on,
    last_message,
    open_for_change,
    require_day,
    require_words,
    withdraw_unsent,
)
from casework.correct import acknowledgements_gone, tell_of_correction
from casework.end_stage import clocks_of, end_stage
from casework.given_answer import refuse_while_answer_waits
from casework.policy import Policy
from casework.record_ruling import follow_up
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import Status
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork


def convert_to_complaint(
    uow: UnitOfWork,
    reference: str,
    *,
    reason: str,
    officer: str,
    received: date | None = None,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Begin stage 1 for a case that was none; return what was done (LGSCO 1.7, HO 1.5).

    The clock runs from the day on which the dissatisfaction reached us: `received`, or that of the newest
    message. A service request stays open beside its complaint.
    """
    why = require_words(reason, what="a conversion needs a reason", option="--reason")
    case = open_for_change(uow, reference, seen=seen)
    if case.stage > 0 and case.status in FORMAL:
        raise InputInvalid(f"case {case.reference} is a complaint at stage {case.stage} already")
    asked_on = require_day(
        received or _last_day(case), option="--received", first=came_on(case), last=received_on(now)
    )
    before = case.status
    keep_request_open(case)
    case.status, case.stage, case.awaits_officer = Status.COMPLAINT, 0, True
    done = follow_up(uow, case, policy=policy, letterhead=letterhead, now=now, asked_on=asked_on)
    case.close_tasks(*SETTLED_BY_READING, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="converted_to_complaint", case_reference=case.reference,
            detail={"before": before.value, "reason": why, "received_on": asked_on.isoformat(),
                    "request_opened_on": str(case.request_opened_on or ""), "letter": done},
        )
    )  # fmt: skip
    beside = (
        "; the service request stays open" if case.request_opened_on and not case.request_closed_on else ""
    )
    return f"case {case.reference} is a complaint at stage 1 from {asked_on}; {done}{beside}"


def convert_to_request(
    uow: UnitOfWork,
    reference: str,
    *,
    reason: str,
    officer: str,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Take a complaint as a service request again, before its answer; return what was done (LGSCO 1.7).

    Its stage and clocks end; the audit keeps them. Whoever was told of a complaint hears of it, with the
    choice to complain.
    """
    why = require_words(reason, what="a conversion needs a reason", option="--reason")
    case = open_for_change(uow, reference, seen=seen)
    _check_can_go_back(case)
    was_told = bool(acknowledgements_gone(uow, case))
    detail: dict[str, Any] = {"before": case.status.value, "reason": why, "clocks": clocks_of(case)}
    case.status = Status.SERVICE_REQUEST
    end_stage(case)
    keep_request_open(case)
    case.request_closed_on, case.awaits_officer = None, False
    withdrawn = withdraw_unsent(uow, case, *STAGE, now=now)
    done = follow_up(uow, case, policy=policy, letterhead=letterhead, now=now, is_corrected=was_told)
    if was_told:
        done = tell_of_correction(
            uow, case, done, officer=officer, policy=policy, letterhead=letterhead, now=now
        )
    case.close_tasks(*SETTLED_BY_READING, now=now)
    detail |= {"letter": done, "withdrawn": [kind.value for kind in withdrawn]}
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="converted_to_request", case_reference=case.reference, detail=detail
        )
    )
    return f"case {case.reference} is a service request; its stage and clocks have ended; {done}"


def close_request(
    uow: UnitOfWork, reference: str, *, reason: str, officer: str, seen: int | None = None, now: datetime
) -> str:
    """Record that the service request has been dealt with; a complaint about it goes on (LGSCO 1.7, 1.8)."""
    why = require_words(reason, what="closing a service request needs a reason", option="--reason")
    case = open_for_change(uow, reference, seen=seen)
    keep_request_open(case)
    if case.request_opened_on is None:
        raise InputInvalid(
            f"case {case.reference} holds no service request; close the case instead: heard case close"
        )
    if case.request_closed_on is not None:
        raise InputInvalid(
            f"the service request of case {case.reference} was closed on {case.request_closed_on}"
        )
    case.request_closed_on = received_on(now)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="request_closed", case_reference=case.reference,
            detail={"reason": why, "opened_on": case.request_opened_on.isoformat()},
        )
    )  # fmt: skip
    goes_on = "; the complaint goes on" if case.stage > 0 and case.answered_on is None else ""
    return f"the service request of case {case.reference} is closed{goes_on}"


def _check_can_go_back(case: Case) -> None:
    refuse_while_answer_waits(case)
    if case.status not in FORMAL:
        raise InputInvalid(
            f"case {case.reference} is no complaint; it is a {case.status.value.replace('_', ' ')}"
        )
    if case.stage > 1 or case.answered_on is not None:
        raise InputInvalid(
            f"case {case.reference} has had its stage 1 answer and stays a complaint; "
            "close it with a reason instead: heard case close"
        )


def _last_day(case: Case) -> date:
    newest = last_message(case)
    return received_on(newest.received_at) if newest else case.received_on
