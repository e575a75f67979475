"""The pages on which an officer decides: agree, correct, undo, the next case, two at once, who may not."""

import html
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pages import NOW, Pages
from worked_cases import (
    FIRST,
    RESPOND_BY,
    SECOND,
    THIRD,
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

from models.case import Refusal, Task
from models.codes import Flag, LetterKind, LetterState, Role, Status, TaskKind
from models.ruled import ruled_messages
from models.unit_of_work import SqlUnitOfWork
from review.show.actions import FORMS, LISTS

CORRECTED = {
    "status": "service_request", "category": "housing_rent", "ombudsman": "housing",
    "reason": "He only asks.", "flags": ["vulnerable"], "exclusions": ["appeal_route"],
}  # fmt: skip


@pytest.fixture
def jo(pages: Pages) -> FlaskClient:
    """Return a team manager's client; three cases await officers."""
    pages.add_officer("jo", Role.TEAM_MANAGER)
    pages.add_officer("sam")
    for reference in (FIRST, SECOND, THIRD):
        put(pages, reference)
    return pages.client_of("jo")


def test_agreeing_records_what_is_suggested_and_opens_the_next_case(pages: Pages, jo: FlaskClient) -> None:
    """One post: the ruling, the letter that follows, the banner with the way back on the next case."""
    answer = send(jo, f"/cases/{FIRST}/agree", seen=1)
    assert (answer.status_code, answer.location) == (303, f"/cases/{SECOND}")
    case = case_of(pages)
    (ruling,), (letter,) = case.rulings, case.letters
    assert (ruling.officer, ruling.status, ruling.flags) == ("jo", Status.COMPLAINT, None)
    assert (letter.kind, letter.due_at) == (LetterKind.STAGE_1_ACKNOWLEDGEMENT, NOW + timedelta(minutes=2))
    shown = jo.get(answer.location)
    assert f"{FIRST}: Ruled: Complaint, Waste and recycling; letter queued: stage 1 acknowledgement." in said(
        shown
    )
    assert f'action="/cases/{FIRST}/undo"' in shown.text


def test_undoing_takes_it_back_and_shows_the_case_again(pages: Pages, jo: FlaskClient) -> None:
    """The case is as it was, its letter never goes, nothing is learnt."""
    send(jo, f"/cases/{FIRST}/agree", seen=1)
    answer = send(jo, f"/cases/{FIRST}/undo")
    assert answer.location == f"/cases/{FIRST}"
    assert "is again as it was before; not sent: stage 1 acknowledgement" in said(jo.get(answer.location))
    case = case_of(pages)
    assert (case.respond_by, case.letters[0].state) == (None, LetterState.WITHDRAWN)
    assert list(ruled_messages(pages.engine)) == []
    assert "Undo" not in said(jo.get(f"/cases/{FIRST}"))


def test_a_letter_that_has_gone_is_not_undone_and_the_page_says_so(pages: Pages, jo: FlaskClient) -> None:
    """Nothing changes, and no button offers it any longer."""
    send(jo, f"/cases/{FIRST}/agree", seen=1)
    with SqlUnitOfWork(pages.engine) as uow:
        uow.letters.get(1).state = LetterState.SENT
        uow.commit()
    refused = send(jo, f"/cases/{FIRST}/undo")
    assert refused.status_code == 409
    assert "has gone, or is on its way" in said(refused)
    assert f'action="/cases/{FIRST}/undo"' not in jo.get(f"/cases/{FIRST}").text
    assert case_of(pages).respond_by is not None


def test_a_late_undo_says_that_the_letter_has_gone_and_leads_to_the_case(
    pages: Pages, jo: FlaskClient
) -> None:
    """What the letter changed of the case as it went is not what stands in the way."""
    send(jo, f"/cases/{FIRST}/agree", seen=1)
    with SqlUnitOfWork(pages.engine) as uow:
        uow.letters.get(1).state = LetterState.SENT
        uow.cases.get(FIRST).count_change()
        uow.commit()
    refused = send(jo, f"/cases/{FIRST}/undo", **{"from": "show=mine"})
    assert refused.status_code == 409
    assert "The stage 1 acknowledgement has gone, so this cannot be undone any longer." in said(refused)
    assert f'href="/cases/{FIRST}?from=show%3Dmine">Go to case {FIRST}' in refused.text
    again = send(jo, f"/cases/{SECOND}/undo")
    assert "was changed since" in said(again)
    assert f"Go to case {SECOND}" in said(again)


def test_a_banner_names_people_in_full_and_the_case_once(jo: FlaskClient) -> None:
    """The name with which somebody signs in is for signing in."""
    send(jo, f"/cases/{FIRST}/assign", seen=1, to="sam")
    send(jo, f"/cases/{FIRST}/assign", seen=2, to="jo")
    shown = banner_of(jo.get(f"/cases/{FIRST}"))
    assert f"Case {FIRST} is Sam Example's now." in shown
    assert f"Case {FIRST} is Jo Example's now in place of Sam Example." in shown
    assert f"{FIRST}: " not in shown


def test_nobody_is_offered_what_another_officer_did(pages: Pages, jo: FlaskClient) -> None:
    """Sam sees no button, and is refused where he posts it all the same."""
    send(jo, f"/cases/{FIRST}/agree", seen=1)
    sam = pages.client_of("sam")
    assert f'action="/cases/{FIRST}/undo"' not in sam.get(f"/cases/{FIRST}").text
    refused = send(sam, f"/cases/{FIRST}/undo")
    assert refused.status_code == 409
    assert "Jo Example did this to case" in said(refused)


def test_the_next_case_is_the_next_of_the_queue_that_the_officer_came_from(jo: FlaskClient) -> None:
    """Of the officer's own cases; behind the last one the queue itself is shown."""
    for reference in (FIRST, THIRD):
        send(jo, f"/cases/{reference}/assign", seen=1, to="jo")
    first = send(jo, f"/cases/{FIRST}/agree", seen=2, **{"from": "show=mine"})
    assert first.location == f"/cases/{THIRD}?from=show%3Dmine"
    assert 'value="show=mine"' in jo.get(first.location).text
    last = send(jo, f"/cases/{THIRD}/agree", seen=2, **{"from": "show=mine"})
    assert last.location == "/queue?show=mine"


def test_working_through_the_queue_comes_to_every_case_once(jo: FlaskClient) -> None:
    """A complaint stays in the queue when it was ruled on, and does not open again at once."""
    seen, here = [], f"/cases/{FIRST}"
    while here.startswith("/cases/"):
        seen.append(here.removeprefix("/cases/"))
        here = send(jo, f"{here}/agree", seen=1).location
    assert seen == [FIRST, SECOND, THIRD]


def test_a_wrong_status_is_corrected_with_one_key_more(pages: Pages, jo: FlaskClient) -> None:
    """The form offers every other status at once; the reason says what was corrected."""
    assert 'data-key="2"' in jo.get(f"/cases/{FIRST}/rule").text
    answer = send(jo, f"/cases/{FIRST}/quickly", seen=1, status="service_request")
    assert answer.location == f"/cases/{SECOND}"
    (ruling,) = case_of(pages).rulings
    assert ruling.status is Status.SERVICE_REQUEST
    assert ruling.reason == "Corrected: service request, not complaint."
    assert send(jo, f"/cases/{SECOND}/quickly", seen=1, status="nonsense").status_code == 400


def test_what_cannot_be_corrected_at_once_goes_on_in_the_form(pages: Pages, jo: FlaskClient) -> None:
    """Who was told of a complaint is told of its end: the form asks which it is, filled in already."""
    put(pages, "C-0000-0004-86", **begun())
    answer = send(jo, "/cases/C-0000-0004-86/quickly", seen=1, status="enquiry")
    assert answer.status_code == 409
    assert "so say which it is" in said(answer)
    assert 'value="enquiry" checked' in answer.text
    assert broken_links_of_errors(answer) == []


def test_correcting_shows_the_letter_and_records_nothing_until_it_is_sent(
    pages: Pages, jo: FlaskClient
) -> None:
    """The page between carries everything along; only the second step writes."""
    before = written(pages)
    shown = send(jo, f"/cases/{FIRST}/rule", seen=1, **CORRECTED)
    assert "Check the letter before it goes" in said(shown)
    assert "You seem to be asking us to put something right" in said(shown)
    assert written(pages) == before
    assert 'name="flags" value="vulnerable"' in shown.text
    answer = send(jo, f"/cases/{FIRST}/rule", seen=1, step="record", **CORRECTED)
    assert answer.location == f"/cases/{SECOND}"
    case = case_of(pages)
    (ruling,) = case.rulings
    assert (case.status, case.category, case.flags) == (
        Status.SERVICE_REQUEST, "housing_rent", [Flag.VULNERABLE],
    )  # fmt: skip
    assert (ruling.flags, ruling.exclusions, ruling.is_disputed) == (["vulnerable"], ["appeal_route"], False)


def test_going_back_from_the_letter_keeps_what_was_typed(jo: FlaskClient) -> None:
    """The form stands as it was sent."""
    again = send(jo, f"/cases/{FIRST}/rule", seen=1, step="change", **CORRECTED)
    assert "He only asks." in again.text
    assert 'value="service_request" checked' in again.text


def test_a_disputed_ruling_counts_and_teaches_nothing(pages: Pages, jo: FlaskClient) -> None:
    """It is marked, and left out of what the classifier learns from."""
    send(jo, f"/cases/{FIRST}/rule", seen=1, step="record", disputed="yes", **CORRECTED)
    assert case_of(pages).rulings[0].is_disputed
    assert list(ruled_messages(pages.engine)) == []


def test_leaving_the_status_of_a_refused_complaint_does_not_accept_it(pages: Pages, jo: FlaskClient) -> None:
    """Only naming it a complaint does; leaving it is what the form has chosen."""
    refusal = Refusal(ground="appeal_route", evidence="e", reasons="r", discretion="", officer="sam",
                      decided_at=NOW)  # fmt: skip
    put(pages, "C-0000-0004-86", stage=0, refusals=[refusal])
    form = jo.get("/cases/C-0000-0004-86/rule")
    assert "naming it a complaint accepts it after all" in said(form)
    said_so = CORRECTED | {"status": "", "ombudsman": "lgsco"}
    send(jo, "/cases/C-0000-0004-86/rule", seen=1, step="record", **said_so)
    case = case_of(pages, "C-0000-0004-86")
    assert (case.stage, case.letters, case.category) == (0, [], "housing_rent")


def test_of_two_officers_the_second_is_told_and_loses_nothing_of_what_they_typed(
    pages: Pages, jo: FlaskClient
) -> None:
    """The page names it, links to the case, keeps every word, and takes it when it is sent again."""
    sam = pages.client_of("sam")
    send(sam, f"/cases/{FIRST}/assign", seen=1, to="sam")
    told = send(jo, f"/cases/{FIRST}/rule", seen=1, step="record", **CORRECTED)
    assert told.status_code == 409
    assert "Somebody changed this case meanwhile" in said(told)
    assert "He only asks." in told.text
    assert 'name="seen" value="2"' in told.text
    assert case_of(pages).rulings == []
    assert send(jo, f"/cases/{FIRST}/rule", seen=2, step="record", **CORRECTED).status_code == 303


def test_agreeing_to_what_has_changed_meanwhile_is_told_too(pages: Pages, jo: FlaskClient) -> None:
    """The key says yes to what was on the page, and to nothing else."""
    send(jo, f"/cases/{FIRST}/assign", seen=1, to="sam")
    told = send(jo, f"/cases/{FIRST}/agree", seen=1)
    assert told.status_code == 409
    assert "Somebody changed this case meanwhile" in said(told)
    assert case_of(pages).rulings == []


def test_officers_on_one_case_see_each_other(pages: Pages, jo: FlaskClient) -> None:
    """Whoever opens a form is named to the other."""
    pages.client_of("sam").get(f"/cases/{FIRST}/exclude")
    assert "Sam Example is looking at this case too" in said(jo.get(f"/cases/{FIRST}/rule"))


def test_a_case_that_is_not_theirs_is_not_there_for_a_service_manager(pages: Pages, jo: FlaskClient) -> None:
    """Neither to look at nor to change, in the same words as one that does not exist."""
    del jo
    pages.add_officer("kim", Role.SERVICE_MANAGER)
    kim, before = pages.client_of("kim"), written(pages)
    for name in [*FORMS, *LISTS]:
        nowhere = kim.get(f"/cases/C-0000-0009-71/{name}?number=1")
        hidden = kim.get(f"/cases/{FIRST}/{name}?number=1")
        assert (name, nowhere.status_code, hidden.status_code) == (name, 404, 404)
        assert said(hidden).replace(FIRST, "") == said(nowhere).replace("C-0000-0009-71", "")
    for name in [*FORMS, "agree", "quickly", "undo"]:
        posted = send(kim, f"/cases/{FIRST}/{name}", seen=1, reason="x", number=1, status="enquiry")
        assert (name, posted.status_code) == (name, 404)
    assert written(pages) == before


def test_an_auditor_gets_no_form_and_changes_nothing(pages: Pages, jo: FlaskClient) -> None:
    """The routes forbid it, and the page of the case offers nothing."""
    del jo
    pages.add_officer("alex", Role.AUDITOR)
    alex, before = pages.client_of("alex"), written(pages)
    shown = alex.get(f"/cases/{FIRST}")
    assert shown.status_code == 200
    assert 'data-key="' not in shown.text
    for name in [*FORMS, *LISTS]:
        assert (name, alex.get(f"/cases/{FIRST}/{name}").status_code) == (name, 403)
        assert f"/cases/{FIRST}/{name}" not in shown.text
    for name in [*FORMS, "agree", "quickly", "undo"]:
        assert (name, send(alex, f"/cases/{FIRST}/{name}", seen=1).status_code) == (name, 403)
    assert written(pages) == before


def test_only_who_assigns_gives_a_case_to_others(pages: Pages, jo: FlaskClient) -> None:
    """An officer takes a case; a team manager gives it to anybody who works."""
    assert "Sam Example" in said(jo.get(f"/cases/{FIRST}/assign"))
    sam = pages.client_of("sam")
    assert "Jo Example" not in said(sam.get(f"/cases/{FIRST}/assign")).replace("Jo Example is looking", "")
    assert send(sam, f"/cases/{FIRST}/assign", seen=1, to="jo").status_code == 400
    assert send(sam, f"/cases/{FIRST}/assign", seen=1, to="sam").status_code == 303
    assert case_of(pages).assigned_to == "sam"


def test_hostile_words_stay_words(pages: Pages, jo: FlaskClient) -> None:
    """Markup, template syntax, zero bytes and turned writing are kept or dropped, and never run."""
    words = "<script>alert(1)</script> {{ 7*7 }} \u202eturned\x00 'x' -- DROP"
    put(pages, "C-0000-0004-86", text=words, subject=words, complainant_name=words)
    form = jo.get("/cases/C-0000-0004-86/note")
    assert "<script>alert" not in form.text
    assert "\u202e" not in form.text
    answer = send(jo, "/cases/C-0000-0004-86/note", seen=1, note=words)
    assert answer.status_code == 303
    shown = jo.get(answer.location).text
    assert "<script>alert" not in shown
    assert "{{ 7*7 }}" in html.unescape(shown)
    assert "\x00" not in shown


def test_a_form_that_does_not_fit_the_case_says_so(pages: Pages, jo: FlaskClient) -> None:
    """Whoever comes by an old link is led back to the case."""
    put(pages, "C-0000-0004-86", **asked())
    shown = jo.get("/cases/C-0000-0004-86/extend")
    assert "This cannot be done with the case as it is now" in said(shown)
    assert send(jo, "/cases/C-0000-0004-86/extend", seen=1, reason="x").status_code == 400
    assert "response_extended" not in actions_in_audit(pages)


def test_the_menu_offers_what_fits(pages: Pages, jo: FlaskClient) -> None:
    """An answered complaint can go to stage 2, a closed one be opened again, and nothing else."""
    put(pages, "C-0000-0004-86", **answered())
    open_one = said(jo.get("/cases/C-0000-0004-86"))
    assert "Begin stage 2" in open_one
    assert "Answer the complaint" not in open_one
    put(pages, "C-0000-0005-83", **answered(closed_on=RESPOND_BY, closed_why="Done.",
                                            letters=[]))  # fmt: skip
    closed = said(jo.get("/cases/C-0000-0005-83"))
    assert "Open again" in closed
    assert "Do not accept" not in closed


def test_agreeing_says_that_it_settles_an_alert_before_and_after(pages: Pages, jo: FlaskClient) -> None:
    """Below the button, in the banner, and in the trail; nowhere where there is none."""
    alert = Task(kind=TaskKind.DUTY_ALERT, opened_at=NOW, due_by=NOW.date(), note="please look today")
    put(pages, "C-0000-0004-86", tasks=[alert])
    also = "This also settles the alert: somebody may be in danger."
    settled = "the alert that somebody may be in danger is settled"
    assert also in said(jo.get("/cases/C-0000-0004-86"))
    assert also not in said(jo.get(f"/cases/{FIRST}"))
    done = send(jo, "/cases/C-0000-0004-86/agree", seen=1)
    assert settled in banner_of(jo.get(done.location))
    shown = said(jo.get("/cases/C-0000-0004-86"))
    assert settled in shown
    assert also not in shown


@pytest.mark.parametrize("status", [Status.COMPLAINT, Status.SERVICE_REQUEST])
def test_no_letter_is_promised_where_nobody_has_confirmed_whom_to_answer(
    pages: Pages, jo: FlaskClient, status: Status
) -> None:
    """A colleague forwarded it: the button does not promise a letter, and agreeing says what is lacking."""
    new = "C-0000-0004-86"
    stage = 1 if status is Status.COMPLAINT else 0
    put(pages, new, status=status, stage=stage, reply_address="", complainant_found_in="forward")
    before = said(jo.get(f"/cases/{new}"))
    assert "nobody has confirmed whom to answer. See “Who complains”." in before
    assert "acknowledgement goes out" not in before
    assert "is acknowledged, if it was not yet" not in before
    done = send(jo, f"/cases/{new}/agree", seen=1)
    banner = banner_of(jo.get(done.location))
    assert "no letter: nobody has confirmed whom to answer: “Who complains”" in banner
    assert case_of(pages, new).letters == []


def test_what_was_ruled_on_is_answered_next_and_not_agreed_with_again(pages: Pages, jo: FlaskClient) -> None:
    """The panel leads on; a reply that came since is settled by agreeing."""
    send(jo, f"/cases/{FIRST}/agree", seen=1)
    ruled = jo.get(f"/cases/{FIRST}")
    assert f'action="/cases/{FIRST}/agree"' not in ruled.text
    assert f'role="button" draggable="false" href="/cases/{FIRST}/answer"' in ruled.text
    with SqlUnitOfWork(pages.engine) as uow:
        case = uow.cases.get(FIRST)
        case.tasks.append(
            Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=RESPOND_BY, note="please read it")
        )
        uow.commit()
    assert f'action="/cases/{FIRST}/agree"' in jo.get(f"/cases/{FIRST}").text
