"""A message as it was sent, as values for its document: its fields, its safe page, and what was left out."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from models.mail_page import MailPage
from review.sent.safe_html import SafePage
from review.show.text import one_line, said

MOST_PICTURES = 8_000_000
"""Bytes of pictures that a message shows within its text."""


@dataclass(frozen=True)
class SentPage:
    """What the document shows: `body` is safe markup, `text` stands where there is none."""

    fields: tuple[tuple[str, str], ...]
    body: Markup
    text: str
    notes: tuple[str, ...]


def sent_page(page: MailPage, safe: SafePage, *, fault: str) -> SentPage:
    """Return what the document of a message shows."""
    return SentPage(
        fields=tuple((name, one_line(value, longest=1_000)) for name, value in page.fields),
        body=safe.body if page.html else Markup(""),
        text=said(page.text),
        notes=tuple(filter(None, (fault, *_notes(page, safe)))),
    )


def addresses_of(page: MailPage, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the data: addresses of the pictures at hand, by their Content-IDs (RFC 2392)."""
    return {
        picture.content_id: f"data:{picture.content_type};base64,{_base64(contents[picture.sha256])}"
        for picture in page.pictures
        if picture.sha256 in contents
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _notes(page: MailPage, safe: SafePage) -> Iterator[str]:
    left = safe.left
    if not page.html and not page.text:
        yield "The message has no page or text of its own to show; see the text and the files on the case."
    if left.pictures or left.trackers:
        count = left.pictures + left.trackers
        was = (
            "picture that would have been fetched was"
            if count == 1
            else "pictures that would have been fetched were"
        )
        yield f"{count} {was} not loaded, so the sender does not learn that you read this."
    if left.active:
        yield f"Left out: {', '.join(sorted(left.active))}."
    if left.is_cut or page.is_cut:
        yield "It is very long or very deep, and is not shown whole. Download the message to have all of it."
