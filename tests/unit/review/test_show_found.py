"""What a search found, in words, with the terms marked where they stand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.codes import Outcome
from models.search_rows import Found, Hit
from models.search_terms import read_terms
from review.show.found import FoundLine, found_line, passage, total_in_words
from review.show.names import Names

NAMES = Names(categories={"pest_control": "Pest control"})


def marked(text: str, typed: str) -> list[str]:
    """Return what is marked in a text."""
    return [piece.text for piece in passage((text,), read_terms(typed)) if piece.is_marked]


def line(**changes: Any) -> FoundLine:
    """Return the line of a message that was found."""
    usual: dict[str, Any] = {
        "message_id": 17, "received_at": datetime(2026, 3, 3, 10, 0, tzinfo=UTC), "name": "Ann Lee",
        "address": "ann@example.org", "subject": "Rats", "outcome": Outcome.CASE, "texts": ("Rats again.",),
        "reference": "C-4827-1930-70", "status": "complaint", "category": "pest_control",
    }  # fmt: skip
    return found_line(Hit(**(usual | changes)), read_terms("rat"), NAMES)


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        ("Two boilers, one boiler.", "boiler", ["boilers", "boiler"]),
        ("We repaired it; REPAIRING goes on.", "repairs", ["repaired", "REPAIRING"]),
        ("Zoë and zoe", "zoe", ["Zoë", "zoe"]),
        ("no heating, no  HEATING, heating", '"no heating"', ["no heating", "no HEATING"]),
        ("ring ann@example.org now", "ann@example.org", ["ann@example.org"]),
        ("binding of bins", "bin", ["bins"]),
        ("bin_bin", "bin", ["bin", "bin"]),
        ("a bin", "-bin a", ["a"]),
        ("nothing of the kind", "boiler", []),
    ],
)
def test_the_terms_are_marked_with_their_usual_endings(text: str, typed: str, words: list[str]) -> None:
    """As the databases find them, near enough; what is not marked is still found."""
    assert marked(text, typed) == words


def test_the_surroundings_of_the_first_place_are_shown() -> None:
    """Cut at words, and it says where something was cut off."""
    text = "before " * 100 + "the boiler burst " + "behind " * 100
    shown = "".join(piece.text for piece in passage((text,), read_terms("boiler")))
    assert "the boiler burst" in shown
    assert shown.startswith("… before")
    assert shown.endswith("behind …")
    assert len(shown) < 300


def test_a_word_that_stands_in_an_attachment_is_shown_from_there() -> None:
    """With the name of the file before it."""
    pieces = passage(("See attached.", "report.pdf: the lift stood still"), read_terms("lift"))
    assert "".join(piece.text for piece in pieces) == "report.pdf: the lift stood still"


def test_what_was_found_by_a_name_shows_how_the_message_begins() -> None:
    """And no message without words breaks the page."""
    assert [piece.text for piece in passage(("Dear sirs,", "x.txt: "), read_terms("ann"))] == ["Dear sirs,"]
    assert passage((), read_terms("ann")) == ()
    assert passage(("",), read_terms("ann")) == ()


def test_a_word_without_end_is_cut() -> None:
    """300,000 letters without a space fit no page."""
    assert sum(len(piece.text) for piece in passage(("x" * 20_000,), read_terms("ann"))) < 400


@pytest.mark.parametrize("text", ["<script>alert(1)</script> rat", "\u202etar\u202c rat", "\x1b[31m rat"])
def test_what_strangers_wrote_is_text(text: str) -> None:
    """Controls are gone and what turns the direction is named; the template escapes the rest."""
    shown = "".join(piece.text for piece in passage((text,), read_terms("rat")))
    assert not set(shown) & {"\u202e", "\u202c", "\x1b"}
    assert shown.endswith("rat")


def test_a_hit_says_whether_its_case_is_closed() -> None:
    """Everything is searched, so each says how it stands."""
    assert (line().standing, line().is_open, line().about) == ("Open", True, "Complaint, Pest control")
    closed = line(closed_on=date(2026, 3, 6))
    assert (closed.standing, closed.is_open) == ("Closed Fri 6 Mar 2026", False)


def test_mail_without_a_case_is_named_by_its_number() -> None:
    """And says what became of it."""
    said = line(reference="", status="", category="", outcome=Outcome.MACHINE, subject="", name="")
    assert (said.name, said.standing, said.is_open, said.about) == ("M-17", "Machine mail", False, "")
    assert (said.gist, said.who) == ("No subject", "ann@example.org")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found((), 1), "1 message"), (Found((), 2), "2 messages"), (Found((), 100), "100 messages"),
        (Found((), 101, is_all=False), "More than 100 messages"),
        (Found((), 76, is_all=False), "At least 76 messages"),
        (Found((), 76, is_all=False, newer=5), "Messages"),
    ],
)  # fmt: skip
def test_how_much_was_found_is_said_honestly(found: Found, words: str) -> None:
    """Counting ends where nobody reads on."""
    assert total_in_words(found) == words
