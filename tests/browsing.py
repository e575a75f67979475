"""A real Chromium for tests and for the drawn letters, and what is asked of the pages that it shows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from servers import MissingServer

CHROMIUM = "/usr/bin/chromium"
_MEANT_TO_REFUSE = re.compile(r"status of 40[0349]\b")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; raises MissingServer where it is not installed."""
    if not Path(CHROMIUM).exists():
        raise MissingServer("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                  "--disable-dev-shm-usage"],
        )  # fmt: skip
        yield browser
        browser.close()


def strangers(page: Page, address: str) -> list[str]:
    """Return the list to which every request goes that is not ours, as it is made."""
    found: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith((address, "data:", "about:", "blob:")):
            found.append(request.url)

    page.on("request", look)
    return found


def complaints(page: Page) -> list[str]:
    """Return the list to which the browser's complaints go, but for answers that are meant to refuse."""
    found: list[str] = []

    def look(said: ConsoleMessage) -> None:
        if said.type == "error" and not _MEANT_TO_REFUSE.search(said.text):
            found.append(said.text)

    page.on("console", look)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait for where it leads."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, a line each: the rule and where."""
    # Through the protocol and not as an element: the pages' own policy lets no other script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in result["violations"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    found: int = page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )
    return found
