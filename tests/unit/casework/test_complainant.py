"""Whose case it is, on an officer's word: they hear what somebody else was told, and nothing else."""

from datetime import date
from typing import Any

import pytest
from builders import ANN, NOW, REFERENCE, TODAY, make_letter, make_message
from fakes import FakeUnitOfWork
from hands import DECIDES, HELD, RESPOND_BY, WRITES, acknowledged, answered, at, kinds, make_officer, request

from casework.arrangements import arrange
from casework.consent import may_be_told, record_consent
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models.case import Case, Refusal
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
from models.message import Person
from models.people import Arrangement

BOB = Person("Bob Reed", "bob@example.net")
ANN_ELSEWHERE = Person("Ann Lee", "ann.lee@example.com")
MARY = Person("Mary Lee", "mary@example.net")
WORDS = "Nobody came to number 4."


def confirmed(
    case: Case, person: Person = BOB, *agreed: dict[str, Any], **changes: Any
) -> tuple[FakeUnitOfWork, str]:
    """Rule that it is somebody's case, after some things were agreed on it."""
    uow = FakeUnitOfWork(case)
    uow.officers.add(make_officer())
    for each in agreed:
        arrange(uow, REFERENCE, policy=Policy(), **(DECIDES | {"what": "As agreed."} | each))
    usual: dict[str, Any] = {
        "status": None, "category": None, "ombudsman": None, "reason": "He signed it.", "complainant": person,
    }  # fmt: skip
    return uow, record_ruling(uow, REFERENCE, **(WRITES | usual | changes))


def test_whose_case_it_is_gets_an_acknowledgement_in_their_own_right() -> None:
    """One in the wrong hands acknowledges nothing (LGSCO 6.2, HO 6.2)."""
    case = acknowledged()
    _, done = confirmed(case)
    letter = case.letters[-1]
    assert (letter.kind, letter.recipient, letter.state) == (
        LetterKind.STAGE_1_ACKNOWLEDGEMENT, BOB.address, LetterState.QUEUED,
    )  # fmt: skip
    assert len(case.letters) == 2
    assert "letter queued for them" in done
    assert case.acknowledged_on is None


def test_no_clock_begins_again_for_them() -> None:
    """The same day of receipt, and the answer on the day on which it is due already (LGSCO 6.3, HO 6.3)."""
    case = acknowledged(extended_to=date(2026, 3, 20))
    confirmed(case)
    assert (case.received_on, case.respond_by, case.extended_to) == (TODAY, RESPOND_BY, date(2026, 3, 20))
    assert "Friday 20 March 2026" in " ".join(case.letters[-1].text.split())


def test_an_answer_that_is_overdue_is_not_promised_to_them() -> None:
    """An officer tells them, by a task (LGSCO 6.3, HO 6.3)."""
    case = acknowledged(respond_by=date(2026, 3, 2))
    _, done = confirmed(case)
    assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert "overdue" in done
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


def test_nothing_that_the_other_wrote_goes_to_them() -> None:
    """Neither their words nor their name, nor the id of their message (LGSCO 5.8)."""
    case = acknowledged(own_words=[WORDS])
    confirmed(case)
    letter = case.letters[-1]
    whole = letter.subject + letter.text + letter.html + letter.references
    secrets = (WORDS, "number 4", ANN.name, ANN.address, "first@example.org")
    assert not [each for each in secrets if each in whole]
    assert "Dear Bob Reed" in letter.text
    assert letter.in_reply_to is None


def test_whoever_wrote_the_words_reads_them_again() -> None:
    """A colleague passed them on, and triage took the colleague for the complainant (LGSCO 6.2, HO 5.6)."""
    message = make_message(sender_name=BOB.name, sender_address=BOB.address, outcome=Outcome.CASE)
    case = acknowledged(own_words=[WORDS], messages=[message])
    confirmed(case)
    assert WORDS in " ".join(case.letters[-1].text.split())
    assert case.letters[-1].in_reply_to == message.message_id


def test_one_person_at_another_address_is_written_to_there() -> None:
    """With their own words, and all that was agreed with them (LGSCO 5.6, 6.2; HO 5.10, 6.2)."""
    case = acknowledged(own_words=[WORDS])
    by_post = {"kind": ArrangementKind.CONTACT, "way": ContactWay.POST, "value": "4 Mill Lane, Harrowmere"}
    uow, done = confirmed(case, ANN_ELSEWHERE, by_post)
    assert case.letters[-1].state is LetterState.BY_HAND
    assert WORDS in " ".join(case.letters[-1].text.split())
    (kept,) = uow.people.all
    assert (kept.address, kept.is_in_force) == (ANN_ELSEWHERE.address, True)
    assert "arrangement 1 holds for them" in done


@pytest.mark.parametrize("address", [ANN.address, "ANN@example.org"])
def test_confirming_who_was_answered_writes_nothing(address: str) -> None:
    """They have it."""
    case = acknowledged()
    uow, done = confirmed(case, Person("Ann Lee", address))
    assert (len(case.letters), done) == (1, "the letter has been queued or sent before")
    assert case.acknowledged_on == TODAY
    assert uow.audit.rows[-1].detail["complainant"] == "confirmed"


def test_ruling_so_twice_writes_once() -> None:
    """The second time it is known."""
    case = acknowledged()
    uow, _ = confirmed(case)
    record_ruling(
        uow, REFERENCE, status=None, category=None, ombudsman=None, reason="Again.", complainant=BOB, **WRITES
    )
    assert len(case.letters) == 2


def test_what_was_consented_to_is_not_said_twice() -> None:
    """It went to a representative whom the person had agreed to (LGSCO 1.5, 3.6; HO 5.6)."""
    case = acknowledged(represented_name=MARY.name, flags=[Flag.THIRD_PARTY])
    uow = FakeUnitOfWork(case)
    consented(uow, ArrangementKind.CONSENT)
    done = named(uow, MARY)
    assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert "with their consent" in done
    assert (case.acknowledged_on, case.represented_name, case.flags) == (TODAY, "", [])


@pytest.mark.parametrize("kind", [None, ArrangementKind.NO_CONSENT])
def test_without_consent_the_person_hears_of_it_themselves(kind: ArrangementKind | None) -> None:
    """And may be told what was found, whatever holds for who wrote (LGSCO 1.5, 3.6; HO 5.6)."""
    case = acknowledged(represented_name=MARY.name, own_words=[WORDS])
    uow = FakeUnitOfWork(case)
    if kind is not None:
        consented(uow, kind)
    named(uow, MARY)
    assert case.letters[-1].recipient == MARY.address
    assert WORDS not in " ".join(case.letters[-1].text.split())
    assert may_be_told(uow, case) == ""


@pytest.mark.parametrize("by_case", [False, True])
def test_another_representative_is_told_no_more_than_the_first(*, by_case: bool) -> None:
    """The person's refusal stands; consent was to one alone (LGSCO 1.5, 3.6; HO 5.6)."""
    nobody = {"complainant_address": "", "reply_address": "", "letters": []} if by_case else {}
    for kind, is_told in ((ArrangementKind.NO_CONSENT, False), (ArrangementKind.CONSENT, True)):
        case = acknowledged(represented_name=MARY.name, **nobody)
        uow = FakeUnitOfWork(case)
        consented(uow, kind)
        named(uow, BOB)
        assert (may_be_told(uow, case) == "") is is_told
        assert len([each for each in uow.people.of([BOB.address]) if each.kind is kind]) == (not is_told)


def test_large_print_is_for_whoever_it_turns_out_to_be() -> None:
    """And for whoever it was agreed with, in their other cases (LGSCO 5.6, HO 5.10)."""
    case = acknowledged()
    large = {"kind": ArrangementKind.ADJUSTMENT, "way": ContactWay.LARGE_PRINT, "review_on": date(2027, 3, 1)}
    uow, _ = confirmed(case, BOB, large)
    assert "font-size: 27px" in case.letters[-1].html
    assert [each.address for each in uow.people.all] == [ANN.address, BOB.address]
    assert all(each.is_in_force for each in uow.people.all)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (ContactWay.POST, "4 Mill Lane, Harrowmere"),
        (ContactWay.TELEPHONE_ONLY, "01632 960123"),
        (ContactWay.OTHER_ADDRESS, "sister@example.net"),
    ],
)
@pytest.mark.parametrize("by_case", [False, True])
def test_nobody_s_letters_go_where_the_other_lives(way: ContactWay, value: str, *, by_case: bool) -> None:
    """An address may be the other's: the officer is told to agree on it again (LGSCO 5.6, HO 5.10)."""
    case = acknowledged(**({"complainant_address": "", "reply_address": ""} if by_case else {}))
    uow, done = confirmed(case, BOB, {"kind": ArrangementKind.CONTACT, "way": way, "value": value})
    assert (case.letters[-1].recipient, case.letters[-1].state) == (BOB.address, LetterState.QUEUED)
    assert "arrangement 1 was agreed with somebody else" in done
    assert uow.people.all[0].is_in_force is not by_case
    assert uow.audit.rows[-1].detail["arrangements_left"] == [1]


def test_a_restriction_stays_with_whom_it_was_made_for() -> None:
    """It has its reasons, and they are about one person (LGSCO 5.10, HO 5.14)."""
    limit = {"kind": ArrangementKind.RESTRICTION, "reason": "Ten calls a day.", "review_on": date(2027, 3, 1)}
    uow, _ = confirmed(acknowledged(), BOB, limit)
    assert [each.address for each in uow.people.all] == [ANN.address]


def test_what_they_have_agreed_on_themselves_stands_alone() -> None:
    """Two ways that contradict each other would let one win by chance (LGSCO 5.6, HO 5.10)."""
    case = acknowledged()
    uow = FakeUnitOfWork(case)
    uow.people.add(contact(ANN.address, ContactWay.POST, "4 Mill Lane", REFERENCE))
    uow.people.add(
        contact(ANN_ELSEWHERE.address, ContactWay.TELEPHONE_ONLY, "01632 960123", "C-0000-0001-95")
    )
    named(uow, ANN_ELSEWHERE)
    assert [task.kind for task in case.tasks] == [TaskKind.TELL_BY_TELEPHONE]
    assert [each.is_in_force for each in uow.people.all] == [False, True]


def test_what_has_not_gone_to_the_wrong_person_never_goes() -> None:
    """A held answer, too: it is taken back, and is to be given to whose case it is (LGSCO 5.8, 6.3)."""
    answer = make_letter(LetterKind.STAGE_1_RESPONSE, state=LetterState.HELD, message_id="<a@heard.invalid>")
    case = acknowledged()
    case.letters.append(answer)
    uow, _ = confirmed(case, policy=HELD)
    assert answer.state is LetterState.WITHDRAWN
    assert [row.action for row in uow.audit.rows] == ["letter_withdrawn", "ruling_recorded"]
    assert [letter.recipient for letter in case.letters if letter.state is LetterState.HELD] == [BOB.address]


def test_an_alert_to_our_own_people_is_nobody_else_s() -> None:
    """It goes out whoever complains."""
    alert = make_letter(
        LetterKind.DUTY_ALERT, recipient="duty@council.example", message_id="<d@heard.invalid>"
    )
    case = acknowledged()
    case.letters.append(alert)
    confirmed(case)
    assert alert.state is LetterState.QUEUED


@pytest.mark.parametrize("kind", [LetterKind.STAGE_1_RESPONSE, LetterKind.NOT_ACCEPTED])
def test_a_decision_that_somebody_else_was_told_is_told_by_a_person(kind: LetterKind) -> None:
    """The answer counts as it was given; a task says who has not heard it (LGSCO 2.4, 6.8; HO 2.4, 6.9)."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    is_answer = kind is LetterKind.STAGE_1_RESPONSE
    case = answered() if is_answer else acknowledged(stage=0, respond_by=None, refusals=[refusal])
    case.letters.append(make_letter(kind, state=LetterState.SENT, message_id="<told@heard.invalid>"))
    _, done = confirmed(case)
    name = kind.value.replace("_", " ")
    assert f"the {name} went to somebody else: please tell them" in done
    assert [task.note for task in case.tasks] == [
        f"the {name} went to somebody else, and the person has not been told"
    ]
    assert case.answered_on == (TODAY if is_answer else None)
    assert len(case.letters) == 2


def test_a_request_is_acknowledged_to_whoever_made_it() -> None:
    """With the choice to complain (LGSCO 1.7, HO 1.5)."""
    case = request()
    confirmed(case)
    assert [(each.kind, each.recipient) for each in case.letters[1:]] == [
        (LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, BOB.address)
    ]


def test_who_asked_and_never_had_a_letter_is_owed_one() -> None:
    """The receipt went to somebody else (LGSCO 5.3)."""
    case = request(status=Status.ENQUIRY, letters=[make_letter(LetterKind.RECEIPT, state=LetterState.SENT)])
    _, done = confirmed(case)
    assert "no letter from us at all" in done
    assert [task.kind for task in case.tasks if task.closed_at is None] == [TaskKind.ACKNOWLEDGEMENT_OWED]


def test_history_writes_to_nobody() -> None:
    """An archive disturbs nobody."""
    case = acknowledged(is_historic=True)
    confirmed(case)
    assert len(case.letters) == 1


def test_the_audit_says_it_without_a_name() -> None:
    """Who is on record; that it changed, and what went along, is here (LGSCO 5.8, HO 5.12)."""
    large = {"kind": ArrangementKind.ADJUSTMENT, "way": ContactWay.LARGE_PRINT, "review_on": date(2027, 3, 1)}
    uow, done = confirmed(acknowledged(), BOB, large)
    detail = uow.audit.rows[-1].detail
    assert (detail["complainant"], detail["arrangements"], detail["letter"]) == ("somebody else", [1], done)
    assert not any(each in str(detail) for each in (BOB.name, BOB.address, ANN.name, ANN.address))


def test_nobody_is_answered_at_an_address_of_ours() -> None:
    """The error says why, and nothing is recorded."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match="cannot be answered"):
        confirmed(
            case,
            Person("Desk", "desk@example.org"),
            policy=Policy(own_addresses=frozenset({"desk@example.org"})),
        )
    assert (case.complainant_address, case.rulings) == (ANN.address, [])


def consented(uow: FakeUnitOfWork, kind: ArrangementKind) -> None:
    """Record Mary's word on who writes for her."""
    record_consent(uow, REFERENCE, kind=kind, by=MARY.name, evidence="She rang.", **DECIDES)


def named(uow: FakeUnitOfWork, person: Person) -> str:
    """Rule whose case it is."""
    return record_ruling(
        uow, REFERENCE, status=None, category=None, ombudsman=None, reason="He says so.", complainant=person,
        **WRITES,
    )  # fmt: skip


def contact(address: str, way: ContactWay, value: str, reference: str) -> Arrangement:
    """Return a way of contact that was agreed on a case."""
    return Arrangement(
        address=address, kind=ArrangementKind.CONTACT, what="As agreed.", reason="", officer="pat",
        agreed_on=at(TODAY).date(), way=way, value=value, case_reference=reference,
    )  # fmt: skip
