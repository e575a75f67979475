"""A matter of its own gets a case of its own: the same person, its own acknowledgement, no clock reset."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from builders import ANN, NOW, REFERENCE, TODAY, make_message
from fakes import FakeUnitOfWork
from hands import DECIDES, HELD, WRITES, acknowledged, answered, at, kinds, make_action, make_point, reviewed

from casework.arrangements import arrange
from casework.consent import may_be_told, record_consent
from casework.policy import Policy
from casework.split import split
from models.case import Case, Task
from models.codes import (
    ArrangementKind,
    Category,
    Channel,
    ContactWay,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
from models.errors import InputInvalid

RECEIVED = date(2026, 2, 27)
LATER = date(2026, 3, 2)


def open_point(number: int, text: str) -> Any:
    """Return a point that nobody has decided."""
    return make_point(number, text=text, outcome=None, finding="", decided_by="", decided_on=None)


def two_matters(**changes: Any) -> Case:
    """Return an acknowledged case that turned out to be about two things."""
    usual: dict[str, Any] = {
        "received_on": RECEIVED, "acknowledge_by": date(2026, 3, 6), "respond_by": date(2026, 3, 13),
        "points": [open_point(1, "The bin was missed."), open_point(2, "The rent is wrong."),
                   open_point(3, "Nobody rang back about the rent.")],
        "messages": [make_message(received_at=at(RECEIVED), outcome=Outcome.CASE)],
    }  # fmt: skip
    return acknowledged(**(usual | changes))


def parted(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, Case, str]:
    """Split points 2 and 3 off, unless told otherwise."""
    uow = FakeUnitOfWork(case)
    usual: dict[str, Any] = {
        "points": (2, 3), "status": Status.COMPLAINT, "category": Category.HOUSING_RENT,
        "reason": "Rent is another service.",
    }  # fmt: skip
    reference, done = split(uow, REFERENCE, **(WRITES | usual | changes))
    return uow, uow.cases.get(reference), done


def test_the_points_leave_with_the_person_and_the_dates_of_their_case() -> None:
    """No clock is reset (LGSCO 6.2, 6.9; HO 6.2, 6.8)."""
    case = two_matters(channel=Channel.TELEPHONE)
    _, new, _ = parted(case)
    assert [(point.number, point.text) for point in new.points] == [
        (1, "The rent is wrong."), (2, "Nobody rang back about the rent.")
    ]  # fmt: skip
    assert [point.number for point in case.points] == [1]
    assert (new.complainant_name, new.complainant_address, new.reply_address) == (
        ANN.name, ANN.address, ANN.address
    )  # fmt: skip
    assert (new.received_on, new.acknowledge_by) == (RECEIVED, date(2026, 3, 6))
    assert (new.status, new.stage, new.category) == (Status.COMPLAINT, 1, Category.HOUSING_RENT)
    assert (new.split_from, new.channel, new.assigned_to) == (REFERENCE, Channel.TELEPHONE, "pat")


def test_it_has_its_own_acknowledgement_which_keeps_the_promise() -> None:
    """The answer is due when it was promised for these points (LGSCO 6.2, 6.3; HO 6.2, 6.3)."""
    _, new, done = parted(two_matters())
    (letter,) = new.letters
    assert letter.kind is LetterKind.STAGE_1_ACKNOWLEDGEMENT
    assert new.reference in letter.text
    assert "Friday 13 March 2026" in " ".join(letter.text.split())
    assert (new.respond_by, new.guard_at) == (date(2026, 3, 13), None)
    assert letter.in_reply_to == "<first@example.org>"
    assert done == "letter written: stage_1_acknowledgement"


def test_where_nothing_was_promised_yet_the_answer_counts_from_its_own_acknowledgement() -> None:
    """Ten working days from today (LGSCO 6.3, HO 6.3)."""
    _, new, _ = parted(two_matters(acknowledged_on=None, respond_by=None, letters=[]))
    assert new.respond_by == date(2026, 3, 17)


def test_an_overdue_answer_is_not_promised_anew() -> None:
    """Splitting buys no time: an officer tells them, and the old date stands (LGSCO 6.3, HO 6.3)."""
    _, new, done = parted(two_matters(respond_by=date(2026, 3, 2)))
    assert (new.letters, new.respond_by, new.awaits_officer) == ([], date(2026, 3, 2), True)
    assert [task.kind for task in new.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]
    assert "overdue" in done


def test_the_new_case_begins_with_a_note_kept_byte_for_byte() -> None:
    """The message stays where it is; the points are what the new case is about (LGSCO 5.8, HO 5.12)."""
    case = two_matters()
    uow, new, _ = parted(case)
    (note,) = new.messages
    raw = uow.messages.raw(note)
    assert b"The rent is wrong." in raw
    assert f"X-Heard-Split-From: {REFERENCE}".encode() in raw
    assert raw.startswith(b"From: pat <complaints@harrowmere.example>\r\n")
    assert (note.account, note.folder, note.outcome) == ("by hand", "split", Outcome.CASE)
    assert (note.size, note.received_at) == (len(raw), at(RECEIVED))
    assert [message.id for message in case.messages] == [1]


def test_one_row_of_the_audit_says_who_and_why() -> None:
    """And a ruling gives the new case its status."""
    uow, new, _ = parted(two_matters())
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.case_reference) == ("pat", "case_split", REFERENCE)
    assert (row.detail["to"], row.detail["points"]) == (new.reference, [2, 3])
    assert row.detail["reason"] == "Rent is another service."
    assert new.rulings[0].reason == f"split from {REFERENCE}: Rent is another service."


def test_promises_about_a_point_go_with_it() -> None:
    """They are numbered anew, for the new point (LGSCO 7.3, HO 7.3)."""
    case = two_matters(actions=[make_action(point=1), make_action(number=2, point=3, what="Ring back")])
    _, new, _ = parted(case)
    assert [(each.number, each.point, each.what) for each in new.actions] == [(1, 2, "Ring back")]
    assert [each.number for each in case.actions] == [1]


def test_a_service_request_that_was_hidden_in_a_complaint_is_acknowledged_as_one() -> None:
    """With the choice to complain (LGSCO 1.7, HO 1.5)."""
    _, new, _ = parted(two_matters(), status=Status.SERVICE_REQUEST)
    assert kinds(new) == [LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT]
    assert (new.stage, new.respond_by, new.awaits_officer) == (0, None, False)


@pytest.mark.parametrize("status", [Status.ENQUIRY, Status.COMPLIMENT, Status.OTHER])
def test_what_is_neither_gets_no_letter(status: Status) -> None:
    """Nothing is owed."""
    _, new, done = parted(two_matters(), status=status)
    assert (new.letters, new.tasks, done) == ([], [], "no letter needed")


def with_reply(case: Case) -> Case:
    """Let a reply with another matter have come in."""
    case.messages.append(
        make_message(
            id=5, uid="5", received_at=at(LATER), outcome=Outcome.REPLY, subject="Rent",
            message_id="<reply@example.org>",
        )
    )  # fmt: skip
    case.tasks += [
        Task(kind=kind, opened_at=NOW, due_by=TODAY, note="please read", message_id=5)
        for kind in (TaskKind.READ_REPLY, TaskKind.READ_ATTACHMENT)
    ]
    return case


@pytest.mark.parametrize("make", [two_matters, answered, reviewed])
def test_a_later_message_becomes_a_case_as_old_as_itself(make: Callable[[], Case]) -> None:
    """New points after the answer, or unrelated ones, are a complaint of their own (LGSCO 6.9, HO 6.8)."""
    case = with_reply(make())
    _, new, _ = parted(case, points=(), message=5)
    assert [message.id for message in new.messages] == [5]
    assert 5 not in [message.id for message in case.messages]
    assert new.messages[0].outcome is Outcome.CASE
    assert (new.received_on, new.acknowledge_by, new.subject) == (LATER, date(2026, 3, 9), "Rent")
    assert (new.stage, new.answered_on, new.respond_by) == (1, None, date(2026, 3, 17))
    assert new.letters[0].in_reply_to == "<reply@example.org>"


def test_what_was_to_be_done_about_the_message_goes_with_it() -> None:
    """Reading it is done, its attachment is not."""
    case = with_reply(two_matters())
    _, new, _ = parted(case, points=(), message=5)
    assert [task.kind for task in case.tasks if task.closed_at is None] == []
    assert [task.kind for task in new.tasks] == [TaskKind.READ_ATTACHMENT]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"points": ()}, "--points"),
        ({"points": (4,)}, "no point 4"),
        ({"points": (), "message": 1}, "began with"),
        ({"points": (), "message": 77}, "M-77 is no message"),
        ({"reason": " "}, "--reason"),
        ({"officer": " "}, "--officer"),
        ({"status": Status.ESCALATION}, "stage 2"),
    ],
)
def test_there_is_something_to_split_off_and_a_reason(changes: dict[str, Any], word: str) -> None:
    """Each fault is named, and no case is opened."""
    case = two_matters()
    with pytest.raises(InputInvalid, match=word):
        parted(case, **changes)
    assert len(case.points) == 3


def test_a_point_that_was_decided_stays_with_its_answer() -> None:
    """So does every point of an answered case (LGSCO 6.9, HO 6.8)."""
    with pytest.raises(InputInvalid, match="was decided"):
        parted(two_matters(points=[make_point(2), open_point(3, "Rent.")]))
    with pytest.raises(InputInvalid, match=r"heard case new"):
        parted(answered(points=[open_point(2, "Lid."), open_point(3, "Rent.")]))


def test_history_is_split_without_letters() -> None:
    """Nobody is answered from it."""
    _, new, done = parted(two_matters(is_historic=True))
    assert (new.letters, new.awaits_officer, done) == ([], False, "no letter: the case is historic")


def test_who_has_no_address_keeps_their_way_of_contact_and_their_word_on_consent() -> None:
    """Both are kept by the case, and so are copied (LGSCO 1.5, 5.6; HO 5.10)."""
    case = two_matters(complainant_address="", reply_address="", represented_name="Mary Lee")
    uow = FakeUnitOfWork(case)
    arrange(
        uow, REFERENCE, kind=ArrangementKind.CONTACT, what="By post.", way=ContactWay.POST,
        value="4 Mill Lane, Harrowmere", policy=Policy(), **DECIDES,
    )  # fmt: skip
    record_consent(
        uow, REFERENCE, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.", **DECIDES
    )
    reference, _ = split(uow, REFERENCE, points=[2], status=Status.COMPLAINT, reason="Rent.", **WRITES)
    new = uow.cases.get(reference)
    assert new.letters[0].state is LetterState.BY_HAND
    assert "does not agree" in may_be_told(uow, new)
    assert len(uow.people.all) == 4


def test_who_can_be_reached_in_no_way_is_owed_the_acknowledgement() -> None:
    """A dated task, never silence (LGSCO 6.2, HO 6.2)."""
    _, new, done = parted(two_matters(complainant_address="", reply_address=""))
    assert [task.kind for task in new.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]
    assert done.startswith("acknowledgement owed")
    assert new.respond_by == date(2026, 3, 13)


def test_what_is_held_back_waits_for_its_release() -> None:
    """As every letter does in that mode."""
    _, new, _ = parted(two_matters(), policy=HELD)
    assert new.letters[0].state is LetterState.HELD


def test_a_case_without_messages_can_be_split_too() -> None:
    """Its note is as old as today, its clock is not."""
    _, new, _ = parted(two_matters(messages=[]))
    assert (new.received_on, new.letters[0].in_reply_to) == (RECEIVED, None)
