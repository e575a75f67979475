"""Forms as values: what was typed is read, checked, kept, and shown with the fields of GOV.UK."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from review.forms.fields import Field, Kind, Option, Typed, prefilled, read_form
from review.forms.show_form import hidden, shown_faults, shown_fields

OPTIONS = (Option("a", "First", "hint"), Option("b", "Second"))
FIELDS = (
    Field("line", "Line", needed="Enter the line"),
    Field("text", "Text", Kind.TEXT),
    Field("one", "One", Kind.ONE, options=OPTIONS, needed="Choose one"),
    Field("list", "List", Kind.LIST, options=OPTIONS),
    Field("several", "Several", Kind.SEVERAL, options=OPTIONS),
    Field("tick", "Tick", Kind.TICK),
    Field("day", "Day", Kind.DAY, needed="Enter the day"),
)
RIGHT = {
    "line": ["  x   y "], "text": ["a\r\nb\x00\u0007"], "one": ["b"], "list": [""], "several": ["a", "zz"],
    "tick": ["yes"], "day-day": ["3"], "day-month": ["4"], "day-year": ["26"],
}  # fmt: skip


def read(posted: Mapping[str, Sequence[str]]) -> Typed:
    """Read what was posted under names."""
    return read_form(FIELDS, lambda name: posted.get(name, ()))


def test_what_is_right_is_read_as_values() -> None:
    """Lines lose their spaces, texts keep their lines, control characters go, unknown choices too."""
    typed = read(RIGHT)
    assert typed.faults == {}
    assert typed.said == {
        "line": "x y", "text": "a\nb", "one": "b", "list": "", "several": ("a",), "tick": True,
        "day": date(2026, 4, 3),
    }  # fmt: skip


def test_what_is_missing_is_named_by_field_and_links_to_it() -> None:
    """The day by its first part."""
    typed = read({})
    assert typed.faults == {"line": "Enter the line", "one": "Choose one", "day": "Enter the day"}
    assert [fault.href for fault in shown_faults(FIELDS, typed)] == ["#line", "#one", "#day-day"]


NO_DAYS = (("31", "2", "2026"), ("x", "y", "z"), ("1", "", "2026"), ("1", "1", "99999"), ("²", "1", "2026"))


@pytest.mark.parametrize("parts", NO_DAYS)
def test_a_day_that_is_none_is_refused_and_kept(parts: tuple[str, str, str]) -> None:
    """What was typed stands in its three parts."""
    posted = dict(RIGHT, **{f"day-{name}": [part] for name, part in zip(("day", "month", "year"), parts,
                                                                       strict=True)})  # fmt: skip
    typed = read(posted)
    assert "must be a real date" in typed.faults["day"]
    shown = shown_fields(FIELDS, typed)[-1].params
    assert [item["value"] for item in shown["items"]] == list(parts)


@pytest.mark.parametrize(("name", "value"), [("one", "zz"), ("list", "zz"), ("line", "x" * 501)])
def test_what_no_page_offers_is_refused(name: str, value: str) -> None:
    """A choice that is not there, or more than a line holds."""
    assert name in read({**RIGHT, name: [value]}).faults


def test_an_empty_choice_counts_where_it_is_offered() -> None:
    """Leaving something as it is can be what is chosen, and not choosing is another thing."""
    stays = Field("one", "One", Kind.ONE, options=(Option("", "As it is"), *OPTIONS), needed="Choose one")
    assert read_form([stays], lambda _name: [""]).said == {"one": ""}
    assert read_form([stays], lambda _name: []).faults == {"one": "Choose one"}


def test_what_stands_in_a_form_before_anybody_types_is_shown() -> None:
    """A day in its parts, several as ticked."""
    fields = (Field("day", "Day", Kind.DAY, value="2026-04-03"),
              Field("several", "Several", Kind.SEVERAL, options=OPTIONS, value=("b",)))  # fmt: skip
    day, several = shown_fields(fields, prefilled(fields))
    assert [item["value"] for item in day.params["items"]] == ["3", "4", "2026"]
    assert [item["checked"] for item in several.params["items"]] == [False, True]


def test_all_that_was_typed_is_carried_over_a_page_between() -> None:
    """Several values under one name, too."""
    pairs = hidden(FIELDS, read({**RIGHT, "several": ["a", "b"]}))
    assert ("several", "a") in pairs
    assert ("several", "b") in pairs
    assert ("day-year", "26") in pairs


def test_an_error_about_no_field_leads_to_the_form() -> None:
    """The summary never has a link to nowhere."""
    (fault,) = shown_faults(FIELDS, Typed(faults={"": "It cannot be done"}))
    assert (fault.text, fault.href) == ("It cannot be done", "#form")
