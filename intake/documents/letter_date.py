"""The date that a letter bears near its top: a claim, and never the day on which the council had it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from models.deadlines import LONDON
from models.message import ParsedMessage

_LINES = 40
_LONGEST_LINE = 200
_OLDEST = timedelta(days=3653)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_SLIPS = str.maketrans("OoQlI|SB", "00011158")
"""Letters that recognition takes digits for."""

_DIGIT = r"[\dOoQlI|SB]"
_IN_WORDS = re.compile(
    rf"(?<!\w)({_DIGIT}{{1,2}})\s?(?:st|nd|rd|th)?\.?,?\s{{1,3}}(?:of\s)?([A-Za-z]{{3,9}})\.?,?\s{{1,3}}"
    rf"((?:19|20|2O|2o){_DIGIT}{{2}}|'?{_DIGIT}{{2}})(?!\w)"
)
_IN_FIGURES = re.compile(
    rf"(?<![\w/.-])({_DIGIT}{{1,2}})([/.-])({_DIGIT}{{1,2}})\2({_DIGIT}{{4}}|{_DIGIT}{{2}})(?![\w/])"
)


def with_claimed_date(letter: ParsedMessage, *, not_after: date) -> ParsedMessage:
    """Return a scanned letter with the date that it bears, at noon, which is the same day everywhere."""
    day = date_on_letter(letter.text, not_after=not_after)
    claimed_at = datetime.combine(day, time(12), tzinfo=LONDON).astimezone(UTC) if day else None
    return replace(letter, claimed_at=claimed_at)


def date_on_letter(text: str, *, not_after: date) -> date | None:
    """Return the first date near the top that a letter can bear: not after a day, not ten years before it."""
    for line in text.split("\n")[:_LINES]:
        for found in _dates_in(line[:_LONGEST_LINE]):
            if not_after - _OLDEST <= found <= not_after:
                return found
    return None


def _dates_in(line: str) -> list[date]:
    in_words = (
        _date(found[3], _MONTHS.get(found[2].lower(), 0), found[1]) for found in _IN_WORDS.finditer(line)
    )
    in_figures = (_date(found[4], _number(found[3]), found[1]) for found in _IN_FIGURES.finditer(line))
    return [each for each in (*in_words, *in_figures) if each]


def _date(year: str, month: int, day: str) -> date | None:
    number = _number(year.lstrip("'"))
    try:
        return date(number + 2000 if number < 100 else number, month, _number(day))  # noqa: PLR2004  # 26 is 2026
    except ValueError:
        return None


def _number(written: str) -> int:
    return int(written.translate(_SLIPS))
