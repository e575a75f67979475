"""A letter that an officer edited: set out anew, and what a Code asks of it and it no longer holds.

Dates, addresses, fixed words and decisions have to stand in it word for word, as the record has them. What an
officer put into words of their own may be put into other words, as long as most of them are still there.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from letters.blocks import as_text, blocks_of
from letters.elements import Element, Said
from letters.letterhead import Letterhead
from letters.markup import tidy_markup
from letters.render import RenderedLetter, set_out
from letters.required import REQUIRED
from letters.tame import PARAGRAPH_END, tamed
from models.codes import LetterKind
from models.errors import InputInvalid

REWORDED = frozenset({
    "the reason for more time", "the reasons for this one case", "what was considered of an exception",
    "where to take it instead", "the questions", "every point of the complaint",
    "the reasons for every decision", "what puts it right", "what is known",
})  # fmt: skip
"""The elements that are an officer's own words, by what `letters/required.py` calls them."""

_MOST_CHARACTERS = 100_000
_LONGEST_SUBJECT = 200
_ENOUGH = 0.6
"""So much of an officer's words is still there when they only put them better."""

_WORD = re.compile(r"\w+")


def rewritten(subject: str, typed: str, *, letterhead: Letterhead, is_large: bool) -> RenderedLetter:
    """Return the letter that an officer typed, with the marks of `letters/blocks.py`.

    Raises InputInvalid where nothing is left of it, or it is far too long.
    """
    title = " ".join(tidy_markup(subject).split())
    body = tidy_markup(typed)
    if not title or not body.strip():
        raise InputInvalid("a letter needs its subject and its text")
    if len(title) > _LONGEST_SUBJECT or len(body) > _MOST_CHARACTERS:
        raise InputInvalid(
            f"a subject has {_LONGEST_SUBJECT} characters at most, and a letter {_MOST_CHARACTERS:,}; "
            "say it in fewer words"
        )
    return set_out(title, blocks_of(body), letterhead=letterhead, is_large=is_large)


def lacking(kind: LetterKind, typed: str, said: Said) -> list[str]:
    """Return what a Code asks of a letter and it does not say, each with its provision."""
    text = as_text(blocks_of(tidy_markup(typed)))
    known = Said(tamed(said.case), said.house, tamed(said.letter))
    return [each.fault() for each in REQUIRED[kind] if not _is_there(each, text, known)]


def _is_there(element: Element, text: str, said: Said) -> bool:
    if element.is_right(text, said):
        return True
    if element.what not in REWORDED:
        return False
    places = [_words(each) for each in text.split("\n\n")]
    # One paragraph may have become two.
    places += [one | two for one, two in pairwise(places)]
    return all(_is_in_other_words(each, places) for each in element.wanted(said))


def _is_in_other_words(wanted: str, places: Sequence[set[str]]) -> bool:
    """Say whether each paragraph of an officer's words stands in one place, or most of it does."""
    asked = [words for each in wanted.split(PARAGRAPH_END) if (words := _words(each))]
    return bool(asked) and all(
        any(len(words & place) >= _ENOUGH * len(words) for place in places) for words in asked
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
