"""How long to leave something alone that is away, by a clock that only moves when told."""

from datetime import timedelta

from builders import NOW
from fakes import FakeClock

from intake.patience import Patience


def test_at_first_anything_may_be_tried() -> None:
    """Without a failure there is no pause, and a success was never away."""
    patience = Patience()
    assert patience.may_try(NOW)
    assert patience.worked(NOW) is None


def test_a_failure_makes_a_short_pause() -> None:
    """Five seconds later it is tried again, not before."""
    patience = Patience()
    assert patience.failed(NOW) == timedelta(seconds=5)
    assert not patience.may_try(NOW + timedelta(seconds=4))
    assert patience.may_try(NOW + timedelta(seconds=5))


def test_an_hour_away_is_tried_ever_more_rarely_and_never_given_up() -> None:
    """In an hour the pauses grow to five minutes, so that a server is neither hammered nor forgotten."""
    patience, clock, pauses = Patience(), FakeClock(NOW), []
    while clock.now < NOW + timedelta(hours=1):
        assert patience.may_try(clock.now)
        pauses.append(patience.failed(clock.now))
        clock.move(pauses[-1])
    assert [pause.total_seconds() for pause in pauses[:7]] == [5, 10, 20, 40, 80, 160, 300]
    assert set(pauses[6:]) == {timedelta(minutes=5)}
    assert 15 <= len(pauses) <= 20
    away = patience.worked(clock.now)
    assert away is not None
    assert away >= timedelta(hours=1)


def test_a_success_forgets_what_was() -> None:
    """The next failure starts with the shortest pause and a new time away."""
    patience = Patience()
    for _ in range(9):
        patience.failed(NOW)
    assert patience.worked(NOW + timedelta(minutes=10)) == timedelta(minutes=10)
    assert patience.may_try(NOW)
    assert patience.failed(NOW + timedelta(hours=1)) == timedelta(seconds=5)
    assert patience.worked(NOW + timedelta(hours=2)) == timedelta(hours=1)


def test_weeks_away_overflow_nothing() -> None:
    """Thousands of failures leave the pause at its longest."""
    patience = Patience()
    pauses = {patience.failed(NOW) for _ in range(5000)}
    assert max(pauses) == timedelta(minutes=5)
