"""Forms as values: fields with their labels, and what was typed into them, checked; no Flask, no record."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

LARGEST_NUMBER = 2**63 - 1
"""No record has a greater one; to ask a database for it is a fault in itself."""

_LONGEST_LINE = 500
_LONGEST_TEXT = 100_000
_KEPT = {"\n", "\t"}


class Kind(StrEnum):
    """What a field is on the page."""

    LINE = "line"
    TEXT = "text"
    ONE = "one"
    LIST = "list"
    SEVERAL = "several"
    TICK = "tick"
    DAY = "day"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Option:
    """One of several things to choose; `key` is the key that chooses it."""

    value: str
    text: str
    hint: str = ""
    key: str = ""


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for; `needed` is what is said where it is missing, empty where it may be.

    `value` is what stands in it before anybody types. `option` is the name under which casework knows it,
    where that is another.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    options: tuple[Option, ...] = ()
    needed: str = ""
    value: str | tuple[str, ...] = ""
    rows: int = 4
    option: str = ""
    autocomplete: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed: `texts` as it was, by the names of the page; `said` as values; `faults` by field."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def read_form(fields: Sequence[Field], posted: Callable[[str], Sequence[str]]) -> Typed:
    """Read what was posted; `posted` returns the values under a name."""
    texts = {name: tuple(map(tidy, posted(name))) for each in fields for name in names_of(each)}
    said: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for each in fields:
        try:
            said[each.name] = _value(each, texts)
        except ValueError as error:
            faults[each.name] = str(error)
    return Typed(texts, said, faults)


def prefilled(fields: Sequence[Field]) -> Typed:
    """Return a form as it is before anybody types."""
    texts: dict[str, tuple[str, ...]] = {}
    for each in fields:
        given = each.value if isinstance(each.value, tuple) else (each.value,) if each.value else ()
        if each.kind is Kind.DAY and given:
            day = date.fromisoformat(given[0])
            texts |= dict(
                zip(names_of(each), [(str(day.day),), (str(day.month),), (str(day.year),)], strict=True)
            )
        else:
            texts[each.name] = given
    return Typed(texts)


def names_of(each: Field) -> tuple[str, ...]:
    """Return the names under which a field is posted: a day is three."""
    if each.kind is Kind.DAY:
        return (f"{each.name}-day", f"{each.name}-month", f"{each.name}-year")
    return (each.name,)


def tidy(typed: str) -> str:
    """Return what was typed with line ends of one kind, without control characters: no record takes them."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in plain if each in _KEPT or unicodedata.category(each) not in {"Cc", "Cs"})


def _value(each: Field, texts: Mapping[str, tuple[str, ...]]) -> Any:
    given = texts.get(each.name, ())
    if each.kind is Kind.DAY:
        return _day(each, [next(iter(texts[name]), "").strip() for name in names_of(each)])
    if each.kind is Kind.TICK:
        return bool(given)
    if each.kind is Kind.SEVERAL:
        known = {option.value for option in each.options}
        return tuple(value for value in given if value in known)
    text = next(iter(given), "").strip()
    if each.kind in {Kind.ONE, Kind.LIST}:
        return _chosen(each, text, is_given=bool(given))
    longest = _LONGEST_TEXT if each.kind is Kind.TEXT else _LONGEST_LINE
    if len(text) > longest:
        raise ValueError(f"{each.label} must be {longest:,} characters or fewer")
    if each.needed and not text:
        raise ValueError(each.needed)
    return text if each.kind is Kind.TEXT else " ".join(text.split())


def _chosen(each: Field, text: str, *, is_given: bool) -> str:
    is_known = is_given and text in {option.value for option in each.options}
    if (text and not is_known) or (each.needed and not is_known):
        raise ValueError(each.needed or f"Choose one of those listed under “{each.label}”")
    return text


def _day(each: Field, parts: Sequence[str]) -> date | None:
    if not any(parts):
        if each.needed:
            raise ValueError(each.needed)
        return None
    # Two digits of a year are taken as they are usually meant.
    day, month, year = (part if part.isascii() and part.isdigit() else "0" for part in parts)
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004
    except (ValueError, OverflowError):
        raise ValueError(f"{each.label} must be a real date, such as 27 3 2026") from None
