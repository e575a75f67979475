"""Keeps the table `search`: the words of each message with those of its case's people and its attachments.

They are one text, so that a search finds a name in the mail and a street in the letter attached to it. On
SQLite the table is one of FTS5, on PostgreSQL it holds a tsvector; both stem English and leave no word out,
and accents do not count. Copies of a message are not searched, and what is not read yet is not there to be
found.
"""

from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, select, text
from sqlalchemy.orm import Session

from models import orm
from models.touched import Touched

_LONGEST = 200_000
"""Characters of a message and its attachments that are searched.

A tsvector holds 1 MB: at four bytes a character and as much again for each of the shortest words, it fits.
"""

_DOCUMENTS = """
SELECT messages.id, substr(
    messages.subject || ' ' || messages.sender_name || ' ' || messages.sender_address || ' '
    || coalesce(cases.reference || ' ' || cases.complainant_name || ' ' || cases.complainant_address || ' '
        || cases.represented_name || ' ', '')
    || messages.text || ' '
    || coalesce((
        SELECT JOINED(attachments.filename || ' ' || attachments.text, ' ')
        FROM attachments WHERE attachments.message_id = messages.id
    ), ''),
    1, LONGEST
) AS words
FROM messages LEFT JOIN cases ON cases.id = messages.case_id
WHERE messages.id IN NUMBERS AND messages.outcome IS NOT NULL AND messages.outcome <> 'duplicate'
"""

_PUT = {
    "sqlite": "INSERT INTO search (rowid, words) DOCUMENTS",
    "postgresql": """
        INSERT INTO search (message_id, words)
        SELECT id, to_tsvector('heard_words', regexp_replace(
            regexp_replace(normalize(words, NFD), :accents, '', 'g'), :marks, ' ', 'g'
        ))
        FROM (DOCUMENTS) AS documents
    """,
}
_DROP = {
    "sqlite": "DELETE FROM search WHERE rowid IN NUMBERS",
    "postgresql": "DELETE FROM search WHERE message_id IN NUMBERS",
}
_JOINED = {"sqlite": "group_concat", "postgresql": "string_agg"}

_PLAIN = {
    "accents": r"[\u0300-\u036f]+",
    "marks": r"[!-/:-@\[-`{-~\u00a0\u00a3\u2010-\u2026\u20ac]+",
}
"""What PostgreSQL would read otherwise: accents, and the marks of which it makes addresses and numbers."""


def keep_search(session: Session, touched: Touched) -> None:
    """Take the words of what was touched anew."""
    numbers = touched.messages
    if touched.renamed:
        table = orm.messages.c
        numbers = numbers.union(session.scalars(select(table.id).where(table.case_id.in_(touched.renamed))))
    if numbers:
        dialect = session.get_bind().dialect.name
        values = {"numbers": sorted(numbers)}
        session.execute(_for_some(_DROP[dialect], dialect), values)
        session.execute(_for_some(_PUT[dialect], dialect), values | _plain(dialect))


def fill_search(connection: Connection) -> None:
    """Take the words of every message of a record that has none yet."""
    dialect = connection.dialect.name
    whole = _written(_PUT[dialect], dialect).replace("NUMBERS", "(SELECT id FROM messages)")
    connection.execute(text(whole), _plain(dialect))


@cache
def _for_some(statement: str, dialect: str) -> TextClause:
    """Return a statement about the messages of some numbers."""
    some = _written(statement, dialect).replace("NUMBERS", ":numbers")
    return text(some).bindparams(bindparam("numbers", expanding=True))


def _written(statement: str, dialect: str) -> str:
    documents = _DOCUMENTS.replace("JOINED", _JOINED[dialect]).replace("LONGEST", str(_LONGEST))
    return statement.replace("DOCUMENTS", documents)


def _plain(dialect: str) -> dict[str, str]:
    return _PLAIN if dialect == "postgresql" else {}
