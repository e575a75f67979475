"""Case references: ten digits that survive being read out over the telephone.

A reference looks like `C-4827-1930-70`: eight random digits and two check digits by ISO/IEC 7064
MOD 97-10, which catch every single wrong digit and every swap of two neighbours. Digits alone are used
because letters such as B, D, P and T sound alike. They are drawn at random, so that nobody can count a
council's cases or guess the next one.
"""

import re
from secrets import randbelow

_SPACE = 10**8
_BETWEEN = r"\s{0,3}[-\u2010\u2011\u2013]?\s{0,3}"
"""Bounded, since the text may be a megabyte of spaces."""

_SHAPE = re.compile(
    rf"(?<![\d/.-])(?:C{_BETWEEN})?(\d{{4}}){_BETWEEN}(\d{{4}}){_BETWEEN}(\d{{2}})(?![\d/]|[-.]\d)",
    re.IGNORECASE,
)


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


def _checked(match: re.Match[str]) -> str | None:
    digits = match[1] + match[2]
    if _check_digits(digits) != match[3]:
        return None
    return f"C-{match[1]}-{match[2]}-{match[3]}"


def _check_digits(digits: str) -> str:
    return f"{98 - int(digits) * 100 % 97:02d}"
