"""What the queue and a case show, as values: rows of the record in, words for people out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.codes import Channel
from models.deadlines import WorkingDays
from models.queue_rows import QueueRow

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
    assigned_to: str = ""


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
        assigned_to=row.assigned_to,
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
    return f"{sureness(decision)}, {float(decision['status']['probability']):.0%}"


def sureness(decision: dict[str, Any]) -> str:
    """Say in a word how sure triage was of the status; an honest "you decide" where it was not."""
    probability = float(decision["status"]["probability"])
    word = next((word for limit, word in _SURE if probability >= limit), "a guess")
    return "you decide" if decision["officer_decides"] and word != "a guess" else word


def tags_of(decision: dict[str, Any]) -> tuple[str, ...]:
    """Return the suggested flags and exclusions as short words; exclusions with a question mark."""
    flags = [_words(each["code"]) for each in decision.get("flags", [])]
    exclusions = [f"{_words(each['code'])}?" for each in decision.get("exclusions", [])]
    return (*flags, *exclusions)


def standing(case: dict[str, Any]) -> tuple[str, ...]:
    """Say how far a case has come, a line each: who has it, its stage and dates, what runs beside it."""
    lines = [
        f"assigned to {case['assigned_to'] or 'nobody'}, {_stage(case)}, {case['ombudsman'].value}",
        f"received {case['received_on']}, {_acknowledged(case)}, {_answered(case)}",
        _request(case),
        f"stage 1 handled by {case['stage_1_officer']}" if case["stage_1_officer"] else "",
        f"stage 2 asked for on {case['escalation_received_on']}" if case["escalation_received_on"] else "",
        f"came by {case['channel'].value}" if case["channel"] is not Channel.EMAIL else "",
        f"came out of {case['split_from']}" if case["split_from"] else "",
        f"goes on as {case['merged_into']}" if case["merged_into"] else "",
        f"CLOSED on {case['closed_on']}: {case['closed_why']}" if case["closed_on"] else "",
        f"version {case['version']}",
    ]
    return tuple(line for line in lines if line)


def _stage(case: dict[str, Any]) -> str:
    return f"stage {case['stage']}" if case["stage"] else "no stage"


def _acknowledged(case: dict[str, Any]) -> str:
    if case["acknowledged_on"]:
        return f"acknowledged {case['acknowledged_on']}"
    return f"acknowledgement due {case['acknowledge_by']}" if case["stage"] else "no formal acknowledgement"


def _answered(case: dict[str, Any]) -> str:
    due = f"answer due {case['extended_to'] or case['respond_by'] or '-'}"
    if case["extended_to"]:
        due += f" (extended from {case['respond_by']})"
    return f"answered {case['answered_on']} ({due})" if case["answered_on"] else due


def _request(case: dict[str, Any]) -> str:
    if not case["request_opened_on"]:
        return ""
    if case["request_closed_on"]:
        return f"service request from {case['request_opened_on']} to {case['request_closed_on']}"
    return f"service request open since {case['request_opened_on']}"


def _gist(subject: str, text: str) -> str:
    """Return the subject, or the first words of the text where it says nothing."""
    flat = " ".join(subject.split()) or " ".join(text.split())
    return flat if len(flat) <= _LONGEST_GIST else flat[:_LONGEST_GIST].rsplit(" ", 1)[0] + " …"


def _words(code: str) -> str:
    return code.replace("_", " ")
