"""The page of a letter and the list of those that wait, as values: rows in, words for people out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from letters.required import INTERNAL
from models.codes import LetterState
from models.deadlines import WorkingDays
from models.held_rows import HeldLetter
from review.show.lines import due_in_words
from review.show.names import letter_name
from review.show.text import one_line
from review.show.words import moment

WAITING = {
    LetterState.HELD: "Held until an officer lets them go",
    LetterState.BY_HAND: "For a person to post or read out",
    LetterState.FAILED: "Did not arrive",
}
"""The lists of letters that wait for somebody, and what each is called."""


@dataclass(frozen=True)
class LetterPage:
    """One letter as its page shows it; the `may_` say what an officer can do with it as it stands."""

    number: int
    name: str
    subject: str
    recipient: str
    state: LetterState
    stands: tuple[str, ...]
    text: str
    reference: str
    may_hold: bool
    may_send: bool
    may_edit: bool
    may_withdraw: bool
    may_record: bool


@dataclass(frozen=True)
class WaitingLetter:
    """A line of the list of letters that wait."""

    number: int
    name: str
    reference: str
    due: str
    is_overdue: bool
    written: str
    assigned_to: str


def letter_page(row: Mapping[str, Any], *, now: datetime) -> LetterPage:
    """Put a letter into words."""
    state, is_going = row["state"], row["claimed_until"] is not None
    is_here = state in {LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND} and not is_going
    is_theirs = row["kind"] not in INTERNAL
    return LetterPage(
        number=row["id"],
        name=letter_name(row["kind"].value).capitalize(),
        subject=one_line(row["subject"]),
        recipient=one_line(row["recipient"]) or "nobody by email",
        state=state,
        stands=tuple(_stands(row, now=now)),
        text=row["text"],
        reference=row["case_reference"],
        may_hold=is_theirs and is_here and state is LetterState.QUEUED,
        may_send=is_theirs and is_here and (state is LetterState.HELD or _waits(row, now=now)),
        may_edit=is_theirs and is_here,
        may_withdraw=is_here,
        may_record=state in {LetterState.BY_HAND, LetterState.FAILED},
    )


def waiting_letters(
    held: Iterable[HeldLetter], officers: Mapping[str, str], *, today: date, working_days: WorkingDays
) -> tuple[WaitingLetter, ...]:
    """Put the letters that wait into words, the one that has to go first at the top."""
    return tuple(
        WaitingLetter(
            number=each.number,
            name=letter_name(each.kind.value).capitalize(),
            reference=each.reference,
            due=due_in_words(each.due_by, today=today, working_days=working_days),
            is_overdue=each.due_by < today,
            written=moment(each.written_at),
            assigned_to=officers.get(each.assigned_to, each.assigned_to) or "nobody",
        )
        for each in held
    )


def _waits(row: Mapping[str, Any], *, now: datetime) -> bool:
    """Say whether a queued letter goes later and not at once."""
    return row["state"] is LetterState.QUEUED and row["due_at"] > now


def _stands(row: Mapping[str, Any], *, now: datetime) -> Iterable[str]:
    state = row["state"]
    if state is LetterState.QUEUED and row["claimed_until"] is not None:
        yield "It is on its way at this moment."
    elif _waits(row, now=now):
        yield f"It goes by itself at {moment(row['due_at'])}, unless somebody holds it or takes it back."
    else:
        yield _SAID[state]
    if state is LetterState.SENT:
        yield f"{moment(row['sent_at'])}."
    if row["last_fault"]:
        yield f"What was last said against it: {one_line(row['last_fault'], longest=400)}."
    yield f"Written {moment(row['queued_at'])}."


_SAID = {
    LetterState.QUEUED: "It goes with the next delivery.",
    LetterState.HELD: "It is held, and goes when somebody sends it.",
    LetterState.BY_HAND: "No email takes it: somebody posts it or reads it out, and records the day.",
    LetterState.SENT: "It was sent.",
    LetterState.FAILED: "It did not arrive. Reach them another way, and record the day.",
    LetterState.WITHDRAWN: "It was taken back, and nobody was sent it.",
}
