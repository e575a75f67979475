"""Two cases of one person become one: everything moves, the earlier dates win, nobody is told twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from builders import GUARD_AT, NOW, REFERENCE, TODAY, make_case, make_letter, make_message
from fakes import FakeUnitOfWork
from hands import DECIDES, acknowledged, answered, kinds, make_action, make_point, reviewed

from casework.acknowledge import owe
from casework.arrangements import arrange, open_reviews
from casework.consent import may_be_told, record_consent
from casework.merge import case_that_goes_on, merge
from casework.policy import Policy
from models.case import Case, Extension
from models.codes import (
    ArrangementKind,
    ContactWay,
    Flag,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
from models.errors import InputInvalid

OTHER = "C-1111-2222-83"
EARLIER = date(2026, 2, 27)
FORMS = Policy(form_senders=frozenset({"forms@harrowmere.example"}))


def beside(**changes: Any) -> Case:
    """Return another complaint of Ann's, a day younger, with a message of its own."""
    usual: dict[str, Any] = {
        "reference": OTHER, "received_on": date(2026, 3, 4), "acknowledge_by": date(2026, 3, 11),
        "messages": [make_message(id=2, uid="2", message_id="<second@example.org>", outcome=Outcome.CASE)],
        "letters": [], "assigned_to": "",
    }  # fmt: skip
    return make_case(**(usual | changes))


def merged(case: Case, other: Case, *, policy: Policy | None = None) -> FakeUnitOfWork:
    """Merge the one into the other."""
    uow = FakeUnitOfWork(case, other)
    join(uow, case, other, policy=policy)
    return uow


def join(uow: FakeUnitOfWork, case: Case, other: Case, *, policy: Policy | None = None) -> str:
    """Merge the one into the other on a record."""
    return merge(
        uow, case.reference, other.reference, reason="The same bin.", policy=policy or Policy(), **DECIDES
    )


def test_messages_letters_points_actions_and_open_tasks_move() -> None:
    """The numbers of points and actions go on from those of the other case."""
    case = acknowledged(
        points=[make_point(1), make_point(2)], actions=[make_action(point=2)],
        messages=[make_message(outcome=Outcome.CASE)],
    )  # fmt: skip
    owe(case, TaskKind.READ_REPLY, "please read", now=NOW)
    other = beside(points=[make_point(1)], actions=[make_action()])
    uow = merged(case, other)
    assert [message.id for message in other.messages] == [2, 1]
    assert [point.number for point in other.points] == [1, 2, 3]
    assert [(action.number, action.point) for action in other.actions] == [(1, None), (2, 3)]
    assert [task.kind for task in other.tasks] == [TaskKind.READ_REPLY]
    assert kinds(other) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert (case.messages, case.letters, case.points, case.actions, case.tasks) == ([], [], [], [], [])
    assert other.messages[1].outcome is Outcome.REPLY
    (row,) = uow.audit.rows
    assert (row.actor, row.action, row.case_reference, row.message_id) == ("pat", "case_merged", REFERENCE, 1)
    assert row.detail["reason"] == "The same bin."
    assert row.detail["moved"] == {"messages": 1, "points": 2, "actions": 1, "tasks": 1}


def test_the_merged_case_is_closed_and_says_where_it_goes_on() -> None:
    """Nothing awaits there, and nothing is guarded."""
    case = beside(guard_at=GUARD_AT)
    merged(case, acknowledged())
    assert (case.closed_on, case.merged_into) == (TODAY, REFERENCE)
    assert case.closed_why == f"merged into {REFERENCE}: The same bin."
    assert (case.awaits_officer, case.guard_at) == (False, None)


def test_the_earlier_dates_win() -> None:
    """Merging never gives us more time (LGSCO 6.2, 6.3; HO 6.2, 6.3)."""
    old = acknowledged(
        received_on=EARLIER, acknowledge_by=date(2026, 3, 6), acknowledged_on=EARLIER,
        respond_by=date(2026, 3, 13),
    )  # fmt: skip
    young = beside(acknowledged_on=TODAY, respond_by=date(2026, 3, 18))
    merged(old, young)
    assert (young.received_on, young.acknowledge_by) == (EARLIER, date(2026, 3, 6))
    assert (young.acknowledged_on, young.respond_by) == (EARLIER, date(2026, 3, 13))


def test_the_later_dates_give_way_whichever_case_goes_on() -> None:
    """The older case keeps its own."""
    old = acknowledged()
    merged(beside(acknowledged_on=date(2026, 3, 4), respond_by=date(2026, 3, 18)), old)
    assert (old.received_on, old.respond_by) == (TODAY, date(2026, 3, 17))


def test_an_extension_of_one_case_gives_the_other_no_more_time() -> None:
    """What was promised sooner is kept (LGSCO 6.4, HO 6.4)."""
    extended = acknowledged(
        extended_to=date(2026, 3, 31),
        extensions=[
            Extension(stage=1, reason="Ill.", officer="pat", decided_at=NOW, respond_by=date(2026, 3, 17),
                      extended_to=date(2026, 3, 31)),
        ],
    )  # fmt: skip
    prompt = beside(respond_by=date(2026, 3, 18))
    merged(extended, prompt)
    assert (prompt.respond_by, prompt.extended_to) == (date(2026, 3, 18), None)
    assert len(prompt.extensions) == 1


def test_an_acknowledgement_of_either_is_enough() -> None:
    """The guard sends no second one, and none is owed any longer."""
    other = beside(guard_at=GUARD_AT)
    owe(other, TaskKind.ACKNOWLEDGEMENT_OWED, "left to an officer", now=NOW)
    merged(acknowledged(), other)
    assert (other.guard_at, other.respond_by) == (None, date(2026, 3, 17))
    assert other.tasks[0].closed_at == NOW


def test_where_neither_was_acknowledged_the_earlier_guard_stays() -> None:
    """Somebody is told in time (LGSCO 6.2, HO 6.2)."""
    other = beside(guard_at=GUARD_AT + timedelta(days=1))
    merged(make_case(guard_at=GUARD_AT), other)
    assert other.guard_at == GUARD_AT


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND])
def test_a_second_acknowledgement_that_is_still_here_is_withdrawn(state: LetterState) -> None:
    """Nobody is told the same thing twice under two references; its printing is no work any longer."""
    case = beside(letters=[make_letter(state=state, message_id="<two@heard.invalid>")])
    owe(case, TaskKind.PRINT_LETTER, "print it", now=NOW)
    other = acknowledged()
    merged(case, other)
    assert [letter.state for letter in other.letters] == [LetterState.SENT, LetterState.WITHDRAWN]
    assert other.tasks == []
    assert case.tasks[0].closed_at == NOW


def test_what_is_known_of_the_person_is_kept() -> None:
    """Flags, priority and officer (LGSCO 6.1, HO 6.1)."""
    case = acknowledged(flags=[Flag.VULNERABLE], priority=2)
    other = beside(flags=[Flag.PRE_ACTION], priority=1, awaits_officer=False)
    merged(case, other)
    assert (other.flags, other.priority) == ([Flag.PRE_ACTION, Flag.VULNERABLE], 3)
    assert (other.assigned_to, other.awaits_officer) == ("pat", True)


def test_a_service_request_stays_open_beside_the_complaint_and_moves_no_clock() -> None:
    """It is as old as it is; the complaint is not (LGSCO 1.7, HO 1.5)."""
    request = beside(status=Status.SERVICE_REQUEST, stage=0, received_on=EARLIER)
    complaint = acknowledged()
    merged(request, complaint)
    assert (complaint.request_opened_on, complaint.request_closed_on) == (EARLIER, None)
    assert (complaint.received_on, complaint.respond_by) == (TODAY, date(2026, 3, 17))


def test_what_may_have_been_a_complaint_all_along_makes_it_older() -> None:
    """Nobody had ruled on the first message; its date wins (LGSCO 6.2, HO 6.2)."""
    unsure = beside(status=Status.ENQUIRY, stage=0, received_on=EARLIER, guard_at=GUARD_AT,
                    acknowledge_by=date(2026, 3, 6))  # fmt: skip
    complaint = make_case(guard_at=GUARD_AT + timedelta(days=2))
    merged(unsure, complaint)
    assert (complaint.received_on, complaint.acknowledge_by) == (EARLIER, date(2026, 3, 6))
    assert complaint.guard_at == GUARD_AT


def test_stage_2_is_as_old_as_the_day_on_which_it_was_asked_for() -> None:
    """A question that joins it changes no date (LGSCO 6.12, HO 6.11)."""
    stage_2 = reviewed()
    merged(beside(status=Status.ENQUIRY, stage=0, received_on=EARLIER), stage_2)
    assert (stage_2.received_on, stage_2.respond_by) == (TODAY, date(2026, 3, 31))


CANNOT: dict[str, tuple[Callable[[], tuple[Case, Case]], str]] = {
    "after the answer": (lambda: (beside(), answered()), "case of its own"),
    "from an answer": (lambda: (answered(), beside()), "case of its own"),
    "next stage": (lambda: (beside(stage=2), acknowledged()), f"--joins {REFERENCE}"),
    "wrong way": (lambda: (acknowledged(), beside(stage=0)), "other way round"),
    "history": (lambda: (beside(), make_case(is_historic=True)), "history"),
    "itself": (lambda: (acknowledged(), acknowledged()), "into itself"),
    "closed": (lambda: (beside(closed_on=TODAY), acknowledged()), "closed"),
    "gone": (lambda: (beside(), acknowledged(merged_into="C-0000-0001-95")), "goes on as C-0000-0001-95"),
}


@pytest.mark.parametrize("why", CANNOT)
def test_cases_that_cannot_be_one_stay_two(why: str) -> None:
    """The reason names what to do instead (LGSCO 6.9, HO 6.8)."""
    make, word = CANNOT[why]
    case, other = make()
    before = list(case.messages)
    with pytest.raises(InputInvalid, match=word):
        merged(case, other)
    assert case.messages == before


@pytest.mark.parametrize(
    ("changes", "policy"),
    [
        ({"complainant_address": "bo@example.org", "reply_address": "bo@example.org"}, Policy()),
        ({"complainant_address": "", "reply_address": ""}, Policy()),
        ({"represented_name": "Mary Lee"}, Policy()),
    ],
    ids=["another address", "no address", "for somebody else"],
)
def test_different_people_are_never_merged(changes: dict[str, Any], policy: Policy) -> None:
    """Nobody is told of another's case."""
    with pytest.raises(InputInvalid, match="not known to be one person's"):
        merged(beside(**changes), acknowledged(), policy=policy)


def test_the_address_of_a_web_form_is_nobodys() -> None:
    """Everybody who fills it in shares it."""
    shared = {"complainant_address": "forms@harrowmere.example", "reply_address": ""}
    with pytest.raises(InputInvalid, match="not known to be one person's"):
        merged(beside(**shared), acknowledged(**shared), policy=FORMS)


@pytest.mark.parametrize(("number", "is_one"), [("01632960123", True), ("01632 960124", False)])
def test_who_has_no_address_is_known_by_name_and_number(number: str, *, is_one: bool) -> None:
    """Both together, however the number is written."""
    case, other = (
        make_case(complainant_address="", reply_address="", messages=[]),
        beside(complainant_address="", reply_address="", complainant_name="ann  LEE"),
    )
    uow = FakeUnitOfWork(case, other)
    for each, value in ((case, "01632 960123"), (other, number)):
        arrange(
            uow, each.reference, kind=ArrangementKind.CONTACT, what="Ring.", way=ContactWay.TELEPHONE_ONLY,
            value=value, policy=Policy(), **DECIDES,
        )  # fmt: skip
    if is_one:
        join(uow, case, other)
        kept, doubled = uow.people.all[1], uow.people.all[0]
        assert (doubled.ended_on, kept.ended_on) == (TODAY, None)
    else:
        with pytest.raises(InputInvalid, match="not known"):
            join(uow, case, other)


def test_what_was_refused_on_the_one_case_holds_on_the_other() -> None:
    """Consent and its absence move with the case (LGSCO 1.5)."""
    case, other = acknowledged(represented_name="Mary Lee"), beside(represented_name="Mary Lee")
    uow = FakeUnitOfWork(case, other)
    record_consent(
        uow, REFERENCE, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.", **DECIDES
    )
    join(uow, case, other)
    assert "does not agree" in may_be_told(uow, other)


def test_a_review_follows_the_case_that_goes_on() -> None:
    """Its task opens where somebody looks."""
    case, other = acknowledged(), beside()
    uow = FakeUnitOfWork(case, other)
    arrange(
        uow, REFERENCE, kind=ArrangementKind.ADJUSTMENT, what="Calls after ten.", policy=Policy(),
        review_on=date(2026, 4, 1), **DECIDES,
    )  # fmt: skip
    join(uow, case, other)
    assert open_reviews(uow, today=date(2026, 4, 1), now=NOW) == [OTHER]


def test_the_way_through_several_mergings_is_followed_and_a_circle_ends() -> None:
    """What is answered to the first finds the last."""
    cases = [make_case(merged_into=OTHER), beside(merged_into="C-0000-0001-95"),
             make_case(reference="C-0000-0001-95")]  # fmt: skip
    uow = FakeUnitOfWork(*cases)
    assert case_that_goes_on(uow, cases[0]) is cases[2]
    cases[2].merged_into = REFERENCE
    assert case_that_goes_on(uow, cases[0]) in cases


@pytest.mark.parametrize("kind", [LetterKind.CLARIFICATION, LetterKind.EXTENSION, LetterKind.DUTY_ALERT])
def test_what_each_case_has_to_say_for_itself_still_goes(kind: LetterKind) -> None:
    """Another question, another date or another danger is told, though the other case had such a letter."""
    waiting = make_letter(kind, state=LetterState.HELD, message_id="<two@heard.invalid>")
    other = acknowledged()
    other.letters.append(make_letter(kind, state=LetterState.SENT, message_id="<three@heard.invalid>"))
    merged(beside(letters=[waiting]), other)
    assert waiting.state is LetterState.HELD
    assert waiting in other.letters
