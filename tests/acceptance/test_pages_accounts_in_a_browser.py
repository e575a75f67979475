"""Signing in, one's account and the page about people in a real Chromium."""

from dataclasses import replace

import pyotp
from browsing import follow, press
from pages import Pages, sign_in
from playwright.sync_api import Browser

_TRY_EVERYTHING = """async () => {
  const broken = [];
  document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
  const add = (markup) => document.body.insertAdjacentHTML("beforeend", markup);
  add('<img src="/static/icon.svg" onload="window.ran = 1">');
  add('<p id="styled" style="color: rgb(1, 2, 3)">x</p>');
  add('<img src="https://evil.example/x.png">');
  add('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">');
  add('<iframe src="https://evil.example/"></iframe>');
  add('<form id="away" action="https://evil.example/" method="post"></form>');
  document.getElementById("away").submit();
  for (const code of ["window.ran = 2", ""]) {
    const script = document.createElement("script");
    if (code) script.textContent = code; else script.src = "https://evil.example/x.js";
    document.body.append(script);
  }
  try { await fetch("https://evil.example/"); } catch (refused) { /* said by the event */ }
  for (let tries = 0; tries < 50 && new Set(broken).size < 7; tries++)
    await new Promise((done) => setTimeout(done, 100));
  return {ran: window.ran || 0, broken: [...new Set(broken)].sort(),
          colour: getComputedStyle(document.getElementById("styled")).color};
}"""


def test_an_officer_sets_up_and_uses_a_second_factor_without_javascript(
    pages: Pages, browser: Browser
) -> None:
    """The council asks for one: set up at the first sign-in, asked for at the next."""
    pages.change(sign_in=replace(pages.desk.sign_in, needs_second_factor=True))
    pages.add_officer("jo")
    with pages.served() as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, "jo")
        key = page.locator(".heard-key").inner_text().replace(" ", "")
        page.get_by_label("Code").fill(pyotp.TOTP(key).at(pages.now))
        press(page, "Confirm")
        assert page.url == f"{address}/queue"
        assert "Your second factor is set up" in page.inner_text("main")
        press(page, "Sign out")
        sign_in(page, address, "jo")
        assert page.url == f"{address}/sign-in/code"
        pages.now = pages.now.replace(minute=5)
        page.get_by_label("Code").fill(pyotp.TOTP(key).at(pages.now))
        press(page, "Go on")
        assert page.url == f"{address}/queue"
        follow(page, "Jo Example (your account)")
        page.get_by_label("One key does what its button does").uncheck()
        press(page, "Save")
        assert "Single keys are off." in page.inner_text("main")
        context.close()


def test_a_page_in_which_somebody_writes_says_so_at_most_every_five_minutes(
    pages: Pages, browser: Browser
) -> None:
    """The policy lets it; a page that only stands there says nothing."""
    pages.add_officer("jo")
    with pages.served() as address:
        page = browser.new_page()
        page.clock.install()
        sign_in(page, address, "jo")
        page.goto(f"{address}/new-case")
        asked: list[int | None] = []
        page.on(
            "response",
            lambda answer: asked.append(answer.status) if answer.url.endswith("/account/awake") else None,
        )
        page.clock.fast_forward("20:00")
        assert asked == []
        with page.expect_response("**/account/awake"):
            page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.clock.fast_forward("04:00")
        page.mouse.click(5, 5)
        page.clock.fast_forward("02:00")
        with page.expect_response("**/account/awake"):
            page.mouse.click(5, 5)
        assert asked == [204, 204]
        page.close()


def test_the_pages_policy_holds_in_a_real_browser(pages: Pages, browser: Browser) -> None:
    """No script or style in the page itself, nothing from elsewhere, no form to elsewhere."""
    pages.add_officer("jo")
    with pages.served() as address:
        page = browser.new_page()
        sign_in(page, address, "jo")
        page.goto(f"{address}/account")
        page.route("https://evil.example/**", lambda route: route.abort())
        found = page.evaluate(_TRY_EVERYTHING)
        assert found["ran"] == 0
        assert found["colour"] != "rgb(1, 2, 3)"
        assert set(found["broken"]) == {
            "connect-src", "form-action", "frame-src", "img-src", "script-src-attr",
            "script-src-elem", "style-src-attr",
        }  # fmt: skip
        assert page.url == f"{address}/account"
        page.close()


def test_no_other_site_can_show_the_pages_in_a_frame(pages: Pages, browser: Browser) -> None:
    """Nor read what they say (clickjacking)."""
    pages.add_officer("jo")
    with pages.served() as address:
        page = browser.new_page()
        sign_in(page, address, "jo")
        page.goto("about:blank")
        page.set_content(f'<iframe src="{address}/account"></iframe>')
        page.wait_for_timeout(500)
        assert [frame for frame in page.frames[1:] if "Your account" in frame.content()] == []
        page.close()
