"""Messages on disk one by one: listed cheaply, read when the ledger does not hold them, in small batches."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from itertools import islice
from typing import BinaryIO, TypeVar

from intake.folders.names import is_mail, shown_name
from intake.folders.tree import File
from intake.received import received_by_us
from models.message import FetchedMessage, Place

LARGEST = 50_000_000
HEAD_BYTES = 64 * 1024
_BATCH = 50
_NAMELESS = "unnamed"
_LARGEST_BATCH_BYTES = 16_000_000
_ASKED_AT_ONCE = 500

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Item:
    """A message to be: what the ledger knows it by, how large it is, and how it is read.

    `read` returns None where it is gone by now, or written again; the next poll sees what has become of it.
    """

    uid: str
    size: int
    arrived_at: datetime | None
    read: Callable[[], FetchedMessage | None]


def read_whole(file: File) -> bytes | None:
    """Return a file's bytes; None where it is gone, or no longer what was listed.

    Raises OSError where it is there and cannot be read.
    """
    try:
        with open_listed(file) as opened:
            raw = opened.read(file.size + 1) if is_as_listed(file, opened) else b""
            return raw if is_as_listed(file, opened) and len(raw) == file.size else None
    except FileNotFoundError:
        return None


def read_head(file: File) -> bytes:
    """Return how a file begins, nothing where it cannot be read."""
    try:
        with open_listed(file) as opened:
            return opened.read(HEAD_BYTES) if is_as_listed(file, opened) else b""
    except OSError:
        return b""  # It is only glimpsed, and what is wrong with it is known already.


def open_listed(file: File) -> BufferedReader:
    """Open a file for reading; a name that has become a link or a pipe is not followed or waited for."""
    return os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def is_as_listed(file: File, opened: BinaryIO) -> bool:
    """Say whether what is open is still the file that was listed."""
    about = os.fstat(opened.fileno())
    is_same = (about.st_size, about.st_mtime_ns) == (file.size, file.mtime_ns)
    return is_same and stat.S_ISREG(about.st_mode)


def as_message(
    place: Place, name: str, raw: bytes | None, *, arrived_at: datetime | None, size: int, fault: str = ""
) -> FetchedMessage:
    """Return what a file holds as a message: mail as mail, anything else as a document with its name.

    Mail came when our server received it, if it says so; a document when it was put where it is.
    """
    if is_mail(name):
        arrived_at = None if received_by_us(raw) else arrived_at
    filename = "" if is_mail(name) else shown_name(name) or _NAMELESS
    return FetchedMessage(place, raw, arrived_at, size, fault or None, filename)


def in_batches(
    items: Iterable[Item], *, ask: Callable[[list[str]], list[str]], known: set[str]
) -> Iterator[list[FetchedMessage]]:
    """Read what the ledger, being asked, does not hold; batches are small in number and in bytes.

    `known` gains what the ledger holds. A batch counts as held when the next is asked for: by then it is
    committed, or whoever reads has stopped.
    """
    items = iter(items)
    while chunk := list(islice(items, _ASKED_AT_ONCE)):
        unknown = set(ask([item.uid for item in chunk]))
        known.update(item.uid for item in chunk if item.uid not in unknown)
        for group in part((item for item in chunk if item.uid in unknown), lambda item: item.size):
            batch = [message for item in group if (message := item.read()) is not None]
            if batch:
                yield batch
                known.update(message.place.uid for message in batch)


def part(each: Iterable[Thing], size_of: Callable[[Thing], int]) -> Iterator[list[Thing]]:
    """Part things so that what is held at once stays small in memory; a large one is alone."""
    group: list[Thing] = []
    taken = 0
    for thing in each:
        size = size_of(thing)
        if group and (len(group) == _BATCH or taken + size > _LARGEST_BATCH_BYTES):
            yield group
            group, taken = [], 0
        group.append(thing)
        taken += size
    if group:
        yield group
