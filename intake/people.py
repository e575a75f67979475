"""Who is who: the person behind a web form or a forward, and whom to answer (facts 23 to 25)."""

import re

from intake.headers import Headers, read_people, tidy_address
from models.message import Complainant, Person
from triage.reply_text import is_forward

NO_REPLY = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|noreply)[^@]*@", re.IGNORECASE)

_FORM_NAME = re.compile(
    r"^[ \t]*(?:your |full |contact )?name[ \t]*[:=][ \t]*(\S[^\n]{0,120})$", re.IGNORECASE | re.MULTILINE
)
_FORM_EMAIL = re.compile(
    r"^[ \t]*(?:your |contact )?e-?mail(?: address)?[ \t]*[:=][ \t]*([^\s<>]+@[^\s<>]+)",
    re.IGNORECASE | re.MULTILINE,
)
_INNER_FROM = re.compile(
    r"^[ \t>*]*(?:From|Von|De|Da)[ \t*]*:[ \t*]*(\S[^\n]{0,300})$", re.IGNORECASE | re.MULTILINE
)


def find_complainant(
    headers: Headers,
    subject: str,
    text: str,
    *,
    enclosed: Person | None = None,
    form_senders: frozenset[str] = frozenset(),
) -> Complainant:
    """Propose whom the message is from, with where that was found; an officer confirms what is unsure.

    A form's person stands in Reply-To or in the body; what our own staff and members forward or enclose is
    from whoever wrote it. Anybody else who forwards something speaks for themselves.
    """
    people = headers.people("from")
    sender = people[0] if people else None
    if sender is None or NO_REPLY.match(sender.address) or sender.address.casefold() in form_senders:
        from_form = _person_of_form(text)
        answered = [each for each in headers.people("reply-to") if not NO_REPLY.match(each.address)]
        if from_form is not None:
            return Complainant(person=from_form, found_in="form")
        if answered:
            return Complainant(person=answered[0], found_in="reply_to")
    if sender is not None and _is_colleague(sender, headers):
        inner = _forwarded_writer(subject, text) or enclosed
        if inner is not None:
            return Complainant(person=inner, found_in="forward")
    return Complainant(person=sender, found_in="from") if sender else Complainant()


def _is_colleague(sender: Person, headers: Headers) -> bool:
    """Say whether the sender is in the domain that the message was sent to, or below it."""
    domain = sender.address.rpartition("@")[2]
    ours = {each.address.rpartition("@")[2] for name in ("to", "cc") for each in headers.people(name)}
    return any(domain == each or domain.endswith(f".{each}") for each in ours if each)


def _forwarded_writer(subject: str, text: str) -> Person | None:
    found = _INNER_FROM.search(text) if is_forward(subject) else None
    if found is None:
        return None
    people = read_people(found[1])
    return people[0] if people else Person(name=found[1].strip(), address="")


def _person_of_form(text: str) -> Person | None:
    email, name = _FORM_EMAIL.search(text), _FORM_NAME.search(text)
    if email is None and name is None:
        return None
    return Person(
        name=name[1].strip() if name else "",
        address=tidy_address(email[1]) if email else "",
    )
