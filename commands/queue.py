"""Commands with which an officer works: the queue, a ruling, reading quarantined messages again."""

import json
import os
import sys
from pathlib import Path

import click
from rich.console import Console

from bootstrap import App
from commands.common import (
    AS_JSON,
    FOUND,
    SEEN,
    all_that_apply,
    case_reference,
    known_category,
    message_number,
    plain,
    progress,
    require_record,
    shown_on,
    with_app,
)
from models.codes import Exclusion, Flag, Ombudsman, Status
from models.errors import InputInvalid
from models.reference import message_name, read_message_number


@click.command()
@click.argument("reference", required=False)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--raw", "raw_file", type=click.Path(path_type=Path), help="Write message M-17 as received here."
)
@AS_JSON
@with_app
def queue(app: App, reference: str | None, limit: int, raw_file: Path | None, *, as_json: bool) -> None:
    """Show what awaits an officer, soonest deadline first; one case whole; or one message, M-17.

    Example: heard queue C-4827-1930-70
    """
    from models import queries, queue_rows  # noqa: PLC0415  # loads SQLAlchemy
    from models.deadlines import received_on  # noqa: PLC0415
    from review import terminal  # noqa: PLC0415
    from review.show import lines as pages  # noqa: PLC0415

    number = read_message_number(reference or "")
    wanted = case_reference(reference) if reference and number is None else None
    require_record(app)
    console = Console(width=None if sys.stdout.isatty() else 120)
    if number is not None:
        _show_message(app, console, number, raw_file=raw_file, as_json=as_json)
        return
    if wanted:
        view = queries.case_view(app.engine, wanted)
        if view is None:
            raise InputInvalid(f"there is no case {wanted}; `heard queue` lists what waits")
        if as_json:
            click.echo(json.dumps(view.__dict__, default=plain, indent=1))
        else:
            terminal.print_case(console, view)
        return
    today = received_on(app.clock())
    rows = queue_rows.queue(app.engine, limit=limit)
    if as_json:
        for row in rows:
            click.echo(json.dumps(row.__dict__, default=plain))
        return
    lines = [pages.queue_line(row, today=today, working_days=app.working_days) for row in rows]
    terminal.print_queue(console, lines, total=queue_rows.queue_length(app.engine))


@click.command()
@click.argument("reference")
@click.option("--status", type=click.Choice([code.value for code in Status]))
@click.option("--category", help="One of the categories of docs/triage.md, or of heard.toml.")
@click.option("--ombudsman", type=click.Choice([code.value for code in Ombudsman]))
@click.option("--reason", required=True, help="Why, in a sentence; it is kept with the ruling.")
@click.option(
    "--exclusion", "exclusions", multiple=True, help="A ground that may apply; none says that none does."
)
@click.option("--flag", "flags", multiple=True, help="A flag that applies; none says that none does.")
@click.option("--answered", is_flag=True, help="The stage has had its full answer; nothing more awaits.")
@click.option(
    "--correction", is_flag=True, help="It was acknowledged as a complaint, and they never complained."
)
@click.option("--complainant", help='Whose case it is, if uncertain: "Ann Lee <ann@example.org>".')
@click.option("--joins", help="The case that this one belongs to: confirms a possible reply.")
@click.option("--file", "is_filed", is_flag=True, help="Message M-17 needs nothing more.")
@click.option("--officer", default=lambda: os.environ.get("USER", "officer"), help="Who rules [$USER].")
@SEEN
@AS_JSON
@with_app
def rule(  # noqa: PLR0917  # click passes the argument by place
    app: App,
    reference: str,
    status: str | None,
    category: str | None,
    ombudsman: str | None,
    reason: str,
    complainant: str | None,
    joins: str | None,
    officer: str,
    seen: int | None,
    exclusions: tuple[str, ...],
    flags: tuple[str, ...],
    *,
    is_filed: bool,
    answered: bool,
    correction: bool,
    as_json: bool,
) -> None:
    """Record an officer's ruling on a case; what is not given stays as suggested.

    --exclusion and --flag name all that apply (again and again, or none): the classifier learns from them.
    They refuse nobody.

    What was acknowledged as a complaint ends in one of two ways. Triage was wrong and they never complained:
    --status with --correction, and they are told so. You do not accept the complaint: heard case exclude.

    A message that became no case is ruled on by its number: with --status it becomes one, with --file it
    needs nothing more, and `heard retry` has it read again.

    Example: heard rule C-4827-1930-70 --status complaint --reason "Third report, nobody came."
    """
    from operations import rule as rulings  # noqa: PLC0415  # loads the letters

    require_record(app)
    number = read_message_number(reference)
    said = rulings.Said(
        status=Status(status) if status else None,
        category=known_category(app, category) if category else None,
        ombudsman=Ombudsman(ombudsman) if ombudsman else None,
        reason=reason,
        officer=officer,
        exclusions=all_that_apply(
            "exclusion",
            exclusions,
            known=[*Exclusion, *(each.code for each in app.settings.triage.exclusions)],
        ),
        flags=all_that_apply("flag", flags, known=list(Flag)),
        complainant=complainant,
        joins=case_reference(joins) if joins else None,
        is_answered=answered,
        is_correction=correction,
        is_filed=is_filed,
        seen=seen,
    )
    about = case_reference(reference) if number is None else message_name(number)
    done = rulings.rule(app, number if number is not None else about, said)
    if as_json:
        click.echo(json.dumps({"case": about, "done": done}))
    else:
        click.echo(f"{about}: ruling recorded; {done}.")


@click.command()
@click.argument("messages", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Everything in quarantine.")
@click.option("--officer", default=lambda: os.environ.get("USER", "officer"), help="Who asks [$USER].")
@AS_JSON
@with_app
def retry(app: App, messages: tuple[str, ...], officer: str, *, is_all: bool, as_json: bool) -> None:
    """Have quarantined messages read again, such as after an upgrade or with a higher limit.

    A running service takes them up; without one they are read now.

    Example: heard retry M-17 M-23
    """
    from operations.retry import retry as read_again  # noqa: PLC0415  # loads everything

    require_record(app)
    if bool(messages) == is_all:
        raise InputInvalid("name the messages to read again, such as M-17, or give --all")
    with progress() as bar:
        done = read_again(
            app, [message_number(each) for each in messages], officer=officer, progress=shown_on(bar)
        )
    if as_json:
        click.echo(json.dumps(done))
    elif not done["messages"]:
        click.echo("Nothing is in quarantine.")
    else:
        for row in done["messages"]:
            click.echo(f"{row['message']}: {row['outcome']}{', ' + row['reason'] if row['reason'] else ''}")
    sys.exit(FOUND if any(row["outcome"] == "quarantine" for row in done["messages"]) else 0)


def _show_message(app: App, console: Console, number: int, *, raw_file: Path | None, as_json: bool) -> None:
    """Show a message that became no case, or write its bytes to a file."""
    from models import queries  # noqa: PLC0415  # loads SQLAlchemy
    from review import terminal  # noqa: PLC0415

    view = queries.message_view(app.engine, number)
    if view is None:
        raise InputInvalid(f"there is no message {message_name(number)}; `heard queue` lists what waits")
    if raw_file is not None:
        _write_raw(queries.raw_of(app.engine, number), raw_file, number)
    elif as_json:
        click.echo(json.dumps(view.__dict__, default=plain, indent=1))
    else:
        terminal.print_message(console, view)


def _write_raw(raw: bytes | None, file: Path, number: int) -> None:
    if raw is None:
        raise InputInvalid(f"{message_name(number)} was never taken whole: it is still in its mailbox")
    try:
        with file.open("xb") as target:
            target.write(raw)
    except FileExistsError as error:
        raise InputInvalid(f"{file} exists already and is left as it is; name another file") from error
    except OSError as error:
        raise InputInvalid(f"{file} cannot be written: {error}") from error
    click.echo(f"{file}: {len(raw):,} bytes, as received. Open it with care.")
