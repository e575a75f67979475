"""What `heard import` takes in: a path is a Maildir, a folder, an mbox, a zip, a mail or a document."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from intake.folders.eml import EmlFolder
from intake.folders.items import LARGEST
from intake.folders.maildir import MaildirMailbox
from intake.folders.mbox import MboxFile
from intake.folders.names import known_as
from intake.folders.scan import ScanFolder
from intake.folders.tree import File, Found, Tree, said
from intake.folders.zipped import IMPORTED
from models.errors import InputInvalid, MailboxUnavailable
from models.ports import Mailbox

_DOCUMENTS = {
    ".docx", ".heic", ".heif", ".htm", ".html", ".jpeg", ".jpg", ".msg", ".odt", ".pdf", ".png", ".rtf",
    ".tif", ".tiff", ".txt", ".zip",
}  # fmt: skip
_MAIL = ".eml"
_LONGEST_PATH = 190
_MBOX_ENDINGS = {".mbox", ".mbx"}
_WHAT_CAN_BE = (
    "give .eml or .msg files, an mbox file, a Maildir, a zip, scans (.pdf, .tiff, .jpg, .png, .heic), "
    "letters (.docx, .odt, .rtf, .txt, .html), or a folder of such files"
)


class SingleFile(ScanFolder):
    """One file, as `heard import` takes it: a mail, a document or a zip."""

    def __init__(self, account: str, path: Path) -> None:
        super().__init__(account, path.parent, zip_limits=IMPORTED)
        self._file = path

    def check(self) -> str:
        """Return what is there."""
        return f"the file {self._file}"

    def _shown(self) -> Iterator[Found]:
        try:
            about = self._file.stat()
            # Known by what it says, so that another copy of the same letter is not a second one.
            uid = _digest(self._file) if about.st_size <= LARGEST else ""
        except OSError as error:
            raise MailboxUnavailable(f"the file {self._file} cannot be read: {said(error)}") from error
        name = self._file.name
        uid = uid or f"{known_as(name)}:{about.st_size}:{about.st_mtime_ns}"
        yield File(str(self._file.parent), name, about.st_size, about.st_mtime_ns, uid)


def import_account(path: Path) -> str:
    """Return the name under which the ledger knows what is imported from a path."""
    return f"import {known_as(str(path), most=_LONGEST_PATH)}"


def open_path(path: Path, *, account: str) -> Mailbox:
    """Return the mailbox that a path holds. Raises InputInvalid where there is nothing to import."""
    try:
        return _opened(path, account)
    except OSError as error:
        raise InputInvalid(f"{path} cannot be read: {said(error)}; let whoever imports it read it") from error


def _opened(path: Path, account: str) -> Mailbox:
    if not path.exists():
        raise InputInvalid(f"{path} does not exist")
    if (path / "new").is_dir() and (path / "cur").is_dir():
        return MaildirMailbox(account, path)
    return _open_folder(path, account) if path.is_dir() else _open_file(path.resolve(), account)


def _open_file(path: Path, account: str) -> Mailbox:
    if not path.is_file():
        raise InputInvalid(f"{path} is neither a file nor a folder; {_WHAT_CAN_BE}")
    ending = path.suffix.lower()
    begins_as_mbox = _begins_as_mbox(path)
    if ending in _DOCUMENTS or ending == _MAIL:
        return SingleFile(account, path)
    if ending in _MBOX_ENDINGS or begins_as_mbox:
        return MboxFile(account, path)
    raise InputInvalid(f"{path} is nothing that can be imported; {_WHAT_CAN_BE}")


def _open_folder(path: Path, account: str) -> Mailbox:
    """Return a folder of mail, or of documents and mail, after a look at everything in it."""
    endings = set()
    for found in Tree(path).walk():
        if isinstance(found, File):
            endings.add(Path(found.name).suffix.lower())
            _refuse_mailbox_within(Path(found.path))
    if endings & _DOCUMENTS:
        return ScanFolder(account, path, zip_limits=IMPORTED)
    if _MAIL in endings:
        return EmlFolder(account, path)
    raise InputInvalid(f"{path} holds nothing that can be imported; {_WHAT_CAN_BE}")


def _refuse_mailbox_within(path: Path) -> None:
    """Raise InputInvalid for a mailbox in a folder: it would be taken for one document, or passed over."""
    around = path.parent.parent
    if path.parent.name in {"new", "cur"} and (around / "new").is_dir() and (around / "cur").is_dir():
        raise InputInvalid(f"{around} is a Maildir in that folder; import it by its own name")
    ending = path.suffix.lower()
    is_readable = os.access(path, os.R_OK, effective_ids=True)
    if ending in _MBOX_ENDINGS or (not ending and is_readable and _begins_as_mbox(path)):
        raise InputInvalid(f"{path} is an mbox file in that folder; import it by its own name")


def _begins_as_mbox(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(5) == b"From "


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
