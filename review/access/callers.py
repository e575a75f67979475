"""How often one address tried to sign in and failed: counted in memory, for a few minutes."""

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 30
WITHIN = timedelta(minutes=5)
_ADDRESSES = 10_000


class Callers:
    """Refuses an address that failed too often lately; a whole office may share one, so only failures count.

    What is tried counts until it turned out right: a hundred tries at the same moment are a hundred.
    """

    def __init__(self, *, most: int = MOST, within: timedelta = WITHIN) -> None:
        self._most, self._within = most, within
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def may_try(self, address: str, *, now: datetime) -> bool:
        """Count a try and say whether it may go on."""
        with self._lock:
            tries = self._tries.setdefault(_network(address), deque())
            self._tries.move_to_end(_network(address))
            while tries and now - tries[0] >= self._within:
                tries.popleft()
            if len(tries) >= self._most:
                return False
            tries.append(now)
            while len(self._tries) > _ADDRESSES:
                self._tries.popitem(last=False)
            return True

    def was_right(self, address: str) -> None:
        """Take back the last try of an address."""
        with self._lock:
            tries = self._tries.get(_network(address))
            if tries:
                tries.pop()


def _network(address: str) -> str:
    """Return whose address it is: one household or office has a whole /64 of IPv6 to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))
