"""Why triage thinks what it thinks, passage by passage and in plain words."""

from dataclasses import replace
from typing import Any

import pytest
from builders import make_decision

from models.codes import Exclusion, Flag
from models.decision import FurtherMatter, Span, Suggestion
from review.show.names import Names
from review.show.why import SAYINGS, Why, cues_in, in_plain_words, why_of
from triage.cues import PATTERNS, PHRASES

BODY = "My mother is 84.\nI reported it on 3 May and 9 May\nand nobody has replied. Please cancel the fine."
NAMES = Names(categories={"housing_rent": "Housing rent"}, exclusions={"appeal_route": "Appeal route"})


def span(words: str) -> Span:
    """Return a passage of the text, its white space as triage reads it."""
    start = max(0, BODY.find(words))
    return Span(start, start + len(words), words, "body")


def why(texts: dict[str, str] | None = None, **changes: Any) -> Why:
    """Return why, for a decision with its passages."""
    document = replace(make_decision(), **changes).as_json()
    shown = texts or {"subject": "Fine", "body": BODY, "file 7": "The letter of the bailiff."}
    names = {"subject": "in the subject", "file 7": "in letter.txt"}
    return why_of(document, shown, names=names, name_of=NAMES.any_code, anchor="why-3")


@pytest.mark.parametrize(
    ("words", "explanation"),
    [
        ("I reported it on 3 May and 9 May and nobody has replied.",
         "says that two earlier reports went unanswered"),
        ("I reported it on 3 May, 9 May and 11 June. No reply!",
         "says that three earlier reports went unanswered"),
        ("I reported it on 3 May; it is 9 June, and nobody has replied.",
         "says that earlier reports went unanswered"),
        ("You promised an engineer and it is still not mended.",
         "says that something was promised and has not happened"),
        ("He was rude to her.", "describes how somebody behaved"),
        ("It’s the third time.", "says that they have been in touch about it before"),
        ("the lid is blue", "by its wording as a whole"),
    ],
)  # fmt: skip
def test_a_passage_is_explained_in_plain_words(words: str, explanation: str) -> None:
    """By the cues that it shows; a count is named only where one breath names the days."""
    assert in_plain_words(words) == explanation


def test_irony_is_seen_in_a_grievance_alone() -> None:
    """The very words of thanks are thanks where nobody is dissatisfied."""
    assert in_plain_words("Thank you so much for coming") == "may be meant in irony"
    assert in_plain_words("Thank you so much for coming", is_grievance=False) == "thanks or praises somebody"


def test_every_saying_rests_on_cues_that_there_are() -> None:
    """A cue that triage renames would otherwise fall silent."""
    ours = {"again", "worse", "waits", "undone"}
    assert frozenset().union(*(needed for needed, _ in SAYINGS)) <= {*PHRASES, *PATTERNS} | ours


def test_a_passage_of_a_hostile_length_takes_no_time_to_speak_of() -> None:
    """Only its beginning is read."""
    assert "no_answer" in cues_in("nobody has replied " + "a " * 1_000_000)


def test_passages_are_numbered_as_they_stand_and_say_all_that_they_speak_for() -> None:
    """The subject first, then the words, then what is attached; one number for one passage."""
    age = span("My mother is 84.")
    found = why(
        evidence=(span("I reported it on 3 May and 9 May and nobody has replied."), age),
        flags=(Suggestion(Flag.VULNERABLE, "age", 0.9, age, "names an age"),),
        exclusions=(
            Suggestion(Exclusion.APPEAL_ROUTE, "fine", 0.7, Span(0, 4, "Fine", "subject"), "has an appeal"),
        ),
        also=(FurtherMatter("housing_rent", 0.6, Span(0, 10, "The letter of the bailiff", "read")),),
    )  # fmt: skip
    assert [
        (each.number, each.where, [reason.speaks_for for reason in each.reasons]) for each in found.passages
    ] == [
        (1, "in the subject", ["Appeal route"]),
        (2, "", ["Dissatisfaction", "Vulnerable"]),
        (3, "", ["Dissatisfaction"]),
        (4, "in letter.txt", ["A second matter: Housing rent"]),
    ]  # fmt: skip
    marks = found.marks_in("body")
    assert [BODY[mark.start : mark.end] for mark in marks] == [
        "My mother is 84.", "I reported it on 3 May and 9 May\nand nobody has replied.",
    ]  # fmt: skip
    assert [each.anchor for each in found.passages] == ["why-3-1", "why-3-2", "why-3-3", "why-3-4"]


def test_a_passage_that_does_not_stand_in_what_is_shown_is_quoted_alone() -> None:
    """A form's message, or a text that is cut, may not hold it."""
    found = why(evidence=(Span(5, 20, "words from elsewhere", "read"),))
    (passage,) = found.passages
    assert not passage.is_found
    assert passage.quote == "words from elsewhere"
    assert found.marks == {}


def test_a_decision_without_passages_has_no_explanations() -> None:
    """Nothing is made up."""
    assert why(evidence=()).passages == ()


def test_no_dissatisfaction_is_explained_as_such() -> None:
    """The passages then speak against it."""
    found = why(is_dissatisfied=False, evidence=(span("Please cancel the fine."),))
    assert found.passages[0].reasons[0].speaks_for == "No dissatisfaction"
