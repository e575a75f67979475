"""Acknowledgements: which letter a case gets now, and queueing it in the unit of work that decides it."""

from collections.abc import Iterable
from datetime import datetime

from casework.known_issues import note_known_issue, tell_of_issue, was_told
from casework.may_acknowledge import caps_reached
from casework.policy import Policy
from casework.ways import reasons_against_answering, recipient_of, ways_of
from casework.write_letter import write_letter
from letters.letterhead import Letterhead
from letters.not_ours import not_ours
from models.case import Case, Letter, Task
from models.codes import AcknowledgementMode, Flag, LetterKind, Status, TaskKind
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.people import KnownIssue
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
    answered: Message | None,
    is_dissatisfied: bool,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    suggested: Iterable[str] = (),
) -> Letter:
    """Queue a letter about a case; a formal acknowledgement starts the stage's response clock.

    `suggested` are the exclusions that triage sees: the letter says what may be for others (LGSCO 5.4,
    HO 5.7).
    """
    respond_by = None
    if kind in STAGE:
        respond_by = policy.working_days.respond_by(received_on(now), stage=STAGE[kind])
    letter = write_letter(
        uow, case, kind, answered=answered, is_dissatisfied=is_dissatisfied, respond_by=respond_by,
        not_ours=not_ours(suggested), policy=policy, letterhead=letterhead, now=now,
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
    issue = note_known_issue(uow, case, parsed, decision, now=now)
    against = reasons_against_answering(uow, case, parsed, policy=policy, now=now)
    kind = first_letter(decision, policy.mode)
    if against:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "acknowledgement owed: " + "; ".join(against)
    if kind is None:
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "the settings leave it to an officer", now=now)
        return "acknowledgement owed: the settings leave it to an officer"
    kinds = _kinds(uow, case, kind, issue, decision, policy=policy, now=now)
    for each in kinds:
        if issue is not None and each is LetterKind.KNOWN_ISSUE:
            tell_of_issue(
                uow, case, issue, answered=message, is_dissatisfied=decision.is_dissatisfied,
                policy=policy, letterhead=letterhead, now=now,
            )  # fmt: skip
            continue
        queue_letter(
            uow,
            case,
            each,
            answered=message,
            is_dissatisfied=decision.is_dissatisfied,
            suggested=[each.code for each in decision.exclusions],
            policy=policy,
            letterhead=letterhead,
            now=now,
        )
    return f"letter queued: {', '.join(kinds)}"


def with_known_issue(kind: LetterKind, decision: Decision) -> tuple[LetterKind, ...]:
    """Return the letters for a message about a known issue that would get one of this kind otherwise.

    | the message                            | gets                                                        |
    | safeguarding or abuse                  | that letter, the plain receipt at most                      |
    | surely a complaint or an escalation    | that letter, for the Codes allow no less; then the known    |
    | surely a compliment                    | that letter                                                 |
    | surely anything else, or unsure        | the known, in place of the receipt or the request's letter  |
    """
    if decision.flag_codes & RECEIPT_AT_MOST:
        return (kind,)
    if decision.officer_decides:
        return (LetterKind.KNOWN_ISSUE,)
    if decision.status in FORMAL:
        return (kind, LetterKind.KNOWN_ISSUE)
    return (kind,) if decision.status is Status.COMPLIMENT else (LetterKind.KNOWN_ISSUE,)


def _kinds(
    uow: UnitOfWork,
    case: Case,
    kind: LetterKind,
    issue: KnownIssue | None,
    decision: Decision,
    *,
    policy: Policy,
    now: datetime,
) -> tuple[LetterKind, ...]:
    """Return the letters to write now; a second one only where the caps leave room for it."""
    if issue is None or was_told(uow, case, issue, now=now):
        return (kind,)
    kinds = with_known_issue(kind, decision)
    address = recipient_of(case, ways_of(uow, case))
    is_full = caps_reached(address, letters=uow.letters, policy=policy, now=now, just_written=len(kinds) - 1)
    return kinds[:1] if is_full else kinds


def is_unwanted(decision: Decision) -> bool:
    """Say whether triage is sure that nobody awaits an answer."""
    return decision.status is Status.OTHER and not decision.officer_decides


def owe(case: Case, kind: TaskKind, note: str, *, now: datetime) -> None:
    """Open a dated task on a case, once."""
    if not any(task.kind is kind and task.closed_at is None for task in case.tasks):
        case.tasks.append(Task(kind=kind, opened_at=now, due_by=case.acknowledge_by, note=note))
