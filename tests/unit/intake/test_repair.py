"""What is mended in a message's bytes, and the limits at which nothing is tried."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.repair import MOST_HEADER_BYTES, MOST_PARTS, boundary_in_use, repair
from models.errors import UnreadableMessage

GOOD = b"From: ann@example.org\nSubject: Bins\n\nHello\n"


def test_a_sound_message_is_left_alone() -> None:
    """Nothing is mended where nothing is broken."""
    assert repair(GOOD) == (GOOD, ())


@pytest.mark.parametrize(
    ("raw", "defects"),
    [
        (GOOD.replace(b"\n", b"\r\n"), ()),
        (GOOD.replace(b"\n", b"\r"), ("bare_carriage_returns",)),
        (b"\xef\xbb\xbf" + GOOD, ("byte_order_mark",)),
        (b"From ann@example.org Tue Mar  3 10:00:00 2026\n" + GOOD, ("mbox_line",)),
        (b">From ann Tue\n" + GOOD, ("mbox_line",)),
        (b"\n\n" + GOOD, ("junk_before_headers",)),
        (b"some prelude\n" + GOOD, ("junk_before_headers",)),
    ],
)
def test_what_stands_before_the_headers_is_taken_away(raw: bytes, defects: tuple[str, ...]) -> None:
    """Line ends, marks, mbox lines and junk go, and each is named (facts 12, 13)."""
    assert repair(raw) == (GOOD, defects)


def test_a_text_without_headers_becomes_a_body() -> None:
    """What somebody wrote is kept as it is even where no header is."""
    mended, defects = repair(b"Nobody has come.\nStill waiting.\n\nAnn\n")
    assert mended.lstrip(b"\n") == b"Nobody has come.\nStill waiting.\n\nAnn\n"
    assert defects == ("no_headers",)


def test_a_parameter_that_lost_its_indentation_is_folded_again() -> None:
    """A boundary on a line of its own belongs to the field above."""
    raw = b"Content-Type: multipart/mixed;\nboundary=x\n\nbody"
    mended, defects = repair(raw)
    assert b"mixed;\n boundary=x\n" in mended
    assert defects == ("unfolded_parameter",)


def test_a_broken_line_does_not_end_the_headers() -> None:
    """A line among the headers that is none keeps the fields below it in place."""
    mended, defects = repair(b"From: a@x.org\nwhat is this\nSubject: Bins\n\nbody")
    assert b"\nX-Heard-Broken-Line: what is this\nSubject: Bins\n" in mended
    assert defects == ("broken_header_line",)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"X-Long: " + b"a" * (MOST_HEADER_BYTES + 1) + b"\n\nbody", "headers"),
        (GOOD + b"Content-Type: text/plain\n\n" * (MOST_PARTS + 1), "parts"),
        (GOOD + b"Content-Type: message/rfc822\n\n" * (MOST_PARTS + 1), "nesting"),
    ],
)
def test_a_limit_is_named(raw: bytes, reason: str) -> None:
    """A message made to exhaust its reader is refused with a short reason."""
    with pytest.raises(UnreadableMessage) as raised:
        repair(raw)
    assert raised.value.reason == reason
    assert "over the limit" in str(raised.value)


@pytest.mark.parametrize(
    ("payload", "declared", "found"),
    [
        ("--x\nContent-Type: text/plain\n\na\n--x--", "x", "x"),
        ("--y\nContent-Type: text/plain\n\na\n--y--", "x", "y"),
        ("--y\n\nContent-Transfer-Encoding: 7bit\n\na\n--y--", "", "y"),
        ("no boundary at all", "x", None),
        ("-- \nAnn Lee\n--and more--", "x", None),
    ],
)
def test_the_boundary_really_used_is_found(payload: str, declared: str, found: str | None) -> None:
    """Parts under another line than the declared one are still parts; a signature is none."""
    assert boundary_in_use(payload, declared) == found


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_can_be_mended(raw: bytes) -> None:
    """Whatever arrives, mending gives bytes without carriage returns, and not many more of them."""
    mended, _ = repair(raw)
    assert b"\r" not in mended
    assert len(mended) <= len(raw) + 30 * (raw.count(b"\n") + raw.count(b"\r") + 2)
