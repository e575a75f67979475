"""Corrections on both databases: of what was a complaint, of whose it is, and of what belongs to whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from builders import ANN, LETTERHEAD, NOW, REFERENCE, make_decision, make_parsed
from hands import make_officer
from rows import new_case, new_letter, new_message
from sqlalchemy import Engine

from casework.arrangements import arrange
from casework.deliver_letters import deliver_one
from casework.join_case import join_case
from casework.policy import Policy
from casework.record_ruling import record_ruling
from casework.split import split
from models import queries
from models.audit_chain import verify
from models.case import Case
from models.codes import (
    ArrangementKind,
    ContactWay,
    DeliveryMode,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
from models.decision import Decision, Span
from models.errors import InputInvalid
from models.message import Complainant, Person
from models.unit_of_work import SqlUnitOfWork

POLICY = Policy(letter_domain="harrowmere.example")
WRITES: dict[str, Any] = {"officer": "pat", "policy": POLICY, "letterhead": LETTERHEAD, "now": NOW}
BOB = Person("Bob Reed", "bob@example.net")


@contextmanager
def change(engine: Engine) -> Iterator[SqlUnitOfWork]:
    """Make one change."""
    with SqlUnitOfWork(engine) as uow:
        yield uow
        uow.commit()


def kept(engine: Engine, **changes: Any) -> None:
    """Put Ann's acknowledged complaint on record, and Pat."""
    usual: dict[str, Any] = {
        "acknowledged_on": date(2026, 3, 3), "respond_by": date(2026, 3, 17),
        "letters": [new_letter(state=LetterState.SENT)],
    }  # fmt: skip
    with change(engine) as uow:
        uow.officers.add(make_officer())
        message = new_message(reply_text="The bin was missed.")
        assert uow.messages.keep(message, b"Subject: bin")
        message.settle(Outcome.CASE, reason="a new matter", now=NOW)
        case = new_case(**(usual | changes))
        case.messages.append(message)
        uow.cases.add(case)


def case_of(engine: Engine, reference: str = REFERENCE) -> Case:
    """Return a case whole."""
    with SqlUnitOfWork(engine) as uow:
        return uow.cases.get(reference)


def ruled(engine: Engine, **said: Any) -> str:
    """Rule on Ann's case."""
    usual: dict[str, Any] = {"status": None, "category": None, "ombudsman": None, "reason": "It was so."}
    with change(engine) as uow:
        return record_ruling(uow, REFERENCE, **(WRITES | usual | said))


class Nowhere:
    """A sender that takes every letter."""

    is_away = False

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Take it."""

    def close(self) -> None:
        """Nothing is open."""


def test_a_correction_is_kept_sent_and_can_be_taken_up(engine: Engine) -> None:
    """Ruling, dates, letter, and the way back by one line (LGSCO 1.7, 2.4, 5.3; HO 1.5, 2.4)."""
    kept(engine)
    with pytest.raises(InputInvalid, match="heard case exclude"):
        ruled(engine, status=Status.ENQUIRY)
    assert case_of(engine).rulings == []
    ruled(engine, status=Status.ENQUIRY, is_correction=True)
    case = case_of(engine)
    assert (case.status, case.stage, case.respond_by) == (Status.ENQUIRY, 0, None)
    assert [letter.kind for letter in case.letters][-1] is LetterKind.CORRECTION
    with change(engine) as uow:
        message = new_message(uid="2", message_id="<choice@example.org>")
        assert uow.messages.keep(message, b"Subject: Re: bin")
        join_case(
            uow, uow.cases.get(REFERENCE), message, make_parsed(text="Treat it as a complaint."),
            make_decision(Status.ENQUIRY), how="it answers a letter of ours",
            policy=POLICY, letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
    assert case_of(engine).stage == 1
    view = queries.case_view(engine, REFERENCE)
    assert view is not None
    assert view.trail[0]["detail"]["clocks"]["respond_by"] == "2026-03-17"
    assert not verify(engine).fault


def test_whose_case_it_is_has_the_acknowledgement_once_it_was_sent(engine: Engine) -> None:
    """And what was agreed with them; the day on which it went is on record (LGSCO 5.6, 6.2; HO 5.10, 6.2)."""
    kept(engine, own_words=["The bin was missed."])
    with change(engine) as uow:
        arrange(
            uow, REFERENCE, kind=ArrangementKind.ADJUSTMENT, what="Large print.", officer="pat", now=NOW,
            way=ContactWay.LARGE_PRINT, review_on=date(2027, 3, 1), policy=POLICY,
        )  # fmt: skip
    ruled(engine, complainant=BOB)
    case = case_of(engine)
    letter = case.letters[-1]
    assert (case.acknowledged_on, case.own_words, letter.recipient) == (None, [], BOB.address)
    assert ("27px" in letter.html, "The bin was missed" in letter.text) == (True, False)
    with SqlUnitOfWork(engine) as uow:
        assert len(uow.people.of([BOB.address])) == 1
    sent_at = NOW + timedelta(minutes=1)
    deliver_one(
        lambda **_: SqlUnitOfWork(engine), Nowhere(), lambda _: b"x", clock=lambda: sent_at,
        policy=POLICY, letterhead=LETTERHEAD,
    )  # fmt: skip
    assert case_of(engine).acknowledged_on == NOW.date()
    assert not verify(engine).fault


def test_a_held_letter_with_her_words_never_goes_to_him(engine: Engine) -> None:
    """Held letters go where the person is reached at last, so hers is taken back (LGSCO 5.8, HO 5.12)."""
    question = new_letter(
        kind=LetterKind.CLARIFICATION, state=LetterState.HELD, message_id="<q@heard.invalid>",
        text="You told us of the bin at number 4.",
    )  # fmt: skip
    kept(engine, letters=[new_letter(state=LetterState.SENT), question])
    held = Policy(letter_domain="harrowmere.example", delivery=DeliveryMode.HOLD)
    ruled(engine, complainant=BOB, policy=held)
    letters = case_of(engine).letters
    assert [letter.state for letter in letters] == [
        LetterState.SENT, LetterState.WITHDRAWN, LetterState.HELD,
    ]  # fmt: skip
    assert not [each for each in letters if each.recipient == BOB.address and "number 4" in each.text]


def replied(engine: Engine, person: Person, decision: Decision, *, at: datetime, uid: str) -> int:
    """Let somebody answer Ann's letter, and return the number of their message."""
    with change(engine) as uow:
        message = new_message(uid=uid, message_id=f"<{uid}@example.net>", received_at=at)
        assert uow.messages.keep(message, uid.encode())
        parsed = make_parsed(
            sender=person,
            complainant=Complainant(person, "from"),
            text="My rent is wrong, and I am not happy.",
        )
        message.describe(parsed)
        uow.flush()
        uow.messages.add_decision(message, decision, now=NOW)
        join_case(
            uow, uow.cases.get(REFERENCE), message, parsed, decision, how="it answers a letter of ours",
            policy=POLICY, letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
        number = message.id
    assert number is not None
    return number


def test_a_message_of_somebody_else_s_leaves_with_all_that_it_began(engine: Engine) -> None:
    """His case, his words, and no clock of his on hers (LGSCO 6.2, 6.9, 6.12; HO 6.2, 6.8, 6.11)."""
    kept(engine, answered_on=date(2026, 3, 3), stage_1_officer="pat")
    asks = make_decision(Status.ESCALATION, evidence=(Span(0, 17, "My rent is wrong.", "body"),))
    number = replied(engine, BOB, asks, at=NOW, uid="his")
    case = case_of(engine)
    assert (case.escalation_received_on, case.guard_at is None) == (NOW.date(), False)
    with change(engine) as uow:
        reference, done = split(
            uow, REFERENCE, message=number, status=Status.COMPLAINT, reason="His own.", **WRITES
        )
    old, new = case_of(engine), case_of(engine, reference)
    assert (old.escalation_received_on, old.guard_at, old.awaits_officer) == (None, None, False)
    assert [task for task in old.tasks if task.closed_at is None and task.kind is TaskKind.READ_REPLY] == []
    assert (new.complainant_name, new.reply_address) == (BOB.name, BOB.address)
    (letter,) = new.letters
    assert "My rent is wrong." in letter.text
    assert not any(each in letter.text + letter.html for each in (ANN.name, ANN.address, REFERENCE))
    assert "the wish for stage 2 is taken back" in done
    assert not verify(engine).fault


def test_what_triage_had_said_of_a_message_is_read_back(engine: Engine) -> None:
    """The first decision of it, none where there is none."""
    kept(engine)
    number = replied(engine, BOB, make_decision(Status.ESCALATION), at=NOW, uid="his")
    with SqlUnitOfWork(engine) as uow:
        said = uow.messages.decision_of(uow.messages.get(number))
        first = uow.cases.get(REFERENCE).messages[0]
        assert uow.messages.decision_of(first) is None
    assert said is not None
    assert (said.status, said.is_likely_complaint) == (Status.ESCALATION, True)
    assert said.passages == ("The bin was missed again this week.",)
