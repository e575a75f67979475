"""The officers: who they are, what they may do, when they are away, and who takes over from them."""

import re
from datetime import date, datetime
from typing import Any

from casework.assign import assign, falls_due
from casework.common import FIVE_YEARS, is_same_officer, officer_named, require_day
from models.case import AuditRow
from models.codes import Role
from models.deadlines import received_on
from models.errors import InputInvalid
from models.people import Officer
from models.ports import UnitOfWork

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)


def add_officer(
    uow: UnitOfWork,
    name: str,
    *,
    full_name: str,
    email: str,
    role: Role,
    manager: str,
    by: str,
    now: datetime,
) -> str:
    """Put somebody on record who works cases; their name is the one with which they sign in."""
    name = name.strip().casefold()
    if not _NAME.fullmatch(name):
        raise InputInvalid(
            f"{name!r} is no officer's name; use letters, digits, dots and hyphens, such as pat.lee"
        )
    if uow.officers.find(name) is not None:
        raise InputInvalid(f"there is an officer {name} already; `heard officers list` names them")
    _check_details(name, full_name, email)
    chief = _manager(uow, manager, of=name)
    uow.officers.add(
        Officer(
            name=name, full_name=" ".join(full_name.split()), email=email.strip(), role=role, manager=chief
        )
    )
    _record(uow, name, "officer_added", {"role": role.value, "manager": chief}, by=by, now=now)
    return f"officer {name} added as {_words(role)}"


def set_role(uow: UnitOfWork, name: str, *, role: Role, by: str, now: datetime) -> str:
    """Change what an officer may do."""
    officer = officer_named(uow, name)
    before, officer.role = officer.role, role
    _record(
        uow, officer.name, "officer_role_set", {"before": before.value, "after": role.value}, by=by, now=now
    )
    return f"officer {officer.name} is now {_words(role)}"


def set_manager(uow: UnitOfWork, name: str, *, manager: str, by: str, now: datetime) -> str:
    """Name who is told of what an officer has overdue; nobody where it is empty."""
    officer = officer_named(uow, name)
    before, officer.manager = officer.manager, _manager(uow, manager, of=officer.name)
    _record(
        uow, officer.name, "officer_manager_set", {"before": before, "after": officer.manager}, by=by, now=now
    )
    return f"the manager of {officer.name} is now {officer.manager or 'nobody'}"


def set_details(uow: UnitOfWork, name: str, *, full_name: str, email: str, by: str, now: datetime) -> str:
    """Correct the name with which an officer signs letters, and where reminders reach them."""
    officer = officer_named(uow, name)
    _check_details(officer.name, full_name, email)
    changed = [
        field for field, before, after in (
            ("full_name", officer.full_name, " ".join(full_name.split())),
            ("email", officer.email, email.strip()),
        ) if before != after
    ]  # fmt: skip
    officer.full_name, officer.email = " ".join(full_name.split()), email.strip()
    _record(uow, officer.name, "officer_details_set", {"changed": changed}, by=by, now=now)
    return f"name and email address of {officer.name} are as you gave them"


def check_administrators(uow: UnitOfWork, *, but: str) -> None:
    """Raise InputInvalid where nobody would be left to administer without one officer.

    On the machine itself (`heard officers`) nobody is kept from it: there another can be made.
    """
    left = uow.officers.administrators()
    if [each.name for each in left] == [but.strip().casefold()]:
        raise InputInvalid(f"{left[0].name} is the only administrator; make somebody else one first")


def set_away(
    uow: UnitOfWork, name: str, *, away_from: date, away_until: date | None, by: str, now: datetime
) -> str:
    """Record an absence, both days included, and name the open cases that fall due in it."""
    officer = officer_named(uow, name)
    today = received_on(now)
    require_day(away_from, option="--from", first=today - FIVE_YEARS, last=today + FIVE_YEARS)
    if away_until is not None:
        require_day(away_until, option="--until", first=max(today, away_from), last=today + FIVE_YEARS)
    officer.away_from, officer.away_until = away_from, away_until
    due = _due_while_away(uow, officer)
    _record(
        uow, officer.name, "officer_away",
        {"from": away_from.isoformat(), "until": away_until.isoformat() if away_until else None,
         "due": [reference for reference, _ in due]},
        by=by, now=now,
    )  # fmt: skip
    lasts = f"from {away_from} until {away_until or 'they are back'}"
    if not due:
        return f"officer {officer.name} is away {lasts}; nothing of theirs falls due meanwhile"
    named = ", ".join(f"{reference} ({day})" for reference, day in due)
    return (
        f"officer {officer.name} is away {lasts}; falls due meanwhile: {named}; "
        "give them to somebody else with `heard case assign`"
    )


def set_back(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """End an absence."""
    officer = officer_named(uow, name)
    officer.away_from = officer.away_until = None
    _record(uow, officer.name, "officer_back", {}, by=by, now=now)
    return f"officer {officer.name} is back"


def disable_officer(uow: UnitOfWork, name: str, *, hand_over_to: str | None, by: str, now: datetime) -> str:
    """Let an officer work no more cases; what they still have goes to another, one audit row a case.

    Raises InputInvalid where open cases would be left to nobody.
    """
    officer = officer_named(uow, name)
    if officer.is_disabled:
        raise InputInvalid(f"officer {officer.name} is disabled already")
    theirs = uow.cases.assigned_to(officer.name)
    if theirs and not hand_over_to:
        raise InputInvalid(
            f"officer {officer.name} has {len(theirs)} open cases ({', '.join(theirs[:5])}"
            f"{', ...' if len(theirs) > len(theirs[:5]) else ''}); say who takes them (--hand-over-to NAME)"
        )
    officer.is_disabled = True
    uow.sessions.end_all(officer.name)
    moved = [
        assign(
            uow, each, to=hand_over_to or "", reason=f"officer {officer.name} works here no longer",
            officer=by, now=now,
        )
        for each in theirs
    ]  # fmt: skip
    _record(uow, officer.name, "officer_disabled", {"handed_over": theirs}, by=by, now=now)
    return "; ".join([f"officer {officer.name} is disabled", *moved])


def enable_officer(uow: UnitOfWork, name: str, *, by: str, now: datetime) -> str:
    """Let a disabled officer work again."""
    officer = officer_named(uow, name)
    officer.is_disabled = False
    _record(uow, officer.name, "officer_enabled", {}, by=by, now=now)
    return f"officer {officer.name} works again"


def _check_details(name: str, full_name: str, email: str) -> None:
    if not full_name.strip():
        raise InputInvalid(
            f"officer {name} needs a full name: their letters are signed with it (--full-name)"
        )
    if not _EMAIL.fullmatch(email.strip()):
        raise InputInvalid(f"{email!r} is no email address; reminders to {name} go there (--email)")


def _manager(uow: UnitOfWork, name: str, *, of: str) -> str:
    """Return the name of a manager on record, empty where none is named; raises InputInvalid."""
    if not name.strip():
        return ""
    if is_same_officer(name.strip(), of):
        raise InputInvalid(f"officer {of} cannot be their own manager; name somebody else (--manager)")
    return officer_named(uow, name).name


def _due_while_away(uow: UnitOfWork, officer: Officer) -> list[tuple[str, date]]:
    """Return the open cases of an officer that fall due while they are away, with the first such day."""
    found = []
    for reference in uow.cases.assigned_to(officer.name):
        days = [day for day in falls_due(uow.cases.get(reference)) if officer.is_away(day)]
        if days:
            found.append((reference, min(days)))
    return found


def _record(
    uow: UnitOfWork, name: str, action: str, detail: dict[str, Any], *, by: str, now: datetime
) -> None:
    uow.audit.add(AuditRow(at=now, actor=by, action=action, detail={"officer": name, **detail}))


def _words(role: Role) -> str:
    return role.value.replace("_", " ")
