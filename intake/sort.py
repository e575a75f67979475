"""Where a parsed message belongs: machine mail, a duplicate, a reply to a known case, or a new matter."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from casework.merge import case_that_goes_on
from models.case import Case, Letter
from models.message import Message, ParsedMessage
from models.plus_address import references_addressed
from models.ports import UnitOfWork
from models.reference import is_letter_id, marked_references_in, references_in

_BOUNCES_WITHIN = timedelta(days=10)
_REFERENCES_SEARCHED = 5
_CHARACTERS_SEARCHED = 50_000


class Road(StrEnum):
    """The ways on which a message goes on."""

    DUPLICATE = "duplicate"
    BOUNCE = "bounce"
    MACHINE = "machine"
    REPLY = "reply"
    NEW_CASE = "new_case"


@dataclass(frozen=True)
class Sorted:
    """The road of a message, why, and what it belongs to where it belongs to something.

    `letter` is the letter that bounced, `quoted` the case that a message may belong to.
    """

    road: Road
    reason: str
    case: Case | None = None
    original: Message | None = None
    letter: Letter | None = None
    quoted: Case | None = None


def identity_of(parsed: ParsedMessage, raw_sha256: str | None) -> str:
    """Return what two deliveries of one message share: Message-ID and content, or the bytes themselves.

    The same Message-ID with other content is another message (fact 3).
    """
    if parsed.message_id is None:
        return f"{raw_sha256}"
    together = f"{parsed.message_id}\0{parsed.content_hash}"
    return hashlib.sha256(together.encode("utf-8", "replace")).hexdigest()


def is_machine_mail(parsed: ParsedMessage) -> bool:
    """Say whether nobody wrote the message themselves, so that it need not be triaged."""
    return bool(parsed.is_bounce or parsed.is_auto_reply or parsed.machine_reason)


def sort_message(uow: UnitOfWork, message: Message, parsed: ParsedMessage, *, reference_key: bytes) -> Sorted:
    """Find the road of a message; the first that applies."""
    original = uow.messages.original_of(identity_of(parsed, message.sha256))
    if original is not None and original.id != message.id:
        return Sorted(Road.DUPLICATE, f"the same message as number {original.id}", original=original)
    if parsed.message_id and is_letter_id(parsed.message_id) and uow.cases.letter_of([parsed.message_id]):
        return Sorted(Road.MACHINE, "our own letter came back")
    if parsed.is_bounce:
        return _bounce(uow, message, parsed)
    reason = "an automatic reply" if parsed.is_auto_reply else parsed.machine_reason
    if reason:
        return Sorted(Road.MACHINE, reason, case=_case_of_letter(uow, parsed))
    road = _reply_or_new(uow, parsed, reference_key)
    if parsed.message_id and uow.messages.bears_id(parsed.message_id):
        # Appliances and mass mailers give one id to many messages: nobody's is dropped for it (fact 3).
        return replace(road, reason=f"{road.reason}; another message bears the same Message-ID")
    return road


def _bounce(uow: UnitOfWork, message: Message, parsed: ParsedMessage) -> Sorted:
    """Find the letter that bounced: by the Message-ID that came back, else by whom it did not reach."""
    letter = uow.cases.letter_of(parsed.letters_named) if parsed.letters_named else None
    if letter is None:
        letter = _letter_to(uow, message, parsed)
    if letter is None:
        return Sorted(Road.BOUNCE, "a bounce that names no letter of ours")
    return Sorted(Road.BOUNCE, "a bounce", case=uow.cases.of_letters([letter.message_id]), letter=letter)


def _letter_to(uow: UnitOfWork, message: Message, parsed: ParsedMessage) -> Letter | None:
    """Return the one letter that lately went to an address that bounced, None where it may be several."""
    addresses = [address.casefold() for address in parsed.bounced_addresses]
    if not addresses:
        return None
    letters = uow.letters.sent_to(addresses, since=message.received_at - _BOUNCES_WITHIN)
    return letters[0] if len(letters) == 1 else None


def _reply_or_new(uow: UnitOfWork, parsed: ParsedMessage, reference_key: bytes) -> Sorted:
    """Join a case by the id of a letter, or by other proof from an address that the case knows."""
    case = _case_of_letter(uow, parsed)
    if case is not None:
        return Sorted(Road.REPLY, "it answers a letter of ours", case=case)
    sender = parsed.sender.address.casefold() if parsed.sender else ""
    if parsed.thread_ids:
        case = uow.cases.of_messages(parsed.thread_ids)
        if case is not None and sender in case.known_addresses:
            return Sorted(Road.REPLY, "it answers a message of the same case and sender", case=case)
    words = f"{parsed.subject}\n{parsed.text[:_CHARACTERS_SEARCHED]}"
    marked = marked_references_in(words, reference_key)
    addressed = references_addressed(each.address for each in (*parsed.to, *parsed.cc))
    for references, proof in (
        (marked, "it bears the mark of our letter"),
        (addressed, "it came to the case's own address"),
    ):
        case = _case_known_to(uow, sender, references)
        if case is not None:
            return Sorted(Road.REPLY, f"{proof}, from an address we know", case=case)
    words = "\n".join([*addressed, words])
    return _possible_reply(uow, words) or Sorted(Road.NEW_CASE, "a new matter")


def _case_known_to(uow: UnitOfWork, sender: str, references: Sequence[str]) -> Case | None:
    """Return the first of some cases that knows the sender: an address or a mark proves nothing by itself."""
    for reference in references[:_REFERENCES_SEARCHED]:
        case = uow.cases.find(reference)
        if case is None:
            continue
        goes_on = case_that_goes_on(uow, case)
        if sender in case.known_addresses | goes_on.known_addresses:
            return goes_on
    return None


def _possible_reply(uow: UnitOfWork, words: str) -> Sorted | None:
    """Look for a case that is quoted without proof; an officer says whether the message belongs there."""
    for reference in references_in(words)[:_REFERENCES_SEARCHED]:
        case = uow.cases.find(reference)
        if case is not None:
            quoted = case_that_goes_on(uow, case)
            return Sorted(Road.NEW_CASE, f"it quotes {reference}, and may belong to that case", quoted=quoted)
    return None


def _case_of_letter(uow: UnitOfWork, parsed: ParsedMessage) -> Case | None:
    return uow.cases.of_letters(parsed.thread_ids) if parsed.thread_ids else None
