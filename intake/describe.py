"""`heard parse`: what is read out of a message, in the shape that other programs rely on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from intake.attached import with_documents
from intake.documents.read import read_document
from intake.documents.text import DocumentText
from intake.folders import MboxFile
from intake.msg_file import SIGNATURE as MSG_SIGNATURE
from intake.outlook import parse_msg
from intake.parse import parse
from models.errors import InputInvalid, UnreadableMessage
from models.message import Attachment, Complainant, ParsedMessage, Person


def describe_path(path: Path, standard_input: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield one object a message of a file, an mbox or a directory, walked in order; `-` is one message.

    Raises InputInvalid where the path does not exist or cannot be read.
    """
    if str(path) == "-":
        yield describe_bytes(standard_input.read(), source="-")
        return
    if not path.exists():
        raise InputInvalid(f"{path} does not exist")
    files = sorted(file for file in path.rglob("*") if _is_mail(file)) if path.is_dir() else [path]
    for file in files:
        yield from _describe_file(file)


def describe_bytes(raw: bytes, *, source: str) -> dict[str, Any]:
    """Return what is read out of one message; `error` and `reason` in place of it where that cannot be."""
    try:
        return {"source": source, **as_json(_read(raw))}
    except UnreadableMessage as error:
        return {"source": source, "error": str(error), "reason": error.reason}


def _read(raw: bytes) -> ParsedMessage:
    parsed = parse_msg(raw) if raw.startswith(MSG_SIGNATURE) else parse(raw)
    return with_documents(parsed, _read_attached)


def _read_attached(file: Attachment) -> DocumentText:
    return read_document(file.content, content_type=file.content_type, filename=file.filename)


def as_json(parsed: ParsedMessage) -> dict[str, Any]:
    """Return a parsed message as JSON holds it; instants are ISO 8601 in UTC."""
    return {
        "subject": parsed.subject,
        "from": _person(parsed.sender) if parsed.sender else None,
        "reply_to": [_person(each) for each in parsed.reply_to],
        "to": [_person(each) for each in parsed.to],
        "cc": [_person(each) for each in parsed.cc],
        "date": parsed.date.isoformat() if parsed.date else None,
        "received_at": parsed.received_at.isoformat() if parsed.received_at else None,
        "message_id": parsed.message_id,
        "in_reply_to": parsed.in_reply_to,
        "references": list(parsed.references),
        "text": parsed.text,
        "reply_text": parsed.reply_text,
        "attachments": [
            {
                "filename": each.filename,
                "content_type": each.content_type,
                "size": each.size,
                "sha256": each.sha256,
                "text": each.text,
                "confidence": each.confidence,
                "fault": each.fault or None,
                "is_inline": each.is_inline,
            }
            for each in parsed.attachments
        ],
        "is_auto_reply": parsed.is_auto_reply,
        "is_bounce": parsed.is_bounce,
        "bounced_addresses": list(parsed.bounced_addresses),
        "is_list": parsed.is_list,
        "machine_reason": parsed.machine_reason or None,
        "complainant": _found(parsed.complainant),
        "defects": list(parsed.defects),
        "represented": _found(parsed.represented) if parsed.represented.found_in else None,
        "claimed_at": parsed.claimed_at.isoformat() if parsed.claimed_at else None,
    }


def _describe_file(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open("rb") as opened:
            start = opened.read(5)
        if start == b"From " and file.suffix.lower() != ".eml":
            box = MboxFile("parse", file)
            for number, message in enumerate(box.messages(), start=1):
                yield describe_bytes(message.raw or b"", source=f"{file}#{number}")
        else:
            yield describe_bytes(file.read_bytes(), source=str(file))
    except OSError as error:
        raise InputInvalid(f"{file} cannot be read: {error}") from error


def _is_mail(file: Path) -> bool:
    """Say whether a file found in a directory is mail: by its ending, or because a Maildir holds it."""
    in_maildir = file.parent.name in {"new", "cur"}
    return file.is_file() and (file.suffix.lower() in {".eml", ".mbox", ".mbx", ".msg"} or in_maildir)


def _found(who: Complainant) -> dict[str, str | None]:
    return {**_person(who.person), "found_in": who.found_in or None}


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "address": person.address}
