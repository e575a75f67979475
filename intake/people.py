"""Who is who: the person behind a web form or a forward, and whom to answer (facts 23 to 25)."""

import re

from intake.headers import read_people
from models.message import Complainant, Person
from triage.reply_text import is_forward

NO_REPLY = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|noreply)[^@]*@", re.I)

_FORM_NAME = re.compile(r"^[ \t]*(?:your |full |contact )?name[ \t]*[:=][ \t]*(\S[^\n]{0,120})$", re.I | re.M)
_FORM_EMAIL = re.compile(
    r"^[ \t]*(?:your |contact )?e-?mail(?: address)?[ \t]*[:=][ \t]*([^\s<>]+@[^\s<>]+)", re.I | re.M
)
_INNER_FROM = re.compile(r"^[ \t>*]*(?:From|Von|De|Da)[ \t*]*:[ \t*]*(\S[^\n]{0,300})$", re.I | re.M)


def find_complainant(
    sender: Person | None, subject: str, text: str, *, form_senders: frozenset[str] = frozenset()
) -> Complainant:
    """Propose whom the message is from, with where that was found; an officer confirms what is unsure."""
    if sender is None or NO_REPLY.match(sender.address) or sender.address.casefold() in form_senders:
        person = _person_of_form(text)
        if person is not None:
            return Complainant(person=person, found_in="form")
    if is_forward(subject):
        inner = _INNER_FROM.search(text)
        people = read_people(inner[1]) if inner else ()
        if people or inner:
            return Complainant(
                person=people[0] if people else Person(name=str(inner[1]).strip(), address=""),
                found_in="forward",
            ) if inner else Complainant()
    return Complainant(person=sender, found_in="from") if sender else Complainant()


def _person_of_form(text: str) -> Person | None:
    email, name = _FORM_EMAIL.search(text), _FORM_NAME.search(text)
    if email is None and name is None:
        return None
    return Person(
        name=name[1].strip() if name else "",
        address=email[1].strip(".,;") if email else "",
    )
