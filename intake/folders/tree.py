"""A folder with everything below it: which files are there, without following links or opening any."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from intake.folders.names import is_system_folder, is_taken, known_as, readable
from models.errors import MailboxUnavailable

NANOSECONDS = 1_000_000_000
_EARLIEST_S = 946_684_800  # 1 January 2000: what is older was never set.
_LATEST_S = 253_402_300_799  # The end of the year 9999.
_AWAY = {
    errno.EAGAIN, errno.ECONNABORTED, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTDOWN,
    errno.EHOSTUNREACH, errno.EINTR, errno.EMFILE, errno.ENETDOWN, errno.ENETUNREACH, errno.ENFILE,
    errno.ENODEV, errno.ENOMEM, errno.ENOTCONN, errno.EREMOTEIO, errno.ESTALE, errno.ETIMEDOUT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file as its folder lists it; `name` is its path below `root`, as the system gives it."""

    root: str
    name: str
    size: int
    mtime_ns: int
    uid: str

    @property
    def path(self) -> str:
        """Where it is opened."""
        return os.path.join(self.root, self.name)  # noqa: PTH118  # 100,000 Paths at every poll are slow.

    @property
    def last_name(self) -> str:
        """What people call it."""
        return readable(self.name.rpartition("/")[2])

    @property
    def arrived_at(self) -> datetime | None:
        """When it was last written; None where its time was never set or cannot be."""
        seconds = self.mtime_ns / NANOSECONDS
        return datetime.fromtimestamp(seconds, tz=UTC) if _EARLIEST_S < seconds < _LATEST_S else None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A subfolder that cannot be looked into, and why."""

    name: str
    why: str

    @property
    def uid(self) -> str:
        """Return what the ledger knows it by; no file's ends so."""
        return f"{known_as(self.name)}/"


Found = File | Sealed


class Tree:
    """One folder and its subfolders, as far as they can be read.

    `skips` are names in the folder itself that are not looked at. Where `must_hold` names a file, its absence
    means that the share is not mounted: an empty mount point looks like an empty folder.
    """

    def __init__(self, path: Path, *, skips: frozenset[str] = frozenset(), must_hold: str = "") -> None:
        self._path = path
        self._where = f"the folder {readable(str(path))}"
        self._must_hold = must_hold
        self._skips = skips | {must_hold}

    def walk(self) -> Iterator[Found]:
        """Yield every regular file, and every subfolder that cannot be read, in no order.

        Raises MailboxUnavailable where the folder itself is away.
        """
        self.require()
        unread = [""]
        while unread:
            prefix = unread.pop()
            try:
                files, below = self._look(prefix)
            except OSError as error:
                yield from self._sealed(prefix, error)
                continue
            yield from files
            unread += below

    def require(self) -> None:
        """Look whether the folder is there and can be read; raises MailboxUnavailable."""
        try:
            with os.scandir(self._path) as entries:
                next(entries, None)
        except OSError as error:
            raise self._away(error) from error
        if self._must_hold and not os.path.lexists(self._path / self._must_hold):
            raise MailboxUnavailable(
                f"{self._where} lacks {self._must_hold}, which it must hold; mount its share, or correct "
                "must_hold in the settings"
            )

    def blame(self, error: OSError) -> None:
        """Raise MailboxUnavailable where an error is not one file's, but that of the share it is on."""
        if error.errno in _AWAY:
            raise self._away(error) from error
        if not isinstance(error, PermissionError):
            self.require()

    def _look(self, prefix: str) -> tuple[list[File], list[str]]:
        files, below = [], []
        root = str(self._path)
        with os.scandir(os.path.join(root, prefix)) as entries:  # noqa: PTH118  # The same.
            for entry in entries:
                name = prefix + entry.name
                if not prefix and entry.name in self._skips:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not is_system_folder(entry.name):
                        below.append(f"{name}/")
                elif is_taken(entry.name) and (about := _stat(entry)) is not None:
                    uid = f"{known_as(name)}:{about.st_size}:{about.st_mtime_ns}"
                    files.append(File(root, name, about.st_size, about.st_mtime_ns, uid))
        return files, below

    def _sealed(self, prefix: str, error: OSError) -> Iterator[Sealed]:
        """Report a subfolder that cannot be read; one that is gone by now is none."""
        if not prefix:
            raise self._away(error) from error
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return
        self.blame(error)
        yield Sealed(prefix.rstrip("/"), said(error))

    def _away(self, error: OSError) -> MailboxUnavailable:
        why = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {said(error)}"
        remedy = "mount its share, or correct its path"
        if isinstance(error, PermissionError):
            remedy = "let the user that runs heard read it"
        return MailboxUnavailable(f"{self._where} {why}; {remedy}")


def said(error: OSError) -> str:
    """Return what the system says of an error, without the file's name, which may name a person."""
    return error.strerror or type(error).__name__


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return what is known about a regular file; None where it is gone by now or something else."""
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return about if stat.S_ISREG(about.st_mode) else None
