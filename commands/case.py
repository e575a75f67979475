"""Commands with which officers work a case: assign, convert, exclude, extend, escalate, close."""

import json
from datetime import date, datetime

import click

from bootstrap import App
from commands.common import AS_JSON, DAY, OFFICER, SEEN, case_reference, require_record, with_app

_REASON = click.option("--reason", required=True, help="Why, in a sentence; it is kept with the case.")


@click.group("case")
def case() -> None:
    """Work a case: assign, convert, exclude, extend, escalate, answer, close it.

    Example: heard case assign C-4827-1930-70 --to pat
    """


@case.command("assign")
@click.argument("reference")
@click.option("--to", required=True, help="The officer's name, as `heard officers list` shows it.")
@click.option("--reason", default="", help="Why, where there is something to say.")
@click.option("--even-if-away", is_flag=True, help="Give it to them though they are away today.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def assign(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    to: str,
    reason: str,
    officer: str,
    seen: int | None,
    *,
    even_if_away: bool,
    as_json: bool,
) -> None:
    """Give a case to one officer, who handles it from now on.

    Nobody who is disabled, away today, or handled stage 1 of a case at stage 2 (LGSCO 6.14, HO 6.13).

    Example: heard case assign C-4827-1930-70 --to pat
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    by = casework.By(officer, seen)
    done = casework.assign(app, about, by, to=to, reason=reason, is_even_if_away=even_if_away)
    say_done(about, done, as_json=as_json)


@case.command("convert")
@click.argument("reference")
@click.option(
    "--to",
    "into",
    required=True,
    type=click.Choice(["complaint", "service-request"]),
    help="What it becomes.",
)
@_REASON
@click.option("--received", type=DAY, help="When the dissatisfaction reached us [the newest message's day].")
@OFFICER
@SEEN
@AS_JSON
@with_app
def convert(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    into: str,
    reason: str,
    received: datetime | None,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Take a service request as a complaint, or a complaint as a service request again.

    The request stays open beside its complaint until `heard case close-request`. The way back is open until
    the stage 1 answer.

    Example: heard case convert C-4827-1930-70 --to complaint --received 2026-03-02
    --reason "She rang: nobody came."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    by = casework.By(officer, seen)
    if into == "complaint":
        done = casework.to_complaint(app, about, by, reason=reason, received=_day(received))
    elif received is not None:
        raise click.UsageError("--received goes with --to complaint: it starts a complaint's clock")
    else:
        done = casework.to_request(app, about, by, reason=reason)
    say_done(about, done, as_json=as_json)


@case.command("close-request")
@click.argument("reference")
@_REASON
@OFFICER
@SEEN
@AS_JSON
@with_app
def close_request(
    app: App, reference: str, reason: str, officer: str, seen: int | None, *, as_json: bool
) -> None:
    """Record that the service request has been dealt with; a complaint about it goes on.

    Example: heard case close-request C-4827-1930-70 --reason "The bin was emptied on Friday."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    done = casework.close_request(app, about, casework.By(officer, seen), reason=reason)
    say_done(about, done, as_json=as_json)


@case.command("exclude")
@click.argument("reference")
@click.option(
    "--ground", required=True, help="A ground of docs/casework.md, or one of your own in heard.toml."
)
@click.option("--evidence", required=True, help="What shows that the ground applies; kept, not sent.")
@click.option("--reasons", required=True, help="Why it applies to this one complaint; stands in the letter.")
@click.option(
    "--discretion", default="", help="For over_12_months: what you considered; stands in the letter."
)
@click.option("--elsewhere", default="", help="Where to take it instead [the ground's usual text].")
@OFFICER
@SEEN
@AS_JSON
@with_app
def exclude(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    ground: str,
    evidence: str,
    reasons: str,
    discretion: str,
    elsewhere: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Do not accept a complaint: on a ground, with evidence, for reasons that fit this one case.

    The complainant is told the ground, the reasons, where to take it, and that the Ombudsman can look at the
    decision (LGSCO 2.1 to 2.5, HO 2.1 to 2.5).

    Example: heard case exclude C-4827-1930-70 --ground appeal_route --evidence "Notice of 2 March, page 2."
    --reasons "Your penalty notice of 2 March can still be appealed to the tribunal until 30 March."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    done = casework.exclude(
        app, about, casework.By(officer, seen), ground=ground, evidence=evidence, reasons=reasons,
        discretion=discretion, elsewhere=elsewhere,
    )  # fmt: skip
    say_done(about, done, as_json=as_json)


@case.command("extend")
@click.argument("reference")
@click.option("--to", type=DAY, help="The new date of the answer.")
@click.option("--days", type=click.IntRange(1, 20), help="Working days beyond the date promised, instead.")
@click.option("--reason", required=True, help="Why more time is needed; stands in the letter.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def extend(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    to: datetime | None,
    days: int | None,
    reason: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Put the answer of a stage off, and tell the complainant why and until when.

    In all by at most 10 working days at stage 1, 20 at stage 2 (LGSCO 6.4, 6.16; HO 6.4, 6.15).

    Example: heard case extend C-4827-1930-70 --days 5 --reason "The surveyor can only come on 12 March."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    by = casework.By(officer, seen)
    done = casework.extend(app, about, by, to=_day(to), days=days, reason=reason)
    say_done(about, done, as_json=as_json)


@case.command("clarify")
@click.argument("reference")
@click.option("--question", "questions", multiple=True, required=True, help="What is asked; may be repeated.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def clarify(
    app: App, reference: str, questions: tuple[str, ...], officer: str, seen: int | None, *, as_json: bool
) -> None:
    """Ask the complainant what is unclear; no date waits for the answer (LGSCO 6.2, HO 5.6).

    Example: heard case clarify C-4827-1930-70 --question "Which of the two flats is damp?"
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    done = casework.clarify(app, about, casework.By(officer, seen), questions=questions)
    say_done(about, done, as_json=as_json)


@case.command("escalate")
@click.argument("reference")
@click.option("--received", type=DAY, help="When stage 2 was asked for [as on record, or today].")
@click.option("--note", default="", help="How it was asked for, such as by telephone.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def escalate(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    received: datetime | None,
    note: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Begin stage 2 once stage 1 has its answer; the complainant need not say why.

    Whoever handled stage 1 gives the case up (LGSCO 6.10 to 6.14, HO 6.10 to 6.13).

    Example: heard case escalate C-4827-1930-70 --received 2026-03-02 --note "He rang."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    by = casework.By(officer, seen)
    say_done(about, casework.escalate(app, about, by, received=_day(received), note=note), as_json=as_json)


@case.command("close")
@click.argument("reference")
@_REASON
@click.option(
    "--withdrawn", is_flag=True, help="The complainant withdrew the complaint; nothing more is owed."
)
@OFFICER
@SEEN
@AS_JSON
@with_app
def close(  # click passes them by name
    app: App,
    reference: str,
    reason: str,
    officer: str,
    seen: int | None,
    *,
    withdrawn: bool,
    as_json: bool,
) -> None:
    """Close a case once nothing is owed; it opens again by itself when its complainant writes.

    Example: heard case close C-4827-1930-70 --reason "Answered, and the bin was replaced."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    done = casework.close(app, about, casework.By(officer, seen), reason=reason, is_withdrawn=withdrawn)
    say_done(about, done, as_json=as_json)


@case.command("reopen")
@click.argument("reference")
@_REASON
@OFFICER
@SEEN
@AS_JSON
@with_app
def reopen(app: App, reference: str, reason: str, officer: str, seen: int | None, *, as_json: bool) -> None:
    """Open a closed case again.

    Example: heard case reopen C-4827-1930-70 --reason "The repair did not hold."
    """
    from operations import casework  # noqa: PLC0415  # loads the letters

    about = _case_on_record(app, reference)
    done = casework.reopen(app, about, casework.By(officer, seen), reason=reason)
    say_done(about, done, as_json=as_json)


def say_done(about: str, done: str, *, as_json: bool) -> None:
    """Say what was done, as a sentence or as JSON."""
    click.echo(json.dumps({"case": about, "done": done}) if as_json else f"{done[0].upper()}{done[1:]}.")


def _case_on_record(app: App, typed: str) -> str:
    """Return the reference of a case as it is on record; there has to be a record."""
    require_record(app)
    return case_reference(typed)


def _day(typed: datetime | None) -> date | None:
    return typed.date() if typed else None
