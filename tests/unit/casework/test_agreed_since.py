"""What is agreed after a letter was written is respected before it goes, at its release and on its way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import ANN, LETTERHEAD, NOW, TODAY, make_case, make_letter
from fakes import FakeClock, FakeSender, FakeUnitOfWork, always
from hands import WRITES, acknowledged
from rendering import rendered

from casework.arrangements import arrange, end_arrangement
from casework.consent import record_consent
from casework.deliver_letters import TELL_AFTER, deliver_one
from casework.letters_by_hand import release
from casework.policy import Policy
from models.case import Case, Letter
from models.codes import ArrangementKind, ContactWay, LetterKind, LetterState, TaskKind
from models.errors import InputInvalid, LetterRefused, SenderUnavailable
from models.people import Arrangement

LATER = NOW + timedelta(days=1)
SISTER = "sister@example.net"
VALUES = {ContactWay.POST: "4 Mill Lane", ContactWay.TELEPHONE_ONLY: "01632 960123"}
TASKS = {ContactWay.POST: TaskKind.PRINT_LETTER, ContactWay.TELEPHONE_ONLY: TaskKind.TELL_BY_TELEPHONE}
AWAY = SenderUnavailable("the mail server does not answer")


def written(state: LetterState, kind: LetterKind = LetterKind.RECEIPT, **changes: Any) -> Letter:
    """Return a letter to Ann as it is written for email in ordinary type."""
    made = rendered(kind)
    said = {"subject": made.subject, "text": made.text, "html": made.html}
    return make_letter(kind, state=state, **(said | changes))


def agree(uow: FakeUnitOfWork, way: ContactWay, value: str = "", **changes: Any) -> None:
    """Agree with Ann on a way after her letter was written."""
    usual: dict[str, Any] = {"kind": ArrangementKind.CONTACT, "what": "as asked", "officer": "pat"}
    arrange(uow, make_case().reference, way=way, value=value, policy=Policy(), now=NOW, **(usual | changes))


def released(uow: FakeUnitOfWork) -> Letter:
    """Let the letter go, and return it."""
    release(uow, 1, **WRITES | {"now": LATER})
    return uow.letters.get(1)


def delivered(uow: FakeUnitOfWork, *faults: Exception | None) -> tuple[Letter, FakeSender]:
    """Deliver what is due, and return the letter."""
    sender = FakeSender(*faults)
    deliver_one(uow, sender, always(b"mail"), policy=Policy(), letterhead=LETTERHEAD, clock=FakeClock(LATER))
    return uow.letters.get(1), sender


MOMENTS: dict[str, tuple[LetterState, Callable[[FakeUnitOfWork], Letter]]] = {
    "at its release": (LetterState.HELD, released),
    "on its way": (LetterState.QUEUED, lambda uow: delivered(uow)[0]),
}


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> tuple[FakeUnitOfWork, Case, Callable[[], Letter]]:
    """Return a record with one letter to Ann, her case, and what lets the letter go."""
    state, go = MOMENTS[request.param]
    case = acknowledged(letters=[written(state)], awaits_officer=False)
    uow = FakeUnitOfWork(case)
    return uow, case, lambda: go(uow)


Moment = tuple[FakeUnitOfWork, Case, Callable[[], Letter]]


@pytest.mark.parametrize("way", TASKS)
def test_a_letter_to_somebody_who_has_agreed_to_post_or_telephone_is_for_a_persons_hand(
    moment: Moment, way: ContactWay
) -> None:
    """No email leaves, and the task says where to or what to ring (LGSCO 5.6, HO 5.10)."""
    uow, case, go = moment
    agree(uow, way, VALUES[way])
    letter = go()
    assert (letter.state, letter.sent_at, letter.claimed_until) == (LetterState.BY_HAND, None, None)
    (task,) = [each for each in case.tasks if each.closed_at is None]
    assert (task.kind, case.awaits_officer) == (TASKS[way], True)
    assert VALUES[way] in task.note
    assert uow.audit.rows[-1].detail["goes"] == ["by hand"]


def test_a_letter_goes_to_the_other_address_and_nowhere_else(moment: Moment) -> None:
    """Under the Message-ID and with the words that it was written with (LGSCO 5.6, HO 5.10)."""
    uow, case, go = moment
    before = case.letters[0].message_id, case.letters[0].text, case.letters[0].html
    agree(uow, ContactWay.OTHER_ADDRESS, SISTER)
    letter = go()
    assert letter.state in {LetterState.QUEUED, LetterState.SENT}
    assert letter.recipient == SISTER
    assert (letter.message_id, letter.text, letter.html) == before
    row = next(row for row in uow.audit.rows if "goes" in row.detail)
    assert row.detail["goes"] == ["to another address"]
    assert SISTER not in str(row.detail)


def test_a_letter_is_set_in_large_print(moment: Moment) -> None:
    """As if it had been written so (LGSCO 5.6, HO 5.10)."""
    uow, _, go = moment
    agree(uow, ContactWay.LARGE_PRINT)
    assert go().html == rendered(LetterKind.RECEIPT, is_large=True).html


def test_what_cannot_be_set_in_large_print_is_for_a_persons_hand(moment: Moment) -> None:
    """The layout is another since: somebody prints it, and the task says why (LGSCO 5.6, HO 5.10)."""
    uow, case, go = moment
    case.letters[0].html = "<p>Dear Ann Lee,</p>\n"
    agree(uow, ContactWay.LARGE_PRINT)
    assert go().state is LetterState.BY_HAND
    assert "large print was agreed after it was written" in case.tasks[-1].note


def test_a_letter_in_large_print_by_post_is_both(moment: Moment) -> None:
    """Two arrangements, one letter (LGSCO 5.6, HO 5.10)."""
    uow, _, go = moment
    agree(uow, ContactWay.LARGE_PRINT)
    agree(uow, ContactWay.POST, "4 Mill Lane")
    letter = go()
    assert (letter.state, "font-size: 27px" in letter.html) == (LetterState.BY_HAND, True)


def test_a_letter_no_longer_goes_to_an_address_that_was_given_up(moment: Moment) -> None:
    """What ended is not respected any more."""
    uow, case, go = moment
    case.letters[0].recipient = SISTER
    agree(uow, ContactWay.OTHER_ADDRESS, SISTER)
    end_arrangement(uow, case.reference, 1, reason="They fell out.", officer="pat", now=NOW)
    assert go().recipient == ANN.address


def test_a_restriction_to_post_is_respected(moment: Moment) -> None:
    """Contact by post alone, with its reasons and review (LGSCO 5.10, HO 5.14)."""
    uow, _, go = moment
    agree(
        uow, ContactWay.POST, "4 Mill Lane", kind=ArrangementKind.RESTRICTION, what="Post only.",
        reason="Abusive calls.", review_on=date(2026, 9, 1),
    )  # fmt: skip
    assert go().state is LetterState.BY_HAND


def test_what_nobody_can_be_sent_any_more_is_for_a_persons_hand(moment: Moment) -> None:
    """An officer has found that the address was not the complainant's, and knows none."""
    _, case, go = moment
    case.reply_address = ""
    assert go().state is LetterState.BY_HAND
    assert "there is no address to answer to" in case.tasks[-1].note


def test_nothing_is_changed_where_nothing_was_agreed(moment: Moment) -> None:
    """One letter, one line in the audit."""
    uow, case, go = moment
    go()
    assert len(uow.audit.rows) == 1
    assert "goes" not in uow.audit.rows[0].detail
    assert case.tasks == []


SAYS = (
    LetterKind.STAGE_1_RESPONSE, LetterKind.STAGE_2_RESPONSE, LetterKind.NOT_ACCEPTED, LetterKind.PROGRESS
)  # fmt: skip


def refused(state: LetterState, kind: LetterKind) -> tuple[FakeUnitOfWork, Case]:
    """Return a case whose person does not agree that its writer is told, and a letter that tells them."""
    stage = 2 if kind is LetterKind.STAGE_2_RESPONSE else 1
    case = acknowledged(
        stage=stage, letters=[written(state, kind)], represented_name="Mary Lee",
        answered_on=TODAY if state is LetterState.QUEUED else None, awaits_officer=False,
    )  # fmt: skip
    uow = FakeUnitOfWork(case)
    record_consent(
        uow, case.reference, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.",
        officer="pat", now=NOW,
    )  # fmt: skip
    return uow, case


@pytest.mark.parametrize("kind", SAYS)
def test_what_was_found_is_not_released_to_who_may_not_be_told(kind: LetterKind) -> None:
    """It stays held, and the refusal says whose word it was (LGSCO 1.5, 3.6; HO 5.6)."""
    uow, case = refused(LetterState.HELD, kind)
    with pytest.raises(InputInvalid, match="letter 1 stays held: Mary Lee does not agree"):
        release(uow, 1, **WRITES)
    assert case.letters[0].state is LetterState.HELD


@pytest.mark.parametrize("kind", SAYS)
def test_what_was_found_is_held_back_on_its_way_to_who_may_not_be_told(kind: LetterKind) -> None:
    """An officer has the task, and a stage is not answered by what does not go (LGSCO 1.5, 3.6; HO 5.6)."""
    uow, case = refused(LetterState.QUEUED, kind)
    letter, sender = delivered(uow)
    assert (letter.state, sender.sent, letter.claimed_until) == (LetterState.HELD, [], None)
    (task,) = [each for each in case.tasks if each.kind is TaskKind.RELEASE_LETTER]
    assert "Mary Lee does not agree" in task.note
    is_answer = kind in {LetterKind.STAGE_1_RESPONSE, LetterKind.STAGE_2_RESPONSE}
    assert (case.answered_on is None) is is_answer


def test_questions_still_go_to_who_writes_for_somebody() -> None:
    """They tell nothing of what was found."""
    uow, _ = refused(LetterState.QUEUED, LetterKind.CLARIFICATION)
    assert delivered(uow)[0].state is LetterState.SENT


def test_a_letter_that_was_tried_before_keeps_its_message_id_at_the_other_address() -> None:
    """It may have arrived: whoever gets both can fold them."""
    case = acknowledged(letters=[written(LetterState.QUEUED)])
    uow = FakeUnitOfWork(case)
    delivered(uow, AWAY)
    case.letters[0].due_at = LATER
    agree(uow, ContactWay.OTHER_ADDRESS, SISTER)
    letter, sender = delivered(uow)
    assert sender.sent == [(b"mail", SISTER, letter.message_id)]
    assert (letter.attempts, letter.queued_at) == (2, NOW)


def test_what_an_answer_had_done_waits_for_the_post() -> None:
    """It was queued and counted as given; now a person posts it, and says when (LGSCO 6.3, HO 6.3)."""
    letter = written(LetterState.QUEUED, LetterKind.STAGE_1_RESPONSE)
    case = acknowledged(letters=[letter], answered_on=TODAY, awaits_officer=False)
    uow = FakeUnitOfWork(case)
    agree(uow, ContactWay.POST, "4 Mill Lane")
    delivered(uow)
    assert (letter.state, case.answered_on, case.awaits_officer) == (LetterState.BY_HAND, None, True)


def test_an_alert_to_our_own_people_goes_to_them_whatever_is_agreed_with_the_person() -> None:
    """The duty officer is told by email."""
    alert = make_letter(LetterKind.DUTY_ALERT, recipient="duty@harrowmere.example")
    uow = FakeUnitOfWork(acknowledged(letters=[alert]))
    agree(uow, ContactWay.POST, "4 Mill Lane")
    letter, sender = delivered(uow)
    assert (letter.state, sender.sent[0][1]) == (LetterState.SENT, "duty@harrowmere.example")


def test_a_letter_that_waited_for_days_and_goes_by_hand_leaves_no_task_that_it_waits() -> None:
    """Posting it is what is left to do; refused mail is none of it."""
    letter = written(LetterState.QUEUED, queued_at=NOW - TELL_AFTER - timedelta(minutes=1))
    case = acknowledged(letters=[letter])
    uow = FakeUnitOfWork(case)
    delivered(uow, AWAY)
    letter.due_at = LATER
    agree(uow, ContactWay.POST, "4 Mill Lane")
    delivered(uow, LetterRefused("never asked"))
    assert [task.kind for task in case.tasks if task.closed_at is None] == [TaskKind.PRINT_LETTER]


def test_an_arrangement_of_somebody_else_changes_nothing() -> None:
    """It is by the person, not by the house."""
    case = acknowledged(letters=[written(LetterState.QUEUED)])
    uow = FakeUnitOfWork(case)
    uow.people.add(
        Arrangement(
            address="bo@example.net", kind=ArrangementKind.CONTACT, what="Post.", reason="", officer="pat",
            agreed_on=TODAY, way=ContactWay.POST, value="9 Hill Road",
        )
    )  # fmt: skip
    assert delivered(uow)[0].state is LetterState.SENT


def test_a_layout_that_fails_stops_no_delivery(tmp_path: Path) -> None:
    """The letter is for a person's hand, and those behind it go on."""
    (tmp_path / "layout.html").write_text("{{ nothing }}", encoding="utf-8")
    case = acknowledged(letters=[written(LetterState.QUEUED)])
    uow = FakeUnitOfWork(case)
    agree(uow, ContactWay.LARGE_PRINT)
    own = replace(LETTERHEAD, own_templates=tmp_path)
    deliver_one(uow, FakeSender(), always(b"mail"), policy=Policy(), letterhead=own, clock=FakeClock(LATER))
    assert case.letters[0].state is LetterState.BY_HAND
