"""How often one address may fail."""

from datetime import UTC, datetime, timedelta

import pytest

from review.access.callers import Callers, network_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def tried(callers: Callers, address: str, times: int, *, now: datetime = NOW) -> list[bool]:
    """Try and fail so often."""
    return [callers.may_try(address, now=now) for _ in range(times)]


def test_an_address_that_failed_too_often_has_to_wait() -> None:
    """Others need not, and it neither after five minutes."""
    callers = Callers(most=3)
    assert tried(callers, "192.0.2.1", 5) == [True, True, True, False, False]
    assert tried(callers, "192.0.2.2", 1) == [True]
    assert tried(callers, "192.0.2.1", 1, now=NOW + timedelta(minutes=5)) == [True]


def test_an_office_behind_one_address_signs_in_all_the_same() -> None:
    """What was right does not count, however many they are."""
    callers = Callers(most=3)
    for _ in range(100):
        assert callers.may_try("192.0.2.1", now=NOW)
        callers.was_right("192.0.2.1")
    callers.was_right("203.0.113.9")


def test_a_household_of_ipv6_is_one_address() -> None:
    """A /64 has more addresses than anybody can count."""
    callers = Callers(most=2)
    assert tried(callers, "2001:db8:1:2::1", 1) + tried(callers, "2001:db8:1:2:ffff::9", 2) == [
        True,
        True,
        False,
    ]
    assert tried(callers, "2001:db8:1:3::1", 1) == [True]


def test_the_memory_that_it_takes_is_bounded() -> None:
    """Whatever addresses somebody makes up; also what is no address counts."""
    callers = Callers(most=1)
    for number in range(10_050):
        callers.may_try(f"nonsense {number}" * 50, now=NOW)
    assert len(callers._tries) == 10_000  # noqa: SLF001  # nothing else shows it


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:50123", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:50123", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("2001:db8::2:443", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("999.0.113.7:1", "999.0.113.7:1"),
        ("", ""),
        ("unknown" * 100, ("unknown" * 100)[:100]),
    ],
)
def test_an_address_is_grouped_however_a_proxy_writes_it(address: str, network: str) -> None:
    """With a port, in brackets, or as IPv4 within IPv6: a caller has one count."""
    assert network_of(address) == network
