"""Whether a password or a code is an officer's: what was tried is counted, and what failed recorded.

An attempt is counted before it is looked at, so that a hundred at the same moment are a hundred: for the
network that it came from, and for all of them together. A password is checked while no record is locked,
since that takes its time; and all of it is the same for a name that is nobody's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from casework.accounts import is_code_of
from models.accounts import Account, Attempts, attempts_key, code_attempts_key, key_anywhere, key_at
from models.case import AuditRow
from models.people import Officer
from review.access.passwords import hash_password, is_password, needs_new_hash

if TYPE_CHECKING:
    from review.desk import Units

_NOBODY = "nobody"


@dataclass(frozen=True)
class Proof:
    """What came of a password or code: whether it was right, else until when the name has to pause.

    `password_hash` is the hash that it was held against, `newer_hash` one to keep from now on, empty where
    the old one will do. `keys` are those under which the attempt was counted.
    """

    is_right: bool
    locked_until: datetime | None = None
    password_hash: str = field(default="", repr=False)
    newer_hash: str = field(default="", repr=False)
    keys: tuple[str, ...] = ()


def prove_password(units: "Units", name: str, password: str, *, network: str, now: datetime) -> Proof:
    """Check the password of an officer; what was right counts as an attempt until `settle` is called."""
    tried = _try(units, name, key=attempts_key(name), network=network, now=now)
    if tried.is_refused:
        return Proof(is_right=False, locked_until=tried.locked_until)
    kept = tried.account.password_hash if tried.account else ""
    if is_password(password, kept) and tried.officer is not None:
        newer = hash_password(password) if needs_new_hash(kept) else ""
        return Proof(is_right=True, password_hash=kept, newer_hash=newer, keys=tried.keys)
    return _failed(units, tried, at="password", now=now)


def prove_one_time_code(units: "Units", name: str, code: str, *, network: str, now: datetime) -> Proof:
    """Check a one-time code, which stays good; it is counted apart from passwords."""
    key = code_attempts_key(name)
    tried = _try(units, name, key=key, network=network, now=now)
    if tried.is_refused:
        return Proof(is_right=False, locked_until=tried.locked_until)
    if is_code_of(tried.account, code, now=now) and tried.officer is not None:
        with units() as uow:
            uow.attempts.forget(key)
            uow.commit()
        return Proof(is_right=True)
    return _failed(units, tried, at="one-time code", now=now)


@dataclass(frozen=True)
class _Tried:
    """An attempt that was counted, or refused since the name has to pause, and whose it would be."""

    keys: tuple[str, ...]
    failures: int
    locked_until: datetime | None
    is_refused: bool = False
    officer: Officer | None = None
    account: Account | None = None


def _try(units: "Units", name: str, *, key: str, network: str, now: datetime) -> _Tried:
    keys = key_anywhere(key), key_at(key, network)
    with units() as uow:
        anywhere, here = (uow.attempts.of(each, now=now) for each in keys)
        if anywhere.is_locked(now) or here.is_locked(now):
            return _Tried(keys, anywhere.failures, _later(anywhere, here), is_refused=True)
        anywhere.count_anywhere(now)
        here.count(now)
        officer, account = uow.officers.find(name), uow.accounts.look_up(name)
        uow.commit()
    if officer is not None and officer.is_disabled:
        officer = None
    return _Tried(keys, anywhere.failures, _later(anywhere, here), officer=officer, account=account)


def _later(*attempts: Attempts) -> datetime | None:
    """Return until when a name has to pause that is counted in several ways, None where it has not."""
    return max((each.locked_until for each in attempts if each.locked_until is not None), default=None)


def _failed(units: "Units", tried: _Tried, *, at: str, now: datetime) -> Proof:
    """Record what failed; the record is written to whether the name is an officer's or not."""
    with units() as uow:
        for key in tried.keys:
            uow.attempts.touch(key, now=now)
        if tried.officer is not None:
            uow.audit.add(failure(tried.officer, tried.failures, tried.locked_until, at=at, now=now))
        uow.commit()
    return Proof(is_right=False, locked_until=tried.locked_until)


def failure(
    officer: Officer, failures: int, locked_until: datetime | None, *, at: str, now: datetime
) -> AuditRow:
    """Return the audit's row of what failed under an officer's name, by nobody knows whom."""
    detail: dict[str, Any] = {"officer": officer.name, "at": at, "failures": failures}
    if locked_until is None:
        return AuditRow(at=now, actor=_NOBODY, action="sign_in_failed", detail=detail)
    detail["locked_until"] = locked_until.isoformat()
    return AuditRow(at=now, actor=_NOBODY, action="sign_in_locked", detail=detail)
