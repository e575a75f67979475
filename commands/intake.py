"""Commands that take messages in: the service, one pass, import, and the comparison with the mailboxes."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bootstrap import App
from commands.common import (
    AS_JSON,
    CANNOT,
    FOUND,
    app_of,
    progress,
    require_record,
    say_fault,
    shown_on,
    with_app,
)
from models.errors import AlreadyRunning


@click.command()
@click.option("--no-queue", is_flag=True, help="Without the officers' pages.")
@click.pass_context
def run(context: click.Context, *, no_queue: bool) -> None:
    """Run unattended: poll, process, deliver and guard until SIGTERM or Ctrl-C.

    Example: heard --settings /etc/heard/heard.toml run
    """
    from scheduler import run_service  # noqa: PLC0415  # loads everything

    run_service(app_of(context, is_service=True), with_pages=not no_queue)


@click.command()
@click.pass_context
def serve(context: click.Context) -> None:
    """Serve the officers' pages alone until SIGTERM or Ctrl-C, beside a service elsewhere.

    Example: heard serve
    """
    from operations.serve_pages import serve_pages  # noqa: PLC0415  # loads Flask

    app = app_of(context, is_service=True)
    require_record(app)
    serve_pages(app)


@click.command()
@AS_JSON
@with_app
def poll(app: App, *, as_json: bool) -> None:
    """Do one pass by hand: fetch, process, deliver, guard.

    Example: heard poll
    """
    from operations.one_pass import one_pass  # noqa: PLC0415  # loads everything

    with app.alone(), progress() as bar:
        app.open_record()
        done = one_pass(app, app.mailboxes(), app.triager(progress=shown_on(bar)))
    _print_pass(done, as_json=as_json)
    sys.exit(CANNOT if done["away"] else 0)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--historic", is_flag=True, help="Old mail: opens no clock and sends nothing.")
@AS_JSON
@with_app
def import_(app: App, paths: tuple[Path, ...], *, historic: bool, as_json: bool) -> None:
    """Take in mail (.eml, .msg, mbox, Maildir), zips, scans and letters, or folders of them.

    Example: heard import --historic archive.mbox
    """
    from intake.folders import import_account, open_path  # noqa: PLC0415  # only where mail is read
    from operations.one_pass import one_pass  # noqa: PLC0415  # loads everything

    found = [path.resolve() for path in paths]
    boxes = [open_path(path, account=import_account(path)) for path in found]
    with app.alone(), progress() as bar:
        app.open_record()
        triager = app.triager(progress=shown_on(bar))
        task = bar.add_task("messages read in", total=None)
        done = one_pass(
            app, boxes, triager, is_historic=historic, delivers=not historic,
            on_kept=lambda count: bar.advance(task, count),
        )  # fmt: skip
    _print_pass(done, as_json=as_json)
    sys.exit(CANNOT if done["away"] else 0)


@click.command()
@click.option("--deep", is_flag=True, help="Read all raw bytes again, not only those that are new.")
@click.option("--grace", type=click.IntRange(0, 1440), help="Minutes that a message may take [15].")
@AS_JSON
@with_app
def reconcile(app: App, *, deep: bool, grace: int | None, as_json: bool) -> None:
    """Compare every mailbox with the ledger and name each gap; exit 1 if there is any; changes neither.

    Example: heard reconcile
    """
    from operations.reconcile import GRACE, run_reconcile  # noqa: PLC0415  # loads SQLAlchemy
    from operations.reconcile_table import tell  # noqa: PLC0415

    require_record(app)
    with progress() as bar:
        task = bar.add_task("messages compared", total=None)
        result = run_reconcile(
            app, is_deep=deep, grace=GRACE if grace is None else timedelta(minutes=grace),
            on_compared=lambda count: bar.advance(task, count),
        )  # fmt: skip
    if result is None:
        raise AlreadyRunning("another worker is comparing just now; wait until it has finished")
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=1))
    else:
        tell(Console(width=None if sys.stdout.isatty() else 160), result)
    sys.exit(FOUND if result.gap_count else 0)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def parse(paths: tuple[Path, ...]) -> None:
    """Print what is read out of messages, one JSON object a line; - reads one from standard input.

    Example: heard parse tests/mail/
    """
    from intake.describe import describe_path  # noqa: PLC0415  # loads the parsers

    unreadable = False
    for path in paths:
        for described in describe_path(path, sys.stdin.buffer):
            unreadable = unreadable or "error" in described
            click.echo(json.dumps(described, ensure_ascii=False))
    sys.exit(FOUND if unreadable else 0)


def _print_pass(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(done))
        return
    for name, why in done["away"].items():
        say_fault(f"{name}: {why}")
    ledger = ", ".join(f"{outcome} {count:,}" for outcome, count in done["ledger"].items() if count)
    click.echo(f"{done['kept']:,} new messages. Ledger: {ledger or 'empty'}. Letters sent: {done['sent']:,}.")
