"""Commands about known issues: a fault that is declared once, and then told to everybody who reports it."""

import json
import os
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from bootstrap import App
from commands.common import AS_JSON, known_category, plain, require_record, with_app

if TYPE_CHECKING:
    from models.people import KnownIssue

_OFFICER = click.option(
    "--officer", default=lambda: os.environ.get("USER", "officer"), help="Who decides [$USER]."
)


@click.group()
def issues() -> None:
    """Declare faults that are known already, so that those who report them are told what is known.

    Example: heard issues list
    """


@issues.command()
@click.option("--title", required=True, help="The fault in a few words, as the letter names it.")
@click.option("--category", required=True, help="One of the categories of docs/triage.md, or of heard.toml.")
@click.option("--words", required=True, help="Words by which messages about it are known, with commas.")
@click.option("--known", required=True, help="What is known and being done, in sentences for the letter.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="When it is expected to be put right; the last day on which it is told.",
)
@_OFFICER
@AS_JSON
@with_app
def add(  # noqa: PLR0917  # click passes them by name
    app: App,
    title: str,
    category: str,
    words: str,
    known: str,
    until: datetime | None,
    officer: str,
    *,
    as_json: bool,
) -> None:
    """Declare a known issue: new messages of its category with one of its words get a letter about it.

    Example: heard issues add --title "No heating in Mill Court" --category housing_repairs
    --words "heating,boiler,mill court" --known "The boiler is replaced on Friday." --until 2026-12-04
    """
    from operations import issues as known_issues  # noqa: PLC0415  # loads the letters

    require_record(app)
    issue = known_issues.declare(
        app, title=title, category=known_category(app, category), words=words.split(","), known=known,
        ends_on=until.date() if until else None, officer=officer,
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps(_as_json(issue), default=plain))
    else:
        click.echo(f"Known issue {issue.id} is declared{_until(issue.ends_on)}: {', '.join(issue.words)}.")


@issues.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@_OFFICER
@AS_JSON
@with_app
def end(app: App, number: int, officer: str, *, as_json: bool) -> None:
    """End a known issue now; nobody is told of it any longer.

    Example: heard issues end 3
    """
    from operations import issues as known_issues  # noqa: PLC0415  # loads the letters

    require_record(app)
    done = known_issues.end(app, number, officer=officer)
    click.echo(json.dumps({"issue": number, "done": done}) if as_json else f"{done[0].upper()}{done[1:]}.")


@issues.command("list")
@click.option("--all", "with_ended", is_flag=True, help="Those that have ended too.")
@AS_JSON
@with_app
def list_(app: App, *, with_ended: bool, as_json: bool) -> None:
    """List the known issues, the newest first.

    Example: heard issues list --all
    """
    from operations import issues as known_issues  # noqa: PLC0415  # loads the letters

    require_record(app)
    found = known_issues.listed(app, with_ended=with_ended)
    for issue in found:
        if as_json:
            click.echo(json.dumps(_as_json(issue), default=plain))
        else:
            click.echo(f"{issue.id:>4}  {issue.title} ({issue.category}{_until(issue.ends_on)}): "
                       f"{', '.join(issue.words)}; declared by {issue.declared_by}")  # fmt: skip
    if not found and not as_json:
        click.echo("No issue is known.")


def _until(day: date | None) -> str:
    return f", until {day}" if day else ""


def _as_json(issue: "KnownIssue") -> dict[str, Any]:
    return {
        "number": issue.id, "title": issue.title, "category": str(issue.category), "words": issue.words,
        "known": issue.known, "until": issue.ends_on, "declared_by": issue.declared_by,
        "declared_at": issue.declared_at,
    }  # fmt: skip
