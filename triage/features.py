"""What the classifier looks at: the text itself, and numbers for how it is said.

A text is the subject and the classifier's copy of the body. Words of the family of "complain" are masked,
so that the classifier can neither lean on them nor be fooled by them.
"""

import math
import re

from models.decision import Span
from triage.ages import Age, oldest, only_old
from triage.corpus import TriageInput
from triage.cues import COUNTED, PATTERNS, PHRASES, SENDERS
from triage.reading import Reading
from triage.reply_text import classifier_copy, is_forward, is_reply

CUES = tuple(PHRASES) + tuple(PATTERNS)
NAMES: tuple[str, ...] = (
    *(f"has_{cue}" for cue in CUES),
    *(f"ends_with_{cue}" for cue in ("praise", "asks", "unhappy", "still", "no_answer")),
    *(f"share_{name}" for name in COUNTED),
    "length", "sentences", "is_reply", "is_forward",
    "praise_only", "asks_without_history", "history", "history_and_time", "blames_other_only",
    "unhappy_with_answer", "question_only", "only_old", "only_old_and_over", "years_back",
    *(f"sender_{name}" for name in SENDERS),
)  # fmt: skip
"""The names of the pragmatic features, in the order of the numbers that `pragmatic` returns."""

_COMPLAIN = re.compile(r"complain\w*", re.IGNORECASE)
_SENDER_WEIGHT = 2.0
_HISTORY = ("no_answer", "still", "promised", "reported_before", "ordinal_contact", "times")
_TIME = ("since", "date", "duration")
_SUBJECT_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|aw|sv)\s*:\s*)+", re.IGNORECASE)


def text_to_triage(message: TriageInput) -> str:
    """Return the text that triage reads: the subject and, after an empty line, the new part of the body.

    Spans of a decision count the characters of this text.
    """
    subject = " ".join(message.subject.split())
    return f"{subject}\n\n{classifier_copy(message.subject, message.body)}"


def masked(text: str) -> str:
    """Return the text without the words of the family of "complain", every other word in its place."""
    return _COMPLAIN.sub(_something_neutral, text)


def _something_neutral(found: re.Match[str]) -> str:
    return "matter".ljust(len(found[0]))


def pragmatic(reading: Reading, ages: list[Age], *, sender: str = "") -> list[float]:
    """Return the pragmatic features of a text, the times it names and its sender, in the order of `NAMES`.

    Each lies between 0 and 1, those of the sender at 0 or 2, since they rest on a name or address and not
    on one word among hundreds.
    """
    counts = dict.fromkeys(CUES, 0)
    last = len(reading.sentences) - 2
    at_end: set[str] = set()
    for hit in reading.hits:
        counts[hit.cue] += 1
        if hit.sentence >= last:
            at_end.add(hit.cue)
    words = max(1, reading.word_count)
    subject = reading.text.partition("\n")[0]
    furthest = oldest(ages)
    has = {cue for cue, count in counts.items() if count}
    history = sum(min(counts[cue], 3) for cue in _HISTORY)
    time = sum(min(counts[cue], 3) for cue in _TIME)
    return [
        *(_saturated(counts[cue]) for cue in CUES),
        *(float(cue in at_end) for cue in ("praise", "asks", "unhappy", "still", "no_answer")),
        *(min(1.0, 8 * reading.counts[name] / words) for name in COUNTED),
        min(1.0, math.log1p(words) / 7),
        min(1.0, len(reading.sentences) / 30),
        float(is_reply(subject)),
        float(is_forward(subject)),
        float("praise" in has and not has & {"unhappy", "no_answer", "still", "conduct", "asks"}),
        float("asks" in has and history == 0),
        min(1.0, history / 6),
        min(1.0, history * time / 12),
        float("other_blamed" in has and "council_blamed" not in has and history == 0),
        float("answered" in has and bool(has & {"unhappy", "next_stage", "still"})),
        float("asks_to_know" in has and not has & {"unhappy", "no_answer", "still", "reported_before"}),
        float(only_old(ages)),
        float(only_old(ages) and not has & {"still_going_on", "good_reason_late"}),
        min(1.0, (furthest.months if furthest else 0) / 60),
        *(_SENDER_WEIGHT * bool(pattern.search(sender)) for pattern in SENDERS.values()),
    ]


def subject_span(text: str) -> Span:
    """Return the place of the subject in a text to triage."""
    subject = text.partition("\n")[0]
    prefix = _SUBJECT_PREFIX.match(subject)
    start = prefix.end() if prefix else 0
    return Span(start, len(subject), subject[start:])


def _saturated(count: int) -> float:
    """Return 0 for none, then ever less for more: 0.5, 0.75, 0.88."""
    return 1.0 - 0.5**count
