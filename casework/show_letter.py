"""A letter of a case to look at: as it is where it was written, a sample where it was not."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.acknowledge import STAGE
from casework.policy import Policy
from casework.ways import ways_of
from casework.write_letter import context_of
from letters.acknowledgement import AcknowledgementContext
from letters.letterhead import Letterhead
from letters.render import RenderedLetter, render_with_note
from letters.samples import sample_context, sample_details
from models.case import Case, Letter
from models.codes import ContactWay, LetterKind, LetterState, Ombudsman
from models.deadlines import received_on
from models.ports import UnitOfWork

_NOTE = "This is a sample. Nobody has been sent it, and what it says beyond the case is invented."
_NOTE_WITHOUT_CASE = "This is a sample. Nobody has been sent it, and everything in it is invented."


@dataclass(frozen=True)
class ShownLetter:
    """A letter to look at; `state` is None for a sample. `recipient` is how paper is addressed."""

    kind: LetterKind
    reference: str
    rendered: RenderedLetter
    day: date
    state: LetterState | None = None
    recipient: tuple[str, ...] = ()


def show_letter(
    uow: UnitOfWork,
    reference: str,
    kind: LetterKind,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> ShownLetter:
    """Return the newest letter of a kind that a case has, otherwise a sample made of the case.

    Changes nothing. Raises UnknownReference where there is no such case.
    """
    case = uow.cases.get(reference)
    ways = ways_of(uow, case)
    postal = ways[ContactWay.POST].value if ContactWay.POST in ways else ""
    if written := _newest(case, kind):
        return ShownLetter(
            kind, reference, RenderedLetter(written.subject, written.text, written.html),
            day=received_on(written.sent_at or written.queued_at), state=written.state,
            recipient=_addressed(case, postal),
        )  # fmt: skip
    today = received_on(now)
    rendered = render_with_note(
        kind, _context(case, kind, policy=policy, today=today), letterhead=letterhead,
        details=sample_details(kind, day=today), is_large=ContactWay.LARGE_PRINT in ways, note=_NOTE,
    )  # fmt: skip
    return ShownLetter(kind, reference, rendered, day=today, recipient=_addressed(case, postal))


def show_sample(kind: LetterKind, *, letterhead: Letterhead, now: datetime) -> ShownLetter:
    """Return a letter about an invented case."""
    today = received_on(now)
    context = sample_context(Ombudsman.LGSCO, day=today)
    rendered = render_with_note(
        kind, context, letterhead=letterhead, details=sample_details(kind, day=today), note=_NOTE_WITHOUT_CASE
    )
    recipient = (context.name, "4 Mill Lane", "Harrowmere")
    return ShownLetter(kind, context.reference, rendered, day=today, recipient=recipient)


def _newest(case: Case, kind: LetterKind) -> Letter | None:
    found = [each for each in case.letters if each.kind is kind and each.state is not LetterState.WITHDRAWN]
    return max(found, key=lambda letter: letter.queued_at, default=None)


def _context(case: Case, kind: LetterKind, *, policy: Policy, today: date) -> AcknowledgementContext:
    context = context_of(case, policy=policy)
    if kind in STAGE:
        respond_by = policy.working_days.respond_by(today, stage=STAGE[kind])
        return replace(context, respond_by=context.respond_by or respond_by)
    return context


def _addressed(case: Case, postal: str) -> tuple[str, ...]:
    """Return name and address for an envelope, empty where no letter goes by post."""
    return (case.complainant_name, postal) if postal else ()
