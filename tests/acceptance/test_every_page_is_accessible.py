"""Every page for everybody: four widths and four times the size, by ear, by keyboard, without JavaScript."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from browsing import complaints, overflow, press, strangers, violations
from demonstration import demonstration, let_in
from every_page import IN_A_SANDBOX, NO_PAGES, Stop, furnish, stops
from pages import PASSWORD, Pages, sign_in
from playwright.sync_api import Browser, Page

from models.codes import Role
from review.access.role_table import all_routes
from review.desk import OpenIdConnect

WIDTHS = (1280, 320, 768, 3840)
AXE_AT, AXE_ON_FORMS_AT = frozenset({1280, 320}), frozenset({320})
"""Forms are all made by one template; test_pages_ruling_in_a_browser.py asks axe of each at both widths."""

NAMES = {
    Role.TEAM_MANAGER: "manager", Role.ADMINISTRATOR: "administrator", Role.AUDITOR: "auditor",
}  # fmt: skip
_NAMED = {"textbox", "searchbox", "combobox", "checkbox", "radio", "button", "link", "listbox"}
_FOCUS = """() => {
  const main = document.getElementById("main-content"), at = document.activeElement;
  const box = at.getBoundingClientRect();
  return {text: at.textContent.trim(), isInMain: main !== null && main.contains(at) && at !== main,
          isSeen: box.width > 1 && box.height > 1 && box.top >= 0 && box.top < innerHeight};
}"""
_CAN_HAVE_FOCUS = """() => [...document.querySelectorAll(
  "#main-content :is(a[href], button, input:not([type=hidden]), select, textarea, summary, iframe)"
)].filter(each => each.checkVisibility()).length"""
_OUT_OF_ORDER = """() => document.querySelectorAll(
  "[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length"""


@pytest.fixture(scope="module")
def office(artefacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, str]]:
    """Return the pages over the demonstration's inbox and more, and their address."""
    with demonstration(tmp_path_factory.mktemp("office"), artefacts) as pages:
        let_in(pages, PASSWORD)
        furnish(pages)
        with pages.served() as address:
            yield pages, address


def test_every_route_that_shows_a_page_is_walked(office: tuple[Pages, str]) -> None:
    """A page that nobody looks at is one that nobody knows to be for everybody."""
    walked = {stop.endpoint for stop in stops(office[0])} - {""}
    owed = {"account.code", "second_factor.show"}  # They have a test of their own, below.
    shown = {route.endpoint for route in all_routes() if "GET" in route.methods} - NO_PAGES
    assert walked | owed == shown


@pytest.mark.parametrize("role", [None, *NAMES])
def test_every_page_is_for_everybody(office: tuple[Pages, str], browser: Browser, role: Role | None) -> None:
    """No axe violation, nothing wider than its window, one heading, a title, names, a way past the menu.

    And nothing is asked of anybody else, nor does the browser complain.
    """
    pages, address = office
    page = _window(browser, address, role)
    others, found = strangers(page, address), complaints(page)
    for stop in stops(pages):
        if stop.role is role:
            _open(page, address, stop)
            found += [f"{stop.says}: {each}" for each in _faults(page, stop)]
            _back_to_the_desk(page)
    page.context.close()
    assert found == []
    assert others == []


@pytest.mark.parametrize("role", [None, *NAMES])
def test_every_page_says_and_offers_the_same_without_javascript(
    office: tuple[Pages, str], browser: Browser, role: Role | None
) -> None:
    """Its words, its links, its fields and its buttons."""
    pages, address = office
    with_it, without = (_window(browser, address, role, script=script) for script in (True, False))
    for stop in stops(pages):
        if stop.role is role and stop.endpoint not in IN_A_SANDBOX and not stop.presses:
            said = []
            for page in (with_it, without):
                _open(page, address, stop)
                said.append(page.locator("body").aria_snapshot())
            assert said[0] == said[1], stop.says
    with_it.context.close()
    without.context.close()


def test_the_second_factor_is_for_everybody(pages: Pages, browser: Browser) -> None:
    """Setting it up, giving its code, and signing in with the council's own provider."""
    provider = OpenIdConnect("http://127.0.0.1:1/", client_id="heard", client_secret="s", name="Microsoft")
    pages.change(sign_in=replace(pages.desk.sign_in, needs_second_factor=True, microsoft=provider))
    pages.add_officer("jo")
    with pages.served() as address:
        page = browser.new_page()
        page.goto(f"{address}/sign-in")
        found = _faults(page, Stop(None, "account.sign_in", "/sign-in", "Sign in"))
        sign_in(page, address, "jo")
        stop = Stop(None, "second_factor.show", "/second-factor", "Set up your second factor")
        found += _faults(page, stop)
        key = page.locator(".heard-key").inner_text().replace(" ", "")
        press(page, "Confirm")
        found += _faults(page, replace(stop, name="Error: Set up"))
        page.get_by_label("Code").fill(pyotp.TOTP(key).at(pages.now))
        press(page, "Confirm")
        press(page, "Sign out")
        sign_in(page, address, "jo")
        stop = Stop(None, "account.code", "/sign-in/code", "Enter the code")
        found += _faults(page, stop)
        press(page, "Go on")
        found += _faults(page, replace(stop, name="Error: Enter the code"))
        page.close()
    assert found == []


def test_what_is_wrong_with_a_page_is_found(office: tuple[Pages, str], browser: Browser) -> None:
    """The checks themselves are tried: a label taken away, a heading too many, a wide page."""
    address = office[1]
    page = _window(browser, address, Role.TEAM_MANAGER)
    stop = Stop(Role.TEAM_MANAGER, "new_case.show", "/new-case", "New case")
    broken = (
        ("document.querySelector('label[for=subject]').remove()", "label"),
        ("document.querySelector('label[for=subject]').remove()", "textbox without a name"),
        ("document.querySelector('h2, p').outerHTML = '<h1>Another</h1>'", "2 first headings"),
        ("document.querySelector('h1').style.width = '5000px'", "wider than its window"),
        ("document.title = ''", "title"),
        ("document.getElementById('subject').tabIndex = 3", "out of the order"),
        ("document.querySelector('.govuk-skip-link').remove()", "skip link"),
    )
    for change, says in broken:
        _open(page, address, stop)
        page.evaluate(change)
        assert any(says in each for each in _faults(page, stop)), says
        _back_to_the_desk(page)
    page.context.close()


def _window(browser: Browser, address: str, role: Role | None, *, script: bool = True) -> Page:
    """Return a window, in which somebody of a role is signed in."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, java_script_enabled=script)
    page = context.new_page()
    if role is not None:
        sign_in(page, address, NAMES[role])
    return page


def _open(page: Page, address: str, stop: Stop) -> None:
    page.goto(address + stop.address)
    for label, words in stop.fills:
        page.get_by_label(label, exact=True).fill(words)
    if stop.presses:
        # With the keyboard: a click straight after scrolling may reach the sandboxed frame that was there.
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name=stop.presses, exact=True).press("Enter")


def _faults(page: Page, stop: Stop) -> list[str]:
    """Return what is wrong with the page that is open."""
    is_ours = stop.endpoint not in IN_A_SANDBOX
    found = _about_title(page, stop, ends=" – Heard – Harrowmere Council" if is_ours else "")
    headings = page.locator("h1").count()
    if headings != 1:
        found.append(f"{headings} first headings")
    found += [*_nameless(page), *(_about_focus(page) if is_ours else ())]
    is_form = stop.endpoint == "ruling.show_form" and not stop.presses
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += _too_wide(page, f"{width} px")
        if width in (AXE_ON_FORMS_AT if is_form else AXE_AT):
            seen = violations(page) if is_ours else _violations_in_a_sandbox(page)
            found += [f"{each} at {width} px" for each in seen]
    found += _at_four_times_the_size(page)
    return found


def _violations_in_a_sandbox(page: Page) -> list[str]:
    """Look at the same document in the open: where no script may run, axe does not come to its end."""
    beside = page.context.new_page()
    beside.set_viewport_size(page.viewport_size or {"width": WIDTHS[0], "height": 900})
    beside.set_content(page.context.request.get(page.url).text())
    found = violations(beside)
    beside.close()
    return found


def _about_title(page: Page, stop: Stop, *, ends: str) -> list[str]:
    title = page.title()
    is_right = bool(title) and title.startswith(stop.name) and title.endswith(ends)
    return [] if is_right else [f"the title {title!r} does not begin with {stop.name!r}"]


def _nameless(page: Page) -> list[str]:
    """Return what can be used and has no name in the accessibility tree."""
    protocol = page.context.new_cdp_session(page)
    nodes = protocol.send("Accessibility.getFullAXTree")["nodes"]
    protocol.detach()
    roles = [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored") and node.get("role", {}).get("value") in _NAMED
        and not str(node.get("name", {}).get("value", "")).strip()
    ]  # fmt: skip
    return [f"a {role} without a name" for role in roles]


def _about_focus(page: Page) -> list[str]:
    """Return what is wrong with the way of the focus: the skip link comes first, is seen, and skips."""
    found = []
    if page.evaluate(_OUT_OF_ORDER):
        found.append("the focus goes out of the order of the page")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("Tab")
    first = page.evaluate(_FOCUS)
    if first["text"] != "Skip to main content" or not first["isSeen"]:
        return [*found, f"Tab leads to {first['text']!r} and not to the skip link"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    if page.evaluate(_CAN_HAVE_FOCUS) and not page.evaluate(_FOCUS)["isInMain"]:
        found.append("the skip link does not lead into the page")
    return found


def _at_four_times_the_size(page: Page) -> list[str]:
    """Return what does not fit a window of 1280 by 1024 px at 400 % (WCAG 2.2, 1.4.10)."""
    protocol = page.context.new_cdp_session(page)
    protocol.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": False},
    )
    found = _too_wide(page, "400 %")
    protocol.send("Emulation.clearDeviceMetricsOverride")
    protocol.detach()
    return found


def _too_wide(page: Page, where: str) -> list[str]:
    return [f"{overflow(page)} px wider than its window at {where}"] if overflow(page) > 0 else []


def _back_to_the_desk(page: Page) -> None:
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
