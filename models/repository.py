"""The record of messages, cases and letters in the database; implements `models/ports.py`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, selectinload

from models import orm
from models.case import AuditRow, Case, Letter, Task
from models.codes import LetterState, Outcome
from models.decision import Decision, Prediction
from models.errors import UnknownReference
from models.message import Attachment, Message, Place

MESSAGE_LEASE = timedelta(minutes=10)
"""How long a worker may take over the messages that it claimed; far more than it ever needs."""

LETTER_LEASE = timedelta(minutes=15)
"""How long one letter may take to be handed over; longer than every time-out on the way."""


class SqlMessages:
    """The ledger, the raw bytes and what triage said of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        """Return those of `uids` that the ledger does not hold, in their order."""
        table = orm.messages.c
        known = set(
            self._session.scalars(
                select(table.uid).where(table.account == account, table.folder == folder, table.uid.in_(uids))
            )
        )
        return [uid for uid in uids if uid not in known]

    def keep(self, message: Message, raw: bytes | None) -> bool:
        """Add a ledger row with its raw bytes; False where the ledger already holds that place."""
        if not self._is_new(message.place):
            return False
        if raw is not None:
            message.sha256 = self._store(raw)
        self._session.add(message)
        return True

    def advance(self, place: Place) -> None:
        """Move the cursor of the place's folder to its uid."""
        key = {"account": place.account, "folder": place.folder, "uid_validity": place.uid_validity}
        change = update(orm.cursors).filter_by(**key).values(last_uid=int(place.uid))
        moved: Any = self._session.execute(change)
        if moved.rowcount == 0:
            self._session.execute(insert(orm.cursors).values(**key, last_uid=int(place.uid)))

    def claim(self, *, limit: int, worker: str, now: datetime) -> list[int]:
        """Reserve messages without an outcome for a worker, oldest first, and count the attempt.

        A message that was tried before is claimed alone, so that it can take no other with it.
        """
        table = orm.messages.c
        free = (table.claimed_until.is_(None)) | (table.claimed_until < now)
        rows = self._session.execute(
            select(table.id, table.attempts)
            .where(table.outcome.is_(None), free)
            .order_by(table.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        fresh = [row.id for row in rows if row.attempts == 0]
        claimed = fresh or [row.id for row in rows[:1]]
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
        """Return one ledger row, locked until the unit of work ends."""
        return self._session.get_one(Message, message_id, with_for_update=True)

    def raw(self, message: Message) -> bytes:
        """Return the bytes as received."""
        content: bytes = self._session.scalars(
            select(orm.blobs.c.content).where(orm.blobs.c.sha256 == message.sha256)
        ).one()
        return content

    def original_of(self, identity: str) -> Message | None:
        """Return the first message with the same Message-ID and the same content."""
        table = orm.messages.c
        return self._session.scalars(
            select(Message)
            .where(
                table.identity == identity,
                table.outcome.in_([Outcome.CASE, Outcome.REPLY, Outcome.MACHINE]),
            )
            .order_by(table.id)
            .limit(1)
        ).first()

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
                category={code.value: round(p, 4) for code, p in prediction.category.items()},
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

    def unmarked(self, account: str, *, limit: int) -> list[Message]:
        """Return messages that are kept but not yet marked in their mailbox."""
        table = orm.messages.c
        return list(
            self._session.scalars(
                select(Message)
                .where(table.account == account, table.marked_at.is_(None))
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

    def due_for_guard(self, *, now: datetime, limit: int) -> list[str]:
        """Return the references of cases whose formal acknowledgement the guard must send now."""
        table = orm.cases.c
        return list(
            self._session.scalars(
                select(table.reference).where(table.guard_at <= now).order_by(table.guard_at).limit(limit)
            )
        )

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
        )
        .with_for_update(of=Case)
    )


class SqlLetters:
    """The letters on their way out."""

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
            .where(table.state == LetterState.QUEUED, table.due_at <= now, free)
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
        """Return one letter, locked until the unit of work ends."""
        return self._session.get_one(Letter, letter_id, with_for_update=True)

    def case_of(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs."""
        query = _whole_case().where(orm.cases.c.id == letter.case_id)
        case: Case | None = self._session.scalars(query).first()
        return case

    def case_head_of(self, letter: Letter) -> Case | None:
        """Return the case to which the letter belongs, without its messages, letters and tasks."""
        if letter.case_id is None:
            return None
        return self._session.get_one(Case, letter.case_id, with_for_update=True)

    def count_to_address(self, address: str, *, since: datetime) -> int:
        """Count the letters queued to an address since an instant."""
        return self._count(orm.letters.c.recipient == address.casefold(), since=since)

    def count_to_domain(self, domain: str, *, since: datetime) -> int:
        """Count the letters queued to a domain since an instant."""
        ending = f"@{domain.casefold()}"
        return self._count(orm.letters.c.recipient.endswith(ending, autoescape=True), since=since)

    def count_all(self, *, since: datetime) -> int:
        """Count all letters queued since an instant."""
        return self._count(since=since)

    def _count(self, *conditions: Any, since: datetime) -> int:
        table = orm.letters.c
        return (
            self._session.scalar(
                select(func.count()).select_from(orm.letters).where(table.queued_at >= since, *conditions)
            )
            or 0
        )


class SqlAudit:
    """The record of what was done; rows are only ever added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: AuditRow) -> None:
        """Add a line."""
        self._session.execute(
            insert(orm.audit).values(
                at=row.at,
                actor=row.actor,
                action=row.action,
                message_id=row.message_id,
                case_reference=row.case_reference,
                detail=row.detail,
            )
        )


def _insert_for(session: Session) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT DO NOTHING on both databases."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # only where it is used

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415  # only where it is used

    return sqlite.insert
