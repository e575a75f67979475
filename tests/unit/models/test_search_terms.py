"""What officers type to search is always a search: words, phrases, -words, and never a fault."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.search_terms import Terms, read_terms, without_accents


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("missed bin", (("missed",), ("bin",)), ()),
        ('"missed bin" -garden', (("missed", "bin"),), (("garden",),)),
        ('-"no heating" boiler', (("boiler",),), (("no", "heating"),)),
        ("Siân José", (("sian",), ("jose",)), ()),
        ("ann@example.org", (("ann", "example", "org"),), ()),
        ("O'Brien", (("o", "brien"),), ()),
        ("01632-960100", (("01632", "960100"),), ()),
        ("bin bin", (("bin",),), ()),
        ('"never closed', (("never", "closed"),), ()),
        ('a NEAR(b) OR "x', (("a",), ("near", "b"), ("or",), ("x",)), ()),
        ("-only", (), ()),
        ("!!! --- ((( \x00 '' *", (), ()),
        ("", (), ()),
    ],
)
def test_what_is_typed_is_read_as_terms(
    typed: str, wanted: tuple[tuple[str, ...], ...], unwanted: tuple[tuple[str, ...], ...]
) -> None:
    """Only what is to occur makes a search; operators of the databases are words like any other."""
    assert read_terms(typed) == Terms(wanted, unwanted)


def test_what_is_typed_without_end_is_cut() -> None:
    """Twelve terms are enough for anybody."""
    assert len(read_terms(" ".join(f"w{number}" for number in range(500))).wanted) == 12


@given(st.text(max_size=300))
def test_sqlite_reads_whatever_is_typed(typed: str) -> None:
    """No text makes FTS5 complain."""
    record = sqlite3.connect(":memory:")
    record.execute("CREATE VIRTUAL TABLE search USING fts5(words)")
    terms = read_terms(typed)
    if terms.wanted:
        record.execute("SELECT rowid FROM search WHERE search MATCH ?", (terms.as_fts5(),)).fetchall()
    record.close()


@given(st.text(max_size=100))
def test_a_text_without_accents_is_as_long_as_before(text: str) -> None:
    """What is found in the one is marked in the other."""
    assert len(without_accents(text)) == len(text)


def test_accents_and_capitals_do_not_count() -> None:
    """Łódź keeps its first letter: FTS5 knows it as a letter of its own."""
    assert without_accents("ZOË Łódź İnci") == "zoe łodz inci"
