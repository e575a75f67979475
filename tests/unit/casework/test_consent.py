"""Consent and its absence: recorded with whoever writes for somebody, asked for while the clock runs."""

import pytest
from builders import ANN, NOW, REFERENCE, TODAY
from fakes import FakeUnitOfWork
from hands import WRITES, acknowledged, kinds, office

from casework.consent import ask_consent, may_be_told, record_consent
from models.case import Case
from models.codes import ArrangementKind, LetterKind
from models.errors import InputInvalid

GIVEN, REFUSED = ArrangementKind.CONSENT, ArrangementKind.NO_CONSENT


def by_daughter() -> Case:
    """Return a complaint that Ann makes for her mother."""
    return acknowledged(represented_name="Mary Lee")


def record(uow: FakeUnitOfWork, kind: ArrangementKind, **changes: str) -> str:
    """Record Mary's word on it."""
    said = {"by": "Mary Lee", "evidence": "Her signed form.", "officer": "pat"} | changes
    return record_consent(uow, REFERENCE, kind=kind, now=NOW, **said)


def test_consent_is_kept_with_the_representative_and_names_the_person() -> None:
    """Who gave it and how that is known stands beside it (LGSCO 1.5, 3.6)."""
    uow = FakeUnitOfWork(by_daughter())
    record(uow, GIVEN)
    (kept,) = uow.people.all
    assert (kept.address, kept.kind, kept.what) == (ANN.address, GIVEN, "Mary Lee")
    assert (kept.case_reference, kept.agreed_on) == (REFERENCE, TODAY)
    assert kept.reason == "by Mary Lee: Her signed form."
    assert [(row.action, row.detail["kind"]) for row in uow.audit.rows] == [("consent_recorded", "consent")]


def test_without_a_word_on_record_the_representative_may_be_told() -> None:
    """Most who write for somebody may; consent is asked for meanwhile (LGSCO 3.6)."""
    case = by_daughter()
    assert not may_be_told(FakeUnitOfWork(case), case)


def test_a_refusal_stops_answers_until_consent_is_given() -> None:
    """The last word counts, and the earlier one is ended, not lost (LGSCO 1.5, 3.6)."""
    case = by_daughter()
    uow = FakeUnitOfWork(case)
    record(uow, REFUSED)
    assert "Mary Lee does not agree" in may_be_told(uow, case)
    record(uow, GIVEN)
    assert not may_be_told(uow, case)
    assert [(each.kind, each.ended_on) for each in uow.people.all] == [(REFUSED, TODAY), (GIVEN, None)]


def test_a_refusal_is_about_one_case() -> None:
    """What Ann complains about for herself is hers to be told."""
    own = acknowledged(reference="C-1111-2222-83")
    uow = FakeUnitOfWork(by_daughter(), own)
    record(uow, REFUSED)
    assert not may_be_told(uow, own)


def test_consent_of_somebody_who_wrote_no_email_is_kept_too() -> None:
    """The case itself is the key where there is no address."""
    case = acknowledged(complainant_address="", reply_address="", represented_name="Mary Lee")
    uow = FakeUnitOfWork(case)
    record(uow, REFUSED)
    assert may_be_told(uow, case)


@pytest.mark.parametrize(
    ("missing", "option"), [("by", "--by"), ("evidence", "--evidence"), ("officer", "--off")]
)
def test_consent_without_who_and_how_is_no_consent(missing: str, option: str) -> None:
    """Nothing is recorded (LGSCO 1.5)."""
    uow = FakeUnitOfWork(by_daughter())
    with pytest.raises(InputInvalid, match=option):
        record(uow, GIVEN, **{missing: " "})
    assert uow.people.all == []


def test_only_a_word_on_consent_is_recorded_as_one() -> None:
    """Other kinds are arranged."""
    with pytest.raises(ValueError, match="no word on consent"):
        record(FakeUnitOfWork(by_daughter()), ArrangementKind.ADJUSTMENT)


def test_asking_for_consent_stops_no_clock() -> None:
    """The letter goes, and every date stays (LGSCO 1.5, 3.6, 6.2, 6.3; HO 6.2, 6.3)."""
    case = by_daughter()
    before = (case.received_on, case.acknowledge_by, case.respond_by, case.guard_at, case.extended_to)
    done = ask_consent(office(case), REFERENCE, **WRITES)
    assert kinds(case)[-1] is LetterKind.CONSENT_REQUEST
    assert "Mary Lee" in case.letters[-1].text
    assert (case.received_on, case.acknowledge_by, case.respond_by, case.guard_at, case.extended_to) == before
    assert done == "letter queued: consent_request; the clock runs on"


def test_asking_needs_to_know_for_whom() -> None:
    """Where the message does not say, the officer does."""
    case = acknowledged()
    uow = office(case)
    with pytest.raises(InputInvalid, match="--by"):
        ask_consent(uow, REFERENCE, **WRITES)
    ask_consent(uow, REFERENCE, represented="Mary Lee", **WRITES)
    assert case.represented_name == "Mary Lee"
