"""The pages of the manager and the administrator: overview, classifier, settings, known issues, items."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from builders import make_message
from pages import NOW, Pages
from rows import new_case

from casework.quarantine import quarantine
from models.case import Ruling
from models.codes import Ombudsman, Role, Status
from models.overview_rows import Workload, today_figures, workload
from models.queue_rows import counts
from models.queue_selection import Looker, Selection, Show
from models.unit_of_work import SqlUnitOfWork

TODAY = date(2026, 11, 20)


@pytest.fixture
def office(pages: Pages) -> Pages:
    """Return pages with one officer of every role."""
    for role in Role:
        pages.add_officer(role.value, role)
    return pages


def keep_quarantined(pages: Pages) -> int:
    """Put a message on record that could not be read; return its number."""
    with SqlUnitOfWork(pages.engine) as uow:
        message = make_message(
            id=None, sha256=None, uid="77", subject="<b>Boiler</b>", text="No heat since {{7*7}} days",
            received_at=NOW - timedelta(days=1), fetched_at=NOW, outcome=None, settled_at=None,
        )  # fmt: skip
        uow.messages.keep(message, b"Subject: Boiler\r\n\r\nNo heat")
        uow.flush()
        quarantine(uow, message, reason="it could not be read", working_days=pages.desk.working_days, now=NOW)
        uow.commit()
    assert message.id is not None
    return message.id


@pytest.mark.parametrize("path", ["/overview", "/classifier", "/settings", "/known-issues"])
def test_an_empty_record_has_pages_that_say_so(office: Pages, path: str) -> None:
    """Nothing to show is no fault."""
    answer = office.client_of("team_manager").get(path)
    assert answer.status_code == 200
    assert b"<h1" in answer.data


def test_the_overview_counts_punctuality_and_workload(office: Pages) -> None:
    """One in time, one late, one open: 50.0 % of what was due was in time (LGSCO 6.2, HO 6.2)."""
    with SqlUnitOfWork(office.engine) as uow:
        for number, (acknowledged_on, by) in enumerate(
            [(date(2026, 11, 4), 5), (date(2026, 11, 18), 9), (None, 25)], start=1
        ):
            uow.cases.add(
                new_case(
                    reference=f"C-000{number}", status=Status.COMPLAINT, stage=1,
                    received_on=date(2026, 11, 2), acknowledge_by=date(2026, 11, by),
                    acknowledged_on=acknowledged_on, assigned_to="officer",
                )
            )  # fmt: skip
        uow.commit()
    page = office.client_of("auditor").get("/overview").text
    assert "50.0%" in page
    assert "Officer Example" in page
    assert "<svg" in page
    assert "style=" not in page
    found = workload(office.engine, day=TODAY)
    looker = Looker("team_manager", TODAY)
    counted = counts(office.engine, Selection(), looker, parts=[Show.OVERDUE])
    assert found == [Workload("officer", waiting=3, overdue=2)]
    assert counted == {None: 3, Show.OVERDUE: 2}


def test_what_was_undone_or_merged_away_today_is_not_counted(office: Pages) -> None:
    """Of three cases that came today one was merged away; of two rulings one was taken back."""
    gone: dict[str, Any] = {"merged_into": "C-0001", "closed_on": TODAY, "closed_why": "the same"}
    with SqlUnitOfWork(office.engine) as uow:
        for number, changes in enumerate([{}, gone, {}, {"opened_at": NOW - timedelta(days=1)}], start=1):
            usual: dict[str, Any] = {"reference": f"C-000{number}", "opened_at": NOW, "received_on": TODAY}
            case = new_case(**(usual | changes))
            if number == 1:
                case.rulings = [
                    Ruling(
                        officer="officer", ruled_at=NOW, status=Status.COMPLAINT, reason="It is.",
                        category="housing_repairs", ombudsman=Ombudsman.HOUSING, undone_at=undone_at,
                    )
                    for undone_at in (None, NOW)
                ]  # fmt: skip
            uow.cases.add(case)
        uow.commit()
    figures = today_figures(office.engine, day=TODAY, since=NOW - timedelta(hours=10))
    assert (figures.cases, figures.rulings) == (2, 1)


def test_every_figure_of_the_overview_says_its_period(office: Pages) -> None:
    """Since when, today or now: on each card and in each heading."""
    page = office.client_of("auditor").get("/overview").text
    named = re.findall(r"<dt>(.*?)</dt>", page) + re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(named) == 9 + 7
    for each in named:
        assert re.search(r"since 1 November 2025|\btoday|\bnow\b", each), each


def test_the_overview_counts_agreement_by_ruling(office: Pages) -> None:
    """A page without any ruling says so, and one with rulings counts them."""
    assert (
        "No officer has ruled on a suggestion yet" in office.client_of("team_manager").get("/overview").text
    )


def test_a_known_issue_is_declared_and_ended_and_both_are_on_record(office: Pages) -> None:
    """Who declared and who ended it stands in the audit."""
    client = office.client_of("officer")
    said = {"title": "No heating in Ashby House", "category": "housing_repairs", "words": "heating, boiler",
            "known": "A part is on its way.", "ends_on": "2026-12-01"}  # fmt: skip
    assert client.post("/known-issues", data=said).status_code == 303
    page = client.get("/known-issues").text
    assert "No heating in Ashby House" in page
    assert "Declared by Officer Example, " in page
    assert client.post("/known-issues/1/end").status_code == 303
    assert "ended" in client.get("/known-issues").text


def test_what_was_changed_stands_on_the_settings_page(office: Pages) -> None:
    """Who, when and what, for the auditor too; what happens every day is left out."""
    said = {"title": "No heating in Ashby House", "category": "housing_repairs", "words": "heating",
            "known": "A part is on its way.", "ends_on": ""}  # fmt: skip
    assert "Nothing yet." in office.client_of("auditor").get("/settings").text
    office.client_of("officer").post("/known-issues", data=said)
    office.client_of("administrator").post("/people/officer/code")
    page = office.client_of("auditor").get("/settings").text
    assert "known issue declared: No heating in Ashby House" in page
    assert "Officer Example: given a one-time code" in page
    assert page.index("given a one-time code") < page.index("known issue declared")


def test_a_wrong_known_issue_comes_back_with_what_was_typed(office: Pages) -> None:
    """The form names what is wrong and loses nothing."""
    said = {"title": "Lifts", "category": "nonsense", "words": "lift", "known": "We know.", "ends_on": ""}
    answer = office.client_of("officer").post("/known-issues", data=said)
    assert answer.status_code == 400
    assert "Choose a category" in answer.text
    assert "We know." in answer.text


def test_the_settings_show_no_secret(pages: Pages) -> None:
    """Passwords, tokens and the address of the database stay out of the page."""
    pages.add_officer("admin", Role.ADMINISTRATOR)
    page = pages.client_of("admin").get("/settings").text
    assert "heard.db" not in page
    assert "Christmas Day" in page


def test_a_quarantined_message_is_shown_inert_and_becomes_a_case(office: Pages) -> None:
    """Its words run nothing; with a ruling it is a case whose clock began when it came."""
    number = keep_quarantined(office)
    client = office.client_of("officer")
    page = client.get(f"/messages/{number}").text
    assert "&lt;b&gt;Boiler&lt;/b&gt;" in page
    assert "{{7*7}}" in page
    said = {
        "status": "complaint",
        "category": "housing_repairs",
        "ombudsman": "housing",
        "reason": "No heat.",
    }
    assert client.post(f"/messages/{number}/case", data=said).status_code == 303
    assert client.get(f"/messages/{number}").status_code == 404


def test_a_quarantined_message_is_filed_only_with_a_reason(office: Pages) -> None:
    """Without one the page says what is missing."""
    number, client = keep_quarantined(office), office.client_of("officer")
    assert client.post(f"/messages/{number}/file", data={"reason": " "}).status_code == 400
    assert client.post(f"/messages/{number}/file", data={"reason": "Spam."}).status_code == 303


def test_what_happened_to_a_message_is_said_in_sentences_and_full_names(office: Pages) -> None:
    """As the trail of a case says it; for the auditor too."""
    number, client = keep_quarantined(office), office.client_of("officer")
    client.post(f"/messages/{number}/file", data={"reason": "It is spam."})
    page = client.get(f"/messages/{number}").text
    trail = " ".join(re.sub(r"<[^>]+>", "", page[page.index("What happened to it") :]).split())
    assert "Heard: Put the message aside for an officer: it could not be read." in trail
    assert "Officer Example: Filed the message, which needs nothing done: It is spam." in trail


@pytest.mark.parametrize("path", ["/known-issues", "/messages/{}", "/queue"])
def test_categories_stand_in_the_order_of_their_names(office: Pages, path: str) -> None:
    """The one for whatever is left is the last."""
    page = office.client_of("officer").get(path.format(keep_quarantined(office))).text
    (chosen,) = re.findall(r'<select[^>]*name="category".*?</select>', page, re.DOTALL)
    names = [each.strip() for each in re.findall(r'<option value="[a-z_]+"[^>]*>(.*?)</option>', chosen)]
    assert len(names) > 10
    assert names[-1] == "Other"
    assert names[:-1] == sorted(names[:-1], key=str.casefold)


def test_a_quarantined_message_can_be_read_again(office: Pages) -> None:
    """It waits for the service then."""
    number, client = keep_quarantined(office), office.client_of("officer")
    assert client.post(f"/messages/{number}/again").status_code == 303


def test_a_raw_message_is_a_download_that_no_browser_opens(office: Pages) -> None:
    """Octets, an attachment, no sniffing, a sandbox."""
    answer = office.client_of("officer").get(f"/messages/{keep_quarantined(office)}/raw")
    assert answer.data.startswith(b"Subject: Boiler")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_who_sees_only_own_cases_sees_no_quarantine(office: Pages) -> None:
    """What belongs to nobody yet is for those who see everything."""
    number = keep_quarantined(office)
    assert office.client_of("service_manager").get(f"/messages/{number}").status_code == 404


def test_the_classifier_page_offers_nothing_to_an_auditor(office: Pages) -> None:
    """An auditor reads the versions and changes none."""
    client = office.client_of("auditor")
    assert "Retrain now" not in client.get("/classifier").text
    assert client.post("/classifier/retrain").status_code == 403
    assert "Retrain now" in office.client_of("team_manager").get("/classifier").text


def test_rolling_back_without_a_version_before_says_so(office: Pages) -> None:
    """A fault of ours is a page with a sentence."""
    answer = office.client_of("administrator").post("/classifier/roll-back")
    assert answer.status_code == 409
    assert "no artefact was live before" in answer.text.casefold()
