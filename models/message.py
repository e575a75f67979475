"""A message: where it was found, what was read out of it, and where it ended.

`Message` is the ledger row: one for every message that a mailbox ever showed, never deleted, and sooner
or later with exactly one outcome. `ParsedMessage` is what reading the raw bytes gave.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.codes import Outcome


@dataclass(frozen=True)
class Place:
    """Where a mailbox showed a message: IMAP's own key (RFC 9051, 2.3.1.1), or a file's name as uid."""

    account: str
    folder: str
    uid_validity: int
    uid: str


@dataclass(frozen=True)
class Listed:
    """A message as a mailbox lists it now, without its body; None where the mailbox does not say."""

    place: Place
    size: int | None = None
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class FetchedMessage:
    """A message as a mailbox handed it over, before anything has interpreted it.

    `raw` is None where the message is over the size limit or cannot be read; `fault` then says why.
    `head` is the beginning of what was not taken whole. `filename` is that of a document, such as a scanned
    letter; it is empty for mail.
    """

    place: Place
    raw: bytes | None
    received_at: datetime | None
    size: int
    fault: str | None = None
    filename: str = ""
    head: bytes = b""


@dataclass(frozen=True)
class Person:
    """A name and an address as a header or a form gave them; either may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        """Write the person as mail does."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


NOBODY = Person(name="", address="")


@dataclass(frozen=True)
class Complainant:
    """Somebody as best known, and where they were found, empty for nowhere.

    That is from, reply_to, form, form_unverified, forward, subject or text.
    """

    person: Person = NOBODY
    found_in: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message; `content` is kept by its SHA-256, `text` is what could be read.

    `confidence` is that of recognised text, 0 to 1, and None where nothing had to be recognised. `fault` says
    in a sentence why the text is missing or not whole. `is_inline` is true of pictures that the text shows in
    their place by their Content-ID: photographs pasted into it, and the logos of signatures, which are small.
    """

    filename: str
    content_type: str
    content: bytes
    sha256: str
    text: str = ""
    confidence: float | None = None
    fault: str = ""
    is_inline: bool = False

    @property
    def size(self) -> int:
        """Return the size of the decoded file in bytes."""
        return len(self.content)


@dataclass(frozen=True)
class ParsedMessage:
    """What reading a message's bytes gave; every field has a value, however odd the message.

    `date` is the Date header and only a claim; `received_at` is the top Received header. `reply_text` is
    the new part on top, equal to `text` where nothing is quoted. `returned_ids` are the Message-IDs of
    letters that a bounce brings back, and `bounce_reason` says in plain words why it does. `represented` is
    for whom the complainant writes, if for somebody else. `claimed_at` is when a forwarded mail or a scanned
    letter says that it was written, and only a claim too. `defects` are short codes.
    """

    subject: str = ""
    sender: Person | None = None
    reply_to: tuple[Person, ...] = ()
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    date: datetime | None = None
    received_at: datetime | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    text: str = ""
    reply_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_bounce: bool = False
    bounced_addresses: tuple[str, ...] = ()
    returned_ids: tuple[str, ...] = ()
    bounce_reason: str = ""
    is_auto_reply: bool = False
    is_list: bool = False
    is_null_sender: bool = False
    machine_reason: str = ""
    complainant: Complainant = field(default_factory=Complainant)
    represented: Complainant = field(default_factory=Complainant)
    claimed_at: datetime | None = None
    defects: tuple[str, ...] = ()
    content_hash: str = ""

    @property
    def thread_ids(self) -> tuple[str, ...]:
        """Return the Message-IDs that this message answers, the nearest first (RFC 5322, 3.6.4)."""
        nearest_first = (self.in_reply_to, *reversed(self.references))
        return tuple(dict.fromkeys(ref for ref in nearest_first if ref))

    @property
    def writer(self) -> Person:
        """Return whom the message is from as best known, nobody where nothing says."""
        return self.complainant.person if self.complainant.found_in else self.sender or NOBODY

    @property
    def people(self) -> dict[str, dict[str, str]]:
        """Return who is who, each with where they were found, as the record keeps it."""
        found = {
            "sender": Complainant(self.sender or NOBODY, "from"),
            "complainant": self.complainant,
            "represented": self.represented,
            "reply_to": Complainant(self.reply_to[0] if self.reply_to else NOBODY, "reply_to"),
        }
        return {
            role: {"name": who.person.name, "address": who.person.address, "found_in": who.found_in}
            for role, who in found.items()
            if who.person != NOBODY
        }

    @property
    def letters_named(self) -> tuple[str, ...]:
        """Return the Message-IDs that a bounce brings back or answers, the surest first."""
        return (*self.returned_ids, *self.thread_ids)

    @property
    def words_to_triage(self) -> str:
        """Return what the sender says now: the new part, or the attachments where it only points at them."""
        return words_to_triage(self.reply_text, [each.text for each in self.attachments])


_POINTS_AT_ATTACHMENT = 20


def words_to_triage(reply_text: str, attached: Sequence[str]) -> str:
    """Return the words that triage reads: those of a message, and its attachments' where it says little."""
    texts = "\n\n".join(text for text in attached if text.strip())
    if texts and len(reply_text.split()) < _POINTS_AT_ATTACHMENT:
        return f"{reply_text}\n\n{texts}".strip()
    return reply_text


@dataclass(eq=False, kw_only=True)
class Message:
    """One row of the ledger."""

    account: str
    folder: str
    uid_validity: int
    uid: str
    sha256: str | None
    size: int
    received_at: datetime
    fetched_at: datetime
    is_historic: bool = False
    filename: str = ""
    id: int | None = None
    attempts: int = 0
    outcome: Outcome | None = None
    reason: str = ""
    settled_at: datetime | None = None
    marked_at: datetime | None = None
    case_id: int | None = None
    duplicate_of_id: int | None = None
    identity: str | None = None
    message_id: str | None = None
    sender_name: str = ""
    sender_address: str = ""
    subject: str = ""
    text: str = ""
    reply_text: str = ""
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Return where the mailbox showed it."""
        return Place(self.account, self.folder, self.uid_validity, self.uid)

    def describe(self, parsed: ParsedMessage) -> None:
        """Copy what was read out of the raw bytes into the row that officers see."""
        who = parsed.writer
        self.message_id = parsed.message_id
        self.sender_name, self.sender_address = who.name, who.address
        self.subject, self.text, self.reply_text = parsed.subject, parsed.text, parsed.reply_text
        self.people = parsed.people

    def settle(self, outcome: Outcome, *, reason: str, now: datetime) -> None:
        """Give the message its one outcome.

        Raises ValueError where it already has another: an outcome is never overwritten in silence.
        """
        if self.outcome not in (None, Outcome.QUARANTINE):
            raise ValueError(f"message {self.id} already ended as {self.outcome}")
        self.outcome, self.reason, self.settled_at = outcome, reason, now

    def correct(self, outcome: Outcome, *, reason: str, now: datetime) -> None:
        """Replace the outcome on an officer's word; the audit keeps what it was."""
        self.outcome, self.reason, self.settled_at = outcome, reason, now

    def begin_again(self) -> None:
        """Forget the outcome, so that the message is read once more."""
        self.outcome, self.reason, self.settled_at, self.attempts = None, "", None, 0
        self.identity = None
