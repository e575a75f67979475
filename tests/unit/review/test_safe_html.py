"""The page of a mail made safe: what may stay, what goes, and what an officer is told of it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.sent.safe_html import safe_page
from review.sent.safe_link import link_of
from review.sent.safe_style import safe_style

PICTURE = "data:image/png;base64,AAAA"
TABLE = (
    '<table width="600" border="20"><tbody><tr><td colspan="50" bgcolor="#fff">x</td></tr></tbody></table>'
)
_TAG = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z-]+=\"[^\"<>]*\")*)>")
_PIECES = [
    "<p>", "</p>", "<b>", "<div style='color:red'>", "</div>", "<table>", "<td>", "<script>", "</script>",
    "<style>", "</style>", "<svg>", "</svg>", "<math>", "<mtext>", "<img src=x onerror=a>", "<!--", "-->",
    "<a href='javascript:a'>", "<a href=http://x.example/>", "</a>", "<noscript>", "<template>", "<title>",
    "<textarea>", "<plaintext>", "<xmp>", '"', "'", ">", "<", "&lt;script&gt;", "&#60;b&#62;", "words",
    "\x00",
    "<select>", "<iframe>", "<frameset>", "<form>", "<p title='", "<font color=red size=7>", "]]>", "<?x",
]  # fmt: skip


def body(html: str) -> str:
    """Return the safe page without the two blocks around it."""
    text = str(safe_page(html, pictures={"a@x": PICTURE}).body)
    return text.removeprefix("<div><div>").removesuffix("</div></div>")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>One <b>two</b></p>", "<p>One <b>two</b></p>"),
        ("<p onclick=a() class=x id=y data-z=1>x</p>", "<p>x</p>"),
        ("<p align=CENTER dir=rtl>x</p>", '<p align="center" dir="rtl">x</p>'),
        ("<section><h1>x</h1></section>", "<div><h1>x</h1></div>"),
        ("<unknown-thing>x</unknown-thing>", "x"),
        ("a &lt;script&gt; b", "a &lt;script&gt; b"),
        ("<script>x</script>y", "y"),
        ("<form action=/x><input value=a>y</form>", "<div>y</div>"),
        ("<td>x", "x"),
        ("<table width=600 border=99><td colspan=9999 bgcolor=#fff>x</table>",
         TABLE),
        ("<img src='cid:a@x' alt='\"us\"' width=30 onload=x>",
         f'<img src="{PICTURE}" alt="&quot;us&quot;" width="30">'),
        ("<img src='http://x.example/a.png' alt=house>",
         '<span class="blocked">[picture not loaded: house]</span>'),
        ("<img src='http://x.example/a.gif' width=1 height=1>", ""),
        ("<img src='data:image/svg+xml,x'>", '<span class="blocked">[picture not loaded]</span>'),
        ("after</body></html><p>the end</p>", "after<p>the end</p>"),
    ],
)  # fmt: skip
def test_what_a_page_keeps(written: str, kept: str) -> None:
    """The words and their shape; nothing that acts, fetches or names a part of our page."""
    assert body(written) == kept


def test_a_link_shows_where_it_leads() -> None:
    """Whatever its words say; and it opens on its own, telling nobody whence."""
    assert body('<a href="https://x.example/a?b=1&c=2">Click</a>') == (
        '<a href="https://x.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">'
        "Click</a>"
        ' <span class="address">[https://x.example/a?b=1&amp;c=2]</span>'
    )
    assert body('<a href="mailto:ann@example.org">me</a>') == (
        'me <span class="address">[mailto:ann@example.org]</span>'
    )
    assert body('<a href="javascript:x()">me</a>') == "<span>me</span>"


@pytest.mark.parametrize(
    ("written", "address", "shown"),
    [
        ("https://EXAMPLE.org/A", "https://example.org/A", "https://example.org/A"),
        (" http://x.example:8080/ ", "http://x.example:8080/", "http://x.example:8080/"),
        ("https://hаrrowmere.example/", "https://xn--hrrowmere-0yh.example/",  # noqa: RUF001  # that is the trick
         "https://xn--hrrowmere-0yh.example/"),
        ("ht\ntps://x.example/\u202egnp", "https://x.example/gnp", "https://x.example/gnp"),
    ],
)  # fmt: skip
def test_a_link_of_the_web_may_be_followed(written: str, address: str, shown: str) -> None:
    """Its host is written in ASCII letters, so that none can look like another."""
    link = link_of(written)
    assert link is not None
    assert (link.may_be_followed, link.address) == (True, address)
    assert link.shown == shown


@pytest.mark.parametrize(
    "written",
    [
        "", "#top", "/sign-out", "javascript:x()", "JAVA\tscript:x()", "\x01javascript:x()", "vbscript:x",
        "data:text/html,x", "blob:http://x", "file:///etc/passwd", "https://a@evil.example/", "http://[::1",
        "//x",
        "https:///x", "https://a b.example/", f"https://x.example/{'a' * 3000}", "http://x.example:port/",
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_for_a_person_is_none(written: str) -> None:
    """Not within our pages, not into a program, not with somebody's name before the host."""
    link = link_of(written)
    assert link is None or link.address == "https://ab.example/"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("color: red; FONT-SIZE: 12px", "color: red; font-size: 12px"),
        ("color: rgb(1, 2, 3) !important", "color: rgb(1, 2, 3)"),
        ("background: #fff", "background-color: #fff"),
        ("font: 12px/1.4 'Arial', sans-serif", "font: 12px/1.4 'Arial', sans-serif"),
        ("display: none", "display: none"),
        ("display: fixed", ""),
        ("position: fixed; top: 0; z-index: 9", ""),
        ("background: url(http://x)", ""),
        ("background-image: image-set('x' 1x)", ""),
        ("color: expression(x)", ""),
        ("color: \\75 rl(x)", ""),
        ("color: red/**/", ""),
        ("--x: 1; color: var(--x)", ""),
        ("margin: -99px; margin-left: 2px", "margin-left: 2px"),
        ("width: 99999px", ""),
        ("behavior: x; -moz-binding: x; cursor: x; content: 'x'; filter: x; transform: none", ""),
        ("color", ""),
        (";;:;", ""),
    ],
)
def test_a_style_colours_and_spaces_and_can_do_no_more(written: str, kept: str) -> None:
    """It cannot place one thing over another, nor name an address."""
    assert safe_style(written) == kept


def test_an_officer_is_told_what_was_left_out() -> None:
    """Pictures to see, pictures that only count readers, and what would have acted."""
    left = safe_page(
        "<img src=http://x/a><img src=http://x/b height=1><script>x</script><form>y</form><svg></svg>",
        pictures={},
    ).left
    assert (left.pictures, left.trackers, left.active) == (1, 1, {"script", "form", "svg"})
    assert not left.is_cut


@pytest.mark.parametrize(
    ("html", "is_cut"),
    [
        ("<div>" * 20_000 + "deep", True),
        ("<p>x" * 100_000, True),
        ("&amp;" * 200_000, False),
        ("<b>" * 2_900 + "x", False),
        ("<p>" + "w" * 900_000, False),
    ],
)
def test_a_page_that_is_too_much_is_cut_and_says_so(html: str, *, is_cut: bool) -> None:
    """In little time; what is long or deep in bounds keeps its words."""
    page = safe_page(html, pictures={})
    assert len(page.body) < 1_600_000
    assert page.left.is_cut is is_cut


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_what_is_written_is_tags_of_the_list_and_escaped_text(pieces: list[str]) -> None:
    """However the page is spelt: what is left after our tags holds no angle bracket."""
    text = str(safe_page("".join(pieces), pictures={}).body)
    assert not re.search(r"[<>]", _TAG.sub("", text))
    for _, tag, attributes in _TAG.findall(text):
        assert tag not in {
            "script",
            "style",
            "svg",
            "math",
            "iframe",
            "form",
            "input",
            "template",
            "noscript",
        }
        assert not re.search(r" on[a-z]+=|javascript:", attributes)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=30))
def test_what_is_safe_stays_as_it_is(pieces: list[str]) -> None:
    """A second cleaning finds nothing more to do: no trick comes to life by being written anew."""
    once = safe_page("".join(pieces), pictures={})
    again = safe_page(str(once.body), pictures={})
    assert (again.left.active, again.left.pictures, again.left.trackers) == (set(), 0, 0)
