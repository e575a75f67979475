"""Commands on what a case is about and for whom: points, promises, arrangements, consent."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console

from bootstrap import App
from commands.case import say_done
from commands.common import (
    AS_JSON,
    DAY,
    OFFICER,
    SEEN,
    case_reference,
    known_category,
    plain,
    require_record,
    with_app,
)
from models.codes import ArrangementKind, ContactWay, PointOutcome

_NUMBER = click.IntRange(1)
_KINDS = [kind.value for kind in ArrangementKind if "consent" not in kind.value]


@click.command()
@click.argument("reference")
@click.option("--add", "text", help="A new point, in a sentence or two.")
@click.option("--raised", type=DAY, help="When it was raised [the newest message's day].")
@click.option("--category", help="Its category, where it differs from the case's.")
@click.option("--number", type=_NUMBER, help="The point that is decided.")
@click.option("--outcome", type=click.Choice([code.value for code in PointOutcome]))
@click.option("--finding", default="", help="What was found and why; stands in the answer.")
@click.option("--remedy", default="", help="What puts it right; stands in the answer.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def point(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    text: str | None,
    raised: datetime | None,
    category: str | None,
    number: int | None,
    outcome: str | None,
    finding: str,
    remedy: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """List the points of a case, add one (--add), or record what was found on one (--number, --outcome).

    A point joins the case while that is unanswered; afterwards it is a case of its own (LGSCO 6.6, 6.9;
    HO 6.6, 6.8).

    Example: heard case point C-4827-1930-70 --number 1 --outcome upheld --finding "It was missed twice."
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    about, by = _case_on_record(app, reference), By(officer, seen)
    _one_at_most({"--add": text is not None, "--number": number is not None})
    if text is not None:
        done = people.add_point(
            app, about, by, text, category=known_category(app, category) if category else "",
            raised=raised.date() if raised else None,
        )  # fmt: skip
    elif number is not None:
        if outcome is None:
            raise click.UsageError("--number needs --outcome and --finding")
        done = people.decide_point(
            app, about, by, number, outcome=PointOutcome(outcome), finding=finding, remedy=remedy
        )
    else:
        _list(people.points_of(app, about), ("number", "raised_on", "text", "outcome"), as_json=as_json)
        return
    say_done(about, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--add", "what", help="What was promised.")
@click.option("--owner", default="", help="Who sees to it.")
@click.option("--due", type=DAY, help="By when.")
@click.option("--point", "on_point", type=_NUMBER, help="The point of the complaint that it puts right.")
@click.option("--number", type=_NUMBER, help="The action that is done.")
@click.option("--done", "done_on", type=DAY, help="When it was done.")
@click.option("--note", default="", help="What was done, or how that is known.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def action(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    what: str | None,
    owner: str,
    due: datetime | None,
    on_point: int | None,
    number: int | None,
    done_on: datetime | None,
    note: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """List what was promised on a case, add a promise (--add), or record that one is kept (--number, --done).

    It stays outstanding until it is done, also once the case is closed (LGSCO 7.3, HO 7.3).

    Example: heard case action C-4827-1930-70 --add "Replace the lid." --owner "Waste depot" --due 2026-04-03
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    about, by = _case_on_record(app, reference), By(officer, seen)
    _one_at_most({"--add": what is not None, "--number": number is not None})
    if what is not None:
        if due is None:
            raise click.UsageError("--add needs --owner and --due: who sees to it, and by when")
        done = people.add_action(app, about, by, what, owner=owner, due=due.date(), point=on_point)
    elif number is not None:
        if done_on is None:
            raise click.UsageError("--number needs --done and --note: when it was done, and what")
        done = people.finish_action(app, about, by, number, done=done_on.date(), note=note)
    else:
        columns = ("number", "due_by", "owner", "what", "done_on")
        _list(people.actions_of(app, about), columns, as_json=as_json)
        return
    say_done(about, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--note", default="", help="A sentence or two of your own, for the letter.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def progress(app: App, reference: str, note: str, officer: str, seen: int | None, *, as_json: bool) -> None:
    """Write to the complainant how far the promised actions have come (LGSCO 6.6, HO 6.6).

    Example: heard case progress C-4827-1930-70 --note "The new lid is ordered."
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    about = _case_on_record(app, reference)
    say_done(about, people.write_progress(app, about, By(officer, seen), note=note), as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--kind", type=click.Choice(_KINDS))
@click.option("--what", default="", help="What is agreed or known.")
@click.option("--way", type=click.Choice([way.value for way in ContactWay]), help="How letters reach them.")
@click.option("--value", default="", help="The postal address, telephone number or email address it needs.")
@click.option("--reason", default="", help="Why; a restriction needs it.")
@click.option("--review", type=DAY, help="When it is looked at again.")
@click.option("--keep", type=_NUMBER, help="The arrangement that was reviewed and goes on.")
@click.option("--end", type=_NUMBER, help="The arrangement that ends.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def arrange(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    kind: str | None,
    what: str,
    way: str | None,
    value: str,
    reason: str,
    review: datetime | None,
    keep: int | None,
    end: int | None,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """List what is agreed with the complainant, agree on more (--kind), review it (--keep) or end it (--end).

    Every later letter to them respects it. Adjustments, disabilities and restrictions need a date of review,
    restrictions a reason (LGSCO 5.6, 5.10, 5.11; HO 5.10, 5.14, 5.15).

    Example: heard case arrange C-4827-1930-70 --kind adjustment --what "Large print." --way large_print
    --review 2027-04-01
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    about, by = _case_on_record(app, reference), By(officer, seen)
    _one_at_most({"--kind": kind is not None, "--keep": keep is not None, "--end": end is not None})
    day = review.date() if review else None
    if kind is not None:
        done = people.arrange(
            app, about, by, kind=ArrangementKind(kind), what=what, way=ContactWay(way) if way else None,
            value=value, reason=reason, review=day,
        )  # fmt: skip
    elif keep is not None:
        if day is None:
            raise click.UsageError("--keep needs --review and --reason: until when, and why")
        done = people.keep_arrangement(app, about, by, keep, review=day, reason=reason)
    elif end is not None:
        done = people.end_arrangement(app, about, by, end, reason=reason)
    else:
        columns = ("id", "kind", "what", "way", "value", "review_on")
        _list(people.arrangements_of(app, about), columns, as_json=as_json)
        return
    say_done(about, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--given", is_flag=True, help="They agree that it is told to whoever writes for them.")
@click.option("--refused", is_flag=True, help="They do not.")
@click.option("--ask", is_flag=True, help="Write to whoever writes for them and ask for their authority.")
@click.option("--by", "said_by", default="", help="Who said so: the person concerned.")
@click.option("--evidence", default="", help="How that is known.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def consent(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    said_by: str,
    evidence: str,
    officer: str,
    seen: int | None,
    *,
    given: bool,
    refused: bool,
    ask: bool,
    as_json: bool,
) -> None:
    """Record whether somebody agrees that another complains for them, or ask for it.

    Every clock runs on meanwhile. Where it is refused, no answer goes to whoever writes for them
    (LGSCO 1.5, 3.6).

    Example: heard case consent C-4827-1930-70 --given --by "Mary Lee" --evidence "Her form of 2 March."
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    about, by = _case_on_record(app, reference), By(officer, seen)
    if given + refused + ask != 1:
        raise click.UsageError("say one of --given, --refused and --ask")
    if ask:
        done = people.ask_consent(app, about, by, represented=said_by)
    else:
        kind = ArrangementKind.CONSENT if given else ArrangementKind.NO_CONSENT
        done = people.record_consent(app, about, by, kind=kind, said_by=said_by, evidence=evidence)
    say_done(about, done, as_json=as_json)


COMMANDS = (point, action, progress, arrange, consent)
"""What belongs to `heard case`."""


def _case_on_record(app: App, typed: str) -> str:
    """Return the reference of a case as it is on record; there has to be a record."""
    require_record(app)
    return case_reference(typed)


def _one_at_most(said: dict[str, bool]) -> None:
    """Raise UsageError where two things were asked for at once."""
    if sum(said.values()) > 1:
        raise click.UsageError(f"{' and '.join(name for name, is_said in said.items() if is_said)} exclude "
                               "each other")  # fmt: skip


def _list(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows of the record: some columns for people, all for programs."""
    from review.terminal import safe  # noqa: PLC0415  # loads rich

    if as_json:
        click.echo(json.dumps(rows, default=plain))
        return
    console = Console(soft_wrap=True, highlight=False)
    for row in rows:
        said = ("-" if row[column] in {None, ""} else str(row[column]) for column in columns)
        console.print("  ".join(map(safe, said)))
    if not rows:
        click.echo("None on record.")
