"""The text of attached documents, as far as a text layer holds one."""

import io
import logging

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from intake.charsets import decode_text
from intake.html_text import html_to_text

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # It logs contents.

_MOST_PAGES = 50
_LARGEST_BYTES = 25_000_000


def text_of_document(content: bytes, *, content_type: str, filename: str) -> str:
    """Return what can be read in a document, empty where nothing can.

    PDF by its text layer, text and HTML files by their bytes. Scans without a text layer stay unread.
    """
    kind, ending = content_type.lower(), filename.lower().rpartition(".")[2]
    if len(content) > _LARGEST_BYTES:
        return ""
    if kind == "application/pdf" or ending == "pdf" or content.startswith(b"%PDF-"):
        return _pdf_text(content)
    if kind == "text/html" or ending in {"html", "htm"}:
        return html_to_text(decode_text(content, is_html=True))
    if kind.startswith("text/") and kind != "text/calendar":
        return decode_text(content)
    return ""


def _pdf_text(content: bytes) -> str:
    try:
        pages = PdfReader(io.BytesIO(content)).pages[:_MOST_PAGES]
        return "\n\n".join(page.extract_text().strip() for page in pages).strip()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        # A broken PDF raises any of these; the file itself stays with the message for the officer.
        return ""
