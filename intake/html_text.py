"""HTML mail to the text that a person would read; nothing after a first </html> is lost (fact 37)."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNREAD = {"script", "style", "head", "title", "meta", "link", "noscript", "template", "object", "svg"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_QUOTE_START, _QUOTE_END, _BREAK = "\x01", "\x02", "\x03"
# A single space or line end stays as it is.
_WHITE = re.compile(r"[ \n\t\x03]{2,}|\x03")
_AROUND = {
    "br": ("\n", ""),
    "blockquote": (f"\n\n{_QUOTE_START}\n", f"\n{_QUOTE_END}\n\n"),
    "li": ("\n- ", ""),
    "td": ("", "\t"),
    "th": ("", "\t"),
}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"}
_ENDS_A_PAGE = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_GAPS = re.compile(r"\n{3,}")
_MOST_NODES = 200_000
_LONGEST_PAGE = 2_000_000
_DEEPEST_QUOTE = 5
_DEEPEST = 5_000
_OPENS_OR_CLOSES = re.compile(r"<(/?)(?!br|img|hr|meta|link|input|p\b|li\b|td\b|tr\b)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def html_to_text(html: str) -> str:
    """Return the text of a page with one line per block, quoted blocks marked with `> `.

    A page that nests absurdly deep is read without its tags.
    """
    if _depth(html[:_LONGEST_PAGE]) > _DEEPEST:
        return _GAPS.sub("\n\n", _TAG.sub(" ", html[:_LONGEST_PAGE])).strip()
    tree = LexborHTMLParser(_ENDS_A_PAGE.sub("", html[:_LONGEST_PAGE]))
    if tree.root is None:
        return ""
    text = _WHITE.sub(_as_breaks, "".join(_pieces(tree.root)))
    return _GAPS.sub("\n\n", _mark_quotes(text)).strip()


def _depth(html: str) -> int:
    """Return how deep the elements nest, roughly; the parser takes a quadratic time over the depth."""
    depth = deepest = 0
    for tag in _OPENS_OR_CLOSES.finditer(html):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest


def _pieces(root: LexborNode) -> list[str]:
    """Walk without recursion, since a hostile page may nest without end."""
    pieces: list[str] = []
    stack: list[LexborNode | str] = [root]
    for _ in range(_MOST_NODES):
        if not stack:
            break
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif node.tag == "-text":
            pieces.append(_text_of(node))
        elif node.tag not in _UNREAD and not _is_hidden(node):
            opening, closing = _around(node)
            pieces.append(opening)
            stack.append(closing)
            stack.extend(reversed(_children(node)))
    return pieces


def _text_of(node: LexborNode) -> str:
    content = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag == "pre":
        return content
    return _SPACES.sub(" ", content)


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _around(node: LexborNode) -> tuple[str, str]:
    """Return what stands before and after the content of an element."""
    tag = node.tag
    if tag in _AROUND:
        return _AROUND[tag]
    if tag == "img":
        label = (node.attributes.get("alt") or "").strip()
        return (f"[{label}]" if label else ""), ""
    if tag in _PARAGRAPHS:
        return "\n\n", "\n\n"
    return (_BREAK, _BREAK) if tag in _BLOCKS else ("", "")


def _is_hidden(node: LexborNode) -> bool:
    style = (node.attributes.get("style") or "").replace(" ", "").lower()
    return "display:none" in style


def _as_breaks(found: re.Match[str]) -> str:
    """Return a run of white space and block ends as one space, one tab between cells, or line ends."""
    run = found[0]
    lines = run.count("\n")
    if lines:
        return "\n" * min(lines, 3)
    return "\n" if _BREAK in run else "\t" if "\t" in run else " "


def _mark_quotes(text: str) -> str:
    if _QUOTE_START not in text:
        return text
    depth, lines = 0, []
    for line in text.split("\n"):
        depth += line.count(_QUOTE_START)
        kept = line.replace(_QUOTE_START, "")
        ends = kept.count(_QUOTE_END)
        kept = kept.replace(_QUOTE_END, "").strip()
        if kept or not depth:
            lines.append("> " * min(depth, _DEEPEST_QUOTE) + kept)
        depth = max(0, depth - ends)
    return "\n".join(lines)
