"""The pages of letters: looked at, held, changed, sent, taken back, posted, printed; and those that wait."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pages import NOW, Pages
from rows import new_letter
from worked_cases import (
    FIRST,
    SECOND,
    THIRD,
    actions_in_audit,
    banner_of,
    begun,
    broken_links_of_errors,
    case_of,
    put,
    said,
    send,
    written,
)

from models.case import Letter
from models.codes import ArrangementKind, ContactWay, LetterKind, LetterState, Role, TaskKind
from models.people import Arrangement
from models.unit_of_work import SqlUnitOfWork


@pytest.fixture
def jo(pages: Pages) -> FlaskClient:
    """Return an officer's client; the first case has just been acknowledged, so letter 1 waits."""
    pages.add_officer("jo", Role.OFFICER)
    put(pages, FIRST)
    client = pages.client_of("jo")
    send(client, f"/cases/{FIRST}/agree", seen=1)
    return client


def letter_of(pages: Pages, number: int = 1) -> Letter:
    """Return a letter as it is on record."""
    with SqlUnitOfWork(pages.engine, reads=True) as uow:
        return uow.letters.get(number)


def set_letter(pages: Pages, number: int = 1, **values: Any) -> None:
    """Change a letter as the delivery would."""
    with SqlUnitOfWork(pages.engine) as uow:
        letter = uow.letters.get(number)
        for name, value in values.items():
            setattr(letter, name, value)
        uow.commit()


def typed_in(page: str) -> dict[str, str]:
    """Return what stands in the form that changes a letter."""
    body = re.search(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    subject = re.search(r'name="subject"[^>]*value="([^"]*)"', page)
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert body
    assert subject
    assert seen
    return {"body": html.unescape(body[1]), "subject": html.unescape(subject[1]), "seen": seen[1]}


def test_a_letter_is_shown_as_it_will_look_in_a_document_that_can_do_nothing(jo: FlaskClient) -> None:
    """The page frames it; the document has a policy and a sandbox of its own."""
    page = jo.get("/letters/1")
    assert '<iframe class="heard-letter__page" sandbox src="/letters/1/page"' in page.text
    assert "It goes by itself at Fri 20 Nov 2026, 10:02" in said(page)
    document = jo.get("/letters/1/page")
    policy = document.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert document.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "We have received your complaint" in document.text


def test_a_letter_is_printed_as_a_file(jo: FlaskClient) -> None:
    """A PDF with the name of the case and the letter, never shown by the browser."""
    answer = jo.get("/letters/1/pdf")
    assert answer.data.startswith(b"%PDF")
    name = f'attachment; filename="{FIRST} stage 1 acknowledgement 2026-11-20.pdf"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_letter_that_waits_is_held_and_sent_by_an_officer(pages: Pages, jo: FlaskClient) -> None:
    """Held, a task says so; sent, it goes with the next delivery."""
    assert "is held" in banner_of(jo.get(send(jo, "/letters/1/hold").location))
    case = case_of(pages)
    assert case.letters[0].state is LetterState.HELD
    assert [task.kind for task in case.tasks if task.closed_at is None] == [TaskKind.RELEASE_LETTER]
    assert "Stage 1 acknowledgement" in said(jo.get("/letters"))
    send(jo, "/letters/1/send")
    letter = letter_of(pages)
    assert (letter.state, letter.due_at) == (LetterState.QUEUED, NOW)
    assert "No letter is held" in said(jo.get("/letters"))


def test_the_wait_of_a_letter_is_cut_short(pages: Pages, jo: FlaskClient) -> None:
    """Then it cannot be undone much longer."""
    send(jo, "/letters/1/send")
    assert letter_of(pages).due_at == NOW
    assert actions_in_audit(pages)[-1] == "letter_sent_at_once"


def test_an_officer_changes_what_a_letter_says(pages: Pages, jo: FlaskClient) -> None:
    """It is held meanwhile; text and HTML say the same; the audit has both as hashes."""
    form = jo.get(send(jo, "/letters/1/begin").location)
    said_now = typed_in(form.text)
    assert letter_of(pages).state is LetterState.HELD
    changed = said_now["body"].replace("We are sorry that you had reason to write.", "We are very sorry.")
    send(jo, "/letters/1/edit", **(said_now | {"body": changed, "subject": f"Your complaint {FIRST}"}))
    letter = letter_of(pages)
    assert letter.subject == f"Your complaint {FIRST}"
    assert "We are very sorry." in letter.text
    assert "We are very sorry." in letter.html
    assert f"<title>Your complaint {FIRST}</title>" in letter.html
    assert actions_in_audit(pages)[-1] == "letter_edited"
    assert letter.state is LetterState.HELD


def test_what_a_code_asks_for_and_is_missing_is_named_and_nothing_is_changed(
    pages: Pages, jo: FlaskClient
) -> None:
    """Each with its provision; what was typed stays in the form."""
    form = typed_in(jo.get(send(jo, "/letters/1/begin").location).text)
    before = letter_of(pages).text
    lacking = form["body"].replace("Friday 4 December 2026", "soon").replace("0300 061 0614", "…")
    refused = send(jo, "/letters/1/edit", **(form | {"body": lacking}))
    assert refused.status_code == 400
    assert "leaves out the date of the full answer (LGSCO 6.3, 6.15; HO 6.3, 6.14)" in said(refused)
    assert "the Ombudsman's telephone number (LGSCO 3.7, HO 5.7)" in said(refused)
    assert "by soon." in refused.text
    assert broken_links_of_errors(refused) == []
    assert letter_of(pages).text == before


def test_how_a_letter_reads_is_shown_before_it_is_kept(pages: Pages, jo: FlaskClient) -> None:
    """The words stand as headings, lists and paragraphs; nothing is written."""
    form = typed_in(jo.get(send(jo, "/letters/1/begin").location).text)
    before = written(pages)
    body = form["body"] + "\n# One more thing\n\n- <b>bold</b> {{ 7*7 }}\n"
    shown = send(jo, "/letters/1/edit", **(form | {"body": body, "step": "check"}))
    assert "One more thing</h3>" in shown.text
    assert "&lt;b&gt;bold&lt;/b&gt; {{ 7*7 }}" in shown.text
    assert written(pages) == before
    assert "bold" not in letter_of(pages).text


def test_of_two_who_change_a_letter_the_second_is_told_and_loses_nothing(
    pages: Pages, jo: FlaskClient
) -> None:
    """The first change stands."""
    form = typed_in(jo.get(send(jo, "/letters/1/begin").location).text)
    send(jo, "/letters/1/edit", **(form | {"subject": "First"}))
    told = send(jo, "/letters/1/edit", **(form | {"subject": "Second"}))
    assert told.status_code == 409
    assert "Somebody else changed letter 1 meanwhile" in said(told)
    assert 'value="Second"' in told.text
    assert letter_of(pages).subject == "First"


@pytest.mark.parametrize(
    "change",
    [
        {"state": LetterState.SENT, "sent_at": NOW},
        {"claimed_until": NOW + timedelta(minutes=15)},
        {"state": LetterState.WITHDRAWN},
    ],
    ids=["sent", "on its way", "withdrawn"],
)
def test_a_letter_that_has_gone_or_is_going_is_not_touched(
    pages: Pages, jo: FlaskClient, change: dict[str, Any]
) -> None:
    """No button offers it, and whoever posts all the same is refused."""
    set_letter(pages, **change)
    shown = jo.get("/letters/1")
    for act in ("hold", "begin", "send", "withdraw"):
        assert f'action="/letters/1/{act}"' not in shown.text
    before = letter_of(pages)
    for act in ("hold", "send", "withdraw"):
        assert send(jo, f"/letters/1/{act}", reason="x").status_code == 409
    assert jo.get("/letters/1/edit").status_code == 303
    assert letter_of(pages).text == before.text
    assert letter_of(pages).state is before.state


def test_a_letter_is_taken_back_for_a_reason(pages: Pages, jo: FlaskClient) -> None:
    """Without one nothing is done; with one the acknowledgement is owed again."""
    refused = send(jo, "/letters/1/withdraw")
    assert refused.status_code == 400
    assert broken_links_of_errors(refused) == []
    send(jo, "/letters/1/withdraw", reason="The date is wrong.")
    case = case_of(pages)
    assert case.letters[0].state is LetterState.WITHDRAWN
    assert TaskKind.ACKNOWLEDGEMENT_OWED in {task.kind for task in case.tasks if task.closed_at is None}


def test_only_a_letter_that_is_owed_again_is_said_to_open_a_task(pages: Pages, jo: FlaskClient) -> None:
    """A question that is taken back is simply not asked."""
    asked = new_letter(kind=LetterKind.CLARIFICATION, message_id="<asked@heard.invalid>")
    put(pages, SECOND, **begun(letters=[asked]))
    promise = "is then owed to them: a task says so"
    assert promise in said(jo.get("/letters/1"))
    question = said(jo.get("/letters/2"))
    assert "Take it back Nobody is sent it." in question
    assert promise not in question
    send(jo, "/letters/2/withdraw", reason="They rang.")
    assert [task.kind for task in case_of(pages, SECOND).tasks] == []


def test_a_letter_for_the_post_is_printed_with_its_address_and_recorded(
    pages: Pages, jo: FlaskClient
) -> None:
    """A day before it was written cannot be; the day on which it was posted counts."""
    with SqlUnitOfWork(pages.engine) as uow:
        uow.people.add(
            Arrangement(
                address="ann@example.org", kind=ArrangementKind.CONTACT, what="By post.", reason="",
                officer="jo", agreed_on=NOW.date(), way=ContactWay.POST, value="4 Mill Lane, Harrowmere",
                case_reference=SECOND,
            )
        )  # fmt: skip
        uow.commit()
    put(pages, SECOND)
    send(jo, f"/cases/{SECOND}/agree", seen=1)
    assert "Stage 1 acknowledgement" in said(jo.get("/letters?state=by_hand"))
    assert jo.get("/letters/2/pdf").data.startswith(b"%PDF")
    early = {"on-day": "1", "on-month": "11", "on-year": "2026"}
    refused = send(jo, "/letters/2/done", **early)
    assert refused.status_code == 409
    assert "cannot be right" in said(refused)
    assert broken_links_of_errors(refused) == []
    send(jo, "/letters/2/done", **(early | {"on-day": "20"}))
    assert letter_of(pages, 2).state is LetterState.SENT
    assert case_of(pages, SECOND).acknowledged_on == NOW.date()


def test_several_held_letters_go_at_once_and_what_cannot_is_named(pages: Pages, jo: FlaskClient) -> None:
    """One that went meanwhile does not keep the others."""
    put(pages, SECOND)
    send(jo, f"/cases/{SECOND}/agree", seen=1)
    for number in (1, 2):
        send(jo, f"/letters/{number}/hold")
    listed = jo.get("/letters")
    assert 'name="number" value="2"' in listed.text
    set_letter(pages, 2, state=LetterState.SENT, sent_at=NOW)
    answer = send(jo, "/letters/release", number=["1", "2", "99"])
    banner = banner_of(jo.get(answer.location))
    assert "1 letter goes now." in banner
    assert "Letter 2 is sent and not held" in banner
    assert "There is no letter 99 that you can see" in banner
    assert letter_of(pages).state is LetterState.QUEUED
    assert "Choose the letters" in banner_of(jo.get(send(jo, "/letters/release").location))


def test_letters_of_cases_that_are_not_theirs_are_not_there(pages: Pages, jo: FlaskClient) -> None:
    """A service manager sees neither the letter nor the line in the list, and changes nothing."""
    send(jo, "/letters/1/hold")
    pages.add_officer("kim", Role.SERVICE_MANAGER)
    kim, before = pages.client_of("kim"), written(pages)
    for path in ("/letters/1", "/letters/1/page", "/letters/1/pdf", "/letters/1/edit"):
        assert kim.get(path).status_code == 404
    for act in ("hold", "send", "withdraw", "done", "begin", "edit"):
        data = {
            "reason": "x",
            "body": "x",
            "subject": "x",
            "on-day": "20",
            "on-month": "11",
            "on-year": "2026",
        }
        assert send(kim, f"/letters/1/{act}", **data).status_code == 404
    assert "No letter is held" in said(kim.get("/letters"))
    send(kim, "/letters/release", number="1")
    assert letter_of(pages).state is LetterState.HELD
    assert written(pages) == before


def test_an_auditor_reads_letters_and_gets_no_form(pages: Pages, jo: FlaskClient) -> None:
    """Reading is theirs, changing is not."""
    send(jo, "/letters/1/hold")
    pages.add_officer("alex", Role.AUDITOR)
    alex = pages.client_of("alex")
    shown = alex.get("/letters/1")
    assert shown.status_code == 200
    assert 'action="/letters' not in shown.text
    assert 'action="/letters' not in alex.get("/letters").text
    assert alex.get("/letters/1/edit").status_code == 403
    for act in ("1/hold", "1/send", "1/withdraw", "1/done", "1/begin", "1/edit", "release"):
        assert send(alex, f"/letters/{act}").status_code == 403


def test_a_letter_that_an_officer_decided_is_held_against_what_is_on_record(
    pages: Pages, jo: FlaskClient
) -> None:
    """The new date has to stay word for word; the reason may be put better, and not be left out."""
    put(pages, THIRD, **begun())
    day = {"to-day": "11", "to-month": "12", "to-year": "2026"}
    reason = "The surveyor who knows the building can only come on 9 December."
    send(jo, f"/cases/{THIRD}/extend", seen=1, step="record", reason=reason, **day)
    number = case_of(pages, THIRD).letters[-1].id
    form = typed_in(jo.get(send(jo, f"/letters/{number}/begin").location).text)
    better = reason.replace("can only come", "can come no sooner than")
    kept = send(jo, f"/letters/{number}/edit", **(form | {"body": form["body"].replace(reason, better)}))
    assert kept.status_code == 303
    form = typed_in(jo.get(f"/letters/{number}/edit").text)
    for gone, named in (
        (better, "the reason for more time"),
        ("Friday 11 December 2026", "the new date"),
        ("Jo Example", "the name of the officer who signs"),
    ):
        refused = send(
            jo, f"/letters/{number}/edit", **(form | {"body": form["body"].replace(gone, "later")})
        )
        assert refused.status_code == 400
        assert f"The letter leaves out {named}" in said(refused)
