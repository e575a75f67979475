"""PDF files: the words that they hold as text, and on scanned pages the words that are recognised."""

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from intake.documents.pictures import MOST_PAGES as MOST_RECOGNISED
from intake.documents.recognise import DOTS_AN_INCH, NoRecogniser, Recognised, joined, recognise
from intake.documents.text import LONGEST_TEXT, DocumentText, Fault, nothing

_MOST_PAGES = 50
_FEW_WORDS = 5
_LARGEST_PICTURE = (3_000, 4_200)
_POINTS_AN_INCH = 72
_BROKEN = (pdfium.PdfiumError, ValueError, TypeError, OSError, OverflowError, AttributeError, IndexError)


def read_pdf(content: bytes) -> DocumentText:
    """Return the text of a PDF, page by page; a page without a text layer is recognised."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium_raw.FPDF_ERR_PASSWORD
        return nothing(Fault.PASSWORD if is_locked else Fault.CORRUPT)
    try:
        return _read(document)
    except NoRecogniser:
        return nothing(Fault.NO_RECOGNISER)
    except _BROKEN:
        return nothing(Fault.CORRUPT)
    finally:
        document.close()


def _read(document: pdfium.PdfDocument) -> DocumentText:
    count = len(document)
    if count == 0:
        return nothing(Fault.EMPTY)
    texts: list[str] = []
    recognised: list[Recognised] = []
    is_all = count <= _MOST_PAGES
    for number in range(min(count, _MOST_PAGES)):
        page = document[number]
        text = _layer(page)
        if len(text.split()) < _FEW_WORDS and _shows_something(page):
            if len(recognised) >= MOST_RECOGNISED:
                is_all = False
                break
            recognised.append(recognise(_picture(page)))
            text = recognised[-1].text or text
        texts.append(text)
        page.close()
    return _as_document(texts, recognised, is_all=is_all)


def _as_document(texts: list[str], recognised: list[Recognised], *, is_all: bool) -> DocumentText:
    text = "\n\n".join(filter(None, texts))[:LONGEST_TEXT]
    fault: str = "" if is_all else Fault.TOO_MANY_PAGES
    if not text:
        fault = Fault.UNREADABLE if recognised else Fault.EMPTY
    return DocumentText(text=text, confidence=joined(recognised).confidence, fault=fault, pages=len(texts))


def _layer(page: pdfium.PdfPage) -> str:
    """Return the words that a page holds as text."""
    layer = page.get_textpage()
    try:
        lines = str(layer.get_text_bounded()).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    finally:
        layer.close()
    return "\n".join(line.rstrip() for line in lines).strip()


def _shows_something(page: pdfium.PdfPage) -> bool:
    """Say whether there is any picture or drawing on a page."""
    wanted = (pdfium_raw.FPDF_PAGEOBJ_IMAGE, pdfium_raw.FPDF_PAGEOBJ_PATH, pdfium_raw.FPDF_PAGEOBJ_FORM)
    return next(iter(page.get_objects(filter=wanted, max_depth=2)), None) is not None


def _picture(page: pdfium.PdfPage) -> Image.Image:
    """Draw a page in grey, never larger than a page of paper can be, whatever it says of its size."""
    width, height = (max(1.0, float(side)) for side in page.get_size())
    scale = min(DOTS_AN_INCH / _POINTS_AN_INCH, _LARGEST_PICTURE[0] / width, _LARGEST_PICTURE[1] / height)
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture
