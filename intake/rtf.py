"""Rich Text to plain text; Outlook keeps the text of a message in it, compressed ([MS-OXRTFCP])."""

import re
import struct

from compressed_rtf import decompress
from striprtf.striprtf import rtf_to_text

from intake.charsets import clean, decode_text

_LARGEST_PACKED = 500_000
_LARGEST = 1_000_000
_LONGEST_FONT_TABLE = 20_000
_HEAD = struct.calcsize("<4I")


def text_of_rtf(content: bytes) -> str:
    """Return the text of a Rich Text document, empty where nothing can be made of it."""
    written = _defused(decode_text(content[:_LARGEST]))
    try:
        text: str = rtf_to_text(written, errors="ignore")  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, LookupError, OverflowError, IndexError):
        # Numbers too long, words without their number, code pages that nobody knows.
        return ""
    return clean(_with_whole_characters(text)).strip()


def text_of_compressed_rtf(content: bytes) -> str:
    """Return the text of Outlook's compressed Rich Text, empty where nothing can be made of it."""
    if len(content) < _HEAD or len(content) > _LARGEST_PACKED:
        return ""
    try:
        return text_of_rtf(decompress(content))
    except Exception:  # noqa: BLE001  # The library raises Exception itself where a checksum is wrong.
        return ""


def _defused(written: str) -> str:
    """Break what the library's patterns would search again and again: links, and fonts without end.

    A line end means nothing in Rich Text, and a link's words stand beside its address in any case.
    """
    written = written.replace("{\\field", "{\n\\field\n")
    start = written.find("\\fonttbl")
    if start >= 0 and written.find("}}", start, start + _LONGEST_FONT_TABLE) < 0:
        written = written.replace("\\fonttbl", "\\stylesheet")
    return written


def _with_whole_characters(text: str) -> str:
    """Join characters that the document wrote as two halves (surrogates)."""
    if not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
