"""What is done by hand with letters: shown, checked, released, withdrawn, put on record as posted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from bootstrap import App
from casework import letters_by_hand
from casework.show_letter import ShownLetter, show_letter, show_sample
from letters.check_letters import Checked, check_letters
from letters.load_templates import stray_files
from letters.pdf import address_lines, as_pdf
from models.codes import LetterKind
from models.errors import PersonMustLook, RecordUnavailable
from models.held_rows import HeldLetter, held_letters


@dataclass(frozen=True)
class LetterRow:
    """One letter of a case in the list of them; no names and no addresses."""

    number: int | None
    kind: LetterKind
    state: str
    written_at: datetime
    sent_at: datetime | None
    why: str


@dataclass
class Released:
    """What was done with held letters, and what could not be and why."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def preview(app: App, kind: LetterKind, reference: str | None) -> ShownLetter:
    """Return a letter of a case, or one about an invented case where none is named."""
    if reference is None:
        return show_sample(kind, letterhead=app.letterhead, now=app.clock())
    policy = app.policy
    with app.units(reads=True) as uow:
        return show_letter(uow, reference, kind, policy=policy, letterhead=app.letterhead, now=app.clock())


def pdf_of(app: App, shown: ShownLetter) -> bytes:
    """Return a letter as it is printed for the post."""
    name, *postal = shown.recipient or ("",)
    lines = [line for each in postal for line in address_lines(each)]
    return as_pdf(
        shown.rendered.html,
        title=shown.rendered.subject,
        recipient=[name, *lines] if lines else (),
        day=shown.day,
        letterhead=app.letterhead,
    )


def check(app: App) -> tuple[list[Checked], list[str]]:
    """Return what was found on every letter, and the files of the council's own that are no template."""
    return check_letters(app.letterhead), stray_files(app.letterhead.own_templates)


def list_letters(app: App, reference: str) -> list[LetterRow]:
    """Return the letters of a case, oldest first."""
    with app.units(reads=True) as uow:
        letters = uow.cases.get(reference).letters
        return [
            LetterRow(each.id, each.kind, each.state.value, each.queued_at, each.sent_at, each.last_fault)
            for each in sorted(letters, key=lambda letter: (letter.queued_at, letter.id or 0))
        ]


def release(app: App, numbers: Iterable[int], *, officer: str) -> Released:
    """Release held letters, each by itself: one that cannot go keeps no other from going."""
    released = Released()
    wanted = list(dict.fromkeys(numbers))
    for at, number in enumerate(wanted):
        try:
            released.done.append(_release_one(app, number, officer=officer))
        except PersonMustLook as error:
            released.failed.append(str(error))
        except RecordUnavailable as error:
            # Those behind it would wait for the record one by one.
            left = ", ".join(map(str, wanted[at:]))
            released.failed.append(f"{error}; not released: {left}")
            break
    return released


def _release_one(app: App, number: int, *, officer: str) -> str:
    with app.units() as uow:
        done = letters_by_hand.release(
            uow, number, officer=officer, policy=app.policy, letterhead=app.letterhead, now=app.clock()
        )
        uow.commit()
    return done


def held(app: App) -> list[HeldLetter]:
    """Return the letters that wait for release, the one that has to go first at the top."""
    return held_letters(app.engine)


def withdraw(app: App, number: int, *, reason: str, officer: str) -> str:
    """Take back a letter; return what was done."""
    with app.units() as uow:
        done = letters_by_hand.withdraw(uow, number, reason=reason, officer=officer, now=app.clock())
        uow.commit()
    return done


def record_done(app: App, number: int, *, on: date, officer: str) -> str:
    """Record that a letter was posted or read out; return what was done."""
    with app.units() as uow:
        done = letters_by_hand.record_done(uow, number, on=on, officer=officer, now=app.clock())
        uow.commit()
    return done
