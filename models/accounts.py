"""How officers get in: what is kept of their sign-in, their sessions, and what was tried in vain."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FREE_FAILURES = 5
"""After so many failures in a row a name has to pause."""

_LONGEST_PAUSE_MINUTES = 30


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

    The name is kept as a hash: people type their password there.
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
    """Return under what the passwords and codes are counted that were tried for a name."""
    return hash_of(f"password {name}")


def code_attempts_key(name: str) -> str:
    """Return under what one-time codes are counted: wrong passwords do not stand in their way."""
    return hash_of(f"one-time code {name}")
