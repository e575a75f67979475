"""Finds further matters: what a message says beside its main matter that belongs to another service.

People announce it: "while I have you", "another thing", "2.", "PS". Such a turn begins a passage. The
category head reads the passage, and what stands before it, each as a text of its own; where the two speak for
different categories, the message holds two matters. A new paragraph alone is no turn, since in messages with
one matter it misled far oftener than it helped in those with two.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.codes import Category
from models.decision import Span
from triage.artefact import Artefact
from triage.features import NAMES, masked
from triage.reading import Reading

Numbers = NDArray[np.float64]

LIKELY_ENOUGH = 0.15
"""From this probability on a further matter is named."""

OFFSET = -1.13
WEIGHTS = (2.84, 1.82, 0.46, 0.62)
"""A logistic curve over the numbers of `Evidence`; `bench/matters.py` learns them anew and prints them."""

_CHANCE_OF_WHOLE = 0.3
"""How much the whole message's chances count beside the passage's own when its category is chosen."""

_SMALLEST = 1e-3
"""No single chance may say more than that."""

_MOST_MATTERS = 2
_MOST_SEGMENTS = 6
"""What stands before a turn is read anew for each; a hostile text of a thousand turns costs no more."""

_FEWEST_WORDS = 3
_SHORT = 8
"""Words: a passage shorter than that goes on into the next paragraph."""

_SHOWN = 25
"""Words: so many of a passage, in whole sentences, are shown to an officer."""

_MARK_WITHIN = 150
"""Characters from the beginning of a passage to the words that make it a turn."""


class Turn(Enum):
    """How a passage says that it turns to something else, the plainest last."""

    PARAGRAPH = 0
    ALSO = 1
    POINT = 2
    CLEAR = 3


@dataclass(frozen=True)
class Segment:
    """A passage after a turn, and all that stands before it, subject included.

    `shown` and `shown_before` are the first sentences of either, for an officer to read.
    """

    turn: Turn
    text: str
    before: str
    shown: Span
    shown_before: Span


@dataclass(frozen=True)
class Chances:
    """The chances of each category in the passages of one message, and in what stands before each of them.

    Both have the shape (segments, categories).
    """

    passages: Numbers
    before: Numbers


@dataclass(frozen=True)
class Evidence:
    """What speaks for a further matter: how plain the turn is, and logarithms of chances.

    `passage` is the chance of its category where it is spoken of, `contrast` how much likelier the main
    category is than it on the other side of the turn, `whole` its chance in the whole message.
    """

    is_clear: float
    passage: float
    contrast: float
    whole: float

    @property
    def probability(self) -> float:
        """Return how likely the further matter is."""
        numbers = (self.is_clear, self.passage, self.contrast, self.whole)
        total = OFFSET + sum(weight * number for weight, number in zip(WEIGHTS, numbers, strict=True))
        return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True)
class Matter:
    """A further matter: its category, the passage that speaks of it, and how likely it is.

    `main_span` speaks of the main matter; `is_first` says that it stands behind `span`.
    """

    category: str
    span: Span
    confidence: float
    is_first: bool
    main_span: Span


@dataclass(frozen=True)
class Candidate:
    """What may be a further matter, and what speaks for it."""

    matter: Matter
    evidence: Evidence


_SMALL = (
    r"(?:(?:and|oh|o|n|but|so|ok|okay|right|then|now|well|also|plus|please|just|yes|yeah|anyway|only|as|in|one"
    r"|the|an?|my|our|to|for|&|there is|there['’]?s|there are|here is|i have|i['’]?ve|we have|we['’]?ve)"
    r"\b[,:]? ?){0,5}"
)
_APART = r"(?:another|sep[ae]rate|diff?e?rent|unrelated|unconnected)"
_OTHER = rf"(?:{_APART}|t?['’]?other|further|second|third|2nd|3rd|more)"
_QUITE = (
    r"(?:(?:completely|entirely|quite|very|wholly|totally|altogether|small|little|quick|brief|minor|and|or|but"
    r"|rather|much|somewhat|slightly|less|more|final|last|sep[ae]rate|diff?e?rent|unrelated|unconnected|further"
    r"|other|new),? ){0,3}"
)
_MATTER = (
    r"(?:things?|matters?|points?|issues?|questions?|problems?|subjects?|requests?|quer(?:y|ies)|items?|topics?"
    r"|complaints?|concerns?|favours?|notes?|gripes?|jobs?)\b"
)
_ASIDE = r"(?:note|matter|subject|point|plane|tack|issue|front|topic|thing|job)\b"
_TEAM = r"(?:desk|departments?|depts?|team|office|window|colleagues?|section|people|folk)\b"
_I_AM = r"(?: that)? (?:i|we|you|youse|yous)(?: am|['’]?m| have|['’]?ve| are|['’]?re| is)? ?"
_WRITING = (
    r"(?:writing|typing|emailing|e-mailing|contacting|in touch|at it|about it|got (?:you|your|this)\b"
    r"|(?:at|in|by) (?:the|my) (?:desk|keyboard|bureau|table|computer|machine)"
    r"|have (?:you\b|your (?:attention|ear)|(?:the|this) (?:pen|stamp|machine|paper|form|thing|phone))"
    r"|write\b|already)"
)

_CLEAR = (
    # "Oh and while I've got you"; "while I appreciate" and "since I am disabled" are no turns.
    rf"{_SMALL}(?:while|whilst){_I_AM}"
    rf"(?:{_WRITING}|here\b|there\b"
    r"|on(?! (?:my|an?|hold|leave|benefits?|call|the (?:bus|train|phone|list|waiting|register|way|ward))\b))"
    rf"|{_SMALL}(?:since|because|seeing as|seeing that|now){_I_AM}{_WRITING}"
    rf"|{_SMALL}(?:while|whilst) the \w+ is (?:out|on|open|wet|warm|in my hand)\b"
    # "One more separate thing"; "another thing about this" goes on with the same.
    rf"|{_SMALL}{_QUITE}{_OTHER} {_QUITE}{_MATTER}"
    r"(?! (?:i|we|you|he|she|they) (?:knew|know|heard|did|got)| (?:with|about) (?:this|it|that|the same))"
    rf"|{_SMALL}(?:thing|matter|point|question) (?:besides|else|more)\b"
    r"|(?:(?:i|we|would|also|have|must|should|need|want|like|to|raise|report|mention|ask|add|got|about"
    rf"|i['’]?d|we['’]?d) ){{1,6}}(?:another|one more|one other|an? {_OTHER}) {_QUITE}{_MATTER}"
    rf"|{_SMALL}(?:on|in|about|of) (?:an?|to)? ?{_QUITE}(?:{_APART}|other|lower|lighter|further) {_ASIDE}"
    rf"|{_SMALL}(?:separately|unrelated|unconnected|incidentally|by the way|btw)\b"
    rf"|{_SMALL}{_APART} (?:matter|thing|subject|topic|job|{_TEAM}|(?:to|from) (?:this|that)\b)"
    rf"|{_SMALL}(?:not|nor) the same (?:thing|matter|subject|department|people|office)\b"
    # As in: also, for the repairs people: ...
    rf"|{_SMALL}(?:for|to|at) (?:(?:the|your|whoever) )?(?:\w+ ){{1,2}}{_TEAM}(?=[:,])"
)
_POINT = (
    r"[\"“'(]?(?:[2-9][.):](?!\d)|[2-9] (?=(?:the|my|our|a|can|could|please|there)\b)|[b-e][.)](?! ?\w\.)"
    r"|\([2-9b-e]\)|no\.? ?[2-9]\b|(?:second|third|secondly|thirdly|two|three)[,:.]"
    r"|(?:item|number|point|matter|part|thing|issue|question) (?:two|three|four|five|[2-5]|b|c)\b)"
)
_ALSO = (
    rf"{_SMALL}(?:also|plus|finally|lastly|furthermore|moreover|in addition|additionally|besides|t['’]?other"
    r"|on top of (?:that|this|it))\b"
    r"|(?:p\.? ?){1,3}s\b[.:]?|postscript\b|(?:oh|o)[, ]+(?:and|n|yes|yeah|&|also|ps)\b"
    rf"|{_SMALL}(?:(?:i|we|she|he|they|you|can|could|may|might|please|would|should|must|do|like|will|ought|says?"
    r"|am|is|to|(?:i|we)['’]?(?:d|ll)) ){1,5}(?:also|add|mention)\b"
)
_OPENINGS = tuple(
    (turn, re.compile(pattern, re.IGNORECASE))
    for turn, pattern in ((Turn.CLEAR, _CLEAR), (Turn.POINT, _POINT), (Turn.ALSO, _ALSO))
)
"""How a sentence opens that turns to something else, the plainest first."""

_MARKS = (
    (
        Turn.ALSO,
        re.compile(
            r"\b(?:nothing|nowt) to do w(?:i|ith) (?!us\b|me\b|you|him\b|her\b|my\b)\w", re.IGNORECASE
        ),
    ),
    (
        Turn.CLEAR,
        re.compile(
            r"\b(?:(?:nothing|nowt|not|nuffin) to do w(?:i|ith|iv)? (?:any of )?(?:it|this|that|the above"
            r"|the (?:rest|first|other)|them people|those)\b"
            rf"|for (?:{_APART}|(?:the )?other) {_TEAM}|goes to an? {_APART} {_TEAM}|belongs? elsewhere\b"
            r"|(?:unrelated|unconnected|not (?:related|connected)) to (?:this|that|the|my)\b"
            rf"|(?:quite|completely|totally|entirely|on) (?:another|an? {_APART}) {_ASIDE}"
            r"|(?:s|is|are) (?:a )?(?:sep[ae]rate|diff?e?rent) (?:thing|matter|job)\b"
            rf"|this(?:['’]?s| is) {_APART}(?=[,:]| but| and| to )"
            r"|(?:diff?e?rent|is another) (?:department|dept)\b)",
            re.IGNORECASE,
        ),
    ),
)
"""What makes a sentence a turn wherever in it it is said."""

_POINT_OF_LIST = re.compile(r"(?<=\n)(?:[2-9][.)]|\([2-9b-e]\)) ")
"""A point of a list begins a line, though its sentence may go on from the point before."""

_ALSO_WITHIN = re.compile(
    r"(?<=\s)(?:and |n |oh )?also (?:nobody|no one|can|could|please|the|my|our|your|theres?|there's|we need"
    r"|i need|u|you|diff?e?rent|who|whos|when|is|are|a|someone|somebody)\b",
    re.IGNORECASE,
)
"""A turn in the midst of a sentence: telephones write without full stops."""

_TWO_THINGS = re.compile(
    r"\b(?:two|2|three|3|couple of|few) (?:quick |sep[ae]rate |diff?e?rent |small |other |unrelated )?"
    r"(?:things|matters|points|issues|questions|requests|items|ones|subjects|jobs|favours|asks)\b",
    re.IGNORECASE,
)
"""Where it is said, every paragraph may be a turn."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def matters_in(
    readings: Sequence[Reading], artefact: Artefact, whole: Numbers, main: Sequence[str]
) -> list[tuple[Matter, ...]]:
    """Return the further matters of each message of a batch, as `further_matters` does."""
    segments = [segments_of(each) for each in readings]
    return further_matters(segments, chances_of(segments, artefact), whole, main, artefact.labels.categories)


def main_first(main: str, matters: Sequence[Matter]) -> tuple[str, tuple[Matter, ...]]:
    """Return the main category and the further matters, taking for the main one what stands first.

    The category head reads a message as a whole, and a short clear request at its end may outweigh the long
    story that comes first.
    """
    if not matters or not matters[0].is_first:
        return main, tuple(matters)
    likeliest, *others = matters
    swapped = replace(
        likeliest, category=main, span=likeliest.main_span, is_first=False, main_span=likeliest.span
    )
    return likeliest.category, (swapped, *others)


def segments_of(reading: Reading) -> tuple[Segment, ...]:
    """Return the passages that may begin a further matter, in their order; most messages have none."""
    text = reading.text
    subject = text.find("\n\n")
    body = subject + 2 if subject >= 0 else 0
    turns = _turns(reading, body)
    breaks = [*(found.start() for found in _PARAGRAPH.finditer(text)), len(text)]
    ends = {start: _end(text, start, after, breaks) for start, after in pairwise([*sorted(turns), len(text)])}
    plainest = sorted(ends, key=lambda start: (-turns[start].value, start))[:_MOST_SEGMENTS]
    return tuple(_segment(reading, turns[start], body, start, ends[start]) for start in sorted(plainest))


def _turns(reading: Reading, body: int) -> dict[int, Turn]:
    """Return where the text turns, and how plainly; before a turn something must have been said."""
    text, starts = reading.text, [sentence.start for sentence in reading.sentences]
    found = {start: turn for start in starts if (turn := _opening(text, start))}
    for pattern, turn in ((_POINT_OF_LIST, Turn.POINT), (_ALSO_WITHIN, Turn.ALSO)):
        for match in pattern.finditer(text):
            found.setdefault(match.start(), turn)
    places = sorted({*starts, *found})
    for turn, mark in _MARKS:
        for match in mark.finditer(text):
            start = places[max(0, bisect_right(places, match.start()) - 1)]
            if match.start() - start <= _MARK_WITHIN:
                found[start] = max(turn, found.get(start, turn), key=lambda each: each.value)
    if _TWO_THINGS.search(text):
        for match in _PARAGRAPH.finditer(text, body):
            found.setdefault(match.end(), Turn.PARAGRAPH)
    return {start: turn for start, turn in found.items() if _is_long(text[body:start], _FEWEST_WORDS)}


def _opening(text: str, start: int) -> Turn | None:
    return next((turn for turn, pattern in _OPENINGS if pattern.match(text, start)), None)


def _end(text: str, start: int, after: int, breaks: Sequence[int]) -> int:
    """Return where a passage ends: with its paragraph, unless that is very short, or at the next turn."""
    for end in breaks[bisect_right(breaks, start) :]:
        if end >= after:
            break
        if _is_long(text[start:end], _SHORT):
            return end
    return after


def _is_long(text: str, words: int) -> bool:
    return len(text.split(None, words)) >= words


def _segment(reading: Reading, turn: Turn, body: int, start: int, end: int) -> Segment:
    return Segment(
        turn=turn,
        text=reading.text[start:end],
        before=reading.text[:start],
        shown=_shown(reading, start, end),
        shown_before=_shown(reading, body, start),
    )


def _shown(reading: Reading, start: int, end: int) -> Span:
    """Return the first sentences between two places."""
    for sentence in reading.sentences[bisect_right(reading.sentences, start, key=lambda each: each.end) :]:
        if sentence.end >= end or _is_long(reading.text[start : sentence.end], _SHOWN):
            end = min(sentence.end, end)
            break
    piece = reading.text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()), piece.strip())


def chances_of(segments: Sequence[Sequence[Segment]], artefact: Artefact) -> list[Chances]:
    """Return what the category head says of the passages of many messages, all in one batch."""
    texts = [masked(text) for some in segments for each in some for text in (each.text, each.before)]
    pairs = _category_chances(texts, artefact).reshape(-1, 2, len(artefact.labels.categories))
    ends = np.cumsum([0, *(len(some) for some in segments)])
    return [Chances(pairs[start:end, 0], pairs[start:end, 1]) for start, end in pairwise(ends)]


def _category_chances(texts: Sequence[str], artefact: Artefact) -> Numbers:
    """Return the chances (texts, categories) of texts that are parts of messages.

    The heads read them alone: the encoder would have to read each part anew, for half as many messages a
    second again, and finds no more. The pragmatic features are those of whole messages, and left out.
    """
    if not texts:
        return np.zeros((0, len(artefact.labels.categories)))
    rows = artefact.vectoriser.transform(texts, np.zeros((len(texts), len(NAMES))))
    return artefact.heads_alone.probabilities(artefact.heads.category_margins(rows))


def further_matters(
    segments: Sequence[Sequence[Segment]],
    chances: Sequence[Chances],
    whole: Numbers,
    main: Sequence[str],
    categories: tuple[str, ...],
) -> list[tuple[Matter, ...]]:
    """Return the further matters of each message, the likeliest first; never its main one, never `other`.

    `whole` (messages, categories) are the chances of each category in the whole messages.
    """
    return [
        tuple(_likeliest(candidates(some, said, row, categories.index(code), categories)))
        for some, said, row, code in zip(segments, chances, whole, main, strict=True)
    ]


def _likeliest(found: Iterable[Candidate]) -> list[Matter]:
    """Return the best candidate of each category that is likely enough."""
    best: dict[str, Matter] = {}
    for each in sorted(found, key=lambda each: -each.matter.confidence):
        if each.matter.confidence >= LIKELY_ENOUGH:
            best.setdefault(each.matter.category, each.matter)
    return list(best.values())[:_MOST_MATTERS]


def candidates(
    segments: Sequence[Segment], said: Chances, whole: Numbers, main: int, categories: tuple[str, ...]
) -> Iterator[Candidate]:
    """Yield what each turn may separate from the main matter.

    Where the passage itself speaks for the main category, the other matter is what stands before it.
    """
    overall = _logarithms(whole)
    sides = zip(segments, _logarithms(said.passages), _logarithms(said.before), strict=True)
    for segment, passage, before in sides:
        is_first = _best(passage, overall, categories) == main
        here, there = (before, passage) if is_first else (passage, before)
        found = _best(here, overall, categories)
        if found != main:
            shown = (
                (segment.shown_before, segment.shown) if is_first else (segment.shown, segment.shown_before)
            )
            evidence = Evidence(
                is_clear=float(segment.turn is Turn.CLEAR),
                passage=float(here[found]),
                contrast=float(there[main] - there[found]),
                whole=float(overall[found]),
            )
            matter = Matter(categories[found], shown[0], evidence.probability, is_first, shown[1])
            yield Candidate(matter, evidence)


def _logarithms(chances: Numbers) -> Numbers:
    result: Numbers = np.log(np.maximum(chances, _SMALLEST))
    return result


def _best(logarithms: Numbers, overall: Numbers, categories: tuple[str, ...]) -> int:
    """Return the likeliest category of a passage; `other` is no matter of its own."""
    sums = logarithms + _CHANCE_OF_WHOLE * overall
    sums[categories.index(Category.OTHER)] = -np.inf
    return int(sums.argmax())
