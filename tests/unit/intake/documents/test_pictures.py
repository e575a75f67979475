"""Pictures of letters are read whichever way they lie; large, small and damaged ones harm nobody."""

import io
import time

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from intake.documents.pictures import is_picture, read_picture
from intake.documents.text import DocumentText, Fault

from .scans import WORDS, needs_tesseract, page, png_of, saved

FIRST = "This is the first page of what we have to say to you"
SECOND = "This is the second page and the end of my letter"


def read(picture: Image.Image, form: str = "PNG", **options: object) -> DocumentText:
    """Read a picture from its file."""
    return read_picture(saved(picture, form, **options))


def words(document: DocumentText) -> str:
    """Return the words on one line; a single S looks the same in either size."""
    return " ".join(document.text.split()).replace("Since", "since")


@needs_tesseract
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "GIF"])
def test_a_picture_of_words_is_read_in_every_format(form: str) -> None:
    """With a confidence, since the words are recognised and not known."""
    document = read(page(), form)
    assert words(document) == WORDS
    assert (document.fault, document.pages) == ("", 1)
    assert document.confidence is not None
    assert document.confidence > 0.85


@needs_tesseract
@pytest.mark.parametrize("degrees", [3, -4, 180])
def test_a_page_that_lies_askew_or_upside_down_is_read(degrees: int) -> None:
    """Scanners do not mind how a page lies; readers do."""
    turned = page(f"{WORDS}. {WORDS}.", size=(2300, 900)).rotate(degrees, expand=True, fillcolor=255)
    assert "cold since Monday" in words(read(turned))


@needs_tesseract
def test_a_photograph_from_an_iphone_is_read() -> None:
    """HEIC, and turned only by what its camera noted."""
    file = io.BytesIO()
    pillow_heif.from_pillow(page().convert("RGB")).save(file)
    assert words(read_picture(file.getvalue())) == WORDS


@needs_tesseract
def test_faint_type_on_grey_paper_is_read() -> None:
    """Thirty levels of grey between ink and paper are enough."""
    faint = page().point(lambda level: 150 + level * 30 // 255)
    assert words(read(faint)) == WORDS


@needs_tesseract
def test_every_page_of_a_scan_is_read_up_to_ten() -> None:
    """The rest is said to be there."""
    document = read(page(FIRST), "TIFF", save_all=True, append_images=[page(SECOND)])
    assert "first page" in words(document).partition("second page")[0]
    assert document.pages == 2
    blank = [Image.new("L", (400, 300), 255)] * 11
    many = read(page(FIRST), "TIFF", save_all=True, append_images=blank)
    assert (many.pages, many.fault) == (10, Fault.TOO_MANY_PAGES)


def test_a_blank_page_and_a_logo_hold_no_words_and_cost_nothing() -> None:
    """An officer is told of the blank page; a signature's logo is no letter at all."""
    begun = time.process_time()
    assert read(Image.new("L", (1654, 2339), 250)).fault == Fault.UNREADABLE
    assert read(Image.new("L", (120, 40), 0)) == DocumentText(pages=1)
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (png_of(50_000, 50_000), Fault.TOO_LARGE),
        (png_of(500, 500), Fault.CORRUPT),
        (saved(page(), "JPEG")[:400], Fault.CORRUPT),
        (saved(page(), "TIFF")[:200], Fault.CORRUPT),
        (b"\xff\xd8\xff" + bytes(100), Fault.CORRUPT),
    ],
)
def test_a_picture_that_cannot_be_read_says_why_at_once(content: bytes, fault: Fault) -> None:
    """Its size is looked at before anything is unpacked."""
    begun = time.process_time()
    assert is_picture(content)
    assert read_picture(content).fault == fault
    assert time.process_time() - begun < 0.5


MAGICS = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*",
          b"RIFF1234WEBP", b"\x00\x00\x00\x18ftypheic")  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=400))
def test_any_bytes_after_the_first_ones_are_survived(magic: bytes, rest: bytes) -> None:
    """Nothing is raised."""
    assert read_picture(magic + rest).text == ""
