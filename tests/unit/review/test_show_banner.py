"""The words of the banners: letters and people as the pages name them, the case once."""

import pytest

from review.show.banner import banner_words
from review.show.names import Names

CASE = "C-0000-0001-95"
NAMES = Names(officers={"jo": "Jo Birch", "sam.lee": "Sam Lee"})


@pytest.mark.parametrize(
    ("done", "says"),
    [
        ("letter queued: clarification", f"{CASE}: Letter queued: question to the complainant."),
        ("letter queued: not_accepted, progress",
         f"{CASE}: Letter queued: decision not to accept the complaint, progress letter."),
        (f"case {CASE} is again as it was before; not sent: not accepted, receipt",
         f"Case {CASE} is again as it was before; not sent: decision not to accept the complaint, receipt."),
        ("letter 5 withdrawn: extension; acknowledgement owed",
         f"{CASE}: Letter 5 withdrawn: extension letter; acknowledgement owed."),
        ("the clarification goes now", f"{CASE}: The question to the complainant goes now."),
        ("noted: the progress they asked for", f"{CASE}: Noted: the progress they asked for."),
        (f"note added to case {CASE}", f"Note added to case {CASE}."),
        (f"case {CASE} is jo's now", f"Case {CASE} is Jo Birch's now."),
        (f"case {CASE} is jo's now in place of sam.lee; who answered stage 1 is not on record",
         f"Case {CASE} is Jo Birch's now in place of Sam Lee; who answered stage 1 is not on record."),
        ("the case is nobody's now, please assign it",
         f"{CASE}: The case is nobody's now, please assign it."),
        ("do they agree?", f"{CASE}: Do they agree?"),
    ],
)  # fmt: skip
def test_a_banner_says_what_was_done_in_the_words_of_the_pages(done: str, says: str) -> None:
    """Sign-in names and codes stay with casework."""
    assert banner_words(done, NAMES, reference=CASE) == says
