"""What every change of a case by an officer begins with."""

from datetime import date, timedelta

import pytest
from builders import LETTERHEAD, NOW, TODAY, make_case, make_letter, make_message
from fakes import FakeUnitOfWork
from hands import HELD, RESPOND_BY, acknowledged, at, make_officer, office

from casework.common import (
    FIVE_YEARS,
    came_on,
    open_for_change,
    open_or_closed,
    require_day,
    require_words,
    send_letter,
    signing_officer,
    withdraw_unsent,
)
from casework.policy import Policy
from letters.details import ExtensionDetails
from models.case import Case
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import InputInvalid, UnknownReference

MORE_TIME = ExtensionDetails(
    stage=1, reason="The surveyor was ill.", promised=RESPOND_BY, extended_to=date(2026, 3, 24),
    signed_by="Pat Okoro",
)  # fmt: skip


def test_a_change_is_counted() -> None:
    """Whoever looked before can be told of it."""
    case = make_case(version=4)
    assert open_for_change(FakeUnitOfWork(case), case.reference, seen=4) is case
    assert case.version == 5


def test_who_acts_on_an_older_version_is_told_and_changes_nothing() -> None:
    """Two officers at once: the second looks again."""
    case = make_case(version=5)
    with pytest.raises(InputInvalid, match=r"somebody else changed case.*saw version 4, it is at 5"):
        open_for_change(FakeUnitOfWork(case), case.reference, seen=4)
    assert case.version == 5


def test_a_closed_case_takes_no_change_and_says_how_to_open_it() -> None:
    """It has to be opened again first, with a reason."""
    case = make_case(closed_on=date(2026, 3, 2))
    with pytest.raises(InputInvalid, match=f"closed on 2026-03-02.*heard case reopen {case.reference}"):
        open_for_change(FakeUnitOfWork(case), case.reference)


def test_a_merged_case_points_to_the_one_that_goes_on() -> None:
    """What is to be done is done there."""
    case = make_case(merged_into="C-0000-0001-95", closed_on=date(2026, 3, 2))
    with pytest.raises(InputInvalid, match="goes on as C-0000-0001-95"):
        open_for_change(FakeUnitOfWork(case), case.reference)


def test_an_unknown_case_says_so() -> None:
    """A mistyped reference changes nothing."""
    with pytest.raises(UnknownReference):
        open_for_change(FakeUnitOfWork(), "C-0000-0001-95")


def test_a_text_that_has_to_be_there_is_asked_for() -> None:
    """The refusal names the option."""
    assert require_words("  because \n", what="x", option="--y") == "because"
    with pytest.raises(InputInvalid, match=r"a ruling needs a reason; .*--reason"):
        require_words(" \n", what="a ruling needs a reason", option="--reason")


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 4), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_outside_what_can_be_right_is_refused_by_its_option(day: date) -> None:
    """It says which days can be, the first and the last included."""
    first, last = date(2026, 3, 2), date(2026, 3, 3)
    with pytest.raises(InputInvalid, match=f"--on {day} cannot .*; name a day from 2026-03-02 to 2026-03-03"):
        require_day(day, option="--on", first=first, last=last)
    assert [require_day(each, option="--on", first=first, last=last) for each in (first, last)] == [
        first,
        last,
    ]


def test_a_slip_of_ten_years_lies_further_away_than_any_date_may() -> None:
    """2036 for 2026, on any day of the year."""
    for month in range(1, 13):
        day = date(2026, month, 28)
        assert day.replace(year=day.year + 4) < day + FIVE_YEARS < day.replace(year=day.year + 10)


def test_a_case_came_with_its_oldest_message_request_or_stage() -> None:
    """Whichever was first; a case that was taken by hand may hold no message."""
    early, middle = date(2026, 2, 2), date(2026, 2, 9)
    assert came_on(make_case(messages=[])) == TODAY
    assert came_on(make_case(messages=[make_message(), make_message(received_at=at(early))])) == early
    assert came_on(make_case(request_opened_on=middle)) == middle
    assert came_on(make_case(received_on=early)) == early


def test_what_outlives_a_case_is_recorded_on_a_closed_one_too() -> None:
    """It counts as a change, and the case stays closed (LGSCO 5.6, 7.3; HO 5.10, 7.3)."""
    case = make_case(closed_on=TODAY)
    assert open_or_closed(FakeUnitOfWork(case), case.reference) is case
    assert (case.closed_on, case.version) == (TODAY, 2)
    with pytest.raises(InputInvalid, match="saw version 1"):
        open_or_closed(FakeUnitOfWork(case), case.reference, seen=1)
    merged = make_case(merged_into="C-0000-0001-95", closed_on=TODAY)
    with pytest.raises(InputInvalid, match="goes on as C-0000-0001-95"):
        open_or_closed(FakeUnitOfWork(merged), merged.reference)


def test_letters_are_signed_by_somebody_on_record_who_works_here() -> None:
    """The full name stands there; a name that nobody knows would sign nothing."""
    uow = office()
    uow.officers.add(make_officer("kim", is_disabled=True))
    assert signing_officer(uow, " Pat ").full_name == "Pat Okoro"
    with pytest.raises(InputInvalid, match=r"'root' is no officer on record.*heard officers add"):
        signing_officer(uow, "root")
    with pytest.raises(InputInvalid, match="kim is disabled"):
        signing_officer(uow, "kim")


def sent(case: Case, policy: Policy | None = None) -> str:
    """Send a letter about an extension."""
    return send_letter(
        FakeUnitOfWork(case), case, LetterKind.EXTENSION, MORE_TIME,
        policy=policy or Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip


def test_a_letter_that_an_officer_decides_is_queued_in_answer_to_the_newest_message() -> None:
    """It threads with what the person wrote."""
    case = acknowledged()
    assert sent(case) == "letter queued: extension"
    assert (case.letters[-1].state, case.letters[-1].in_reply_to) == (
        LetterState.QUEUED, "<first@example.org>",
    )  # fmt: skip


def test_a_letter_of_an_installation_that_holds_them_waits_for_its_release() -> None:
    """And what was done says so."""
    assert sent(acknowledged(), HELD).startswith("letter held until an officer releases it")


@pytest.mark.parametrize("address", ["", "no-reply@example.org"])
def test_where_no_email_can_go_a_person_sends_the_letter(address: str) -> None:
    """It is neither lost nor sent into the void: a task asks for it to be printed."""
    case = acknowledged(reply_address=address, awaits_officer=False, messages=[])
    assert "by hand" in sent(case) or "person's hand" in sent(case)
    assert case.letters[-1].state is LetterState.BY_HAND
    assert TaskKind.PRINT_LETTER in {task.kind for task in case.tasks}
    assert case.awaits_officer


def test_only_what_nobody_was_sent_is_withdrawn() -> None:
    """What is sent, or in the delivery's hands, stays as it is; other kinds do too."""
    letters = [
        make_letter(),
        make_letter(state=LetterState.HELD),
        make_letter(state=LetterState.SENT),
        make_letter(claimed_until=NOW + timedelta(minutes=5)),
        make_letter(LetterKind.RECEIPT),
    ]
    case = make_case(letters=letters)
    kind = LetterKind.STAGE_1_ACKNOWLEDGEMENT
    assert withdraw_unsent(FakeUnitOfWork(case), case, kind, now=NOW) == [kind, kind]
    assert [letter.state for letter in letters] == [
        LetterState.WITHDRAWN, LetterState.WITHDRAWN, LetterState.SENT, LetterState.QUEUED,
        LetterState.QUEUED,
    ]  # fmt: skip
    assert not make_case(letters=letters[:2]).has_letter(kind)
