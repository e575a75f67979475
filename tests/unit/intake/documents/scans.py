"""Pictures and PDF files for the tests: a few large words on paper, whole or damaged."""

import io
import os
import shutil
import zlib
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image, ImageDraw, ImageFont

WORDS = "The boiler has been cold since Monday and nobody came"
_FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"

_has_tesseract = shutil.which("tesseract") is not None
needs_tesseract = pytest.mark.skipif(
    not _has_tesseract and not os.environ.get("CI"), reason="tesseract is missing; `make test` installs it"
)
"""In CI a missing recogniser is a failure, elsewhere a skip."""


def page(words: str = WORDS, *, size: tuple[int, int] = (1300, 600)) -> Image.Image:
    """Return a page with a few words, large enough for any recogniser."""
    made = Image.new("L", size, 255)
    drawing, font = ImageDraw.Draw(made), ImageFont.truetype(str(_FONT), 40)
    half = words.split()[: len(words.split()) // 2]
    drawing.text((60, 120), " ".join(half), 0, font)
    drawing.text((60, 190), words.removeprefix(" ".join(half)).strip(), 0, font)
    return made


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds next to nothing."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def pdf(*pages: str, box: str = "0 0 595 842", more: str = "") -> bytes:
    """Return a PDF with a line of text on each page; `more` goes into the trailer."""
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    for number, words in enumerate(pages):
        drawn = f"BT /F1 20 Tf 60 700 Td ({words}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Resources << {font} >> "
            f"/Contents {4 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {more} >>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF".encode("latin-1")
