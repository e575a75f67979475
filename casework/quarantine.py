"""What cannot be read becomes an item that an officer works, with its reason and a date."""

from datetime import datetime

from models.case import AuditRow, Task
from models.codes import Outcome, TaskKind
from models.deadlines import WorkingDays, received_on
from models.message import Message
from models.ports import UnitOfWork


def quarantine(
    uow: UnitOfWork, message: Message, *, reason: str, working_days: WorkingDays, now: datetime
) -> None:
    """Settle a message in quarantine with a dated task, since a person may have sent it."""
    message.settle(Outcome.QUARANTINE, reason=reason, now=now)
    due_by = working_days.acknowledge_by(received_on(message.received_at))
    task = Task(
        kind=TaskKind.READ_QUARANTINED, opened_at=now, due_by=due_by, note=reason, message_id=message.id
    )
    uow.messages.add_task(task)
    uow.audit.add(
        AuditRow(at=now, actor="heard", action="quarantined", message_id=message.id,
                 detail={"reason": reason})
    )  # fmt: skip
