"""A zip: every file in it is a message of its own, within limits; names in it are never used as paths.

Only stored and deflated members are opened: the standard library unpacks other methods without a bound.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from intake.folders.items import LARGEST, Item, as_message, is_as_listed, open_listed
from intake.folders.names import is_system_file
from intake.folders.tree import File, said
from models.message import FetchedMessage, Place

_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, NotImplementedError,
)  # fmt: skip
_OPENED_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_UNPACK = "unpack the zip and put its files into the folder"


@dataclass(frozen=True)
class ZipLimits:
    """How much of one zip is read: of members, of one, of all together, of its table of contents.

    `times_its_size` lets a large zip unpack to so many times its own size; a bomb unpacks to far more.
    """

    members: int = 1_000
    member: int = LARGEST
    total: int = 500_000_000
    table: int = 8_000_000
    times_its_size: int = 0

    def total_of(self, size: int) -> int:
        """Return to how many bytes a zip of a size may unpack."""
        return max(self.total, self.times_its_size * size)


IMPORTED = ZipLimits(members=1_000_000, table=64_000_000, times_its_size=50)
"""What an administrator imports by hand may be of any size; only a bomb is refused."""


class Zip:
    """One zip, open for reading: `count` messages, the zip itself where it cannot be opened as one.

    `holds_back` says whether any of it stays in it unread, `has_missed` whether it was written meanwhile.
    Making one raises OSError where the file cannot be read.
    """

    def __init__(
        self,
        file: File,
        *,
        limits: ZipLimits,
        place: Callable[[str], Place],
        blame: Callable[[OSError], None],
    ) -> None:
        self.file = file
        self.count = 0
        self.holds_back = False
        self.has_missed = False
        self._limits = limits
        self._place = place
        self._blame = blame
        self._members: list[tuple[int, zipfile.ZipInfo]] = []
        self._opened = _Guarded(open_listed(file).detach())
        try:
            self._fault = self._read_table()
        except OSError:
            self._opened.close()
            raise

    def close(self) -> None:
        """Close it."""
        self._opened.close()

    def items(self) -> Iterator[Item]:
        """Yield its members, or itself where it cannot be opened or holds nothing."""
        for item in self._items():
            self.count += 1
            yield item

    def _read_table(self) -> str:
        """Read the table of contents; return why there is nothing to read, nothing where there is."""
        try:
            self._opened.most = self._limits.table
            self._archive = zipfile.ZipFile(self._opened)
        except _BROKEN as error:
            return f"the zip cannot be opened ({_why(error)}); ask for it again, or {_UNPACK}"
        finally:
            self._opened.most = None
        named = enumerate(self._archive.infolist())
        self._members = [(index, member) for index, member in named if _is_file(member)]
        return "" if self._members else "the zip holds no files"

    def _items(self) -> Iterator[Item]:
        uid, arrived_at = self.file.uid, self.file.arrived_at
        if self._fault:
            yield Item(uid, self.file.size, arrived_at, self._read_itself)
            return
        unpacked = 0
        for index, member in self._members[: self._limits.members]:
            unpacked += member.file_size if member.file_size <= self._limits.member else 0
            fault = self._fault_of(member, unpacked)
            self.holds_back |= bool(fault)
            place = self._place(f"{uid}#{index}")
            yield Item(place.uid, member.file_size, arrived_at, partial(self._read, place, member, fault))
        if len(self._members) > self._limits.members:
            self.holds_back = True
            yield Item(f"{uid}#more", 0, arrived_at, self._say_more)

    def _fault_of(self, member: zipfile.ZipInfo, unpacked: int) -> str:
        """Say why a member is not even opened, nothing where it is; `unpacked` counts it and all before."""
        if member.flag_bits & _ENCRYPTED:
            return f"it is in a zip with a password; ask for it without, or {_UNPACK}"
        if member.compress_type not in _OPENED_METHODS:
            return f"it is in a zip made by a method that is not opened; {_UNPACK}"
        if member.file_size > self._limits.member:
            return f"it is larger than {self._limits.member:,} bytes and stays in its zip"
        if unpacked > (most := self._limits.total_of(self.file.size)):
            return f"its zip unpacks to more than {most:,} bytes, and the rest stays in it; {_UNPACK}"
        return "" if member.file_size else "the file is empty"

    def _read(self, place: Place, member: zipfile.ZipInfo, fault: str) -> FetchedMessage | None:
        raw = None
        try:
            if not fault:
                raw, fault = self._unpacked(member)
        except OSError as error:
            self._blame(error)
            fault = f"its zip cannot be read: {said(error)}"
        if fault and not is_as_listed(self.file, self._opened):
            self.has_missed = True
            return None
        self.holds_back |= raw is None
        return as_message(
            place, _last_name(member), raw, arrived_at=self.file.arrived_at, size=member.file_size,
            fault=fault,
        )  # fmt: skip

    def _unpacked(self, member: zipfile.ZipInfo) -> tuple[bytes | None, str]:
        """Return a member's bytes, or why they cannot be had; no more is unpacked than the limit."""
        try:
            with self._archive.open(member) as opened:
                # As much as is asked for may be unpacked at once, whatever the zip says of the size.
                raw = opened.read(min(member.file_size, self._limits.member) + 1)
        except _BROKEN as error:
            return None, f"it is damaged in its zip ({_why(error)}); ask for it again"
        except RuntimeError:
            return None, f"it is in a zip with a password; ask for it without, or {_UNPACK}"
        if len(raw) != member.file_size:
            return None, "it is damaged in its zip (its size is not what the zip says); ask for it again"
        return raw, ""

    def _read_itself(self) -> FetchedMessage | None:
        """Return the zip as a document with its fault, so that an officer sees it."""
        if not is_as_listed(self.file, self._opened):
            self.has_missed = True
            return None
        self._opened.seek(0)
        raw = self._opened.read(self.file.size) if self.file.size <= self._limits.member else None
        self.holds_back |= raw is None
        return self._itself(self.file.uid, raw, self._fault)

    def _say_more(self) -> FetchedMessage:
        count = len(self._members)
        fault = f"the zip holds {count:,} files; all after the first {self._limits.members:,} stay in it"
        return self._itself(f"{self.file.uid}#more", None, f"{fault}; {_UNPACK}")

    def _itself(self, uid: str, raw: bytes | None, fault: str) -> FetchedMessage:
        return as_message(
            self._place(uid), self.file.last_name, raw, arrived_at=self.file.arrived_at,
            size=self.file.size, fault=fault,
        )  # fmt: skip


class _Guarded(io.BufferedReader):
    """An open zip of which not too much is read at once while `most` is set.

    The table of contents is read whole, and is as long as the zip says; who guards its length by looking for
    it must find the same one as the library does, so it is guarded where the library reads it.
    """

    most: int | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; raises BadZipFile where more is wanted than may be."""
        if self.most is not None and size is not None and size > self.most:
            raise zipfile.BadZipFile("its table of contents is too long")
        return super().read(size)


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Say whether a member is somebody's file: no folder, nothing that macOS or Windows put there."""
    is_of_system = is_system_file(_last_name(member)) or member.filename.startswith("__MACOSX/")
    is_folder = member.filename.endswith(("/", "\\")) and not member.file_size
    return not is_folder and not is_of_system


def _last_name(member: zipfile.ZipInfo) -> str:
    """Return what people call a member; zips made on Windows may part folders by backslashes."""
    return member.filename.replace("\\", "/").rpartition("/")[2]


def _why(error: Exception) -> str:
    return str(error)[:100] or type(error).__name__
