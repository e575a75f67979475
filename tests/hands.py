"""What the tests of officers' casework share: officers at work, and complaints at each point of the way."""

from datetime import UTC, date, datetime
from typing import Any

from builders import LETTERHEAD, NOW, make_case, make_letter, make_message
from fakes import FakeUnitOfWork

from casework.policy import Policy
from models.case import Action, Case, Letter, Point
from models.codes import DeliveryMode, LetterKind, LetterState, PointOutcome, Role, Status
from models.people import Officer

RESPOND_BY = date(2026, 3, 17)
HELD = Policy(delivery=DeliveryMode.HOLD)

DECIDES: dict[str, Any] = {"officer": "pat", "now": NOW}
"""Who does it and when."""

WRITES: dict[str, Any] = {**DECIDES, "policy": Policy(), "letterhead": LETTERHEAD}
"""The same for what writes a letter."""


def at(day: date) -> datetime:
    """Return ten o'clock on a day."""
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)


def make_officer(name: str = "pat", **changes: Any) -> Officer:
    """Return an officer of the complaints team."""
    usual: dict[str, Any] = {
        "full_name": f"{name.title()} Okoro", "email": f"{name}@harrowmere.example", "role": Role.OFFICER,
    }  # fmt: skip
    return Officer(name=name, **(usual | changes))


def office(*cases: Case) -> FakeUnitOfWork:
    """Return a record of these cases on which Pat is an officer, who decides and signs."""
    uow = FakeUnitOfWork(*cases)
    uow.officers.add(make_officer())
    return uow


def make_point(number: int = 1, **changes: Any) -> Point:
    """Return a point that was upheld by Pat, with its reasons."""
    usual: dict[str, Any] = {
        "text": "The bin was missed twice.", "raised_on": date(2026, 3, 3), "outcome": PointOutcome.UPHELD,
        "finding": "The crew's record shows no visit on either day.", "decided_by": "pat",
        "decided_on": date(2026, 3, 3),
    }  # fmt: skip
    return Point(number=number, **(usual | changes))


def make_action(**changes: Any) -> Action:
    """Return a promise that is not kept yet."""
    usual: dict[str, Any] = {
        "number": 1, "what": "A new bin", "owner": "sam", "opened_on": date(2026, 3, 3),
        "due_by": date(2026, 3, 20),
    }  # fmt: skip
    return Action(**(usual | changes))


def acknowledged(**changes: Any) -> Case:
    """Return a complaint at stage 1 that was acknowledged on the day it came."""
    sent: list[Letter] = [make_letter(state=LetterState.SENT)]
    usual: dict[str, Any] = {
        "letters": sent, "acknowledged_on": date(2026, 3, 3), "respond_by": RESPOND_BY, "assigned_to": "pat",
    }  # fmt: skip
    return make_case(**(usual | changes))


def answered(**changes: Any) -> Case:
    """Return a complaint whose stage 1 answer Pat gave."""
    usual: dict[str, Any] = {
        "answered_on": date(2026, 3, 3), "stage_1_officer": "pat", "awaits_officer": False,
    }  # fmt: skip
    return acknowledged(**(usual | changes))


def reviewed(**changes: Any) -> Case:
    """Return a case at stage 2, whose stage 1 Pat handled."""
    usual: dict[str, Any] = {
        "status": Status.ESCALATION, "stage": 2, "stage_1_officer": "pat", "assigned_to": "",
        "letters": [make_letter(LetterKind.STAGE_2_ACKNOWLEDGEMENT, state=LetterState.SENT)],
        "respond_by": date(2026, 3, 31),
    }  # fmt: skip
    return acknowledged(**(usual | changes))


def request(**changes: Any) -> Case:
    """Return a service request that came on 2 February and was acknowledged as one."""
    usual: dict[str, Any] = {
        "status": Status.SERVICE_REQUEST, "stage": 0, "received_on": date(2026, 2, 2),
        "awaits_officer": False,
        "messages": [make_message(received_at=at(date(2026, 2, 2)))],
        "letters": [make_letter(LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, state=LetterState.SENT)],
    }  # fmt: skip
    return make_case(**(usual | changes))


def kinds(case: Case) -> list[LetterKind]:
    """Return the kinds of the letters of a case."""
    return [letter.kind for letter in case.letters]
