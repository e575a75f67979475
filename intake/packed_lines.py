"""Files that stand in the text itself: uuencoded blocks and yEnc, as programs of old write them."""

import binascii
import re
from collections.abc import Callable
from itertools import islice

_UU = re.compile(rb"(?m)^begin [0-7]{3,4} ([^\n]{1,255})\n")
_UU_LINE = re.compile(rb"[ -`]*\Z")
_Y = re.compile(rb"(?m)^=ybegin [^\n]{0,200}? name=([^\n]{1,255})\n")
_Y_CONTROL = (b"=ypart ", b"=yend")
_PLAIN_OF_Y = bytes((byte - 42) % 256 for byte in range(256))
_ESCAPED_OF_Y = bytes((byte - 106) % 256 for byte in range(256))
_MOST_TRIED = 100

PackedFile = tuple[str, bytes]
_Read = Callable[[bytes, int], tuple[bytes, int]]


def take_files_out(content: bytes) -> tuple[bytes, list[PackedFile]]:
    """Return a text without the files in it, and the files, each with its name."""
    files: list[PackedFile] = []
    if b"=ybegin " in content:
        content = _take(content, _Y, _y_file, files)
    if b"begin " in content:
        content = _take(content, _UU, _uu_file, files)
    return content, files


def _take(content: bytes, begins: re.Pattern[bytes], read: _Read, files: list[PackedFile]) -> bytes:
    kept, place = [], 0
    for start in islice(begins.finditer(content), _MOST_TRIED):
        if start.start() < place:
            continue
        data, end = read(content, start.end())
        if end < 0:
            continue
        kept.append(content[place : start.start()])
        files.append((start[1].decode("utf-8", "surrogateescape").strip(), data))
        place = end
    return b"".join([*kept, content[place:]])


def _uu_file(content: bytes, place: int) -> tuple[bytes, int]:
    """Decode lines until `end`; -1 where a line is none of it, since then somebody wrote the word begin."""
    pieces: list[bytes] = []
    while (stop := content.find(b"\n", place)) >= 0:
        line = content[place:stop]
        place = stop + 1
        if line.strip() == b"end":
            return b"".join(pieces), place
        if not _UU_LINE.match(line):
            return b"", -1
        try:
            pieces.append(binascii.a2b_uu(line[: _uu_length(line)]))
        except binascii.Error:
            return b"", -1
    if content[place:].strip() == b"end" and pieces:
        return b"".join(pieces), len(content)
    return b"", -1


def _uu_length(line: bytes) -> int:
    """Return how much of a line counts: some programs write more than its first character says."""
    return ((line[0] - 32 & 63) * 4 + 5) // 3 + 1 if line else 0


def _y_file(content: bytes, place: int) -> tuple[bytes, int]:
    end = content.find(b"\n=yend", place)
    if end < 0:
        return b"", -1
    lines = [line for line in content[place:end].split(b"\n") if not line.startswith(_Y_CONTROL)]
    plain, *escaped = b"".join(lines).split(b"=")
    data = plain.translate(_PLAIN_OF_Y) + b"".join(
        piece[:1].translate(_ESCAPED_OF_Y) + piece[1:].translate(_PLAIN_OF_Y) for piece in escaped
    )
    after = content.find(b"\n", end + 1)
    return data, len(content) if after < 0 else after + 1
