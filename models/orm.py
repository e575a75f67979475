"""The tables, and the classes mapped onto them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import configure_mappers, registry, relationship

from models.accounts import Account, Attempts, Session
from models.case import Action, Case, Extension, Letter, Point, Refusal, Ruling, Task
from models.codes import (
    ArrangementKind,
    Channel,
    ContactWay,
    LetterKind,
    LetterState,
    Ombudsman,
    Outcome,
    PointOutcome,
    Role,
    Status,
    TaskKind,
)
from models.message import Message
from models.people import Arrangement, KnownIssue, Officer

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; refuses naive times and restores the zone that SQLite forgets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _code(
    codes: type[StrEnum], *, nullable: bool = False, name: str, server_default: str | None = None
) -> Column[Any]:
    """Return a column that holds one code of a fixed set by its value."""
    kind = Enum(
        codes,
        native_enum=False,
        create_constraint=False,
        length=50,
        values_callable=lambda members: [member.value for member in members],
    )
    return Column(name, kind, nullable=nullable, server_default=server_default)


_BigId = BigInteger().with_variant(Integer, "sqlite")

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("folder", String(500), primary_key=True),
    Column("uid_validity", BigInteger, primary_key=True, autoincrement=False),
    Column("last_uid", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("received_on", Date, nullable=False),
    _code(Status, name="status"),
    Column("category", String(50), nullable=False),
    _code(Ombudsman, name="ombudsman"),
    Column("stage", Integer, nullable=False),
    Column("complainant_name", Text, nullable=False),
    Column("complainant_address", Text, nullable=False, index=True),
    Column("reply_address", Text, nullable=False),
    Column("complainant_found_in", String(20), nullable=False, server_default=""),
    Column("represented_name", Text, nullable=False, server_default=""),
    Column("claimed_on", Date),
    Column("subject", Text, nullable=False),
    Column("acknowledge_by", Date, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("awaits_officer", Boolean, nullable=False),
    Column("guard_at", UtcDateTime),
    Column("acknowledged_on", Date),
    Column("respond_by", Date),
    Column("answered_on", Date),
    Column("escalation_received_on", Date),
    Column("request_opened_on", Date),
    Column("request_closed_on", Date),
    Column("assigned_to", String(200), nullable=False, server_default=""),
    Column("stage_1_officer", String(200), nullable=False, server_default=""),
    Column("extended_to", Date),
    Column("closed_on", Date),
    Column("closed_why", Text, nullable=False, server_default=""),
    Column("merged_into", String(20), nullable=False, server_default=""),
    Column("split_from", String(20), nullable=False, server_default=""),
    _code(Channel, name="channel", server_default=Channel.EMAIL.value),
    Column("is_historic", Boolean, nullable=False),
    Column("own_words", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
Index(
    "ix_cases_guard_at",
    cases.c.guard_at,
    sqlite_where=cases.c.guard_at.is_not(None),
    postgresql_where=cases.c.guard_at.is_not(None),
)
Index("ix_cases_assigned_to", cases.c.assigned_to)
# Written out, as IS_ORIGINAL is below: a partial index serves only a condition that holds its own words.
_IS_OPEN = "answered_on IS NULL AND closed_on IS NULL AND NOT is_historic"
_IS_COMPLAINT = "status IN ('complaint', 'escalation')"
IS_UNACKNOWLEDGED = text(
    f"acknowledged_on IS NULL AND {_IS_OPEN} AND (stage > 0 AND {_IS_COMPLAINT} OR guard_at IS NOT NULL)"
)
IS_UNANSWERED = text(f"respond_by IS NOT NULL AND {_IS_OPEN} AND {_IS_COMPLAINT}")
IS_ESCALATING = text("escalation_received_on IS NOT NULL AND closed_on IS NULL AND NOT is_historic")
Index(
    "ix_cases_unacknowledged",
    cases.c.acknowledge_by,
    sqlite_where=IS_UNACKNOWLEDGED,
    postgresql_where=IS_UNACKNOWLEDGED,
)
Index(
    "ix_cases_unanswered",
    cases.c.respond_by,
    sqlite_where=IS_UNANSWERED,
    postgresql_where=IS_UNANSWERED,
)
Index(
    "ix_cases_escalating",
    cases.c.escalation_received_on,
    sqlite_where=IS_ESCALATING,
    postgresql_where=IS_ESCALATING,
)

messages = Table(
    "messages",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("folder", String(500), nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid", String(500), nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256")),
    Column("size", BigInteger, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("is_historic", Boolean, nullable=False),
    Column("filename", String(500), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False),
    Column("claimed_by", String(300)),
    Column("claimed_until", UtcDateTime),
    _code(Outcome, name="outcome", nullable=True),
    Column("reason", Text, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("marked_at", UtcDateTime),
    Column("case_id", _BigId, ForeignKey("cases.id"), index=True),
    Column("duplicate_of_id", _BigId, ForeignKey("messages.id")),
    Column("identity", String(64)),
    Column("message_id", Text, index=True),
    Column("sender_name", Text, nullable=False),
    Column("sender_address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reply_text", Text, nullable=False),
    Column("people", JSON, nullable=False, server_default="{}"),
    UniqueConstraint("account", "folder", "uid_validity", "uid"),
)
Index(
    "ix_messages_unsettled",
    messages.c.id,
    sqlite_where=text("outcome IS NULL"),
    postgresql_where=text("outcome IS NULL"),
)
Index(
    "ix_messages_unmarked",
    messages.c.account,
    messages.c.id,
    sqlite_where=text("marked_at IS NULL"),
    postgresql_where=text("marked_at IS NULL"),
)
Index("ix_messages_outcome", messages.c.outcome)
IS_COPY = text("duplicate_of_id IS NOT NULL")
Index(
    "ix_messages_duplicate_of_id",
    messages.c.duplicate_of_id,
    sqlite_where=IS_COPY,
    postgresql_where=IS_COPY,
)
# Written out, since a partial index serves only a condition that holds its own words, not parameters.
IS_ORIGINAL = text("identity IS NOT NULL AND outcome IN ('case', 'reply', 'machine')")
Index(
    "uq_messages_original",
    messages.c.identity,
    unique=True,
    sqlite_where=IS_ORIGINAL,
    postgresql_where=IS_ORIGINAL,
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("message_id", _BigId, ForeignKey("messages.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float),
    Column("fault", Text, nullable=False, server_default=""),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("message_id", _BigId, ForeignKey("messages.id"), nullable=False, index=True),
    Column("predicted_at", UtcDateTime, nullable=False),
    Column("artefact", String(100), nullable=False),
    Column("dissatisfaction", Float, nullable=False),
    Column("status", JSON, nullable=False),
    Column("category", JSON, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("message_id", _BigId, ForeignKey("messages.id"), nullable=False, index=True),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("artefact", String(100), nullable=False),
    _code(Status, name="status"),
    Column("officer_decides", Boolean, nullable=False),
    Column("document", JSON, nullable=False),
)

rulings = Table(
    "rulings",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("officer", String(200), nullable=False),
    Column("ruled_at", UtcDateTime, nullable=False),
    _code(Status, name="status"),
    Column("category", String(50), nullable=False),
    _code(Ombudsman, name="ombudsman"),
    Column("exclusions", JSON(none_as_null=True)),
    Column("flags", JSON(none_as_null=True)),
    Column("reason", Text, nullable=False),
    Column("is_disputed", Boolean, nullable=False, server_default=false()),
    Column("undone_at", UtcDateTime),
)

letters = Table(
    "letters",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), index=True),
    _code(LetterKind, name="kind"),
    Column("message_id", String(300), nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("in_reply_to", Text),
    Column("references", Text, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    _code(LetterState, name="state"),
    Column("attempts", Integer, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("last_fault", Text, nullable=False),
    Column("known_issue", _BigId),
)
IS_QUEUED = text("state = 'queued'")
Index(
    "ix_letters_queued",
    letters.c.due_at,
    sqlite_where=IS_QUEUED,
    postgresql_where=IS_QUEUED,
)
Index("ix_letters_recipient", letters.c.recipient, letters.c.queued_at)
Index("ix_letters_queued_at", letters.c.queued_at, letters.c.recipient)

tasks = Table(
    "tasks",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), index=True),
    Column("message_id", _BigId, ForeignKey("messages.id")),
    _code(TaskKind, name="kind"),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_by", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("closed_at", UtcDateTime),
)
Index(
    "ix_tasks_open",
    tasks.c.due_by,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

queue = Table(
    "queue",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id", ondelete="CASCADE"), unique=True),
    Column("task_id", _BigId, ForeignKey("tasks.id", ondelete="CASCADE"), unique=True),
    Column("rank", BigInteger, nullable=False),
    _code(Status, nullable=True, name="status"),
    Column("category", String(50)),
    _code(Ombudsman, nullable=True, name="ombudsman"),
    Column("stage", Integer),
    Column("assigned_to", String(200), nullable=False),
    Column("is_unsure", Boolean, nullable=False),
    Column("owes_acknowledgement", Boolean, nullable=False),
    Column("may_be_reply", Boolean, nullable=False),
)
"""What awaits an officer, kept by `models/keep_queue.py`: a case, or a message without one and its task."""

# Whatever is asked for beside an index's first column is in it too, so that looking for few among many reads
# no rows; a condition that holds a partial index's own words is read off that.
IS_UNSURE = text("is_unsure")
OWES_ACKNOWLEDGEMENT = text("owes_acknowledgement")
MAY_BE_REPLY = text("may_be_reply")
IS_MESSAGE = text("task_id IS NOT NULL")
_PLACE, _NARROWER = (queue.c.rank, queue.c.id), (queue.c.category, queue.c.stage, queue.c.ombudsman)
Index("ix_queue_rank", *_PLACE, *_NARROWER)
Index("ix_queue_assigned_to", queue.c.assigned_to, *_PLACE, *_NARROWER)
Index("ix_queue_status", queue.c.status, *_PLACE, *_NARROWER)
Index(
    "ix_queue_category", queue.c.category, *_PLACE, queue.c.stage, queue.c.ombudsman, queue.c.status,
    queue.c.assigned_to,
)  # fmt: skip
for _name, _few in (("unsure", IS_UNSURE), ("owed", OWES_ACKNOWLEDGEMENT), ("replies", MAY_BE_REPLY)):
    Index(f"ix_queue_{_name}", *_PLACE, *_NARROWER, sqlite_where=_few, postgresql_where=_few)
Index("ix_queue_messages", *_PLACE, sqlite_where=IS_MESSAGE, postgresql_where=IS_MESSAGE)

points = Table(
    "points",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("category", String(50), nullable=False),
    _code(PointOutcome, name="outcome", nullable=True),
    Column("finding", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("decided_on", Date),
    Column("decided_by", String(200), nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("point", Integer),
    Column("what", Text, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_by", Date, nullable=False),
    Column("done_on", Date),
    Column("note", Text, nullable=False),
)
Index(
    "ix_actions_outstanding",
    actions.c.due_by,
    sqlite_where=text("done_on IS NULL"),
    postgresql_where=text("done_on IS NULL"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("stage", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("officer", String(200), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("respond_by", Date, nullable=False),
    Column("extended_to", Date, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("case_id", _BigId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("ground", String(50), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("discretion", Text, nullable=False),
    Column("officer", String(200), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
)

arrangements = Table(
    "arrangements",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("address", String(320), nullable=False, index=True),
    _code(ArrangementKind, name="kind"),
    Column("what", Text, nullable=False),
    _code(ContactWay, name="way", nullable=True),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("officer", String(200), nullable=False),
    Column("agreed_on", Date, nullable=False),
    Column("review_on", Date),
    Column("ended_on", Date),
    Column("case_reference", String(20), nullable=False, index=True),
)

officers = Table(
    "officers",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("full_name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
    _code(Role, name="role"),
    Column("manager", String(200), nullable=False),
    Column("away_from", Date),
    Column("away_until", Date),
    Column("is_disabled", Boolean, nullable=False),
)

known_issues = Table(
    "known_issues",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("title", Text, nullable=False),
    Column("category", String(50), nullable=False),
    Column("words", JSON, nullable=False),
    Column("known", Text, nullable=False),
    Column("declared_by", String(200), nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    Column("ends_on", Date),
)

digests = Table(
    "digests",
    metadata,
    Column("recipient", String(320), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("letter_id", _BigId, ForeignKey("letters.id")),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("message_id", _BigId, index=True),
    Column("case_reference", String(20), index=True),
    Column("detail", JSON, nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("rows", BigInteger, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("officer", String(200), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("totp_secret", String(64), nullable=False),
    Column("totp_step", BigInteger),
    Column("recovery_hash", String(64), nullable=False),
    Column("recovery_expires_at", UtcDateTime),
    Column("subject", String(300), unique=True),
    Column("signed_in_at", UtcDateTime),
    Column("uses_keys", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("officer", String(200), nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("owes_second_factor", Boolean, nullable=False),
    Column("totp_offer", String(64), nullable=False),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
    Column("locked_until", UtcDateTime),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("officer", String(200), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("query", Text, nullable=False),
    UniqueConstraint("officer", "name"),
)

views = Table(
    "views",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("officer", String(200), nullable=False),
    Column("case_reference", String(20), nullable=False),
)
Index("ix_views_case", views.c.case_reference, views.c.at)

undo = Table(
    "undo",
    metadata,
    Column("case_id", _BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("officer", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("before", JSON, nullable=False),
)

mailbox_health = Table(
    "mailbox_health",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("polled_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("away_since", UtcDateTime),
    Column("fault", Text, nullable=False),
    Column("last_message_at", UtcDateTime),
    Column("token_expires_at", UtcDateTime),
    Column("secret_expires_on", Date),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", _BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("mailboxes", Integer, nullable=False),
    Column("compared", BigInteger, nullable=False),
    Column("gaps", JSON, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

mapper = registry(metadata=metadata)


def map_classes() -> None:
    """Map the entities onto the tables; a second call changes nothing."""
    if mapper.mappers:
        return
    mapper.map_imperatively(Message, messages)
    mapper.map_imperatively(Letter, letters)
    mapper.map_imperatively(Ruling, rulings)
    mapper.map_imperatively(Task, tasks)
    mapper.map_imperatively(Point, points)
    mapper.map_imperatively(Action, actions)
    mapper.map_imperatively(Extension, extensions)
    mapper.map_imperatively(Refusal, refusals)
    mapper.map_imperatively(Arrangement, arrangements)
    mapper.map_imperatively(Officer, officers)
    mapper.map_imperatively(KnownIssue, known_issues)
    mapper.map_imperatively(Account, accounts)
    mapper.map_imperatively(Session, sessions)
    mapper.map_imperatively(Attempts, sign_in_attempts)
    mapper.map_imperatively(
        Case,
        cases,
        version_id_col=cases.c.version,
        properties={
            "messages": relationship(Message, lazy="raise", order_by=messages.c.id),
            "letters": relationship(Letter, lazy="raise", order_by=letters.c.id),
            "rulings": relationship(Ruling, lazy="raise", order_by=rulings.c.id),
            "tasks": relationship(Task, lazy="raise", order_by=tasks.c.id),
            "points": relationship(Point, lazy="raise", order_by=points.c.number),
            "actions": relationship(Action, lazy="raise", order_by=actions.c.number),
            "extensions": relationship(Extension, lazy="raise", order_by=extensions.c.id),
            "refusals": relationship(Refusal, lazy="raise", order_by=refusals.c.id),
        },
    )
    configure_mappers()
