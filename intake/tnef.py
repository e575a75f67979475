"""Outlook's winmail.dat ([MS-OXTNEF]) to the text and the files inside it.

Read by our own code: the library for it loops for hours over 29 bytes that announce four thousand million
properties, and cuts the last zeros off files. Every count here is bounded by the bytes that are left.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.charsets import clean, decode_text
from intake.html_text import html_to_text
from intake.rtf import text_of_compressed_rtf
from intake.unpacked import File, Unpacked, UnpackedFile, cids_in, guessed_type, richer, written_person

SIGNATURE = b"\x78\x9f\x3e\x22"

_MOST_ATTRIBUTES = 20_000
_DEEPEST = 5
_BROKEN = "its winmail.dat is broken: only what stands before the break could be read"
_TOO_DEEP = "its winmail.dat nests too many messages to be read"
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")  # The interface IMessage.

_SUBJECT, _BODY, _ATTACH_DATA, _ATTACH_TITLE = 0x8004, 0x800C, 0x800F, 0x8010
_NEW_ATTACHMENT, _PROPERTIES, _ATTACH_PROPERTIES, _CODE_PAGE = 0x9002, 0x9003, 0x9005, 0x9007

_PR_SUBJECT, _PR_BODY, _PR_RTF, _PR_HTML, _PR_CODE_PAGE = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
_PR_FILENAME, _PR_LONG_FILENAME, _PR_MIME, _PR_CONTENT_ID = 0x3704, 0x3707, 0x370E, 0x3712
_PR_DATA, _PR_SENDER_NAME, _PR_SENDER_ADDRESS, _PR_SENDER_SMTP = 0x3701, 0x0C1A, 0x0C1F, 0x5D01
_PR_MESSAGE_ID = 0x1035

_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8}
_FIXED |= {0x0040: 8, 0x0048: 16, 0x0001: 0}
_SIZED = {0x000D, 0x001E, 0x001F, 0x0102}
_UNICODE, _MULTIPLE, _NAMED = 0x001F, 0x1000, 0x8000

Properties = dict[int, tuple[int, bytes]]


class _Broken(Exception):
    """The bytes end where more was announced, or are of no known kind."""


@dataclass
class _Reader:
    """Bytes with a place in them; reading past their end is a fault."""

    content: bytes
    place: int = 0

    def take(self, count: int) -> bytes:
        end = self.place + count
        if end > len(self.content):
            raise _Broken
        taken, self.place = self.content[self.place : end], end
        return taken

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "little")

    @property
    def is_done(self) -> bool:
        return self.place >= len(self.content)


@dataclass
class _File:
    """One attachment while its attributes come in."""

    title: bytes = b""
    data: bytes = b""
    properties: Properties = field(default_factory=dict)


def unpack_tnef(content: bytes, *, depth: int = 0) -> Unpacked:
    """Return what is inside; `fault` is set where the bytes are broken, with what stood before the break."""
    if depth >= _DEEPEST:
        return Unpacked(fault=_TOO_DEEP)
    attributes: dict[int, bytes] = {}
    properties: Properties = {}
    files: list[_File] = []
    fault = ""
    try:
        for number, (name, data) in enumerate(_attributes(content)):
            if number >= _MOST_ATTRIBUTES:
                raise _Broken  # noqa: TRY301  # the same fault as the reader's own
            if name == _NEW_ATTACHMENT:
                files.append(_File())
            elif name == _PROPERTIES:
                _read_properties(data, properties)
            elif name in (_ATTACH_DATA, _ATTACH_TITLE, _ATTACH_PROPERTIES):
                _note(files, name, data)
            else:
                attributes.setdefault(name, data)
    except _Broken:
        fault = _BROKEN
    codec = f"cp{int.from_bytes(attributes.get(_CODE_PAGE, b'')[:4], 'little')}"
    unpacked = [_file(each, codec, depth) for each in files]
    html = _html(properties)
    return Unpacked(
        fields=_fields(attributes, properties, codec),
        text=_body(attributes, properties, codec, html),
        files=tuple(unpacked),
        content_ids=cids_in(html),
        fault=fault or next((each.message.fault for each in unpacked if each.message), ""),
    )


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the attributes: level, name, type, length, data and a checksum that nobody needs."""
    reader = _Reader(content)
    if reader.take(len(SIGNATURE)) != SIGNATURE:
        raise _Broken
    reader.take(2)
    while not reader.is_done:
        level, name, _, length = struct.unpack("<BHHI", reader.take(9))
        if level not in (1, 2):
            raise _Broken
        if length > len(content) - reader.place:
            yield name, content[reader.place :]
        yield name, reader.take(length)
        reader.take(2)


def _note(files: list[_File], name: int, data: bytes) -> None:
    if not files:
        files.append(_File())
    if name == _ATTACH_DATA:
        files[-1].data = data
    elif name == _ATTACH_TITLE:
        files[-1].title = data
    else:
        _read_properties(data, files[-1].properties)


def _read_properties(content: bytes, into: Properties) -> None:
    """Note the properties of a block by their tags; named and multiple ones are passed over."""
    reader = _Reader(content)
    for _ in range(reader.number()):
        kind, tag = reader.number(2), reader.number(2)
        if tag >= _NAMED:
            _skip_name(reader)
        values = _values(reader, kind)
        if values and not kind & _MULTIPLE:
            into.setdefault(tag, (kind, values[0]))


def _skip_name(reader: _Reader) -> None:
    """Pass over a property's name: a set's identifier, then a number or a string."""
    reader.take(16)
    is_string = reader.number()
    reader.take(_padded(reader.number()) if is_string else 4)


def _values(reader: _Reader, kind: int) -> list[bytes]:
    base = kind & ~_MULTIPLE
    is_multiple = base != kind
    if base in _SIZED:
        # Each takes four bytes at least, so what is left bounds how many there can be.
        return [_sized(reader) for _ in range(reader.number())]
    if base not in _FIXED:
        raise _Broken
    size = 2 if is_multiple and base in (0x0002, 0x000B) else _FIXED[base]
    count = reader.number() if is_multiple else 1
    return [reader.take(_padded(size * count))]


def _sized(reader: _Reader) -> bytes:
    length = reader.number()
    value = reader.take(length)
    # The last value of a block is not always padded.
    reader.place = min(reader.place + _padded(length) - length, len(reader.content))
    return value


def _padded(length: int) -> int:
    return length + -length % 4


def _text(found: tuple[int, bytes] | None, codec: str) -> str:
    """Return a string property, or the bytes of an attribute of old."""
    if found is None:
        return ""
    kind, value = found
    if kind == _UNICODE:
        return clean(value.decode("utf-16-le", "ignore")).strip()
    return decode_text(value.rstrip(b"\0"), codec).strip()


def _html(properties: Properties) -> str:
    if _PR_HTML not in properties:
        return ""
    kind, value = properties[_PR_HTML]
    if kind == _UNICODE:
        return value.decode("utf-16-le", "ignore")
    page = int.from_bytes(properties.get(_PR_CODE_PAGE, (0, b""))[1][:4], "little")
    return decode_text(value, f"cp{page}", is_html=True)


def _body(attributes: dict[int, bytes], properties: Properties, codec: str, html: str) -> str:
    """Return the fuller of the plain text and what is formatted."""
    plain = _text(properties.get(_PR_BODY), codec) or _text((0, attributes.get(_BODY, b"")), codec)
    if html:
        return richer(plain, html_to_text(html))
    if _PR_RTF in properties:
        return richer(plain, text_of_compressed_rtf(properties[_PR_RTF][1]))
    return plain


def _fields(attributes: dict[int, bytes], properties: Properties, codec: str) -> tuple[tuple[str, str], ...]:
    """Return the header fields of the message inside, as far as it has any."""

    def text(tag: int) -> str:
        return _text(properties.get(tag), codec)

    subject = text(_PR_SUBJECT) or _text((0, attributes.get(_SUBJECT, b"")), codec)
    address = text(_PR_SENDER_SMTP) or text(_PR_SENDER_ADDRESS)
    sender = written_person(text(_PR_SENDER_NAME), address) if "@" in address else ""
    message_id = text(_PR_MESSAGE_ID)
    pairs = (("From", sender), ("Subject", subject), ("Message-ID", message_id))
    return tuple((field_name, value) for field_name, value in pairs if value)


def _file(found: _File, codec: str, depth: int) -> UnpackedFile:
    def property_text(tag: int) -> str:
        return _text(found.properties.get(tag), codec)

    content = found.data or found.properties.get(_PR_DATA, (0, b""))[1]
    title = _text((0, found.title), codec)
    name = property_text(_PR_LONG_FILENAME) or title or property_text(_PR_FILENAME)
    message = None
    if content.startswith(_EMBEDDED):
        content = content[len(_EMBEDDED) :]
        message = unpack_tnef(content, depth=depth + 1)
    kind = "application/ms-tnef" if message else property_text(_PR_MIME) or guessed_type(name)
    return UnpackedFile(File(name, kind, content, property_text(_PR_CONTENT_ID)), message)
