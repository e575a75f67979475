"""Dates as mail programs write them for people, in the languages that reach an English council."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from models.deadlines import LONDON

_MONTHS_IN_ORDER = (
    "january jan januar janvier enero gennaio januari styczeń stycznia sty ionawr ion janv ene gen",
    "february feb februar février febrero febbraio februari luty lutego lut chwefror chwef févr fév",
    "march mar märz mars marzo maart marzec marca maw mawrth mär mrz mrt",
    "april apr avril abril aprile kwiecień kwietnia kwi ebrill ebr avr abr",
    "may mai mayo maggio mei maj maja mag",
    "june jun juni juin junio giugno czerwiec czerwca cze mehefin meh giu",
    "july jul juli juillet julio luglio lipiec lipca lip gorffennaf gorff juil lug",
    "august aug août agosto augustus sierpień sierpnia sie awst ago aou",
    "september sep sept septembre septiembre settembre wrzesień września wrz medi set",
    "october oct oktober octobre octubre ottobre październik października paź hydref hyd okt ott",
    "november nov novembre noviembre listopad listopada lis tachwedd tach",
    "december dec dezember décembre diciembre dicembre grudzień grudnia gru rhagfyr rhag dez déc dic",
)
_MONTHS = {name: number for number, names in enumerate(_MONTHS_IN_ORDER, 1) for name in names.split()}
_WORD = r"[^\W\d_]{3,12}"
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?: de| of)?[ -]({_WORD})\.?,?(?: de)?[ -](\d{{4}})\b"
)
_MONTH_FIRST = re.compile(rf"\b({_WORD})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?=\D|$)")
_TIME = re.compile(r"\b(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?!\d|[./-]\d)\s*([ap])?\.?m?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})\b")
_ZONES = {"GMT": 0, "UTC": 0, "BST": 1, "WET": 0, "CET": 1, "CEST": 2}
_ZONE = re.compile(r"\b(GMT|UTC|BST|WET|CEST|CET)\b")
_LONGEST = 120
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_NOON = 12


def read_written_instant(written: str) -> datetime | None:
    """Return the instant that a line such as `Tuesday, 3 March 2026 14:22` means, in UTC.

    Without a zone it is London's time, without a time it is noon. None where no date can be read; in numbers
    alone the day comes first.
    """
    line = " ".join(written[:_LONGEST].split())
    day = _day(line)
    if day is None:
        return None
    found = _TIME.search(line)
    clock = _clock(found) if found else (_NOON, 0, 0)
    if not _FIRST_YEAR <= day[0] <= _LAST_YEAR:
        return None
    try:
        return datetime(*day, *clock, tzinfo=_zone(line)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(line: str) -> tuple[int, int, int] | None:
    """Return year, month and day."""
    for found in _DAY_FIRST.finditer(line):
        if month := _MONTHS.get(found[2].casefold()):
            return int(found[3]), month, int(found[1])
    for found in _MONTH_FIRST.finditer(line):
        if month := _MONTHS.get(found[1].casefold()):
            return int(found[3]), month, int(found[2])
    if iso := _ISO.search(line):
        return int(iso[1]), int(iso[2]), int(iso[3])
    if numbers := _NUMBERS.search(line):
        first, second, year = int(numbers[1]), int(numbers[2]), int(numbers[3])
        return (year, second, first) if second <= len(_MONTHS_IN_ORDER) else (year, first, second)
    return None


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    """Return hour, minute and second."""
    hour, half = int(found[1]), (found[4] or "").lower()
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return hour, int(found[2]), int(found[3] or 0)


def _zone(line: str) -> tzinfo:
    if offset := _OFFSET.search(line):
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    if named := _ZONE.search(line):
        return timezone(timedelta(hours=_ZONES[named[1]]))
    return LONDON
