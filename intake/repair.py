"""What is mended in a message's bytes before any parser sees them (docs/mail.md, facts 12, 13 and 40).

Mail that lost its shape on the way still holds what somebody wrote: a byte order mark or mbox line before
the headers, junk or blank lines above them, a parameter that lost its indentation, bare carriage returns,
a boundary that never appears. The bytes as received are kept elsewhere and never changed.
"""

import re
from collections import Counter

from models.errors import UnreadableMessage

MOST_HEADER_BYTES = 128 * 1024
MOST_PARTS = 1_000
DEEPEST_NESTING = 50

_FIELD = re.compile(rb"^[\x21-\x39\x3b-\x7e]{1,80}[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|content-[a-z-]+|reply-to|"
    rb"delivered-to|sender|cc|x-[a-z0-9-]+|in-reply-to|references|dkim-signature|arc-[a-z-]+|auto-submitted)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    rb"^(?:boundary|charset|name|filename|type|format|report-type|protocol)\s*=", re.IGNORECASE
)
_MBOX_LINE = re.compile(rb"^>?From [^\n]*\n")
_CONTAINER = re.compile(
    rb"^content-type[ \t]*:[ \t\n]*(?:multipart/|message/rfc822)", re.IGNORECASE | re.MULTILINE
)
_PART = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BOUNDARY_LINE = re.compile(r"^--([^\s-][^\n]{0,200}?|-[^\s][^\n]{0,200}?)[ \t]*$", re.MULTILINE)
_LINES_SEARCHED = 60
_BOUNDARIES_TRIED = 20
_HEAD_OF_PART = 300


def repair(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return bytes that a parser can read, and what had to be mended, as short codes.

    Raises UnreadableMessage where a limit on headers, parts or nesting is passed.
    """
    defects: list[str] = []
    mended = _plain_line_ends(raw, defects)
    if mended.startswith(b"\xef\xbb\xbf"):
        mended = mended[3:]
        defects.append("byte_order_mark")
    if _MBOX_LINE.match(mended):
        mended = _MBOX_LINE.sub(b"", mended, count=1)
        defects.append("mbox_line")
    mended = _from_first_field(mended, defects)
    header_end = 0 if mended.startswith(b"\n") else mended.find(b"\n\n")
    head, body = (mended, b"") if header_end < 0 else (mended[:header_end], mended[header_end:])
    _check_limits(head, mended)
    return _mend_fields(head, defects) + body, tuple(defects)


def boundary_in_use(payload: str, declared: str) -> str | None:
    """Return the boundary that a multipart really uses where the declared one never appears."""
    counted: Counter[str] = Counter(line.removesuffix("--") for line in _BOUNDARY_LINE.findall(payload))
    lines = [line for line, _ in counted.most_common(_BOUNDARIES_TRIED)]
    if declared and any(line.startswith(declared) for line in lines):
        return declared
    for line in lines:
        place = payload.find(f"--{line}\n")
        after = payload[place + len(line) + 3 :][:_HEAD_OF_PART].lstrip("\n")
        if place >= 0 and re.match(r"(?i)content-[a-z-]+\s*:", after):
            return line
    return None


def _plain_line_ends(raw: bytes, defects: list[str]) -> bytes:
    if b"\r\r\n" in raw[:4096]:
        defects.append("doubled_carriage_returns")
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw[:4096] and b"\r" in raw[:4096]:
        defects.append("bare_carriage_returns")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _from_first_field(raw: bytes, defects: list[str]) -> bytes:
    """Drop blank and junk lines above the headers; a text without any headers becomes a body."""
    position = 0
    for _ in range(_LINES_SEARCHED):
        end = raw.find(b"\n", position)
        line = raw[position : end if end >= 0 else len(raw)]
        is_start = _FIELD.match(line) if position == 0 else _KNOWN_FIELD.match(line)
        if is_start:
            if position:
                defects.append("junk_before_headers")
            return raw[position:]
        if end < 0:
            break
        position = end + 1
    defects.append("no_headers")
    return b"\n" + raw


def _check_limits(head: bytes, whole: bytes) -> None:
    if len(head) > MOST_HEADER_BYTES:
        raise UnreadableMessage("headers", f"its headers take {len(head):,} bytes, over the limit")
    if whole.lower().count(b"content-type") <= MOST_PARTS:
        return
    containers = sum(1 for _ in _CONTAINER.finditer(whole))
    parts = sum(1 for _ in _PART.finditer(whole))
    if parts > MOST_PARTS and containers <= MOST_PARTS:
        raise UnreadableMessage("parts", f"it has {parts:,} parts, over the limit of {MOST_PARTS:,}")
    if containers > MOST_PARTS:
        raise UnreadableMessage("nesting", f"it nests {containers:,} messages, over the limit")


def _mend_fields(head: bytes, defects: list[str]) -> bytes:
    lines = []
    for number, line in enumerate(head.split(b"\n")):
        if line[:1] in (b" ", b"\t") or _FIELD.match(line) or not line:
            lines.append(line)
        elif _PARAMETER.match(line) or number == 0:
            lines.append(b" " + line)
            defects.append("unfolded_parameter")
        else:
            lines.append(b"X-Heard-Broken-Line: " + line)
            defects.append("broken_header_line")
    return b"\n".join(lines)
