"""Header fields read tolerantly: no field, however odd, spoils a message (docs/mail.md)."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from intake.charsets import clean, decode_text, known_codec
from models.message import Person

_ENCODED_WORD = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*)\?=")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]@]{1,200}@[^\s<>\"'(),;:\[\]@]{1,255}")
_NAME_AND_ADDRESS = re.compile(
    r"^\s*(?P<name>[^<>@]*?)\s*<\s*(?P<address>[^<>\s@]{1,200}@[^<>\s@]{1,255})\s*>[^<>]*$"
)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_WHITE = re.compile(r"\s+")

_LONGEST_FIELD = 20_000
_LONGEST_ADDRESS_FIELD = 10_000
_MOST_ADDRESSES = 200
_MOST_IDS = 100
_LONGEST_ID = 900
_FIRST_YEAR = 1970


class Headers:
    """The fields of one message or part, by lower-case name, as the bytes had them."""

    def __init__(self, fields: Iterable[tuple[str, object]]) -> None:
        self._fields: dict[str, list[str]] = {}
        self._people: dict[str, tuple[Person, ...]] = {}
        for name, value in fields:
            # The standard library hands raw 8-bit bytes over as lone surrogates.
            self._fields.setdefault(name.lower(), []).append(str(value)[:_LONGEST_FIELD])

    def __contains__(self, name: str) -> bool:
        """Say whether the field is there at all, even empty."""
        return name.lower() in self._fields

    def count(self, name: str) -> int:
        """Return how often the field is there."""
        return len(self._fields.get(name.lower(), ()))

    def all(self, name: str) -> tuple[str, ...]:
        """Return every field of that name from the top, unfolded but undecoded."""
        return tuple(_WHITE.sub(" ", value).strip() for value in self._fields.get(name.lower(), ()))

    def raw(self, name: str) -> str:
        """Return the first field of that name, unfolded but undecoded, empty where there is none."""
        values = self._fields.get(name.lower(), [""])
        return _WHITE.sub(" ", values[0]).strip()

    def text(self, name: str) -> str:
        """Return the first field of that name as a person reads it."""
        return decode_field(self.raw(name))

    def people(self, name: str) -> tuple[Person, ...]:
        """Return everybody that the field names who has an address."""
        if name not in self._people:
            self._people[name] = read_people(self.raw(name))
        return self._people[name]

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the Message-IDs that the field holds, with their angle brackets."""
        # Some programs write ids over 78 characters as encoded words (fact 32).
        found = _MESSAGE_ID.findall(self.text(name))
        return tuple(dict.fromkeys(each for each in found[:_MOST_IDS] if len(each) <= _LONGEST_ID))

    def instant(self, name: str) -> datetime | None:
        """Return the field's date in UTC, None where it is missing, junk or absurd."""
        return read_instant(self.raw(name).rpartition(";")[2])


def decode_field(value: str) -> str:
    """Decode RFC 2047 encoded words and raw 8-bit bytes; the result is one clean line."""
    return _WHITE.sub(" ", clean("".join(_pieces(value)).replace("\x00", ""))).strip()


def read_people(value: str) -> tuple[Person, ...]:
    """Read an address field; an unquoted comma in a name does not split the person."""
    value = value[:_LONGEST_ADDRESS_FIELD]
    alone = _NAME_AND_ADDRESS.match(value)
    if alone:
        return (_person(alone["name"].strip().strip('"'), alone["address"]),)
    pairs = [(name, address) for name, address in _all_addresses(value) if "@" in address]
    if not pairs:
        pairs = [("", address) for address in _ADDRESS.findall(decode_field(value))]
    people = [_person(name, address) for name, address in pairs[:_MOST_ADDRESSES]]
    return tuple({person.address: person for person in reversed(people)}.values())[::-1]


def read_instant(value: str) -> datetime | None:
    """Read an RFC 5322 date; a date without a zone is taken as UTC."""
    try:
        instant = parsedate_to_datetime(value.strip())
        aware = instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return aware if aware.year >= _FIRST_YEAR else None


def _all_addresses(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except (ValueError, IndexError, TypeError, RecursionError):
        return []


def tidy_address(address: str) -> str:
    """Return an address without what surrounds it, its domain in lower case (RFC 5321, 2.4)."""
    local, at, domain = decode_field(address).strip("<>'\";,. ").rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _person(name: str, address: str) -> Person:
    shown = decode_field(name).replace('\\"', '"').strip("'\" ")
    return Person(name="" if shown == address else shown, address=tidy_address(address))


def _pieces(value: str) -> Iterable[str]:
    """Yield the decoded pieces; neighbouring words of one charset are joined before decoding."""
    end, pending, charset = 0, b"", ""
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        is_neighbour = bool(pending) and not between.strip()
        if not is_neighbour or word[1].lower() != charset.lower():
            yield _decode_word(pending, charset)
            pending = b""
        if not is_neighbour:
            yield _raw_text(between)
        pending, charset, end = pending + _word_bytes(word), word[1], word.end()
    yield _decode_word(pending, charset)
    yield _raw_text(value[end:])


def _decode_word(content: bytes, charset: str) -> str:
    # RFC 2231 lets a language follow the charset: `utf-8*en`.
    return decode_text(content, charset.partition("*")[0]) if content else ""


def _word_bytes(word: re.Match[str]) -> bytes:
    payload = word[3].encode("utf-8", "surrogateescape")
    if word[2] in "qQ":
        return quopri.decodestring(payload.replace(b"_", b" "), header=False)
    try:
        return base64.b64decode(payload + b"=" * (-len(payload) % 4))
    except (binascii.Error, ValueError):
        return payload


def _raw_text(value: str) -> str:
    content = value.encode("utf-8", "surrogateescape")
    return decode_text(content, known_codec("utf-8")) if not value.isascii() else value
