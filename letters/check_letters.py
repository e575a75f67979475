"""Every letter rendered in every shape under each Ombudsman: what a template lacks, and how hard it reads."""

from dataclasses import dataclass

from letters.letterhead import Letterhead
from letters.load_templates import file_of, stray_files
from letters.reading_age import reading_age
from letters.render import RenderedLetter, render
from letters.required import AUTOMATIC, OUR_RULE, SAYS_AUTOMATIC
from letters.samples import samples
from models.codes import LetterKind
from models.errors import LetterIncomplete

OLDEST_READER = 12
"""The highest reading age that a letter may ask for, in years."""


@dataclass(frozen=True)
class Checked:
    """One letter: its words, the reading age of its hardest shape, and its faults with their provisions."""

    kind: LetterKind
    words: int
    reading_age: float
    faults: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether people of twelve can read it."""
        return self.reading_age <= OLDEST_READER


def check_letters(letterhead: Letterhead) -> list[Checked]:
    """Check every letter in every shape under each Ombudsman."""
    return [_measured(kind, *_rendered(kind, letterhead)) for kind in LetterKind]


def check_templates(letterhead: Letterhead) -> None:
    """Raise LetterIncomplete with every fault of the templates, before anybody waits for a letter.

    Names each provision that a letter would break.
    """
    faults = [fault for kind in LetterKind for fault in _rendered(kind, letterhead)[1]]
    faults += stray_files(letterhead.own_templates)
    if faults:
        raise LetterIncomplete("; ".join(dict.fromkeys(faults)))


def _rendered(kind: LetterKind, letterhead: Letterhead) -> tuple[list[RenderedLetter], tuple[str, ...]]:
    """Return a letter in every shape in which it can be rendered, and the faults of the others."""
    letters: list[RenderedLetter] = []
    faults: list[str] = []
    for ombudsman in letterhead.ombudsmen:
        for sample in samples(kind, ombudsman):
            try:
                letters.append(render(kind, sample.context, letterhead=letterhead, details=sample.details))
            except LetterIncomplete as error:
                faults.append(str(error))
    if kind not in AUTOMATIC and any(SAYS_AUTOMATIC in letter.text.casefold() for letter in letters):
        file = file_of(letterhead.own_templates, f"{kind}/body.txt")
        faults.append(
            f"{file} says that it is automatic ({OUR_RULE}): an officer decides it, and no machine signs it"
        )
    return letters, tuple(dict.fromkeys(faults))


def _measured(kind: LetterKind, letters: list[RenderedLetter], faults: tuple[str, ...]) -> Checked:
    words = max((len(letter.text.split()) for letter in letters), default=0)
    age = max((reading_age(letter.text) for letter in letters), default=0.0)
    return Checked(kind, words, age, faults)
