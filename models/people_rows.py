"""Arrangements, officers and known issues in the database; implements `models/ports.py`."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models import orm
from models.codes import Role
from models.errors import UnknownReference
from models.people import Arrangement, KnownIssue, Officer


class SqlPeople:
    """What was agreed with people, by their addresses."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.added: list[Arrangement] = []
        self._found: dict[tuple[str, ...], list[Arrangement]] = {}
        # What is asked twice in a unit of work is read again only after something was written.
        event.listen(session, "after_flush", lambda *_: self._found.clear())

    def add(self, arrangement: Arrangement) -> None:
        """Put an arrangement on record."""
        self._session.add(arrangement)
        self.added.append(arrangement)

    def get(self, number: int) -> Arrangement:
        """Return one arrangement; raises UnknownReference where there is none of that number."""
        found = self._session.get(Arrangement, number)
        if found is None:
            raise UnknownReference(f"there is no arrangement {number}")
        return found

    def of(self, addresses: Sequence[str]) -> list[Arrangement]:
        """Return the arrangements in force with whoever writes from these addresses, oldest first."""
        table = orm.arrangements.c
        wanted = tuple(dict.fromkeys(address.casefold() for address in addresses if address))
        if wanted not in self._found:
            query = select(Arrangement).where(table.address.in_(wanted), table.ended_on.is_(None))
            self._found[wanted] = list(self._session.scalars(query.order_by(table.id)))
        return list(self._found[wanted])

    def remove(self, arrangement: Arrangement) -> None:
        """Take an arrangement off the record, which was put there by mistake."""
        self._session.delete(arrangement)

    def due_for_review(self, day: date) -> list[Arrangement]:
        """Return the arrangements in force whose date of review has come."""
        table = orm.arrangements.c
        return list(
            self._session.scalars(
                select(Arrangement)
                .where(table.review_on <= day, table.ended_on.is_(None))
                .order_by(table.review_on, table.id)
            )
        )


class SqlOfficers:
    """Who works cases."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, officer: Officer) -> None:
        """Put an officer on record."""
        self._session.add(officer)

    def find(self, name: str) -> Officer | None:
        """Return the officer of that name or None."""
        return self._session.scalars(select(Officer).where(orm.officers.c.name == name)).first()

    def get(self, name: str) -> Officer:
        """Return the officer of that name; raises UnknownReference where there is none."""
        found = self.find(name)
        if found is None:
            raise UnknownReference(f"there is no officer {name}; `heard officers list` names them")
        return found

    def all(self) -> list[Officer]:
        """Return every officer, by name."""
        return list(self._session.scalars(select(Officer).order_by(orm.officers.c.name)))

    def administrators(self) -> list[Officer]:
        """Return the administrators who are not disabled, locked until the unit of work ends."""
        table = orm.officers.c
        return list(
            self._session.scalars(
                select(Officer)
                .where(table.role == Role.ADMINISTRATOR, table.is_disabled.is_(False))
                .order_by(table.name)
                .with_for_update()
            )
        )


class SqlKnownIssues:
    """The faults that officers declared."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, issue: KnownIssue) -> None:
        """Put an issue on record."""
        self._session.add(issue)

    def get(self, number: int) -> KnownIssue:
        """Return one issue; raises UnknownReference where there is none of that number."""
        found = self._session.get(KnownIssue, number)
        if found is None:
            raise UnknownReference(f"there is no known issue {number}; `heard issues list` names them")
        return found

    def open_on(self, day: date) -> list[KnownIssue]:
        """Return the issues that last on a day, the newest first."""
        table = orm.known_issues.c
        return list(
            self._session.scalars(
                select(KnownIssue)
                .where(table.ends_on.is_(None) | (table.ends_on >= day))
                .order_by(table.id.desc())
            )
        )
