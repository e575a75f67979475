"""Who wrote a message and where they are answered, and how a case that it begins becomes theirs."""

from dataclasses import dataclass

from casework.acknowledge import RECEIPT_AT_MOST
from casework.arrangements import note_known_vulnerability
from casework.by_hand import ACCOUNT
from casework.may_acknowledge import needs_confirming, reply_address
from casework.policy import Policy
from casework.priority import weigh
from letters.acknowledgement import own_words
from models.case import Case
from models.codes import Channel
from models.message import NOBODY, Complainant, Message, ParsedMessage, Person
from models.ports import UnitOfWork


@dataclass(frozen=True)
class Writer:
    """Whoever wrote a message; `needs_confirming` says that the message only proposes them."""

    person: Person
    found_in: str
    reply_address: str
    represented_name: str
    needs_confirming: bool

    def is_another_than(self, case: Case, policy: Policy) -> bool:
        """Say whether they are somebody else than the complainant of a case, as far as can be told.

        One of ours writes about the complainant's matter. Who bears the complainant's name and answers a
        letter to them is taken for them, from whatever address.
        """
        address = self.person.address.casefold()
        if self.person == NOBODY or address in policy.own_addresses:
            return False
        if address and address in {case.complainant_address, case.reply_address}:
            return False
        return not _flat(self.person.name) or _flat(self.person.name) != _flat(case.complainant_name)


def writer_of(message: Message, policy: Policy) -> Writer:
    """Return who wrote a message, by what was read of it when it came."""
    parsed = _as_read(message)
    return Writer(
        person=parsed.writer,
        found_in=parsed.complainant.found_in,
        reply_address=reply_address(parsed, policy),
        represented_name=parsed.represented.person.name,
        needs_confirming=needs_confirming(parsed),
    )


def take_words(uow: UnitOfWork, split_off: Case, message: Message, policy: Policy) -> None:
    """Let the letter show what is understood, from the message that raised it (LGSCO 6.2, HO 5.6).

    Nothing of it is repeated where safety or abuse is at stake, or where one of ours wrote it.
    """
    said = uow.messages.decision_of(message)
    is_ours = message.sender_address.casefold() in policy.own_addresses
    if said is not None and not is_ours and not said.flags & RECEIPT_AT_MOST:
        split_off.own_words = list(own_words(said.passages))


def give_to(uow: UnitOfWork, split_off: Case, message: Message, writer: Writer) -> None:
    """Let the new case be the writer's: what is known of the other person stays with the old one."""
    said = uow.messages.decision_of(message)
    split_off.complainant_name = writer.person.name
    split_off.complainant_address = writer.person.address.casefold()
    split_off.complainant_found_in, split_off.reply_address = writer.found_in, writer.reply_address
    split_off.represented_name = writer.represented_name
    is_by_hand = message.account == ACCOUNT and message.folder in set(Channel)
    split_off.channel = Channel(message.folder) if is_by_hand else Channel.EMAIL
    split_off.priority = 0
    weigh(split_off, flags=said.flags if said is not None else ())
    note_known_vulnerability(uow, split_off)


def _as_read(message: Message) -> ParsedMessage:
    """Return the people of a message as reading it gave them; older rows hold its writer alone."""
    if not message.people:
        sender = Person(message.sender_name, message.sender_address)
        found = Complainant(sender, "from") if sender != NOBODY else Complainant()
        return ParsedMessage(sender=sender if sender.address else None, complainant=found)
    sender, reply_to = _person(message, "sender"), _person(message, "reply_to")
    return ParsedMessage(
        sender=sender if sender.address else None,
        reply_to=(reply_to,) if reply_to.address else (),
        complainant=_found(message, "complainant"),
        represented=_found(message, "represented"),
    )


def _found(message: Message, role: str) -> Complainant:
    return Complainant(_person(message, role), message.people.get(role, {}).get("found_in", ""))


def _person(message: Message, role: str) -> Person:
    said = message.people.get(role, {})
    return Person(said.get("name", ""), said.get("address", ""))


def _flat(name: str) -> str:
    return " ".join(name.casefold().split())
