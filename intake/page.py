"""A message's bytes to the page that a mail program would show: the words as sent, not as triage reads them.

It runs in the reading process (`intake/reading_process.py`); what comes out is made safe by whoever shows it.
"""

import hashlib
import io
import struct
import warnings
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from intake.charsets import decode_text
from intake.headers import Headers
from intake.repair import DEEPEST_NESTING, repair
from intake.smime import open_sealed
from intake.tree import Part, children, content_of, disposition_of, tree_of, type_of
from models.mail_page import MailPage, PictureInPage

LONGEST = 1_000_000
"""Characters of a page that are shown."""

_FIELDS = ("From", "Reply-To", "To", "Cc", "Date", "Subject")
_LONGEST_FIELD = 1_000
_MOST_PICTURES = 100
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SHOWN = ("PNG", "JPEG", "GIF", "WEBP")
_LARGEST_PICTURE = 5_000_000
_MOST_PIXELS = 50_000_000
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, struct.error, EOFError, OverflowError,
    RuntimeError, NotImplementedError, AttributeError,
)  # fmt: skip
"""What damaged pictures make Pillow raise."""


def page_of(raw: bytes) -> MailPage:
    """Return a message's fields, its page, and its plain text where it has none.

    Raises UnreadableMessage where a limit is passed.
    """
    root = _opened(tree_of(repair(raw)[0]))
    headers = Headers(root.raw_items())
    leaves = list(_leaves(root))
    html = "\n<hr>\n".join(
        _written(part, is_html=True) for part in leaves if _is_body(part, "text/html", root)
    )
    text = "" if html.strip() else _plain(leaves, root)
    return MailPage(
        fields=tuple((name, headers.text(name)[:_LONGEST_FIELD]) for name in _FIELDS if headers.text(name)),
        html=html[:LONGEST] if html.strip() else "",
        text=text[:LONGEST],
        is_cut=max(len(html), len(text)) > LONGEST,
        pictures=tuple(_pictures(leaves))[:_MOST_PICTURES] if html else (),
    )


def _opened(root: Part) -> Part:
    """Return what a signed message holds, the message itself where it is not sealed or cannot be opened."""
    if type_of(root) not in _SEALED:
        return root
    inside = open_sealed(content_of(root)).content
    if not inside:
        return root
    opened = tree_of(repair(inside)[0])
    for name, value in root.raw_items():
        if name.lower() not in {"content-type", "content-transfer-encoding", "content-disposition"}:
            opened[name] = value
    return opened


def _leaves(root: Part) -> Iterator[Part]:
    """Yield the leaves of a message in order, those of messages inside it left out."""
    stack = [(root, 0)]
    while stack:
        part, depth = stack.pop()
        inside = children(part)
        if not inside:
            yield part
        elif not type_of(part).startswith("message/") and depth < DEEPEST_NESTING:
            stack.extend((child, depth + 1) for child in reversed(inside))


def _is_body(part: Part, kind: str, root: Part) -> bool:
    return type_of(part) == kind and (part is root or disposition_of(part) != "attachment")


def _plain(leaves: list[Part], root: Part) -> str:
    return "\n\n".join(_written(part, is_html=False) for part in leaves if _is_body(part, "text/plain", root))


def _written(part: Part, *, is_html: bool) -> str:
    declared = part.get_content_charset() if "content-type" in part else None
    return decode_text(content_of(part), declared, is_html=is_html)


def _pictures(leaves: list[Part]) -> Iterator[PictureInPage]:
    """Yield the pictures that are what they say, and that a browser can show without harm."""
    for part in leaves:
        content_id = str(part.get("content-id", "")).strip().strip("<>")
        if content_id and type_of(part).startswith("image/"):
            content = content_of(part)
            kind = _kind_of(content)
            if kind:
                yield PictureInPage(content_id[:200], hashlib.sha256(content).hexdigest(), kind)


def _kind_of(content: bytes) -> str:
    """Return the type of a picture by its bytes, empty where it is none or too large."""
    if len(content) > _LARGEST_PICTURE:
        return ""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; what is too large is refused here.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_SHOWN) as picture:
                pixels, kind = picture.width * picture.height, f"image/{picture.format}".lower()
    except (Image.DecompressionBombError, UnidentifiedImageError, *_BROKEN):
        return ""
    return kind if pixels <= _MOST_PIXELS else ""
