"""Which messages machines sent: bounces, automatic replies, receipts, notices (facts 26 to 31, 39).

Every rule is one line of a table: a reason and a check. A message that a person may have sent is never
machine mail because of one header alone; `Precedence: bulk` and `List-Id` say nothing about a person. What
carries somebody's words or document is theirs: a web form, a fax, a voicemail, a note typed into a receipt.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.auto_replies import is_auto_reply, speaks_for_a_person
from intake.bounce_reasons import bounce_reason
from intake.bounces import Delivery, delivery_of
from intake.contents import Contents
from intake.headers import Headers
from intake.machine_words import Phrases, begins, fold, found
from intake.returned_letters import bounced_addresses, returned_ids
from intake.signs import FORM_LINE, Mail
from intake.typed_beside import is_typed

_ON_DELIVERY = "a notice on the delivery of a letter"

_RULE_FORWARD = (
    "x-ms-exchange-generated-message-source", "x-ms-exchange-parent-message-id",
    "x-ms-exchange-forwardingloop", "x-ms-exchange-inbox-rules-loop",
)  # fmt: skip
_FIRST_PERSON = re.compile(r"\bi(?:'m|'ve| am| have| was| will| would| had)\b|\bmy\b")
_ROBOT = re.compile(
    r"(?:.{0,40}[-_.])?(?:alerts?|digest|newsletter|bulletin|robot|bot|daemon|monitor(?:ing)?|nagios|icinga|zabbix|"
    r"prtg|grafana|alertmanager|prometheus|uptime|backup|veeam|cron|root|scheduler)(?:[-_+.].{0,40})?",
    re.IGNORECASE,
)
_MAY_CARRY = re.compile(
    r"(?:.{0,40}[-_.])?(?:notifications?|news|updates?|jobs?|reports?|offers?|deals|marketing|automated|system)"
    r"(?:[-_+.].{0,40})?",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"(?:.{0,40}[-_.])?(?:newsletter|news|digest|bulletin|offers?|deals|marketing)", re.IGNORECASE
)
_REJECTED = re.compile(r"(?:automatically )?(?:rejected|refused)\b")
_CALENDAR = re.compile(r"calendar-notification@|calendar-server\.", re.IGNORECASE)


@dataclass(frozen=True)
class Judged:
    """What is known of who sent a message; `reason` says why it is nobody's own words, empty for people's."""

    is_bounce: bool = False
    bounced_addresses: tuple[str, ...] = ()
    returned_ids: tuple[str, ...] = ()
    bounce_reason: str = ""
    is_auto_reply: bool = False
    reason: str = ""


def judge(headers: Headers, contents: Contents) -> Judged:
    """Say whether a machine sent a message, and of a bounce which letter came back and why."""
    mail = Mail.of(headers, contents)
    delivery = delivery_of(mail)
    if delivery is Delivery.FAILED or _is_rejection(mail):
        return Judged(
            is_bounce=True,
            bounced_addresses=bounced_addresses(mail),
            returned_ids=returned_ids(mail),
            bounce_reason=bounce_reason(mail),
        )
    if delivery is Delivery.NOTICE:
        return Judged(reason=_ON_DELIVERY)
    if (_is_receipt(mail) or _is_event(mail) or _is_feedback_report(mail)) and _holds_more(mail):
        return Judged()
    is_reply = not _is_receipt(mail) and is_auto_reply(mail)
    return Judged(is_auto_reply=is_reply, reason="" if is_reply else machine_reason(mail))


def machine_reason(mail: Mail) -> str:
    """Return why a message is nobody's own words, empty where a person may have written it."""
    return next((reason for reason, applies in _RULES if applies(mail)), "")


def is_list(headers: Headers) -> bool:
    """Say whether the message came by a mailing list or a mass mailing (RFC 2919, RFC 2369)."""
    return any(name in headers for name in ("list-id", "list-unsubscribe", "list-post"))


def _is_rejection(mail: Mail) -> bool:
    """Say whether a receipt says that somebody's rule threw a letter away unread (RFC 5429, 2.1)."""
    is_titled = mail.is_from_null and _REJECTED.match(mail.subject)
    return _is_receipt(mail) and bool("reject" in mail.auto_submitted or is_titled)


def _holds_more(mail: Mail) -> bool:
    """Say whether somebody put words or files beside what a program wrote: then the mail is theirs."""
    names = " ".join(str(each) for each in mail.headers.people("from"))
    is_noted = found(Phrases.WITH_NOTE, mail.said) or is_typed(
        mail.own_words, known=f"{mail.subject} {names}"
    )
    return bool(is_noted) or mail.has_files


def _is_receipt(mail: Mail) -> bool:
    return "message/disposition-notification" in mail.types or mail.has_type(
        "multipart/report; report-type=disposition-notification"
    )


def _is_event(mail: Mail) -> bool:
    is_googles = _CALENDAR.search(mail.headers.raw("sender")) and begins(Phrases.EVENT_TITLE, mail.subject)
    return mail.has_type("text/calendar; method=") or bool(is_googles)


def _is_feedback_report(mail: Mail) -> bool:
    is_report = "message/feedback-report" in mail.types or mail.has_field("x-hmxmroriginalrecipient")
    return is_report or begins(Phrases.ABUSE_REPORT, mail.subject) is not None


def _is_domain_report(mail: Mail) -> bool:
    return begins(Phrases.DOMAIN_REPORT, mail.subject) is not None or mail.has_type("application/tlsrpt")


def _is_virus_notice(mail: Mail) -> bool:
    is_guards = mail.is_from_office or mail.is_from_daemon or mail.is_from_null
    return is_guards and not mail.is_answer and found(Phrases.VIRUS, mail.subject) is not None


def _is_missed_call(mail: Mail) -> bool:
    """Say whether somebody called and left nothing; a message that they left is theirs."""
    is_one = begins(Phrases.MISSED_CALL, mail.subject) and found(Phrases.LEFT_NOTHING, mail.said)
    return bool(is_one) and not mail.has_files and _is_robots_address(mail)


def _is_system_notice(mail: Mail) -> bool:
    """Say whether it is a notice of monitoring, backups, accounts or filters, by address and title."""
    is_titled = begins(Phrases.SYSTEM_TITLE, mail.subject) or found(Phrases.QUARANTINE, mail.subject)
    return bool(is_titled) and _is_from_robot(mail) and not _FIRST_PERSON.search(mail.said)


def _is_newsletter(mail: Mail) -> bool:
    is_mass = "list-unsubscribe" in mail.headers and any(map(_NEWS.fullmatch, mail.locals))
    leaves = found(Phrases.NOTIFIES, fold(mail.text))
    return is_mass and leaves is not None and _is_from_robot(mail) and _is_nobodys(mail)


def _is_notice(mail: Mail) -> bool:
    """Say whether a program sent the mail by itself, and more shows that it carries nobody's words.

    Web forms, rules and campaign tools stamp residents' mail in the same way.
    """
    if not mail.is_auto_generated or any(name in mail.headers for name in _RULE_FORWARD):
        return False
    is_bulk = mail.headers.raw("precedence").lower() in {"bulk", "list", "junk"}
    is_machines = is_bulk or is_list(mail.headers) or _is_from_robot(mail)
    is_robots = any(map(_ROBOT.fullmatch, mail.locals))
    if is_robots and is_list(mail.headers):
        return _is_nobodys_voice(mail)
    tells = any(found(table, mail.said) for table in (Phrases.NOTIFIES, Phrases.DECLARES, Phrases.UNREAD))
    return is_machines and (tells or is_robots) and _is_nobodys(mail)


def _is_from_robot(mail: Mail) -> bool:
    """Say whether a program's address sent it, and nobody else is to be answered."""
    theirs = {each.address.rpartition("@")[2] for each in mail.headers.people("from")}
    answered = {each.address.rpartition("@")[2] for each in mail.headers.people("reply-to")}
    return _is_robots_address(mail) and answered <= theirs and not mail.is_forwarded and not mail.is_answer


def _is_robots_address(mail: Mail) -> bool:
    is_named = any(_ROBOT.fullmatch(each) or _MAY_CARRY.fullmatch(each) for each in mail.locals)
    return mail.is_from_teller or mail.is_from_office or is_named


def _is_nobodys(mail: Mail) -> bool:
    """Say whether nothing shows that the mail carries somebody's words or document."""
    return _is_nobodys_voice(mail) and not found(Phrases.CARRIES, f"{mail.subject}\n{mail.said}")


def _is_nobodys_voice(mail: Mail) -> bool:
    """Say whether nobody says I, fills in a form, attaches anything or complains."""
    is_voice = _FIRST_PERSON.search(f"{mail.subject}\n{mail.said}") or FORM_LINE.search(mail.own_words)
    return not is_voice and not speaks_for_a_person(mail)


_RULES: tuple[tuple[str, Callable[[Mail], bool]], ...] = (
    ("a read receipt", _is_receipt),
    ("a feedback report of a mail provider", _is_feedback_report),
    ("a report on the council's mail domain", _is_domain_report),
    ("a calendar invitation", _is_event),
    ("a notice about a virus", _is_virus_notice),
    ("a notice about a missed call", _is_missed_call),
    ("a notice of a computer system", _is_system_notice),
    ("a newsletter", _is_newsletter),
    ("an automatic notice", _is_notice),
)
"""Why, and the check; the first that applies."""
