"""A message's bytes to its tree of parts; the one file that knows mail-parser.

mail-parser 4.8 survives what breaks the standard library's newer policy; where a bug of its own stops it,
the standard library's tolerant parser takes its place.
"""

import base64
import binascii
import email
import logging
import re
from email.message import Message as Part

import mailparser
from mailparser.exceptions import MailParserError

from intake.repair import DEEPEST_NESTING, MOST_PARTS
from models.errors import UnreadableMessage

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # It logs contents.

__all__ = [
    "Part",
    "children",
    "content_of",
    "disposition_of",
    "full_type_of",
    "tree_of",
    "type_of",
    "written",
]

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def tree_of(mended: bytes) -> Part:
    """Return the tree of a message's parts.

    Raises UnreadableMessage where it nests too deep or has too many parts.
    """
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


def children(part: Part) -> list[Part]:
    """Return the parts directly inside a part."""
    if not part.is_multipart():
        return []
    return [child for child in part.get_payload() if isinstance(child, Part)]


def type_of(part: Part) -> str:
    """Return the content type in lower case, without its parameters."""
    try:
        return part.get_content_type()
    except (ValueError, LookupError, IndexError, TypeError, AttributeError):
        return "application/octet-stream"


def full_type_of(part: Part) -> str:
    """Return the type with the one parameter that says what kind of report or invitation it is."""
    kind = type_of(part)
    for parameter in ("report-type", "method"):
        try:
            value = part.get_param(parameter)
        except (ValueError, LookupError, IndexError, TypeError, AttributeError):
            value = None
        if value:
            return f"{kind}; {parameter}={value}".lower()
    return kind


def disposition_of(part: Part) -> str:
    """Return `inline`, `attachment` or whatever else Content-Disposition says, empty where it is missing."""
    return str(part.get("content-disposition", "")).partition(";")[0].strip().lower()


def written(part: Part) -> str:
    """Return a leaf as the bytes had it, bytes beyond ASCII as lone surrogates."""
    try:
        return str(part.get_payload() or "")
    except (ValueError, LookupError):  # The library decodes here by a charset that may be nonsense.
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "surrogateescape") if isinstance(content, bytes) else ""


def content_of(part: Part) -> bytes:
    """Return the decoded bytes of a leaf; stray characters in base64 are passed over."""
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        return _from_base64(written(part))
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    return written(part).encode("utf-8", "surrogateescape")


def _from_base64(text: str) -> bytes:
    clean = _NOT_BASE64.sub("", text)
    usable = clean[: len(clean) - (len(clean) % 4 == 1)]
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4))
    except (binascii.Error, ValueError):
        return clean.encode()


def _parsed(mended: bytes) -> Part:
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
        stack.extend((child, depth + 1) for child in children(part))
    return deepest, parts
