"""What of the queue somebody looks at and how far they have come in it, as values and in an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from models.codes import Ombudsman

_POSITION = re.compile(r"(\d{1,12})-(\d{1,18})", re.ASCII)
_CODE = re.compile(r"[a-z0-9_]{1,50}", re.ASCII)
_STAGES = frozenset({"0", "1", "2"})
_LONGEST_SEARCH = 200


class Show(StrEnum):
    """The parts of the queue that officers ask for, in the order in which the page offers them."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    UNSURE = "unsure"
    COMPLAINTS = "complaints"
    REQUESTS = "requests"
    OWED = "owed"
    REPLIES = "replies"
    QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Position:
    """A place in the queue: between two rows, or on one."""

    rank: int
    id: int

    def __str__(self) -> str:
        """Write it as an address holds it."""
        return f"{self.rank}-{self.id}"

    @classmethod
    def read(cls, written: str) -> "Position | None":
        """Read it from an address, None where it is none."""
        found = _POSITION.fullmatch(written)
        return cls(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True)
class Selection:
    """A part of the queue: what to show, and of which category, stage and Ombudsman; `words` are searched."""

    show: Show | None = None
    category: str = ""
    stage: int | None = None
    ombudsman: Ombudsman | None = None
    words: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Selection":
        """Read it from the arguments of an address; what is none of ours is left out."""
        category, stage = asked.get("category", ""), asked.get("stage", "")
        return cls(
            show=_member(Show, asked.get("show", "")),
            category=category if _CODE.fullmatch(category) else "",
            stage=int(stage) if stage in _STAGES else None,
            ombudsman=_member(Ombudsman, asked.get("ombudsman", "")),
            words=" ".join(asked.get("q", "")[:_LONGEST_SEARCH].split()),
        )

    def as_arguments(self) -> dict[str, str]:
        """Return the arguments of the address that shows it."""
        said = {
            "show": self.show.value if self.show else "", "category": self.category,
            "stage": "" if self.stage is None else str(self.stage),
            "ombudsman": self.ombudsman.value if self.ombudsman else "", "q": self.words,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}

    def as_query(self) -> str:
        """Write them as the end of an address; it is what a saved filter keeps."""
        return urlencode(self.as_arguments())


@dataclass(frozen=True)
class Looker:
    """Who looks, on which day; one who sees `only_own` sees the cases assigned to them and nothing else."""

    name: str
    today: date
    only_own: bool = False


_Code = TypeVar("_Code", bound=StrEnum)


def _member(codes: type[_Code], value: str) -> _Code | None:
    return codes(value) if value in set(codes) else None
