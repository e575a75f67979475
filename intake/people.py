"""Who is who: sender, complainant, the person they write for, and when a forwarded mail was written.

Sender and Reply-To stand in the headers. Everything here is a proposal with the place where it was found; an
officer confirms what is unsure (facts 23 to 25).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from intake.forms import FormProfile, is_authentic, profile_of, read_form
from intake.forwards import Forwarded, forwarded_mails, has_forward_mark, start_of_forward
from intake.headers import Headers, tidy_address
from intake.represented import represented_in_subject, represented_in_text
from models.message import Complainant, Person
from triage.reply_text import is_forward, is_reply

NO_REPLY = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|noreply)[^@]*@", re.IGNORECASE)

_FORM_NAME = re.compile(
    r"^[ \t]*(?:your |full |contact )?name[ \t]*[:=][ \t]*(\S[^\n]{0,120})$", re.IGNORECASE | re.MULTILINE
)
_FORM_EMAIL = re.compile(
    r"^[ \t]*(?:your |contact )?e-?mail(?: address)?[ \t]*[:=][ \t]*([^\s<>]+@[^\s<>]+)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,200}@[^\s<>()\[\]\"',;:]{1,255}")
_MEMBER = re.compile(
    r"\b(?:MP|Cllr|Councillor|Cynghorydd|Member of Parliament)\b|"
    r"(?i:[.@]parliament\.|\bcllr[._]|[._-]mp@|@mp\b)"
)
_PROFESSION = re.compile(
    r"solicitor|\blaw\b|\blegal\b|\bllp\b|advocacy|advocate|\badvice\b|chambers|casework|citizens",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|rocketmail|icloud|me|mac|aol|btinternet|btopenworld|"
    r"sky|talktalk|virginmedia|ntlworld|blueyonder|proton|protonmail|pm|gmx|mail|zoho|tiscali|plusnet)"
    r"\.(?:com|net|org|me|uk|eu|de|fr|es|pl|co\.uk)"
)


@dataclass(frozen=True)
class People:
    """Who is who in a message; `form_message` is what was typed into a form's message field."""

    complainant: Complainant = field(default_factory=Complainant)
    represented: Complainant = field(default_factory=Complainant)
    claimed_at: datetime | None = None
    form_message: str = ""


def find_people(
    headers: Headers,
    subject: str,
    text: str,
    *,
    own_words: str | None = None,
    enclosed: Forwarded | None = None,
    form_senders: frozenset[str] = frozenset(),
    forms: Sequence[FormProfile] = (),
) -> People:
    """Propose who is who.

    A form's person stands in Reply-To or in the body; what our own staff and members forward or enclose is
    from whoever wrote it. Anybody else who forwards something speaks for themselves, a member of Parliament
    perhaps for whom they forward. `own_words` are those that are not quoted.
    """
    form = _Form.of(headers, text, form_senders, forms)
    if form.complainant is not None:
        represented = find_represented(subject, form.message or text)
        return People(form.complainant, represented, form_message=form.message)
    people = headers.people("from")
    sender = people[0] if people else None
    forward = _forward_of(sender, headers, subject, text, enclosed) if sender else None
    complainant = Complainant(person=sender, found_in="from") if sender else Complainant()
    words = text if own_words is None else own_words
    by_profession = sender is not None and speaks_for_others(sender)
    if forward is None or sender is None:
        represented = find_represented(subject, words, by_profession=by_profession)
        return People(complainant, _unless(represented, complainant), form_message=form.message)
    start = start_of_forward(text)
    if _is_colleague(sender, headers):
        complainant = Complainant(person=forward.writer, found_in="forward")
        represented = find_represented(subject, text[start:])
    else:
        represented = Complainant(person=forward.writer, found_in="forward")
        if not forward.writer.address:
            named = find_represented(subject, text[:start], by_profession=True)
            represented = named if named.found_in else represented
    return People(complainant, _unless(represented, complainant), claimed_at=forward.sent_at)


def find_complainant(
    headers: Headers,
    subject: str,
    text: str,
    *,
    enclosed: Forwarded | None = None,
    form_senders: frozenset[str] = frozenset(),
    forms: Sequence[FormProfile] = (),
) -> Complainant:
    """Propose whom the message is from, with where that was found."""
    found = find_people(headers, subject, text, enclosed=enclosed, form_senders=form_senders, forms=forms)
    return found.complainant


def find_represented(subject: str, text: str, *, by_profession: bool = False) -> Complainant:
    """Propose for whom a message is written, where its subject or text says so; nobody otherwise."""
    if name := represented_in_text(text, by_profession=by_profession):
        return Complainant(person=Person(name=name, address=""), found_in="text")
    if name := represented_in_subject(subject, by_profession=by_profession):
        return Complainant(person=Person(name=name, address=""), found_in="subject")
    return Complainant()


def speaks_for_others(sender: Person) -> bool:
    """Say whether a sender writes for others by profession: members, solicitors, advisers."""
    return bool(_MEMBER.search(str(sender)) or _PROFESSION.search(str(sender)))


def _unless(represented: Complainant, complainant: Complainant) -> Complainant:
    """Return who is represented, nobody where that is the complainant again."""
    is_same = represented.person.name.casefold() == complainant.person.name.casefold()
    return Complainant() if is_same else represented


@dataclass(frozen=True)
class _Form:
    """What a form says of its person."""

    complainant: Complainant | None = None
    message: str = ""

    @classmethod
    def of(
        cls, headers: Headers, text: str, form_senders: frozenset[str], forms: Iterable[FormProfile]
    ) -> "_Form":
        people = headers.people("from")
        sender = people[0].address if people else ""
        profile = profile_of(headers, forms)
        if (
            profile is None
            and sender
            and not NO_REPLY.match(sender)
            and sender.casefold() not in form_senders
        ):
            return cls()
        person, message, found_in = _person_of_form(text), "", "form"
        if profile is not None:
            answers = read_form(profile, text)
            person = _named(answers.name, answers.email) or person
            is_proven = is_authentic(headers, profile)
            message = answers.message if is_proven else ""
            found_in = "form" if is_proven else "form_unverified"
        if person is not None:
            return cls(Complainant(person=person, found_in=found_in), message)
        answered = [each for each in headers.people("reply-to") if not NO_REPLY.match(each.address)]
        if answered:
            return cls(Complainant(person=answered[0], found_in="reply_to"), message)
        return cls(message=message)


def _named(name: str, email: str) -> Person | None:
    address = _ADDRESS.search(email)
    if not name and address is None:
        return None
    return Person(name=name[:120], address=tidy_address(address[0]) if address else "")


def _person_of_form(text: str) -> Person | None:
    email, name = _FORM_EMAIL.search(text), _FORM_NAME.search(text)
    return _named(name[1].strip() if name else "", email[1] if email else "")


def _forward_of(
    sender: Person, headers: Headers, subject: str, text: str, enclosed: Forwarded | None
) -> Forwarded | None:
    """Return the mail that a colleague or a member passes on, None for anybody else."""
    is_ours = _is_colleague(sender, headers)
    if not is_ours and not _MEMBER.search(str(sender)):
        return None
    says_so = is_forward(subject) or has_forward_mark(text)
    mails = forwarded_mails(text) if says_so or not is_reply(subject) else []
    if not says_so:
        # Lines such as From and To also stand in letters about opening hours.
        mails = [each for each in mails if each.writer.address]
    strangers = [each for each in mails if not _is_one_of_us(each.writer, sender, headers)]
    in_order = [*strangers, *([enclosed] if enclosed else []), *(mails if is_ours else [])]
    return next(iter(in_order), None)


def _is_one_of_us(writer: Person, sender: Person, headers: Headers) -> bool:
    same = writer.address.casefold() == sender.address.casefold() if writer.address else False
    return same or (bool(writer.address) and _is_colleague(writer, headers))


def _is_colleague(person: Person, headers: Headers) -> bool:
    """Say whether somebody is in the domain that the message was sent to, or below it."""
    domain = person.address.rpartition("@")[2]
    if _PUBLIC_DOMAIN.fullmatch(domain):
        return False
    ours = {each.address.rpartition("@")[2] for name in ("to", "cc") for each in headers.people(name)}
    return any(domain == each or domain.endswith(f".{each}") for each in ours if each)
