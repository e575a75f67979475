"""PDF files are read by their text layer, scanned pages by recognition; none does any harm."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.documents.pdf import read_pdf
from intake.documents.text import Fault

from .scans import WORDS, needs_tesseract, page, pdf, saved


def test_the_text_of_every_page_is_read_in_order() -> None:
    """Nothing has to be recognised, so nothing is uncertain."""
    document = read_pdf(pdf("Dear Sir the boiler is cold", "Yours faithfully Ann Lee of Mill"))
    assert document.text == "Dear Sir the boiler is cold\n\nYours faithfully Ann Lee of Mill"
    assert (document.confidence, document.fault, document.pages) == (None, "", 2)


@needs_tesseract
def test_a_scanned_page_is_recognised() -> None:
    """It holds a picture and no words."""
    document = read_pdf(saved(page(), "PDF", resolution=200))
    assert " ".join(document.text.split()) == WORDS
    assert document.confidence is not None


def test_an_empty_page_is_no_letter() -> None:
    """There is nothing on it to be recognised either."""
    assert read_pdf(pdf("")).fault == Fault.EMPTY


@pytest.mark.parametrize(
    ("content", "fault", "pages"),
    [
        (pdf(*["page of many words in a row"] * 10_000), Fault.TOO_MANY_PAGES, 50),
        (pdf("words on a page without an end", box="0 0 1000000 1000000"), "", 1),
        (pdf("x")[:200], Fault.CORRUPT, 0),
        (b"%PDF-1.7\n" + bytes(2_000), Fault.CORRUPT, 0),
    ],
    ids=["10,000 pages", "a page of 350 metres", "cut", "zeros"],
)
def test_a_hostile_pdf_is_read_as_far_as_it_goes_and_quickly(content: bytes, fault: str, pages: int) -> None:
    """Pages and sizes are bounded, whatever the file says."""
    begun = time.process_time()
    document = read_pdf(content)
    assert (document.fault, document.pages) == (fault, pages)
    assert time.process_time() - begun < 2.0


def test_a_pdf_under_a_password_says_so() -> None:
    """The sender is asked for it without one."""
    lock = "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{0}> /U <{0}> >> /ID [<{1}> <{1}>]"
    locked = pdf("secret", more=lock.format("28" * 32, "00" * 16))
    assert read_pdf(locked).fault == Fault.PASSWORD


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 900), junk=st.binary(max_size=60))
def test_a_pdf_damaged_anywhere_raises_nothing(place: int, junk: bytes) -> None:
    """It is read as far as it goes, or says that it is damaged."""
    whole = pdf("Dear Sir the boiler is cold", "Yours faithfully Ann Lee of Mill")
    read_pdf(whole[:place] + junk + whole[place + len(junk) :])
