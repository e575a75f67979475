"""Where a reply's own words end and earlier mail begins, in the ways of the programs that people use.

Programs put one of three things between the two: a marker (`----- Original Message -----`), a block of
labelled lines (From, Sent, To), or an introduction (`On Tuesday Ann wrote:`) in any of many languages. People
write such lines too, so an introduction counts only with a time, an address or quoted lines below it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.headings import heading_of

_MARKER = re.compile(
    r"^[ \t>]*-{2,20}[ \t]*(?:original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|originalnachricht|message d'origine|message original|mensaje original|"
    r"messaggio originale|wiadomość oryginalna|oorspronkelijk bericht|mensagem original|"
    r"ursprungligt meddelande|oprindelig meddelelse|mesaj original|neges wreiddiol)[ \t]*-{2,20}|"
    r"^[ \t>]*-{3,20}[^\n]{1,200}\bwrote:?[ \t]*-{3,20}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:on|le|am|el|il|op|w dniu|dnia|wiadomość|ar|em|den|på|pe|în|dne)\b|\w{2,4}\.?,? \d|\d", re.IGNORECASE
)
_VERBS_AT_THE_END = (
    " wrote", " a écrit", " escribió", " ha scritto", " pisze", " napisał", " napisał(a)", " napisała",
    " escreveu", " a scris", " napsal", " napsala", " ysgrifennodd", " schrieb", " schreef", " skrev",
)  # fmt: skip
_VERBS_WITHIN = (
    " schrieb ", " schreef ", " skrev ", " ysgrifennodd ", " wrote on ", " wrote at ", " ezt írta",
    "napisana przez ",
)  # fmt: skip
_ADDRESS_NEAR_THE_END = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,200}>[^<>]{0,60}$")
_DIGIT = re.compile(r"\d")
_TIME_OR_ADDRESS = re.compile(r"\d[:.h]\d\d|[^\s@]@[^\s@]|\bgodz\.|\bum \d")
_SOMEBODY_HERE = re.compile(
    r"\b(?:I|you|we|he|she|they)(?:['’]ve| have| had| also| then)? wrote\b", re.IGNORECASE
)
_QUOTED = re.compile(r"[ \t]*>")
_RULER = re.compile(r"[ \t]*(?:_{5,}|-{5,}|={5,}|\*{5,}|original message)[ \t]*", re.IGNORECASE)
_RUNS_ON = re.compile(r"(.{0,300}?\bwrote:)[ \t]{2,}\S")

_LINES_SEARCHED = 5_000
_LINES_OF_AN_INTRODUCTION = 4
_LONGEST_INTRODUCTION = 400
_MOST_INTRODUCTIONS = 20
_FIELDS_OF_A_BLOCK = 3


@dataclass(frozen=True)
class Introduction:
    """Lines that introduce quoted mail: from `first` up to `last`, that one included."""

    first: int
    last: int


def is_quoted(line: str) -> bool:
    """Say whether a line is marked as quoted."""
    return bool(_QUOTED.match(line))


def start_of_history(text: str) -> int:
    """Return where earlier mail begins that is not marked line by line, the text's length where none does."""
    lines = text.split("\n")
    first = _first_line_of_history(lines, text)
    if first is None:
        return len(text)
    while first and (not lines[first - 1].strip() or _RULER.fullmatch(lines[first - 1])):
        # A ruler belongs to what is below it; the words end above.
        first -= 1
    return sum(len(line) + 1 for line in lines[:first])


def introductions(lines: Sequence[str]) -> list[Introduction]:
    """Return the introductions in a text, the first of them where there are very many."""
    found = []
    for last, line in enumerate(lines[:_LINES_SEARCHED]):
        # Yahoo's phone program goes on with the earlier mail in the same line.
        runs_on = _RUNS_ON.match(line) if " wrote:  " in f" {line}" else None
        if (runs_on or line.rstrip(" \t\xa0").endswith(":")) and not is_quoted(line):
            first = _first_line_of_introduction(lines, last, runs_on[1] if runs_on else line)
            if first is not None:
                found.append(Introduction(first, last))
        if len(found) == _MOST_INTRODUCTIONS:
            break
    return found


def _first_line_of_history(lines: Sequence[str], text: str) -> int | None:
    starts = [_first_block(lines)]
    marker = _MARKER.search(text)
    if marker:
        starts.append(text.count("\n", 0, marker.start()))
    starts.extend(each.first for each in introductions(lines) if not _is_answered_below(lines, each))
    return min((start for start in starts if start is not None), default=None)


def _first_block(lines: Sequence[str]) -> int | None:
    """Return the first line of a block of labelled lines that names a sender."""
    start, gap = 0, 0
    kinds: list[str] = []
    for number, line in enumerate(lines[:_LINES_SEARCHED]):
        heading = heading_of(line) if ":" in line else None
        if heading is not None:
            start = start if kinds else number
            kinds.append(heading.kind)
            gap = 0
        elif kinds and not line.strip() and not gap:
            gap = 1
        elif not (kinds and _is_folded(line, gap)):
            kinds = []
        if len(kinds) >= _FIELDS_OF_A_BLOCK and "from" in kinds:
            return start
    return None


def _is_folded(line: str, gap: int) -> bool:
    """Say whether a line goes on with a list of recipients."""
    return not gap and "@" in line and not line[:1].isalpha()


def _first_line_of_introduction(lines: Sequence[str], last: int, end: str) -> int | None:
    """Return on which line an introduction begins that ends on `last` with `end`; programs wrap it."""
    joined, fitting = "", None
    for first in range(last, max(-1, last - _LINES_OF_AN_INTRODUCTION), -1):
        line = end if first == last else lines[first]
        if not line.strip() or is_quoted(line):
            break
        joined = f"{line.strip()} {joined}".strip()
        if len(joined) > _LONGEST_INTRODUCTION:
            break
        if _introduces(joined) and _is_a_program_s(joined, lines, last):
            if _OPENS.match(joined):
                return first
            fitting = first if fitting is None else fitting
    return fitting


def _introduces(line: str) -> bool:
    """Say whether a line tells when somebody wrote."""
    said = line.rstrip(": \t\xa0").casefold()
    if not _DIGIT.search(said):
        return False
    return (
        said.endswith(_VERBS_AT_THE_END)
        or any(verb in said for verb in _VERBS_WITHIN)
        or bool(_ADDRESS_NEAR_THE_END.search(said))
    )


def _is_a_program_s(introduction: str, lines: Sequence[str], last: int) -> bool:
    """Say whether a program wrote an introduction: people give no times or addresses, and quote nothing."""
    below = next((line for line in lines[last + 1 : last + 6] if line.strip()), "")
    if is_quoted(below):
        return True
    return bool(_TIME_OR_ADDRESS.search(introduction)) and not _SOMEBODY_HERE.search(introduction)


def _is_answered_below(lines: Sequence[str], introduction: Introduction) -> bool:
    """Say whether lines of the sender's stand between or below the quoted lines of an introduction."""
    below = lines[introduction.last + 1 :]
    quoted = [number for number, line in enumerate(below) if is_quoted(line)]
    return bool(quoted) and any(line.strip() and not is_quoted(line) for line in below[quoted[0] :])
