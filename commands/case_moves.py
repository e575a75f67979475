"""Commands by which cases begin by hand, become one, or part."""

import json
import re
from datetime import datetime
from typing import BinaryIO

import click

from bootstrap import App
from commands.case import say_done
from commands.common import (
    AS_JSON,
    OFFICER,
    SEEN,
    case_reference,
    known_category,
    message_number,
    progress,
    require_record,
    shown_on,
    with_app,
)
from models.codes import Channel, Status
from models.deadlines import LONDON
from models.errors import InputInvalid

_MOST_BYTES = 2_000_000
_CHANNELS = [channel.value for channel in Channel if channel is not Channel.EMAIL]
_STATUSES = [status.value for status in Status if status is not Status.ESCALATION]
_NUMBERS = re.compile(r"\d{1,4}(?:\s*,\s*\d{1,4}){0,99}")


@click.command()
@click.option("--channel", required=True, type=click.Choice(_CHANNELS), help="How it reached us.")
@click.option("--text", "file", required=True, type=click.File("rb"), help="A file with the note, or -.")
@click.option("--name", default="", help="Who complains.")
@click.option("--email", default="", help="Their email address, if they have one.")
@click.option("--address", default="", help="Their postal address; letters go there if there is no email.")
@click.option("--telephone", default="", help="Their number; they are rung if there is nothing else.")
@click.option("--subject", default="", help="What it is about, in a few words.")
@click.option("--received", help="When it was said or handed in, such as 2026-04-03T10:30 [now].")
@OFFICER
@AS_JSON
@with_app
def new(  # noqa: PLR0917  # click passes them by name
    app: App,
    channel: str,
    file: BinaryIO,
    name: str,
    email: str,
    address: str,
    telephone: str,
    subject: str,
    received: str | None,
    officer: str,
    *,
    as_json: bool,
) -> None:
    """Take down a complaint that came by telephone, at the counter, on paper or by a councillor.

    The note is kept as a message, triaged and acknowledged like mail; the clock runs from --received.
    Without an offset that is London's time (LGSCO 3.1, HO 3.1).

    Example: heard case new --channel telephone --name "Ann Lee" --telephone "01632 960123" --text note.txt
    """
    from casework.by_hand import Note  # noqa: PLC0415  # loads the letters
    from intake.charsets import clean, decode_text  # noqa: PLC0415  # loads the parsers
    from operations.casework_people import take_by_hand  # noqa: PLC0415

    require_record(app)
    raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise InputInvalid(f"the note is over {_MOST_BYTES:,} bytes; take down what matters (--text)")
    note = Note(
        channel=Channel(channel), text=clean(decode_text(raw)), officer=officer, name=name, email=email,
        address=address, telephone=telephone, subject=subject,
        received_at=_instant(received) if received else app.clock(),
    )  # fmt: skip
    with progress() as bar:
        reference, done = take_by_hand(app, note, progress=shown_on(bar))
    _say_opened(reference, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--into", required=True, help="The case that goes on.")
@click.option("--reason", required=True, help="Why they are one, in a sentence.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def merge(  # noqa: PLR0917  # click passes them by name
    app: App, reference: str, into: str, reason: str, officer: str, seen: int | None, *, as_json: bool
) -> None:
    """Let a case go on in another of the same person; the earlier dates win.

    Messages, letters, points, actions and tasks move. What is answered to either finds the one that goes on.

    Example: heard case merge C-4827-1930-70 --into C-1111-2222-83 --reason "The same missed bin."
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    require_record(app)
    about = case_reference(reference)
    done = people.merge(app, about, By(officer, seen), into=case_reference(into), reason=reason)
    say_done(about, done, as_json=as_json)


@click.command()
@click.argument("reference")
@click.option("--points", default="", help="The points that leave, such as 2,3.")
@click.option("--message", help="The later message that raised it, such as M-17.")
@click.option("--status", type=click.Choice(_STATUSES), default=Status.COMPLAINT.value, show_default=True)
@click.option("--category", help="Its category [that of the case].")
@click.option("--reason", required=True, help="Why it is a matter of its own, in a sentence.")
@OFFICER
@SEEN
@AS_JSON
@with_app
def split(  # noqa: PLR0917  # click passes them by name
    app: App,
    reference: str,
    points: str,
    message: str | None,
    status: str,
    category: str | None,
    reason: str,
    officer: str,
    seen: int | None,
    *,
    as_json: bool,
) -> None:
    """Open a case of its own for points of a case, or for a later message (LGSCO 6.9, HO 6.8).

    It has the same person, or whoever wrote the message, and its own acknowledgement. No clock is reset:
    points are as old as their case, a message as the day on which it came.

    Example: heard case split C-4827-1930-70 --points 2,3 --reason "The rent has nothing to do with the bin."
    """
    from operations import casework_people as people  # noqa: PLC0415  # loads the letters
    from operations.casework import By  # noqa: PLC0415

    require_record(app)
    opened, done = people.split(
        app, case_reference(reference), By(officer, seen), numbers=_numbers(points),
        message=message_number(message) if message else None, status=Status(status),
        category=known_category(app, category) if category else None, reason=reason,
    )  # fmt: skip
    _say_opened(opened, done, as_json=as_json)


COMMANDS = (new, merge, split)
"""What belongs to `heard case`."""


def _say_opened(reference: str, done: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"case": reference, "done": done}))
    else:
        click.echo(f"Case {reference} opened; {done}.")


def _numbers(typed: str) -> tuple[int, ...]:
    """Read "2,3"; raises InputInvalid."""
    if not typed.strip():
        return ()
    if _NUMBERS.fullmatch(typed.strip()) is None:
        raise InputInvalid(f"{typed!r} names no points; write 2,3 (--points)")
    return tuple(int(each) for each in typed.split(","))


def _instant(typed: str) -> datetime:
    """Read an instant, in London's time unless it says another; raises InputInvalid."""
    try:
        instant = datetime.fromisoformat(typed)
    except ValueError as error:
        raise InputInvalid(f"--received {typed!r} is no time; write 2026-04-03T10:30") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=LONDON)
