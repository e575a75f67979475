"""Writes a letter about a case and decides which way it goes: by email, held back, or by a person's hand."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from casework.policy import Policy
from casework.ways import recipient_of, ways_of
from letters.acknowledgement import AcknowledgementContext
from letters.details import Details
from letters.letterhead import Letterhead
from letters.render import render
from models.case import Case, Letter, Task
from models.codes import ContactWay, DeliveryMode, Flag, LetterKind, LetterState, TaskKind
from models.deadlines import received_on
from models.message import Message
from models.people import Arrangement
from models.ports import UnitOfWork
from models.reference import reply_mark

_BY_HAND = {
    ContactWay.POST: (TaskKind.PRINT_LETTER, "please print and post"),
    ContactWay.TELEPHONE_ONLY: (TaskKind.TELL_BY_TELEPHONE, "please ring and tell them"),
}


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
    person's work: the letter waits and a task says so. Where the settings hold letters back, an officer
    releases each.
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
    by_hand = [(ways[way], *_BY_HAND[way]) for way in _BY_HAND if way in ways]
    if by_hand:
        letter.state = LetterState.BY_HAND
        _ask_a_person(case, kind, *by_hand[0], now=now)
    elif policy.delivery is DeliveryMode.HOLD:
        letter.state = LetterState.HELD
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


def _ask_a_person(
    case: Case, kind: LetterKind, agreed: Arrangement, task: TaskKind, what: str, *, now: datetime
) -> None:
    name = kind.value.replace("_", " ")
    where = f" ({agreed.value})" if agreed.value else ""
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=task, opened_at=now, due_by=max(case.acknowledge_by, received_on(now)),
            note=f"the {name} goes another way, as agreed: {what}{where}",
        )
    )  # fmt: skip


def not_yet_gone(letters: Sequence[Letter]) -> list[Letter]:
    """Return the letters that may still be changed or withdrawn: nobody has been sent them."""
    return [
        each
        for each in letters
        if each.state in {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND}
        and each.claimed_until is None
    ]
