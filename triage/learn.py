"""Rows and labels to heads that know how sure they are: cross-validation, calibration, thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from models.codes import Flag
from triage.calibration import Calibrations, Curve, fit_curve, fit_temperature
from triage.classifier import IS_FORMAL, PROJECT_LABELS, Heads, LabelSet, Margins, Truths
from triage.decide import Thresholds
from triage.weigh import Weights, weigh, weighed

Numbers = NDArray[np.float64]
Step = Callable[[], None]

FOLDS = 5
SEED = 20

ALLOWED_MISSES = 0.01
"""At most this share of complaints and escalations may be called something else with confidence."""

SURE_ENOUGH = 0.95
"""The share of confident statuses that has to be right."""

_MUST_NOT_MISS = frozenset({Flag.SAFEGUARDING, Flag.SAFETY_HAZARD})
_WORSE_THAN_FALSE = 3.0
"""How much more a missed danger weighs than a false alarm, as the beta of F-beta."""

_HIGHEST_LIMIT = 0.5

_WORTH_A_PROCESS = 1_000
"""From so many messages on, learning takes longer than starting processes for it."""


@dataclass(frozen=True)
class Learnt:
    """Heads, how their margins become probabilities, when that is sure enough, and the margins held out."""

    heads: Heads
    calibrations: Calibrations
    thresholds: Thresholds
    held_out: Margins


def learn(rows: csr_matrix, truths: Truths, *, groups: Sequence[str], labels: LabelSet, step: Step) -> Learnt:
    """Learn heads from all rows; calibration and thresholds come from margins of groups not learnt from."""
    heads, held_out = cross_validate(rows, truths, groups=groups, labels=labels, step=step)
    calibrations = calibrate(held_out, truths)
    thresholds = choose_thresholds(held_out, truths, calibrations, labels)
    return Learnt(heads, calibrations, thresholds, held_out)


def weigh_in(
    learnt: Learnt, logits: Numbers, truths: Truths, *, rows: NDArray[np.int64], outputs: Sequence[str]
) -> tuple[Weights, Learnt]:
    """Weigh the encoder's opinion in; weights, calibration and thresholds come from the given rows.

    `rows` are those messages of which the encoder says what it says of one that it never saw; `logits` and
    `truths` are of all messages. What is held out afterwards is of these rows alone.
    """
    held_out, true = learnt.held_out.take(rows), truths.take(rows)
    labels = learnt.heads.labels
    weights = weigh(held_out, logits[rows], true, outputs=outputs, labels=labels)
    both = weighed(held_out, logits[rows], weights, outputs=outputs, labels=labels)
    calibrations = calibrate(both, true)
    return weights, replace(
        learnt,
        calibrations=calibrations,
        thresholds=choose_thresholds(both, true, calibrations, labels),
        held_out=both,
    )


def cross_validate(
    rows: csr_matrix, truths: Truths, *, groups: Sequence[str], labels: LabelSet, step: Step
) -> tuple[Heads, Margins]:
    """Return heads that learnt from everything, and margins of heads that saw nothing of a message's group.

    A group is the messages of one writer. The folds are learnt side by side on the processors there are,
    unless there is too little to learn.
    """
    held_out = Margins.zeros(len(groups), labels)
    splits = list(GroupKFold(n_splits=min(FOLDS, len(set(groups)))).split(groups, groups=groups))
    jobs = [delayed(_fit)(rows[learn_from], truths.take(learn_from), labels) for learn_from, _ in splits]
    jobs.append(delayed(_fit)(rows, truths, labels))
    workers = -1 if len(groups) >= _WORTH_A_PROCESS else 1
    everything = Heads(seed=SEED, labels=labels)
    for place, heads in enumerate(Parallel(n_jobs=workers, return_as="generator")(jobs)):
        step()
        if place == len(splits):
            everything = heads
            continue
        judge = splits[place][1]
        said = heads.margins(rows[judge])
        for field in fields(Margins):
            getattr(held_out, field.name)[judge] = getattr(said, field.name)
    return everything, held_out


def _fit(rows: csr_matrix, truths: Truths, labels: LabelSet) -> Heads:
    return Heads(seed=SEED, labels=labels).fit(rows, truths)


def calibrate(margins: Margins, truths: Truths) -> Calibrations:
    """Find the curves that make probabilities of margins that were held out."""
    felt = truths.knows_dissatisfaction
    return Calibrations(
        dissatisfaction=fit_curve(margins.dissatisfaction[felt], truths.dissatisfaction[felt]),
        status=fit_temperature(margins.status, truths.status),
        category=fit_temperature(margins.category, truths.category),
        is_housing=fit_curve(margins.is_housing, truths.is_housing),
        codes=tuple(
            fit_curve(said[known], truth[known])
            for said, truth, known in zip(margins.codes.T, truths.codes.T, truths.knows_codes.T, strict=True)
        ),
    )


def choose_thresholds(
    margins: Margins, truths: Truths, how: Calibrations, labels: LabelSet = PROJECT_LABELS
) -> Thresholds:
    """Choose, on margins held out, when triage is sure enough."""
    status = how.status.probabilities(margins.status)
    felt = truths.knows_dissatisfaction
    sure_status, missed = _confidence(status, truths.status)
    return Thresholds(
        dissatisfaction=_best_threshold(
            how.dissatisfaction.probabilities(margins.dissatisfaction[felt]),
            truths.dissatisfaction[felt],
            beta=1.5,
        ),
        status=sure_status,
        complaint_missed=missed,
        codes={
            str(code): _code_threshold(code, curve, said[known], truth[known])
            for code, curve, said, truth, known in zip(
                labels.codes, how.codes, margins.codes.T, truths.codes.T, truths.knows_codes.T, strict=True
            )
        },
    )


def _confidence(chances: Numbers, truth: NDArray[np.int64]) -> tuple[float, float]:
    """Return how likely a status has to be, and from which chance of a complaint on an officer is asked.

    Of the pairs that keep the promised accuracy and the promised risk, the one that asks officers least.
    """
    said, best = chances.argmax(axis=1), chances.max(axis=1)
    of_complaint = chances[:, IS_FORMAL].sum(axis=1)
    chosen, largest = (0.98, 0.0), -1.0
    for threshold in np.linspace(0.3, 0.98, 69):
        likely = best >= threshold
        limit = complaint_limit(of_complaint[IS_FORMAL[truth]], (likely & ~IS_FORMAL[said])[IS_FORMAL[truth]])
        sure = likely & (IS_FORMAL[said] | (of_complaint < limit))
        accurate = sure.any() and (said[sure] == truth[sure]).mean() >= SURE_ENOUGH
        if accurate and sure.mean() > largest:
            chosen, largest = (float(round(threshold, 3)), limit), float(sure.mean())
    return chosen


def complaint_limit(chances: Numbers, would_be_missed: NDArray[np.bool_]) -> float:
    """Return the chance of a complaint at and above which nothing else is said with confidence.

    Conformal risk control (Angelopoulos and others, 2022, theorem 1): of n complaints and escalations held
    out, so few may be missed with confidence that (missed + 1) / (n + 1) stays within `ALLOWED_MISSES`; then
    the expected share on new messages of the same kind does too. `chances` (n) are the probabilities of a
    complaint that they were given, `would_be_missed` (n) says which were confidently called something else.
    """
    missed = np.sort(chances[would_be_missed])
    allowed = int(np.floor(ALLOWED_MISSES * (len(chances) + 1) - 1))
    if allowed < 0:
        return 0.0  # Too few to promise anything: an officer is always asked.
    if len(missed) <= allowed:
        return _HIGHEST_LIMIT
    return float(min(missed[allowed], _HIGHEST_LIMIT))


def _code_threshold(code: object, curve: Curve, margins: Numbers, truth: NDArray[np.bool_]) -> float:
    beta = _WORSE_THAN_FALSE if code in _MUST_NOT_MISS else 1.0
    return _best_threshold(curve.probabilities(margins), truth, beta=beta)


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
