"""Stage 1 was answered outside Heard: on record with its day and its officer, who does not take stage 2."""

from datetime import date
from typing import Any

import pytest
from builders import GUARD_AT, NOW, REFERENCE, TODAY, make_case, make_letter
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, make_officer, make_point, office, request, reviewed

from casework.acknowledge import owe
from casework.answer import answer
from casework.answered_elsewhere import answered_elsewhere
from casework.assign import assign
from casework.escalate import escalate
from models.case import Case
from models.codes import LetterKind, TaskKind
from models.errors import InputInvalid

CAME, ANSWERED = date(2026, 2, 2), date(2026, 2, 16)


def unknown_stage_1(**changes: Any) -> Case:
    """Return a case that Heard first knew at stage 2."""
    return reviewed(**({"stage_1_officer": ""} | changes))


def recorded(*cases: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Have Sam record that Pat answered stage 1 on 16 February."""
    uow = office(*cases)
    uow.officers.add(make_officer("sam"))
    said: dict[str, Any] = {"on": ANSWERED, "by": "pat", "officer": "sam", "now": NOW}
    return uow, answered_elsewhere(uow, REFERENCE, **(said | changes))


@pytest.mark.parametrize("typed", ["pat", " Pat ", "Pat Okoro", "pat  OKORO"])
def test_who_answered_stage_1_elsewhere_cannot_be_given_stage_2(typed: str) -> None:
    """Heard first knew the case at stage 2 (LGSCO 6.14, HO 6.13)."""
    case = unknown_stage_1(points=[make_point()])
    uow, done = recorded(case, by=typed)
    assert done == f"stage 1 of case {REFERENCE} was answered on 2026-02-16 by pat"
    with pytest.raises(InputInvalid, match="pat handled stage 1"):
        assign(uow, REFERENCE, to="pat", officer="kim", now=NOW)
    with pytest.raises(InputInvalid, match="pat gave the stage 1 answer"):
        answer(uow, REFERENCE, **WRITES)
    assign(uow, REFERENCE, to="sam", officer="kim", now=NOW)
    assert (case.stage, case.answered_on, case.assigned_to) == (2, None, "sam")


def test_whoever_has_the_case_and_answered_stage_1_gives_it_up() -> None:
    """Somebody else takes it (LGSCO 6.14, HO 6.13)."""
    case = unknown_stage_1(assigned_to="pat", awaits_officer=False)
    _, done = recorded(case)
    assert done.endswith("; the case is nobody's now, please assign it to another")
    assert (case.assigned_to, case.awaits_officer) == ("", True)


def test_an_answer_to_stage_1_that_went_another_way_has_its_own_day_and_officer() -> None:
    """Not the day on which somebody typed it in; stage 2 follows it (LGSCO 6.3, 6.10, 6.14; HO 6.3, 6.13)."""
    case = acknowledged(received_on=CAME, assigned_to="sam", guard_at=GUARD_AT)
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "no address", now=NOW)
    uow, _ = recorded(case, reason="Posted by the depot.")
    assert (case.answered_on, case.stage_1_officer, case.assigned_to) == (ANSWERED, "pat", "sam")
    assert (case.awaits_officer, case.guard_at, case.tasks[0].closed_at) == (False, None, NOW)
    escalate(uow, REFERENCE, received=TODAY, **(WRITES | {"officer": "sam"}))
    assert (case.stage, case.stage_1_officer, case.assigned_to) == (2, "pat", "sam")


def test_a_stage_2_that_was_asked_for_waits_on() -> None:
    """Its guard, too (LGSCO 6.12, HO 6.11)."""
    case = acknowledged(received_on=CAME, escalation_received_on=TODAY, guard_at=GUARD_AT)
    recorded(case)
    assert (case.escalation_received_on, case.guard_at, case.awaits_officer) == (TODAY, GUARD_AT, True)


def test_the_audit_says_who_answered_who_recorded_it_and_what_stood_there_before() -> None:
    """A mistaken name can be put right, and shows (LGSCO 5.8, 6.14; HO 5.12, 6.13)."""
    uow, _ = recorded(unknown_stage_1(stage_1_officer="kim"), reason="Her letter.")
    (row,) = uow.audit.rows
    assert (row.actor, row.action) == ("sam", "answered_elsewhere")
    assert {key: row.detail[key] for key in ("stage", "answered_on", "by", "before", "reason")} == {
        "stage": 1, "answered_on": "2026-02-16", "by": "pat", "before": "kim", "reason": "Her letter.",
    }  # fmt: skip


def test_somebody_who_left_before_our_time_may_have_answered() -> None:
    """They are on no record, and who types the name is told so."""
    _, done = recorded(unknown_stage_1(), by="Jo  Bloggs")
    assert done.endswith("by Jo Bloggs; Jo Bloggs is no officer on record")


@pytest.mark.parametrize(
    ("case", "changes", "why"),
    [
        (request(), {}, "runs no complaint"),
        (unknown_stage_1(), {"by": " "}, "--by"),
        (unknown_stage_1(), {"officer": " "}, "--officer"),
        (unknown_stage_1(), {"on": date(2026, 3, 4)}, "--on 2026-03-04 cannot be right"),
        (unknown_stage_1(), {"on": date(2006, 2, 16)}, "--on 2006-02-16 cannot be right"),
        (acknowledged(), {}, "--on 2026-02-16 .* from 2026-03-03"),
        (make_case(closed_on=TODAY), {}, "heard case reopen"),
        (
            reviewed(letters=[make_letter(LetterKind.STAGE_1_RESPONSE)]),
            {"by": "sam"},
            "answer of ours, signed by pat",
        ),
    ],
)
def test_what_cannot_have_been_is_refused(case: Case, changes: dict[str, Any], why: str) -> None:
    """Each fault is named, and nothing recorded."""
    before = (case.stage_1_officer, case.answered_on)
    with pytest.raises(InputInvalid, match=why):
        recorded(case, **changes)
    assert (case.stage_1_officer, case.answered_on) == before


def test_who_acts_on_an_older_version_is_told() -> None:
    """As with every change."""
    with pytest.raises(InputInvalid, match="saw version 3"):
        recorded(unknown_stage_1(version=4), seen=3)


def test_whoever_assigns_stage_2_hears_that_the_officer_of_stage_1_is_not_on_record() -> None:
    """With the command that puts them there; afterwards there is nothing to say (LGSCO 6.14, HO 6.13)."""
    uow = office(unknown_stage_1())
    uow.officers.add(make_officer("sam"))
    assert f"heard case answered {REFERENCE}" in assign(uow, REFERENCE, to="pat", officer="kim", now=NOW)
    answered_elsewhere(uow, REFERENCE, on=ANSWERED, by="pat", officer="kim", now=NOW)
    assert assign(uow, REFERENCE, to="sam", officer="kim", now=NOW) == f"case {REFERENCE} is sam's now"
