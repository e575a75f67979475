"""Training: labelled messages to an artefact, with figures from writers that each fold had not seen."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from models.codes import Flag
from models.deadlines import received_on
from models.decision import FORMAL_STATUSES
from models.errors import CorpusInvalid
from triage import artefact as artefacts
from triage.ages import ages_in
from triage.artefact import Artefact, Calibrations
from triage.calibration import fit_curve, fit_temperature
from triage.card import write_card
from triage.classifier import CATEGORIES, CODES, STATUSES, Heads, Margins, Truths, Vectoriser
from triage.corpus import LabelledMessage, fingerprint
from triage.decide import Thresholds
from triage.evaluate import figures_of_margins, truths_of
from triage.features import masked, pragmatic, text_to_triage
from triage.language import read_texts

Numbers = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

FOLDS = 5
SEED = 20

ALLOWED_MISSES = 0.01
"""At most this share of complaints and escalations may be called something else with confidence."""

SURE_ENOUGH = 0.95
"""The share of confident statuses that has to be right."""

_MUST_NOT_MISS = frozenset({Flag.SAFEGUARDING, Flag.SAFETY_HAZARD})
_FEWEST_MESSAGES = 50
_FEWEST_BRIEFS = 3


def train(
    messages: Sequence[LabelledMessage], *, folder: Path, now: datetime, progress: Progress
) -> Artefact:
    """Train on labelled messages, save the artefact with its model card below `folder` and return it.

    The figures are those of cross-validation by brief: every message is judged by heads that learnt
    from other writers only. Calibration and thresholds are chosen on the same held-out margins.
    Raises CorpusInvalid where there are too few messages or writers.
    """
    _check_enough(messages)
    progress("reading the messages", 0, FOLDS + 3)
    texts, numbers = _read(messages)
    truths = truths_of(messages)
    progress("learning the vocabulary", 1, FOLDS + 3)
    vectoriser = Vectoriser().fit(texts)
    rows = vectoriser.transform(texts, numbers)
    held_out = _cross_validate(rows, truths, briefs=[each.brief for each in messages], progress=progress)
    calibrations = _calibrate(held_out, truths)
    thresholds = _choose_thresholds(held_out, truths, calibrations)
    progress("learning from all messages", FOLDS + 2, FOLDS + 3)
    heads = Heads(seed=SEED).fit(rows, truths)
    print_of_corpus = fingerprint(messages)
    made = Artefact(
        name=f"{now:%Y%m%d-%H%M%S}-{print_of_corpus[:8]}",
        made_at=now,
        vectoriser=vectoriser,
        heads=heads,
        calibrations=calibrations,
        thresholds=thresholds,
        corpus_fingerprint=print_of_corpus,
        corpus_size=len(messages),
        metrics=figures_of_margins(held_out, truths, calibrations, thresholds),
    )
    target = artefacts.save(made, folder)
    write_card(target, title=f"Cross-validation by brief, {len(messages):,} messages")
    progress("done", FOLDS + 3, FOLDS + 3)
    return made


def _check_enough(messages: Sequence[LabelledMessage]) -> None:
    briefs = {each.brief for each in messages}
    if len(messages) < _FEWEST_MESSAGES or len(briefs) < _FEWEST_BRIEFS:
        raise CorpusInvalid(
            f"{len(messages)} messages by {len(briefs)} writers are too few to learn from; "
            f"at least {_FEWEST_MESSAGES} by {_FEWEST_BRIEFS} are needed"
        )


def _read(messages: Sequence[LabelledMessage]) -> tuple[list[str], Numbers]:
    readings = list(read_texts(text_to_triage(each.message) for each in messages))
    numbers = [
        pragmatic(
            reading,
            ages_in(reading.text, received_on(each.message.received_at)),
            sender=each.message.sender,
        )
        for reading, each in zip(readings, messages, strict=True)
    ]
    return [masked(reading.text) for reading in readings], np.array(numbers)


def _cross_validate(
    rows: csr_matrix, truths: Truths, *, briefs: Sequence[str], progress: Progress
) -> Margins:
    """Return margins for every message from heads that saw none of its writer's messages."""
    count = len(briefs)
    held_out = Margins(
        dissatisfaction=np.zeros(count),
        status=np.zeros((count, len(STATUSES))),
        category=np.zeros((count, len(CATEGORIES))),
        is_housing=np.zeros(count),
        codes=np.zeros((count, len(CODES))),
    )
    folds = GroupKFold(n_splits=min(FOLDS, len(set(briefs))))
    for number, (learn, judge) in enumerate(folds.split(briefs, groups=briefs)):
        progress("judging unseen writers", number + 2, FOLDS + 3)
        said = Heads(seed=SEED).fit(rows[learn], truths.take(learn)).margins(rows[judge])
        for name in ("dissatisfaction", "status", "category", "is_housing", "codes"):
            getattr(held_out, name)[judge] = getattr(said, name)
    return held_out


def _calibrate(margins: Margins, truths: Truths) -> Calibrations:
    return Calibrations(
        dissatisfaction=fit_curve(margins.dissatisfaction, truths.dissatisfaction),
        status=fit_temperature(margins.status, truths.status),
        category=fit_temperature(margins.category, truths.category),
        is_housing=fit_curve(margins.is_housing, truths.is_housing),
        codes=tuple(
            fit_curve(margins.codes[:, column], truths.codes[:, column]) for column in range(len(CODES))
        ),
    )


def _choose_thresholds(margins: Margins, truths: Truths, how: Calibrations) -> Thresholds:
    status = how.status.probabilities(margins.status)
    formal = [STATUSES.index(each) for each in FORMAL_STATUSES]
    return Thresholds(
        dissatisfaction=_best_threshold(
            how.dissatisfaction.probabilities(margins.dissatisfaction), truths.dissatisfaction, beta=1.5
        ),
        status=_sure_status(status, truths.status),
        complaint_missed=_complaint_limit(status, np.isin(truths.status, formal), formal),
        codes={
            code.value: _best_threshold(
                how.codes[column].probabilities(margins.codes[:, column]),
                truths.codes[:, column],
                beta=2.0 if code in _MUST_NOT_MISS else 1.0,
            )
            for column, code in enumerate(CODES)
        },
    )


def _best_threshold(chances: Numbers, truth: NDArray[np.bool_], *, beta: float) -> float:
    """Return the probability above which F-beta is best; 0.5 where there is nothing to choose by."""
    if not truth.any():
        return 0.5
    grid = np.linspace(0.05, 0.95, 91)
    scores = [_f_beta(chances >= threshold, truth, beta) for threshold in grid]
    best = np.flatnonzero(np.array(scores) >= max(scores) - 1e-9)
    return float(round(grid[best[len(best) // 2]], 3))


def _f_beta(said: NDArray[np.bool_], truth: NDArray[np.bool_], beta: float) -> float:
    hits = float((said & truth).sum())
    weight = beta * beta
    wanted = weight * float(truth.sum()) + float(said.sum())
    return (1 + weight) * hits / max(1.0, wanted)


def _sure_status(chances: Numbers, truth: NDArray[np.int64]) -> float:
    """Return the lowest probability at which the statuses above it are right often enough."""
    said, best = chances.argmax(axis=1), chances.max(axis=1)
    for threshold in np.linspace(0.4, 0.98, 59):
        sure = best >= threshold
        if sure.any() and (said[sure] == truth[sure]).mean() >= SURE_ENOUGH:
            return float(round(threshold, 3))
    return 0.98


def _complaint_limit(chances: Numbers, is_formal: NDArray[np.bool_], formal: list[int]) -> float:
    """Return the chance of a complaint above which nothing else is said with confidence.

    Chosen so that at most ALLOWED_MISSES of the complaints and escalations fall below it.
    """
    chance = chances[:, formal].sum(axis=1)
    called_other = ~np.isin(chances.argmax(axis=1), formal)
    missed = np.sort(chance[is_formal & called_other])
    allowed = int(ALLOWED_MISSES * is_formal.sum())
    if len(missed) <= allowed:
        return 0.3
    return float(np.clip(np.floor(missed[allowed] * 1000) / 1000, 0.01, 0.3))


def quietly(step: str, done: int, total: int) -> None:
    """Show no progress."""
    del step, done, total


def about_training(made: Artefact) -> dict[str, Any]:
    """Return what `heard train` prints of an artefact."""
    return {
        "artefact": made.name,
        "messages": made.corpus_size,
        "corpus": made.corpus_fingerprint,
        "thresholds": {
            "dissatisfaction": made.thresholds.dissatisfaction,
            "status": made.thresholds.status,
            "complaint_missed": made.thresholds.complaint_missed,
        },
        "metrics": made.metrics,
    }
