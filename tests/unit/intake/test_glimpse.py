"""Whatever the bytes, an officer gets a start: sender, subject and first words as far as they show."""

from hypothesis import given
from hypothesis import strategies as st

from intake.glimpse import glimpse


def test_a_message_too_deep_to_read_still_shows_who_wrote_about_what() -> None:
    """The first lines are enough for that."""
    head = b"From: Ann Lee <ann@example.org>\r\nSubject: =?utf-8?q?No_heat?=\r\n\r\n"
    raw = head + b"--x\r\nContent-Type: a/b\r\n\r\nCold!"
    seen = glimpse(raw)
    assert (str(seen.sender), seen.subject, seen.text) == ("Ann Lee <ann@example.org>", "No heat", "Cold!")
    assert seen.writer == seen.sender


def test_encoded_blocks_are_not_taken_for_words() -> None:
    """A photograph in base64 says nothing to an officer."""
    assert glimpse(b"Subject: x\n\n" + b"QUJD" * 20 + b"\nhello\n").text == "hello"


@given(st.binary(max_size=2000))
def test_any_bytes_give_something_and_raise_nothing(raw: bytes) -> None:
    """Quarantine accepts whatever comes."""
    assert len(glimpse(raw + b"\n\n" + raw).text) <= 2000
