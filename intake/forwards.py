"""What the top of a forwarded mail says: who wrote it, and when (fact 25)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from intake.headers import read_people
from intake.written_dates import read_written_instant
from models.message import Person
from triage.headings import heading_of

_ATTRIBUTION = re.compile(
    r"^[> \t]*On\b([^\n<>]{4,120}?(?:\n[^\n<>]{0,80}?)?)"
    r"<\s*([^<>\s]{1,200}@[^<>\s]{1,200})\s*>\s{0,3}wrote\s*:",
    re.MULTILINE | re.IGNORECASE,
)
_MARK = re.compile(
    r"^[> \t]*(?:begin forwarded message|-{3,}[ \t]*(?:forwarded message|original message|"
    r"weitergeleitete nachricht|ursprüngliche nachricht|message transféré|message d'origine|"
    r"mensaje reenviado|messaggio inoltrato|wiadomość przekazana|neges wedi'i hanfon ymlaen))",
    re.MULTILINE | re.IGNORECASE,
)
_MAILTO = re.compile(r"[<\[]\s*mailto:([^<>\[\]\s]+)\s*[>\]]", re.IGNORECASE)
_TIME_AND_NAME = re.compile(
    r".*\d[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|BST|UTC|[+-]\d{4}))?[,\s]+(?P<name>.*)",
    re.IGNORECASE,
)
_LINES_SEARCHED = 3_000
_MOST_BLOCKS = 20
_LINES_OF_ONE_FIELD = 6


@dataclass(frozen=True)
class Forwarded:
    """Who wrote a forwarded mail and when, as far as its heading says."""

    writer: Person
    sent_at: datetime | None = None


def forwarded_mails(text: str) -> list[Forwarded]:
    """Return the mails that a text forwards or quotes by a heading, from the top."""
    return list(islice(_blocks(text), _MOST_BLOCKS)) or list(islice(_attributions(text), _MOST_BLOCKS))


def start_of_forward(text: str) -> int:
    """Return where the first heading of a forwarded mail begins, the text's length where none does."""
    mark = _MARK.search(text)
    place = 0
    for line in text.split("\n")[:_LINES_SEARCHED]:
        heading = heading_of(line)
        if heading is not None and heading.kind == "from":
            return min(place, mark.start()) if mark else place
        place += len(line) + 1
    return mark.start() if mark else len(text)


def has_forward_mark(text: str) -> bool:
    """Say whether a program wrote above something that it is forwarded."""
    return bool(_MARK.search(text))


def _blocks(text: str) -> Iterator[Forwarded]:
    """Yield what runs of labelled lines say, where they name a sender and something else."""
    block = _Block()
    for line in [*text.split("\n")[:_LINES_SEARCHED], "", ""]:
        heading = heading_of(line)
        if not block.goes_on(line, heading.kind if heading else ""):
            if block.is_heading:
                yield _forwarded(block.fields)
            block = _Block()
        if heading:
            block.fields.setdefault(heading.kind, heading.value)


@dataclass
class _Block:
    """A run of labelled lines, while it is being read."""

    fields: dict[str, str] = field(default_factory=dict)
    empty_lines: int = 0
    folded_lines: int = 0

    def goes_on(self, line: str, kind: str) -> bool:
        """Say whether a line still belongs to the run; a field may be folded, or stand alone."""
        if kind:
            self.empty_lines = self.folded_lines = 0
            return kind != "from" or "from" not in self.fields
        if not line.strip("> \t*"):
            self.empty_lines += 1
            return self.empty_lines == 1
        self.folded_lines += 1
        is_folded = "@" in line or line.startswith((" ", "\t"))
        return not self.empty_lines and is_folded and self.folded_lines <= _LINES_OF_ONE_FIELD

    @property
    def is_heading(self) -> bool:
        """Whether it names a sender and something else."""
        return "from" in self.fields and len(self.fields) > 1


def _forwarded(fields: dict[str, str]) -> Forwarded:
    written = _MAILTO.sub(r"<\1>", fields["from"].strip(" \t*"))
    # Some programs write the address twice: Bob <bob@example.org<mailto:bob@example.org>>.
    people = read_people(re.sub(r"<([^<>\s]+)<[^<>]*>>", r"<\1>", written))
    writer = people[0] if people else Person(name=written, address="")
    return Forwarded(writer, read_written_instant(fields.get("date", "")))


def _attributions(text: str) -> Iterator[Forwarded]:
    """Yield what lines such as `On 3 March 2026 at 14:22, Bob <bob@example.org> wrote:` say."""
    for found in _ATTRIBUTION.finditer(text):
        line = " ".join(found[1].split())
        named = _TIME_AND_NAME.match(line)
        name = named["name"] if named else line.rpartition(",")[2]
        yield Forwarded(Person(name.strip(' ,"'), found[2]), read_written_instant(line))
