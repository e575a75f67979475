"""`heard parse`: what is read out of a message, in the shape that other programs rely on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from intake.folders import MboxFile
from intake.parse import parse
from models.errors import InputInvalid, UnreadableMessage
from models.message import ParsedMessage, Person


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
        return {"source": source, **as_json(parse(raw))}
    except UnreadableMessage as error:
        return {"source": source, "error": str(error), "reason": error.reason}


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
            }
            for each in parsed.attachments
        ],
        "is_auto_reply": parsed.is_auto_reply,
        "is_bounce": parsed.is_bounce,
        "bounced_addresses": list(parsed.bounced_addresses),
        "is_list": parsed.is_list,
        "machine_reason": parsed.machine_reason or None,
        "complainant": {
            **_person(parsed.complainant.person),
            "found_in": parsed.complainant.found_in or None,
        },
        "defects": list(parsed.defects),
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
    return file.is_file() and (file.suffix.lower() in {".eml", ".mbox", ".mbx"} or in_maildir)


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "address": person.address}
