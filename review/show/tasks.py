"""What is to do on a case, as an officer reads it: each task with its day and what to do about it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.codes import TaskKind
from models.deadlines import WorkingDays
from models.reference import references_in
from review.show.days import left_in_words
from review.show.text import one_line
from review.show.words import sentence, short_day

TITLES = {
    TaskKind.ACKNOWLEDGEMENT_OWED: "Acknowledge it",
    TaskKind.READ_REPLY: "Read the reply",
    TaskKind.CHECK_OTHER: "Check that it is nothing",
    TaskKind.DUTY_ALERT: "Somebody may be in danger",
    TaskKind.LETTER_UNDELIVERED: "A letter did not reach them",
    TaskKind.READ_QUARANTINED: "Read what could not be read",
    TaskKind.GUARD_ACTED: "Heard acknowledged it by itself",
    TaskKind.POSSIBLE_REPLY: "It may belong to another case",
    TaskKind.READ_ATTACHMENT: "Read what is attached",
    TaskKind.UNMATCHED_BOUNCE: "A letter came back",
    TaskKind.PRINT_LETTER: "Print and post a letter",
    TaskKind.REVIEW_ARRANGEMENT: "Review what was agreed",
    TaskKind.TELL_BY_TELEPHONE: "Ring them",
    TaskKind.KNOWN_ISSUE: "It matches a known issue",
    TaskKind.RELEASE_LETTER: "Let a letter go",
}
_FOR_THE_TERMINAL = (
    re.compile(r"; confirm with `--joins [^`]{0,40}`, or rule on it"),
    re.compile(r"\s?\(heard [^()]{0,100}\)"),
    re.compile(r":\s?heard (?:case|rule|letters)\b[^;.]{0,100}"),
)
"""What the notes of tasks say of commands: an officer of the pages has buttons."""


@dataclass(frozen=True)
class ToDo:
    """One open task; `cases` are the references that its note names."""

    number: int
    kind: str
    title: str
    note: str
    due: str
    is_overdue: bool
    message: int | None
    cases: tuple[str, ...]


def to_do(
    rows: Iterable[Mapping[str, Any]], *, reference: str, today: date, working_days: WorkingDays
) -> tuple[ToDo, ...]:
    """Return the open tasks of a case, the soonest first; two alerts are one thing to do."""
    waiting = _each_once(row for row in rows if row["closed_at"] is None)
    return tuple(
        ToDo(
            number=row["id"],
            kind=row["kind"].value,
            title=TITLES[row["kind"]],
            note=note_in_words(row["note"]),
            due=_due(row["due_by"], today, working_days),
            is_overdue=row["due_by"] < today,
            message=row["message_id"],
            cases=tuple(each for each in references_in(row["note"]) if each != reference),
        )
        for row in sorted(waiting, key=lambda row: (row["due_by"], row["id"]))
    )


def _each_once(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return tasks, each once: with its earliest day, and of several alerts what the latest says.

    Two tasks of another kind are two things to do where they are about two messages, or say two things.
    """
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["id"]):
        kind = row["kind"]
        key = (kind,) if kind is TaskKind.DUTY_ALERT else (kind, row["message_id"], row["note"])
        due_by = min(row["due_by"], found[key]["due_by"]) if key in found else row["due_by"]
        found[key] = {**row, "due_by": due_by}
    return list(found.values())


def _due(due_by: date, today: date, working_days: WorkingDays) -> str:
    return f"{short_day(due_by)}, {left_in_words(due_by, today=today, working_days=working_days)}"


def note_in_words(note: str) -> str:
    """Return the note of a task as a sentence, without what it says of commands."""
    for pattern in _FOR_THE_TERMINAL:
        note = pattern.sub("", note)
    return sentence(one_line(note, longest=500)) if note.strip() else ""
