"""Writes winmail.dat as Outlook does ([MS-OXTNEF]), for tests/mail and the tests of the reader."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

STRING, UNICODE, BINARY, LONG, OBJECT = 0x001E, 0x001F, 0x0102, 0x0003, 0x000D
SUBJECT, BODY, RTF, HTML, CODE_PAGE = 0x0037, 0x1000, 0x1009, 0x1013, 0x3FDE
LONG_FILENAME, MIME, CONTENT_ID, DATA = 0x3707, 0x370E, 0x3712, 0x3701
SENDER_NAME, SENDER_SMTP = 0x0C1A, 0x5D01
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")

Property = tuple[int, int, bytes | str | int]


@dataclass(frozen=True)
class TnefFile:
    """A file to attach; `properties` are further MAPI properties of it."""

    title: str
    content: bytes
    properties: Sequence[Property] = ()


def tnef(
    *,
    body: bytes | None = None,
    properties: Sequence[Property] = (),
    files: Sequence[TnefFile] = (),
    code_page: int = 1252,
) -> bytes:
    """Return a winmail.dat."""
    pieces = [
        struct.pack("<IH", 0x223E9F78, 1),
        attribute(1, 0x9006, 8, struct.pack("<I", 0x00010000)),
        attribute(1, 0x9007, 6, struct.pack("<II", code_page, 0)),
        attribute(1, 0x8008, 7, b"IPM.Microsoft Mail.Note\0"),
    ]
    if body is not None:
        pieces.append(attribute(1, 0x800C, 2, body + b"\0"))
    if properties:
        pieces.append(attribute(1, 0x9003, 6, block(properties)))
    for file in files:
        pieces.append(attribute(2, 0x9002, 6, bytes(14)))
        pieces.append(attribute(2, 0x8010, 1, file.title.encode("cp1252", "replace") + b"\0"))
        if file.content:
            pieces.append(attribute(2, 0x800F, 6, file.content))
        if file.properties:
            pieces.append(attribute(2, 0x9005, 6, block(file.properties)))
    return b"".join(pieces)


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    """Return one attribute with its checksum."""
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def block(properties: Sequence[Property]) -> bytes:
    """Return a block of MAPI properties."""
    return struct.pack("<I", len(properties)) + b"".join(_property(*each) for each in properties)


def _property(tag: int, kind: int, value: bytes | str | int) -> bytes:
    head = struct.pack("<HH", kind, tag)
    if isinstance(value, int):
        return head + struct.pack("<I", value)
    if isinstance(value, str):
        value = f"{value}\0".encode("utf-16-le" if kind == UNICODE else "cp1252")
    return head + struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
