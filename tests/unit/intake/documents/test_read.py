"""Documents of every kind are read, or say in a sentence why not; nothing is ever raised."""

import io
import time
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.documents.kinds import DocumentKind, kind_of
from intake.documents.read import read_document
from intake.documents.text import LARGEST_DOCUMENT, DocumentText, Fault

_OPEN_TYPE = "application/vnd.oasis.opendocument.text"
_CONTENT = """<?xml version="1.0"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>
<text:h>Dear<text:s/>Sir</text:h><text:p>The boiler<text:span> is</text:span> cold.</text:p>
</office:text></office:body></office:document-content>"""
_ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'


def said(content: bytes, filename: str = "", content_type: str = "") -> DocumentText:
    """Read a document."""
    return read_document(content, content_type=content_type, filename=filename)


def zipped(**members: bytes | str) -> bytes:
    """Return an archive; the underscores in the names stand for slashes, double ones for dots."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # OpenDocument wants its type readable at the front of the file.
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name.replace("__", ".").replace("_", "/"), content, compress_type=how)
    return file.getvalue()


def word() -> bytes:
    """Return a Word document with a paragraph, a table and a header."""
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph("Dear Sir")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Room", "Bedroom"
    document.sections[0].header.paragraphs[0].text = "14 Larkspur Close"
    document.save(file)
    return file.getvalue()


OPEN_DOCUMENT = zipped(mimetype=_OPEN_TYPE, content__xml=_CONTENT)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = bytearray(zipped(letter__txt="secret"))
LOCKED[6] |= 1
LOCKED[LOCKED.index(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (word(), "letter.docx", "Dear Sir"),
        (word(), "letter.docx", "Room | Bedroom"),
        (word(), "renamed.bin", "14 Larkspur Close"),
        (OPEN_DOCUMENT, "letter.odt", "Dear Sir"),
        (OPEN_DOCUMENT, "letter", "The boiler is cold."),
        (rb"{\rtf1\ansi Dear \b Sir\b0 , it\'92s cold.\par}", "letter.rtf", "Dear Sir, it’s cold."),
        (b"Dear Sir, \xa350 please", "letter.txt", "£50 please"),
        (b"<html><body><p>Dear Sir</p><p>It is cold.</p></body></html>", "page", "It is cold."),
        (zipped(a__txt="Dear Sir", b__docx=word()), "all.zip", "[a.txt]\nDear Sir"),
        (zipped(a__txt="Dear Sir", b__docx=word()), "all.zip", "Room | Bedroom"),
    ],
)  # fmt: skip
def test_a_document_gives_its_text(content: bytes, filename: str, words: str) -> None:
    """By what its bytes are; the name is a hint only."""
    document = said(content, filename)
    assert words in document.text
    assert (document.fault, document.confidence) == ("", None)


@pytest.mark.parametrize(
    ("content", "filename", "fault"),
    [
        (b"", "empty.pdf", Fault.EMPTY),
        (b" \n ", "blank.txt", Fault.EMPTY),
        (bytes(LARGEST_DOCUMENT + 1), "huge.txt", Fault.TOO_LARGE),
        (word()[:2_000], "cut.docx", Fault.CORRUPT),
        (zipped(word_document__xml="<w:document"), "bad.docx", Fault.CORRUPT),
        (OPEN_DOCUMENT[:200], "cut.odt", Fault.CORRUPT),
        (zipped(word_document__xml=_ENTITIES), "entities.docx", Fault.BOMB),
        (zipped(mimetype=_OPEN_TYPE, content__xml=_ENTITIES), "entities.odt", Fault.BOMB),
        (zipped(word_document__xml=bytes(150_000_000)), "bomb.docx", Fault.BOMB),
        (zipped(a__txt=bytes(150_000_000)), "bomb.zip", Fault.BOMB),
        (zipped(inner__zip=zipped(a__txt="x")), "nested.zip", Fault.UNSUPPORTED),
        (bytes(LOCKED), "locked.zip", Fault.PASSWORD),
        (b"PK\x03\x04" + bytes(300), "no.zip", Fault.CORRUPT),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "x.docx", Fault.PASSWORD),
        (COMPOUND + bytes(600), "old.doc", Fault.UNSUPPORTED),
        (b"\x00\x01\x02\x03", "voice.amr", Fault.UNSUPPORTED),
        (rb"{\rtf1" + b"{" * 50_000, "deep.rtf", Fault.EMPTY),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_is_quick(content: bytes, filename: str, fault: Fault) -> None:
    """The sentence tells an officer what to do, and nobody waits for it."""
    begun = time.process_time()
    document = said(content, filename)
    assert (document.fault, document.text) == (fault, "")
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize(
    ("content", "content_type", "filename", "kind"),
    [
        (b"\n\n%PDF-1.7", "text/plain", "a.txt", DocumentKind.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "application/pdf", "a.pdf", DocumentKind.PICTURE),
        (b"From: a@example.org\nSubject: x\n\nhello", "", "a.eml", DocumentKind.MAIL),
        (b"BEGIN:VCALENDAR", "text/calendar", "a.ics", DocumentKind.OTHER),
    ],
)
def test_the_bytes_say_what_a_document_is(
    content: bytes, content_type: str, filename: str, kind: DocumentKind
) -> None:
    """A declared type or a name that says otherwise is not believed."""
    assert kind_of(content, content_type=content_type, filename=filename) is kind


MAGICS = (b"PK\x03\x04", COMPOUND, rb"{\rtf1", b"<html>", b"%PDF-1.4\n", b"")


@settings(max_examples=60, deadline=None)
@given(
    magic=st.sampled_from(MAGICS),
    rest=st.binary(max_size=600),
    ending=st.sampled_from(["docx", "odt", "zip", ""]),
)
def test_any_bytes_are_read_or_say_why_not(magic: bytes, rest: bytes, ending: str) -> None:
    """Nothing is raised, whatever follows the first bytes."""
    document = said(magic + rest, f"x.{ending}")
    assert document.text or document.fault
