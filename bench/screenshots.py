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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import conftest
from browsing import started_chromium
from demonstration import demonstration, let_in, references
from pages import PASSWORD, Pages, sign_in
from PIL import Image
from playwright.sync_api import Page
from servers import MissingServer

OUT = Path(__file__).parents[1] / "docs" / "queue"
_COLOURS = 64


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
                    page = browser.new_page(viewport={"width": 1280, "height": 860})
                    for name, picture in _pictures(pages, page, address):
                        size = _save(picture, out / f"{name}.png")
                        print(f"{name}.png: {size / 1000:.0f} kB")
        except MissingServer as error:
            print(f"screenshots: {error}", file=sys.stderr)
            return 2
    return 0


def _pictures(pages: Pages, page: Page, address: str) -> Iterator[tuple[str, bytes]]:
    """Yield each picture with its name, in the order of the tour."""
    known = references(pages)
    heating, fine = known["01"], known["16"]
    page.goto(f"{address}/sign-in")
    yield "sign-in", page.screenshot(clip={"x": 0, "y": 0, "width": 1280, "height": 520})
    sign_in(page, address, "manager")
    yield "queue", page.screenshot()
    for name, path in (
        ("search", "/queue?q=boiler"),
        ("case", f"/cases/{heating}"),
        ("correct", f"/cases/{heating}/rule"),
        ("refuse", f"/cases/{fine}/exclude"),
        ("new-case", "/new-case"),
        ("overview", "/overview"),
        ("classifier", "/classifier"),
    ):
        page.goto(address + path)
        yield name, page.screenshot()
    page.goto(f"{address}/cases/{heating}")
    page.get_by_role("heading", name="Clocks").scroll_into_view_if_needed()
    yield "clocks", page.screenshot()
    page.get_by_role("link", name="Stage 1 acknowledgement").last.click()
    yield "letter", page.screenshot()


def _save(picture: bytes, file: Path) -> int:
    """Write a picture in few colours and return its size in bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS)
    image.save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
