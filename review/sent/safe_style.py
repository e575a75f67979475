"""The style of one element made safe: declarations of a list, with plain values, and nothing that can fetch.

What remains can colour, space and align text. It cannot place anything over anything else, name an address,
or run beyond what a page of mail needs (no position, no url(), no expression, no variables).
"""

import re

_PROPERTIES = frozenset({
    "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style",
    "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
    "border-left-style", "border-left-width", "border-right", "border-right-color",
    "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top",
    "border-top-color", "border-top-style", "border-top-width", "border-width", "clear", "color",
    "display", "float", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight",
    "height", "letter-spacing", "line-height", "list-style", "list-style-type", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding",
    "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration",
    "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break",
    "word-wrap",
})  # fmt: skip
_SHOWN = frozenset({
    "block", "inline", "inline-block", "list-item", "none", "table", "table-cell", "table-row",
    "table-row-group",
})  # fmt: skip
_COLOUR_FUNCTION = re.compile(r"\b(?:rgb|rgba|hsl|hsla)\([\d\s.,%]{1,40}\)", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|[a-z]{3,20}", re.IGNORECASE)
_PLAIN = re.compile(r"[\w\s#.,%'\"/-]{1,200}")
_NEGATIVE = re.compile(r"(?:^|[\s,])-[\d.]")
_TOO_LONG = re.compile(r"\d{5,}")
_LONGEST = 4_000


def safe_style(style: str) -> str:
    """Return the declarations that may stay, in their order."""
    kept = []
    for declaration in style[:_LONGEST].split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), _without_important(value.strip())
        if name == "background" and _COLOUR.fullmatch(value):
            name = "background-color"
        if colon and name in _PROPERTIES and _is_safe(name, value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def _without_important(value: str) -> str:
    head, mark, tail = value.rpartition("!")
    return head.strip() if mark and tail.strip().lower() == "important" else value


def _is_safe(name: str, value: str) -> bool:
    if name == "display":
        return value.lower() in _SHOWN
    plain = _COLOUR_FUNCTION.sub("", value) or "x"
    return bool(_PLAIN.fullmatch(plain)) and not _NEGATIVE.search(plain) and not _TOO_LONG.search(plain)
