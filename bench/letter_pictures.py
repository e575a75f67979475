"""A letter as it was drawn, and the contact sheet that shows all letters of a case in one picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from letters.render import RenderedLetter
from models.codes import LetterKind

_WIDTH, _TILE_HEIGHT, _GAP, _LABEL = 2400, 640, 16, 44
_SCALES = {320: 0.75, 1000: 0.45}
_BACK, _INK = "#d4d8db", "#0b0c0c"
_COLOURS = 32


@dataclass(frozen=True)
class Screen:
    """A letter in a browser's window of a width."""

    width: int
    picture: Image.Image = field(repr=False)
    too_wide_by: int
    asked_for: tuple[str, ...]
    violations: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A letter in every form; the names of its files begin with its kind."""

    kind: LetterKind
    letter: RenderedLetter
    pdf: bytes = field(repr=False)
    screens: tuple[Screen, ...]
    paper: tuple[Image.Image, ...] = field(repr=False)


_FIGURE_HEIGHT = 620


@dataclass
class _Row:
    """Tiles side by side; the first row of a letter has a label above it."""

    label: str
    tiles: list[Image.Image] = field(default_factory=list)

    @property
    def width(self) -> int:
        return _GAP + sum(tile.width + _GAP for tile in self.tiles)

    @property
    def height(self) -> int:
        return _TILE_HEIGHT + _GAP + (_LABEL if self.label else 0)


def save(picture: Image.Image, file: Path) -> None:
    """Write a picture small: letters have few colours."""
    few = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, compress_level=9)


def contact_sheet(title: str, drawn: Sequence[Drawn]) -> Image.Image:
    """Return all letters of a case in one picture: what is shown on paper, on a desk, and on a telephone."""
    rows = [row for each in drawn for row in _rows(each)]
    top = _LABEL * 2
    sheet = Image.new("RGB", (_WIDTH, top + sum(row.height for row in rows)), _BACK)
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, _GAP), title, fill=_INK, font=ImageFont.load_default(40))
    for row in rows:
        pen.text((_GAP, top), row.label, fill=_INK, font=ImageFont.load_default(28))
        top += row.height
        left = _GAP
        for tile in row.tiles:
            sheet.paste(tile, (left, top - _TILE_HEIGHT - _GAP))
            left += tile.width + _GAP
    return sheet


def figure(ordinary: Drawn, answer: Drawn, large: Drawn) -> Image.Image:
    """Return what the documentation shows: two letters on paper, one in large print, one on a telephone."""
    (telephone,) = (each.picture for each in ordinary.screens if each.width == min(_SCALES))
    top = telephone.crop((0, 0, telephone.width, round(telephone.width * 297 / 210 * 1.5)))
    shown = [ordinary.paper[0], answer.paper[1], large.paper[0], top]
    tiles = [
        each.resize((round(each.width * _FIGURE_HEIGHT / each.height), _FIGURE_HEIGHT)) for each in shown
    ]
    sheet = Image.new(
        "RGB", (_GAP + sum(each.width + _GAP for each in tiles), _FIGURE_HEIGHT + 2 * _GAP), _BACK
    )
    left = _GAP
    for tile in tiles:
        sheet.paste(tile, (left, _GAP))
        left += tile.width + _GAP
    return sheet


def _rows(drawn: Drawn) -> list[_Row]:
    """Part the tiles of a letter into rows that fit the sheet."""
    count = len(drawn.paper)
    name = drawn.kind.value.replace("_", " ")
    rows = [_Row(f"{name}: on paper, {count} page{'' if count == 1 else 's'}; 1,000 px wide; 320 px wide")]
    for tile in _tiles(drawn):
        if rows[-1].width + tile.width + _GAP > _WIDTH:
            rows.append(_Row(""))
        rows[-1].tiles.append(tile)
    return rows


def _tiles(drawn: Drawn) -> Iterator[Image.Image]:
    """Yield the pictures of a letter at one height: its pages, and its screens cut into columns."""
    for page in drawn.paper:
        yield page.resize((round(page.width * _TILE_HEIGHT / page.height), _TILE_HEIGHT))
    for screen in reversed(drawn.screens):
        scale = _SCALES[screen.width]
        whole = screen.picture.resize((round(screen.width * scale), round(screen.picture.height * scale)))
        for top in range(0, whole.height, _TILE_HEIGHT):
            column = Image.new("RGB", (whole.width, _TILE_HEIGHT), "white")
            column.paste(whole.crop((0, top, whole.width, min(top + _TILE_HEIGHT, whole.height))))
            yield column
