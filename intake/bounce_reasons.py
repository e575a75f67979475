"""Why a letter came back, in plain words for officers: from a bounce's code and its texts (RFC 3463)."""

import re
from collections.abc import Iterable

from intake.machine_words import Phrases, fold, found
from intake.returned_letters import failed_blocks
from intake.signs import Mail

UNKNOWN = "it came back as undeliverable"

_FULL = "the mailbox is full"
_TOO_LARGE = "the message was too large"
_CLOSED = "the account is closed"
_NO_DOMAIN = "the domain does not exist"
_NO_ADDRESS = "the address does not exist"
_REFUSED = "the message was refused as spam or by policy"
_TOO_LATE = "it could not be delivered in time"

_BY_WORDS: tuple[tuple[Phrases, str], ...] = (
    (Phrases.REASON_FULL, _FULL),
    (Phrases.REASON_TOO_LARGE, _TOO_LARGE),
    (Phrases.REASON_CLOSED, _CLOSED),
    (Phrases.REASON_NO_DOMAIN, _NO_DOMAIN),
    (Phrases.REASON_NO_ADDRESS, _NO_ADDRESS),
    (Phrases.REASON_REFUSED, _REFUSED),
    (Phrases.REASON_TOO_LATE, _TOO_LATE),
)
_BY_CODE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[45]\.2\.2"), _FULL),
    (re.compile(r"[45]\.(?:2\.3|3\.4)"), _TOO_LARGE),
    (re.compile(r"[45]\.2\.1"), _CLOSED),
    (re.compile(r"[45]\.(?:1\.2|4\.4|4\.310)"), _NO_DOMAIN),
    (re.compile(r"[45]\.1\.(?:0|1|3|4|6|10)"), _NO_ADDRESS),
    (re.compile(r"[45]\.(?:7\.\d+|1\.[78]|2\.4|6\.\d+)"), _REFUSED),
    (re.compile(r"4\.\d+\.\d+|5\.4\.(?:1|2|7)"), _TOO_LATE),
)
"""What the codes mean; 4.310 of Microsoft 365 is no code of the standard."""

_STATUS = re.compile(r"^status:\s*([45]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d/])")
_SAYS_NOTHING = re.compile(r"[45]\.0\.0")
_DIAGNOSTIC = re.compile(
    r"^diagnostic-code:([^\n]{0,1000}(?:\n[ \t][^\n]{0,1000}){0,20})", re.IGNORECASE | re.MULTILINE
)


def bounce_reason(mail: Mail) -> str:
    """Return in a few plain words why a letter came back, with the status code where there is one."""
    blocks = failed_blocks(mail)
    diagnostics = [text for block in blocks for text in _DIAGNOSTIC.findall(block)]
    codes = _codes([*blocks, *diagnostics, mail.own_words])
    reason = _by_words(diagnostics) or _by_code(codes) or _by_words([mail.subject, mail.own_words]) or UNKNOWN
    return f"{reason} ({codes[0]})" if codes else reason


def _codes(texts: Iterable[str]) -> list[str]:
    """Return the status codes of a bounce, the most telling first; 5.0.0 tells nothing."""
    codes = [code for text in texts for code in (*_STATUS.findall(text), *_CODE.findall(text))]
    telling = [code for code in codes if not _SAYS_NOTHING.fullmatch(code)]
    return [*telling, *codes]


def _by_code(codes: list[str]) -> str:
    return next((reason for code in codes[:1] for row, reason in _BY_CODE if row.fullmatch(code)), "")


def _by_words(texts: Iterable[str]) -> str:
    said = fold("\n".join(texts))
    return next((reason for phrases, reason in _BY_WORDS if found(phrases, said)), "")
