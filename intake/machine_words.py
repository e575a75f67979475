"""The phrases by which machines give themselves away, in many languages, from machine_words.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

_LETTERS = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "’": "'", "‘": "'", "\u200c": " "})  # noqa: RUF001
_UNSEEN = re.compile("[\u00ad\u200b\u200d-\u200f\u2060\ufeff]")


# The reading process may open few files once it has its limits, so the tables are read with the module.
_TABLES: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


class Phrases(StrEnum):
    """The tables of machine_words.toml; what each means stands there."""

    FAILED_SUBJECT = "failed_subject"
    FAILED = "failed"
    LATE = "late"
    ARRIVED = "arrived"
    AUTOMATIC = "automatic"
    ABSENT_SUBJECT = "absent_subject"
    ABSENT = "absent"
    DECLARES = "declares"
    DECLARES_ALONE = "declares_alone"
    UNREAD = "unread"
    RECEIVED = "received"
    CHALLENGE = "challenge"
    CHALLENGE_SURE = "challenge_sure"
    ACT = "act"
    RESIDENT = "resident"
    CARRIES = "carries"
    NOTIFIES = "notifies"
    SYSTEM_TITLE = "system_title"
    QUARANTINE = "quarantine"
    VIRUS = "virus"
    ABUSE_REPORT = "abuse_report"
    DOMAIN_REPORT = "domain_report"
    MISSED_CALL = "missed_call"
    LEFT_NOTHING = "left_nothing"
    EVENT_TITLE = "event_title"
    WITH_NOTE = "with_note"
    REASON_FULL = "reason_full"
    REASON_TOO_LARGE = "reason_too_large"
    REASON_CLOSED = "reason_closed"
    REASON_NO_DOMAIN = "reason_no_domain"
    REASON_NO_ADDRESS = "reason_no_address"
    REASON_REFUSED = "reason_refused"
    REASON_TOO_LATE = "reason_too_late"


def fold(text: str) -> str:
    """Return a text for comparing: no capitals, no accents, every white space one blank."""
    flat = " ".join(_UNSEEN.sub("", text).split()).casefold()
    return flat if flat.isascii() else _without_accents(flat)


def found(phrases: Phrases, folded: str) -> re.Match[str] | None:
    """Return the first phrase of a table in a folded text."""
    return _pattern(phrases).search(folded)


def each_found(phrases: Phrases, folded: str) -> Iterator[re.Match[str]]:
    """Yield every phrase of a table in a folded text."""
    return _pattern(phrases).finditer(folded)


def begins(phrases: Phrases, folded: str) -> re.Match[str] | None:
    """Return the phrase of a table with which a folded text begins."""
    return _pattern(phrases).match(folded)


def words_of(table: str) -> frozenset[str]:
    """Return the single words of a table that holds no phrases, folded."""
    return frozenset(
        word for language in _TABLES[table].values() for text in language for word in fold(text).split()
    )


def _without_accents(flat: str) -> str:
    parts = unicodedata.normalize("NFKD", flat.translate(_LETTERS)).casefold().translate(_LETTERS)
    return "".join(each for each in parts if not unicodedata.combining(each))


@cache
def _pattern(phrases: Phrases) -> re.Pattern[str]:
    """Return a table as one expression: whole words, except in languages that put no blanks between them."""
    spaced = rf"(?<!\w)(?:{_joined(phrases.value)})(?!\w)"
    unspaced = _joined(f"{phrases.value}_unspaced")
    return re.compile(f"{spaced}|{unspaced}" if unspaced else spaced)


def _joined(table: str) -> str:
    return "|".join(_folded(phrase) for language in _TABLES.get(table, {}).values() for phrase in language)


def _folded(phrase: str) -> str:
    return phrase.casefold() if phrase.isascii() else _without_accents(phrase.casefold())
