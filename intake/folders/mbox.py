"""An mbox file of any size, read in constant memory; when it grows, only what is new is read."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from intake.folders.base import Clock, OnDisk
from intake.folders.items import HEAD_BYTES, LARGEST, part
from intake.folders.mbox_lines import after_line, beginnings
from intake.folders.quiet import Quiet
from intake.folders.tree import File, said
from models.errors import MailboxUnavailable
from models.message import FetchedMessage, Listed, Place
from models.ports import Ledger

_FINGERPRINT = 4_096
_KEY_LENGTH = 8
_MOST_BLANK = 100


@dataclass(slots=True)
class _Reading:
    """How far an mbox has been read: up to the last message, which may still have been growing.

    `begin` is where that one begins, `last` its key, empty where it was not taken; `twins` counts equal ones.
    """

    size: int = -1
    mtime_ns: int = 0
    begin: int = 0
    last: bytes = b""
    fingerprint: bytes = b""
    twins: dict[bytes, int] = field(default_factory=dict)

    def count(self, digest: bytes, begin: int) -> int:
        """Take a message, and return the how manieth of its bytes it is."""
        self.begin, self.last = begin, digest[:_KEY_LENGTH]
        self.twins[self.last] = self.twins.get(self.last, 0) + 1
        return self.twins[self.last]

    def resume(self) -> None:
        """Be about to read the last message once more."""
        if self.last:
            self.twins[self.last] -= 1
            self.last = b""


class MboxFile(OnDisk):
    """An mbox file; each message is known by its own bytes, since places shift when others are deleted.

    The bytes are kept as they stand in the file, `>From ` too: who quoted it cannot be told. With a clock,
    the last message waits until nobody has written for a while.
    """

    def __init__(
        self, account: str, path: Path, *, clock: Clock | None = None, largest: int = LARGEST
    ) -> None:
        super().__init__(account, path)
        self._quiet = Quiet(clock)
        self._largest = largest
        self._reading = _Reading()

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the messages that the ledger does not hold, in the order of the file."""
        ask = self._asking(ledger)
        # Whoever breaks off leaves an empty reading behind, and the next poll reads everything again.
        reading, self._reading = self._reading, _Reading()
        with self._opened() as descriptor:
            about = os.fstat(descriptor)
            if (about.st_size, about.st_mtime_ns) != (reading.size, reading.mtime_ns):
                if _fingerprint(descriptor, reading.begin) != reading.fingerprint:
                    reading = _Reading()
                yield from _unknown(self._messages(descriptor, reading), ask)
                reading.fingerprint = _fingerprint(descriptor, reading.begin)
                if reading.last:
                    reading.size, reading.mtime_ns = about.st_size, about.st_mtime_ns
        self._reading = reading

    def listing(self) -> Iterator[Listed]:
        """Yield every message that could be taken now; to know it, its bytes are read and let go."""
        with self._opened() as descriptor:
            for each in self._messages(descriptor, _Reading()):
                yield Listed(each.place, each.size)

    def again(self, place: Place) -> FetchedMessage | None:
        """Read one message once more, None where it does not show any longer."""
        return next((each for each in self.messages() if each.place == place), None)

    def messages(self) -> Iterator[FetchedMessage]:
        """Yield every message of the file, in order."""
        with self._opened() as descriptor:
            yield from self._messages(descriptor, _Reading())

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        with self._opened() as descriptor:
            return f"the mbox file {self._where}: {os.fstat(descriptor).st_size:,} bytes"

    def _messages(self, descriptor: int, reading: _Reading) -> Iterator[FetchedMessage]:
        """Yield the messages from where a reading ended, and move it on."""
        reading.resume()
        for begin, end in _spans(descriptor, reading.begin):
            if end is None and not self._is_quiet(descriptor):
                reading.begin, reading.last = begin, b""
                return
            yield self._message(descriptor, reading, begin, end or os.fstat(descriptor).st_size)

    def _message(self, descriptor: int, reading: _Reading, begin: int, end: int) -> FetchedMessage:
        start = after_line(descriptor, begin)
        size = max(0, end - start)
        raw = _without_last_line(os.pread(descriptor, min(size, self._largest), start))
        fault = "it is empty" if not raw.strip() else None
        # The empty line before the next message belongs to the file, and may come and go.
        digest = hashlib.sha256(raw.rstrip())
        if size > self._largest:
            fault = f"it is larger than {self._largest:,} bytes and stays in its mbox file"
            digest.update(str(size).encode())
        number = reading.count(digest.digest(), begin)
        place = self._place(f"{digest.hexdigest()}-{number}")
        if fault:
            return FetchedMessage(place, None, None, size, fault, head=raw[:HEAD_BYTES])
        return FetchedMessage(place, raw, None, len(raw))

    def _is_quiet(self, descriptor: int) -> bool:
        about = os.fstat(descriptor)
        uid = f"{about.st_size}:{about.st_mtime_ns}"
        file = File(str(self._path.parent), self._path.name, about.st_size, about.st_mtime_ns, uid)
        return self._quiet.is_quiet(file)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the file, and turn whatever goes wrong with it into MailboxUnavailable."""
        where = f"the mbox file {self._where}"
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise MailboxUnavailable(f"{where} does not exist; correct its path") from error
        except OSError as error:
            raise MailboxUnavailable(f"{where} cannot be read: {said(error)}") from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise MailboxUnavailable(f"{where} is no file; correct its path")
            yield descriptor
        except OSError as error:
            raise MailboxUnavailable(f"{where} cannot be read: {said(error)}") from error
        finally:
            os.close(descriptor)


def _spans(descriptor: int, start: int) -> Iterator[tuple[int, int | None]]:
    """Yield where each message begins and ends; the last one ends where the file does, which may move."""
    begin = start
    for offset in beginnings(descriptor, start):
        if offset > begin and not _is_blank(descriptor, begin, offset):
            yield begin, offset
        begin = offset
    if os.fstat(descriptor).st_size > begin:
        yield begin, None


def _is_blank(descriptor: int, begin: int, end: int) -> bool:
    """Say whether there are but a few empty lines, as some programs leave at the beginning of the file."""
    return end - begin < _MOST_BLANK and not os.pread(descriptor, end - begin, begin).strip()


def _unknown(
    messages: Iterable[FetchedMessage], ask: Callable[[list[str]], list[str]]
) -> Iterator[list[FetchedMessage]]:
    for batch in part(messages, lambda message: len(message.raw or b"")):
        unknown = set(ask([each.place.uid for each in batch]))
        if fresh := [each for each in batch if each.place.uid in unknown]:
            yield fresh


def _without_last_line(raw: bytes) -> bytes:
    """Take off the empty line that stands before the next message."""
    if raw.endswith(b"\r\n\r\n"):
        return raw[:-2]
    return raw[:-1] if raw.endswith(b"\n\n") else raw


def _fingerprint(descriptor: int, upto: int) -> bytes:
    """Return a cheap sign of whether what stands before an offset is still the same."""
    if upto == 0:
        return b""
    head = os.pread(descriptor, min(_FINGERPRINT, upto), 0)
    tail = os.pread(descriptor, min(_FINGERPRINT, upto), max(0, upto - _FINGERPRINT))
    return hashlib.sha256(head + b"\0" + tail).digest()
