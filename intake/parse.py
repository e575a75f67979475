"""A message's bytes to what a person reads; the one file that knows mail-parser.

mail-parser 4.8 builds the tree of parts and survives what breaks the standard library's newer policy. What it
loses is repaired here: text in unlabelled or wrongly labelled charsets, raw 8-bit header bytes, repeated
fields, attached messages that it merges into the body, boundaries that never appear.
"""

import base64
import binascii
import email
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Part

import mailparser
from mailparser.exceptions import MailParserError

from intake.charsets import clean, decode_text
from intake.documents import text_of_document
from intake.headers import Headers, decode_field
from intake.html_text import html_to_text
from intake.machine_mail import bounced_addresses, is_auto_reply, is_bounce, is_list, machine_reason
from intake.people import find_complainant
from intake.repair import DEEPEST_NESTING, MOST_PARTS, boundary_in_use, repair
from models.errors import UnreadableMessage
from models.message import Attachment, ParsedMessage, Person
from triage.reply_text import is_forward, is_reply, new_part

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # It logs contents.

_REPORTS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
_LONGEST_TEXT = 300_000
_LONGEST_SUBJECT = 998
_RETURNED_ID = re.compile(r"(?im)^[ \t>]*message-id:\s*(<[^<>\s]+>)")
_FLOWED = re.compile(r"(?i)flowed")


@dataclass
class _Contents:
    """What a walk over the parts gathers."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[Part] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def parse(raw: bytes, *, form_senders: frozenset[str] = frozenset()) -> ParsedMessage:
    """Parse a message.

    `form_senders` are addresses from which web forms come: the person is then in the body.
    Raises UnreadableMessage, with a short reason, where a limit is passed or nothing can be made of it.
    """
    mended, defects = repair(raw)
    root = _tree(mended)
    headers = Headers(root.raw_items())
    contents = _Contents(defects=list(defects))
    _gather(root, contents, depth=0)
    text = _text_of_message(contents)
    subject = headers.text("subject")[:_LONGEST_SUBJECT]
    people = headers.people("from")
    sender = people[0] if people else None
    ids = headers.ids("in-reply-to")
    references = headers.ids("references")
    answers = is_reply(subject) or (bool(ids or references) and not is_forward(subject))
    bounce = is_bounce(headers, contents.types, contents.reports, text)
    attachments = tuple(contents.attachments)
    return ParsedMessage(
        subject=subject,
        sender=sender,
        reply_to=headers.people("reply-to"),
        to=headers.people("to"),
        cc=headers.people("cc"),
        date=headers.instant("date"),
        received_at=headers.instant("received"),
        message_id=_message_id(headers),
        in_reply_to=ids[0] if ids else None,
        references=references,
        text=text,
        reply_text=new_part(text, is_answer=answers),
        attachments=attachments,
        is_bounce=bounce,
        bounced_addresses=bounced_addresses(headers, contents.reports, text) if bounce else (),
        returned_ids=_returned_ids(contents) if bounce else (),
        is_auto_reply=not bounce and is_auto_reply(headers, subject),
        is_list=is_list(headers),
        is_null_sender=headers.raw("return-path") == "<>",
        machine_reason="" if bounce else machine_reason(headers, contents.types, text),
        complainant=find_complainant(
            headers, subject, text, enclosed=_enclosed_writer(contents), form_senders=form_senders
        ),
        defects=_all_defects(headers, contents),
        content_hash=_content_hash(subject, text, attachments),
    )


def _tree(mended: bytes) -> Part:
    try:
        root = _parsed(mended)
        depth, parts = _extent(root)
    except (MailParserError, RecursionError) as error:
        raise UnreadableMessage("nesting", "its parts are nested too deep to be read") from error
    if depth > DEEPEST_NESTING:
        raise UnreadableMessage("nesting", f"its parts are nested {depth} deep, over the limit")
    if parts > MOST_PARTS:
        raise UnreadableMessage("parts", f"it has {parts:,} parts, over the limit of {MOST_PARTS:,}")
    return root


def _parsed(mended: bytes) -> Part:
    """Parse with mail-parser; where a bug of its own stops it, with the standard library alone."""
    try:
        root: Part = mailparser.parse_from_bytes(mended).message
    except (ValueError, AttributeError, KeyError, IndexError, TypeError, LookupError):
        # Truncated inner multiparts and NULs in charset names are known to raise these.
        root = email.message_from_bytes(mended)
    return root


def _extent(root: Part) -> tuple[int, int]:
    """Return how deep the tree is and how many parts it has, without recursion."""
    deepest, parts, stack = 0, 0, [(root, 1)]
    while stack:
        part, depth = stack.pop()
        deepest, parts = max(deepest, depth), parts + 1
        stack.extend((child, depth + 1) for child in _children(part))
    return deepest, parts


def _children(part: Part) -> list[Part]:
    if not part.is_multipart():
        return []
    return [child for child in part.get_payload() if isinstance(child, Part)]


def _written(part: Part) -> str:
    """Return a leaf as the bytes had it, bytes beyond ASCII as lone surrogates."""
    try:
        return str(part.get_payload() or "")
    except (ValueError, LookupError):  # The library decodes here by a charset that may be nonsense.
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "surrogateescape") if isinstance(content, bytes) else ""


def _gather(part: Part, into: _Contents, *, depth: int) -> None:
    """Sort one part, and those inside it, into texts, attachments and reports."""
    kind = _type_of(part)
    into.types.append(_full_type(part))
    if kind in _REPORTS or kind == "text/rfc822-headers":
        into.reports.append(_flat_text(part))
    elif kind.startswith("message/") and _children(part):
        messages = _enclosed(part)
        into.forwarded.extend(messages)
        into.attachments.append(_attached_message(part, messages))
    elif kind == "multipart/alternative" and _children(part):
        into.texts.append(_richest(part, into, depth=depth + 1))
    elif _children(part):
        for child in _children(part):
            _gather(child, into, depth=depth + 1)
    elif kind.startswith("multipart/"):
        _gather_unbounded(part, into, depth=depth)
    else:
        _gather_leaf(part, into, is_root=depth == 0)


def _gather_leaf(part: Part, into: _Contents, *, is_root: bool) -> None:
    kind, name = _type_of(part), _filename(part)
    disposition = _disposition(part)
    is_text = kind in {"text/plain", "text/html"} or (is_root and kind.startswith("text/"))
    is_body = is_text and (disposition != "attachment" or (is_root and not name))
    if is_body:
        into.texts.append(_text_of_part(part))
    if not is_body or (name and not is_root) or disposition == "attachment":
        into.attachments.append(_attachment(part))


def _gather_unbounded(part: Part, into: _Contents, *, depth: int) -> None:
    """Read a multipart whose declared boundary never appears: split at the line really used."""
    into.defects.append("boundary_missing")
    payload = _written(part)
    boundary = boundary_in_use(payload, part.get_boundary() or "")
    if boundary is not None and depth < DEEPEST_NESTING:
        mended = re.sub(rf"(?m)^--{re.escape(boundary)}(--)?[^\n]*$", r"--heard-mended\1", payload)
        head = b'Content-Type: multipart/mixed; boundary="heard-mended"\n\n'
        again = _tree(head + mended.encode("utf-8", "surrogateescape"))
        if _children(again):
            _gather(again, into, depth=depth + 1)
            return
    into.texts.append(decode_text(payload.encode("utf-8", "surrogateescape")).strip())


def _richest(part: Part, into: _Contents, *, depth: int) -> str:
    """Return the fuller of the plain and the HTML versions; what else is inside is gathered."""
    plain, html = [], []
    for child in _children(part):
        kind = _type_of(child)
        if kind == "text/plain" and _disposition(child) != "attachment":
            into.types.append(_full_type(child))
            plain.append(_text_of_part(child))
        else:
            before = len(into.texts)
            _gather(child, into, depth=depth)
            html.extend(into.texts[before:])
            del into.texts[before:]
    plain_text, html_text = _joined(plain), _joined(html)
    is_poorer = len(plain_text.split()) * 2 < len(html_text.split())
    return html_text if is_poorer else plain_text


def _text_of_message(contents: _Contents) -> str:
    """Join the texts in order; a mail that is only a forward is read as what it forwards."""
    text = _joined(contents.texts)
    if not text and contents.forwarded:
        text = _joined([_forwarded_text(part) for part in contents.forwarded])
    return text[:_LONGEST_TEXT]


def _forwarded_text(message: Part) -> str:
    """Write an attached message as a forward shows it: who, when, about what, and its text."""
    headers, inner = Headers(message.raw_items()), _Contents()
    _gather(message, inner, depth=DEEPEST_NESTING)
    top = "\n".join(
        f"{name}: {headers.text(name)}" for name in ("From", "Date", "Subject") if headers.text(name)
    )
    return f"{top}\n\n{_joined(inner.texts)}"


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text.strip() for text in texts if text.strip())


def _text_of_part(part: Part) -> str:
    declared = part.get_content_charset() if "content-type" in part else None
    is_html = _type_of(part) == "text/html"
    text = decode_text(_content(part), declared or _charset_of_broken_field(part), is_html=is_html)
    if is_html:
        return html_to_text(text)
    if _FLOWED.search(str(part.get_param("format") or "")):
        return _unflow(text, deletes_space=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _unflow(text: str, *, deletes_space: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676, 4.1 and 4.2)."""
    lines: list[str] = []
    continues = False
    for line in text.split("\n"):
        content = line.removeprefix(" ")
        is_soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        joined = content[:-1] if is_soft and deletes_space else content
        if continues:
            lines[-1] += joined
        else:
            lines.append(joined)
        continues = is_soft
    return "\n".join(line.rstrip() for line in lines)


def _charset_of_broken_field(part: Part) -> str | None:
    """Find a charset where the semicolon before it is missing."""
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", str(part.get("content-type", "")), re.IGNORECASE)
    return found[1] if found else None


def _content(part: Part) -> bytes:
    """Return the decoded bytes of a leaf; stray characters in base64 are passed over."""
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        written = re.sub(r"[^A-Za-z0-9+/]", "", _written(part))
        usable = written[: len(written) - (len(written) % 4 == 1)]
        try:
            return base64.b64decode(usable + "=" * (-len(usable) % 4))
        except (binascii.Error, ValueError):
            return written.encode()
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    return _written(part).encode("utf-8", "surrogateescape")


def _attachment(part: Part) -> Attachment:
    content, kind = _content(part), _type_of(part)
    name = _filename(part) or _made_up_name(part)
    if kind in {"text/plain", "text/html"}:
        text = _text_of_part(part)
    else:
        text = text_of_document(content, content_type=kind, filename=name)
    return Attachment(
        filename=name,
        content_type=kind,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        text=clean(text)[:_LONGEST_TEXT],
    )


def _enclosed(part: Part) -> list[Part]:
    """Return the messages inside a part, unpacked where a program wrote them in base64 (fact 38)."""
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return _children(part)
    packed = "".join(_written(child) for child in _children(part))
    shell = Part()
    shell["content-transfer-encoding"] = "base64"
    shell.set_payload(packed)
    return [email.message_from_bytes(_content(shell))]


def _attached_message(part: Part, messages: list[Part]) -> Attachment:
    content = b"\n".join(_bytes_of(child) for child in messages)
    inner = Headers(messages[0].raw_items())
    return Attachment(
        filename=_filename(part) or f"{inner.text('subject')[:80] or 'message'}.eml",
        content_type=_type_of(part),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        text=_joined([_forwarded_text(child) for child in messages])[:_LONGEST_TEXT],
    )


def _bytes_of(part: Part) -> bytes:
    try:
        return part.as_bytes()
    except Exception:  # noqa: BLE001  # The generator raises whatever odd headers make it raise.
        return _flat_text(part).encode("utf-8", "surrogateescape")


def _flat_text(part: Part) -> str:
    """Return a report part's fields and text as lines."""
    own = [] if part.is_multipart() else [decode_text(_content(part))]
    inner = [
        "\n".join(f"{name}: {value}" for name, value in child.raw_items()) + "\n" + _flat_text(child)
        for child in _children(part)
    ]
    return clean("\n".join([*own, *inner]))


def _filename(part: Part) -> str:
    """Return the file's name as sent, decoded; it is shown, never used as a path (fact 40)."""
    fields = Headers(part.raw_items())
    written = f"{fields.raw('content-disposition')};{fields.raw('content-type')}"
    in_order = (_rfc2231_name, _plain_name) if written.isascii() else (_plain_name, _rfc2231_name)
    for read in in_order:
        name = read(part)
        if name:
            return decode_field(name)[:255]
    return ""


def _rfc2231_name(part: Part) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, IndexError, TypeError):
        return ""


def _plain_name(part: Part) -> str:
    fields = Headers(part.raw_items())
    written = f"{fields.raw('content-disposition')};{fields.raw('content-type')}"
    found = re.search(r"(?i)\b(?:file)?name\*?[\d*]*\s*=\s*\"?([^\";\n]+)", written)
    return found[1].strip() if found else ""


def _made_up_name(part: Part) -> str:
    return f"attachment.{_type_of(part).rpartition('/')[2][:20] or 'bin'}"


def _type_of(part: Part) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, IndexError, TypeError, AttributeError):
        return "application/octet-stream"


def _full_type(part: Part) -> str:
    """Return the type with the one parameter that says what kind of report or invitation it is."""
    kind = _type_of(part)
    for parameter in ("report-type", "method"):
        try:
            value = part.get_param(parameter)
        except (ValueError, LookupError, IndexError, TypeError, AttributeError):
            value = None
        if value:
            return f"{kind}; {parameter}={value}".lower()
    return kind


def _disposition(part: Part) -> str:
    return str(part.get("content-disposition", "")).partition(";")[0].strip().lower()


def _message_id(headers: Headers) -> str | None:
    ids = headers.ids("message-id")
    return ids[0] if ids else headers.text("message-id")[:_LONGEST_SUBJECT] or None


def _enclosed_writer(contents: _Contents) -> Person | None:
    """Return who wrote the first attached message."""
    people = (Headers(part.raw_items()).people("from") for part in contents.forwarded)
    return next((found[0] for found in people if found), None)


def _returned_ids(contents: _Contents) -> tuple[str, ...]:
    """Return the Message-IDs of the mail that a bounce brings back, from its report or the mail itself."""
    reported = [found for report in contents.reports for found in _RETURNED_ID.findall(report)]
    enclosed = [found for part in contents.forwarded for found in Headers(part.raw_items()).ids("message-id")]
    written = [found for text in contents.texts for found in _RETURNED_ID.findall(text)]
    return tuple(dict.fromkeys([*reported, *enclosed, *written]))


def _all_defects(headers: Headers, contents: _Contents) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*contents.defects, *_header_defects(headers)]))


def _header_defects(headers: Headers) -> Iterator[str]:
    for name in ("from", "subject", "to", "date", "message-id"):
        if headers.count(name) > 1:
            yield f"repeated_{name.replace('-', '_')}"
    if not headers.people("from"):
        yield "no_sender"
    elif len(headers.people("from")) > 1:
        yield "several_senders"
    if "date" in headers and headers.instant("date") is None:
        yield "bad_date"
    if not headers.raw("message-id"):
        yield "no_message_id"


def _content_hash(subject: str, text: str, attachments: tuple[Attachment, ...]) -> str:
    """Hash what the message says, so that the same mail by another road is recognised (fact 3)."""
    parts = [subject, " ".join(text.split()), *(each.sha256 for each in attachments)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
