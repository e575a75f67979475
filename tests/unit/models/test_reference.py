"""References survive being read out, mistyped and buried in text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reference import (
    marked_references_in,
    message_name,
    new_reference,
    read_message_name,
    read_message_number,
    read_reference,
    reference_of,
    references_in,
    reply_mark,
)

NUMBERS = st.integers(0, 10**8 - 1)
EXAMPLE = "C-4827-1930-70"


def written(digits: str) -> str:
    """Write ten digits as a reference."""
    return f"C-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def digits_of(reference: str) -> str:
    """Return the ten digits of a reference."""
    return "".join(filter(str.isdigit, reference))


@settings(max_examples=200, deadline=None)
@given(number=NUMBERS)
def test_a_reference_is_read_as_it_was_written(number: int) -> None:
    """Writing and reading are a round trip, and the number is in it."""
    reference = reference_of(number)
    assert read_reference(reference) == reference
    assert int(digits_of(reference)[:8]) == number


@settings(max_examples=100, deadline=None)
@given(number=NUMBERS)
def test_every_wrong_digit_is_caught(number: int) -> None:
    """No single wrong digit, in any of the ten places, makes another reference (ISO/IEC 7064)."""
    digits = digits_of(reference_of(number))
    for place in range(10):
        for wrong in set("0123456789") - {digits[place]}:
            assert read_reference(written(digits[:place] + wrong + digits[place + 1 :])) is None


@settings(max_examples=200, deadline=None)
@given(number=NUMBERS)
def test_every_swap_of_neighbours_is_caught(number: int) -> None:
    """Two neighbouring digits in the wrong order are never another reference (ISO/IEC 7064)."""
    digits = digits_of(reference_of(number))
    for place in range(9):
        if digits[place] != digits[place + 1]:
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            assert read_reference(written(swapped)) is None


@pytest.mark.parametrize("number", [-1, 10**8])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    """Eight digits hold no more than they hold."""
    with pytest.raises(ValueError, match="eight digits"):
        reference_of(number)


def test_new_references_differ_and_are_right() -> None:
    """References are drawn at random, so nobody can guess the next one."""
    drawn = {new_reference() for _ in range(100)}
    assert len(drawn) == 100
    assert all(read_reference(each) == each for each in drawn)


@pytest.mark.parametrize(
    "typed",
    ["C-4827-1930-70", "c-4827-1930-70", "C 4827 1930 70", "C48271930 70", "4827193070", "4827 1930 70",
     "  C-4827-1930-70\n", "C-4827 1930-70", "C\N{NO-BREAK SPACE}4827\N{NO-BREAK SPACE}1930-70"],
)  # fmt: skip
def test_a_reference_is_read_however_it_is_spaced(typed: str) -> None:
    """People leave out the letter and the hyphens."""
    assert read_reference(typed) == EXAMPLE


@pytest.mark.parametrize(
    "typed", ["", "C-4827-1930-71", "C-4827-1930", "ref C-4827-1930-70", "C-4827-1930-700"]
)
def test_what_is_no_reference_is_not_read_as_one(typed: str) -> None:
    """Wrong check digits, missing digits and words around it are refused."""
    assert read_reference(typed) is None


@pytest.mark.parametrize(
    "text",
    [
        "Re: We have received your complaint: C-4827-1930-70",
        "(C-4827-1930-70)",
        "ref:C-4827-1930-70.",
        "my reference is 4827 1930 70, thank you",
        "C-4827-1930\n70",
        "C-4827-1930-70, again C 4827 1930 70",
        "quoting C-4827-1930-70. 2nd letter",
    ],
)
def test_a_reference_is_found_in_a_text(text: str) -> None:
    """A reference in a subject or a sentence is found, once, in its written form."""
    assert references_in(text) == (EXAMPLE,)


@pytest.mark.parametrize(
    "text",
    [
        "C-4827-1930-\n70",
        "C - 4827 - 1930 - 70",
        "C\N{EN DASH}4827\N{EN DASH}1930\N{EN DASH}70",
        "C\N{NON-BREAKING HYPHEN}4827\N{NON-BREAKING HYPHEN}1930\N{NON-BREAKING HYPHEN}70",
    ],
)
def test_a_reference_is_found_as_writing_programs_change_it(text: str) -> None:
    """Wrapped lines, spaces around hyphens and dashes put in by a program do not hide a reference."""
    assert references_in(f"My reference is {text}") == (EXAMPLE,)


def test_references_are_found_in_their_order() -> None:
    """The first that a text quotes comes first."""
    first, second = reference_of(5), reference_of(3)
    assert references_in(f"{first} and {second}, so {first}") == (first, second)


@pytest.mark.parametrize(
    "number",
    ["0300 061 0614", "0300 111 3000", "01632 960100", "01632960100", "020 7946 0018", "07700 900123",
     "07700 900 123", "0770 090 0123", "+44 20 7946 0018", "(020) 7946 0018", "0044 20 7946 0018"],
)  # fmt: skip
def test_a_telephone_number_is_no_reference(number: str) -> None:
    """The numbers that letters and signatures hold are not taken for references."""
    assert references_in(f"Please ring {number} today") == ()


@settings(max_examples=300, deadline=None)
@given(number=st.integers(10**9, 10**10 - 1), groups=st.sampled_from([(11,), (5, 6), (4, 3, 4), (5, 3, 3)]))
def test_no_british_number_is_a_reference(number: int, groups: tuple[int, ...]) -> None:
    """Eleven digits, grouped as numbers are, never hold ten that could be a reference."""
    digits = iter(f"0{number}")
    shown = " ".join("".join(next(digits) for _ in range(size)) for size in groups)
    assert references_in(f"Tel {shown}.") == ()


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    """Whatever a text holds, what is found in it are references that can be read."""
    assert all(read_reference(each) == each for each in references_in(text))


def test_a_mark_proves_a_reference_to_whoever_has_the_key() -> None:
    """What a letter bears comes back in a reply, in whatever case and with a space or two."""
    mark = reply_mark("C-4827-1930-70", b"key")
    assert marked_references_in(f"> leave this line in: {mark}\n", b"key") == ("C-4827-1930-70",)
    assert marked_references_in(mark.upper().replace("/", " / "), b"key") == ("C-4827-1930-70",)


def test_a_mark_of_another_key_or_case_proves_nothing() -> None:
    """Neither a guess nor the mark of somebody else's case lets anybody in."""
    mark = reply_mark("C-4827-1930-70", b"key")
    assert marked_references_in(mark, b"other key") == ()
    assert marked_references_in(mark.replace("4827", "4828"), b"key") == ()
    assert marked_references_in("C-4827-1930-70 and C-4827-1930-70/aaaaaaaa", b"key") == ()


@pytest.mark.parametrize(("typed", "number"), [("M-17", 17), ("m-17", 17), ("17", 17), ("message 17", 17)])
def test_the_number_of_a_message_is_read_as_people_type_it(typed: str, number: int) -> None:
    """The queue writes M-17."""
    assert read_message_number(typed) == number
    assert read_message_number(message_name(number)) == number


@pytest.mark.parametrize("typed", ["C-4827-1930-70", "4827193070", "M-", "M-x", ""])
def test_what_is_no_number_is_not_read_as_one(typed: str) -> None:
    """A case's reference is not a message."""
    assert read_message_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("M-7", 7), (" m-12 ", 12), ("7", None), ("message 7", None), ("M-7 bin", None), ("M-1234567890", None)],
)
def test_only_the_name_of_a_message_is_read_as_one(typed: str, number: int | None) -> None:
    """A number alone may be a house's."""
    assert read_message_name(typed) == number
