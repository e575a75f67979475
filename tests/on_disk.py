"""Files as scanners and colleagues leave them, and a ledger that counts what it is asked."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.message import FetchedMessage
from models.ports import Mailbox

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\nan invented letter about a bin\n"
_NOBODY = 65_534


def put(folder: Path, name: str, content: bytes = PDF, *, age_s: float = 3600, now: datetime = NOW) -> Path:
    """Put a file into a folder as if it had been written so many seconds ago."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    at = (now - timedelta(seconds=age_s)).timestamp()
    os.utime(file, (at, at))
    return file


class Book:
    """A ledger of files in a set; `asked` holds every uid that it was asked about."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.asked: list[str] = []

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Know of no IMAP."""
        del account, folder, uid_validity
        return 0

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those not kept yet."""
        del account, folder
        self.asked += uids
        return [uid for uid in uids if uid not in self.known]

    def keep(self, box: Mailbox) -> list[FetchedMessage]:
        """Keep everything that waits, batch by batch, mark it, and return it."""
        kept: list[FetchedMessage] = []
        for batch in box.waiting(self):
            self.known.update(each.place.uid for each in batch)
            kept += batch
        if box.marks_processed:
            box.mark([each.place for each in kept])
        return kept


def listed(box: Mailbox) -> list[str]:
    """Return the uids that a mailbox lists."""
    return [each.place.uid for each in box.listing()]


def names(found: Sequence[FetchedMessage]) -> list[str]:
    """Return the names of files, as they were when they were kept."""
    return [each.place.uid.split(":")[0] for each in found]


@contextmanager
def open_to_all() -> Iterator[Path]:
    """Make a folder that everybody may pass through, since a test's own folder is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="heard-share-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user without rights: whoever may do everything meets no closed door."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
