"""Pictures of letters: scans and photographs, of one page or several."""

import io
import struct
import warnings
from collections.abc import Iterator

import pillow_heif
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from intake.documents.recognise import NoRecogniser, Recognised, joined, recognise
from intake.documents.text import LONGEST_TEXT, DocumentText, Fault, nothing

MOST_PAGES = 10
_MOST_PIXELS = 100_000_000
_LOGO = (200, 60)
"""Smaller than this is a signature's logo, and no letter."""

_MAGICS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_HEIF = {b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc"}
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, struct.error, EOFError,
    ZeroDivisionError, OverflowError, RuntimeError, NotImplementedError, AttributeError,
)  # fmt: skip
"""What damaged pictures make Pillow and its plug-ins raise."""

pillow_heif.register_heif_opener(thumbnails=False)


def is_picture(content: bytes) -> bool:
    """Say by the first bytes whether this is a picture whose words would have to be recognised."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return True
    return content.startswith(_MAGICS) or (content[4:8] == b"ftyp" and content[8:12] in _HEIF)


def read_picture(content: bytes) -> DocumentText:
    """Return the words in a picture, of the first pages where it has several."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; what is too large is refused before it is decoded.
            warnings.simplefilter("ignore")
            return _read(content)
    except NoRecogniser:
        return nothing(Fault.NO_RECOGNISER)
    except (Image.DecompressionBombError, MemoryError):
        return nothing(Fault.TOO_LARGE)
    except (UnidentifiedImageError, *_BROKEN):
        return nothing(Fault.CORRUPT)


def words_of(pages: list[Recognised], *, looked_at: int, is_all: bool = True) -> DocumentText:
    """Return recognised pages as a document."""
    found = joined(pages)
    fault: str = "" if found.words else Fault.UNREADABLE
    return DocumentText(
        text=found.text[:LONGEST_TEXT],
        confidence=found.confidence,
        fault=fault or ("" if is_all else Fault.TOO_MANY_PAGES),
        pages=looked_at,
    )


def _read(content: bytes) -> DocumentText:
    with Image.open(io.BytesIO(content)) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            return nothing(Fault.TOO_LARGE)
        if picture.width < _LOGO[0] or picture.height < _LOGO[1]:
            return DocumentText(pages=1)
        count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
        pages = [recognise(page) for page in _pages(picture, min(count, MOST_PAGES))]
    return words_of(pages, looked_at=len(pages), is_all=count <= MOST_PAGES)


def _pages(picture: Image.Image, count: int) -> Iterator[Image.Image]:
    """Yield the pages, each the right way up as its camera had it, on white where it was transparent."""
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number >= count:
            return
        if frame.width * frame.height > _MOST_PIXELS:
            raise Image.DecompressionBombError("a page is too large")
        upright = ImageOps.exif_transpose(frame)
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright.convert("RGBA"))
        yield upright
