"""Files of strangers given out so that no browser opens them: always as a download, of no particular type."""

import re

from flask import Response

from review.show.text import one_line

_HEADERS = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Download-Options": "noopen",
}
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|;%\x00-\x1f]+')
_LONGEST = 120
_LONGEST_ENDING = 12


def download(filename: str, content: bytes) -> Response:
    """Return bytes as a file that is saved and not shown (RFC 6266)."""
    response = Response(content, headers=_HEADERS)
    response.headers.set("Content-Disposition", "attachment", filename=safe_name(filename))
    return response


def safe_name(filename: str) -> str:
    """Return a name under which any machine can keep a file: no path, nothing unseen, not too long."""
    flat = _NOT_IN_NAMES.sub(" ", one_line(filename.replace("\\", "/").rpartition("/")[2], longest=1_000))
    name = " ".join(flat.split()).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        return name[:_LONGEST]
    return f"{stem[: _LONGEST - len(ending) - 1].rstrip('. ')}{dot}{ending}"
