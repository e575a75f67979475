"""What cannot be read is an officer's item, with its reason and a date."""

from datetime import UTC, date, datetime

import pytest
from builders import NOW, make_message
from fakes import FakeUnitOfWork

from casework.quarantine import quarantine
from models.codes import Outcome, TaskKind
from models.deadlines import WorkingDays
from models.message import Message


def quarantined(message: Message) -> FakeUnitOfWork:
    """Quarantine a message on the usual day."""
    uow = FakeUnitOfWork(messages=[message])
    quarantine(uow, message, reason="nesting: too deep", working_days=WorkingDays(), now=NOW)
    return uow


def test_a_quarantined_message_is_settled_with_its_reason() -> None:
    """The ledger row has its one outcome, and is found among the quarantined."""
    message = make_message()
    uow = quarantined(message)
    assert (message.outcome, message.reason) == (Outcome.QUARANTINE, "nesting: too deep")
    assert uow.messages.quarantined(limit=10) == [message]


def test_a_quarantined_message_is_read_by_the_day_of_its_acknowledgement() -> None:
    """A person may have sent it, so it is due in five working days of receipt (LGSCO 6.2, HO 6.2)."""
    message = make_message(id=7, received_at=datetime(2026, 2, 27, 9, 0, tzinfo=UTC))
    uow = quarantined(message)
    assert [(task.kind, task.due_by, task.message_id, task.note) for task in uow.messages.tasks] == [
        (TaskKind.READ_QUARANTINED, date(2026, 3, 6), 7, "nesting: too deep")
    ]


def test_a_quarantine_is_on_record() -> None:
    """The audit names the message and why (LGSCO 5.8, HO 5.12)."""
    row = quarantined(make_message(id=7)).audit.rows[-1]
    assert (row.action, row.message_id, row.detail) == ("quarantined", 7, {"reason": "nesting: too deep"})


def test_a_message_with_an_outcome_is_not_quarantined() -> None:
    """A message that became a case stays one, and no task is opened."""
    message = make_message(outcome=Outcome.CASE)
    with pytest.raises(ValueError, match="already ended as case"):
        quarantined(message)
    assert message.outcome is Outcome.CASE
