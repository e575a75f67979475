"""Reads a text with spaCy: sentences, words and cues, each with its place. The one file that knows spaCy."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import spacy
from spacy.matcher import PhraseMatcher

from models.decision import Span
from triage.cues import COUNTED, PATTERNS, PHRASES
from triage.reading import Hit, Reading

_LONGEST = 20_000
"""Characters of a message that are read; nobody's point comes later, and a hostile text costs no more."""


_LONG_WORD = re.compile(r"\S{200,}")
"""Nobody writes such words, and the tokenizer takes a quadratic time over their punctuation."""

_WRAPPED_FROM = 55
"""Characters: a line this long with a single line end after it was wrapped, and its sentence goes on."""

_ENDING_MARKS = (".", "!", "?", "…", "..", "...", "!!", "!!!", "??", "?!")


def read_texts(texts: Iterable[str]) -> Iterator[Reading]:
    """Read many texts in their order."""
    nlp, matcher = _language()
    for text in texts:
        readable = _LONG_WORD.sub(_blanked, text[:_LONGEST])
        yield _reading(nlp.tokenizer(readable), matcher, readable)


def _blanked(found: re.Match[str]) -> str:
    """Return white space as long as what it stands for, so that every place stays the same."""
    return " " * len(found[0])


def _reading(doc: Any, matcher: Any, text: str) -> Reading:
    sentences = _sentences(doc, text)
    starts = [sentence.start for sentence in sentences]
    hits = [
        Hit(cue, Span(start, end, text[start:end]), max(0, bisect_right(starts, start) - 1))
        for cue, start, end in _found(doc, matcher, text)
    ]
    hits.sort(key=lambda hit: (hit.span.start, hit.cue))
    counts = {name: len(pattern.findall(text)) for name, pattern in COUNTED.items()}
    return Reading(text, sentences, tuple(hits), counts, len(doc))


def _sentences(doc: Any, text: str) -> tuple[Span, ...]:
    """Return the sentences without the white space around them; a text of none is one.

    A sentence ends with a full stop, question or exclamation mark, or with a line that was not merely
    wrapped: the rule of spaCy's own sentencizer, read off the tokens all at once, in a fifth of its time.
    """
    orths, places, spaces = doc.to_array(["ORTH", "IDX", "IS_SPACE"]).T
    ends = np.isin(orths, _sentence_ends())
    for number in np.flatnonzero(spaces):
        ends[number] = _ends_line(text, int(places[number]), doc[int(number)].text)
    first_of_next = np.flatnonzero(ends[:-1] & ~ends[1:]) + 1
    starts = [0, *(int(places[number]) for number in first_of_next)]
    pieces = zip(starts, [*starts[1:], len(text)], strict=True)
    spans = (_span(text, start, end) for start, end in pieces)
    return tuple(span for span in spans if span.text) or (Span(0, len(text), text),)


def _ends_line(text: str, place: int, space: str) -> bool:
    """Say whether white space ends a line that a mail program did not just wrap (RFC 5322, 2.1.1)."""
    if "\n" not in space:
        return False
    length = place - text.rfind("\n", 0, place) - 1
    return space.count("\n") > 1 or length < _WRAPPED_FROM


def _found(doc: Any, matcher: Any, text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each cue with its place; of overlapping phrases of one cue only the longest."""
    names, ends = doc.vocab.strings, dict[int, int]()
    for key, first, last in sorted(matcher(doc), key=lambda match: (match[1], match[1] - match[2])):
        if first >= ends.get(key, 0):
            ends[key] = last
            token = doc[last - 1]
            yield names[key], doc[first].idx, token.idx + len(token)
    for cue, pattern in PATTERNS.items():
        for found in pattern.finditer(text):
            yield cue, found.start(), found.end()


def _span(text: str, start: int, end: int) -> Span:
    """Return a span without the white space around it."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    return Span(start, start + len(stripped), stripped)


@lru_cache(maxsize=1)
def _language() -> tuple[Any, Any]:
    nlp = spacy.blank("en")
    nlp.max_length = _LONGEST + 1
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for cue, phrases in PHRASES.items():
        matcher.add(cue, list(nlp.tokenizer.pipe(phrases)))
    return nlp, matcher


@lru_cache(maxsize=1)
def _sentence_ends() -> Any:
    nlp, _ = _language()
    return np.array([nlp.vocab.strings.add(mark) for mark in _ENDING_MARKS], dtype=np.uint64)
