"""How long a costly count is remembered."""

from operations.metrics import KeptFor


def test_a_count_is_asked_for_once_a_minute() -> None:
    """However often Prometheus comes by."""
    clock, asked = Hands(), iter(range(100))
    kept = KeptFor(lambda: next(asked), clock=clock)
    assert [kept.get(), kept.get()] == [0, 0]
    clock.now += 59
    assert kept.get() == 0
    clock.now += 1
    assert kept.get() == 1


def test_a_count_that_takes_long_is_remembered_longer() -> None:
    """Counting takes a fiftieth of the time at most."""
    clock = Hands()
    numbers = iter(range(100))

    def count() -> int:
        clock.now += 4
        return next(numbers)

    kept = KeptFor(count, clock=clock)
    assert kept.get() == 0
    clock.now += 199
    assert kept.get() == 0
    clock.now += 1
    assert kept.get() == 1


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now
