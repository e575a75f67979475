"""What a search found: each message with the passage that holds the words, and they marked in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.codes import Outcome
from models.reference import message_name
from models.search_rows import MOST_FOUND, Found, Hit
from models.search_terms import Terms, without_accents
from review.show.names import Names
from review.show.text import Mark, Piece, in_pieces, one_line
from review.show.words import moment, short_day

_AROUND = 110
"""Characters shown before and behind the first word that was found."""

_ENDINGS = ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "e", "y")
_SHORTEST_STEM = 3
_OUTCOMES = {
    Outcome.MACHINE: "Machine mail", Outcome.QUARANTINE: "In quarantine", Outcome.DUPLICATE: "Copy",
}  # fmt: skip


@dataclass(frozen=True)
class FoundLine:
    """One message that was found; `name` is what it is called, a case's reference or M-17."""

    name: str
    reference: str
    message_id: int
    gist: str
    who: str
    when: str
    standing: str
    is_open: bool
    about: str
    passage: tuple[Piece, ...]


def found_line(hit: Hit, terms: Terms, names: Names) -> FoundLine:
    """Put a message that was found into words."""
    return FoundLine(
        name=hit.reference or message_name(hit.message_id),
        reference=hit.reference,
        message_id=hit.message_id,
        gist=one_line(hit.subject, longest=110) or "No subject",
        who=one_line(hit.name or hit.address, longest=60) or "unknown sender",
        when=moment(hit.received_at),
        standing=_standing(hit),
        is_open=bool(hit.reference) and hit.closed_on is None,
        about=", ".join(
            filter(None, (names.status(hit.status), names.category(hit.category) if hit.category else ""))
        ),
        passage=passage(hit.texts, terms),
    )


def passage(texts: Sequence[str], terms: Terms) -> tuple[Piece, ...]:
    """Return the words around the first place at which a term stands, every term in them marked.

    It is the beginning of the first text where none stands in any: a name, or a word far down, was found.
    """
    flat = [" ".join(text.split()) for text in texts]
    pattern = _pattern(terms)
    for text in flat:
        first = pattern.search(without_accents(text))
        if first:
            return _cut(text, first.start(), pattern)
    return _cut(flat[0], 0, pattern) if flat else ()


def total_in_words(found: Found) -> str:
    """Say how much was found; pages behind the first do not say it again."""
    if found.newer is not None:
        return "Messages"
    many = f"{min(found.count, MOST_FOUND)} message{'s' if found.count != 1 else ''}"
    if found.count > MOST_FOUND:
        return f"More than {many}"
    return many if found.is_all else f"At least {many}"


def _standing(hit: Hit) -> str:
    if not hit.reference:
        return _OUTCOMES.get(hit.outcome, "Message")
    return f"Closed {short_day(hit.closed_on)} {hit.closed_on:%Y}" if hit.closed_on else "Open"


def _cut(text: str, at: int, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    """Cut the surroundings of a place out of a text, at words, and mark what the pattern finds there."""
    start = text.find(" ", at - _AROUND, at) + 1 or at if at > _AROUND else 0
    end = text.find(" ", at + _AROUND, at + 2 * _AROUND)
    end = min(len(text), at + 2 * _AROUND) if end < 0 else end
    shown = text[start:end]
    marks = [Mark(*found.span(), number=0) for found in pattern.finditer(without_accents(shown))]
    pieces = in_pieces(shown, marks)
    before, behind = ("… " if start else ""), (" …" if end < len(text) else "")
    return (*([Piece(before)] if before else []), *pieces, *([Piece(behind)] if behind else []))


def _pattern(terms: Terms) -> re.Pattern[str]:
    """Return what finds the terms in a text without accents, with any of the usual endings."""
    phrases = (r"[\W_]+".join(map(_any_ending, phrase)) for phrase in terms.wanted)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(phrases) + r")(?![^\W_])")


def _any_ending(word: str) -> str:
    stem = word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            stem = word.removesuffix(ending)
            break
    if not stem.isalpha() or len(stem) < _SHORTEST_STEM:
        return re.escape(word)
    return re.escape(stem) + "(?:" + "|".join(_ENDINGS) + ")?"
