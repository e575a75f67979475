"""Points, people, merging and splitting on both databases: what moves is found where it went."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders import LETTERHEAD, make_decision, make_prediction
from sqlalchemy import Engine

from casework.actions import add_action, finish_action
from casework.arrangements import arrange, end_arrangement, open_reviews
from casework.by_hand import Note, open_by_hand
from casework.consent import may_be_told, record_consent
from casework.deliver_letters import deliver_one
from casework.merge import merge
from casework.points import add_point, decide_point
from casework.policy import Policy
from casework.split import split
from models import queries
from models.audit_chain import verify
from models.case import Case
from models.codes import (
    ArrangementKind,
    Channel,
    ContactWay,
    LetterState,
    PointOutcome,
    Status,
    TaskKind,
)
from models.errors import InputInvalid
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WHEN: dict[str, Any] = {"officer": "pat", "now": NOW}
POLICY = Policy(letter_domain="harrowmere.example")
WRITES: dict[str, Any] = {**WHEN, "policy": POLICY, "letterhead": LETTERHEAD}
NOTE = Note(
    channel=Channel.TELEPHONE, text="The bin was missed again this week.", officer="pat", name="Ann Lee",
    received_at=NOW - timedelta(days=3), email="ann@example.org",
)  # fmt: skip


@contextmanager
def change(engine: Engine) -> Iterator[SqlUnitOfWork]:
    """Make one change."""
    with SqlUnitOfWork(engine) as uow:
        yield uow
        uow.commit()


def taken(engine: Engine, note: Note = NOTE) -> str:
    """Take a complaint down and return its reference."""
    with change(engine) as uow:
        reference, _ = open_by_hand(
            uow, note, prediction=make_prediction(), decision=make_decision(), **{
                key: WRITES[key] for key in ("policy", "letterhead", "now")
            },
        )  # fmt: skip
    return reference


def case_of(engine: Engine, reference: str) -> Case:
    """Return a case whole."""
    with SqlUnitOfWork(engine) as uow:
        return uow.cases.get(reference)


def test_a_note_is_in_the_ledger_with_its_bytes_its_triage_and_its_channel(engine: Engine) -> None:
    """Like mail, and found in the queue (LGSCO 3.1, 5.8; HO 3.1, 5.12)."""
    reference = taken(engine)
    case = case_of(engine, reference)
    assert (case.channel, case.received_on) == (Channel.TELEPHONE, date(2026, 11, 13))
    view = queries.case_view(engine, reference)
    assert view is not None
    assert [row["document"]["artefact"] for row in view.decisions] == ["made-by-hand"]
    assert [row["action"] for row in view.trail] == ["case_opened", "taken_by_hand"]
    raw = queries.raw_of(engine, case.messages[0].id or 0)
    assert raw is not None
    assert b"The bin was missed again this week." in raw
    with pytest.raises(InputInvalid, match="the very same note"):
        taken(engine)


def test_who_has_only_a_telephone_is_rung_on_the_record_too(engine: Engine) -> None:
    """The arrangement is found in the unit of work that makes it (LGSCO 6.2, HO 6.2)."""
    case = case_of(engine, taken(engine, replace(NOTE, email="", telephone="01632 960123")))
    assert [letter.state for letter in case.letters] == [LetterState.BY_HAND]
    assert [task.kind for task in case.tasks] == [TaskKind.TELL_BY_TELEPHONE]
    sent = deliver_one(
        lambda **_: SqlUnitOfWork(engine), _Nobody(), lambda _: b"",
        policy=POLICY, letterhead=LETTERHEAD, clock=lambda: NOW,
    )  # fmt: skip
    assert sent is None


class _Nobody:
    """A sender that may not be asked."""

    is_away = False

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Fail."""
        raise AssertionError((letter_bytes, recipient, message_id))

    def close(self) -> None:
        """Nothing is open."""


def test_points_and_promises_come_back_as_they_were_said(engine: Engine) -> None:
    """With outcome, remedy, owner and dates (LGSCO 6.6, 7.3; HO 6.6, 7.3)."""
    reference = taken(engine)
    with change(engine) as uow:
        add_point(uow, reference, "The bin was missed.", **WHEN)
        add_point(uow, reference, "Nobody rang back.", **WHEN)
    with change(engine) as uow:
        decide_point(
            uow, reference, 2, outcome=PointOutcome.UPHELD, finding="No call is logged.", remedy="A call.",
            **WHEN,
        )  # fmt: skip
        add_action(uow, reference, "Ring Ann.", owner="sam", due_by=date(2026, 11, 20), point=2, **WHEN)
    with change(engine) as uow:
        finish_action(uow, reference, 1, done_on=NOW.date(), note="Rung.", **WHEN)
    case = case_of(engine, reference)
    assert [(point.number, point.outcome) for point in case.points] == [(1, None), (2, PointOutcome.UPHELD)]
    assert [(action.point, action.done_on, action.note) for action in case.actions] == [
        (2, NOW.date(), "Rung.")
    ]
    assert case.version > 1


def test_what_is_merged_is_found_where_it_goes_on(engine: Engine) -> None:
    """Messages, letters, points, promises and tasks; both trails tell of it, and the chain holds."""
    gone = taken(engine)
    goes_on = taken(engine, replace(NOTE, text="The bin, once more.", received_at=NOW))
    with change(engine) as uow:
        add_point(uow, gone, "The bin was missed.", **WHEN)
        add_action(uow, gone, "Empty it.", owner="depot", due_by=date(2026, 11, 20), point=1, **WHEN)
        add_point(uow, goes_on, "Once more.", **WHEN)
        letter_id = uow.cases.get(gone).letters[0].message_id
    with change(engine) as uow:
        uow.cases.get(gone).letters[0].state = LetterState.SENT
    with change(engine) as uow:
        merge(uow, gone, goes_on, reason="The same bin.", policy=POLICY, **WHEN)
    case = case_of(engine, goes_on)
    assert [len(each) for each in (case.messages, case.letters, case.points, case.actions)] == [2, 2, 2, 1]
    assert [(point.number, point.text) for point in case.points] == [
        (1, "Once more."), (2, "The bin was missed.")
    ]  # fmt: skip
    assert (case.actions[0].point, case.received_on) == (2, date(2026, 11, 13))
    left = case_of(engine, gone)
    assert (left.messages, left.letters, left.points, left.merged_into) == ([], [], [], goes_on)
    with SqlUnitOfWork(engine) as uow:
        found = uow.cases.of_letters([letter_id])
        assert found is not None
        assert found.reference == goes_on
    for reference in (gone, goes_on):
        view = queries.case_view(engine, reference)
        assert view is not None
        assert "case_merged" in [row["action"] for row in view.trail]
    assert not verify(engine).fault


def test_what_is_split_off_is_a_case_with_a_trail(engine: Engine) -> None:
    """Its points, its note and its letter; the old case keeps the rest (LGSCO 6.9, HO 6.8)."""
    reference = taken(engine)
    with change(engine) as uow:
        for text in ("The bin was missed.", "The rent is wrong."):
            add_point(uow, reference, text, **WHEN)
        add_action(uow, reference, "Check it.", owner="sam", due_by=date(2026, 11, 20), point=2, **WHEN)
    with change(engine) as uow:
        opened, _ = split(
            uow, reference, points=[2], status=Status.COMPLAINT, reason="Rent is another matter.", **WRITES
        )
    new, old = case_of(engine, opened), case_of(engine, reference)
    assert [(point.number, point.text) for point in new.points] == [(1, "The rent is wrong.")]
    assert [(action.number, action.point) for action in new.actions] == [(1, 1)]
    assert [point.number for point in old.points] == [1]
    assert (new.received_on, new.respond_by, new.split_from) == (old.received_on, old.respond_by, reference)
    assert [len(each) for each in (new.messages, new.letters, new.rulings)] == [1, 1, 1]
    for each in (opened, reference):
        view = queries.case_view(engine, each)
        assert view is not None
        assert "case_split" in [row["action"] for row in view.trail]


def test_what_is_agreed_is_kept_reviewed_and_ended(engine: Engine) -> None:
    """By the address of the person (LGSCO 5.6, HO 5.10)."""
    reference = taken(engine)
    with change(engine) as uow:
        arrange(
            uow, reference, kind=ArrangementKind.ADJUSTMENT, what="By post.", way=ContactWay.POST,
            value="4 Mill Lane", review_on=date(2026, 12, 1), policy=POLICY, **WHEN,
        )  # fmt: skip
        record_consent(
            uow, reference, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.", **WHEN
        )
    for _ in range(2):
        with change(engine) as uow:
            open_reviews(uow, today=date(2026, 12, 1), now=NOW)
    with SqlUnitOfWork(engine) as uow:
        kept, _ = uow.people.of(["ANN@example.org"])
        assert "does not agree" in may_be_told(uow, uow.cases.get(reference))
    reviews = [task for task in case_of(engine, reference).tasks if task.kind is TaskKind.REVIEW_ARRANGEMENT]
    assert len(reviews) == 1
    with change(engine) as uow:
        end_arrangement(uow, reference, kept.id or 0, reason="No longer.", **WHEN)
    with SqlUnitOfWork(engine) as uow:
        assert [each.kind for each in uow.people.of(["ann@example.org"])] == [ArrangementKind.NO_CONSENT]
