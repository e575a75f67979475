"""An officer's ruling: the third record, what it changes on the case, and the letter that it asks for."""

from collections.abc import Sequence
from datetime import date, datetime

from casework.acknowledge import FORMAL, STAGE, owe, queue_letter
from casework.arrangements import note_known_vulnerability
from casework.begin_stage import begin_stage
from casework.common import (
    SETTLED_BY_READING,
    is_same_officer,
    last_message,
    open_for_change,
    was_refused,
    withdraw_unsent,
)
from casework.complainant import Confirmed, acknowledge_in_own_right, confirm_complainant
from casework.correct import (
    check_correction,
    end_complaint,
    tell_of_correction,
    was_somebody_else_told,
)
from casework.given_answer import refuse_while_answer_waits
from casework.policy import Policy
from casework.priority import weigh
from casework.ways import reasons_against_reaching
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Letter, Ruling
from models.codes import Flag, LetterKind, LetterState, Ombudsman, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Person
from models.ports import UnitOfWork

_ALERT_SETTLED = "the alert that somebody may be in danger is settled"
"""Said to who rules, and kept: nobody ticks off a danger without knowing it."""


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
    is_correction: bool = False,
    is_disputed: bool = False,
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
    `complainant` says whose case it is, and who is answered, where that was uncertain. `is_correction` says
    that what was acknowledged as a complaint never was one; without it no ruling ends such a complaint, and
    a refusal has its own way (LGSCO 2.4, HO 2.4). Nothing is learnt from what `is_disputed`. `seen` is the
    version of the case that the officer saw.
    Raises InputInvalid without a reason or where somebody else was quicker, UnknownReference where there is
    no such case.
    """
    if not reason.strip():
        raise InputInvalid("a ruling needs a reason; say in a sentence why (--reason)")
    if not officer.strip():
        raise InputInvalid("a ruling needs the name of who rules (--officer)")
    case = open_for_change(uow, reference, seen=seen)
    ends = check_correction(uow, case, status, is_correction=is_correction, officer=officer)
    confirmed = Confirmed()
    if complainant is not None:
        confirmed = confirm_complainant(
            uow, case, complainant, reason=reason.strip(), officer=officer, policy=policy, now=now
        )
    before = {"status": case.status.value, "category": str(case.category)}
    case.status = status or case.status
    case.category = category or case.category
    case.ombudsman = ombudsman or case.ombudsman
    if flags is not None:
        weigh(case, flags=flags)
        note_known_vulnerability(uow, case)
    case.rulings.append(
        Ruling(
            officer=officer, ruled_at=now, status=case.status, category=case.category,
            ombudsman=case.ombudsman, reason=reason.strip(),
            exclusions=None if exclusions is None else sorted(exclusions),
            flags=None if flags is None else sorted(flags), is_disputed=is_disputed,
        )
    )  # fmt: skip
    if is_answered:
        _record_answer(case, officer, now=now)
    ended = {"correction": True, "clocks": end_complaint(case, now=now)} if ends else {}
    settles_alert = any(each.kind is TaskKind.DUTY_ALERT and each.closed_at is None for each in case.tasks)
    done = _follow_up_ruling(
        uow, case, status, policy=policy, letterhead=letterhead, now=now,
        is_corrected=ends and not was_somebody_else_told(confirmed),
    )  # fmt: skip
    if ends:
        done = tell_of_correction(
            uow, case, done, confirmed=confirmed, officer=officer,
            policy=policy, letterhead=letterhead, now=now,
        )  # fmt: skip
    own = acknowledge_in_own_right(uow, case, confirmed, policy=policy, letterhead=letterhead, now=now)
    done = "; ".join(filter(None, (done, own, confirmed.in_words(), _ALERT_SETTLED if settles_alert else "")))
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="ruling_recorded", case_reference=case.reference,
            detail={
                "before": before,
                "after": {"status": case.status.value, "category": str(case.category)},
                "reason": reason.strip(),
                "letter": done,
                **({"alert_settled": True} if settles_alert else {}),
                **ended,
                **(confirmed.for_audit() if complainant is not None else {}),
            },
        )
    )  # fmt: skip
    return done


def _follow_up_ruling(
    uow: UnitOfWork,
    case: Case,
    status: Status | None,
    *,
    is_corrected: bool,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Settle what waited for the ruling and do what follows; a refusal or a wish may stay as it was."""
    stays_asked_for = status is None and case.escalation_received_on is not None
    if case.status is not Status.ESCALATION and not stays_asked_for:
        case.escalation_received_on = None
    stays_refused = status is None and was_refused(case)
    case.awaits_officer = stays_asked_for
    case.close_tasks(*SETTLED_BY_READING, now=now)
    if stays_refused:
        case.guard_at = None
        return "no letter: the complaint stays not accepted"
    if stays_asked_for and case.status is not Status.ESCALATION:
        return (
            f"stage 2 was asked for on {case.escalation_received_on} and waits: begin it "
            "(heard case escalate), or rule that it was not (--status complaint)"
        )
    done = follow_up(uow, case, policy=policy, letterhead=letterhead, now=now, is_corrected=is_corrected)
    # Asked afterwards: a stage that has just begun has no answer, whatever the one before had.
    is_unanswered = case.status in FORMAL and case.answered_on is None and not case.is_historic
    case.awaits_officer = case.awaits_officer or is_unanswered
    return done


def _record_answer(case: Case, officer: str, *, now: datetime) -> None:
    """Record that the stage had its full answer elsewhere, and from whom (LGSCO 6.14, HO 6.13)."""
    if case.status not in FORMAL:
        raise InputInvalid(f"case {case.reference} is no complaint, so there is no answer to record")
    refuse_while_answer_waits(case)
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
    is_corrected: bool = False,
) -> str:
    """Begin the stage that the status asks for and queue the letter that is still missing.

    `asked_on` is the day from which the stage's clock runs where an officer names it. Where the person was
    told of a complaint and `is_corrected` says that a correction tells them of its end, a request has no
    letter beside it. Raises InputInvalid where stage 2 would begin before stage 1 has its answer.
    """
    kind = FORMAL.get(case.status)
    if kind is None:
        case.guard_at = None
        withdraw_unsent(uow, case, *STAGE, now=now)
        if case.status is not Status.SERVICE_REQUEST:
            return _settle_owed(case, now=now)
        kind = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    else:
        stage_before = case.stage
        _begin_stage(case, STAGE[kind], policy=policy, asked_on=asked_on, now=now)
        if case.stage > stage_before:
            withdraw_unsent(uow, case, LetterKind.NOT_ACCEPTED, LetterKind.CORRECTION, now=now)
    if _was_queued(case, kind) or (is_corrected and not case.is_historic):
        case.guard_at = None
        case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
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


def _settle_owed(case: Case, *, now: datetime) -> str:
    """Close what is owed to whoever has a letter or awaits none; anybody else is owed one, from an officer.

    Praise and questions need no formal acknowledgement, and yet nobody who wrote to us hears nothing at all.
    A receipt says that somebody reads a message by a day; it answers no question.
    """
    had = {letter.kind for letter in case.letters if _is_for_the_person(letter)}
    has_answer = bool(had - {LetterKind.RECEIPT} if case.status is Status.ENQUIRY else had)
    if case.status is Status.OTHER or case.is_historic or has_answer:
        case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
        return "no letter needed"
    note = "they asked, and have had a receipt only" if had else "they have had no letter from us at all"
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, note, now=now)
    return (
        f"no formal letter needed, but they have had {'a receipt only' if had else 'none at all'}: "
        f"answer them, then close the case (heard case close {case.reference})"
    )


def _is_for_the_person(letter: Letter) -> bool:
    not_coming = {LetterState.FAILED, LetterState.WITHDRAWN}
    return letter.kind is not LetterKind.DUTY_ALERT and letter.state not in not_coming


def _was_queued(case: Case, kind: LetterKind) -> bool:
    """Say whether a letter of this kind is on record; a formal one only for the clock that runs now.

    What is known of a fault was told in place of a request's letter, as was that it is no complaint.
    """
    if kind is LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT:
        was_corrected = case.request_opened_on is not None and case.has_letter(LetterKind.CORRECTION)
        if was_corrected or case.has_letter(LetterKind.KNOWN_ISSUE):
            return True
    return case.has_letter(kind) and (kind not in STAGE or case.respond_by is not None)


def _begin_stage(case: Case, stage: int, *, policy: Policy, asked_on: date | None, now: datetime) -> None:
    """Open the stage; a complaint that was taken for something else is as old as its first message."""
    if stage == 1 and case.stage > 1 and not case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT):
        case.stage = 0  # It was opened at stage 2 by mistake: stage 1 never ran.
    if stage <= case.stage:
        return
    if case.stage == 1 and case.answered_on is None:
        refuse_while_answer_waits(case)
        raise InputInvalid(
            f"case {case.reference} is at stage 1 and has no answer on record; stage 2 follows an answer. "
            "Record it first (--answered), or rule that it is a complaint"
        )
    arrived_on = asked_on or case.escalation_received_on or _arrival(case, stage, now=now)
    begin_stage(case, stage, received_on=arrived_on, policy=policy)


def _arrival(case: Case, stage: int, *, now: datetime) -> date:
    """Return the day of the message that asked for a stage, or of the case where it holds none.

    What came before an answer does not challenge it: where nothing came since, it is asked for today.
    """
    asks_next = stage > 1 and case.stage > 0
    day = case.received_on
    if case.messages:
        day = received_on(case.messages[-1 if asks_next else 0].received_at)
    is_challenge = asks_next and case.answered_on is not None
    return received_on(now) if is_challenge and day < (case.answered_on or day) else day
