"""Addresses that carry a case: written, read back, and known as our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plus_address import plus_address, references_addressed, without_plus
from models.reference import case_named_by, reference_of


def test_an_address_carries_a_case() -> None:
    """It stands behind a plus, before the at sign."""
    made = plus_address("complaints@harrowmere.example", "C-4827-1930-70")
    assert made == "complaints+C-4827-1930-70@harrowmere.example"
    assert without_plus(made) == "complaints@harrowmere.example"


@given(number=st.integers(min_value=0, max_value=99_999_999))
def test_what_is_written_is_read(number: int) -> None:
    """Every reference survives, also in small letters and behind a plus of the mailbox's own."""
    reference = reference_of(number)
    for address in ("complaints@x.example", "complaints+web@x.example"):
        assert references_addressed([plus_address(address, reference)]) == (reference,)
        assert references_addressed([plus_address(address, reference).lower()]) == (reference,)


@pytest.mark.parametrize(
    "address",
    ["", "@", "complaints@x.example", "complaints+@x.example", "complaints+C-4827-1930-71@x.example",
     "complaints+hello@x.example", "+", "a+b"],
)  # fmt: skip
def test_other_addresses_carry_none(address: str) -> None:
    """Nor does one whose check digits are wrong."""
    assert references_addressed([address]) == ()


def test_an_address_without_a_plus_is_left_alone() -> None:
    """Whatever it looks like."""
    assert [without_plus(each) for each in ("ann@example.org", "", "a")] == ["ann@example.org", "", "a"]


def test_a_letter_s_message_id_names_its_case() -> None:
    """So does a duty alert's; another's names none."""
    assert case_named_by("<0a1b.c-4827-1930-70@harrowmere.example>") == "C-4827-1930-70"
    assert case_named_by("<duty.c-4827-1930-70.20261116@harrowmere.example>") == "C-4827-1930-70"
    assert case_named_by("<digest.20261116@harrowmere.example>") is None
