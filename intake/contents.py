"""What a walk over the parts of a message gathers, and the room that unpacking may take."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace

from intake.charsets import clean
from intake.headers import Headers
from intake.unpacked import File
from models.message import Attachment

LONGEST_TEXT = 300_000
MOST_LEVELS = 10
_SHOWN_OF_ENCLOSED = ("From", "Date", "Subject")
_SAME_WORDS = 0.8
_MOST_BESIDE = 20


@dataclass
class Room:
    """How much may still be unpacked out of containers, in bytes and in files, over all their levels."""

    bytes_left: int = 20_000_000
    files_left: int = 500

    def take(self, content: bytes) -> bool:
        """Take room for a file; say whether there was enough."""
        self.bytes_left -= len(content)
        self.files_left -= 1
        return self.bytes_left >= 0 and self.files_left >= 0


@dataclass(frozen=True)
class Enclosed:
    """A message inside the message: its header fields, and its text under who, when and about what."""

    headers: Headers
    text: str


@dataclass
class Contents:
    """What is gathered.

    `texts` are those of the message itself, in order; `beside` are those that repeat or complete them: the
    body in a winmail.dat, the comment in an answered invitation. `last_resort` is read where there is nothing
    else. `cids` are the Content-IDs that the text shows.
    """

    texts: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    last_resort: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    cids: set[str] = field(default_factory=set)
    room: Room = field(default_factory=Room)
    level: int = 0
    _content_ids: dict[int, str] = field(default_factory=dict)

    def inside(self) -> "Contents":
        """Return what a container in this message is gathered into; it shares the room."""
        return Contents(room=self.room, level=self.level + 1)

    def add_file(self, file: File, *, text: str = "", fault: str = "") -> None:
        """List an attached file."""
        if file.content_id:
            self._content_ids[len(self.attachments)] = file.content_id.strip().strip("<>")
        self.attachments.append(
            Attachment(
                filename=clean(file.name).replace("\n", " "),
                content_type=clean(file.kind).replace("\n", " "),
                content=file.content,
                sha256=hashlib.sha256(file.content).hexdigest(),
                text=clean(text)[:LONGEST_TEXT],
                fault=fault,
            )
        )

    def files(self) -> tuple[Attachment, ...]:
        """Return the attached files, those marked that the text shows in its place."""
        for number, content_id in self._content_ids.items():
            is_picture = self.attachments[number].content_type.startswith("image/")
            if is_picture and content_id in self.cids:
                self.attachments[number] = replace(self.attachments[number], is_inline=True)
        return tuple(self.attachments)

    def text(self) -> str:
        """Join the texts in order; a mail that is only a forward is read as what it forwards."""
        text = joined(self.texts)
        for other in self.beside[:_MOST_BESIDE]:
            if not says(text, other):
                text = joined([text, other])
        if not text and self.enclosed:
            text = joined([each.text for each in self.enclosed])
        return (text or joined(self.last_resort))[:LONGEST_TEXT]


def text_of_enclosed(headers: Headers, contents: Contents) -> str:
    """Write an attached message as a forward shows it: who, when, about what, and its text."""
    top = "\n".join(f"{name}: {headers.text(name)}" for name in _SHOWN_OF_ENCLOSED if headers.text(name))
    return f"{top}\n\n{contents.text()}"


def joined(texts: list[str]) -> str:
    """Join texts in order, a blank line between them."""
    return "\n\n".join(text.strip() for text in texts if text.strip())


def says(text: str, other: str) -> bool:
    """Say whether a text already holds nearly all words of another."""
    words = Counter(other.split())
    missing = words - Counter(text.split())
    return missing.total() <= (1 - _SAME_WORDS) * words.total()
