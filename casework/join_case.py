"""A reply to a known case: filed on it, read by an officer, or acted on where it uses the words we offered.

Who was refused and writes again gets nothing from a machine about the same matter. It would be a formal
acknowledgement of what an officer did not accept, for reasons that the person has, with the way to the
Ombudsman (LGSCO 2.4, HO 2.4); nor does a machine refuse it once more (LGSCO 2.1, 2.5; HO 2.1, 2.5). So it
has a task that is due on the fifth working day like any acknowledgement, and is told of daily, on top once
it is overdue. What they complain about beside that matter was never refused: it becomes a case of its own
with its own clock and guard (LGSCO 6.2, 6.9; HO 6.2, 6.8), which an officer may still join to the first.
"""

from datetime import date, datetime

from casework.acknowledge import FORMAL, RECEIPT_AT_MOST, queue_letter
from casework.alert_duty import alert_duty
from casework.begin_stage import begin_stage, keep_request_open
from casework.close import open_again
from casework.common import next_stage_was_refused, was_refused
from casework.end_stage import clocks_of, end_stage
from casework.note_attachments import note_attachments
from casework.policy import Policy
from casework.priority import raise_flags
from casework.ways import reasons_against_answering
from casework.wishes import asks_for_stage_2, chooses_to_complain
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Task
from models.codes import AcknowledgementMode, Category, LetterKind, Outcome, Status, TaskKind
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork


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
    """File a reply on its case and open the task that it asks for.

    Where it asks in our own words to be treated as a complaint, or for stage 2 after the answer, that begins
    at once (LGSCO 1.7, 6.12, 6.13; HO 1.5, 6.11, 6.12).
    """
    case.messages.append(message)
    case.count_change()
    message.settle(Outcome.REPLY, reason=how, now=now)
    done, before = "filed", clocks_of(case)
    if not message.is_historic:
        open_again(uow, case, why=f"a reply came: {how}", actor="heard", now=now)
        arrived_on = received_on(message.received_at)
        case.awaits_officer = True
        raise_flags(case, *decision.flag_codes)
        if case.stage > 0 and case.status not in FORMAL and case.answered_on is None:
            end_stage(case)  # An officer ruled that it was none: no stage runs, and one may begin.
        if chooses_to_complain(parsed.reply_text) and case.stage == 0 and not was_refused(case):
            done = _begin_complaint(uow, case, message, parsed, policy=policy, letterhead=letterhead, now=now)
        elif _asks_in_our_words(case, parsed):
            done = _begin_stage_2(uow, case, message, parsed, policy=policy, letterhead=letterhead, now=now)
        else:
            asks = decision.status is Status.ESCALATION or asks_for_stage_2(parsed.reply_text)
            asks_next = asks and case.stage == 1
            note = _note_for(case, decision, asks_next=asks_next)
            due_by = policy.working_days.acknowledge_by(arrived_on)
            case.tasks.append(
                Task(kind=TaskKind.READ_REPLY, opened_at=now, due_by=due_by, note=note, message_id=message.id)
            )
            _start_guard(case, decision, arrived_on, policy, asks_next=asks_next)
        note_attachments(case, parsed, message_id=message.id, now=now)
        alert_duty(case, decision, policy=policy, letterhead=letterhead, now=now)
    # The dates of a stage that a reply ended stand nowhere else.
    ended = {"stage_1": before} if before["stage"] == 1 and case.stage > 1 else {}
    uow.audit.add(
        AuditRow(
            at=now, actor="heard", action="reply_joined", message_id=message.id,
            case_reference=case.reference, detail={"how": how, "done": done, **ended},
        )
    )  # fmt: skip


def raises_another_matter(case: Case, decision: Decision) -> bool:
    """Say whether a reply to a complaint that was not accepted is a complaint about something else.

    A category of its own is enough, beside another or alone. Who is not happy with our answer means the
    decision not to accept it, whatever the category, and that is the same matter.
    """
    is_new = decision.is_likely_complaint and decision.status is not Status.ESCALATION
    return was_refused(case) and is_new and bool(_beside(case, decision))


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
    kind = LetterKind.STAGE_1_ACKNOWLEDGEMENT
    done = _acknowledge(uow, case, kind, message, parsed, policy=policy, letterhead=letterhead, now=now)
    return f"stage 1 begun, {done}"


def _asks_in_our_words(case: Case, parsed: ParsedMessage) -> bool:
    """Say whether a reply asks for stage 2 of an answered complaint, so that nobody has to read it first."""
    is_answered = case.stage == 1 and case.status in FORMAL and case.answered_on is not None
    return is_answered and not next_stage_was_refused(case) and asks_for_stage_2(parsed.reply_text)


def _begin_stage_2(
    uow: UnitOfWork,
    case: Case,
    message: Message,
    parsed: ParsedMessage,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Open stage 2 on the sender's word (LGSCO 6.12, HO 6.11); the clock runs from the first such wish."""
    arrived_on = received_on(message.received_at)
    asked_on = min(arrived_on, case.escalation_received_on or arrived_on)
    case.status = Status.ESCALATION
    begin_stage(case, 2, received_on=asked_on, policy=policy)
    case.guard_at = policy.guard_at(asked_on)
    kind = LetterKind.STAGE_2_ACKNOWLEDGEMENT
    done = _acknowledge(uow, case, kind, message, parsed, policy=policy, letterhead=letterhead, now=now)
    return f"stage 2 begun, {done}"


def _acknowledge(
    uow: UnitOfWork,
    case: Case,
    kind: LetterKind,
    message: Message,
    parsed: ParsedMessage,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Queue the acknowledgement of a stage that has just begun, or open the task in its place."""
    against = reasons_against_answering(uow, case, parsed, policy=policy, now=now)
    is_delicate = bool(RECEIPT_AT_MOST & set(case.flags))
    if policy.mode is AcknowledgementMode.OFFICER or against or is_delicate:
        asked = "chose to complain" if kind is LetterKind.STAGE_1_ACKNOWLEDGEMENT else "asked for stage 2"
        note = "; ".join(against) or f"the sender {asked}; it is left to an officer"
        case.tasks.append(
            Task(
                kind=TaskKind.ACKNOWLEDGEMENT_OWED, opened_at=now, due_by=case.acknowledge_by,
                note=note, message_id=message.id,
            )
        )  # fmt: skip
        return "acknowledgement owed"
    queue_letter(
        uow, case, kind, answered=message,
        is_dissatisfied=True, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    return "letter queued"


def _start_guard(case: Case, decision: Decision, on: date, policy: Policy, *, asks_next: bool) -> None:
    """Guard what the reply may have begun: a first complaint, or the next stage; chasing moves no date.

    What an officer did not accept is theirs to read.
    """
    if was_refused(case) or next_stage_was_refused(case):
        return
    if case.stage == 0 and decision.is_likely_complaint and case.guard_at is None:
        case.acknowledge_by = policy.working_days.acknowledge_by(on)
        case.received_on, case.guard_at = on, policy.guard_at(on)
    if asks_next and _was_answered(case, on) and case.escalation_received_on is None:
        case.escalation_received_on, case.guard_at = on, policy.guard_at(on)


def _was_answered(case: Case, on: date) -> bool:
    """Say whether the complaint had its answer by a day: on record, or because it was due before."""
    if case.answered_on is not None:
        return True
    due_by = case.extended_to or case.respond_by
    return due_by is not None and on > due_by


def _note_for(case: Case, decision: Decision, *, asks_next: bool) -> str:
    if was_refused(case):
        beside = _beside(case, decision) if decision.is_likely_complaint else []
        more = f"; it seems to be about {', '.join(beside)}, too" if beside else ""
        return f"the complaint was not accepted, and they write again; please read it{more}"
    if asks_next and next_stage_was_refused(case):
        return "stage 2 was not accepted, and they write again; please read it"
    if asks_next:
        return "seems to ask for the next stage; it begins once the complaint has been answered"
    if matters := _new_matters(case, decision):
        return f"new points? it seems to be about {', '.join(matters)}, too; {_what_to_do(case)}"
    return "a reply has come in; please read it"


def _new_matters(case: Case, decision: Decision) -> list[str]:
    """Return what else a reply complains about than the complaint that it answers (LGSCO 6.9, HO 6.8)."""
    if case.stage == 0 or not decision.is_likely_complaint:
        return []
    return _beside(case, decision)


def _beside(case: Case, decision: Decision) -> list[str]:
    """Return what a message is about beside the category of a case, in words."""
    about = dict.fromkeys(map(str, (decision.category, *(each.category for each in decision.also))))
    known = {str(case.category), str(Category.OTHER)}
    return [each.replace("_", " ") for each in about if each not in known]


def _what_to_do(case: Case) -> str:
    if case.answered_on is not None or case.stage > 1:
        return "after the answer that is a case of its own: heard case split --message"
    return "if it is related, add it (heard case point), otherwise split it off (heard case split --message)"
