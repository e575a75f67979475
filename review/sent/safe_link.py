"""Links of strangers: where one leads, said so that nobody is deceived, and whether it may be followed."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_BLANKS = re.compile("[\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LONGEST = 2_000
_SHOWN = 120
_PLAIN_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True)
class Link:
    """Where a link leads.

    `shown` stands beside it, its host in ASCII letters: `xn--` gives away letters that only look like others.
    """

    address: str
    shown: str
    may_be_followed: bool


def link_of(written: str) -> Link | None:
    """Return where a link leads, None where it leads nowhere that a person could go.

    Pages of the web may be followed; addresses of people and telephone numbers are only shown.
    """
    tidy = _BLANKS.sub("", written)
    if not tidy or len(tidy) > _LONGEST:
        return None
    try:
        parts = urlsplit(tidy)
        host, port = _host_of(parts), f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme in {"mailto", "tel"}:
        return Link("", _cut(f"{parts.scheme}:{parts.path}"), may_be_followed=False)
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    rest = parts.path + (f"?{parts.query}" if parts.query else "")
    address = parts._replace(netloc=f"{host}{port}").geturl()
    return Link(address, _cut(f"{parts.scheme}://{host}{port}{rest}"), may_be_followed=True)


def _host_of(parts: SplitResult) -> str:
    """Return the host in ASCII letters, empty where it is none; raises ValueError."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host if _PLAIN_HOST.fullmatch(host) else ""


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
