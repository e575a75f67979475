"""Names on disk: made of any bytes, of any length, and sometimes saying that a file is not for us."""

import hashlib
import os

_LONGEST = 400
_HASH_LENGTH = 16
_SYSTEM_FILES = {"thumbs.db", "desktop.ini", ".ds_store"}
_SYSTEM_FOLDERS = {"$recycle.bin", "lost+found", "system volume information"}
_UNFINISHED_ENDINGS = (".tmp", ".part", ".filepart", "~")


def is_system_file(name: str) -> bool:
    """Say whether a name is that of a file which Windows or macOS puts into folders by itself."""
    return name.lower() in _SYSTEM_FILES


def is_system_folder(name: str) -> bool:
    """Say whether a folder is one that systems make for themselves, or is hidden."""
    return name.startswith(".") or name.lower() in _SYSTEM_FOLDERS


def is_taken(name: str) -> bool:
    """Say whether a file is for us: no system's, not hidden, not named as what is still written."""
    is_unfinished = name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED_ENDINGS)
    return not is_unfinished and not is_system_file(name)


def is_mail(name: str) -> bool:
    """Say whether a file is read as mail and not as a document."""
    return name.lower().endswith(".eml")


def is_zip(name: str) -> bool:
    """Say whether a file is opened, since it holds others."""
    return name.lower().endswith(".zip")


def readable(name: str) -> str:
    """Return a name as the record can hold it, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def known_as(name: str, *, most: int = _LONGEST) -> str:
    """Return what the ledger knows a name by: itself, or what fits of it and a hash of its bytes.

    The hash keeps apart what would look the same when cut or made readable.
    """
    shown = name if name.isascii() else readable(name)
    if shown == name and len(name) <= most:
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:_HASH_LENGTH]
    return f"{shown[-(most - _HASH_LENGTH - 1) :]}~{digest}"


def shown_name(name: str) -> str:
    """Return a name for people to read: without control characters, and not too long."""
    return "".join(c if c.isprintable() else "_" for c in name[-_LONGEST:])
