"""A new matter: the case, its clocks, the suggestion and the first letter in one unit of work."""

from datetime import datetime

from casework.acknowledge import acknowledge_new_case, is_unwanted
from casework.alert_duty import alert_duty
from casework.arrangements import note_known_vulnerability
from casework.may_acknowledge import reply_address
from casework.note_attachments import note_attachments
from casework.policy import Policy
from casework.possible_reply import WAITS, note_possible_reply
from casework.priority import weigh
from casework.wishes import asks_for_stage_2, chooses_to_complain
from letters.acknowledgement import own_words
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import Channel, Outcome, Status
from models.deadlines import received_on
from models.decision import Decision
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork
from models.reference import new_reference

ACTOR = "heard"

_STAGES = {Status.COMPLAINT: 1, Status.ESCALATION: 2}


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
    why_apart: str = "",
    reference: str = "",
    channel: Channel = Channel.EMAIL,
) -> Case:
    """Open a case for a message and acknowledge it as the policy says.

    A historic message opens a case without clocks, tasks or letters. One that may belong to another case
    waits for an officer, and for the guard; `why_apart` says why it was not filed there. `reference` is drawn
    where none was before.
    """
    case = _case_of(message, parsed, decision, policy=policy, now=now)
    case.reference, case.channel = reference or case.reference, channel
    weigh(case, flags=decision.flag_codes, matters=1 + len(decision.also))
    note_known_vulnerability(uow, case)
    case.messages.append(message)
    message.settle(Outcome.CASE, reason=note or "a new matter", now=now)
    uow.cases.add(case)
    done = "historic: no clock, no letter"
    if may_belong_to is not None and not message.is_historic:
        note_possible_reply(case, may_belong_to.reference, message_id=message.id, now=now, why=why_apart)
        if chooses_to_complain(parsed.reply_text) or asks_for_stage_2(parsed.reply_text):
            # The words that our letters offer are enough, with a proof of where they belong or without one
            # (LGSCO 1.7, 6.13; HO 1.5, 6.12): unless an officer joins the two cases in time, the guard
            # acknowledges.
            case.guard_at = policy.guard_at(case.received_on)
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
        awaits_officer=not message.is_historic,
        guard_at=policy.guard_at(arrived_on) if guarded else None,
        is_historic=message.is_historic,
        own_words=list(own_words(span.text for span in decision.evidence)),
    )
