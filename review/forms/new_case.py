"""The form of a complaint that came without mail, and what triage thinks of it; values in, values out."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from casework.by_hand import Note
from models.codes import Channel
from models.deadlines import LONDON
from models.errors import InputInvalid
from review.forms.fields import Field, Kind
from review.forms.table import options

_CHANNELS = {
    Channel.TELEPHONE.value: "By telephone",
    Channel.COUNTER.value: "At the counter",
    Channel.POST.value: "By post",
    Channel.COUNCILLOR.value: "Through a councillor",
}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?: ?(am|pm))?", re.ASCII | re.IGNORECASE)
_NOON = 12


def new_case_fields(now: datetime, *, once: str = "") -> tuple[Field, ...]:
    """Return what is asked for, in the order in which people tell it; `once` tells one form from another."""
    local = now.astimezone(LONDON)
    return (
        Field("channel", "How did it reach us?", Kind.ONE, options=options(_CHANNELS),
              needed="Choose how it reached us"),
        Field("text", "What do they say?", Kind.TEXT, rows=10, needed="Enter what they say",
              hint="In their own words, as far as you can. It is kept word for word, and triaged like mail."),
        Field("subject", "What is it about?", hint="In a few words.", autocomplete="off"),
        Field("name", "Their name", autocomplete="off"),
        Field("email", "Email address", autocomplete="off", hint="Letters go there, if they have one."),
        Field("telephone", "Telephone number", autocomplete="off",
              hint="They are rung if there is nothing else."),
        Field("address", "Postal address", Kind.TEXT, rows=3, autocomplete="off",
              hint="Letters are posted there if there is no email address."),
        Field("represented", "On whose behalf do they speak?", autocomplete="off",
              hint="Leave empty if it is for themselves. You can ask for consent afterwards."),
        Field("adjustment", "What would make it easier for them to deal with us?", Kind.TEXT, rows=2,
              hint="Such as: ring after 5pm, a signer at the counter. It is looked at again in a year."),
        Field("large_print", "Letters in large print", Kind.TICK),
        Field("received", "When did they tell us?", Kind.DAY, value=local.date().isoformat(),
              needed="Enter the day on which they told us", hint="The clock runs from this day."),
        Field("time", "At what time?", value=f"{local:%H:%M}", hint="Such as 14:30.", option="received"),
        Field("once", "", Kind.HIDDEN, value=once),
    )  # fmt: skip


def note_of(said: Mapping[str, Any], *, officer: str, now: datetime) -> Note:
    """Return the note that was typed; raises InputInvalid where its time cannot be."""
    return Note(
        channel=Channel(said["channel"]), text=said["text"], officer=officer, name=said["name"],
        email=said["email"], address=", ".join(said["address"].split("\n")), telephone=said["telephone"],
        subject=said["subject"], represented=said["represented"], adjustment=said["adjustment"],
        wants_large_print=said["large_print"],
        received_at=_instant(said["received"], said["time"], now=now),
    )  # fmt: skip


def _instant(day: date, typed: str, *, now: datetime) -> datetime:
    """Return when it was said, in London's time; within the minute that runs it is now."""
    instant = datetime.combine(day, _time(typed), tzinfo=LONDON)
    is_this_minute = instant == now.astimezone(LONDON).replace(second=0, microsecond=0)
    return now if is_this_minute else instant


def _time(typed: str) -> time:
    found = _TIME.fullmatch(typed.strip()) if typed.strip() else None
    if not typed.strip():
        return time(_NOON)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if found and found[3]:
        hour = hour % _NOON + (_NOON if found[3].lower() == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise InputInvalid(f"{typed!r} is no time; enter one such as 14:30 (--received)") from None
