"""Case references: ten digits that survive being read out over the telephone.

A reference looks like `C-4827-1930-70`: eight random digits and two check digits by ISO/IEC 7064
MOD 97-10, which catch every single wrong digit and every swap of two neighbours. Digits alone are used
because letters such as B, D, P and T sound alike. They are drawn at random, so that nobody can count a
council's cases or guess the next one.
"""

import base64
import hmac
import re
from secrets import randbelow

_SPACE = 10**8
_BETWEEN = r"\s{0,3}[-\u2010\u2011\u2013]?\s{0,3}"
"""Bounded, since the text may be a megabyte of spaces."""

_SHAPE = re.compile(
    rf"(?<![\d/.-])(?:C{_BETWEEN})?(\d{{4}}){_BETWEEN}(\d{{4}}){_BETWEEN}(\d{{2}})(?!\d|/(?![a-z2-7]{{8}})|[-.]\d)",
    re.IGNORECASE,
)

_MARKED = re.compile(
    r"(?P<reference>C-\d{4}-\d{4}-\d{2})[ \t]{0,3}/[ \t]{0,3}(?P<mark>[a-z2-7]{8})(?![a-z2-7])", re.IGNORECASE
)
_LETTER_ID = re.compile(r"\.(c-\d{4}-\d{4}-\d{2})[.@]", re.IGNORECASE)
_MESSAGE = re.compile(r"(?:M-|message )?(\d{1,9})", re.IGNORECASE)
"""Shorter than a reference, which people type without its letter, too."""
_MESSAGE_NAME = re.compile(r"M-(\d{1,9})", re.IGNORECASE | re.ASCII)


def new_reference() -> str:
    """Draw a reference at random; the record sees to it that none is used twice."""
    return reference_of(randbelow(_SPACE))


def reference_of(number: int) -> str:
    """Write the reference of a number from 0 to 99,999,999, check digits included."""
    if not 0 <= number < _SPACE:
        raise ValueError(f"a reference holds eight digits, {number} does not fit")
    digits = f"{number:08d}"
    return f"C-{digits[:4]}-{digits[4:]}-{_check_digits(digits)}"


def read_reference(text: str) -> str | None:
    """Return the reference that a person typed, in its written form, or None if it cannot be one."""
    match = _SHAPE.fullmatch(text.strip())
    return _checked(match) if match else None


def references_in(text: str) -> tuple[str, ...]:
    """Find every reference with right check digits in a text, in order and without repeats."""
    found = (_checked(match) for match in _SHAPE.finditer(text))
    return tuple(dict.fromkeys(reference for reference in found if reference))


def read_message_number(text: str) -> int | None:
    """Return the number of a ledger row that a person typed as M-17, or None if it is none."""
    match = _MESSAGE.fullmatch(text.strip())
    return int(match[1]) if match else None


def read_message_name(text: str) -> int | None:
    """Return the number of a ledger row that is written as the pages name it, M-17; a bare number is none."""
    match = _MESSAGE_NAME.fullmatch(text.strip())
    return int(match[1]) if match else None


def message_name(number: int | None) -> str:
    """Write the number of a ledger row as people type it: M-17."""
    return f"M-{number}"


def is_letter_id(message_id: str) -> bool:
    """Say whether a Message-ID has the shape of those of our letters, which name the case."""
    return _LETTER_ID.search(message_id) is not None


def case_named_by(letter_id: str) -> str | None:
    """Return the reference of the case that the Message-ID of a letter of ours names, None where none."""
    found = _LETTER_ID.search(letter_id)
    return read_reference(found[1]) if found else None


def reply_mark(reference: str, key: bytes) -> str:
    """Return a reference with a mark that only this council's Heard can make: C-4827-1930-70/abcd2345.

    The mark is 40 bits of an HMAC: whoever sends it back has seen a letter of that case.
    """
    digest = hmac.digest(key, reference.encode(), "sha256")
    return f"{reference}/{base64.b32encode(digest[:5]).decode().lower()}"


def marked_references_in(text: str, key: bytes) -> tuple[str, ...]:
    """Find every reference in a text that bears its right mark, in order and without repeats."""
    found = ((match["reference"].upper(), match["mark"].lower()) for match in _MARKED.finditer(text))
    proven = (
        reference
        for reference, mark in found
        if hmac.compare_digest(reply_mark(reference, key), f"{reference}/{mark}")
    )
    return tuple(dict.fromkeys(proven))


def _checked(match: re.Match[str]) -> str | None:
    digits = match[1] + match[2]
    if _check_digits(digits) != match[3]:
        return None
    return f"C-{match[1]}-{match[2]}-{match[3]}"


def _check_digits(digits: str) -> str:
    return f"{98 - int(digits) * 100 % 97:02d}"
