"""Commands about letters: looked at before they go, checked, released, withdrawn, put on record as posted."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from bootstrap import App
from commands.common import (
    AS_JSON,
    CANNOT,
    DAY,
    FOUND,
    OFFICER,
    case_reference,
    plain,
    require_record,
    say_fault,
    with_app,
)
from models.codes import DeliveryMode, LetterKind
from models.errors import InputInvalid

if TYPE_CHECKING:
    from casework.show_letter import ShownLetter
    from letters.check_letters import Checked
    from models.held_rows import HeldLetter
    from operations.letters import LetterRow

_NUMBERS = click.IntRange(1, 2**31 - 1)
_NONE_IS_HELD = {
    True: "No letter is held: whatever is decided now waits here for its release.",
    False: 'No letter is held; under [delivery] mode = "hold" each would wait here for its release.',
}


@click.group()
def letters() -> None:
    """Look at letters, check their wording, and let those out that wait for you.

    Example: heard letters preview stage_1_acknowledgement
    """


@letters.command()
@click.argument("letter", type=click.Choice([kind.value for kind in LetterKind]))
@click.option("--case", "reference", help="The case that it is about; an invented one if left out.")
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "pdf"]), default="text", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write it to this file; PDF gets a name by itself."
)
@with_app
def preview(app: App, letter: str, reference: str | None, form: str, out: Path | None) -> None:
    """Show a letter as it was written for a case, or as it would read; a sample says that it is one.

    Example: heard letters preview extension --case C-4827-1930-70 --format pdf --out extension.pdf
    """
    from letters.pdf import pdf_name  # noqa: PLC0415  # loads the letters
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    wanted = case_reference(reference) if reference else None
    if wanted:
        require_record(app)
    shown = done_with.preview(app, LetterKind(letter), wanted)
    if form == "pdf":
        file = out or Path(pdf_name(shown.reference, shown.kind, shown.day))
        _write(file, done_with.pdf_of(app, shown), shown)
    elif out is not None:
        _write(out, (shown.rendered.html if form == "html" else _as_text(shown)).encode(), shown)
    else:
        click.echo(shown.rendered.html if form == "html" else _as_text(shown), nl=False)


@letters.command()
@AS_JSON
@with_app
def check(app: App, *, as_json: bool) -> None:
    """Check every letter: what it must hold, and the age at which people can read it; exit 1 on a fault.

    Example: heard letters check
    """
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    checked, strays = done_with.check(app)
    if as_json:
        rows = [{**each.__dict__, "is_plain": each.is_plain} for each in checked]
        click.echo(json.dumps({"letters": rows, "files": strays}, default=plain, indent=1))
    else:
        _print_checked(checked)
        for fault in [*(fault for each in checked for fault in each.faults), *strays]:
            click.echo(f"fault: {fault}", err=True)
    is_right = not strays and all(each.is_plain and not each.faults for each in checked)
    sys.exit(0 if is_right else FOUND)


@letters.command("list")
@click.argument("reference", required=False)
@click.option("--held", "is_held", is_flag=True, help="Those that wait for release, of every case.")
@AS_JSON
@with_app
def list_(app: App, reference: str | None, *, is_held: bool, as_json: bool) -> None:
    """List the letters of a case, or every letter that waits for your release, the most urgent first.

    Example: heard letters list --held
    """
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    if reference is None and not is_held:
        raise InputInvalid("name a case, such as C-4827-1930-70, or give --held for what waits for release")
    wanted = case_reference(reference) if reference else None
    require_record(app)
    if wanted is None or is_held:
        held = [each for each in done_with.held(app) if wanted in {None, each.reference}]
        _show_held(app, held, as_json=as_json)
        return
    rows = done_with.list_letters(app, wanted)
    if as_json:
        click.echo(json.dumps([each.__dict__ for each in rows], default=plain, indent=1))
    elif not rows:
        click.echo(f"Case {wanted} has no letter yet.")
    else:
        _print_letters(rows)


@letters.command()
@click.argument("numbers", nargs=-1, type=_NUMBERS)
@click.option("--all", "is_all", is_flag=True, help="Every letter that is held; you are asked first.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@OFFICER
@AS_JSON
@with_app
def release(
    app: App, numbers: tuple[int, ...], officer: str, *, is_all: bool, is_sure: bool, as_json: bool
) -> None:
    """Let held letters go out; `heard letters list --held` names them by number.

    Each goes by itself: one that cannot go keeps no other from going; exit 2 says that there was one.

    Example: heard letters release 17 18
    """
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    if bool(numbers) == is_all:
        raise InputInvalid("name the letters to release by number, such as 17, or give --all")
    require_record(app)
    wanted = [each.number for each in done_with.held(app)] if is_all else list(numbers)
    if is_all and wanted and not is_sure and not _agrees(len(wanted)):
        click.echo("Nothing was released.")
        return
    released = done_with.release(app, wanted, officer=officer)
    if as_json:
        click.echo(json.dumps(released.__dict__))
    elif released.done or not released.failed:
        _say(released.done, as_json=False, or_else="No letter is held.")
    for fault in released.failed:
        say_fault(fault)
    sys.exit(CANNOT if released.failed else 0)


@letters.command()
@click.argument("number", type=_NUMBERS)
@click.option("--reason", required=True, help="Why, in a sentence; it is kept.")
@OFFICER
@AS_JSON
@with_app
def withdraw(app: App, number: int, reason: str, officer: str, *, as_json: bool) -> None:
    """Take back a letter that has not gone; what it would have told the person becomes a task.

    Example: heard letters withdraw 17 --reason "The date in it is wrong."
    """
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say([done_with.withdraw(app, number, reason=reason, officer=officer)], as_json=as_json)


@letters.command()
@click.argument("number", type=_NUMBERS)
@click.option("--on", "day", type=DAY, required=True, help="The day on which it was posted or read out.")
@OFFICER
@AS_JSON
@with_app
def done(app: App, number: int, day: datetime, officer: str, *, as_json: bool) -> None:
    """Record that a letter was posted or read out to the person; a formal acknowledgement then counts.

    Example: heard letters done 17 --on 2026-11-23
    """
    from operations import letters as done_with  # noqa: PLC0415  # loads the letters

    require_record(app)
    _say([done_with.record_done(app, number, on=day.date(), officer=officer)], as_json=as_json)


def _as_text(shown: "ShownLetter") -> str:
    state = f" ({shown.state.value.replace('_', ' ')})" if shown.state else ""
    return f"Subject: {shown.rendered.subject}{state}\n\n{shown.rendered.text}"


def _write(file: Path, content: bytes, shown: "ShownLetter") -> None:
    """Write a letter to a new file; it is somebody's post, and nothing is overwritten."""
    try:
        with file.open("xb") as target:
            target.write(content)
    except FileExistsError as error:
        raise InputInvalid(
            f"{file} exists already and is left as it is; name another file (--out)"
        ) from error
    except OSError as error:
        raise InputInvalid(f"{file} cannot be written: {error.strerror}") from error
    what = "as it was written" if shown.state else "a sample"
    click.echo(f"{file}: {shown.kind.value.replace('_', ' ')}, {what}, {len(content):,} bytes.")


def _print_checked(checked: "list[Checked]") -> None:
    table = Table("letter", "words", "reading age", "what it must hold")
    for each in checked:
        age = f"{each.reading_age:.1f}" + ("" if each.is_plain else " TOO HIGH")
        holds = "all there" if not each.faults else f"{len(each.faults)} faults"
        table.add_row(each.kind.value, str(each.words), age, holds)
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def _print_letters(rows: "list[LetterRow]") -> None:
    from models.deadlines import LONDON  # noqa: PLC0415  # loads the calendar

    def shown(instant: datetime | None) -> str:
        return f"{instant.astimezone(LONDON):%Y-%m-%d %H:%M}" if instant else ""

    table = Table("number", "letter", "state", "written", "sent", "why")
    for each in rows:
        when = (shown(each.written_at), shown(each.sent_at))
        table.add_row(str(each.number), each.kind.value, each.state, *when, each.why)
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _show_held(app: App, held: "list[HeldLetter]", *, as_json: bool) -> None:
    from models.deadlines import received_on  # noqa: PLC0415  # loads the calendar
    from review.show.lines import due_in_words  # noqa: PLC0415  # the same

    today = received_on(app.clock())
    if as_json:
        rows = [{**each.__dict__, "is_overdue": each.due_by < today} for each in held]
        click.echo(json.dumps(rows, default=plain, indent=1))
        return
    if not held:
        click.echo(_NONE_IS_HELD[app.settings.delivery.mode is DeliveryMode.HOLD])
        return
    table = Table("number", "letter", "case", "has to go by", "handled by")
    for each in held:
        due = due_in_words(each.due_by, today=today, working_days=app.working_days)
        table.add_row(str(each.number), each.kind.value, each.reference, due, each.assigned_to or "nobody")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    click.echo("Look: heard letters preview LETTER --case REF. Let go: heard letters release NUMBER...")


def _agrees(count: int) -> bool:
    """Ask whether all letters are to go; where nobody can be asked they do not go unlooked at."""
    try:
        return click.confirm(f"Release {count:,} held letter{'s' if count != 1 else ''}?", err=True)
    except click.Abort as error:
        raise InputInvalid(
            f"--all lets {count:,} held letters go; say --yes where nobody can be asked"
        ) from error


def _say(lines: list[str], *, as_json: bool, or_else: str = "") -> None:
    if as_json:
        click.echo(json.dumps({"done": lines}))
    else:
        click.echo("\n".join(f"{line}." for line in lines) or or_else)
