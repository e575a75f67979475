"""An officer's ruling: the third record, what it changes on the case, and the letter that it asks for."""

from collections.abc import Sequence
from datetime import datetime

from casework.acknowledge import FORMAL, STAGE, owe, queue_letter
from casework.begin_stage import begin_stage
from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Ruling
from models.codes import Flag, LetterKind, Ombudsman, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Person
from models.ports import UnitOfWork

_SETTLED_BY_RULING = (
    TaskKind.READ_REPLY,
    TaskKind.CHECK_OTHER,
    TaskKind.DUTY_ALERT,
    TaskKind.GUARD_ACTED,
    TaskKind.POSSIBLE_REPLY,
    TaskKind.READ_ATTACHMENT,
)


def record_ruling(
    uow: UnitOfWork,
    reference: str,
    *,
    status: Status | None,
    category: str | None,
    ombudsman: Ombudsman | None,
    reason: str,
    officer: str,
    exclusions: Sequence[str] | None = None,
    flags: Sequence[Flag] | None = None,
    is_answered: bool = False,
    complainant: Person | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Record what an officer decided and queue the letter that follows; return what was done.

    What is None stays as it is: a ruling without changes agrees with the suggestion. `exclusions` and `flags`
    are all that apply, which is what the classifier learns; they refuse nobody. A complaint stays with
    the officers until `is_answered` records that its stage has had the full answer. `complainant` says whose
    case it is, and who is answered, where that was uncertain.
    Raises InputInvalid without a reason, UnknownReference where there is no such case.
    """
    if not reason.strip():
        raise InputInvalid("a ruling needs a reason; say in a sentence why (--reason)")
    if not officer.strip():
        raise InputInvalid("a ruling needs the name of who rules (--officer)")
    case = uow.cases.get(reference)
    if complainant is not None:
        _confirm_complainant(case, complainant, policy=policy)
    before = {"status": case.status.value, "category": str(case.category)}
    case.status = status or case.status
    case.category = category or case.category
    case.ombudsman = ombudsman or case.ombudsman
    case.flags = case.flags if flags is None else sorted(flags)
    case.rulings.append(
        Ruling(
            officer=officer, ruled_at=now, status=case.status, category=case.category,
            ombudsman=case.ombudsman, reason=reason.strip(),
            exclusions=None if exclusions is None else sorted(exclusions),
            flags=None if flags is None else sorted(flags),
        )
    )  # fmt: skip
    if is_answered and case.status not in FORMAL:
        raise InputInvalid(f"case {case.reference} is no complaint, so there is no answer to record")
    if is_answered:
        case.answered_on = received_on(now)
    if case.status is not Status.ESCALATION:
        case.escalation_received_on = None
    case.awaits_officer = case.status in FORMAL and not is_answered
    case.close_tasks(*_SETTLED_BY_RULING, now=now)
    done = _follow_up(uow, case, policy=policy, letterhead=letterhead, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="ruling_recorded", case_reference=case.reference,
            detail={
                "before": before,
                "after": {"status": case.status.value, "category": str(case.category)},
                "reason": reason.strip(),
                "letter": done,
            },
        )
    )  # fmt: skip
    return done


def _confirm_complainant(case: Case, person: Person, *, policy: Policy) -> None:
    """Take an officer's word for whose case it is, and answer that person from now on."""
    against = reasons_against_address(person.address.casefold(), policy) if person.address else []
    if against:
        raise InputInvalid(f"{person.address} cannot be answered: {'; '.join(against)}")
    case.complainant_name, case.complainant_address = person.name, person.address.casefold()
    case.complainant_found_in = "officer"
    case.reply_address = case.complainant_address


def _follow_up(uow: UnitOfWork, case: Case, *, policy: Policy, letterhead: Letterhead, now: datetime) -> str:
    """Begin the stage that the ruling asks for and queue the letter that is still missing."""
    kind = FORMAL.get(case.status)
    if kind is None:
        case.guard_at = None
        if case.status is not Status.SERVICE_REQUEST:
            return "no letter needed"
        kind = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    else:
        _begin_stage(case, STAGE[kind], policy=policy)
    if case.has_letter(kind):
        case.guard_at = None
        return "the letter has been queued or sent before"
    against = reasons_against_address(case.reply_address, policy)
    if case.is_historic:
        case.awaits_officer = False
        return "no letter: the case is historic"
    if against:
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "no letter: " + "; ".join(against)
    queue_letter(
        uow, case, kind, answered=case.messages[-1],
        is_dissatisfied=True, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    return f"letter queued: {kind}"


def _begin_stage(case: Case, stage: int, *, policy: Policy) -> None:
    """Open the stage; a complaint that was taken for something else is as old as its first message."""
    if stage == 1 and case.stage > 1 and not case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT):
        case.stage = 0  # It was opened at stage 2 by mistake: stage 1 never ran.
    if stage <= case.stage:
        return
    if case.stage == 1 and case.answered_on is None:
        raise InputInvalid(
            f"case {case.reference} is at stage 1 and has no answer on record; stage 2 follows an answer. "
            "Record it first (--answered), or rule that it is a complaint"
        )
    last = case.messages[-1] if stage > 1 and case.stage else case.messages[0]
    arrived_on = case.escalation_received_on or received_on(last.received_at)
    begin_stage(case, stage, received_on=arrived_on, policy=policy)
