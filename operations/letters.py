"""What is done by hand with letters: shown, checked, released, withdrawn, put on record as posted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bootstrap import App
from casework import letters_by_hand
from casework.show_letter import ShownLetter, show_letter, show_sample
from letters.check_letters import Checked, check_letters
from letters.load_templates import stray_files
from letters.pdf import address_lines, as_pdf
from models.codes import LetterKind


@dataclass(frozen=True)
class LetterRow:
    """One letter of a case in the list of them; no names and no addresses."""

    number: int | None
    kind: LetterKind
    state: str
    written_at: datetime
    sent_at: datetime | None
    why: str


def preview(app: App, kind: LetterKind, reference: str | None) -> ShownLetter:
    """Return a letter of a case, or one about an invented case where none is named."""
    if reference is None:
        return show_sample(kind, letterhead=app.letterhead, now=app.clock())
    policy = app.policy
    with app.units(reads=True) as uow:
        return show_letter(uow, reference, kind, policy=policy, letterhead=app.letterhead, now=app.clock())


def pdf_of(shown: ShownLetter) -> bytes:
    """Return a letter as it is printed for the post."""
    name, *postal = shown.recipient or ("",)
    lines = [line for each in postal for line in address_lines(each)]
    return as_pdf(
        shown.rendered.html,
        title=shown.rendered.subject,
        recipient=[name, *lines] if lines else (),
        day=shown.day,
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


def release(app: App, numbers: Iterable[int], *, officer: str) -> list[str]:
    """Release held letters, all of those named or none; return what was done with each."""
    with app.units() as uow:
        done = [
            letters_by_hand.release(uow, each, officer=officer, now=app.clock())
            for each in dict.fromkeys(numbers)
        ]
        uow.commit()
    return done


def held(app: App) -> Sequence[int]:
    """Return the numbers of the letters that wait for release."""
    with app.units(reads=True) as uow:
        return uow.letters.held()


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
