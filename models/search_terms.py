"""What an officer types to search, as terms: words, "words in this order", and -words that must not occur.

Whatever is typed is a search and never a fault: what is not a letter or a digit only separates words.
"""

import re
import unicodedata
from dataclasses import dataclass

_MOST_TERMS = 12
_LONGEST = 200
_TYPED = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')

Phrase = tuple[str, ...]
"""Words that follow each other; a single word is the shortest."""


@dataclass(frozen=True)
class Terms:
    """What must occur, and what must not."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()

    def as_fts5(self) -> str:
        """Write them as SQLite's FTS5 reads them; every word is quoted, so that none is an operator."""
        wanted = " AND ".join(map(_quoted, self.wanted))
        return wanted + "".join(f" NOT {_quoted(phrase)}" for phrase in self.unwanted)


def read_terms(typed: str) -> Terms:
    """Read what was typed; terms beyond the twelfth are left out, and all of them if nothing is wanted."""
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for minus, quoted, word in _TYPED.findall(typed[:_LONGEST]):
        phrase = words_of(quoted or word)
        if phrase:
            (unwanted if minus else wanted).append(phrase)
    if not wanted:
        return Terms()
    return Terms(tuple(dict.fromkeys(wanted[:_MOST_TERMS])), tuple(dict.fromkeys(unwanted[:_MOST_TERMS])))


def words_of(text: str) -> Phrase:
    """Return the words of a text in small letters without accents, as both databases tell them apart."""
    plain = "".join(
        each if each.isalnum() else " "
        for each in unicodedata.normalize("NFD", text.lower())
        if not unicodedata.combining(each)
    )
    return tuple(plain.split())


_LETTERS = "".join(
    letter
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if unicodedata.normalize("NFD", letter)[0].isascii()
)
_WITHOUT_ACCENTS = {ord(each): unicodedata.normalize("NFD", each)[0] for each in _LETTERS}


def without_accents(text: str) -> str:
    """Return a text in small letters without accents, as long as it was."""
    return text.translate(_WITHOUT_ACCENTS).lower()


def _quoted(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
