"""Fakes of models/ports.py that keep everything in lists."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Self

from models.accounts import Account
from models.case import AuditRow, Case, DueForGuard, Letter, LetterCounts, Task
from models.codes import LetterState, Outcome, Role
from models.decision import Decision, DecisionOnRecord, Prediction
from models.errors import UnknownReference
from models.message import Attachment, Message, Place
from models.people import Arrangement, KnownIssue, Officer
from models.undo import Remembered

_CLAIM = timedelta(minutes=10)


class FakeMessages:
    """A ledger in a list."""

    def __init__(self, rows: Iterable[Message] = ()) -> None:
        self.rows = list(rows)
        self.tasks: list[Task] = []
        self.raws: dict[Place, bytes] = {}
        self.predictions: list[Prediction] = []
        self.decisions: list[Decision] = []
        self.decided: dict[int, Decision] = {}
        self.attachments: list[Attachment] = []

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest uid of a folder."""
        where = (account, folder, uid_validity)
        return max((int(row.uid) for row in self.rows if _folder_of(row) == where), default=0)

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return the uids that no row has."""
        known = {row.uid for row in self.rows if (row.account, row.folder) == (account, folder)}
        return [uid for uid in uids if uid not in known]

    def keep(self, message: Message, raw: bytes | None) -> bool:
        """Add a row once."""
        if any(row.place == message.place for row in self.rows):
            return False
        self.rows.append(message)
        self.raws[message.place] = raw or b""
        return True

    def complete(self, message: Message, raw: bytes) -> None:
        """Keep the bytes of a row that had none."""
        message.sha256, message.size = "1" * 64, len(raw)
        self.raws[message.place] = raw

    def advance(self, place: Place) -> None:
        """Nothing to move: `last_uid` looks at the rows."""

    def claim(self, *, limit: int, most_bytes: int, worker: str, now: datetime) -> list[int]:
        """Return the numbers of rows without an outcome."""
        del worker, now, most_bytes
        return [row.id for row in self.rows if row.outcome is None and row.id is not None][:limit]

    def get(self, message_id: int) -> Message:
        """Return the row of that number."""
        return next(row for row in self.rows if row.id == message_id)

    def raw(self, message: Message) -> bytes:
        """Return the bytes kept with a row."""
        return self.raws[message.place]

    def with_raw(self, ids: Sequence[int]) -> list[tuple[Message, bytes]]:
        """Return rows with their bytes."""
        return [(row, self.raws[row.place]) for row in self.rows if row.id in ids]

    def original_of(self, identity: str) -> Message | None:
        """Return the first row of that identity."""
        return next((row for row in self.rows if row.identity == identity), None)

    def bears_id(self, message_id: str) -> bool:
        """Say whether a settled row has this id."""
        return any(row.message_id == message_id and row.outcome is not None for row in self.rows)

    def add_attachments(self, message: Message, attachments: Sequence[Attachment]) -> None:
        """Keep the attachments."""
        del message
        self.attachments.extend(attachments)

    def add_prediction(self, message: Message, prediction: Prediction, *, now: datetime) -> None:
        """Keep the prediction."""
        del message, now
        self.predictions.append(prediction)

    def add_decision(self, message: Message, decision: Decision, *, now: datetime) -> None:
        """Keep the decision."""
        del now
        self.decisions.append(decision)
        if message.id is not None:
            self.decided.setdefault(message.id, decision)

    def decision_of(self, message: Message) -> DecisionOnRecord | None:
        """Return the first decision about a message, as the record gives it back."""
        found = self.decided.get(message.id or 0)
        return None if found is None else DecisionOnRecord.of_json(found.as_json())

    def unmarked(self, account: str, *, limit: int) -> list[Message]:
        """Return the rows of an account that are not marked."""
        return [row for row in self.rows if row.account == account and row.marked_at is None][:limit]

    def record_marked(self, messages: Sequence[Message], *, now: datetime) -> None:
        """Mark the rows."""
        for message in messages:
            message.marked_at = now

    def add_task(self, task: Task) -> None:
        """Keep the task."""
        self.tasks.append(task)

    def begin_again(self, message: Message) -> None:
        """Forget what became of a row."""
        message.begin_again()

    def close_tasks_of(self, message_id: int, *, now: datetime) -> None:
        """Close the tasks of a message."""
        for task in self.tasks:
            if task.message_id == message_id and task.closed_at is None:
                task.closed_at = now

    def quarantined(self, *, limit: int) -> list[Message]:
        """Return the rows in quarantine."""
        return [row for row in self.rows if row.outcome is Outcome.QUARANTINE][:limit]


class FakeCases:
    """Cases in a list."""

    def __init__(self, cases: Iterable[Case] = ()) -> None:
        self.all = list(cases)

    def add(self, case: Case) -> None:
        """Keep the case."""
        self.all.append(case)

    def get(self, reference: str) -> Case:
        """Return the case of that reference."""
        case = self.find(reference)
        if case is None:
            raise UnknownReference(reference)
        return case

    def find(self, reference: str) -> Case | None:
        """Return the case of that reference or None."""
        return next((case for case in self.all if case.reference == reference), None)

    def of_letters(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case with one of these letters."""
        sent = ((case, letter) for case in self.all for letter in case.letters)
        return next((case for case, letter in sent if letter.message_id in message_ids), None)

    def letter_of(self, message_ids: Sequence[str]) -> Letter | None:
        """Return the first of these letters."""
        letters = (letter for case in self.all for letter in case.letters)
        return next((letter for letter in letters if letter.message_id in message_ids), None)

    def of_messages(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case with one of these messages."""
        held = ((case, message) for case in self.all for message in case.messages)
        return next((case for case, message in held if message.message_id in message_ids), None)

    def assigned_to(self, officer: str) -> list[str]:
        """Return the references of the open cases of an officer."""
        theirs = (case for case in self.all if case.assigned_to == officer)
        return [each.reference for each in theirs if each.closed_on is None and not each.merged_into]

    def due_for_guard(
        self, *, now: datetime, limit: int, after: DueForGuard | None = None
    ) -> list[DueForGuard]:
        """Return the cases whose guard time has come, the earliest first, from after one of them on."""
        due = [(case.guard_at, case.reference) for case in self.all if case.guard_at and case.guard_at <= now]
        left = [each for each in sorted(due) if after is None or each > (after.guard_at, after.reference)]
        return [DueForGuard(*each) for each in left[:limit]]


class FakeLetters:
    """The letters of all cases, and those that belong to none."""

    def __init__(self, cases: FakeCases) -> None:
        self._cases = cases
        self.loose: list[Letter] = []

    @property
    def all(self) -> list[Letter]:
        """Every letter."""
        return [*self.loose, *(letter for case in self._cases.all for letter in case.letters)]

    def claim_due(self, *, now: datetime) -> Letter | None:
        """Reserve the first letter that is due."""
        for letter in self.all:
            is_free = letter.claimed_until is None or letter.claimed_until <= now
            if letter.state is LetterState.QUEUED and letter.due_at <= now and is_free:
                letter.claimed_until = now + _CLAIM
                return letter
        return None

    def get(self, letter_id: int) -> Letter:
        """Return the letter of that number."""
        found = next((letter for letter in self.all if letter.id == letter_id), None)
        if found is None:
            raise UnknownReference(f"there is no letter {letter_id}")
        return found

    def with_case(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Return the letter of that number and its case."""
        letter = self.get(letter_id)
        return letter, self.case_of(letter)

    def with_case_head(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Do the same."""
        return self.with_case(letter_id)

    def peek_case(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs."""
        return self.case_of(letter)

    def case_of(self, letter: Letter) -> Case | None:
        """Return the case that holds the letter."""
        return next((case for case in self._cases.all if letter in case.letters), None)

    def add(self, letter: Letter) -> None:
        """Keep a letter that belongs to no case."""
        self.loose.append(letter)

    def sent_to(self, addresses: Sequence[str], *, since: datetime) -> list[Letter]:
        """Return the letters sent to these addresses."""
        return [
            letter
            for letter in self._queued_since(since)
            if letter.recipient in addresses and letter.state is LetterState.SENT
        ]

    def tells_of_issue(self, number: int, address: str, *, since: datetime) -> bool:
        """Say whether a letter to the address told of the issue."""
        return any(
            letter.known_issue == number
            and letter.recipient == address
            and letter.state not in {LetterState.FAILED, LetterState.WITHDRAWN}
            for letter in self._queued_since(since)
        )

    def counts(self, address: str, *, to_address_since: datetime, since: datetime) -> LetterCounts:
        """Count the letters to an address, its domain and everybody."""
        ending = f"@{address.rpartition('@')[2]}"
        lately = self._queued_since(since)
        return LetterCounts(
            to_address=sum(letter.recipient == address for letter in self._queued_since(to_address_since)),
            to_domain=sum(letter.recipient.endswith(ending) for letter in lately),
            in_all=len(lately),
        )

    def _queued_since(self, since: datetime) -> list[Letter]:
        return [letter for letter in self.all if letter.queued_at >= since]


class FakeAudit:
    """The record of what was done, in a list."""

    def __init__(self) -> None:
        self.rows: list[AuditRow] = []

    def add(self, row: AuditRow) -> None:
        """Keep the row."""
        self.rows.append(row)


class FakePeople:
    """Arrangements in a list."""

    def __init__(self) -> None:
        self.all: list[Arrangement] = []
        self.added: list[Arrangement] = []

    def add(self, arrangement: Arrangement) -> None:
        """Keep the arrangement."""
        self.all.append(arrangement)
        self.added.append(arrangement)
        arrangement.id = arrangement.id or len(self.all)

    def get(self, number: int) -> Arrangement:
        """Return the arrangement of that number."""
        found = next((each for each in self.all if each.id == number), None)
        if found is None:
            raise UnknownReference(f"there is no arrangement {number}")
        return found

    def of(self, addresses: Sequence[str]) -> list[Arrangement]:
        """Return those in force with these addresses."""
        return [each for each in self.all if each.address in addresses and each.is_in_force]

    def remove(self, arrangement: Arrangement) -> None:
        """Keep it no longer."""
        self.all.remove(arrangement)

    def due_for_review(self, day: date) -> list[Arrangement]:
        """Return those in force whose date of review has come."""
        return [each for each in self.all if each.review_on and each.review_on <= day and each.is_in_force]


class FakeOfficers:
    """Officers in a list."""

    def __init__(self) -> None:
        self._all: list[Officer] = []

    def add(self, officer: Officer) -> None:
        """Keep the officer."""
        self._all.append(officer)

    def find(self, name: str) -> Officer | None:
        """Return the officer of that name or None."""
        return next((each for each in self._all if each.name == name), None)

    def get(self, name: str) -> Officer:
        """Return the officer of that name."""
        found = self.find(name)
        if found is None:
            raise UnknownReference(f"there is no officer {name}")
        return found

    def all(self) -> list[Officer]:
        """Return every officer."""
        return list(self._all)

    def administrators(self) -> list[Officer]:
        """Return the administrators who are not disabled."""
        return [each for each in self._all if each.role is Role.ADMINISTRATOR and not each.is_disabled]


class FakeAccounts:
    """Accounts, and of their sessions and failures only whose were ended and forgotten."""

    def __init__(self) -> None:
        self.rows: dict[str, Account] = {}
        self.ended: list[str] = []
        self.forgotten: list[str] = []

    def add(self, account: Account) -> None:
        """Keep the account."""
        self.rows[account.officer] = account

    def find(self, officer: str) -> Account | None:
        """Return the account of an officer or None."""
        return self.rows.get(officer)

    def of_subject(self, subject: str) -> Account | None:
        """Return the account of an identity or None."""
        return next((each for each in self.rows.values() if each.subject == subject), None)

    def end_all(self, officer: str, *, but: str = "") -> None:
        """Note whose sessions were ended."""
        del but
        self.ended.append(officer)

    def forget(self, name_hash: str) -> None:
        """Note which failures were forgotten."""
        self.forgotten.append(name_hash)


class FakeKnownIssues:
    """Known issues in a list."""

    def __init__(self) -> None:
        self.all: list[KnownIssue] = []

    def add(self, issue: KnownIssue) -> None:
        """Keep the issue."""
        self.all.append(issue)
        issue.id = issue.id or len(self.all)

    def get(self, number: int) -> KnownIssue:
        """Return the issue of that number."""
        return next(each for each in self.all if each.id == number)

    def open_on(self, day: date) -> list[KnownIssue]:
        """Return those that last, the newest first."""
        return [each for each in reversed(self.all) if each.is_open(day)]


class FakeDigests:
    """The digests that were written, by recipient and day."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, date], Letter | None] = {}

    def begin(self, recipient: str, day: date) -> bool:
        """Take a digest once."""
        is_new = (recipient, day) not in self.all
        self.all.setdefault((recipient, day), None)
        return is_new

    def written(self, recipient: str, day: date, letter: Letter) -> None:
        """Keep its letter."""
        self.all[recipient, day] = letter


class FakeUndo:
    """What can be taken back, by the references of the cases."""

    def __init__(self) -> None:
        self.all: dict[str, Remembered] = {}

    def keep(self, case: Case, remembered: Remembered) -> None:
        """Keep what a change altered."""
        self.all[case.reference] = remembered

    def of(self, reference: str) -> Remembered | None:
        """Return what is kept."""
        return self.all.get(reference)

    def forget(self, case: Case) -> None:
        """Keep nothing."""
        self.all.pop(case.reference, None)

    def drop(self, rows: Iterable[object]) -> None:
        """Nothing holds them any longer."""


class FakeUnitOfWork:
    """One unit of work that is used again and again; it counts its commits and undoes nothing."""

    def __init__(self, *cases: Case, messages: Iterable[Message] = ()) -> None:
        self.messages = FakeMessages(messages)
        self.cases = FakeCases(cases)
        self.letters = FakeLetters(self.cases)
        self.audit = FakeAudit()
        self.people = FakePeople()
        self.officers = FakeOfficers()
        self.accounts = self.sessions = self.attempts = FakeAccounts()
        self.known_issues = FakeKnownIssues()
        self.digests = FakeDigests()
        self.undo = FakeUndo()
        self.commits = 0
        self.flush()

    def __call__(self, *, reads: bool = False) -> Self:
        """Be its own maker."""
        del reads
        return self

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End; what was not committed shows in `commits`."""

    def commit(self) -> None:
        """Count the commit."""
        self.flush()
        self.commits += 1

    def flush(self) -> None:
        """Give numbers to what belongs to cases and has none."""
        of_cases = ("messages", "tasks", "rulings", "points", "actions", "extensions", "refusals")
        found = [[row for case in self.cases.all for row in getattr(case, name)] for name in of_cases]
        for rows in (self.letters.all, *found):
            last = max((row.id for row in rows if row.id), default=0)
            for number, row in enumerate((row for row in rows if row.id is None), start=last + 1):
                row.id = number


class FakeSender:
    """Keeps what it is handed, or raises the faults it is given, one for each letter."""

    def __init__(self, *faults: Exception | None) -> None:
        self._faults = list(faults)
        self.sent: list[tuple[bytes, str, str]] = []

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Keep the letter, or raise the next fault."""
        fault = self._faults.pop(0) if self._faults else None
        if fault is not None:
            raise fault
        self.sent.append((letter_bytes, recipient, message_id))

    def close(self) -> None:
        """Nothing is held open."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Go forward."""
        self.now += by


def always(value: bytes) -> Callable[[Letter], bytes]:
    """Return a composer that gives every letter the same bytes."""
    return lambda _letter: value


def _folder_of(row: Message) -> tuple[str, str, int]:
    return (row.account, row.folder, row.uid_validity)
