"""What casework, intake and the jobs need of the world, as protocols.

The real ones are in `intake/mailbox.py`, `letters/deliver.py`, `models/repository.py` and
`models/unit_of_work.py`; the tests' fakes are a few lines each.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from models.case import AuditRow, Case, Letter, Task
from models.decision import Decision, Prediction
from models.message import Attachment, FetchedMessage, Message, Place


class Ledger(Protocol):
    """What a mailbox asks of the ledger to know where it was."""

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest IMAP uid kept so far, 0 for a folder never read."""
        ...

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those of `uids` that the ledger does not hold, in their order."""
        ...


class Mailbox(Protocol):
    """One account whose folders are polled."""

    @property
    def account(self) -> str:
        """The name under which the ledger knows it."""
        ...

    @property
    def marks_processed(self) -> bool:
        """Whether the settings ask for anything to be done with messages that are kept."""
        ...

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the messages that the ledger does not hold, in batches, oldest first.

        Raises MailboxUnavailable where the mailbox cannot be reached or breaks off.
        """
        ...

    def mark(self, places: Sequence[Place]) -> None:
        """Do with kept messages what the settings say: leave, flag or move them."""
        ...

    def check(self) -> str:
        """Look whether it can be read and return what is there. Raises MailboxUnavailable."""
        ...

    def close(self) -> None:
        """Sign out and let the connection go."""
        ...


class Sender(Protocol):
    """Whatever takes a finished letter to its recipient.

    `is_away` says after a failure whether the server itself was at fault, and not one letter.
    """

    is_away: bool

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Hand the letter over.

        Raises SenderUnavailable for "not now" and LetterRefused for "never".
        """
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


class Messages(Ledger, Protocol):
    """The ledger and the raw bytes behind it."""

    def keep(self, message: Message, raw: bytes | None) -> bool:
        """Add a ledger row with its raw bytes; False where the ledger already holds that place."""
        ...

    def advance(self, place: Place) -> None:
        """Move the cursor of the place's folder to its uid."""
        ...

    def claim(self, *, limit: int, worker: str, now: datetime) -> list[int]:
        """Reserve messages without an outcome for a worker, oldest first, and count the attempt."""
        ...

    def give_back(self, ids: Sequence[int]) -> None:
        """Give back claimed messages, and the attempt with them: the fault was not theirs."""
        ...

    def get(self, message_id: int) -> Message:
        """Return one ledger row, locked until the unit of work ends."""
        ...

    def raw(self, message: Message) -> bytes:
        """Return the bytes as received."""
        ...

    def original_of(self, identity: str) -> Message | None:
        """Return the first message with the same Message-ID and the same content."""
        ...

    def add_attachments(self, message: Message, attachments: Sequence[Attachment]) -> None:
        """Keep the attachments by hash and list them with the message."""
        ...

    def add_prediction(self, message: Message, prediction: Prediction, *, now: datetime) -> None:
        """Record what the classifier said."""
        ...

    def add_decision(self, message: Message, decision: Decision, *, now: datetime) -> None:
        """Record what triage decided."""
        ...

    def unmarked(self, account: str, *, limit: int) -> list[Message]:
        """Return messages that are kept but not yet marked in their mailbox."""
        ...

    def record_marked(self, messages: Sequence[Message], *, now: datetime) -> None:
        """Record that messages are marked in their mailbox."""
        ...

    def add_task(self, task: Task) -> None:
        """Put a task on record that belongs to a message but to no case."""
        ...


class Cases(Protocol):
    """The cases, each loaded whole."""

    def add(self, case: Case) -> None:
        """Put a new case on record."""
        ...

    def get(self, reference: str) -> Case:
        """Return the whole case, locked until the unit of work ends.

        Raises UnknownReference where there is none.
        """
        ...

    def find(self, reference: str) -> Case | None:
        """Return the whole case or None."""
        ...

    def of_letters(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case to which one of our letters with these Message-IDs belongs."""
        ...

    def letter_of(self, message_ids: Sequence[str]) -> Letter | None:
        """Return the letter of ours with one of these Message-IDs."""
        ...

    def of_messages(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case that holds a message with one of these Message-IDs."""
        ...

    def due_for_guard(self, *, now: datetime, limit: int) -> list[str]:
        """Return the references of cases whose formal acknowledgement the guard must send now."""
        ...


class Letters(Protocol):
    """The letters on their way out."""

    def claim_due(self, *, now: datetime) -> Letter | None:
        """Reserve the next letter that is due to be sent."""
        ...

    def case_head_of(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs, without its messages, letters and tasks."""
        ...

    def get(self, letter_id: int) -> Letter:
        """Return one letter, locked until the unit of work ends."""
        ...

    def case_of(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs."""
        ...

    def add(self, letter: Letter) -> None:
        """Queue a letter that belongs to no case."""
        ...

    def count_to_address(self, address: str, *, since: datetime) -> int:
        """Count the letters queued to an address since an instant."""
        ...

    def count_to_domain(self, domain: str, *, since: datetime) -> int:
        """Count the letters queued to a domain since an instant."""
        ...

    def count_all(self, *, since: datetime) -> int:
        """Count all letters queued since an instant."""
        ...


class Audit(Protocol):
    """The record of what was done."""

    def add(self, row: AuditRow) -> None:
        """Add a line; none is ever changed."""
        ...


class UnitOfWork(Protocol):
    """Everything that happens together or not at all."""

    @property
    def messages(self) -> Messages:
        """The ledger."""
        ...

    @property
    def cases(self) -> Cases:
        """The cases."""
        ...

    @property
    def letters(self) -> Letters:
        """The letters."""
        ...

    @property
    def audit(self) -> Audit:
        """The record of what was done."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Roll back what was not committed."""
        ...

    def commit(self) -> None:
        """Make it lasting."""
        ...

    def flush(self) -> None:
        """Give new records their numbers without making them lasting."""
        ...


class UnitsOfWork(Protocol):
    """A maker of units of work."""

    def __call__(self) -> UnitOfWork:
        """Return a new one."""
        ...
