"""Which letter a bounce brings back, and whom it did not reach (fact 28, RFC 3464)."""

import re
from collections.abc import Iterable

from intake.headers import read_people, tidy_address
from intake.signs import OUR_ID, Mail

_ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^status:\s*[245]\.\d", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    r"^(?:final|original)-recipient:\s*(?:[\w-]+\s*;)?\s*<?([^\s<>]+@[^\s<>]+)>?",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_LINE = re.compile(r"\n\s*\n")

_LOCAL = r"[A-Za-z0-9\u00c0-\u024f.!#$%&*+/?^_{|}~-]{1,64}"
_DOMAIN = r"[A-Za-z0-9\u00c0-\u024f-]{1,63}(?:\.[A-Za-z0-9\u00c0-\u024f-]{1,63}){1,8}"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_ADDRESS_FIRST = re.compile(
    rf"^[ \t]*(?:[-*•][ \t]{{1,4}})?<?({_LOCAL}@{_DOMAIN})>?[.,:;]?[ \t]*"
    r"(?:\(|\[|<|:|--|-[ \t]|on\b|,[ \t]*ERROR|$)",
    re.MULTILINE,
)
_ONCE_KNOWN_AS = re.compile(
    r"(?:expanded from|generated (?:from|by)|forwarded (?:from|by)|originally (?:to|for))[:\s]{1,4}"
    rf"<?({_LOCAL}@{_DOMAIN})",
    re.IGNORECASE,
)
_TO_LINE = re.compile(r"^[> \t]*(?:rcpt )?to:[ \t]*([^\n]{1,300})$", re.IGNORECASE | re.MULTILINE)
_TO_ASK = re.compile(
    r"(?:postmaster|abuse|help(?:desk)?|support|admin(?:istrator)?|no-?reply|.{0,60}-(?:owner|request|help))@.*",
    re.IGNORECASE,
)
_RETURNED_ID = re.compile(
    r"^[ \t>]*(?:x-)?(?:original-)?message-id:\s{0,4}<?([^<>\s]{1,400}@[^<>\s]{1,400})>?",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_FOUND = 50


def actions(reports: Iterable[str]) -> set[str]:
    """Return what reports say was done: failed, delayed, delivered, relayed, expanded (RFC 3464, 2.3.3)."""
    return {action.lower() for report in reports for action in _ACTION.findall(report)}


def failed_blocks(mail: Mail) -> list[str]:
    """Return the parts of the reports that tell of one recipient who was not reached."""
    return [block for block in _blocks(mail) if actions([block]) <= {"failed"} and _STATUS.search(block)]


def bounced_addresses(mail: Mail) -> tuple[str, ...]:
    """Return the addresses that a bounce says could not be reached."""
    blocks = _blocks(mail)
    failed = [block for block in blocks if actions([block]) <= {"failed"}]
    addresses = [address for block in failed for address in _RECIPIENT.findall(block)]
    addresses += [person.address for person in mail.headers.people("x-failed-recipients")]
    if not addresses and not any(map(_RECIPIENT.search, blocks)):
        addresses = _stated_addresses(mail)
    tidy: dict[str, str] = {}
    for address in map(tidy_address, addresses):
        tidy.setdefault(address.casefold(), address)
    return tuple(tidy.values())[:_MOST_FOUND]


def returned_ids(mail: Mail) -> tuple[str, ...]:
    """Return the Message-IDs of the letters that a bounce brings back, wherever it names them."""
    enclosed = [one for each in mail.enclosed for one in each.ids("message-id")]
    texts = [*mail.reports, mail.text]
    named = [f"<{one}>" for text in texts for one in _RETURNED_ID.findall(text)[:_MOST_FOUND]]
    ours = [f"<{one[0].rstrip('.')}>" for text in texts for one in OUR_ID.finditer(text)]
    return tuple(dict.fromkeys([*enclosed, *named, *ours]))[:_MOST_FOUND]


def _blocks(mail: Mail) -> list[str]:
    return [block for report in mail.reports for block in _EMPTY_LINE.split(report)]


def _stated_addresses(mail: Mail) -> list[str]:
    """Return whom the text says that the letter did not reach, else to whom the returned letter went."""
    own = mail.own_words
    stated = [*_ADDRESS_FIRST.findall(own), *_ONCE_KNOWN_AS.findall(own), *_returned_to(mail)]
    chosen = _likely(mail, stated)
    if chosen:
        return chosen
    anywhere = _likely(mail, _ADDRESS.findall(own))
    return [address for address in anywhere if not _TO_ASK.fullmatch(address)] or anywhere


def _likely(mail: Mail, addresses: Iterable[str]) -> list[str]:
    """Leave out our own addresses, the mail system's, and Message-IDs that look like addresses."""
    senders = {each.address.casefold() for each in mail.headers.people("from")}
    not_them = senders | mail.own_addresses
    return [
        each
        for each in (address.strip(".") for address in addresses)
        if each.casefold() not in not_them and not OUR_ID.fullmatch(each)
    ]


def _returned_to(mail: Mail) -> list[str]:
    """Return to whom the letter went that came back."""
    fields = [person for each in mail.enclosed for person in each.people("to")]
    written = [line for text in (*mail.reports, mail.text) for line in _TO_LINE.findall(text)[:_MOST_FOUND]]
    return [person.address for person in [*fields, *(one for line in written for one in read_people(line))]]
