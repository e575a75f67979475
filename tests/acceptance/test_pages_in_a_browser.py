"""The officers' pages in a real Chromium."""

from browsing import overflow, strangers, violations
from pages import Pages, sign_in
from playwright.sync_api import Browser


def test_an_officer_signs_in_and_sees_the_queue(pages: Pages, browser: Browser) -> None:
    """The form signs in, the queue comes, nothing is asked of anybody else and axe finds nothing."""
    pages.add_officer("jo")
    with pages.served() as address:
        page = browser.new_page()
        others = strangers(page, address)
        sign_in(page, address, "jo")
        assert page.url == f"{address}/queue"
        assert violations(page) == []
        assert overflow(page) <= 0
        assert others == []
        page.close()
