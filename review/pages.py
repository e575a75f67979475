"""What the queue and a case show, as values: rows of the record in, words for people out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.deadlines import WorkingDays
from models.queries import QueueRow

_LONGEST_GIST = 90
_SURE = ((0.9, "sure"), (0.75, "fairly sure"), (0.5, "unsure"))


@dataclass(frozen=True)
class QueueLine:
    """One line of the queue in words."""

    reference: str
    due: str
    is_overdue: bool
    received: str
    who: str
    gist: str
    suggestion: str
    confidence: str
    tags: tuple[str, ...]
    evidence: tuple[str, ...]
    tasks: tuple[str, ...]


def queue_line(row: QueueRow, *, today: date, working_days: WorkingDays) -> QueueLine:
    """Put a row of the record into words."""
    decision = row.decision or {}
    return QueueLine(
        reference=row.reference,
        due=due_in_words(row.due_by, today=today, working_days=working_days),
        is_overdue=row.due_by < today,
        received=f"{row.received_on:%a} {row.received_on.day} {row.received_on:%b}",
        who=row.name or row.address or "unknown sender",
        gist=_gist(row.subject, row.text),
        suggestion=suggestion_in_words(decision, status=row.status, category=row.category),
        confidence=confidence_in_words(decision),
        tags=tags_of(decision),
        evidence=tuple(span["text"] for span in decision.get("evidence", [])),
        tasks=row.tasks,
    )


def due_in_words(due_by: date, *, today: date, working_days: WorkingDays) -> str:
    """Say a date by the working days that are left: "Fri 20 Nov, in 3 days"."""
    left = working_days.between(today, due_by)
    when = f"{due_by:%a} {due_by.day} {due_by:%b}"
    if due_by < today:
        return f"{when}, OVERDUE"
    if left <= 0 or due_by == today:
        return f"{when}, today"
    return f"{when}, in {left} working day{'s' if left != 1 else ''}"


def suggestion_in_words(decision: dict[str, Any], *, status: str, category: str) -> str:
    """Name the status and category in force."""
    if not decision and not category:
        return status
    return f"{_words(status)}, {_words(category)}"


def confidence_in_words(decision: dict[str, Any]) -> str:
    """Say how sure triage was of the status, in a word and a figure."""
    if not decision:
        return ""
    probability = float(decision["status"]["probability"])
    word = next((word for limit, word in _SURE if probability >= limit), "a guess")
    if decision["officer_decides"] and word != "a guess":
        word = "you decide"
    return f"{word}, {probability:.0%}"


def tags_of(decision: dict[str, Any]) -> tuple[str, ...]:
    """Return the suggested flags and exclusions as short words; exclusions with a question mark."""
    flags = [_words(each["code"]) for each in decision.get("flags", [])]
    exclusions = [f"{_words(each['code'])}?" for each in decision.get("exclusions", [])]
    return (*flags, *exclusions)


def _gist(subject: str, text: str) -> str:
    """Return the subject, or the first words of the text where it says nothing."""
    flat = " ".join(subject.split()) or " ".join(text.split())
    return flat if len(flat) <= _LONGEST_GIST else flat[:_LONGEST_GIST].rsplit(" ", 1)[0] + " …"


def _words(code: str) -> str:
    return code.replace("_", " ")
