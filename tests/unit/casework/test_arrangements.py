"""What is agreed with a person: recorded with its review, respected by every later letter, and ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    ANN,
    GUARD_AT,
    LETTERHEAD,
    NOW,
    REFERENCE,
    TODAY,
    make_case,
    make_decision,
    make_letter,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork
from hands import DECIDES, HELD, WRITES, acknowledged, answered, office

from casework.arrangements import arrange, end_arrangement, keep_arrangement, open_reviews
from casework.extend import extend
from casework.guard import run_guard
from casework.merge import merge
from casework.open_case import open_case
from casework.policy import Caps, Policy
from casework.record_ruling import record_ruling
from models.case import Case, Letter
from models.codes import (
    ArrangementKind,
    ContactWay,
    Flag,
    LetterKind,
    LetterState,
    Status,
    TaskKind,
)
from models.errors import InputInvalid
from models.message import Complainant

REVIEW = date(2026, 9, 1)
OURS = Policy(own_addresses=frozenset({"complaints@harrowmere.example"}))
VALUES = {
    ContactWay.LARGE_PRINT: "",
    ContactWay.POST: "4 Mill Lane, Harrowmere",
    ContactWay.TELEPHONE_ONLY: "01632 960123",
    ContactWay.OTHER_ADDRESS: "Sister@Example.net",
}
TASKS = {ContactWay.POST: TaskKind.PRINT_LETTER, ContactWay.TELEPHONE_ONLY: TaskKind.TELL_BY_TELEPHONE}


def agree(uow: FakeUnitOfWork, **changes: Any) -> str:
    """Agree on an adjustment with Ann."""
    usual: dict[str, Any] = {
        "kind": ArrangementKind.ADJUSTMENT, "what": "Letters by post.", "review_on": REVIEW, "policy": OURS,
    }  # fmt: skip
    return arrange(uow, REFERENCE, **(usual | DECIDES | changes))


def with_way(way: ContactWay, *cases: Case) -> FakeUnitOfWork:
    """Return a record of these cases on which a way is agreed with Ann."""
    uow = office(*(cases or (make_case(),)))
    agree(uow, way=way, value=VALUES[way])
    return uow


def acknowledge(way: ContactWay) -> tuple[Case, Letter]:
    """Have Ann's next complaint acknowledged."""
    uow = with_way(way)
    case = open_case(
        uow, make_message(id=9, uid="9"), make_parsed(), make_decision(),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    return case, case.letters[-1]


def acknowledge_by_guard(way: ContactWay) -> tuple[Case, Letter]:
    """Let the guard acknowledge what nobody did."""
    case = make_case(guard_at=GUARD_AT)
    run_guard(
        with_way(way, case), policy=Policy(), letterhead=LETTERHEAD, now=GUARD_AT + timedelta(minutes=1)
    )
    return case, case.letters[-1]


def put_off(way: ContactWay) -> tuple[Case, Letter]:
    """Extend the answer."""
    case = acknowledged()
    extend(with_way(way, case), REFERENCE, to=date(2026, 3, 20), reason="The surveyor is ill.", **WRITES)
    return case, case.letters[-1]


WRITERS = pytest.mark.parametrize(
    "write", [acknowledge, acknowledge_by_guard, put_off], ids=["acknowledgement", "guard", "extension"]
)


@WRITERS
def test_large_print_is_larger_type_by_email(write: Any) -> None:
    """Every kind of letter, also the machine's own (LGSCO 5.6, HO 5.10)."""
    _, letter = write(ContactWay.LARGE_PRINT)
    assert "font-size: 27px" in letter.html
    assert (letter.state, letter.recipient) == (LetterState.QUEUED, ANN.address)


@WRITERS
@pytest.mark.parametrize("way", TASKS)
def test_what_goes_by_hand_waits_with_a_task_that_says_how(write: Any, way: ContactWay) -> None:
    """No email is sent; a person posts the letter, or rings (LGSCO 5.6, HO 5.10)."""
    case, letter = write(way)
    assert letter.state is LetterState.BY_HAND
    (task,) = [task for task in case.tasks if task.kind is TASKS[way]]
    assert VALUES[way] in task.note
    assert case.awaits_officer


@WRITERS
def test_another_address_is_written_to_instead(write: Any) -> None:
    """And nowhere else (LGSCO 5.6, HO 5.10)."""
    _, letter = write(ContactWay.OTHER_ADDRESS)
    assert (letter.state, letter.recipient) == (LetterState.QUEUED, "sister@example.net")


def test_letters_to_post_are_by_hand_also_while_others_are_held() -> None:
    """Printing is the release."""
    uow = with_way(ContactWay.POST)
    case = open_case(
        uow, make_message(id=9, uid="9"), make_parsed(), make_decision(),
        policy=HELD, letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert case.letters[-1].state is LetterState.BY_HAND


def test_a_task_by_hand_is_due_today_once_the_acknowledgement_is_long_past() -> None:
    """An extension is told now, not weeks ago."""
    uow = with_way(ContactWay.POST, acknowledged(acknowledge_by=date(2026, 2, 2)))
    extend(uow, REFERENCE, to=date(2026, 3, 20), reason="The surveyor is ill.", **WRITES)
    assert uow.cases.get(REFERENCE).tasks[-1].due_by == TODAY


@pytest.mark.parametrize("way", [*TASKS, ContactWay.OTHER_ADDRESS])
def test_who_has_no_email_address_is_reached_another_way(way: ContactWay) -> None:
    """The arrangement is kept with the case, and an acknowledgement respects it (LGSCO 6.2, HO 6.2)."""
    case = make_case(complainant_address="", reply_address="")
    uow = with_way(way, case)
    record_ruling(
        uow, REFERENCE, status=Status.COMPLAINT, category=None, ombudsman=None, reason="Yes.",
        officer="pat", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    (letter,) = case.letters
    assert letter.kind is LetterKind.STAGE_1_ACKNOWLEDGEMENT
    assert letter.state is (LetterState.BY_HAND if way in TASKS else LetterState.QUEUED)
    assert not [task for task in case.tasks if task.kind is TaskKind.ACKNOWLEDGEMENT_OWED]


def test_no_cap_holds_back_what_is_posted() -> None:
    """Caps are for mail that goes round in circles."""
    uow = with_way(ContactWay.POST, make_case(guard_at=GUARD_AT))
    capped = Policy(caps=Caps(per_address_a_day=0, per_domain_an_hour=0, in_all_an_hour=0))
    run_guard(uow, policy=capped, letterhead=LETTERHEAD, now=GUARD_AT)
    case = open_case(
        uow, make_message(id=9, uid="9"), make_parsed(), make_decision(),
        policy=capped, letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert [each.letters[-1].state for each in (uow.cases.get(REFERENCE), case)] == [LetterState.BY_HAND] * 2


def test_what_was_only_proposed_is_posted_to_nobody_before_an_officer_confirms() -> None:
    """A forwarded complaint says whose it is, and may be wrong."""
    uow = with_way(ContactWay.POST)
    forwarded = make_parsed(complainant=Complainant(ANN, "forward"))
    case = open_case(
        uow, make_message(id=9, uid="9"), forwarded, make_decision(),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert case.letters == []
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


@pytest.mark.parametrize(
    "kind", [ArrangementKind.ADJUSTMENT, ArrangementKind.DISABILITY, ArrangementKind.RESTRICTION]
)
def test_what_lasts_has_a_date_of_review(kind: ArrangementKind) -> None:
    """One to come, and not the day itself (LGSCO 5.6, 5.10, 5.11; HO 5.10, 5.14, 5.15)."""
    uow = FakeUnitOfWork(make_case())
    for review_on in (None, TODAY, date(2026, 3, 2)):
        with pytest.raises(InputInvalid, match="--review"):
            agree(uow, kind=kind, reason="Because.", review_on=review_on)
    assert uow.people.all == []
    agree(uow, kind=kind, reason="Because.")
    (kept,) = uow.people.all
    assert (kept.kind, kept.review_on, kept.address) == (kind, REVIEW, ANN.address)
    assert (kept.officer, kept.agreed_on, kept.case_reference) == ("pat", TODAY, REFERENCE)


def test_a_restriction_needs_its_reasons() -> None:
    """They are kept (LGSCO 5.10, 5.11; HO 5.14, 5.15)."""
    uow = FakeUnitOfWork(make_case())
    with pytest.raises(InputInvalid, match="--reason"):
        agree(uow, kind=ArrangementKind.RESTRICTION, what="One letter a week.")
    agree(uow, kind=ArrangementKind.RESTRICTION, what="One letter a week.", reason="Forty calls a day.")
    assert uow.audit.rows[-1].detail["reason"] == "Forty calls a day."


def test_vulnerability_puts_the_case_higher_in_the_queue_once() -> None:
    """And every later case of the person (LGSCO 6.1, HO 6.1)."""
    uow = FakeUnitOfWork(make_case(priority=1))
    for _ in range(2):
        agree(uow, kind=ArrangementKind.VULNERABILITY, what="Recently bereaved.", review_on=None)
    case = uow.cases.get(REFERENCE)
    assert (case.priority, case.flags) == (3, [Flag.VULNERABLE])
    later = open_case(
        uow, make_message(id=9, uid="9"), make_parsed(), make_decision(),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert (later.priority, later.flags) == (2, [Flag.VULNERABLE])


def test_an_adjustment_shows_as_a_flag() -> None:
    """Whoever opens the case sees it (LGSCO 5.6, HO 5.10)."""
    uow = FakeUnitOfWork(make_case())
    agree(uow)
    assert uow.cases.get(REFERENCE).flags == [Flag.REASONABLE_ADJUSTMENT]


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (ContactWay.POST, " "),
        (ContactWay.TELEPHONE_ONLY, "ask at the desk"),
        (ContactWay.TELEPHONE_ONLY, "123"),
        (ContactWay.TELEPHONE_ONLY, ""),
        (ContactWay.OTHER_ADDRESS, "sister"),
        (ContactWay.OTHER_ADDRESS, "Sister <sister@example.net>"),
        (ContactWay.OTHER_ADDRESS, "complaints@harrowmere.example"),
        (ContactWay.OTHER_ADDRESS, "noreply@example.net"),
        (ContactWay.LARGE_PRINT, "huge"),
        (None, "4 Mill Lane"),
    ],
)
def test_a_way_needs_what_it_takes_to_reach_somebody(way: ContactWay | None, value: str) -> None:
    """An address that is ours or no address would lose every later letter."""
    uow = FakeUnitOfWork(make_case())
    with pytest.raises(InputInvalid, match="--value"):
        agree(uow, way=way, value=value)
    assert uow.people.all == []


def test_plain_contact_names_a_way() -> None:
    """Otherwise it would say nothing."""
    with pytest.raises(InputInvalid, match="--way"):
        agree(FakeUnitOfWork(make_case()), kind=ArrangementKind.CONTACT, review_on=None)


def test_two_ways_that_contradict_each_other_are_not_agreed_at_once() -> None:
    """The first is ended first; large print goes with any."""
    uow = with_way(ContactWay.POST)
    agree(uow, way=ContactWay.LARGE_PRINT)
    with pytest.raises(InputInvalid, match=r"arrangement 1 .*--end 1"):
        agree(uow, way=ContactWay.TELEPHONE_ONLY, value="01632 960123")


def test_whoever_agrees_on_a_way_hears_of_the_letters_that_were_written_before() -> None:
    """They go the old way unless somebody withdraws them."""
    done = agree(FakeUnitOfWork(make_case(letters=[make_letter()])), way=ContactWay.POST, value="4 Mill Lane")
    assert done.endswith("to be reviewed on 2026-09-01; letters written before it that still wait here: 1")


def test_an_ended_arrangement_binds_no_later_letter() -> None:
    """It stays on record, with who ended it and why."""
    uow = with_way(ContactWay.POST)
    with pytest.raises(InputInvalid, match="--reason"):
        end_arrangement(uow, REFERENCE, 1, reason=" ", **DECIDES)
    end_arrangement(uow, REFERENCE, 1, reason="She asked for email again.", **DECIDES)
    assert uow.people.all[0].ended_on == TODAY
    assert uow.audit.rows[-1].detail["reason"] == "She asked for email again."
    with pytest.raises(InputInvalid, match="no arrangement 1 is in force"):
        end_arrangement(uow, REFERENCE, 1, reason="Again.", **DECIDES)


def test_nobody_ends_an_arrangement_with_somebody_else_through_their_own_case() -> None:
    """The number has to be one of this person's."""
    other = make_case(reference="C-1111-2222-83", complainant_address="bo@example.org", reply_address="")
    uow = with_way(ContactWay.POST, make_case(), other)
    with pytest.raises(InputInvalid, match="no arrangement 1"):
        end_arrangement(uow, other.reference, 1, reason="Mistake.", **DECIDES)


def test_a_review_that_is_due_becomes_a_task_once() -> None:
    """The daily job finds it, and the next day not again (LGSCO 5.6, 5.11; HO 5.10, 5.15)."""
    case = make_case(awaits_officer=False)
    uow = with_way(ContactWay.POST, case)
    assert open_reviews(uow, today=REVIEW - timedelta(days=1), now=NOW) == []
    assert open_reviews(uow, today=REVIEW, now=NOW) == [REFERENCE]
    assert open_reviews(uow, today=REVIEW + timedelta(days=1), now=NOW) == []
    ((kind, due_by),) = [(task.kind, task.due_by) for task in case.tasks]
    assert (kind, due_by) == (TaskKind.REVIEW_ARRANGEMENT, REVIEW)
    assert [row.action for row in uow.audit.rows] == ["arranged", "review_due"]


def test_each_arrangement_has_a_review_of_its_own() -> None:
    """One task does not stand for another: arrangement 1 is not arrangement 11."""
    uow = with_way(ContactWay.LARGE_PRINT)
    for _ in range(10):
        agree(uow, what="Calls after ten.")
    assert open_reviews(uow, today=REVIEW, now=NOW) == [REFERENCE] * 11


@pytest.mark.parametrize("what", ["keep", "end"])
def test_a_review_is_over_once_it_is_kept_or_ended(what: str) -> None:
    """Kept, it comes back at the next date (LGSCO 5.6, HO 5.10)."""
    case = make_case()
    uow = with_way(ContactWay.POST, case)
    open_reviews(uow, today=REVIEW, now=NOW)
    if what == "end":
        end_arrangement(uow, REFERENCE, 1, reason="No longer needed.", **DECIDES)
    else:
        keep_arrangement(uow, REFERENCE, 1, review_on=date(2027, 3, 1), reason="As before.", **DECIDES)
        assert uow.people.all[0].review_on == date(2027, 3, 1)
    assert case.tasks[-1].closed_at == NOW
    assert open_reviews(uow, today=REVIEW, now=NOW) == []


def test_a_review_whose_case_is_not_on_record_stops_no_other() -> None:
    """It stays in force."""
    uow = with_way(ContactWay.POST)
    uow.people.all[0].case_reference = "C-1111-2222-83"
    agree(uow, what="Calls after ten.")
    assert open_reviews(uow, today=REVIEW, now=NOW) == [REFERENCE]


def merged(case: Case, into: Case) -> FakeUnitOfWork:
    """Return a record on which letters to Ann go by post, agreed on a case that was merged since."""
    uow = with_way(ContactWay.POST, case, into)
    merge(uow, case.reference, into.reference, reason="The same bin.", policy=Policy(), **DECIDES)
    return uow


@pytest.mark.parametrize("what", ["keep", "end"])
@pytest.mark.parametrize("is_merged", [False, True])
def test_a_review_is_recorded_on_a_closed_case_that_stays_closed(what: str, *, is_merged: bool) -> None:
    """Also on the one in which the case goes on; nothing is left to do there (LGSCO 5.6, HO 5.10)."""
    case = answered(reference="C-1111-2222-83", answered_on=None) if is_merged else answered()
    uow = merged(make_case(), case) if is_merged else with_way(ContactWay.POST, case)
    case.closed_on, case.closed_why, case.awaits_officer = TODAY, "Answered.", False
    assert open_reviews(uow, today=REVIEW, now=NOW) == [case.reference]
    if what == "end":
        end_arrangement(uow, case.reference, 1, reason="No longer needed.", **DECIDES)
    else:
        keep_arrangement(uow, case.reference, 1, review_on=date(2027, 3, 1), reason="As before.", **DECIDES)
    assert (case.closed_on, case.awaits_officer) == (TODAY, False)
    assert not [task for task in case.tasks if task.closed_at is None]
    assert open_reviews(uow, today=REVIEW, now=NOW) == []


def test_what_was_agreed_under_another_address_is_reviewed_where_the_case_goes_on() -> None:
    """One person, two addresses, one telephone: the arrangement is theirs (LGSCO 5.6, HO 5.10)."""
    other = make_case(
        reference="C-1111-2222-83", complainant_address="lee@example.net", reply_address="lee@example.net"
    )
    uow = with_way(ContactWay.TELEPHONE_ONLY, make_case(), other)
    arrange(
        uow, other.reference, kind=ArrangementKind.CONTACT, what="Ring.", way=ContactWay.TELEPHONE_ONLY,
        value=VALUES[ContactWay.TELEPHONE_ONLY], policy=OURS, **DECIDES,
    )  # fmt: skip
    merge(uow, REFERENCE, other.reference, reason="The same bin.", policy=Policy(), **DECIDES)
    assert uow.people.all[0].address == ANN.address
    keep_arrangement(uow, other.reference, 1, review_on=date(2027, 3, 1), reason="As before.", **DECIDES)
    assert uow.people.all[0].review_on == date(2027, 3, 1)


def test_somebody_whose_only_case_is_closed_can_still_agree_on_something() -> None:
    """It binds the letters about whatever they write next (LGSCO 5.6, HO 5.10)."""
    case = answered(closed_on=TODAY)
    uow = with_way(ContactWay.POST, case)
    later = open_case(
        uow, make_message(id=9, uid="9"), make_parsed(), make_decision(),
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert (later.letters[-1].state, case.closed_on, case.awaits_officer) == (
        LetterState.BY_HAND, TODAY, False
    )  # fmt: skip


@pytest.mark.parametrize("day", [TODAY, date(2036, 9, 1)])
def test_a_review_lies_ahead_and_within_five_years(day: date) -> None:
    """A slip in the year would put it where nobody ever looks again (LGSCO 5.6, HO 5.10)."""
    uow = with_way(ContactWay.POST)
    with pytest.raises(InputInvalid, match=f"--review {day} cannot be right; name a day from 2026-03-04"):
        keep_arrangement(uow, REFERENCE, 1, review_on=day, reason="As before.", **DECIDES)
    with pytest.raises(InputInvalid, match=f"--review {day} cannot be right"):
        agree(uow, review_on=day)
