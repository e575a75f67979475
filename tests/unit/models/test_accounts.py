"""What is kept of signing in: pauses that grow, and never for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import (
    Account,
    Attempts,
    attempts_key,
    code_attempts_key,
    key_anywhere,
    key_at,
    keys_from,
)

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


@pytest.mark.parametrize(("times", "minutes"), [(1, 0), (99, 0), (100, 1), (101, 1), (100_000, 1)])
def test_strangers_elsewhere_pause_a_name_late_and_shortly(times: int, minutes: int) -> None:
    """Else anybody who knows a name could keep the officer out."""
    attempts = Attempts(name_hash="x", failures=0, last_at=NOW)
    for _ in range(times):
        attempts.count_anywhere(NOW)
    assert attempts.is_locked(NOW) is (minutes > 0)
    assert not attempts.is_locked(NOW + minutes * MINUTE)


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
    assert len({key[:32] for key in keys}) == 4
    for key in tuple(keys):
        first, last = keys_from(key)
        made = {key_anywhere(key), key_at(key, ""), key_at(key, "192.0.2.7"), key_at(key, "anywhere")}
        assert len(made | {key}) == 5
        assert all(len(each) == 64 and first <= each <= last for each in made | {key})
        keys |= made
    assert len(keys) == 20
    assert attempts_key("\ud800")
