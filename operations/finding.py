"""What the doctor finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing examined: whether it is well, what was seen, and what to do if not."""

    what: str
    ok: bool
    said: str
    remedy: str = ""
