"""The page of a case in a real Chromium: for everybody who has to work with it."""

from datetime import date

import pytest
from browsing import overflow, violations
from kept_case import FIRST, SECOND, keep
from pages import NOW, Pages, sign_in
from playwright.sync_api import Browser, Page, ViewportSize
from rows import new_case, new_letter

from models.case import Action, Point, Task
from models.codes import Flag, LetterState, TaskKind
from models.unit_of_work import SqlUnitOfWork

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=700)
_OPEN_ALL = "() => document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture
def office(pages: Pages) -> Pages:
    """Return pages with an officer, a full case, and one that holds nothing."""
    pages.add_officer("jo")
    keep(
        pages.engine, messages=3, flags=[Flag.VULNERABLE, Flag.THIRD_PARTY], represented_name="Mary Lee",
        acknowledged_on=date(2026, 11, 19), respond_by=date(2026, 12, 3), claimed_on=date(2026, 11, 1),
        letters=[new_letter(state=LetterState.SENT, queued_at=NOW, due_at=NOW, sent_at=NOW)],
        points=[Point(number=1, text="The bin was missed.", raised_on=date(2026, 11, 19))],
        actions=[Action(number=1, what="A new bin", owner="Depot", opened_on=date(2026, 11, 19),
                        due_by=date(2026, 11, 10))],
        tasks=[
            Task(kind=TaskKind.READ_REPLY, opened_at=NOW, due_by=date(2026, 11, 10), note="please read it")
        ],
    )  # fmt: skip
    with SqlUnitOfWork(pages.engine) as uow:
        uow.cases.add(new_case(reference=SECOND, subject="", complainant_name="", complainant_address=""))
        uow.commit()
    return pages


def opened(browser: Browser, address: str, reference: str = FIRST, *, script: bool = True) -> Page:
    """Open a case as an officer who has signed in."""
    page = browser.new_page(viewport=WIDE, java_script_enabled=script)
    sign_in(page, address, "jo")
    page.goto(f"{address}/cases/{reference}")
    return page


@pytest.mark.parametrize("reference", [FIRST, SECOND])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_axe_finds_nothing_wrong_and_nothing_is_too_wide(
    office: Pages, browser: Browser, reference: str, size: ViewportSize
) -> None:
    """With everything on it and with nothing, wide and at four times the size, folded and unfolded."""
    with office.served() as address:
        page = opened(browser, address, reference)
        page.set_viewport_size(size)
        assert violations(page) == []
        page.evaluate(_OPEN_ALL)
        assert violations(page) == []
        assert overflow(page) <= 0
        page.close()


def test_the_newest_message_and_why_are_on_the_first_screen(office: Pages, browser: Browser) -> None:
    """An officer who reads three hundred a day need not scroll to see what it is about."""
    with office.served() as address:
        page = opened(browser, address)
        for shown in (page.locator(".heard-words").first, page.locator(".heard-why").first):
            box = shown.bounding_box()
            assert box is not None
            assert box["y"] + 40 < WIDE["height"]
        page.close()


def test_a_mark_leads_to_its_explanation_and_is_told_to_who_listens(office: Pages, browser: Browser) -> None:
    """By the keyboard, and in the words that a screen reader reads."""
    with office.served() as address:
        page = opened(browser, address)
        number = page.locator(".heard-mark__number").first
        number.focus()
        page.keyboard.press("Enter")
        where = page.url.partition("#")[2]
        assert "says that earlier reports went unanswered" in page.locator(f"#{where}").inner_text()
        words = page.locator(".heard-words").first.text_content() or ""
        assert words.startswith("[Passage 1 begins] I reported the bin")
        assert "[Passage 1 ends, see why: 1]" in words
        page.close()


def test_everything_is_there_without_script(office: Pages, browser: Browser) -> None:
    """Older messages unfold, and the mail is shown as it was sent."""
    with office.served() as address:
        page = opened(browser, address, script=False)
        older = page.locator("details.heard-message").last
        older.locator("summary").first.click()
        assert older.locator(".heard-words").first.is_visible()
        page.get_by_text("Show as it was sent").first.click()
        frame = page.frame_locator("iframe.heard-sent").first
        frame.get_by_text("The bin").wait_for()
        page.close()
