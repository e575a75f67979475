"""Whether a message may be answered by a machine, and if not, why."""

import re
from datetime import datetime

from casework.policy import DAY, HOUR, Policy
from models.message import ParsedMessage
from models.plus_address import without_plus
from models.ports import Letters

_PLAIN_ADDRESS = re.compile(r"[a-z0-9_!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"^(?:(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer[-_]?daemon|postmaster|bounces?)(?=[-+_.@\d])|owner-|"
    r"listserv@|majordomo@|root@|nobody@|.*-(?:request|bounces)@)",
    re.IGNORECASE,
)

_FOR_AN_OFFICER = {
    "forward": "a colleague forwarded it",
    "form_unverified": "nothing proves that our web form sent it",
}
"""Where a proposed complainant is answered by an officer only, and why."""


def reply_address(parsed: ParsedMessage, policy: Policy) -> str:
    """Return the address that an answer goes to, in lower case, empty where nobody can be answered.

    What a colleague forwards is not answered to the colleague, and to its writer only by an officer; the same
    goes for a web form's mail that is not proven to come from the form.
    Nobody is answered through a mailing list, or where the sender was null (RFC 3834, 2): the letter would go
    to everybody, or round in circles. A web form's person is answered only where the settings name the form's
    sender; otherwise Reply-To, unless it is ours or nobody's, and then From (RFC 3834, 4).
    """
    if parsed.is_list or parsed.is_null_sender or parsed.complainant.found_in in _FOR_AN_OFFICER:
        return ""
    sender = parsed.sender.address.casefold() if parsed.sender else ""
    if parsed.complainant.found_in == "form" and sender in policy.form_senders:
        return parsed.complainant.person.address.casefold()
    named = [person.address.casefold() for person in parsed.reply_to]
    usable = [address for address in named if not reasons_against_address(address, policy)]
    return usable[0] if usable else sender


def needs_confirming(parsed: ParsedMessage) -> bool:
    """Say whether an officer first confirms whom to answer, since the message only proposes somebody."""
    return is_only_proposed(parsed.complainant.found_in)


def is_only_proposed(found_in: str) -> bool:
    """Say whether a complainant who was found in such a place is only proposed, until an officer confirms."""
    return found_in in _FOR_AN_OFFICER


def reasons_against(
    parsed: ParsedMessage, address: str, *, letters: Letters, policy: Policy, now: datetime
) -> tuple[str, ...]:
    """Return every reason not to answer a message by machine; none means that it may be answered.

    - there is no address, or it belongs to nobody: null sender, no-reply, daemons and lists
    - the address is one of ours
    - the message came through a mailing list
    - the address, its domain or all together have been sent as many letters as the caps allow
    """
    reasons = reasons_against_address(address, policy)
    why_an_officer = _FOR_AN_OFFICER.get(parsed.complainant.found_in)
    if why_an_officer:
        proposed = parsed.complainant.person
        reasons = [f"{why_an_officer}; it seems to be from {proposed}: please confirm whom to answer"]
    if parsed.is_null_sender:
        reasons.append("the message has a null sender")
    if parsed.is_list:
        reasons.append("the message came through a mailing list")
    if not reasons:
        reasons += caps_reached(address, letters=letters, policy=policy, now=now)
    return tuple(reasons)


def reasons_against_address(address: str, policy: Policy) -> list[str]:
    """Return the reasons not to write to an address that lie in the address itself."""
    if not _PLAIN_ADDRESS.fullmatch(address):
        return ["there is no address to answer to"]
    if _NO_REPLY.match(address):
        return ["the address belongs to a machine"]
    if {address, without_plus(address)} & policy.own_addresses:
        return ["the address is one of ours"]
    return []


def caps_reached(
    address: str, *, letters: Letters, policy: Policy, now: datetime, just_written: int = 0
) -> list[str]:
    """Return the cap that is reached, if one is: what it stops is owed, or put off.

    `just_written` letters to the address are not on record yet.
    """
    caps = policy.caps
    queued = letters.counts(address, to_address_since=now - DAY, since=now - HOUR).and_more(just_written)
    if queued.to_address >= caps.per_address_a_day:
        return ["the address has been sent as many letters today as the settings allow"]
    if queued.to_domain >= caps.per_domain_an_hour:
        return ["the address's domain has been sent as many letters this hour as the settings allow"]
    if queued.in_all >= caps.in_all_an_hour:
        return ["as many letters have been sent this hour as the settings allow"]
    return []
