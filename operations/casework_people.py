"""What officers do about points, promises and people: each one unit of work over the settings' record."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any, TypeVar

from bootstrap import App, Progress
from casework import actions, arrangements, consent, points
from casework.by_hand import Note, checked, open_by_hand
from casework.merge import merge as merge_cases
from casework.split import split as split_case
from casework.ways import known_as
from models.codes import ArrangementKind, ContactWay, PointOutcome, Status
from models.ports import UnitOfWork
from operations.casework import By
from triage.corpus import TriageInput

_Done = TypeVar("_Done")


def points_of(app: App, reference: str) -> list[dict[str, Any]]:
    """Return the points of a case, as the record has them."""
    with app.units(reads=True) as uow:
        return [asdict(each) for each in uow.cases.get(reference).points]


def actions_of(app: App, reference: str) -> list[dict[str, Any]]:
    """Return what was promised on a case, as the record has it."""
    with app.units(reads=True) as uow:
        return [asdict(each) for each in uow.cases.get(reference).actions]


def arrangements_of(app: App, reference: str) -> list[dict[str, Any]]:
    """Return what is in force with the person of a case, as the record has it."""
    with app.units(reads=True) as uow:
        return [asdict(each) for each in uow.people.of(known_as(uow.cases.get(reference)))]


def add_point(app: App, reference: str, by: By, text: str, *, category: str, raised: date | None) -> str:
    """Add a point to a case; return what was done."""
    return _changed(
        app,
        partial(
            points.add_point, reference=reference, text=text, category=category, raised_on=raised,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def decide_point(
    app: App, reference: str, by: By, number: int, *, outcome: PointOutcome, finding: str, remedy: str
) -> str:
    """Record what was found on a point; return what was done."""
    return _changed(
        app,
        partial(
            points.decide_point, reference=reference, number=number, outcome=outcome, finding=finding,
            remedy=remedy, officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def add_action(
    app: App, reference: str, by: By, what: str, *, owner: str, due: date, point: int | None
) -> str:
    """Record what was promised; return what was done."""
    return _changed(
        app,
        partial(
            actions.add_action, reference=reference, what=what, owner=owner, due_by=due, point=point,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def finish_action(app: App, reference: str, by: By, number: int, *, done: date, note: str) -> str:
    """Record that what was promised is done; return what was done."""
    return _changed(
        app,
        partial(
            actions.finish_action, reference=reference, number=number, done_on=done, note=note,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def write_progress(app: App, reference: str, by: By, *, note: str) -> str:
    """Tell the complainant how far the promises have come; return what was done."""
    return _changed(
        app,
        partial(
            actions.write_progress, reference=reference, note=note, officer=by.officer, seen=by.seen,
            policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def arrange(
    app: App,
    reference: str,
    by: By,
    *,
    kind: ArrangementKind,
    what: str,
    way: ContactWay | None,
    value: str,
    reason: str,
    review: date | None,
) -> str:
    """Record what is agreed with a complainant or known of them; return what was done."""
    return _changed(
        app,
        partial(
            arrangements.arrange, reference=reference, kind=kind, what=what, way=way, value=value,
            reason=reason, review_on=review, officer=by.officer, seen=by.seen, policy=app.policy,
            now=app.clock(),
        ),
    )  # fmt: skip


def keep_arrangement(app: App, reference: str, by: By, number: int, *, review: date, reason: str) -> str:
    """Record that an arrangement was reviewed and goes on; return what was done."""
    return _changed(
        app,
        partial(
            arrangements.keep_arrangement, reference=reference, number=number, review_on=review,
            reason=reason, officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def end_arrangement(app: App, reference: str, by: By, number: int, *, reason: str) -> str:
    """End an arrangement; return what was done."""
    return _changed(
        app,
        partial(
            arrangements.end_arrangement, reference=reference, number=number, reason=reason,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def record_consent(
    app: App, reference: str, by: By, *, kind: ArrangementKind, said_by: str, evidence: str
) -> str:
    """Record whether somebody agrees that another acts for them; return what was done."""
    return _changed(
        app,
        partial(
            consent.record_consent, reference=reference, kind=kind, by=said_by, evidence=evidence,
            officer=by.officer, seen=by.seen, now=app.clock(),
        ),
    )  # fmt: skip


def ask_consent(app: App, reference: str, by: By, *, represented: str) -> str:
    """Ask a representative for their authority; return what was done."""
    return _changed(
        app,
        partial(
            consent.ask_consent, reference=reference, represented=represented, officer=by.officer,
            seen=by.seen, policy=app.policy, letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def merge(app: App, reference: str, by: By, *, into: str, reason: str) -> str:
    """Let a case go on in another; return what was done."""
    return _changed(
        app,
        partial(
            merge_cases, reference=reference, into=into, reason=reason, officer=by.officer, seen=by.seen,
            policy=app.policy, now=app.clock(),
        ),
    )  # fmt: skip


def split(
    app: App,
    reference: str,
    by: By,
    *,
    numbers: Sequence[int],
    message: int | None,
    status: Status,
    category: str | None,
    reason: str,
) -> tuple[str, str]:
    """Open a case of its own for points or a message of a case; return its reference and what was done."""
    return _changed(
        app,
        partial(
            split_case, reference=reference, points=numbers, message=message, status=status,
            category=category, reason=reason, officer=by.officer, seen=by.seen, policy=app.policy,
            letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def take_by_hand(app: App, note: Note, *, progress: Progress) -> tuple[str, str]:
    """Open a case for what an officer took down; return its reference and what was done.

    It is triaged before the record is locked for it, and needs no running service.
    """
    note = checked(note, policy=app.policy, now=app.clock())
    read = TriageInput(
        id="by hand", subject=note.subject, body=note.text, received_at=note.received_at,
        sender=str(note.person),
    )  # fmt: skip
    ((prediction, decision),) = app.triager(progress=progress).triage([read])
    return _changed(
        app,
        partial(
            open_by_hand, note=note, prediction=prediction, decision=decision, policy=app.policy,
            letterhead=app.letterhead, now=app.clock(),
        ),
    )  # fmt: skip


def _changed(app: App, change: Callable[[UnitOfWork], _Done]) -> _Done:
    """Make one change in a unit of work of its own, and return what was done."""
    with app.units() as uow:
        done = change(uow)
        uow.commit()
    return done
