"""The documents in a zip archive, one after the other; an archive inside is not opened."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from intake.documents.text import LONGEST_TEXT, DocumentText, Fault, nothing
from intake.documents.unzip import Bomb, Locked, read_member

_MOST_MEMBERS = 50
_LARGEST_MEMBER = 25_000_000
_LARGEST_TOGETHER = 100_000_000

ReadMember = Callable[[bytes, str], DocumentText]


def read_archive(content: bytes, read: ReadMember) -> DocumentText:
    """Return the text of each readable member under a line with its name."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_members(archive, read)
    except Locked:
        return nothing(Fault.PASSWORD)
    except Bomb:
        return nothing(Fault.BOMB)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError):
        return nothing(Fault.CORRUPT)


def _read_members(archive: zipfile.ZipFile, read: ReadMember) -> DocumentText:
    files = [each for each in archive.infolist() if not each.is_dir()]
    texts, sure, left = [], [], _LARGEST_TOGETHER
    fault: str = Fault.TOO_MANY_PAGES if len(files) > _MOST_MEMBERS else ""
    for each in files[:_MOST_MEMBERS]:
        member = read_member(archive, each.filename, most=min(_LARGEST_MEMBER, left))
        left -= len(member)
        name = PurePosixPath(each.filename).name
        document = read(member, name)
        fault = fault or document.fault
        if document.text:
            texts.append(f"[{name}]\n{document.text}")
        if document.confidence is not None:
            sure.append(document.confidence)
    return DocumentText(
        text="\n\n".join(texts)[:LONGEST_TEXT],
        confidence=min(sure, default=None),
        fault=fault or ("" if files else Fault.EMPTY),
    )
