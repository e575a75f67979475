"""Letters in an officer's hand over a real record: released, withdrawn, posted."""

from datetime import date, timedelta
from functools import partial

import pytest
from builders import LETTERHEAD, NOW
from fakes import FakeClock, FakeSender, always
from rows import new_case, new_letter
from sqlalchemy import Engine

from casework.deliver_letters import deliver_one
from casework.letters_by_hand import record_done, release, withdraw
from casework.policy import Policy
from casework.show_letter import show_letter
from models.audit_chain import verify
from models.case import Letter
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import UnknownReference
from models.unit_of_work import SqlUnitOfWork

REFERENCE = "C-0000-0001-95"
LATER = NOW + timedelta(days=6)


def kept(engine: Engine, *letters: Letter) -> list[int]:
    """Put a complaint with letters on record; return their numbers."""
    with SqlUnitOfWork(engine) as uow:
        case = new_case(reference=REFERENCE, letters=list(letters))
        uow.cases.add(case)
        uow.flush()
        numbers = [each.id or 0 for each in case.letters]
        uow.commit()
    return numbers


def letter(kind: LetterKind, state: LetterState) -> Letter:
    """Return a letter that is not on record yet."""
    return new_letter(kind=kind, state=state, message_id=f"<{kind}.{state}@heard.invalid>")


def test_held_letters_go_out_only_when_they_are_released(engine: Engine) -> None:
    """The delivery leaves them alone until then, and then gives them as long as any other."""
    first, second = kept(
        engine,
        letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.HELD),
        letter(LetterKind.EXTENSION, LetterState.HELD),
    )
    sender = FakeSender()
    deliver = partial(
        deliver_one, partial(SqlUnitOfWork, engine), sender, always(b"mail"), clock=FakeClock(LATER)
    )
    assert deliver() is None
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert uow.letters.held() == [first, second]
    with SqlUnitOfWork(engine) as uow:
        release(uow, first, officer="pat", now=LATER)
        uow.commit()
    sent = deliver()
    assert sent is not None
    assert (sent.id, sent.state) == (first, LetterState.SENT)
    assert deliver() is None
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert uow.letters.held() == [second]
        assert uow.cases.get(REFERENCE).acknowledged_on == date(2026, 3, 9)


def test_a_withdrawn_letter_never_goes_and_its_task_is_kept(engine: Engine) -> None:
    """Neither now nor later, and what is owed is on record (LGSCO 6.2, HO 6.2)."""
    (number,) = kept(engine, letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.QUEUED))
    with SqlUnitOfWork(engine) as uow:
        withdraw(uow, number, reason="Wrong person", officer="pat", now=NOW)
        uow.commit()
    units = partial(SqlUnitOfWork, engine)
    assert deliver_one(units, FakeSender(), always(b"mail"), clock=FakeClock(LATER)) is None
    with SqlUnitOfWork(engine, reads=True) as uow:
        case = uow.cases.get(REFERENCE)
        assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]
    assert not verify(engine).fault


def test_a_posted_letter_is_kept_with_its_day(engine: Engine) -> None:
    """What an officer says of the post survives the record (LGSCO 6.2, 5.8; HO 6.2, 5.12)."""
    (number,) = kept(engine, letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.BY_HAND))
    with SqlUnitOfWork(engine) as uow:
        record_done(uow, number, on=date(2026, 3, 5), officer="pat", now=LATER)
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        case = uow.cases.get(REFERENCE)
        assert (case.acknowledged_on, case.letters[0].state) == (date(2026, 3, 5), LetterState.SENT)


def test_a_letter_that_is_not_there_is_named(engine: Engine) -> None:
    """The error is ours and says where to look."""
    with SqlUnitOfWork(engine) as uow, pytest.raises(UnknownReference, match="heard letters list"):
        release(uow, 999, officer="pat", now=NOW)


def test_looking_at_a_letter_writes_nothing(engine: Engine) -> None:
    """A preview reads alone, and works beside whoever writes."""
    kept(engine, letter(LetterKind.RECEIPT, LetterState.SENT))
    with SqlUnitOfWork(engine, reads=True) as uow:
        seen = [
            show_letter(uow, REFERENCE, kind, policy=Policy(), letterhead=LETTERHEAD, now=NOW).state
            for kind in (LetterKind.RECEIPT, LetterKind.EXTENSION)
        ]
    assert seen == [LetterState.SENT, None]
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert len(uow.cases.get(REFERENCE).letters) == 1
