"""Mail broken at random, from the odd messages of tests/mail: always the same for the same seed."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

MAIL = Path(__file__).parent / "mail"

_LONGEST = 200_000
_TOKENS = (
    b"\r\n", b"\n\n", b"\x00", b"\xff", b"\r", b"--", b"=?", b"?=", b"=?utf-8?q?", b"=?utf-8?b?",
    b"boundary=", b"charset=", b"Content-Type: multipart/mixed; boundary=x\n", b'"', b"(", b"<", b">", b"@",
    b"Content-Type: message/rfc822\n\n", b",", b";", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"From ",
    b">From ", b"=\n", b"=3D", b"\t", b"Content-Transfer-Encoding: base64\n", b"begin 644 x\n",
    b"\xed\xa0\x80", b"9" * 400, b" " * 2_000, b"In-Reply-To: <a@b>\n", b"Subject: Re: x\n",
    b"On Monday Ann wrote:\n> ", b"<html>", b"</html>", b"<!--",
)  # fmt: skip

Mutation = Callable[[bytes, random.Random], bytes]


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the odd messages, the largest left out."""
    files = sorted(MAIL.glob("*.eml"))
    return tuple(raw for file in files if len(raw := file.read_bytes()) <= _LONGEST)


def mutated(count: int, *, seed: int) -> Iterator[bytes]:
    """Yield so many broken messages."""
    drawn, originals = random.Random(seed), seeds()  # noqa: S311  # broken mail, not a secret
    for _ in range(count):
        raw = drawn.choice(originals)
        for _ in range(drawn.choice((1, 1, 2, 4, 12))):
            raw = drawn.choice(_MUTATIONS)(raw, drawn)
        yield raw[: 4 * _LONGEST]


def _flip(raw: bytes, drawn: random.Random) -> bytes:
    if not raw:
        return raw
    place = drawn.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ (1 << drawn.randrange(8))]) + raw[place + 1 :]


def _insert(raw: bytes, drawn: random.Random) -> bytes:
    place = drawn.randrange(len(raw) + 1)
    return raw[:place] + drawn.choice(_TOKENS) * drawn.choice((1, 1, 1, 30)) + raw[place:]


def _cut(raw: bytes, drawn: random.Random) -> bytes:
    start = drawn.randrange(len(raw) + 1)
    return raw[:start] + raw[start + drawn.choice((1, 10, 200, 5_000)) :]


def _end_early(raw: bytes, drawn: random.Random) -> bytes:
    return raw[: drawn.randrange(len(raw) + 1)]


def _repeat(raw: bytes, drawn: random.Random) -> bytes:
    start = drawn.randrange(len(raw) + 1)
    piece = raw[start : start + drawn.choice((5, 80, 2_000))]
    return raw[:start] + piece * drawn.choice((2, 20)) + raw[start:]


def _swap_lines(raw: bytes, drawn: random.Random) -> bytes:
    lines = raw.split(b"\n")
    one, other = drawn.randrange(len(lines)), drawn.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _splice(raw: bytes, drawn: random.Random) -> bytes:
    other = drawn.choice(seeds())
    return raw[: drawn.randrange(len(raw) + 1)] + other[drawn.randrange(len(other) + 1) :]


_MUTATIONS: tuple[Mutation, ...] = (_flip, _insert, _insert, _cut, _end_early, _repeat, _swap_lines, _splice)
