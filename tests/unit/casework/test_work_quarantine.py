"""What became no case can still become one, be filed, or be read again."""

from datetime import UTC, date, datetime

import pytest
from builders import LETTERHEAD, NOW, make_message
from fakes import FakeUnitOfWork

from casework.policy import Policy
from casework.quarantine import quarantine
from casework.work_quarantine import file_message, treat_as_case, try_again
from models.codes import LetterKind, Outcome, Status
from models.deadlines import WorkingDays
from models.errors import InputInvalid
from models.message import Message


def quarantined(**changes: object) -> tuple[FakeUnitOfWork, Message]:
    """Quarantine a message that came on the Thursday before."""
    message = make_message(id=7, received_at=datetime(2026, 2, 26, 9, 0, tzinfo=UTC), **changes)
    uow = FakeUnitOfWork(messages=[message])
    quarantine(uow, message, reason="nesting: too deep", working_days=WorkingDays(), now=NOW)
    return uow, message


def treated(uow: FakeUnitOfWork, status: Status = Status.COMPLAINT) -> str:
    """Treat message 7 as a case."""
    return treat_as_case(
        uow, 7, status=status, category=None, ombudsman=None, reason="It is about damp.", officer="Jo",
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip


def test_a_quarantined_message_becomes_a_case_with_its_clock_from_the_day_it_came() -> None:
    """However late it is found out, the day of receipt counts (LGSCO 6.2, HO 6.2)."""
    uow, message = quarantined()
    treated(uow)
    (case,) = uow.cases.all
    assert (case.received_on, case.acknowledge_by) == (date(2026, 2, 26), date(2026, 3, 5))
    assert (message.outcome, case.messages) == (Outcome.CASE, [message])
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert all(task.closed_at == NOW for task in uow.messages.tasks)


def test_a_message_without_a_sender_becomes_a_case_without_a_letter() -> None:
    """There is nobody to write to, so the case stays with the officer."""
    uow, _ = quarantined(sender_address="")
    assert "no letter" in treated(uow)
    assert uow.cases.all[0].letters == []


def test_a_filed_message_awaits_nobody_any_longer() -> None:
    """An officer said that it needs nothing more, and why."""
    uow, message = quarantined()
    file_message(uow, 7, reason="An advertisement.", officer="Jo", now=NOW)
    assert (message.outcome, message.reason) == (Outcome.MACHINE, "filed by an officer: An advertisement.")
    assert all(task.closed_at == NOW for task in uow.messages.tasks)


def test_a_message_that_is_tried_again_waits_as_if_it_had_just_come() -> None:
    """Outcome and attempts are gone; what happened stays in the audit."""
    uow, message = quarantined(attempts=4)
    try_again(uow, 7, officer="Jo", now=NOW)
    assert (message.outcome, message.attempts, message.settled_at) == (None, 0, None)
    assert [row.action for row in uow.audit.rows] == ["quarantined", "tried_again"]


def test_what_is_a_case_already_is_not_ruled_on_by_its_message() -> None:
    """The case is what an officer rules on."""
    uow, message = quarantined()
    message.outcome = Outcome.CASE
    with pytest.raises(InputInvalid, match="it ended as case"):
        treated(uow)
    with pytest.raises(InputInvalid, match="not in quarantine"):
        try_again(uow, 7, officer="Jo", now=NOW)
