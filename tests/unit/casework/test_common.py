"""What every change of a case by an officer begins with."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import LETTERHEAD, NOW, make_case, make_letter
from fakes import FakeUnitOfWork
from hands import HELD, RESPOND_BY, acknowledged

from casework.common import open_for_change, require_past, require_words, send_letter, withdraw_unsent
from casework.policy import Policy
from letters.details import ExtensionDetails
from models.case import Case
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import InputInvalid, UnknownReference

MORE_TIME = ExtensionDetails(
    stage=1, reason="The surveyor was ill.", promised=RESPOND_BY, extended_to=date(2026, 3, 24)
)


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


def test_a_day_to_come_has_not_happened() -> None:
    """By England's calendar, whatever the hour in Greenwich."""
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert require_past(date(2026, 6, 2), what="--received", now=late) == date(2026, 6, 2)
    with pytest.raises(InputInvalid, match="--received 2026-06-03 lies in the future"):
        require_past(date(2026, 6, 3), what="--received", now=late)


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
    assert withdraw_unsent(FakeUnitOfWork(case), case, kind) == [kind, kind]
    assert [letter.state for letter in letters] == [
        LetterState.WITHDRAWN, LetterState.WITHDRAWN, LetterState.SENT, LetterState.QUEUED,
        LetterState.QUEUED,
    ]  # fmt: skip
    assert not make_case(letters=letters[:2]).has_letter(kind)
