"""How long ago: dates and spans of time in words, against the day of receipt."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.ages import ages_in, oldest, only_old

RECEIVED = date(2026, 3, 3)


def months(text: str) -> list[int]:
    """Return the ages that a text names."""
    return [age.months for age in ages_in(text, RECEIVED)]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("two years ago", 24), ("18 months ago", 18), ("a couple of months back", 2), ("a year ago", 12),
        ("an year ago", 12), ("a few years ago", 36), ("two and a half years ago", 30), ("3 yrs ago", 36),
        ("eleven months since", 11), ("3 May 2024", 22), ("3rd of May 2024", 22), ("May 2024", 22),
        ("Sept, 2025", 6), ("03/05/2024", 22), ("3.5.24", 22), ("1/3/26", 0), ("in 2024", 15),
        ("since 2019", 75), ("back in 2020", 63), ("Christmas 2023", 27),
    ],
)  # fmt: skip
def test_a_time_is_counted_in_months_before_receipt(text: str, age: int) -> None:
    """Dates and words for spans of time become whole months (LGSCO 2.2, HO 2.3)."""
    assert months(f"It began {text} and nobody came.") == [age]


@pytest.mark.parametrize("text", ["3 May 2027", "31/13/2024", "0300 061 0614", "flat 2024", "years ago"])
def test_what_names_no_past_time_has_no_age(text: str) -> None:
    """The future, wrong dates and other numbers are passed over."""
    assert months(text) == []


def test_a_bare_year_speaks_for_the_complainant() -> None:
    """A year without a month is taken to its end (LGSCO 2.2)."""
    assert months("in 2025") == [3]


@pytest.mark.parametrize(
    ("text", "is_old"),
    [
        ("13 months ago", True),
        ("12 months ago", False),
        ("February 2025", True),
        ("March 2025", False),
        ("two years ago and again in January 2026", False),
        ("no time at all", False),
    ],
)
def test_only_what_ended_over_twelve_months_ago_is_old(text: str, *, is_old: bool) -> None:
    """One recent date makes the matter recent (LGSCO 2.2, HO 2.3)."""
    assert only_old(ages_in(text, RECEIVED)) is is_old


def test_the_passage_is_quoted_with_its_place() -> None:
    """A suggestion can show where the text says so."""
    text = "Since 3 May 2024 I have waited, and my mother since June 2020."
    first, second = ages_in(text, RECEIVED)
    assert text[first.span.start : first.span.end] == first.span.text == "3 May 2024"
    assert oldest([first, second]) == second
    assert oldest([]) is None


@pytest.mark.parametrize(
    ("text", "age"),
    [("seventeen months ago", 17), ("nineteen years ago", 228), ("a year and a half ago", 18)],
)
def test_times_in_other_words_are_counted_too(text: str, age: int) -> None:
    """Seventeen is a number like sixteen and eighteen."""
    assert months(text) == [age]


@pytest.mark.parametrize("text", ["maybe 2024", "the mayor, 2019", "decorated 2021", "marching 2020"])
def test_a_word_that_begins_like_a_month_is_none(text: str) -> None:
    """A mayor is not May."""
    assert months(text) == []


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from("0123456789/. ago yearsmonthinMay"), max_size=60), day=st.dates())
def test_any_text_has_ages_or_none(text: str, day: date) -> None:
    """No text breaks the reckoning; ages are not negative, and each span is in the text."""
    for age in ages_in(text, day):
        assert age.months >= 0
        assert text[age.span.start : age.span.end] == age.span.text
