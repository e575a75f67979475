"""The blocks of a letter's body, and the plain text and the HTML that are both made of them.

| a block whose lines begin with | is |
| `# `                           | a heading |
| `## `                          | a heading below it |
| `- `                           | a list |
| `1. `, `2. ` ...               | a numbered list |
| `> `                           | somebody's own words; `> 1. ` numbers them |
| anything else                  | a paragraph; its line breaks stay |
"""

import html
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MARK = re.compile(r"(#{1,6}|[->]|\d{1,4}\.)(?: |$)")
"""What makes a line part of something other than a paragraph; a template may go on after it with a space."""

_WIDTH = 76
_NUMBERED = re.compile(r"(\d{1,4})\. ")
_WOULD_BEGIN, _HELD = re.compile(r" (?=(?:#{1,6}|[->]|\d{1,4}\.)(?: |$))"), "\0"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(\d{{1,2}}) (?=(?:{_MONTHS}) \d{{4}}\b)")
_WHOLE = r"\b(C-\d{4}-\d{4}-\d{2}|0\d{2,5}(?: \d{3,7}){1,2})\b(?!/)"
_MARKED = re.compile(
    r"\b(www\.[a-z0-9.-]{1,200}[a-z0-9])|\b([\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{0,190}\w)|" + _WHOLE,
    re.IGNORECASE,
)
"""Links; and references and telephone numbers, which are kept on a line. Bounded: a text may be long.

A reference with its mark (`models/reference.py`) stays in one piece for whoever reads the reply.
"""
_TO_THE_LEFT = {"R", "AL"}


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    LIST = "list"
    NUMBERED = "numbered"
    QUOTE = "quote"
    NUMBERED_QUOTE = "numbered_quote"
    PARAGRAPH = "paragraph"


_PREFIXES = {
    BlockKind.HEADING: "# ",
    BlockKind.SUBHEADING: "## ",
    BlockKind.LIST: "- ",
    BlockKind.QUOTE: "> ",
}
_QUOTES = {BlockKind.QUOTE, BlockKind.NUMBERED_QUOTE}
_LISTS = {BlockKind.LIST: "ul", BlockKind.NUMBERED: "ol", BlockKind.NUMBERED_QUOTE: "ol"}
_NUMBERS = {BlockKind.NUMBERED, BlockKind.NUMBERED_QUOTE}
_INDENT = {BlockKind.QUOTE: "    ", BlockKind.NUMBERED_QUOTE: "    "}


@dataclass(frozen=True)
class Block:
    """One block: its lines without their marks, and the numbers of a numbered list."""

    kind: BlockKind
    lines: tuple[str, ...]
    numbers: tuple[int, ...] = ()


def blocks_of(body: str) -> list[Block]:
    """Part a rendered body into its blocks."""
    return [block for piece in re.split(r"\n[^\S\n]*\n\s*", body.strip()) for block in _read(piece)]


def as_text(blocks: list[Block]) -> str:
    """Return blocks as plain text, wrapped at 76 characters."""
    return "\n\n".join(_block_as_text(block) for block in blocks) + "\n"


def as_html(blocks: list[Block]) -> str:
    """Return blocks as HTML, everything in them escaped."""
    return "\n".join(_block_as_html(block) for block in blocks)


def heading_as_html(title: str) -> str:
    """Return the title of a letter as HTML, its reference kept on one line where there is room."""
    return re.sub(_WHOLE, _kept_whole, html.escape(title))


def _read(piece: str) -> Iterator[Block]:
    lines = [line.strip() for line in piece.strip().split("\n")]
    kind = next(
        (kind for kind, mark in _PREFIXES.items() if all(each.startswith(mark) for each in lines)), None
    )
    if kind in {BlockKind.HEADING, BlockKind.SUBHEADING}:
        yield from (Block(kind, (_flat(line[len(_PREFIXES[kind]) :]),)) for line in lines)
    elif kind is not None:
        yield _numbered_or(kind, [line[len(_PREFIXES[kind]) :] for line in lines])
    elif all(map(_NUMBERED.match, lines)):
        yield _numbered_or(BlockKind.PARAGRAPH, lines)
    elif any(lines):
        yield from _paragraphs(lines)


def _numbered_or(kind: BlockKind, lines: list[str]) -> Block:
    """Return a numbered block where every line has a number, otherwise one of the kind named."""
    found = [_NUMBERED.match(line) for line in lines]
    numbers = tuple(int(each[1]) for each in found if each)
    if kind is BlockKind.LIST or len(numbers) < len(lines):
        return Block(kind, tuple(map(_flat, lines)))
    numbered = BlockKind.NUMBERED_QUOTE if kind is BlockKind.QUOTE else BlockKind.NUMBERED
    rest = (line[each.end() :] for line, each in zip(lines, found, strict=True) if each)
    return Block(numbered, tuple(map(_flat, rest)), numbers)


def _paragraphs(lines: list[str]) -> Iterator[Block]:
    """Set out again the paragraphs and lines of what a person wrote (`letters/tame.py`)."""
    for paragraph in "\n".join(lines).split("\N{PARAGRAPH SEPARATOR}"):
        kept = (line.strip() for line in re.split("[\n\N{LINE SEPARATOR}]", paragraph))
        if found := tuple(line for line in kept if line):
            yield Block(BlockKind.PARAGRAPH, found)


def _flat(line: str) -> str:
    return re.sub("[\N{PARAGRAPH SEPARATOR}\N{LINE SEPARATOR}]+", " ", line).strip()


def _block_as_text(block: Block) -> str:
    if block.kind is BlockKind.HEADING:
        return f"{block.lines[0]}\n{'-' * len(block.lines[0])}"
    before = _INDENT.get(block.kind, "")
    marks = [f"{number}. " for number in block.numbers] or [
        "- " if block.kind is BlockKind.LIST else ""
    ] * len(block.lines)
    return "\n".join(_wrapped(line, before, mark) for line, mark in zip(block.lines, marks, strict=True))


@lru_cache(maxsize=512)  # Most lines of most letters are the template's own.
def _wrapped(line: str, before: str, mark: str) -> str:
    """Wrap a line; none that is folded begins with what looks like an item, such as the 2026. of a date."""
    folded = textwrap.fill(
        _WOULD_BEGIN.sub(_HELD, line), width=_WIDTH,
        initial_indent=before + mark, subsequent_indent=before + " " * len(mark),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return folded.replace(_HELD, " ")


def _block_as_html(block: Block) -> str:
    # A stranger's words never become links in our letter, and points may be a stranger's.
    is_ours = block.kind not in _QUOTES | _NUMBERS | {BlockKind.SUBHEADING}
    safe = [_marked_up(html.escape(line)) if is_ours else html.escape(line) for line in block.lines]
    if block.kind is BlockKind.HEADING:
        return f"<h2>{safe[0]}</h2>"
    if block.kind is BlockKind.SUBHEADING:
        return f"<h3>{safe[0]}</h3>"
    if block.kind in _LISTS:
        items = _list_as_html(_LISTS[block.kind], safe, block.numbers)
        return f"<blockquote>\n{items}\n</blockquote>" if block.kind in _QUOTES else items
    if block.kind is BlockKind.QUOTE:
        return "<blockquote>" + "\n".join(f"<p{_turn(line)}>{line}</p>" for line in safe) + "</blockquote>"
    lines = ' class="lines"' if len(safe) > 1 else ""
    return f"<p{lines}{_turn(safe[0])}>" + "<br>\n".join(safe) + "</p>"


def _turn(line: str) -> str:
    """Return the attribute of a line that is read from right to left, empty for others (UAX 9, P2)."""
    strong = (unicodedata.bidirectional(character) for character in line)
    first = next((each for each in strong if each == "L" or each in _TO_THE_LEFT), "L")
    return ' dir="rtl"' if first in _TO_THE_LEFT else ""


def _list_as_html(tag: str, items: list[str], numbers: tuple[int, ...]) -> str:
    in_order = not numbers or numbers == tuple(range(1, len(numbers) + 1))
    values = [""] * len(items) if in_order else [f' value="{number}"' for number in numbers]
    # A list of ours ends in words of ours, whatever it begins with; the numbers stay on the left.
    turns = [_turn(item) if numbers else "" for item in items]
    inside = [f"<div{turn}>{item}</div>" if turn else item for turn, item in zip(turns, items, strict=True)]
    lines = "\n".join(f"<li{value}>{item}</li>" for value, item in zip(values, inside, strict=True))
    return f"<{tag}>\n{lines}\n</{tag}>"


def _marked_up(escaped: str) -> str:
    def mark(found: re.Match[str]) -> str:
        if found[3]:
            return _kept_whole(found)
        target = f"https://{found[1]}" if found[1] else f"mailto:{found[2]}"
        return f'<a href="{target}">{found[0]}</a>'

    return _MARKED.sub(mark, _DAY.sub("\\1\N{NO-BREAK SPACE}", escaped))


def _kept_whole(found: re.Match[str]) -> str:
    return f'<span class="whole">{found[0]}</span>'
