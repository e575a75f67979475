"""A reply that seems to be about more than its complaint asks its officer about new points."""

from collections.abc import Callable

import pytest
from builders import LETTERHEAD, NOW, make_decision, make_message, make_parsed
from fakes import FakeUnitOfWork
from hands import acknowledged, answered, request, reviewed

from casework.join_case import join_case
from casework.policy import Policy
from models.case import Case
from models.codes import Category, Status, TaskKind
from models.decision import Decision, FurtherMatter, Span

RENT = FurtherMatter(Category.HOUSING_RENT, 0.8, Span(0, 8, "The rent"))


def note_on(case: Case, decision: Decision) -> str:
    """Join a reply and return what its task says."""
    join_case(
        FakeUnitOfWork(case), case, make_message(id=2, uid="2"), make_parsed(text="The rent is wrong, too."),
        decision, how="it answers a letter of ours", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    (task,) = [task for task in case.tasks if task.kind is TaskKind.READ_REPLY]
    return task.note


@pytest.mark.parametrize(
    "decision",
    [make_decision(category=Category.HOUSING_RENT, category_probabilities={}), make_decision(also=(RENT,))],
    ids=["another category", "a further matter"],
)
def test_a_reply_about_something_else_may_raise_new_points(decision: Decision) -> None:
    """On an unanswered case they join it, if they are related (LGSCO 6.9, HO 6.8)."""
    note = note_on(acknowledged(), decision)
    assert note.startswith("new points? it seems to be about housing rent, too;")
    assert "heard case point" in note


@pytest.mark.parametrize("make", [answered, reviewed])
def test_after_the_answer_new_points_are_a_case_of_their_own(make: Callable[[], Case]) -> None:
    """The task says how (LGSCO 6.9, HO 6.8)."""
    note = note_on(make(), make_decision(also=(RENT,)))
    assert "a case of its own: heard case split --message" in note


@pytest.mark.parametrize(
    ("make", "decision"),
    [
        (acknowledged, make_decision()),
        (acknowledged, make_decision(Status.ENQUIRY, is_dissatisfied=False, also=(RENT,), probability=0.9)),
        (request, make_decision(also=(RENT,))),
    ],
    ids=["the same matter", "no complaint", "no complaint runs"],
)
def test_other_replies_are_read_as_ever(make: Callable[[], Case], decision: Decision) -> None:
    """Nobody is asked about points where nothing speaks for them."""
    assert note_on(make(), decision) == "a reply has come in; please read it"
