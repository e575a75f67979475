"""An officer changes the words of a letter before it goes; it is held for that, and nothing sends it.

It keeps what the Codes ask of it, or it is not changed. The audit holds what it said before and after, as
hashes: the letter itself is on record.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from casework.given_answer import take_back_answer
from casework.letter_details import said_in
from casework.letter_tasks import ask_to_release, name_of
from casework.policy import Policy
from casework.ways import ways_of
from casework.write_letter import not_yet_gone
from letters.letterhead import Letterhead
from letters.markup import as_markup, blocks_in
from letters.required import INTERNAL
from letters.rewrite import lacking, rewritten
from models.case import AuditRow, Case, Letter
from models.codes import ContactWay, LetterState
from models.errors import InputInvalid, LetterIncomplete
from models.ports import UnitOfWork

_CAN_BE_EDITED = frozenset({LetterState.HELD, LetterState.BY_HAND})


def hold_letter(uow: UnitOfWork, number: int, *, officer: str, now: datetime) -> str:
    """Keep a queued letter back until an officer lets it go; return what was done.

    An answer that is held is not given yet. Raises InputInvalid where the letter has gone, or is on its way.
    """
    letter, case = _of_a_case(uow, number)
    if letter.state is not LetterState.QUEUED or not not_yet_gone([letter]):
        raise InputInvalid(f"letter {number} {_stands(letter)}, so it cannot be held")
    letter.state = LetterState.HELD
    case.count_change()
    take_back_answer(case, letter)
    ask_to_release(case, letter, now=now, why=f"{officer} looks at it")
    _record(uow, case, letter, "letter_kept_back", officer=officer, now=now)
    return f"the {name_of(letter.kind)} is held; it goes when you send it"


def send_now(uow: UnitOfWork, number: int, *, officer: str, now: datetime) -> str:
    """Let a letter that only waits for its time go at once; return what was done."""
    letter, case = _of_a_case(uow, number)
    if letter.state is not LetterState.QUEUED or not not_yet_gone([letter]):
        raise InputInvalid(f"letter {number} {_stands(letter)}, so it does not wait to be sent")
    letter.due_at = min(letter.due_at, now)
    _record(uow, case, letter, "letter_sent_at_once", officer=officer, now=now)
    return f"the {name_of(letter.kind)} goes now"


def words_of(letter: Letter) -> str:
    """Return the body of a letter as an officer edits it, with the marks of `letters/blocks.py`."""
    return as_markup(blocks_in(letter.html))


def mark_of(letter: Letter) -> str:
    """Return what changes when the words of a letter do: so that two who edit at once are told."""
    return hashlib.sha256(f"{letter.subject}\0{letter.html}".encode()).hexdigest()


def missing_words(
    uow: UnitOfWork,
    number: int,
    body: str,
    *,
    own_grounds: Mapping[str, str],
    policy: Policy,
    letterhead: Letterhead,
) -> list[str]:
    """Return what a Code asks of a letter and an officer's words leave out, each with its provision."""
    letter, case = _of_a_case(uow, number)
    said = said_in(uow, case, letter, own_grounds=own_grounds, policy=policy, letterhead=letterhead)
    return lacking(letter.kind, body, said)


def edit_letter(
    uow: UnitOfWork,
    number: int,
    *,
    subject: str,
    body: str,
    seen: str,
    own_grounds: Mapping[str, str],
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Change what a letter says; return what was done. It stays held, or a person's to post.

    `seen` is the `mark_of` the letter that the officer began from. Raises LetterIncomplete where a Code asks
    for what it no longer holds, naming each; InputInvalid where the letter is neither held nor for a person's
    hand, or somebody else changed it meanwhile.
    """
    letter, case = _of_a_case(uow, number)
    if letter.state not in _CAN_BE_EDITED:
        raise InputInvalid(f"letter {number} {_stands(letter)}; only one that is held back can be changed")
    before = mark_of(letter)
    if seen != before:
        raise InputInvalid(f"somebody else changed letter {number} meanwhile; look at it again")
    missing = missing_words(uow, number, body, own_grounds=own_grounds, policy=policy, letterhead=letterhead)
    if missing:
        raise LetterIncomplete(f"the {name_of(letter.kind)} leaves out: {', '.join(missing)}")
    is_large = ContactWay.LARGE_PRINT in ways_of(uow, case)
    rendered = rewritten(subject, body, letterhead=letterhead, is_large=is_large)
    letter.subject, letter.text, letter.html = rendered.subject, rendered.text, rendered.html
    case.count_change()
    hashes = {"before": before, "after": mark_of(letter)}
    _record(uow, case, letter, "letter_edited", officer=officer, now=now, **hashes)
    return f"the {name_of(letter.kind)} says what you wrote now"


def _of_a_case(uow: UnitOfWork, number: int) -> tuple[Letter, Case]:
    letter, case = uow.letters.with_case(number)
    if case is None or letter.kind in INTERNAL:
        raise InputInvalid(f"letter {number} goes to our own people and is nobody's to change")
    return letter, case


def _stands(letter: Letter) -> str:
    """Say in words how far a letter has come."""
    is_going = letter.state is LetterState.QUEUED and letter.claimed_until is not None
    return "is on its way at this moment" if is_going else f"is {letter.state.value.replace('_', ' ')}"


def _record(
    uow: UnitOfWork, case: Case, letter: Letter, action: str, *, officer: str, now: datetime, **more: str
) -> None:
    detail = {"letter": letter.id, "kind": letter.kind.value, **more}
    uow.audit.add(
        AuditRow(at=now, actor=officer, action=action, case_reference=case.reference, detail=detail)
    )
