"""Why triage thinks what it thinks: the passages that led to each suggestion, explained in plain words.

Rules bring their reason with them. The sentences that led to the verdict on dissatisfaction carry none: what
they say is read off the cues of `triage/cues.py`, by the tables here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from review.show.text import Mark, find_passage, one_line
from triage.cues import PATTERNS, PHRASES

_WORD = re.compile(r"[^\W_]+(?:['’/-][^\W_]+)*")
_BETWEEN_DATES = re.compile(r"[ ,;]*(?:and|&|then)?(?: again)?(?: on)?[ ,]*(?:the )?", re.IGNORECASE)
_LONGEST_QUOTE = 160
_MOST_CLAUSES = 3
_LONGEST_READ = 4_000

SAYINGS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(cues.split()), sentence)
    for cues, sentence in (
        ("reported_before no_answer", "says that {count}earlier reports went unanswered"),
        ("ordinal_contact no_answer", "says that earlier letters or calls went unanswered"),
        ("times no_answer", "says that several attempts went unanswered"),
        ("promised no_answer", "says that nothing came of what was promised"),
        ("promised still", "says that something was promised and has not happened"),
        ("reported_before still", "says that {count}earlier reports have not put it right"),
        ("ordinal_contact still", "says that it was raised before and is not put right"),
        ("times still", "says that it happened several times and goes on"),
        ("no_answer", "says that nobody answered"),
        ("still", "says that it is not put right, or has happened again"),
        ("promised", "speaks of a promise, an appointment or what they were told"),
        ("reported_before", "says that they have been in touch about it before"),
        ("ordinal_contact", "says that this is not the first time"),
        ("times", "names how often it happened or was raised"),
        ("next_stage", "asks for the next stage"),
        ("answered", "speaks of our answer to a complaint"),
        ("ombudsman", "mentions the Ombudsman"),
        ("conduct", "describes how somebody behaved"),
        ("unhappy", "says that they are unhappy with what was done"),
        ("sarcasm", "may be meant in irony"),
        ("council_blamed", "puts it down to the council or those who work for it"),
        ("other_blamed", "puts it down to somebody other than the council"),
        ("look_again", "asks for a decision to be looked at again"),
        ("court_threat", "announces legal action"),
        ("abuse_of_staff", "threatens or insults staff"),
        ("hazard", "describes a danger"),
        ("damages", "speaks of damage or of money for it"),
        ("again", "says that it happened again"),
        ("worse", "says that it has got worse"),
        ("waits", "says that they are waiting"),
        ("undone", "says what was not done"),
        ("duration", "says how long it has lasted"),
        ("since", "says since when"),
        ("praise", "thanks or praises somebody"),
        ("asks", "asks for something to be done"),
        ("asks_to_know", "asks a question"),
        ("machine", "reads like advertising or an automatic notice"),
    )
)
"""What the cues of a passage say, the most telling first; a row of several needs all, and uses them up."""

_MORE: dict[str, re.Pattern[str]] = {
    "again": re.compile(r"\b(?:again|once more|another time)\b", re.IGNORECASE),
    "worse": re.compile(r"\b(?:worse|worsen\w*|deteriorat\w+)\b", re.IGNORECASE),
    "waits": re.compile(r"\bwait(?:ed|ing)?\b", re.IGNORECASE),
    "undone": re.compile(r"\b(?:nobody|no one|never|nothing|not once)\b", re.IGNORECASE),
}
"""Signs that triage does not need, and that tell a person why a passage weighed."""

_ALIKE = (
    frozenset({"reported_before", "ordinal_contact", "times"}),
    frozenset({"no_answer", "undone"}),
    frozenset({"still", "again", "undone"}),
    frozenset({"promised", "undone"}),
)
"""Cues that say the same, or nearly: once one of them was said, the others add nothing."""

_COUNTS = ("", "", "two ", "three ", "four ", "five ", "six ")

_SAYS_NOTHING_ALONE = "by its wording as a whole"


@dataclass(frozen=True)
class Reason:
    """One thing that a passage speaks for: in a word, in a sentence, and in a figure where there is one.

    `kind` is verdict, flag, exclusion or matter.
    """

    kind: str
    speaks_for: str
    explanation: str
    probability: float | None = None


@dataclass(frozen=True)
class Passage:
    """One passage that is marked: its number, its words, and all that it speaks for.

    `anchor` names its explanation in the page; `where` says in which text it stands, empty for the words of
    the message themselves. One that does not stand in what is shown is quoted alone.
    """

    number: int
    anchor: str
    quote: str
    reasons: tuple[Reason, ...]
    where: str = ""
    is_found: bool = True


@dataclass(frozen=True)
class Why:
    """The passages of one message, and the marks in each of its texts."""

    passages: tuple[Passage, ...] = ()
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)

    def marks_in(self, text: str) -> tuple[Mark, ...]:
        """Return the marks in one text, by its name."""
        return self.marks.get(text, ())


@dataclass(frozen=True)
class _Found:
    """A reason with the place of its passage: the text's number in order, and where it begins and ends."""

    reason: Reason
    quote: str
    text: str = ""
    start: int = -1
    end: int = -1


def why_of(
    document: Mapping[str, Any],
    texts: Mapping[str, str],
    *,
    names: Mapping[str, str],
    name_of: Callable[[str], str],
    anchor: str,
) -> Why:
    """Return why triage decided as a document says, its passages found in the texts that are shown.

    `texts` are searched in their order, by the name of the field; `names` say each to people. `name_of` says
    a code in words.
    """
    found = [_place(each, span, texts) for each, span in _reasons(document, name_of)]
    order = {name: number for number, name in enumerate(texts)}
    found.sort(key=lambda each: (order.get(each.text, len(order)), each.start, each.end))
    passages: list[Passage] = []
    marks: dict[str, list[Mark]] = {}
    for place, together in _by_place(found).items():
        number = len(passages) + 1
        text, start, end, _ = place
        if text:
            marks.setdefault(text, []).append(Mark(start, end, number))
        passages.append(
            Passage(
                number=number, anchor=f"{anchor}-{number}", quote=together[0].quote,
                reasons=tuple(each.reason for each in together), where=names.get(text, ""),
                is_found=bool(text),
            )
        )  # fmt: skip
    return Why(tuple(passages), {text: tuple(each) for text, each in marks.items()})


def cues_in(text: str) -> frozenset[str]:
    """Return the cues that a passage shows, by their names; one look at each of its words."""
    text = text[:_LONGEST_READ]
    words = [word[0].lower().replace("’", "'") for word in _WORD.finditer(text)]
    phrases, longest = _phrases()
    patterns = {**PATTERNS, **_MORE}
    found = {name for name, pattern in patterns.items() if pattern.search(text)}
    for start in range(len(words)):
        for count in range(1, longest + 1):
            found |= phrases.get(tuple(words[start : start + count]), frozenset())
    return frozenset(found)


def in_plain_words(text: str, *, is_grievance: bool = True) -> str:
    """Say in a sentence what a passage says that matters; irony is looked for in a grievance alone."""
    cues, sentences = cues_in(text), list[str]()
    cues -= {"praise"} if is_grievance and "sarcasm" in cues else {"sarcasm"} if not is_grievance else set()
    dates = _dates_in_a_row(text[:_LONGEST_READ])
    count = _COUNTS[dates] if dates < len(_COUNTS) else "several "
    for needed, sentence in SAYINGS:
        if needed <= cues and len(sentences) < _MOST_CLAUSES:
            sentences.append(sentence.format(count=count))
            cues -= needed.union(*(alike for alike in _ALIKE if alike & needed))
    return "; ".join(sentences) or _SAYS_NOTHING_ALONE


def _dates_in_a_row(text: str) -> int:
    """Count the dates that one breath names: "on 3 May, 20 May and 11 June" are three."""
    most, row, end = 0, 0, -1
    for found in PATTERNS["date"].finditer(text):
        row = row + 1 if end >= 0 and _BETWEEN_DATES.fullmatch(text[end : found.start()]) else 1
        most, end = max(most, row), found.end()
    return most


def _reasons(
    document: Mapping[str, Any], name_of: Callable[[str], str]
) -> Iterator[tuple[Reason, Mapping[str, Any]]]:
    """Yield everything that a decision's document gives a passage for."""
    verdict = document["dissatisfaction"]
    speaks_for = "Dissatisfaction" if verdict["value"] else "No dissatisfaction"
    for span in document.get("evidence", ()):
        explanation = in_plain_words(span["text"], is_grievance=bool(verdict["value"]))
        yield Reason("verdict", speaks_for, explanation), span
    for kind in ("flag", "exclusion"):
        for each in document.get(f"{kind}s", ()):
            yield Reason(kind, name_of(each["code"]), each["reason"], each["probability"]), each
    for each in document.get("also", ()):
        name = f"A second matter: {name_of(each['category'])}"
        yield Reason("matter", name, "is about something else as well", each["probability"]), each


def _place(reason: Reason, span: Mapping[str, Any], texts: Mapping[str, str]) -> _Found:
    """Find a passage in the texts, that of its own field first."""
    passage, own = span["text"], span.get("field", "")
    found = _Found(reason, one_line(passage, longest=_LONGEST_QUOTE))
    for name in sorted(texts, key=lambda name: name != own):
        near = span["start"] if name == own else None
        place = find_passage(texts[name], passage, near=near)
        if place is not None:
            return replace(found, text=name, start=place[0], end=place[1])
    return found


def _by_place(found: Iterable[_Found]) -> dict[tuple[str, int, int, str], list[_Found]]:
    """Put together what speaks by the same passage."""
    together: dict[tuple[str, int, int, str], list[_Found]] = {}
    for each in found:
        key = (each.text, each.start, each.end, "" if each.text else each.quote)
        together.setdefault(key, []).append(each)
    return together


@cache
def _phrases() -> tuple[dict[tuple[str, ...], frozenset[str]], int]:
    """Return the cues by the words of their phrases, and the length of the longest."""
    phrases: dict[tuple[str, ...], frozenset[str]] = {}
    for cue, written in PHRASES.items():
        for phrase in written:
            words = tuple(word[0].lower() for word in _WORD.finditer(phrase))
            phrases[words] = phrases.get(words, frozenset()) | {cue}
    return phrases, max(map(len, phrases))
