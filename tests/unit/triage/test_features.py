"""What the classifier looks at: masked words, numbers between 0 and 1, and places that can be found again."""

import pytest
from builders import NOW, make_input
from hypothesis import given, settings
from hypothesis import strategies as st

from models.deadlines import received_on
from models.decision import Span
from triage.ages import ages_in
from triage.features import NAMES, masked, pragmatic, subject_span, text_to_triage
from triage.language import read_texts


def numbers_of(text: str) -> dict[str, float]:
    """Return the pragmatic features of a text by name."""
    (reading,) = read_texts([text])
    said = pragmatic(reading, ages_in(text, received_on(NOW)))
    return dict(zip(NAMES, said, strict=True))


@pytest.mark.parametrize(
    "word",
    ["complain", "Complaint", "COMPLAINTS", "complaining", "complained", "complainant", "complainer's"],
)
def test_the_words_of_complain_are_masked(word: str) -> None:
    """The classifier can neither lean on the word nor be fooled by it (LGSCO 1.5, HO 1.3)."""
    assert "complain" not in masked(f"No {word}, thank you.").lower()
    assert masked(f"No {word}, thank you.").startswith("No matter")


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("complainsCOMPLAIN t'-"), max_size=80))
def test_no_text_shows_the_word_after_masking(text: str) -> None:
    """However it is written, the word is gone, and masking again changes nothing."""
    assert "complain" not in masked(text).lower()
    assert masked(masked(text)) == masked(text)


def test_other_words_are_left_alone() -> None:
    """Only the one family is masked."""
    assert masked("A plain compliment about the plains.") == "A plain compliment about the plains."


@settings(max_examples=50, deadline=None)
@given(text=st.text(min_size=1, max_size=300))
def test_every_feature_lies_between_0_and_1(text: str) -> None:
    """Whatever a message holds, no number runs away with the verdict."""
    said = numbers_of(f"Subject\n\n{text}")
    assert len(said) == len(NAMES) == len(set(NAMES))
    assert all(0.0 <= number <= 1.0 for number in said.values())


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Bins\n\nNobody has replied.", "has_no_answer"),
        ("Bins\n\nI rang twice since Monday and still nothing.", "history_and_time"),
        ("Bins\n\nThank you for the lovely work.", "praise_only"),
        ("Bins\n\nCould you collect it?", "asks_without_history"),
        ("Re: Bins\n\nYes.", "is_reply"),
        ("Fwd: Bins\n\nSee below.", "is_forward"),
        ("Bins\n\nMy neighbour is noisy.", "blames_other_only"),
        ("Bins\n\nI do not accept your findings, it is unfair.", "unhappy_with_answer"),
        ("Tree\n\nIt fell in May 2022.", "only_old"),
    ],
)
def test_a_feature_shows_what_its_name_says(text: str, feature: str) -> None:
    """Each of these is on for its example and off for a plain sentence."""
    assert numbers_of(text)[feature] > 0
    assert numbers_of("Bins\n\nThe bin is brown.")[feature] == 0


def test_the_text_is_the_subject_and_the_new_part() -> None:
    """What is quoted below a reply, and white space in the subject, is not read."""
    message = make_input("Still nothing.\n\n> earlier words", subject="Re:  Bins\n again")
    assert text_to_triage(message) == "Re: Bins again\n\nStill nothing."


def test_the_subject_s_place_is_without_its_prefixes() -> None:
    """Evidence in a subject is quoted without Re: and Fw:."""
    assert subject_span("Re: FW: Missed bins\n\nbody") == Span(8, 19, "Missed bins")
    assert subject_span("Missed bins\n\nbody") == Span(0, 11, "Missed bins")
