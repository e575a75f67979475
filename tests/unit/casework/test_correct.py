"""A complaint that was acknowledged ends as a correction, of which the person hears, or as a refusal."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    ANN,
    LETTERHEAD,
    NOW,
    REFERENCE,
    make_case,
    make_decision,
    make_letter,
    make_message,
    make_parsed,
)
from fakes import FakeUnitOfWork
from hands import (
    HELD,
    RESPOND_BY,
    WRITES,
    acknowledged,
    answered,
    kinds,
    make_officer,
    office,
    request,
    reviewed,
)

from casework.convert import convert_to_request
from casework.join_case import join_case
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models.case import Case, Refusal
from models.codes import LetterKind, LetterState, Status, TaskKind
from models.errors import InputInvalid
from models.message import Person

NO_COMPLAINT = sorted(set(Status) - {Status.COMPLAINT, Status.ESCALATION})


def ruled(case: Case, *, has_officer: bool = True, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Record a ruling of Pat's: it was an enquiry, and that is a correction, unless told otherwise."""
    uow = FakeUnitOfWork(case)
    if has_officer:
        uow.officers.add(make_officer())
    usual: dict[str, Any] = {
        "status": Status.ENQUIRY, "category": None, "ombudsman": None, "reason": "She only asked when.",
        "is_correction": True,
    }  # fmt: skip
    return uow, record_ruling(uow, case.reference, **(WRITES | usual | changes))


@pytest.mark.parametrize("status", NO_COMPLAINT)
def test_no_ruling_ends_an_acknowledged_complaint_in_silence(status: Status) -> None:
    """Which of two it is has to be said, and a refusal has its reasons (LGSCO 2.4, HO 2.4)."""
    case = acknowledged()
    with pytest.raises(InputInvalid) as told:
        ruled(case, status=status, is_correction=False)
    for way in ("--correction", f"heard case exclude {REFERENCE}", "heard case convert", "without --status"):
        assert way in str(told.value)
    assert (case.status, case.stage, case.rulings, case.respond_by) == (Status.COMPLAINT, 1, [], RESPOND_BY)


@pytest.mark.parametrize("status", [Status.ENQUIRY, Status.COMPLIMENT, Status.OTHER])
def test_a_correction_ends_the_complaint_and_tells_the_person(status: Status) -> None:
    """They were told in writing that it is one; the choice to complain stays (LGSCO 1.7, HO 1.5)."""
    case = acknowledged(extended_to=date(2026, 3, 20))
    _, done = ruled(case, status=status)
    assert (case.status, case.stage, case.respond_by, case.extended_to, case.awaits_officer) == (
        status, 0, None, None, False,
    )  # fmt: skip
    letter = case.letters[-1]
    assert (letter.kind, letter.recipient, letter.state) == (
        LetterKind.CORRECTION, ANN.address, LetterState.QUEUED,
    )  # fmt: skip
    words = " ".join(letter.text.split())
    assert "no longer treat it as a complaint" in words
    assert '"treat it as a complaint"' in words
    assert "Pat Okoro" in words
    assert done == "letter queued: correction"


def test_a_correction_teaches_and_keeps_the_dates_that_ended() -> None:
    """A ruling like any other; one row of the audit says that it was one (LGSCO 5.8, HO 5.12)."""
    case = acknowledged()
    uow, _ = ruled(case)
    assert [(each.status, each.reason) for each in case.rulings] == [(Status.ENQUIRY, "She only asked when.")]
    (row,) = uow.audit.rows
    assert (row.action, row.actor, row.detail["correction"]) == ("ruling_recorded", "pat", True)
    assert row.detail["clocks"]["respond_by"] == RESPOND_BY.isoformat()


def test_whoever_did_mean_to_complain_says_so_in_one_line() -> None:
    """The letter offers the words, and they are acted on (LGSCO 1.7, 5.3; HO 1.5)."""
    case = acknowledged()
    uow, _ = ruled(case)
    text = "Treat it as a complaint."
    join_case(
        uow, case, make_message(id=2, uid="2", received_at=NOW), make_parsed(text=text),
        make_decision(Status.ENQUIRY, is_dissatisfied=False), how="it answers a letter of ours",
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    assert (case.stage, case.status, case.respond_by) == (1, Status.COMPLAINT, RESPOND_BY)
    assert kinds(case)[-1] is LetterKind.STAGE_1_ACKNOWLEDGEMENT


def test_a_correction_that_was_wrong_is_taken_back_by_a_ruling() -> None:
    """The complaint is as old as its first message; the letter that has not gone never goes (LGSCO 6.2)."""
    case = acknowledged()
    uow, _ = ruled(case, policy=HELD)
    record_ruling(
        uow, REFERENCE, status=Status.COMPLAINT, category=None, ombudsman=None, reason="It was one.", **WRITES
    )
    assert (case.stage, case.received_on) == (1, date(2026, 3, 3))
    assert [letter.state for letter in case.letters] == [
        LetterState.SENT, LetterState.WITHDRAWN, LetterState.QUEUED,
    ]  # fmt: skip


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND])
def test_what_nobody_has_been_told_needs_no_question(state: LetterState) -> None:
    """The acknowledgement is still here: it is withdrawn, and that is all."""
    case = acknowledged(letters=[make_letter(state=state)], acknowledged_on=None)
    _, done = ruled(case, is_correction=False)
    assert done.startswith("no formal letter needed, but they have had none at all")
    assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert case.letters[0].state is LetterState.WITHDRAWN


def test_a_letter_in_the_deliverys_hands_counts_as_told() -> None:
    """It cannot be called back any more."""
    letter = make_letter(claimed_until=NOW + timedelta(minutes=5))
    case = acknowledged(letters=[letter], acknowledged_on=None)
    with pytest.raises(InputInvalid, match="--correction"):
        ruled(case, is_correction=False)
    ruled(case)
    assert kinds(case)[-1] is LetterKind.CORRECTION


def test_a_letter_that_did_not_arrive_told_nobody() -> None:
    """Only the officer's word ends what never reached anybody."""
    case = acknowledged(letters=[make_letter(state=LetterState.FAILED)], acknowledged_on=None)
    ruled(case, is_correction=False)
    assert (case.status, kinds(case)) == (Status.ENQUIRY, [LetterKind.STAGE_1_ACKNOWLEDGEMENT])


@pytest.mark.parametrize("case", [answered(), reviewed()])
@pytest.mark.parametrize("is_correction", [False, True])
def test_what_was_answered_as_a_complaint_was_one(case: Case, *, is_correction: bool) -> None:
    """As with a conversion, there is no way back (LGSCO 1.7, HO 1.5)."""
    with pytest.raises(InputInvalid, match="has had its stage 1 answer and stays a complaint"):
        ruled(case, is_correction=is_correction)


def test_what_triage_opened_at_stage_2_by_mistake_is_corrected_too() -> None:
    """No answer ever came before it."""
    case = reviewed(stage_1_officer="")
    ruled(case)
    assert (case.stage, kinds(case)[-1]) == (0, LetterKind.CORRECTION)


def test_whoever_asked_to_complain_is_no_mistake_of_triage() -> None:
    """Not to accept that is a refusal, with its reasons (LGSCO 2.4, HO 2.4)."""
    chosen = make_message(id=7, uid="7", reply_text="Please treat it as a complaint.")
    case = acknowledged(messages=[make_message(), chosen])
    with pytest.raises(InputInvalid, match=r"M-7 asks to treat case .* heard case exclude"):
        ruled(case)
    assert case.stage == 1


def test_a_refused_complaint_is_asked_about_no_more() -> None:
    """It has had its letter with reasons; what they write now may be a question (LGSCO 2.4, HO 2.4)."""
    refusal = Refusal(
        ground="appeal_route", evidence="x", reasons="y", discretion="", officer="pat", decided_at=NOW
    )
    case = acknowledged(stage=0, respond_by=None, refusals=[refusal])
    _, done = ruled(case, is_correction=False)
    assert (case.status, done) == (Status.ENQUIRY, "no letter needed")


@pytest.mark.parametrize("status", [None, Status.COMPLAINT, Status.ESCALATION])
def test_a_correction_names_what_it_is_instead(status: Status | None) -> None:
    """The error names the option."""
    with pytest.raises(InputInvalid, match="--status"):
        ruled(acknowledged(), status=status)


def test_only_an_officer_on_record_signs_the_letter() -> None:
    """A person by name, as with every decision."""
    case = acknowledged()
    with pytest.raises(InputInvalid, match="no officer on record"):
        ruled(case, has_officer=False)
    assert case.rulings == []


def test_without_an_address_somebody_prints_the_letter() -> None:
    """Nobody is left believing that an answer is coming."""
    case = acknowledged(reply_address="", complainant_address="")
    ruled(case)
    assert case.letters[-1].state is LetterState.BY_HAND
    assert [task.kind for task in case.tasks if task.closed_at is None] == [TaskKind.PRINT_LETTER]


def test_a_correction_to_a_request_is_as_safe_as_a_conversion() -> None:
    """Stage and clocks end, the request is open, and one letter says so with the choice (LGSCO 1.7, HO 1.5).

    The request's own letter says nothing of the complaint that has ended, so it does not go beside it.
    """
    corrected, converted = acknowledged(), acknowledged()
    ruled(corrected, status=Status.SERVICE_REQUEST)
    convert_to_request(office(converted), REFERENCE, reason="She only wants it emptied.", **WRITES)
    for case in (corrected, converted):
        assert (case.status, case.stage, case.respond_by, case.request_opened_on, case.awaits_officer) == (
            Status.SERVICE_REQUEST, 0, None, date(2026, 3, 3), False,
        )  # fmt: skip
        assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.CORRECTION]
        words = " ".join(case.letters[-1].text.split())
        for said in (
            "no longer treat it as a complaint",
            "We deal with it as a request, and are passing it to the team that can help.",
            "The date that we gave you for an answer to a complaint no longer holds.",
            '"treat it as a complaint"',
        ):
            assert said in words


def test_a_request_that_was_told_by_a_correction_is_not_acknowledged_again() -> None:
    """Agreeing to what it is now writes no second letter; what was no request before gets its own."""
    case, asked = acknowledged(), acknowledged()
    uow, _ = ruled(case, status=Status.SERVICE_REQUEST)
    again: dict[str, Any] = {"category": None, "ombudsman": None, "reason": "Agreed.", **WRITES}
    assert record_ruling(uow, REFERENCE, status=None, **again) == (
        "the letter has been queued or sent before"
    )
    assert kinds(case)[-1] is LetterKind.CORRECTION
    uow, _ = ruled(asked, status=Status.ENQUIRY)
    record_ruling(uow, REFERENCE, status=Status.SERVICE_REQUEST, **again)
    assert kinds(asked)[-1] is LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT


def test_whose_request_it_is_hears_of_it_where_the_correction_went_to_somebody_else() -> None:
    """What somebody else was told told them nothing."""
    case = acknowledged()
    uow, _ = ruled(case, status=Status.SERVICE_REQUEST)
    case.letters[-1].state = LetterState.SENT
    record_ruling(
        uow, REFERENCE, status=None, category=None, ombudsman=None, reason="He rang.",
        complainant=Person("Bob Lee", "bob@example.org"), **WRITES,
    )  # fmt: skip
    letter = case.letters[-1]
    assert (letter.kind, letter.recipient) == (
        LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, "bob@example.org",
    )  # fmt: skip


def test_who_had_the_request_s_letter_before_is_written_to_all_the_same() -> None:
    """The last that they heard was that it is a complaint (LGSCO 1.7, HO 1.5)."""
    before = request().letters
    case = acknowledged(letters=[*before, make_letter(state=LetterState.SENT)])
    ruled(case, status=Status.SERVICE_REQUEST)
    assert kinds(case)[-1] is LetterKind.CORRECTION


def test_where_it_is_somebody_else_s_case_a_person_tells_who_was_told() -> None:
    """The correction means nothing to whoever was never told, and names the other to nobody."""
    case = acknowledged(own_words=["Nobody came."])
    _, done = ruled(case, complainant=Person("Bob Lee", "bob@example.org"))
    assert kinds(case) == [LetterKind.STAGE_1_ACKNOWLEDGEMENT]
    assert "please tell them" in done
    notes = [task.note for task in case.tasks if task.kind is TaskKind.LETTER_UNDELIVERED]
    assert notes == ["the acknowledgement went to somebody else; tell them that no complaint of theirs runs"]


def test_an_unacknowledged_case_is_ruled_on_as_ever() -> None:
    """No question, no correction."""
    case = make_case()
    ruled(case, is_correction=False, has_officer=False)
    assert (case.status, case.stage, case.letters) == (Status.ENQUIRY, 1, [])
