"""What the council has decided about acknowledging, as values that casework is handed."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from models.codes import AcknowledgementMode, DeliveryMode
from models.deadlines import WorkingDays


@dataclass(frozen=True)
class Caps:
    """How many letters may be queued within a window; what a cap stops becomes an acknowledgement owed."""

    per_address_a_day: int = 5
    per_domain_an_hour: int = 100
    in_all_an_hour: int = 1000


@dataclass(frozen=True)
class Policy:
    """The settings that decide when which letter goes to whom.

    `own_addresses` are ours, in lower case: letters never go there.
    `form_senders` are the addresses from which the council's web forms come. `reference_key` marks the
    references in our letters, so that what comes back with the mark is known to have seen one.
    """

    mode: AcknowledgementMode = AcknowledgementMode.AT_ONCE
    guard_working_day: int = 4
    guard_time: time = time(12, 0)
    working_days: WorkingDays = field(default_factory=WorkingDays)
    caps: Caps = field(default_factory=Caps)
    own_addresses: frozenset[str] = frozenset()
    form_senders: frozenset[str] = frozenset()
    duty_address: str = ""
    letter_domain: str = "heard.invalid"
    delivery: DeliveryMode = DeliveryMode.SEND
    reference_key: bytes = b""

    def guard_at(self, received_on: date) -> datetime:
        """Return when the guard sends a formal acknowledgement that is still missing."""
        return self.working_days.guard_at(received_on, working_day=self.guard_working_day, at=self.guard_time)


DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
