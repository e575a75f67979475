"""Draws every letter to people for four cases: text, HTML, PDF, and pictures of browser and paper.

    python bench/letter_sheets.py [--case 1] [--out build/letters] [--figure docs/letters.png]

Each case gets a folder, and a contact sheet beside it that shows all of its letters. Exits 1 where a letter
is wider than its window or its paper, asks anybody for anything, loses words, or axe-core finds a fault.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import pypdfium2
from browsing import overflow, started_chromium, strangers, violations
from builders import LETTERHEAD
from letter_cases import TO_PEOPLE, LetterCase, day_of, letter_cases
from letter_pictures import Drawn, Screen, contact_sheet, figure, save
from PIL import Image
from playwright.sync_api import Browser, Page
from servers import MissingServer

from letters.pdf import as_pdf
from letters.render import RenderedLetter, render
from models.codes import LetterKind
from models.errors import PdfUnavailable

OUT = Path(__file__).parents[1] / "build" / "letters"
WIDTHS = (320, 1000)
"""A small telephone, and a window on a desk."""

_POINTS_TO_PIXELS = 1.5
_MARGIN = 18 / 25.4 * 72
"""A little less than the margin of 20 mm, in points."""

_PRINTED_ALIKE = re.compile(r"[^\u0021-\u024f\u1e00-\u1eff£€]")
"""What a PDF may give back in another order, or joined: other alphabets, their marks, pictures, spaces."""

_LARGE = 3
"""Where the case in large print stands among the cases."""

_ONLY_IN_EMAIL = "If you reply, please leave this line in."


def draw(case: LetterCase, folder: Path, browser: Browser) -> Iterator[Drawn]:
    """Draw every letter of a case into a folder, one by one."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in TO_PEOPLE:
        drawn = _drawn(case, kind, folder, browser)
        _keep(drawn, folder)
        yield drawn


def faults_of(drawn: Drawn) -> list[str]:
    """Return what is wrong with a letter that nobody should be sent, in words."""
    return [
        *(f"{each.too_wide_by} px too wide at {each.width} px" for each in drawn.screens if each.too_wide_by),
        *(f"asks for {address}" for each in drawn.screens for address in each.asked_for),
        *(f"axe-core: {found}" for each in drawn.screens for found in each.violations),
        *(f"lacks on paper: {word}" for word in words_lost(drawn.letter, drawn.pdf)),
        *(f"runs off page {number}" for number in pages_left(drawn.pdf)),
    ]


def words_lost(letter: RenderedLetter, pdf: bytes) -> list[str]:
    """Return the words of a letter's plain text that are not to be found in its PDF.

    Spaces count for nothing, since a long word may be folded. The line that proves an email's reply is not
    printed.
    """
    document = pypdfium2.PdfDocument(pdf)
    inside = _bare("".join(page.get_textpage().get_text_range() for page in document))
    document.close()
    printed = letter.text.partition(_ONLY_IN_EMAIL)[0]
    words = (word for line in printed.splitlines() if set(line) != {"-"} for word in line.split())
    return [word for word in words if _bare(word) not in inside]


def _bare(text: str) -> str:
    return _PRINTED_ALIKE.sub("", text)


def pages_left(pdf: bytes) -> list[int]:
    """Return the numbers of the pages whose text runs into the margin on the right, or off the paper."""
    document = pypdfium2.PdfDocument(pdf)
    left = []
    for number, page in enumerate(document, start=1):
        width, _ = page.get_size()
        words = page.get_textpage()
        rights = (words.get_charbox(each)[2] for each in range(words.count_chars()))
        if max(rights, default=0) > width - _MARGIN:
            left.append(number)
    document.close()
    return left


def letter_of(case: LetterCase, kind: LetterKind) -> RenderedLetter:
    """Return a letter of a case."""
    return render(
        kind, case.context, letterhead=LETTERHEAD, details=case.details[kind], is_large=case.is_large
    )


def pdf_of(case: LetterCase, kind: LetterKind, letter: RenderedLetter) -> bytes:
    """Return a letter as it is printed."""
    recipient, day = case.recipient, day_of(kind)
    return as_pdf(letter.html, title=letter.subject, recipient=recipient, day=day, letterhead=LETTERHEAD)


def _drawn(case: LetterCase, kind: LetterKind, folder: Path, browser: Browser) -> Drawn:
    letter = letter_of(case, kind)
    pdf = pdf_of(case, kind, letter)
    file = folder / f"{kind}.html"
    file.write_text(letter.html, encoding="utf-8")
    return Drawn(kind, letter, pdf, _screens(file, browser), _paper(pdf))


def _screens(file: Path, browser: Browser) -> tuple[Screen, ...]:
    page = browser.new_page()
    address = file.resolve().as_uri()
    asked_for = strangers(page, address)
    page.goto(address)
    shown = tuple(_screen(page, width, asked_for) for width in WIDTHS)
    page.close()
    return shown


def _screen(page: Page, width: int, asked_for: Sequence[str]) -> Screen:
    page.set_viewport_size({"width": width, "height": 800})
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    found = tuple(violations(page)) if width == WIDTHS[0] else ()
    return Screen(width, picture, max(0, overflow(page)), tuple(asked_for), found)


def _paper(pdf: bytes) -> tuple[Image.Image, ...]:
    document = pypdfium2.PdfDocument(pdf)
    pages = tuple(page.render(scale=_POINTS_TO_PIXELS).to_pil().convert("RGB") for page in document)
    document.close()
    return pages


def _keep(drawn: Drawn, folder: Path) -> None:
    """Write a letter's other files: its words, its paper, and pictures of both."""
    said = f"Subject: {drawn.letter.subject}\n\n{drawn.letter.text}"
    (folder / f"{drawn.kind}.txt").write_text(said, encoding="utf-8")
    (folder / f"{drawn.kind}.pdf").write_bytes(drawn.pdf)
    for screen in drawn.screens:
        save(screen.picture, folder / f"{drawn.kind}-{screen.width}px.png")
    for left in folder.glob(f"{drawn.kind}-page-*.png"):
        # A letter that was longer the last time.
        left.unlink()
    for number, page in enumerate(drawn.paper, start=1):
        save(page, folder / f"{drawn.kind}-page-{number}.png")


def main() -> int:
    """Draw the letters; return 1 where one has a fault, 2 where none can be drawn."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--case", type=int, choices=range(1, 5), help="one of the four; all if left out")
    asked.add_argument("--out", type=Path, default=OUT, help="the folder (%(default)s)")
    asked.add_argument("--figure", type=Path, help="write the picture of the documentation here, too")
    said = asked.parse_args()
    cases = letter_cases() if said.case is None else letter_cases()[said.case - 1 : said.case]
    try:
        with started_chromium() as browser:
            all_drawn = [_draw_case(case, said.out, browser) for case in cases]
    except (MissingServer, PdfUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    if said.figure and len(all_drawn) > _LARGE:
        first, answer = LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_1_RESPONSE
        save(figure(all_drawn[0][first], all_drawn[1][answer], all_drawn[_LARGE][first]), said.figure)
    faults = [
        f"{case.name}, {kind}: {fault}"
        for case, letters in zip(cases, all_drawn, strict=True)
        for kind, drawn in letters.items()
        for fault in faults_of(drawn)
    ]
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _draw_case(case: LetterCase, out: Path, browser: Browser) -> dict[LetterKind, Drawn]:
    """Draw a case and its contact sheet; return its letters."""
    drawn = list(draw(case, out / case.name, browser))
    sheet = out / f"{case.name}.png"
    save(contact_sheet(case.name.replace("-", " "), drawn), sheet)
    print(f"{sheet}: {len(drawn)} letters, {sum(len(each.paper) for each in drawn)} pages", flush=True)
    return {each.kind: each for each in drawn}


if __name__ == "__main__":
    sys.exit(main())
