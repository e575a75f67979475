"""Outlook's .msg ([MS-OXMSG]) to the header fields, the text and the files inside it.

The one file that knows python-oxmsg, which reads the storages; their values are read here, tolerantly. Its
ground, olefile, trusts the sizes that a file declares, so they are held against the file's own size first.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.utils import format_datetime

from olefile import OleFileIO
from oxmsg.storage import Storage

from intake.charsets import clean, decode_text
from intake.html_text import html_to_text
from intake.rtf import text_of_compressed_rtf
from intake.unpacked import File, Unpacked, UnpackedFile, cids_in, guessed_type, richer, written_person

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARK = "__properties_version1.0".encode("utf-16-le")
"""What only messages have among the compound files, of which Word's of old are some too."""

_MOST_ENTRIES = 5_000
_DEEPEST = 5
_ROOM = 1_000_000
_BROKEN = "its .msg file is broken and cannot be read"
_TOO_DEEP = "its .msg file nests too many messages to be read"

_CLASS, _SUBJECT, _HEADERS, _BODY, _RTF, _HTML = 0x001A, 0x0037, 0x007D, 0x1000, 0x1009, 0x1013
_MESSAGE_ID, _IN_REPLY_TO, _REFERENCES = 0x1035, 0x1042, 0x1039
_SUBMITTED, _DELIVERED, _CODE_PAGE, _BODY_CODE_PAGE = 0x0039, 0x0E06, 0x3FFD, 0x3FDE
_SENDERS = ((0x0C1A, (0x5D01, 0x0C1F)), (0x0042, (0x5D02, 0x0065)))
_NAME, _ADDRESSES, _RECIPIENT_TYPE = 0x3001, (0x39FE, 0x3003), 0x0C15
_DATA, _FILENAMES, _MIME, _CONTENT_ID = 0x3701, (0x3707, 0x3704, 0x3001), 0x370E, 0x3712
_RECIPIENT_FIELDS = {1: "To", 2: "Cc"}

_AT_THE_TOP, _INSIDE, _OTHERS = 32, 24, 8
"""Where the fixed values start in the stream of properties ([MS-OXMSG] 2.4)."""

_FIRST_INSTANT = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST_TICKS = 10**7 * 86_400 * 366 * 600


def unpack_msg(content: bytes) -> Unpacked:
    """Return what is inside; nothing but `fault` where it cannot be read."""
    try:
        return _message(_storage(content), header=_AT_THE_TOP, depth=0)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error, OverflowError):
        # Whatever a broken file makes the libraries raise.
        return Unpacked(fault=_BROKEN)
    except RecursionError:
        return Unpacked(fault=_TOO_DEEP)


def _storage(content: bytes) -> Storage:
    _check_header(content)
    with OleFileIO(content) as ole:
        sizes = [entry.size for entry in ole.direntries if entry is not None]
        if len(sizes) > _MOST_ENTRIES or sum(sizes) > 2 * len(content) + _ROOM:
            raise ValueError("its directory declares more than the file can hold")
        storage: Storage = Storage.from_ole(ole)
        return storage


def _check_header(content: bytes) -> None:
    """Refuse a header that declares tables larger than the file ([MS-CFB] 2.2)."""
    (shift,) = struct.unpack_from("<H", content, 30)
    fat, mini_fat, more_fat = (struct.unpack_from("<I", content, place)[0] for place in (44, 64, 72))
    if shift not in (9, 12) or (fat + mini_fat + more_fat << shift) > 2 * len(content) + _ROOM:
        raise ValueError("its header declares more than the file can hold")


class _Values:
    """The properties of one storage."""

    def __init__(self, storage: Storage, header: int, codec: str = "") -> None:
        self._streams = {stream.name.lower(): stream.bytes_ for stream in storage.streams}
        self._fixed = {}
        segments = self._streams.get("__properties_version1.0", b"")[header:]
        for place in range(0, len(segments) - 15, 16):
            tag, value = struct.unpack_from("<2xH4x8s", segments, place)
            self._fixed[tag] = value
        self.codec = codec or f"cp{self.number(_CODE_PAGE)}"

    def binary(self, tag: int) -> bytes:
        return self._streams.get(f"__substg1.0_{tag:04x}0102", b"")

    def number(self, tag: int) -> int:
        return int.from_bytes(self._fixed.get(tag, b"")[:4], "little")

    def instant(self, tag: int) -> datetime | None:
        ticks = int.from_bytes(self._fixed.get(tag, b""), "little")
        return _FIRST_INSTANT + timedelta(microseconds=ticks // 10) if 0 < ticks < _LATEST_TICKS else None

    def text(self, *tags: int) -> str:
        """Return the first string that is not empty."""
        for tag in tags:
            wide = self._streams.get(f"__substg1.0_{tag:04x}001f")
            if wide is not None:
                value = clean(wide.decode("utf-16-le", "ignore"))
            else:
                value = decode_text(self._streams.get(f"__substg1.0_{tag:04x}001e", b""), self.codec)
            if value.strip():
                return value.strip()
        return ""


def _message(storage: Storage, *, header: int, depth: int) -> Unpacked:
    if depth >= _DEEPEST:
        return Unpacked(fault=_TOO_DEEP)
    values = _Values(storage, header)
    html = _html(values)
    files = tuple(_files(storage, values.codec, depth))
    return Unpacked(
        fields=tuple(_fields(storage, values)),
        text=_text(values, html),
        files=files,
        content_ids=cids_in(html),
        kind=values.text(_CLASS),
        fault=next((each.message.fault for each in files if each.message), ""),
    )


def _html(values: _Values) -> str:
    page = values.number(_BODY_CODE_PAGE)
    written = values.binary(_HTML)
    return decode_text(written, f"cp{page}", is_html=True) if written else values.text(_HTML)


def _text(values: _Values, html: str) -> str:
    """Return the fuller of the plain text and what is formatted."""
    plain = values.text(_BODY)
    if html:
        return richer(plain, html_to_text(html))
    packed = values.binary(_RTF)
    return richer(plain, text_of_compressed_rtf(packed)) if packed else plain


def _fields(storage: Storage, values: _Values) -> Iterator[tuple[str, str]]:
    """Yield the header fields as they travelled, or as the properties have them."""
    travelled = message_from_string(values.text(_HEADERS)).items()
    names = {name.lower() for name, _ in travelled}
    yield from ((name, str(value)) for name, value in travelled)
    for name, value in _fields_of_properties(storage, values):
        if value and name.lower() not in names:
            yield name, value


def _fields_of_properties(storage: Storage, values: _Values) -> Iterator[tuple[str, str]]:
    senders = (_person(values, name, addresses) for name, addresses in _SENDERS)
    yield "From", next(filter(None, senders), "")
    people: dict[str, list[str]] = {"To": [], "Cc": []}
    for each in storage.iter_recipient_storages():
        of_recipient = _Values(each, _OTHERS, values.codec)
        name = _RECIPIENT_FIELDS.get(of_recipient.number(_RECIPIENT_TYPE))
        if name:
            people[name].append(_person(of_recipient, _NAME, _ADDRESSES))
    yield from ((name, ", ".join(filter(None, written))) for name, written in people.items())
    yield "Subject", values.text(_SUBJECT)
    submitted, delivered = values.instant(_SUBMITTED), values.instant(_DELIVERED)
    yield "Date", format_datetime(submitted) if submitted else ""
    yield "Received", f"by Outlook; {format_datetime(delivered)}" if delivered else ""
    for name, tag in (
        ("Message-ID", _MESSAGE_ID),
        ("In-Reply-To", _IN_REPLY_TO),
        ("References", _REFERENCES),
    ):
        yield name, values.text(tag)


def _person(values: _Values, name: int, addresses: tuple[int, ...]) -> str:
    """Write a person as a header does; addresses within one Exchange are no addresses to anybody else."""
    address = next((found for tag in addresses if "@" in (found := values.text(tag))), "")
    return written_person(values.text(name), address) if address else ""


def _files(storage: Storage, codec: str, depth: int) -> Iterator[UnpackedFile]:
    for each in storage.iter_attachment_storages():
        values = _Values(each, _OTHERS, codec)
        name = values.text(*_FILENAMES)
        inner = next((inside for inside in each.storages if inside.name.endswith(f"{_DATA:04X}000D")), None)
        kind = values.text(_MIME) or guessed_type(name)
        yield UnpackedFile(
            File(name, kind, values.binary(_DATA), values.text(_CONTENT_ID)),
            _message(inner, header=_INSIDE, depth=depth + 1) if inner else None,
        )
