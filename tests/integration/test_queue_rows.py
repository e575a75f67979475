"""The queue kept in its table, held against what it always meant: reckoned anew, case by case, in Python."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from builders import make_decision
from rows import new_case, new_message
from sqlalchemy import Engine, text

import migrations
from models.case import Case, Ruling, Task
from models.codes import Category, Ombudsman, Outcome, Status, TaskKind
from models.message import Message
from models.queue_rows import QueueRow, counts, next_in_queue, queue, queue_length, queue_page
from models.queue_selection import Looker, Position, Selection, Show
from models.reference import message_name, reference_of
from models.unit_of_work import SqlUnitOfWork, make_engine

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 3)
BO = Looker("bo", TODAY)


def case_of(number: int, drawn: random.Random) -> Case:
    """Return a case as it may be at any point of its way."""
    status = drawn.choice(list(Status))
    return new_case(
        reference=reference_of(number), status=status, stage=drawn.choice((0, 1, 2)),
        category=drawn.choice((Category.HOUSING_RENT, Category.PEST_CONTROL, Category.OTHER)).value,
        ombudsman=drawn.choice(list(Ombudsman)), priority=drawn.choice((0, 0, 1, 2, 25)),
        acknowledge_by=day(drawn), awaits_officer=drawn.random() < 0.7,
        acknowledged_on=drawn.choice((None, TODAY)), respond_by=drawn.choice((None, day(drawn))),
        extended_to=drawn.choice((None, None, day(drawn))), answered_on=drawn.choice((None, None, TODAY)),
        assigned_to=drawn.choice(("", "bo", "cy")),
        tasks=[task(drawn) for _ in range(drawn.choice((0, 0, 1, 3)))],
    )  # fmt: skip


def task(drawn: random.Random) -> Task:
    """Return a task of a case, closed or open."""
    return Task(
        kind=drawn.choice((
            TaskKind.KNOWN_ISSUE, TaskKind.READ_REPLY, TaskKind.POSSIBLE_REPLY, TaskKind.ACKNOWLEDGEMENT_OWED,
        )),
        opened_at=NOW, due_by=day(drawn), note="do it", closed_at=drawn.choice((None, NOW)),
    )  # fmt: skip


def day(drawn: random.Random) -> date:
    """Return a day around today."""
    return TODAY + timedelta(days=drawn.randrange(-6, 7))


def quarantined(number: int) -> Message:
    """Return a message in quarantine."""
    return new_message(
        uid=str(number), outcome=Outcome.QUARANTINE, subject=f"broken {number}", text="odd words"
    )


def due(case: Case) -> date:
    """Return the day on which the next thing about a case falls due, as the queue always reckoned it."""
    days = [each.due_by for each in case.tasks if each.closed_at is None]
    if case.acknowledged_on is None:
        days.append(case.acknowledge_by)
    elif case.answered_on is None and (case.extended_to or case.respond_by):
        days.append(case.extended_to or case.respond_by or TODAY)
    return min(days, default=case.acknowledge_by)


def waits(case: Case) -> bool:
    """Say whether a case awaits an officer, or holds a task that is more than a note."""
    return case.awaits_officer or any(
        each.closed_at is None and each.kind is not TaskKind.KNOWN_ISSUE for each in case.tasks
    )


def everything(engine: Engine) -> list[Case]:
    """Return every case whole."""
    with engine.connect() as connection:
        references = connection.execute(text("SELECT reference FROM cases ORDER BY id")).scalars().all()
    with SqlUnitOfWork(engine, reads=True) as uow:
        return [case for case in map(uow.cases.find, references) if case is not None]


def walked(engine: Engine, selection: Selection, looker: Looker = BO, *, limit: int = 11) -> list[QueueRow]:
    """Return the rows of every page of a selection, walked from the first to the last."""
    rows: list[QueueRow] = []
    after: Position | None = None
    while True:
        page = queue_page(engine, selection, looker, limit=limit, after=after)
        rows.extend(page.rows)
        if page.after is None:
            return rows
        after = page.after


@pytest.fixture
def busy(engine: Engine) -> Engine:
    """Return a record of cases of every kind and of messages in quarantine, changed here and there since."""
    drawn = random.Random(7)  # noqa: S311  # the same cases each time
    with SqlUnitOfWork(engine) as uow:
        for number in range(1, 61):
            uow.cases.add(case_of(number, drawn))
        for number in range(5):
            message = quarantined(number)
            uow.messages.keep(message, b"x")
            uow.flush()
            uow.messages.add_task(
                Task(kind=TaskKind.READ_QUARANTINED, opened_at=NOW, due_by=TODAY + timedelta(days=number - 2),
                     note="why", message_id=message.id)
            )  # fmt: skip
        uow.commit()
    for number in range(1, 61, 4):
        with SqlUnitOfWork(engine) as uow:
            case = uow.cases.get(reference_of(number))
            change(case, drawn)
            uow.commit()
    return engine


def change(case: Case, drawn: random.Random) -> None:
    """Do with a case something that moves it in the queue, into it or out of it."""
    match drawn.randrange(6):
        case 0:
            case.close_tasks(TaskKind.READ_REPLY, TaskKind.POSSIBLE_REPLY, now=NOW)
        case 1:
            case.tasks.append(task(drawn))
        case 2:
            case.awaits_officer = not case.awaits_officer
        case 3:
            case.acknowledged_on, case.respond_by = TODAY, day(drawn)
        case 4:
            case.assigned_to, case.priority = "bo", 8
        case _:
            case.answered_on, case.status = TODAY, Status.SERVICE_REQUEST


def test_the_order_is_what_it_always_was(busy: Engine) -> None:
    """Soonest deadline, then greatest risk, whatever was done to the cases (LGSCO 6.1, HO 6.1)."""
    cases = [(due(case), -case.priority, case.reference) for case in everything(busy) if waits(case)]
    rows = [row for row in queue(busy, limit=500) if row.message_id is None]
    assert [(row.due_by, -row.priority) for row in rows] == sorted(each[:2] for each in cases)
    assert {row.reference: row.due_by for row in rows} == {reference: by for by, _, reference in cases}


def test_messages_in_quarantine_stand_among_the_cases_at_their_date(busy: Engine) -> None:
    """They are nobody's, and wait like everything else."""
    rows = queue(busy, limit=500)
    assert [row.due_by for row in rows] == sorted(row.due_by for row in rows)
    assert [row.status for row in rows if row.message_id] == ["quarantine"] * 5
    assert queue_length(busy) == len(rows)


def selections() -> Iterator[Selection]:
    """Yield selections of every kind, combined too."""
    yield Selection()
    for show in Show:
        yield Selection(show)
        yield Selection(show, category="pest_control")
        yield Selection(show, stage=1, ombudsman=Ombudsman.HOUSING)
    yield Selection(category="housing_rent", stage=0)


@pytest.mark.parametrize("looker", [BO, Looker("bo", TODAY, only_own=True), Looker("nobody", TODAY)])
def test_counts_agree_with_the_list(busy: Engine, looker: Looker) -> None:
    """Whatever is selected and whoever looks: the number beside a link is that of the rows behind it."""
    for selection in selections():
        rows = walked(busy, selection, looker)
        counted = counts(busy, selection, looker, parts=tuple(Show))
        assert counted[selection.show] == len(rows), selection
        assert len({row.reference for row in rows}) == len(rows)


def test_many_are_counted_no_further_than_anybody_reads(
    busy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count ends one beyond the most, so that the page can say "over"; few are counted whole."""
    monkeypatch.setattr("models.queue_rows.MOST_COUNTED", 20)
    whole = counts(busy, Selection(), BO, parts=tuple(Show))
    monkeypatch.setattr("models.queue_rows.MOST_COUNTED", 10_000)
    exact = counts(busy, Selection(), BO, parts=tuple(Show))
    assert whole == {show: min(count, 21) for show, count in exact.items()}


def is_in(show: Show, case: Case) -> bool:
    """Say by the case itself whether it belongs to a part of the queue."""
    kinds = {each.kind for each in case.tasks if each.closed_at is None}
    return {
        Show.MINE: case.assigned_to == "bo",
        Show.UNASSIGNED: case.assigned_to == "",
        Show.OVERDUE: due(case) < TODAY,
        Show.COMPLAINTS: case.status in {Status.COMPLAINT, Status.ESCALATION},
        Show.REQUESTS: case.status is Status.SERVICE_REQUEST,
        Show.OWED: TaskKind.ACKNOWLEDGEMENT_OWED in kinds,
        Show.REPLIES: TaskKind.POSSIBLE_REPLY in kinds,
    }[show]


@pytest.mark.parametrize(
    "show",
    [Show.MINE, Show.UNASSIGNED, Show.OVERDUE, Show.COMPLAINTS, Show.REQUESTS, Show.OWED, Show.REPLIES],
)
def test_each_part_holds_what_its_name_says(busy: Engine, show: Show) -> None:
    """Held against the cases themselves; messages without a case are with nobody, or overdue."""
    expected = {case.reference for case in everything(busy) if waits(case) and is_in(show, case)}
    shown = {row.reference for row in walked(busy, Selection(show)) if row.message_id is None}
    assert shown == expected
    assert shown


def test_pages_lead_back_the_way_they_came(busy: Engine) -> None:
    """The page before a page holds the very rows that were on it."""
    first = queue_page(busy, Selection(), BO, limit=10)
    second = queue_page(busy, Selection(), BO, limit=10, after=first.after)
    third = queue_page(busy, Selection(), BO, limit=10, after=second.after)
    again = queue_page(busy, Selection(), BO, limit=10, before=third.before)
    assert again.rows == second.rows
    assert first.before is None
    assert queue_page(busy, Selection(), BO, limit=10, before=again.before).before is None
    last = walked(busy, Selection())[-1]
    assert queue_page(busy, Selection(), BO, limit=500).rows[-1] == last


def test_what_is_done_meanwhile_moves_no_other_row_to_another_page(busy: Engine) -> None:
    """An officer walks on while colleagues rule: nothing that stays is passed over or shown twice."""
    all_rows = [row.reference for row in walked(busy, Selection())]
    first = queue_page(busy, Selection(), BO, limit=10)
    gone = next(row.reference for row in first.rows if row.message_id is None)
    with SqlUnitOfWork(busy) as uow:
        case = uow.cases.get(gone)
        case.awaits_officer = False
        case.close_tasks(*TaskKind, now=NOW)
        uow.cases.add(new_case(reference=reference_of(999), acknowledge_by=TODAY - timedelta(days=90)))
        uow.commit()
    second = queue_page(busy, Selection(), BO, limit=10, after=first.after)
    assert [row.reference for row in second.rows] == all_rows[10:20]
    assert [row.reference for row in queue_page(busy, Selection(), BO, limit=1).rows] == [reference_of(999)]


def test_who_sees_only_their_own_sees_nothing_else(busy: Engine) -> None:
    """No case of a colleague, none that is with nobody, and no message without a case."""
    looker = Looker("bo", TODAY, only_own=True)
    for show in (None, *Show):
        for row in walked(busy, Selection(show), looker):
            assert (row.assigned_to, row.message_id) == ("bo", None)


def test_a_ruling_settles_what_triage_was_unsure_of(engine: Engine) -> None:
    """Unsure is what waits for the first ruling; one that is taken back leaves it unsure again."""
    with SqlUnitOfWork(engine) as uow:
        message = new_message(uid="1")
        uow.messages.keep(message, b"x")
        case = new_case(reference=reference_of(1))
        case.messages.append(message)
        uow.cases.add(case)
        uow.flush()
        uow.messages.add_decision(message, make_decision(is_unsure=True), now=NOW)
        uow.commit()
    assert shown(engine, Show.UNSURE) == [reference_of(1)]
    ruling = Ruling(officer="bo", ruled_at=NOW, status=Status.COMPLAINT, category="other",
                    ombudsman=Ombudsman.LGSCO, reason="read")  # fmt: skip
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(reference_of(1))
        case.rulings.append(ruling)
        uow.commit()
    assert shown(engine, Show.UNSURE) == []
    assert queue(engine, limit=1)[0].is_ruled
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(reference_of(1))
        case.rulings[0].undone_at = NOW
        uow.commit()
    assert shown(engine, Show.UNSURE) == [reference_of(1)]


def shown(engine: Engine, show: Show) -> list[str]:
    """Return the references of a part of the queue."""
    return [row.reference for row in walked(engine, Selection(show))]


def test_an_item_leaves_the_queue_with_its_task(busy: Engine) -> None:
    """Filed by an officer, or read again: it waits no longer."""
    row = walked(busy, Selection(Show.QUARANTINE))[0]
    assert (row.reference, row.subject, row.tasks) == (
        message_name(row.message_id), f"broken {int(row.message_id or 0) - 1}", ("why",),
    )  # fmt: skip
    with SqlUnitOfWork(busy) as uow:
        uow.messages.close_tasks_of(row.message_id or 0, now=NOW)
        uow.commit()
    assert len(walked(busy, Selection(Show.QUARANTINE))) == 4
    assert queue_length(busy) == len(queue(busy, limit=500))


def test_the_case_behind_is_the_next_one_that_waits(busy: Engine) -> None:
    """But for those that were passed over, and never a message without a case."""
    order = [row.reference for row in queue(busy, limit=500) if row.message_id is None]
    assert next_in_queue(busy, Selection(), BO) == order[0]
    assert next_in_queue(busy, Selection(), BO, but=order[:2]) == order[2]
    assert next_in_queue(busy, Selection(Show.QUARANTINE), BO) is None


def test_what_was_not_committed_is_not_in_the_queue(engine: Engine) -> None:
    """The queue is kept in the same transaction as the case."""
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference=reference_of(1)))
        uow.flush()
    assert queue_length(engine) == 0


def test_a_case_that_is_in_hand_does_not_get_old_by_the_queue(engine: Engine) -> None:
    """The queue has its own table, so that a version counts what was done to the case and nothing else."""
    with SqlUnitOfWork(engine) as uow:
        case = new_case(reference=reference_of(1))
        uow.cases.add(case)
        uow.commit()
        case.priority = 8
        uow.commit()
        assert case.version == 2
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get(reference_of(1)).version == 2
    assert queue(engine, limit=1)[0].priority == 8


def test_a_record_from_before_gets_its_queue_by_the_migration(busy: Engine) -> None:
    """Filled in one go, it is what was kept step by step."""
    before = [(row.reference, row.due_by) for row in queue(busy, limit=500)]
    counted = counts(busy, Selection(), BO, parts=tuple(Show))
    config = migrations._config()  # noqa: SLF001  # to go back, which no command does
    with busy.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
    migrations.upgrade(busy)
    assert sorted((row.reference, row.due_by) for row in queue(busy, limit=500)) == sorted(before)
    assert counts(busy, Selection(), BO, parts=tuple(Show)) == counted
    assert [row.due_by for row in queue(busy, limit=500)] == [by for _, by in before]


CONDITIONS = (
    "", "WHERE assigned_to = 'bo'", "WHERE category = 'other'", "WHERE is_unsure",
    "WHERE owes_acknowledgement",
    "WHERE may_be_reply", "WHERE task_id IS NOT NULL",
)  # fmt: skip


def test_pages_are_read_off_an_index(busy: Engine) -> None:
    """However many wait: no selection sorts or reads through the whole queue (SQLite's own plan)."""
    if busy.dialect.name != "sqlite":
        pytest.skip("a record this small is not read by index on PostgreSQL")
    engine = make_engine(str(busy.url))
    with engine.connect() as connection:
        for condition in CONDITIONS:
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN SELECT id FROM queue {condition} ORDER BY rank, id LIMIT 30")  # noqa: S608
            ).all()
            assert all("INDEX ix_queue" in row[3] for row in plan), plan
    engine.dispose()
