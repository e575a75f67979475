"""A record of a million cases to click through: invented people, sentences of the project's own corpus."""

import itertools
import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from builders import make_decision
from corpus_mix import rows
from sqlalchemy import Engine, text

from models.codes import Category, Exclusion, Flag, Status
from models.decision import Span, Suggestion
from models.keep_queue import fill_queue
from models.keep_search import fill_search
from models.reference import reference_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WAITING = 5
"""One case in so many awaits an officer."""
OFFICERS = 100
RARE = "quokka"
RARE_EVERY = 50_000
"""A word that one message in so many holds."""

_SHARE = 0.6
"""Of those that wait: acknowledged, or assigned."""
_FIRST = ("Ann", "Bola", "Cara", "Dev", "Ewa", "Femi", "Gwen", "Hana", "Idris", "Jude", "Kit", "Lena", "Milo")
_LAST = ("Abara", "Birch", "Cole", "Dudek", "Ellery", "Frost", "Gill", "Hurst", "Ivey", "Joyner", "Kaur")
_STATUSES = (
    (Status.COMPLAINT, 45), (Status.SERVICE_REQUEST, 25), (Status.ENQUIRY, 12), (Status.OTHER, 10),
    (Status.ESCALATION, 5), (Status.COMPLIMENT, 3),
)  # fmt: skip
_KINDS = ("acknowledgement_owed", "possible_reply", "read_reply", "duty_alert", "letter_undelivered")


def officer(number: int) -> str:
    """Return the name of one of the officers."""
    return f"officer{number:03d}"


def fill(engine: Engine, count: int) -> None:
    """Put so many cases on an empty record, a fifth of them waiting, with their messages; then the rest."""
    makers = (_cases, _messages, _decisions, _tasks, _letters, _audit)
    with engine.connect() as connection:
        for make in makers:
            name, columns, made = make(count)
            _insert(connection, name, columns, made)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
            connection.execute(text("DROP INDEX ix_search_words"))
        fill_queue(connection)
        fill_search(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("CREATE INDEX ix_search_words ON search USING gin (words)"))
            for table in ("cases", "messages", "tasks"):
                key = f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"  # noqa: S608
                connection.execute(text(key))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


Rows = tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]


def _cases(count: int) -> Rows:
    drawn = random.Random(1)  # noqa: S311  # a benchmark's mix, not a secret
    statuses, weights = zip(*_STATUSES, strict=True)
    subjects = [" ".join(str(row["subject"]).split())[:120] for row in rows()]
    columns = (
        "id", "reference", "opened_at", "received_on", "status", "category", "ombudsman", "stage",
        "complainant_name", "complainant_address", "reply_address", "subject", "acknowledge_by", "priority",
        "awaits_officer", "acknowledged_on", "respond_by", "answered_on", "assigned_to", "closed_on",
        "closed_why", "is_historic", "own_words", "flags", "version",
    )  # fmt: skip

    def made() -> Iterator[tuple[Any, ...]]:
        for number in range(1, count + 1):
            waits, status = number % WAITING == 0, drawn.choices(statuses, weights)[0]
            received = _day(number, count, waits=waits, drawn=drawn)
            is_complaint = status in {Status.COMPLAINT, Status.ESCALATION}
            acknowledged = received + timedelta(2) if not waits or drawn.random() < _SHARE else None
            has_date = is_complaint and acknowledged
            address = f"resident{number % 700_001}@example.org"
            who = f"{drawn.choice(_FIRST)} {drawn.choice(_LAST)}"
            yield (
                number, reference_of(number), _at(received), received, status.value,
                drawn.choice(list(Category)).value, drawn.choice(("lgsco", "lgsco", "housing")),
                {Status.COMPLAINT: 1, Status.ESCALATION: 2}.get(status, 0), who, address, address,
                drawn.choice(subjects), received + timedelta(7), drawn.choice((0, 0, 0, 0, 1, 2, 8)),
                waits, acknowledged, received + timedelta(16) if has_date else None,
                None if waits else received + timedelta(12),
                officer(drawn.randrange(OFFICERS)) if drawn.random() < _SHARE else "",
                None if waits else received + timedelta(12), "" if waits else "answered", False,
                "[]", json.dumps(drawn.choice(([], [], [], ["vulnerable"], ["safety_hazard"]))), 1,
            )  # fmt: skip

    return "cases", columns, made()


def _messages(count: int) -> Rows:
    drawn = random.Random(2)  # noqa: S311  # the same
    bodies = [row["body"] for row in rows()]
    sentences = [part.strip() for body in bodies for part in body.split("\n") if part.strip()]
    columns = (
        "id", "account", "folder", "uid_validity", "uid", "size", "received_at", "fetched_at", "is_historic",
        "attempts", "outcome", "reason", "settled_at", "marked_at", "case_id", "message_id", "sender_name",
        "sender_address", "subject", "text", "reply_text", "people",
    )  # fmt: skip

    def made() -> Iterator[tuple[Any, ...]]:
        for number in range(1, count + count // 2_000 + 1):
            is_read = number <= count
            words = " ".join(drawn.choices(sentences, k=4))
            if number % RARE_EVERY == 0:
                words += f" There was a {RARE} in the stairwell."
            at = _at(NOW.date() - timedelta(days=(count - number) * 1_500 // count))
            yield (
                number, "complaints", "INBOX", 1, str(number), len(words), at, at, False, 1,
                "case" if is_read else "quarantine", "a new matter" if is_read else "headers: too long", at,
                at, number if is_read else None, f"<{number}@example.org>", drawn.choice(_FIRST),
                f"resident{number % 700_001}@example.org", words[:60], words, words, "{}",
            )  # fmt: skip

    return "messages", columns, made()


def _decisions(count: int) -> Rows:
    documents = [json.dumps(_decision(number)) for number in range(100)]
    columns = ("message_id", "decided_at", "artefact", "status", "officer_decides", "document")

    def made() -> Iterator[tuple[Any, ...]]:
        for number in range(WAITING, count + 1, WAITING):
            is_unsure = number // WAITING % 5 == 0
            document = documents[number // WAITING % 100]
            yield number, _at(NOW.date()), "bench", "complaint", is_unsure, document

    return "decisions", columns, made()


def _tasks(count: int) -> Rows:
    columns = ("case_id", "message_id", "kind", "opened_at", "due_by", "note")

    def made() -> Iterator[tuple[Any, ...]]:
        kinds = itertools.cycle(_KINDS)
        for number in range(WAITING * 4, count + 1, WAITING * 4):
            due = NOW.date() + timedelta(days=number % 17 - 5)
            yield number, number, next(kinds), _at(NOW.date()), due, "see to it"
        for number in range(count + 1, count + count // 2_000 + 1):
            due = NOW.date() + timedelta(days=number % 5)
            yield None, number, "read_quarantined", _at(NOW.date()), due, "headers: too long"

    return "tasks", columns, made()


def _letters(count: int) -> Rows:
    columns = (
        "case_id", "kind", "message_id", "recipient", "subject", "text", "html", "references", "queued_at",
        "due_at", "state", "attempts", "sent_at", "last_fault",
    )  # fmt: skip
    words = "Thank you for writing to us. " * 20

    def made() -> Iterator[tuple[Any, ...]]:
        for number in range(WAITING, count + 1, WAITING):
            at = _at(NOW.date() - timedelta(days=3))
            yield (
                number, "receipt", f"<letter.{number}@heard.invalid>", f"resident{number}@example.org",
                "We have received your message", words, f"<p>{words}</p>", "", at, at, "sent", 1, at, "",
            )  # fmt: skip

    return "letters", columns, made()


def _audit(count: int) -> Rows:
    columns = ("at", "actor", "action", "message_id", "case_reference", "detail", "hash")
    detail = json.dumps({"status": "complaint", "letter": "receipt queued"})

    def made() -> Iterator[tuple[Any, ...]]:
        for number in range(1, count + 1):
            yield _at(NOW.date()), "heard", "case_opened", number, reference_of(number), detail, "0" * 64

    return "audit", columns, made()


def _day(number: int, count: int, *, waits: bool, drawn: random.Random) -> date:
    if waits:
        return NOW.date() - timedelta(days=drawn.randrange(20))
    return NOW.date() - timedelta(days=30 + (count - number) * 1_500 // count)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def _decision(number: int) -> dict[str, Any]:
    """Return a decision as triage makes them, sure or not, with flags and exclusions now and then."""
    passage = Span(0, 35, "The bin was missed again this week.", "body")
    return make_decision(
        Status.COMPLAINT, probability=0.5 + number / 210, is_unsure=number % 5 == 0,
        flags=[Flag.VULNERABLE] if number % 7 == 0 else [],
        exclusions=(
            (Suggestion(Exclusion.OVER_12_MONTHS, "row", 0.8, passage, "speaks of last year"),)
            if number % 9 == 0 else ()
        ),
    ).as_json()  # fmt: skip


def _insert(connection: Any, name: str, columns: tuple[str, ...], made: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows as fast as the database takes them."""
    quoted = ", ".join(f'"{each}"' for each in columns)
    raw: Any = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("BEGIN")
        marks = ", ".join("?" * len(columns))
        rows_made = (tuple(map(_plain, row)) for row in made)
        raw.executemany(f"INSERT INTO {name} ({quoted}) VALUES ({marks})", rows_made)  # noqa: S608
        raw.execute("COMMIT")
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as copy:
        for row in made:
            copy.write_row(row)
    raw.commit()


def _plain(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat() if isinstance(value, date) else value
