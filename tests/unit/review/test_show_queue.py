"""What the page of the queue says of a row, of its parts, and of nothing."""

from datetime import date
from typing import Any

import pytest
from builders import TODAY, make_decision

from models.codes import Exclusion, Flag, Ombudsman, TaskKind
from models.deadlines import WorkingDays
from models.decision import Span, Suggestion
from models.queue_rows import QueueRow
from models.queue_selection import Selection, Show
from review.show.names import Names
from review.show.queue import Line, count_in_words, line_of, nothing_in_words, parts_of, title_of

NAMES = Names(
    categories={"waste_and_recycling": "Waste and recycling"}, exclusions={"appeal_route": "Appeal"}
)
APPEAL = Suggestion(Exclusion.APPEAL_ROUTE, "row", 0.8, Span(0, 1, "a"), "because")


def line(**changes: Any) -> Line:
    """Return the line of a case that waits."""
    usual: dict[str, Any] = {
        "reference": "C-4827-1930-70", "received_on": TODAY, "due_by": date(2026, 3, 10), "name": "Ann Lee",
        "address": "ann@example.org", "subject": "Missed bin", "text": "Again", "priority": 0,
        "status": "complaint", "category": "waste_and_recycling", "stage": 1,
        "decision": make_decision(exclusions=(APPEAL,)).as_json(), "ombudsman": "lgsco",
        "assigned_to": "bo", "assigned_name": "Bo Example",
    }  # fmt: skip
    return line_of(QueueRow(**(usual | changes)), NAMES, me="cy", today=TODAY, working_days=WorkingDays())


def item(**changes: Any) -> Line:
    """Return the line of a message that could not be read."""
    usual: dict[str, Any] = {
        "reference": "M-17", "message_id": 17, "status": "quarantine", "category": "", "stage": 0,
        "decision": None, "ombudsman": "", "assigned_to": "", "assigned_name": "",
        "tasks": ("headers: too long",), "kinds": (TaskKind.READ_QUARANTINED,),
    }  # fmt: skip
    return line(**(usual | changes))


def test_a_line_says_what_an_officer_asks_first() -> None:
    """When it is due, what it is about, who wrote, what triage thinks and how sure it is, and who has it."""
    said = line()
    assert (said.due, said.due_on, said.is_overdue) == ("in 5 working days", "Tue 10 Mar", False)
    assert (said.gist, said.who, said.received) == ("Missed bin", "Ann Lee", "Tue 3 Mar")
    assert (said.status, said.sureness) == ("Complaint", "sure, 95%")
    assert (said.about, said.ombudsman) == ("Waste and recycling, stage 1", "LGSCO")
    assert said.assigned_to == "Bo Example"
    assert line(assigned_to="cy").assigned_to == "you"
    assert line(assigned_to="", assigned_name="").assigned_to == ""


def test_a_line_has_the_words_by_which_triage_went_and_what_falls_due() -> None:
    """A subject alone says little; where it is missing the first words stand in its place, once."""
    passage = Span(0, 9, "It has not come since May.")
    said = line(decision=make_decision(evidence=(passage,)).as_json(), clock="acknowledgement")
    assert (said.words, said.what_is_due) == ("It has not come since May.", "acknowledgement")
    assert (line(decision=None).words, line().what_is_due) == ("Again", "to do")
    assert (line(subject=" ").gist, line(subject=" ").words) == ("Again", "")


def test_what_is_overdue_says_so_in_words() -> None:
    """Colour alone would tell nobody who cannot see it (WCAG 1.4.1)."""
    said = line(due_by=date(2026, 2, 27))
    assert (said.due, said.is_overdue) == ("2 working days overdue", True)
    assert line(due_by=TODAY).due == "today"


def test_dangers_come_first_then_what_is_to_do_then_what_may_apply() -> None:
    """In the order in which they change what an officer does."""
    said = line(
        flags=(Flag.VULNERABLE.value, Flag.SAFETY_HAZARD.value),
        kinds=(TaskKind.READ_REPLY, TaskKind.READ_REPLY, TaskKind.KNOWN_ISSUE),
    )
    assert [(tag.text, tag.colour) for tag in said.tags] == [
        ("Safety hazard", "red"), ("Read the reply", "blue"), ("It matches a known issue", "grey"),
        ("Vulnerable", "purple"), ("Appeal?", "orange"),
    ]  # fmt: skip


def test_what_was_ruled_on_shows_no_suggestion_any_longer() -> None:
    """The officer has spoken; how sure triage was is past."""
    said = line(is_ruled=True)
    assert (said.sureness, said.tags) == ("ruled on", ())


def test_a_message_without_a_case_says_why_it_waits() -> None:
    """There is no suggestion, and none is made up."""
    said = item()
    assert (said.status, said.sureness, said.about, said.ombudsman, said.tags) == (
        "Could not be read", "", "", "", (),
    )  # fmt: skip
    assert said.note == "Headers: too long."
    assert item(status="bounce").status == "A letter came back"


@pytest.mark.parametrize(
    ("changes", "gist"),
    [
        ({"subject": " \n"}, "Again"),
        ({"subject": "", "text": ""}, "No words"),
        ({"subject": "\u202egnp.exe\u202c"}, "gnp.exe"),
        ({"subject": "x" * 500}, "x" * 110 + " …"),
    ],
)
def test_the_gist_is_one_line_that_misleads_nobody(changes: dict[str, Any], gist: str) -> None:
    """Turned letters, controls and length are a stranger's tricks."""
    assert line(**changes).gist == gist


def test_somebody_is_always_named() -> None:
    """Without a name the address, without either that they are unknown."""
    assert [line(name="").who, line(name="", address="").who] == ["ann@example.org", "unknown sender"]


def test_a_part_keeps_what_was_chosen_beside_it() -> None:
    """From one part to the next the category stays; from a search all of it is left behind."""
    counted = {None: 3, Show.MINE: 1}
    whole, mine = parts_of(Selection(Show.MINE, category="waste_and_recycling"), counted)
    assert (whole.arguments, whole.is_here) == ({"category": "waste_and_recycling"}, False)
    assert (mine.arguments, mine.is_here, mine.count) == (
        {"show": "mine", "category": "waste_and_recycling"}, True, "1",
    )  # fmt: skip
    found = parts_of(Selection(words="bin", category="waste_and_recycling"), counted)
    assert [(part.arguments, part.is_here) for part in found] == [({}, False), ({"show": "mine"}, False)]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1_234, "1,234"), (10_000, "10,000"), (10_001, "over 10,000")]
)
def test_a_count_that_stopped_says_so(count: int, words: str) -> None:
    """Nobody needs to know whether it is 10,400 or 10,500."""
    assert count_in_words(count) == words


def test_a_page_is_named_for_what_it_shows() -> None:
    """The title of the window and the heading say the same."""
    selection = Selection(Show.OVERDUE, "waste_and_recycling", 0, Ombudsman.HOUSING)
    assert title_of(selection, NAMES) == "Overdue, Waste and recycling, no stage, Housing Ombudsman"
    assert title_of(Selection(stage=2), NAMES) == "stage 2"
    assert title_of(Selection(), NAMES) == ""


@pytest.mark.parametrize(
    ("selection", "begins"),
    [
        (Selection(), "Nothing awaits an officer."), (Selection(Show.MINE), "Nothing awaits you."),
        (Selection(Show.MINE, stage=1), "Nothing that awaits an officer fits"),
    ],
)  # fmt: skip
def test_nothing_is_said_kindly(selection: Selection, begins: str) -> None:
    """An empty list tells what it means, and the end of a list that it is the end."""
    assert nothing_in_words(selection, is_further=False).startswith(begins)
    assert nothing_in_words(selection, is_further=True) == "There is nothing further here."
    assert all(nothing_in_words(Selection(show), is_further=False) for show in Show)
