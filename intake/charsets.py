"""Bytes to readable text, whatever the label says (docs/mail.md, facts 14 to 19).

The order of trust: a byte order mark, an escape sequence, UTF-8 that decodes without a fault, the declared
charset read as browsers read it, an HTML page's own declaration, and Windows-1252, which always decodes.
"""

import codecs
import re

_DECLARED = {
    # What browsers take these labels to mean (WHATWG Encoding Standard, section 4.2).
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_SELF_DESCRIBING = {"utf-7", "iso2022_jp", "gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "utf-16"}
_ASCII_AND_UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_BREAKS = ("\r\n", "\r", "\x0c", "\u2028", "\u2029")


def decode_text(content: bytes, declared: str | None = None, *, is_html: bool = False) -> str:
    """Decode a text part; never raises, never invents a replacement character."""
    return clean(_decode(content, declared, is_html=is_html))


def is_mislabelled(content: bytes, declared: str | None) -> bool:
    """Say whether a part that calls itself UTF-8 or ASCII is neither (facts 14 and 15)."""
    if not declared or content.isascii() or declared.lower() not in _ASCII_AND_UTF_8:
        return False
    return _strictly(content, "utf-8") is None


def clean(text: str) -> str:
    """Make text fit for screens and databases: plain line ends, no NUL, controls or lone surrogates."""
    for each in _BREAKS:
        # One replacement after another is far quicker than an expression that finds them all.
        if each in text:
            text = text.replace(each, "\n")
    return _UNREADABLE.sub("", text)


def known_codec(label: str | None) -> str | None:
    """Return Python's name for the charset that a label means, None for one that nobody knows."""
    cleaned = re.sub(
        r"[^\w.:-]", "", re.sub(r"^charset=", "", (label or "").strip(" \"'"), flags=re.IGNORECASE)
    )
    try:
        name = codecs.lookup(cleaned).name
    except (LookupError, ValueError):
        return None
    name = _DECLARED.get(name, name)
    return name if codecs.lookup(name)._is_text_encoding else None  # noqa: SLF001  # no other way


def _decode(content: bytes, declared: str | None, *, is_html: bool) -> str:
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content.decode(codec, "replace").replace("\ufffd", "")
    codec_of_label = known_codec(declared)
    meta = _META.search(content[:4096]) if is_html else None
    codec_of_page = known_codec(meta[1].decode("ascii", "replace")) if meta else None
    ladder: list[str | None] = [
        "iso2022_jp" if b"\x1b$" in content or b"\x1b(" in content else None,
        codec_of_label if codec_of_label in _SELF_DESCRIBING else None,
        "utf-8",
        codec_of_label,
        codec_of_page,
    ]
    for rung in ladder:
        if rung and (text := _strictly(content, rung)) is not None:
            return text
    return _as_windows(content)


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _as_windows(content: bytes) -> str:
    """Read as Windows-1252, its five undefined bytes as the control characters that Latin-1 has there."""
    return codecs.charmap_decode(content, "strict", _WINDOWS)[0]


_WINDOWS = "".join(
    _strictly(bytes([byte]), "cp1252") or bytes([byte]).decode("latin-1") for byte in range(256)
)
