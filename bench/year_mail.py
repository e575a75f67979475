"""The year's mail: residents with the words of the corpus, what they reply, and what machines send.

Every resident writes from an address of their own. Replies, absences and bounces come about when a letter has
reached the mail server, so what they quote is what was really sent.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from enum import StrEnum

from letters_in import mail
from year_days import day_of, instants
from year_words import ABSENT, AFTER_ANOTHER, AFTER_FORMAL, AFTER_HOURS, BOUNCE, NEWS, SHORT, Says

from models.codes import Status
from triage.corpus import LabelledMessage

OURS = "complaints@harrowmere.example"
DUTY, TEAM = "duty@harrowmere.example", "complaints.team@harrowmere.example"

_SHARES = {"replies": 0.08, "absences": 0.02, "bounces": 0.015, "newsletters": 0.015, "copies": 0.01}
_REACHED = 0.92
"""How many of those who will react get a letter to react to before the year ends, at a guess."""

_REFUSED_FOR_EVER = 0.01
_DOMAINS = {"postbox.example": 40, "hearthmail.example": 25, "example.org": 15, "example.com": 12,
            "example.net": 8}  # fmt: skip


class Kind(StrEnum):
    """What an arrival is."""

    FIRST = "first messages by people"
    NOTICE = "what the corpus labels `other`: spam, notices, automatic replies"
    REPLY = "replies"
    ABSENCE = "out-of-office replies"
    BOUNCE = "bounces"
    NEWSLETTER = "newsletters"
    COPY = "exact copies"


MACHINES = frozenset({Kind.ABSENCE, Kind.BOUNCE, Kind.NEWSLETTER})


class Way(StrEnum):
    """By what a reply shows where it belongs."""

    THREAD = "the Message-ID of our letter"
    MARK = "the mark of our letter"
    REFERENCE = "the reference alone"


@dataclass(frozen=True)
class Arrival:
    """One message and when it arrives; `label` is what its writer meant, None where nobody did."""

    at: datetime
    kind: Kind
    message_id: str
    sender: str
    raw: bytes
    label: Status | None = None
    says: Says | None = None
    way: Way | None = None


@dataclass(frozen=True)
class Sent:
    """A letter as the SMTP server took it, with what can be read in it."""

    at: datetime
    recipient: str
    message_id: str
    answers: str
    kind: str
    reference: str
    text: str
    written_at: datetime


@dataclass(frozen=True)
class Scenario:
    """From when to when how many messages arrive, when Dovecot is away, and the seed of all chance."""

    first: date
    last: date
    messages: int
    outage: tuple[date, date]
    seed: int = 1


@dataclass(frozen=True)
class _Resident:
    number: int
    name: str
    address: str
    reacts: Kind | None


class Residents:
    """Everybody who writes; they react to the first letter that reaches them."""

    def __init__(self, scenario: Scenario, corpus: Sequence[LabelledMessage]) -> None:
        self._scenario = scenario
        self._drawn = random.Random(scenario.seed)  # noqa: S311  # a simulation's chance, not a secret
        # Shuffled, so that a small run has as many writers and habits as a large one.
        self._corpus = self._drawn.sample(corpus, len(corpus))
        self._of = {
            status: [each for each in corpus if each.status is status]
            for status in (Status.COMPLAINT, Status.ESCALATION)
        }
        self._waiting: dict[str, _Resident] = {}
        self._replies = 0
        self.refusing: set[str] = set()

    def first_messages(self) -> list[Arrival]:
        """Return what is not a reaction to anything: first messages, some of them twice, and newsletters."""
        scenario, drawn = self._scenario, self._drawn
        counts = {name: round(scenario.messages * share) for name, share in _SHARES.items()}
        newsletters = counts["newsletters"]
        firsts = scenario.messages - sum(counts.values())
        when = instants(scenario.first, scenario.last, count=firsts + newsletters, drawn=drawn)
        who = [*range(firsts), *[-1] * newsletters]
        drawn.shuffle(who)
        reactions = self._reactions(firsts, counts)
        arrivals = [
            self._newsletter(number, at)
            if resident < 0
            else self._first(resident, at, reactions.get(resident))
            for number, (at, resident) in enumerate(zip(when, who, strict=True))
        ]
        people = [each for each in arrivals if each.kind is Kind.FIRST]
        copies = [self._copy(each) for each in drawn.sample(people, counts["copies"])]
        return sorted([*arrivals, *copies], key=lambda each: each.at)

    def reactions_to(self, letter: Sent) -> Iterator[Arrival]:
        """Yield what comes of a letter: at most one reaction of each resident, within the year."""
        resident = self._waiting.pop(letter.recipient, None)
        if resident is None or resident.reacts is None:
            return
        made = {Kind.ABSENCE: self._absence, Kind.BOUNCE: self._bounce, Kind.REPLY: self._reply}
        arrival = made[resident.reacts](resident, letter)
        if day_of(arrival.at) <= self._scenario.last:
            yield arrival

    def _reactions(self, firsts: int, counts: dict[str, int]) -> dict[int, Kind]:
        kinds = [
            kind
            for kind, name in (
                (Kind.REPLY, "replies"),
                (Kind.ABSENCE, "absences"),
                (Kind.BOUNCE, "bounces"),
            )
            for _ in range(round(counts[name] / _REACHED))
        ]
        return dict(zip(self._drawn.sample(range(firsts), len(kinds)), kinds, strict=True))

    def _first(self, number: int, at: datetime, reacts: Kind | None) -> Arrival:
        drawn, chosen = self._drawn, self._corpus[number % len(self._corpus)]
        kind = Kind.NOTICE if chosen.status is Status.OTHER else Kind.FIRST
        (domain,) = drawn.choices(list(_DOMAINS), list(_DOMAINS.values()))
        address = f"resident.{number}@{domain}"
        name = parseaddr(chosen.message.sender)[0] or "A Resident"
        if reacts is None and drawn.random() < _REFUSED_FOR_EVER:
            self.refusing.add(address)
        resident = _Resident(number, name, address, reacts if kind is Kind.FIRST else None)
        self._waiting[address] = resident
        subject = " ".join(chosen.message.subject.split())
        message_id = f"<first.{number}@{domain}>"
        raw = _mail(resident, subject, chosen.message.body, message_id=message_id, at=at)
        return Arrival(at, kind, message_id, address, raw, label=chosen.status)

    def _copy(self, first: Arrival) -> Arrival:
        later = first.at + timedelta(seconds=self._drawn.randrange(20, 72_000))
        return Arrival(later, Kind.COPY, first.message_id, first.sender, first.raw)

    def _newsletter(self, number: int, at: datetime) -> Arrival:
        message_id = f"<issue.{number}@news.civic-supplies.example>"
        raw = mail(
            sender="Civic Supplies Weekly <news@civic-supplies.example>",
            subject=f"Issue {number}: benches, bollards and bunting",
            body=NEWS,
            message_id=message_id,
            date=at,
            Return_Path=f"<bounce+{number}@civic-supplies.example>",
            List_Id="Civic Supplies Weekly <weekly.civic-supplies.example>",
            List_Unsubscribe="<https://civic-supplies.example/leave>",
            Precedence="bulk",
        )
        return Arrival(at, Kind.NEWSLETTER, message_id, "news@civic-supplies.example", raw)

    def _absence(self, resident: _Resident, letter: Sent) -> Arrival:
        at = letter.at + timedelta(seconds=self._drawn.randrange(5, 900))
        message_id = f"<away.{resident.number}@{_domain(resident.address)}>"
        raw = mail(
            sender=_from(resident), subject="Automatic reply: your message", body=ABSENT, date=at,
            message_id=message_id, in_reply_to=letter.message_id, Auto_Submitted="auto-replied",
            X_Auto_Response_Suppress="All",
        )  # fmt: skip
        return Arrival(at, Kind.ABSENCE, message_id, resident.address, raw)

    def _bounce(self, resident: _Resident, letter: Sent) -> Arrival:
        at = letter.at + timedelta(seconds=self._drawn.randrange(30, 40_000))
        server = f"mx.{_domain(resident.address)}"
        message_id = f"<dsn.{resident.number}@{server}>"
        said = BOUNCE.format(
            server=server, ours=OURS, date=format_datetime(at), message_id=message_id,
            address=resident.address, letter=letter.message_id,
        )  # fmt: skip
        raw = said.replace("\n", "\r\n").encode("ascii")
        return Arrival(at, Kind.BOUNCE, message_id, f"mailer-daemon@{server}", raw)

    def _reply(self, resident: _Resident, letter: Sent) -> Arrival:
        drawn = self._drawn
        says, body, label = self._words(letter)
        hours = AFTER_HOURS[says]
        at = letter.at + timedelta(seconds=drawn.randrange(hours[0] * 3600, hours[1] * 3600))
        (way,) = drawn.choices(list(Way), (60, 25, 15))
        message_id = f"<reply.{resident.number}@{_domain(resident.address)}>"
        subject = f"Re: Your message, {letter.reference}" if way is not Way.REFERENCE else letter.reference
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        if way is Way.MARK or (way is Way.THREAD and drawn.random() < 0.7):  # noqa: PLR2004  # most quote us
            body = f"{body}\n\nOn {letter.at:%a, %d %b %Y at %H:%M}, Harrowmere Council wrote:\n{quoted}"
        answered = letter.message_id if way is Way.THREAD else None
        raw = _mail(resident, subject, body, message_id=message_id, at=at, answered=answered)
        return Arrival(at, Kind.REPLY, message_id, resident.address, raw, label=label, says=says, way=way)

    def _words(self, letter: Sent) -> tuple[Says, str, Status | None]:
        """Return what a reply says: something that makes sense as an answer to that letter."""
        is_formal = letter.kind in {"stage_1_acknowledgement", "stage_2_acknowledgement"}
        possible = dict(AFTER_FORMAL if is_formal else AFTER_ANOTHER)
        (says,) = self._drawn.choices(list(possible), list(possible.values()))
        if says in {Says.MORE, Says.NEXT_STAGE}:
            label = Status.COMPLAINT if says is Says.MORE else Status.ESCALATION
            return says, self._drawn.choice(self._of[label]).message.body, label
        meant = Status.COMPLAINT if says is Says.CHOICE else None
        return says, self._drawn.choice(SHORT[says]), meant


def year_half(corpus: Sequence[LabelledMessage], *, half: int) -> list[LabelledMessage]:
    """Return the messages of every second writer, as a hash of the writer's name has it."""
    return [each for each in corpus if hashlib.sha256(each.brief.encode()).digest()[0] % 2 == half]


def _mail(
    resident: _Resident,
    subject: str,
    body: str,
    *,
    message_id: str,
    at: datetime,
    answered: str | None = None,
) -> bytes:
    return mail(
        sender=_from(resident),
        subject=subject[:200],
        body=body,
        message_id=message_id,
        in_reply_to=answered,
        date=at,
    )


def _from(resident: _Resident) -> str:
    return str(Address(display_name=resident.name, addr_spec=resident.address))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
