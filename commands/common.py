"""What the commands share: the App they work with, options, progress, and how they refuse."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from bootstrap import App, configure_log
from models.codes import Category
from models.errors import InputInvalid
from models.reference import read_message_number, read_reference
from settings import read_settings

FOUND, CANNOT = 1, 2
"""Exit codes: something was found; it could not be done."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

FAST = click.option("--fast", is_flag=True, help="Go without the sentence encoder.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
OFFICER = click.option(
    "--officer", default=lambda: os.environ.get("USER", "officer"), help="Who does it [$USER]."
)
SEEN = click.option(
    "--seen",
    type=click.IntRange(1),
    help="The version that you looked at: somebody else's change since then stops this one.",
)
DAY = click.DateTime(["%Y-%m-%d"])
"""A date as people type it: 2026-04-03."""


def with_app(command: _Command) -> _Command:
    """Hand the command an App built from the settings."""

    @wraps(command)
    @click.pass_context
    def run(context: click.Context, *args: Any, **kwargs: Any) -> Any:
        return command(app_of(context), *args, **kwargs)

    return run  # type: ignore[return-value]  # click wraps it


def app_of(context: click.Context, *, is_service: bool = False) -> App:
    """Return the App that the settings describe; faults in them name themselves."""
    said = context.obj
    return App(read_settings(said["file"], data=said["data"]), configure_log(is_service=is_service))


def require_record(app: App) -> None:
    """Refuse to look into a record that is not there, instead of making an empty one."""
    if app.is_sqlite and not (app.data / "heard.db").exists():
        raise InputInvalid(f"there is no record in {app.data} yet; `heard run` or `heard poll` begins one")
    import migrations  # noqa: PLC0415  # loads alembic

    if migrations.current(app.engine) != migrations.newest():
        raise InputInvalid("the record is not at the newest revision; run `heard migrate`")


def message_number(typed: str) -> int:
    """Return the number of a message such as M-17; raises InputInvalid."""
    number = read_message_number(typed)
    if number is None:
        raise InputInvalid(f"{typed!r} is no message; one looks like M-17")
    return number


def case_reference(typed: str) -> str:
    """Return a case reference as it is on record; raises InputInvalid where it cannot be one."""
    reference = read_reference(typed)
    if reference is None:
        raise InputInvalid(
            f"{typed!r} is no case reference; one looks like C-4827-1930-70, check digits and all"
        )
    return reference


def progress() -> Progress:
    """Return a progress bar on standard error, silent where nobody watches."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True,
        disable=not sys.stderr.isatty(),
    )  # fmt: skip


def shown_on(bar: Progress) -> Callable[[str, int, int], None]:
    """Return a progress callback that draws on a bar, begun at its first call."""
    tasks: list[Any] = []

    def show(step: str, done: int, total: int) -> None:
        if not tasks:
            tasks.append(bar.add_task(step, total=total))
        bar.update(tasks[0], description=f"training: {step}", completed=done, total=total)

    return show


def say_fault(text: str) -> None:
    """Say in one line on standard error what went wrong."""
    click.echo(f"heard: {text}", err=True)


def plain(value: Any) -> Any:
    """Turn dates, codes and the like into what JSON holds."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Iterable):
        return list(value)
    return getattr(value, "value", str(value))


def known_category(app: App, code: str) -> str:
    """Return a category, the project's or the council's own; raises InputInvalid where there is none such."""
    known = (*(each.value for each in Category), *app.own_categories)
    if code not in known:
        raise InputInvalid(f"there is no category {code!r}; these are: {', '.join(known)}")
    return code


def all_that_apply(what: str, codes: tuple[str, ...], *, known: Sequence[str]) -> tuple[str, ...] | None:
    """Return the codes named, empty for `none`, None where nothing was said of them."""
    if not codes:
        return None
    if codes == ("none",):
        return ()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InputInvalid(f"there is no {what} {unknown[0]!r}; these are: none (alone), {', '.join(known)}")
    return tuple(dict.fromkeys(codes))
