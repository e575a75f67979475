"""Commands that set an installation up and look after it."""

import json
import sys
from pathlib import Path

import click

from bootstrap import App
from commands.common import AS_JSON, FOUND, with_app
from models.errors import InputInvalid
from settings import TEMPLATE


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("heard.toml"))
def init(file: Path) -> None:
    """Write a commented settings file to begin with.

    Example: heard init /etc/heard/heard.toml
    """
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(TEMPLATE)
    except FileExistsError as error:
        raise InputInvalid(f"{file} exists already and is left as it is; name another file") from error
    except OSError as error:
        raise InputInvalid(f"{file} cannot be written: {error}") from error
    click.echo(f"{file} written. Fill it in, then run `heard doctor`.")


@click.command()
@AS_JSON
@with_app
def doctor(app: App, *, as_json: bool) -> None:
    """Check settings, mailboxes, mail server, record, disk, artefact and clock; exit 1 if anything is wrong.

    Example: heard doctor
    """
    from operations.doctor import examine  # noqa: PLC0415  # loads what it examines

    findings = examine(app)
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], indent=1))
    else:
        for finding in findings:
            mark = click.style("ok   ", fg="green") if finding.ok else click.style("WRONG", fg="red")
            click.echo(f"{mark} {finding.what}: {finding.said}")
            if finding.remedy:
                click.echo(f"      do: {finding.remedy}")
    sys.exit(0 if all(finding.ok for finding in findings) else FOUND)


@click.command()
@with_app
def migrate(app: App) -> None:
    """Bring the record to the newest revision.

    Example: heard migrate
    """
    import migrations  # noqa: PLC0415  # loads alembic

    before, after = migrations.upgrade(app.engine)
    click.echo(f"The record was at {before or 'nothing'} and is at {after}.")


@click.command()
@click.option(
    "--once", is_flag=True, help="Leave after the first pass; exit 0 if every message ended as expected."
)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True)
def demo(folder: Path, *, once: bool) -> None:
    """Read forty invented messages from an inbox on disk and show what came of each.

    Example: heard demo --once
    """
    from demo.demonstrate import demonstrate  # noqa: PLC0415  # loads everything

    sys.exit(demonstrate(folder.resolve(), once=once))
