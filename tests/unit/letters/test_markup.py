"""A letter that was written can be read back into blocks, and into words that make the same letter again."""

import pytest
from builders import LETTERHEAD
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Block, BlockKind, as_html, as_text, blocks_of
from letters.markup import as_markup, blocks_in, tidy_markup
from letters.render import render, set_out
from letters.samples import samples
from models.codes import LetterKind, Ombudsman

_WORDS = st.text(st.sampled_from("abc ABC 12.-#>&<'\"/@é漢م"), min_size=1, max_size=60)
LINE = _WORDS.map(lambda text: " ".join(text.split())).filter(
    lambda text: text and not text.startswith(("#", "-", ">", "1", "2"))
)


def blocks() -> st.SearchStrategy[list[Block]]:
    """Return letters of headings, paragraphs, lists and quotations."""
    plain = st.sampled_from([BlockKind.LIST, BlockKind.QUOTE, BlockKind.PARAGRAPH])
    heads = st.builds(lambda line: Block(BlockKind.HEADING, (line,)), LINE)
    lines = st.lists(LINE, min_size=1, max_size=3)
    many = st.builds(lambda kind, said: Block(kind, tuple(said)), plain, lines)
    numbered = st.builds(
        lambda said: Block(BlockKind.NUMBERED, tuple(said), tuple(range(3, 3 + len(said)))), lines
    )
    return st.lists(st.one_of(heads, many, numbered), min_size=1, max_size=6)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("ombudsman", Ombudsman)
def test_every_letter_of_ours_comes_back_as_it_was(kind: LetterKind, ombudsman: Ombudsman) -> None:
    """Its HTML gives the blocks of its text, and their words give the same text and HTML."""
    for sample in samples(kind, ombudsman):
        letter = render(kind, sample.context, letterhead=LETTERHEAD, details=sample.details)
        read = blocks_in(letter.html)
        assert as_text(read) == letter.text
        typed = tidy_markup(as_markup(read))
        again = set_out(letter.subject, blocks_of(typed), letterhead=LETTERHEAD)
        assert again == letter


@given(blocks())
def test_blocks_come_back_from_their_html(written: list[Block]) -> None:
    """Whatever stands in them, markup of others included."""
    page = f"<html><body><p>Above</p><h1>Title</h1>{as_html(written)}</body></html>"
    assert blocks_in(page) == written


def test_what_turns_the_direction_of_writing_is_taken_out_of_what_was_typed() -> None:
    """It would make a letter read otherwise than it is."""
    assert tidy_markup("\u202eabc\r\n\r\n# Head\x07\x00") == "abc\n\n# Head\n"


def test_hostile_html_in_the_words_stays_words() -> None:
    """What is typed is escaped on its way out and comes back as it was typed."""
    typed = "<script>alert(1)</script> & <b>bold</b>"
    letter = set_out("Title", blocks_of(typed), letterhead=LETTERHEAD)
    assert "<script>" not in letter.html
    assert as_markup(blocks_in(letter.html)).strip() == typed
