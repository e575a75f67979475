"""The form for complaints that come without mail: what it asks, what triage thinks, what becomes of them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from builders import make_decision
from flask.testing import FlaskClient
from pages import NOW, Pages
from sqlalchemy import Engine, select
from worked_cases import (
    Triages,
    actions_in_audit,
    banner_of,
    broken_links_of_errors,
    case_of,
    said,
    send,
    written,
)

from models import orm
from models.codes import ArrangementKind, Channel, ContactWay, Flag, LetterState, Role, Status
from models.errors import ArtefactRefused
from models.unit_of_work import SqlUnitOfWork

CALL: dict[str, Any] = {
    "channel": "telephone", "text": "The bin was missed again.", "subject": "Bin", "name": "Bo Lee",
    "email": "", "telephone": "01632 960123", "address": "", "represented": "", "adjustment": "",
    "received-day": "19", "received-month": "11", "received-year": "2026", "time": "14:30",
}  # fmt: skip


@pytest.fixture
def triage(pages: Pages) -> Triages:
    """Let triage say that it is a complaint."""
    made = Triages()
    pages.change(back_office=made)
    return made


@pytest.fixture
def jo(pages: Pages, triage: Triages) -> FlaskClient:
    """Return an officer's client."""
    del triage
    pages.add_officer("jo")
    return pages.client_of("jo")


def opened(pages: Pages) -> str:
    """Return the reference of the only case."""
    with pages.engine.connect() as connection:
        return connection.scalars(select(orm.cases.c.reference)).one()


def test_a_call_becomes_a_case_with_its_clock_from_when_it_came(
    pages: Pages, jo: FlaskClient, triage: Triages
) -> None:
    """It is kept, triaged, and acknowledged the way the person can be reached."""
    assert jo.get("/new-case").status_code == 200
    answer = send(jo, "/new-case", step="open", **CALL)
    reference = opened(pages)
    assert answer.location == f"/cases/{reference}"
    case = case_of(pages, reference)
    assert (case.channel, case.complainant_name, case.status) == (
        Channel.TELEPHONE, "Bo Lee", Status.COMPLAINT,
    )  # fmt: skip
    assert case.received_on.isoformat() == "2026-11-19"
    assert case.letters[0].state is LetterState.BY_HAND
    assert triage.asked[0].body == "The bin was missed again."
    assert actions_in_audit(pages)[-1] == "taken_by_hand"
    assert f"Case {reference} opened" in banner_of(jo.get(answer.location))


def test_the_letter_of_a_new_case_waits_and_the_banner_leads_to_it(pages: Pages, jo: FlaskClient) -> None:
    """As long as after a ruling; so long it can be taken back."""
    answer = send(jo, "/new-case", step="open", **(CALL | {"email": "bo@example.org", "telephone": ""}))
    (letter,) = case_of(pages, opened(pages)).letters
    assert letter.state is LetterState.QUEUED
    assert letter.due_at == NOW + pages.desk.undo_within
    shown = jo.get(answer.location)
    assert "It goes on Fri 20 Nov 2026, 10:02; until then it can be" in banner_of(shown)
    assert f'href="/letters/{letter.id}">Look at the letter' in shown.text
    assert send(jo, f"/letters/{letter.id}/withdraw", reason="She rang again.").status_code == 303
    assert case_of(pages, opened(pages)).letters[0].state is LetterState.WITHDRAWN


def test_what_triage_thinks_is_shown_and_nothing_is_kept(pages: Pages, jo: FlaskClient) -> None:
    """The form stands as it was typed, with the suggestion above it."""
    before = written(pages)
    shown = send(jo, "/new-case", step="check", **CALL)
    assert "Complaint , waste and recycling (sure, 95%)" in said(shown)
    assert "Nothing is recorded yet" in said(shown)
    assert "The bin was missed again." in shown.text
    assert written(pages) == before


def test_whom_they_speak_for_and_what_they_need_is_kept(pages: Pages, jo: FlaskClient) -> None:
    """The adjustment holds from the first letter on and is reviewed in a year; the flags are raised."""
    more = {"email": "bo@example.org", "represented": "Mary Lee", "adjustment": "Ring after five.",
            "large_print": "yes"}  # fmt: skip
    send(jo, "/new-case", step="open", **(CALL | more))
    case = case_of(pages, opened(pages))
    assert case.represented_name == "Mary Lee"
    assert {*case.flags} == {Flag.THIRD_PARTY, Flag.REASONABLE_ADJUSTMENT}
    assert 'class="large"' in case.letters[0].html
    with SqlUnitOfWork(pages.engine, reads=True) as uow:
        (agreed,) = [
            each for each in uow.people.of(["bo@example.org"]) if each.kind is ArrangementKind.ADJUSTMENT
        ]
    assert (agreed.what, agreed.way) == ("Ring after five.", ContactWay.LARGE_PRINT)
    assert agreed.review_on is not None
    assert (agreed.review_on - NOW.date()).days == 365


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        ({"channel": "", "text": " "}, 400, "Choose how it reached us"),
        ({"channel": "carrier pigeon"}, 400, "Choose how it reached us"),
        ({"received-year": ""}, 400, "must be a real date"),
        ({"time": "25:99"}, 409, "is no time"),
        ({"received-year": "2027"}, 409, "which lies ahead"),
        ({"email": "not an address"}, 409, "cannot be written to"),
        ({"telephone": "abc"}, 409, "is no telephone number"),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_stays(
    pages: Pages, jo: FlaskClient, data: dict[str, Any], status: int, says: str
) -> None:
    """Nothing is recorded, and the summary leads to the fields."""
    before = written(pages)
    answer = send(jo, "/new-case", step="open", **(CALL | data))
    assert answer.status_code == status
    assert says in said(answer)
    assert "--" not in said(answer)
    assert "Bo Lee" in answer.text
    assert broken_links_of_errors(answer) == []
    assert written(pages) == before


def test_without_a_classifier_nothing_that_was_typed_is_lost(pages: Pages) -> None:
    """The page says what is missing."""
    pages.change(back_office=Triages(fault=ArtefactRefused("there is no classifier yet; start the service")))
    pages.add_officer("jo")
    answer = send(pages.client_of("jo"), "/new-case", step="open", **CALL)
    assert answer.status_code == 409
    assert "There is no classifier yet" in said(answer)
    assert "The bin was missed again." in answer.text


def test_the_very_same_note_is_taken_once(pages: Pages, jo: FlaskClient) -> None:
    """Who sends the form twice is told."""
    send(jo, "/new-case", step="open", **CALL)
    again = send(jo, "/new-case", step="open", **CALL)
    assert again.status_code == 409
    assert "The very same note is on record" in said(again)
    opened(pages)


def form_of(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """Return the form as it is sent back by a browser, with what was typed into it at 10:00."""
    found = re.search(r'name="once" value="([0-9a-f]{32})"', client.get("/new-case").text)
    assert found is not None
    typed = {"received-day": "20", "received-month": "11", "received-year": "2026", "time": "10:00"}
    return CALL | typed | {"once": found[1]} | changes


def test_a_form_that_is_sent_twice_opens_one_case(pages: Pages, jo: FlaskClient) -> None:
    """A second later or after the minute; the second answer leads to the case and says so."""
    form = form_of(jo)
    checked = send(jo, "/new-case", step="check", **form)
    assert f'name="once" value="{form["once"]}"' in checked.text
    assert f'value="{form["once"]}"' in send(jo, "/new-case", step="open", **(form | {"text": ""})).text
    first = send(jo, "/new-case", step="open", **form)
    for later in (1, 90):
        pages.now += timedelta(seconds=later)
        again = send(jo, "/new-case", step="open", **form)
        assert (again.status_code, again.location) == (303, first.location)
        assert f"Case {opened(pages)} was there already" in banner_of(jo.get(again.location))
    assert len(case_of(pages, opened(pages)).letters) == 1


def test_another_form_or_other_words_open_another_case(pages: Pages, jo: FlaskClient) -> None:
    """Two neighbours ring about the same bin; who goes back and writes anew loses nothing."""
    form = form_of(jo)
    sent = [form, form | {"text": "The bin was missed, and the lid is broken."}, form_of(jo)]
    pages.now += timedelta(seconds=1)
    references = set()
    for each in sent:
        references.add(send(jo, "/new-case", step="open", **each).location)
        pages.now += timedelta(seconds=1)
    assert len(references) == 3


def test_a_form_that_is_sent_twice_at_the_same_moment_opens_one_case(tmp_path: Path, engine: Engine) -> None:
    """On both databases, whichever comes first: the other is led to the same case."""
    pages = Pages(engine, tmp_path)
    pages.change(back_office=Triages())
    pages.add_officer("jo")
    clients = [pages.client_of("jo") for _ in range(4)]
    form = form_of(clients[0])
    barrier = Barrier(len(clients))

    def submit(client: FlaskClient) -> tuple[int, str]:
        barrier.wait()
        answer = send(client, "/new-case", step="open", **form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = set(pool.map(submit, clients))
    assert answers == {(303, f"/cases/{opened(pages)}")}
    pages.app.engine.dispose()


def test_a_service_manager_goes_on_with_the_case_that_they_opened(pages: Pages, triage: Triages) -> None:
    """It is assigned to them, or they could not see it."""
    del triage
    pages.add_officer("kim", Role.SERVICE_MANAGER)
    kim = pages.client_of("kim")
    answer = send(kim, "/new-case", step="open", **CALL)
    assert case_of(pages, opened(pages)).assigned_to == "kim"
    assert kim.get(answer.location).status_code == 200


def test_an_auditor_takes_nothing_down(pages: Pages, triage: Triages) -> None:
    """Neither the form nor its post is theirs."""
    del triage
    pages.add_officer("alex", Role.AUDITOR)
    alex = pages.client_of("alex")
    assert alex.get("/new-case").status_code == 403
    assert send(alex, "/new-case", step="open", **CALL).status_code == 403


def test_danger_heard_on_the_telephone_alerts_the_duty_officer(pages: Pages) -> None:
    """It goes the same way as mail."""
    pages.change(back_office=Triages(make_decision(flags=[Flag.SAFEGUARDING])))
    pages.add_officer("jo")
    send(pages.client_of("jo"), "/new-case", step="open", **CALL)
    case = case_of(pages, opened(pages))
    assert "duty_alert" in {task.kind.value for task in case.tasks}
