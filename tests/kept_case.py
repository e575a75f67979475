"""A case on record as the page of a case shows it: messages with their bytes, triaged, one with a file."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from builders import make_decision, make_prediction
from pages import NOW
from rows import new_case, new_message
from sqlalchemy import Engine

from models.case import AuditRow, Case
from models.codes import Outcome
from models.decision import Span
from models.message import Attachment, Message
from models.unit_of_work import SqlUnitOfWork

FIRST, SECOND = "C-0000-0001-95", "C-0000-0002-92"
TEXT = "I reported the bin on 3 May and nobody has replied. <b>Please</b> collect it."
CAME = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


def raw_of(number: int = 1) -> bytes:
    """Return a message's bytes."""
    made = EmailMessage()
    made["From"], made["Subject"] = "Ann Lee <ann@example.org>", f"Missed bin {number}"
    made.set_content(TEXT)
    made.add_alternative("<p>The <b>bin</b><script>x</script></p>", subtype="html")
    made.set_boundary("between")
    return made.as_bytes()


def keep(engine: Engine, reference: str = FIRST, *, messages: int = 1, **changes: Any) -> Case:
    """Put a case with messages on record: each triaged, the first with a file."""
    with SqlUnitOfWork(engine) as uow:
        usual = {"received_on": date(2026, 11, 19), "acknowledge_by": date(2026, 11, 26)}
        case = new_case(reference=reference, **(usual | changes))
        uow.cases.add(case)
        for number in range(1, messages + 1):
            case.messages.append(_message(uow, reference, number))
        uow.commit()
    return case


def _message(uow: SqlUnitOfWork, reference: str, number: int) -> Message:
    message = new_message(
        uid=f"{reference}-{number}", subject="Missed bin", text=f"{TEXT}\n> quoted {number}", reply_text=TEXT,
        received_at=CAME + timedelta(minutes=number), message_id=f"<{reference}.{number}@example.org>",
    )  # fmt: skip
    assert uow.messages.keep(message, raw_of(number))
    message.settle(Outcome.CASE, reason="a new matter", now=NOW)
    uow.flush()
    uow.messages.add_prediction(message, make_prediction(), now=NOW)
    passage = Span(0, 51, TEXT[:51], "body")
    uow.messages.add_decision(message, make_decision(evidence=(passage,)), now=NOW)
    if number == 1:
        file = Attachment("../a b.html", "text/html", b"<script>x</script>", "", text="words of the file")
        uow.messages.add_attachments(message, [_hashed(file)])
    uow.audit.add(
        AuditRow(at=NOW, actor="heard", action="message_sorted", message_id=message.id,
                 detail={"road": "new_case", "reason": "a new matter"})
    )  # fmt: skip
    return message


def _hashed(file: Attachment) -> Attachment:
    return replace(file, sha256=hashlib.sha256(file.content).hexdigest())
