"""A complaint by telephone, counter, post or councillor is kept as a message and becomes a case like mail."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default

import pytest
from builders import LETTERHEAD, NOW, make_decision, make_prediction
from fakes import FakeUnitOfWork
from hands import HELD

from casework.by_hand import MOST_CHARACTERS, Note, as_mail, checked, open_by_hand
from casework.policy import Policy
from models.case import Case
from models.codes import (
    AcknowledgementMode,
    ArrangementKind,
    Channel,
    ContactWay,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
from models.decision import Decision
from models.errors import InputInvalid

CALLED_AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
NOTE = Note(
    channel=Channel.TELEPHONE, text="The bin was missed again this week. Nobody rang back – twice.",
    received_at=CALLED_AT, officer="pat", name="Ann Lee", email="Ann@Example.org", subject="Missed bin",
)  # fmt: skip
NO_EMAIL = replace(NOTE, email="")
OURS = Policy(own_addresses=frozenset({"complaints@harrowmere.example"}))


def taken(
    note: Note = NOTE, *, decision: Decision | None = None, policy: Policy = OURS
) -> tuple[FakeUnitOfWork, Case, str]:
    """Take a note down."""
    uow = FakeUnitOfWork()
    reference, done = open_by_hand(
        uow, note, prediction=make_prediction(), decision=decision or make_decision(),
        policy=policy, letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    return uow, uow.cases.get(reference), done


@pytest.mark.parametrize("channel", [each for each in Channel if each is not Channel.EMAIL])
def test_a_complaint_is_taken_in_whatever_way_it_comes(channel: Channel) -> None:
    """It is a case with its clocks from the day on which it was said (LGSCO 3.1, 6.2; HO 3.1, 6.2)."""
    _, case, done = taken(replace(NOTE, channel=channel))
    assert (case.channel, case.received_on, case.acknowledge_by) == (
        channel, date(2026, 3, 2), date(2026, 3, 9)
    )  # fmt: skip
    assert (case.complainant_name, case.complainant_address) == ("Ann Lee", "ann@example.org")
    assert (case.complainant_found_in, case.subject, case.stage) == ("officer", "Missed bin", 1)
    assert [letter.kind for letter in case.letters] == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert case.letters[0].recipient == "ann@example.org"
    assert done == "stage_1_acknowledgement queued"


def test_the_note_is_kept_in_the_ledger_byte_for_byte() -> None:
    """As mail that names who took it down, how it came and from whom (LGSCO 5.8, HO 5.12)."""
    uow, case, _ = taken(replace(NOTE, address="4 Mill Lane,\nHarrowmere", telephone="01632 960123"))
    (message,) = case.messages
    raw = uow.messages.raw(message)
    assert raw == as_mail(checked(replace(NOTE, address="4 Mill Lane,\nHarrowmere", telephone="01632 960123"),
                                  policy=OURS, now=NOW), LETTERHEAD)  # fmt: skip
    assert (message.account, message.folder, message.outcome) == ("by hand", "telephone", Outcome.CASE)
    assert (message.size, message.received_at, message.fetched_at) == (len(raw), CALLED_AT, NOW)
    assert (message.sender_address, message.text) == ("ann@example.org", NOTE.text)
    mail = message_from_bytes(raw, policy=default)
    assert str(mail["From"]) == "pat <complaints@harrowmere.example>"
    assert mail["Date"].datetime == CALLED_AT
    assert mail["X-Heard-Complainant"] == "Ann Lee"
    assert mail["X-Heard-Address"] == "4 Mill Lane, Harrowmere"
    assert mail.get_content().strip() == NOTE.text


def test_triage_is_on_record_as_for_mail() -> None:
    """Prediction and decision, each of its own (LGSCO 5.8, HO 5.12)."""
    uow, _, _ = taken()
    assert len(uow.messages.predictions) == len(uow.messages.decisions) == 1
    assert [(row.actor, row.action) for row in uow.audit.rows] == [
        ("heard", "case_opened"), ("pat", "taken_by_hand")
    ]  # fmt: skip
    assert uow.audit.rows[-1].detail == {"channel": "telephone", "letter": "stage_1_acknowledgement queued"}


@pytest.mark.parametrize(
    ("note", "way", "task"),
    [
        (replace(NO_EMAIL, address="4 Mill Lane", telephone="01632 960123"), ContactWay.POST,
         TaskKind.PRINT_LETTER),
        (replace(NO_EMAIL, telephone="01632 960123"), ContactWay.TELEPHONE_ONLY, TaskKind.TELL_BY_TELEPHONE),
    ],
    ids=["post before telephone", "telephone"],
)  # fmt: skip
def test_who_has_no_email_address_is_written_to_by_post_or_rung(
    note: Note, way: ContactWay, task: TaskKind
) -> None:
    """The acknowledgement is a person's work, with its task (LGSCO 3.1, 6.2; HO 3.1, 6.2)."""
    uow, case, done = taken(note)
    (letter,) = case.letters
    assert (letter.state, done) == (LetterState.BY_HAND, "stage_1_acknowledgement for a person's hand")
    assert [each.kind for each in case.tasks] == [task]
    assert [each.way for each in uow.people.all if each.way] == [way]
    assert {each.kind for each in uow.people.all} == {ArrangementKind.CONTACT}
    assert case.respond_by is not None


def test_who_left_no_way_to_be_reached_is_owed_the_acknowledgement() -> None:
    """Never silently nothing (LGSCO 6.2, HO 6.2)."""
    _, case, done = taken(NO_EMAIL)
    assert case.letters == []
    assert [task.kind for task in case.tasks] == [TaskKind.ACKNOWLEDGEMENT_OWED]
    assert done == "acknowledgement owed: there is no address to answer to"


def test_with_an_email_address_the_other_ways_are_only_noted() -> None:
    """Letters go by email."""
    uow, case, _ = taken(replace(NOTE, address="4 Mill Lane", telephone="01632 960123"))
    assert case.letters[0].state is LetterState.QUEUED
    assert [(each.way, each.value, each.address) for each in uow.people.all] == [
        (None, "4 Mill Lane", "ann@example.org"), (None, "01632 960123", "ann@example.org")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "decision", "done"),
    [
        (HELD, make_decision(), "stage_1_acknowledgement held"),
        (OURS, make_decision(is_unsure=True), "receipt queued"),
        (Policy(mode=AcknowledgementMode.OFFICER), make_decision(),
         "acknowledgement owed: the settings leave it to an officer"),
        (OURS, make_decision(Status.OTHER, is_dissatisfied=False), "see its tasks"),
    ],
)  # fmt: skip
def test_the_settings_and_triage_decide_as_for_mail(policy: Policy, decision: Decision, done: str) -> None:
    """One policy, whatever the channel."""
    _, case, said = taken(decision=decision, policy=policy)
    assert said == done
    assert case.letters or case.tasks


def test_the_same_note_typed_twice_opens_one_case() -> None:
    """The second is refused and says where the first is."""
    uow, _, _ = taken()
    with pytest.raises(InputInvalid, match="the very same note is on record"):
        open_by_hand(
            uow, NOTE, prediction=make_prediction(), decision=make_decision(), policy=OURS,
            letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
    assert len(uow.cases.all) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"text": " \n"}, "--text"),
        ({"text": "x" * (MOST_CHARACTERS + 1)}, "longer than"),
        ({"officer": " "}, "--officer"),
        ({"channel": Channel.EMAIL}, "--channel"),
        ({"received_at": NOW + timedelta(minutes=1)}, "--received"),
        ({"received_at": NOW.replace(year=2016)}, "--received 2016-03-03 cannot be right"),
        ({"received_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "--received 0001-01-01"),
        ({"email": "ann"}, "--email"),
        ({"email": "complaints@harrowmere.example"}, "one of ours"),
        ({"telephone": "none"}, "telephone number"),
    ],
)
def test_a_note_that_cannot_become_a_case_says_why(changes: dict[str, object], word: str) -> None:
    """Nothing is kept of it."""
    uow = FakeUnitOfWork()
    with pytest.raises(InputInvalid, match=word):
        open_by_hand(
            uow, replace(NOTE, **changes), prediction=make_prediction(), decision=make_decision(),
            policy=OURS, letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
    assert (uow.cases.all, uow.messages.rows) == ([], [])


def test_whatever_is_typed_breaks_out_of_no_header_and_no_record() -> None:
    """Line breaks, NULs and lone surrogates are gone; the words are there."""
    note = replace(
        NOTE,
        name="Ann\r\nBcc: all@example.org",
        subject="Bin\nX: y",
        officer="pat\r\n",
        text="No\0 \ud800bin.",
    )
    uow, case, _ = taken(note)
    mail = message_from_bytes(uow.messages.raw(case.messages[0]), policy=default)
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert case.complainant_name == "Ann Bcc: all@example.org"
    assert case.messages[0].text == "No ?bin."
