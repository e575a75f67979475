"""The health of mailboxes and the results of reconciling, on both databases."""

from datetime import UTC, date, datetime, timedelta

from rows import new_letter, new_message
from sqlalchemy import Engine, func, select

from models import orm, queries
from models.codes import LetterState, Outcome
from models.health import Gap, GapCode, MailboxHealth, Reconciliation
from models.health_rows import KEPT
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def polled(engine: Engine, at: datetime, *, newest: datetime | None = None) -> MailboxHealth:
    """Record a successful poll and return what is known then."""
    with SqlUnitOfWork(engine) as uow:
        uow.health.polled("box", at=at, newest=newest)
        uow.commit()
    return known(engine)


def failed(engine: Engine, at: datetime, fault: str) -> MailboxHealth:
    """Record a failure and return what is known then."""
    with SqlUnitOfWork(engine) as uow:
        uow.health.failed("box", at=at, fault=fault)
        uow.commit()
    return known(engine)


def known(engine: Engine) -> MailboxHealth:
    """Return the one row."""
    with SqlUnitOfWork(engine, reads=True) as uow:
        (row,) = uow.health.all()
    return row


def test_a_mailbox_has_one_row_however_often_it_is_polled(engine: Engine) -> None:
    """The last poll and the newest message are known; a poll that brings nothing keeps the newest."""
    polled(engine, NOW, newest=NOW - MINUTE)
    polled(engine, NOW + MINUTE, newest=NOW - 5 * MINUTE)
    later = NOW + 2 * MINUTE
    assert polled(engine, later) == MailboxHealth(
        "box", polled_at=later, last_success_at=later, last_message_at=NOW - MINUTE
    )


def test_the_first_failure_says_since_when_and_a_success_ends_it(engine: Engine) -> None:
    """The last fault is kept, the last success is not touched."""
    assert failed(engine, NOW, "away").last_success_at is None
    polled(engine, NOW + MINUTE)
    failed(engine, NOW + 2 * MINUTE, "gone")
    row = failed(engine, NOW + 3 * MINUTE, "still gone")
    assert row == MailboxHealth(
        "box", polled_at=NOW + 3 * MINUTE, last_success_at=NOW + MINUTE,
        away_since=NOW + 2 * MINUTE, fault="still gone",
    )  # fmt: skip
    row = polled(engine, NOW + 4 * MINUTE)
    assert (row.away_since, row.fault) == (None, "")


def test_how_long_the_sign_in_holds_is_that_of_the_last_poll(engine: Engine) -> None:
    """A token is renewed, a secret replaced."""
    with SqlUnitOfWork(engine) as uow:
        uow.health.polled("box", at=NOW, token_expires_at=NOW, secret_expires_on=date(2026, 12, 1))
        uow.health.polled("box", at=NOW, token_expires_at=NOW + MINUTE, secret_expires_on=date(2027, 6, 1))
        uow.commit()
    row = known(engine)
    assert (row.token_expires_at, row.secret_expires_on) == (NOW + MINUTE, date(2027, 6, 1))


def test_the_last_comparison_comes_back_with_its_gaps(engine: Engine) -> None:
    """Those that are named, and how many there are of each code."""
    gap = Gap(GapCode.NOT_KEPT, "box", "INBOX uid 7", "the mailbox shows it")
    result = Reconciliation(
        at=NOW, mailboxes=2, compared=100_000, gaps=(gap,), gap_counts={GapCode.NOT_KEPT: 900}
    )
    with SqlUnitOfWork(engine) as uow:
        assert uow.health.last_reconciliation() is None
        uow.health.reconciled(Reconciliation(at=NOW - MINUTE, mailboxes=1, compared=5))
        uow.health.reconciled(result)
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        last = uow.health.last_reconciliation()
    assert last == result
    assert last is not None
    assert last.gap_count == 900


def test_the_results_of_more_than_a_year_are_kept_and_no_more(engine: Engine) -> None:
    """The table stays small."""
    with SqlUnitOfWork(engine) as uow:
        for number in range(KEPT + 5):
            uow.health.reconciled(Reconciliation(at=NOW + number * MINUTE, mailboxes=1, compared=number))
        uow.commit()
    table = orm.reconciliations.c
    with engine.connect() as connection:
        count, first = connection.execute(select(func.count(), func.min(table.compared))).one()
    assert (count, first) == (KEPT, 5)


def test_a_backlog_is_counted_from_what_waits_alone(engine: Engine) -> None:
    """Messages without outcome and letters not sent, each with the oldest; and when the record began."""
    assert queries.backlog(engine) == queries.Backlog(0, None, 0, None, None)
    with SqlUnitOfWork(engine) as uow:
        for number in range(4):
            outcome = Outcome.MACHINE if number == 0 else None
            fetched_at = NOW + number * MINUTE
            uow.messages.keep(new_message(uid=str(number), fetched_at=fetched_at, outcome=outcome), b"x")
            state = LetterState.SENT if number == 0 else LetterState.QUEUED
            uow.letters.add(new_letter(message_id=f"<{number}@x>", state=state, due_at=fetched_at))
        uow.commit()
    assert queries.backlog(engine) == queries.Backlog(
        messages=3, oldest_message_at=NOW + MINUTE, letters=3, oldest_due_at=NOW + MINUTE, began_at=NOW
    )
