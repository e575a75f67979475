"""What was promised stays outstanding until it is done, and the complainant is told how far it has come."""

from datetime import date

import pytest
from builders import NOW, REFERENCE, TODAY, make_case
from fakes import FakeUnitOfWork
from hands import DECIDES, WRITES, acknowledged, answered, kinds, make_action, make_point, office

from casework.actions import add_action, finish_action, write_progress
from casework.consent import record_consent
from models.codes import ArrangementKind, LetterKind
from models.errors import InputInvalid

DUE = date(2026, 3, 20)


def test_a_promise_has_an_owner_and_a_date_and_is_outstanding() -> None:
    """It belongs to the point that it puts right (LGSCO 7.3, HO 7.3)."""
    case = acknowledged(points=[make_point(1)])
    uow = FakeUnitOfWork(case)
    done = add_action(uow, REFERENCE, "A new lid.", owner="Depot", due_by=DUE, point=1, **DECIDES)
    (action,) = case.actions
    assert (action.number, action.what, action.owner, action.due_by, action.point) == (
        1, "A new lid.", "Depot", DUE, 1
    )  # fmt: skip
    assert (action.opened_on, action.done_on) == (TODAY, None)
    assert done == "action 1 recorded: Depot, due by 2026-03-20"
    assert [row.action for row in uow.audit.rows] == ["action_added"]


@pytest.mark.parametrize(
    ("what", "owner", "point", "word"),
    [(" ", "Depot", None, "--add"), ("A lid.", " ", None, "--owner"), ("A lid.", "Depot", 4, "no point 4")],
)
def test_a_promise_without_words_owner_or_point_is_refused(
    what: str, owner: str, point: int | None, word: str
) -> None:
    """Nobody's promise is nobody's work."""
    case = make_case()
    with pytest.raises(InputInvalid, match=word):
        add_action(FakeUnitOfWork(case), REFERENCE, what, owner=owner, due_by=DUE, point=point, **DECIDES)
    assert case.actions == []


def test_what_is_done_says_when_and_how_that_is_known() -> None:
    """The rest stays outstanding (LGSCO 7.3, HO 7.3)."""
    case = answered(actions=[make_action(), make_action(number=2, what="A refund")])
    uow = FakeUnitOfWork(case)
    done = finish_action(uow, REFERENCE, 2, done_on=TODAY, note="Paid by card.", **DECIDES)
    assert (case.actions[1].done_on, case.actions[1].note) == (TODAY, "Paid by card.")
    assert case.actions[0].done_on is None
    assert done == "action 2 done: A refund; 1 outstanding"


def test_a_promise_outlives_the_closing_of_its_case() -> None:
    """A repair done a month later is still recorded and told (LGSCO 7.3, HO 7.3)."""
    case = answered(actions=[make_action()], closed_on=TODAY)
    uow = office(case)
    finish_action(uow, REFERENCE, 1, done_on=TODAY, note="Delivered.", **DECIDES)
    write_progress(uow, REFERENCE, **WRITES)
    assert case.actions[0].done_on == TODAY
    assert kinds(case)[-1] is LetterKind.PROGRESS
    with pytest.raises(InputInvalid, match="closed"):
        add_action(uow, REFERENCE, "Another.", owner="Depot", due_by=DUE, **DECIDES)


@pytest.mark.parametrize(
    ("number", "day", "note", "word"),
    [
        (2, TODAY, "Done.", "actions: 1"),
        (1, DUE, "Done.", "--done 2026-03-20"),
        (1, date(2025, 3, 3), "Done.", "--done 2025-03-03 .* from 2026-03-03"),
        (1, TODAY, "", "--note"),
    ],
)
def test_a_promise_is_done_once_on_a_day_that_has_come(number: int, day: date, note: str, word: str) -> None:
    """Each fault is named, and changes nothing."""
    case = answered(actions=[make_action()])
    with pytest.raises(InputInvalid, match=word):
        finish_action(FakeUnitOfWork(case), REFERENCE, number, done_on=day, note=note, **DECIDES)
    assert case.actions[0].done_on is None


def test_a_promise_that_is_done_is_not_done_again() -> None:
    """The first date stands."""
    case = answered(actions=[make_action(done_on=date(2026, 3, 2))])
    with pytest.raises(InputInvalid, match="already"):
        finish_action(FakeUnitOfWork(case), REFERENCE, 1, done_on=TODAY, note="Again.", **DECIDES)
    assert case.actions[0].done_on == date(2026, 3, 2)


def test_the_progress_letter_tells_of_each_promise() -> None:
    """What is done and what is not, with the dates (LGSCO 6.6, HO 6.6)."""
    case = answered(actions=[make_action(), make_action(number=2, what="A refund", done_on=TODAY)])
    uow = office(case)
    done = write_progress(uow, REFERENCE, note="The lid is ordered.", **WRITES)
    letter = case.letters[-1]
    assert letter.kind is LetterKind.PROGRESS
    for words in (
        "A new bin",
        "Friday 20 March 2026",
        "A refund",
        "Tuesday 3 March 2026",
        "The lid is ordered.",
    ):
        assert words in letter.text
    assert done == "letter queued: progress; 1 of 2 actions outstanding"
    assert uow.audit.rows[-1].detail["outstanding"] == [1]


def test_where_nothing_was_promised_there_is_no_progress_to_tell() -> None:
    """The command says what to do instead."""
    with pytest.raises(InputInvalid, match="heard case action"):
        write_progress(office(answered()), REFERENCE, **WRITES)


def test_nobody_is_told_of_progress_whom_the_person_does_not_want_told() -> None:
    """The promises are the person's own affairs (LGSCO 1.5, 3.6)."""
    case = answered(actions=[make_action()], represented_name="Mary Lee")
    uow = office(case)
    record_consent(
        uow, REFERENCE, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.", officer="pat",
        now=NOW,
    )  # fmt: skip
    with pytest.raises(InputInvalid, match="does not agree"):
        write_progress(uow, REFERENCE, **WRITES)
    assert LetterKind.PROGRESS not in kinds(case)


@pytest.mark.parametrize("due_by", [date(2036, 3, 20), date(2025, 3, 20)])
def test_a_promise_is_due_after_the_case_came_and_within_five_years(due_by: date) -> None:
    """A slip in the year would put it out of sight, or make it overdue at once (LGSCO 7.3, HO 7.3)."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match=f"--due {due_by} cannot be right; name a day from 2026-03-03"):
        add_action(FakeUnitOfWork(case), REFERENCE, "A lid.", owner="Depot", due_by=due_by, **DECIDES)
    assert case.actions == []


def test_a_promise_that_is_overdue_by_now_is_recorded_all_the_same() -> None:
    """It is told of from then on (LGSCO 7.3, HO 7.3)."""
    case = acknowledged(received_on=date(2026, 2, 2))
    uow = FakeUnitOfWork(case)
    add_action(uow, REFERENCE, "A lid.", owner="Depot", due_by=date(2026, 2, 20), **DECIDES)
    assert case.actions[0].due_by == date(2026, 2, 20)


def test_progress_by_post_leaves_a_closed_case_where_it_was() -> None:
    """Its task alone keeps it in the queue, until the letter was posted (LGSCO 6.6, HO 6.6)."""
    case = answered(actions=[make_action()], closed_on=TODAY, reply_address="")
    write_progress(office(case), REFERENCE, **WRITES)
    assert [task.closed_at for task in case.tasks] == [None]
    assert (case.closed_on, case.awaits_officer) == (TODAY, False)


def test_the_progress_letter_is_signed_by_the_officer_who_writes() -> None:
    """Whoever is not on record signs nothing."""
    case = answered(actions=[make_action()])
    with pytest.raises(InputInvalid, match="'root' is no officer on record"):
        write_progress(office(case), REFERENCE, **(WRITES | {"officer": "root"}))
    write_progress(office(case), REFERENCE, **WRITES)
    assert "\nPat Okoro\nComplaints Team\n" in case.letters[-1].text
