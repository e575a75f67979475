"""Further matters: how many are found, how many are right, and how often one is seen where none is.

Every message is judged by heads and weights that learnt from other writers only, without the sentence
encoder. Only the later writers were asked to label further matters; of the older ones it is printed how often
a further matter is seen, and hardly any of those messages has one.
"""

import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from operator import eq

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from models.deadlines import received_on
from triage import matters
from triage.ages import ages_in
from triage.artefact import Artefact
from triage.calibration import Calibrations, Curve, Temperature, fit_temperature
from triage.classifier import CATEGORIES, CODES, Heads, Truths, Vectoriser
from triage.corpus import LabelledMessage, read_training
from triage.decide import Thresholds
from triage.evaluate import truths_of
from triage.features import masked, pragmatic, text_to_triage
from triage.language import read_texts
from triage.learn import FOLDS, SEED
from triage.matters import Candidate, Evidence, candidates, chances_of, segments_of
from triage.reading import Reading

Numbers = NDArray[np.float64]

FIRST_LABELLED = "q"
"""Writers from this letter on labelled further matters."""

LIMITS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
STRENGTH = 10.0


@dataclass(frozen=True)
class Found:
    """A candidate in a message, and whether its category is one of the message's other matters."""

    row: int
    candidate: Candidate
    is_right: bool


def main() -> None:
    """Measure and print."""
    messages = read_training()
    readings = list(read_texts(text_to_triage(each.message) for each in messages))
    vectoriser, rows = _rows(messages, readings)
    truths, writers = _category_alone(truths_of(messages)), [each.brief for each in messages]
    folds = list(GroupKFold(FOLDS).split(writers, groups=writers))
    heads = [Heads(seed=SEED).fit(rows[learn], truths.take(learn)) for learn, _ in folds]
    margins = np.zeros((len(messages), len(CATEGORIES)))
    for learnt, (_, judge) in zip(heads, folds, strict=True):
        margins[judge] = learnt.margins(rows[judge]).category
    temperature = fit_temperature(margins, truths.category)
    whole = temperature.probabilities(margins)
    begun = time.perf_counter()
    segments = [segments_of(each) for each in readings]
    _print_speed("finding the turns", time.perf_counter() - begun, readings)
    found, seconds = [], 0.0
    for learnt, (_, judge) in zip(heads, folds, strict=True):
        artefact = _artefact(vectoriser, learnt, temperature)
        begun = time.perf_counter()
        chances = chances_of([segments[row] for row in judge], artefact)
        for row, said in zip(judge, chances, strict=True):
            some = candidates(segments[row], said, whole[row], int(whole[row].argmax()), CATEGORIES)
            found += [Found(int(row), each, _is_right(each, messages[row])) for each in some]
        seconds += time.perf_counter() - begun
    _print_speed("scoring them", seconds, readings)
    _print_weights(found)
    _print_figures("weights learnt from other writers", found, _held_out(found, messages), messages)
    shipped = np.array([each.candidate.matter.confidence for each in found])
    _print_figures("weights as they stand in matters.py", found, shipped, messages)
    _print_main(found, shipped, messages, whole)


def _rows(messages: Sequence[LabelledMessage], readings: Sequence[Reading]) -> tuple[Vectoriser, csr_matrix]:
    texts = [masked(reading.text) for reading in readings]
    numbers = [
        pragmatic(
            reading, ages_in(reading.text, received_on(each.message.received_at)), sender=each.message.sender
        )
        for reading, each in zip(readings, messages, strict=True)
    ]
    vectoriser = Vectoriser().fit(texts)
    return vectoriser, vectoriser.transform(texts, np.array(numbers))


def _category_alone(truths: Truths) -> Truths:
    """Return truths in which only the category varies, so that no other head costs time."""
    count = len(truths.category)
    return replace(
        truths,
        dissatisfaction=np.zeros(count, dtype=np.bool_),
        status=np.zeros(count, dtype=np.int64),
        is_housing=np.zeros(count, dtype=np.bool_),
        codes=np.zeros((count, len(CODES)), dtype=np.bool_),
    )


def _artefact(vectoriser: Vectoriser, heads: Heads, temperature: Temperature) -> Artefact:
    curve = Curve(1.0, 0.0)
    return Artefact(
        name="bench",
        made_at=datetime(2026, 3, 3, tzinfo=UTC),
        vectoriser=vectoriser,
        heads=heads,
        calibrations=Calibrations(curve, temperature, temperature, curve, (curve,) * len(CODES)),
        heads_alone=temperature,
        thresholds=Thresholds(),
        corpus_fingerprint="",
        corpus_size=0,
    )


def _is_right(candidate: Candidate, message: LabelledMessage) -> bool:
    return bool(message.also) and candidate.matter.category in {message.category, *message.also}


def _numbers(found: Sequence[Found]) -> Numbers:
    return np.array([astuple(each.candidate.evidence) for each in found])


def _learnt(found: Sequence[Found]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(
        _numbers(found), [each.is_right for each in found]
    )


def _held_out(found: Sequence[Found], messages: Sequence[LabelledMessage]) -> Numbers:
    """Return the probability of each candidate, by weights learnt from other writers."""
    chances, writers = np.zeros(len(found)), [messages[each.row].brief for each in found]
    for learn, judge in GroupKFold(FOLDS).split(found, groups=writers):
        curve = _learnt([found[place] for place in learn])
        chances[judge] = curve.predict_proba(_numbers([found[place] for place in judge]))[:, 1]
    return chances


def _best(found: Sequence[Found], chances: Numbers, limit: float) -> dict[int, Found]:
    """Return the likeliest candidate of each message in which one is likely enough."""
    order = [int(place) for place in np.argsort(chances, kind="stable") if chances[place] >= limit]
    return {found[place].row: found[place] for place in order}


def _print_speed(what: str, seconds: float, readings: Sequence[Reading]) -> None:
    sentences = sum(len(each.sentences) for each in readings)
    per_message, per_sentence = 1000 * seconds / len(readings), 1000 * seconds / sentences
    print(f"{what}: {per_message:.3f} ms a message, {per_sentence:.4f} ms a sentence")


def _print_weights(found: Sequence[Found]) -> None:
    curve = _learnt(found)
    names = Evidence.__dataclass_fields__
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(names, curve.coef_[0], strict=True))
    print(f"learnt from all: offset {curve.intercept_[0]:.2f}, {weights}")


def _print_figures(
    title: str, found: Sequence[Found], chances: Numbers, messages: Sequence[LabelledMessage]
) -> None:
    known = {row for row, each in enumerate(messages) if each.brief >= FIRST_LABELLED}
    two = {row for row in known if messages[row].also}
    print(
        f"\n{title}: {len(two)} messages with further matters, {len(known - two)} without, "
        f"{len(messages) - len(known)} by older writers"
    )
    for limit in LIMITS:
        best = _best(found, chances, limit)
        said = best.keys() & known
        right = sum(best[row].is_right for row in said & two)
        false, old = len(said - two), len(best.keys() - known)
        mark = "*" if limit == matters.LIKELY_ENOUGH else " "
        print(
            f" {mark} from {limit:.2f}: found {len(said & two) / len(two):.1%}, in the right category "
            f"{right / len(two):.1%}; precision {len(said & two) / max(1, len(said)):.1%} and "
            f"{right / max(1, len(said)):.1%}; false alarms {false / len(known - two):.2%} ({false}), "
            f"older writers {old / (len(messages) - len(known)):.2%} ({old})"
        )


def _print_main(
    found: Sequence[Found], chances: Numbers, messages: Sequence[LabelledMessage], whole: Numbers
) -> None:
    """Print how often the main category is right, also where the matter that stands first is taken for it."""
    best = _best(found, chances, matters.LIKELY_ENOUGH)
    rows = [row for row in best if messages[row].also]
    likeliest = [CATEGORIES[int(whole[row].argmax())] for row in rows]
    first = [
        matters.main_first(main, [best[row].candidate.matter])[0]
        for row, main in zip(rows, likeliest, strict=True)
    ]
    true = [messages[row].category for row in rows]
    print(
        f"\nmain category right in {sum(map(eq, likeliest, true))} of {len(rows)} messages found to hold two "
        f"matters; in {sum(map(eq, first, true))} with `main_first`"
    )


if __name__ == "__main__":
    main()
