"""The queue and the search in a real Chromium: with keys, without JavaScript, wide and narrow."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from browsing import follow, overflow, press, strangers, violations
from pages import NOW, Pages, sign_in
from playwright.sync_api import Browser, Page
from rows import new_case, new_message

from models.case import Task
from models.codes import Flag, Outcome, Status, TaskKind
from models.reference import reference_of
from models.unit_of_work import SqlUnitOfWork

TODAY = date(2026, 11, 20)
HOSTILE = "\u202egnihtemos\u202c <img src=https://stranger.example/x onerror=alert(1)> " + "W" * 300


@pytest.fixture
def address(pages: Pages) -> Iterator[str]:
    """Serve the pages over a record of forty cases, some of them odd."""
    pages.add_officer("jo")
    with SqlUnitOfWork(pages.engine) as uow:
        for number in range(1, 41):
            message = new_message(
                uid=str(number), message_id=f"<{number}@example.org>", text=f"Boiler {number} {HOSTILE}"
            )
            uow.messages.keep(message, str(number).encode())
            case = new_case(
                reference=reference_of(number), acknowledge_by=TODAY + timedelta(days=number - 5),
                subject=HOSTILE if number == 3 else f"Matter {number}", status=list(Status)[number % 6],
                complainant_name=HOSTILE if number == 4 else "Ann Lee",
                flags=[Flag.SAFETY_HAZARD] if number % 7 == 0 else [],
                tasks=[Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=TODAY, note="read it")],
            )  # fmt: skip
            case.messages.append(message)
            message.settle(Outcome.CASE, reason="test", now=NOW)
            uow.cases.add(case)
        uow.commit()
    with pages.served() as served:
        yield served


def opened(browser: Browser, address: str, *, width: int = 1280, script: bool = True) -> Page:
    """Return a window in which Jo is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    page = context.new_page()
    sign_in(page, address, "jo")
    return page


@pytest.mark.parametrize("width", [320, 1280, 3840])
def test_the_queue_is_accessible_at_every_width(address: str, browser: Browser, width: int) -> None:
    """Axe finds nothing, nothing is wider than the window, and nobody else is asked for anything."""
    page = opened(browser, address, width=width)
    others = strangers(page, address)
    for where in ("/queue", "/queue?show=overdue&stage=1", "/queue?q=boiler", "/queue?show=quarantine"):
        page.goto(address + where)
        assert violations(page) == [], where
        assert overflow(page) <= 0, where
    assert others == []
    page.context.close()


def test_the_keys_walk_search_and_turn_pages(address: str, browser: Browser) -> None:
    """J and k along the rows, n and p from page to page, / into the search; in a field they are letters."""
    page = opened(browser, address)
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent.trim()") == "Matter 1"
    page.keyboard.press("n")
    page.wait_for_url("**after=**")
    page.keyboard.press("p")
    page.wait_for_url("**before=**")
    page.keyboard.press("/")
    page.keyboard.type("matter jnp boiler -7")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=matter**")
    assert page.get_by_role("searchbox").input_value() == "matter jnp boiler -7"
    page.context.close()


def test_filters_are_saved_and_used_without_javascript(address: str, browser: Browser) -> None:
    """Every control is a link or a form."""
    page = opened(browser, address, script=False)
    follow(page, "Overdue")
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Stage").select_option("Stage 1")
    press(page, "Apply")
    assert page.get_by_role("heading", level=1).inner_text() == "Overdue, stage 1"
    page.get_by_label("Save what is shown as").fill("late ones")
    press(page, "Save")
    follow(page, "All that waits")
    follow(page, "late ones")
    assert page.get_by_role("heading", level=1).inner_text() == "Overdue, stage 1"
    rows = page.get_by_role("row")
    assert "overdue" in rows.nth(1).inner_text()
    press(page, "Remove the filter late ones")
    assert page.get_by_role("link", name="late ones").count() == 0
    page.context.close()
