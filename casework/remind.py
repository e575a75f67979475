"""Reminders: who is told of what is due, and the one digest a day in which they are told."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.policy import Policy
from letters.acknowledgement import AcknowledgementContext
from letters.details import DigestDetails, DigestRow
from letters.letterhead import Letterhead
from letters.render import render
from models.case import AuditRow, Letter
from models.codes import LetterKind, Ombudsman, Role
from models.deadlines import WorkingDays
from models.duties import Duty
from models.people import Officer
from models.ports import UnitOfWork

MOST_ROWS = 200
"""So many lines fit into a digest that is read; the rest is counted."""


@dataclass(frozen=True)
class ReminderRules:
    """How many working days before a date who is told, and where what nobody handles goes.

    `team_address` is empty where the settings name none.
    """

    officer_days_before: int = 2
    manager_days_before: int = 1
    team_address: str = ""

    def until(self, today: date, working_days: WorkingDays) -> date:
        """Return the last date of which anybody is told today."""
        return working_days.after(today, max(self.officer_days_before, self.manager_days_before))


@dataclass(frozen=True)
class Digest:
    """What one recipient is told of today, in the order of the dates."""

    recipient: str
    duties: tuple[Duty, ...]


def plan_digests(
    duties: Iterable[Duty],
    officers: Sequence[Officer],
    *,
    rules: ReminderRules,
    working_days: WorkingDays,
    today: date,
) -> list[Digest]:
    """Return one digest for each recipient who has something to be told of, in the order of their addresses.

    | duty                       | who is told                                                           |
    | handled by an officer      | the officer, overdue or within `officer_days_before` working days     |
    | the same, nearer           | the manager too, overdue or within `manager_days_before` working days |
    | of an officer who is away  | the manager too, with all that the officer is told                    |
    | nobody's                   | the team's address, else the team managers                            |

    An officer who is disabled, unknown or without an address counts as nobody; a manager as the team.
    """
    desk = _Desk(officers, rules=rules, working_days=working_days, today=today)
    told: dict[str, dict[Duty, None]] = defaultdict(dict)
    for duty in duties:
        for recipient in desk.recipients(duty):
            told[recipient][duty] = None
    return [Digest(recipient, _in_order(told[recipient])) for recipient in sorted(told)]


def write_digest(
    uow: UnitOfWork,
    digest: Digest,
    *,
    policy: Policy,
    letterhead: Letterhead,
    today: date,
    now: datetime,
) -> Letter | None:
    """Queue a digest; None where the recipient's digest of this day was written before.

    It names references and kinds of duty only, nothing of the complainant. It belongs to no case and is
    never held back.
    """
    if not uow.digests.begin(digest.recipient, today):
        return None
    details = details_of(digest, today=today, working_days=policy.working_days)
    context = AcknowledgementContext(
        reference="", name="", received_on=today, read_by=today, ombudsman=Ombudsman.LGSCO
    )
    rendered = render(LetterKind.DIGEST, context, letterhead=letterhead, details=details)
    letter = Letter(
        kind=LetterKind.DIGEST,
        message_id=f"<digest.{uuid.uuid4().hex}@{policy.letter_domain}>",
        recipient=digest.recipient,
        subject=rendered.subject, text=rendered.text, html=rendered.html,
        queued_at=now, due_at=now,
    )  # fmt: skip
    uow.letters.add(letter)
    uow.flush()
    uow.digests.written(digest.recipient, today, letter)
    counts = {"overdue": len(details.overdue), "due": len(details.due)}
    uow.audit.add(
        AuditRow(at=now, actor="heard", action="digest_written", detail={"letter": letter.id, **counts})
    )
    return letter


def details_of(digest: Digest, *, today: date, working_days: WorkingDays) -> DigestDetails:
    """Return what a digest says: what is overdue on top, then what is due today, then what comes.

    What falls due together on one case is one line.
    """
    merged: dict[tuple[date, str], list[str]] = {}
    for duty in digest.duties:
        merged.setdefault((duty.due_by, duty.reference), []).append(duty.what)
    rows = tuple(
        DigestRow(reference, ", ".join(dict.fromkeys(what)), due_by, working_days.between(today, due_by))
        for (due_by, reference), what in list(merged.items())[:MOST_ROWS]
    )
    more = len(merged) - len(rows)
    return DigestDetails(
        day=today,
        overdue=tuple(row for row in rows if row.due_by < today),
        due=tuple(row for row in rows if row.due_by >= today),
        notes=(f"{more:,} more are due and not listed here; the queue shows them.",) if more else (),
    )


def reachable(officers: Iterable[Officer]) -> list[Officer]:
    """Return the officers who can be written to: those who work here and have an address."""
    return [each for each in officers if each.email and not each.is_disabled]


def team_addresses(officers: Iterable[Officer], *, rules: ReminderRules) -> list[str]:
    """Return where goes what nobody handles: the team's address, else every team manager's."""
    if rules.team_address:
        return [rules.team_address.casefold()]
    managers = [each for each in reachable(officers) if each.role is Role.TEAM_MANAGER]
    return [each.email.casefold() for each in managers]


def _in_order(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return tuple(sorted(duties, key=lambda duty: (duty.due_by, duty.reference)))


class _Desk:
    """Knows today's officers and finds who is told of a duty."""

    def __init__(
        self, officers: Sequence[Officer], *, rules: ReminderRules, working_days: WorkingDays, today: date
    ) -> None:
        self._by_name = {each.name.casefold(): each for each in reachable(officers)}
        self._team = team_addresses(officers, rules=rules)
        self._today = today
        self._officer_until = working_days.after(today, rules.officer_days_before)
        self._manager_until = working_days.after(today, rules.manager_days_before)

    def recipients(self, duty: Duty) -> Iterator[str]:
        """Yield the addresses of those who are told of a duty today, some perhaps twice."""
        for_officers, for_managers = duty.due_by <= self._officer_until, duty.due_by <= self._manager_until
        handlers = [found for name in duty.officers if (found := self._find(name)) is not None]
        if not handlers and (for_officers or for_managers):
            yield from self._team
        for officer in handlers:
            if for_officers:
                yield officer.email.casefold()
            if for_managers or (for_officers and officer.is_away(self._today)):
                yield from self._above(officer)

    def _above(self, officer: Officer) -> Iterator[str]:
        """Yield the manager; where they are away the next above too, and the team where nobody is."""
        seen = {officer.name.casefold()}
        manager = self._find(officer.manager)
        while manager is not None and manager.name.casefold() not in seen:
            yield manager.email.casefold()
            if not manager.is_away(self._today):
                return
            seen.add(manager.name.casefold())
            manager = self._find(manager.manager)
        yield from self._team

    def _find(self, name: str) -> Officer | None:
        return self._by_name.get(name.casefold())
