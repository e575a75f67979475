"""Officers decide in a real Chromium: by keys alone, without JavaScript, on a telephone, for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager

from browsing import follow, overflow, press, strangers
from pages import Pages, sign_in
from playwright.sync_api import Browser, Page
from worked_cases import FIRST, REASONS, SECOND, THIRD, Triages, begun, case_of, put

from models.codes import LetterState, Role, Status
from review.show.actions import FORMS, LISTS

WIDTHS = (1280, 320)
OF_A_ROW = {"decide": 2, "promise-kept": 1}
LONG = "Damp and mould in three rooms, reported on the 2nd, the 5th and the 11th. " * 8 + "x" * 300


@contextmanager
def at_desk(pages: Pages, browser: Browser, *, has_scripts: bool = True) -> Iterator[tuple[Page, str]]:
    """Sign a team manager in; yield the page and the address."""
    pages.change(back_office=Triages())
    pages.add_officer("jo", Role.TEAM_MANAGER)
    with pages.served() as address:
        context = browser.new_context(java_script_enabled=has_scripts)
        page = context.new_page()
        others = strangers(page, address)
        sign_in(page, address, "jo")
        yield page, address
        assert others == []
        context.close()


def look(page: Page, path: str) -> list[str]:
    """Say by how much a page runs over the edge, at both widths."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if overflow(page) > 0:
            found.append(f"{path} at {width}: {overflow(page)} pixels too wide")
    return found


def test_an_officer_agrees_corrects_and_undoes_with_the_keyboard_alone(
    pages: Pages, browser: Browser
) -> None:
    """A says yes, C and a figure correct, U takes back; the next case opens by itself."""
    for reference in (FIRST, SECOND, THIRD):
        put(pages, reference)
    with at_desk(pages, browser) as (page, address):
        page.goto(f"{address}/cases/{FIRST}")
        page.keyboard.press("a")
        page.wait_for_url(f"{address}/cases/{SECOND}")
        page.keyboard.press("c")
        page.wait_for_url(f"{address}/cases/{SECOND}/rule")
        page.keyboard.press("2")
        page.wait_for_url(f"{address}/cases/{THIRD}")
        assert case_of(pages, SECOND).status is Status.SERVICE_REQUEST
        page.keyboard.press("u")
        page.wait_for_url(f"{address}/cases/{SECOND}")
        assert case_of(pages, SECOND).status is Status.COMPLAINT
        page.keyboard.press("c")
        page.wait_for_url(f"{address}/cases/{SECOND}/rule")
        page.get_by_label("Category").focus()
        page.keyboard.type("Housing rent")
        page.get_by_label("Why?").focus()
        page.keyboard.type("It is about the rent, a and c and u are letters here")
        page.keyboard.press("Tab")
        for _ in range(6):
            if page.evaluate("document.activeElement.textContent.trim()") == "Continue":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Check the letter before it goes").wait_for()
        page.keyboard.press("y")
        # It had left the queue for a moment, so that it stood last in it.
        page.wait_for_url(f"{address}/queue")
    case = case_of(pages, SECOND)
    assert (case.category, case.rulings[-1].reason) == (
        "housing_rent", "It is about the rent, a and c and u are letters here",
    )  # fmt: skip
    assert case_of(pages, FIRST).rulings[0].status is Status.COMPLAINT


def test_a_complaint_is_not_accepted_without_javascript(pages: Pages, browser: Browser) -> None:
    """Every step is a page: the form, what is wrong with it, the letter, the undoing."""
    put(pages, FIRST)
    with at_desk(pages, browser, has_scripts=False) as (page, address):
        page.goto(f"{address}/cases/{FIRST}")
        follow(page, "Do not accept")
        press(page, "See the letter")
        follow(page, "Choose a ground")
        page.get_by_label("Appeal route").check()
        page.get_by_label("Why does it apply").fill(REASONS)
        page.get_by_label("What shows that").fill("The notice.")
        press(page, "See the letter")
        assert page.get_by_text(REASONS).is_visible()
        press(page, "Change something")
        assert page.get_by_label("Why does it apply").input_value() == REASONS
        press(page, "See the letter")
        press(page, "Send it")
        assert case_of(pages).refusals[0].reasons == REASONS
        press(page, "Undo")
        assert case_of(pages).refusals == []
        assert case_of(pages).letters[-1].state is LetterState.WITHDRAWN


def test_no_long_word_runs_over_the_edge_of_a_page_of_deciding(pages: Pages, browser: Browser) -> None:
    """On a desk and on a telephone, with a subject and a name that are as long as a text."""
    put(pages, FIRST, text=LONG, subject=LONG, complainant_name=LONG[:200], **begun())
    put(pages, SECOND)
    found = []
    with at_desk(pages, browser) as (page, address):
        names = [name for name, form in FORMS.items() if not form.has_number]
        paths = [f"/cases/{FIRST}/{name}" for name in (*names, *LISTS)]
        paths += [f"/cases/{FIRST}/{name}?number={number}" for name, number in OF_A_ROW.items()]
        paths += [f"/cases/{FIRST}", f"/cases/{SECOND}/points", "/letters", "/new-case"]
        for path in paths:
            page.goto(address + path)
            found += look(page, path)
        page.goto(f"{address}/cases/{FIRST}/exclude")
        press(page, "See the letter")
        found += look(page, "exclude with errors")
        page.goto(f"{address}/cases/{FIRST}/question")
        page.get_by_label("What do you need to know?").fill(LONG)
        press(page, "See the letter")
        found += look(page, "the letter before it goes")
        press(page, "Send it")
        found += look(page, "the case after it")
        letter = case_of(pages).letters[-1].id
        page.goto(f"{address}/letters/{letter}")
        found += look(page, "a letter")
        press(page, "Change the words")
        found += look(page, "a letter that is changed")
        page.goto(f"{address}/letters")
        found += look(page, "letters that wait")
    assert found == []
