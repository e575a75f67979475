"""The command that walks along the audit's chain."""

import json
import sys

import click

from bootstrap import App
from commands.common import AS_JSON, FOUND, require_record, with_app


@click.group()
def audit() -> None:
    """Check the record of what was done.

    Example: heard audit verify
    """


@audit.command("verify")
@click.option("--known", default="", help="A last hash that was noted earlier; the chain must still hold it.")
@AS_JSON
@with_app
def verify_audit(app: App, known: str, *, as_json: bool) -> None:
    """Walk the chain of hashes and say whether any row was changed, removed or slipped in; exit 1 if so.

    Note the last hash somewhere else from time to time: with --known it shows that nobody wrote the whole
    chain anew.

    Example: heard audit verify --known 3f1c...
    """
    from models.audit_chain import verify  # noqa: PLC0415  # loads SQLAlchemy

    require_record(app)
    found = verify(app.engine, known=known.strip().lower())
    if as_json:
        click.echo(
            json.dumps({"rows": found.rows, "head": found.head, "fault": found.fault, "knows": found.knows})
        )
    else:
        click.echo(f"{found.rows:,} rows are chained as they were written; the last hash is {found.head}.")
        if found.fault:
            click.echo(f"WRONG: {found.fault}.")
        if found.knows is False:
            click.echo(f"WRONG: the chain no longer holds {known}.")
    sys.exit(FOUND if found.fault or found.knows is False else 0)
