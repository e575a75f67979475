"""An officer's ruling by hand: on a case, or on a message that became none."""

from dataclasses import dataclass

from bootstrap import App
from casework.possible_reply import confirm_reply
from casework.record_ruling import record_ruling
from casework.work_quarantine import file_message, treat_as_case
from intake.headers import read_people
from models.codes import Flag, Ombudsman, Status
from models.errors import InputInvalid
from models.message import Person
from models.ports import UnitOfWork


@dataclass(frozen=True)
class Said:
    """What the officer said; what is None stays as it was suggested."""

    status: Status | None
    category: str | None
    ombudsman: Ombudsman | None
    reason: str
    officer: str
    complainant: str | None = None
    joins: str | None = None
    exclusions: tuple[str, ...] | None = None
    flags: tuple[str, ...] | None = None
    is_answered: bool = False
    is_correction: bool = False
    is_filed: bool = False
    seen: int | None = None


def rule(app: App, about: str | int, said: Said) -> str:
    """Record a ruling on a case reference or on the number of a message; return what was done.

    Raises InputInvalid where what was said does not go together.
    """
    with app.units() as uow:
        done = (
            _rule_on_message(app, uow, about, said)
            if isinstance(about, int)
            else _rule(app, uow, about, said)
        )
        uow.commit()
    return done


def _rule(app: App, uow: UnitOfWork, reference: str, said: Said) -> str:
    if said.is_filed:
        raise InputInvalid("--file is for messages such as M-17; a case is ruled on with --status")
    if said.joins:
        return confirm_reply(
            uow, reference, said.joins, reason=said.reason, officer=said.officer, seen=said.seen,
            working_days=app.working_days, now=app.clock(),
        )  # fmt: skip
    return record_ruling(
        uow, reference, status=said.status, category=said.category, ombudsman=said.ombudsman,
        reason=said.reason, officer=said.officer, is_answered=said.is_answered, seen=said.seen,
        is_correction=said.is_correction,
        exclusions=said.exclusions,
        flags=None if said.flags is None else tuple(map(Flag, said.flags)),
        complainant=_person(said.complainant), policy=app.policy, letterhead=app.letterhead, now=app.clock(),
    )  # fmt: skip


def _rule_on_message(app: App, uow: UnitOfWork, number: int, said: Said) -> str:
    later = (
        said.joins, said.complainant, said.is_answered, said.is_correction, said.exclusions, said.flags,
        said.seen,
    )  # fmt: skip
    if any(each not in (None, False) for each in later):
        raise InputInvalid(
            "make it a case first (--status); "
            "--joins, --complainant, --answered, --correction, --exclusion, --flag and --seen follow then"
        )
    if said.is_filed:
        return file_message(uow, number, reason=said.reason, officer=said.officer, now=app.clock())
    if said.status is None:
        raise InputInvalid("say what the message is (--status), or that it needs nothing more (--file)")
    return treat_as_case(
        uow, number, status=said.status, category=said.category, ombudsman=said.ombudsman, reason=said.reason,
        officer=said.officer, policy=app.policy, letterhead=app.letterhead, now=app.clock(),
    )  # fmt: skip


def _person(written: str | None) -> Person | None:
    """Read a person as mail writes one; raises InputInvalid where no address shows."""
    if written is None:
        return None
    people = read_people(written)
    if not people:
        raise InputInvalid(f'{written!r} names no address; write it as "Ann Lee <ann@example.org>"')
    return people[0]
