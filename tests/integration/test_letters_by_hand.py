"""Letters in an officer's hand over a real record: released, withdrawn, posted."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from builders import LETTERHEAD, NOW
from fakes import FakeClock, FakeSender, always
from hands import HELD, WRITES, make_officer, make_point
from rows import new_case, new_letter
from sqlalchemy import Engine

from casework.answer import answer
from casework.arrangements import arrange
from casework.deliver_letters import deliver_one
from casework.letters_by_hand import record_done, release, withdraw
from casework.policy import Policy
from casework.show_letter import show_letter
from models.audit_chain import verify
from models.case import Extension, Letter
from models.codes import ArrangementKind, ContactWay, LetterKind, LetterState, TaskKind
from models.errors import UnknownReference
from models.held_rows import held_letters
from models.unit_of_work import SqlUnitOfWork

REFERENCE = "C-0000-0001-95"
LATER = NOW + timedelta(days=6)
HOUSE: dict[str, Any] = {"policy": Policy(), "letterhead": LETTERHEAD}


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
        deliver_one, partial(SqlUnitOfWork, engine), sender, always(b"mail"), clock=FakeClock(LATER), **HOUSE
    )
    assert deliver() is None
    # The extension was promised an answer today; the acknowledgement has until the tenth.
    assert [each.number for each in held_letters(engine)] == [second, first]
    with SqlUnitOfWork(engine) as uow:
        release(uow, first, officer="pat", now=LATER, **HOUSE)
        uow.commit()
    sent = deliver()
    assert sent is not None
    assert (sent.id, sent.state) == (first, LetterState.SENT)
    assert deliver() is None
    assert [each.number for each in held_letters(engine)] == [second]
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert uow.cases.get(REFERENCE).acknowledged_on == date(2026, 3, 9)


def test_a_withdrawn_letter_never_goes_and_its_task_is_kept(engine: Engine) -> None:
    """Neither now nor later, and what is owed is on record (LGSCO 6.2, HO 6.2)."""
    (number,) = kept(engine, letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.QUEUED))
    with SqlUnitOfWork(engine) as uow:
        withdraw(uow, number, reason="Wrong person", officer="pat", now=NOW)
        uow.commit()
    units = partial(SqlUnitOfWork, engine)
    assert deliver_one(units, FakeSender(), always(b"mail"), clock=FakeClock(LATER), **HOUSE) is None
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
        release(uow, 999, officer="pat", now=NOW, **HOUSE)


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


def test_every_held_letter_is_listed_with_the_day_by_which_it_has_to_go(engine: Engine) -> None:
    """Of every case, the most urgent first (LGSCO 6.2, 6.3, 6.4; HO 6.2, 6.3, 6.4)."""
    assert held_letters(engine) == []
    promised, put_off = date(2026, 3, 17), date(2026, 3, 24)
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(
            new_case(
                reference="C-1", respond_by=promised, extended_to=put_off, assigned_to="amir",
                letters=[letter(LetterKind.STAGE_1_RESPONSE, LetterState.HELD),
                         letter(LetterKind.EXTENSION, LetterState.HELD),
                         letter(LetterKind.RECEIPT, LetterState.SENT)],
                extensions=[Extension(stage=1, reason="Illness.", officer="amir", decided_at=NOW,
                                      respond_by=promised, extended_to=put_off)],
            )
        )  # fmt: skip
        uow.cases.add(
            new_case(reference="C-2", letters=[letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.HELD)])
        )
        uow.commit()
    found = [(each.reference, each.kind, each.due_by, each.assigned_to) for each in held_letters(engine)]
    assert found == [
        ("C-2", LetterKind.STAGE_1_ACKNOWLEDGEMENT, date(2026, 3, 10), ""),
        ("C-1", LetterKind.EXTENSION, promised, "amir"),
        ("C-1", LetterKind.STAGE_1_RESPONSE, put_off, "amir"),
    ]


def test_an_answer_that_is_held_is_given_on_the_day_of_its_release(engine: Engine) -> None:
    """The record says so, and the chain of the audit holds (LGSCO 6.3, HO 6.3)."""
    kept(engine, letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.SENT))
    with SqlUnitOfWork(engine) as uow:
        uow.officers.add(make_officer())
        case = uow.cases.get(REFERENCE)
        case.points.append(make_point())
        uow.flush()
        answer(uow, REFERENCE, **WRITES | {"policy": HELD})
        uow.commit()
    (waiting,) = held_letters(engine)
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(REFERENCE)
        assert (case.answered_on, case.awaits_officer) == (None, True)
        assert [task.kind for task in case.tasks if task.closed_at is None] == [TaskKind.RELEASE_LETTER]
    with SqlUnitOfWork(engine) as uow:
        release(uow, waiting.number, officer="pat", now=LATER, **HOUSE)
        uow.commit()
    with SqlUnitOfWork(engine, reads=True) as uow:
        case = uow.cases.get(REFERENCE)
        assert (case.answered_on, case.awaits_officer) == (LATER.date(), False)
        assert [task for task in case.tasks if task.closed_at is None] == []
    assert not verify(engine).fault


@pytest.mark.parametrize(
    ("way", "value", "state", "recipient"),
    [
        (ContactWay.POST, "4 Mill Lane", LetterState.BY_HAND, "ann@example.org"),
        (ContactWay.OTHER_ADDRESS, "sister@example.net", LetterState.SENT, "sister@example.net"),
    ],
)
def test_what_was_agreed_since_is_respected_before_a_letter_is_handed_over(
    engine: Engine, way: ContactWay, value: str, state: LetterState, recipient: str
) -> None:
    """The letter was queued for email to Ann (LGSCO 5.6, HO 5.10)."""
    kept(engine, letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.QUEUED))
    with SqlUnitOfWork(engine) as uow:
        arrange(
            uow, REFERENCE, kind=ArrangementKind.CONTACT, what="As asked.", way=way, value=value,
            officer="pat", policy=Policy(), now=NOW,
        )  # fmt: skip
        uow.commit()
    sender, units = FakeSender(), partial(SqlUnitOfWork, engine)
    sent = deliver_one(units, sender, always(b"mail"), clock=FakeClock(LATER), **HOUSE)
    assert sent is not None
    assert (sent.state, sent.recipient) == (state, recipient)
    assert [each for _, each, _ in sender.sent] == [recipient] * (state is LetterState.SENT)
    assert deliver_one(units, sender, always(b"mail"), clock=FakeClock(LATER), **HOUSE) is None
    with SqlUnitOfWork(engine, reads=True) as uow:
        case = uow.cases.get(REFERENCE)
        assert (case.letters[0].state, case.letters[0].claimed_until) == (state, None)
        assert len(case.tasks) == (state is LetterState.BY_HAND)
    assert not verify(engine).fault
