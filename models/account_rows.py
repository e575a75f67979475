"""Accounts, sessions, attempts, saved filters and who looked at what, in the database.

Implements `models/ports.py`.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy import orm as sqlalchemy_orm
from sqlalchemy.dialects import postgresql, sqlite

from models import orm
from models.accounts import Account, Attempts, SavedFilter, Session, key_anywhere, keys_from

_FORGET_AFTER = timedelta(days=1)


class SqlAccounts:
    """What officers sign in with."""

    def __init__(self, session: sqlalchemy_orm.Session) -> None:
        self._session = session

    def add(self, account: Account) -> None:
        """Put an account on record."""
        self._session.add(account)

    def find(self, officer: str) -> Account | None:
        """Return the account of an officer, locked until the unit of work ends, or None."""
        wanted = select(Account).where(orm.accounts.c.officer == officer).with_for_update()
        return self._session.scalars(wanted).first()

    def look_up(self, officer: str) -> Account | None:
        """Return the account of an officer to look at, or None; nobody waits for it."""
        return self._session.get(Account, officer)

    def of_subject(self, subject: str) -> Account | None:
        """Return the account that belongs to an OpenID Connect identity, or None."""
        return self._session.scalars(select(Account).where(orm.accounts.c.subject == subject)).first()

    def all(self) -> list[Account]:
        """Return every account, by the officer's name."""
        return list(self._session.scalars(select(Account).order_by(orm.accounts.c.officer)))


class SqlSessions:
    """The browsers in which officers are signed in."""

    def __init__(self, session: sqlalchemy_orm.Session) -> None:
        self._session = session

    def add(self, session: Session) -> None:
        """Put a session on record."""
        self._session.add(session)

    def find(self, token_hash: str) -> Session | None:
        """Return one session or None."""
        return self._session.get(Session, token_hash)

    def of(self, officer: str, *, now: datetime) -> list[Session]:
        """Return the sessions of an officer whose time is not over, the newest first."""
        table = orm.sessions.c
        return list(
            self._session.scalars(
                select(Session)
                .where(table.officer == officer, table.expires_at > now)
                .order_by(table.began_at.desc())
            )
        )

    def end(self, token_hash: str) -> None:
        """End one session."""
        self._session.execute(delete(orm.sessions).where(orm.sessions.c.token_hash == token_hash))

    def end_all(self, officer: str, *, but: str = "") -> None:
        """End every session of an officer, but for one."""
        table = orm.sessions
        self._session.execute(delete(table).where(table.c.officer == officer, table.c.token_hash != but))

    def forget_expired(self, *, now: datetime) -> None:
        """Remove the sessions that are over."""
        self._session.execute(delete(orm.sessions).where(orm.sessions.c.expires_at <= now))

    def touch(self, token_hash: str, *, now: datetime) -> None:
        """Note that a session was used."""
        table = orm.sessions
        self._session.execute(update(table).where(table.c.token_hash == token_hash).values(seen_at=now))


class SqlAttempts:
    """The names under which signing in failed."""

    def __init__(self, session: sqlalchemy_orm.Session) -> None:
        self._session = session

    def of(self, name_hash: str, *, now: datetime) -> Attempts:
        """Return the attempts under a name, locked until the unit of work ends; old ones are forgotten."""
        table = orm.sign_in_attempts
        self._session.execute(delete(table).where(table.c.last_at <= now - _FORGET_AFTER))
        at_first = {"name_hash": name_hash, "failures": 0, "last_at": now}
        upsert = _dialect(self._session).insert(table).values(**at_first)
        # The row that is there already is written as it is, which locks it.
        self._session.execute(
            upsert.on_conflict_do_update(index_elements=["name_hash"], set_={"name_hash": name_hash})
        )
        return self._session.scalars(select(Attempts).where(table.c.name_hash == name_hash)).one()

    def look_up(self, name_hash: str) -> list[Attempts]:
        """Return the attempts under a name to look at, of every network."""
        of_name = orm.sign_in_attempts.c.name_hash.between(*keys_from(name_hash))
        return list(self._session.scalars(select(Attempts).where(of_name)))

    def touch(self, name_hash: str, *, now: datetime) -> None:
        """Write a name's last attempt down once more, so that failing takes as long for nobody's name."""
        table = orm.sign_in_attempts
        self._session.execute(update(table).where(table.c.name_hash == name_hash).values(last_at=now))

    def forget(self, name_hash: str) -> None:
        """Forget what failed under a name, from whatever network."""
        table = orm.sign_in_attempts
        # This row is locked first, as by whoever tries: no two wait for each other.
        self._session.execute(delete(table).where(table.c.name_hash == key_anywhere(name_hash)))
        self._session.execute(delete(table).where(table.c.name_hash.between(*keys_from(name_hash))))


class SqlViews:
    """Who looked at which case, and when."""

    def __init__(self, session: sqlalchemy_orm.Session) -> None:
        self._session = session

    def add(self, officer: str, reference: str, *, now: datetime) -> None:
        """Record that an officer was shown a case."""
        self._session.execute(insert(orm.views).values(officer=officer, case_reference=reference, at=now))

    def lately(self, reference: str, *, within: timedelta, now: datetime) -> dict[str, datetime]:
        """Return who was shown a case within a time, each with the last instant."""
        table = orm.views.c
        rows = self._session.execute(
            select(table.officer, func.max(table.at))
            .where(table.case_reference == reference, table.at > now - within)
            .group_by(table.officer)
        )
        return dict(map(tuple, rows))


class SqlSavedFilters:
    """The selections of the queue that officers gave names."""

    def __init__(self, session: sqlalchemy_orm.Session) -> None:
        self._session = session

    def of(self, officer: str) -> list[SavedFilter]:
        """Return an officer's selections, by name."""
        table = orm.saved_filters.c
        rows = self._session.execute(
            select(table.id, table.name, table.query).where(table.officer == officer).order_by(table.name)
        )
        return [SavedFilter(*row) for row in rows]

    def save(self, officer: str, name: str, query: str) -> None:
        """Keep a selection under a name, in place of an older one of that name."""
        upsert = _dialect(self._session).insert(orm.saved_filters)
        self._session.execute(
            upsert.values(officer=officer, name=name, query=query).on_conflict_do_update(
                index_elements=["officer", "name"], set_={"query": query}
            )
        )

    def remove(self, officer: str, number: int) -> None:
        """Forget a selection; one of somebody else's stays."""
        table = orm.saved_filters
        self._session.execute(delete(table).where(table.c.id == number, table.c.officer == officer))


def _dialect(session: sqlalchemy_orm.Session) -> Any:
    """Return the database's own statements; both know what to do about a row that is there already."""
    return sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
