"""A known issue on record: the letter, the note and the case in one unit of work, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import LETTERHEAD, make_decision, make_parsed
from rows import new_message
from sqlalchemy import Engine, select

from casework.known_issues import declare_issue, end_issue
from casework.open_case import open_case
from casework.policy import Policy
from models import orm
from models.codes import Category, LetterKind, Status, TaskKind
from models.errors import UnknownReference
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
REQUEST, KNOWN = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.KNOWN_ISSUE


def declare(engine: Engine) -> int:
    """Declare that bins are not collected; return the number of the issue."""
    with SqlUnitOfWork(engine) as uow:
        issue = declare_issue(
            uow, title="Missed collections", category=Category.WASTE_AND_RECYCLING, words=["bin"],
            known="A lorry has broken down.", ends_on=None, officer="amir", now=NOW,
        )  # fmt: skip
        uow.commit()
        assert issue.id is not None
        return issue.id


def take_in(engine: Engine, uid: int, *, now: datetime = NOW, is_historic: bool = False) -> str:
    """Open a case for a request about the bin; return its reference."""
    with SqlUnitOfWork(engine) as uow:
        message = new_message(uid=str(uid), message_id=f"<{uid}@example.org>", is_historic=is_historic)
        uow.messages.keep(message, f"message {uid}".encode())
        uow.flush()
        case = open_case(
            uow, message, make_parsed(), make_decision(Status.SERVICE_REQUEST),
            policy=Policy(), letterhead=LETTERHEAD, now=now,
        )  # fmt: skip
        uow.commit()
        return case.reference


def letters(engine: Engine) -> list[tuple[LetterKind, int | None]]:
    """Return the letters on record, each with the issue that it tells of."""
    with engine.connect() as connection:
        query = select(orm.letters.c.kind, orm.letters.c.known_issue).order_by(orm.letters.c.id)
        return [(kind, issue) for kind, issue in connection.execute(query)]


def test_an_issue_is_told_once_in_two_weeks_and_then_again(engine: Engine) -> None:
    """Each message has its answer; the second one within two weeks the usual one."""
    number = declare(engine)
    for uid, later in enumerate((timedelta(), timedelta(days=13), timedelta(days=15)), start=1):
        take_in(engine, uid, now=NOW + later)
    assert letters(engine) == [(KNOWN, number), (REQUEST, None), (KNOWN, number)]


def test_the_case_the_note_and_the_letter_are_one_unit_of_work(engine: Engine) -> None:
    """The note and the audit say which issue it was."""
    number = declare(engine)
    reference = take_in(engine, 1)
    with SqlUnitOfWork(engine) as uow:
        (task,) = uow.cases.get(reference).tasks
    assert (task.kind, task.note) == (
        TaskKind.KNOWN_ISSUE,
        f"matches known issue {number}: Missed collections",
    )
    with engine.connect() as connection:
        actions = list(connection.scalars(select(orm.audit.c.action).order_by(orm.audit.c.id)))
    assert actions == ["known_issue_declared", "known_issue_matched", "case_opened"]


def test_an_issue_that_was_ended_is_told_no_longer(engine: Engine) -> None:
    """From the next message on."""
    number = declare(engine)
    with SqlUnitOfWork(engine) as uow:
        end_issue(uow, number, officer="may", now=NOW)
        uow.commit()
    take_in(engine, 1)
    assert letters(engine) == [(REQUEST, None)]


def test_history_is_told_nothing(engine: Engine) -> None:
    """Mail from before the start has no letter, no task and no note."""
    declare(engine)
    reference = take_in(engine, 1, is_historic=True)
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get(reference).tasks == []
    assert letters(engine) == []


def test_an_issue_that_is_not_there_cannot_be_ended(engine: Engine) -> None:
    """The refusal says where the numbers are listed."""
    with SqlUnitOfWork(engine) as uow, pytest.raises(UnknownReference, match="heard issues list"):
        end_issue(uow, 7, officer="may", now=NOW)
