"""Commands about how officers sign in; they join the group `heard officers`."""

import json
from typing import Any

import click

from bootstrap import App
from commands.common import AS_JSON, OFFICER, require_record, with_app
from models.codes import Role
from models.deadlines import LONDON


@click.command("password")
@click.argument("name")
@OFFICER
@AS_JSON
@with_app
def password(app: App, name: str, officer: str, *, as_json: bool) -> None:
    """Print a one-time code with which an officer sets a password; their old one holds no longer.

    No password is ever typed here. This works before there is any administrator.

    Example: heard officers password pat
    """
    from operations import accounts  # noqa: PLC0415  # loads the letters

    require_record(app)
    given = accounts.give_code(app, name, by=officer)
    if as_json:
        click.echo(json.dumps({"officer": given.officer, "code": given.code, "address": given.address,
                               "holds_until": given.holds_until.isoformat()}))  # fmt: skip
        return
    until = given.holds_until.astimezone(LONDON)
    click.echo(f"Code for {given.officer}: {given.code}")
    where = given.address if "//" in given.address else f"{given.address} of the officers' pages"
    click.echo(f"It holds until {until:%Y-%m-%d %H:%M}, once: at {where} they set a password with it.")


@click.command("forget-second-factor")
@click.argument("name")
@OFFICER
@with_app
def forget_second_factor(app: App, name: str, officer: str) -> None:
    """Remove an officer's second factor, such as after a telephone was lost.

    Example: heard officers forget-second-factor pat
    """
    from operations import accounts  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(accounts.forget_second_factor(app, name, by=officer))


@click.command("forget-identity")
@click.argument("name")
@OFFICER
@with_app
def forget_identity(app: App, name: str, officer: str) -> None:
    """Forget with which identity of the provider an officer signs in; the next with their address is theirs.

    Example: heard officers forget-identity pat
    """
    from operations import accounts  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(accounts.forget_identity(app, name, by=officer))


@click.command("unlock")
@click.argument("name")
@OFFICER
@with_app
def unlock(app: App, name: str, officer: str) -> None:
    """Let an officer try to sign in again at once, after too many wrong passwords.

    Example: heard officers unlock pat
    """
    from operations import accounts  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say(accounts.unlock(app, name, by=officer))


@click.command("roles")
@AS_JSON
def roles(*, as_json: bool) -> None:
    """Print every route of the officers' pages and which role may use it; no record is needed.

    Example: heard officers roles
    """
    from review.access import role_table  # noqa: PLC0415  # loads Flask

    routes = role_table.all_routes()
    if not as_json:
        click.echo(role_table.as_markdown(routes), nl=False)
        return
    for route in routes:
        click.echo(json.dumps(_as_json(route)))


def _as_json(route: Any) -> dict[str, Any]:
    return {
        "address": route.address, "methods": route.methods, "needs": route.needs,
        "may": {"nobody": route.answer(None)} | {role.value: route.answer(role) for role in Role},
    }  # fmt: skip


def _say(done: str) -> None:
    click.echo(f"{done[0].upper()}{done[1:]}.")


COMMANDS = (password, forget_second_factor, forget_identity, unlock, roles)
