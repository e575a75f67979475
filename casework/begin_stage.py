"""A stage begins: its acknowledgement clock runs from the day on which it was asked for."""

from datetime import date

from casework.policy import Policy
from models.case import Case


def begin_stage(case: Case, stage: int, *, received_on: date, policy: Policy) -> None:
    """Open a stage of a case (LGSCO 6.2, 6.12; HO 6.2, 6.11); raises ValueError where it is not the next."""
    acknowledge_by = policy.working_days.acknowledge_by(received_on)
    case.begin_stage(stage, received_on=received_on, acknowledge_by=acknowledge_by)
