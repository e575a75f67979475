"""What an officer did last is taken back on real databases, row for row; a letter on its way stops it."""

from datetime import date, timedelta

import pytest
from builders import LETTERHEAD, NOW, REFERENCE, make_case
from hands import DECIDES, make_officer
from sqlalchemy import Engine, select
from undoing import ACTS, OTHER, WITHIN, Act, as_it_is, unread

from casework.add_note import add_note
from casework.arrangements import arrange
from casework.as_it_was import values_of
from casework.deliver_letters import deliver_one, mark_undelivered
from casework.merge import case_that_goes_on
from casework.policy import Policy
from casework.undo import do_undoably, undo
from casework.ways import known_as
from models import orm
from models.audit_chain import verify
from models.codes import ArrangementKind, LetterState
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
        for case in act.cases():
            tasks, case.tasks = case.tasks, []
            uow.cases.add(case)
            uow.flush()  # A task names its message, which is on record before.
            case.tasks = tasks
        uow.commit()


def do(engine: Engine, act: Act) -> None:
    """Do it so that it can be undone."""
    with SqlUnitOfWork(engine) as uow:
        do_undoably(
            uow, REFERENCE, lambda: act.change(uow, REFERENCE), action=act.name, officer="pat",
            within=WITHIN, now=NOW, beside=[each.reference for each in act.others()],
        )  # fmt: skip
        uow.commit()


def undone(engine: Engine) -> str:
    """Undo it."""
    with SqlUnitOfWork(engine) as uow:
        said = undo(uow, REFERENCE, officer="pat", now=NOW)
        uow.commit()
    return said


def stands(engine: Engine) -> list[object]:
    """Return all that the cases say and what is agreed with people, as it is on record."""
    with SqlUnitOfWork(engine, reads=True) as uow:
        known = [case for case in map(uow.cases.find, (REFERENCE, OTHER)) if case is not None]
        people = [values_of(each) for case in known for each in uow.people.of(known_as(case))]
        return [*map(as_it_is, known), people]


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


def opened_by(engine: Engine) -> str:
    """Return the case that a splitting opened."""
    with engine.connect() as connection:
        found = connection.scalar(select(orm.cases.c.reference).where(orm.cases.c.split_from == REFERENCE))
    return found or ""


@pytest.mark.parametrize("name", ["split points", "split a message"])
def test_a_case_that_was_split_off_by_mistake_goes_on_in_the_first(engine: Engine, name: str) -> None:
    """It is closed, its letter is never sent, and whoever quotes it finds the case that goes on."""
    begin(engine, BY_NAME[name])
    do(engine, BY_NAME[name])
    opened = opened_by(engine)
    undone(engine)
    sender = Keeps()
    deliver(engine, sender, after=WITHIN * 2)
    assert sender.sent == []
    assert list(ruled_messages(engine)) == []
    with SqlUnitOfWork(engine, reads=True) as uow:
        case = uow.cases.get(opened)
        assert case.closed_on is not None
        assert case_that_goes_on(uow, case).reference == REFERENCE
        assert not case.awaits_officer
        assert [each.closed_at for each in case.tasks if each.closed_at is None] == []


@pytest.mark.parametrize("name", ["split points", "merge", "join"])
def test_a_change_of_either_case_stands_against_undoing(engine: Engine, name: str) -> None:
    """What somebody did with the other case since would be lost with it."""
    begin(engine, BY_NAME[name])
    do(engine, BY_NAME[name])
    with SqlUnitOfWork(engine) as uow:
        add_note(uow, opened_by(engine) or OTHER, "She rang.", **{**DECIDES, "officer": "sam"})
        uow.commit()
    assert undoable_now(engine, REFERENCE) is None
    before = stands(engine)
    with pytest.raises(InputInvalid, match="changed since"):
        undone(engine)
    assert stands(engine) == before


def test_the_letter_of_a_case_split_off_stands_against_undoing_once_it_went(engine: Engine) -> None:
    """Somebody was told that there are two cases."""
    begin(engine, BY_NAME["split points"])
    do(engine, BY_NAME["split points"])
    deliver(engine, Keeps(), after=WITHIN)
    with pytest.raises(InputInvalid, match=r"changed since|has gone"):
        undone(engine)


def test_what_was_agreed_before_with_whoever_is_named_stays(engine: Engine) -> None:
    """An officer names Mary by mistake: what was agreed with her on other cases is none of it."""
    begin(engine, BY_NAME["complainant"])
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(
            make_case(reference=OTHER, messages=[], letters=[], complainant_address="mary@example.net")
        )
        uow.flush()
        arrange(
            uow, OTHER, kind=ArrangementKind.ADJUSTMENT, what="Letters in Braille.",
            review_on=date(2026, 9, 1), policy=Policy(), **DECIDES,
        )  # fmt: skip
        uow.commit()
    before = stands(engine)
    do(engine, BY_NAME["complainant"])
    undone(engine)
    assert stands(engine) == before
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert [each.what for each in uow.people.of(["mary@example.net"])] == ["Letters in Braille."]


def test_a_letter_that_came_back_since_stands_against_undoing(engine: Engine) -> None:
    """Its task lies on the case that goes on, and would be lost there."""
    begin(engine, BY_NAME["merge"])
    do(engine, BY_NAME["merge"])
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(OTHER)
        letter = next(each for each in case.letters if each.state is LetterState.SENT)
        mark_undelivered(uow, letter, case, why="no such mailbox", now=NOW)
        uow.commit()
    assert undoable_now(engine, REFERENCE) is None
    with pytest.raises(InputInvalid, match="changed since"):
        undone(engine)


def test_a_case_does_not_go_back_to_an_officer_who_left_meanwhile(engine: Engine) -> None:
    """It is nobody's, where somebody finds it."""
    act = BY_NAME["assign"]
    with SqlUnitOfWork(engine) as uow:
        for name in ("pat", "sam", "lee"):
            uow.officers.add(make_officer(name))
        uow.cases.add(unread(assigned_to="lee"))
        uow.commit()
    do(engine, act)
    with SqlUnitOfWork(engine) as uow:
        uow.officers.get("lee").is_disabled = True
        uow.commit()
    undone(engine)
    with SqlUnitOfWork(engine, reads=True) as uow:
        assert uow.cases.get(REFERENCE).assigned_to == ""


def test_only_what_the_officer_saw_is_undone(engine: Engine) -> None:
    """The banner of a first change, left open in another window, does not take back the second."""
    begin(engine, BY_NAME["agree"])
    do(engine, BY_NAME["agree"])
    seen = undoable_now(engine, REFERENCE)
    assert seen is not None
    do(engine, BY_NAME["assign"])
    with SqlUnitOfWork(engine) as uow, pytest.raises(InputInvalid, match="something else was done"):
        undo(uow, REFERENCE, officer="pat", now=NOW, version=seen.version)


def test_what_was_agreed_is_not_undone_once_somebody_changed_it(engine: Engine) -> None:
    """From another case of the same person it can be ended too."""
    begin(engine, BY_NAME["arrange"])
    do(engine, BY_NAME["arrange"])
    with SqlUnitOfWork(engine) as uow:
        uow.people.get(1).review_on = date(2026, 5, 1)
        uow.commit()
    with pytest.raises(InputInvalid, match="changed since"):
        undone(engine)
