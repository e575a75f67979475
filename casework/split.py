"""A matter of its own leaves the case that it came in with, by its points or by the message that raised it.

Its clock is not reset: points are as old as their case, a message as the day on which it came. A message
that somebody else wrote is their case, as if it had come alone: nothing of the one person reaches the other.
"""

from collections.abc import Sequence
from datetime import date, datetime

from casework.acknowledge import FORMAL, STAGE, owe
from casework.by_hand import keep_note, note_as_mail
from casework.common import open_for_change, require_words
from casework.consent import consent_on_record
from casework.points import point_of
from casework.policy import Policy
from casework.take_back import take_back
from casework.ways import key_of, known_as, reasons_against_reaching
from casework.write_letter import write_letter
from casework.writer import Writer, give_to, take_words, writer_of
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Point, Ruling
from models.codes import LetterKind, Outcome, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Message, ParsedMessage, Person
from models.people import Arrangement
from models.ports import UnitOfWork
from models.reference import message_name, new_reference

FOLDER = "split"
"""Where the ledger keeps the notes that begin cases split off by their points."""

_STATUSES = frozenset(Status) - {Status.ESCALATION}


def split(
    uow: UnitOfWork,
    reference: str,
    *,
    points: Sequence[int] = (),
    message: int | None = None,
    status: Status,
    reason: str,
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    category: str | None = None,
    seen: int | None = None,
) -> tuple[str, str]:
    """Open a case of its own for points of a case, or for a later message of it (LGSCO 6.9, HO 6.8).

    Return its reference and what was done. It has the same person, or whoever wrote the message, its own
    acknowledgement, and the dates of the case that it leaves, or of the message. What the message alone had
    begun on the old case is taken back. Raises InputInvalid where there is nothing to split off, a point has
    been decided, or one would go to somebody else.
    """
    officer = require_words(officer, what="say who splits it", option="--officer")
    reason = require_words(reason, what="a splitting needs its reason", option="--reason")
    if status not in _STATUSES:
        raise InputInvalid("stage 2 follows an answer of its own; split it off as a complaint (--status)")
    case = open_for_change(uow, reference, seen=seen)
    leaving = [_undecided(case, number) for number in dict.fromkeys(points)]
    raised_in = _later_message(case, message) if message is not None else None
    if raised_in is None and (case.answered_on is not None or not leaving):
        raise InputInvalid(_nothing_to_split(case))
    writer = _somebody_else(case, raised_in, leaving, policy)
    split_off = _case_beside(
        case, raised_in, status=status, category=category or case.category, policy=policy, now=now
    )
    if raised_in is not None:
        take_words(uow, split_off, raised_in, policy)
    answered = raised_in or (case.messages[0] if case.messages else None)
    begun_by = raised_in or _note(
        uow, case, leaving, split_off.reference, officer=officer, letterhead=letterhead, now=now
    )
    _move(case, split_off, begun_by, leaving, now=now)
    split_off.rulings.append(
        Ruling(
            officer=officer, ruled_at=now, status=status, category=split_off.category,
            ombudsman=split_off.ombudsman, reason=f"split from {reference}: {reason}",
        )
    )  # fmt: skip
    uow.cases.add(split_off)
    if writer is None:
        _copy_arrangements(uow, case, split_off)
    else:
        give_to(uow, split_off, begun_by, writer)
    uow.flush()
    answer_by = _answer_promised(case, split_off) if raised_in is None else None
    done = _acknowledge(
        uow, split_off, answered, answer_by=answer_by,
        is_confirmed=writer is None or not writer.needs_confirming,
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    taken_back = [] if raised_in is None else take_back(uow, case, raised_in, policy=policy)
    # One row shows with both cases: with the old one by its reference, with the new one by the message.
    detail = {
        "to": split_off.reference, "points": [*points], "received_on": split_off.received_on.isoformat(),
        "reason": reason, "letter": done, "complainant": "the same" if writer is None else "who wrote it",
        **({"taken_back": taken_back} if taken_back else {}),
    }  # fmt: skip
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="case_split", case_reference=reference, message_id=begun_by.id,
            detail=detail,
        )
    )  # fmt: skip
    whose = [] if writer is None else ["it is the case of whoever wrote the message"]
    return split_off.reference, "; ".join([done, *whose, *taken_back])


def _somebody_else(
    case: Case, raised_in: Message | None, leaving: Sequence[Point], policy: Policy
) -> Writer | None:
    """Return who wrote the message that leaves, None where that is the person of the case."""
    writer = writer_of(raised_in, policy) if raised_in is not None else None
    if writer is None or not writer.is_another_than(case, policy):
        return None
    if leaving:
        raise InputInvalid(
            f"somebody else wrote that message, and the points of case {case.reference} are not theirs; "
            "split off the message alone, and add its points to the new case (heard case point --add)"
        )
    return writer


def _undecided(case: Case, number: int) -> Point:
    point = point_of(case, number)
    if point.outcome is not None:
        raise InputInvalid(
            f"point {number} of case {case.reference} was decided on {point.decided_on}, and stays with it"
        )
    return point


def _later_message(case: Case, number: int) -> Message:
    """Return a message of the case other than its first; raises InputInvalid."""
    found = next((each for each in case.messages if each.id == number), None)
    if found is None:
        known = ", ".join(message_name(each.id) for each in case.messages)
        raise InputInvalid(
            f"{message_name(number)} is no message of case {case.reference}; it holds {known or 'none'}"
        )
    if found is case.messages[0]:
        raise InputInvalid(
            f"{message_name(number)} is what case {case.reference} began with; "
            "split off points instead (--points)"
        )
    return found


def _nothing_to_split(case: Case) -> str:
    if case.answered_on is not None:
        return (
            f"case {case.reference} had its answer on {case.answered_on}; what came after it is split off "
            "by its message (--message), or taken down with heard case new"
        )
    return f"name the points of case {case.reference} that leave it (--points), or a message (--message)"


def _case_beside(
    case: Case, raised_in: Message | None, *, status: Status, category: str, policy: Policy, now: datetime
) -> Case:
    """Return the new case: the same person, and the same date unless a later message raised it."""
    arrived_on = received_on(raised_in.received_at) if raised_in else case.received_on
    return Case(
        reference=new_reference(), opened_at=now, received_on=arrived_on, status=status, category=category,
        ombudsman=case.ombudsman, stage=STAGE[FORMAL[status]] if status in FORMAL else 0,
        complainant_name=case.complainant_name, complainant_address=case.complainant_address,
        complainant_found_in=case.complainant_found_in, reply_address=case.reply_address,
        represented_name=case.represented_name, claimed_on=None if raised_in else case.claimed_on,
        subject=raised_in.subject if raised_in else case.subject,
        acknowledge_by=policy.working_days.acknowledge_by(arrived_on),
        awaits_officer=status in FORMAL, priority=case.priority, flags=list(case.flags),
        channel=case.channel, assigned_to=case.assigned_to,
        is_historic=case.is_historic, split_from=case.reference,
    )  # fmt: skip


def _note(
    uow: UnitOfWork,
    case: Case,
    leaving: Sequence[Point],
    reference: str,
    *,
    officer: str,
    letterhead: Letterhead,
    now: datetime,
) -> Message:
    """Keep a note of the points with which the new case begins, as old as the first message."""
    text = "\n\n".join(point.text for point in leaving)
    received_at = case.messages[0].received_at if case.messages else now
    fields = {"X-Heard-Case": reference, "X-Heard-Split-From": case.reference}
    raw = note_as_mail(
        text, officer=officer, subject=case.subject, sent_at=now, fields=fields, letterhead=letterhead
    )
    person = Person(name=case.complainant_name, address=case.complainant_address)
    parsed = ParsedMessage(
        subject=case.subject, sender=person, received_at=received_at, text=text, reply_text=text
    )
    return keep_note(uow, raw, folder=FOLDER, uid=reference, parsed=parsed, now=now)


def _move(case: Case, split_off: Case, begun_by: Message, leaving: Sequence[Point], *, now: datetime) -> None:
    """Give the new case its message and its points, counted from 1, and what is to be done about them."""
    why = f"split from {case.reference} by an officer"
    if begun_by in case.messages:
        case.messages.remove(begun_by)
        begun_by.correct(Outcome.CASE, reason=why, now=now)
    else:
        begun_by.settle(Outcome.CASE, reason=why, now=now)
    split_off.messages.append(begun_by)
    for number, point in enumerate(leaving, start=1):
        case.points.remove(point)
        for action in [each for each in case.actions if each.point == point.number]:
            case.actions.remove(action)
            action.point = number
            action.number = len(split_off.actions) + 1
            split_off.actions.append(action)
        point.number = number
        split_off.points.append(point)
    for task in [each for each in case.tasks if each.message_id == begun_by.id and each.closed_at is None]:
        if task.kind is TaskKind.READ_REPLY:
            task.closed_at = now
        else:
            case.tasks.remove(task)
            split_off.tasks.append(task)


def _copy_arrangements(uow: UnitOfWork, case: Case, split_off: Case) -> None:
    """Let the new case respect what holds for the old one alone: consent, and ways without an address."""
    alone = {each.id: each for each in consent_on_record(uow, case)}
    agreed = uow.people.of(known_as(case))
    alone |= {each.id: each for each in agreed if each.address == key_of(case.reference)}
    for each in alone.values():
        by_case = each.address == key_of(case.reference)
        uow.people.add(
            Arrangement(
                address=key_of(split_off.reference) if by_case else each.address, kind=each.kind,
                what=each.what, reason=each.reason, officer=each.officer, agreed_on=each.agreed_on,
                way=each.way, value=each.value, review_on=each.review_on,
                case_reference=split_off.reference,
            )
        )  # fmt: skip


def _answer_promised(case: Case, split_off: Case) -> date | None:
    """Return the date that was promised for the points already, None where none was at this stage."""
    return (case.extended_to or case.respond_by) if case.stage == split_off.stage else None


def _acknowledge(
    uow: UnitOfWork,
    case: Case,
    answered: Message | None,
    *,
    answer_by: date | None,
    is_confirmed: bool,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Write the new case's own acknowledgement, or open the task in its place; return what was done."""
    kind = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    if case.status in FORMAL:
        kind = FORMAL[case.status]
    elif case.status is not Status.SERVICE_REQUEST:
        return "no letter needed"
    if case.is_historic:
        case.awaits_officer = False
        return "no letter: the case is historic"
    today = received_on(now)
    against = reasons_against_reaching(uow, case, policy)
    if not is_confirmed:
        against = [f"nobody has confirmed whose it is: heard rule {case.reference} --complainant"]
    if answer_by is not None and answer_by < today:
        against = [f"the answer was promised for {answer_by} and is overdue; please tell them yourself"]
    if kind in STAGE and against:
        case.respond_by = answer_by
    if against:
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "acknowledgement owed: " + "; ".join(against)
    respond_by = None
    if kind in STAGE:
        respond_by = answer_by or policy.working_days.respond_by(today, stage=STAGE[kind])
        case.promise_answer(respond_by)
    write_letter(
        uow, case, kind, answered=answered, respond_by=respond_by,
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    return f"letter written: {kind}"
