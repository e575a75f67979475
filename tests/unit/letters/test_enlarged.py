"""A letter that was written in ordinary type, set in large print afterwards."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import LETTERHEAD
from rendering import rendered

from letters.load_templates import TEMPLATES
from letters.render import enlarged
from models.codes import LetterKind


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_enlarged_to_what_it_would_have_been(kind: LetterKind) -> None:
    """Word for word; and what is large already stays as it is (LGSCO 5.6, HO 5.10)."""
    ordinary, large = rendered(kind), rendered(kind, is_large=True)
    for page in (ordinary.html, large.html):
        assert enlarged(page, subject=ordinary.subject, letterhead=LETTERHEAD) == large.html


@pytest.mark.parametrize("page", ["", "<p>Dear Ann Lee,</p>\n"])
def test_a_page_of_another_layout_is_left_alone(page: str) -> None:
    """Nothing is guessed about it."""
    assert enlarged(page, subject="Missed bin", letterhead=LETTERHEAD) is None


def test_a_layout_that_has_changed_since_is_noticed(tmp_path: Path) -> None:
    """A council's own layout, edited between writing and sending."""
    layout = (TEMPLATES / "layout.html").read_text(encoding="utf-8")
    (tmp_path / "layout.html").write_text(layout.replace("#0b0c0c", "#000000"), encoding="utf-8")
    letter = rendered(LetterKind.RECEIPT)
    own = replace(LETTERHEAD, own_templates=tmp_path)
    assert enlarged(letter.html, subject=letter.subject, letterhead=own) is None
