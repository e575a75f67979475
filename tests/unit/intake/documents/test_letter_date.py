"""The date that a letter bears is found near its top, as a claim."""

from datetime import date

import pytest
from builders import make_parsed

from intake.documents.letter_date import date_on_letter, with_claimed_date

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14 Larkspur Close\nHarrowmere\n\n3 March 2026\n\nDear Sir", date(2026, 3, 3)),
        ("3rd March, 2026", date(2026, 3, 3)),
        ("Tuesday 3 Mar 2026", date(2026, 3, 3)),
        ("the 3rd of March 2026", date(2026, 3, 3)),
        ("03/03/26", date(2026, 3, 3)),
        ("28.02.2026", date(2026, 2, 28)),
        ("l7th February, 2O26", date(2026, 2, 17)),
        ("O3/O3/2026", date(2026, 3, 3)),
        ("12 June 2027\n1 June 2026", date(2026, 6, 1)),
    ],
)
def test_a_date_is_read_as_people_write_it_and_as_scanners_misread_it(text: str, day: date) -> None:
    """Day before month, in words or figures; one in the future is none."""
    assert date_on_letter(text, not_after=TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "45/13/2026",
        "3 Marsh 2026",
        "Flat 3, 88 March",
        "born 3 March 1959",
        "HW4 7QD",
        "x\n" * 50 + "3 March 2026",
    ],
)
def test_what_is_no_date_of_a_letter_is_none(text: str) -> None:
    """Neither a birthday nor what stands far down the page."""
    assert date_on_letter(text, not_after=TODAY) is None


def test_a_letter_claims_the_middle_of_its_day() -> None:
    """At noon it is the same day in London and in UTC."""
    letter = with_claimed_date(make_parsed(text="3 July 2026\nDear Sir"), not_after=TODAY)
    assert letter.claimed_at is not None
    assert letter.claimed_at.isoformat() == "2026-07-03T11:00:00+00:00"
