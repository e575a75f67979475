"""What an officer does with a message that became no case: makes it one, files it, has it read again."""

from datetime import datetime

from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.record_ruling import record_ruling
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import Category, Ombudsman, Outcome, Status
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Message
from models.ports import UnitOfWork
from models.reference import message_name, new_reference

_WORKABLE = frozenset({Outcome.QUARANTINE, Outcome.MACHINE})


def treat_as_case(
    uow: UnitOfWork,
    number: int,
    *,
    status: Status,
    category: str | None,
    ombudsman: Ombudsman | None,
    reason: str,
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Open a case for a message that became none, with an officer's ruling; return what was done.

    Its clock runs from the day on which the message reached us, however late that is found out. What could be
    read of the message, if little, goes into the case. Raises InputInvalid where it already belongs to one.
    """
    message = _workable(uow, number)
    case = _case_of(message, status, policy=policy, now=now)
    message.correct(Outcome.CASE, reason="an officer treated it as a case", now=now)
    case.messages.append(message)
    uow.cases.add(case)
    uow.messages.close_tasks_of(number, now=now)
    uow.flush()
    done = record_ruling(
        uow, case.reference, status=status, category=category, ombudsman=ombudsman, reason=reason,
        officer=officer, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    return f"case {case.reference} opened; {done}"


def file_message(uow: UnitOfWork, number: int, *, reason: str, officer: str, now: datetime) -> str:
    """Close the item of a message that needs nothing more, on an officer's word; return what was done."""
    message = _workable(uow, number)
    message.correct(Outcome.MACHINE, reason=f"filed by an officer: {reason}", now=now)
    uow.messages.close_tasks_of(number, now=now)
    _record(uow, message, "message_filed", officer, reason, now=now)
    return "filed; nothing more awaits"


def try_again(uow: UnitOfWork, number: int, *, officer: str, now: datetime) -> None:
    """Let a quarantined message take its way once more, from its kept bytes.

    Raises InputInvalid where it is not in quarantine.
    """
    message = uow.messages.get(number)
    if message.outcome is not Outcome.QUARANTINE:
        raise InputInvalid(f"{message_name(number)} is not in quarantine; it ended as {message.outcome}")
    uow.messages.begin_again(message)
    uow.messages.close_tasks_of(number, now=now)
    _record(uow, message, "tried_again", officer, "", now=now)


def _workable(uow: UnitOfWork, number: int) -> Message:
    message = uow.messages.get(number)
    if message.outcome not in _WORKABLE:
        where = f"it ended as {message.outcome}" if message.outcome else "it has not been read yet"
        raise InputInvalid(f"{message_name(number)} cannot be ruled on by itself: {where}")
    return message


def _case_of(message: Message, status: Status, *, policy: Policy, now: datetime) -> Case:
    """Return the case of a message that nobody has triaged; the ruling fills in what the officer said."""
    arrived_on = received_on(message.received_at)
    address = message.sender_address.casefold()
    return Case(
        reference=new_reference(),
        opened_at=now,
        received_on=arrived_on,
        status=status,
        category=Category.OTHER,
        ombudsman=Ombudsman.LGSCO,
        stage=0,
        complainant_name=message.sender_name,
        complainant_address=address,
        complainant_found_in="from" if address else "",
        reply_address="" if reasons_against_address(address, policy) else address,
        subject=message.subject,
        acknowledge_by=policy.working_days.acknowledge_by(arrived_on),
        is_historic=message.is_historic,
    )


def _record(
    uow: UnitOfWork, message: Message, action: str, officer: str, reason: str, *, now: datetime
) -> None:
    uow.audit.add(
        AuditRow(at=now, actor=officer, action=action, message_id=message.id, detail={"reason": reason})
    )
