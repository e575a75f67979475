"""A look at a message that cannot be read: who seems to have sent it, about what, and its first words.

Whatever the bytes are, something is returned and nothing is raised: an officer has to start somewhere.
"""

import re

from intake.charsets import clean, decode_text
from intake.headers import Headers
from models.message import Complainant, ParsedMessage, Person

_LOOKED_AT = 64 * 1024
_LONGEST_FIELD = 2_000
_LONGEST_TEXT = 2_000
_LONGEST_SUBJECT = 300
_FIELD = re.compile(rb"(?im)^(from|subject|message-id)[ \t]*:([^\n]*(?:\n[ \t][^\n]*){0,20})")
_ENCODED_LINE = re.compile(r"^[A-Za-z0-9+/=]{60,}$")


def glimpse(raw: bytes) -> ParsedMessage:
    """Return sender, subject and first words as far as they show in the first 64 KiB."""
    start = raw[:_LOOKED_AT].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head, _, body = start.partition(b"\n\n")
    headers = Headers(
        (name.decode(), value[:_LONGEST_FIELD].decode("utf-8", "surrogateescape"))
        for name, value in _FIELD.findall(head)
    )
    people = headers.people("from")
    sender = people[0] if people else None
    text = _first_words(body)
    return ParsedMessage(
        subject=headers.text("subject")[:_LONGEST_SUBJECT],
        sender=sender,
        complainant=Complainant(sender or Person("", ""), "from" if sender else ""),
        text=text,
        reply_text=text,
    )


def _first_words(body: bytes) -> str:
    """Return the lines of a body that a person may have written, without boundaries and encoded blocks."""
    lines = (line.strip() for line in clean(decode_text(body)).split("\n"))
    words = (
        line
        for line in lines
        if line and not line.startswith("--") and not _ENCODED_LINE.match(line) and not _is_field(line)
    )
    return "\n".join(words)[:_LONGEST_TEXT]


def _is_field(line: str) -> bool:
    return line.lower().startswith(("content-", "mime-version:"))
