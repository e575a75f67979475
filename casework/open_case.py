"""A new matter: the case, its clocks, the suggestion and the first letter in one unit of work."""

from datetime import datetime

from casework.acknowledge import acknowledge_new_case, is_unwanted
from casework.alert_duty import alert_duty
from casework.may_acknowledge import reply_address
from casework.note_attachments import note_attachments
from casework.policy import Policy
from casework.possible_reply import WAITS, note_possible_reply
from letters.acknowledgement import own_words
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import Flag, Outcome, Status
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork
from models.reference import new_reference

ACTOR = "heard"

_STAGES = {Status.COMPLAINT: 1, Status.ESCALATION: 2}
_PRIORITIES = {
    Flag.SAFEGUARDING: 8,
    Flag.SAFETY_HAZARD: 8,
    Flag.ABUSIVE: 4,
    Flag.VULNERABLE: 2,
    Flag.PRE_ACTION: 1,
    Flag.ELECTED_MEMBER: 1,
}


def open_case(
    uow: UnitOfWork,
    message: Message,
    parsed: ParsedMessage,
    decision: Decision,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    note: str = "",
    may_belong_to: Case | None = None,
) -> Case:
    """Open a case for a message and acknowledge it as the policy says.

    A historic message opens a case without clocks, tasks or letters. One that may belong to another case
    waits for an officer, and for the guard.
    """
    case = _case_of(message, parsed, decision, policy=policy, now=now)
    case.messages.append(message)
    message.settle(Outcome.CASE, reason=note or "a new matter", now=now)
    uow.cases.add(case)
    done = "historic: no clock, no letter"
    if may_belong_to is not None and not message.is_historic:
        note_possible_reply(case, may_belong_to.reference, message_id=message.id, now=now)
        done = f"no letter yet: {WAITS}"
    elif not message.is_historic:
        done = acknowledge_new_case(
            uow, case, message=message, parsed=parsed, decision=decision,
            policy=policy, letterhead=letterhead, now=now,
        )  # fmt: skip
    if not message.is_historic:
        note_attachments(case, parsed, message_id=message.id, now=now)
        alert_duty(case, decision, policy=policy, letterhead=letterhead, now=now)
    uow.audit.add(
        AuditRow(
            at=now, actor=ACTOR, action="case_opened", message_id=message.id,
            case_reference=case.reference, detail={"status": decision.status.value, "letter": done},
        )
    )  # fmt: skip
    return case


def _case_of(
    message: Message, parsed: ParsedMessage, decision: Decision, *, policy: Policy, now: datetime
) -> Case:
    arrived_on = received_on(message.received_at)
    person = parsed.writer
    guarded = decision.is_likely_complaint and not message.is_historic and not is_unwanted(decision)
    return Case(
        reference=new_reference(),
        opened_at=now,
        received_on=arrived_on,
        status=decision.status,
        category=decision.category,
        ombudsman=decision.ombudsman,
        stage=_STAGES.get(decision.status, 0),
        complainant_name=person.name,
        complainant_address=person.address.casefold(),
        reply_address=reply_address(parsed, policy),
        complainant_found_in=parsed.complainant.found_in,
        represented_name=parsed.represented.person.name,
        claimed_on=received_on(parsed.claimed_at) if parsed.claimed_at else None,
        subject=parsed.subject,
        acknowledge_by=policy.working_days.acknowledge_by(arrived_on),
        priority=sum(points for flag, points in _PRIORITIES.items() if flag in decision.flag_codes),
        awaits_officer=not message.is_historic,
        guard_at=policy.guard_at(arrived_on) if guarded else None,
        is_historic=message.is_historic,
        own_words=list(own_words(span.text for span in decision.evidence)),
        flags=sorted(decision.flag_codes),
    )
