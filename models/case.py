"""The case: what one complainant's matter is, how far it has come and which clocks run."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models.codes import (
    Channel,
    Flag,
    LetterKind,
    LetterState,
    Ombudsman,
    PointOutcome,
    Status,
    TaskKind,
)
from models.message import Message


@dataclass(eq=False, kw_only=True)
class Ruling:
    """What an officer decided about a case: the third record, and what the classifier learns from.

    `exclusions` and `flags` are those that apply, empty where none does, None where the officer did not say.
    Nothing is learnt from one that `is_disputed`, nor from one that was taken back (`undone_at`).
    """

    officer: str
    ruled_at: datetime
    status: Status
    category: str
    ombudsman: Ombudsman
    reason: str
    exclusions: list[str] | None = None
    flags: list[str] | None = None
    is_disputed: bool = False
    undone_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False, kw_only=True)
class Letter:
    """A letter of ours: queued in the unit of work that decides it, sent by another job.

    `message_id` is fixed here, once, so that a letter sent twice can be folded by whoever receives it.
    `known_issue` is the number of the known issue that it tells of.
    """

    kind: LetterKind
    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    queued_at: datetime
    due_at: datetime
    in_reply_to: str | None = None
    references: str = ""
    state: LetterState = LetterState.QUEUED
    attempts: int = 0
    claimed_until: datetime | None = None
    sent_at: datetime | None = None
    last_fault: str = ""
    known_issue: int | None = None
    id: int | None = None
    case_id: int | None = None


@dataclass(frozen=True)
class LetterCounts:
    """How many letters were queued within a window: to one address, to its domain, to everybody."""

    to_address: int
    to_domain: int
    in_all: int

    def and_more(self, letters: int) -> "LetterCounts":
        """Return the counts with so many more letters to the address."""
        return LetterCounts(self.to_address + letters, self.to_domain + letters, self.in_all + letters)


@dataclass(eq=False, kw_only=True)
class Task:
    """Something that an officer has to do by a date; closed, never deleted."""

    kind: TaskKind
    opened_at: datetime
    due_by: date
    note: str
    closed_at: datetime | None = None
    message_id: int | None = None
    id: int | None = None
    case_id: int | None = None


@dataclass(eq=False, kw_only=True)
class Point:
    """One point of a complaint and what was found on it (LGSCO 6.6, HO 6.6); `number` counts from 1."""

    number: int
    text: str
    raised_on: date
    category: str = ""
    outcome: PointOutcome | None = None
    finding: str = ""
    remedy: str = ""
    decided_on: date | None = None
    decided_by: str = ""
    id: int | None = None
    case_id: int | None = None


@dataclass(eq=False, kw_only=True)
class Action:
    """Something promised to the complainant; outstanding until done (LGSCO 7.3, HO 7.3)."""

    number: int
    what: str
    owner: str
    opened_on: date
    due_by: date
    point: int | None = None
    done_on: date | None = None
    note: str = ""
    id: int | None = None
    case_id: int | None = None


@dataclass(eq=False, kw_only=True)
class Extension:
    """More time for a response: why, who decided, and the date that took the place of another.

    (LGSCO 6.4, 6.16; HO 6.4, 6.15)
    """

    stage: int
    reason: str
    officer: str
    decided_at: datetime
    respond_by: date
    extended_to: date
    id: int | None = None
    case_id: int | None = None


@dataclass(eq=False, kw_only=True)
class Refusal:
    """An officer's decision not to accept a complaint (LGSCO 2.1 to 2.5, HO 2.1 to 2.5).

    `ground` is an `Exclusion` or one of the council's own; `discretion` says what was considered where the
    ground is lateness.
    """

    ground: str
    evidence: str
    reasons: str
    discretion: str
    officer: str
    decided_at: datetime
    id: int | None = None
    case_id: int | None = None


@dataclass(eq=False, kw_only=True)
class Case:
    """One matter of one complainant.

    `status`, `category` and `ombudsman` are those in force: triage's decision until an officer's ruling
    replaces it; both stay on record. `stage` is 0 while no complaint runs, then 1 or 2. `guard_at` is
    when the guard sends a missing formal acknowledgement, None where none is missing.
    `own_words` and `flags` are what triage chose for letters and order. `complainant_found_in` says where the
    complainant was found, `represented_name` for whom they write, `claimed_on` when a forwarded mail or a
    scanned letter says that it was written; the clock runs from `received_on` all the same (LGSCO 3.2).
    `answered_on` is when the stage's full answer went, or when an officer recorded that it had one.
    `escalation_received_on` is when the next stage was asked for and not yet begun.
    `request_opened_on` and `request_closed_on` are those of a service request, which stays open beside the
    complaint about it (LGSCO 1.7, HO 1.5). `assigned_to` is the officer who handles the case now,
    `stage_1_officer` who gave the stage 1 answer and cannot take stage 2 (LGSCO 6.14, HO 6.13).
    `extended_to` is the date in place of `respond_by`. `merged_into` is the reference of the case that goes
    on in its place, `split_from` of the one that it came out of.
    """

    reference: str
    opened_at: datetime
    received_on: date
    status: Status
    category: str
    ombudsman: Ombudsman
    stage: int
    complainant_name: str
    complainant_address: str
    reply_address: str
    subject: str
    complainant_found_in: str = "from"
    represented_name: str = ""
    claimed_on: date | None = None
    acknowledge_by: date
    priority: int = 0
    awaits_officer: bool = True
    guard_at: datetime | None = None
    acknowledged_on: date | None = None
    respond_by: date | None = None
    answered_on: date | None = None
    escalation_received_on: date | None = None
    request_opened_on: date | None = None
    request_closed_on: date | None = None
    assigned_to: str = ""
    stage_1_officer: str = ""
    extended_to: date | None = None
    closed_on: date | None = None
    closed_why: str = ""
    merged_into: str = ""
    split_from: str = ""
    channel: Channel = Channel.EMAIL
    is_historic: bool = False
    own_words: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    version: int = 1
    id: int | None = None
    messages: list[Message] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def due_by(self) -> date:
        """Return the date of the nearest duty: the acknowledgement, then the response."""
        if self.acknowledged_on is None:
            return self.acknowledge_by
        return self.extended_to or self.respond_by or self.acknowledge_by

    @property
    def known_addresses(self) -> frozenset[str]:
        """Return the addresses from which a reference in the text is believed."""
        said = {message.sender_address for message in self.messages}
        known = said | {self.complainant_address, self.reply_address}
        return frozenset(address.casefold() for address in known if address)

    def has_letter(self, kind: LetterKind) -> bool:
        """Say whether a letter of this kind was queued, on its way or sent."""
        not_coming = {LetterState.FAILED, LetterState.WITHDRAWN}
        return any(letter.kind is kind and letter.state not in not_coming for letter in self.letters)

    def count_change(self) -> None:
        """Count a change, so that whoever acts on what they saw before it is told."""
        self.version += 1

    def begin_stage(self, stage: int, *, received_on: date, acknowledge_by: date) -> None:
        """Open stage 1 or 2 and its acknowledgement clock.

        Raises ValueError where the stage is not the next one: a stage is never skipped backwards.
        """
        if stage <= self.stage:
            raise ValueError(f"case {self.reference} is already at stage {self.stage}")
        self.stage, self.received_on, self.acknowledge_by = stage, received_on, acknowledge_by
        self.acknowledged_on = self.respond_by = None
        self.answered_on = self.escalation_received_on = self.extended_to = None

    def promise_answer(self, respond_by: date) -> None:
        """Record the date that the queued formal acknowledgement promises; nothing is left to guard."""
        self.respond_by, self.guard_at = respond_by, None

    def close_tasks(self, *kinds: TaskKind, now: datetime) -> None:
        """Close the open tasks of these kinds."""
        for task in self.tasks:
            if task.kind in kinds and task.closed_at is None:
                task.closed_at = now


@dataclass(frozen=True)
class DueForGuard:
    """A case whose guard time has come; both together say where in the order of such cases it stands."""

    guard_at: datetime
    reference: str


@dataclass(frozen=True)
class AuditRow:
    """One line of the record of what was done; only ever added."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]
    message_id: int | None = None
    case_reference: str | None = None
