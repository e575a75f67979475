"""What officers do with cases by hand: each one unit of work over the record that the settings name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bootstrap import App
from casework import officers
from casework.answer import answer as answer_case
from casework.answered_elsewhere import answered_elsewhere
from casework.assign import assign as assign_case
from casework.clarify import clarify as ask_questions
from casework.close import close as close_case
from casework.close import reopen as reopen_case
from casework.convert import close_request as close_request_of
from casework.convert import convert_to_complaint, convert_to_request
from casework.escalate import escalate as escalate_case
from casework.exclude import exclude as exclude_case
from casework.extend import extend as extend_case
from casework.extend import extendable_to
from casework.policy import Policy
from models.codes import Role
from models.deadlines import received_on
from models.errors import InputInvalid
from models.people import Officer
from models.ports import UnitOfWork


@dataclass(frozen=True)
class By:
    """Who acts, and the version of the case that they looked at; None where they do not say."""

    officer: str
    seen: int | None = None


@dataclass(frozen=True)
class OfficerRow:
    """An officer and how many open cases they handle."""

    officer: Officer
    open_cases: int
    is_away: bool


def assign(app: App, reference: str, by: By, *, to: str, reason: str, is_even_if_away: bool) -> str:
    """Give a case to an officer; return what was done."""
    return _changed(
        app,
        partial(
            assign_case, reference=reference, to=to, reason=reason, is_even_if_away=is_even_if_away,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def to_complaint(app: App, reference: str, by: By, *, reason: str, received: date | None) -> str:
    """Take a case as a complaint from now on; return what was done."""
    return _changed(
        app,
        partial(
            convert_to_complaint, reference=reference, reason=reason, received=received, officer=by.officer,
            seen=by.seen, policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def to_request(app: App, reference: str, by: By, *, reason: str) -> str:
    """Take a complaint as a service request again; return what was done."""
    return _changed(
        app,
        partial(
            convert_to_request, reference=reference, reason=reason, officer=by.officer, seen=by.seen,
            policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def close_request(app: App, reference: str, by: By, *, reason: str) -> str:
    """Close the service request of a case; return what was done."""
    return _changed(
        app,
        partial(
            close_request_of, reference=reference, reason=reason, officer=by.officer, seen=by.seen,
            now=app.clock(),
        ),
    )  # fmt: skip


def exclude(
    app: App,
    reference: str,
    by: By,
    *,
    ground: str,
    evidence: str,
    reasons: str,
    discretion: str,
    elsewhere: str,
) -> str:
    """Record that a complaint is not accepted; return what was done."""
    own = {each.code: each.reason for each in app.settings.triage.exclusions}
    return _changed(
        app,
        partial(
            exclude_case, reference=reference, ground=ground, evidence=evidence, reasons=reasons,
            discretion=discretion, elsewhere=elsewhere, own_grounds=own, officer=by.officer, seen=by.seen,
            policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def extend(app: App, reference: str, by: By, *, to: date | None, days: int | None, reason: str) -> str:
    """Put a response off to a day, or by working days from the day promised; return what was done."""
    if (to is None) == (days is None):
        raise InputInvalid(
            "say until when: a date (--to 2026-04-03) or working days (--days 5), one of the two"
        )

    # Looked up before the unit of work begins: it has one of its own, and each would wait for the other.
    policy = app.policy

    def change(uow: UnitOfWork) -> str:
        until = to or _days_on(uow, reference, days or 0, policy=policy)
        return extend_case(
            uow, reference, to=until, reason=reason, officer=by.officer, seen=by.seen,
            policy=policy, letterhead=app.letterhead, now=app.clock(),
        )  # fmt: skip

    return _changed(app, change)


def clarify(app: App, reference: str, by: By, *, questions: Sequence[str]) -> str:
    """Ask the complainant what is unclear; return what was done."""
    policy = app.policy

    def change(uow: UnitOfWork) -> str:
        return ask_questions(
            uow, reference, questions=questions, officer=by.officer, seen=by.seen,
            policy=policy, letterhead=app.letterhead, now=app.clock(),
        )  # fmt: skip

    return _changed(app, change)


def escalate(app: App, reference: str, by: By, *, received: date | None, note: str) -> str:
    """Begin stage 2; return what was done."""
    return _changed(
        app,
        partial(
            escalate_case, reference=reference, received=received, note=note, officer=by.officer,
            seen=by.seen, policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def answer(app: App, reference: str, by: By, *, summary: str) -> str:
    """Send the response of the stage that runs; return what was done."""
    return _changed(
        app,
        partial(
            answer_case, reference=reference, summary=summary, officer=by.officer, seen=by.seen,
            policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def answered(app: App, reference: str, by: By, *, on: date, answered_by: str, reason: str) -> str:
    """Record when and by whom stage 1 was answered elsewhere; return what was done."""
    return _changed(
        app,
        partial(
            answered_elsewhere, reference=reference, on=on, by=answered_by, reason=reason,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def close(app: App, reference: str, by: By, *, reason: str, is_withdrawn: bool) -> str:
    """Close a case; return what was done."""
    return _changed(
        app,
        partial(
            close_case, reference=reference, reason=reason, is_withdrawn=is_withdrawn, officer=by.officer,
            seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def reopen(app: App, reference: str, by: By, *, reason: str) -> str:
    """Open a closed case again; return what was done."""
    return _changed(
        app,
        partial(
            reopen_case, reference=reference, reason=reason, officer=by.officer, seen=by.seen,
            now=app.clock(),
        ),
    )  # fmt: skip


def add_officer(app: App, name: str, *, full_name: str, email: str, role: Role, manager: str, by: str) -> str:
    """Put an officer on record; return what was done."""
    return _changed(
        app,
        partial(
            officers.add_officer, name=name, full_name=full_name, email=email, role=role, manager=manager,
            by=by, now=app.clock(),
        ),
    )  # fmt: skip


def set_role(app: App, name: str, *, role: Role, by: str) -> str:
    """Change what an officer may do; return what was done."""
    return _changed(app, partial(officers.set_role, name=name, role=role, by=by, now=app.clock()))


def set_away(app: App, name: str, *, away_from: date | None, away_until: date | None, by: str) -> str:
    """Record an absence, from today where no day is named; return what was done."""
    first = away_from or received_on(app.clock())
    return _changed(
        app,
        partial(officers.set_away, name=name, away_from=first, away_until=away_until, by=by, now=app.clock()),
    )


def set_back(app: App, name: str, *, by: str) -> str:
    """End an absence; return what was done."""
    return _changed(app, partial(officers.set_back, name=name, by=by, now=app.clock()))


def disable_officer(app: App, name: str, *, hand_over_to: str | None, by: str) -> str:
    """Let an officer work no more cases; return what was done."""
    return _changed(
        app, partial(officers.disable_officer, name=name, hand_over_to=hand_over_to, by=by, now=app.clock())
    )


def enable_officer(app: App, name: str, *, by: str) -> str:
    """Let a disabled officer work again; return what was done."""
    return _changed(app, partial(officers.enable_officer, name=name, by=by, now=app.clock()))


def list_officers(app: App) -> list[OfficerRow]:
    """Return every officer with the number of their open cases."""
    today = received_on(app.clock())
    with app.units(reads=True) as uow:
        return [
            OfficerRow(each, len(uow.cases.assigned_to(each.name)), each.is_away(today))
            for each in uow.officers.all()
        ]


def _changed(app: App, change: Callable[[UnitOfWork], str]) -> str:
    """Make one change in a unit of work of its own, and return what was done."""
    with app.units() as uow:
        done = change(uow)
        uow.commit()
    return done


def _days_on(uow: UnitOfWork, reference: str, days: int, *, policy: Policy) -> date:
    """Return the day that lies so many working days after the one promised."""
    case = uow.cases.get(reference)
    extendable_to(case, policy=policy)
    return policy.working_days.after(case.extended_to or case.respond_by or case.acknowledge_by, days)
