"""What the officers' pages need of the world, built once by `operations/serve_pages.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from casework.policy import Policy
from letters.letterhead import Letterhead
from models.deadlines import WorkingDays

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from models.unit_of_work import SqlUnitOfWork
    from review.back_office import BackOffice


class Units(Protocol):
    """A maker of units of work over the record."""

    def __call__(self, *, reads: bool = False) -> "SqlUnitOfWork":
        """Return a new one; one that only `reads` keeps no writer waiting."""
        ...


@dataclass(frozen=True)
class SignInRules:
    """How officers sign in and for how long.

    `is_https` is whether browsers reach the pages by HTTPS, `address` where they do, empty where nobody said.
    """

    is_https: bool = True
    address: str = ""
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    passwords: bool = True
    needs_second_factor: bool = False
    microsoft: "OpenIdConnect | None" = None


@dataclass(frozen=True)
class OpenIdConnect:
    """An identity provider: where its metadata lie, and who we are to it."""

    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "Microsoft"


@dataclass(frozen=True)
class Desk:
    """What the pages work with: the record, the clock, and the values of the settings that they show.

    `officers_see` is "all" or "assigned". `categories` and `exclusions` map every code, the council's own
    among them, to its name for people. `undo_within` is how long the letters of a ruling wait on their way.
    """

    units: Units
    engine: "Engine"
    clock: Callable[[], datetime]
    log: Any
    policy: Policy
    letterhead: Letterhead
    working_days: WorkingDays
    secret_key: bytes = field(repr=False)
    back_office: "BackOffice"
    categories: Mapping[str, str] = field(default_factory=dict)
    exclusions: Mapping[str, str] = field(default_factory=dict)
    own_grounds: Mapping[str, str] = field(default_factory=dict)
    officers_see: str = "all"
    undo_within: timedelta = timedelta(minutes=2)
    sign_in: SignInRules = SignInRules()
    trusted_proxies: int = 0

    @property
    def organisation(self) -> str:
        """The council's name."""
        return self.letterhead.organisation
