"""The text of one part: its charset, its flowed lines, its markup."""

import re
from dataclasses import dataclass

from intake.charsets import clean, decode_text, is_mislabelled
from intake.html_text import html_to_text
from intake.packed_lines import PackedFile, take_files_out
from intake.rtf import text_of_rtf
from intake.tree import Part, children, content_of, type_of
from intake.unpacked import cids_in

READ_AS_TEXT = {
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown",
}  # fmt: skip

_FLOWED = re.compile(r"(?i)flowed")
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_COMMAND = re.compile(r"<(/?[a-z][a-z0-9-]{0,59})>", re.IGNORECASE)
_UNREAD_COMMAND = re.compile(r"<(param|comment)>[^<]{0,2000}</\1>", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\n+")


@dataclass(frozen=True)
class PartText:
    """What reading a text part gave; `files` stood in its lines, `cids` are the pictures that it shows."""

    text: str
    cids: frozenset[str] = frozenset()
    files: tuple[PackedFile, ...] = ()
    is_mislabelled: bool = False


def read_text(part: Part) -> PartText:
    """Return the text of a part as a person reads it."""
    kind, content, charset = type_of(part), content_of(part), _declared_charset(part)
    is_mended = is_mislabelled(content, charset)
    if kind == "text/html":
        html = decode_text(content, charset, is_html=True)
        return PartText(html_to_text(html), cids_in(html), is_mislabelled=is_mended)
    if kind in {"text/rtf", "application/rtf"}:
        return PartText(text_of_rtf(content))
    content, files = take_files_out(content)
    text = _as_read(part, kind, decode_text(content, charset))
    return PartText(text, files=tuple(files), is_mislabelled=is_mended)


def flat_text(part: Part) -> str:
    """Return a report part's fields and text as lines."""
    own = [] if part.is_multipart() else [decode_text(content_of(part))]
    inner = [
        "\n".join(f"{name}: {value}" for name, value in child.raw_items()) + "\n" + flat_text(child)
        for child in children(part)
    ]
    return clean("\n".join([*own, *inner]))


def _as_read(part: Part, kind: str, text: str) -> str:
    if kind == "text/enriched":
        return _without_commands(_LINE_ENDS.sub(_fewer_line_ends, text).replace("<<", "&lt;"))
    if kind == "text/richtext":
        return _without_commands(_LINE_ENDS.sub(" ", text))
    if _FLOWED.search(str(part.get_param("format") or "")):
        return _unflow(text, deletes_space=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _fewer_line_ends(found: re.Match[str]) -> str:
    """Return one line end fewer, a space for a single one (RFC 1896, 2)."""
    return "\n" * (len(found[0]) - 1) or " "


def _without_commands(text: str) -> str:
    """Take the commands out of enriched text and of the rich text that came before it (RFC 1341, 7.1.3)."""
    text = _UNREAD_COMMAND.sub("", text)
    text = _COMMAND.sub(lambda found: _WRITES.get(found[1].lower(), ""), text)
    return text.replace("&lt;", "<")


_WRITES = {"nl": "\n", "np": "\n\n", "/paragraph": "\n\n", "lt": "<"}


def _declared_charset(part: Part) -> str | None:
    declared = part.get_content_charset() if "content-type" in part else None
    if declared:
        return declared
    # The semicolon before it may be missing.
    found = _CHARSET.search(str(part.get("content-type", "")))
    return found[1] if found else None


def _unflow(text: str, *, deletes_space: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676, 4.1 to 4.5)."""
    paragraphs: list[list[str]] = []
    continues = False
    for line in text.split("\n"):
        is_quoted = line.startswith(">")
        content = line.removeprefix(" ")
        is_soft = line.endswith(" ") and line != "-- " and not is_quoted
        written = content[:-1] if is_soft and deletes_space else content
        # A paragraph also ends where quoting or a signature begins.
        if continues and not is_quoted and line != "-- ":
            paragraphs[-1].append(written)
        else:
            paragraphs.append([written])
        continues = is_soft
    return "\n".join("".join(each).rstrip() for each in paragraphs)
