"""Tells the duty officer at once of what cannot wait for the queue."""

from datetime import datetime

from casework.policy import Policy
from letters.acknowledgement import AcknowledgementContext
from letters.letterhead import Letterhead
from letters.render import render
from models.case import Case, Letter, Task
from models.codes import Flag, LetterKind, TaskKind
from models.deadlines import received_on
from models.decision import Decision

_AT_ONCE = frozenset({Flag.SAFEGUARDING, Flag.ABUSIVE, Flag.SAFETY_HAZARD})


def alert_duty(
    case: Case,
    decision: Decision,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> None:
    """Open a task for today and, where the settings name a duty address, queue an alert without details."""
    grounds = sorted(decision.flag_codes & _AT_ONCE)
    if not grounds:
        return
    today = received_on(now)
    note = "please look today: " + ", ".join(ground.replace("_", " ") for ground in grounds)
    case.tasks.append(Task(kind=TaskKind.DUTY_ALERT, opened_at=now, due_by=today, note=note))
    if not policy.duty_address:
        return
    context = AcknowledgementContext(
        reference=case.reference, name="", received_on=case.received_on,
        read_by=today, ombudsman=case.ombudsman,
    )  # fmt: skip
    rendered = render(LetterKind.DUTY_ALERT, context, letterhead=letterhead)
    letter = Letter(
        kind=LetterKind.DUTY_ALERT,
        message_id=f"<duty.{case.reference.lower()}.{now:%Y%m%d%H%M%S%f}@{policy.letter_domain}>",
        recipient=policy.duty_address,
        subject=rendered.subject, text=rendered.text, html=rendered.html,
        queued_at=now, due_at=now,
    )  # fmt: skip
    case.letters.append(letter)
