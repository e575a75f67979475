"""What outlives a case on both databases: reviews, agreements and promises; and a stage 1 before our time."""

from datetime import date

import pytest
from hands import DECIDES, WRITES, make_action, make_officer
from rows import new_case
from sqlalchemy import Engine

from casework.actions import finish_action, write_progress
from casework.answered_elsewhere import answered_elsewhere
from casework.arrangements import arrange, end_arrangement, keep_arrangement, open_reviews
from casework.assign import assign
from casework.merge import merge
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models import due_rows, queries, queue_rows
from models.audit_chain import verify
from models.case import Case
from models.codes import ArrangementKind, ContactWay, Flag, LetterKind, Status, TaskKind
from models.deadlines import WorkingDays
from models.errors import InputInvalid
from models.unit_of_work import SqlUnitOfWork

FIRST, SECOND = "C-0000-0001-95", "C-0000-0002-92"
TODAY, REVIEW, NEXT = date(2026, 3, 3), date(2026, 9, 1), date(2027, 3, 1)


def kept(engine: Engine, *cases: Case) -> None:
    """Put cases and two officers on record."""
    with SqlUnitOfWork(engine) as uow:
        for case in cases:
            uow.cases.add(case)
        for name in ("pat", "sam"):
            uow.officers.add(make_officer(name))
        uow.commit()


def agreed(engine: Engine, reference: str) -> int:
    """Agree on a telephone number; return the number of the arrangement."""
    with SqlUnitOfWork(engine) as uow:
        arrange(
            uow, reference, kind=ArrangementKind.ADJUSTMENT, what="Ring.", way=ContactWay.TELEPHONE_ONLY,
            value="01632 960123", review_on=REVIEW, policy=Policy(), **DECIDES,
        )  # fmt: skip
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        return max(each.id or 0 for each in uow.people.due_for_review(REVIEW))


def reviews(engine: Engine) -> list[str]:
    """Open the reviews that are due; return the cases on which they are."""
    with SqlUnitOfWork(engine) as uow:
        told = open_reviews(uow, today=REVIEW, now=DECIDES["now"])
        uow.commit()
    return told


def test_a_review_on_a_closed_case_is_recorded_and_the_case_leaves_the_queue(engine: Engine) -> None:
    """It stays closed all the while; so does a new agreement with its person (LGSCO 5.6, HO 5.10)."""
    kept(engine, new_case(reference=FIRST, closed_on=TODAY, closed_why="answered", awaits_officer=False))
    number = agreed(engine, FIRST)
    assert reviews(engine) == [FIRST]
    assert [row.reference for row in queue_rows.queue(engine, limit=10)] == [FIRST]
    with SqlUnitOfWork(engine) as uow:
        keep_arrangement(uow, FIRST, number, review_on=NEXT, reason="As before.", **DECIDES)
        uow.commit()
    assert queue_rows.queue(engine, limit=10) == []
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get(FIRST).closed_on == TODAY
        end_arrangement(uow, FIRST, number, reason="Better.", **DECIDES)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.people.due_for_review(NEXT) == []
    assert not verify(engine).fault


def test_a_review_follows_a_merged_case_to_a_person_s_other_address(engine: Engine) -> None:
    """Closed, too: what was agreed under the one address is ended by the other (LGSCO 5.6, HO 5.10)."""
    other = new_case(reference=SECOND, complainant_address="lee@example.net", reply_address="lee@example.net")
    kept(engine, new_case(reference=FIRST), other)
    number = agreed(engine, FIRST)
    agreed(engine, SECOND)
    with SqlUnitOfWork(engine) as uow:
        merge(uow, FIRST, SECOND, reason="One bin.", policy=Policy(), **DECIDES)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(SECOND)
        case.closed_on, case.closed_why, case.awaits_officer = TODAY, "answered", False
        uow.commit()
    assert reviews(engine) == [SECOND, SECOND]
    with SqlUnitOfWork(engine) as uow:
        with pytest.raises(InputInvalid, match=f"goes on as {SECOND}"):
            end_arrangement(uow, FIRST, number, reason="Better.", **DECIDES)
        with pytest.raises(InputInvalid, match="no arrangement 99 is in force"):
            end_arrangement(uow, SECOND, 99, reason="Better.", **DECIDES)
        end_arrangement(uow, SECOND, number, reason="Better.", **DECIDES)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        tasks = [task for task in uow.cases.get(SECOND).tasks if task.kind is TaskKind.REVIEW_ARRANGEMENT]
    assert sorted(task.closed_at is None for task in tasks) == [False, True]


def test_a_promise_on_a_closed_case_is_told_of_until_it_is_done(engine: Engine) -> None:
    """Then no longer; progress can be written meanwhile (LGSCO 6.6, 7.3; HO 6.6, 7.3)."""
    kept(
        engine,
        new_case(reference=FIRST, closed_on=TODAY, awaits_officer=False, actions=[make_action(due_by=TODAY)]),
    )

    def told() -> list[str]:
        duties = due_rows.duties(engine, until=TODAY, working_days=WorkingDays())
        return [each.reference for each in duties]

    assert told() == [FIRST]
    with SqlUnitOfWork(engine) as uow:
        write_progress(uow, FIRST, **WRITES)
        finish_action(uow, FIRST, 1, done_on=TODAY, note="Delivered.", **DECIDES)
        uow.commit()
    assert told() == []
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(FIRST)
    assert (case.closed_on, case.letters[-1].kind) == (TODAY, LetterKind.PROGRESS)


def test_who_answered_stage_1_before_our_time_is_kept_from_stage_2(engine: Engine) -> None:
    """By either name (LGSCO 6.14, HO 6.13)."""
    kept(engine, new_case(reference=FIRST, stage=2, status=Status.ESCALATION, assigned_to="pat"))
    with SqlUnitOfWork(engine) as uow:
        answered_elsewhere(uow, FIRST, on=date(2026, 2, 2), by="Pat Okoro", officer="sam", now=DECIDES["now"])
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert (uow.cases.get(FIRST).stage_1_officer, uow.cases.get(FIRST).assigned_to) == ("pat", "")
        with pytest.raises(InputInvalid, match="pat handled stage 1"):
            assign(uow, FIRST, to="pat", officer="sam", now=DECIDES["now"])
        assign(uow, FIRST, to="sam", officer="pat", now=DECIDES["now"])
        uow.commit()
    view = queries.case_view(engine, FIRST)
    assert view is not None
    assert [row["action"] for row in view.trail] == ["answered_elsewhere", "case_assigned"]


def test_a_ruling_that_sees_a_danger_moves_the_case_up(engine: Engine) -> None:
    """Of two that are due on one day (LGSCO 6.1, HO 6.1)."""
    kept(engine, new_case(reference=FIRST), new_case(reference=SECOND))
    for flags, first in (([Flag.SAFETY_HAZARD], SECOND), ([], FIRST)):
        with SqlUnitOfWork(engine) as uow:
            record_ruling(
                uow, SECOND, status=None, category=None, ombudsman=None, reason="Read.", flags=flags, **WRITES
            )
            case = uow.cases.get(SECOND)
            case.acknowledged_on, case.respond_by, case.tasks = None, None, []
            uow.commit()
        assert queue_rows.queue(engine, limit=10)[0].reference == first
