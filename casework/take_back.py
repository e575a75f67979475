"""What a message alone had begun on a case is taken back where the message leaves it.

A clock that a message of one person started must not run against another's case (LGSCO 6.2, 6.12; HO 6.2,
6.11). Where another message says the same, its own day counts from now on.
"""

from collections.abc import Callable
from datetime import date

from casework.acknowledge import FORMAL, STAGE
from casework.policy import Policy
from casework.wishes import asks_for_stage_2, chooses_to_complain
from models.case import Case
from models.codes import Outcome, Status, TaskKind
from models.deadlines import received_on
from models.message import Message
from models.ports import UnitOfWork

_FORMAL_OF_STAGE = {stage: kind for kind, stage in STAGE.items()}


def take_back(uow: UnitOfWork, case: Case, gone: Message, *, policy: Policy) -> list[str]:
    """Undo on a case what only a message that has left it began; return what, in words.

    A stage that has begun runs on, since the person was told of it: the words name it.
    """
    done = [
        *_take_back_wish(uow, case, gone, policy=policy),
        *_take_back_guard(uow, case, gone, policy=policy),
        *_runs_on(uow, case, gone),
    ]
    if _is_settled(case):
        case.awaits_officer = False
    return done


def _take_back_wish(uow: UnitOfWork, case: Case, gone: Message, *, policy: Policy) -> list[str]:
    """Drop the wish for stage 2 that the message expressed, or let it count from the next one's day."""
    day = received_on(gone.received_at)
    if case.escalation_received_on != day or not _asks_next(uow, gone):
        return []
    left = _first_day(case, lambda each: _asks_next(uow, each), since=day)
    if left == day:
        return []
    case.escalation_received_on = left
    if left is not None:
        case.guard_at = policy.guard_at(left)
        return [f"stage 2 counts as asked for on {left}"]
    is_owed = case.answered_on is None and not case.has_letter(_FORMAL_OF_STAGE[1])
    case.guard_at = policy.guard_at(case.received_on) if is_owed else None
    return ["the wish for stage 2 is taken back"]


def _take_back_guard(uow: UnitOfWork, case: Case, gone: Message, *, policy: Policy) -> list[str]:
    """Drop the guard of a likely complaint that the message began, with the day that it set."""
    day = received_on(gone.received_at)
    if case.stage > 0 or case.guard_at is None or case.received_on != day or not case.messages:
        return []
    first_on = received_on(case.messages[0].received_at)
    if first_on == day or not _may_complain(uow, gone):
        return []
    left = _first_day(case, lambda each: _may_complain(uow, each), since=first_on)
    case.received_on = left or first_on
    case.acknowledge_by = policy.working_days.acknowledge_by(case.received_on)
    case.guard_at = policy.guard_at(left) if left is not None else None
    if left is not None:
        return [f"it may be a complaint from {left} on"]
    return ["the guard is taken back"]


def _runs_on(uow: UnitOfWork, case: Case, gone: Message) -> list[str]:
    """Say that a stage began with the message: an officer decides about it, for it was acknowledged."""
    asked = _asks_next(uow, gone) if case.stage > 1 else chooses_to_complain(gone.reply_text)
    if not asked or case.stage == 0 or case.received_on != received_on(gone.received_at):
        return []
    return [f"stage {case.stage} of {case.reference} began with it and runs on; see what becomes of it"]


def _first_day(case: Case, says: Callable[[Message], bool], *, since: date) -> date | None:
    """Return the first day from which on a message that is left says so."""
    written = (each for each in case.messages if each.outcome is not Outcome.MACHINE)
    days = (received_on(each.received_at) for each in written if says(each))
    return min((each for each in days if each >= since), default=None)


def _asks_next(uow: UnitOfWork, message: Message) -> bool:
    said = uow.messages.decision_of(message)
    return asks_for_stage_2(message.reply_text) or (said is not None and said.status is Status.ESCALATION)


def _may_complain(uow: UnitOfWork, message: Message) -> bool:
    said = uow.messages.decision_of(message)
    in_words = chooses_to_complain(message.reply_text) or asks_for_stage_2(message.reply_text)
    return in_words or (said is not None and said.is_likely_complaint)


def _is_settled(case: Case) -> bool:
    """Say whether an officer has decided about a case, and nothing is left for them to do."""
    was_decided = bool(case.rulings) or case.answered_on is not None
    is_owed = case.stage > 0 and case.status in FORMAL and case.answered_on is None
    runs = case.guard_at is not None or case.escalation_received_on is not None
    waits = any(task.closed_at is None and task.kind is not TaskKind.KNOWN_ISSUE for task in case.tasks)
    return was_decided and not (is_owed or runs or waits)
