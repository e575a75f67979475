"""Reminders of what is due: every working morning a digest for each who has something to do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bootstrap import App
from casework.arrangements import open_reviews
from casework.remind import (
    Digest,
    ReminderRules,
    plan_digests,
    reachable,
    team_addresses,
    write_digest,
)
from models import due_rows
from models.deadlines import LONDON, received_on
from models.duties import DutyKind
from models.health import job_name
from models.people import Officer

REMIND = job_name("reminders")
"""The job whose last run is kept beside the mailboxes."""

_LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """How reminders stand: whom they reach, what is overdue, and what did not arrive lately."""

    team: tuple[str, ...]
    officers: int
    overdue: dict[DutyKind, int]
    failed: int


def remind_if_due(app: App) -> int | None:
    """Open the day's reviews, write its digests and return how many; None where that is done or not due yet.

    Reviews are opened also where the settings switch reminders off.
    """
    now = app.clock()
    with app.units(reads=True) as uow:
        runs = {row.account: row.last_success_at for row in uow.health.all()}
    if not is_due(app, last=runs.get(REMIND), now=now):
        return None
    with app.units() as uow:
        open_reviews(uow, today=received_on(now), now=now)
        uow.commit()
    written = remind(app, now=now) if app.settings.reminders.enabled else 0
    with app.units() as uow:
        uow.health.polled(REMIND, at=now)
        uow.commit()
    return written


def is_due(app: App, *, last: datetime | None, now: datetime) -> bool:
    """Say whether the day's run is still to be made: on a working day, from the set time in London on."""
    today = received_on(now)
    if not app.working_days.is_working_day(today) or (last is not None and received_on(last) == today):
        return False
    return now.astimezone(LONDON).time() >= app.settings.reminders.at


def remind(app: App, *, now: datetime) -> int:
    """Write every digest of today that was not written before, one unit of work each; return how many."""
    today = received_on(now)
    written = 0
    for digest in planned(app, today=today):
        with app.units() as uow:
            letter = write_digest(
                uow, digest, policy=app.policy, letterhead=app.letterhead, today=today, now=now
            )
            uow.commit()
        written += letter is not None
    return written


def planned(app: App, *, today: date) -> list[Digest]:
    """Return what each recipient is to be told of today."""
    rules, working_days = rules_of(app), app.working_days
    due = due_rows.duties(app.engine, until=rules.until(today, working_days), working_days=working_days)
    return plan_digests(due, _officers(app), rules=rules, working_days=working_days, today=today)


def rules_of(app: App) -> ReminderRules:
    """Return when whom the settings remind."""
    said = app.settings.reminders
    return ReminderRules(said.officer_days_before, said.manager_days_before, said.to.casefold())


def standing(app: App) -> Standing:
    """Look at how reminders stand, for those who examine the installation."""
    now, officers = app.clock(), _officers(app)
    return Standing(
        team=tuple(team_addresses(officers, rules=rules_of(app))),
        officers=len(reachable(officers)),
        overdue=overdue(app),
        failed=due_rows.failed_digests(app.engine, since=now - _LATELY),
    )


def _officers(app: App) -> list[Officer]:
    with app.units(reads=True) as uow:
        return uow.officers.all()


def overdue(app: App) -> dict[DutyKind, int]:
    """Count what is overdue today by the kind of duty."""
    yesterday = received_on(app.clock()) - timedelta(days=1)
    return due_rows.overdue_counts(app.engine, until=yesterday, working_days=app.working_days)
