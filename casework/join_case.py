"""A reply to a known case: filed on it, read by an officer, or taken as the sender's choice to complain."""

import re
from datetime import date, datetime

from casework.acknowledge import RECEIPT_AT_MOST, queue_letter
from casework.alert_duty import alert_duty
from casework.begin_stage import begin_stage, keep_request_open
from casework.close import open_again
from casework.common import was_refused
from casework.note_attachments import note_attachments
from casework.policy import Policy
from casework.ways import reasons_against_answering
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Task
from models.codes import AcknowledgementMode, Category, LetterKind, Outcome, Status, TaskKind
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork

_TREAT_AS_COMPLAINT = re.compile(
    r"\b(?:treat|take|log|record|deal with)\s+(?:it|this|that|my (?:message|email|request|report))\s+"
    r"as\s+(?:a|an official|a formal)\s+complaint\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no need|\w+n[’']?t|dont|rather than|instead of)\b[^.!?\n]*$", re.IGNORECASE
)
_SHORT_CHOICE = 60
"""Words: in a longer reply the phrase may be about something else, and an officer reads it."""


def join_case(
    uow: UnitOfWork,
    case: Case,
    message: Message,
    parsed: ParsedMessage,
    decision: Decision,
    *,
    how: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> None:
    """File a reply on its case and open the task that it asks for."""
    case.messages.append(message)
    case.count_change()
    message.settle(Outcome.REPLY, reason=how, now=now)
    done = "filed"
    if not message.is_historic:
        open_again(uow, case, why=f"a reply came: {how}", actor="heard", now=now)
        arrived_on = received_on(message.received_at)
        case.awaits_officer = True
        case.flags = sorted({*case.flags, *decision.flag_codes})
        if chooses_to_complain(parsed.reply_text) and case.stage == 0 and not was_refused(case):
            done = _begin_complaint(uow, case, message, parsed, policy=policy, letterhead=letterhead, now=now)
        else:
            note = _note_for(case, decision)
            due_by = policy.working_days.acknowledge_by(arrived_on)
            case.tasks.append(
                Task(kind=TaskKind.READ_REPLY, opened_at=now, due_by=due_by, note=note, message_id=message.id)
            )
            _start_guard(case, decision, arrived_on, policy)
        note_attachments(case, parsed, message_id=message.id, now=now)
        alert_duty(case, decision, policy=policy, letterhead=letterhead, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor="heard", action="reply_joined", message_id=message.id,
            case_reference=case.reference, detail={"how": how, "done": done},
        )
    )  # fmt: skip


def chooses_to_complain(reply_text: str) -> bool:
    """Say whether a short reply takes up the choice that our letters offer (LGSCO 1.7, 5.3)."""
    found = _TREAT_AS_COMPLAINT.search(reply_text)
    if found is None or len(reply_text.split()) > _SHORT_CHOICE:
        return False
    return not _NEGATED.search(reply_text[: found.start()])


def _begin_complaint(
    uow: UnitOfWork,
    case: Case,
    message: Message,
    parsed: ParsedMessage,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Open stage 1 on the sender's word; the clock runs from the day on which the choice reached us."""
    arrived_on = received_on(message.received_at)
    if case.guard_at is not None:  # It was likely a complaint before: that clock goes on.
        arrived_on = min(arrived_on, case.received_on)
    keep_request_open(case)
    case.status = Status.COMPLAINT
    begin_stage(case, 1, received_on=arrived_on, policy=policy)
    case.guard_at = policy.guard_at(arrived_on)
    against = reasons_against_answering(uow, case, parsed, policy=policy, now=now)
    is_delicate = bool(RECEIPT_AT_MOST & set(case.flags))
    if policy.mode is AcknowledgementMode.OFFICER or against or is_delicate:
        note = "; ".join(against) or "the sender chose to complain; it is left to an officer"
        case.tasks.append(
            Task(
                kind=TaskKind.ACKNOWLEDGEMENT_OWED, opened_at=now, due_by=case.acknowledge_by,
                note=note, message_id=message.id,
            )
        )  # fmt: skip
        return "stage 1 begun, acknowledgement owed"
    queue_letter(
        uow, case, LetterKind.STAGE_1_ACKNOWLEDGEMENT, answered=message,
        is_dissatisfied=True, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    return "stage 1 begun, letter queued"


def _start_guard(case: Case, decision: Decision, on: date, policy: Policy) -> None:
    """Guard what the reply may have begun: a first complaint, or the next stage; chasing moves no date."""
    if case.stage == 0 and decision.is_likely_complaint and case.guard_at is None:
        case.acknowledge_by = policy.working_days.acknowledge_by(on)
        case.received_on, case.guard_at = on, policy.guard_at(on)
    asks_now = _asks_for_next_stage(case, decision) and _was_answered(case, on)
    if asks_now and case.escalation_received_on is None:
        case.escalation_received_on, case.guard_at = on, policy.guard_at(on)


def _asks_for_next_stage(case: Case, decision: Decision) -> bool:
    return decision.status is Status.ESCALATION and case.stage == 1


def _was_answered(case: Case, on: date) -> bool:
    """Say whether the complaint had its answer by a day: on record, or because it was due before."""
    if case.answered_on is not None:
        return True
    return case.respond_by is not None and on > case.respond_by


def _note_for(case: Case, decision: Decision) -> str:
    if was_refused(case):
        return "the complaint was not accepted, and they write again; please read it"
    if _asks_for_next_stage(case, decision):
        return "seems to ask for the next stage; it begins once the complaint has been answered"
    if matters := _new_matters(case, decision):
        return f"new points? it seems to be about {', '.join(matters)}, too; {_what_to_do(case)}"
    return "a reply has come in; please read it"


def _new_matters(case: Case, decision: Decision) -> list[str]:
    """Return what else a reply complains about than the complaint that it answers (LGSCO 6.9, HO 6.8)."""
    if case.stage == 0 or not decision.is_likely_complaint:
        return []
    about = dict.fromkeys(map(str, (decision.category, *(each.category for each in decision.also))))
    known = {str(case.category), str(Category.OTHER)}
    return [each.replace("_", " ") for each in about if each not in known]


def _what_to_do(case: Case) -> str:
    if case.answered_on is not None or case.stage > 1:
        return "after the answer that is a case of its own: heard case split --message"
    return "if it is related, add it (heard case point), otherwise split it off (heard case split --message)"
