"""A letter that was written, back as blocks and as the words an officer edits.

`letters/blocks.py` makes plain text and HTML of blocks; here the blocks are read out of the HTML again, and
written down with the marks from which they can be made anew.
"""

import re
from html.parser import HTMLParser

from letters.blocks import Block, BlockKind
from letters.tame import visible

_HEADINGS = {"h2": BlockKind.HEADING, "h3": BlockKind.SUBHEADING}
_MARKS = {BlockKind.HEADING: "# ", BlockKind.SUBHEADING: "## ", BlockKind.LIST: "- ", BlockKind.QUOTE: "> "}
_NUMBERED = {BlockKind.NUMBERED: "", BlockKind.NUMBERED_QUOTE: "> "}
_KEPT_DAY = re.compile(r"(?<=\d)\N{NO-BREAK SPACE}(?=[A-Z][a-z]{2,8} \d{4}\b)")
"""Where HTML keeps a day and its month on one line."""

_WITHIN = frozenset({"h2", "h3", "p", "li"})


def blocks_in(page: str) -> list[Block]:
    """Return the blocks of a letter's HTML: what follows its title."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.blocks


def as_markup(blocks: list[Block]) -> str:
    """Return blocks as an officer edits them; `letters.blocks.blocks_of` makes the same blocks of it."""
    return "\n\n".join(_written(block) for block in blocks) + "\n"


def tidy_markup(typed: str) -> str:
    """Return what an officer typed without control characters and marks that turn the direction."""
    return visible(typed).replace("\t", " ").strip() + "\n"


def _written(block: Block) -> str:
    if block.kind in _NUMBERED:
        pairs = zip(block.numbers, block.lines, strict=True)
        return "\n".join(f"{_NUMBERED[block.kind]}{number}. {line}" for number, line in pairs)
    return "\n".join(_MARKS.get(block.kind, "") + line for line in block.lines)


class _Reader(HTMLParser):
    """Collects the blocks of a letter as `letters.blocks.as_html` writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._has_begun = False
        self._words: list[str] | None = None
        self._lines: list[str] = []
        self._numbers: list[int] = []
        self._list = ""
        self._is_quote = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a line of one, or an item."""
        if tag == "blockquote":
            self._is_quote, self._lines = True, []
        elif tag in {"ul", "ol"}:
            self._list, self._lines, self._numbers = tag, [], []
        elif tag == "br" and self._words is not None:
            self._end_line()
        elif tag in _WITHIN:
            self._words = []
            if tag == "li":
                said = dict(attrs).get("value") or ""
                after = self._numbers[-1] if self._numbers else 0
                self._numbers.append(int(said) if said.isascii() and said.isdigit() else after + 1)
            elif not self._list and not self._is_quote:
                self._lines = []

    def handle_data(self, data: str) -> None:
        """Add to the line that is read."""
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a line, and the block where nothing more belongs to it."""
        if tag == "h1":
            # What the layout puts above its title is no part of the letter's words.
            self._has_begun, self.blocks = True, []
        elif tag in _WITHIN and self._words is not None:
            self._end_line()
            self._words = None
            if tag in _HEADINGS:
                self._add(_HEADINGS[tag])
            elif tag == "p" and not self._is_quote and not self._list:
                self._add(BlockKind.PARAGRAPH)
        elif tag == self._list:
            self._list = ""
            if tag == "ol":
                self._add(BlockKind.NUMBERED_QUOTE if self._is_quote else BlockKind.NUMBERED)
            elif not self._is_quote:
                self._add(BlockKind.LIST)
        elif tag == "blockquote":
            if self._lines:
                self._add(BlockKind.QUOTE)
            self._is_quote = False

    def _end_line(self) -> None:
        said = "".join(self._words or ()).strip("\n\t ")
        self._lines.append(_KEPT_DAY.sub(" ", said))
        self._words = []

    def _add(self, kind: BlockKind) -> None:
        numbers = tuple(self._numbers) if kind in _NUMBERED else ()
        if any(self._lines):
            self.blocks.append(Block(kind, tuple(self._lines), numbers))
        self._lines, self._numbers = [], []
