"""What officers sign in with: one-time codes, passwords, second factors; each change is one audit row.

Passwords come here as hashes: they take a while to make, and no record is locked meanwhile.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from casework.common import officer_named
from models.accounts import Account, attempts_key, code_attempts_key, hash_of
from models.case import AuditRow
from models.errors import InputInvalid
from models.ports import UnitOfWork

CODE_HOLDS = timedelta(hours=24)

# Crockford's base 32: what looks alike is one character, so that a code can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011", " -\t\r\n\u2010\u2011\u2013")
_LENGTH, _GROUP = 16, 4


def give_code(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """Return a new one-time code with which an officer sets their password; only its hash is kept.

    Their old password and code hold no longer, and they are signed out everywhere: whoever asks for a new
    one has lost the old one, perhaps to somebody else.
    """
    officer = officer_named(uow, name)
    if officer.is_disabled:
        raise InputInvalid(f"officer {officer.name} is disabled; enable them first")
    account = _account_of(uow, officer.name)
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    account.recovery_hash, account.recovery_expires_at = hash_of(code), now + CODE_HOLDS
    account.password_hash = ""
    uow.sessions.end_all(officer.name)
    _record(uow, officer.name, "code_given", {"holds_until": (now + CODE_HOLDS).isoformat()}, by=by, now=now)
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def is_code_of(account: Account | None, typed: str, *, now: datetime) -> bool:
    """Say whether a code as somebody typed it is the one that was given and still holds."""
    if account is None or not account.awaits_code(now):
        return False
    tidy = typed.upper().translate(_ALIKE)
    return hmac.compare_digest(account.recovery_hash, hash_of(tidy))


def set_password_by_code(uow: UnitOfWork, name: str, *, code: str, password_hash: str, now: datetime) -> bool:
    """Set a password against a one-time code, which is spent; False where it is wrong or holds no longer.

    What failed before is forgotten: the code proves who they are.
    """
    officer, account = uow.officers.find(name), uow.accounts.find(name)
    if officer is None or officer.is_disabled or account is None or not is_code_of(account, code, now=now):
        return False
    account.recovery_hash, account.recovery_expires_at = "", None
    account.password_hash = password_hash
    uow.sessions.end_all(name)
    uow.attempts.forget(attempts_key(name))
    _record(uow, name, "password_set", {"by": "code"}, by=name, now=now)
    return True


def change_password(uow: UnitOfWork, name: str, *, password_hash: str, session: str, now: datetime) -> str:
    """Change an officer's own password; every session of theirs ends but the one in which they did."""
    account = _account_of(uow, name)
    account.password_hash = password_hash
    uow.sessions.end_all(name, but=session)
    uow.attempts.forget(attempts_key(name))
    _record(uow, name, "password_set", {"by": "password"}, by=name, now=now)
    return "your password was changed, and you were signed out in every other browser"


def officer_of_identity(uow: UnitOfWork, *, subject: str, email: str, now: datetime) -> Account | None:
    """Return the account of the officer whom an identity provider vouches for, None where there is none.

    The first time they are found by their email address, which then belongs to this identity alone; no
    officer is made, and one who is disabled, or whose address two officers share, is not found.
    """
    account = uow.accounts.of_subject(subject)
    if account is not None:
        officer = uow.officers.find(account.officer)
        return account if officer is not None and not officer.is_disabled else None
    named = [each for each in uow.officers.all() if email and each.email.casefold() == email]
    if len(named) != 1 or named[0].is_disabled:
        return None
    account = _account_of(uow, named[0].name)
    if account.subject:
        return None
    account.subject = subject
    _record(uow, named[0].name, "identity_bound", {}, by=named[0].name, now=now)
    return account


def forget_second_factor(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """Remove an officer's second factor, such as after a telephone was lost, and end their sessions."""
    officer = officer_named(uow, name)
    account = _account_of(uow, officer.name)
    if not account.totp_secret:
        raise InputInvalid(f"officer {officer.name} has no second factor")
    account.totp_secret, account.totp_step = "", None
    uow.sessions.end_all(officer.name)
    _record(uow, officer.name, "second_factor_removed", {}, by=by, now=now)
    return f"the second factor of {officer.name} was removed"


def forget_identity(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """Let an officer sign in with another identity of the provider, and end their sessions."""
    officer = officer_named(uow, name)
    account = _account_of(uow, officer.name)
    if not account.subject:
        raise InputInvalid(f"officer {officer.name} has not signed in by the provider yet")
    account.subject = None
    uow.sessions.end_all(officer.name)
    _record(uow, officer.name, "identity_forgotten", {}, by=by, now=now)
    return f"the identity of {officer.name} was forgotten; the next one with their email address is theirs"


def unlock(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """End the pause that too many wrong passwords or codes put an officer to."""
    officer = officer_named(uow, name)
    for key in (attempts_key(officer.name), code_attempts_key(officer.name)):
        uow.attempts.forget(key)
    _record(uow, officer.name, "sign_in_unlocked", {}, by=by, now=now)
    return f"officer {officer.name} may try to sign in again"


def _account_of(uow: UnitOfWork, name: str) -> Account:
    """Return the account of an officer, made where there is none yet."""
    found = uow.accounts.find(name)
    if found is None:
        found = Account(officer=name)
        uow.accounts.add(found)
    return found


def _record(
    uow: UnitOfWork, name: str, action: str, detail: dict[str, Any], *, by: str, now: datetime
) -> None:
    uow.audit.add(AuditRow(at=now, actor=by, action=action, detail={"officer": name, **detail}))
