"""How the service itself is: when each mailbox was last read, and what the last reconcile found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class MailboxHealth:
    """When one mailbox was last tried and last read whole, and how long its sign-in holds.

    `polled_at` is the last attempt, `last_success_at` the last that ended well. `away_since` and `fault` are
    set from the first failure until the next success. `last_message_at` is when the newest message that was
    kept had arrived. A job that runs by itself has a row as well, under the name that `job_name` gives.
    """

    account: str
    polled_at: datetime | None = None
    last_success_at: datetime | None = None
    away_since: datetime | None = None
    fault: str = ""
    last_message_at: datetime | None = None
    token_expires_at: datetime | None = None
    secret_expires_on: date | None = None


def job_name(job: str) -> str:
    """Return the name under which a job's last run is kept beside the mailboxes."""
    return f"job {job}"


class GapCode(StrEnum):
    """What may be amiss between the mailboxes, the ledger and what became of each message."""

    NOT_KEPT = "not_kept"
    SIZE_DIFFERS = "size_differs"
    WAITING = "waiting"
    RAW_MISSING = "raw_missing"
    RAW_DAMAGED = "raw_damaged"
    OUTCOME_BROKEN = "outcome_broken"
    KEPT_TWICE = "kept_twice"
    UNACKNOWLEDGED = "unacknowledged"
    LETTER_STUCK = "letter_stuck"
    MAILBOX_AWAY = "mailbox_away"


@dataclass(frozen=True)
class Gap:
    """One thing amiss: in which mailbox, where in it or under which number, and what to do.

    `mailbox` is empty where the gap lies in the record alone.
    """

    code: GapCode
    mailbox: str
    where: str
    said: str


@dataclass(frozen=True)
class Twice:
    """A message that became more than one case: what its copies share, and the cases."""

    identity: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Reconciliation:
    """What one comparison of the mailboxes with the ledger found.

    `gap_counts` counts every gap; `gaps` names the first few hundred of each code.
    """

    at: datetime
    mailboxes: int
    compared: int
    gaps: tuple[Gap, ...] = ()
    gap_counts: Mapping[GapCode, int] = field(default_factory=dict)
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    kept_twice: tuple[Twice, ...] = ()

    @property
    def gap_count(self) -> int:
        """Return how many gaps there are in all."""
        return sum(self.gap_counts.values())

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `heard reconcile --json` prints."""
        return {
            "at": self.at.isoformat(),
            "mailboxes": self.mailboxes,
            "compared": self.compared,
            "gaps": [asdict(gap) for gap in self.gaps],
            "gap_counts": {code.value: self.gap_counts.get(code, 0) for code in GapCode},
            "by_outcome": dict(self.by_outcome),
            "kept_twice": [asdict(each) for each in self.kept_twice],
        }
