"""A Maildir: its `new` and `cur` (maildir(5)); deliveries are whole as soon as they show."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from intake.folders.base import FilesMailbox
from intake.folders.items import LARGEST
from intake.folders.names import known_as, readable
from intake.folders.tree import File, Found, said
from models.errors import MailboxUnavailable
from models.message import Place


class MaildirMailbox(FilesMailbox):
    """A Maildir's `new` and `cur`; optionally moves what is kept from `new` to `cur`, as mail programs do."""

    def __init__(
        self,
        account: str,
        path: Path,
        *,
        moves_to_cur: bool = False,
        must_hold: str = "",
        largest: int = LARGEST,
    ) -> None:
        super().__init__(account, path, must_hold=must_hold, largest=largest)
        self._folder = "."
        self._moves_to_cur = moves_to_cur

    @property
    def marks_processed(self) -> bool:
        """Whether anything is done with messages that are kept."""
        return self._moves_to_cur

    def mark(self, places: Sequence[Place]) -> None:
        """Move files from `new` to `cur`; what is gone by now, or could not be kept, is left alone."""
        for file in filter(None, (self._kept(place.uid) for place in places)):
            if file.name.startswith("new/"):
                _move_to_cur(file)

    def check(self) -> str:
        """Return what is there; raises MailboxUnavailable."""
        return f"the Maildir {self._where}: {sum(1 for _ in self._shown()):,} messages"

    def _shown(self) -> Iterator[Found]:
        self._tree.require()
        # A mail program that moves a message meanwhile must not hide it: `new` is looked at first.
        found = {file.uid: file for part in ("new", "cur") for file in self._files(part)}
        yield from found.values()

    def _order(self, found: Found) -> tuple[int, str]:
        return 0, found.uid

    def _files(self, part: str) -> Iterator[File]:
        """Yield the files of `new` or `cur`; an empty folder without either is no Maildir, or not mounted."""
        try:
            with os.scandir(self._path / part) as entries:
                yield from (file for entry in entries if (file := self._file(part, entry)))
        except OSError as error:
            why = f"`{part}` cannot be read: {said(error)}"
            if isinstance(error, FileNotFoundError):
                why = f"`{part}` does not exist; mount its share, or correct its path"
            raise MailboxUnavailable(f"the Maildir {self._where}: {why}") from error

    def _file(self, part: str, entry: os.DirEntry[str]) -> File | None:
        if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
            return None
        try:
            about = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        # The name before the colon is unique; the flags after it change (maildir(5)).
        uid = known_as(entry.name.partition(":")[0])
        return File(str(self._path), f"{part}/{entry.name}", about.st_size, about.st_mtime_ns, uid)


def _move_to_cur(file: File) -> None:
    unique = Path(file.path).name.partition(":")[0]
    target = Path(file.root) / "cur" / f"{unique}:2,S"
    try:
        if not os.path.lexists(target):
            Path(file.path).rename(target)
    except FileNotFoundError:
        return
    except OSError as error:
        raise MailboxUnavailable(
            f"a message in the Maildir {readable(file.root)} cannot be moved to `cur`: {said(error)}; "
            "let the user that runs heard write there"
        ) from error
