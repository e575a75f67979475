"""What kind of document some bytes are: by how they begin; the declared type and the name are only hints."""

import re
from enum import Enum
from pathlib import PurePath

from intake.documents.pictures import is_picture


class DocumentKind(Enum):
    """The kinds that are told apart."""

    PDF = "pdf"
    PICTURE = "picture"
    WORD = "docx"
    OPEN_DOCUMENT = "odt"
    RICH_TEXT = "rtf"
    HTML = "html"
    TEXT = "txt"
    OUTLOOK_MAIL = "msg"
    MAIL = "eml"
    ARCHIVE = "zip"
    ENCRYPTED_OFFICE = "encrypted office"
    OTHER = "other"


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOKED_AT = 4_096
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OPEN_TYPE = "application/vnd.oasis.opendocument.text"
_HTML = re.compile(rb"\A\s*(?:<!doctype\s+html|<html|<head|<body|<!--)", re.IGNORECASE)
_BY_NAME = {
    "html": DocumentKind.HTML, "htm": DocumentKind.HTML, "txt": DocumentKind.TEXT, "text": DocumentKind.TEXT,
    "csv": DocumentKind.TEXT, "md": DocumentKind.TEXT, "eml": DocumentKind.MAIL,
    "rtf": DocumentKind.RICH_TEXT,
}  # fmt: skip


def kind_of(content: bytes, *, content_type: str, filename: str) -> DocumentKind:
    """Return the kind of a document."""
    start, ending = content[:_LOOKED_AT], PurePath(filename.lower()).suffix.lstrip(".")
    if start.lstrip()[:5] == b"%PDF-" or b"%PDF-" in start[:1024]:
        return DocumentKind.PDF
    if is_picture(content):
        return DocumentKind.PICTURE
    if start.startswith(_ZIP):
        return _kind_of_zip(content, content_type, ending)
    if start.startswith(_COMPOUND):
        return _kind_of_compound(content)
    if start.lstrip()[:5] == rb"{\rtf":
        return DocumentKind.RICH_TEXT
    return _kind_of_text(start, content_type, ending)


def _kind_of_zip(content: bytes, content_type: str, ending: str) -> DocumentKind:
    """Tell office documents by the names of their parts, which stand readable in the archive."""
    names = content[:_LOOKED_AT] + content[-16 * _LOOKED_AT :]
    if b"word/document" in names or content_type.startswith(_WORD_TYPE) or ending == "docx":
        return DocumentKind.WORD
    if _OPEN_TYPE.encode() in names or content_type == _OPEN_TYPE or ending == "odt":
        return DocumentKind.OPEN_DOCUMENT
    return DocumentKind.ARCHIVE


def _kind_of_compound(content: bytes) -> DocumentKind:
    """Tell a mail and a protected document from old office files, by the names of their streams (UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return DocumentKind.ENCRYPTED_OFFICE
    if "__properties_version1.0".encode("utf-16-le") in content:
        return DocumentKind.OUTLOOK_MAIL
    return DocumentKind.OTHER


def _kind_of_text(start: bytes, content_type: str, ending: str) -> DocumentKind:
    if content_type == "message/rfc822" or ending == "eml":
        return DocumentKind.MAIL
    if content_type == "text/html" or _HTML.match(start):
        return DocumentKind.HTML
    if ending in _BY_NAME:
        return _BY_NAME[ending]
    if content_type.startswith("text/") and content_type != "text/calendar":
        return DocumentKind.TEXT
    return DocumentKind.OTHER
