"""A folder into which scanners and colleagues put letters: every file in it is a message."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from intake.folders.base import Clock, FilesMailbox, unreadable
from intake.folders.items import LARGEST, Item, as_message, in_batches
from intake.folders.move import make_room, move_into
from intake.folders.names import is_mail, is_zip, shown_name
from intake.folders.tree import File, Found
from intake.folders.zipped import Zip, ZipLimits
from models.errors import MailboxUnavailable
from models.message import FetchedMessage, Place
from models.ports import Ledger

_MEMBER = re.compile(r"#(?:\d+|more)\Z")


class ScanFolder(FilesMailbox):
    """A folder of scans and other documents, of mail and of zips, subfolders included, oldest first.

    `move_to` names the subfolder into which kept files are moved; it is not read. Empty, they are left.
    """

    def __init__(
        self,
        account: str,
        path: Path,
        *,
        clock: Clock | None = None,
        move_to: str = "",
        must_hold: str = "",
        largest: int = LARGEST,
        zip_limits: ZipLimits | None = None,
    ) -> None:
        super().__init__(
            account, path, clock=clock, must_hold=must_hold, largest=largest, skips=frozenset({move_to})
        )
        self._move_to = move_to
        self._zip_limits = zip_limits or ZipLimits(member=largest)
        self._held_back: set[str] = set()

    @property
    def marks_processed(self) -> bool:
        """Whether kept files are moved."""
        return bool(self._move_to)

    def mark(self, places: Sequence[Place]) -> None:
        """Move kept files; what is gone by now, or holds anything that is not kept, is left alone."""
        if not self._move_to:
            return
        self._tree.require()
        uids = dict.fromkeys(_MEMBER.sub("", place.uid) for place in places)
        files = [file for uid in uids if (file := self._kept(uid)) and self._is_whole(file)]
        target = self._path / self._move_to
        if files:
            make_room(target)
        for file in files:
            move_into(target, file)

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        if self._move_to and not os.access(self._path, os.W_OK, effective_ids=True):
            self._tree.require()
            raise MailboxUnavailable(
                f"files cannot be moved out of the folder {self._where}; let the user that runs heard write "
                'there, or set processed = "leave"'
            )
        return super().check()

    def _order(self, found: Found) -> tuple[int, str]:
        return (found.mtime_ns if isinstance(found, File) else 0), found.name

    def _waiting(self, found: list[Found], ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield single files first, then what is in zips, each zip open only while it is read."""
        zips = {each.uid: each for each in found if isinstance(each, File) and is_zip(each.name)}
        yield from super()._waiting([each for each in found if each.uid not in zips], ledger)
        for file in zips.values():
            yield from self._zip_waiting(file, ledger)

    def _zip_waiting(self, file: File, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        opened = self._opened(file)
        if not isinstance(opened, Zip):
            yield from in_batches(opened, ask=self._asking(ledger), known=self._known)
            return
        with closing(opened):
            held: set[str] = set()
            yield from in_batches(opened.items(), ask=self._asking(ledger), known=held)
            self._has_missed |= opened.has_missed
            if opened.holds_back:
                self._held_back.add(file.uid)
            if len(held) == opened.count:
                self._known.add(file.uid)

    def _items(self, found: Found) -> Iterable[Item]:
        """Return what is in a zip for a listing: it is open while this goes on, and nothing is unpacked."""
        opened = self._opened(found) if isinstance(found, File) and is_zip(found.name) else None
        if isinstance(opened, Zip):
            with closing(opened):
                yield from opened.items()
        else:
            yield from super()._items(found) if opened is None else opened

    def _opened(self, file: File) -> Zip | list[Item]:
        """Open a zip; where that cannot be, return what there is to say about it."""
        try:
            return Zip(file, limits=self._zip_limits, place=self._place, blame=self._tree.blame)
        except FileNotFoundError:
            self._has_missed = True
            return []
        except OSError as error:
            self._tree.blame(error)
            faulty = partial(self._faulty, file.uid, unreadable(error), file)
            return [Item(file.uid, file.size, file.arrived_at, faulty)]

    def _message(self, file: File, raw: bytes) -> FetchedMessage:
        return as_message(
            self._place(file.uid), file.last_name, raw, arrived_at=file.arrived_at, size=file.size
        )

    def _filename(self, file: File) -> str:
        return "" if is_mail(file.name) else shown_name(file.last_name)

    def _fault_of(self, file: File) -> str:
        """Say why a file is not even opened; a zip may be large, since its members are read one by one."""
        is_small = replace(file, size=min(file.size, self._largest)) if is_zip(file.name) else file
        return super()._fault_of(is_small)

    def _is_whole(self, file: File) -> bool:
        """Say whether everything in a file is kept; only then may it go where nobody reads it."""
        return not is_zip(file.name) or (file.uid in self._known and file.uid not in self._held_back)
