"""The letters of a case: what each is, where it is on its way, and what it says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.codes import LetterKind, LetterState
from review.show.names import letter_name
from review.show.text import one_line, said
from review.show.words import moment

_ATTEMPTED = "It was tried {} times. "


@dataclass(frozen=True)
class LetterLine:
    """One letter; `state` is a code, `stands` says it in words with the time.

    `fault` is what was last in its way. `text` is what it says, cut where it is very long. An internal one
    goes to us and not to the person.
    """

    number: int
    kind: str
    name: str
    state: str
    stands: str
    recipient: str
    subject: str
    text: str
    at: datetime
    fault: str = ""
    is_internal: bool = False

    @property
    def has_gone(self) -> bool:
        """Say whether it was sent, posted or read out."""
        return self.state == LetterState.SENT.value

    @property
    def is_to_come(self) -> bool:
        """Say whether it may still go, and has not."""
        coming = {LetterState.QUEUED.value, LetterState.HELD.value, LetterState.BY_HAND.value}
        return self.state in coming

    @property
    def is_part_of_conversation(self) -> bool:
        """Say whether it went to the person, or is on its way to them."""
        return not self.is_internal and self.state != LetterState.WITHDRAWN.value

    @property
    def waits_for_somebody(self) -> bool:
        """Say whether it goes no further by itself."""
        return self.state in {LetterState.HELD.value, LetterState.BY_HAND.value, LetterState.FAILED.value}


def letters_of(rows: Iterable[Mapping[str, Any]]) -> tuple[LetterLine, ...]:
    """Put the letters of a case into words, the newest first."""
    return tuple(sorted(map(_line, rows), key=lambda line: (line.at, line.number), reverse=True))


def _line(row: Mapping[str, Any]) -> LetterLine:
    kind, state = row["kind"], row["state"]
    tried = (
        _ATTEMPTED.format(row["attempts"]) if row["attempts"] > 1 and state is not LetterState.SENT else ""
    )
    return LetterLine(
        number=row["id"],
        kind=kind.value,
        name=letter_name(kind.value).capitalize(),
        state=state.value,
        stands=_stands(row),
        recipient=one_line(row["recipient"]) or "nobody by email",
        subject=one_line(row["subject"]),
        text=said(row["text"]),
        at=row["sent_at"] or row["queued_at"],
        fault=(tried + one_line(row["last_fault"], longest=400)).strip(),
        is_internal=kind in {LetterKind.DUTY_ALERT, LetterKind.DIGEST},
    )


def _stands(row: Mapping[str, Any]) -> str:
    state, written = row["state"], moment(row["queued_at"])
    if state is LetterState.SENT:
        return f"Sent {moment(row['sent_at'])}"
    if state is LetterState.QUEUED:
        is_later = row["due_at"] > row["queued_at"]
        return (
            f"Goes out by itself, not before {moment(row['due_at'])}"
            if is_later
            else f"On its way since {written}"
        )
    return {
        LetterState.HELD: f"Held since {written} until an officer lets it go",
        LetterState.BY_HAND: f"Written {written}, for a person to post or read out",
        LetterState.FAILED: f"Written {written}, and did not arrive",
        LetterState.WITHDRAWN: f"Written {written}, and taken back before it went",
    }[state]
