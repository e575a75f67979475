"""Mailboxes on disk: a Maildir, a folder of .eml files, a folder of scans, an mbox file, a zip.

The ledger knows a file by its name, size and time, and what is inside a file by its place there; nothing is
ever deleted. `docs/mail.md` says how each kind is read.
"""

from intake.folders.eml import EmlFolder
from intake.folders.importing import SingleFile, import_account, open_path
from intake.folders.maildir import MaildirMailbox
from intake.folders.mbox import MboxFile
from intake.folders.scan import ScanFolder

__all__ = [
    "EmlFolder",
    "MaildirMailbox",
    "MboxFile",
    "ScanFolder",
    "SingleFile",
    "import_account",
    "open_path",
]
