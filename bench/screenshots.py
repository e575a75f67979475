"""Takes the pictures of docs/queue.md: the officers' pages over the demonstration, in a real Chromium.

    python bench/screenshots.py [--out docs/queue]

The inbox is read, triaged and acknowledged as the service does it; the classifier is trained first where the
tests have not kept one. Exits 2 where Chromium is missing.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import conftest
from browsing import started_chromium
from demonstration import demonstration, let_in, references
from office_day import CALL, REASONS
from pages import PASSWORD, Pages, sign_in
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page
from servers import MissingServer

OUT = Path(__file__).parents[1] / "docs" / "queue"
WIDTH, LARGEST = 1280, 150_000
"""Of every picture: how wide it is, in pixels, and how large it may be, in bytes."""

_COLOURS = 64
Picture = tuple[str, bytes]


def main() -> int:
    """Take them all; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, default=OUT)
    out: Path = asked.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        artefacts = Path(folder) / "artefacts"
        conftest.fill(artefacts)
        record = Path(folder) / "record"
        record.mkdir()
        try:
            with demonstration(record, artefacts) as pages, started_chromium() as browser:
                let_in(pages, PASSWORD)
                with pages.served() as address:
                    for name, picture in _pictures(Tour(pages, address, browser)):
                        size = _save(picture, out / f"{name}.png")
                        print(f"{name}.png: {size / 1000:.0f} kB")
                        assert size < LARGEST, f"{name}.png is too large for a document"
        except MissingServer as error:
            print(f"screenshots: {error}", file=sys.stderr)
            return 2
    return 0


@dataclass(frozen=True)
class Tour:
    """The pages over the record, a window of the manager's and one of the officer's."""

    pages: Pages
    address: str
    browser: Browser

    @cached_property
    def known(self) -> dict[str, str]:
        """The references of the cases, by the numbers of their messages' files."""
        return references(self.pages)

    @contextmanager
    def window(self, name: str = "officer", path: str = "", *, height: int = 860) -> Iterator[Page]:
        """Yield a window, in which somebody is signed in where they have a name."""
        context = self.browser.new_context(viewport={"width": WIDTH, "height": height})
        page = context.new_page()
        if name:
            sign_in(page, self.address, name)
        page.goto(self.address + path)
        yield page
        context.close()

    def case(self, number: str) -> str:
        """Return the path of the case of a message."""
        return f"/cases/{self.known[number]}"


def _pictures(tour: Tour) -> Iterator[Picture]:
    """Yield each picture with its name, in the order of the tour; the later ones change the record."""
    for scene in (_signing_in, _the_queue, _a_case, _deciding, _letters, _others, _two_officers):
        yield from scene(tour)


def _signing_in(tour: Tour) -> Iterator[Picture]:
    with tour.window("administrator", "/people/officer") as page:
        page.get_by_role("button", name="Give a new code").click()
        yield "code", page.screenshot(clip=_top(430))
        code = page.locator(".heard-code").inner_text()
    with tour.window("", "/set-password") as page:
        page.get_by_label("Your name in Heard").fill("officer")
        page.get_by_label("One-time code").fill(code)
        for label in ("New password", "New password again"):
            page.get_by_label(label, exact=True).fill(PASSWORD)
        yield "set-password", page.screenshot(clip=_top(720))
        page.get_by_role("button", name="Set password").click()
        yield "sign-in", page.screenshot(clip=_top(650))
    with tour.window(path="/account", height=1000) as page:
        page.get_by_label("Your password, to set it up").fill(PASSWORD)
        page.get_by_role("button", name="Set up a second factor").click()
        yield "second-factor", page.screenshot(clip=_top(900))


def _the_queue(tour: Tour) -> Iterator[Picture]:
    with tour.window(path="/queue") as page:
        yield "queue", page.screenshot()
        page.goto(f"{tour.address}/queue?q=boiler")
        yield "search", page.screenshot(clip=_top(560))


def _a_case(tour: Tour) -> Iterator[Picture]:
    with tour.window(path=tour.case("07"), height=900) as page:
        yield "case", page.screenshot()
        clocks = page.locator("section[aria-labelledby=clocks]")
        clocks.get_by_text("How it was reckoned").nth(1).click()
        yield "clocks", _around(page, clocks)


def _deciding(tour: Tour) -> Iterator[Picture]:
    with tour.window(path=tour.case("10")) as page:
        page.keyboard.press("c")
        page.wait_for_url("**/rule")
        yield "correct", page.screenshot()
    with tour.window(path=f"{tour.case('16')}/exclude") as page:
        page.get_by_label("Appeal route").check()
        page.get_by_label("Why does it apply to this complaint?").fill(REASONS)
        page.get_by_label("What shows that the ground applies?").fill("The notice, as he describes it.")
        page.get_by_role("button", name="See the letter").click()
        yield "refuse", page.screenshot(clip=_top(1180), full_page=True)
    with tour.window(path=tour.case("25")) as page:
        page.keyboard.press("a")
        page.get_by_role("button", name="Undo (u)").wait_for()
        yield "next-case", page.screenshot(clip=_top(620))


def _letters(tour: Tour) -> Iterator[Picture]:
    with tour.window(path=tour.case("25")) as page:
        page.get_by_role("link", name="Stage 1 acknowledgement").last.click()
        page.wait_for_url("**/letters/*")
        yield "letter", page.screenshot()
        page.keyboard.press("e")
        page.wait_for_url("**/edit")
        letter = page.get_by_label("Letter", exact=True)
        said = letter.input_value()
        letter.fill("\n\n".join(part for part in said.split("\n\n") if "full answer" not in part))
        page.get_by_role("button", name="Keep these words").click()
        yield "left-out", page.screenshot(clip=_top(760))


def _others(tour: Tour) -> Iterator[Picture]:
    with tour.window(path="/new-case") as page:
        page.get_by_label("By telephone").check()
        page.get_by_label("What do they say?").fill(CALL)
        page.get_by_role("button", name="See what triage thinks").click()
        yield "new-case", page.screenshot(clip=_top(1050), full_page=True)
    with tour.window(path="/queue?show=quarantine") as page:
        page.get_by_role("link", name="Fwd: Fwd: Fwd: read this").click()
        yield "quarantine", page.screenshot(clip=_top(560))
    with tour.window(path=tour.case("41")) as page:
        yield "possible-reply", page.screenshot(clip=_top(720))
    with tour.window("manager", "/overview") as page:
        yield "overview", page.screenshot()
        page.goto(f"{tour.address}/classifier")
        yield "classifier", page.screenshot()
        page.goto(f"{tour.address}/settings")
        yield "settings", page.screenshot(clip=_top(720))


def _two_officers(tour: Tour) -> Iterator[Picture]:
    with (
        tour.window("manager", tour.case("03")) as theirs,
        tour.window(path=f"{tour.case('03')}/note") as page,
    ):
        page.get_by_label("Your note").fill("He asks for large print; the next bill goes out on Monday.")
        theirs.keyboard.press("a")
        theirs.get_by_role("button", name="Undo (u)").wait_for()
        page.get_by_role("button", name="Add it").click()
        page.get_by_text("Somebody changed this case meanwhile").wait_for()
        yield "two-officers", page.screenshot(clip=_top(800))


def _top(height: int) -> FloatRect:
    """Return the part of a page above a height."""
    return {"x": 0, "y": 0, "width": WIDTH, "height": height}


def _around(page: Page, part: Locator) -> bytes:
    """Take a picture of one part of a page, over the whole width of the window."""
    box = part.bounding_box()
    assert box is not None
    top = box["y"] + page.evaluate("scrollY")
    clip: FloatRect = {"x": 0, "y": top, "width": WIDTH, "height": box["height"] + 20}
    return page.screenshot(clip=clip, full_page=True)


def _save(picture: bytes, file: Path) -> int:
    """Write a picture in few colours and return its size in bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS)
    image.save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
