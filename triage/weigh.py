"""Two opinions of a message weighed into one: the linear heads', and the sentence encoder's.

The heads know the words of the corpus and of this council's rulings, the encoder how such things are said by
people who use other words. For each question two weights say how much either counts. They are learnt from
what both say of messages that neither had learnt from (Wolpert, Stacked generalization, 1992).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.codes import Category
from triage.classifier import PROJECT_LABELS, STATUSES, LabelSet, Margins, Truths

Numbers = NDArray[np.float64]

_SMALLEST = 1e-9


@dataclass(frozen=True)
class Mix:
    """How much the heads' margin and the encoder's logit count for one question."""

    heads: float
    encoder: float

    def of(self, margins: Numbers, logits: Numbers) -> Numbers:
        """Return the two as one margin."""
        mixed: Numbers = self.heads * margins + self.encoder * logits
        return mixed


@dataclass(frozen=True)
class Weights:
    """The weights for every question.

    `taken_for` names, for each category of the council's own, the one that the encoder takes such messages
    for: it was never taught the council's, and the heads have to tell the two apart.
    """

    dissatisfaction: Mix
    status: Mix
    category: Mix
    is_housing: Mix
    codes: tuple[Mix, ...]
    taken_for: dict[str, str]


def weighed(margins: Margins, logits: Numbers, weights: Weights, *, outputs: Sequence[str],
            labels: LabelSet = PROJECT_LABELS) -> Margins:  # fmt: skip
    """Return the margins of heads and encoder (n messages) as one opinion.

    `logits` (n, outputs) are the encoder's, in the order of `outputs`.
    """
    columns = _columns(outputs, labels, weights.taken_for)
    return Margins(
        dissatisfaction=weights.dissatisfaction.of(
            margins.dissatisfaction, logits[:, columns.dissatisfaction]
        ),
        status=weights.status.of(margins.status, logits[:, columns.status]),
        category=weights.category.of(margins.category, logits[:, columns.category]),
        is_housing=weights.is_housing.of(margins.is_housing, logits[:, columns.is_housing]),
        codes=np.stack(
            [
                mix.of(margins.codes[:, at], _of_column(logits, column))
                for at, (mix, column) in enumerate(zip(weights.codes, columns.codes, strict=True))
            ],
            axis=1,
        ),
    )


def weigh(margins: Margins, logits: Numbers, truths: Truths, *, outputs: Sequence[str],
          labels: LabelSet = PROJECT_LABELS) -> Weights:  # fmt: skip
    """Find the weights under which the true labels of n messages are likeliest."""
    taken_for = _taken_for(logits, truths, outputs, labels.categories)
    columns = _columns(outputs, labels, taken_for)
    ordinary, known = truths.ordinary(), truths.knows_codes.T
    felt = truths.knows_dissatisfaction & ordinary
    return Weights(
        dissatisfaction=_yes_or_no(
            margins.dissatisfaction[felt], logits[felt, columns.dissatisfaction], truths.dissatisfaction[felt]
        ),
        status=_one_of(
            margins.status[ordinary], logits[ordinary][:, columns.status], truths.status[ordinary]
        ),
        category=_one_of(
            margins.category[ordinary], logits[ordinary][:, columns.category], truths.category[ordinary]
        ),
        is_housing=_yes_or_no(
            margins.is_housing[ordinary], logits[ordinary, columns.is_housing], truths.is_housing[ordinary]
        ),
        codes=tuple(
            _yes_or_no(
                margins.codes[known[at], at],
                _of_column(logits, column)[known[at]],
                truths.codes[known[at], at],
            )
            for at, column in enumerate(columns.codes)
        ),
        taken_for=taken_for,
    )


@dataclass(frozen=True)
class _Columns:
    """Where the encoder's answers stand among its outputs; None for a code that it was never taught."""

    dissatisfaction: int
    is_housing: int
    status: list[int]
    category: list[int]
    codes: list[int | None]


def _columns(outputs: Sequence[str], labels: LabelSet, taken_for: dict[str, str]) -> _Columns:
    at = {name: place for place, name in enumerate(outputs)}
    return _Columns(
        dissatisfaction=at["dissatisfaction"],
        is_housing=at["is_housing"],
        status=[at[f"status:{code.value}"] for code in STATUSES],
        category=[at[f"category:{taken_for.get(code, str(code))}"] for code in labels.categories],
        codes=[at.get(f"code:{code}") for code in labels.codes],
    )


def _of_column(logits: Numbers, column: int | None) -> Numbers:
    """Return one answer of the encoder (n), nothing for or against where it has none."""
    return np.zeros(len(logits)) if column is None else logits[:, column]


def _taken_for(
    logits: Numbers, truths: Truths, outputs: Sequence[str], categories: Sequence[str]
) -> dict[str, str]:
    """Return, for each category that the encoder was not taught, the one it mostly says instead."""
    known = [place for place, name in enumerate(outputs) if name.startswith("category:")]
    said = [outputs[known[best]].removeprefix("category:") for best in logits[:, known].argmax(axis=1)]
    found = {}
    for place, code in enumerate(categories):
        if f"category:{code}" not in outputs:
            counted = Counter(name for name, true in zip(said, truths.category, strict=True) if true == place)
            found[str(code)] = counted.most_common(1)[0][0] if counted else Category.OTHER.value
    return found


def _one_of(margins: Numbers, logits: Numbers, truth: NDArray[np.int64]) -> Mix:
    from scipy.optimize import minimize  # noqa: PLC0415  # only training needs it, and it loads slowly

    def surprise(logarithms: Numbers) -> float:
        mixed = np.exp(logarithms[0]) * margins + np.exp(logarithms[1]) * logits
        mixed = mixed - mixed.max(axis=1, keepdims=True)
        chances = mixed - np.log(np.exp(mixed).sum(axis=1, keepdims=True))
        return float(-chances[np.arange(len(truth)), truth].mean())

    best = np.exp(minimize(surprise, x0=np.array([1.0, 0.0]), method="Nelder-Mead").x)
    return Mix(float(best[0]), float(best[1]))


def _yes_or_no(margins: Numbers, logits: Numbers, truth: NDArray[np.bool_]) -> Mix:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # loads slowly

    if truth.all() or not truth.any():
        return Mix(1.0, 0.0)
    fitted = LogisticRegression(C=100.0).fit(np.stack([margins, logits], axis=1), truth)
    heads, encoder = np.maximum(fitted.coef_[0], 0.0)  # More evidence never speaks against its own answer.
    return Mix(float(heads), float(encoder)) if heads + encoder > _SMALLEST else Mix(1.0, 0.0)
