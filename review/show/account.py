"""What "Your account" shows: values in, a value out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.accounts import Account, Session
from review.access.may import SignedIn
from review.access.signing_in import is_over


@dataclass(frozen=True)
class OpenSession:
    """One browser in which the officer is signed in."""

    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class AccountFacts:
    """An officer's account as they see it themselves."""

    name: str
    full_name: str
    role: str
    has_password: bool
    has_second_factor: bool
    has_identity: bool
    uses_keys: bool
    sessions: tuple[OpenSession, ...]


def account_facts(
    officer: SignedIn,
    account: Account | None,
    sessions: Sequence[Session],
    *,
    this: str,
    idle: timedelta,
    passwords: bool,
    now: datetime,
) -> AccountFacts:
    """Return what an officer sees of their account; `this` is the session that asks."""
    return AccountFacts(
        name=officer.name,
        full_name=officer.full_name,
        role=officer.role.value.replace("_", " "),
        has_password=passwords and account is not None and bool(account.password_hash),
        has_second_factor=account is not None and bool(account.totp_secret),
        has_identity=account is not None and bool(account.subject),
        uses_keys=officer.uses_keys,
        sessions=tuple(
            OpenSession(each.began_at, each.seen_at, each.token_hash == this)
            for each in sorted(sessions, key=lambda each: each.token_hash != this)
            if not each.owes_second_factor and not is_over(each, idle=idle, now=now)
        ),
    )
