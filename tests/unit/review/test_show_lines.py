"""What the queue shows, in words."""

from datetime import date
from typing import Any

import pytest
from builders import ACKNOWLEDGE_BY, TODAY, make_decision

from models.codes import Channel, Exclusion, Flag, Ombudsman
from models.deadlines import WorkingDays
from models.decision import Span, Suggestion
from models.queue_rows import QueueRow
from review.show.lines import (
    confidence_in_words,
    due_in_words,
    queue_line,
    standing,
    suggestion_in_words,
    tags_of,
)

DECISION = make_decision(
    flags=[Flag.SAFETY_HAZARD],
    exclusions=(Suggestion(Exclusion.APPEAL_ROUTE, "row", 0.8, Span(0, 1, "a"), "because"),),
).as_json()


def row(**changes: Any) -> QueueRow:
    """Return a waiting case as the record has it."""
    usual: dict[str, Any] = {
        "reference": "C-4827-1930-70", "received_on": TODAY, "due_by": ACKNOWLEDGE_BY, "name": "Ann Lee",
        "address": "ann@example.org", "subject": "Missed bin", "text": "Again", "priority": 0,
        "status": "complaint", "category": "waste_and_recycling", "stage": 1, "decision": DECISION,
    }  # fmt: skip
    return QueueRow(**(usual | changes))


@pytest.mark.parametrize(
    ("due_by", "words"),
    [
        (date(2026, 3, 2), "Mon 2 Mar, OVERDUE"),
        (date(2026, 3, 3), "Tue 3 Mar, today"),
        (date(2026, 3, 4), "Wed 4 Mar, in 1 working day"),
        (date(2026, 3, 10), "Tue 10 Mar, in 5 working days"),
    ],
)
def test_a_due_date_is_said_in_working_days(due_by: date, words: str) -> None:
    """An officer sees how many days at work are left (LGSCO 6.2, HO 6.2)."""
    assert due_in_words(due_by, today=TODAY, working_days=WorkingDays()) == words


def test_a_due_date_over_easter_counts_working_days_only() -> None:
    """Four closed days are no time to answer in."""
    said = due_in_words(date(2026, 4, 7), today=date(2026, 4, 2), working_days=WorkingDays())
    assert said == "Tue 7 Apr, in 1 working day"


def test_a_line_shows_what_an_officer_needs() -> None:
    """Reference, date, person, gist, suggestion, confidence, tags and evidence are in words."""
    line = queue_line(row(tasks=("read reply",)), today=TODAY, working_days=WorkingDays())
    assert (line.reference, line.received, line.who, line.gist) == (
        "C-4827-1930-70", "Tue 3 Mar", "Ann Lee", "Missed bin",
    )  # fmt: skip
    assert (line.suggestion, line.confidence) == ("complaint, waste and recycling", "sure, 95%")
    assert line.tags == ("safety hazard", "appeal route?")
    assert line.evidence == ("The bin was missed again this week.",)
    assert (line.is_overdue, line.tasks) == (False, ("read reply",))
    assert queue_line(row(), today=date(2026, 3, 11), working_days=WorkingDays()).is_overdue


@pytest.mark.parametrize(
    ("name", "address", "who"),
    [("Ann", "a@x.org", "Ann"), ("", "a@x.org", "a@x.org"), ("", "", "unknown sender")],
)
def test_somebody_is_always_named(name: str, address: str, who: str) -> None:
    """Without a name the address is shown, and without either that they are unknown."""
    assert queue_line(row(name=name, address=address), today=TODAY, working_days=WorkingDays()).who == who


@pytest.mark.parametrize(
    ("subject", "text", "gist"),
    [
        ("  Missed\n bin ", "Again", "Missed bin"),
        ("", "No bin\ncame", "No bin came"),
        ("", "", ""),
        ("", "word " * 50, "word " * 18 + "…"),
    ],
)
def test_the_gist_is_one_short_line(subject: str, text: str, gist: str) -> None:
    """The subject, or the first words where there is none, cut at a word."""
    assert queue_line(row(subject=subject, text=text), today=TODAY, working_days=WorkingDays()).gist == gist


@pytest.mark.parametrize(
    ("probability", "is_unsure", "words"),
    [
        (0.95, False, "sure, 95%"), (0.90, False, "sure, 90%"), (0.80, False, "fairly sure, 80%"),
        (0.60, False, "unsure, 60%"), (0.30, False, "a guess, 30%"), (0.95, True, "you decide, 95%"),
        (0.30, True, "a guess, 30%"),
    ],
)  # fmt: skip
def test_confidence_is_a_word_and_a_figure(probability: float, words: str, *, is_unsure: bool) -> None:
    """An honest "you decide" stands wherever triage was not sure."""
    said = make_decision(probability=probability, is_unsure=is_unsure).as_json()
    assert confidence_in_words(said) == words


def test_a_quarantined_message_has_no_suggestion() -> None:
    """What was never triaged shows no confidence, no tags and no made-up category."""
    assert confidence_in_words({}) == ""
    assert tags_of({}) == ()
    assert suggestion_in_words({}, status="quarantined", category="") == "quarantined"
    line = queue_line(row(decision=None), today=TODAY, working_days=WorkingDays())
    assert (line.confidence, line.tags, line.evidence) == ("", (), ())


def case(**changes: Any) -> dict[str, Any]:
    """Return a case as the record has it: a complaint that was acknowledged and is not answered yet."""
    usual: dict[str, Any] = {
        "assigned_to": "pat", "stage": 1, "ombudsman": Ombudsman.LGSCO, "received_on": TODAY,
        "acknowledged_on": TODAY, "acknowledge_by": ACKNOWLEDGE_BY, "respond_by": date(2026, 3, 17),
        "extended_to": None, "answered_on": None, "request_opened_on": None, "request_closed_on": None,
        "stage_1_officer": "", "escalation_received_on": None, "channel": Channel.EMAIL, "split_from": "",
        "merged_into": "", "closed_on": None, "closed_why": "", "version": 3,
    }  # fmt: skip
    return usual | changes


def test_a_case_says_who_has_it_how_far_it_has_come_and_what_is_due() -> None:
    """The version is what an officer gives back with --seen."""
    assert standing(case()) == (
        "assigned to pat, stage 1, lgsco",
        "received 2026-03-03, acknowledged 2026-03-03, answer due 2026-03-17",
        "version 3",
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"assigned_to": "", "stage": 0}, "assigned to nobody, no stage, lgsco"),
        ({"extended_to": date(2026, 3, 24)}, "answer due 2026-03-24 (extended from 2026-03-17)"),
        ({"answered_on": date(2026, 3, 9)}, "answered 2026-03-09 (answer due 2026-03-17)"),
        ({"acknowledged_on": None, "respond_by": None}, "acknowledgement due 2026-03-10, answer due -"),
        ({"acknowledged_on": None, "stage": 0}, "no formal acknowledgement"),
        ({"request_opened_on": TODAY}, "service request open since 2026-03-03"),
        (
            {"request_opened_on": TODAY, "request_closed_on": date(2026, 3, 9)},
            "service request from 2026-03-03 to 2026-03-09",
        ),
        ({"stage_1_officer": "sam"}, "stage 1 handled by sam"),
        ({"escalation_received_on": TODAY}, "stage 2 asked for on 2026-03-03"),
        ({"channel": Channel.TELEPHONE}, "came by telephone"),
        ({"split_from": "C-0000-0001-95"}, "came out of C-0000-0001-95"),
        ({"merged_into": "C-0000-0001-95"}, "goes on as C-0000-0001-95"),
        ({"closed_on": TODAY, "closed_why": "Done."}, "CLOSED on 2026-03-03: Done."),
    ],
)
def test_what_a_case_is_about_is_said_in_plain_words(changes: dict[str, Any], line: str) -> None:
    """Dates with their extension, the request beside it, stages, where it came from and went (LGSCO 5.8)."""
    assert line in "\n".join(standing(case(**changes)))


def test_a_line_of_the_queue_says_whose_it_is() -> None:
    """Nobody, until it is assigned."""
    days = WorkingDays()
    assert queue_line(row(assigned_to="pat"), today=TODAY, working_days=days).assigned_to == "pat"
    assert queue_line(row(), today=TODAY, working_days=days).assigned_to == ""
