"""Charts as SVG drawn on the server: bars only, with their figures in text, and a table beneath in any case.

No script, no style attribute: colours are presentation attributes, which the pages' policy allows.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH = 720
_LABEL = 270
_BAR = 22
_GAP = 8
_FIGURE = 70
_WIDEST = 120
"""Of a column with the room beside it: one month alone is no wall."""
_BLUE, _GREEN, _RED, _GREY, _INK = "#1d70b8", "#00703c", "#d4351c", "#b1b4b6", "#0b0c0c"
_FONT = 'font-family="system-ui, Arial, sans-serif" font-size="14"'


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, and what stands at its end."""

    label: str
    value: float
    said: str


@dataclass(frozen=True)
class Stack:
    """One column of a stack of parts: its label, and the parts from the bottom up."""

    label: str
    parts: tuple[float, ...]


def bars(title: str, rows: Sequence[Bar]) -> Markup:
    """Return lying bars, each with its label before and its figure behind."""
    longest = max((row.value for row in rows), default=0) or 1
    room = _WIDTH - _LABEL - _FIGURE
    drawn = []
    for place, row in enumerate(rows):
        top = place * (_BAR + _GAP)
        length = max(2.0, room * row.value / longest) if row.value else 0
        drawn.append(
            f'<text x="{_LABEL - 10}" y="{top + 16}" text-anchor="end" fill="{_INK}" {_FONT}>'
            f"{escape(_short(row.label))}</text>"
            f'<rect x="{_LABEL}" y="{top}" width="{length:.1f}" height="{_BAR}" fill="{_BLUE}"/>'
            f'<text x="{_LABEL + length + 8:.1f}" y="{top + 16}" fill="{_INK}" {_FONT}>'
            f"{escape(row.said)}</text>"
        )
    return _svg(title, "".join(drawn), height=max(1, len(rows)) * (_BAR + _GAP))


def stacks(title: str, rows: Sequence[Stack], names: Sequence[str]) -> Markup:
    """Return standing columns of parts with a legend; the parts are told apart by hatching too."""
    height, foot = 200, 40
    highest = max((sum(row.parts) for row in rows), default=0) or 1
    step = min(_WIDTH / max(1, len(rows)), _WIDEST)
    patterns, fills = _hatched(title)
    drawn = [patterns]
    for place, row in enumerate(rows):
        left, top = place * step + step * 0.15, float(height)
        for part, value in enumerate(row.parts):
            tall = (height - 10) * value / highest
            top -= tall
            drawn.append(
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}" '
                f'fill="{fills[part]}" stroke="{_INK}" stroke-width="0.5"/>'
            )
        drawn.append(
            f'<text x="{left + step * 0.35:.1f}" y="{height + 18}" text-anchor="middle" fill="{_INK}" '
            f"{_FONT}>{escape(row.label)}</text>"
        )
    return _svg(title, "".join(drawn) + _legend(names, fills, top=height + foot), height=height + foot + 24)


def _hatched(title: str) -> tuple[str, tuple[str, ...]]:
    """Return the patterns of a chart, whose names no other chart of the page has, and its fills."""
    key = f"{zlib.crc32(title.encode()):x}"
    patterns = (
        f'<defs><pattern id="late-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{_RED}"/>'
        '<path d="M0 8L8 0" stroke="#fff" stroke-width="1.5"/></pattern>'
        f'<pattern id="open-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="#f3f2f1"/><circle cx="4" cy="4" r="1.5" fill="{_GREY}"/>'
        "</pattern></defs>"
    )
    return patterns, (_GREEN, f"url(#late-{key})", f"url(#open-{key})")


def _legend(names: Sequence[str], fills: Sequence[str], *, top: float) -> str:
    return "".join(
        f'<rect x="{place * 180}" y="{top}" width="16" height="16" fill="{fills[place]}" stroke="{_INK}" '
        f'stroke-width="0.5"/><text x="{place * 180 + 24}" y="{top + 13}" fill="{_INK}" {_FONT}>'
        f"{escape(name)}</text>"
        for place, name in enumerate(names)
    )


def _svg(title: str, inner: str, *, height: float) -> Markup:
    # Everything from outside was escaped where it was put in; the rest are our own words and numbers.
    return Markup(  # noqa: S704
        f'<svg class="heard-chart" viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def _short(label: str) -> str:
    return label if len(label) <= 34 else label[:33] + "…"  # noqa: PLR2004  # what fits before the bar
