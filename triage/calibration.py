"""Margins to probabilities that mean what they say, learnt on messages that the heads had not seen.

One of several labels: softmax of margins divided by a temperature (Guo and others, ICML 2017).
Yes or no: a logistic curve over the margin (Platt, 1999).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_SMALLEST = 1e-9


@dataclass(frozen=True)
class Temperature:
    """Divides margins before the softmax; below 1 the classifier was too shy, above too bold."""

    value: float

    def probabilities(self, margins: Numbers) -> Numbers:
        """Return probabilities of shape (n, labels) whose rows add up to 1."""
        scaled = margins / self.value
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        result: Numbers = powers / powers.sum(axis=1, keepdims=True)
        return result


@dataclass(frozen=True)
class Curve:
    """A logistic curve: the probability of yes is 1 / (1 + exp(-(slope * margin + offset)))."""

    slope: float
    offset: float

    def probabilities(self, margins: Numbers) -> Numbers:
        """Return the probability of yes for each margin."""
        result: Numbers = 1.0 / (1.0 + np.exp(-np.clip(self.slope * margins + self.offset, -30, 30)))
        return result


@dataclass(frozen=True)
class Calibrations:
    """How the margins of each head become probabilities."""

    dissatisfaction: Curve
    status: Temperature
    category: Temperature
    is_housing: Curve
    codes: tuple[Curve, ...]


def fit_temperature(margins: Numbers, truth: NDArray[np.int64]) -> Temperature:
    """Find the temperature under which the true labels are likeliest."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # only training needs it, and it loads slowly

    def surprise(logarithm: float) -> float:
        chances = Temperature(float(np.exp(logarithm))).probabilities(margins)
        right = chances[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(right, _SMALLEST)).mean())

    best = minimize_scalar(surprise, bounds=(-5.0, 3.0), method="bounded")
    return Temperature(float(np.exp(best.x)))


def fit_curve(margins: Numbers, truth: NDArray[np.bool_]) -> Curve:
    """Find the logistic curve under which the true answers are likeliest, by Platt's smoothed targets."""
    from scipy.optimize import minimize  # noqa: PLC0415  # only training needs it, and it loads slowly

    yes, no = int(truth.sum()), int((~truth).sum())
    targets = np.where(truth, (yes + 1) / (yes + 2), 1 / (no + 2))

    def surprise(parameters: Numbers) -> float:
        chances = Curve(float(parameters[0]), float(parameters[1])).probabilities(margins)
        chances = np.clip(chances, _SMALLEST, 1 - _SMALLEST)
        return float(-(targets * np.log(chances) + (1 - targets) * np.log(1 - chances)).mean())

    best = minimize(surprise, x0=np.array([1.0, 0.0]), method="Nelder-Mead")
    return Curve(float(max(best.x[0], 0.0)), float(best.x[1]))


def expected_calibration_error(chances: Numbers, truth: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Return the mean gap between stated probability and share of yes, weighted by bin (0 to 1)."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [
        abs(chances[places == place].mean() - truth[places == place].mean()) * (places == place).mean()
        for place in range(bins)
        if (places == place).any()
    ]
    return float(sum(gaps))
