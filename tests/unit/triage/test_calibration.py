"""Margins become probabilities that mean what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from triage.calibration import Curve, Temperature, expected_calibration_error, fit_curve, fit_temperature

MARGINS = st.floats(-1e6, 1e6)
TABLES = arrays.arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(2, 6)), elements=MARGINS)
SEED = 7


@settings(max_examples=100, deadline=None)
@given(margins=TABLES, temperature=st.floats(0.01, 20))
def test_rows_of_probabilities_add_up_to_one(margins: np.ndarray, temperature: float) -> None:
    """However bold the margins, each row is a set of chances in the order of the margins."""
    chances = Temperature(temperature).probabilities(margins)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert np.allclose(chances.sum(axis=1), 1)
    best = margins.argmax(axis=1)
    assert (chances[np.arange(len(best)), best] == chances.max(axis=1)).all()


@settings(max_examples=100, deadline=None)
@given(
    margins=arrays.arrays(np.float64, st.integers(1, 20), elements=MARGINS),
    slope=st.floats(0, 50),
    offset=st.floats(-50, 50),
)
def test_a_curve_gives_chances_that_grow_with_the_margin(
    margins: np.ndarray, slope: float, offset: float
) -> None:
    """The probability of yes lies between 0 and 1 and never falls as the margin grows."""
    chances = Curve(slope, offset).probabilities(np.sort(margins))
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (np.diff(chances) >= 0).all()


@pytest.mark.parametrize("true_temperature", [0.3, 1.0, 3.0])
def test_a_temperature_is_learnt(true_temperature: float) -> None:
    """Labels drawn at a temperature lead back to it."""
    chance = np.random.default_rng(SEED)
    margins = chance.normal(size=(4000, 4))
    chances = Temperature(true_temperature).probabilities(margins)
    labels = np.array([chance.choice(4, p=row) for row in chances])
    assert fit_temperature(margins, labels).value == pytest.approx(true_temperature, rel=0.25)


def test_a_curve_is_learnt() -> None:
    """Answers drawn from a curve lead back to it."""
    chance = np.random.default_rng(SEED)
    margins = chance.normal(size=4000)
    truth = chance.random(4000) < Curve(2.0, -0.5).probabilities(margins)
    curve = fit_curve(margins, truth)
    assert curve.slope == pytest.approx(2.0, rel=0.15)
    assert curve.offset == pytest.approx(-0.5, abs=0.15)


@pytest.mark.parametrize("answer", [True, False])
def test_a_label_that_never_varies_gives_no_nonsense(*, answer: bool) -> None:
    """Even where all answers are the same, chances stay inside 0 and 1 and lean the right way."""
    margins = np.full(20, -3.0)
    chances = fit_curve(margins, np.full(20, answer)).probabilities(margins)
    assert ((chances > 0) & (chances < 1)).all()
    assert (chances[0] > 0.5) is np.bool_(answer)


def test_a_contrary_margin_is_not_turned_round() -> None:
    """A head that is worse than chance is flattened, never read upside down."""
    margins = np.linspace(-1, 1, 100)
    assert fit_curve(margins, margins < 0).slope == 0.0


@pytest.mark.parametrize(
    ("chances", "truth", "error"),
    [
        ([1.0, 1.0, 0.0, 0.0], [True, True, False, False], 0.0),
        ([1.0, 1.0, 0.0, 0.0], [False, False, True, True], 1.0),
        ([0.75, 0.75, 0.75, 0.75], [True, True, True, False], 0.0),
        ([0.95, 0.95, 0.05, 0.05], [True, False, False, False], 0.25),
    ],
)
def test_the_calibration_error_is_the_gap_between_said_and_true(
    chances: list[float], truth: list[bool], error: float
) -> None:
    """Worked by hand: the mean gap of the tenths, weighted by their messages."""
    assert expected_calibration_error(np.array(chances), np.array(truth)) == pytest.approx(error)
