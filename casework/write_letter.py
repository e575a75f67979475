"""Writes a letter about a case and decides which way it goes: by email, held back, or by a person's hand."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from casework.letter_tasks import ask_a_person, ask_to_print, ask_to_release, by_hand_of
from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.ways import recipient_of, ways_of
from letters.acknowledgement import AcknowledgementContext
from letters.details import Details
from letters.letterhead import Letterhead
from letters.render import render
from models.case import Case, Letter
from models.codes import ContactWay, DeliveryMode, Flag, LetterKind, LetterState
from models.message import Message
from models.ports import UnitOfWork
from models.reference import reply_mark


def write_letter(
    uow: UnitOfWork,
    case: Case,
    kind: LetterKind,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    details: Details | None = None,
    answered: Message | None = None,
    is_dissatisfied: bool = True,
    respond_by: date | None = None,
    not_ours: tuple[str, ...] = (),
) -> Letter:
    """Render a letter and queue it in the way that was agreed with the person (LGSCO 5.6, HO 5.10).

    Large print is larger type, another address is written to instead. By post and by telephone only are a
    person's work: the letter waits and a task says so, as it does where no email can reach them. Where the
    settings hold letters back, an officer releases each, and has a task with the day by which it has to go.
    Raises LetterIncomplete where the template leaves out what a Code asks of the letter.
    """
    ways = ways_of(uow, case)
    context = context_of(
        case, policy=policy, is_dissatisfied=is_dissatisfied, respond_by=respond_by, not_ours=not_ours
    )
    rendered = render(
        kind, context, letterhead=letterhead, details=details, is_large=ContactWay.LARGE_PRINT in ways
    )
    letter = Letter(
        kind=kind,
        message_id=f"<{uuid.uuid4().hex}.{case.reference.lower()}@{policy.letter_domain}>",
        recipient=recipient_of(case, ways),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        queued_at=now,
        due_at=now,
        in_reply_to=answered.message_id if answered else None,
        references=(answered.message_id or "") if answered else "",
    )
    case.letters.append(letter)
    if agreed := by_hand_of(ways):
        letter.state = LetterState.BY_HAND
        ask_a_person(case, kind, agreed, now=now)
    elif against := reasons_against_address(letter.recipient, policy):
        letter.state = LetterState.BY_HAND
        ask_to_print(case, kind, "; ".join(against), now=now)
    elif policy.delivery is DeliveryMode.HOLD:
        letter.state = LetterState.HELD
        ask_to_release(case, letter, now=now)
    return letter


def context_of(
    case: Case,
    *,
    policy: Policy,
    is_dissatisfied: bool = True,
    respond_by: date | None = None,
    not_ours: tuple[str, ...] = (),
) -> AcknowledgementContext:
    """Return what letters say of a case; the date promised is the one on record unless another is given.

    The name and the words of whoever wrote are repeated only to the address that wrote them.
    """
    writes_to_sender = case.complainant_address == case.reply_address
    return AcknowledgementContext(
        reference=case.reference,
        name=case.complainant_name if writes_to_sender else "",
        received_on=case.received_on,
        read_by=case.acknowledge_by,
        ombudsman=case.ombudsman,
        own_words=tuple(case.own_words) if is_dissatisfied and writes_to_sender else (),
        respond_by=respond_by or case.extended_to or case.respond_by,
        is_dissatisfied=is_dissatisfied,
        for_somebody_else=Flag.THIRD_PARTY in case.flags,
        reply_mark=reply_mark(case.reference, policy.reference_key),
        not_ours=not_ours,
    )


def not_yet_gone(letters: Sequence[Letter]) -> list[Letter]:
    """Return the letters that may still be changed or withdrawn: nobody has been sent them."""
    return [
        each
        for each in letters
        if each.state in {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND}
        and each.claimed_until is None
    ]
