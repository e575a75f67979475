"""Writes Outlook's .msg files ([MS-OXMSG] in [MS-CFB]), for tests/mail and the tests of the reader."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

_SECTOR, _MINI, _CUT_OFF = 512, 64, 4096
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Storage = dict[str, "bytes | Storage"]
Value = str | bytes | int | datetime


@dataclass(frozen=True)
class MsgFile:
    """An attached file: its properties, and the message that it is where it is one."""

    properties: Mapping[int, Value]
    message: "Storage | None" = None


@dataclass(frozen=True)
class Msg:
    """What a message holds: properties by their tags, recipients, files."""

    properties: Mapping[int, Value]
    recipients: Sequence[Mapping[int, Value]] = ()
    files: Sequence[MsgFile] = field(default_factory=tuple)
    is_unicode: bool = True


def msg(message: Msg) -> bytes:
    """Return a .msg file."""
    return compound_file(message_storage(message, header=32))


def message_storage(message: Msg, *, header: int = 24) -> Storage:
    """Return the storage of a message; one inside another has a shorter header."""
    head = struct.pack("<8x4I", len(message.recipients), len(message.files), len(message.recipients),
                       len(message.files)).ljust(header, b"\0")  # fmt: skip
    storage = _properties(message.properties, head, is_unicode=message.is_unicode)
    for number, recipient in enumerate(message.recipients):
        storage[f"__recip_version1.0_#{number:08X}"] = _properties(
            recipient, bytes(8), is_unicode=message.is_unicode
        )
    for number, file in enumerate(message.files):
        inner = _properties(file.properties, bytes(8), is_unicode=message.is_unicode)
        if file.message is not None:
            inner["__substg1.0_3701000D"] = file.message
        storage[f"__attach_version1.0_#{number:08X}"] = inner
    storage["__nameid_version1.0"] = {"__substg1.0_00020102": b"", "__substg1.0_00030102": b""}
    return storage


def _properties(values: Mapping[int, Value], head: bytes, *, is_unicode: bool) -> Storage:
    storage: Storage = {}
    rows = []
    for tag, value in values.items():
        kind, stored, content = _stored(value, is_unicode=is_unicode)
        rows.append(struct.pack("<HHI", kind, tag, 6) + stored)
        if content is not None:
            storage[f"__substg1.0_{tag:04X}{kind:04X}"] = content
    storage["__properties_version1.0"] = head + b"".join(rows)
    return storage


def _stored(value: Value, *, is_unicode: bool) -> tuple[int, bytes, bytes | None]:
    if isinstance(value, int):
        return 0x0003, struct.pack("<Ii", value, 0), None
    if isinstance(value, datetime):
        ticks = int((value - _EPOCH).total_seconds()) * 10_000_000
        return 0x0040, struct.pack("<Q", ticks), None
    if isinstance(value, str) and is_unicode:
        content = value.encode("utf-16-le")
        return 0x001F, struct.pack("<II", len(content) + 2, 0), content
    content = value.encode("cp1252", "replace") if isinstance(value, str) else value
    kind = 0x001E if isinstance(value, str) else 0x0102
    return kind, struct.pack("<II", len(content), 0), content


@dataclass
class _Entry:
    name: str
    content: bytes | None
    children: list[int] = field(default_factory=list)
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END


def compound_file(root: Storage) -> bytes:
    """Return a compound file that holds a tree of storages and streams."""
    entries = [_Entry("Root Entry", None)]
    _list(root, 0, entries)
    mini, sectors, fat = bytearray(), bytearray(), []
    mini_fat: list[int] = []
    for entry in entries:
        if entry.content is None or not entry.content:
            continue
        if len(entry.content) < _CUT_OFF:
            entry.start = _put(mini, mini_fat, entry.content, _MINI)
        else:
            entry.start = _put(sectors, fat, entry.content, _SECTOR)
    mini_start = _put(sectors, fat, bytes(mini), _SECTOR) if mini else _END
    entries[0].start = mini_start
    directory = b"".join(_directory_entry(each, len(mini)) for each in entries)
    directory += _directory_entry(_Entry("", None), 0, is_used=False) * (-len(entries) % 4)
    directory_start = _put(sectors, fat, directory, _SECTOR)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    table += struct.pack("<I", _FREE) * (-len(mini_fat) % 128)
    mini_fat_start = _put(sectors, fat, table, _SECTOR) if mini_fat else _END
    return _whole(sectors, fat, directory_start, mini_fat_start, len(table) // _SECTOR)


def _list(storage: Storage, parent: int, entries: list[_Entry]) -> None:
    numbers = []
    # Names are ordered by length, then by letters ([MS-CFB] 2.6.4).
    for name in sorted(storage, key=lambda each: (len(each), each.upper())):
        held = storage[name]
        numbers.append(len(entries))
        entries.append(_Entry(name, held if isinstance(held, bytes) else None))
        if not isinstance(held, bytes):
            _list(held, numbers[-1], entries)
    entries[parent].child = _balance(numbers, entries)


def _balance(numbers: list[int], entries: list[_Entry]) -> int:
    """Make a search tree of sorted entries; return its top."""
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entries[numbers[middle]].left = _balance(numbers[:middle], entries)
    entries[numbers[middle]].right = _balance(numbers[middle + 1 :], entries)
    return numbers[middle]


def _put(into: bytearray, table: list[int], content: bytes, size: int) -> int:
    start = len(table)
    count = -(-len(content) // size)
    into += content + bytes(count * size - len(content))
    table.extend([*range(start + 1, start + count), _END])
    return start


def _directory_entry(entry: _Entry, mini_size: int, *, is_used: bool = True) -> bytes:
    name = f"{entry.name}\0".encode("utf-16-le") if is_used else b""
    is_root = entry.name == "Root Entry"
    kind = (5 if is_root else 1 if entry.content is None else 2) if is_used else 0
    size = mini_size if is_root else len(entry.content or b"")
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(name), kind, 1, entry.left, entry.right, entry.child)
        + bytes(36)
        + struct.pack("<IQ", entry.start if kind in (2, 5) and size else _END if kind else 0, size)
    )


def _whole(
    sectors: bytearray, fat: list[int], directory_start: int, mini_fat_start: int, mini_fat_count: int
) -> bytes:
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    places = range(len(fat), len(fat) + count)
    table = [*fat, *[_FAT] * count]
    table += [_FREE] * (count * 128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<9I", 0, count, directory_start, 0, _CUT_OFF, mini_fat_start, mini_fat_count, _END, 0
    )
    header += struct.pack("<109I", *[*places, *[_FREE] * (109 - count)])
    return header + bytes(sectors) + struct.pack(f"<{len(table)}I", *table)
