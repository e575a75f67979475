"""What reading a document gave: its text, how sure it is, and what kept it from being read."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_TEXT = 300_000
LARGEST_DOCUMENT = 25_000_000


class Fault(StrEnum):
    """Why there is no text, or not all of it, as a sentence that says what an officer should do."""

    PASSWORD = "the document is protected by a password: ask the sender for it without one"  # noqa: S105
    CORRUPT = "the document is damaged and cannot be opened: ask the sender for it again"
    EMPTY = "the document is empty: ask the sender for it again"
    TOO_LARGE = "the document is too large to be read by machine: open it with care and read it"
    TOO_MANY_PAGES = "only the first pages of the document were read: look at the rest"
    BOMB = "the document unpacks to far more than it should: do not open it, ask the sender for it as a PDF"
    UNSUPPORTED = "documents of this kind are not read by machine: open it with care and read it"
    UNREADABLE = "no words could be recognised in the document: look at it"
    NO_RECOGNISER = (
        "tesseract is not installed, so scans are not read: look at it, and tell your administrator"
    )


@dataclass(frozen=True)
class DocumentText:
    """The text of a document.

    `confidence` is the mean of the recognised words' confidences, 0 to 1, and None where nothing had to be
    recognised. `fault` is empty or says why there is no text or not all of it. `pages` is how many were
    looked at, 0 for kinds without pages.
    """

    text: str = ""
    confidence: float | None = None
    fault: str = ""
    pages: int = 0


def nothing(fault: Fault) -> DocumentText:
    """Return a document of which nothing could be read."""
    return DocumentText(fault=fault.value)
