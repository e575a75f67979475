"""HTML mail becomes the text that a person would read, however the page is built."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.html_text import html_to_text

TAGS = [
    "<p>", "</p>", "<div>", "</div>", "</html>", "</body>", "<br>", "<b>", "</b>", "<blockquote>",
    "</blockquote>", "<html>", "<body>",
]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two", "One\nTwo"),
        ("<div>One<div>Two</div></div>", "One\nTwo"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("a &amp; b &lt;c&gt; &pound;5&nbsp;x", "a & b <c> £5 x"),
        ("<b>bo</b>ld", "bold"),
        ("<p>One\n  two</p>", "One two"),
        ("<img alt='photo of mould'>", "[photo of mould]"),
        ("<blockquote>Old</blockquote>New", "> Old\n\nNew"),
        ("<style>p{}</style><script>x()</script><title>t</title>Seen", "Seen"),
        ("<p style='display: none'>hidden</p>Seen", "Seen"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"),
        ("just text", "just text"),
        ("", ""),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("a < b and b > c", "a < b and b > c"),
    ],
)
def test_a_page_is_read_as_a_person_reads_it(page: str, text: str) -> None:
    """Blocks become lines, lists and quotes keep their marks, and what nobody sees is left out."""
    assert html_to_text(page) == text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
    ],
)
def test_neighbouring_blocks_are_neighbouring_lines(page: str, text: str) -> None:
    """Gmail writes every line as a block of its own, and means no empty lines between them."""
    assert html_to_text(page) == text


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>above</body></html>below",
        "<html><body>above</body></html><html><body>below</body></html>",
        "<html><body>above</html><p>below</p>",
        "<p>above</p></body></body></ HTML ><div>below</div>",
        "<html><head></head><body>above</body></html>\n<!-- x --><p>below</p></html>",
    ],
)
def test_nothing_after_the_end_of_a_page_is_lost(page: str) -> None:
    """What a program adds below </html>, or a second page, is read (fact 37)."""
    text = html_to_text(page)
    assert "above" in text
    assert "below" in text


@pytest.mark.parametrize("tag", ["div", "blockquote", "table", "b", "font", "ul"])
def test_hostile_nesting_is_survived(tag: str) -> None:
    """Ten thousand elements in each other neither crash nor hide the words."""
    page = f"<{tag}>" * 10_000 + "inside" + f"</{tag}>" * 10_000 + "outside"
    text = html_to_text(page)
    assert "inside" in text
    assert "outside" in text


def test_quotes_within_quotes_are_marked_five_deep_at_most() -> None:
    """Each level has its mark, up to a limit that keeps lines readable."""
    page = "<blockquote>" * 8 + "deep" + "</blockquote>" * 8
    assert html_to_text(page) == "> > > > > deep"
    assert html_to_text("<blockquote>a<blockquote>b</blockquote></blockquote>c") == "> a\n> > b\n\nc"


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(st.from_regex(r"\A[a-z]{3,8}\Z"), min_size=1, max_size=8),
    tags=st.lists(st.sampled_from(TAGS), min_size=8, max_size=8),
)  # fmt: skip
def test_no_order_of_tags_hides_a_word(words: list[str], tags: list[str]) -> None:
    """However the tags stand, closed, unclosed or twice, every word is there in its order."""
    page = "".join(f"{tag} {word} " for tag, word in zip(tags, words, strict=False))
    assert [word for word in html_to_text(page).split() if word != ">"] == words


@settings(max_examples=150, deadline=None)
@given(page=st.text(st.sampled_from("<>/=\"' abp!-&;\n\x00htmlscript"), max_size=150))
def test_any_page_can_be_read(page: str) -> None:
    """Broken markup is never an error, and no mark of ours is left in the text."""
    text = html_to_text(page)
    assert "\x01" not in text
    assert "\x02" not in text
