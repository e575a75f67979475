"""How long ago the events in a message were, resolved against the date on which it was received."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models.decision import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "couple of": 2, "few": 3, "several": 3,
}  # fmt: skip
_AGO = re.compile(
    r"\b(?P<count>\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")"
    r"(?: and a half)? (?P<unit>years?|months?|yrs?)(?: and a half)? (?:ago|back|since)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?{_MONTH},? (?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_NUMERIC = re.compile(r"\b(?P<day>\d{1,2})[/.](?P<number>\d{1,2})[/.](?P<year>(?:20)?\d\d)\b")
_YEAR = re.compile(
    r"\b(?:in|since|during|back in|of|from) (?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_LAST_MONTHS = {"easter": 4, "spring": 5, "summer": 8, "autumn": 11, "christmas": 12, "winter": 12}
_SEASON = re.compile(
    rf"\b(?P<season>{'|'.join(_LAST_MONTHS)})(?: of| in)? (?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_LAST_MONTH_OF_YEAR = 12
_OLD = 12


@dataclass(frozen=True)
class Age:
    """A time that a text names: whole months before receipt, and where it says so."""

    months: int
    span: Span


def ages_in(text: str, received_on: date) -> list[Age]:
    """Return the times named in a text with their age in months at receipt, in order of place."""
    found = [*_agos(text), *_dates(text, received_on)]
    return sorted((age for age in found if age.months >= 0), key=lambda age: age.span.start)


def only_old(ages: list[Age]) -> bool:
    """Say whether every time that a text names is more than twelve months ago (LGSCO 2.2)."""
    return bool(ages) and min(age.months for age in ages) > _OLD


def oldest(ages: list[Age]) -> Age | None:
    """Return the time furthest back."""
    return max(ages, key=lambda age: age.months, default=None)


def _agos(text: str) -> Iterator[Age]:
    for found in _AGO.finditer(text):
        count = found["count"].lower()
        number = int(count) if count.isdigit() else _NUMBERS[count]
        per = 1 if found["unit"].lower().startswith("month") else 12
        half = per // 2 if "and a half" in found[0].lower() else 0
        yield Age(number * per + half, _span(found))


def _dates(text: str, received_on: date) -> Iterator[Age]:
    for found in _DATED.finditer(text):
        month = _MONTHS.index(found["month"].lower()[:3]) + 1
        yield Age(_months(int(found["year"]), month, received_on), _span(found))
    for found in _NUMERIC.finditer(text):
        year, month = int(found["year"]), int(found["number"])
        if 1 <= month <= _LAST_MONTH_OF_YEAR:
            yield Age(_months(year if year > 99 else 2000 + year, month, received_on), _span(found))  # noqa: PLR2004
    seasons = list(_SEASON.finditer(text))
    for found in seasons:
        month = _LAST_MONTHS[found["season"].lower()]
        yield Age(_months(int(found["year"]), month, received_on), _span(found))
    told = {found.end() for found in seasons}
    for found in (each for each in _YEAR.finditer(text) if each.end() not in told):
        # A bare year ends in December: a doubt about age speaks for the complainant.
        yield Age(_months(int(found["year"]), _LAST_MONTH_OF_YEAR, received_on), _span(found))


def _months(year: int, month: int, received_on: date) -> int:
    return (received_on.year - year) * 12 + received_on.month - month


def _span(found: re.Match[str]) -> Span:
    return Span(found.start(), found.end(), found[0])
