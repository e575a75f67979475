"""What an officer did last is taken back on real databases, row for row; a letter on its way stops it."""

from datetime import timedelta

import pytest
from builders import LETTERHEAD, NOW, REFERENCE
from hands import make_officer
from sqlalchemy import Engine
from undoing import ACTS, WITHIN, Act, as_it_is

from casework.deliver_letters import deliver_one
from casework.policy import Policy
from casework.undo import do_undoably, undo
from models.audit_chain import verify
from models.codes import LetterState
from models.errors import InputInvalid
from models.ruled import ruled_messages
from models.undoable_now import undoable_now
from models.unit_of_work import SqlUnitOfWork

BY_NAME = {act.name: act for act in ACTS}


class Keeps:
    """A sender that keeps what it is handed."""

    is_away = False

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Keep the letter."""
        del recipient, message_id
        self.sent.append(letter_bytes)

    def close(self) -> None:
        """Nothing is held open."""


def begin(engine: Engine, act: Act) -> None:
    """Put the case that an act begins from on record, and two officers."""
    with SqlUnitOfWork(engine) as uow:
        for name in ("pat", "sam"):
            uow.officers.add(make_officer(name))
        uow.cases.add(act.begins())
        uow.commit()


def do(engine: Engine, act: Act) -> None:
    """Do it so that it can be undone."""
    with SqlUnitOfWork(engine) as uow:
        do_undoably(
            uow, REFERENCE, lambda: act.change(uow, REFERENCE), action=act.name, officer="pat",
            within=WITHIN, now=NOW,
        )  # fmt: skip
        uow.commit()


def undone(engine: Engine) -> str:
    """Undo it."""
    with SqlUnitOfWork(engine) as uow:
        said = undo(uow, REFERENCE, officer="pat", now=NOW)
        uow.commit()
    return said


def stands(engine: Engine) -> dict[str, object]:
    """Return all that the case says, as it is on record."""
    with SqlUnitOfWork(engine, reads=True) as uow:
        return as_it_is(uow.cases.get(REFERENCE))


def deliver(engine: Engine, sender: Keeps, *, after: timedelta) -> None:
    """Hand over every letter that is due so long after the change."""
    while deliver_one(
        lambda *, reads=False: SqlUnitOfWork(engine, reads=reads), sender,
        lambda letter: letter.text.encode(),
        policy=Policy(), letterhead=LETTERHEAD, clock=lambda: NOW + after,
    ):  # fmt: skip
        pass


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_what_is_undone_leaves_the_record_as_it_was(engine: Engine, act: Act) -> None:
    """Every field and every row of the case is as before, the audit holds, and the page knows of it."""
    begin(engine, act)
    before = stands(engine)
    assert undoable_now(engine, REFERENCE) is None
    do(engine, act)
    assert stands(engine) != before
    known = undoable_now(engine, REFERENCE)
    assert known is not None
    assert (known.officer, known.action) == ("pat", act.name)
    assert known.letters_go_at == (NOW + WITHIN if act.writes else None)
    undone(engine)
    assert stands(engine) == before
    assert undoable_now(engine, REFERENCE) is None
    assert verify(engine).fault == ""


def test_a_letter_that_waits_is_not_sent_before_its_time_and_not_at_all_once_undone(engine: Engine) -> None:
    """The delivery runs before and after undoing, and hands nothing over."""
    begin(engine, BY_NAME["extend"])
    do(engine, BY_NAME["extend"])
    sender = Keeps()
    deliver(engine, sender, after=WITHIN / 2)
    assert sender.sent == []
    undone(engine)
    deliver(engine, sender, after=WITHIN * 2)
    assert sender.sent == []


def test_a_letter_that_has_gone_is_not_undone(engine: Engine) -> None:
    """The page offers nothing any longer, and undoing is refused."""
    begin(engine, BY_NAME["extend"])
    do(engine, BY_NAME["extend"])
    sender = Keeps()
    deliver(engine, sender, after=WITHIN)
    assert len(sender.sent) == 1
    assert undoable_now(engine, REFERENCE) is None
    with pytest.raises(InputInvalid, match="has gone"):
        undone(engine)


def test_a_letter_that_is_on_its_way_is_not_undone(engine: Engine) -> None:
    """The delivery has claimed it and waits for the server."""
    begin(engine, BY_NAME["exclude"])
    do(engine, BY_NAME["exclude"])
    with SqlUnitOfWork(engine) as uow:
        letter = uow.letters.claim_due(now=NOW + WITHIN)
        assert letter is not None
        uow.commit()
    assert undoable_now(engine, REFERENCE) is None
    with pytest.raises(InputInvalid, match="on its way"):
        undone(engine)
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert uow.letters.get(letter.id or 0).state is LetterState.QUEUED


def test_nothing_is_learnt_from_a_ruling_that_was_undone(engine: Engine) -> None:
    """It stays on record, marked."""
    begin(engine, BY_NAME["agree"])
    do(engine, BY_NAME["agree"])
    undone(engine)
    assert list(ruled_messages(engine)) == []
    with SqlUnitOfWork(engine, reads=True) as uow:
        (ruling,) = uow.cases.get(REFERENCE).rulings
    assert ruling.undone_at == NOW
