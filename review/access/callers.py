"""How often one address tried to sign in and failed: counted in memory, for a few minutes."""

import ipaddress
import re
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 30
WITHIN = timedelta(minutes=5)
_ADDRESSES = 10_000
_WITH_PORT = re.compile(r"([0-9.]{7,15}):[0-9]{1,5}|\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")


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
            tries = self._tries.setdefault(network_of(address), deque())
            self._tries.move_to_end(network_of(address))
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
            tries = self._tries.get(network_of(address))
            if tries:
                tries.pop()


def network_of(address: str) -> str:
    """Return whose address it is: one household or office has a whole /64 of IPv6 to itself.

    Some proxies put the caller's port behind the address, which is another one for each try.
    """
    with_port = _WITH_PORT.fullmatch(address)
    try:
        found = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return address[:100]
    # A listener of both kinds sees IPv4 as ::ffff:203.0.113.7 (RFC 4291, 2.5.5.2).
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else found
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network((found.packed, 64), strict=False))
