"""A case is closed once nothing is owed any longer, and opened again where something comes."""

from collections.abc import Iterator
from datetime import datetime

from casework.acknowledge import FORMAL
from casework.common import check_seen, open_for_change, require_words, was_refused
from casework.end_stage import clocks_of
from models.case import AuditRow, Case
from models.codes import LetterState, PointOutcome, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork

_WAITS_FOR_A_PERSON = frozenset({LetterState.HELD, LetterState.BY_HAND})
"""What nobody would see any more once the case and its tasks are closed."""


def close(
    uow: UnitOfWork,
    reference: str,
    *,
    reason: str,
    is_withdrawn: bool = False,
    officer: str,
    seen: int | None = None,
    now: datetime,
) -> str:
    """Close a case; return what was done.

    Raises InputInvalid while a formal clock runs unanswered, promised actions are outstanding, a letter waits
    for somebody to release, post or withdraw it, or the service request is open; a complaint that was not
    accepted, or that the complainant withdrew, owes no answer, and can be closed before its actions are done.
    """
    why = require_words(reason, what="closing a case needs a reason", option="--reason")
    case = open_for_change(uow, reference, seen=seen)
    owed = list(_owed(case, is_over=is_withdrawn or _is_over(case)))
    if owed:
        raise InputInvalid(
            f"case {case.reference} cannot be closed yet: {'; '.join(owed)} "
            "(--withdrawn if the complainant withdrew the complaint)"
        )
    open_tasks = [task.kind.value for task in case.tasks if task.closed_at is None]
    detail = {"reason": why, "withdrawn": is_withdrawn, "tasks": open_tasks, "clocks": clocks_of(case)}
    case.closed_on, case.closed_why = received_on(now), why
    case.awaits_officer, case.guard_at = False, None
    case.escalation_received_on = None
    case.close_tasks(*TaskKind, now=now)
    uow.audit.add(
        AuditRow(at=now, actor=officer, action="case_closed", case_reference=case.reference, detail=detail)
    )
    left = [action.what for action in case.actions if action.done_on is None]
    promised = f"; promised and not done, so reminders go on: {', '.join(left)}" if left else ""
    return f"case {case.reference} is closed{promised}"


def reopen(
    uow: UnitOfWork, reference: str, *, reason: str, officer: str, seen: int | None = None, now: datetime
) -> str:
    """Open a closed case again; return what was done. Raises InputInvalid where it is not closed."""
    why = require_words(reason, what="opening a case again needs a reason", option="--reason")
    case = uow.cases.get(reference)
    check_seen(case, seen)
    if case.merged_into:
        raise InputInvalid(f"case {case.reference} goes on as {case.merged_into}; open that one")
    if case.closed_on is None:
        raise InputInvalid(f"case {case.reference} is open")
    open_again(uow, case, why=why, actor=officer, now=now)
    return f"case {case.reference} is open again; it awaits {case.assigned_to or 'an officer'}"


def open_again(uow: UnitOfWork, case: Case, *, why: str, actor: str, now: datetime) -> None:
    """Open a closed case, with its audit row; nothing happens to one that is open.

    Where its officer works here no longer, it is nobody's until somebody assigns it.
    """
    if case.closed_on is None:
        return
    detail = {"reason": why, "closed_on": case.closed_on.isoformat(), "closed_why": case.closed_why}
    case.closed_on, case.closed_why, case.awaits_officer = None, "", True
    handled_by = uow.officers.find(case.assigned_to) if case.assigned_to else None
    if handled_by is not None and handled_by.is_disabled:
        case.assigned_to = ""
    case.count_change()
    uow.audit.add(
        AuditRow(at=now, actor=actor, action="case_reopened", case_reference=case.reference, detail=detail)
    )


def _is_over(case: Case) -> bool:
    """Say whether the complaint was not accepted, or every point of it was withdrawn."""
    withdrawn = [point.outcome is PointOutcome.WITHDRAWN for point in case.points]
    return bool(withdrawn and all(withdrawn)) or was_refused(case)


def _owed(case: Case, *, is_over: bool) -> Iterator[str]:
    """Yield what keeps a case open, in words."""
    if not is_over:
        if case.stage > 0 and case.status in FORMAL and case.answered_on is None:
            due = case.extended_to or case.respond_by or case.acknowledge_by
            yield f"stage {case.stage} has no answer on record, which is due on {due} (heard case answer)"
        if case.escalation_received_on is not None:
            yield f"stage 2 was asked for on {case.escalation_received_on} (heard case escalate)"
        if case.stage == 0 and case.guard_at is not None:
            yield "it may be a complaint and nobody has ruled on it yet (heard rule)"
        outstanding = [action.what for action in case.actions if action.done_on is None]
        if outstanding:
            yield f"promised and not done: {', '.join(outstanding)}"
    for letter in case.letters:
        if letter.state in _WAITS_FOR_A_PERSON:
            name, state = (code.value.replace("_", " ") for code in (letter.kind, letter.state))
            yield f"letter {letter.id}, the {name}, has not gone: it is {state} (heard letters)"
    if case.request_opened_on is not None and case.request_closed_on is None:
        yield "the service request is open (heard case close-request)"
