"""What was acknowledged as a complaint is none: a correction of ours, never a refusal in other words.

Whoever was told in writing that they have complained hears when that no longer holds, and how to complain
all the same. What is a complaint and not accepted has its ground and its reasons (LGSCO 2.4, HO 2.4), and is
not ended here.
"""

from datetime import date, datetime

from casework.acknowledge import FORMAL, STAGE
from casework.begin_stage import keep_request_open
from casework.common import send_letter, signing_officer, still_here
from casework.complainant import Confirmed
from casework.end_stage import clocks_of, end_stage
from casework.policy import Policy
from casework.wishes import chooses_to_complain
from letters.details import CorrectionDetails
from letters.letterhead import Letterhead
from models.case import Case, Letter, Task
from models.codes import LetterKind, LetterState, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork
from models.reference import message_name

NOTHING_NEW = frozenset({"no letter needed", "the letter has been queued or sent before"})
"""What follows up a status without a word to the person."""


def acknowledgements_gone(uow: UnitOfWork, case: Case) -> list[Letter]:
    """Return the formal acknowledgements that the person has, or that are on their way to them."""
    coming = {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND}
    here = still_here(uow, case, *STAGE)
    return [
        each
        for each in case.letters
        if each.kind in STAGE
        and (each.state is LetterState.SENT or (each.state in coming and each not in here))
    ]


def check_correction(
    uow: UnitOfWork, case: Case, status: Status | None, *, is_correction: bool, officer: str
) -> bool:
    """Say whether a ruling takes back what was acknowledged as a complaint.

    Raises InputInvalid where it would, and nobody says that it is a correction, or it cannot be one: the
    person said themselves that they complain, or have had an answer (LGSCO 2.4, HO 2.4).
    """
    if is_correction and (status is None or status in FORMAL):
        raise InputInvalid(
            "--correction says that they never complained; name what it is instead, such as --status enquiry"
        )
    if status is None or status in FORMAL or case.status not in FORMAL or case.stage == 0:
        return False
    gone = acknowledgements_gone(uow, case)
    if not gone:
        return False
    _check_unanswered(case)
    if not is_correction:
        raise InputInvalid(_say_which(case, gone[-1]))
    _check_never_chosen(case)
    signing_officer(uow, officer)
    return True


def end_complaint(case: Case, *, now: datetime) -> dict[str, str | int | None]:
    """End the stage of what was no complaint; return the dates that it had, for the audit.

    At stage 0 a reply that says so makes it a complaint again (`casework/join_case.py`). A service request
    is open from now on, as where a complaint is converted (LGSCO 1.7, HO 1.5).
    """
    clocks = clocks_of(case)
    end_stage(case)
    keep_request_open(case)
    if case.status is Status.SERVICE_REQUEST:
        case.request_closed_on = None
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    return clocks


def tell_of_correction(
    uow: UnitOfWork,
    case: Case,
    done: str,
    *,
    confirmed: Confirmed | None = None,
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Write to the person that it is no complaint any longer, with the choice to complain; say what was done.

    `done` says what followed so far. This is the one letter of it: that of a request says nothing of the
    complaint that has ended, so this one says what becomes of the request. Where the same ruling has
    `confirmed` that it is somebody else's case, a person tells who was told.
    """
    if case.is_historic:
        return done
    if was_somebody_else_told(confirmed):
        return _have_the_other_told(case, done, now=now)
    if done not in NOTHING_NEW:
        return done
    details = CorrectionDetails(
        signed_by=signing_officer(uow, officer).full_name,
        is_request=case.status is Status.SERVICE_REQUEST,
    )
    return send_letter(
        uow, case, LetterKind.CORRECTION, details, policy=policy, letterhead=letterhead, now=now
    )


def was_somebody_else_told(confirmed: Confirmed | None) -> bool:
    """Say whether whoever was told of a complaint is not whose case it is, as was just confirmed."""
    return confirmed is not None and confirmed.is_new_address and confirmed.is_somebody_else


def _have_the_other_told(case: Case, done: str, *, now: datetime) -> str:
    """Have somebody tell who was told of a complaint that is neither theirs nor one."""
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=TaskKind.LETTER_UNDELIVERED, opened_at=now, due_by=received_on(now),
            note="the acknowledgement went to somebody else; tell them that no complaint of theirs runs",
        )
    )  # fmt: skip
    return f"{done}; somebody else was told of a complaint: please tell them, see the tasks"


def _check_unanswered(case: Case) -> None:
    """Raise InputInvalid where the complaint has had an answer: what was answered as one was one."""
    ran_stage_1 = case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT) or bool(case.stage_1_officer)
    if case.answered_on is None and (case.stage == 1 or not ran_stage_1):
        return
    raise InputInvalid(
        f"case {case.reference} has had its stage 1 answer and stays a complaint; to settle what came since, "
        f"rule without --status, or close the case with a reason: heard case close {case.reference}"
    )


def _say_which(case: Case, letter: Letter) -> str:
    told_on = _day_of(case, letter)
    return (
        f"they were told on {told_on} that case {case.reference} is a complaint at stage "
        f"{STAGE[letter.kind]}, so say which it is. If triage was wrong and they never complained: the same "
        "with --correction, and they are told. If it is a complaint that you do not accept, that needs its "
        f"reasons: heard case exclude {case.reference}. If they no longer want it as one: heard case convert "
        f"{case.reference} --to service-request, or heard case close {case.reference} --withdrawn. "
        "To settle a reply and leave it a complaint, rule without --status"
    )


def _check_never_chosen(case: Case) -> None:
    """Raise InputInvalid where the person asked in our own words to be treated as a complaint."""
    chosen = next((each for each in case.messages if chooses_to_complain(each.reply_text)), None)
    if chosen is not None:
        raise InputInvalid(
            f"{message_name(chosen.id)} asks to treat case {case.reference} as a complaint, so it is no "
            f"mistake of triage; not to accept it needs its reasons: heard case exclude {case.reference}. If "
            f"they took it back since: heard case close {case.reference} --withdrawn"
        )


def _day_of(case: Case, letter: Letter) -> date:
    return case.acknowledged_on or received_on(letter.sent_at or letter.queued_at)
