"""Tokens to sign in with instead of a password (RFC 6749); the one file that knows msal and google-auth.

A token is kept in memory until shortly before it expires, so that polling asks the service that gives them
about once an hour. A server that refuses good tokens, or a service that refuses us, never makes us ask on
every poll. What a service answers is not repeated, only its codes: an answer may hold a token.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from models.errors import SignInRefused

_TIMEOUT_S = 20
_EARLY = timedelta(minutes=5)
# Services give an hour. A token for less than 50 minutes is renewed after nine tenths of its time.
_EARLY_PART = 10
_UNSAID_LIFETIME_S = 3600
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=15)
_MOST_CAUSES = 20

# Both libraries log answers that they cannot read, and an answer may hold a token.
_TALKATIVE = ("msal", "google.auth", "google.oauth2")

# The codes of RFC 6749, 5.2, and what Microsoft and Google add to them.
_HINTS = {
    "invalid_client": "check client_id, and whether its secret or certificate is right and has not expired",
    "invalid_grant": "the refresh token holds no longer; consent again and put the new one in its place",
    "unauthorized_client": "check client_id and tenant, and that an administrator has consented",
    "invalid_scope": "check scope",
    "invalid_resource": "check scope, and that an administrator has consented",
    "invalid_tenant": "check tenant",
}


@dataclass(frozen=True)
class Token:
    """What a service handed out, and until when it holds."""

    value: str = field(repr=False)
    expires_at: datetime


Fetch = Callable[[datetime], Token]


def days_until_expiry(expires_on: date, *, today: date) -> int:
    """Return how many days a secret still holds; 0 on its last day, less once that is over."""
    return (expires_on - today).days


class CachedTokens:
    """Keeps one account's token and fetches another when it must; several threads may ask.

    A service that refused is left alone for a minute. A token that a server refused is dropped at most once
    a minute, and ever more seldom where the next is refused as well.
    """

    def __init__(self, fetch: Fetch, *, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._renew_at: datetime | None = None
        self._refusal = ""
        self._refused_at: datetime | None = None
        self._forgotten_at: datetime | None = None
        self._pause = _FIRST_PAUSE

    def token(self) -> str:
        """Return a token that holds for now. Raises SignInRefused where none can be had."""
        with self._lock:
            now = self._clock()
            if self._token is None or self._renew_at is None or now >= self._renew_at:
                return self._renewed(now).value
            return self._token.value

    @property
    def expires_at(self) -> datetime | None:
        """Return when the token at hand expires, None where there is none."""
        return self._token.expires_at if self._token else None

    def forget(self, token: str) -> None:
        """Drop a token that a server refused, unless one was dropped a short while ago."""
        with self._lock:
            now = self._clock()
            is_another = self._token is None or self._token.value != token
            if is_another or _is_within(now, self._forgotten_at, self._pause):
                return
            is_again = _is_within(now, self._forgotten_at, 2 * _LONGEST_PAUSE)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE) if is_again else _FIRST_PAUSE
            self._token, self._forgotten_at = None, now

    def _renewed(self, now: datetime) -> Token:
        """Fetch a token; where that fails, one that has not quite expired serves on."""
        try:
            token = self._fetched(now)
        except SignInRefused:
            if self._token is None or now >= self._token.expires_at:
                raise
            return self._token
        self._token = token
        early = min(_EARLY, (token.expires_at - now) / _EARLY_PART)
        self._renew_at = max(token.expires_at - early, now + _FIRST_PAUSE)
        return token

    def _fetched(self, now: datetime) -> Token:
        """Ask the service; one that refused a moment ago is not asked, it would say the same."""
        if _is_within(now, self._refused_at, _FIRST_PAUSE):
            raise SignInRefused(self._refusal)
        try:
            return self._fetch(now)
        except SignInRefused as refused:
            self._refusal, self._refused_at = str(refused), now
            raise


def _is_within(now: datetime, since: datetime | None, pause: timedelta) -> bool:
    """Say whether a pause lasts; one that begins in the future means that the clock was set back."""
    return since is not None and since <= now < since + pause


@dataclass(frozen=True)
class Microsoft:
    """Fetches Microsoft 365 tokens for the app itself, by client credentials (RFC 6749, 4.4).

    Either `secret` or `private_key` with `thumbprint` says that it is us.
    """

    name: str
    authority: str
    is_known_authority: bool
    client_id: str
    scope: str
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    thumbprint: str = ""
    ca_file: str = ""
    timeout_s: float = _TIMEOUT_S

    def __call__(self, now: datetime) -> Token:
        """Fetch a token. Raises SignInRefused."""
        said = self._answer()
        if not isinstance(said, dict) or not _is_token(said.get("access_token")):
            raise _refusal(self.name, self.authority, said)
        try:
            expires_at = now + timedelta(seconds=int(said.get("expires_in", _UNSAID_LIFETIME_S)))
        except (ValueError, TypeError, OverflowError) as error:
            raise _refusal(self.name, self.authority, {}) from error
        return Token(said["access_token"], expires_at)

    def _answer(self) -> Any:
        import msal  # noqa: PLC0415  # only where it is needed: it is slow to load
        from jwt import PyJWTError  # noqa: PLC0415  # msal signs with it

        _hush()
        with _session(self.ca_file, timeout_s=self.timeout_s) as session:
            try:
                app = msal.ConfidentialClientApplication(
                    self.client_id,
                    client_credential=self._credential(),
                    authority=self.authority,
                    # Only Microsoft's own services can be asked whether an authority is one of them.
                    instance_discovery=None if self.is_known_authority else False,
                    http_client=session,
                )
                return app.acquire_token_for_client([self.scope])
            except (OSError, msal.exceptions.MsalError) as error:
                raise _away(self.name, self.authority, error) from error
            except (PyJWTError, ValueError, TypeError, AttributeError, LookupError, RuntimeError) as error:
                # Where the tenant is unknown, an error behind the error names the code.
                told = {"error_description": " ".join(str(each) for each in _causes(error))}
                refusal = _refusal(self.name, self.authority, told)
                if self.private_key and "AADSTS" not in str(refusal):
                    refusal = self._key_refusal()
                raise refusal from error

    def _key_refusal(self) -> SignInRefused:
        return SignInRefused(
            f"no token for {self.name}: the private key cannot be used, or {_host(self.authority)} answers "
            "something unreadable; certificate must name a PEM file with an RSA key without a pass phrase"
        )

    def _credential(self) -> str | dict[str, str]:
        if self.secret:
            return self.secret
        return {"private_key": self.private_key, "thumbprint": self.thumbprint}


@dataclass(frozen=True)
class Google:
    """Fetches Google tokens for a mailbox whose owner has consented, by refresh token (RFC 6749, 6)."""

    name: str
    token_uri: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""
    ca_file: str = ""
    timeout_s: float = _TIMEOUT_S

    def __call__(self, now: datetime) -> Token:
        """Fetch a token. Raises SignInRefused."""
        from google.auth import exceptions  # noqa: PLC0415  # only where it is needed: it is slow to load
        from google.auth.transport.requests import Request  # noqa: PLC0415
        from google.oauth2.credentials import Credentials  # noqa: PLC0415

        _hush()
        with _session(self.ca_file, timeout_s=self.timeout_s) as session:
            made = Credentials(
                token=None,
                refresh_token=self.refresh_token,
                token_uri=self.token_uri,
                client_id=self.client_id,
                client_secret=self.client_secret,
                scopes=[self.scope] if self.scope else None,
            )
            try:
                made.refresh(partial(Request(session), timeout=self.timeout_s))
            except exceptions.RefreshError as error:
                if error.retryable:
                    away = f"no token for {self.name}: {_host(self.token_uri)} is out of order"
                    raise SignInRefused(f"{away}; wait, it is asked again") from error
                raise _refusal(self.name, self.token_uri, _second(error.args)) from error
            except (OSError, exceptions.GoogleAuthError) as error:
                raise _away(self.name, self.token_uri, error) from error
            except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
                raise _refusal(self.name, self.token_uri, {}) from error
        if not _is_token(made.token):
            raise _refusal(self.name, self.token_uri, {})
        # google-auth counts by the machine's clock, in UTC without saying so.
        expires_at = made.expiry.replace(tzinfo=UTC) if made.expiry else None
        return Token(made.token, expires_at or now + timedelta(seconds=_UNSAID_LIFETIME_S))


def _session(ca_file: str, *, timeout_s: float) -> Any:
    """Return what both libraries ask through: bounded in time, and never sent on to another host."""
    import requests  # noqa: PLC0415  # slow to load

    session = requests.Session()
    session.max_redirects = 0
    bounded: Any = partial(session.request, timeout=timeout_s)
    session.request = partial(bounded, verify=ca_file) if ca_file else bounded  # type: ignore[method-assign]
    return session


def _hush() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _refusal(name: str, url: str, said: Any) -> SignInRefused:
    """Say which codes a service answered with, and what to do about them in short."""
    answer = said if isinstance(said, dict) else {}
    code = str(answer.get("error", ""))
    code = code if re.fullmatch(r"[a-z_]{1,40}", code) else ""
    microsoft = re.search(r"AADSTS\d{2,9}", str(answer.get("error_description", ""))[:10_000])
    codes = " ".join(filter(None, [microsoft and microsoft[0], code and f"({code})"]))
    hint = _HINTS.get(code, "check tenant, client_id and the addresses of the service")
    return SignInRefused(f"no token for {name} from {_host(url)}: {codes or 'an unreadable answer'}; {hint}")


def _away(name: str, url: str, error: BaseException) -> SignInRefused:
    """Say why a service cannot be asked, in the words of the last error behind the error."""
    *_, last = _causes(error)
    text = "".join(c if c.isprintable() else " " for c in str(last) or type(last).__name__)[:200]
    hint = "see that this machine reaches it by HTTPS"
    return SignInRefused(f"no token for {name}: {_host(url)} cannot be asked: {text}; {hint}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those behind it, as many as are of use."""

    def behind() -> Iterator[BaseException]:
        at: BaseException | None = error
        while at is not None:
            yield at
            at = at.__cause__ or at.__context__

    return islice(behind(), _MOST_CAUSES)


def _is_token(value: Any) -> bool:
    """Say whether it can stand in a sign-in: visible ASCII characters (RFC 6750, 2.1)."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]{1,100000}", value) is not None


def _second(arguments: tuple[Any, ...]) -> Any:
    return arguments[1] if len(arguments) > 1 else {}


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
