"""How the pages say codes, dates and figures; the filters of the templates."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from models.deadlines import LONDON

_NEARLY_ALL = 0.995
_TWICE_ENDED = re.compile(r"([?!])\.(?=\s|$)")


def today(now: datetime) -> date:
    """Return the day in London."""
    return now.astimezone(LONDON).date()


def code(value: Any) -> str:
    """Say a code in words: "housing repairs"."""
    return str(getattr(value, "value", value)).replace("_", " ")


def day(value: date | None) -> str:
    """Say a day: "Friday 3 April 2026"; a dash for none."""
    return f"{value:%A} {value.day} {value:%B %Y}" if value is not None else "–"


def short_day(value: date | None) -> str:
    """Say a day in a table: "Fri 3 Apr"; a dash for none."""
    return f"{value:%a} {value.day} {value:%b}" if value is not None else "–"


def moment(value: datetime | None) -> str:
    """Say an instant as London's clock shows it: "Fri 3 Apr 2026, 17:04"; a dash for none."""
    if value is None:
        return "–"
    local = value.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}"


def percent(value: float) -> str:
    """Say a share: "93%"; what is not quite all, or not quite nothing, is never said to be."""
    if _NEARLY_ALL <= value < 1:
        return "over 99%"
    return "under 1%" if 0 < value < 1 - _NEARLY_ALL else f"{value:.0%}"


def sentence(text: str) -> str:
    """Make a sentence of an error's words; none ends after the mark of a question once more."""
    tidy = _TWICE_ENDED.sub(r"\1", text.strip())
    return tidy[:1].upper() + tidy[1:] + ("" if tidy.endswith((".", "?", "!")) else ".")


FILTERS: dict[str, Callable[..., str]] = {
    "code": code,
    "day": day,
    "short_day": short_day,
    "moment": moment,
    "percent": percent,
    "sentence": sentence,
}
