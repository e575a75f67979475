"""Any document to its text: what it is, who reads it, and what kept it from being read.

Nothing is raised, whatever the bytes are; the reading runs in a process of its own (`intake/reader.py`).
"""

from intake.charsets import clean, decode_text
from intake.documents.archive import read_archive
from intake.documents.kinds import DocumentKind, kind_of
from intake.documents.office import read_open_document, read_word
from intake.documents.pdf import read_pdf
from intake.documents.pictures import read_picture
from intake.documents.text import LARGEST_DOCUMENT, LONGEST_TEXT, DocumentText, Fault, nothing
from intake.html_text import html_to_text
from intake.msg_file import unpack_msg
from intake.rtf import text_of_rtf


def read_document(content: bytes, *, content_type: str, filename: str) -> DocumentText:
    """Return the text of a document."""
    return _read(content, content_type=content_type, filename=filename, opens_archives=True)


def _read(content: bytes, *, content_type: str, filename: str, opens_archives: bool) -> DocumentText:
    if not content:
        return nothing(Fault.EMPTY)
    if len(content) > LARGEST_DOCUMENT:
        return nothing(Fault.TOO_LARGE)
    kind = kind_of(content, content_type=content_type, filename=filename)
    if kind is DocumentKind.ARCHIVE:
        return read_archive(content, _read_member) if opens_archives else nothing(Fault.UNSUPPORTED)
    if kind is DocumentKind.ENCRYPTED_OFFICE:
        return nothing(Fault.PASSWORD)
    read = _READERS.get(kind)
    return read(content) if read else nothing(Fault.UNSUPPORTED)


def _read_member(content: bytes, name: str) -> DocumentText:
    return _read(content, content_type="", filename=name, opens_archives=False)


def _plain(content: bytes) -> DocumentText:
    return _as_document(decode_text(content))


def _html(content: bytes) -> DocumentText:
    return _as_document(html_to_text(decode_text(content, is_html=True)))


def _rich_text(content: bytes) -> DocumentText:
    try:
        return _as_document(text_of_rtf(content))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return nothing(Fault.CORRUPT)


def _outlook(content: bytes) -> DocumentText:
    mail = unpack_msg(content)
    if mail.fault and not mail.text:
        return nothing(Fault.CORRUPT)
    top = "\n".join(f"{name}: {value}" for name, value in mail.fields if name in {"From", "Date", "Subject"})
    return _as_document(f"{top}\n\n{mail.text}")


def _as_document(text: str) -> DocumentText:
    tidy = clean(text).strip()[:LONGEST_TEXT]
    return DocumentText(text=tidy, fault="" if tidy else Fault.EMPTY)


_READERS = {
    DocumentKind.PDF: read_pdf,
    DocumentKind.PICTURE: read_picture,
    DocumentKind.WORD: read_word,
    DocumentKind.OPEN_DOCUMENT: read_open_document,
    DocumentKind.RICH_TEXT: _rich_text,
    DocumentKind.HTML: _html,
    DocumentKind.TEXT: _plain,
    DocumentKind.OUTLOOK_MAIL: _outlook,
}
