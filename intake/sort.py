"""Where a parsed message belongs: machine mail, a duplicate, a reply to a known case, or a new matter."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from models.case import Case
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork
from models.reference import references_in

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
    """The road of a message, why, and what it belongs to where it belongs to something."""

    road: Road
    reason: str
    case: Case | None = None
    original: Message | None = None


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


def sort_message(uow: UnitOfWork, message: Message, parsed: ParsedMessage) -> Sorted:
    """Find the road of a message; the first that applies."""
    original = uow.messages.original_of(identity_of(parsed, message.sha256))
    if original is not None and original.id != message.id:
        return Sorted(Road.DUPLICATE, f"the same message as number {original.id}", original=original)
    if parsed.message_id and uow.cases.letter_of([parsed.message_id]) is not None:
        return Sorted(Road.MACHINE, "our own letter came back")
    if parsed.is_bounce:
        ids = parsed.letters_named
        return Sorted(Road.BOUNCE, "a bounce", case=uow.cases.of_letters(ids) if ids else None)
    if parsed.is_auto_reply:
        return Sorted(Road.MACHINE, "an automatic reply", case=_case_of_letter(uow, parsed))
    if parsed.machine_reason:
        return Sorted(Road.MACHINE, parsed.machine_reason, case=_case_of_letter(uow, parsed))
    return _reply_or_new(uow, parsed)


def _reply_or_new(uow: UnitOfWork, parsed: ParsedMessage) -> Sorted:
    """Join a case by our letter's id; by other ids or a reference only from who is known there."""
    case = _case_of_letter(uow, parsed)
    if case is not None:
        return Sorted(Road.REPLY, "it answers a letter of ours", case=case)
    sender = parsed.sender.address.casefold() if parsed.sender else ""
    if parsed.thread_ids:
        case = uow.cases.of_messages(parsed.thread_ids)
        if case is not None and sender in case.known_addresses:
            return Sorted(Road.REPLY, "it answers a message of the same case and sender", case=case)
    quoted = references_in(f"{parsed.subject}\n{parsed.text[:_CHARACTERS_SEARCHED]}")[:_REFERENCES_SEARCHED]
    for reference in quoted:
        case = uow.cases.find(reference)
        if case is not None and sender in case.known_addresses:
            return Sorted(Road.REPLY, "it quotes the reference, from an address the case knows", case=case)
        if case is not None:
            note = f"a new matter; it quotes {reference} from an address which that case does not know"
            return Sorted(Road.NEW_CASE, note)
    return Sorted(Road.NEW_CASE, "a new matter")


def _case_of_letter(uow: UnitOfWork, parsed: ParsedMessage) -> Case | None:
    return uow.cases.of_letters(parsed.thread_ids) if parsed.thread_ids else None
