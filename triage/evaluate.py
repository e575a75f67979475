"""How good the classifier is: figures as functions of what is true and what was said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from models.codes import Category, Ombudsman, Status
from models.decision import Decision
from triage.calibration import Calibrations, expected_calibration_error
from triage.classifier import (
    IS_FORMAL,
    PROJECT_LABELS,
    STATUSES,
    LabelSet,
    Margins,
    Truths,
    take_rows,
)
from triage.corpus import LabelledMessage
from triage.decide import Thresholds
from triage.triager import Triager

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]

_MASKED_WORD = "complain"
_RESAMPLES = 1_000
_SEED = 20


@dataclass(frozen=True)
class Said:
    """What was said of n messages, as arrays beside `Truths`."""

    dissatisfaction: Truth
    dissatisfaction_chance: Numbers
    status: NDArray[np.int64]
    status_chances: Numbers
    category: NDArray[np.int64]
    category_chances: Numbers
    is_housing: Truth
    codes: Truth
    officer_decides: Truth

    def take(self, rows: NDArray[np.int64]) -> "Said":
        """Return what was said of some messages."""
        return take_rows(self, rows)


def evaluate(triager: Triager, messages: Sequence[LabelledMessage]) -> dict[str, Any]:
    """Triage labelled messages and return every figure, also for those without the word "complain"."""
    decisions = [decision for _, decision in triager.triage(each.message for each in messages)]
    labels = triager.artefact.labels
    truths, said = truths_of(messages, labels), said_of(decisions, labels)
    result = figures(said, truths, labels)
    result["intervals"] = intervals(
        said, truths, labels, writers=[each.brief or each.message.id for each in messages]
    )
    for name, found in (
        ("pairs", _of_pairs(messages, said, truths)),
        ("further_matters", _of_matters(messages, decisions)),
    ):
        if found:
            result[name] = found
    plain = np.array([_MASKED_WORD not in _words(each) for each in messages])
    result["without_the_word_complain"] = {
        "messages": int(plain.sum()),
        "dissatisfaction": _dissatisfaction(said.dissatisfaction[plain],
                                            said.dissatisfaction_chance[plain],
                                            truths.dissatisfaction[plain]),
    }  # fmt: skip
    known = np.array([each.ombudsman is not None for each in messages])
    if known.any():
        right = said.is_housing[known] == truths.is_housing[known]
        result["ombudsman"] = {"accuracy": _rounded(right.mean())}
    else:
        result.pop("ombudsman")
    result["artefact"] = triager.artefact.name
    result["briefs"] = len({each.brief for each in messages if each.brief})
    return result


def evaluate_pairs(triager: Triager, messages: Sequence[LabelledMessage]) -> dict[str, Any]:
    """Triage messages of minimal pairs and return in how many pairs both halves are right."""
    labels = triager.artefact.labels
    decisions = [decision for _, decision in triager.triage(each.message for each in messages)]
    return _of_pairs(messages, said_of(decisions, labels), truths_of(messages, labels))


def intervals(
    said: Said, truths: Truths, labels: LabelSet = PROJECT_LABELS, *, writers: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Return the 95 % interval of each main figure, by drawing writers again and again.

    Whole writers are drawn, since messages of one hand are alike (Efron and Tibshirani, An Introduction to
    the Bootstrap, 1993).
    """
    generator = np.random.default_rng(_SEED)
    rows_of: dict[str, list[int]] = {}
    for row, writer in enumerate(writers):
        rows_of.setdefault(writer, []).append(row)
    groups = [np.array(rows) for rows in rows_of.values()]
    drawn = []
    for _ in range(_RESAMPLES):
        chosen = generator.integers(0, len(groups), size=len(groups))
        rows = np.concatenate([groups[place] for place in chosen])
        drawn.append(_main_figures(said.take(rows), truths.take(rows), labels))
    known = {name: [each[name] for each in drawn if not math.isnan(each[name])] for name in drawn[0]}
    return {name: _edges(values) for name, values in known.items() if values}


def missed(said: Said, truths: Truths) -> Truth:
    """Say which complaints and escalations were called something else with confidence."""
    result: Truth = IS_FORMAL[truths.status] & ~IS_FORMAL[said.status] & ~said.officer_decides
    return result


def _main_figures(said: Said, truths: Truths, labels: LabelSet) -> dict[str, float]:
    """Return the figures that an interval is wanted for; not a number where there is nothing to judge."""
    hits = said.dissatisfaction & truths.dissatisfaction
    excluded = labels.is_exclusion
    return {
        "dissatisfaction recall": _share(hits.sum(), truths.dissatisfaction.sum()),
        "dissatisfaction precision": _share(hits.sum(), said.dissatisfaction.sum()),
        "status accuracy": (said.status == truths.status).mean(),
        "complaint against service request": _two_kinds(said, truths),
        "complaints missed with confidence": _share(
            missed(said, truths).sum(), IS_FORMAL[truths.status].sum()
        ),
        "left to officers": said.officer_decides.mean(),
        "category accuracy": (said.category == truths.category).mean(),
        "category in first three": _in_first_three(said, truths),
        "ombudsman accuracy": (said.is_housing == truths.is_housing).mean(),
        "exclusions micro F1": _micro_f1(said.codes[:, excluded], truths.codes[:, excluded]),
        "flags micro F1": _micro_f1(said.codes[:, ~excluded], truths.codes[:, ~excluded]),
    }


def _edges(drawn: list[float]) -> tuple[float, float]:
    """Return the edges of the middle 95 % of what was drawn."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return _rounded(low), _rounded(high)


def _two_kinds(said: Said, truths: Truths) -> float:
    """Return the accuracy on complaints and service requests; not a number where there are none."""
    two = np.isin(truths.status, [STATUSES.index(Status.COMPLAINT), STATUSES.index(Status.SERVICE_REQUEST)])
    return _share(((said.status == truths.status) & two).sum(), two.sum())


def _in_first_three(said: Said, truths: Truths) -> float:
    top3 = np.argsort(-said.category_chances, axis=1)[:, :3]
    return float((top3 == truths.category[:, None]).any(axis=1).mean())


def _share(some: Any, all_of_them: Any) -> float:
    return float(some) / float(all_of_them) if all_of_them else float("nan")


def _micro_f1(said: Truth, truth: Truth) -> float:
    return _share(2 * (said & truth).sum(), said.sum() + truth.sum())


def _of_pairs(messages: Sequence[LabelledMessage], said: Said, truths: Truths) -> dict[str, Any]:
    """Return the share of pairs with both halves right; nothing where the messages hold no pairs."""
    rows = {each.message.id: row for row, each in enumerate(messages)}
    pairs = [
        (row, rows[each.pair])
        for row, each in enumerate(messages)
        if each.pair in rows and row < rows[each.pair]
    ]
    if not pairs:
        return {}
    felt, status = said.dissatisfaction == truths.dissatisfaction, said.status == truths.status
    both = {
        "dissatisfaction": [felt[one] and felt[other] for one, other in pairs],
        "status": [status[one] and status[other] for one, other in pairs],
        "both": [felt[one] and felt[other] and status[one] and status[other] for one, other in pairs],
    }
    return {"count": len(pairs), **{name: _rounded(np.mean(hits)) for name, hits in both.items()}}


def _of_matters(messages: Sequence[LabelledMessage], decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return how many second matters were found; nothing where no message has any."""
    several = [set(each.also) for each in messages]
    if not any(several):
        return {}
    found = [{matter.category for matter in decision.also} for decision in decisions]
    with_some = [row for row, also in enumerate(several) if also]
    without = [row for row, also in enumerate(several) if not also]
    return {
        "messages": len(with_some),
        "noticed": _rounded(np.mean([bool(found[row]) for row in with_some])),
        "right_category": _rounded(np.mean([bool(found[row] & several[row]) for row in with_some])),
        "false_alarms": _rounded(np.mean([bool(found[row]) for row in without])),
    }


def truths_of(messages: Sequence[LabelledMessage], labels: LabelSet = PROJECT_LABELS) -> Truths:
    """Return the labels of messages as arrays; a category not among `labels` counts as `other`."""
    places = {code: place for place, code in enumerate(labels.categories)}
    other, kinds = places[Category.OTHER], labels.is_exclusion
    return Truths(
        dissatisfaction=np.array([each.is_dissatisfied for each in messages], dtype=np.bool_),
        status=np.array([STATUSES.index(each.status) for each in messages], dtype=np.int64),
        category=np.array([places.get(each.category, other) for each in messages], dtype=np.int64),
        is_housing=np.array([each.ombudsman is Ombudsman.HOUSING for each in messages], dtype=np.bool_),
        codes=np.array(
            [[code in each.exclusions or code in each.flags for code in labels.codes] for each in messages],
            dtype=np.bool_,
        ).reshape(len(messages), len(kinds)),
        weights=np.array([each.weight for each in messages], dtype=np.float64),
        knows_dissatisfaction=np.array([each.knows_dissatisfaction for each in messages], dtype=np.bool_),
        knows_codes=np.array(
            [
                [each.knows_exclusions if is_exclusion else each.knows_flags for is_exclusion in kinds]
                for each in messages
            ],
            dtype=np.bool_,
        ).reshape(len(messages), len(kinds)),
        is_ordinary=np.array([not each.pair for each in messages], dtype=np.bool_),
    )


def said_of_margins(
    margins: Margins, how: Calibrations, thresholds: Thresholds, labels: LabelSet = PROJECT_LABELS
) -> Said:
    """Return what margins come to, as `decide` would say it."""
    status = how.status.probabilities(margins.status)
    category = how.category.probabilities(margins.category)
    dissatisfaction = how.dissatisfaction.probabilities(margins.dissatisfaction)
    codes = np.stack(
        [curve.probabilities(margins.codes[:, at]) for at, curve in enumerate(how.codes)], axis=1
    )
    limits = np.array([thresholds.codes.get(code, 0.5) for code in labels.codes])
    best = status.argmax(axis=1)
    chance = status[:, IS_FORMAL].sum(axis=1)
    silent = np.isin(best, [STATUSES.index(Status.COMPLIMENT), STATUSES.index(Status.OTHER)])
    unsure = status.max(axis=1) < thresholds.status
    return Said(
        dissatisfaction=IS_FORMAL[best] | ((dissatisfaction >= thresholds.dissatisfaction) & ~silent),
        dissatisfaction_chance=dissatisfaction,
        status=best,
        status_chances=status,
        category=category.argmax(axis=1),
        category_chances=category,
        is_housing=how.is_housing.probabilities(margins.is_housing) >= 0.5,  # noqa: PLR2004
        codes=codes >= limits,
        officer_decides=unsure | (~IS_FORMAL[best] & (chance >= thresholds.complaint_missed)),
    )


def figures(said: Said, truths: Truths, labels: LabelSet = PROJECT_LABELS) -> dict[str, Any]:
    """Return recall, precision, F1, calibration and confusion of everything that was said."""
    count = len(truths.status)
    two_kinds = _two_kinds(said, truths)
    return {
        "messages": count,
        "dissatisfaction": _dissatisfaction(
            said.dissatisfaction, said.dissatisfaction_chance, truths.dissatisfaction
        ),
        "status": {
            "accuracy": _rounded(accuracy_score(truths.status, said.status)),
            "macro_f1": _rounded(_macro_f1(truths.status, said.status)),
            "complaint_against_service_request": None if math.isnan(two_kinds) else _rounded(two_kinds),
            "calibration_error": _rounded(_top_calibration(said.status_chances, truths.status)),
            "confusion": _confusion(truths.status, said.status),
            "per_label": _per_label(truths.status, said.status, [each.value for each in STATUSES]),
            "confident": _confident(said, truths),
        },
        "category": {
            "accuracy": _rounded(accuracy_score(truths.category, said.category)),
            "macro_f1": _rounded(_macro_f1(truths.category, said.category)),
            "in_first_three": _rounded(_in_first_three(said, truths)),
            "calibration_error": _rounded(_top_calibration(said.category_chances, truths.category)),
            "per_label": _per_label(
                truths.category, said.category, [str(each) for each in labels.categories]
            ),
        },
        "ombudsman": {"accuracy": _rounded((said.is_housing == truths.is_housing).mean())},
        "exclusions": _code_figures(said.codes, truths.codes, labels, labels.is_exclusion),
        "flags": _code_figures(said.codes, truths.codes, labels, ~labels.is_exclusion),
        "reliability": _reliability(said.dissatisfaction_chance, truths.dissatisfaction),
    }


def said_of(decisions: Sequence[Decision], labels: LabelSet = PROJECT_LABELS) -> Said:
    """Return decisions as arrays."""
    return Said(
        dissatisfaction=np.array([each.is_dissatisfied for each in decisions]),
        dissatisfaction_chance=np.array([each.dissatisfaction for each in decisions]),
        status=np.array([STATUSES.index(each.status) for each in decisions]),
        status_chances=np.array(
            [[each.status_probabilities[code] for code in STATUSES] for each in decisions]
        ),
        category=np.array([labels.categories.index(each.category) for each in decisions]),
        category_chances=np.array(
            [[each.category_probabilities.get(code, 0.0) for code in labels.categories] for each in decisions]
        ),
        is_housing=np.array([each.ombudsman is Ombudsman.HOUSING for each in decisions]),
        codes=np.array(
            [
                [code in {found.code for found in (*each.exclusions, *each.flags)} for code in labels.codes]
                for each in decisions
            ]
        ),
        officer_decides=np.array([each.officer_decides for each in decisions]),
    )


def _dissatisfaction(said: Truth, chances: Numbers, truth: Truth) -> dict[str, float]:
    precision, recall, f1, _ = precision_recall_fscore_support(truth, said, average="binary", zero_division=0)
    return {
        "recall": _rounded(recall),
        "precision": _rounded(precision),
        "f1": _rounded(f1),
        "calibration_error": _rounded(expected_calibration_error(chances, truth)),
    }


def _confident(said: Said, truths: Truths) -> dict[str, float]:
    """Return how triage does where it does not leave the status to an officer."""
    sure = ~said.officer_decides
    right = said.status[sure] == truths.status[sure]
    return {
        "share": _rounded(sure.mean()),
        "accuracy": _rounded(right.mean() if sure.any() else 0.0),
        "complaints_missed": _rounded(missed(said, truths).sum() / max(1, IS_FORMAL[truths.status].sum())),
    }


def _code_figures(said: Truth, truth: Truth, labels: LabelSet, columns: Truth) -> dict[str, Any]:
    some_said, some_true = said[:, columns], truth[:, columns]
    codes = [str(code) for code, is_one in zip(labels.codes, columns, strict=True) if is_one]
    precision, recall, f1, support = precision_recall_fscore_support(
        some_true, some_said, average=None, zero_division=0
    )
    return {
        "micro_f1": _rounded(f1_score(some_true, some_said, average="micro", zero_division=0)),
        "per_label": {
            code: {"precision": _rounded(p), "recall": _rounded(r), "f1": _rounded(f), "messages": int(n)}
            for code, p, r, f, n in zip(codes, precision, recall, f1, support, strict=True)
        },
    }


def _per_label(truth: NDArray[np.int64], said: NDArray[np.int64], labels: list[str]) -> dict[str, Any]:
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, said, labels=range(len(labels)), average=None, zero_division=0
    )
    return {
        label: {"precision": _rounded(p), "recall": _rounded(r), "f1": _rounded(f), "messages": int(n)}
        for label, p, r, f, n in zip(labels, precision, recall, f1, support, strict=True)
        if n
    }


def _macro_f1(truth: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """Return the mean F1 over the labels that the messages hold."""
    return float(f1_score(truth, said, labels=np.unique(truth), average="macro", zero_division=0))


def _confusion(truth: NDArray[np.int64], said: NDArray[np.int64]) -> list[list[int]]:
    table: list[list[int]] = confusion_matrix(truth, said, labels=range(len(STATUSES))).tolist()
    return table


def _top_calibration(chances: Numbers, truth: NDArray[np.int64]) -> float:
    return expected_calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth)


def _reliability(chances: Numbers, truth: Truth) -> list[dict[str, float]]:
    """Return, for each tenth of the scale, the mean stated probability and the true share."""
    places = np.minimum((chances * 10).astype(int), 9)
    return [
        {
            "stated": _rounded(chances[places == place].mean()),
            "true": _rounded(truth[places == place].mean()),
            "messages": int((places == place).sum()),
        }
        for place in range(10)
        if (places == place).any()
    ]


def _words(each: LabelledMessage) -> str:
    return f"{each.message.subject} {each.message.body}".lower()


def _rounded(value: Any) -> float:
    return round(float(value), 4)
