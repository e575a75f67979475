"""What is kept of the last change of a case, so that its officer can take it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Remembered:
    """The last change of a case that can be undone: whose, what, when, and what was there before.

    `version` is the version that the case came to by it: as long as the case is at that, nothing has happened
    since. `before` holds what the change altered, as it was, and the numbers of the rows that it added
    (`casework/as_it_was.py` says how); other cases that it touched are in there with their versions.
    """

    officer: str
    action: str
    at: datetime
    version: int
    before: dict[str, Any]

    @property
    def versions(self) -> dict[str, int]:
        """The versions at which the change left every case that it touched, by their references."""
        opened: dict[str, int] = self.before["opened"]
        return {each: said["version"] for each, said in self.before["cases"].items()} | opened
