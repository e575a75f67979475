"""Letters on paper: tagged for screen readers, addressed for the envelope, made without the network."""

import ctypes
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from builders import LETTERHEAD, make_context
from pypdfium2 import raw
from rendering import objects_of

from letters.pdf import address_lines, as_pdf, pdf_name
from letters.render import render
from letters.samples import sample_details
from models.codes import LetterKind
from models.errors import PdfUnavailable

ADDRESS = ("Ann Lee", "4 Mill Lane", "Harrowmere", "HM1 2AB")
DAY = date(2026, 11, 22)


def printed(kind: LetterKind, *, is_large: bool = False) -> bytes:
    """Return a letter of the council's as PDF."""
    letter = render(
        kind, make_context(), letterhead=LETTERHEAD, details=sample_details(kind), is_large=is_large
    )
    return as_pdf(letter.html, title=letter.subject, recipient=ADDRESS, day=DAY)


def text_of(pdf: bytes) -> list[str]:
    """Return the words of each page."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return [" ".join(page.split()) for page in pages]


def tags_of(pdf: bytes) -> list[str]:
    """Return the tags of the first page in the order in which they are read out."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    count = raw.FPDF_StructTree_CountChildren(tree)
    found = [tag for n in range(count) for tag in _tags(raw.FPDF_StructTree_GetChildAtIndex(tree, n))]
    raw.FPDF_StructTree_Close(tree)
    page.close()
    document.close()
    return found


def _tags(element: object) -> list[str]:
    buffer = ctypes.create_string_buffer(64)
    length = raw.FPDF_StructElement_GetType(element, buffer, 64)
    own = buffer.raw[: max(0, length - 2)].decode("utf-16-le")
    children = (raw.FPDF_StructElement_GetChildAtIndex(element, n)
                for n in range(raw.FPDF_StructElement_CountChildren(element)))  # fmt: skip
    return [own, *(tag for child in children if child for tag in _tags(child))]


def test_a_letter_on_paper_is_tagged_and_names_its_language_and_title() -> None:
    """A screen reader finds language, title, headings and lists in it (LGSCO 5.6, HO 5.10; ISO 14289-1)."""
    pdf = printed(LetterKind.STAGE_1_RESPONSE)
    inside = objects_of(pdf)
    assert b"/StructTreeRoot" in inside
    assert re.search(rb"/Lang ?\(en-GB\)", inside)
    assert re.search(rb"/Marked true", inside)
    assert b"pdfuaid:part" in inside
    assert re.search(rb"/DisplayDocTitle true", inside)
    document = pypdfium2.PdfDocument(pdf)
    title = document.get_metadata_dict()["Title"]
    document.close()
    assert title == "Our answer to your complaint at stage 1: C-4827-1930-70"
    tags = tags_of(pdf)
    assert {"H1", "H2", "P", "L", "LI"} <= set(tags)
    assert tags.index("H1") < tags.index("H2")


def test_the_address_stands_in_the_window_and_pages_are_numbered() -> None:
    """The lines begin 45 mm from the top and 20 mm from the left; every page says which it is."""
    pdf = printed(LetterKind.STAGE_1_RESPONSE)
    pages = text_of(pdf)
    assert pages[0].startswith("Ann Lee 4 Mill Lane Harrowmere HM1 2AB Sunday 22 November 2026")
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, start=1))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    assert [round(side) for side in page.get_size()] == [595, 842]
    left, _, _, top = page.get_textpage().get_charbox(0)
    document.close()
    millimetre = 72 / 25.4
    assert left / millimetre == pytest.approx(20, abs=1)
    assert (842 - top) / millimetre == pytest.approx(46, abs=2)


def test_large_print_is_twenty_point() -> None:
    """Whoever asked for large print gets it on paper, too (LGSCO 5.6, HO 5.10)."""
    sizes = {}
    for is_large in (False, True):
        document = pypdfium2.PdfDocument(printed(LetterKind.RECEIPT, is_large=is_large))
        page = document[0].get_textpage()
        at = page.get_text_range().index("Thank you for your message")
        sizes[is_large] = raw.FPDFText_GetFontSize(page.raw, at)
        scale = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(page.raw, at, scale)
        sizes[is_large] *= abs(scale.d)
        document.close()
    assert sizes[True] / sizes[False] == pytest.approx(20 / 12, rel=0.01)


def test_a_letter_without_an_address_has_no_window() -> None:
    """What is read out or handed over begins at the top."""
    letter = render(LetterKind.RECEIPT, make_context(), letterhead=LETTERHEAD)
    (first, *_) = text_of(as_pdf(letter.html, title=letter.subject))
    assert first.startswith("Harrowmere Council We have received your message")


def test_markup_in_a_name_or_address_is_printed_and_does_nothing() -> None:
    """An address is hostile text like any other, and never hides the letter."""
    letter = render(LetterKind.RECEIPT, make_context(), letterhead=LETTERHEAD)
    evil = ("<h1>Ann</h1>", "</address><script>", "\\1 \\g<0> & Co", *["line"] * 30)
    (first, *_) = text_of(as_pdf(letter.html, title="A \\1 </title><h1>", recipient=evil, day=DAY))
    assert first.startswith("<h1>Ann</h1> </address><script> \\1 \\g<0> & Co")
    assert first.count("line ") == 5
    assert "Thank you for your message" in first


def test_the_council_s_name_and_address_stand_above_the_window() -> None:
    """The letter says at its head who writes, and the window stays where it is."""
    letter = render(LetterKind.RECEIPT, make_context(), letterhead=LETTERHEAD)
    pdf = as_pdf(letter.html, title=letter.subject, recipient=ADDRESS, day=DAY, letterhead=LETTERHEAD)
    (first, *_) = text_of(pdf)
    assert first.startswith(
        "Harrowmere Council Complaints Team Town Hall 1 Market Place Harrowmere 01632 960100 "
        "www.harrowmere.example Ann Lee 4 Mill Lane Harrowmere HM1 2AB Sunday 22 November 2026 We have"
    )
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage()
    left, _, _, top = words.get_charbox(words.get_text_range().index("Ann Lee"))
    document.close()
    millimetre = 72 / 25.4
    assert (left / millimetre, (842 - top) / millimetre) == (
        pytest.approx(20, abs=1), pytest.approx(46, abs=2),
    )  # fmt: skip


def test_a_long_address_keeps_its_postcode() -> None:
    """What does not fit is left out before the last line, without which no letter arrives."""
    letter = render(LetterKind.RECEIPT, make_context(), letterhead=LETTERHEAD)
    lines = ("Ann Lee", *(f"Part {number}" for number in range(1, 12)), "HM1 2AB")
    (first, *_) = text_of(as_pdf(letter.html, title=letter.subject, recipient=lines))
    assert first.startswith("Ann Lee Part 1 Part 2 Part 3 Part 4 Part 5 Part 6 HM1 2AB")


def test_points_keep_their_numbers_on_paper() -> None:
    """Point 3 is called 3 where there is no point 2, and the line that only an email needs is left out."""
    page = '<html lang="en"><body><main><ol>\n<li value="1">One</li>\n<li value="3">Three</li>\n</ol>'
    page += "<p>If you reply, leave this in: C-4827-1930-70/abcd2345</p></main></body></html>"
    # The numbers stand in the margin, and are painted last.
    assert text_of(as_pdf(page, title="t"))[0] == "One Three 1. 3. Page 1 of 1"


def test_printing_fetches_nothing(tmp_path: Path) -> None:
    """No address in a page is looked up, neither on the network nor on this machine."""
    secret = tmp_path / "secret.css"
    secret.write_text("h1 { display: none }", encoding="utf-8")
    page = (
        f'<html lang="en"><head><title>t</title><link rel="stylesheet" href="file://{secret}">'
        '<style>@import url("http://127.0.0.1:9/x.css");</style></head>'
        '<body><h1>Hello</h1><img src="http://127.0.0.1:9/x.png" alt="picture"></body></html>'
    )
    assert "Hello" in text_of(as_pdf(page, title="t"))[0]


def test_a_machine_without_pango_is_told_what_to_install(tmp_path: Path) -> None:
    """The error names the packages, and everything else goes on without them."""
    (tmp_path / "weasyprint.py").write_text(
        'raise OSError("cannot load library libpango-1.0-0")', encoding="utf-8"
    )
    code = (
        "from letters.pdf import as_pdf\nfrom models.errors import PdfUnavailable\n"
        "try:\n    as_pdf('<p>x</p>', title='x')\nexcept PdfUnavailable as error:\n    print(error)"
    )
    paths = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0" in done.stdout
    assert issubclass(PdfUnavailable, Exception)


def test_a_file_name_says_what_the_letter_is() -> None:
    """Reference, letter and day, as people look for it in a folder."""
    name = pdf_name("C-4827-1930-70", LetterKind.STAGE_1_ACKNOWLEDGEMENT, DAY)
    assert name == "C-4827-1930-70 stage 1 acknowledgement 2026-11-22.pdf"


@pytest.mark.parametrize("evil", ["../../etc/passwd", "a/b\\c:d", "x\x00y\n", "." * 300, "C" * 500])
def test_a_file_name_leads_nowhere_else(evil: str) -> None:
    """Nothing in a name is taken for a folder."""
    name = pdf_name(evil, LetterKind.RECEIPT, DAY)
    assert Path(name).name == name
    assert len(name) <= 130
    assert name.isprintable()
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("4 Mill Lane, Harrowmere,  HM1 2AB", ("4 Mill Lane", "Harrowmere", "HM1 2AB")),
        ("Flat 2, 4 Mill Lane\nHarrowmere\n\nHM1 2AB\n", ("Flat 2, 4 Mill Lane", "Harrowmere", "HM1 2AB")),
        ("", ()),
    ],
)
def test_an_address_is_read_as_it_was_written(written: str, lines: tuple[str, ...]) -> None:
    """In lines, or in one with commas."""
    assert address_lines(written) == lines
