"""The command that counts the Codes' days."""

import json
from datetime import date, datetime

import click

from bootstrap import App
from commands.common import AS_JSON, with_app
from models.deadlines import LONDON, Clock, received_on, reckon
from models.errors import InputInvalid

_EARLIEST, _LATEST = date(1972, 1, 1), date(2099, 12, 31)


@click.command()
@click.argument("received")
@click.option("--stage", type=click.IntRange(1, 2), default=1, show_default=True)
@click.option("--acknowledged", help="When the acknowledgement was sent; the response counts from then.")
@AS_JSON
@with_app
def clock(app: App, received: str, stage: int, acknowledged: str | None, *, as_json: bool) -> None:
    """Count the dates that follow from a day of receipt, and say which days do not count and why.

    RECEIVED is a date, or an instant such as 2026-04-03T17:30; without an offset it is London's time. Closure
    days come from the settings, where there are any.

    Example: heard clock 2026-04-02
    """
    arrived = _day(received, "RECEIVED")
    answered = _day(acknowledged, "--acknowledged") if acknowledged else None
    if answered is not None and answered < arrived:
        raise InputInvalid(f"--acknowledged {answered} lies before the day of receipt, {arrived}")
    found = reckon(arrived, stage=stage, acknowledged_on=answered, working_days=app.working_days)
    if as_json:
        click.echo(json.dumps(_as_json(found)))
    else:
        _show(found)


def _day(written: str, what: str) -> date:
    """Return the day in England of a date or an instant; raises InputInvalid."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        try:
            instant = datetime.fromisoformat(written)
        except ValueError as error:
            raise InputInvalid(
                f"{what} {written!r} is no date; write 2026-04-03, or 2026-04-03T17:30 with the time"
            ) from error
        day = received_on(instant if instant.tzinfo else instant.replace(tzinfo=LONDON))
    if not _EARLIEST <= day <= _LATEST:
        raise InputInvalid(f"{what} {day} lies outside {_EARLIEST.year} to {_LATEST.year}; check the year")
    return day


def _as_json(found: Clock) -> dict[str, object]:
    return {
        "stage": found.stage,
        "received_on": found.received_on.isoformat(),
        "acknowledged_on": found.acknowledged_on.isoformat() if found.acknowledged_on else None,
        "acknowledge_by": found.acknowledge_by.isoformat(),
        "respond_by": found.respond_by.isoformat(),
        "extendable_to": found.extendable_to.isoformat(),
        "not_counted": [{"date": day.isoformat(), "name": name} for day, name in found.not_counted],
    }


def _show(found: Clock) -> None:
    since = "counted from the acknowledgement" if found.acknowledged_on else "if acknowledged on the last day"
    rows = (
        ("Received on", found.received_on, "day zero"),
        ("Acknowledge by", found.acknowledge_by, "5 working days"),
        ("Acknowledged on", found.acknowledged_on, ""),
        (f"Respond by (stage {found.stage})", found.respond_by, since),
        ("Extendable to", found.extendable_to, "with a reason, told before the response is due"),
    )
    for what, day, note in rows:
        if day is not None:
            click.echo(f"{what + ':':<24}{_long(day):<28}{note}".rstrip())
    named = [(day, name) for day, name in found.not_counted if name not in {"Saturday", "Sunday"}]
    weekends = len(found.not_counted) - len(named)
    click.echo(f"Days that do not count: {weekends} at weekends" + (", and" if named else "."))
    for day, name in named:
        click.echo(f"  {_long(day)}: {name}")


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
