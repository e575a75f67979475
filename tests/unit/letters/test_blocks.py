"""Blocks: what a body is made of, and people's words that never become one by themselves."""

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.blocks import Block, BlockKind, as_html, as_text, blocks_of, heading_as_html
from letters.tame import tamed, tamed_text
from models.codes import PointOutcome

BODY = """# One heading

A paragraph
of two lines.

- first
- second

1. point one
2. point two

> 3. said three
> 5. said five

> only said

## A smaller heading
"""


def test_every_kind_of_block_is_told_by_its_marks() -> None:
    """The marks of a template are these and no others."""
    kinds = [block.kind for block in blocks_of(BODY)]
    assert kinds == [
        BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.NUMBERED, BlockKind.NUMBERED_QUOTE,
        BlockKind.QUOTE, BlockKind.SUBHEADING,
    ]  # fmt: skip
    assert blocks_of(BODY)[4] == Block(BlockKind.NUMBERED_QUOTE, ("said three", "said five"), (3, 5))


def test_a_numbered_list_keeps_its_numbers_in_both_versions() -> None:
    """A point is called by the same number wherever it is read."""
    blocks = blocks_of("3. three\n7. seven")
    assert as_text(blocks) == "3. three\n7. seven\n"
    assert as_html(blocks) == '<ol>\n<li value="3">three</li>\n<li value="7">seven</li>\n</ol>'
    assert as_html(blocks_of("1. one\n2. two")) == "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"


def test_a_paragraph_that_has_one_numbered_line_is_no_list() -> None:
    """A list is one throughout, or it is none."""
    (block,) = blocks_of("1. one\nand more")
    assert block.kind is BlockKind.PARAGRAPH


def test_no_folded_line_looks_like_an_item() -> None:
    """The 2026. at the end of a date never stands where a reader expects a number of a list."""
    text = as_text(blocks_of("word " * 14 + "November 2026. We go on - and on."))
    assert not [line for line in text.splitlines() if re.match(r"\d+\. |- ", line)]
    assert max(map(len, text.splitlines())) <= 76


@pytest.mark.parametrize("text", ["# h", "## h", "- i", "> q", "1. p", "12. p", "-", "#", "1.", ">"])
def test_what_a_person_wrote_begins_no_block(text: str) -> None:
    """Alone, or with a template going on behind it, it stays a paragraph with the same words."""
    for body in (tamed_text(text), f"{tamed_text(text)} goes on"):
        (block,) = blocks_of(body)
        assert block.kind is BlockKind.PARAGRAPH
    assert tamed_text(text).split() == text.split()


def test_paragraphs_of_an_officer_s_are_set_out_again() -> None:
    """An empty line parts paragraphs and a line break stays, wherever the template puts the text."""
    blocks = blocks_of("Because: " + tamed_text("one\r\ntwo\n\n\n- three"))
    assert [block.lines for block in blocks] == [("Because: one", "two"), ("-\N{NO-BREAK SPACE}three",)]
    (item,) = blocks_of("- " + tamed_text("one\n\ntwo"))
    assert item.lines == ("one two",)


def test_codes_stay_codes() -> None:
    """Only texts are changed; a code is not a person's words."""
    assert tamed(PointOutcome.UPHELD) is PointOutcome.UPHELD
    assert tamed((1, None, "- x")) == (1, None, "-\N{NO-BREAK SPACE}x")


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_paragraphs_and_nothing_else(text: str) -> None:
    """Whatever is written, only paragraphs come of it, escaped, with every visible word."""
    blocks = blocks_of(tamed_text(text))
    assert {block.kind for block in blocks} <= {BlockKind.PARAGRAPH}
    page = as_html(blocks)
    tags = r"</?(?:p|a|span)(?: (?:href|class|dir)=\"[^\"<>]*\")*>|<br>"
    assert not re.sub(tags, "", page).count("<")
    said = html.unescape(re.sub(r"<[^>]+>", " ", page)).split()
    assert "".join(said) == "".join(as_text(blocks).split())


def test_references_telephone_numbers_and_dates_are_not_parted() -> None:
    """A line of an email ends before or after them; a reference with its mark is one piece of text."""
    line = "Ring 01632 960100 about C-4827-1930-70 by 3 April 2026: C-4827-1930-70/abcd2345"
    page = as_html(blocks_of(line))
    assert page == (
        '<p>Ring <span class="whole">01632 960100</span> about <span class="whole">C-4827-1930-70</span> '
        "by 3\N{NO-BREAK SPACE}April 2026: C-4827-1930-70/abcd2345</p>"
    )
    assert heading_as_html("<Late>: C-4827-1930-70") == (
        '&lt;Late&gt;: <span class="whole">C-4827-1930-70</span>'
    )


def test_what_is_written_from_right_to_left_is_read_so() -> None:
    """The first letter decides, as in UAX 9; a list of ours ends in our words and stays as it is."""
    hebrew = "\u05e9\u05dc\u05d5\u05dd."
    assert as_html(blocks_of(f"> {hebrew}")) == f'<blockquote><p dir="rtl">{hebrew}</p></blockquote>'
    assert f'<div dir="rtl">{hebrew}</div></li>\n<li>Hello {hebrew}</li>' in as_html(
        blocks_of(f"> 1. {hebrew}\n> 2. Hello {hebrew}")
    )
    assert "dir=" not in as_html(blocks_of(f"- {hebrew} We did this.\n- two"))


def test_a_point_in_a_heading_becomes_no_link() -> None:
    """A point may be a stranger's words, wherever it stands."""
    assert as_html(blocks_of("## Point 1: www.evil.example")) == "<h3>Point 1: www.evil.example</h3>"


def test_a_long_hostile_text_takes_no_long_time() -> None:
    """Reading and linking take time in proportion to the length."""
    marks = ("1. ", "\n\n", "\n \n", "- ", "\u2029", "# ")
    for piece in ("a.", "a@", "www.", "x@y.", "01 234", "012 345 ", "C-1111-", "3 May ", *marks):
        begun = time.perf_counter()
        text = tamed_text(piece * (200_000 // len(piece)))
        as_html(blocks_of(text))
        assert time.perf_counter() - begun < 5, piece
