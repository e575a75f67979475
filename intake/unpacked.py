"""What a container of Outlook's gave when it was unpacked: winmail.dat and .msg alike."""

import mimetypes
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

# The table of the standard library alone: what the machine's own files add would differ from host to host.
_TYPES = mimetypes.MimeTypes()
_NEEDS_QUOTES = re.compile(r"[^\w .'’-]")
_CID = re.compile(r"cid:([^\s\"'<>)]{1,200})", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """A file that came with a message, by its name and type as sent."""

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class UnpackedFile:
    """A file found inside; `message` is set where it is a message of its own."""

    file: File
    message: "Unpacked | None" = None


@dataclass(frozen=True)
class Unpacked:
    """A message found inside: its header fields, its text and its files.

    `kind` is Outlook's message class, such as IPM.Note. `fault` says in a sentence why something is missing.
    """

    fields: tuple[tuple[str, str], ...] = ()
    text: str = ""
    files: tuple[UnpackedFile, ...] = field(default_factory=tuple)
    content_ids: frozenset[str] = frozenset()
    kind: str = ""
    fault: str = ""


def guessed_type(name: str) -> str:
    """Return the content type that a file's name suggests."""
    return _TYPES.guess_type(f"x.{name.rpartition('.')[2]}")[0] or "application/octet-stream"


def richer(plain: str, other: str) -> str:
    """Return the plain version, or the other where the plain one says less than half as much."""
    return other if len(plain.split()) * 2 < len(other.split()) else plain


def cids_in(html: str) -> frozenset[str]:
    """Return the Content-IDs of the pictures that a page shows within its text."""
    return frozenset(map(unquote, _CID.findall(html))) if "cid:" in html or "CID:" in html else frozenset()


def written_person(name: str, address: str) -> str:
    """Write a person as a header field does."""
    shown = " ".join(name.replace('"', "").split())
    if not shown:
        return address
    return f'"{shown}" <{address}>' if _NEEDS_QUOTES.search(shown) else f"{shown} <{address}>"
