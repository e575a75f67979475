"""Codes of an authenticator app: the RFC's own examples, a clock that is off, and no code twice."""

from datetime import UTC, datetime

import pyotp
import pytest

from review.access.second_factor import address_of, in_groups, new_secret, square, step_of

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key of RFC 6238, appendix B."""


def at(seconds: int) -> datetime:
    """Return an instant by its Unix time."""
    return datetime.fromtimestamp(seconds, tz=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037")],
)  # fmt: skip
def test_the_examples_of_the_rfc_are_right(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, in six digits."""
    assert step_of(code, SECRET, after=None, now=at(seconds)) == seconds // 30


@pytest.mark.parametrize(("off", "is_taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_one_step_off(off: int, *, is_taken: bool) -> None:
    """RFC 6238, 5.2."""
    code = pyotp.TOTP(SECRET).at(1_800_000_000)
    assert (step_of(code, SECRET, after=None, now=at(1_800_000_000 + off)) is not None) is is_taken


def test_no_code_is_taken_twice_nor_one_before_it() -> None:
    """Whoever reads it over a shoulder is too late."""
    now = 1_800_000_000
    code, earlier = pyotp.TOTP(SECRET).at(now), pyotp.TOTP(SECRET).at(now - 30)
    step = step_of(code, SECRET, after=None, now=at(now))
    assert step_of(code, SECRET, after=step, now=at(now)) is None
    assert step_of(earlier, SECRET, after=step, now=at(now)) is None
    assert step_of(pyotp.TOTP(SECRET).at(now + 30), SECRET, after=step, now=at(now)) is not None


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "28708\uff12", "-87082", "28708\x00"]
)
def test_what_is_no_code_is_wrong(typed: str) -> None:
    """Six digits of ASCII."""
    assert step_of(typed, SECRET, after=None, now=at(59)) is None


def test_spaces_do_not_matter_and_no_key_takes_no_code() -> None:
    """Apps show the digits in two groups."""
    assert step_of(" 287 082 ", SECRET, after=None, now=at(59)) == 1
    assert step_of("287082", "", after=None, now=at(59)) is None


def test_the_square_says_who_and_where_and_holds_no_style() -> None:
    """Content-Security-Policy would drop it."""
    secret = new_secret()
    assert len(secret) == 32
    assert in_groups("ABCDEFGH") == "ABCD EFGH"
    address = address_of(secret, officer="pat.lee", organisation="Harrowmere: Council")
    assert address.startswith("otpauth://totp/Heard%20Harrowmere%20%20Council:pat.lee?secret=" + secret)
    drawn = square(address)
    assert drawn.startswith(b"<svg ")
    assert b"style" not in drawn
    assert secret.encode() not in drawn
