"""The pages of the queue and of the search, as an officer's browser asks for them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pages import NOW, Pages
from rows import new_case, new_message

from models.case import Task
from models.codes import Outcome, Role, TaskKind
from models.reference import reference_of
from models.unit_of_work import SqlUnitOfWork

TODAY = date(2026, 11, 20)


def put(pages: Pages, number: int, **changes: Any) -> str:
    """Put a case with one message on record; return its reference."""
    words = changes.pop("words", "The bin was missed.")
    with SqlUnitOfWork(pages.engine) as uow:
        message = new_message(
            uid=str(number), text=words, reply_text=words, message_id=f"<{number}@example.org>"
        )
        uow.messages.keep(message, words.encode())
        usual = {"reference": reference_of(number), "acknowledge_by": TODAY, "subject": f"Matter {number}"}
        case = new_case(**(usual | changes))
        case.messages.append(message)
        message.settle(Outcome.CASE, reason="test", now=NOW)
        uow.cases.add(case)
        uow.commit()
    return str(case.reference)


def put_quarantined(pages: Pages) -> int:
    """Put a message in quarantine; return its number."""
    with SqlUnitOfWork(pages.engine) as uow:
        message = new_message(uid="900", subject="Broken <b>mail</b>", text="odd words")
        uow.messages.keep(message, b"x")
        uow.flush()
        message.settle(Outcome.QUARANTINE, reason="headers", now=NOW)
        uow.messages.add_task(
            Task(kind=TaskKind.READ_QUARANTINED, opened_at=NOW, due_by=TODAY, note="headers: too long",
                 message_id=message.id)
        )  # fmt: skip
        uow.commit()
        return message.id or 0


@pytest.fixture
def jo(pages: Pages) -> FlaskClient:
    """Return the browser of an officer."""
    pages.add_officer("jo")
    return pages.client_of("jo")


def page(client: FlaskClient, address: str = "/queue") -> str:
    """Return a page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_an_empty_queue_says_so(jo: FlaskClient) -> None:
    """And each part of it has its own words."""
    assert "Nothing awaits an officer." in page(jo)
    assert "Nothing awaits you." in page(jo, "/queue?show=mine")


def test_the_queue_shows_what_waits_with_its_way_to_the_case(pages: Pages, jo: FlaskClient) -> None:
    """From a part of the queue the way goes on to the next case of that part."""
    reference, number = put(pages, 1, subject="<i>Rats</i>", priority=8), put_quarantined(pages)
    shown = page(jo)
    assert f'href="/cases/{reference}"' in shown
    assert f'href="/messages/{number}"' in shown
    assert "&lt;i&gt;Rats&lt;/i&gt;" in shown
    assert "Broken &lt;b&gt;mail&lt;/b&gt;" in shown
    assert shown.index("Rats") < shown.index("Broken")
    assert "2 waiting" in shown
    narrowed = page(jo, "/queue?show=unassigned&stage=1")
    assert f'href="/cases/{reference}?from=show%3Dunassigned%26stage%3D1"' in narrowed
    assert jo.get(f"/cases/{reference}?from=show%3Dunassigned%26stage%3D1").status_code == 200


def test_pages_follow_each_other(pages: Pages, jo: FlaskClient) -> None:
    """Thirty to a page, by links that keep what was chosen."""
    for number in range(1, 34):
        put(pages, number, acknowledge_by=TODAY + timedelta(days=number))
    first = page(jo, "/queue?show=complaints")
    assert "33 waiting, 30 on this page" in first
    assert 'rel="prev"' not in first
    onward = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = page(jo, onward)
    assert "show=complaints" in onward
    assert [f"Matter {number}<" in second for number in (30, 31, 33)] == [False, True, True]
    back = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Matter 1<" in page(jo, back)
    assert "nothing further here" in page(jo, "/queue?after=999999999-1")


@pytest.mark.parametrize(
    "address",
    ["/queue?show=x&category=%27&stage=9&ombudsman=y&after=z&before=%00", "/queue?category=unknown_code",
     "/queue?q=", "/queue?q=%22", "/queue?q=a&older=x&newer=-1",
     f"/queue?q=bin&older={10**40}", f"/queue?after={10**11}-{10**17}", "/queue?q=%00%ff",
     "/queue?before=0-0"],
)  # fmt: skip
def test_an_address_made_up_by_hand_is_no_fault(pages: Pages, jo: FlaskClient, address: str) -> None:
    """What is none of ours is left out."""
    put(pages, 1)
    page(jo, address)


def test_a_search_finds_a_closed_case_and_marks_the_words(pages: Pages, jo: FlaskClient) -> None:
    """The passage is text, whatever stands in it."""
    reference = put(pages, 1, words="<script>alert(1)</script> two boilers", closed_on=date(2026, 11, 2))
    shown = page(jo, "/queue?q=boiler")
    assert "1 message with" in shown
    assert "<mark>boilers</mark>" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert f"{reference}" in shown
    assert "Closed Mon 2 Nov 2026" in shown
    assert "No message on record holds" in page(jo, "/queue?q=giraffe")
    assert "Type words" in page(jo, "/queue?q=-")


def test_a_reference_goes_straight_to_its_case(pages: Pages, jo: FlaskClient) -> None:
    """As it is written on paper, with or without its hyphens."""
    reference = put(pages, 1)
    answer = jo.get("/queue", query_string={"q": reference.replace("-", "").lower()})
    assert (answer.status_code, answer.location) == (303, f"/cases/{reference}")
    assert "No message" in page(jo, f"/queue?q={reference_of(2)}")


def test_the_name_of_a_message_goes_straight_to_it_where_it_may_be_seen(
    pages: Pages, jo: FlaskClient
) -> None:
    """M-1 as the pages write it; a bare number is a word, and what is not theirs is not found."""
    reference = put(pages, 1)
    number = put_quarantined(pages)
    pages.add_officer("sam", Role.SERVICE_MANAGER)
    sam = pages.client_of("sam")
    for typed, leads_to in (
        ("M-1", f"/cases/{reference}/messages/1"),
        (f" m-{number} ", f"/messages/{number}"),
    ):
        answer = jo.get("/queue", query_string={"q": typed})
        assert (answer.status_code, answer.location) == (303, leads_to)
        assert jo.get(leads_to).status_code == 200
        assert "No message" in page(sam, f"/queue?q={typed.strip()}")
    assert "No message" in page(jo, "/queue?q=M-999999999")
    assert jo.get("/queue?q=1").status_code == 200


def test_who_sees_only_their_own_sees_and_finds_nothing_else(pages: Pages) -> None:
    """A service manager is not even told that there is more."""
    pages.add_officer("sam", Role.SERVICE_MANAGER)
    sam = pages.client_of("sam")
    mine, other = put(pages, 1, assigned_to="sam", words="rats"), put(pages, 2, words="rats")
    put_quarantined(pages)
    shown, found = page(sam), page(sam, "/queue?q=rats")
    assert mine in shown
    assert mine in found
    assert other not in shown + found
    assert "1 waiting" in shown
    assert "1 message with" in found
    assert "Quarantine" not in shown
    assert "Broken" not in shown + page(sam, "/queue?show=quarantine")
    assert sam.get("/queue", query_string={"q": other}).status_code == 200


def test_a_filter_is_saved_listed_used_and_removed(pages: Pages, jo: FlaskClient) -> None:
    """Each officer's own; what was posted is read as an address is, and nothing else is kept."""
    pages.add_officer("cy")
    put(pages, 1)
    said = {"name": " My <b> odd ones ", "query": "show=overdue&category=housing_repairs&evil=1&q=a+b"}
    answer = jo.post("/queue/saved", data=said)
    assert answer.status_code == 303
    shown = page(jo)
    assert 'href="/queue?show=overdue&amp;category=housing_repairs&amp;q=a+b"' in shown
    assert "My &lt;b&gt; odd ones" in shown
    assert "odd ones" not in page(pages.client_of("cy"))
    number = shown.split("/queue/saved/")[1].split("/")[0]
    assert pages.client_of("cy").post(f"/queue/saved/{number}/remove").status_code == 303
    assert "odd ones" in page(jo)
    assert jo.post(f"/queue/saved/{number}/remove").status_code == 303
    assert "My &lt;b&gt; odd ones" not in page(jo)


def test_a_filter_without_a_name_is_asked_for_one(jo: FlaskClient) -> None:
    """The page comes again, with the fault on top and beside the field."""
    answer = jo.post("/queue/saved", data={"name": " ", "query": "show=overdue"})
    assert answer.status_code == 400
    assert "Error: Queue: Overdue" in answer.text
    assert answer.text.count("Give the filter a name") == 2
    for number in range(20):
        assert jo.post("/queue/saved", data={"name": f"f{number}", "query": "q=x"}).status_code == 303
    assert "Remove a filter" in jo.post("/queue/saved", data={"name": "more", "query": "q=x"}).text
    assert jo.post("/queue/saved", data={"name": "f1", "query": "show=mine"}).status_code == 303
    assert "“f1” is saved, in place of the one that had this name" in page(jo)


def test_due_dates_follow_the_clock(pages: Pages, jo: FlaskClient) -> None:
    """Yesterday's "today" is overdue."""
    put(pages, 1)
    assert "today" in page(jo)
    pages.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    jo = pages.client_of("jo")
    assert "2 working days overdue" in page(jo, "/queue?show=overdue")
