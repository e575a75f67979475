"""Mailboxes on disk: a Maildir, a folder of .eml files, an mbox file."""

import hashlib
import mailbox
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from models.errors import InputInvalid, MailboxUnavailable
from models.message import FetchedMessage, Place
from models.ports import Ledger, Mailbox

_BATCH = 50
_LARGEST = 50_000_000


class _OnDisk:
    """What mailboxes on disk share: a name, and files that are left as they are."""

    def __init__(self, account: str, path: Path) -> None:
        self._account = account
        self._path = path

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


class MaildirMailbox(_OnDisk):
    """A Maildir's `new` and `cur`; optionally moves what is kept from `new` to `cur`, as mail programs do."""

    def __init__(self, account: str, path: Path, *, moves_to_cur: bool = False) -> None:
        super().__init__(account, path)
        self._moves_to_cur = moves_to_cur

    @property
    def marks_processed(self) -> bool:
        """Whether anything is done with messages that are kept."""
        return self._moves_to_cur

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the files that the ledger does not hold, oldest first."""
        yield from _unknown_files(self._account, ".", self._files(), ledger)

    def mark(self, places: Sequence[Place]) -> None:
        """Move files from `new` to `cur`; what is gone by now is left alone."""
        for place in places:
            file = self._path / "new" / place.uid
            try:
                if file.exists():
                    file.rename(self._path / "cur" / f"{place.uid}:2,S")
            except OSError as error:
                raise MailboxUnavailable(f"{file} cannot be moved: {error}") from error

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        return f"the Maildir {self._path}: {len(self._files()):,} messages"

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        try:
            for part in ("new", "cur"):
                (self._path / part).mkdir(parents=True, exist_ok=True)
                for path in (self._path / part).iterdir():
                    # The name before the colon is unique; the flags after it change (maildir(5)).
                    if not path.name.startswith("."):
                        found[_readable(path.name.partition(":")[0])] = path
        except OSError as error:
            raise MailboxUnavailable(f"the Maildir {self._path} cannot be read: {error}") from error
        return found


class EmlFolder(_OnDisk):
    """A folder of .eml files, subfolders included; a changed file counts as a new message."""

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the files that the ledger does not hold, in the order of their names."""
        yield from _unknown_files(self._account, str(self._path), self._files(), ledger)

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        return f"the folder {self._path}: {len(self._files()):,} messages"

    def _files(self) -> dict[str, Path]:
        if not self._path.is_dir():
            raise MailboxUnavailable(f"the folder {self._path} does not exist")
        try:
            paths = sorted(path for path in self._path.rglob("*.eml") if path.is_file())
            return {self._uid(path): path for path in paths}
        except OSError as error:
            raise MailboxUnavailable(f"the folder {self._path} cannot be read: {error}") from error

    def _uid(self, path: Path) -> str:
        about = path.stat()
        name = _readable(str(path.relative_to(self._path)))
        return f"{name[-400:]}:{about.st_size}:{about.st_mtime_ns}"


class MboxFile(_OnDisk):
    """An mbox file; each message is known by its own bytes, since places shift when others are deleted."""

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the messages that the ledger does not hold, in the order of the file."""
        messages = self.messages()
        while batch := list(islice(messages, _BATCH)):
            unknown = set(
                ledger.unknown_uids(self._account, str(self._path), [each.place.uid for each in batch])
            )
            fresh = [each for each in batch if each.place.uid in unknown]
            if fresh:
                yield fresh

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        if not self._path.is_file():
            raise MailboxUnavailable(f"the mbox file {self._path} does not exist")
        return f"the mbox file {self._path}: {self._path.stat().st_size:,} bytes"

    def messages(self) -> Iterator[FetchedMessage]:
        """Yield every message of the file, in order."""
        self.check()
        seen: dict[str, int] = {}
        try:
            with closing(mailbox.mbox(self._path, create=False)) as box:
                for key in box.iterkeys():
                    raw = box.get_bytes(key)
                    # The empty line before the next message belongs to the file, and may come and go.
                    digest = hashlib.sha256(raw.rstrip()).hexdigest()
                    seen[digest] = seen.get(digest, 0) + 1
                    place = Place(self._account, str(self._path), 0, f"{digest}-{seen[digest]}")
                    yield FetchedMessage(place=place, raw=raw, received_at=None, size=len(raw))
        except (OSError, mailbox.Error) as error:
            raise MailboxUnavailable(f"the mbox file {self._path} cannot be read: {error}") from error


class SingleFile(_OnDisk):
    """One message in a file, as `heard import` takes it."""

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the message if the ledger does not hold it."""
        try:
            digest = hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError as error:
            raise MailboxUnavailable(f"the file {self._path} cannot be read: {error}") from error
        files = {digest: self._path}
        yield from _unknown_files(self._account, str(self._path.parent), files, ledger)

    def check(self) -> str:
        """Return what is there."""
        return f"the file {self._path}"


def open_path(path: Path, *, account: str) -> Mailbox:
    """Return the mailbox that a path holds: a Maildir, a folder of .eml files, an mbox or one message.

    Raises InputInvalid where it is none of these.
    """
    if (path / "new").is_dir() and (path / "cur").is_dir():
        return MaildirMailbox(account, path)
    if path.is_dir():
        return EmlFolder(account, path)
    if not path.is_file():
        raise InputInvalid(f"{path} does not exist")
    ending = path.suffix.lower()
    if ending == ".eml":
        return SingleFile(account, path)
    if ending == ".mbox" or _begins_as_mbox(path):
        return MboxFile(account, path)
    raise InputInvalid(
        f"{path} is not mail that can be imported; "
        "give .eml files, an mbox file, a Maildir or a folder of .eml files"
    )


def _begins_as_mbox(path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            return opened.read(5) == b"From "
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {error}") from error


def _readable(name: str) -> str:
    """Return a file's name as the record can hold it, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _unknown_files(
    account: str, folder: str, files: dict[str, Path], ledger: Ledger
) -> Iterator[list[FetchedMessage]]:
    names = iter(sorted(files))
    while batch := list(islice(names, _BATCH)):
        unknown = ledger.unknown_uids(account, folder, batch)
        fetched = [
            message for uid in unknown if (message := _read(Place(account, folder, 0, uid), files[uid]))
        ]
        if fetched:
            yield fetched


def _read(place: Place, file: Path) -> FetchedMessage | None:
    """Read one file; None where it is gone by now, a fault where it is too large or cannot be read."""
    try:
        about = file.stat()
        arrived = datetime.fromtimestamp(about.st_mtime, tz=UTC)
        if about.st_size > _LARGEST:
            fault = f"it is larger than {_LARGEST:,} bytes and stays where it is"
            return FetchedMessage(place, None, arrived, about.st_size, fault)
        return FetchedMessage(place, file.read_bytes(), None, about.st_size)
    except FileNotFoundError:
        return None
    except OSError as error:
        return FetchedMessage(place, None, None, 0, f"it cannot be read: {error}")
