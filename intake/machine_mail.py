"""Which messages machines sent: bounces, automatic replies, receipts, notices (facts 26 to 31, 39).

Every rule is one line of a table: a reason and a check. A message that a person may have sent is never
machine mail because of one header alone; `Precedence: bulk` and `List-Id` say nothing about a person.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intake.headers import Headers, tidy_address
from intake.people import NO_REPLY

_DAEMON = re.compile(
    r"\b(?:mailer[-_]?daemon|postmaster|mail[-_]?delivery|microsoftexchange[0-9a-f]+)\b", re.IGNORECASE
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|report)|returned mail|"
    r"failure notice|mail (?:delivery (?:failed|failure|system)|system error)|message not delivered|"
    r"could not (?:be )?deliver|nicht zugestellt|unzustellbar|non remis|no se puede entregar|"
    r"delivery (?:incomplete|delayed|problem)|mancata consegna|niet bezorgd",
    re.IGNORECASE,
)
_QMAIL = re.compile(r"\AHi\. This is the qmail-send program", re.IGNORECASE)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[\s:-]*(?:reply|response|answer)|autoreply|autoresponder|"
    r"out of (?:the )?office(?:\s+auto[\s-]?reply)?|i am (?:currently )?out of (?:the )?office|"
    r"on (?:annual )?leave|away from (?:the|my) (?:office|desk)|automatische antwort|"
    r"abwesenheits?(?:notiz|assistent)|abwesend|réponse automatique|absence du bureau|"
    r"respuesta automática|fuera de la oficina|risposta automatica|fuori ufficio|automatisch antwoord|"
    r"afwezig(?:heid)?|autosvar|automatiskt svar|resposta automática|automatyczna odpowiedź|"
    r"odpowiedź automatyczna|răspuns automat|ymateb awtomatig|ateb awtomatig|"
    r"vacation (?:reply|response|autoreply))\s*(?:$|[:(–-])",
    re.IGNORECASE,
)
"""A phrase that programs write, and then nothing or a colon: people go on in words."""

_AUTO_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-auto-response")
_RULE_FORWARD = (
    "resent-from", "resent-to", "x-ms-exchange-generated-message-source",
    "x-ms-exchange-parent-message-id", "x-ms-exchange-forwardingloop", "x-forwarded-for", "x-forwarded-to",
)  # fmt: skip
_FORM = re.compile(
    r"^[ \t]*(?:your |full |contact )?(?:name|e-?mail(?: address)?|telephone)[ \t]*[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_RECIPIENT = re.compile(
    r"^(?:final|original)-recipient:\s*(?:[\w-]+\s*;)?\s*<?([^\s<>]+@[^\s<>]+)>?",
    re.IGNORECASE | re.MULTILINE,
)
_ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_ADDRESS_LINE = re.compile(
    r"^\s*<?([^\s<>()\"',;:]+@[^\s<>()\"',;:]+\.[^\s<>()\"',;:]+?)>?[.,:;]?\s*(?:\(|$|:)", re.MULTILINE
)
_FAR_INTO_A_REPORT = 3000


@dataclass(frozen=True)
class _Mail:
    """What the rules look at."""

    headers: Headers
    types: Sequence[str]
    text: str

    def has_type(self, start: str) -> bool:
        return any(each.startswith(start) for each in self.types)


def is_bounce(headers: Headers, types: Sequence[str], reports: Sequence[str], text: str) -> bool:
    """Say whether the message reports that a letter could not be delivered (RFC 3464 and others)."""
    if _is_delivery_report(types):
        return _actions(reports) <= {"failed"}
    if "x-failed-recipients" in headers or _QMAIL.match(text):
        return True
    says_so = bool(_BOUNCE_SUBJECT.search(headers.text("subject")))
    return says_so and (headers.raw("return-path") == "<>" or _is_daemon(headers))


def bounced_addresses(headers: Headers, reports: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the addresses that a bounce says could not be reached."""
    blocks = [block for report in reports for block in re.split(r"\n\s*\n", report)]
    failed = [block for block in blocks if _actions([block]) <= {"failed"}]
    found = [address for block in failed for address in _RECIPIENT.findall(block)]
    found += [person.address for person in headers.people("x-failed-recipients")]
    if not found and not any(map(_RECIPIENT.search, blocks)):
        found = _ADDRESS_LINE.findall(text[:_FAR_INTO_A_REPORT])
    return tuple(dict.fromkeys(map(tidy_address, found)))


def is_auto_reply(headers: Headers, subject: str) -> bool:
    """Say whether somebody's software answered for them (RFC 3834); ask about bounces first."""
    if headers.raw("auto-submitted").lower().startswith("auto-replied"):
        return True
    if any(name in headers for name in _AUTO_FIELDS):
        return True
    if headers.raw("precedence").lower() in {"auto_reply", "auto-reply"}:
        return True
    return bool(_AUTO_SUBJECT.match(subject))


def is_list(headers: Headers) -> bool:
    """Say whether the message came by a mailing list or a mass mailing (RFC 2919, RFC 2369)."""
    return any(name in headers for name in ("list-id", "list-unsubscribe", "list-post"))


def machine_reason(headers: Headers, types: Sequence[str], text: str) -> str:
    """Return why a message is nobody's own words, empty where a person may have written it."""
    mail = _Mail(headers, types, text)
    return next((reason for reason, applies in _RULES if applies(mail)), "")


def _is_daemon(headers: Headers) -> bool:
    people = headers.people("from")
    return not people or any(_DAEMON.search(f"{each.address} {each.name}") for each in people)


def _is_delivery_report(types: Sequence[str]) -> bool:
    return "message/delivery-status" in types or "multipart/report; report-type=delivery-status" in types


def _actions(reports: Sequence[str]) -> set[str]:
    """Return what the reports say was done: failed, delayed, delivered, relayed, expanded."""
    return {action.lower() for report in reports for action in _ACTION.findall(report)}


def _is_delivery_notice(mail: _Mail) -> bool:
    return _is_delivery_report(mail.types)


def _is_read_receipt(mail: _Mail) -> bool:
    return "message/disposition-notification" in mail.types or mail.has_type(
        "multipart/report; report-type=disposition-notification"
    )


def _is_feedback_report(mail: _Mail) -> bool:
    return "message/feedback-report" in mail.types


def _is_invitation(mail: _Mail) -> bool:
    return mail.has_type("text/calendar; method=")


def _is_notice(mail: _Mail) -> bool:
    if not mail.headers.raw("auto-submitted").lower().startswith("auto-generated"):
        return False
    if any(name in mail.headers for name in _RULE_FORWARD) or _FORM.search(mail.text):
        return False
    from_nobody = any(NO_REPLY.match(person.address) for person in mail.headers.people("from"))
    is_mass_mail = mail.headers.raw("precedence").lower() in {"bulk", "list", "junk"}
    return is_list(mail.headers) or is_mass_mail or from_nobody


_RULES: tuple[tuple[str, Callable[[_Mail], bool]], ...] = (
    ("a notice on the delivery of a letter", _is_delivery_notice),
    ("a read receipt", _is_read_receipt),
    ("a feedback report of a mail provider", _is_feedback_report),
    ("a calendar invitation", _is_invitation),
    ("an automatic notice", _is_notice),
)
