"""Bytes become readable text, whatever the label says, and nothing is invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.charsets import clean, decode_text, known_codec

ODD = {
    "utf-7",
    "cp1252",
    "us-ascii",
    "gb2312",
    "iso-2022-jp",
    "utf-16",
    "x-unknown",
    "",
    None,
    "base64",
    "rot13",
    "utf\x008",
}


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        ("café £5".encode(), "utf-8", "café £5"),
        ("café £5".encode(), None, "café £5"),
        ("café £5".encode(), "iso-8859-1", "café £5"),
        ("café £5".encode("cp1252"), "utf-8", "café £5"),
        ("café £5".encode("cp1252"), None, "café £5"),
        ("“quoted” – €".encode("cp1252"), "iso-8859-1", "“quoted” – €"),
        ("“quoted”".encode("cp1252"), "us-ascii", "“quoted”"),
        ("“quoted”".encode("cp1252"), "no-such-charset", "“quoted”"),
        ("żółw".encode("iso8859-2"), "iso-8859-2", "żółw"),
        ("漢字".encode("gb18030"), "gb2312", "漢字"),
        ("日本".encode("iso2022_jp"), None, "日本"),
        ("日本".encode("shift_jis"), "shift_jis", "日本"),
        (b"\xef\xbb\xbfhello", "cp1252", "hello"),
        ("hello".encode("utf-16"), "utf-8", "hello"),
        (b"a\x81b", None, "a\x81b"),
        (b"", "utf-8", ""),
    ],
)
def test_text_is_read_as_it_was_written(content: bytes, declared: str | None, text: str) -> None:
    """Right, wrong, missing and nonsensical labels all give what the writer saw (facts 14 to 19)."""
    assert decode_text(content, declared) == text


def test_a_page_s_own_charset_is_believed_last() -> None:
    """Where nothing else says it, an HTML page names its charset itself."""
    page = '<meta charset="iso-8859-2"><p>żółw</p>'.encode("iso8859-2")
    assert "żółw" in decode_text(page, is_html=True)
    assert "żółw" not in decode_text(page)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"), (' "utf-8" ', "utf-8"), ("charset=utf-8", "utf-8"), ("latin1", "cp1252"),
        ("us-ascii", "cp1252"), ("gb2312", "gb18030"), ("ks_c_5601-1987", "cp949"), ("nonsense", None),
        ("", None), (None, None), ("base64", None), ("rot13", None), ("hex", None), ("utf\x00-8", "utf-8"),
    ],
)  # fmt: skip
def test_a_label_means_what_browsers_take_it_to_mean(label: str | None, codec: str | None) -> None:
    """Latin-1 is Windows-1252, and what is no charset is none (WHATWG Encoding Standard, 4.2)."""
    assert known_codec(label) == codec


@settings(max_examples=300, deadline=None)
@given(
    content=st.binary(max_size=200), declared=st.sampled_from(sorted(map(str, ODD))), is_html=st.booleans()
)
def test_any_bytes_become_clean_text(content: bytes, declared: str, *, is_html: bool) -> None:
    """Nothing raises, and no NUL, control character, lone surrogate or replacement is left."""
    text = decode_text(content, declared, is_html=is_html)
    text.encode("utf-8")
    assert not set(text) & {"\x00", "\x07", "\x1b", "\x7f", "\r", "\x0c"}
    if b"\xef\xbf\xbd" not in content and declared in {"cp1252", "us-ascii", "", "None"}:
        assert "\ufffd" not in text or content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x1b" in content


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=100))
def test_utf_8_is_always_read_as_utf_8(text: str) -> None:
    """What was written as UTF-8 comes back, whatever single-byte label it bears."""
    if not text.startswith("\ufeff") and "\x1b" not in text:
        assert decode_text(text.encode(), "iso-8859-1") == clean(text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(codec=None), max_size=100))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Clean text stays as it is, and can be kept in any database."""
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
