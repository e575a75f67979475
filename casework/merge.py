"""Two cases that are one matter of one person go on as one; what is answered to either finds it."""

from datetime import date, datetime

from casework.acknowledge import STAGE
from casework.common import open_for_change, require_words, withdraw_unsent
from casework.given_answer import refuse_while_answer_waits
from casework.policy import Policy
from casework.priority import is_complex, weigh
from casework.ways import key_of, known_as
from models.case import AuditRow, Case
from models.codes import LetterKind, LetterState, Outcome, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_FORMAL_OF_STAGE = {stage: kind for kind, stage in STAGE.items()}

_SAID_ONCE = frozenset({*STAGE, LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.RECEIPT})
"""The letters that say the same whichever case they name; two extensions or two questions do not."""

_LONGEST_WAY = 100
"""So often a case may have been merged on; more than any office does, and no circle."""


def merge(
    uow: UnitOfWork,
    reference: str,
    into: str,
    *,
    reason: str,
    officer: str,
    policy: Policy,
    now: datetime,
    seen: int | None = None,
) -> str:
    """Let a case go on in another of the same person; return what was done.

    Messages, letters, points, actions and open tasks move; the earlier dates win. Rulings and refusals stay
    where they were made. Raises InputInvalid where the cases are not one person's, or run at different
    stages, or one had its answer already.
    """
    officer = require_words(officer, what="say who merges", option="--officer")
    reason = require_words(reason, what="a merging needs its reason", option="--reason")
    if reference == into:
        raise InputInvalid(f"case {reference} cannot be merged into itself; name the other one (--into)")
    # Always locked in one order, so that two officers who merge the same two do not wait for each other.
    found = {
        each: open_for_change(uow, each, seen=seen if each == reference else None)
        for each in sorted((reference, into))
    }
    case, other = found[reference], found[into]
    _check_one_person(uow, case, other, policy)
    _check_stages(case, other)
    first = case.messages[0].id if case.messages else None
    _take_earlier_dates(case, other)
    _take_facts(case, other)
    _move_letters(uow, case, other, now=now)
    moved = _move_rest(case, other, now=now)
    _move_arrangements(uow, case, other, now=now)
    _settle_guard(case, other, now=now)
    case.closed_on, case.closed_why = received_on(now), f"merged into {into}: {reason}"
    case.merged_into, case.awaits_officer, case.guard_at = into, False, None
    # One row shows with both cases: with the one by its reference, with the other by the message.
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="case_merged", case_reference=reference, message_id=first,
            detail={"from": reference, "to": into, "reason": reason, "moved": moved},
        )
    )  # fmt: skip
    return f"merged into {into}: {', '.join(f'{count} {what}' for what, count in moved.items() if count)}"


def case_that_goes_on(uow: UnitOfWork, case: Case) -> Case:
    """Return the case in which a merged one goes on, itself where it was not merged."""
    for _ in range(_LONGEST_WAY):
        if not case.merged_into:
            break
        case = uow.cases.get(case.merged_into)
    return case


def _check_one_person(uow: UnitOfWork, case: Case, other: Case, policy: Policy) -> None:
    """Raise InputInvalid unless one address, or one way of contact and one name, is on record for both."""
    is_one = case.represented_name.casefold() == other.represented_name.casefold() and bool(
        _addresses(case, policy) & _addresses(other, policy)
        or (_name(case) and _name(case) == _name(other) and _values(uow, case) & _values(uow, other))
    )
    if not is_one:
        raise InputInvalid(
            f"{case.reference} and {other.reference} are not known to be one person's, and nobody is told of "
            "another's case; if they are, say so first: heard rule REF --complainant"
        )


def _addresses(case: Case, policy: Policy) -> frozenset[str]:
    """Return the addresses of the complainant; those of our own and of web forms are everybody's."""
    own = {case.complainant_address.casefold(), case.reply_address.casefold()}
    return frozenset(own - {""} - policy.own_addresses - policy.form_senders)


def _name(case: Case) -> str:
    return " ".join(case.complainant_name.casefold().split())


def _values(uow: UnitOfWork, case: Case) -> set[str]:
    """Return the postal addresses and telephone numbers under which a person is reached."""
    agreed = uow.people.of(known_as(case))
    return {"".join(each.value.casefold().split()) for each in agreed if each.value}


def _check_stages(case: Case, other: Case) -> None:
    answered = next((each for each in (case, other) if each.answered_on is not None), None)
    if answered is not None:
        raise InputInvalid(
            f"case {answered.reference} had its answer on {answered.answered_on}; what comes after it is a "
            "case of its own"
        )
    for each in (case, other):
        refuse_while_answer_waits(each)
    if case.stage and other.stage and case.stage != other.stage:
        raise InputInvalid(
            f"case {case.reference} is at stage {case.stage} and {other.reference} at stage {other.stage}; "
            "where its message only asks for the next stage of the other, join it: "
            f"heard rule {case.reference} --joins {other.reference}"
        )
    if case.stage and not other.stage:
        raise InputInvalid(
            f"case {case.reference} is a complaint and {other.reference} is not; merge the other way round: "
            f"heard case merge {other.reference} --into {case.reference}"
        )
    if other.is_historic and not case.is_historic:
        raise InputInvalid(f"case {other.reference} is history, and nobody is answered from it")


def _take_earlier_dates(case: Case, other: Case) -> None:
    """Let the earlier dates win; a service request beside a complaint runs by its own, and stays open."""
    if case.status is Status.SERVICE_REQUEST and other.stage:
        other.request_opened_on = _earlier(
            case.request_opened_on or case.received_on, other.request_opened_on
        )
        other.request_closed_on = case.request_closed_on
        if case.guard_at is None:
            return
    other.claimed_on = _earlier(case.claimed_on, other.claimed_on)
    if other.stage > 1 and not case.stage:
        return  # Stage 2 is as old as the day on which it was asked for.
    other.received_on = min(case.received_on, other.received_on)
    other.acknowledge_by = min(case.acknowledge_by, other.acknowledge_by)
    if case.stage == other.stage:
        other.acknowledged_on = _earlier(case.acknowledged_on, other.acknowledged_on)
        other.escalation_received_on = _earlier(case.escalation_received_on, other.escalation_received_on)
        if _is_sooner(case, other):
            other.respond_by, other.extended_to = case.respond_by, case.extended_to


def _is_sooner(case: Case, other: Case) -> bool:
    """Say whether the first of two cases is to be answered sooner, extensions counted."""
    mine, theirs = case.extended_to or case.respond_by, other.extended_to or other.respond_by
    return mine is not None and (theirs is None or mine < theirs)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(filter(None, (one, other)), default=None)


def _take_facts(case: Case, other: Case) -> None:
    points = len(case.points) + len(other.points)
    weigh(other, flags=[*case.flags, *other.flags], matters=max(points, 1 + is_complex(case)))
    other.awaits_officer = case.awaits_officer or other.awaits_officer
    other.assigned_to = other.assigned_to or case.assigned_to
    other.stage_1_officer = other.stage_1_officer or case.stage_1_officer


def _move_letters(uow: UnitOfWork, case: Case, other: Case, *, now: datetime) -> None:
    """Move the letters, less those still here of which the other case has its own: nobody is told twice."""
    doubled = {letter.kind for letter in case.letters if other.has_letter(letter.kind)} & _SAID_ONCE
    withdrawn = withdraw_unsent(uow, case, *doubled, now=now)
    by_hand = [letter for letter in case.letters if letter.state is LetterState.BY_HAND]
    if withdrawn and not by_hand:
        case.close_tasks(TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE, now=now)
    for letter in list(case.letters):
        case.letters.remove(letter)
        other.letters.append(letter)


def _move_rest(case: Case, other: Case, *, now: datetime) -> dict[str, int]:
    """Move messages, points, actions, extensions and open tasks; return how many of those that show."""
    case.close_tasks(TaskKind.POSSIBLE_REPLY, now=now)
    why = f"{case.reference} was merged into {other.reference}"
    after_point = max((each.number for each in other.points), default=0)
    after_action = max((each.number for each in other.actions), default=0)
    messages, points, actions = list(case.messages), list(case.points), list(case.actions)
    tasks = [task for task in case.tasks if task.closed_at is None]
    for message in messages:
        case.messages.remove(message)
        other.messages.append(message)
        if message.outcome is Outcome.CASE:
            message.correct(Outcome.REPLY, reason=why, now=now)
    for point in points:
        case.points.remove(point)
        point.number += after_point
        other.points.append(point)
    for action in actions:
        case.actions.remove(action)
        action.number += after_action
        action.point = None if action.point is None else action.point + after_point
        other.actions.append(action)
    for extension in list(case.extensions):
        case.extensions.remove(extension)
        other.extensions.append(extension)
    for task in tasks:
        case.tasks.remove(task)
        other.tasks.append(task)
    return {
        "messages": len(messages), "points": len(points), "actions": len(actions), "tasks": len(tasks)
    }  # fmt: skip


def _move_arrangements(uow: UnitOfWork, case: Case, other: Case, *, now: datetime) -> None:
    """Let what was agreed on the one case be found with the other; a way that both have is kept once."""
    agreed = uow.people.of(known_as(case))
    taken = {each.way for each in uow.people.of(known_as(other)) if each.way is not None}
    for each in agreed:
        if each.case_reference == case.reference:
            each.case_reference = other.reference
        if each.address == key_of(case.reference):
            each.address = other.complainant_address or key_of(other.reference)
            if each.way in taken:
                each.ended_on = received_on(now)


def _settle_guard(case: Case, other: Case, *, now: datetime) -> None:
    """Guard the acknowledgement that is still missing, by the earlier of both times, and no other."""
    formal = _FORMAL_OF_STAGE.get(other.stage)
    if formal is not None and other.has_letter(formal):
        other.guard_at = None
        other.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
        return
    other.guard_at = min(filter(None, (case.guard_at, other.guard_at)), default=None)
