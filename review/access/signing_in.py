"""Signing in: a session is begun once a password is proved, goes on with the second factor, and ends.

Times and rules are arguments. The token changes with each step: what was seen before opens nothing after.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.accounts import Account, Session, attempts_key, hash_of
from models.case import AuditRow
from review.access.proofs import Proof, failure
from review.access.second_factor import new_secret, step_of

if TYPE_CHECKING:
    from models.unit_of_work import SqlUnitOfWork
    from review.desk import SignInRules, Units

OWES_FOR = timedelta(minutes=10)
"""How long a session may owe its second factor."""

_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Begun:
    """A session that was begun, by its token, and what is still to be done in it."""

    token: str
    owes_second_factor: bool = False


def sign_in(
    units: "Units", name: str, proof: Proof, *, rules: "SignInRules", instead_of: str, now: datetime
) -> Begun | None:
    """Begin the session of an officer whose password was right, in place of the browser's earlier one.

    It owes the second factor where they have one or the settings ask for one. None where account or password
    changed while the password was checked.
    """
    with units() as uow:
        officer, account = uow.officers.find(name), uow.accounts.find(name)
        if officer is None or officer.is_disabled or account is None:
            return None
        if account.password_hash != proof.password_hash:
            return None
        account.password_hash = proof.newer_hash or account.password_hash
        owes = bool(account.totp_secret) or rules.needs_second_factor
        settle(uow, name, proof, is_in=not owes, now=now)
        if not owes:
            _note_sign_in(uow, account, by="password", now=now)
        uow.sessions.end(hash_of(instead_of))
        token = begin_session(
            uow, name, longest=OWES_FOR if owes else rules.longest, now=now, owes_second_factor=owes,
            totp_offer=new_secret() if owes and not account.totp_secret else "",
        )  # fmt: skip
        uow.commit()
    return Begun(token, owes_second_factor=owes)


def settle(uow: "SqlUnitOfWork", name: str, proof: Proof, *, is_in: bool, now: datetime) -> None:
    """Take a right attempt back; once the officer is in, earlier failures are forgotten as well."""
    if is_in:
        uow.attempts.forget(attempts_key(name))
        return
    for key in proof.keys:
        uow.attempts.of(key, now=now).take_back()


def give_code(
    units: "Units", token: str, typed: str, *, rules: "SignInRules", now: datetime
) -> Begun | Proof | None:
    """Take the code of an authenticator app; right, the session goes on under another token.

    A Proof says that it was wrong. None where there is no session that owes one.
    """
    with units() as uow:
        session = uow.sessions.find(hash_of(token))
        if session is None or not session.owes_second_factor or now >= session.expires_at:
            return None
        name = session.officer
        officer, account = uow.officers.find(name), uow.accounts.find(name)
        attempts = uow.attempts.of(attempts_key(name), now=now)
        if officer is None or officer.is_disabled or account is None or not account.totp_secret:
            return None
        if attempts.is_locked(now):
            return Proof(is_right=False, locked_until=attempts.locked_until)
        step = step_of(typed, account.totp_secret, after=account.totp_step, now=now)
        if step is None:
            attempts.count(now)
            uow.audit.add(failure(officer, attempts.failures, attempts.locked_until, at="code", now=now))
            uow.commit()
            return Proof(is_right=False, locked_until=attempts.locked_until)
        account.totp_step = step
        begun = _go_on(uow, session, account, by="password and code", rules=rules, now=now)
        uow.commit()
    return begun


def offer_second_factor(uow: "SqlUnitOfWork", token: str) -> None:
    """Begin to set up a second factor in a session; what was begun before is begun anew."""
    session = uow.sessions.find(hash_of(token))
    if session is not None:
        session.totp_offer = new_secret()


def take_second_factor(
    units: "Units", token: str, typed: str, *, rules: "SignInRules", now: datetime
) -> Begun | Proof | None:
    """Make the app that is being set up the second factor, if its code is right; the token changes.

    Every other session of the officer ends: it was begun without the factor. None where nothing is being set
    up.
    """
    with units() as uow:
        session = uow.sessions.find(hash_of(token))
        if session is None or not session.totp_offer or now >= session.expires_at:
            return None
        officer, account = uow.officers.find(session.officer), uow.accounts.find(session.officer)
        if officer is None or officer.is_disabled or account is None or account.totp_secret:
            return None
        step = step_of(typed, session.totp_offer, after=None, now=now)
        if step is None:
            return Proof(is_right=False)
        account.totp_secret, account.totp_step = session.totp_offer, step
        uow.audit.add(_row(officer.name, "second_factor_set", {}, now))
        uow.sessions.end_all(officer.name, but=session.token_hash)
        begun = _go_on(uow, session, account, by="password and new code", rules=rules, now=now)
        uow.commit()
    return begun


def _go_on(
    uow: "SqlUnitOfWork", session: Session, account: Account, *, by: str, rules: "SignInRules", now: datetime
) -> Begun:
    """Put a session under another token once its second factor was given: the old one may have been seen."""
    uow.attempts.forget(attempts_key(account.officer))
    longest = rules.longest
    if session.owes_second_factor:
        _note_sign_in(uow, account, by=by, now=now)
    else:
        longest = session.expires_at - now
    uow.sessions.end(session.token_hash)
    return Begun(begin_session(uow, account.officer, longest=longest, now=now))


def sign_in_by_provider(
    uow: "SqlUnitOfWork", account: Account, *, rules: "SignInRules", instead_of: str, now: datetime
) -> Begun:
    """Begin the session of an officer for whom the identity provider vouches, second factor and all."""
    _note_sign_in(uow, account, by="provider", now=now)
    uow.sessions.end(hash_of(instead_of))
    return Begun(begin_session(uow, account.officer, longest=rules.longest, now=now))


def begin_session(
    uow: "SqlUnitOfWork",
    officer: str,
    *,
    longest: timedelta,
    now: datetime,
    owes_second_factor: bool = False,
    totp_offer: str = "",
) -> str:
    """Begin a session and return its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    uow.sessions.forget_expired(now=now)
    uow.sessions.add(
        Session(
            token_hash=hash_of(token), officer=officer, began_at=now, seen_at=now, expires_at=now + longest,
            owes_second_factor=owes_second_factor, totp_offer=totp_offer,
        )
    )  # fmt: skip
    return token


def is_over(session: Session, *, idle: timedelta, now: datetime) -> bool:
    """Say whether a session has ended, by its length or because nobody used it."""
    return now >= session.expires_at or now - session.seen_at >= idle


def is_to_be_touched(session: Session, *, now: datetime) -> bool:
    """Say whether the last use of a session is old enough to be written down anew."""
    return now - session.seen_at >= _TOUCH_EVERY


def _note_sign_in(uow: "SqlUnitOfWork", account: Account, *, by: str, now: datetime) -> None:
    account.signed_in_at = now
    uow.audit.add(_row(account.officer, "signed_in", {"by": by}, now))


def _row(actor: str, action: str, detail: dict[str, Any], now: datetime) -> AuditRow:
    return AuditRow(at=now, actor=actor, action=action, detail=detail)
