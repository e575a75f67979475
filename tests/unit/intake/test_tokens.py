"""Tokens: kept while they hold, fetched seldom, whatever servers and services say."""

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from intake.tokens import CachedTokens, Google, Microsoft, Token, days_until_expiry
from models.errors import SignInRefused

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Service:
    """Hands out numbered tokens by a clock of its own, and refuses while it is told to."""

    def __init__(self, *, lifetime: timedelta = timedelta(hours=1)) -> None:
        self.now = BEGIN
        self.lifetime = lifetime
        self.refuses = False
        self.asked = 0
        self.cached = CachedTokens(self._fetch, clock=lambda: self.now)

    def _fetch(self, now: datetime) -> Token:
        self.asked += 1
        if self.refuses:
            raise SignInRefused(f"no, {self.asked}")
        return Token(f"token {self.asked}", now + self.lifetime)


@pytest.fixture
def service() -> Service:
    """Return a service that gives tokens for an hour."""
    return Service()


def test_one_token_serves_every_poll_until_five_minutes_before_it_expires(service: Service) -> None:
    """Polling each minute asks the service about once an hour."""
    said = []
    for _ in range(55):
        said.append(service.cached.token())
        service.now += MINUTE
    assert set(said) == {"token 1"}
    assert service.cached.token() == "token 2"
    assert service.asked == 2


def test_a_token_for_a_short_time_is_not_thrown_away_at_once() -> None:
    """Five minutes before the end of four minutes would be always."""
    service = Service(lifetime=timedelta(minutes=4))
    assert service.cached.token() == service.cached.token()
    service.now += timedelta(minutes=3, seconds=37)
    assert service.cached.token() == "token 2"


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=1), timedelta(days=-3)])
def test_tokens_that_have_expired_already_are_asked_for_once_a_minute(lifetime: timedelta) -> None:
    """A service whose clock is wrong is not asked on every call."""
    service = Service(lifetime=lifetime)
    for _ in range(60):
        service.cached.token()
        service.now += timedelta(seconds=5)
    assert service.asked == 5


def test_a_token_that_still_holds_serves_on_while_the_service_is_away(service: Service) -> None:
    """The five minutes before the end are there to be used."""
    service.cached.token()
    service.refuses = True
    service.now = BEGIN + timedelta(minutes=58)
    assert service.cached.token() == "token 1"
    service.now = BEGIN + timedelta(minutes=60)
    with pytest.raises(SignInRefused, match="no, 3"):
        service.cached.token()


def test_a_service_that_refuses_is_asked_once_a_minute(service: Service) -> None:
    """What it said is said again in between, and the minute over, it may have changed its mind."""
    service.refuses = True
    for _ in range(24):
        with pytest.raises(SignInRefused, match=f"no, {service.asked or 1}"):
            service.cached.token()
        service.now += timedelta(seconds=5)
        if service.now - BEGIN == MINUTE:
            break
    assert service.asked == 1
    service.refuses = False
    assert service.cached.token() == "token 2"


def test_a_refused_token_is_dropped_and_another_fetched(service: Service) -> None:
    """It may have been withdrawn before its time."""
    service.cached.forget(service.cached.token())
    assert service.cached.token() == "token 2"


def test_a_token_that_is_not_the_newest_is_not_dropped_again(service: Service) -> None:
    """Two connections that were refused the same token get the same new one."""
    first = service.cached.token()
    service.cached.forget(first)
    second = service.cached.token()
    service.now += timedelta(hours=10)
    service.cached.forget(first)
    service.now -= timedelta(hours=10)
    assert service.cached.token() == second


def test_a_new_token_that_is_refused_as_well_is_kept_for_a_minute(service: Service) -> None:
    """It is the server or a permission, and the service can do nothing about it."""
    service.cached.forget(service.cached.token())
    again = service.cached.token()
    service.cached.forget(again)
    assert service.cached.token() == again
    service.now += MINUTE
    service.cached.forget(again)
    assert service.cached.token() != again


def test_a_server_that_refuses_every_token_does_not_make_us_ask_on_every_poll(service: Service) -> None:
    """A day of polls, one a minute and two tries each, asks about every quarter of an hour."""
    for _ in range(24 * 60):
        for _ in range(2):
            service.cached.forget(service.cached.token())
        service.now += MINUTE
    assert 90 < service.asked < 105


def test_a_token_that_is_refused_after_a_quiet_day_is_replaced_at_once(service: Service) -> None:
    """An old trouble makes nobody wait."""
    for _ in range(300):
        service.cached.forget(service.cached.token())
        service.now += MINUTE
    service.now += timedelta(days=1)
    token = service.cached.token()
    service.cached.forget(token)
    service.now += MINUTE
    service.cached.forget(service.cached.token())
    assert service.cached.token() == f"token {service.asked}"
    assert service.cached.token() != token


def test_a_clock_that_is_set_back_keeps_nobody_waiting(service: Service) -> None:
    """Pauses that begin in the future are over."""
    service.refuses = True
    with pytest.raises(SignInRefused):
        service.cached.token()
    service.refuses = False
    service.now -= timedelta(days=1)
    token = service.cached.token()
    service.cached.forget(token)
    service.now -= timedelta(days=1)
    service.cached.forget(service.cached.token())
    assert service.cached.token() == "token 4"


def test_threads_that_ask_at_once_share_one_request() -> None:
    """Each mailbox has its thread, and the mail server its own."""
    numbers, begun = count(1), threading.Barrier(8)

    def fetch(now: datetime) -> Token:
        threading.Event().wait(0.02)
        return Token(f"token {next(numbers)}", now + timedelta(hours=1))

    cached, got = CachedTokens(fetch, clock=lambda: BEGIN), []

    def ask() -> None:
        begun.wait()
        got.append(cached.token())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token 1"] * 8


@pytest.mark.parametrize(
    "shown",
    [
        Token("s3cret", BEGIN),
        Microsoft(
            name="box", authority="https://login.example/t", is_known_authority=True, client_id="c",
            scope="s", secret="s3cret", private_key="s3cret",
        ),
        Google(name="box", token_uri="https://t.example", client_id="c", client_secret="s3cret",
               refresh_token="s3cret"),
    ],
)  # fmt: skip
def test_no_secret_is_shown_by_accident(shown: object) -> None:
    """What lands in a log or a traceback is the object's own description."""
    assert "s3cret" not in repr(shown)


@pytest.mark.parametrize(
    ("today", "days"),
    [(date(2026, 10, 1), 30), (date(2026, 10, 31), 0), (date(2026, 11, 1), -1), (date(2025, 10, 31), 365)],
)
def test_the_days_until_a_secret_expires_are_counted_by_the_calendar(today: date, days: int) -> None:
    """On its last day none is left."""
    assert days_until_expiry(date(2026, 10, 31), today=today) == days
