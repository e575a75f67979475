"""A letter's plain text with the marks of GOV.UK Notify."""

from builders import LETTERHEAD
from hypothesis import given
from hypothesis import strategies as st

from letters.notify_text import as_notify_text

LETTER = """\
Dear Ann Lee,

Thank you for your message, which we received on Tuesday 3 March 2026 and
which we treat as a complaint.

What you told us
----------------

    The bin was missed again, see https://evil.example/x and www.evil.example
    or [this](https://evil.example).
    Nobody rang back.

1. The boiler was broken for the whole of the winter and nobody came to see to
   it
2. Nobody rang

- Telephone: 01632 960100
- Website: www.lgo.example

Complaints Team
Harrowmere Council
"""


def test_folded_lines_are_joined_and_others_stay() -> None:
    """Notify shows every line break, and our text is wrapped for mail programs that do not wrap."""
    text = as_notify_text(LETTER)
    assert "which we received on Tuesday 3 March 2026 and which we treat as a complaint.\n" in text
    assert "\nComplaints Team\nHarrowmere Council\n" in text
    assert "\n- Telephone: 01632 960100\n- Website: www.lgo.example\n" in text
    assert "1. The boiler was broken for the whole of the winter and nobody came to see to it\n2. N" in text


def test_headings_have_notify_s_mark() -> None:
    """A row of dashes would be a line across the page."""
    assert "\n\n# What you told us\n\n" in as_notify_text(LETTER)
    assert "---" not in as_notify_text(LETTER)


def test_a_stranger_s_words_are_set_in_and_are_no_links() -> None:
    """Nobody sends a link to somebody else by way of our letter."""
    quoted = [line for line in as_notify_text(LETTER).split("\n") if line.startswith("^ ")]
    assert len(quoted) == 2
    assert "://" not in quoted[0]
    assert "www." not in quoted[0]
    assert "[" not in quoted[0]
    assert quoted[1] == "^ Nobody rang back."


def test_a_point_in_a_heading_is_no_link() -> None:
    """A point may be a stranger's words, wherever it stands."""
    assert as_notify_text("Point 1: see www.evil.example") == "Point 1: see www evil.example\n"


@given(text=st.text(max_size=500))
def test_any_text_can_be_written(text: str) -> None:
    """Whatever a letter holds, its words arrive."""
    words = as_notify_text(f"{LETTERHEAD.team}\n\n{text}")
    assert words.startswith(LETTERHEAD.team)
