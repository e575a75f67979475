"""Moves a file that is kept out of the way; nothing is ever overwritten."""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from intake.folders.names import readable
from intake.folders.tree import File, said
from models.errors import MailboxUnavailable

_MOST_OF_A_NAME = 1_000
_STAYS = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV, errno.ENAMETOOLONG, errno.ENOENT}


def make_room(target: Path) -> None:
    """Make the folder into which files are moved, as open to others as the one around it.

    Raises MailboxUnavailable where it cannot be written.
    """
    try:
        _make(target)
    except OSError as error:
        raise _cannot(target, error) from error
    if not os.access(target, os.W_OK | os.X_OK, effective_ids=True):
        raise _cannot(target, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def move_into(target: Path, file: File) -> None:
    """Move a file to where it would be below the target; a number goes into a name that is taken.

    One that was written again since it was listed stays, and so does one that may not be moved: it is known,
    and not read again. Raises MailboxUnavailable where the share is away.
    """
    source, folder = Path(file.path), (target / file.name).parent
    try:
        about = source.lstat()
        if (about.st_size, about.st_mtime_ns) != (file.size, file.mtime_ns):
            return
        _make(folder)
        place = _free_place(folder, source)
        try:
            source.rename(place)
        except OSError:
            place.unlink()
            raise
    except OSError as error:
        if error.errno not in _STAYS:
            raise _cannot(target, error) from error


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    # Whoever may see the scans may see them afterwards; some shares know no modes, and then it is theirs.
    with contextlib.suppress(OSError):
        shutil.copymode(folder.parent, folder)


def _free_place(folder: Path, source: Path) -> Path:
    """Return a new, empty file to be replaced by the one that is moved, so that no other can be."""
    for number in range(1, _MOST_OF_A_NAME):
        numbered = f"{source.stem} ({number}){source.suffix}" if number > 1 else source.name
        with contextlib.suppress(FileExistsError):
            (folder / numbered).touch(exist_ok=False)
            return folder / numbered
    raise PermissionError(errno.EACCES, "too many files of one name")


def _cannot(target: Path, error: OSError) -> MailboxUnavailable:
    return MailboxUnavailable(
        f"files cannot be moved to {readable(str(target))}: {said(error)}; let the user that runs heard "
        'write there, or set processed = "leave"'
    )
