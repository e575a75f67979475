"""The page of a mail made safe to show: written anew from a list of what may stay, and nothing else.

The page is parsed as a browser parses it and a new one is written from the tree: elements and attributes of
the table alone, every text escaped. What a browser makes of the new page is therefore what was meant, and no
trick of the old one's spelling survives (mXSS). It is shown in a sandbox all the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from review.sent.safe_link import Link, link_of
from review.sent.safe_style import safe_style

_KEPT = frozenset({
    "abbr", "b", "bdi", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "tt", "u", "ul", "var", "wbr",
})  # fmt: skip
_AS_DIV = frozenset({
    "address", "article", "aside", "body", "details", "dialog", "fieldset", "footer", "form", "header",
    "html", "legend", "listing", "main", "nav", "plaintext", "section", "summary", "xmp",
})  # fmt: skip
"""Blocks whose text stays and whose own meaning goes."""

_DROPPED = frozenset({
    "applet", "area", "audio", "base", "canvas", "datalist", "embed", "frame", "frameset", "head",
    "iframe", "input", "link", "map", "math", "meta", "meter", "noembed", "noframes", "noscript",
    "object", "optgroup", "option", "output", "param", "portal", "progress", "script", "select", "slot",
    "source", "style", "svg", "template", "textarea", "title", "track", "video",
})  # fmt: skip
"""Elements that go with all they hold. Any other unknown one goes, and its text stays."""

_ACTIVE = frozenset({"applet", "audio", "embed", "form", "iframe", "object", "script", "svg", "video"})
"""What an officer is told of when it was left out."""

_VOID = frozenset({"br", "col", "hr", "wbr"})
_NUMBERS = {
    "border": 20, "cellpadding": 50, "cellspacing": 50, "colspan": 50, "rowspan": 500, "size": 7, "span": 50,
    "start": 9_999, "value": 9_999,
}  # fmt: skip
_LENGTHS = frozenset({"width", "height"})
_WORDS = {
    "align": frozenset({"left", "right", "center", "justify"}),
    "valign": frozenset({"top", "middle", "bottom", "baseline"}),
    "dir": frozenset({"ltr", "rtl", "auto"}),
}
_COLOURS = frozenset({"bgcolor", "color"})
_COLOUR = re.compile(r"#?[A-Za-z0-9]{3,20}")
_LENGTH = re.compile(r"\d{1,4}(?:%|px)?")
_NUMBER = re.compile(r"\d{1,4}")
_CID = re.compile(r"\s*cid:", re.IGNORECASE)
_ENDS_A_PAGE = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_OPENS_OR_CLOSES = re.compile(r"<(/?)(?!br|img|hr|meta|link|input|p\b|li\b|td\b|tr\b)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_MOST_NODES = 60_000
_MOST_DEEP = 150
_DEEPEST = 3_000
_LONGEST = 1_500_000
_TRACKS = 3
"""Pixels: a picture no larger than that is there to be counted, not to be seen."""


@dataclass
class Left:
    """What was left out of a page, for the note above it."""

    pictures: int = 0
    trackers: int = 0
    active: set[str] = field(default_factory=set)
    is_cut: bool = False


@dataclass(frozen=True)
class SafePage:
    """A page that may be shown in a sandbox, and what was left out of it."""

    body: Markup
    left: Left


def safe_page(html: str, *, pictures: Mapping[str, str]) -> SafePage:
    """Return a page made safe; `pictures` gives the data: address of a picture by its Content-ID."""
    left = Left()
    if _depth(html) > _DEEPEST:
        # The parser takes a quadratic time over the depth, and nobody writes such pages but to do harm.
        left.is_cut = True
        return SafePage(Markup("<pre>{}</pre>").format(_TAG.sub(" ", html)[:_LONGEST]), left)
    root = LexborHTMLParser(_ENDS_A_PAGE.sub("", html)).root
    if root is None:
        return SafePage(Markup(""), left)
    return SafePage(_Writer(left, pictures).write(root), left)


def _depth(html: str) -> int:
    depth = deepest = 0
    for tag in _OPENS_OR_CLOSES.finditer(html):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest


class _Writer:
    """Writes the new page, without recursion: a hostile page nests without end."""

    def __init__(self, left: Left, pictures: Mapping[str, str]) -> None:
        self._left, self._pictures = left, pictures
        self._pieces: list[str] = []
        self._length = self._depth = 0
        self._stack: list[LexborNode | Callable[[], None]] = []

    def write(self, root: LexborNode) -> Markup:
        self._stack.append(root)
        nodes = 0
        while self._stack:
            each = self._stack.pop()
            if callable(each):
                each()
                continue
            nodes += 1
            if nodes > _MOST_NODES or self._length > _LONGEST:
                self._left.is_cut = True
                continue
            self._take(each)
        # Everything in the pieces was escaped, or comes from the tables above.
        return Markup("".join(self._pieces))  # noqa: S704

    def _take(self, node: LexborNode) -> None:
        tag = (node.tag or "").lower()
        if tag == "-text":
            self._say(escape(_UNSEEN.sub("", node.text_content or "")))
        elif tag == "img":
            self._say(self._picture(node))
        elif tag == "a":
            self._link(node)
        elif tag in _DROPPED:
            self._left.active |= _ACTIVE & {tag}
        elif tag in _KEPT or tag in _AS_DIV:
            self._left.active |= _ACTIVE & {tag}
            self._element("div" if tag in _AS_DIV else tag, node)
        else:
            self._inside(node)

    def _say(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _inside(self, node: LexborNode) -> None:
        self._stack.extend(reversed(list(node.iter(include_text=True))))

    def _element(self, tag: str, node: LexborNode) -> None:
        if tag in _VOID:
            self._say(f"<{tag}{_attributes(node)}>")
            return
        if self._depth >= _MOST_DEEP:
            self._inside(node)
            return
        self._depth += 1
        self._say(f"<{tag}{_attributes(node)}>")
        self._stack.append(lambda: self._close(tag))
        self._inside(node)

    def _close(self, tag: str) -> None:
        self._depth -= 1
        self._say(f"</{tag}>")

    def _link(self, node: LexborNode) -> None:
        link = link_of(node.attributes.get("href") or "")
        if link is None:
            self._element("span", node)
            return
        if link.may_be_followed:
            self._say(_opening(link, _attributes(node)))
            self._stack.append(lambda: self._say(f'</a> <span class="address">[{escape(link.shown)}]</span>'))
        else:
            self._stack.append(lambda: self._say(f' <span class="address">[{escape(link.shown)}]</span>'))
        self._inside(node)

    def _picture(self, node: LexborNode) -> str:
        source, alt = (
            node.attributes.get("src") or "",
            _UNSEEN.sub("", node.attributes.get("alt") or "")[:200],
        )
        known = self._pictures.get(_CID.sub("", source).strip()) if _CID.match(source) else None
        if known is not None:
            return f'<img src="{escape(known)}" alt="{escape(alt)}"{_lengths(node)}>'
        if _is_tracker(node):
            self._left.trackers += 1
            return ""
        self._left.pictures += 1
        said = f": {escape(alt)}" if alt.strip() else ""
        return f'<span class="blocked">[picture not loaded{said}]</span>'


def _opening(link: Link, attributes: str) -> str:
    return f'<a href="{escape(link.address)}" target="_blank" rel="noopener noreferrer nofollow"{attributes}>'


def _attributes(node: LexborNode) -> str:
    kept = []
    for name, value in node.attributes.items():
        safe = _safe(name.lower(), (value or "").strip())
        if safe:
            kept.append(f' {name.lower()}="{escape(safe)}"')
    return "".join(kept)


def _safe(name: str, value: str) -> str:
    """Return an attribute's value as it may stand, empty where it may not."""
    if name == "style":
        return safe_style(value)
    if name in _NUMBERS:
        return str(min(int(value), _NUMBERS[name])) if _NUMBER.fullmatch(value) else ""
    if name in _LENGTHS:
        return value if _LENGTH.fullmatch(value) else ""
    if name in _WORDS:
        return value.lower() if value.lower() in _WORDS[name] else ""
    if name in _COLOURS:
        return value if _COLOUR.fullmatch(value) else ""
    return ""


def _lengths(node: LexborNode) -> str:
    said = {name: (node.attributes.get(name) or "").strip() for name in sorted(_LENGTHS)}
    return "".join(f' {name}="{value}"' for name, value in said.items() if _LENGTH.fullmatch(value))


def _is_tracker(node: LexborNode) -> bool:
    """Say whether a picture is too small to be seen."""
    sides = [(node.attributes.get(name) or "").strip().removesuffix("px") for name in _LENGTHS]
    return any(side.isascii() and side.isdigit() and int(side[:6]) <= _TRACKS for side in sides)
