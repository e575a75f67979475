"""Rows and labels to heads that know how sure they are: cross-validation, calibration, thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

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

_DANGERS_MISSED = 0.1
"""At most this share of dangers may be missed, whatever that costs in false alarms."""

_HIGHEST_LIMIT = 0.5

_WORTH_A_PROCESS = 1_000
"""From so many messages on, learning takes longer than starting processes for it."""


@dataclass(frozen=True)
class Latest:
    """The rows of the latest messages, and margins for them of heads that learnt from earlier ones alone."""

    rows: NDArray[np.int64]
    margins: Margins


@dataclass(frozen=True)
class Learnt:
    """Heads, how their margins become probabilities, when that is sure enough, and the margins held out."""

    heads: Heads
    calibrations: Calibrations
    thresholds: Thresholds
    held_out: Margins
    latest: Latest


def learn(
    rows: csr_matrix,
    truths: Truths,
    *,
    groups: Sequence[str],
    times: Sequence[datetime],
    labels: LabelSet,
    step: Step,
) -> Learnt:
    """Learn heads from all rows; calibration and thresholds come from margins of groups not learnt from.

    `groups` are the writers and `times` the dates of the messages; beside the folds by writer, the latest
    fifth is judged by heads that learnt from the others.
    """
    heads, held_out, latest = cross_validate(
        rows, truths, groups=groups, times=times, labels=labels, step=step
    )
    calibrations = calibrate(held_out, truths)
    thresholds = choose_thresholds(held_out, truths, calibrations, labels)
    return Learnt(heads, calibrations, thresholds, held_out, latest)


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
    rows: csr_matrix,
    truths: Truths,
    *,
    groups: Sequence[str],
    times: Sequence[datetime],
    labels: LabelSet,
    step: Step,
) -> tuple[Heads, Margins, Latest]:
    """Return heads that learnt from everything, and margins of heads that saw nothing of a message's group.

    A group is the messages of one writer. The folds are learnt side by side on the processors there are,
    unless there is too little to learn.
    """
    held_out = Margins.zeros(len(groups), labels)
    splits = list(GroupKFold(n_splits=min(FOLDS, len(set(groups)))).split(groups, groups=groups))
    earlier, later = _by_time(times)
    to_learn = [*(learn_from for learn_from, _ in splits), earlier, np.arange(len(groups))]
    workers = -1 if len(groups) >= _WORTH_A_PROCESS else 1
    made: list[Heads] = []
    for heads in Parallel(n_jobs=workers, return_as="generator")(
        delayed(_fit)(rows[some], truths.take(some), labels) for some in to_learn
    ):
        made.append(heads)
        step()
    for heads, (_, judge) in zip(made, splits, strict=False):
        said = heads.margins(rows[judge])
        for field in fields(Margins):
            getattr(held_out, field.name)[judge] = getattr(said, field.name)
    *_, before, everything = made
    return everything, held_out, Latest(later, before.margins(rows[later]))


def _by_time(times: Sequence[datetime]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the earlier four fifths, and of the latest fifth."""
    order = np.argsort(np.array([each.timestamp() for each in times]), kind="stable")
    cut = len(order) - len(order) // 5
    return np.sort(order[:cut]), np.sort(order[cut:])


def _fit(rows: csr_matrix, truths: Truths, labels: LabelSet) -> Heads:
    return Heads(seed=SEED, labels=labels).fit(rows, truths)


def calibrate(margins: Margins, truths: Truths) -> Calibrations:
    """Find the curves that make probabilities of margins that were held out."""
    ordinary = truths.ordinary()
    felt = truths.knows_dissatisfaction & ordinary
    return Calibrations(
        dissatisfaction=fit_curve(margins.dissatisfaction[felt], truths.dissatisfaction[felt]),
        status=fit_temperature(margins.status[ordinary], truths.status[ordinary]),
        category=fit_temperature(margins.category[ordinary], truths.category[ordinary]),
        is_housing=fit_curve(margins.is_housing[ordinary], truths.is_housing[ordinary]),
        codes=tuple(
            fit_curve(said[known], truth[known])
            for said, truth, known in zip(margins.codes.T, truths.codes.T, truths.knows_codes.T, strict=True)
        ),
    )


def choose_thresholds(
    margins: Margins, truths: Truths, how: Calibrations, labels: LabelSet = PROJECT_LABELS
) -> Thresholds:
    """Choose, on margins held out, when triage is sure enough."""
    ordinary = truths.ordinary()
    felt = truths.knows_dissatisfaction & ordinary
    status = how.status.probabilities(margins.status[ordinary])
    sure_status, missed = _confidence(status, truths.status[ordinary])
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
    chances = curve.probabilities(margins)
    if code not in _MUST_NOT_MISS:
        return _best_threshold(chances, truth, beta=1.0)
    return min(_best_threshold(chances, truth, beta=_WORSE_THAN_FALSE), highest_that_finds(chances[truth]))


def highest_that_finds(chances: Numbers) -> float:
    """Return the highest threshold under which so few of the true ones (n) are missed as is allowed.

    Conformal risk control as in `complaint_limit`: (missed + 1) / (n + 1) stays within `_DANGERS_MISSED`. 0.5
    where there are too few to promise anything.
    """
    allowed = int(np.floor(_DANGERS_MISSED * (len(chances) + 1) - 1))
    return float(np.sort(chances)[allowed]) if allowed >= 0 else 0.5


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
