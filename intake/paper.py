"""A file that is a message of its own: a scanned letter, a document, or a mail saved as a file.

What a document cannot hold, a sender's address or a Message-ID, is left empty: an officer fills it in.
"""

import hashlib
from pathlib import PurePath

from intake.charsets import clean
from intake.documents.kinds import DocumentKind, kind_of
from intake.documents.read import read_document
from intake.outlook import parse_msg
from intake.parse import content_hash, parse
from models.message import Attachment, ParsedMessage

_LONGEST_SUBJECT = 200


def read_file(content: bytes, *, filename: str) -> ParsedMessage:
    """Return what a file says as a message.

    Raises UnreadableMessage where it is a mail that cannot be read; a document that cannot be read is a
    message without text whose attachment says why.
    """
    kind = kind_of(content, content_type="", filename=filename)
    if kind is DocumentKind.MAIL:
        return parse(content)
    if kind is DocumentKind.OUTLOOK_MAIL:
        return parse_msg(content)
    return letter_on_paper(content, filename=filename)


def letter_on_paper(content: bytes, *, filename: str) -> ParsedMessage:
    """Return a document as a message: its text, and the file itself as what is attached."""
    document = read_document(content, content_type="", filename=filename)
    text = clean(document.text)
    attachment = Attachment(
        filename=filename,
        content_type="application/octet-stream",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        text=text,
        confidence=document.confidence,
        fault=document.fault,
    )
    subject = f"Document {PurePath(filename).name}"[:_LONGEST_SUBJECT]
    return ParsedMessage(
        subject=subject,
        text=text,
        reply_text=text,
        attachments=(attachment,),
        defects=("no_sender",),
        content_hash=content_hash(subject, text, (attachment,)),
    )
