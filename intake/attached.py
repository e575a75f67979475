"""The text of attached documents put where the rest of the program looks for it.

A document is read where its text may be what the person has to say. A photograph of a wall is not a letter:
pictures are only recognised where the message itself says little, and an officer sees them in any case.
"""

from collections.abc import Callable
from dataclasses import replace

from intake.documents.pictures import is_picture
from intake.documents.text import DocumentText
from models.message import Attachment, ParsedMessage

MOST_DOCUMENTS = 20
SAYS_LITTLE = 20
"""Words: below this many the message only points at what is attached."""

_TOO_MANY = f"only the first {MOST_DOCUMENTS} documents of a message are read"

ReadDocument = Callable[[Attachment], DocumentText]


def with_documents(parsed: ParsedMessage, read: ReadDocument) -> ParsedMessage:
    """Return the message with the text of its documents, or why there is none."""
    says_little = len(parsed.reply_text.split()) < SAYS_LITTLE
    left = MOST_DOCUMENTS
    attachments = []
    for each in parsed.attachments:
        if not _is_worth_reading(each, says_little=says_little):
            attachments.append(each)
        elif left == 0:
            attachments.append(replace(each, fault=_TOO_MANY))
        else:
            left -= 1
            attachments.append(_with_text(each, read(each)))
    return replace(parsed, attachments=tuple(attachments))


def _is_worth_reading(attachment: Attachment, *, says_little: bool) -> bool:
    if attachment.text or attachment.fault or attachment.content_type.startswith(_NEVER):
        return False
    if attachment.content.startswith(_WINMAIL):
        return False
    return says_little or not is_picture(attachment.content)


_WINMAIL = b"\x78\x9f\x3e\x22"
"""What a winmail.dat begins with; what is inside is listed beside it."""

_NEVER = ("audio/", "video/", "application/pkcs7", "application/pgp", "text/calendar", "message/")


def _with_text(attachment: Attachment, document: DocumentText) -> Attachment:
    return replace(attachment, text=document.text, confidence=document.confidence, fault=document.fault)
