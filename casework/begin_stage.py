"""A stage begins: its acknowledgement clock runs from the day on which it was asked for."""

from datetime import date

from casework.policy import Policy
from models.case import Case
from models.codes import Status
from models.deadlines import received_on as day_of


def begin_stage(case: Case, stage: int, *, received_on: date, policy: Policy) -> None:
    """Open a stage of a case (LGSCO 6.2, 6.12; HO 6.2, 6.11); raises ValueError where it is not the next.

    Whoever handled stage 1 does not handle stage 2 (LGSCO 6.14, HO 6.13).
    """
    before = case.stage
    acknowledge_by = policy.working_days.acknowledge_by(received_on)
    case.begin_stage(stage, received_on=received_on, acknowledge_by=acknowledge_by)
    if before == 1:
        case.stage_1_officer = case.stage_1_officer or case.assigned_to
        if case.assigned_to.casefold() == case.stage_1_officer.casefold():
            case.assigned_to = ""


def keep_request_open(case: Case) -> None:
    """Record that the service request goes on beside the complaint about it (LGSCO 1.7, HO 1.5).

    Call it before the case becomes a complaint; it is as old as the first message.
    """
    if case.status is Status.SERVICE_REQUEST and case.request_opened_on is None:
        first = case.messages[0] if case.messages else None
        case.request_opened_on = day_of(first.received_at) if first else case.received_on
