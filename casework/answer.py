"""The full answer of a stage: sent from the points on record, signed by the officer who gives it."""

from collections.abc import Iterator
from datetime import datetime

from casework.common import (
    SETTLED_BY_READING,
    is_same_officer,
    officer_named,
    open_for_change,
    send_letter,
)
from casework.consent import may_be_told
from casework.given_answer import refuse_while_answer_waits, waiting_answer
from casework.policy import Policy
from letters.details import PointAnswer, PromisedAction, ResponseDetails
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Point
from models.codes import LetterKind, PointOutcome
from models.deadlines import received_on
from models.errors import InputInvalid
from models.people import Officer
from models.ports import UnitOfWork

_RESPONSES = {1: LetterKind.STAGE_1_RESPONSE, 2: LetterKind.STAGE_2_RESPONSE}
_FINAL_STAGE = 2


def answer(
    uow: UnitOfWork,
    reference: str,
    *,
    summary: str = "",
    officer: str,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Send the response of the stage that runs; return what was done (LGSCO 6.7, 6.8, 6.18; HO 6.9, 6.19).

    Raises InputInvalid where a point lacks its outcome or its reasons, naming each, and at stage 2 for the
    officer who gave the stage 1 answer (LGSCO 6.14, HO 6.13).
    """
    case = open_for_change(uow, reference, seen=seen)
    signing = officer_named(uow, officer)
    _check(case, signing)
    if why_not := may_be_told(uow, case):
        raise InputInvalid(why_not)
    kind, due = _RESPONSES[case.stage], case.extended_to or case.respond_by
    today = received_on(now)
    if case.stage == 1:
        case.stage_1_officer = signing.name
    case.awaits_officer, case.guard_at = False, None
    case.close_tasks(*SETTLED_BY_READING, now=now)
    done = send_letter(
        uow, case, kind, _details(case, signing, summary), policy=policy, letterhead=letterhead, now=now
    )
    # What is held, or for a person's hand, is given when it goes.
    if waiting_answer(case) is None:
        case.answered_on = today
    outcomes = {str(point.number): point.outcome.value for point in case.points if point.outcome}
    outstanding = sum(action.done_on is None for action in case.actions)
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="answered", case_reference=case.reference,
            detail={"stage": case.stage, "due": due.isoformat() if due else None,
                    "late": due is not None and today > due, "outcomes": outcomes,
                    "actions_outstanding": outstanding, "letter": done},
        )
    )  # fmt: skip
    left = f"; {outstanding} promised actions are outstanding" if outstanding else ""
    counts = "" if case.answered_on else " written, which counts from the day on which it goes"
    return f"case {case.reference} has its stage {case.stage} answer{counts}; {done}{left}"


def missing_from_answer(case: Case) -> list[str]:
    """Return what the answer of the stage that runs still lacks, in words; nothing where it can go out."""
    if not case.points:
        return ["no point of the complaint is on record"]
    return [lack for point in case.points for lack in _missing(case, point)]


def _missing(case: Case, point: Point) -> Iterator[str]:
    if point.outcome is None:
        yield f"point {point.number} has no outcome"
    elif point.outcome is PointOutcome.WITHDRAWN:
        return
    elif case.stage == _FINAL_STAGE and _is_from_stage_1(case, point):
        yield f"point {point.number} has only its stage 1 outcome; stage 2 looks at it again"
    elif not point.finding.strip():
        yield f"point {point.number} has no finding, the reasons for its outcome"


def _is_from_stage_1(case: Case, point: Point) -> bool:
    """Say whether a point was decided before stage 2 began, or by whoever handled stage 1."""
    was_before = point.decided_on is not None and point.decided_on < case.received_on
    return was_before or is_same_officer(point.decided_by, case.stage_1_officer)


def _check(case: Case, signing: Officer) -> None:
    if case.stage not in _RESPONSES:
        raise InputInvalid(f"case {case.reference} runs no complaint, so there is nothing to answer")
    if case.answered_on is not None:
        raise InputInvalid(f"case {case.reference} had its stage {case.stage} answer on {case.answered_on}")
    refuse_while_answer_waits(case)
    if signing.is_disabled:
        raise InputInvalid(f"officer {signing.name} is disabled and signs no letters")
    if case.stage == _FINAL_STAGE and is_same_officer(signing.name, case.stage_1_officer):
        raise InputInvalid(
            f"officer {signing.name} gave the stage 1 answer of case {case.reference}; "
            "somebody else gives that of stage 2 (LGSCO 6.14, HO 6.13)"
        )
    missing = missing_from_answer(case)
    if missing:
        raise InputInvalid(
            f"the answer of case {case.reference} is not complete (LGSCO 6.7): {'; '.join(missing)}"
        )


def _details(case: Case, signing: Officer, summary: str) -> ResponseDetails:
    return ResponseDetails(
        stage=case.stage,
        points=tuple(
            PointAnswer(point.number, point.text, point.outcome, point.finding, point.remedy)
            for point in case.points
            if point.outcome is not None
        ),
        signed_by=signing.full_name,
        summary=summary.strip(),
        actions=tuple(
            PromisedAction(action.what, action.due_by) for action in case.actions if action.done_on is None
        ),
    )
