"""What was promised to the complainant: by whom, by when, outstanding until done (LGSCO 7.3, HO 7.3)."""

from datetime import date, datetime

from casework.common import (
    FIVE_YEARS,
    came_on,
    open_for_change,
    open_or_closed,
    require_day,
    require_words,
    send_letter,
    signing_officer,
)
from casework.consent import may_be_told
from casework.points import point_of
from casework.policy import Policy
from letters.details import ProgressDetails, PromisedAction
from letters.letterhead import Letterhead
from models.case import Action, AuditRow, Case
from models.codes import LetterKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork


def add_action(
    uow: UnitOfWork,
    reference: str,
    what: str,
    *,
    owner: str,
    due_by: date,
    officer: str,
    now: datetime,
    point: int | None = None,
    seen: int | None = None,
) -> str:
    """Record what was promised, who sees to it and by when; return what was done."""
    officer = require_words(officer, what="an action needs the name of who records it", option="--officer")
    what = require_words(what, what="the action is empty", option="--add")
    owner = require_words(owner, what="an action needs somebody who sees to it", option="--owner")
    case = open_for_change(uow, reference, seen=seen)
    # A promise that is overdue by now is no less a promise.
    require_day(due_by, option="--due", first=came_on(case), last=received_on(now) + FIVE_YEARS)
    if point is not None:
        point_of(case, point)
    number = next_action(case)
    case.actions.append(
        Action(
            number=number, what=what, owner=owner, opened_on=received_on(now), due_by=due_by, point=point
        )
    )  # fmt: skip
    detail = {"action": number, "owner": owner, "due_by": due_by.isoformat(), "point": point}
    uow.audit.add(
        AuditRow(at=now, actor=officer, action="action_added", case_reference=reference, detail=detail)
    )
    return f"action {number} recorded: {owner}, due by {due_by}"


def finish_action(
    uow: UnitOfWork,
    reference: str,
    number: int,
    *,
    done_on: date,
    note: str,
    officer: str,
    now: datetime,
    seen: int | None = None,
) -> str:
    """Record that what was promised is done, also after the case was closed; return what was done."""
    officer = require_words(officer, what="say who records it", option="--officer")
    note = require_words(note, what="say what was done, or how it is known", option="--note")
    case = open_or_closed(uow, reference, seen=seen)
    require_day(done_on, option="--done", first=came_on(case), last=received_on(now))
    action = _action_of(case, number)
    if action.done_on is not None:
        raise InputInvalid(f"action {number} of case {reference} was done on {action.done_on} already")
    action.done_on, action.note = done_on, note
    detail = {"action": number, "done_on": done_on.isoformat(), "note": note}
    uow.audit.add(
        AuditRow(at=now, actor=officer, action="action_done", case_reference=reference, detail=detail)
    )
    left = sum(each.done_on is None for each in case.actions)
    return f"action {number} done: {action.what}; {left} outstanding"


def write_progress(
    uow: UnitOfWork,
    reference: str,
    *,
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    note: str = "",
    seen: int | None = None,
) -> str:
    """Tell the complainant how far the promised actions have come (LGSCO 6.6, HO 6.6); return what was done.

    Raises InputInvalid where nothing was promised, or where the writer may not be told.
    """
    signing = signing_officer(uow, officer)
    case = open_or_closed(uow, reference, seen=seen)
    if not case.actions:
        raise InputInvalid(f"case {reference} has no action to tell of; record one with heard case action")
    if why_not := may_be_told(uow, case):
        raise InputInvalid(f"no progress letter about case {reference}: {why_not}")
    details = ProgressDetails(
        actions=tuple(PromisedAction(each.what, each.due_by, each.done_on) for each in case.actions),
        signed_by=signing.full_name,
        note=note.strip(),
    )
    done = send_letter(uow, case, LetterKind.PROGRESS, details, policy=policy, letterhead=letterhead, now=now)
    if case.closed_on is not None:
        # A task to post it keeps it in the queue, and nothing would take a closed case out again.
        case.awaits_officer = False
    outstanding = [each.number for each in case.actions if each.done_on is None]
    uow.audit.add(
        AuditRow(
            at=now, actor=signing.name, action="progress_told", case_reference=reference,
            detail={"outstanding": outstanding, "letter": done},
        )
    )  # fmt: skip
    return f"{done}; {len(outstanding)} of {len(case.actions)} actions outstanding"


def next_action(case: Case) -> int:
    """Return the number of the next action."""
    return max((action.number for action in case.actions), default=0) + 1


def _action_of(case: Case, number: int) -> Action:
    found = next((action for action in case.actions if action.number == number), None)
    if found is None:
        known = ", ".join(str(action.number) for action in case.actions) or "none yet"
        raise InputInvalid(f"case {case.reference} has no action {number}; its actions: {known}")
    return found
