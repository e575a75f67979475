"""How officers get in: what is kept of their sign-in, their sessions, and what was tried in vain."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FREE_FAILURES = 5
"""After so many failures in a row from one network a name has to pause there."""

FREE_FAILURES_ANYWHERE = 100
"""After so many failures in a row from wherever a name has to pause everywhere, for a minute each."""

_LONGEST_PAUSE_MINUTES = 30
_PAUSE_ANYWHERE = timedelta(minutes=1)
_HALF = 32


@dataclass(eq=False, kw_only=True)
class Account:
    """What one officer signs in with; passwords and one-time codes only as hashes.

    `totp_secret` is the key of their authenticator app (RFC 6238), empty where they have none, and
    `totp_step` the time step of the last code that was taken, so that no code is taken twice. `subject` is
    the `iss` and `sub` of their OpenID Connect identity.
    """

    officer: str
    password_hash: str = field(default="", repr=False)
    totp_secret: str = field(default="", repr=False)
    totp_step: int | None = None
    recovery_hash: str = field(default="", repr=False)
    recovery_expires_at: datetime | None = None
    subject: str | None = None
    signed_in_at: datetime | None = None
    uses_keys: bool = True

    def awaits_code(self, now: datetime) -> bool:
        """Say whether a one-time code was given that still holds."""
        expires = self.recovery_expires_at
        return bool(self.recovery_hash) and expires is not None and now < expires


@dataclass(eq=False, kw_only=True)
class Session:
    """One browser in which an officer is signed in; the cookie holds the token, the record only its hash.

    One that owes the second factor opens nothing else. `totp_offer` is the key of an authenticator app that
    is being set up in it.
    """

    token_hash: str
    officer: str
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    owes_second_factor: bool = False
    totp_offer: str = field(default="", repr=False)


@dataclass(eq=False, kw_only=True)
class Attempts:
    """How often signing in under one name failed in a row; kept for any name, so that none can be probed.

    It is counted for each network that tried and for all of them together: whoever knows a name keeps nobody
    out who is elsewhere. The name is kept as a hash: people type their password there.
    """

    name_hash: str
    failures: int
    last_at: datetime
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Say whether the name has to pause."""
        return self.locked_until is not None and now < self.locked_until

    def count(self, now: datetime) -> None:
        """Count an attempt, before anybody knows how it ends; the pause grows up to half an hour."""
        self.failures, self.last_at = self.failures + 1, now
        beyond = self.failures - FREE_FAILURES
        if beyond >= 0:
            minutes = min(2 ** min(beyond, 10), _LONGEST_PAUSE_MINUTES)
            self.locked_until = now + timedelta(minutes=minutes)

    def count_anywhere(self, now: datetime) -> None:
        """Count an attempt from wherever it came; the pause is short, since strangers can bring it about."""
        self.failures, self.last_at = self.failures + 1, now
        if self.failures >= FREE_FAILURES_ANYWHERE:
            self.locked_until = now + _PAUSE_ANYWHERE

    def take_back(self) -> None:
        """Take back an attempt that was right; earlier failures stay until the officer is in."""
        self.failures, self.locked_until = max(self.failures - 1, 0), None


@dataclass(frozen=True)
class SavedFilter:
    """A selection of the queue that an officer gave a name; `query` is the address's query string."""

    id: int
    name: str
    query: str


def hash_of(token: str) -> str:
    """Return what is kept of a token or code; it is random, so a plain SHA-256 does."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def attempts_key(name: str) -> str:
    """Return under what the codes of a second factor are counted; passwords are under keys made from it."""
    return hash_of(f"password {name}")


def code_attempts_key(name: str) -> str:
    """Return under what one-time codes are counted: wrong passwords do not stand in their way."""
    return hash_of(f"one-time code {name}")


def key_at(key: str, network: str) -> str:
    """Return under what is counted that was tried from one network."""
    return key[:_HALF] + hash_of(f"at {network}")[_HALF:]


def key_anywhere(key: str) -> str:
    """Return under what is counted that was tried from all networks together."""
    return key[:_HALF] + hash_of("anywhere")[_HALF:]


def keys_from(key: str) -> tuple[str, str]:
    """Return the first and the last of the keys that can be made from one, and that one is between."""
    return key[:_HALF] + "0" * _HALF, key[:_HALF] + "f" * _HALF
