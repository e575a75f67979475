"""Tells the officer of an attached document that could not be read, or not surely, where its text matters."""

from datetime import datetime

from models.case import Case, Task
from models.codes import TaskKind
from models.message import Attachment, ParsedMessage

SURE = 0.80
"""Mean confidence of the recognised words, from which on a scan counts as read."""

_SAYS_ENOUGH = 20
"""Words: a message that says more by itself is understood without its attachments."""


def note_attachments(case: Case, parsed: ParsedMessage, *, message_id: int | None, now: datetime) -> None:
    """Open a task for each message whose point may lie in what nobody could read yet."""
    doubts = [doubt for each in parsed.attachments if (doubt := _doubt(each))]
    if "encrypted" in parsed.defects:
        doubts = ["the message is encrypted: ask the sender to send it again without"]
    own_words = parsed.reply_text if parsed.sender else ""
    if not doubts or len(own_words.split()) >= _SAYS_ENOUGH:
        return
    note = "please read what is attached: " + "; ".join(doubts)
    case.tasks.append(
        Task(
            kind=TaskKind.READ_ATTACHMENT, opened_at=now, due_by=case.acknowledge_by,
            note=note, message_id=message_id,
        )
    )  # fmt: skip


def _doubt(attachment: Attachment) -> str:
    """Say what keeps an attachment from being understood, empty where nothing does."""
    if attachment.fault:
        return attachment.fault
    if attachment.confidence is not None and attachment.confidence < SURE:
        return f"a scan was read with {attachment.confidence:.0%} confidence only"
    return ""
