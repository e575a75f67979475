"""A complaint that reached us without mail: an officer's note of it is kept as a message and becomes a case.

The note takes the same way as mail: kept byte for byte, triaged, one case, one letter or a dated task. All of
it is one unit of work, since nobody waits in a mailbox to be read again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from casework.arrangements import check_value
from casework.common import FIVE_YEARS, require_day, require_words
from casework.may_acknowledge import reasons_against_address
from casework.open_case import open_case
from casework.policy import Policy
from casework.ways import key_of
from letters.compose import one_line
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import ArrangementKind, Channel, ContactWay, Flag, LetterState, TaskKind
from models.deadlines import received_on
from models.decision import Decision, Prediction, Span, Suggestion
from models.errors import InputInvalid
from models.message import Complainant, Message, ParsedMessage, Person, Place
from models.people import Arrangement
from models.ports import UnitOfWork
from models.reference import message_name, new_reference

ACCOUNT = "by hand"
"""The account of the ledger that holds officers' notes; their folder is the channel."""

MOST_CHARACTERS = 500_000
_LONGEST = 300
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Note:
    """What an officer took down, from whom, and when it was said or handed in.

    `represented` names for whom they speak, `adjustment` says what would make it easier for them to deal with
    us; letters in large print are an adjustment of their own.
    """

    channel: Channel
    text: str
    received_at: datetime
    officer: str
    name: str = ""
    email: str = ""
    address: str = ""
    telephone: str = ""
    subject: str = ""
    represented: str = ""
    adjustment: str = ""
    wants_large_print: bool = False

    @property
    def person(self) -> Person:
        """Return who complains."""
        return Person(name=self.name, address=self.email)

    @property
    def parsed(self) -> ParsedMessage:
        """Return the note as triage and casework read a message."""
        return ParsedMessage(
            subject=self.subject,
            sender=self.person if self.email else None,
            date=self.received_at,
            received_at=self.received_at,
            text=self.text,
            reply_text=self.text,
            complainant=Complainant(self.person, "officer"),
            represented=Complainant(Person(self.represented, ""), "officer" if self.represented else ""),
        )


def checked(note: Note, *, policy: Policy, now: datetime) -> Note:
    """Return a note tidied; raises InputInvalid where it cannot become a case."""
    require_words(note.officer, what="say who took it down", option="--officer")
    text = note.text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    text = require_words(text, what="the note is empty", option="--text")
    if len(text) > MOST_CHARACTERS:
        raise InputInvalid(f"the note is longer than {MOST_CHARACTERS:,} characters; take down what matters")
    if note.channel is Channel.EMAIL:
        raise InputInvalid("what comes by email becomes a case by itself; name another channel (--channel)")
    if note.received_at > now:
        raise InputInvalid(
            f"it cannot have come at {note.received_at:%Y-%m-%d %H:%M}, which lies ahead (--received)"
        )
    today = received_on(now)
    # It has come; the day where it was said may be a day ahead of England's, or not be one there at all.
    said_on = min(note.received_at.date(), today)
    require_day(said_on, option="--received", first=today - FIVE_YEARS, last=today)
    email = one_line(note.email).casefold()
    against = reasons_against_address(email, policy) if email else []
    if against:
        raise InputInvalid(f"{email!r} cannot be written to: {'; '.join(against)} (--email)")
    tidy = replace(
        note, text=text, email=email, officer=one_line(note.officer), name=one_line(note.name)[:_LONGEST],
        subject=one_line(note.subject)[:_LONGEST], address=one_line(note.address),
        telephone=one_line(note.telephone), represented=one_line(note.represented)[:_LONGEST],
        adjustment=one_line(note.adjustment),
    )  # fmt: skip
    if tidy.telephone:
        check_value(ContactWay.TELEPHONE_ONLY, tidy.telephone, policy=policy)
    return tidy


def place_of(note: Note, once: str) -> Place:
    """Return the place in the ledger of what one form says: however often it is sent, it is taken once.

    Changed words, or another day, under the same form are another note.
    """
    minute = note.received_at.astimezone(UTC).replace(second=0, microsecond=0)
    typed = replace(note, received_at=minute)
    uid = hashlib.sha256(f"{once} {typed!r}".encode("utf-8", "surrogatepass")).hexdigest()
    return Place(ACCOUNT, note.channel.value, 0, uid)


def open_by_hand(
    uow: UnitOfWork,
    note: Note,
    *,
    uid: str = "",
    prediction: Prediction,
    decision: Decision,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> tuple[str, str]:
    """Open a case for an officer's note (LGSCO 3.1, HO 3.1); return its reference and what was done.

    The clock runs from when it was said. Who has no email address is written to by post, or rung, as far as
    the note says how; otherwise the acknowledgement is owed. `uid` is the note's in the ledger, the case's
    reference where none is given. Raises InputInvalid where the very same note is on record.
    """
    note = checked(note, policy=policy, now=now)
    reference, parsed = new_reference(), note.parsed
    message = keep_note(
        uow, as_mail(note, letterhead), folder=note.channel.value, uid=uid or reference, parsed=parsed,
        now=now,
    )  # fmt: skip
    uow.messages.add_prediction(message, prediction, now=now)
    uow.messages.add_decision(message, decision, now=now)
    _keep_contact(uow, note, reference, now=now)
    case = open_case(
        uow, message, parsed, _as_known(decision, note), note=f"taken by an officer, by {note.channel}",
        reference=reference, channel=note.channel, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    done = _what_became(case)
    uow.audit.add(
        AuditRow(
            at=now, actor=note.officer, action="taken_by_hand", message_id=message.id,
            case_reference=reference, detail={"channel": note.channel.value, "letter": done},
        )
    )  # fmt: skip
    return reference, done


def as_mail(note: Note, letterhead: Letterhead) -> bytes:
    """Return the note as mail from the officer to the house (RFC 5322); it names who complains."""
    fields = {
        "X-Heard-Channel": note.channel.value, "X-Heard-Complainant": note.name,
        "X-Heard-Email": note.email, "X-Heard-Address": note.address,
        "X-Heard-Telephone": note.telephone, "X-Heard-Represented": note.represented,
        "X-Heard-Adjustment": note.adjustment,
    }  # fmt: skip
    return note_as_mail(
        note.text, officer=note.officer, subject=note.subject, sent_at=note.received_at,
        fields=fields, letterhead=letterhead,
    )  # fmt: skip


def note_as_mail(
    text: str,
    *,
    officer: str,
    subject: str,
    sent_at: datetime,
    fields: Mapping[str, str],
    letterhead: Letterhead,
) -> bytes:
    """Return what an officer wrote as mail within the house (RFC 5322), with header fields of its own."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=one_line(officer), addr_spec=letterhead.email)
    mail["To"] = Address(display_name=one_line(letterhead.team), addr_spec=letterhead.email)
    mail["Date"] = format_datetime(sent_at)
    mail["Subject"] = one_line(subject)
    for name, value in fields.items():
        if value:
            mail[name] = one_line(value)
    mail.set_content(text, cte="quoted-printable")
    return mail.as_bytes()


def keep_note(
    uow: UnitOfWork, raw: bytes, *, folder: str, uid: str, parsed: ParsedMessage, now: datetime
) -> Message:
    """Keep a note in the ledger, byte for byte, and return its row with a number.

    Raises InputInvalid where the very same note is there already.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    known = uow.messages.original_of(sha256)
    if known is not None:
        raise InputInvalid(
            f"the very same note is on record as {message_name(known.id)}; `heard queue` shows its case"
        )
    message = Message(
        account=ACCOUNT, folder=folder, uid_validity=0, uid=uid, sha256=None, size=len(raw),
        received_at=parsed.received_at or now, fetched_at=now,
    )  # fmt: skip
    if not uow.messages.keep(message, raw):
        raise InputInvalid("this form was sent already; `heard queue` shows its case")
    message.describe(parsed)
    message.identity = sha256
    uow.flush()
    return message


def _keep_contact(uow: UnitOfWork, note: Note, reference: str, *, now: datetime) -> None:
    """Keep how the person is reached; by post or telephone only where no email address is known."""
    said = ((ContactWay.POST, note.address), (ContactWay.TELEPHONE_ONLY, note.telephone))
    ways = [(way, value) for way, value in said if value]
    instead = ways[0][0] if ways and not note.email else None
    for way, value in ways:
        what = "no email address is known" if way is instead else f"also reached by {_WORD[way]}"
        uow.people.add(
            Arrangement(
                address=note.email or key_of(reference), kind=ArrangementKind.CONTACT, what=what, reason="",
                officer=note.officer, agreed_on=received_on(now), way=way if way is instead else None,
                value=value, case_reference=reference,
            )
        )  # fmt: skip
    _keep_adjustment(uow, note, reference, now=now)
    uow.flush()


def _keep_adjustment(uow: UnitOfWork, note: Note, reference: str, *, now: datetime) -> None:
    """Keep what they asked for, to be looked at again in a year (LGSCO 5.6, HO 5.10)."""
    if not note.adjustment and not note.wants_large_print:
        return
    today = received_on(now)
    uow.people.add(
        Arrangement(
            address=note.email or key_of(reference), kind=ArrangementKind.ADJUSTMENT,
            what=note.adjustment or "letters in large print", reason="", officer=note.officer,
            agreed_on=today, way=ContactWay.LARGE_PRINT if note.wants_large_print else None,
            review_on=today + _YEAR, case_reference=reference,
        )
    )  # fmt: skip


def _as_known(decision: Decision, note: Note) -> Decision:
    """Return what triage says, with the flags of which the officer knows, since they asked."""
    known = {
        Flag.THIRD_PARTY: bool(note.represented),
        Flag.REASONABLE_ADJUSTMENT: bool(note.adjustment) or note.wants_large_print,
    }
    more = (
        Suggestion(flag, "officer", 1.0, Span(0, 0, "", "body"), "the officer says so")
        for flag, holds in known.items()
        if holds and flag not in decision.flag_codes
    )
    return replace(decision, flags=(*decision.flags, *more))


_WORD = {ContactWay.POST: "post", ContactWay.TELEPHONE_ONLY: "telephone"}


def _what_became(case: Case) -> str:
    """Say in words which letter goes which way, or what is owed in its place."""
    state = {LetterState.BY_HAND: "for a person's hand", LetterState.HELD: "held"}
    letters = [f"{letter.kind} {state.get(letter.state, 'queued')}" for letter in case.letters]
    owed = [task.note for task in case.tasks if task.kind is TaskKind.ACKNOWLEDGEMENT_OWED]
    return "; ".join([*letters, *(f"acknowledgement owed: {why}" for why in owed)]) or "see its tasks"
