"""What is due, asked of the record on both databases; and that a large record answers from its indexes."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rows import new_case, new_letter, new_message
from sqlalchemy import Engine, event

import migrations
from casework.letter_tasks import ask_to_release, close_task_of
from models import due_rows
from models.case import Action, Case, Task
from models.codes import ArrangementKind, LetterKind, LetterState, Status, TaskKind
from models.deadlines import WorkingDays
from models.duties import Duty, DutyKind
from models.people import Arrangement
from models.unit_of_work import SqlUnitOfWork, make_engine

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
BEFORE, TODAY, UNTIL, AFTER = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 6)
REFERENCES = iter(f"C-{number:04}" for number in range(10_000))


def put(engine: Engine, **changes: Any) -> Case:
    """Put a case on record, acknowledged and assigned to Amir unless told otherwise."""
    usual: dict[str, Any] = {"reference": next(REFERENCES), "assigned_to": "amir", "acknowledged_on": BEFORE}
    case = new_case(**(usual | changes))
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(case)
        uow.commit()
    return case


def due(engine: Engine, *, until: date = UNTIL, most: int = due_rows.MOST) -> list[Duty]:
    """Return what is due by a day."""
    return due_rows.duties(engine, until=until, working_days=WorkingDays(), most=most)


def only(engine: Engine) -> tuple[str, date, tuple[str, ...]]:
    """Return the one duty that there is: what, when and whose."""
    (found,) = due(engine)
    return found.what, found.due_by, found.officers


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"stage": 1}, "stage 1 acknowledgement"),
        ({"stage": 2, "status": Status.ESCALATION}, "stage 2 acknowledgement"),
        ({"stage": 0, "status": Status.ENQUIRY, "guard_at": NOW}, "acknowledgement of a likely complaint"),
    ],
)
def test_an_acknowledgement_is_due_where_a_complaint_runs_or_may_run(
    engine: Engine, changes: dict[str, Any], what: str
) -> None:
    """Until it was sent (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
    put(engine, acknowledged_on=None, acknowledge_by=UNTIL, **changes)
    assert only(engine) == (what, UNTIL, ("amir",))


@pytest.mark.parametrize(
    "changes",
    [
        {"acknowledged_on": BEFORE},
        {"acknowledge_by": AFTER},
        {"status": Status.SERVICE_REQUEST},
        {"status": Status.ENQUIRY, "stage": 0},
        {"stage": 0},
        {"answered_on": BEFORE},
        {"closed_on": BEFORE},
        {"is_historic": True},
    ],
)
def test_no_acknowledgement_is_due_where_nobody_awaits_one(engine: Engine, changes: dict[str, Any]) -> None:
    """Sent, later, no complaint, refused, answered, closed or historic."""
    put(engine, **({"acknowledged_on": None, "acknowledge_by": UNTIL} | changes))
    assert due(engine) == []


@pytest.mark.parametrize(
    ("changes", "what", "due_by"),
    [
        ({"respond_by": BEFORE}, "stage 1 response", BEFORE),
        ({"respond_by": UNTIL, "stage": 2, "status": Status.ESCALATION}, "stage 2 response", UNTIL),
        ({"respond_by": BEFORE, "extended_to": UNTIL}, "stage 1 response, extended", UNTIL),
    ],
)
def test_a_response_is_due_on_its_date_or_on_the_one_in_its_place(
    engine: Engine, changes: dict[str, Any], what: str, due_by: date
) -> None:
    """Stage 1 and 2, and within an extension (LGSCO 6.3, 6.4, 6.15, 6.16; HO 6.3, 6.4, 6.14, 6.15)."""
    put(engine, **changes)
    assert only(engine) == (what, due_by, ("amir",))


@pytest.mark.parametrize(
    "changes",
    [
        {"answered_on": BEFORE},
        {"respond_by": AFTER},
        {"extended_to": AFTER},
        {"closed_on": BEFORE},
        {"status": Status.SERVICE_REQUEST},
        {"is_historic": True},
    ],
)
def test_no_response_is_due_where_none_is_owed(engine: Engine, changes: dict[str, Any]) -> None:
    """Answered, later, put off, closed, no complaint or historic."""
    put(engine, **({"respond_by": UNTIL} | changes))
    assert due(engine) == []


def test_stage_2_is_acknowledged_in_time_although_it_has_not_begun(engine: Engine) -> None:
    """Its clock runs from the day on which it was asked for (LGSCO 6.12, HO 6.11)."""
    put(engine, answered_on=BEFORE, escalation_received_on=date(2026, 2, 26))
    put(engine, answered_on=BEFORE, escalation_received_on=date(2026, 2, 27))
    assert only(engine) == ("stage 2 acknowledgement", UNTIL, ("amir",))


def test_an_open_task_is_due_and_a_closed_one_is_not(engine: Engine) -> None:
    """What an officer has to do by a date, and what is merely noted."""
    for kind, due_by, closed_at in (
        (TaskKind.READ_REPLY, UNTIL, None),
        (TaskKind.READ_REPLY, AFTER, None),
        (TaskKind.READ_REPLY, UNTIL, NOW),
        (TaskKind.KNOWN_ISSUE, UNTIL, None),
        (TaskKind.REVIEW_ARRANGEMENT, UNTIL, None),
    ):
        put(engine, tasks=[Task(kind=kind, opened_at=NOW, due_by=due_by, note="", closed_at=closed_at)])
    assert only(engine) == ("read reply", UNTIL, ("amir",))


def test_a_held_letter_is_due_and_named_until_somebody_lets_it_go(engine: Engine) -> None:
    """Kind and case, and nothing of the person (LGSCO 6.2, HO 6.2)."""
    case = new_case(reference="C-1", assigned_to="amir", acknowledged_on=BEFORE, acknowledge_by=UNTIL)
    held = new_letter(kind=LetterKind.STAGE_1_ACKNOWLEDGEMENT, state=LetterState.HELD)
    ask_to_release(case, held, now=NOW)
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(case)
        uow.commit()
    assert only(engine) == ("a letter that is held (stage 1 acknowledgement)", UNTIL, ("amir",))
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get("C-1")
        close_task_of(case, held, now=NOW)
        uow.commit()
    assert due(engine) == []


def test_a_task_about_a_message_names_the_message(engine: Engine) -> None:
    """What could not be read belongs to no case, and to nobody."""
    with SqlUnitOfWork(engine) as uow:
        message = new_message(uid="1")
        uow.messages.keep(message, b"x")
        uow.flush()
        uow.messages.add_task(
            Task(kind=TaskKind.READ_QUARANTINED, opened_at=NOW, due_by=TODAY, note="", message_id=message.id)
        )
        uow.commit()
    (found,) = due(engine)
    what = "a message that could not be read"
    assert (found.reference, found.what, found.officers) == (f"M-{message.id}", what, ())


def test_an_action_is_due_until_it_is_done(engine: Engine) -> None:
    """Promised to the complainant, and outstanding until done (LGSCO 7.3, HO 7.3)."""
    for number, (due_by, done_on) in enumerate(((BEFORE, None), (BEFORE, BEFORE), (AFTER, None)), start=1):
        action = Action(
            number=number, what="repair", owner="may", opened_on=BEFORE, due_by=due_by, done_on=done_on
        )
        put(engine, actions=[action])
    assert only(engine) == ("an action that was promised", BEFORE, ("amir", "may"))


def test_a_promise_on_a_closed_case_is_due_until_it_is_done(engine: Engine) -> None:
    """Closing it is no keeping of it, and the case stays closed (LGSCO 7.3, HO 7.3)."""
    for done_on in (None, BEFORE):
        action = Action(number=1, what="repair", owner="may", opened_on=BEFORE, due_by=TODAY, done_on=done_on)
        put(engine, actions=[action], closed_on=BEFORE, closed_why="withdrawn", awaits_officer=False)
    assert only(engine) == ("an action that was promised", TODAY, ("amir", "may"))
    counted = due_rows.overdue_counts(engine, until=TODAY, working_days=WorkingDays())
    assert counted[DutyKind.ACTION] == 1


@pytest.mark.parametrize(("assigned_to", "whose"), [("amir", ("amir",)), ("", ("may",))])
def test_an_arrangement_is_reviewed_by_the_officer_of_its_case_or_who_agreed_it(
    engine: Engine, assigned_to: str, whose: tuple[str, ...]
) -> None:
    """When its date of review has come (LGSCO 5.6, 5.10, 5.11; HO 5.10, 5.14, 5.15)."""
    case = put(engine, assigned_to=assigned_to)
    for review_on, ended_on in ((TODAY, None), (TODAY, TODAY), (AFTER, None), (None, None)):
        agreed = Arrangement(
            address="ann@example.org", kind=ArrangementKind.ADJUSTMENT, what="large print", reason="asked",
            officer="may", agreed_on=BEFORE, review_on=review_on, ended_on=ended_on,
            case_reference=case.reference,
        )  # fmt: skip
        with SqlUnitOfWork(engine) as uow:
            uow.people.add(agreed)
            uow.commit()
    (found,) = due(engine)
    assert (found.kind, found.reference, found.due_by) == (DutyKind.REVIEW, case.reference, TODAY)
    assert found.officers == whose


def test_so_many_at_most_are_read_the_longest_overdue_first(engine: Engine) -> None:
    """A record in which nobody ever worked does not fill the memory."""
    for day in (UNTIL, BEFORE, TODAY):
        put(engine, respond_by=day)
    assert [found.due_by for found in due(engine, most=2)] == [BEFORE, TODAY]


def test_what_is_overdue_is_counted_by_kind(engine: Engine) -> None:
    """For monitoring and the doctor; what is due today is not late."""
    put(engine, respond_by=BEFORE, acknowledged_on=None, acknowledge_by=BEFORE)
    put(engine, respond_by=TODAY)
    put(engine, answered_on=BEFORE, escalation_received_on=date(2026, 2, 2))
    put(engine, tasks=[Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=BEFORE, note="")])
    counted = due_rows.overdue_counts(engine, until=BEFORE, working_days=WorkingDays())
    assert counted == {
        DutyKind.ACKNOWLEDGEMENT: 2, DutyKind.RESPONSE: 1, DutyKind.ACTION: 0, DutyKind.TASK: 1,
        DutyKind.REVIEW: 0,
    }  # fmt: skip


def test_a_digest_is_begun_once_a_recipient_and_day(engine: Engine) -> None:
    """The key of the table lets nobody write it twice."""
    for recipient, day, is_new in (
        ("a", TODAY, True),
        ("a", TODAY, False),
        ("a", UNTIL, True),
        ("b", TODAY, True),
    ):
        with SqlUnitOfWork(engine) as uow:
            assert uow.digests.begin(recipient, day) is is_new
            uow.commit()


def test_a_digest_that_was_not_committed_can_be_written_again(engine: Engine) -> None:
    """A crash before the commit loses neither the digest nor the right to write it."""
    with SqlUnitOfWork(engine) as uow:
        assert uow.digests.begin("a", TODAY)
    with SqlUnitOfWork(engine) as uow:
        assert uow.digests.begin("a", TODAY)


def test_digests_that_did_not_arrive_are_counted(engine: Engine) -> None:
    """Of a time, and digests alone."""
    with SqlUnitOfWork(engine) as uow:
        for number, (kind, state) in enumerate(
            (
                (LetterKind.DIGEST, LetterState.FAILED),
                (LetterKind.DIGEST, LetterState.SENT),
                (LetterKind.RECEIPT, LetterState.FAILED),
            )
        ):
            uow.letters.add(new_letter(kind=kind, state=state, message_id=f"<{number}@x>", queued_at=NOW))
        uow.commit()
    assert due_rows.failed_digests(engine, since=NOW) == 1


@pytest.mark.parametrize("changes", [{}, {"known_issue": 4}, {"recipient": "bo@example.org"}])
def test_a_letter_about_an_issue_is_found_by_issue_and_address(
    engine: Engine, changes: dict[str, Any]
) -> None:
    """Nobody is told twice, and nobody is kept from being told."""
    with SqlUnitOfWork(engine) as uow:
        uow.letters.add(new_letter(**({"known_issue": 3, "queued_at": NOW} | changes)))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.letters.tells_of_issue(3, "Ann@example.org", since=NOW) is (not changes)


@pytest.fixture
def statements(tmp_path: Path) -> Iterator[tuple[Engine, list[tuple[str, Any]]]]:
    """Return a SQLite record, and what is asked of it."""
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    migrations.upgrade(engine)
    asked: list[tuple[str, Any]] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _cur, sql, values, *_: asked.append((sql, values))
    )
    yield engine, asked
    engine.dispose()


@pytest.mark.parametrize(
    "ask",
    [
        due,
        lambda engine: due_rows.overdue_counts(engine, until=TODAY, working_days=WorkingDays()),
    ],
)
def test_what_is_due_is_answered_by_the_indexes_of_what_is_owed(
    ask: Callable[[Engine], object], statements: tuple[Engine, list[tuple[str, Any]]]
) -> None:
    """A million settled cases cost nothing: the indexes hold only what somebody still has to do."""
    engine, asked = statements
    ask(engine)
    plans = [_plan(engine, *each) for each in asked if each[0].startswith("SELECT")]
    for index in (
        "cases_unacknowledged",
        "cases_escalating",
        "cases_unanswered",
        "actions_outstanding",
        "tasks_open",
    ):
        assert any(f"ix_{index}" in plan for plan in plans), index
    # The table of arrangements is small: one row for each agreement with a person.
    scanned = [plan for plan in plans if "SCAN" in plan and "SCAN arrangements" not in plan]
    assert scanned == []


def _plan(engine: Engine, statement: str, values: Any) -> str:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return "\n".join(str(row[-1]) for row in rows)
