"""Words in pictures of pages, recognised by Tesseract; the page is put straight and made readable first.

Nothing is written to disk: pictures go in and tables come out over pipes.
"""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

DOTS_AN_INCH = 200
_LONGEST_SIDE = 3_500
_SHORTEST_SIDE = 1_100
_PAGE_WITHIN_S = 30
_SURE_OF_TURN = 2.0
_SURE_OF_WORDS = 0.6
_FEW_WORDS, _ENOUGH_WORDS = 5, 50
_SPECK = 40
_NOISY_SHARE = 0.004
_INK = 60
_BLANK_SHARE = 0.0004
_STEEPEST = 5.0
_WORD_LEVEL = "5"
_AS_A_PAGE, _AS_ONE_BLOCK = "3", "6"
_COLUMNS = 12

Levels = NDArray[np.uint8]


class NoRecogniser(Exception):
    """Tesseract is not installed."""


@dataclass(frozen=True)
class Recognised:
    """The words of one page, in reading order; `confidence` is their mean, 0 to 1, None without any."""

    text: str = ""
    confidence: float | None = None
    words: int = 0


def recognise(picture: Image.Image) -> Recognised:
    """Return the words in the picture of a page. Raises NoRecogniser."""
    page = _cleaned(_sized(picture.convert("L")))
    if _is_blank(page):
        return Recognised()
    turn, sureness = _turn_of(page)
    upright = page.rotate(-turn, expand=True) if turn else page
    found = _words_of(_straight(upright))
    if sureness >= _SURE_OF_TURN or _is_sure(found):
        return found
    others = (_words_of(_straight(upright.rotate(angle, expand=True))) for angle in (180, 90, 270))
    return max((found, *others), key=_weight)


def joined(pages: list[Recognised]) -> Recognised:
    """Return several pages as one, each word counting the same."""
    words = sum(page.words for page in pages)
    weighed = sum((page.confidence or 0.0) * page.words for page in pages)
    text = "\n\n".join(page.text for page in pages if page.text)
    return Recognised(text, weighed / words if words else None, words)


def _sized(page: Image.Image) -> Image.Image:
    """Bring a page to a size at which letters are as large as Tesseract likes them."""
    longest, shortest = max(page.size), min(page.size)
    scale = 1.0
    if longest > _LONGEST_SIDE:
        scale = _LONGEST_SIDE / longest
    elif shortest < _SHORTEST_SIDE:
        scale = min(_SHORTEST_SIDE * 1.5 / shortest, _LONGEST_SIDE / longest, 3.0)
    if scale == 1.0:
        return page
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    return page.resize(size, Image.Resampling.LANCZOS)


def _cleaned(page: Image.Image) -> Image.Image:
    """Stretch the contrast, and take specks out where there are many: elsewhere that harms thin type."""
    smooth = page.filter(ImageFilter.MedianFilter(3))
    stretched = ImageOps.autocontrast(page, cutoff=(0.5, 0.5))
    difference = np.abs(_levels(page).astype(np.int16) - _levels(smooth))
    is_noisy = float((difference > _SPECK).mean()) > _NOISY_SHARE and _is_grainy(difference)
    if not is_noisy:
        return stretched
    return ImageOps.autocontrast(smooth.filter(ImageFilter.GaussianBlur(0.7)), cutoff=(0.5, 0.5))


def _is_grainy(difference: NDArray[np.int16]) -> bool:
    """Say whether the specks lie all over the page, and not only where there is type."""
    rows = (difference > _SPECK).mean(axis=1)
    return float(np.quantile(rows, 0.1)) > _NOISY_SHARE / 2


def _is_blank(page: Image.Image) -> bool:
    levels = _levels(page)
    paper = float(np.median(levels))
    return float((levels < paper - _INK).mean()) < _BLANK_SHARE


def _turn_of(page: Image.Image) -> tuple[int, float]:
    """Return by how much the page is turned, in degrees clockwise, and how sure that is."""
    said = _tesseract(page, "-l", "osd", "--psm", "0")
    fields = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    try:
        # "Rotate" is what puts it right, clockwise; PIL turns the other way round.
        return int(fields["Rotate"]) % 360, float(fields["Orientation confidence"])
    except (KeyError, ValueError):
        return 0, 0.0


def _straight(page: Image.Image) -> Image.Image:
    """Turn a page by the few degrees at which its lines lie level."""
    small = page.resize((max(1, page.width // 4), max(1, page.height // 4)), Image.Resampling.BOX)
    ink = Image.fromarray(255 - _levels(small))
    coarse = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.5), key=lambda angle: _levelness(ink, angle))
    fine = max(np.arange(coarse - 0.4, coarse + 0.41, 0.1), key=lambda angle: _levelness(ink, angle))
    if abs(fine) < 0.15:  # noqa: PLR2004  # less than a pixel in the width of a word
        return page
    return page.rotate(float(fine), Image.Resampling.BICUBIC, fillcolor=int(np.median(_levels(page))))


def _levelness(ink: Image.Image, angle: float) -> float:
    """Say how sharply rows of type and gaps alternate at an angle."""
    rows = _levels(ink.rotate(float(angle), Image.Resampling.BILINEAR)).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _words_of(page: Image.Image) -> Recognised:
    """Read a page as Tesseract lays it out; unless told otherwise it takes a few words for none."""
    found = _laid_out(page, _AS_A_PAGE)
    if found.words >= _FEW_WORDS:
        return found
    return max(found, _laid_out(page, _AS_ONE_BLOCK), key=_weight)


def _laid_out(page: Image.Image, layout: str) -> Recognised:
    rows = [
        line.split("\t") for line in _tesseract(page, "-l", "eng", "--psm", layout, "tsv").splitlines()[1:]
    ]
    words = [row for row in rows if len(row) == _COLUMNS and row[0] == _WORD_LEVEL and row[11].strip()]
    sure = [max(0.0, float(row[10])) / 100 for row in words]
    return Recognised("\n\n".join(_paragraphs(words)), sum(sure) / len(sure) if sure else None, len(words))


def _paragraphs(words: list[list[str]]) -> Iterator[str]:
    """Yield the paragraphs: lines of one paragraph of one block belong together."""
    paragraphs: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for row in words:
        paragraphs.setdefault(tuple(row[1:4]), {}).setdefault(row[4], []).append(row[11].strip())
    for lines in paragraphs.values():
        yield "\n".join(" ".join(line) for line in lines.values())


def _weight(found: Recognised) -> float:
    """Say how good a reading is: a page on its side gives many words, and is sure of none."""
    return (found.confidence or 0.0) ** 3 * min(found.words, _ENOUGH_WORDS)


def _is_sure(found: Recognised) -> bool:
    return found.words >= _FEW_WORDS and (found.confidence or 0.0) >= _SURE_OF_WORDS


def _tesseract(page: Image.Image, *options: str) -> str:
    """Return what Tesseract says of a page, empty where it fails or takes too long."""
    program = shutil.which("tesseract")
    if program is None:
        raise NoRecogniser("tesseract is not installed; it is in the Debian package tesseract-ocr")
    picture = io.BytesIO()
    page.save(picture, "PPM")
    command = [program, "stdin", "stdout", "--dpi", f"{DOTS_AN_INCH}", *options]
    try:
        done = subprocess.run(  # noqa: S603  # our own words; the picture goes in over a pipe
            command, input=picture.getvalue(), capture_output=True, timeout=_PAGE_WITHIN_S, check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")


def _levels(page: Image.Image) -> Levels:
    return np.asarray(page, dtype=np.uint8)
