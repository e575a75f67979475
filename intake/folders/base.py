"""What mailboxes on disk share: an account, a folder, and files that are left as they are."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from intake.folders.items import LARGEST, Item, in_batches, read_head, read_whole
from intake.folders.names import known_as, readable
from intake.folders.quiet import Quiet
from intake.folders.tree import File, Found, Sealed, Tree, said
from models.errors import MailboxUnavailable
from models.message import FetchedMessage, Listed, Place
from models.ports import Ledger

Clock = Callable[[], datetime]

_MOST_LOOKS = 3


class OnDisk:
    """A mailbox on disk: its name, its path, and nothing done with what is kept."""

    def __init__(self, account: str, path: Path) -> None:
        self._account = account
        self._path = path
        self._folder = known_as(str(path))
        self._where = readable(str(path))

    @property
    def account(self) -> str:
        """The name under which the ledger knows it."""
        return self._account

    @property
    def marks_processed(self) -> bool:
        """Whether anything is done with messages that are kept."""
        return False

    def mark(self, places: Sequence[Place]) -> None:
        """Leave the files as they are."""

    def close(self) -> None:
        """Nothing is held open."""

    def _place(self, uid: str) -> Place:
        return Place(self._account, self._folder, 0, uid)

    def _asking(self, ledger: Ledger) -> Callable[[list[str]], list[str]]:
        return partial(ledger.unknown_uids, self._account, self._folder)


class FilesMailbox(OnDisk):
    """A folder in which every file is a message.

    It remembers which files the ledger holds, so that a poll asks about new ones only. With a clock, files
    that are still being written wait for the next poll; without one, all are taken as they are.
    """

    def __init__(
        self,
        account: str,
        path: Path,
        *,
        clock: Clock | None = None,
        must_hold: str = "",
        largest: int = LARGEST,
        skips: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(account, path)
        self._tree = Tree(path, skips=skips, must_hold=must_hold)
        self._quiet = Quiet(clock)
        self._largest = largest
        self._known: set[str] = set()
        self._last_shown: dict[str, File] | None = None
        self._has_missed = False

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the files that the ledger does not hold, in their order.

        Where one was moved or written while it was read, the folder is looked at again.
        """
        for _ in range(_MOST_LOOKS):
            self._has_missed = False
            yield from self._waiting(self._unknown(list(self._shown())), ledger)
            if not self._has_missed:
                return

    def listing(self) -> Iterator[Listed]:
        """Yield every message that could be taken now."""
        for found in self._shown():
            for item in self._items(found):
                yield Listed(self._place(item.uid), item.size, item.arrived_at)

    def again(self, place: Place) -> FetchedMessage | None:
        """Read one message once more, None where it does not show any longer."""
        for found in self._shown():
            if place.uid == found.uid or place.uid.startswith(f"{found.uid}#"):
                for item in self._items(found):
                    if item.uid == place.uid:
                        return item.read()
        return None

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        count = 0
        for found in self._tree.walk():
            if isinstance(found, Sealed):
                raise MailboxUnavailable(_sealed_fault(found, f"in {self._where} "))
            count += self._is_ours(found)
        return f"the folder {self._where}: {count:,} files"

    def _shown(self) -> Iterator[Found]:
        """Yield the files and sealed subfolders that can be taken now."""
        found = (each for each in self._tree.walk() if isinstance(each, Sealed) or self._is_ours(each))
        yield from self._quiet.only(found)

    def _is_ours(self, _file: File) -> bool:
        return True

    def _unknown(self, shown: list[Found]) -> list[Found]:
        """Return what the ledger has to be asked about, in order; what is gone is forgotten."""
        self._known &= {found.uid for found in shown}
        if self.marks_processed:
            self._last_shown = {found.uid: found for found in shown if isinstance(found, File)}
        return sorted((found for found in shown if found.uid not in self._known), key=self._order)

    def _order(self, found: Found) -> tuple[int, str]:
        return 0, found.name

    def _waiting(self, found: list[Found], ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        items = (item for each in found for item in self._items(each))
        yield from in_batches(items, ask=self._asking(ledger), known=self._known)

    def _items(self, found: Found) -> Iterable[Item]:
        if isinstance(found, Sealed):
            return [Item(found.uid, 0, None, partial(self._sealed, found))]
        return [Item(found.uid, found.size, found.arrived_at, partial(self._read, found))]

    def _sealed(self, found: Sealed) -> FetchedMessage:
        return self._faulty(found.uid, _sealed_fault(found))

    def _read(self, file: File) -> FetchedMessage | None:
        """Read one file; None where it is gone by now, a fault where its bytes cannot be had."""
        if fault := self._fault_of(file):
            return self._faulty(file.uid, fault, file)
        try:
            raw = read_whole(file)
        except OSError as error:
            self._tree.blame(error)
            return self._faulty(file.uid, unreadable(error), file)
        if raw is None:
            self._has_missed = True
            return None
        return self._message(file, raw)

    def _kept(self, uid: str) -> File | None:
        """Return the file that the ledger knows so, if its bytes could be kept."""
        if self._last_shown is None:
            self._unknown(list(self._shown()))
        file = (self._last_shown or {}).get(uid)
        if file is None or self._fault_of(file):
            return None
        return file if os.access(file.path, os.R_OK, effective_ids=True) else None

    def _fault_of(self, file: File) -> str:
        """Say why a file is not even opened, nothing where it is."""
        if file.size > self._largest:
            return f"it is larger than {self._largest:,} bytes and stays where it is"
        return "" if file.size else "the file is empty"

    def _message(self, file: File, raw: bytes) -> FetchedMessage:
        return FetchedMessage(self._place(file.uid), raw, None, file.size, filename=self._filename(file))

    def _filename(self, _file: File) -> str:
        return ""

    def _faulty(self, uid: str, fault: str, file: File | None = None) -> FetchedMessage:
        if file is None:
            return FetchedMessage(self._place(uid), None, None, 0, fault)
        filename = self._filename(file)
        # What is too large is glimpsed, if it is mail: an officer sees who wrote and about what.
        head = b"" if filename or file.size <= self._largest else read_head(file)
        return FetchedMessage(self._place(uid), None, file.arrived_at, file.size, fault, filename, head)


def unreadable(error: OSError) -> str:
    """Say why a file cannot be read, and what to do."""
    return f"it cannot be read: {said(error)}; let the user that runs heard read it, then try it again"


def _sealed_fault(found: Sealed, where: str = "") -> str:
    return (
        f"the subfolder {known_as(found.name)} {where}cannot be read: {found.why}; "
        "let the user that runs heard read it"
    )
