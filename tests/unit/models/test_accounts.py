"""What is kept of signing in: pauses that grow, and never for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import Account, Attempts, attempts_key, code_attempts_key

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failed(times: int) -> Attempts:
    """Return the attempts under a name that failed so often."""
    attempts = Attempts(name_hash="x", failures=0, last_at=NOW)
    for _ in range(times):
        attempts.count(NOW)
    return attempts


@pytest.mark.parametrize(
    ("times", "minutes"),
    [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (11, 30), (100_000, 30)],
)
def test_the_pause_grows_up_to_half_an_hour(times: int, minutes: int) -> None:
    """Four slips are free."""
    attempts = failed(times)
    assert attempts.is_locked(NOW) is (minutes > 0)
    assert not attempts.is_locked(NOW + minutes * MINUTE)
    if minutes:
        assert attempts.is_locked(NOW + minutes * MINUTE - timedelta(seconds=1))


def test_a_right_attempt_is_taken_back_alone() -> None:
    """Whoever knows the password has not the second factor yet, and guesses no more often for it."""
    attempts = failed(7)
    attempts.take_back()
    assert (attempts.failures, attempts.locked_until) == (6, None)
    attempts = failed(0)
    attempts.take_back()
    assert attempts.failures == 0


def test_a_code_holds_until_its_hour() -> None:
    """And only where one was given."""
    account = Account(officer="pat", recovery_hash="x", recovery_expires_at=NOW)
    assert account.awaits_code(NOW - MINUTE)
    assert not account.awaits_code(NOW)
    assert not Account(officer="pat").awaits_code(NOW)


def test_names_are_counted_by_hash_and_codes_apart() -> None:
    """People type their password where their name belongs; no name is another's key."""
    keys = {
        attempts_key("pat"),
        code_attempts_key("pat"),
        attempts_key("one-time code pat"),
        attempts_key(""),
    }
    assert len(keys) == 4
    assert all(len(key) == 64 for key in keys)
    assert attempts_key("\ud800")
