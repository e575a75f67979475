"""Where the messages of an mbox begin (RFC 4155), found in a file of any size without holding it.

A message begins with a line "From somebody at some time". Not every program quotes such lines in a text, so a
line only counts where what is around it agrees: an empty line or nothing before it, headers behind it.
"""

import os
import re
from collections.abc import Iterator

_WINDOW = 1 << 20
_BEHIND = 4
_AHEAD = 2_400
_LONGEST_LINE = 1_000
_TIME = re.compile(
    rb"From .{0,900}?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}(?: +\d{4})?) +\d{1,2}:\d{2}"
)
_HEADER = re.compile(rb">?[!-9;-~]{1,200}[ \t]*:(?!//)|>From ")


def beginnings(descriptor: int, start: int) -> Iterator[int]:
    """Yield the offset of every line that begins a message, from an offset on, in order."""
    at = start
    while True:
        behind = min(at, _BEHIND)
        window = os.pread(descriptor, behind + _WINDOW + _AHEAD, at - behind)
        if len(window) <= behind:
            return
        for index in _candidates(window, behind):
            if _begins(window, index, is_at_start=at - behind + index == 0):
                yield at - behind + index
        at += _WINDOW


def after_line(descriptor: int, offset: int) -> int:
    """Return where the line at an offset ends that begins a message; the offset itself where none does.

    A line without a date is kept with the message, since it might be somebody's sentence after all.
    """
    behind = min(offset, _BEHIND)
    window = os.pread(descriptor, behind + _AHEAD, offset - behind)
    if not _TIME.match(window, behind) or not _begins(window, behind, is_at_start=offset == 0):
        return offset
    return offset + len(window[behind:].partition(b"\n")[0]) + 1


def _candidates(window: bytes, behind: int) -> Iterator[int]:
    if behind == 0 and window.startswith(b"From "):
        yield 0
    index = window.find(b"\nFrom ", max(behind - 1, 0))
    while 0 <= index < behind + _WINDOW - 1:
        yield index + 1
        index = window.find(b"\nFrom ", index + 1)


def _begins(window: bytes, index: int, *, is_at_start: bool) -> bool:
    """Say whether a line that begins with "From " is what parts messages."""
    line = window[index : index + _LONGEST_LINE].partition(b"\n")[0]
    if len(line) == _LONGEST_LINE:
        return False
    behind = index + len(line) + 1
    follows = bool(_HEADER.match(window[behind : behind + _LONGEST_LINE]))
    precedes = is_at_start or window[max(0, index - 3) : index].endswith((b"\n\n", b"\n\r\n"))
    if _TIME.match(line):
        return precedes or follows
    return precedes and follows
