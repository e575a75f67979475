"""Builders for tests: each makes a whole, ordinary thing and is told only what matters.

The usual day is Tuesday 3 March 2026, in winter time and far from any bank holiday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from letters.acknowledgement import AcknowledgementContext
from letters.letterhead import DEFAULT_OMBUDSMEN, Letterhead
from models.case import Case, Letter
from models.codes import Category, Exclusion, Flag, LetterKind, Ombudsman, Status
from models.decision import Decision, Prediction, Span, Suggestion
from models.message import Complainant, Message, ParsedMessage, Person
from triage.corpus import LabelledMessage, TriageInput

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 3)
ACKNOWLEDGE_BY = date(2026, 3, 10)
GUARD_AT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

REFERENCE = "C-4827-1930-70"
ANN = Person(name="Ann Lee", address="ann@example.org")

LETTERHEAD = Letterhead(
    organisation="Harrowmere Council",
    team="Complaints Team",
    address="Town Hall, 1 Market Place, Harrowmere",
    telephone="01632 960100",
    email="complaints@harrowmere.example",
    website="www.harrowmere.example",
    ombudsmen=DEFAULT_OMBUDSMEN,
)


def make_message(**changes: Any) -> Message:
    """Return a ledger row without an outcome."""
    usual: dict[str, Any] = {
        "account": "complaints", "folder": "INBOX", "uid_validity": 1, "uid": "1",
        "sha256": "0" * 64, "size": 100, "received_at": NOW, "fetched_at": NOW, "id": 1,
        "message_id": "<first@example.org>", "sender_name": ANN.name, "sender_address": ANN.address,
    }  # fmt: skip
    return Message(**(usual | changes))


def make_parsed(**changes: Any) -> ParsedMessage:
    """Return what reading an ordinary message from Ann gave."""
    text = changes.get("text", "The bin was missed again this week.")
    usual = ParsedMessage(
        subject="Missed bin",
        sender=ANN,
        message_id="<first@example.org>",
        text=text,
        reply_text=text,
        complainant=Complainant(person=ANN, found_in="from"),
    )
    return replace(usual, **changes)


def make_decision(
    status: Status = Status.COMPLAINT,
    *,
    is_unsure: bool = False,
    is_dissatisfied: bool = True,
    flags: Iterable[Flag] = (),
    probability: float = 0.95,
    second: Status = Status.ENQUIRY,
    **changes: Any,
) -> Decision:
    """Return a decision for a status, sure of it unless told otherwise; `second` is the next likeliest."""
    if second is status:
        second = Status.OTHER
    passage = Span(0, 35, "The bin was missed again this week.", "body")
    usual = Decision(
        is_dissatisfied=is_dissatisfied,
        dissatisfaction=0.9 if is_dissatisfied else 0.1,
        status=status,
        status_probabilities=dict.fromkeys(Status, 0.0) | {status: probability, second: 1 - probability},
        category=Category.WASTE_AND_RECYCLING,
        category_probabilities=dict.fromkeys(Category, 0.0) | {Category.WASTE_AND_RECYCLING: 1.0},
        ombudsman=Ombudsman.LGSCO,
        exclusions=(),
        flags=tuple(Suggestion(flag, "rule", 0.9, passage, "because") for flag in flags),
        evidence=(passage,),
        officer_decides=is_unsure,
        reasons=("the status is unsure",) if is_unsure else (),
        rules=(),
        artefact="made-by-hand",
    )
    return replace(usual, **changes)


def make_prediction(status: dict[Status, float] | None = None, **changes: Any) -> Prediction:
    """Return a prediction that is sure of a complaint about bins, unless told other chances."""
    usual = Prediction(
        dissatisfaction=0.9,
        status=dict.fromkeys(Status, 0.0) | (status or {Status.COMPLAINT: 1.0}),
        category=dict.fromkeys(Category, 0.0) | {Category.WASTE_AND_RECYCLING: 1.0},
        ombudsman=Ombudsman.LGSCO,
        codes={},
        artefact="made-by-hand",
    )
    return replace(usual, **changes)


def make_case(*, messages: Sequence[Message] | None = None, **changes: Any) -> Case:
    """Return a case of Ann's with one message; a complaint at stage 1 unless told otherwise."""
    usual: dict[str, Any] = {
        "reference": REFERENCE, "opened_at": NOW, "received_on": TODAY, "status": Status.COMPLAINT,
        "category": Category.WASTE_AND_RECYCLING, "ombudsman": Ombudsman.LGSCO, "stage": 1,
        "complainant_name": ANN.name, "complainant_address": ANN.address, "reply_address": ANN.address,
        "subject": "Missed bin", "acknowledge_by": ACKNOWLEDGE_BY,
    }  # fmt: skip
    held = [make_message()] if messages is None else list(messages)
    return Case(**(usual | {"messages": held} | changes))


def make_letter(kind: LetterKind = LetterKind.STAGE_1_ACKNOWLEDGEMENT, **changes: Any) -> Letter:
    """Return a queued letter to Ann that is due now."""
    usual: dict[str, Any] = {
        "message_id": f"<letter.{REFERENCE.lower()}@heard.invalid>", "recipient": ANN.address,
        "subject": f"We have received your complaint: {REFERENCE}", "text": "Dear Ann Lee,\n",
        "html": "<p>Dear Ann Lee,</p>\n", "queued_at": NOW, "due_at": NOW,
    }  # fmt: skip
    return Letter(kind=kind, **(usual | changes))


def make_context(**changes: Any) -> AcknowledgementContext:
    """Return what an acknowledgement to Ann says."""
    usual = AcknowledgementContext(
        reference=REFERENCE,
        name=ANN.name,
        received_on=TODAY,
        read_by=ACKNOWLEDGE_BY,
        ombudsman=Ombudsman.LGSCO,
        own_words=("The bin was missed again this week.",),
        respond_by=date(2026, 3, 17),
        is_dissatisfied=True,
    )
    return replace(usual, **changes)


def make_input(body: str = "The bin was missed again.", **changes: Any) -> TriageInput:
    """Return a message to triage."""
    usual = TriageInput(id="1", subject="Bins", body=body, received_at=NOW, sender="Ann <ann@example.org>")
    return replace(usual, **changes)


def make_labelled(
    body: str = "The bin was missed again.",
    *,
    status: Status = Status.COMPLAINT,
    exclusions: Iterable[Exclusion] = (),
    flags: Iterable[Flag] = (),
    **changes: Any,
) -> LabelledMessage:
    """Return a labelled message; only complaints and escalations are dissatisfied."""
    usual = LabelledMessage(
        message=make_input(body),
        brief="t01",
        is_dissatisfied=status in (Status.COMPLAINT, Status.ESCALATION),
        status=status,
        category=Category.WASTE_AND_RECYCLING,
        ombudsman=Ombudsman.LGSCO,
        exclusions=frozenset(exclusions),
        flags=frozenset(flags),
    )
    return replace(usual, **changes)
