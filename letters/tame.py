"""Makes what people wrote harmless before a template repeats it: it starts no block and hides nothing.

A letter's body is parted into blocks by what stands at the start of a line (`letters/blocks.py`). Whatever
comes from a person keeps its words, and can never begin a heading, a list or a quotation of its own.
"""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from letters.blocks import MARK

PARAGRAPH_END, LINE_END = "\N{PARAGRAPH SEPARATOR}", "\N{LINE SEPARATOR}"
"""Where a person's text has an empty line or a line break; `letters/blocks.py` sets them out again."""

_NO_BREAK = "\N{NO-BREAK SPACE}"
_HIDDEN = {"Cc", "Cs", "Co"}
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: they make a text read otherwise than it is."""

_Value = TypeVar("_Value")


def tamed(value: _Value) -> _Value:
    """Return a value with every text in it harmless; dates, numbers and codes stay as they are."""
    result: Any = value
    if isinstance(value, str) and not isinstance(value, Enum):
        result = tamed_text(value)
    elif isinstance(value, tuple):
        result = tuple(tamed(each) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        result = replace(value, **{each.name: tamed(getattr(value, each.name)) for each in fields(value)})
    return result  # type: ignore[no-any-return]  # of the type that came in


def tamed_text(text: str) -> str:
    """Return a text of several paragraphs as one line that begins no block."""
    paragraphs = (_lines_of(each) for each in re.split(r"\n[ \t]*\n", visible(text)))
    return PARAGRAPH_END.join(each for each in paragraphs if each)


def _lines_of(paragraph: str) -> str:
    lines = (_unmarked(" ".join(line.split())) for line in paragraph.split("\n"))
    return LINE_END.join(line for line in lines if line)


def _unmarked(line: str) -> str:
    """Return a line whose mark, where it has one, is followed by a space that makes no block of it."""
    found = MARK.match(line)
    return f"{found[1]}{_NO_BREAK}{line[found.end() :]}" if found else line


def visible(text: str) -> str:
    """Return a text with line ends of one kind, without control characters and turns of direction."""
    plain = re.sub(r"\r\n?|[\v\f\x85\u2028]", "\n", text).replace(PARAGRAPH_END, "\n\n")
    return "".join(_seen(character) for character in plain)


def _seen(character: str) -> str:
    if character == "\n" or (character not in _TURNS and unicodedata.category(character) not in _HIDDEN):
        return character
    return "" if character in _TURNS else " "
