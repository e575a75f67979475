"""A letter's plain text as GOV.UK Notify wants it: headings and insets by its marks, no folded lines.

Our text is wrapped at 76 characters, and Notify shows every line break. What a stranger wrote is set in, and
nothing in it becomes a link.
"""

import re

_WIDTH = 76
_ITEM = re.compile(r"(?:- |\d{1,4}\. )")
_POINT = re.compile(r"\d{1,4}\. |Point \d{1,4}: ")
_INDENT = "    "
_SCHEME = re.compile(r"://")
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)
_BRACKETS = str.maketrans("[]", "()")


def as_notify_text(text: str) -> str:
    """Return the text of a letter with the marks of GOV.UK Notify."""
    blocks = (block for block in text.replace("\r\n", "\n").strip("\n").split("\n\n") if block.strip())
    return "\n\n".join(_block(block.split("\n")) for block in blocks) + "\n"


def _block(lines: list[str]) -> str:
    if len(lines) > 1 and lines[1] and set(lines[1]) == {"-"}:
        return f"# {lines[0]}"
    if all(line.startswith(_INDENT) for line in lines):
        return "\n".join(f"^ {_harmless(line.strip())}" for line in _unwrapped(lines))
    whole = _unwrapped(lines)
    # Points may be a stranger's words too, in their list and in the headings below it.
    return "\n".join(map(_harmless, whole) if _POINT.match(lines[0]) else whole)


def _unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were parted only because the next word did not fit."""
    whole = [lines[0]]
    last = lines[0]
    for line in lines[1:]:
        first_word = line.split(maxsplit=1)[0] if line.strip() else ""
        was_folded = bool(first_word) and len(last) + 1 + len(first_word) > _WIDTH
        if was_folded and not _ITEM.match(line.lstrip()):
            whole[-1] = f"{whole[-1]} {line.strip()}"
        else:
            whole.append(line)
        last = line
    return whole


def _harmless(words: str) -> str:
    """Take out of somebody's words what Notify would make a link of."""
    return _WWW.sub("www ", _SCHEME.sub(" ", words.translate(_BRACKETS)))
