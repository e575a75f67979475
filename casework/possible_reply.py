"""A message that quotes a case without proof that it belongs there: an officer says whether it does.

Until then it is a case of its own with its own date, nothing of the other case is told to its sender, and no
second letter goes out at once to somebody who may only have written again.
"""

from collections.abc import Sequence
from datetime import datetime

from casework.close import open_again
from casework.common import next_stage_was_refused, open_for_change, was_refused
from casework.letter_tasks import FOR_A_WAITING_LETTER
from casework.priority import raise_flags
from casework.wishes import asks_for_stage_2
from models.case import AuditRow, Case, Ruling, Task
from models.codes import Outcome, Status, TaskKind
from models.deadlines import WorkingDays, received_on
from models.errors import InputInvalid
from models.message import Message
from models.ports import UnitOfWork

WAITS = "it may belong to another case; an officer says whether it does"


def note_possible_reply(
    case: Case, quoted: str, *, message_id: int | None, now: datetime, why: str = ""
) -> None:
    """Open the task that asks an officer whether a new case belongs to the one that it quotes, or answers."""
    why = why or f"quotes {quoted} without proof that it belongs there"
    note = f"{why}; confirm with `--joins {quoted}`, or rule on it"
    case.tasks.append(
        Task(
            kind=TaskKind.POSSIBLE_REPLY, opened_at=now, due_by=case.acknowledge_by,
            note=note, message_id=message_id,
        )
    )  # fmt: skip


def confirm_reply(
    uow: UnitOfWork,
    reference: str,
    other_reference: str,
    *,
    reason: str,
    officer: str,
    seen: int | None = None,
    working_days: WorkingDays,
    now: datetime,
) -> str:
    """Move what a case holds to the case that it belongs to; return what was done.

    The emptied case stays on record with the ruling that says so. Raises InputInvalid where that cannot be,
    UnknownReference where there is no such case.
    """
    if reference == other_reference:
        raise InputInvalid(f"case {reference} cannot be joined to itself; name the case that it belongs to")
    # Always locked in one order, as merging does, so that two officers do not wait for each other.
    found = {each: uow.cases.get(each) for each in sorted((reference, other_reference))}
    case, other = open_for_change(uow, reference, seen=seen), found[other_reference]
    if not case.messages:
        raise InputInvalid(f"case {reference} holds no message any longer; it was joined before")
    if other.merged_into:
        raise InputInvalid(f"case {other_reference} goes on as {other.merged_into}; join it to that one")
    if case.respond_by is not None and case.answered_on is None and other.stage == 0:
        raise InputInvalid(
            f"case {reference} was told that its complaint is answered by {case.respond_by}, and "
            f"{other_reference} runs none that could keep it; merge the other way round: "
            f"heard case merge {other_reference} --into {reference}"
        )
    open_again(uow, other, why=f"{reference} was joined to it: {reason}", actor=officer, now=now)
    other.count_change()
    moved = list(case.messages)
    for message in moved:
        case.messages.remove(message)
        other.messages.append(message)
        message.correct(Outcome.REPLY, reason=f"an officer joined it to {other_reference}", now=now)
    _keep_guard(case, other, asks_for_stage_2=_asks_for_stage_2(case, moved))
    raise_flags(other, *case.flags)
    case.status, case.stage, case.awaits_officer, case.guard_at = Status.OTHER, 0, False, None
    case.close_tasks(*(each for each in TaskKind if each not in FOR_A_WAITING_LETTER), now=now)
    case.rulings.append(
        Ruling(
            officer=officer, ruled_at=now, status=case.status, category=case.category,
            ombudsman=case.ombudsman, reason=f"joined to {other_reference}: {reason}",
        )
    )  # fmt: skip
    last = moved[-1]
    other.awaits_officer = True
    other.tasks.append(
        Task(
            kind=TaskKind.READ_REPLY, opened_at=now, message_id=last.id,
            due_by=working_days.acknowledge_by(received_on(last.received_at)),
            note=f"{officer} joined {reference} to this case; please read it",
        )
    )  # fmt: skip
    for each in (reference, other_reference):
        uow.audit.add(
            AuditRow(
                at=now, actor=officer, action="case_joined", case_reference=each,
                detail={"from": reference, "to": other_reference, "reason": reason},
            )
        )  # fmt: skip
    return f"joined to {other_reference}"


def _asks_for_stage_2(case: Case, moved: Sequence[Message]) -> bool:
    return case.status is Status.ESCALATION or any(asks_for_stage_2(each.reply_text) for each in moved)


def _keep_guard(case: Case, other: Case, *, asks_for_stage_2: bool) -> None:
    """Guard what the message may have begun on the case that it belongs to, as where a reply is proven.

    An officer has said where it belongs, not yet what it is: its day and its guard go with it.
    """
    if case.guard_at is None or was_refused(other) or next_stage_was_refused(other):
        return  # What an officer did not accept is read by one.
    if other.stage == 0 and other.guard_at is None:
        other.received_on, other.acknowledge_by = case.received_on, case.acknowledge_by
        other.guard_at = case.guard_at
    is_answered = other.stage == 1 and other.answered_on is not None
    if asks_for_stage_2 and is_answered and other.escalation_received_on is None:
        other.escalation_received_on, other.guard_at = case.received_on, case.guard_at
