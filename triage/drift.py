"""Whether what comes in, and what officers rule, still looks like what an artefact learnt from.

Training leaves a reference in the artefact: counts of words and of what the heads said of messages that they
had not seen. A window of later messages is held against it. Every figure grows with the difference, and is
beyond its limit only where the difference is large and is more than chance makes of so many messages.
Only counts and single words leave a message: never a word with a digit or a capital, nor one of fewer than
five messages. So a name or an address stays behind, unless five messages write it in small letters.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom, chi2, hypergeom, norm

from triage.classifier import STATUSES, LabelSet, Truths
from triage.evaluate import said_of_margins
from triage.learn import Learnt

Counts = dict[str, int]
Changes = dict[str, list[int]]
"""How many of how many messages were said wrongly, by the kind of message; the empty kind is all."""

_VERSION = 1
_BINS = 10
_MOST_WORDS = 5_000
_FEWEST_SHARING = 5
"""Messages that have to share a word before it is kept or shown: fewer might tell of a person."""

_MOST_SHOWN = 10
_LONGEST_TEXT = 20_000
_WORD_LENGTHS = range(2, 31)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_PROSE = re.compile(r"[@/\\_\d]|\w\.\w")
"""Addresses, links, file names and numbers, which a person may be known by."""


class Measure(StrEnum):
    """What is compared."""

    DISSATISFACTION = "dissatisfaction"
    CONFIDENCE = "confidence"
    STATUSES = "statuses"
    CATEGORIES = "categories"
    UNKNOWN_WORDS = "unknown_words"
    NEW_WORDS = "new_words"
    STATUS_RULINGS = "status_rulings"
    CATEGORY_RULINGS = "category_rulings"
    RULINGS_ON_CATEGORY = "rulings_on_category"
    REFERENCE = "reference"


_ON_AVERAGE = {
    Measure.DISSATISFACTION: "On average the {count} messages were {mean:.0%} likely to show dissatisfaction",
    Measure.CONFIDENCE: "On average triage was {mean:.0%} sure of the status of the {count} messages",
}
_SURENESS = {None: "", False: "sure", True: "unsure"}


@dataclass(frozen=True)
class Limits:
    """From where a difference is large, and from where it is more than chance. None is tuned on data."""

    stability: float = 0.25
    """The population stability index that credit scoring calls a significant shift (Siddiqi, Credit Risk
    Scorecards, 2006)."""

    level: float = 0.001
    """How often chance alone may put one measure beyond its limit: with nine measures a week, less than one
    false alarm in two years."""

    unknown_words: float = 1.5
    """How many times the usual share of unknown words is large: half as many again is another way of writing,
    while less comes and goes with one matter in the news."""

    much_commoner: float = 2.0
    """How many times its usual share a word reaches to be much commoner: twice is plain to anybody."""

    new_words: int = 10
    """How many much commoner words one week's news may bring: as many as are shown. More than fit into the
    list are another field of work, or another way of writing."""

    more_changed: float = 0.05
    """How much larger than usual the share of changed verdicts is before it is worth a manager's morning:
    one ruling in twenty."""

    messages: int = 50
    """Messages below which nothing is said of them: a share of so few is known to within 14 points only."""

    rulings: int = 20
    """Rulings below which nothing is said of them: one officer's one mistake would be 5 points and more."""


USUAL_LIMITS = Limits()


@dataclass(frozen=True)
class Ruling:
    """What triage said of a message and what an officer ruled; `officer_decides` says that triage was unsure.

    Officers rule most on what triage is unsure of, where it is wrong far more often. With `officer_decides`
    such rulings are held against messages of the same kind; where it is None, against all.
    """

    said_status: str
    ruled_status: str
    said_category: str
    ruled_category: str
    officer_decides: bool | None = None


@dataclass(frozen=True)
class Window:
    """What a week or more brought: masked texts, what triage said of them, and what officers ruled.

    `dissatisfaction` holds its probabilities, `status_chances` the probability of the likeliest status.
    """

    texts: Sequence[str] = ()
    dissatisfaction: Sequence[float] = ()
    status_chances: Sequence[float] = ()
    statuses: Sequence[str] = ()
    categories: Sequence[str] = ()
    rulings: Sequence[Ruling] = ()


@dataclass(frozen=True)
class Sign:
    """One comparison; figure, usual and limit are None where there is too little to judge.

    `category` says of which category it is, empty where of all.
    """

    measure: Measure
    sentence: str
    figure: float | None = None
    usual: float | None = None
    limit: float | None = None
    category: str = ""

    @property
    def is_beyond(self) -> bool:
        """Say whether the figure is beyond its limit."""
        return self.figure is not None and self.limit is not None and self.figure > self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the sign as JSON has it."""
        numbers = {name: _rounded(getattr(self, name)) for name in ("figure", "usual", "limit")}
        return asdict(self) | numbers | {"measure": self.measure.value, "is_beyond": self.is_beyond}


@dataclass(frozen=True)
class NewWord:
    """A word that is much commoner than in training: how many messages hold it, the share now and then."""

    word: str
    messages: int
    share: float
    usual: float


@dataclass(frozen=True)
class Drift:
    """All signs of a window, and the ten words that grew most."""

    messages: int
    rulings: int
    signs: tuple[Sign, ...]
    words: tuple[NewWord, ...] = ()

    @property
    def is_alarm(self) -> bool:
        """Say whether any sign is beyond its limit."""
        return any(sign.is_beyond for sign in self.signs)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored and printed."""
        return {
            "is_alarm": self.is_alarm,
            "messages": self.messages,
            "rulings": self.rulings,
            "signs": [sign.as_json() for sign in self.signs],
            "words": [
                asdict(each) | {"share": _rounded(each.share), "usual": _rounded(each.usual)}
                for each in self.words
            ],
        }


def reference_of(texts: Sequence[str], learnt: Learnt, truths: Truths, labels: LabelSet) -> dict[str, Any]:
    """Return what later messages are compared with, as JSON: counts of words and of what was said held out.

    `texts` are the masked texts of training, `truths` their labels.
    """
    said = said_of_margins(learnt.held_out, learnt.calibrations, learnt.thresholds, labels)
    return {
        "version": _VERSION,
        "words": _reference_of_words(texts),
        "dissatisfaction": _histogram(said.dissatisfaction_chance),
        "confidence": _histogram(said.status_chances.max(axis=1)),
        "statuses": _counted(STATUSES, said.status),
        "categories": _counted(labels.categories, said.category),
        "status_changes": _changes(
            said.status != truths.status, ("sure", "unsure"), said.officer_decides * 1
        ),
        "category_changes": _changes(said.category != truths.category, labels.categories, said.category),
    }


def compare(reference: dict[str, Any], window: Window, *, limits: Limits = USUAL_LIMITS) -> Drift:
    """Hold a window against the reference of the artefact that triaged it.

    The project's own corpus holds every category about as often, which no council's mail does. Counts of
    what a council's mail was taken for earlier may stand in the reference instead, under `statuses` and
    `categories`.
    """
    messages, rulings = len(window.texts), len(window.rulings)
    if reference.get("version") != _VERSION:
        sentence = "Not comparable: the live artefact holds no such reference; `heard train` makes one."
        return Drift(messages, rulings, signs=(Sign(Measure.REFERENCE, sentence),))
    read = _read(window.texts)
    words, sign_of_words = _new_words(reference["words"], read, limits)
    signs = (
        _shift_of_score(Measure.DISSATISFACTION, reference, window.dissatisfaction, limits),
        _shift_of_score(Measure.CONFIDENCE, reference, window.status_chances, limits),
        _shift_of_codes(Measure.STATUSES, reference, window.statuses, limits),
        _shift_of_codes(Measure.CATEGORIES, reference, window.categories, limits),
        _unknown_words(reference["words"], read, limits),
        sign_of_words,
        *_rulings(reference, window.rulings, limits),
    )
    return Drift(messages, rulings, signs, words)


def lines(drift: Drift) -> Iterator[str]:
    """Yield what a terminal shows: a headline, a line for each sign, and the words that grew.

    Single categories are shown only where they are beyond their limit.
    """
    beyond = sum(sign.is_beyond for sign in drift.signs)
    verdict = (
        f"{beyond} of {len(drift.signs)} signs beyond the limit" if beyond else "nothing beyond its limit"
    )
    yield f"Drift: {verdict} ({drift.messages} messages, {drift.rulings} rulings)"
    for sign in drift.signs:
        if sign.category and not sign.is_beyond:
            continue
        mark = "!" if sign.is_beyond else " "
        numbers = f" [{sign.figure:.2f}, limit {sign.limit:.2f}]" if sign.limit is not None else ""
        yield f"{mark} {sign.sentence}{numbers}"
    for each in drift.words:
        yield f"    {each.word}: {each.messages} messages, {each.share:.1%}; {each.usual:.1%} was usual"


def _histogram(chances: Sequence[float] | NDArray[np.float64]) -> list[int]:
    counts, _ = np.histogram(np.asarray(chances, dtype=np.float64), bins=_BINS, range=(0, 1))
    return [int(count) for count in counts]


def _counted(codes: Sequence[str], places: NDArray[np.int64]) -> Counts:
    counts = np.bincount(places, minlength=len(codes)).tolist()
    return {str(code): count for code, count in zip(codes, counts, strict=True)}


def _changes(is_wrong: NDArray[np.bool_], kinds: Sequence[str], places: NDArray[np.int64]) -> Changes:
    of_kinds = ((str(kind), places == place) for place, kind in enumerate(kinds))
    changes = {kind: [int(is_wrong[rows].sum()), int(rows.sum())] for kind, rows in of_kinds}
    return changes | {"": [int(is_wrong.sum()), len(is_wrong)]}


def _reference_of_words(texts: Sequence[str]) -> dict[str, Any]:
    """Return how many messages hold each of the commonest words, and the share of others in a message.

    The words stand together by their count, which keeps five thousand below 50 kB. A message of training
    knows a word only if enough others hold it too: else its words would seem better known than those of a
    message to come.
    """
    read = _read(texts)
    kept = sorted((-count, word) for word, count in _shared(read).items())[:_MOST_WORDS]
    rarest = -kept[-1][0] if kept else 0
    known = {word for count, word in kept if -count > rarest}
    unknown = _shares_unknown(read, known)
    held_by: dict[str, list[str]] = {}
    for count, word in kept:
        held_by.setdefault(str(-count), []).append(word)
    return {
        "messages": len(read),
        "held_by": {count: " ".join(words) for count, words in held_by.items()},
        "unknown": {"mean": _rounded(unknown.mean()), "deviation": _rounded(unknown.std())},
    }


def _read(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each message that has any; a letter that came several times is read once."""
    return [words for text in dict.fromkeys(texts) if (words := _words(text))]


def _words(text: str) -> list[str]:
    """Return the words in small letters, without whatever may be a name, an address or a number."""
    found = (
        word.replace("’", "'")
        for piece in text[:_LONGEST_TEXT].split()
        if not _NOT_PROSE.search(piece)
        for word in _WORD.findall(piece)
    )
    return [word for word in found if word.islower() and len(word) in _WORD_LENGTHS]


def _shared(read: Sequence[list[str]]) -> Counts:
    """Return how many messages hold each word, without words that only few share."""
    counts = Counter(word for words in read for word in set(words))
    return {word: count for word, count in counts.items() if count >= _FEWEST_SHARING}


def _shares_unknown(read: Sequence[list[str]], known: Collection[str]) -> NDArray[np.float64]:
    """Return, for each message, the share of its words that are not known; 0 where there is no message."""
    return np.array([sum(word not in known for word in words) / len(words) for words in read] or [0.0])


def _known(reference: dict[str, Any]) -> Counts:
    return {word: int(count) for count, words in reference["held_by"].items() for word in words.split()}


def _unknown_words(reference: dict[str, Any], read: Sequence[list[str]], limits: Limits) -> Sign:
    """Compare the mean share of a message's words that training hardly knew, by a one-sided z-test."""
    known = _known(reference)
    if len(read) < limits.messages or not known:
        return _too_few(Measure.UNKNOWN_WORDS, "different messages", len(read), limits.messages)
    shares = _shares_unknown(read, known)
    usual, deviation = reference["unknown"]["mean"], max(reference["unknown"]["deviation"], shares.std())
    by_chance = norm.isf(limits.level) * deviation * np.sqrt(1 / len(read) + 1 / reference["messages"])
    figure = float(shares.mean())
    sentence = f"{figure:.1%} of the words of a message were not known from training; {usual:.1%} was usual."
    limit = max(limits.unknown_words * usual, usual + by_chance)
    return Sign(Measure.UNKNOWN_WORDS, sentence, figure, usual, float(limit))


def _new_words(
    reference: dict[str, Any], read: Sequence[list[str]], limits: Limits
) -> tuple[tuple[NewWord, ...], Sign]:
    """Find the words that are much commoner now; the ten that grew most, and the sign of them all.

    Fisher's exact test of two proportions, one-sided, its level divided by the number of words (Bonferroni).
    A word that the reference does not hold counts as common as its rarest: it was at most that.
    """
    known = _known(reference)
    if len(read) < limits.messages or not known:
        return (), _too_few(Measure.NEW_WORDS, "different messages", len(read), limits.messages)
    counts = _shared(read)
    then, now, rarest = reference["messages"], len(read), min(known.values())
    level = limits.level / len(known.keys() | counts)
    found = []
    for word, count in counts.items():
        before = known.get(word, rarest)
        share, usual = count / now, before / then
        by_chance = hypergeom.sf(count - 1, then + now, before + count, now)
        if share >= limits.much_commoner * usual and by_chance <= level:
            found.append(NewWord(word, count, share, usual))
    found.sort(key=lambda each: (each.usual - each.share, each.word))
    sentence = f"Words that are much commoner than they were in training: {len(found)}."
    sign = Sign(Measure.NEW_WORDS, sentence, len(found), 0.0, limits.new_words)
    return tuple(found[:_MOST_SHOWN]), sign


def _shift_of_score(
    measure: Measure, reference: dict[str, Any], chances: Sequence[float], limits: Limits
) -> Sign:
    if len(chances) < limits.messages:
        return _too_few(measure, "messages", len(chances), limits.messages)
    then, now = np.array(reference[measure]), np.array(_histogram(chances))
    middles = (np.arange(_BINS) + 0.5) / _BINS
    usual, mean = middles @ then / max(1, then.sum()), np.mean(chances)
    sentence = _ON_AVERAGE[measure].format(count=len(chances), mean=mean) + f"; {usual:.0%} was usual."
    return _shift(measure, then, now, sentence, limits)


def _shift_of_codes(measure: Measure, reference: dict[str, Any], said: Sequence[str], limits: Limits) -> Sign:
    """Compare what triage called messages, and name the code that changed most."""
    if len(said) < limits.messages:
        return _too_few(measure, "messages", len(said), limits.messages)
    usual, counts = reference[measure], Counter(map(str, said))
    codes = sorted({*usual, *counts})
    then, now = (np.array([each.get(code, 0) for code in codes]) for each in (usual, counts))
    most = int(np.argmax(_terms(then, now)))
    sentence = (
        f"{now[most] / now.sum():.0%} of {len(said)} messages were taken for {_plain(codes[most])}; "
        f"{then[most] / max(1, then.sum()):.0%} was usual."
    )
    return _shift(measure, then, now, sentence, limits)


def _shift(
    measure: Measure, then: NDArray[np.int64], now: NDArray[np.int64], sentence: str, limits: Limits
) -> Sign:
    """Compare two sets of counts by the population stability index.

    It is Jeffreys' divergence, and chosen over Jensen and Shannon's because people have long agreed on what
    counts as large. Among few messages it is large by chance alone: then it is distributed as chi-square
    times (1/n + 1/m) (Yurdakul and Naranjo, Journal of Risk Model Validation 14(4), 2020). The limit is the
    larger of what matters and what chance makes.
    """
    scale, freedom = 1 / now.sum() + 1 / max(1, then.sum()), len(then) - 1
    limit = max(limits.stability, float(chi2.isf(limits.level, freedom) * scale))
    return Sign(measure, sentence, float(_terms(then, now).sum()), float(freedom * scale), limit)


def _terms(then: NDArray[np.int64], now: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each code adds to the index; half a message more of each, so that none is of nothing."""
    before, after = ((counts + 0.5) / (counts + 0.5).sum() for counts in (then, now))
    terms: NDArray[np.float64] = (after - before) * np.log(after / before)
    return terms


def _rulings(reference: dict[str, Any], rulings: Sequence[Ruling], limits: Limits) -> Iterator[Sign]:
    """Yield how often officers changed the status, the category, and each category that has enough rulings.

    Each ruling is held against messages of its own kind, so that a week of hard ones is not taken for worse
    triage. Over the categories judged the level is divided (Bonferroni).
    """
    of_status = [(each.said_status != each.ruled_status, _SURENESS[each.officer_decides]) for each in rulings]
    of_category = [(each.said_category != each.ruled_category, str(each.said_category)) for each in rulings]
    yield _changed(Measure.STATUS_RULINGS, reference["status_changes"], of_status, limits)
    yield _changed(Measure.CATEGORY_RULINGS, reference["category_changes"], of_category, limits)
    counts = Counter(code for _, code in of_category)
    judged = sorted(code for code, count in counts.items() if count >= limits.rulings)
    stricter = replace(limits, level=limits.level / max(1, len(judged)))
    for code in judged:
        one = [verdict for verdict in of_category if verdict[1] == code]
        yield _changed(
            Measure.RULINGS_ON_CATEGORY, reference["category_changes"], one, stricter, category=code
        )


def _changed(
    measure: Measure,
    before: Changes,
    verdicts: Sequence[tuple[bool, str]],
    limits: Limits,
    category: str = "",
) -> Sign:
    """Compare how often officers changed a verdict, by a one-sided binomial test.

    The usual share is an estimate itself; with the doubt about it the binomial becomes the beta-binomial.
    """
    if len(verdicts) < limits.rulings:
        return _too_few(measure, "rulings", len(verdicts), limits.rulings)
    count, changed = len(verdicts), sum(is_changed for is_changed, _ in verdicts)
    usual, behind = _usual_changes(before, Counter(kind for _, kind in verdicts), limits)
    by_chance = betabinom.isf(limits.level, count, usual * behind, (1 - usual) * behind) / count
    what = "status" if measure is Measure.STATUS_RULINGS else "category"
    about = f" about {_plain(category)}" if category else ""
    sentence = f"Officers changed the {what} of {changed} of {count} messages{about}; {usual:.0%} was usual."
    limit = max(usual + limits.more_changed, float(by_chance))
    return Sign(measure, sentence, changed / count, usual, limit, category)


def _usual_changes(before: Changes, kinds: Counts, limits: Limits) -> tuple[float, float]:
    """Return the usual share of changes in such a mixture of kinds, and how many messages that rests on.

    A kind that training hardly held is taken as all are. One right and one wrong are added to each
    (Laplace), since none wrong among a few is no promise.
    """
    usual, variance, rulings = 0.0, 0.0, sum(kinds.values())
    for kind, count in kinds.items():
        wrong, held = before.get(kind, before[""])
        if held < limits.rulings:
            wrong, held = before[""]
        usual += count / rulings * (wrong + 1) / (held + 2)
        variance += (count / rulings) ** 2 / (held + 2)
    return usual, 1 / variance


def _too_few(measure: Measure, what: str, count: int, needed: int) -> Sign:
    name = _plain(measure)
    if count >= needed:
        return Sign(measure, f"Training held too few {what} to judge the {name}.")
    return Sign(measure, f"Too few {what} to judge the {name}: {count} came, {needed} are needed.")


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
