"""What was agreed with a person after a letter to them was written: the letter is set right before it goes.

Looked at when a letter is released, and once more before it is handed over. The text stays as it was written,
and so do the date and the Message-ID, whatever was tried before.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.consent import may_be_told
from casework.given_answer import ANSWERED_STAGE, take_back_answer
from casework.letter_tasks import ask_a_person, ask_to_print, ask_to_release, by_hand_of
from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.ways import recipient_of, ways_of
from letters.letterhead import Letterhead
from letters.render import enlarged
from letters.required import INTERNAL
from models.case import Case, Letter
from models.codes import ContactWay, LetterKind, LetterState
from models.errors import LetterIncomplete
from models.people import Arrangement
from models.ports import UnitOfWork

_SAYS_WHAT_WAS_FOUND = frozenset({*ANSWERED_STAGE, LetterKind.NOT_ACCEPTED, LetterKind.PROGRESS})
"""The letters that go to nobody who writes for a person that does not agree (LGSCO 1.5, 3.6)."""

_NOT_LARGE = "large print was agreed after it was written, and the layout of letters has changed since"


@dataclass(frozen=True)
class Change:
    """How a letter goes now, where that is not how it was written to go.

    `must_wait` says why the person may not be told, `agreed` by which arrangement somebody posts it or rings,
    `no_email` why no email can take it to them; otherwise it goes to `recipient` as `html`.
    """

    recipient: str
    html: str
    must_wait: str = ""
    agreed: Arrangement | None = None
    no_email: str = ""


def change_of(
    uow: UnitOfWork, case: Case, letter: Letter, *, policy: Policy, letterhead: Letterhead
) -> Change | None:
    """Return how a letter goes by what is agreed with the person now, None where it goes as it was written.

    Changes nothing, and needs nothing of the case but its own columns.
    """
    if letter.kind in INTERNAL:
        return None
    ways = ways_of(uow, case)
    recipient, html = recipient_of(case, ways), letter.html
    against = reasons_against_address(recipient, policy)
    if ContactWay.LARGE_PRINT in ways:
        large = _in_large_print(letter, letterhead)
        against += [_NOT_LARGE] if large is None else []
        html = large or letter.html
    change = Change(
        recipient, html, agreed=by_hand_of(ways), no_email="; ".join(against),
        must_wait=may_be_told(uow, case) if letter.kind in _SAYS_WHAT_WAS_FOUND else "",
    )  # fmt: skip
    return None if change == Change(letter.recipient, letter.html) else change


def _in_large_print(letter: Letter, letterhead: Letterhead) -> str | None:
    """Return the letter in large print, None where that cannot be made of what is on record."""
    try:
        return enlarged(letter.html, subject=letter.subject, letterhead=letterhead)
    except LetterIncomplete:
        # A layout that fails is a person's work for this letter, and must not stop those behind it.
        return None


def apply_change(case: Case, letter: Letter, change: Change, *, now: datetime) -> list[str]:
    """Set a letter right, with the task that this asks for; return how it goes now, in words."""
    done = ["to another address"] if change.recipient != letter.recipient else []
    done += ["in large print"] if change.html != letter.html else []
    letter.recipient, letter.html = change.recipient, change.html
    if change.must_wait:
        letter.state = LetterState.HELD
        ask_to_release(case, letter, now=now, why=change.must_wait)
    elif change.agreed is not None:
        letter.state = LetterState.BY_HAND
        ask_a_person(case, letter.kind, change.agreed, now=now)
    elif change.no_email:
        letter.state = LetterState.BY_HAND
        ask_to_print(case, letter.kind, change.no_email, now=now)
    else:
        return done
    letter.claimed_until = None
    take_back_answer(case, letter)
    return ["not yet"] if change.must_wait else ["by hand"]
