"""Commands about the officers: who works cases, in which role, and when they are away."""

import json
from datetime import datetime
from typing import Any

import click

from bootstrap import App
from commands.common import AS_JSON, DAY, OFFICER, plain, require_record, with_app
from commands.officer_accounts import COMMANDS
from models.codes import Role

_ROLE = click.Choice([each.value for each in Role])


@click.group()
def officers() -> None:
    """Say who works cases, in which role, and when they are away.

    Example: heard officers list
    """


@officers.command("add")
@click.argument("name")
@click.option("--full-name", required=True, help="Their letters are signed with it.")
@click.option("--email", required=True, help="Reminders go there.")
@click.option("--role", type=_ROLE, default=Role.OFFICER.value, show_default=True)
@click.option("--manager", default="", help="The name of the officer who is told of what is overdue.")
@OFFICER
@AS_JSON
@with_app
def add(  # noqa: PLR0917  # click passes them by name
    app: App,
    name: str,
    full_name: str,
    email: str,
    role: str,
    manager: str,
    officer: str,
    *,
    as_json: bool,
) -> None:
    """Put somebody on record who works cases.

    Example: heard officers add pat --full-name "Pat Okoro" --email pat.okoro@harrowmere.example --manager sam
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    done = casework.add_officer(
        app, name, full_name=full_name, email=email, role=Role(role), manager=manager, by=officer
    )
    _say(name, done, as_json=as_json)


@officers.command("role")
@click.argument("name")
@click.argument("role", type=_ROLE)
@OFFICER
@AS_JSON
@with_app
def set_role(app: App, name: str, role: str, officer: str, *, as_json: bool) -> None:
    """Change what an officer may do.

    Example: heard officers role pat team_manager
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(name, casework.set_role(app, name, role=Role(role), by=officer), as_json=as_json)


@officers.command("away")
@click.argument("name")
@click.option("--from", "away_from", type=DAY, help="The first day of the absence [today].")
@click.option("--until", "away_until", type=DAY, help="The last day of it [until `heard officers back`].")
@OFFICER
@AS_JSON
@with_app
def away(  # click passes them by name
    app: App,
    name: str,
    away_from: datetime | None,
    away_until: datetime | None,
    officer: str,
    *,
    as_json: bool,
) -> None:
    """Record an absence; what of theirs falls due in it is named, so that somebody else takes it.

    Example: heard officers away pat --from 2026-03-09 --until 2026-03-20
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    done = casework.set_away(
        app, name, away_from=away_from.date() if away_from else None,
        away_until=away_until.date() if away_until else None, by=officer,
    )  # fmt: skip
    _say(name, done, as_json=as_json)


@officers.command("back")
@click.argument("name")
@OFFICER
@AS_JSON
@with_app
def back(app: App, name: str, officer: str, *, as_json: bool) -> None:
    """End an absence.

    Example: heard officers back pat
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(name, casework.set_back(app, name, by=officer), as_json=as_json)


@officers.command("disable")
@click.argument("name")
@click.option("--hand-over-to", help="Who takes their open cases, all of them.")
@OFFICER
@AS_JSON
@with_app
def disable(app: App, name: str, hand_over_to: str | None, officer: str, *, as_json: bool) -> None:
    """Let somebody work no more cases; they stay on record.

    Example: heard officers disable pat --hand-over-to sam
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(name, casework.disable_officer(app, name, hand_over_to=hand_over_to, by=officer), as_json=as_json)


@officers.command("enable")
@click.argument("name")
@OFFICER
@AS_JSON
@with_app
def enable(app: App, name: str, officer: str, *, as_json: bool) -> None:
    """Let somebody who was disabled work again.

    Example: heard officers enable pat
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(name, casework.enable_officer(app, name, by=officer), as_json=as_json)


@officers.command("list")
@AS_JSON
@with_app
def list_officers(app: App, *, as_json: bool) -> None:
    """List the officers, with the number of open cases that each handles.

    Example: heard officers list
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    rows = casework.list_officers(app)
    for row in rows:
        click.echo(json.dumps(_as_json(row), default=plain) if as_json else _in_words(row))
    if not rows and not as_json:
        click.echo("There are none yet; `heard officers add` makes one.")


for _command in COMMANDS:
    officers.add_command(_command)


def _as_json(row: Any) -> dict[str, Any]:
    officer = row.officer
    return {
        "name": officer.name,
        "full_name": officer.full_name,
        "email": officer.email,
        "role": officer.role.value,
        "manager": officer.manager or None,
        "away_from": officer.away_from,
        "away_until": officer.away_until,
        "is_away": row.is_away,
        "is_disabled": officer.is_disabled,
        "open_cases": row.open_cases,
    }


def _in_words(row: Any) -> str:
    officer = row.officer
    parts = [
        f"{officer.name:<16} {officer.full_name}, {officer.role.value.replace('_', ' ')}",
        f"{row.open_cases} open case{'' if row.open_cases == 1 else 's'}",
    ]
    if officer.manager:
        parts.append(f"manager {officer.manager}")
    if officer.away_from is not None:
        until = officer.away_until or "they are back"
        parts.append(f"{'AWAY' if row.is_away else 'away'} from {officer.away_from} until {until}")
    if officer.is_disabled:
        parts.append("DISABLED")
    return "; ".join(parts)


def _say(name: str, done: str, *, as_json: bool) -> None:
    click.echo(json.dumps({"officer": name, "done": done}) if as_json else f"{done[0].upper()}{done[1:]}.")
