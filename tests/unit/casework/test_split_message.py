"""A message of somebody else's becomes their case; what it had begun on the old one is taken back."""

from datetime import date
from typing import Any

import pytest
from builders import ANN, NOW, REFERENCE, TODAY, make_decision, make_message
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, answered, at, kinds, make_point, request, reviewed

from casework.arrangements import arrange
from casework.consent import record_consent
from casework.policy import Policy
from casework.split import split
from models.case import Case, Ruling, Task
from models.codes import (
    ArrangementKind,
    Category,
    Channel,
    ContactWay,
    Flag,
    LetterKind,
    LetterState,
    Ombudsman,
    Outcome,
    Status,
    TaskKind,
)
from models.decision import Decision, Span
from models.errors import InputInvalid
from models.message import Message
from models.people import Arrangement

CAME = date(2026, 3, 2)
BOB = "bob@example.net"
HIS_WORDS = "My rent account is wrong."
HER_WORDS = "The bin was missed at number 4."


def reply(number: int = 5, **changes: Any) -> Message:
    """Return a reply of Bob's that was joined to Ann's case on 2 March."""
    people = {
        "sender": {"name": "Bob Reed", "address": BOB, "found_in": "from"},
        "complainant": {"name": "Bob Reed", "address": BOB, "found_in": "from"},
    }
    usual: dict[str, Any] = {
        "id": number, "uid": str(number), "received_at": at(CAME), "outcome": Outcome.REPLY,
        "subject": "Rent", "message_id": f"<{number}@example.net>", "sender_name": "Bob Reed",
        "sender_address": BOB, "people": people, "reply_text": HIS_WORDS,
    }  # fmt: skip
    return make_message(**(usual | changes))


def hers(number: int, **changes: Any) -> Message:
    """Return a reply of Ann's."""
    return reply(number, **({"people": {}, "sender_name": ANN.name, "sender_address": ANN.address} | changes))


def with_replies(case: Case, *replies: Message) -> Case:
    """Let replies have come in, each with its task."""
    for each in replies:
        case.messages.append(each)
        case.tasks.append(
            Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read", message_id=each.id)
        )
    return case


def parted(
    case: Case, *, said: dict[int, Decision] | None = None, uow: FakeUnitOfWork | None = None, **changes: Any
) -> tuple[FakeUnitOfWork, Case, str]:
    """Split message 5 off as a complaint about rent; `said` is what triage had said of messages."""
    uow = uow or FakeUnitOfWork(case)
    uow.messages.decided |= said or {}
    usual: dict[str, Any] = {
        "message": 5, "status": Status.COMPLAINT, "category": Category.HOUSING_RENT, "reason": "His own.",
    }  # fmt: skip
    reference, done = split(uow, REFERENCE, **(WRITES | usual | changes))
    return uow, uow.cases.get(reference), done


def about_rent(**changes: Any) -> Decision:
    """Return what triage said of Bob's reply."""
    return make_decision(evidence=(Span(0, 25, HIS_WORDS, "body"),), **changes)


def test_whoever_wrote_the_message_has_the_case_and_its_acknowledgement() -> None:
    """As if it had come alone (LGSCO 6.2, 6.9; HO 6.2, 6.8)."""
    case = with_replies(acknowledged(represented_name="Mary Lee", flags=[Flag.VULNERABLE]), reply())
    uow, new, done = parted(case, said={5: about_rent(flags=[Flag.SAFETY_HAZARD])})
    assert (new.complainant_name, new.complainant_address, new.reply_address) == ("Bob Reed", BOB, BOB)
    assert (new.complainant_found_in, new.represented_name, new.flags) == ("from", "", [Flag.SAFETY_HAZARD])
    (letter,) = new.letters
    assert (letter.kind, letter.recipient, letter.in_reply_to) == (
        LetterKind.STAGE_1_ACKNOWLEDGEMENT, BOB, "<5@example.net>",
    )  # fmt: skip
    assert "it is the case of whoever wrote the message" in done
    assert uow.audit.rows[-1].detail["complainant"] == "who wrote it"


def test_no_words_of_the_one_reach_the_other() -> None:
    """His letter has his words, and nothing of hers; she gets none (LGSCO 5.8, 6.2; HO 5.12, 6.2)."""
    case = with_replies(acknowledged(own_words=[HER_WORDS], subject="Missed bin"), reply())
    _, new, _ = parted(case, said={5: about_rent()})
    letter = new.letters[0]
    whole = letter.subject + letter.text + letter.html + letter.references
    assert HIS_WORDS in " ".join(letter.text.split())
    assert not [
        each
        for each in (HER_WORDS, "number 4", ANN.name, ANN.address, REFERENCE, "Missed bin")
        if each in whole
    ]
    assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert HIS_WORDS not in str(case.own_words)


def test_one_s_own_message_shows_what_was_understood_of_it() -> None:
    """The letter to the same person, too (LGSCO 6.2, HO 5.6)."""
    _, new, done = parted(with_replies(acknowledged(), hers(5)), said={5: about_rent()})
    assert (new.complainant_address, new.letters[0].recipient) == (ANN.address, ANN.address)
    assert HIS_WORDS in " ".join(new.letters[0].text.split())
    assert "whoever wrote" not in done


@pytest.mark.parametrize("flag", [Flag.SAFEGUARDING, Flag.ABUSIVE])
def test_where_safety_is_at_stake_nothing_is_repeated(flag: Flag) -> None:
    """Others may read the letter (LGSCO 6.2)."""
    _, new, _ = parted(with_replies(acknowledged(), hers(5)), said={5: about_rent(flags=[flag])})
    assert HIS_WORDS not in " ".join(new.letters[0].text.split())


@pytest.mark.parametrize(
    "people",
    [
        {},
        {"sender_name": "Ann Lee", "sender_address": "ann.at.work@example.com", "people": {}},
        {"sender_name": "", "sender_address": "", "people": {}},
        {"sender_name": "Housing", "sender_address": "housing@harrowmere.example", "people": {}},
    ],
    ids=["her address", "her name", "nobody", "one of ours"],
)
def test_what_is_hers_or_about_her_stays_hers(people: dict[str, Any]) -> None:
    """From whatever address, and what a colleague wrote about it (LGSCO 6.9, HO 6.8)."""
    case = with_replies(acknowledged(), hers(5, **people))
    policy = Policy(own_addresses=frozenset({"housing@harrowmere.example"}))
    _, new, _ = parted(case, said={5: about_rent()}, policy=policy)
    assert (new.complainant_name, new.letters[0].recipient) == (ANN.name, ANN.address)
    is_ours = people.get("sender_name") == "Housing"
    assert (HIS_WORDS in " ".join(new.letters[0].text.split())) is not is_ours


def test_he_is_answered_where_he_asks_to_be() -> None:
    """By Reply-To (RFC 5322, 3.6.2)."""
    message = reply()
    message.people["reply_to"] = {"name": "Bob", "address": "Home@example.net", "found_in": "reply_to"}
    _, new, _ = parted(with_replies(acknowledged(), message))
    assert (new.complainant_address, new.reply_address) == (BOB, "home@example.net")


def test_a_writer_whom_nobody_has_confirmed_is_written_to_by_an_officer() -> None:
    """A colleague passed it on: it only seems to be his (LGSCO 6.2, HO 6.2)."""
    message = reply()
    message.people["complainant"]["found_in"] = "forward"
    _, new, _ = parted(with_replies(acknowledged(), message))
    assert (new.letters, new.reply_address, new.awaits_officer) == ([], "", True)
    (task,) = new.tasks
    assert (task.kind, "--complainant" in task.note) == (TaskKind.ACKNOWLEDGEMENT_OWED, True)


def test_for_whom_he_writes_goes_with_his_message() -> None:
    """What was said in it of somebody else (LGSCO 1.5, 3.6)."""
    message = reply()
    message.people["represented"] = {"name": "Rose Reed", "address": "", "found_in": "text"}
    _, new, _ = parted(with_replies(acknowledged(), message))
    assert new.represented_name == "Rose Reed"


def test_his_ways_are_his_and_hers_stay_hers() -> None:
    """Each letter goes as agreed with whom it is for (LGSCO 1.5, 5.6; HO 5.10)."""
    case = with_replies(acknowledged(represented_name="Mary Lee"), reply())
    uow = FakeUnitOfWork(case)
    agreed: dict[str, Any] = {
        "kind": ArrangementKind.CONTACT,
        "what": "Agreed.",
        "officer": "pat",
        "now": NOW,
    }
    arrange(uow, REFERENCE, way=ContactWay.POST, value="4 Mill Lane", policy=Policy(), **agreed)
    record_consent(
        uow, REFERENCE, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="x", officer="pat", now=NOW
    )
    uow.people.add(
        Arrangement(
            address=BOB, kind=ArrangementKind.VULNERABILITY, what="Agreed.", reason="", officer="pat",
            agreed_on=TODAY, way=ContactWay.LARGE_PRINT,
        )
    )  # fmt: skip
    _, new, _ = parted(case, uow=uow)
    assert (new.letters[0].state, "27px" in new.letters[0].html) == (LetterState.QUEUED, True)
    assert (len(uow.people.all), new.flags) == (3, [Flag.VULNERABLE])


def test_what_was_noted_by_hand_keeps_its_channel() -> None:
    """It came by telephone, from somebody without an address (LGSCO 3.1, HO 3.1)."""
    people = {"complainant": {"name": "Bob Reed", "address": "", "found_in": "officer"}}
    noted = reply(people=people, sender_address="", account="by hand", folder="telephone")
    _, new, _ = parted(with_replies(acknowledged(), noted))
    assert (new.channel, new.complainant_name, new.letters) == (Channel.TELEPHONE, "Bob Reed", [])
    assert [task.kind for task in new.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]


def test_her_points_do_not_become_his() -> None:
    """They say what she told us; his are taken down anew (LGSCO 5.8, 6.6; HO 5.12, 6.6)."""
    point = make_point(outcome=None, finding="", decided_by="", decided_on=None)
    case = with_replies(acknowledged(points=[point]), reply())
    with pytest.raises(InputInvalid, match=r"the points of case .* are not theirs"):
        parted(case, points=(1,))
    assert (len(case.points), len(case.messages)) == (1, 2)


WISH = make_decision(Status.ESCALATION)
THANKS = make_decision(Status.ENQUIRY, is_dissatisfied=False, probability=0.9)


def wished(**changes: Any) -> Case:
    """Return Ann's answered complaint, for which stage 2 seems to have been asked for on 2 March."""
    usual = {"escalation_received_on": CAME, "guard_at": Policy().guard_at(CAME), "awaits_officer": True}
    return answered(answered_on=date(2026, 2, 27), **(usual | changes))


def test_a_wish_for_stage_2_leaves_with_the_message_that_expressed_it() -> None:
    """Hers has no clock from his words (LGSCO 6.12, HO 6.11)."""
    case = with_replies(wished(), reply())
    uow, new, done = parted(case, said={5: WISH})
    assert (case.escalation_received_on, case.guard_at, case.awaits_officer) == (None, None, False)
    assert [task for task in case.tasks if task.closed_at is None] == []
    assert (new.stage, new.received_on) == (1, CAME)
    assert "the wish for stage 2 is taken back" in done
    assert uow.audit.rows[-1].detail["taken_back"] == ["the wish for stage 2 is taken back"]


@pytest.mark.parametrize(
    ("text", "decision"), [("Take it to stage 2.", THANKS), ("I am not happy with it.", WISH)]
)
@pytest.mark.parametrize(("came", "is_same_day"), [(CAME, True), (TODAY, False)])
def test_who_else_asks_for_stage_2_keeps_it_from_their_day(
    text: str, decision: Decision, came: date, *, is_same_day: bool
) -> None:
    """In our own words, or by what triage read (LGSCO 6.12, HO 6.11)."""
    case = with_replies(wished(), reply(), hers(6, received_at=at(came), reply_text=text))
    _, _, done = parted(case, said={5: WISH, 6: decision})
    assert (case.escalation_received_on, case.guard_at) == (came, Policy().guard_at(came))
    assert ("counts as asked for on 2026-03-03" in done) is not is_same_day


@pytest.mark.parametrize(
    ("case", "decision"), [(wished(escalation_received_on=date(2026, 3, 1)), WISH), (wished(), THANKS)]
)
def test_a_wish_that_is_another_s_stays(case: Case, decision: Decision) -> None:
    """It came on another day, or the message asks for nothing (LGSCO 6.12, HO 6.11)."""
    day = case.escalation_received_on
    parted(with_replies(case, reply()), said={5: decision})
    assert case.escalation_received_on == day
    assert case.guard_at is not None


def test_what_still_lacks_its_acknowledgement_stays_guarded() -> None:
    """The wish goes, the first five days run on (LGSCO 6.2, HO 6.2)."""
    case = acknowledged(
        letters=[], acknowledged_on=None, escalation_received_on=CAME, guard_at=Policy().guard_at(CAME)
    )
    parted(with_replies(case, reply()), said={5: WISH})
    assert (case.escalation_received_on, case.guard_at) == (None, Policy().guard_at(TODAY))
    assert case.awaits_officer


def guarded(**changes: Any) -> Case:
    """Return Ann's service request of 2 February, guarded since a reply of 2 March."""
    usual: dict[str, Any] = {
        "received_on": CAME, "acknowledge_by": date(2026, 3, 9), "guard_at": Policy().guard_at(CAME),
        "awaits_officer": True,
        "rulings": [
            Ruling(
                officer="pat", ruled_at=NOW, status=Status.SERVICE_REQUEST, category="other",
                ombudsman=Ombudsman.LGSCO, reason="Yes.",
            )
        ],
    }  # fmt: skip
    return request(**(usual | changes))


def test_a_guard_that_the_message_began_leaves_with_it() -> None:
    """Her request is none of his complaint, and as old as it was (LGSCO 6.2, HO 6.2)."""
    case = with_replies(guarded(), reply())
    _, _, done = parted(case, said={1: THANKS, 5: make_decision()})
    assert (case.received_on, case.acknowledge_by) == (date(2026, 2, 2), date(2026, 2, 9))
    assert (case.guard_at, case.awaits_officer) == (None, False)
    assert "the guard is taken back" in done


def test_another_likely_complaint_is_guarded_from_its_own_day() -> None:
    """Nothing of hers is lost with his message (LGSCO 6.2, HO 6.2)."""
    case = with_replies(guarded(), reply(), hers(6, received_at=at(TODAY)))
    _, _, done = parted(case, said={1: THANKS, 5: make_decision(), 6: make_decision()})
    assert (case.received_on, case.guard_at) == (TODAY, Policy().guard_at(TODAY))
    assert "may be a complaint from 2026-03-03 on" in done


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (guarded(received_on=date(2026, 2, 27)), {5: make_decision()}),
        (guarded(), {5: THANKS}),
        (guarded(messages=[make_message(received_at=at(CAME))]), {5: make_decision()}),
    ],
    ids=["of another day", "of another message", "perhaps of the first"],
)
def test_a_guard_that_something_else_began_stays(case: Case, said: dict[int, Decision]) -> None:
    """In doubt it errs on the complainant's side (LGSCO 6.2, HO 6.2)."""
    before = (case.received_on, case.guard_at)
    parted(with_replies(case, reply()), said=said)
    assert (case.received_on, case.guard_at) == before


@pytest.mark.parametrize(
    ("case", "text", "stage"),
    [
        (reviewed(received_on=CAME), "Take it to stage 2.", 2),
        (acknowledged(received_on=CAME), "Treat it as a complaint.", 1),
    ],
)
def test_a_stage_that_began_with_it_runs_on_and_is_named(case: Case, text: str, stage: int) -> None:
    """She was told of it: an officer decides (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
    _, _, done = parted(with_replies(case, reply(reply_text=text)))
    assert f"stage {stage} of {REFERENCE} began with it and runs on" in done
    assert case.stage == stage


def test_an_acknowledgement_that_was_owed_for_it_is_paid_with_its_own() -> None:
    """The task comes along, and is done (LGSCO 6.2, HO 6.2)."""
    case = with_replies(acknowledged(), reply())
    owed = Task(kind=TaskKind.ACKNOWLEDGEMENT_OWED, opened_at=NOW, due_by=TODAY, note="a cap", message_id=5)
    case.tasks.append(owed)
    _, new, _ = parted(case)
    assert (new.tasks, owed.closed_at) == ([owed], NOW)
