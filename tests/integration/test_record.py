"""The record on SQLite and on PostgreSQL: what is kept stays kept, and two workers never take the same."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from rows import new_case, new_letter, new_message
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError, StatementError

import migrations
from models import orm
from models.codes import LetterState, Outcome
from models.errors import RecordUnavailable
from models.locks import single
from models.message import Message, Place
from models.unit_of_work import SqlUnitOfWork, make_engine

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def kept(engine: Engine, uid: int, raw: bytes = b"Subject: x\n\nhello") -> int:
    """Keep a message and return its number."""
    with SqlUnitOfWork(engine) as uow:
        message = new_message(uid=str(uid))
        assert uow.messages.keep(message, raw)
        uow.commit()
        assert message.id is not None
        return message.id


def test_the_migrations_make_the_very_tables_that_the_program_uses(engine: Engine) -> None:
    """`alembic check`: no table, column, type or index differs.

    Left out is the table that is searched: SQLite's FTS5 makes it, with others of its own behind it.
    """
    said = {"include_name": lambda name, kind, _parents: kind != "table" or not name.startswith("search")}
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=said), orm.metadata)
    assert differences == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    """The second time there is nothing to do."""
    assert migrations.upgrade(engine) == (migrations.newest(), migrations.newest())


def test_a_place_is_kept_once(engine: Engine) -> None:
    """A message that is fetched again after a crash is no second row."""
    kept(engine, 7)
    with SqlUnitOfWork(engine) as uow:
        assert not uow.messages.keep(new_message(uid="7"), b"other bytes")


def test_the_raw_bytes_come_back_as_they_came(engine: Engine) -> None:
    """Every byte, NULs and all (LGSCO 5.8, HO 5.12)."""
    raw = bytes(range(256)) * 10
    number = kept(engine, 1, raw)
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.raw(uow.messages.get(number)) == raw


def test_what_was_not_committed_is_not_there(engine: Engine) -> None:
    """A unit of work rolls back unless told to commit."""
    with SqlUnitOfWork(engine) as uow:
        uow.messages.keep(new_message(uid="1", uid_validity=0), b"x")
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.unknown_uids("box", "INBOX", ["1"]) == ["1"]


def test_the_cursor_moves_forward(engine: Engine) -> None:
    """The highest uid of a folder is remembered by its UIDVALIDITY."""
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.last_uid("box", "INBOX", 5) == 0
        for uid in ("3", "9"):
            uow.messages.advance(Place("box", "INBOX", 5, uid))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.last_uid("box", "INBOX", 5) == 9
        assert uow.messages.last_uid("box", "INBOX", 6) == 0


def test_instants_come_back_aware_and_dates_as_dates(engine: Engine) -> None:
    """SQLite forgets zones; the record does not."""
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference="C-0000-0001-95", opened_at=NOW))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get("C-0000-0001-95")
    assert case.opened_at == NOW
    assert case.opened_at.tzinfo is not None
    assert isinstance(case.received_on, date)


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    """A naive time would be an hour wrong half the year."""
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference="C-0000-0001-95", opened_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        with pytest.raises(StatementError, match="without a time zone"):
            uow.commit()


def test_two_rulings_at_once_do_not_overwrite_each_other(engine: Engine) -> None:
    """The second officer is told, and the first one's change stays."""
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case(reference="C-0000-0001-95"))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        stale = uow.cases.get("C-0000-0001-95")
    with SqlUnitOfWork(engine) as uow:
        uow.cases.get("C-0000-0001-95").subject = "first"
        uow.commit()
    assert stale.version == 1
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get("C-0000-0001-95").version == 2


def test_one_message_has_one_original_even_when_two_workers_settle_it(engine: Engine) -> None:
    """The database itself refuses a second original of the same identity."""
    numbers = [kept(engine, 1), kept(engine, 2)]
    for number in numbers[:1]:
        settle(engine, number)
    with pytest.raises(IntegrityError):
        settle(engine, numbers[1])


def test_a_duplicate_may_share_the_identity(engine: Engine) -> None:
    """Only originals are unique."""
    first, second = kept(engine, 1), kept(engine, 2)
    settle(engine, first)
    settle(engine, second, Outcome.DUPLICATE)


def test_messages_are_claimed_oldest_first_and_once(engine: Engine) -> None:
    """What one worker has claimed the next does not get."""
    numbers = [kept(engine, uid) for uid in range(1, 6)]
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.claim(limit=3, most_bytes=10**9, worker="a", now=NOW) == numbers[:3]
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.claim(limit=3, most_bytes=10**9, worker="b", now=NOW) == numbers[3:]
        uow.commit()


def test_a_message_that_was_tried_before_is_claimed_alone(engine: Engine) -> None:
    """What killed its reader once takes no other message with it."""
    numbers = [kept(engine, uid) for uid in range(1, 4)]
    with SqlUnitOfWork(engine) as uow:
        uow.messages.claim(limit=1, most_bytes=10**9, worker="a", now=NOW)
        uow.messages.release(worker="a")
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.claim(limit=9, most_bytes=10**9, worker="a", now=NOW) == numbers[1:]
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.messages.claim(limit=9, most_bytes=10**9, worker="a", now=NOW) == numbers[:1]


def test_four_workers_at_once_take_no_message_twice(engine: Engine) -> None:
    """Locks that skip what others hold, or one writer after the other."""
    numbers = [kept(engine, uid, f"{uid}".encode()) for uid in range(1, 61)]
    taken: list[int] = []
    lock = threading.Lock()

    def work(worker: str) -> None:
        while True:
            with SqlUnitOfWork(engine) as uow:
                claimed = uow.messages.claim(limit=5, most_bytes=10**9, worker=worker, now=NOW)
                uow.commit()
            if not claimed:
                return
            with lock:
                taken.extend(claimed)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == numbers


def test_a_letter_is_claimed_by_one_and_released_by_time(engine: Engine) -> None:
    """A worker that dies with a letter in hand gives it back by the clock."""
    with SqlUnitOfWork(engine) as uow:
        uow.letters.add(new_letter(queued_at=NOW, due_at=NOW))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.letters.claim_due(now=NOW) is not None
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.letters.claim_due(now=NOW + timedelta(minutes=1)) is None
    with SqlUnitOfWork(engine) as uow:
        again = uow.letters.claim_due(now=NOW + timedelta(minutes=16))
        assert again is not None
        assert again.state is LetterState.QUEUED


def test_letters_are_counted_by_address_and_domain(engine: Engine) -> None:
    """The caps count what was queued, whoever it was for."""
    with SqlUnitOfWork(engine) as uow:
        for number, recipient in enumerate(
            ("a@example.org", "a@example.org", "b@example.org", "c@example.net")
        ):
            uow.letters.add(new_letter(message_id=f"<{number}@x>", recipient=recipient, queued_at=NOW))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        counted = uow.letters.counts("A@example.org", to_address_since=NOW, since=NOW)
        assert (counted.to_address, counted.to_domain) == (2, 3)
        later = NOW + timedelta(seconds=1)
        assert uow.letters.counts("a@example.org", to_address_since=NOW, since=later).in_all == 0


def test_a_single_job_is_held_by_one_worker(engine: Engine) -> None:
    """On PostgreSQL by an advisory lock; a SQLite record belongs to one process anyway."""
    with single(engine, "guard") as first, single(engine, "guard") as second:
        assert first
        assert second is (engine.dialect.name == "sqlite")
    with single(engine, "guard") as later:
        assert later


def test_a_database_locked_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    """Writers queue up instead of failing half way."""
    engine = ready_sqlite(tmp_path)
    with locked(engine) as let_go:
        threading.Timer(0.5, let_go.set).start()
        assert kept(engine, 1)


def test_a_database_locked_for_too_long_is_said_in_words(tmp_path: Path) -> None:
    """The error names the trouble, and nothing was half written."""
    engine = ready_sqlite(tmp_path, busy_timeout_s=0.2)
    with locked(engine), pytest.raises(RecordUnavailable, match="locked"):
        kept(engine, 1)
    assert kept(engine, 1)


def ready_sqlite(folder: Path, *, busy_timeout_s: float = 30) -> Engine:
    """Return a SQLite record."""
    engine = make_engine(f"sqlite:///{folder / 'locked.db'}", busy_timeout_s=busy_timeout_s)
    migrations.upgrade(engine)
    return engine


@contextmanager
def locked(engine: Engine) -> Iterator[threading.Event]:
    """Hold the write lock in another thread until the event that is yielded, or the end."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            held.set()
            let_go.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield let_go
    finally:
        let_go.set()
        holder.join()


def settle(engine: Engine, number: int, outcome: Outcome = Outcome.MACHINE) -> None:
    """Give a message an outcome under one identity."""
    with SqlUnitOfWork(engine) as uow:
        message: Message = uow.messages.get(number)
        message.identity = "same"
        message.settle(outcome, reason="test", now=NOW)
        uow.commit()


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda uow: uow.messages.original_of("x"), "uq_messages_original"),
        (lambda uow: uow.letters.claim_due(now=NOW), "ix_letters_queued"),
        (lambda uow: uow.messages.bears_id("x"), "ix_messages_message_id"),
    ],
)
def test_what_is_asked_for_every_message_is_answered_by_an_index(
    ask: Callable[[SqlUnitOfWork], object], index: str, tmp_path: Path
) -> None:
    """Otherwise each message takes longer than the one before, and a large record stands still."""
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    migrations.upgrade(engine)
    asked: list[tuple[str, object]] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _cur, sql, values, *_: asked.append((sql, values))
    )
    with SqlUnitOfWork(engine, reads=True) as uow:
        ask(uow)
    statement, values = asked[-1]
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    engine.dispose()
    assert any(index in row[3] for row in plan), plan
