"""How long to leave something alone that is away, and when to say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)


@dataclass
class Patience:
    """Counts the failures of one mailbox or server and grows the pause between attempts."""

    away_since: datetime | None = None
    failures: int = 0
    next_try_at: datetime | None = None

    def may_try(self, now: datetime) -> bool:
        """Say whether the pause is over."""
        return self.next_try_at is None or now >= self.next_try_at

    def failed(self, now: datetime) -> timedelta:
        """Note a failure and return the pause before the next attempt."""
        self.away_since = self.away_since or now
        pause: timedelta = min(_FIRST_PAUSE * 2**self.failures, _LONGEST_PAUSE)
        self.failures = min(self.failures + 1, 20)
        self.next_try_at = now + pause
        return pause

    def worked(self, now: datetime) -> timedelta | None:
        """Note a success; return how long it had been away, None where it had not."""
        away = now - self.away_since if self.away_since else None
        self.away_since, self.failures, self.next_try_at = None, 0, None
        return away
