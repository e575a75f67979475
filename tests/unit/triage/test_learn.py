"""Thresholds that keep a promise about complaints, and heads that leave open what nobody said."""

import numpy as np
import pytest

from triage.learn import ALLOWED_MISSES, complaint_limit, highest_that_finds


def test_the_limit_keeps_the_promised_risk() -> None:
    """Of a thousand complaints, at most so many fall below the limit that (missed + 1) / (n + 1) is 1 %."""
    generator = np.random.default_rng(3)
    chances = generator.uniform(0, 0.6, size=1000)
    called_other = generator.uniform(size=1000) < 0.2
    limit = complaint_limit(chances, called_other)
    below = int((called_other & (chances < limit)).sum())
    assert (below + 1) / 1001 <= ALLOWED_MISSES
    assert below == 9


def test_new_complaints_are_missed_no_more_often_than_promised() -> None:
    """On average over many drawings, the share missed on new messages of the same kind stays within it."""
    generator = np.random.default_rng(4)
    shares = []
    for _ in range(300):
        chances = generator.uniform(0, 0.6, size=400)
        called_other = generator.uniform(size=400) < 0.2
        limit = complaint_limit(chances[:200], called_other[:200])
        shares.append((called_other[200:] & (chances[200:] < limit)).mean())
    assert np.mean(shares) <= ALLOWED_MISSES * 1.1


@pytest.mark.parametrize("count", [0, 5, 98])
def test_too_few_complaints_promise_nothing(count: int) -> None:
    """With fewer than ninety-nine to judge by, an officer is always asked."""
    assert complaint_limit(np.full(count, 0.4), np.zeros(count, dtype=np.bool_)) == 0.0


def test_where_nothing_would_be_missed_half_a_chance_is_enough() -> None:
    """The limit never goes above one half: likelier a complaint than not is no confident anything else."""
    assert complaint_limit(np.full(500, 0.4), np.zeros(500, dtype=np.bool_)) == 0.5


def test_so_many_dangers_are_found_as_is_promised() -> None:
    """On average at most one in ten new ones lies under the threshold found on others."""
    generator = np.random.default_rng(4)
    shares = []
    for _ in range(300):
        chances = generator.beta(2, 3, size=300)
        threshold = highest_that_finds(chances[:60])
        shares.append((chances[60:] < threshold).mean())
    assert 0.05 <= np.mean(shares) <= 0.1


@pytest.mark.parametrize("count", [0, 3, 8])
def test_too_few_dangers_promise_nothing(count: int) -> None:
    """With fewer than nine to judge by, half a chance has to do."""
    assert highest_that_finds(np.full(count, 0.2)) == 0.5
