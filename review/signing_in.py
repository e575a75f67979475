"""Signing in: a password is checked, a session begun, looked up and ended; times and rules are arguments."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.accounts import Account, Session

if TYPE_CHECKING:
    from models.unit_of_work import SqlUnitOfWork

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")
_TOUCH_EVERY = timedelta(minutes=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash that is kept of a password (RFC 9106)."""
    return _HASHER.hash(password)


def is_password_of(account: Account | None, password: str) -> bool:
    """Say whether a password is an account's; takes as long where there is no such account."""
    kept = account.password_hash if account is not None and account.password_hash else _NOBODY
    try:
        _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not _NOBODY


def begin_session(
    uow: "SqlUnitOfWork", officer: str, *, longest: timedelta, now: datetime, owes_second_factor: bool = False
) -> str:
    """Begin a session and return its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    uow.sessions.forget_expired(now=now)
    uow.sessions.add(
        Session(
            token_hash=hash_of(token), officer=officer, began_at=now, seen_at=now, expires_at=now + longest,
            owes_second_factor=owes_second_factor,
        )
    )  # fmt: skip
    return token


def is_over(session: Session, *, idle: timedelta, now: datetime) -> bool:
    """Say whether a session has ended, by its length or because nobody used it."""
    return now >= session.expires_at or now - session.seen_at >= idle


def is_to_be_touched(session: Session, *, now: datetime) -> bool:
    """Say whether the last use of a session is old enough to be written down anew."""
    return now - session.seen_at >= _TOUCH_EVERY


def hash_of(token: str) -> str:
    """Return what is kept of a token; it is random, so a plain SHA-256 does."""
    return hashlib.sha256(token.encode()).hexdigest()
