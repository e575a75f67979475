"""An element that a letter must hold, the provision that asks for it, and how to see whether it is there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from letters.acknowledgement import AcknowledgementContext
from letters.details import Details
from letters.letterhead import Letterhead, OmbudsmanContact
from letters.load_templates import long_date

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Said:
    """What a letter is made of."""

    case: AcknowledgementContext
    house: Letterhead
    letter: Details | None = None

    @property
    def ombudsman(self) -> OmbudsmanContact:
        """The Ombudsman who has the case."""
        return self.house.ombudsmen[self.case.ombudsman]


@dataclass(frozen=True)
class Element:
    """Something that a Code asks of a letter.

    `wanted` are the texts that must all be in the letter; one that is empty was never given.
    """

    what: str
    provision: str
    wanted: Callable[[Said], Sequence[str]]

    def is_right(self, text: str, said: Said) -> bool:
        """Say whether a letter's plain text is as the element asks; wrapping and capitals do not matter."""
        flat = _flat(text)
        return all(each and each in flat for each in map(_flat, self.wanted(said)))

    def fault(self) -> str:
        """Say what is wrong with a letter that is not right."""
        return f"{self.what} ({self.provision})"


def missing_from(text: str, elements: Iterable[Element], said: Said) -> list[str]:
    """Return what the plain text of a letter leaves out, each with its provision."""
    return [each.fault() for each in elements if not each.is_right(text, said)]


def phrase(what: str, provision: str, *words: str) -> Element:
    """Ask for fixed words, all of which a template must keep."""
    return Element(what, provision, lambda _: words)


def value(what: str, provision: str, wanted: Callable[[Said], str]) -> Element:
    """Ask for one value of the case, the house or the Ombudsman."""
    return Element(what, provision, lambda said: (wanted(said),))


def details(
    kind: type[_Kind], what: str, provision: str, wanted: Callable[[_Kind], Sequence[str]]
) -> Element:
    """Ask for what an officer decided, as the details of the letter give it."""
    return Element(what, provision, lambda said: wanted(_as(kind, said)))


def day(written: date | None) -> str:
    """Return a date as letters write it, empty where there is none."""
    return long_date(written) if written else ""


def _as(kind: type[_Kind], said: Said) -> _Kind:
    if not isinstance(said.letter, kind):
        raise TypeError(f"{kind.__name__} is wanted here, not {type(said.letter).__name__}")
    return said.letter


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
