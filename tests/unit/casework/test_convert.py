"""A service request becomes a complaint and back, and the request is closed by an officer alone."""

from datetime import date
from typing import Any

import pytest
from builders import GUARD_AT, NOW, TODAY, make_case, make_letter, make_message
from fakes import FakeUnitOfWork
from hands import DECIDES, WRITES, acknowledged, answered, at, kinds, office, request, reviewed

from casework.convert import close_request, convert_to_complaint, convert_to_request
from models.case import Case, Task
from models.codes import LetterKind, LetterState, Status, TaskKind
from models.errors import InputInvalid

WHY = "She rang: nobody came, and she has had enough."


def to_complaint(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Take a case as a complaint."""
    uow = FakeUnitOfWork(case)
    return uow, convert_to_complaint(uow, case.reference, **(WRITES | {"reason": WHY} | changes))


def to_request(case: Case, **changes: Any) -> tuple[FakeUnitOfWork, str]:
    """Take a case as a service request."""
    uow = office(case)
    return uow, convert_to_request(uow, case.reference, **(WRITES | {"reason": WHY} | changes))


def test_a_request_that_becomes_a_complaint_stays_open_beside_it() -> None:
    """The request goes on, from the day it came (LGSCO 1.7, HO 1.5)."""
    case = request()
    _, done = to_complaint(case)
    assert (case.request_opened_on, case.request_closed_on) == (date(2026, 2, 2), None)
    assert (case.status, case.stage, case.awaits_officer) == (Status.COMPLAINT, 1, True)
    assert "the service request stays open" in done


def test_the_clock_runs_from_the_day_the_dissatisfaction_reached_us() -> None:
    """That of the newest message, unless the officer knows better (LGSCO 1.7, 6.2; HO 1.5, 6.2)."""
    asked, unhappy = date(2026, 2, 2), date(2026, 2, 27)
    case = request(
        messages=[make_message(received_at=at(asked)), make_message(id=2, received_at=at(unhappy))]
    )
    to_complaint(case)
    assert (case.received_on, case.acknowledge_by) == (unhappy, date(2026, 3, 6))
    by_telephone = request()
    to_complaint(by_telephone, received=date(2026, 3, 2))
    assert (by_telephone.received_on, by_telephone.acknowledge_by) == (date(2026, 3, 2), date(2026, 3, 9))


def test_a_day_to_come_starts_no_clock() -> None:
    """Nobody can have been dissatisfied tomorrow."""
    with pytest.raises(InputInvalid, match=r"--received 2026-03-04 .* from 2026-02-02 to 2026-03-03"):
        to_complaint(request(), received=date(2026, 3, 4))


def test_the_formal_acknowledgement_is_queued_and_promises_its_date() -> None:
    """Ten working days from now (LGSCO 6.2, 6.3; HO 6.2, 6.3)."""
    case = request(guard_at=GUARD_AT)
    _, done = to_complaint(case)
    assert "letter queued: stage_1_acknowledgement" in done
    assert (case.respond_by, case.guard_at) == (date(2026, 3, 17), None)


def test_either_can_become_the_other_with_reason_by_whom_and_when() -> None:
    """One audit row each way (LGSCO 1.7, HO 1.5)."""
    uow, _ = to_complaint(request())
    (row,) = uow.audit.rows
    assert (row.at, row.actor, row.action) == (NOW, "pat", "converted_to_complaint")
    assert (row.detail["before"], row.detail["reason"]) == ("service_request", WHY)
    uow, _ = to_request(acknowledged())
    (row,) = uow.audit.rows
    assert (row.at, row.actor, row.action) == (NOW, "pat", "converted_to_request")
    assert row.detail["clocks"] == {
        "stage": 1, "received_on": "2026-03-03", "acknowledged_on": "2026-03-03", "respond_by": "2026-03-17",
        "extended_to": None, "answered_on": None,
    }  # fmt: skip


@pytest.mark.parametrize("convert", [to_complaint, to_request])
def test_no_conversion_without_a_reason(convert: Any) -> None:
    """Neither way (LGSCO 1.7, HO 1.5)."""
    case = request() if convert is to_complaint else acknowledged()
    with pytest.raises(InputInvalid, match="a conversion needs a reason"):
        convert(case, reason=" ")


def test_a_complaint_is_not_made_a_complaint_again() -> None:
    """Its clock would begin anew."""
    with pytest.raises(InputInvalid, match="is a complaint at stage 1 already"):
        to_complaint(acknowledged())


def test_what_asked_for_somebody_to_look_is_done() -> None:
    """The reply has been read."""
    task = Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read")
    to_complaint(request(tasks=[task]))
    assert task.closed_at == NOW


def test_a_complaint_that_is_a_request_after_all_loses_stage_and_clocks() -> None:
    """Before its answer, with the reason on record (LGSCO 1.7)."""
    case = acknowledged(guard_at=GUARD_AT, extended_to=date(2026, 3, 20))
    _, done = to_request(case)
    assert (case.status, case.stage, case.respond_by, case.extended_to, case.guard_at) == (
        Status.SERVICE_REQUEST, 0, None, None, None,
    )  # fmt: skip
    assert (case.request_opened_on, case.awaits_officer) == (TODAY, False)
    assert "letter queued: correction" in done


def test_what_nobody_was_told_of_is_acknowledged_as_the_request_that_it_is() -> None:
    """The complaint's acknowledgement is still here: it never goes, and the request's own letter does."""
    case = acknowledged(letters=[make_letter(state=LetterState.HELD)], acknowledged_on=None)
    _, done = to_request(case)
    assert done.endswith("letter queued: service_request_acknowledgement")
    assert case.letters[0].state is LetterState.WITHDRAWN


def test_a_request_that_was_told_so_before_is_not_told_again() -> None:
    """The request's letter goes out once; that it is no complaint any longer is news (LGSCO 1.7, HO 1.5)."""
    letters = [
        make_letter(LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, state=LetterState.SENT),
        make_letter(state=LetterState.SENT),
    ]
    case = acknowledged(letters=letters)
    convert_to_request(office(case), case.reference, reason=WHY, **WRITES)
    assert kinds(case) == [
        LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.CORRECTION,
    ]  # fmt: skip


def test_a_request_that_was_never_told_of_a_complaint_is_told_nothing_new() -> None:
    """The acknowledgement of the complaint is still here, and is withdrawn."""
    letters = [
        make_letter(LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, state=LetterState.SENT),
        make_letter(state=LetterState.HELD),
    ]
    case = acknowledged(letters=letters, acknowledged_on=None)
    to_request(case)
    assert [letter.state for letter in case.letters] == [LetterState.SENT, LetterState.WITHDRAWN]


def test_a_formal_acknowledgement_that_is_still_here_does_not_go_out() -> None:
    """It would promise an answer that nobody owes any longer."""
    case = acknowledged(letters=[make_letter(state=LetterState.HELD)])
    uow, _ = to_request(case)
    assert case.letters[0].state is LetterState.WITHDRAWN
    assert uow.audit.rows[-1].detail["withdrawn"] == ["stage_1_acknowledgement"]


@pytest.mark.parametrize("case", [answered(), reviewed()])
def test_after_the_stage_1_answer_there_is_no_way_back(case: Case) -> None:
    """What was answered as a complaint was one."""
    with pytest.raises(InputInvalid, match="has had its stage 1 answer"):
        to_request(case)


def test_what_is_no_complaint_cannot_stop_being_one() -> None:
    """The refusal says what it is."""
    with pytest.raises(InputInvalid, match="it is a service request"):
        to_request(request())


def test_back_and_forth_starts_a_new_clock_and_tells_the_person() -> None:
    """The earlier promise ended with the conversion; the new one is made in a new letter."""
    case = acknowledged()
    to_request(case)
    _, done = to_complaint(case, received=TODAY)
    assert "letter queued: stage_1_acknowledgement" in done
    assert case.respond_by == date(2026, 3, 17)
    assert kinds(case).count(LetterKind.STAGE_1_ACKNOWLEDGEMENT) == 2


def test_a_request_is_closed_by_an_officer_and_the_complaint_goes_on() -> None:
    """Each has its own end (LGSCO 1.7, 1.8; HO 1.4, 1.5)."""
    case = acknowledged(request_opened_on=date(2026, 2, 2))
    uow = FakeUnitOfWork(case)
    done = close_request(uow, case.reference, reason="The bin was emptied.", **DECIDES)
    assert done.endswith("the complaint goes on")
    assert (case.request_closed_on, case.closed_on, case.stage) == (TODAY, None, 1)
    (row,) = uow.audit.rows
    assert (row.action, row.detail["reason"]) == ("request_closed", "The bin was emptied.")


def test_a_plain_request_is_closed_from_the_day_it_came() -> None:
    """Service requests are on record with their dates, too (LGSCO 1.8, HO 1.4)."""
    case = request()
    close_request(FakeUnitOfWork(case), case.reference, reason="Done.", **DECIDES)
    assert (case.request_opened_on, case.request_closed_on) == (date(2026, 2, 2), TODAY)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (make_case(), "holds no service request"),
        (request(request_opened_on=TODAY, request_closed_on=TODAY), "was closed on 2026-03-03"),
    ],
)
def test_no_request_is_closed_that_is_not_open(case: Case, why: str) -> None:
    """The refusal says how it stands."""
    with pytest.raises(InputInvalid, match=why):
        close_request(FakeUnitOfWork(case), case.reference, reason="Done.", **DECIDES)


def test_a_day_before_the_first_message_is_no_day_of_receipt() -> None:
    """A slip of the keyboard moves no clock."""
    case = make_case(status=Status.SERVICE_REQUEST, stage=0)
    with pytest.raises(InputInvalid, match=r"--received 1026-03-02 .* from 2026-03-03"):
        convert_to_complaint(
            FakeUnitOfWork(case), case.reference, reason="She rang.", received=date(1026, 3, 2), **WRITES
        )
