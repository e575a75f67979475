"""The record of messages, cases and letters in the database; implements `models/ports.py`."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, selectinload

from models import orm
from models.audit_hash import hash_of
from models.case import AuditRow, Case, DueForGuard, Letter, LetterCounts, Task
from models.codes import LetterState
from models.decision import Decision, DecisionOnRecord, Prediction
from models.errors import UnknownReference
from models.keep_queue import drop_items
from models.message import Attachment, Message, Place

MESSAGE_LEASE = timedelta(minutes=10)
"""How long a worker may take over the messages that it claimed; far more than it ever needs."""

LETTER_LEASE = timedelta(minutes=15)
"""How long one letter may take to be handed over; longer than every time-out on the way."""

_HEAD = 1


class SqlMessages:
    """The ledger, the raw bytes and what triage said of them."""

    def __init__(self, session: Session, *, locks: bool = True) -> None:
        self._session = session
        self._locks = locks

    def last_uid(self, account: str, folder: str, uid_validity: int) -> int:
        """Return the highest IMAP uid kept so far, 0 for a folder never read."""
        found = self._session.scalar(
            select(orm.cursors.c.last_uid).where(
                orm.cursors.c.account == account,
                orm.cursors.c.folder == folder,
                orm.cursors.c.uid_validity == uid_validity,
            )
        )
        return found or 0

    def unknown_uids(self, account: str, folder: str, uids: Sequence[str]) -> list[str]:
        """Return those of `uids` that the ledger does not hold, in their order; they are those of files."""
        table = orm.messages.c
        # Files have no UIDVALIDITY, so theirs is 0; without it the index would be read from end to end.
        key = (table.account == account, table.folder == folder, table.uid_validity == 0)
        known = set(self._session.scalars(select(table.uid).where(*key, table.uid.in_(uids))))
        return [uid for uid in uids if uid not in known]

    def keep(self, message: Message, raw: bytes | None) -> bool:
        """Add a ledger row with its raw bytes; False where the ledger already holds that place."""
        if not self._is_new(message.place):
            return False
        if raw is not None:
            message.sha256 = self._store(raw)
        self._session.add(message)
        return True

    def case_at(self, place: Place) -> str | None:
        """Return the reference of the case that holds the message of a place, None where there is none."""
        table = orm.messages.c
        here = (table.account == place.account, table.folder == place.folder)
        found = select(orm.cases.c.reference).join(orm.messages, table.case_id == orm.cases.c.id)
        return self._session.scalar(
            found.where(*here, table.uid_validity == place.uid_validity, table.uid == place.uid)
        )

    def complete(self, message: Message, raw: bytes) -> None:
        """Keep the bytes of a message that had not been taken whole."""
        message.sha256, message.size = self._store(raw), len(raw)

    def advance(self, place: Place) -> None:
        """Move the cursor of the place's folder to its uid."""
        key = {"account": place.account, "folder": place.folder, "uid_validity": place.uid_validity}
        change = update(orm.cursors).filter_by(**key).values(last_uid=int(place.uid))
        moved: Any = self._session.execute(change)
        if moved.rowcount == 0:
            self._session.execute(insert(orm.cursors).values(**key, last_uid=int(place.uid)))

    def claim(self, *, limit: int, most_bytes: int, worker: str, now: datetime) -> list[int]:
        """Reserve messages without an outcome for a worker, oldest first, and count the attempt.

        At least one, at most `limit`, and no more than `most_bytes` together. A message that was tried before
        is claimed alone, so that it can take no other with it.
        """
        table = orm.messages.c
        free = (table.claimed_until.is_(None)) | (table.claimed_until < now)
        rows = self._session.execute(
            select(table.id, table.attempts, table.size)
            .where(table.outcome.is_(None), free)
            .order_by(table.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        claimed = _within([row for row in rows if row.attempts == 0] or rows[:1], most_bytes)
        if claimed:
            self._session.execute(
                update(orm.messages)
                .where(table.id.in_(claimed))
                .values(attempts=table.attempts + 1, claimed_by=worker, claimed_until=now + MESSAGE_LEASE)
            )
        return claimed

    def release(self, *, worker: str) -> None:
        """Give back what this worker had claimed when it was last stopped."""
        self._session.execute(
            update(orm.messages)
            .where(orm.messages.c.claimed_by == worker, orm.messages.c.outcome.is_(None))
            .values(claimed_until=None)
        )

    def give_back(self, ids: Sequence[int]) -> None:
        """Give back claimed messages, and the attempt with them: the fault was not theirs."""
        table = orm.messages.c
        self._session.execute(
            update(orm.messages)
            .where(table.id.in_(ids), table.outcome.is_(None), table.attempts > 0)
            .values(claimed_until=None, attempts=table.attempts - 1)
        )

    def get(self, message_id: int) -> Message:
        """Return one ledger row, locked until the unit of work ends unless that only reads."""
        message = self._session.get(Message, message_id, with_for_update=self._locks or None)
        if message is None:
            raise UnknownReference(f"there is no message {message_id}; `heard queue` lists what waits")
        return message

    def raw(self, message: Message) -> bytes:
        """Return the bytes as received."""
        content: bytes = self._session.scalars(
            select(orm.blobs.c.content).where(orm.blobs.c.sha256 == message.sha256)
        ).one()
        return content

    def with_raw(self, ids: Sequence[int]) -> list[tuple[Message, bytes]]:
        """Return messages with their bytes as received, in the order of their numbers."""
        rows = self._session.execute(
            select(Message, orm.blobs.c.content)
            .join(orm.blobs, orm.blobs.c.sha256 == orm.messages.c.sha256)
            .where(orm.messages.c.id.in_(ids))
            .order_by(orm.messages.c.id)
        )
        return [(message, content) for message, content in rows]

    def original_of(self, identity: str) -> Message | None:
        """Return the first message with the same Message-ID and the same content."""
        table = orm.messages.c
        return self._session.scalars(
            select(Message).where(table.identity == identity, orm.IS_ORIGINAL).order_by(table.id).limit(1)
        ).first()

    def bears_id(self, message_id: str) -> bool:
        """Say whether a message that has its outcome bears this Message-ID."""
        table = orm.messages.c
        found = select(table.id).where(table.message_id == message_id, table.outcome.is_not(None)).limit(1)
        return self._session.scalar(found) is not None

    def add_attachments(self, message: Message, attachments: Sequence[Attachment]) -> None:
        """Keep the attachments by hash and list them with the message."""
        for position, each in enumerate(attachments):
            self._store(each.content)
            self._session.execute(
                insert(orm.attachments).values(
                    message_id=message.id,
                    position=position,
                    filename=each.filename,
                    content_type=each.content_type,
                    sha256=each.sha256,
                    text=each.text,
                    confidence=each.confidence,
                    fault=each.fault,
                )
            )

    def add_prediction(self, message: Message, prediction: Prediction, *, now: datetime) -> None:
        """Record what the classifier said."""
        self._session.execute(
            insert(orm.predictions).values(
                message_id=message.id,
                predicted_at=now,
                artefact=prediction.artefact,
                dissatisfaction=prediction.dissatisfaction,
                status={code.value: round(p, 4) for code, p in prediction.status.items()},
                category={str(code): round(p, 4) for code, p in prediction.category.items()},
            )
        )

    def add_decision(self, message: Message, decision: Decision, *, now: datetime) -> None:
        """Record what triage decided."""
        self._session.execute(
            insert(orm.decisions).values(
                message_id=message.id,
                decided_at=now,
                artefact=decision.artefact,
                status=decision.status,
                officer_decides=decision.officer_decides,
                document=decision.as_json(),
            )
        )

    def decision_of(self, message: Message) -> DecisionOnRecord | None:
        """Return what triage decided of a message first, None where nothing is on record."""
        table = orm.decisions.c
        document = self._session.scalar(
            select(table.document).where(table.message_id == message.id).order_by(table.id).limit(1)
        )
        return None if document is None else DecisionOnRecord.of_json(document)

    def unmarked(self, account: str, *, limit: int) -> list[Message]:
        """Return messages whose bytes are kept but that are not yet marked in their mailbox."""
        table = orm.messages.c
        return list(
            self._session.scalars(
                select(Message)
                .where(table.account == account, table.marked_at.is_(None), table.sha256.is_not(None))
                .order_by(table.id)
                .limit(limit)
            )
        )

    def record_marked(self, messages: Sequence[Message], *, now: datetime) -> None:
        """Record that messages are marked in their mailbox."""
        ids = [message.id for message in messages]
        self._session.execute(update(orm.messages).where(orm.messages.c.id.in_(ids)).values(marked_at=now))

    def add_task(self, task: Task) -> None:
        """Put a task on record that belongs to a message but to no case."""
        self._session.add(task)

    def begin_again(self, message: Message) -> None:
        """Let a message wait to be read as if it had just come."""
        message.begin_again()
        self._session.execute(
            update(orm.messages).where(orm.messages.c.id == message.id).values(claimed_until=None)
        )

    def close_tasks_of(self, message_id: int, *, now: datetime) -> None:
        """Close the open tasks that belong to a message but to no case."""
        table = orm.tasks.c
        self._session.execute(
            update(orm.tasks)
            .where(table.message_id == message_id, table.case_id.is_(None), table.closed_at.is_(None))
            .values(closed_at=now)
        )
        drop_items(self._session, message_id)

    def _is_new(self, place: Place) -> bool:
        table = orm.messages.c
        return not self._session.scalar(
            select(
                select(table.id)
                .where(
                    table.account == place.account,
                    table.folder == place.folder,
                    table.uid_validity == place.uid_validity,
                    table.uid == place.uid,
                )
                .exists()
            )
        )

    def _store(self, content: bytes) -> str:
        """Keep bytes under their SHA-256, once however often they come."""
        sha256 = hashlib.sha256(content).hexdigest()
        insert_once = _insert_for(self._session)(orm.blobs).on_conflict_do_nothing()
        self._session.execute(insert_once, {"sha256": sha256, "size": len(content), "content": content})
        return sha256


class SqlCases:
    """The cases, each loaded whole."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, case: Case) -> None:
        """Put a new case on record."""
        self._session.add(case)

    def get(self, reference: str) -> Case:
        """Return the whole case, locked until the unit of work ends."""
        case = self.find(reference)
        if case is None:
            raise UnknownReference(
                f"there is no case {reference}; `heard queue` lists the references of open cases"
            )
        return case

    def find(self, reference: str) -> Case | None:
        """Return the whole case or None."""
        return self._one(_whole_case().where(orm.cases.c.reference == reference))

    def of_letters(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case to which one of our letters with these Message-IDs belongs."""
        ids = select(orm.letters.c.case_id).where(orm.letters.c.message_id.in_(message_ids))
        return self._one(_whole_case().where(orm.cases.c.id.in_(ids)))

    def letter_of(self, message_ids: Sequence[str]) -> Letter | None:
        """Return the letter of ours with one of these Message-IDs."""
        return self._session.scalars(
            select(Letter).where(orm.letters.c.message_id.in_(message_ids)).limit(1)
        ).first()

    def of_messages(self, message_ids: Sequence[str]) -> Case | None:
        """Return the case that holds a message with one of these Message-IDs."""
        ids = select(orm.messages.c.case_id).where(orm.messages.c.message_id.in_(message_ids))
        return self._one(_whole_case().where(orm.cases.c.id.in_(ids)))

    def assigned_to(self, officer: str) -> list[str]:
        """Return the references of the open cases that an officer handles, oldest first."""
        table = orm.cases.c
        return list(
            self._session.scalars(
                select(table.reference)
                .where(table.assigned_to == officer, table.closed_on.is_(None), table.merged_into == "")
                .order_by(table.id)
            )
        )

    def due_for_guard(
        self, *, now: datetime, limit: int, after: DueForGuard | None = None
    ) -> list[DueForGuard]:
        """Return the cases whose formal acknowledgement the guard must send now, the earliest first.

        `after` is the last one of those returned before.
        """
        table = orm.cases.c
        query = select(table.guard_at, table.reference).where(table.guard_at <= now)
        if after is not None:
            is_next = (table.guard_at == after.guard_at) & (table.reference > after.reference)
            query = query.where((table.guard_at > after.guard_at) | is_next)
        rows = self._session.execute(query.order_by(table.guard_at, table.reference).limit(limit))
        return [DueForGuard(*row) for row in rows]

    def _one(self, query: Any) -> Case | None:
        case: Case | None = self._session.scalars(query.order_by(orm.cases.c.id).limit(1)).first()
        return case


def _whole_case() -> Any:
    return (
        select(Case)
        .options(
            selectinload(Case.messages),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.letters),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.rulings),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.tasks),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.points),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.actions),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.extensions),  # type: ignore[arg-type]  # mapped imperatively
            selectinload(Case.refusals),  # type: ignore[arg-type]  # mapped imperatively
        )
        .with_for_update(of=Case)
    )


class SqlLetters:
    """The letters on their way out.

    A case is locked before its letters, everywhere, so that no two wait for each other: whoever has only a
    letter in hand goes by `with_case`. Claiming waits for no lock, and lets go of its own at once.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, letter: Letter) -> None:
        """Queue a letter that belongs to no case."""
        self._session.add(letter)

    def claim_due(self, *, now: datetime) -> Letter | None:
        """Reserve the next letter that is due to be sent."""
        table = orm.letters.c
        free = (table.claimed_until.is_(None)) | (table.claimed_until < now)
        letter = self._session.scalars(
            select(Letter)
            .where(orm.IS_QUEUED, table.due_at <= now, free)
            .order_by(table.due_at, table.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if letter is not None:
            letter.claimed_until = now + LETTER_LEASE
        return letter

    def release(self) -> None:
        """Give back every claim; only for a process that is alone on its record."""
        self._session.execute(
            update(orm.letters).where(orm.letters.c.state == LetterState.QUEUED).values(claimed_until=None)
        )

    def get(self, letter_id: int) -> Letter:
        """Return one letter, locked until the unit of work ends; its case is locked before it."""
        # What was read of it before the lock may be old: the delivery claims letters without their cases.
        letter = self._session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
        if letter is None:
            raise UnknownReference(
                f"there is no letter {letter_id}; `heard letters list` names those of a case"
            )
        return letter

    def with_case(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Return one letter and its whole case, both locked until the unit of work ends, the case first."""
        return self._after_case(letter_id, self._lock_whole)

    def with_case_head(self, letter_id: int) -> tuple[Letter, Case | None]:
        """Do the same, but return the case without its messages, letters and tasks."""
        return self._after_case(letter_id, self._lock_head)

    def peek_case(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs, neither locked nor with what belongs to it."""
        return self._session.get(Case, letter.case_id) if letter.case_id is not None else None

    def _after_case(self, letter_id: int, lock: Callable[[int], Case]) -> tuple[Letter, Case | None]:
        """Lock a letter after its case; merging may have moved it while we waited, so it is looked up again.

        Once its case is locked nobody moves it.
        """
        case, locked = None, None
        while (case_id := self._case_id_of(letter_id)) is not None and case_id != locked:
            case, locked = lock(case_id), case_id
        return self.get(letter_id), case

    def _case_id_of(self, letter_id: int) -> int | None:
        return self._session.scalar(select(orm.letters.c.case_id).where(orm.letters.c.id == letter_id))

    def _lock_whole(self, case_id: int) -> Case:
        case: Case = self._session.scalars(_whole_case().where(orm.cases.c.id == case_id)).one()
        return case

    def _lock_head(self, case_id: int) -> Case:
        return self._session.get_one(Case, case_id, with_for_update=True)

    def sent_to(self, addresses: Sequence[str], *, since: datetime) -> list[Letter]:
        """Return the letters that were sent to any of these addresses since an instant."""
        table = orm.letters.c
        return list(
            self._session.scalars(
                select(Letter)
                .where(
                    table.recipient.in_([address.casefold() for address in addresses]),
                    table.queued_at >= since,
                    table.state == LetterState.SENT,
                )
                .order_by(table.id)
            )
        )

    def tells_of_issue(self, number: int, address: str, *, since: datetime) -> bool:
        """Say whether a letter about a known issue was written to an address since an instant."""
        table = orm.letters.c
        found = select(table.id).where(
            table.recipient == address.casefold(),
            table.queued_at >= since,
            table.known_issue == number,
            table.state.not_in([LetterState.FAILED, LetterState.WITHDRAWN]),
        )
        return self._session.scalar(found.limit(1)) is not None

    def counts(self, address: str, *, to_address_since: datetime, since: datetime) -> LetterCounts:
        """Count the letters queued to an address, to its domain and to everybody, each since an instant."""
        table, to = orm.letters.c, address.casefold()
        ending = f"@{to.rpartition('@')[2]}"
        lately = table.queued_at >= since
        asked = select(
            _count_of_letters(table.recipient == to, table.queued_at >= to_address_since),
            _count_of_letters(table.recipient.endswith(ending, autoescape=True), lately),
            _count_of_letters(lately),
        )
        return LetterCounts(*self._session.execute(asked).one())


def _count_of_letters(*conditions: Any) -> Any:
    return select(func.count()).select_from(orm.letters).where(*conditions).scalar_subquery()


class SqlKeys:
    """Secrets of the installation's own, made once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str, *, or_else: bytes) -> bytes:
        """Return the key of that name; it is `or_else` from now on where there is none yet."""
        insert_once = _insert_for(self._session)(orm.keys).on_conflict_do_nothing()
        self._session.execute(insert_once, {"name": name, "value": or_else})
        return bytes(self._session.scalars(select(orm.keys.c.value).where(orm.keys.c.name == name)).one())


class SqlAudit:
    """The record of what was done; rows are only ever added, all of a unit of work together.

    They are chained one unit of work after another: whoever writes holds the end of the chain until the
    commit.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: list[dict[str, Any]] = []

    def add(self, row: AuditRow) -> None:
        """Add a line."""
        self._rows.append(
            {
                "at": row.at,
                "actor": row.actor,
                "action": row.action,
                "message_id": row.message_id,
                "case_reference": row.case_reference,
                "detail": row.detail,
            }
        )

    def write(self) -> None:
        """Write the lines that were added, each with the hash that chains it to the one before."""
        if not self._rows:
            return
        # What was decided is flushed first, so that other writers wait for the end of the chain briefly.
        self._session.flush()
        table = orm.audit_head
        head = self._session.execute(select(table).where(table.c.id == _HEAD).with_for_update()).one()
        previous = head.hash
        for row in self._rows:
            previous = row["hash"] = hash_of(previous, row)
        self._session.execute(insert(orm.audit), self._rows)
        self._session.execute(update(table).values(hash=previous, rows=head.rows + len(self._rows)))
        self._rows = []


def _within(rows: Sequence[Any], most_bytes: int) -> list[int]:
    """Return the ids of the first rows that are not too large together, and at least of one."""
    sizes = accumulate(row.size for row in rows)
    return [row.id for row, size in zip(rows, sizes, strict=True) if size <= most_bytes] or [
        row.id for row in rows[:1]
    ]


def _insert_for(session: Session) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT DO NOTHING on both databases."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # only where it is used

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415  # only where it is used

    return sqlite.insert
