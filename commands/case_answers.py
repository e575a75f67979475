"""Commands on the full answer of a stage: given through Heard, or on record as given elsewhere."""

from datetime import datetime

import click

from bootstrap import App
from commands.case import say_done
from commands.common import AS_JSON, DAY, OFFICER, SEEN, case_reference, require_record, with_app


@click.command()
@click.argument("reference")
@click.option("--summary", default="", help="A sentence or two before the points, for the letter.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def answer(app: App, reference: str, summary: str, officer: str, seen: int | None, *, as_json: bool) -> None:
    """Send the full answer of the stage from the points on record, signed by the officer.

    Every point needs its outcome and the reasons for it (LGSCO 6.7, 6.8, 6.18; HO 6.9, 6.19). An answer that
    went another way is recorded: `heard case answered` for stage 1, `heard rule REF --answered` for stage 2.

    Example: heard case answer C-4827-1930-70 --summary "We are sorry: the round was changed." --officer pat
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    about = case_reference(reference)
    done = casework.answer(app, about, casework.By(officer, seen), summary=summary)
    say_done(about, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--on", "day", type=DAY, required=True, help="The day on which stage 1 was answered.")
@click.option("--by", "answered_by", required=True, help="Who answered it: an officer's name, or anybody's.")
@click.option("--reason", default="", help="How that is known, where there is something to say.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def answered(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    day: datetime,
    answered_by: str,
    reason: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Record when and by whom stage 1 was answered outside Heard; somebody else takes stage 2.

    Also for a case that Heard first knew at stage 2 (LGSCO 6.14, HO 6.13).

    Example: heard case answered C-4827-1930-70 --on 2026-02-20 --by pat
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    require_record(app)
    about = case_reference(reference)
    by = casework.By(officer, seen)
    done = casework.answered(app, about, by, on=day.date(), answered_by=answered_by, reason=reason)
    say_done(about, done, as_json=as_json)


COMMANDS = (answer, answered)
"""What belongs to `heard case`."""
