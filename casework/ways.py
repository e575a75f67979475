"""By which way letters reach a person: what was agreed with them, and where nothing can reach them."""

from datetime import datetime

from casework.may_acknowledge import (
    is_only_proposed,
    needs_confirming,
    reasons_against,
    reasons_against_address,
)
from casework.policy import Policy
from models.case import Case
from models.codes import ContactWay
from models.message import ParsedMessage
from models.people import Arrangement
from models.ports import UnitOfWork

BY_HAND = frozenset({ContactWay.POST, ContactWay.TELEPHONE_ONLY})
"""The ways that are a person's work."""


def known_as(case: Case) -> list[str]:
    """Return the keys under which arrangements with the person of a case are kept."""
    return [case.complainant_address, case.reply_address, key_of(case.reference)]


def key_of(reference: str) -> str:
    """Return the key of somebody who has no email address; the space keeps it from being one."""
    return f"case {reference}".casefold()


def ways_of(uow: UnitOfWork, case: Case) -> dict[ContactWay, Arrangement]:
    """Return how letters reach the person of a case, as agreed; empty where plain email does."""
    return {each.way: each for each in uow.people.of(known_as(case)) if each.way is not None}


def recipient_of(case: Case, ways: dict[ContactWay, Arrangement]) -> str:
    """Return the address that letters go to, empty where there is none."""
    other = ways.get(ContactWay.OTHER_ADDRESS)
    return other.value.casefold() if other is not None and other.value else case.reply_address


def goes_by_hand(ways: dict[ContactWay, Arrangement]) -> bool:
    """Say whether a person posts the letters, or rings."""
    return not BY_HAND.isdisjoint(ways)


def reasons_against_reaching(uow: UnitOfWork, case: Case, policy: Policy) -> list[str]:
    """Return why no letter can reach the person; what a person posts or tells them needs no address."""
    ways = ways_of(uow, case)
    if goes_by_hand(ways):
        return []
    address = recipient_of(case, ways)
    if not address and is_only_proposed(case.complainant_found_in):
        return [f"nobody has confirmed whom to answer: heard rule {case.reference} --complainant"]
    return reasons_against_address(address, policy)


def reasons_against_answering(
    uow: UnitOfWork, case: Case, parsed: ParsedMessage, *, policy: Policy, now: datetime
) -> tuple[str, ...]:
    """Return every reason not to answer a message of a case without an officer.

    Where a person posts the letter or rings, neither a missing address nor a cap stands against it.
    """
    ways = ways_of(uow, case)
    if goes_by_hand(ways) and not needs_confirming(parsed):
        return ()
    return reasons_against(parsed, recipient_of(case, ways), letters=uow.letters, policy=policy, now=now)
