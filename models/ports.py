"""What casework, intake and the jobs need of the world, as protocols.

The real ones are in `intake/mailbox.py`, `intake/tokens.py`, `letters/deliver.py`,
`models/repository.py` and `models/unit_of_work.py`; the tests' fakes are a few lines each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from models.accounts import Account
from models.case import (
    Action,
    AuditRow,
    Case,
    DueForGuard,
    Extension,
    Letter,
    LetterCounts,
    Point,
    Refusal,
    Task,
)
from models.decision import Decision, DecisionOnRecord, Prediction
from models.health import MailboxHealth, Reconciliation
from models.message import Attachment, FetchedMessage, Listed, Message, Place
from models.people import Arrangement, KnownIssue, Officer
from models.undo import Remembered


class Ledger(Protocol):
    """What a mailbox asks of the ledger to know where it was."""

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest IMAP uid kept so far, 0 for a folder never read."""
        ...

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those of `uids` that the ledger does not hold, in their order; they are those of files."""
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

        A batch counts as kept when the next one is asked for, and need not be shown again.
        Raises MailboxUnavailable where the mailbox cannot be reached or breaks off.
        """
        ...

    def listing(self) -> Iterator[Listed]:
        """Yield every message that it shows now, without bodies and in constant memory.

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


class TokenSource(Protocol):
    """Hands out the tokens with which one account signs in instead of a password (RFC 6750)."""

    def token(self) -> str:
        """Return a token that holds for now. Raises SignInRefused where none can be had."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """When the token at hand expires, None where there is none."""
        ...

    def forget(self, token: str) -> None:
        """Drop a token that a server refused, so that the next call fetches another; seldom at most."""
        ...


@runtime_checkable
class Refetches(Protocol):
    """A mailbox that can hand over one message again."""

    @property
    def account(self) -> str:
        """The name under which the ledger knows it."""
        ...

    def again(self, place: Place) -> FetchedMessage | None:
        """Fetch one message once more, None where it is not there whole.

        Raises MailboxUnavailable where the mailbox cannot be reached or breaks off.
        """
        ...


@runtime_checkable
class Announces(Protocol):
    """A mailbox that says by itself when something may have come."""

    @property
    def account(self) -> str:
        """The name under which the ledger knows it."""
        ...

    def news(self, *, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Yield whenever something may have come, and once on connecting.

        Ends at once where the server cannot do that. Raises MailboxUnavailable where it has gone.
        """
        ...

    def close(self) -> None:
        """Sign out and let the connection go."""
        ...


@runtime_checkable
class KeepsCopies(Protocol):
    """A mailbox that takes copies of what we sent into one of its folders."""

    def put(self, folder: str, raw: bytes, *, message_id: str, at: datetime) -> bool:
        """Put a message that was read into a folder, unless it holds that Message-ID; say whether it was put.

        Raises MailboxUnavailable where that cannot be done now.
        """
        ...

    def close(self) -> None:
        """Sign out and let the connection go."""
        ...


class Sender(Protocol):
    """Whatever takes a finished letter to its recipient.

    `is_away` says after a failure whether the server itself was at fault, and not one letter.
    """

    @property
    def is_away(self) -> bool:
        """Whether the server itself was at fault when a letter last failed."""
        ...

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Hand the letter over.

        Raises SenderUnavailable for "not now" and LetterRefused for "never".
        """
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


@runtime_checkable
class HearsOfFailures(Protocol):
    """A sender that is told of letters that did not arrive; bounces then go to it and not to us."""

    def undelivered(self) -> Iterator[tuple[str, str]]:
        """Yield the Message-IDs of letters that lately did not arrive, each with why.

        Raises SenderUnavailable.
        """
        ...


class Messages(Ledger, Protocol):
    """The ledger and the raw bytes behind it."""

    def keep(self, message: Message, raw: bytes | None) -> bool:
        """Add a ledger row with its raw bytes; False where the ledger already holds that place."""
        ...

    def advance(self, place: Place) -> None:
        """Move the cursor of the place's folder to its uid."""
        ...

    def claim(self, *, limit: int, most_bytes: int, worker: str, now: datetime) -> list[int]:
        """Reserve messages without an outcome for a worker, oldest first, and count the attempt."""
        ...

    def complete(self, message: Message, raw: bytes) -> None:
        """Keep the bytes of a message that had not been taken whole."""
        ...

    def give_back(self, ids: Sequence[int]) -> None:
        """Give back claimed messages, and the attempt with them: the fault was not theirs."""
        ...

    def get(self, message_id: int) -> Message:
        """Return one ledger row, locked until the unit of work ends unless that only reads.

        Raises UnknownReference where there is none of that number.
        """
        ...

    def raw(self, message: Message) -> bytes:
        """Return the bytes as received."""
        ...

    def with_raw(self, ids: Sequence[int]) -> list[tuple[Message, bytes]]:
        """Return messages with their bytes as received, in the order of their numbers."""
        ...

    def original_of(self, identity: str) -> Message | None:
        """Return the first message with the same Message-ID and the same content."""
        ...

    def bears_id(self, message_id: str) -> bool:
        """Say whether a message that has its outcome bears this Message-ID."""
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

    def decision_of(self, message: Message) -> DecisionOnRecord | None:
        """Return what triage decided of a message first, None where nothing is on record."""
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

    def begin_again(self, message: Message) -> None:
        """Let a message wait to be read as if it had just come."""
        ...

    def close_tasks_of(self, message_id: int, *, now: datetime) -> None:
        """Close the open tasks that belong to a message but to no case."""
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

    def assigned_to(self, officer: str) -> list[str]:
        """Return the references of the open cases that an officer handles, oldest first."""
        ...

    def due_for_guard(
        self, *, now: datetime, limit: int, after: DueForGuard | None = None
    ) -> list[DueForGuard]:
        """Return the cases whose formal acknowledgement the guard must send now, the earliest first.

        `after` is the last one of those returned before.
        """
        ...


class Letters(Protocol):
    """The letters on their way out."""

    def claim_due(self, *, now: datetime) -> Letter | None:
        """Reserve the next letter that is due to be sent."""
        ...

    def peek_case(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs, neither locked nor with what belongs to it."""
        ...

    def get(self, letter_id: int) -> Letter:
        """Return one letter, locked until the unit of work ends; its case is locked before it.

        Raises UnknownReference where there is none of that number.
        """
        ...

    def with_case(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Return one letter and its whole case, both locked until the unit of work ends, the case first.

        Raises UnknownReference where there is none of that number.
        """
        ...

    def with_case_head(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Do the same, but return the case without its messages, letters and tasks."""
        ...

    def add(self, letter: Letter) -> None:
        """Queue a letter that belongs to no case."""
        ...

    def sent_to(self, addresses: Sequence[str], *, since: datetime) -> list[Letter]:
        """Return the letters that were sent to any of these addresses since an instant."""
        ...

    def tells_of_issue(self, number: int, address: str, *, since: datetime) -> bool:
        """Say whether a letter about a known issue was written to an address since an instant."""
        ...

    def counts(self, address: str, *, to_address_since: datetime, since: datetime) -> LetterCounts:
        """Count the letters queued to an address, to its domain and to everybody, each since an instant."""
        ...


class Digests(Protocol):
    """Which digests of what is due were written."""

    def begin(self, recipient: str, day: date) -> bool:
        """Take a recipient's digest of a day; False where it was taken before."""
        ...

    def written(self, recipient: str, day: date, letter: Letter) -> None:
        """Record which letter the digest became."""
        ...


class Audit(Protocol):
    """The record of what was done."""

    def add(self, row: AuditRow) -> None:
        """Add a line; none is ever changed."""
        ...


class Health(Protocol):
    """How the mailboxes are, and what the last comparison with them found."""

    def polled(
        self,
        account: str,
        *,
        at: datetime,
        newest: datetime | None = None,
        token_expires_at: datetime | None = None,
        secret_expires_on: date | None = None,
    ) -> None:
        """Record that a mailbox was read whole, and when the newest message that was kept had arrived."""
        ...

    def failed(self, account: str, *, at: datetime, fault: str) -> None:
        """Record that a mailbox could not be read."""
        ...

    def all(self) -> list[MailboxHealth]:
        """Return what is known of every mailbox and job."""
        ...

    def reconciled(self, result: Reconciliation) -> None:
        """Keep what a comparison found."""
        ...

    def last_reconciliation(self) -> Reconciliation | None:
        """Return what the last comparison found."""
        ...


class People(Protocol):
    """What was agreed with people, by their addresses."""

    def add(self, arrangement: Arrangement) -> None:
        """Put an arrangement on record."""
        ...

    def get(self, number: int) -> Arrangement:
        """Return one arrangement; raises UnknownReference where there is none of that number."""
        ...

    def of(self, addresses: Sequence[str]) -> list[Arrangement]:
        """Return the arrangements in force with whoever writes from these addresses, oldest first."""
        ...

    @property
    def added(self) -> Sequence[Arrangement]:
        """What was put on record in this unit of work, in its order."""
        ...

    def remove(self, arrangement: Arrangement) -> None:
        """Take an arrangement off the record, which was put there by mistake."""
        ...

    def due_for_review(self, day: date) -> list[Arrangement]:
        """Return the arrangements in force whose date of review has come."""
        ...


class Officers(Protocol):
    """Who works cases."""

    def add(self, officer: Officer) -> None:
        """Put an officer on record."""
        ...

    def find(self, name: str) -> Officer | None:
        """Return the officer of that name or None."""
        ...

    def get(self, name: str) -> Officer:
        """Return the officer of that name; raises UnknownReference where there is none."""
        ...

    def all(self) -> list[Officer]:
        """Return every officer, by name."""
        ...

    def administrators(self) -> list[Officer]:
        """Return the administrators who are not disabled, locked until the unit of work ends."""
        ...


class Accounts(Protocol):
    """What officers sign in with."""

    def add(self, account: Account) -> None:
        """Put an account on record."""
        ...

    def find(self, officer: str) -> Account | None:
        """Return the account of an officer, locked until the unit of work ends, or None."""
        ...

    def of_subject(self, subject: str) -> Account | None:
        """Return the account that belongs to an OpenID Connect identity, or None."""
        ...


class Sessions(Protocol):
    """The browsers in which officers are signed in."""

    def end_all(self, officer: str, *, but: str = "") -> None:
        """End every session of an officer, but for one."""
        ...


class SignInAttempts(Protocol):
    """The names under which signing in failed."""

    def forget(self, name_hash: str) -> None:
        """Forget what failed under a name, from whatever network."""
        ...


class KnownIssues(Protocol):
    """The faults that officers declared."""

    def add(self, issue: KnownIssue) -> None:
        """Put an issue on record."""
        ...

    def get(self, number: int) -> KnownIssue:
        """Return one issue; raises UnknownReference where there is none of that number."""
        ...

    def open_on(self, day: date) -> list[KnownIssue]:
        """Return the issues that last on a day, the newest first."""
        ...


class Undo(Protocol):
    """The last change of each case, as far as it can be taken back."""

    def keep(self, case: Case, remembered: Remembered) -> None:
        """Keep what a change altered, in place of what an earlier one did."""
        ...

    def of(self, reference: str) -> Remembered | None:
        """Return what the last change of a case altered, None where nothing is kept; locks nothing."""
        ...

    def forget(self, case: Case) -> None:
        """Keep nothing any longer of the last change of a case."""
        ...

    def drop(self, rows: Iterable[Extension | Refusal | Point | Action]) -> None:
        """Take rows off the record that a change had added; they have left their case before."""
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

    @property
    def health(self) -> Health:
        """How the mailboxes are."""
        ...

    @property
    def people(self) -> People:
        """What was agreed with people."""
        ...

    @property
    def officers(self) -> Officers:
        """Who works cases."""
        ...

    @property
    def accounts(self) -> Accounts:
        """What officers sign in with."""
        ...

    @property
    def sessions(self) -> Sessions:
        """The browsers in which officers are signed in."""
        ...

    @property
    def attempts(self) -> SignInAttempts:
        """The names under which signing in failed."""
        ...

    @property
    def known_issues(self) -> KnownIssues:
        """The faults that officers declared."""
        ...

    @property
    def undo(self) -> Undo:
        """What can be taken back of each case."""
        ...

    @property
    def digests(self) -> Digests:
        """Which digests of what is due were written."""
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

    def __call__(self, *, reads: bool = False) -> UnitOfWork:
        """Return a new one; one that only `reads` keeps no writer waiting."""
        ...
