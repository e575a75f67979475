"""The people around cases: what was agreed with complainants, who the officers are, what is known already."""

from dataclasses import dataclass, field
from datetime import date, datetime

from models.codes import ArrangementKind, ContactWay, Role


@dataclass(eq=False, kw_only=True)
class Arrangement:
    """What was agreed with a person or is known of them; every later letter to `address` respects it.

    `way` says how letters reach them, with `value` the postal address, telephone number or other email
    address that it needs. Adjustments and restrictions have a date of review (LGSCO 5.6, 5.10, 5.11;
    HO 5.10, 5.14, 5.15). `address` is in lower case.
    """

    address: str
    kind: ArrangementKind
    what: str
    reason: str
    officer: str
    agreed_on: date
    way: ContactWay | None = None
    value: str = ""
    review_on: date | None = None
    ended_on: date | None = None
    case_reference: str = ""
    id: int | None = None

    @property
    def is_in_force(self) -> bool:
        """Say whether nobody has ended it; a passed date of review alone ends nothing."""
        return self.ended_on is None


@dataclass(eq=False, kw_only=True)
class Officer:
    """Somebody who works cases; `manager` is the name of another officer, empty where there is none.

    They are away from `away_from` to `away_until`, both included.
    """

    name: str
    full_name: str
    email: str
    role: Role = Role.OFFICER
    manager: str = ""
    away_from: date | None = None
    away_until: date | None = None
    is_disabled: bool = False
    id: int | None = None

    def is_away(self, day: date) -> bool:
        """Say whether they are away on a day."""
        if self.away_from is None:
            return False
        return self.away_from <= day and (self.away_until is None or day <= self.away_until)


@dataclass(eq=False, kw_only=True)
class KnownIssue:
    """A fault that the council knows of: messages of its category that hold one of its words are told so."""

    title: str
    category: str
    known: str
    declared_by: str
    declared_at: datetime
    words: list[str] = field(default_factory=list)
    ends_on: date | None = None
    id: int | None = None

    def is_open(self, day: date) -> bool:
        """Say whether the fault still lasts on a day."""
        return self.ends_on is None or day <= self.ends_on
