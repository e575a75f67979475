"""The guard: likely complaints get their formal acknowledgement in time, officer or not."""

from datetime import datetime

from casework.acknowledge import FORMAL, RECEIPT_AT_MOST, STAGE, owe, queue_letter
from casework.begin_stage import begin_stage
from casework.may_acknowledge import caps_reached, reasons_against_address
from casework.policy import HOUR, Policy
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import LetterKind, Status, TaskKind
from models.errors import TryAgainLater
from models.ports import UnitOfWork, UnitsOfWork

_BATCH = 100


def run_guard(
    units: UnitsOfWork, *, policy: Policy, letterhead: Letterhead, now: datetime
) -> list[tuple[str, str]]:
    """Acknowledge every case whose guard time has come, one unit of work each; return what was done."""
    done = []
    with units() as uow:
        due = uow.cases.due_for_guard(now=now, limit=_BATCH)
    for reference in due:
        try:
            with units() as uow:
                case = uow.cases.get(reference)
                if case.guard_at is None or case.guard_at > now:
                    continue  # Somebody was quicker.
                what = guard_case(uow, case, policy=policy, letterhead=letterhead, now=now)
                uow.commit()
        except TryAgainLater:
            raise
        except Exception as error:  # noqa: BLE001  # One case must never make those behind it late.
            what = f"failed ({type(error).__name__})"
        done.append((reference, what))
    return done


def guard_case(uow: UnitOfWork, case: Case, *, policy: Policy, letterhead: Letterhead, now: datetime) -> str:
    """Queue the formal acknowledgement that a case lacks, and tell its officer by a task."""
    kind = _kind_for(case)
    against = reasons_against_address(case.reply_address, policy)
    if RECEIPT_AT_MOST & set(case.flags):
        against.append("safety or abuse is at stake, so a person decides what is sent")
    case.guard_at = None
    capped = [] if against else caps_reached(case.reply_address, letters=uow.letters, policy=policy, now=now)
    if capped:
        case.guard_at = now + HOUR
        done = "put off for an hour: " + "; ".join(capped)
    elif against:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        done = "acknowledgement owed: " + "; ".join(against)
    else:
        _begin(case, kind, policy=policy)
        queue_letter(
            uow, case, kind, answered=case.messages[-1],
            is_dissatisfied=True, policy=policy, letterhead=letterhead, now=now,
        )  # fmt: skip
        case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
        owe(
            case,
            TaskKind.GUARD_ACTED,
            "acknowledged by the guard, since nobody had ruled; please rule",
            now=now,
        )
        done = f"letter queued: {kind}"
    uow.audit.add(
        AuditRow(at=now, actor="guard", action="guarded", case_reference=case.reference,
                 detail={"done": done})
    )  # fmt: skip
    return done


def _kind_for(case: Case) -> LetterKind:
    if case.escalation_received_on is not None:
        return LetterKind.STAGE_2_ACKNOWLEDGEMENT
    return FORMAL.get(case.status, LetterKind.STAGE_1_ACKNOWLEDGEMENT)


def _begin(case: Case, kind: LetterKind, *, policy: Policy) -> None:
    """Open the stage that the letter belongs to; until somebody rules, a likely complaint is one."""
    stage = STAGE[kind]
    if case.status not in FORMAL:
        case.status = Status.COMPLAINT
    if stage > case.stage:
        arrived_on = case.escalation_received_on or case.received_on
        begin_stage(case, stage, received_on=arrived_on, policy=policy)
