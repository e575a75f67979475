"""Every form about a case: what it records when it is right, what it says when not, what it shows before."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from pages import NOW, Pages
from sqlalchemy import select
from worked_cases import (
    FIRST,
    REASONS,
    SECOND,
    actions_in_audit,
    answered,
    asked,
    banner_of,
    begun,
    broken_links_of_errors,
    case_of,
    put,
    said,
    send,
    written,
)

from models import orm
from models.codes import ArrangementKind, LetterKind, PointOutcome, Role, Status
from models.people import Arrangement
from models.reference import reference_of, references_in
from models.unit_of_work import SqlUnitOfWork
from review.show.actions import FORMS


@dataclass(frozen=True)
class Use:
    """One use of a form: on which case, with what, and what the audit then says; whether a letter comes."""

    form: str
    audit: str
    data: dict[str, Any]
    begins: Callable[[], dict[str, Any]] = begun
    letter: str = ""
    lacks: tuple[str, ...] = field(default_factory=tuple)


def day(name: str, written: str) -> dict[str, str]:
    """Return a day as its three fields are posted."""
    year, month, of_month = written.split("-")
    return {f"{name}-day": of_month, f"{name}-month": month, f"{name}-year": year}


def decided() -> dict[str, Any]:
    """Return a complaint every point of which is decided."""
    changes = begun()
    changes["points"] = changes["points"][:1]
    return changes


def closed() -> dict[str, Any]:
    """Return a case that is closed."""
    return answered(closed_on=answered()["answered_on"], closed_why="Done.")


USES = (
    Use("rule", "ruling_recorded", {"status": "enquiry", "category": "bus_passes", "ombudsman": "lgsco",
                                    "reason": "She only asks.", "correction": "yes"},
        letter="Dear Ann Lee", lacks=("reason", "status")),
    Use("exclude", "complaint_not_accepted",
        {"ground": "appeal_route", "reasons": REASONS, "evidence": "The notice.", "discretion": "",
         "elsewhere": ""}, letter=REASONS, lacks=("ground", "reasons", "evidence")),
    Use("extend", "response_extended", {"reason": "The surveyor is away.", **day("to", "2026-12-11")},
        letter="The surveyor is away.", lacks=("reason", "to")),
    Use("answer", "answered", {"summary": "We are sorry that we missed it."}, begins=decided,
        letter="We are sorry that we missed it."),
    Use("answered", "answered_elsewhere",
        {"stage": "1", "by": "Bo Lee", "reason": "Her letter.", **day("on", "2026-11-20")},
        lacks=("stage", "reason")),
    Use("question", "clarification_asked", {"question_1": "Which of the two bins?", "question_2": ""},
        letter="Which of the two bins?", lacks=("question_1",)),
    Use("stage-2", "escalated", {"note": "He rang."}, begins=answered, letter="at stage 2"),
    Use("complaint", "converted_to_complaint", {"reason": "She rang: nobody came."}, begins=asked,
        letter="at stage 1", lacks=("reason",)),
    Use("request", "converted_to_request", {"reason": "He only wants it emptied."},
        letter="Dear Ann Lee", lacks=("reason",)),
    Use("complainant", "ruling_recorded",
        {"name": "Mary Lee", "email": "mary@example.org", "reason": "She rang and said so."},
        letter="Dear Mary Lee", lacks=("reason",)),
    Use("assign", "case_assigned", {"to": "sam", "reason": ""}, lacks=("to",)),
    Use("note", "note_added", {"note": "She is away in March."}, lacks=("note",)),
    Use("point", "point_added", {"text": "The lid broke.", "category": ""}, lacks=("text",)),
    Use("decide", "point_decided",
        {"number": 2, "outcome": "not_upheld", "finding": "We rang twice.", "remedy": ""},
        lacks=("outcome",)),
    Use("promise", "action_added",
        {"what": "A new lid.", "owner": "Depot", "point": "1", **day("due", "2026-12-24")},
        lacks=("what", "owner", "due")),
    Use("promise-kept", "action_done", {"number": 1, "note": "Delivered.", **day("done", "2026-11-20")},
        lacks=("note", "done")),
    Use("progress", "progress_told", {"note": "It is ordered."}, letter="It is ordered."),
    Use("arrange", "arranged",
        {"kind": "adjustment", "what": "Large print.", "way": "large_print", "value": "", "reason": "",
         **day("review", "2027-11-20")}, lacks=("kind", "what")),
    Use("arrangement-keep", "arrangement_kept",
        {"number": 1, "reason": "She needs it still.", **day("review", "2027-11-20")},
        lacks=("reason", "review")),
    Use("arrangement-end", "arrangement_ended", {"number": 1, "reason": "She asked."}, lacks=("reason",)),
    Use("consent", "consent_recorded", {"kind": "consent", "by": "Mary Lee", "evidence": "Her form."},
        lacks=("kind", "by", "evidence")),
    Use("consent-ask", "consent_asked", {"represented": "Mary Lee"}, letter="Mary Lee",
        lacks=("represented",)),
    Use("split", "case_split", {"points": ["2"], "status": "complaint", "category": "housing_rent",
                                "reason": "Another matter."}, letter="at stage 1",
        lacks=("reason", "status", "category")),
    Use("merge", "case_merged", {"into": SECOND, "reason": "The same bin."}, begins=lambda: begun(letters=[]),
        lacks=("into", "reason")),
    Use("join", "case_joined", {"into": SECOND, "reason": "It is about the same bin."},
        begins=lambda: asked(letters=[]), lacks=("into", "reason")),
    Use("close-request", "request_closed", {"reason": "Emptied on Friday."}, begins=asked,
        lacks=("reason",)),
    Use("close", "case_closed", {"reason": "She rang and took it back.", "withdrawn": "yes"},
        begins=lambda: begun(actions=[]), lacks=("reason",)),
    Use("reopen", "case_reopened", {"reason": "It broke again."}, begins=closed, lacks=("reason",)),
)  # fmt: skip


@pytest.fixture
def jo(pages: Pages) -> FlaskClient:
    """Return a team manager's client, beside another officer."""
    pages.add_officer("jo", Role.TEAM_MANAGER)
    pages.add_officer("sam")
    return pages.client_of("jo")


def begin(pages: Pages, use: Use) -> None:
    """Put the case on record that a form is used on, one to merge with, and something that was agreed."""
    put(pages, FIRST, **use.begins())
    put(pages, SECOND, **begun(letters=[], points=[], actions=[]))
    with SqlUnitOfWork(pages.engine) as uow:
        uow.people.add(
            Arrangement(
                address="ann@example.org", kind=ArrangementKind.ADJUSTMENT, what="Write, do not ring.",
                reason="", officer="sam", agreed_on=case_of(pages).received_on, case_reference=FIRST,
            )
        )  # fmt: skip
        uow.commit()


def test_every_form_is_used_here() -> None:
    """A form that nobody tries is one that nobody knows to work."""
    assert {use.form for use in USES} == set(FORMS)


@pytest.mark.parametrize("use", USES, ids=lambda use: use.form)
def test_a_form_says_what_it_lacks_shows_its_letter_and_does_what_it_says(
    pages: Pages, jo: FlaskClient, use: Use
) -> None:
    """What was typed stays in it; nothing is written before it is right, and the letter was seen."""
    begin(pages, use)
    path, number = f"/cases/{FIRST}/{use.form}", use.data.get("number")
    before = written(pages)
    opened = jo.get(path, query_string={"number": number} if number else {})
    assert opened.status_code == 200
    for name in use.data:
        assert f'name="{name}"' in opened.text
    if use.lacks:
        kept = {name: value for name, value in use.data.items() if not name.startswith(use.lacks)}
        refused = send(jo, path, seen=1, **kept)
        assert refused.status_code == 400
        assert "<title>Error: " in refused.text
        assert refused.text.count("govuk-error-message") >= len(use.lacks)
        assert broken_links_of_errors(refused) == []
        for value in kept.values():
            assert str(value[0] if isinstance(value, list) else value) in refused.text
    if use.letter:
        shown = send(jo, path, seen=1, **use.data)
        assert shown.status_code == 200, said(shown)[:500]
        assert use.letter in said(shown)
    assert written(pages) == before
    done = send(jo, path, seen=1, step="record", **use.data)
    assert done.status_code == 303, said(done)[:500]
    assert actions_in_audit(pages)[-1] == use.audit
    banner = banner_of(jo.get(done.location))
    assert FIRST in banner
    assert "--" not in banner
    assert "heard " not in banner


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("exclude", {"ground": "over_12_months", "reasons": REASONS, "evidence": "x"},
     "A late complaint may still be accepted for a good reason"),
    ("exclude", {"ground": "appeal_route", "reasons": "There is an appeal.", "evidence": "x"},
     "These reasons would fit anybody's complaint"),
    ("extend", {"reason": "x", **day("to", "2027-12-11")}, "at the latest"),
    ("extend", {"reason": "x", **day("to", "2026-13-45")}, "must be a real date"),
    ("answer", {"summary": ""}, "point 2 has no outcome"),
    ("close", {"reason": "Done."}, "cannot be closed yet"),
    ("merge", {"into": "C-0000-0009-71", "reason": "x"}, "There is no case C-0000-0009-71"),
    ("merge", {"into": "nonsense", "reason": "x"}, "Enter a reference such as"),
    ("join", {"into": "nonsense", "reason": "x"}, "Enter a reference such as"),
    ("promise", {"what": "x", "owner": "y", **day("due", "2099-01-01")}, "cannot be right"),
    ("arrange", {"kind": "contact", "what": "x", "way": "telephone_only", "value": "abc"},
     "is no telephone number"),
    ("arrange", {"kind": "restriction", "what": "x", "way": "", **day("review", "2027-01-01")},
     "A restriction needs its reasons"),
    ("complainant", {"name": "Bo", "email": "complaints@harrowmere.example", "reason": "x"},
     "cannot be answered"),
    ("split", {"status": "complaint", "category": "bus_passes", "reason": "x"},
     "Name the points of case"),
    ("question", {"question_1": "x" * 100_001}, "characters or fewer"),
    ("decide", {"number": 2, "outcome": "upheld", "finding": ""}, "An outcome needs the reasons"),
)  # fmt: skip
"""A form, what is typed into it, and what is said of that."""


def test_what_casework_refuses_is_said_in_the_words_of_the_page(pages: Pages, jo: FlaskClient) -> None:
    """No option and no command of the terminal, a link to the field, and nothing recorded."""
    for number, (form, data, says) in enumerate(REFUSED, start=1):
        reference = put(pages, reference_of(number), **begun())
        before = written(pages)
        answer = send(jo, f"/cases/{reference}/{form}", seen=1, step="record", **data)
        words = said(answer)
        assert answer.status_code in {400, 409}
        assert says in words
        assert "--" not in words
        assert "heard " not in words
        assert broken_links_of_errors(answer) == []
        assert written(pages) == before


def test_points_promises_and_agreements_are_listed_with_what_can_be_done(
    pages: Pages, jo: FlaskClient
) -> None:
    """Each row has its own link, with its number."""
    begin(pages, USES[0])
    points = jo.get(f"/cases/{FIRST}/points")
    assert "Point 2: no outcome yet" in said(points)
    assert f"/cases/{FIRST}/decide?number=2" in points.text
    promises = jo.get(f"/cases/{FIRST}/promises")
    assert f"/cases/{FIRST}/promise-kept?number=1" in promises.text
    agreed = jo.get(f"/cases/{FIRST}/agreed")
    assert "Write, do not ring." in said(agreed)
    assert f"/cases/{FIRST}/arrangement-end?number=1" in agreed.text


@pytest.mark.parametrize("form", ["decide", "promise-kept", "arrangement-keep", "arrangement-end"])
def test_a_form_about_what_is_not_there_is_not_found(pages: Pages, jo: FlaskClient, form: str) -> None:
    """Nor is one that says no number."""
    put(pages, FIRST, **begun())
    assert jo.get(f"/cases/{FIRST}/{form}?number=99").status_code == 404
    assert jo.get(f"/cases/{FIRST}/{form}").status_code == 404
    assert send(jo, f"/cases/{FIRST}/{form}", seen=1, number=99, reason="x").status_code == 404


def test_an_answer_says_all_that_was_found_and_ends_the_work(pages: Pages, jo: FlaskClient) -> None:
    """The letter has the point, the decision, the reasons and the officer's name."""
    put(pages, FIRST, **decided())
    send(jo, f"/cases/{FIRST}/answer", seen=1, step="record", summary="We are sorry.")
    case = case_of(pages)
    letter = case.letters[-1]
    assert letter.kind is LetterKind.STAGE_1_RESPONSE
    assert case.stage_1_officer == "jo"
    for words in ("The bin was missed twice.", "(upheld)", "Jo Example", "We are sorry."):
        assert words in letter.text


def test_stage_2_was_asked_for_today_unless_a_day_is_on_record(pages: Pages, jo: FlaskClient) -> None:
    """The day stands in the form; only where one was noted is it left empty, and the page says which."""
    put(pages, FIRST, **answered())
    put(pages, SECOND, **answered(escalation_received_on=answered()["answered_on"]))
    today, on_record = jo.get(f"/cases/{FIRST}/stage-2"), jo.get(f"/cases/{SECOND}/stage-2")
    assert re.findall(r'name="received-(?:day|month|year)"[^>]* value="(\d+)"', today.text) == [
        str(NOW.day), str(NOW.month), str(NOW.year),
    ]  # fmt: skip
    assert "Leave empty" not in said(today)
    assert "Leave empty for the day on record, " in said(on_record)
    assert not re.search(r'name="received-day"[^>]* value="\d', on_record.text)


def test_what_splits_off_is_a_case_of_its_own(pages: Pages, jo: FlaskClient) -> None:
    """Its letter is shown before, when its reference is not known; the page says it afterwards."""
    put(pages, FIRST, **begun())
    data = {"points": ["2"], "status": "complaint", "category": "housing_rent", "reason": "Another."}
    shown = said(send(jo, f"/cases/{FIRST}/split", seen=1, **data))
    assert "We have received your complaint: (its own reference)" in shown
    assert set(references_in(shown)) == {FIRST}
    done = send(jo, f"/cases/{FIRST}/split", seen=1, step="record", **data)
    with pages.engine.connect() as connection:
        new = connection.scalar(select(orm.cases.c.reference).where(orm.cases.c.split_from == FIRST))
    assert new is not None
    assert new in said(jo.get(done.location))
    assert [point.outcome for point in case_of(pages).points] == [PointOutcome.UPHELD]
    assert case_of(pages, new).status is Status.COMPLAINT
