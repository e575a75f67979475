"""Acknowledgements: which letter a case gets now, and queueing it in the unit of work that decides it."""

from datetime import datetime

from casework.may_acknowledge import reasons_against
from casework.policy import Policy
from casework.write_letter import write_letter
from letters.letterhead import Letterhead
from models.case import Case, Letter, Task
from models.codes import AcknowledgementMode, Flag, LetterKind, Status, TaskKind
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork

FORMAL = {
    Status.COMPLAINT: LetterKind.STAGE_1_ACKNOWLEDGEMENT,
    Status.ESCALATION: LetterKind.STAGE_2_ACKNOWLEDGEMENT,
}
"""The acknowledgements that start a response clock, by the status that asks for them."""

STAGE = {LetterKind.STAGE_1_ACKNOWLEDGEMENT: 1, LetterKind.STAGE_2_ACKNOWLEDGEMENT: 2}

_CONFIDENT = {**FORMAL, Status.SERVICE_REQUEST: LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT}
RECEIPT_AT_MOST = frozenset({Flag.SAFEGUARDING, Flag.ABUSIVE})
"""Flags with which no machine sends more than the plain receipt."""


def first_letter(decision: Decision, mode: AcknowledgementMode) -> LetterKind | None:
    """Return the letter that a new case gets at once, None where an officer or the guard comes first.

    | mode          | confident                              | unsure  |
    | at_once       | formal or service request letter       | receipt |
    | receipt_first | receipt                                | receipt |
    | officer       | nothing                                | nothing |

    Confident praise and questions get a receipt; what is confidently no business of ours (spam, notices)
    gets nothing. Safeguarding and abuse get the plain receipt at most.
    """
    if mode is AcknowledgementMode.OFFICER:
        return None
    if decision.flag_codes & RECEIPT_AT_MOST:
        return LetterKind.RECEIPT
    if decision.officer_decides:
        return LetterKind.RECEIPT
    if decision.status is Status.OTHER:
        return None
    if mode is AcknowledgementMode.RECEIPT_FIRST:
        return LetterKind.RECEIPT
    return _CONFIDENT.get(decision.status, LetterKind.RECEIPT)


def queue_letter(
    uow: UnitOfWork,
    case: Case,
    kind: LetterKind,
    *,
    answered: Message,
    is_dissatisfied: bool,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> Letter:
    """Queue a letter about a case; a formal acknowledgement starts the stage's response clock."""
    respond_by = None
    if kind in STAGE:
        respond_by = policy.working_days.respond_by(received_on(now), stage=STAGE[kind])
    letter = write_letter(
        uow, case, kind, answered=answered, is_dissatisfied=is_dissatisfied, respond_by=respond_by,
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    if respond_by is not None:
        case.promise_answer(respond_by)
    return letter


def acknowledge_new_case(
    uow: UnitOfWork,
    case: Case,
    *,
    message: Message,
    parsed: ParsedMessage,
    decision: Decision,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Queue the first letter of a case or open a dated task in its place; return what was done and why."""
    if is_unwanted(decision):
        owe(case, TaskKind.CHECK_OTHER, "seems to be nothing for a complaints team; please check", now=now)
        return "no letter: nothing for a complaints team"
    against = reasons_against(parsed, case.reply_address, letters=uow.letters, policy=policy, now=now)
    kind = first_letter(decision, policy.mode)
    if against:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "acknowledgement owed: " + "; ".join(against)
    if kind is None:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "the settings leave it to an officer", now=now)
        return "acknowledgement owed: the settings leave it to an officer"
    queue_letter(
        uow,
        case,
        kind,
        answered=message,
        is_dissatisfied=decision.is_dissatisfied,
        policy=policy,
        letterhead=letterhead,
        now=now,
    )
    return f"letter queued: {kind}"


def is_unwanted(decision: Decision) -> bool:
    """Say whether triage is sure that nobody awaits an answer."""
    return decision.status is Status.OTHER and not decision.officer_decides


def owe(case: Case, kind: TaskKind, note: str, *, now: datetime) -> None:
    """Open a dated task on a case, once."""
    if not any(task.kind is kind and task.closed_at is None for task in case.tasks):
        case.tasks.append(Task(kind=kind, opened_at=now, due_by=case.acknowledge_by, note=note))
