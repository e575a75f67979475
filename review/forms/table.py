"""What a form about a case is: what it asks for, what it does, what an officer is told before and after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from models.case_page_rows import CaseRows, Row
from models.codes import Status
from review.access.may import SignedIn
from review.desk import Desk
from review.forms.fields import Field, Option

if TYPE_CHECKING:
    from models.people import Officer
    from models.unit_of_work import SqlUnitOfWork

FORMAL = frozenset({Status.COMPLAINT, Status.ESCALATION})


def is_open(case: Row) -> bool:
    """Say whether a case is neither closed nor merged."""
    return case["closed_on"] is None and not case["merged_into"]


def goes_on_here(case: Row) -> bool:
    """Say whether a case was not merged into another; it may be closed."""
    return not case["merged_into"]


def is_complaint(case: Row) -> bool:
    """Say whether a complaint runs."""
    return is_open(case) and case["status"] in FORMAL and case["stage"] > 0


def is_unanswered(case: Row) -> bool:
    """Say whether a complaint runs and its stage has no answer."""
    return is_complaint(case) and case["answered_on"] is None


@dataclass(frozen=True)
class About:
    """What a form may look at: the case with its rows, the officers, who fills it in, the desk, the day.

    `number` is the point, promise or arrangement that it is about, None where it is about none.
    """

    rows: CaseRows
    people: "tuple[Officer, ...]"
    officer: SignedIn
    desk: Desk
    today: date
    number: int | None = None

    @property
    def case(self) -> Row:
        """The case's own columns."""
        return self.rows.case


@dataclass(frozen=True)
class Doing:
    """What a form does its work with: the unit of work, the case, what was said, and who says it when.

    `may_see` raises UnknownReference for another case that is not the officer's to see.
    """

    uow: "SqlUnitOfWork"
    reference: str
    said: Mapping[str, Any]
    officer: str
    seen: int | None
    desk: Desk
    now: datetime
    may_see: Callable[[str], None]
    number: int | None = None

    @property
    def decides(self) -> dict[str, Any]:
        """The arguments of what an officer decides."""
        return {"officer": self.officer, "seen": self.seen, "now": self.now}

    @property
    def writes(self) -> dict[str, Any]:
        """The same for what writes a letter."""
        return {**self.decides, "policy": self.desk.policy, "letterhead": self.desk.letterhead}


@dataclass(frozen=True)
class CaseForm:
    """One thing that an officer can do with a case.

    `name` stands in the address. `title` is the heading, `link` the words in the menu where they are others.
    With `previews` the letters are shown before anything is recorded. What `can_be_undone` is remembered,
    with what it changes in the cases `beside`; after what `ends_the_work` the next case opens. `fits` says
    for which cases it is offered.
    """

    name: str
    title: str
    button: str
    fields: Callable[[About], tuple[Field, ...]]
    act: Callable[[Doing], str]
    fits: Callable[[Row], bool] = is_open
    intro: Callable[[About], tuple[str, ...]] = lambda _about: ()
    link: str = ""
    previews: bool = False
    can_be_undone: bool = True
    beside: Callable[[Doing], tuple[str, ...]] = lambda _doing: ()
    ends_the_work: bool = False
    has_number: bool = False
    back_to: str = ""

    @property
    def words(self) -> str:
        """What its link says."""
        return self.link or self.title


@dataclass(frozen=True)
class Group:
    """Several forms under one heading of the menu."""

    title: str
    forms: tuple[CaseForm, ...] = field(default_factory=tuple)


def options(named: Mapping[str, str]) -> tuple[Option, ...]:
    """Return the options of a mapping of values to words."""
    return tuple(Option(value, text) for value, text in named.items())
