"""Names that are fit to greet by, and the sender's own words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.acknowledgement import own_words, salutation_name


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  Ann   Lee ", "Ann Lee"),
        ("Ann\n\tLee", "Ann Lee"),
        ("LEE, Ann", "Ann LEE"),
        ('"Ann Lee"', "Ann Lee"),
        ("Ann Lee,", "Ann Lee"),
        ("Siân O'Neill-Jones", "Siân O'Neill-Jones"),
        ("王小明", "王小明"),
        ("Mrs A. B. Lee", "Mrs A. B. Lee"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_name_is_greeted_as_people_write_it(name: str, greeting: str) -> None:
    """White space and quotes go, a family name in front moves behind."""
    assert salutation_name(name) == greeting


@pytest.mark.parametrize(
    "name",
    ["", "  ", ".,;", "ann@example.org", "<script>alert(1)</script>", "{{ config }}", "{% raw %}",
     "[link](x)", "https://evil.example", "www.evil.example", "a|b", "back\\slash", "x" * 61],
)  # fmt: skip
def test_what_looks_like_no_name_is_not_greeted(name: str) -> None:
    """Addresses, links, markup and novels leave the letter at Dear Sir or Madam."""
    assert salutation_name(name) == ""


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=100))
def test_a_greeting_is_one_short_line(name: str) -> None:
    """Whatever a name holds, what is greeted is short and cannot start a line of its own."""
    greeting = salutation_name(name)
    assert len(greeting) <= 60
    assert "\n" not in greeting
    assert not set(greeting) & set("<>@{}[]|\\")


def test_passages_become_lines() -> None:
    """Line breaks inside a passage go, and empty passages with them."""
    assert own_words(["One\n two", "  ", "three"]) == ("One two", "three")


def test_at_most_three_passages_are_repeated() -> None:
    """A letter repeats the point, not the whole message."""
    assert own_words(["a", "", "b", "c", "d"]) == ("a", "b", "c")


def test_a_long_passage_is_cut_at_a_word() -> None:
    """What is cut says so, and ends in a whole word."""
    (cut,) = own_words(["word " * 100])
    assert cut.endswith("word …")
    assert len(cut) <= 302


def test_a_passage_of_three_hundred_characters_is_whole() -> None:
    """The limit itself is inside."""
    assert own_words(["x" * 300]) == ("x" * 300,)
