"""The guard: likely complaints get their formal acknowledgement in time, officer or not."""

import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.acknowledge import FORMAL, RECEIPT_AT_MOST, STAGE, owe, queue_letter
from casework.begin_stage import begin_stage, keep_request_open
from casework.common import last_message, was_refused
from casework.may_acknowledge import caps_reached
from casework.policy import HOUR, Policy
from casework.ways import goes_by_hand, reasons_against_reaching, recipient_of, ways_of
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, DueForGuard
from models.codes import LetterKind, Status, TaskKind
from models.errors import TryAgainLater
from models.ports import UnitOfWork, UnitsOfWork

_BATCH = 100
"""So many references are read at once; the next ones follow in the same run."""


@dataclass(frozen=True)
class Guarded:
    """What the guard did about a case, or that it failed."""

    reference: str
    done: str
    has_failed: bool = False


def run_guard(
    units: UnitsOfWork, *, policy: Policy, letterhead: Letterhead, now: datetime, batch: int = _BATCH
) -> list[Guarded]:
    """Acknowledge every case whose guard time has come, one unit of work each; return what was done.

    A case that fails keeps its time and is tried again with the next run. However many fail, those behind
    them are reached in this one.
    """
    done: list[Guarded] = []
    after: DueForGuard | None = None
    while due := _due(units, now=now, batch=batch, after=after):
        for each in due:
            try:
                what = _guard_one(units, each.reference, policy=policy, letterhead=letterhead, now=now)
            except TryAgainLater:
                raise
            except Exception as error:  # noqa: BLE001  # One case must never make those behind it late.
                done.append(Guarded(each.reference, _said_of(error), has_failed=True))
                continue
            if what:
                done.append(Guarded(each.reference, what))
        after = due[-1]
    return done


def guard_case(uow: UnitOfWork, case: Case, *, policy: Policy, letterhead: Letterhead, now: datetime) -> str:
    """Queue the formal acknowledgement that a case lacks, and tell its officer by a task.

    Where safety or abuse is at stake a person ought to have decided what is sent; if none has, the five days
    count all the same (LGSCO 6.2, HO 6.2), and the letter repeats nothing of what was told us. What an
    officer did not accept no machine accepts: it is left to them (LGSCO 2.1, 2.5; HO 2.1, 2.5).
    """
    if was_refused(case):
        return _leave_to_officer(uow, case, now=now)
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


def _due(units: UnitsOfWork, *, now: datetime, batch: int, after: DueForGuard | None) -> list[DueForGuard]:
    with units() as uow:
        return uow.cases.due_for_guard(now=now, limit=batch, after=after)


def _guard_one(
    units: UnitsOfWork, reference: str, *, policy: Policy, letterhead: Letterhead, now: datetime
) -> str:
    """Guard one case in a unit of work of its own; return what was done, empty where nothing was left."""
    with units() as uow:
        case = uow.cases.get(reference)
        if case.guard_at is None or case.guard_at > now:
            return ""  # Somebody was quicker.
        what = guard_case(uow, case, policy=policy, letterhead=letterhead, now=now)
        uow.commit()
    return what


def _said_of(error: Exception) -> str:
    """Say what went wrong and where, without the values around it, which may be personal."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"failed ({type(error).__name__} at {Path(place.filename).name}:{place.lineno})"


def _leave_to_officer(uow: UnitOfWork, case: Case, *, now: datetime) -> str:
    """Have an officer read what came after they did not accept the complaint; nothing is sent."""
    case.guard_at, case.awaits_officer = None, True
    note = "the complaint was not accepted, and they write again; please read it"
    owe(case, TaskKind.READ_REPLY, note, now=now)
    done = "no letter: the complaint was not accepted, and an officer reads what came since"
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
