"""Files that stand in the text: taken out whole, and words that only look like them left alone."""

import binascii
import time

import pytest
from compressed_rtf import compress

from intake.invitation import Typed, typed_words
from intake.packed_lines import take_files_out
from intake.rtf import text_of_compressed_rtf, text_of_rtf

DATA = bytes(range(256)) * 3
LINES = b"".join(binascii.b2a_uu(DATA[place : place + 45]) for place in range(0, len(DATA), 45))
BLOCK = b"begin 644 a photo.jpg\n" + LINES + b"`\nend\n"


@pytest.mark.parametrize(
    "block",
    [BLOCK, BLOCK.replace(b"`\nend", b"end"), b"\n".join(line.rstrip() for line in BLOCK.split(b"\n"))],
    ids=["whole", "without the empty line", "trailing spaces lost"],
)
def test_a_uuencoded_file_is_taken_out(block: bytes) -> None:
    """Its bytes are whole even where a server stripped the ends of its lines."""
    rest, files = take_files_out(b"above\n" + block + b"below\n")
    assert rest == b"above\nbelow\n"
    assert files == [("a photo.jpg", DATA)]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 the repairs\nat number 4, please.\nend\n",
        b"begin 644 cut\n" + LINES,
        b"begin 12 x\n",
        b"=ybegin line=128 size=3 name=a\nabc\n",
        b"=ybegin no name here\n=yend\n",
    ],
)
def test_words_that_begin_so_stay_words(text: bytes) -> None:
    """Only a whole block is a file."""
    assert take_files_out(text) == (text, [])


def test_many_beginnings_take_no_time() -> None:
    """Each is tried once, and only so many are tried at all."""
    begun = time.perf_counter()
    take_files_out(b"begin 644 a\n" * 100_000)
    take_files_out(b"=ybegin line=1 name=a\n" * 100_000)
    take_files_out(b"begin 644 a\n" + b"M" * 61 + b"\n" + (b"M" * 61 + b"\n") * 50_000)
    assert time.perf_counter() - begun < 3


LINK = rb'{\rtf1 {\field{\*\fldinst{HYPERLINK "https://x.example"}}{\fldrslt{the form}}} is long}'
EVENT = "BEGIN:VEVENT\n{}BEGIN:VALARM\nDESCRIPTION:Reminder\nEND:VALARM\nEND:VEVENT\n"


@pytest.mark.parametrize(
    ("lines", "typed"),
    [
        ("COMMENT:I cannot\\, sorry\\nBrenda\n", Typed(comment="I cannot, sorry\nBrenda")),
        ('DESCRIPTION;ALTREP="cid:a:b":Come\n  and see\n', Typed(description="Come and see")),
        ("comment:folded wo\n rd\n", Typed(comment="folded word")),
        ("SUMMARY:Visit\n", Typed()),
        ("", Typed()),
    ],
)  # fmt: skip
def test_what_somebody_typed_into_an_invitation_is_read(lines: str, typed: Typed) -> None:
    """The comment and the description, unfolded, without what alarms say."""
    assert typed_words(EVENT.format(lines)) == typed


def test_no_calendar_has_no_words() -> None:
    """Lines outside an event are nobody's."""
    assert typed_words("COMMENT:x\nEND:VEVENT\nEND:VEVENT\n") == Typed()


@pytest.mark.parametrize(
    ("rich", "text"),
    [
        (rb"{\rtf1\ansi Caf\'e9 \u8364?5\par two}", "Café €5\ntwo"),
        (rb"{\rtf1\ansi\uc1 \u-10179?\u-8704?}", "\U0001f600"),
        (LINK, "the form is long"),
        (rb"{\rtf1\ansicpg1250 \'b3}", "ł"),
        (b"no rich text", "no rich text"),
        (b"", ""),
        (rb"{\rtf1\uc \u99999999999 x}", ""),
    ],
)  # fmt: skip
def test_rich_text_is_read_as_text(rich: bytes, text: str) -> None:
    """Characters in all its spellings, links by their words, nothing where it is broken."""
    assert text_of_rtf(rich) == text


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"x" * 100, compress(b"{\\rtf1 x}")[:-3] + b"zzz"])
def test_broken_compressed_rich_text_has_no_text(content: bytes) -> None:
    """It stays in its file."""
    assert text_of_compressed_rtf(content) == ""


def test_hostile_rich_text_takes_no_time() -> None:
    """What its reader would search again and again is broken up first."""
    begun = time.perf_counter()
    text_of_rtf(rb"{\rtf1 " + rb'{\field{\*\fldinst{HYPERLINK "' * 12_000)
    text_of_rtf(rb"{\rtf1{\fonttbl" + rb"\f0" * 100_000)
    text_of_rtf(b"{" * 300_000)
    text_of_rtf(rb"\pict\bin9" * 30_000)
    assert time.perf_counter() - begun < 5
