"""A message's bytes to what a person reads.

`intake/repair.py` mends the bytes, `intake/tree.py` makes a tree of them, `intake/parts.py` sorts its parts;
here the header fields and the parts become one `ParsedMessage`.
"""

import hashlib
from collections.abc import Iterator, Sequence

from intake.contents import Contents, Room
from intake.forms import FormProfile
from intake.forwards import Forwarded
from intake.headers import Headers
from intake.machine_mail import is_list, judge
from intake.parts import gather
from intake.people import find_people
from intake.repair import repair
from intake.tree import tree_of
from models.errors import UnreadableMessage
from models.message import Attachment, ParsedMessage
from triage.reply_text import is_forward, is_reply, new_part

_LONGEST_SUBJECT = 998
_ROOM = 20_000_000


def parse(
    raw: bytes, *, form_senders: frozenset[str] = frozenset(), forms: Sequence[FormProfile] = ()
) -> ParsedMessage:
    """Parse a message.

    `form_senders` are addresses from which web forms come: the person is then in the body. `forms` are
    profiles of forms, which say under which labels.
    Raises UnreadableMessage, with a short reason, where a limit is passed or nothing can be made of it.
    """
    mended, defects = repair(raw)
    root = tree_of(mended)
    contents = Contents(defects=list(defects), room=Room(bytes_left=_ROOM + len(raw)))
    try:
        gather(root, contents)
    except RecursionError as error:
        raise UnreadableMessage("nesting", "what is packed in it nests too deep to be read") from error
    return assemble(Headers(root.raw_items()), contents, form_senders=form_senders, forms=forms)


def assemble(
    headers: Headers, contents: Contents, *, form_senders: frozenset[str], forms: Sequence[FormProfile]
) -> ParsedMessage:
    """Make one message of its header fields and of what its parts gave."""
    text = contents.text()
    subject = headers.text("subject")[:_LONGEST_SUBJECT]
    people = headers.people("from")
    ids = headers.ids("in-reply-to")
    references = headers.ids("references")
    answers = is_reply(subject) or (bool(ids or references) and not is_forward(subject))
    reply_text = new_part(text, is_answer=answers)
    judged = judge(headers, contents)
    attachments = contents.files()
    who = find_people(
        headers,
        subject,
        text,
        own_words=reply_text,
        enclosed=_enclosed_mail(contents),
        form_senders=form_senders,
        forms=forms,
    )
    return ParsedMessage(
        subject=subject,
        sender=people[0] if people else None,
        reply_to=headers.people("reply-to"),
        to=headers.people("to"),
        cc=headers.people("cc"),
        date=headers.instant("date"),
        received_at=headers.instant("received"),
        message_id=_message_id(headers),
        in_reply_to=ids[0] if ids else None,
        references=references,
        text=text,
        reply_text=who.form_message or reply_text,
        attachments=attachments,
        is_bounce=judged.is_bounce,
        bounced_addresses=judged.bounced_addresses,
        returned_ids=judged.returned_ids,
        bounce_reason=judged.bounce_reason,
        is_auto_reply=judged.is_auto_reply,
        is_list=is_list(headers),
        is_null_sender=headers.raw("return-path") == "<>",
        machine_reason=judged.reason,
        complainant=who.complainant,
        represented=who.represented,
        claimed_at=who.claimed_at,
        defects=_all_defects(headers, contents),
        content_hash=content_hash(subject, text, attachments),
    )


def content_hash(subject: str, text: str, attachments: tuple[Attachment, ...]) -> str:
    """Hash what the message says, so that the same mail by another road is recognised (fact 3)."""
    parts = [subject, " ".join(text.split()), *(each.sha256 for each in attachments)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _message_id(headers: Headers) -> str | None:
    ids = headers.ids("message-id")
    return ids[0] if ids else headers.text("message-id")[:_LONGEST_SUBJECT] or None


def _enclosed_mail(contents: Contents) -> Forwarded | None:
    """Return who wrote the first attached message, and when."""
    for each in contents.enclosed:
        people = each.headers.people("from")
        if people:
            return Forwarded(people[0], each.headers.instant("date"))
    return None


def _all_defects(headers: Headers, contents: Contents) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*contents.defects, *_header_defects(headers)]))


def _header_defects(headers: Headers) -> Iterator[str]:
    for name in ("from", "subject", "to", "date", "message-id"):
        if headers.count(name) > 1:
            yield f"repeated_{name.replace('-', '_')}"
    if not headers.people("from"):
        yield "no_sender"
    elif len(headers.people("from")) > 1:
        yield "several_senders"
    if "date" in headers and headers.instant("date") is None:
        yield "bad_date"
    if not headers.raw("message-id"):
        yield "no_message_id"
