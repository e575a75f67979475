"""Text of strangers as pages show it: cleaned of what could mislead, and in pieces where it is marked."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_BIDI = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2066: "LRI", 0x2067: "RLI",
    0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip
_TAGS = range(0xE0000, 0xE0080)
_UNSEEN = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), 0x2028, 0x2029, 0xFFFE, 0xFFFF, *_TAGS])
_NAMED = {code: f"[{name}]" for code, name in _BIDI.items()}
_STRIPPED = dict.fromkeys([*_UNSEEN, *_BIDI, 0x200E, 0x200F, 0x061C, 0x200B, 0x2060, 0xFEFF])
_HEAPED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""More accents on one letter than any language has: they climb over the lines around them."""

_WORD = re.compile(r"\S+")
_NARROWEST, _WIDEST = 50, 100
_OF_ITS_OWN = re.compile(r"[\s>|*•+-]|\d{1,3}[.)]|[A-Z][A-Za-z-]{1,20}:\s")
"""What begins a line that stands for itself: an item of a list, quoted mail, a field of forwarded mail."""

_BLANK_LINES = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*){2,}")


def said(text: str) -> str:
    """Return a text for its own block: controls gone, those that turn the direction of text shown by name."""
    return _HEAPED.sub(r"\1", text.translate(_UNSEEN).translate(_NAMED))


_LONGEST_WORD = 25
"""Of a text that is cut no longer word is left out whole."""


def one_line(text: str, *, longest: int = 200) -> str:
    """Return a name or subject to stand within a sentence of ours: one line, nothing unseen, not too long."""
    flat = " ".join(_HEAPED.sub(r"\1", text[: longest * 20].translate(_STRIPPED)).split())
    if len(flat) <= longest:
        return flat
    words = flat[: longest + 1].rpartition(" ")[0]
    return f"{words if words and len(words) > longest - _LONGEST_WORD else flat[:longest].rstrip()} …"


def unwrapped(text: str) -> str:
    """Return a text whose paragraphs were broken into lines by a mail program, in lines as long as fit here.

    A break goes where the next word had no room left on its line. Every character keeps its place.
    """
    lines = text.split("\n")
    width = max((len(line) for line in lines), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return text
    breaks = (" " if _had_no_room(*pair, width) else "\n" for pair in pairwise(lines))
    return "".join(part for pair in zip(lines, [*breaks, ""], strict=True) for part in pair)


def _had_no_room(line: str, following: str, width: int) -> bool:
    word = following.partition(" ")[0]
    return bool(word) and not _OF_ITS_OWN.match(following) and len(line) + 1 + len(word) > width


def tidy(text: str) -> str:
    """Return a text without the empty lines around it, and no more than one between its paragraphs."""
    return _BLANK_LINES.sub("\n\n", text.strip("\n")).rstrip()


@dataclass(frozen=True)
class Mark:
    """A passage of a text, and the number of the explanation that it has."""

    start: int
    end: int
    number: int


@dataclass(frozen=True)
class Piece:
    """A stretch of text; marked where it lies in a passage.

    `opens` are the numbers of the passages that begin with it, `closes` of those that end with it.
    """

    text: str
    is_marked: bool = False
    opens: tuple[int, ...] = ()
    closes: tuple[int, ...] = ()


def in_pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Cut a text where passages begin and end; passages may overlap, and every character comes once."""
    whole = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    cuts = sorted({0, len(text), *(mark.start for mark in whole), *(mark.end for mark in whole)})
    pieces = [_piece(text, start, end, whole) for start, end in pairwise(cuts)]
    return tuple(piece for piece in pieces if piece.text or piece.opens or piece.closes)


def _piece(text: str, start: int, end: int, marks: Sequence[Mark]) -> Piece:
    return Piece(
        text=said(text[start:end]),
        is_marked=any(mark.start <= start and end <= mark.end for mark in marks),
        opens=tuple(sorted(mark.number for mark in marks if mark.start == start)),
        closes=tuple(sorted(mark.number for mark in marks if mark.end == end)),
    )


def find_passage(text: str, passage: str, *, near: int | None = None) -> tuple[int, int] | None:
    """Return where a passage stands in a text: at its place if it is there, else wherever its words are.

    White space between the words may differ, since a text is wrapped anew by many hands.
    """
    if near is not None and passage and text[near : near + len(passage)] == passage:
        return near, near + len(passage)
    wanted = " ".join(passage.split())
    if not wanted:
        return None
    start = text.find(passage)
    if start >= 0:
        return start, start + len(passage)
    words = list(_WORD.finditer(text))
    begins = list(accumulate((len(word[0]) + 1 for word in words), initial=0))
    found = " ".join(word[0] for word in words).find(wanted)
    if found < 0:
        return None
    first, last = (bisect_right(begins, place) - 1 for place in (found, found + len(wanted) - 1))
    start = words[first].start() + found - begins[first]
    return start, words[last].start() + found + len(wanted) - begins[last]
