"""Which messages hold the words that are searched, the newest first: as each database finds them fast.

SQLite's FTS5 walks its lists of words from the newest message on, however common the words are. PostgreSQL
reads a list whole or not at all; so the newest few thousand messages are looked through first, where common
words are found at once, and the lists of words are read only where that does not give enough: for rare ones.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, func, literal, literal_column, select, text
from sqlalchemy import table as named_table

from models import orm
from models.queue_parts import conditions
from models.queue_selection import Looker, Selection, Show
from models.search_terms import Phrase, Terms

_NEAR = 5_000
"""Messages that PostgreSQL looks through first; what one in a hundred holds fills a page with them."""

_SEARCH = named_table("search", column("rowid"), column("message_id"), column("words"))
_READ_LISTS = "SELECT set_config('enable_seqscan', :on, true), set_config('enable_indexscan', :on, true)"


@dataclass(frozen=True)
class _Source:
    """Where to look: the column of numbers, its table, and what matches.

    `others` asks for a message that it does not hold; `reads_lists` is true of the lists of words.
    """

    number: Any
    table: Any
    matches: Any
    others: Any = None
    reads_lists: bool = False


def numbers(
    connection: Connection,
    terms: Terms,
    selection: Selection,
    looker: Looker,
    *,
    limit: int,
    enough: int,
    older: int | None = None,
    newer: int | None = None,
) -> tuple[Sequence[int], bool]:
    """Return the highest numbers of messages that match, below `older`, or the lowest ones above `newer`.

    At most `limit`, and maybe no more than `enough` where more is dear; and whether there are no others.
    """
    found: Sequence[int] = ()
    for source in _sources(connection, terms, older=older, newer=newer):
        order = source.number if newer is not None else source.number.desc()
        query = _matching(source, selection, looker).where(*_bounds(source.number, older=older, newer=newer))
        with _reading(connection, source):
            found = connection.scalars(query.order_by(order).limit(limit)).all()
        if len(found) >= enough:
            has_others = source.others is not None and connection.scalar(source.others) is not None
            return found, len(found) < limit and not has_others
    return found, True


def _sources(connection: Connection, terms: Terms, *, older: int | None, newer: int | None) -> list[_Source]:
    """Return where to look, one after the other."""
    if connection.dialect.name == "sqlite":
        matches = text("search MATCH :terms").bindparams(terms=terms.as_fts5())
        return [_Source(_SEARCH.c.rowid, _SEARCH, matches)]
    number, sought = _SEARCH.c.message_id, _tsquery(terms)
    newest = (
        select(number)
        .where(*_bounds(number, older=older, newer=newer))
        .order_by(number if newer is not None else number.desc())
    )
    near = newest.add_columns(_SEARCH.c.words).limit(_NEAR).subquery()
    return [
        _Source(near.c.message_id, near, near.c.words.op("@@")(sought), others=newest.offset(_NEAR).limit(1)),
        _Source(number, _SEARCH, _SEARCH.c.words.op("@@")(sought), reads_lists=True),
    ]


@contextmanager
def _reading(connection: Connection, source: _Source) -> Iterator[None]:
    """Have PostgreSQL read lists of words where it should: it takes rare words for common ones."""
    if source.reads_lists:
        connection.execute(text(_READ_LISTS), {"on": "off"})
    yield
    if source.reads_lists:
        connection.execute(text(_READ_LISTS), {"on": "on"})


def _bounds(number: Any, *, older: int | None, newer: int | None) -> list[Any]:
    if newer is not None:
        return [number > newer]
    return [] if older is None else [number < older]


def _matching(source: _Source, selection: Selection, looker: Looker) -> Any:
    """Return the query for the numbers that match, of the cases that a selection and whoever looks allow."""
    asked = [source.matches, *_narrower(selection)]
    if selection.show is not None:
        asked.append(_is_shown(selection, looker))
    if looker.only_own:
        # The plus keeps SQLite from asking its lists of words once for each message of the officer.
        is_sqlite = source.number is _SEARCH.c.rowid
        asked.append((literal_column("+search.rowid") if is_sqlite else source.number).in_(_own(looker)))
    table = source.table
    if selection != Selection(words=selection.words):
        table = table.join(orm.messages, orm.messages.c.id == source.number)
        table = table.outerjoin(orm.cases, orm.cases.c.id == orm.messages.c.case_id)
    return select(source.number).select_from(table).where(*asked)


def _own(looker: Looker) -> Any:
    """Select the messages of the cases that an officer has."""
    cases, messages = orm.cases.c, orm.messages.c
    joined = orm.messages.join(orm.cases, cases.id == messages.case_id)
    return select(messages.id).select_from(joined).where(cases.assigned_to == looker.name)


def _narrower(selection: Selection) -> list[Any]:
    """Return what a selection asks of the case of a message."""
    cases = orm.cases.c
    asked: list[Any] = []
    if selection.category:
        asked.append(cases.category == selection.category)
    if selection.stage is not None:
        asked.append(cases.stage == selection.stage)
    if selection.ombudsman is not None:
        asked.append(cases.ombudsman == selection.ombudsman)
    return asked


def _is_shown(selection: Selection, looker: Looker) -> Any:
    """Return whether a message, by its case or by its task, stands in a part of the queue."""
    queue, tasks, messages = orm.queue, orm.tasks.c, orm.messages.c
    wanted = conditions(selection, looker)
    if selection.show is Show.QUARANTINE:
        found = select(literal(1)).select_from(queue.join(orm.tasks, tasks.id == queue.c.task_id))
        return found.where(tasks.message_id == messages.id, *wanted).exists()
    return select(literal(1)).select_from(queue).where(queue.c.case_id == messages.case_id, *wanted).exists()


def _tsquery(terms: Terms) -> Any:
    """Return the terms as PostgreSQL searches them."""
    wanted = _as_one(terms.wanted[0])
    for phrase in terms.wanted[1:]:
        wanted = wanted.op("&&")(_as_one(phrase))
    for phrase in terms.unwanted:
        wanted = wanted.op("&&")(func.tsquery_not(_as_one(phrase)))
    return wanted


def _as_one(phrase: Phrase) -> Any:
    return func.phraseto_tsquery(text("'heard_words'"), " ".join(phrase))
