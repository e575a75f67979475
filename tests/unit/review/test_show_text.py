"""Text of strangers: cleaned of what misleads, cut where it is marked, found however it is wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.show.text import Mark, find_passage, in_pieces, one_line, said, tidy, unwrapped


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("nul \x00 bell \x07 escape \x1b[31m", "nul  bell  escape [31m"),
        ("turned \u202ednuor\u202c", "turned [RLO]dnuor[PDF]"),
        ("a tag \U000e0041 unseen", "a tag  unseen"),
        ("café e\u0301 שלום नमस्ते", "café e\u0301 שלום नमस्ते"),
    ],
)
def test_a_text_shows_what_turns_it_and_nothing_that_steers(written: str, shown: str) -> None:
    """Controls go, and what turns the direction of text is named; languages stay as they are."""
    assert said(written) == shown


def test_heaped_accents_are_cut_to_what_a_language_has() -> None:
    """They would climb over the lines around them."""
    assert said("e" + "\u0301" * 500) == "e" + "\u0301" * 4


def test_a_name_stands_in_one_line_and_is_not_too_long() -> None:
    """Nothing unseen remains in it, since it stands within a sentence of ours."""
    assert one_line(" Ann\u202e \n Lee\u200b ") == "Ann Lee"
    assert one_line("w" * 300, longest=10) == "wwwwwwwwww …"
    assert one_line("the bin was missed", longest=9) == "the bin …"


WRAPPED = """\
Dear Sir,

I reported the bin in February and again in April. An inspector came and
wiped it, took photos and went. He left two things:
- a card with the number of a job that nobody at the depot knew about at all
- nothing else

To: Ann Lee of the Housing Office <ann.lee.of.housing@harrowmere.example>
Subject: A man came
Yours,
Ann Lee
"""


def test_paragraphs_are_put_together_that_a_mail_program_broke() -> None:
    """Greeting, list and name keep their lines, and every character its place: marks lie where they lay."""
    shown = unwrapped(WRAPPED)
    assert shown == WRAPPED.replace("came and\nwiped", "came and wiped")
    assert len(shown) == len(WRAPPED)


@pytest.mark.parametrize("text", ["", "one", "a\nb", "short\nlines\nof a poem", f"{'w' * 200}\nrest", "\n\n"])
def test_what_was_not_broken_stays_as_it_was_written(text: str) -> None:
    """Short lines were meant so, and a paragraph in one long line has no breaks to take away."""
    assert unwrapped(text) == text


@given(st.text(alphabet="ab \n->", max_size=300))
def test_unwrapping_changes_nothing_but_breaks_into_spaces(text: str) -> None:
    """Whatever the text is."""
    shown = unwrapped(text)
    assert [one if one != "\n" else other for one, other in zip(text, shown, strict=True)] == list(shown)


def test_empty_lines_are_few() -> None:
    """However many the text has."""
    assert tidy("\n\n\none\n\n\n \n\ntwo\n\n\n") == "one\n\ntwo"


def test_overlapping_passages_break_nothing() -> None:
    """Each begins and ends where it does, and every character comes once."""
    pieces = in_pieces("the bin was missed", [Mark(4, 11, 1), Mark(8, 18, 2)])
    assert [(each.text, each.is_marked, each.opens, each.closes) for each in pieces] == [
        ("the ", False, (), ()),
        ("bin ", True, (1,), ()),
        ("was", True, (2,), (1,)),
        (" missed", True, (), (2,)),
    ]


def test_a_passage_within_another_and_one_at_the_same_place_keep_their_numbers() -> None:
    """A flag and the verdict may rest on one sentence."""
    pieces = in_pieces("abc", [Mark(0, 3, 1), Mark(1, 2, 2), Mark(0, 3, 3)])
    assert [each.opens for each in pieces] == [(1, 3), (2,), ()]
    assert [each.closes for each in pieces] == [(), (2,), (1, 3)]


@given(
    st.text(alphabet="ab \n", max_size=60),
    st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=8),
)
def test_pieces_are_the_text_whatever_the_passages(text: str, places: list[tuple[int, int]]) -> None:
    """Passages that lie outside the text are left out; each other one opens once and closes once."""
    marks = [Mark(start, end, number) for number, (start, end) in enumerate(places)]
    pieces = in_pieces(text, marks)
    assert "".join(each.text for each in pieces) == text
    opened = [number for each in pieces for number in each.opens]
    closed = [number for each in pieces for number in each.closes]
    inside = [mark.number for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    assert sorted(opened) == sorted(closed) == sorted(inside)


@pytest.mark.parametrize(
    ("text", "passage", "found"),
    [
        ("The bin was missed.", "bin was", "bin was"),
        ("The bin\n  was\tmissed.", "bin was missed", "bin\n  was\tmissed"),
        ("again and again", "again", "again"),
        ("nothing of it", "bin", None),
        ("anything", "  ", None),
        ("", "bin", None),
    ],
)
def test_a_passage_is_found_however_its_lines_are_wrapped(text: str, passage: str, found: str | None) -> None:
    """Triage reads lines joined; the text that is shown has them as they came."""
    place = find_passage(text, passage)
    assert (text[slice(*place)] if place else None) == found


def test_a_passage_that_stands_twice_is_found_where_triage_read_it() -> None:
    """Its place counts before its words."""
    assert find_passage("again and again", "again", near=10) == (10, 15)
    assert find_passage("again and again", "again", near=3) == (0, 5)


@given(st.text(alphabet="ab \n\t", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_every_passage_of_a_text_is_found_in_it(text: str, start: int, end: int) -> None:
    """What is found says the same words."""
    passage = text[start:end]
    place = find_passage(text, passage)
    if passage.split():
        assert place is not None
        assert text[slice(*place)].split() == passage.split()
