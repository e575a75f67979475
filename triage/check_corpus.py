"""Looks after the corpus: codes, ids, pairs, writers kept apart, likenesses, dates, balance and agreement."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import cohen_kappa_score

from models.codes import Category, Exclusion, Flag, Status
from models.deadlines import LONDON, received_on
from models.decision import FORMAL_STATUSES
from models.errors import CorpusInvalid
from triage.ages import ages_in, oldest
from triage.corpus import CORPUS, LabelledMessage, read_file, read_labels

_ALIKE = 0.8
"""Cosine of the groups of three words at which two messages count as the same text."""

_ALIKE_ACROSS = 0.6
"""The same between what is trained on and what measures."""

_FEWEST_WORDS = 8
_FEWEST = {"category": 50, "exclusions": 60, "flags": 60, "status": 50}
_SETS = ("training", "development", "evaluation", "adversarial")
_MEASURING = ("evaluation", "adversarial")
_FEWEST_MESSAGES = {"training": 3_200, "development": 200, "evaluation": 500, "adversarial": 200}
_FEWEST_BRIEFS = {"training": 60, "development": 10, "evaluation": 15, "adversarial": 1}
_FEWEST_PAIRS = {"training": 300, "adversarial": 100}
_SHARE_WITHOUT_THE_WORD = 0.75
_MONTHS_IN_A_YEAR = 12

Sets = dict[str, list[LabelledMessage]]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY_AND_DATE = re.compile(
    r"\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? "
    r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? "
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*,? (20\d\d)\b",
    re.IGNORECASE,
)

_LONG_AGO = re.compile(
    r"\byears?\b|\blast but one\b|\bbefore last\b|\bpandemic\b|\blockdown\b", re.IGNORECASE
)


def check(corpus: Path = CORPUS) -> tuple[list[str], list[str]]:
    """Return the faults of a corpus, and lines that count what it holds."""
    faults: list[str] = []
    sets = {name: _read(corpus / name, faults) for name in _SETS}
    everything = [each for messages in sets.values() for each in messages]
    faults += _faults_of_ids(everything)
    faults += _faults_of_writers(sets, corpus / "briefs.jsonl")
    faults += _faults_of_pairs(everything)
    faults += _faults_of_labels(everything)
    faults += _faults_of_dates(everything)
    faults += _faults_of_likeness(sets)
    faults += _faults_of_balance(sets)
    counts = [line for name, messages in sets.items() for line in _counted(name, messages)]
    return faults, [*counts, *_agreement(sets, corpus / "labels", faults)]


def _read(folder: Path, faults: list[str]) -> list[LabelledMessage]:
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        try:
            messages = read_file(file)
        except CorpusInvalid as error:
            faults.append(str(error))
            continue
        faults += [
            f"{file.name}: {each.message.id} names the brief {each.brief}"
            for each in messages
            if each.brief != file.stem
        ]
        found += messages
    return found


def _faults_of_ids(messages: Sequence[LabelledMessage]) -> Iterator[str]:
    counted = Counter(each.message.id for each in messages)
    return (f"the id {found} is used {count} times" for found, count in counted.items() if count > 1)


def _faults_of_writers(sets: Sets, described: Path) -> Iterator[str]:
    """Name writers that are in two sets, which would make every figure a lie, and those nobody describes."""
    briefs = {name: {each.brief for each in messages} for name, messages in sets.items()}
    for name, other in combinations(_SETS, 2):
        for brief in sorted(briefs[name] & briefs[other]):
            yield f"the writer {brief} is in {name} and in {other}"
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    known = {json.loads(line)["brief"] for line in lines if line.strip()}
    for brief in sorted(set().union(*briefs.values()) - known):
        yield f"the writer {brief} is not described in {described.name}"


def _faults_of_pairs(messages: Sequence[LabelledMessage]) -> Iterator[str]:
    by_id = {each.message.id: each for each in messages}
    for each in messages:
        if each.pair:
            twin = by_id.get(each.pair)
            if twin is None:
                yield f"{each.message.id} is paired with {each.pair}, which does not exist"
            elif twin.pair != each.message.id:
                yield f"{each.message.id} is paired with {each.pair}, but not the other way round"
            elif _labels_of(each) == _labels_of(twin):
                yield f"{each.message.id} and its pair {each.pair} have the same labels"


def _faults_of_labels(messages: Sequence[LabelledMessage]) -> Iterator[str]:
    """Name messages whose labels contradict each other by the guide (sections 2, 5 and 7)."""
    for each in messages:
        name = each.message.id
        if each.status in FORMAL_STATUSES and not each.is_dissatisfied:
            yield f"{name}: a {each.status.value} without dissatisfaction"
        if each.status in (Status.COMPLIMENT, Status.OTHER) and each.is_dissatisfied:
            yield f"{name}: a {each.status.value} with dissatisfaction"
        if each.status is Status.COMPLIMENT and each.exclusions:
            yield f"{name}: a compliment with an exclusion"
        if each.category in each.also:
            yield f"{name}: the main matter is named as a further one too"


def _faults_of_dates(messages: Sequence[LabelledMessage]) -> Iterator[str]:
    for each in messages:
        text = f"{each.message.subject}\n{each.message.body}"
        received = each.message.received_at
        if received.utcoffset() != received.astimezone(LONDON).utcoffset():
            yield f"{each.message.id}: received {received.isoformat()}, which is not London's offset"
        for weekday, day, month, year in _WEEKDAY_AND_DATE.findall(text):
            if not _is_that_weekday(weekday, int(day), month, int(year)):
                yield f"{each.message.id}: {day} {month} {year} is no {weekday}day"
        furthest = oldest(ages_in(text, received_on(received)))
        is_old = Exclusion.OVER_12_MONTHS in each.exclusions and not _LONG_AGO.search(text)
        if is_old and furthest and furthest.months < _MONTHS_IN_A_YEAR:
            yield f"{each.message.id}: over_12_months, but its oldest time is {furthest.months} months back"


def _is_that_weekday(weekday: str, day: int, month: str, year: int) -> bool:
    try:
        named = date(year, _MONTHS.index(month.lower()) + 1, day)
    except ValueError:
        return False
    return _WEEKDAYS[named.weekday()] == weekday.lower()[:3]


def _faults_of_likeness(sets: Sets) -> Iterator[str]:
    """Name messages that are nearly the same text; declared pairs may be, on one side."""
    rows = {name: [each for each in messages if _is_long_enough(each)] for name, messages in sets.items()}
    groups = {name: _groups_of_words(messages) for name, messages in rows.items()}
    for name, messages in rows.items():
        for here, there in _alike(groups[name], groups[name], _ALIKE):
            one, other = messages[here], messages[there]
            if here < there and one.pair != other.message.id and other.pair != one.message.id:
                yield f"{one.message.id} and {other.message.id} are nearly the same text and no pair"
    for measuring, learnt in product(_MEASURING, ("training", "development")):
        for here, there in _alike(groups[measuring], groups[learnt], _ALIKE_ACROSS):
            measured, known = rows[measuring][here].message.id, rows[learnt][there].message.id
            yield f"{measured} measures and is nearly the text of {known}, which is trained on"


def _groups_of_words(messages: Sequence[LabelledMessage]) -> csr_matrix:
    hashing = HashingVectorizer(
        ngram_range=(3, 3),
        token_pattern=r"\w+",  # noqa: S106  # words, no password
        alternate_sign=False,
        binary=True,
    )
    # An empty set has no row; the transformer refuses an empty list.
    return hashing.transform([_text_of(each) for each in messages] or [""])


def _alike(ones: csr_matrix, others: csr_matrix, limit: float) -> Iterator[tuple[int, int]]:
    likeness = (ones @ others.T).tocoo()
    for place in np.flatnonzero(likeness.data >= limit):
        yield int(likeness.row[place]), int(likeness.col[place])


def _faults_of_balance(sets: Sets) -> Iterator[str]:
    for name, messages in sets.items():
        for what, count, wanted in (
            ("messages", len(messages), _FEWEST_MESSAGES[name]),
            ("writers", len({each.brief for each in messages}), _FEWEST_BRIEFS[name]),
            ("pairs", sum(bool(each.pair) for each in messages) // 2, _FEWEST_PAIRS.get(name, 0)),
        ):
            if count < wanted:
                yield f"{name}: {count} {what}; {wanted} are wanted"
    training = sets["training"]
    codes = {"status": Status, "category": Category, "exclusions": Exclusion, "flags": Flag}
    for kind, counter in _counts(training).items():
        for code in codes[kind]:
            if counter[code.value] < _FEWEST[kind]:
                yield f"training: {counter[code.value]} with {code.value}; {_FEWEST[kind]} are wanted"
    if _share_without_the_word(training) < _SHARE_WITHOUT_THE_WORD:
        yield f'training: fewer than {_SHARE_WITHOUT_THE_WORD:.0%} of the complaints do without "complain"'


def _counts(messages: Sequence[LabelledMessage]) -> dict[str, Counter[str]]:
    return {
        "status": Counter(each.status.value for each in messages),
        "category": Counter(str(each.category) for each in messages),
        "exclusions": Counter(str(code) for each in messages for code in each.exclusions),
        "flags": Counter(code.value for each in messages for code in each.flags),
    }


def _share_without_the_word(messages: Sequence[LabelledMessage]) -> float:
    formal = [each for each in messages if each.status in FORMAL_STATUSES]
    return sum("complain" not in _text_of(each) for each in formal) / max(1, len(formal))


def _counted(name: str, messages: Sequence[LabelledMessage]) -> Iterator[str]:
    formal = [each for each in messages if each.status in FORMAL_STATUSES]
    others = len(messages) - len(formal)
    with_the_word = sum("complain" in _text_of(each) for each in messages if each not in formal)
    yield (
        f"{name}: {len(messages):,} messages by {len({each.brief for each in messages})} writers, "
        f"{sum(bool(each.pair) for each in messages) // 2} minimal pairs, "
        f"{sum(bool(each.also) for each in messages)} of several matters; "
        f"{_share_without_the_word(messages):.0%} of {len(formal):,} complaints and escalations without "
        f'"complain", '
        f"{with_the_word} of {others:,} others with it"
    )
    for kind, counter in _counts(messages).items():
        yield f"  {kind}: " + ", ".join(f"{code} {count}" for code, count in counter.most_common())


def _agreement(sets: Sets, labels: Path, faults: list[str]) -> Iterator[str]:
    """Yield how well two people agree who labelled what measures without sight of each other.

    `labels/first.jsonl` is what the writers said, `labels/second.jsonl` what was said by somebody who saw
    the messages alone; the corpus itself holds what was settled.
    """
    first, second = (
        read_labels(file) if file.exists() else {}
        for file in (labels / "first.jsonl", labels / "second.jsonl")
    )
    for name in _MEASURING:
        ids = [each.message.id for each in sets[name]]
        faults += [
            f"{each} was not labelled by two people"
            for each in ids
            if not {each} <= first.keys() & second.keys()
        ]
        pairs = [(first[each], second[each]) for each in ids if each in first and each in second]
        if not pairs:
            continue
        yield f"{name}: two who labelled {len(pairs)} messages without sight of each other agree"
        yield from (
            f"  {what}: {np.mean([one == other for one, other in said]):.1%}, Cohen's kappa "
            f"{_kappa(said):.3f}"
            for what, said in (
                ("dissatisfaction", [(str(a.is_dissatisfied), str(b.is_dissatisfied)) for a, b in pairs]),
                ("status", [(a.status.value, b.status.value) for a, b in pairs]),
                ("category", [(a.category.value, b.category.value) for a, b in pairs]),
                ("ombudsman", [(str(a.ombudsman), str(b.ombudsman)) for a, b in pairs]),
            )
        )
        yield f"  exclusions: F1 {_overlap((a.exclusions, b.exclusions) for a, b in pairs):.3f}"
        yield f"  flags: F1 {_overlap((a.flags, b.flags) for a, b in pairs):.3f}"


def _kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Return Cohen's kappa: agreement beyond chance; 1 where nobody ever said but one thing."""
    if len({said for pair in pairs for said in pair}) == 1:
        return 1.0
    return float(cohen_kappa_score(*zip(*pairs, strict=True)))


def _overlap(
    pairs: Iterable[tuple[frozenset[Exclusion] | frozenset[Flag], frozenset[Exclusion] | frozenset[Flag]]],
) -> float:
    both = either = 0
    for one, other in pairs:
        both += 2 * len(one & other)
        either += len(one) + len(other)
    return both / max(1, either)


def _labels_of(each: LabelledMessage) -> tuple[object, ...]:
    return (
        each.is_dissatisfied,
        each.status,
        each.category,
        each.ombudsman,
        each.exclusions,
        each.flags,
        each.also,
    )


def _is_long_enough(each: LabelledMessage) -> bool:
    return len(_text_of(each).split()) >= _FEWEST_WORDS


def _text_of(each: LabelledMessage) -> str:
    return " ".join(f"{each.message.subject} {each.message.body}".lower().split())
