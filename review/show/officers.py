"""What the pages about people show: values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.accounts import Account, Attempts
from models.codes import Role
from models.people import Officer
from review.access.may import ROLES, May

ROLE_SAYS: dict[Role, str] = {
    Role.OFFICER: "Rules on the team’s cases, or only on those assigned to them where the settings say so",
    Role.SERVICE_MANAGER: "Sees and answers the cases assigned to them, no others",
    Role.TEAM_MANAGER: "Sees and rules on every case, assigns cases, sees the figures, keeps the classifier",
    Role.ADMINISTRATOR: "Looks after people, settings and the classifier; sees no case",
    Role.AUDITOR: "Reads everything and changes nothing",
}
"""What each role is for, in the words of the page."""


@dataclass(frozen=True)
class Person:
    """An officer as the page about people shows them."""

    name: str
    full_name: str
    email: str
    role: Role
    manager: str
    open_cases: int
    ways: tuple[str, ...]
    states: tuple[str, ...]
    is_disabled: bool
    away_from: date | None
    away_until: date | None
    has_second_factor: bool
    has_identity: bool
    has_password: bool
    is_locked: bool
    signed_in_at: datetime | None


def person(
    officer: Officer,
    account: Account | None,
    attempts: Iterable[Attempts],
    *,
    open_cases: int,
    provider: str,
    today: date,
    now: datetime,
) -> Person:
    """Return what is shown of an officer; `provider` is what the identity provider is called."""
    known = account or Account(officer=officer.name)
    is_locked = any(each.is_locked(now) for each in attempts)
    return Person(
        name=officer.name, full_name=officer.full_name, email=officer.email, role=officer.role,
        manager=officer.manager, open_cases=open_cases,
        ways=tuple(_ways(known, provider=provider, now=now)),
        states=tuple(_states(officer, today=today, is_locked=is_locked)),
        is_disabled=officer.is_disabled, away_from=officer.away_from, away_until=officer.away_until,
        has_second_factor=bool(known.totp_secret), has_identity=bool(known.subject),
        has_password=bool(known.password_hash), is_locked=is_locked, signed_in_at=known.signed_in_at,
    )  # fmt: skip


def may_take_cases(people: Iterable[Officer], *, but: str) -> dict[str, str]:
    """Return who can take over cases, their names to their full names."""
    return {
        each.name: each.full_name
        for each in people
        if each.name != but and not each.is_disabled and May.WORK_CASES in ROLES[each.role]
    }


def day_typed(said: Mapping[str, str], field: str) -> date | None:
    """Return a day as somebody typed it, 2026-12-31 or 31/12/2026, None for nothing; raises ValueError."""
    text = said.get(field, "").strip()
    if not text:
        return None
    parts = text.replace("/", " ").replace(".", " ").split()
    if len(parts) == 3 and all(each.isascii() and each.isdigit() for each in parts):  # noqa: PLR2004
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    return date.fromisoformat(text)


def _ways(account: Account, *, provider: str, now: datetime) -> Iterable[str]:
    """Say how somebody signs in, or that they cannot yet."""
    if account.password_hash:
        yield "password and second factor" if account.totp_secret else "password"
    if account.awaits_code(now):
        yield "one-time code given"
    if account.subject:
        yield provider or "identity provider"
    elif not account.password_hash and not account.awaits_code(now):
        yield "cannot sign in yet" if not provider else f"{provider}, not yet used"


def _states(officer: Officer, *, today: date, is_locked: bool) -> Iterable[str]:
    if officer.is_disabled:
        yield "disabled"
    elif officer.is_away(today):
        yield "away"
    if is_locked:
        yield "paused"
