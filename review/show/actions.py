"""What an officer can do with a case now: agree, correct, and the rest grouped by how often it is needed."""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.common import SETTLED_BY_READING
from casework.may_acknowledge import is_only_proposed
from models.case_page_rows import Row
from models.codes import Status, TaskKind
from review.forms.answer import (
    ADD_POINT,
    ANSWER,
    ANSWERED,
    DECIDE_POINT,
    EXTEND,
    PROGRESS,
    PROMISE,
    PROMISE_KEPT,
    QUESTION,
)
from review.forms.order import CLOSE, CLOSE_REQUEST, JOIN, MERGE, REOPEN, SPLIT
from review.forms.people import ARRANGE, ASK_CONSENT, ASSIGN, CONSENT, END, KEEP, NOTE
from review.forms.ruling import COMPLAINANT, ESCALATE, EXCLUDE, RULE, TO_COMPLAINT, TO_REQUEST
from review.forms.table import FORMAL, CaseForm, Group, is_open
from review.show.names import Names

GROUPS = (
    Group("Decide", (REOPEN, ANSWER, ESCALATE, EXCLUDE, EXTEND, TO_COMPLAINT, TO_REQUEST, CLOSE)),
    Group("Work on it", (ASSIGN, NOTE, QUESTION, PROGRESS, CLOSE_REQUEST)),
    Group("The person", (COMPLAINANT, ASK_CONSENT, CONSENT)),
    Group("Put in order", (SPLIT, MERGE, JOIN, ANSWERED)),
)
"""The menu of a case; what does not fit a case is left out."""

LISTS = {"points": "Points", "promises": "Promised actions", "agreed": "What is agreed with them"}
"""The pages that list what a case holds, each with its forms."""

_OF_A_LIST = {
    "points": (ADD_POINT,),
    "promises": (PROMISE, PROGRESS),
    "agreed": (ARRANGE, ASK_CONSENT, CONSENT),
}
_MAINLY = (REOPEN, ANSWER)
_OF_A_ROW = (DECIDE_POINT, PROMISE_KEPT, KEEP, END)

FORMS: dict[str, CaseForm] = {
    form.name: form
    for form in (
        RULE, *(form for group in GROUPS for form in group.forms),
        *(form for forms in _OF_A_LIST.values() for form in forms), *_OF_A_ROW,
    )
}  # fmt: skip
"""Every form, by its name in the address."""


@dataclass(frozen=True)
class Link:
    """A link of the menu: to a form, or to the page of a list."""

    name: str
    words: str
    is_list: bool = False


@dataclass(frozen=True)
class Choices:
    """What the panel of a case offers; `agree` is empty where there is nothing to agree with.

    `main` is what mostly comes next where a case was ruled on, None where nothing stands out. Agreeing
    `settles` the tasks of these kinds, and among them `alert`, of which it is said.
    """

    agree: str
    follows: str
    may_correct: bool
    main: Link | None
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    settles: tuple[str, ...] = tuple(kind.value for kind in SETTLED_BY_READING)
    alert: str = TaskKind.DUTY_ALERT.value


def choices(case: Row, names: Names) -> Choices:
    """Return what can be done with a case as it stands."""
    is_workable = is_open(case)
    return Choices(
        agree=_agree(case, names) if is_workable and case["awaits_officer"] else "",
        follows=_follows(case),
        may_correct=is_workable,
        main=next((Link(form.name, form.words) for form in _MAINLY if form.fits(case)), None),
        groups=tuple((group.title, links) for group in GROUPS if (links := tuple(_links(group, case)))),
    )


def forms_of_list(name: str, case: Row) -> tuple[CaseForm, ...]:
    """Return the forms that stand on the page of a list."""
    return tuple(form for form in _OF_A_LIST[name] if form.fits(case))


def _links(group: Group, case: Row) -> Iterator[Link]:
    for form in group.forms:
        if form.fits(case):
            yield Link(form.name, form.words)
    if group.title == "Work on it":
        yield from (Link(name, LISTS[name], is_list=True) for name in ("points", "promises"))
    if group.title == "The person":
        yield Link("agreed", LISTS["agreed"], is_list=True)


def _agree(case: Row, names: Names) -> str:
    said = (names.status(case["status"]).lower(), names.category(case["category"]).lower())
    return ", ".join((*said, names.ombudsman(case["ombudsman"])))


def _follows(case: Row) -> str:
    """Say what an officer who agrees sets going."""
    if case["escalation_received_on"] is not None:
        return "Stage 2 was asked for and still waits to begin."
    if case["stage"] == 0 and case["status"] in FORMAL and case["guard_at"] is None:
        return "The complaint stays not accepted."
    if case["status"] in FORMAL:
        return "" if case["respond_by"] else _unless_unconfirmed(case, "The formal acknowledgement goes out.")
    if case["status"] is Status.SERVICE_REQUEST:
        return _unless_unconfirmed(case, "Their request is acknowledged, if it was not yet.")
    return ""


def _unless_unconfirmed(case: Row, promise: str) -> str:
    """Promise a letter only where somebody knows whom it would go to."""
    if not case["reply_address"] and is_only_proposed(case["complainant_found_in"]):
        return "No letter goes by email: nobody has confirmed whom to answer. See “Who complains”."
    return promise
