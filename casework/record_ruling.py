"""An officer's ruling: the third record, what it changes on the case, and the letter that it asks for."""

from collections.abc import Sequence
from datetime import date, datetime

from casework.acknowledge import FORMAL, STAGE, owe, queue_letter
from casework.begin_stage import begin_stage
from casework.common import (
    SETTLED_BY_READING,
    is_same_officer,
    last_message,
    open_for_change,
    was_refused,
    withdraw_unsent,
)
from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.ways import reasons_against_reaching
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Ruling
from models.codes import Flag, LetterKind, LetterState, Ombudsman, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Person
from models.ports import UnitOfWork


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
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Record what an officer decided and queue the letter that follows; return what was done.

    What is None stays as it is: a ruling without changes agrees with the suggestion. `exclusions` and `flags`
    are all that apply, which is what the classifier learns; they refuse nobody. A complaint stays with
    the officers until `is_answered` records that its stage has had the full answer; one that was not accepted
    is accepted after all only where `status` says so, and a stage 2 that was asked for is dropped only then.
    `complainant` says whose case it is, and who is answered, where that was uncertain. `seen` is the version
    of the case that the officer saw.
    Raises InputInvalid without a reason or where somebody else was quicker, UnknownReference where there is
    no such case.
    """
    if not reason.strip():
        raise InputInvalid("a ruling needs a reason; say in a sentence why (--reason)")
    if not officer.strip():
        raise InputInvalid("a ruling needs the name of who rules (--officer)")
    case = open_for_change(uow, reference, seen=seen)
    if complainant is not None:
        _confirm_complainant(uow, case, complainant, policy=policy, now=now)
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
    if is_answered:
        _record_answer(case, officer, now=now)
    stays_asked_for = status is None and case.escalation_received_on is not None
    if case.status is not Status.ESCALATION and not stays_asked_for:
        case.escalation_received_on = None
    stays_refused = status is None and was_refused(case)
    case.awaits_officer = stays_asked_for
    case.close_tasks(*SETTLED_BY_READING, now=now)
    if stays_refused:
        case.guard_at, done = None, "no letter: the complaint stays not accepted"
    elif stays_asked_for and case.status is not Status.ESCALATION:
        done = (
            f"stage 2 was asked for on {case.escalation_received_on} and waits: begin it "
            "(heard case escalate), or rule that it was not (--status complaint)"
        )
    else:
        done = follow_up(uow, case, policy=policy, letterhead=letterhead, now=now)
        # Asked afterwards: a stage that has just begun has no answer, whatever the one before had.
        is_unanswered = case.status in FORMAL and case.answered_on is None and not case.is_historic
        case.awaits_officer = case.awaits_officer or is_unanswered
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


def _confirm_complainant(
    uow: UnitOfWork, case: Case, person: Person, *, policy: Policy, now: datetime
) -> None:
    """Take an officer's word for whose case it is, and answer that person from now on.

    An acknowledgement to somebody else that has not gone yet never goes; the ruling writes another.
    """
    against = reasons_against_address(person.address.casefold(), policy) if person.address else []
    if against:
        raise InputInvalid(f"{person.address} cannot be answered: {'; '.join(against)}")
    if person.address.casefold() != case.reply_address:
        withdrawn = withdraw_unsent(uow, case, *STAGE, LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT)
        if withdrawn and not any(letter.state is LetterState.BY_HAND for letter in case.letters):
            case.close_tasks(TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE, now=now)
    case.complainant_name, case.complainant_address = person.name, person.address.casefold()
    case.complainant_found_in = "officer"
    case.reply_address = case.complainant_address


def _record_answer(case: Case, officer: str, *, now: datetime) -> None:
    """Record that the stage had its full answer elsewhere, and from whom (LGSCO 6.14, HO 6.13)."""
    if case.status not in FORMAL:
        raise InputInvalid(f"case {case.reference} is no complaint, so there is no answer to record")
    by = case.assigned_to or officer
    if case.stage > 1 and is_same_officer(by, case.stage_1_officer):
        raise InputInvalid(
            f"{by} gave the stage 1 answer of case {case.reference} and cannot give that of stage 2; "
            f"assign the case to whoever gave it: heard case assign {case.reference} --to NAME"
        )
    if case.stage == 1:
        case.stage_1_officer = by
    case.answered_on = case.answered_on or received_on(now)


def follow_up(
    uow: UnitOfWork,
    case: Case,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    asked_on: date | None = None,
) -> str:
    """Begin the stage that the status asks for and queue the letter that is still missing.

    `asked_on` is the day from which the stage's clock runs where an officer names it. Raises InputInvalid
    where stage 2 would begin before stage 1 has its answer.
    """
    kind = FORMAL.get(case.status)
    if kind is None:
        case.guard_at = None
        withdraw_unsent(uow, case, *STAGE)
        if case.status is not Status.SERVICE_REQUEST:
            return "no letter needed"
        kind = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    else:
        _begin_stage(case, STAGE[kind], policy=policy, asked_on=asked_on)
    if _was_queued(case, kind):
        case.guard_at = None
        return "the letter has been queued or sent before"
    against = reasons_against_reaching(uow, case, policy)
    if case.is_historic:
        case.awaits_officer = False
        return "no letter: the case is historic"
    if against:
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "no letter: " + "; ".join(against)
    queue_letter(
        uow, case, kind, answered=last_message(case),
        is_dissatisfied=True, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    return f"letter queued: {kind}"


def _was_queued(case: Case, kind: LetterKind) -> bool:
    """Say whether a letter of this kind is on record; a formal one only for the clock that runs now.

    What is known of a fault was told in place of a request's letter.
    """
    if kind is LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT and case.has_letter(LetterKind.KNOWN_ISSUE):
        return True
    return case.has_letter(kind) and (kind not in STAGE or case.respond_by is not None)


def _begin_stage(case: Case, stage: int, *, policy: Policy, asked_on: date | None) -> None:
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
    arrived_on = asked_on or case.escalation_received_on or _arrival(case, stage)
    begin_stage(case, stage, received_on=arrived_on, policy=policy)


def _arrival(case: Case, stage: int) -> date:
    """Return the day of the message that asked for a stage, or of the case where it holds none."""
    if not case.messages:
        return case.received_on
    asked = case.messages[-1] if stage > 1 and case.stage else case.messages[0]
    return received_on(asked.received_at)
