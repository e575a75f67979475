"""Whether a file is whole: nobody has written for a while, since no scanner says when it has finished."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from intake.folders.tree import NANOSECONDS, File, Found

QUIET_S = 5
"""How long a file must have been left alone before it is taken."""

EMPTY_S = 60
"""How long an empty one must have been: programs make a file first and fill it then."""

_JUNK_S = 86_400


class Quiet:
    """Lets those files pass that nobody writes any more; without a clock, all of them."""

    def __init__(self, clock: Callable[[], datetime] | None) -> None:
        self._clock = clock
        self._first_seen: dict[str, float] = {}

    def only(self, found: Iterable[Found]) -> Iterator[Found]:
        """Yield what can be taken now."""
        if self._clock is None:
            yield from found
            return
        now, seen = self._clock().timestamp(), self._first_seen
        self._first_seen = {}
        for each in found:
            if not isinstance(each, File) or self._is_left_alone(each, now, seen):
                yield each

    def is_quiet(self, file: File) -> bool:
        """Say of one file whether it can be taken now."""
        return any(self.only([file]))

    def _is_left_alone(self, file: File, now: float, seen: dict[str, float]) -> bool:
        wanted = QUIET_S if file.size else EMPTY_S
        age = now - file.mtime_ns / NANOSECONDS
        if age >= wanted or age < -_JUNK_S:
            # A time days ahead was set by somebody, and whoever sets the time has written the rest.
            return True
        if age >= 0:
            return False
        # The share's clock is ahead of ours: we go by when we first saw the file as it is.
        first = self._first_seen[file.uid] = seen.get(file.uid, now)
        return now - first >= wanted
