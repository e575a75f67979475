"""A stage ends before its answer: no complaint runs any longer, and the audit keeps the dates that it had."""

from datetime import date

from models.case import Case


def end_stage(case: Case) -> None:
    """End the stage that runs, with its clocks."""
    case.stage, case.guard_at = 0, None
    case.respond_by = case.extended_to = case.escalation_received_on = None


def clocks_of(case: Case) -> dict[str, str | int | None]:
    """Return the stage and its dates as they are before a change, for the audit."""
    return {
        "stage": case.stage,
        "received_on": _written(case.received_on),
        "acknowledged_on": _written(case.acknowledged_on),
        "respond_by": _written(case.respond_by),
        "extended_to": _written(case.extended_to),
        "answered_on": _written(case.answered_on),
    }


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None
