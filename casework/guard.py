"""The guard: likely complaints get their formal acknowledgement in time, officer or not."""

from datetime import datetime

from casework.acknowledge import FORMAL, RECEIPT_AT_MOST, STAGE, owe, queue_letter
from casework.begin_stage import begin_stage, keep_request_open
from casework.common import last_message
from casework.may_acknowledge import caps_reached
from casework.policy import HOUR, Policy
from casework.ways import goes_by_hand, reasons_against_reaching, recipient_of, ways_of
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
    """Queue the formal acknowledgement that a case lacks, and tell its officer by a task.

    Where safety or abuse is at stake a person ought to have decided what is sent; if none has, the five days
    count all the same (LGSCO 6.2, HO 6.2), and the letter repeats nothing of what was told us.
    """
    kind = _kind_for(case)
    against = reasons_against_reaching(uow, case, policy)
    is_delicate = bool(RECEIPT_AT_MOST & set(case.flags))
    case.guard_at = None
    capped = [] if against else _caps_reached(uow, case, policy, now=now)
    if capped:
        case.guard_at = now + HOUR
        done = "put off for an hour: " + "; ".join(capped)
    elif against:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        done = "acknowledgement owed: " + "; ".join(against)
    else:
        _begin(case, kind, policy=policy)
        queue_letter(
            uow, case, kind, answered=last_message(case),
            is_dissatisfied=not is_delicate, policy=policy, letterhead=letterhead, now=now,
        )  # fmt: skip
        case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
        owe(
            case,
            TaskKind.GUARD_ACTED,
            "acknowledged by the guard, since nobody had ruled; please rule"
            + (" (safety or abuse is at stake)" if is_delicate else ""),
            now=now,
        )
        done = f"letter queued: {kind}"
    uow.audit.add(
        AuditRow(at=now, actor="guard", action="guarded", case_reference=case.reference,
                 detail={"done": done})
    )  # fmt: skip
    return done


def _caps_reached(uow: UnitOfWork, case: Case, policy: Policy, *, now: datetime) -> list[str]:
    """Return the cap that puts the letter off; none does where a person posts it or rings."""
    ways = ways_of(uow, case)
    if goes_by_hand(ways):
        return []
    return caps_reached(recipient_of(case, ways), letters=uow.letters, policy=policy, now=now)


def _kind_for(case: Case) -> LetterKind:
    if case.escalation_received_on is not None:
        return LetterKind.STAGE_2_ACKNOWLEDGEMENT
    return FORMAL.get(case.status, LetterKind.STAGE_1_ACKNOWLEDGEMENT)


def _begin(case: Case, kind: LetterKind, *, policy: Policy) -> None:
    """Open the stage that the letter belongs to; until somebody rules, a likely complaint is one."""
    stage = STAGE[kind]
    if case.status not in FORMAL:
        keep_request_open(case)
        case.status = Status.COMPLAINT
    if stage > case.stage:
        arrived_on = case.escalation_received_on or case.received_on
        begin_stage(case, stage, received_on=arrived_on, policy=policy)
