"""Copies of sent letters in the mailbox's own folder, so that officers find them where they look.

The record is what counts. A copy that fails is tried a few times more and then left, and whatever comes of it
no letter is sent again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from models.case import Letter
from models.codes import LetterState
from models.errors import MailboxUnavailable
from models.ports import KeepsCopies

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))
"""How long to wait after each failure; after one more, what waits is given up."""

_MOST_WAITING = 1_000


class Log(Protocol):
    """Where events go: one line each, no personal data."""

    def warning(self, event: str, **values: object) -> object:
        """Write what went wrong."""
        ...


@dataclass
class _Copy:
    """A letter whose copy is wanted, and how often it failed."""

    letter: Letter
    failures: int = 0


class SentCopies:
    """Puts copies of letters into one folder; holds a few that could not be put for the next time."""

    def __init__(
        self,
        place: KeepsCopies | None,
        *,
        folder: str,
        compose: Callable[[Letter], bytes],
        log: Log,
        clock: Callable[[], datetime],
    ) -> None:
        self._place = place
        self._folder = folder
        self._compose = compose
        self._log = log
        self._clock = clock
        self._waiting: deque[_Copy] = deque()
        self._not_before: datetime | None = None

    def keep(self, letter: Letter) -> None:
        """Put a copy of a letter that was sent, or keep it for later where the mailbox is away."""
        if self._place is None or letter.state is not LetterState.SENT:
            return
        if len(self._waiting) == _MOST_WAITING:
            self._give_up(self._waiting.popleft(), why="too many wait")
        self._waiting.append(_Copy(letter))
        self.flush()

    def flush(self) -> None:
        """Put what waits, unless the mailbox failed only just now."""
        now = self._clock()
        if self._place is None or (self._not_before is not None and now < self._not_before):
            return
        self._not_before = None
        while self._waiting:
            copy = self._waiting[0]
            try:
                self._put(self._place, copy.letter)
            except MailboxUnavailable as error:
                self._put_off(str(error), now=now)
                return
            self._waiting.popleft()

    def close(self) -> None:
        """Let the mailbox's connection go."""
        if self._place is not None:
            self._place.close()

    def _put(self, place: KeepsCopies, letter: Letter) -> None:
        place.put(
            self._folder,
            self._compose(letter),
            message_id=letter.message_id,
            at=letter.sent_at or letter.queued_at,
        )

    def _put_off(self, why: str, *, now: datetime) -> None:
        """Count a failure against all that wait: it is the mailbox's, and they share it."""
        for copy in self._waiting:
            copy.failures += 1
        while self._waiting and self._waiting[0].failures > len(PAUSES):
            self._give_up(self._waiting.popleft(), why=why)
        failures = self._waiting[0].failures if self._waiting else len(PAUSES)
        self._not_before = now + PAUSES[failures - 1]
        self._log.warning("no_sent_copy_yet", why=why, waiting=len(self._waiting))

    def _give_up(self, copy: _Copy, *, why: str) -> None:
        self._log.warning("no_sent_copy", letter=copy.letter.id, why=why)
