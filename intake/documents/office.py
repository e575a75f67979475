"""Word and OpenDocument files to text; both are archives of XML, and looked into before being opened."""

import io
import zipfile
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, ParseError

import docx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from docx.oxml.exceptions import InvalidXmlError
from docx.table import Table

from intake.documents.text import LONGEST_TEXT, DocumentText, Fault, nothing
from intake.documents.unzip import Bomb, Locked, read_member

_MOST_MEMBERS = 2_000
_LARGEST_PART = 30_000_000
_LARGEST_TOGETHER = 100_000_000
_WORTH_CHECKING = (".xml", ".rels")

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_Reader = Callable[[bytes, dict[str, bytes]], str]

_BREAKS = {f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}line-break"}

_BROKEN = (
    zipfile.BadZipFile, DefusedXmlException, ParseError, InvalidXmlError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, NotImplementedError, EOFError, OSError,
)  # fmt: skip
"""What damaged archives and XML make the libraries raise."""


def read_word(content: bytes) -> DocumentText:
    """Return the text of a .docx: paragraphs and tables in their order, then headers and footers."""
    return _safely(content, _word_text)


def read_open_document(content: bytes) -> DocumentText:
    """Return the text of an .odt."""
    return _safely(content, _open_document_text)


def _safely(content: bytes, read: _Reader) -> DocumentText:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _checked(archive)
        text = read(content, parts)[:LONGEST_TEXT].strip()
    except Locked:
        return nothing(Fault.PASSWORD)
    except Bomb:
        return nothing(Fault.BOMB)
    except RecursionError:
        return nothing(Fault.CORRUPT)
    except _BROKEN:
        return nothing(Fault.CORRUPT)
    return DocumentText(text=text, fault="" if text else Fault.EMPTY)


def _checked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the XML parts, none of which defines entities, as they really unpack.

    Raises Bomb where there is more than a document can hold.
    """
    names = archive.namelist()
    if len(names) > _MOST_MEMBERS:
        raise Bomb(f"{len(names)} members")
    parts, left = {}, _LARGEST_TOGETHER
    for name in dict.fromkeys(names):
        part = read_member(archive, name, most=min(_LARGEST_PART, left))
        left -= len(part)
        if name.lower().endswith(_WORTH_CHECKING):
            if b"<!DOCTYPE" in part[:4096].upper() or b"<!ENTITY" in part.upper():
                raise Bomb("entities")
            parts[name] = part
    return parts


def _word_text(content: bytes, parts: dict[str, bytes]) -> str:
    del parts
    document = docx.Document(io.BytesIO(content))
    body = [_of_block(block) for block in document.iter_inner_content()]
    edges = [
        paragraph.text
        for section in document.sections
        for edge in (section.header, section.footer)
        for paragraph in edge.paragraphs
    ]
    return "\n\n".join(text for text in (*body, *dict.fromkeys(edges)) if text.strip())


def _of_block(block: object) -> str:
    if not isinstance(block, Table):
        return str(getattr(block, "text", ""))
    # A merged cell stands in every column that it spans.
    rows = (" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows)
    return "\n".join(rows)


def _open_document_text(_content: bytes, parts: dict[str, bytes]) -> str:
    root = fromstring(parts["content.xml"])
    body = next(root.iter(f"{_OFFICE}body"), root)
    return "".join(_words(body))


def _words(element: Element) -> Iterator[str]:
    """Yield the words of an element in their order, without recursion."""
    stack: list[Element | str] = [element]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
            continue
        after = "\n" if each.tag in _BREAKS else ""
        stack.append(f"{after}{each.tail or ''}" if each is not element else after)
        stack.extend(reversed(list(each)))
        before = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t"}.get(str(each.tag), "")
        yield before + (each.text or "")
