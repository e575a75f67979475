"""Bounces: whether a message says that a letter came back, that it waits or that it arrived (facts 28, 29).

A report by the standard says it in its fields (RFC 3464). Everything else is told from who writes and in what
words: a resident who quotes a bounce, or is called Postmaster, is a resident.
"""

import re
from collections.abc import Callable
from enum import Enum

from intake.machine_words import Phrases, begins, found
from intake.returned_letters import actions
from intake.signs import OUR_ID, Mail

_STATUS = re.compile(r"^status:\s*([245])\.\d", re.IGNORECASE | re.MULTILINE)
_QMAIL = re.compile(r"\AHi\. This is the qmail-send program", re.IGNORECASE)
_CODE = re.compile(
    r"(?<![\d.,£$€])(?:[45]\.[0-7]\.\d{1,3}(?![\d/])|(?:55|54|45|42)\d[ -](?=[A-Z<#\[']|[245]\.\d))"
)
_OUR_TITLE = re.compile(
    r"\bc-\d{4}-\d{4}-\d{2}\b|\bwe have received your (?:message|request|complaint)\b", re.IGNORECASE
)
_LABELLED = re.compile(r"^[ \t>]*[^\n:]{1,30}:[ \t]*<?([^\s<>]{1,64}@[^\s<>]{1,255})>?", re.MULTILINE)
_OUR_MAIL = re.compile(r"\byour (?:message|e-?mail|mail|post(?:ing)?)\b")
_VIRUS = re.compile(r"\b(?:virus(?:es)?|malware|trojan|infected)\b")
_REPORT = "multipart/report; report-type=delivery-status"
_SAYS_IT_IS_ONE = (
    "x-ms-exchange-message-is-ndr",
    "x-failed-recipients",
    "x-icewarp-dsn",
    "x-me-bounce",
    "x-axigen-dsn",
)


class Delivery(Enum):
    """What a message says about the delivery of a letter."""

    NOTHING = "nothing"
    NOTICE = "notice"
    FAILED = "failed"


def delivery_of(mail: Mail) -> Delivery:
    """Say what a message says about a letter: that it came back, that it waits or arrived, or nothing."""
    if _is_report(mail):
        return _reported(mail)
    if mail.is_forwarded or _VIRUS.search(mail.subject):
        return Delivery.NOTHING
    return next((delivery for _, delivery, applies in _RULES if applies(mail)), Delivery.NOTHING)


def _is_report(mail: Mail) -> bool:
    """Say whether the message is a report by the standard; one attached to a person's mail is none."""
    if any(each.startswith(_REPORT) for each in mail.types[:1]):
        return True
    is_from_system = mail.is_from_null or mail.is_from_daemon or mail.is_from_office or not mail.locals
    return is_from_system and (mail.has_type(_REPORT) or "message/delivery-status" in mail.types)


def _reported(mail: Mail) -> Delivery:
    done = actions(mail.reports)
    if done:
        return Delivery.FAILED if "failed" in done else Delivery.NOTICE
    classes = {status for report in mail.reports for status in _STATUS.findall(report)}
    if classes:
        return Delivery.FAILED if "5" in classes else Delivery.NOTICE
    return Delivery.NOTICE if found(Phrases.LATE, mail.subject) else Delivery.FAILED


def _subject_says(mail: Mail) -> bool:
    return bool(found(Phrases.FAILED_SUBJECT, mail.subject))


def _text_says(mail: Mail) -> bool:
    return bool(found(Phrases.FAILED, mail.said) or _CODE.search(mail.own_words))


def _shows_our_letter(mail: Mail) -> bool:
    """Say whether it shows what was sent: the letter, its Message-ID or reference, or that we sent it."""
    return bool(
        mail.enclosed
        or OUR_ID.search(mail.text)
        or _OUR_TITLE.search(f"{mail.subject}\n{mail.own_words}")
        or any(address.casefold() in mail.own_addresses for address in _LABELLED.findall(mail.own_words))
    )


def _is_late(mail: Mail) -> bool:
    if not found(Phrases.LATE, mail.subject):
        return False
    is_filter = mail.is_from_office and not mail.is_from_postmaster and not mail.is_answer
    return mail.is_from_system or (is_filter and _shows_our_letter(mail))


def _has_arrived(mail: Mail) -> bool:
    return mail.is_from_system and bool(begins(Phrases.ARRIVED, mail.subject))


def _says_it_is_one(mail: Mail) -> bool:
    return mail.has_field(*_SAYS_IT_IS_ONE)


def _is_qmail(mail: Mail) -> bool:
    return bool(_QMAIL.match(mail.text)) and (mail.is_from_system or mail.is_from_null or not mail.locals)


def _is_late_in_its_text(mail: Mail) -> bool:
    is_sure = mail.is_from_daemon or _shows_our_letter(mail) or _CODE.search(mail.own_words)
    return bool(
        mail.is_from_system and is_sure and not _subject_says(mail) and found(Phrases.LATE, mail.said)
    )


def _system_says_so(mail: Mail) -> bool:
    if not mail.is_from_system or (mail.is_answer and not mail.is_from_daemon):
        return False
    is_sure = mail.is_from_daemon or _shows_our_letter(mail) or _CODE.search(mail.own_words)
    return _subject_says(mail) or bool(is_sure and _text_says(mail))


def _null_sender_says_so(mail: Mail) -> bool:
    begins_so = bool(begins(Phrases.FAILED_SUBJECT, mail.subject))
    is_sure = begins_so or (
        _subject_says(mail) and (_shows_our_letter(mail) or bool(_CODE.search(mail.own_words)))
    )
    return mail.is_from_null and is_sure and not mail.is_answer


def _postmaster_says_so(mail: Mail) -> bool:
    """Say whether a postmaster says so twice, where the mailbox has not kept Return-Path."""
    is_unknown = "return-path" not in mail.headers
    return mail.is_from_postmaster and is_unknown and _subject_says(mail) and _text_says(mail)


def _office_says_so(mail: Mail) -> bool:
    """Say whether a filter or a list says so under its own address, about what we sent."""
    is_theirs = mail.is_from_office or (mail.is_from_teller and _OUR_MAIL.search(mail.subject))
    return bool(is_theirs and _subject_says(mail) and _shows_our_letter(mail)) and not mail.is_answer


def _brings_our_letter_back(mail: Mail) -> bool:
    """Say whether the null sender or an unread address has our letter, and a word of failure."""
    is_ours = any(OUR_ID.search(text) for text in (*mail.reports, mail.text)) or any(
        OUR_ID.search(each.raw("message-id")) for each in mail.enclosed
    )
    is_told = found(Phrases.FAILED_SUBJECT, f"{mail.subject} {mail.said}") or _CODE.search(mail.own_words)
    is_titled = begins(Phrases.AUTOMATIC, mail.subject) or begins(Phrases.ABSENT_SUBJECT, mail.subject)
    is_from_nobody = mail.is_from_null or (mail.is_from_nobody and _subject_says(mail))
    return bool(is_from_nobody and is_ours and is_told) and not is_titled and not mail.is_answer


def _daemon_says_anything(mail: Mail) -> bool:
    return mail.is_from_daemon and mail.is_from_null


_RULES: tuple[tuple[str, Delivery, Callable[[Mail], bool]], ...] = (
    ("the subject says that a letter waits", Delivery.NOTICE, _is_late),
    ("the subject says that a letter arrived", Delivery.NOTICE, _has_arrived),
    ("a field says that it is a bounce", Delivery.FAILED, _says_it_is_one),
    ("qmail's own words", Delivery.FAILED, _is_qmail),
    ("a mail system says that a letter waits", Delivery.NOTICE, _is_late_in_its_text),
    ("a mail system says that a letter did not arrive", Delivery.FAILED, _system_says_so),
    ("the null sender and the subject of a bounce", Delivery.FAILED, _null_sender_says_so),
    ("a postmaster says so, in subject and text", Delivery.FAILED, _postmaster_says_so),
    ("a filter or a list refused what we sent", Delivery.FAILED, _office_says_so),
    ("our letter comes back", Delivery.FAILED, _brings_our_letter_back),
    ("a mail system in words that are not known", Delivery.FAILED, _daemon_says_anything),
)
"""Why, what follows, and the check; the first that applies."""
