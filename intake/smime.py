"""S/MIME (RFC 8551): what a sealed part holds, as far as it is signed or compressed only.

Signatures are not checked: nothing here depends on who signed, and what was written is what counts.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from asn1crypto import cms

_LARGEST = 50_000_000
_PEM = re.compile(rb"-----BEGIN [A-Z0-9 ]{3,30}-----\s*([A-Za-z0-9+/=\s]*)-----END ")
_BASE64_ONLY = re.compile(rb"[A-Za-z0-9+/=\s]+")
_ENCRYPTED = {
    "enveloped_data",
    "encrypted_data",
    "signed_and_enveloped_data",
    "authenticated_enveloped_data",
}
_BROKEN = "it is sealed by S/MIME and broken, so that it cannot be read"
_LOCKED = "it is encrypted and cannot be read here"

# The library adds up a tag of any length digit by digit, in a time that grows with the square of the length.
_IS_HIGH = bytes(byte >> 7 for byte in range(256))
_LONG_TAG = b"\x01" * 1_000


@dataclass(frozen=True)
class Opened:
    """A sealed part's content, or why there is none."""

    content: bytes = b""
    is_encrypted: bool = False
    fault: str = ""


def open_sealed(content: bytes) -> Opened:
    """Return what a part of type application/pkcs7-mime holds, in whatever form it came: DER, BER or PEM."""
    try:
        kind, info = _content_info(_as_der(content))
        if kind in _ENCRYPTED:
            return Opened(is_encrypted=True, fault=_LOCKED)
        if kind == "compressed_data":
            packed = bytes(info["content"]["encap_content_info"]["content"].native or b"")
            return Opened(content=_unpacked(packed))
        if kind == "signed_data":
            return Opened(content=bytes(info["content"]["encap_content_info"]["content"].native or b""))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error, RecursionError):
        # The library raises any of these on bytes that are no CMS.
        return Opened(fault=_BROKEN)
    return Opened(fault=_BROKEN)


def _content_info(der: bytes) -> tuple[str, cms.ContentInfo]:
    if len(der) > _LARGEST or _LONG_TAG in der.translate(_IS_HIGH):
        raise ValueError("it is too large, or made to be slow")
    info = cms.ContentInfo.load(der)
    return str(info["content_type"].native), info


def _as_der(content: bytes) -> bytes:
    armoured = _PEM.search(content[:_LARGEST])
    if armoured:
        return _from_base64(armoured[1])
    # Some programs name base64 in no header.
    return _from_base64(content) if _BASE64_ONLY.fullmatch(content) else content


def _from_base64(written: bytes) -> bytes:
    try:
        return base64.b64decode(written)
    except binascii.Error as error:
        raise ValueError("it is no base64") from error


def _unpacked(packed: bytes) -> bytes:
    """Return what was compressed (RFC 3274), up to a limit."""
    return zlib.decompressobj().decompress(packed, _LARGEST)
