"""Sealed mail: S/MIME and PGP as far as it is only signed, and nothing made up where it is encrypted."""

import time
import zlib

import pytest
from asn1crypto import cms

from intake.armour import without_armour
from intake.parse import parse
from intake.smime import open_sealed

LOCKED = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"


SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----"


def compressed(content: bytes) -> bytes:
    """Return compressed data (RFC 3274)."""
    inner = {"content_type": "data", "content": zlib.compress(content)}
    data = cms.CompressedData(
        {"version": "v0", "compression_algorithm": {"algorithm": "zlib"}, "encap_content_info": inner}
    )
    return bytes(cms.ContentInfo({"content_type": "compressed_data", "content": data}).dump())


def test_compressed_mail_is_unpacked() -> None:
    """Some programs compress before they sign."""
    assert open_sealed(compressed(b"Content-Type: text/plain\n\nhello")).content.endswith(b"hello")


@pytest.mark.parametrize(
    "content",
    [b"", b"0", b"0\x80", b"0\x82\xff\xff", b"%PDF-1.4", b"MIAG",
     b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----", b"\x30\x0b" + bytes(11),
     b"0\x84\xff\xff\xff\xff" + bytes(50),
     b"\x1f" + b"\xff" * 3_000_000, b"0\x80" * 100_000, compressed(b"x")[:-3]],
)  # fmt: skip
def test_what_is_no_sealed_mail_is_said_to_be_broken(content: bytes) -> None:
    """No bytes raise, and none take long."""
    begun = time.perf_counter()
    opened = open_sealed(content)
    assert opened.fault
    assert not opened.is_encrypted
    assert time.perf_counter() - begun < 1


def test_seals_without_end_are_left_closed() -> None:
    """A mail that seals itself again and again is opened a few times, then kept as a file."""
    content = b"Content-Type: text/plain\n\nhello"
    for _ in range(8):
        inner = compressed(content)
        content = b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: 8bit\n\n" + inner
    parsed = parse(b"From: a@example.org\n" + content)
    assert parsed.text == ""
    assert "broken_smime" in parsed.defects
    assert [each.filename for each in parsed.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    ("text", "read", "is_encrypted"),
    [
        ("no armour", "no armour", False),
        (f"above\n{LOCKED}\nbelow", "above\n\nbelow", True),
        (LOCKED, "", True),
        (LOCKED[:40], "", True),
        (f"{LOCKED}\nbetween\n{LOCKED}", "between", True),
        (f"he wrote {LOCKED}", f"he wrote {LOCKED}", False),
        (f"> {LOCKED.splitlines()[0]}\n> x", f"> {LOCKED.splitlines()[0]}\n> x", False),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n- - point", "words\n- point", False),
        (f"-----BEGIN PGP SIGNED MESSAGE-----\n\nwords\n{SIGNATURE}\nbelow", "words\n\nbelow", False),
    ],
)  # fmt: skip
def test_pgp_s_own_lines_are_no_words(text: str, read: str, *, is_encrypted: bool) -> None:
    """Signed words are read, encrypted ones are missed, and quoted armour is only quoted."""
    assert without_armour(text) == (read, is_encrypted)


def test_many_blocks_take_no_time() -> None:
    """A text of nothing but beginnings is passed over once."""
    begun = time.perf_counter()
    without_armour("-----BEGIN PGP MESSAGE-----\n" * 20_000)
    without_armour("-----BEGIN PGP SIGNED MESSAGE-----\n" * 20_000)
    without_armour("-----BEGIN PGP \n" * 50_000)
    assert time.perf_counter() - begun < 1
