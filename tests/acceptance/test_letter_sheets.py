"""Every letter to people drawn for the awkward case: real Chromium, real paper, and looked at by rule."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from browsing import violations
from playwright.sync_api import Browser
from pypdfium2 import raw
from rendering import objects_of

BENCH = Path(__file__).parents[2] / "bench"
AWKWARD, LARGE = 2, 3


@pytest.fixture(scope="module")
def sheets() -> Any:
    """Return the script that draws letters."""
    sys.path.insert(0, str(BENCH))
    import letter_sheets  # noqa: PLC0415  # benchmarks are scripts, in a folder of their own

    return letter_sheets


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the letters are drawn."""
    return tmp_path_factory.mktemp("letters")


@pytest.fixture(scope="module")
def drawn(sheets: Any, folder: Path, browser: Browser) -> list[Any]:
    """Draw the letters of the case with long words, other directions, pictures and markup in it."""
    return list(sheets.draw(sheets.letter_cases()[AWKWARD], folder, browser))


def test_every_letter_to_a_person_is_drawn_in_every_form(sheets: Any, drawn: list[Any], folder: Path) -> None:
    """Text, HTML, PDF, and a picture of each width and page; the names say what each is."""
    names = {file.name for file in folder.iterdir()}
    assert [each.kind for each in drawn] == list(sheets.TO_PEOPLE)
    for each in drawn:
        forms = {".txt", ".html", ".pdf", "-320px.png", "-1000px.png"}
        forms |= {f"-page-{number}.png" for number in range(1, len(each.paper) + 1)}
        assert {name for name in names if re.match(rf"{each.kind}[.-]", name)} == {
            f"{each.kind}{form}" for form in forms
        }
    sheet = sheets.contact_sheet("a case", drawn)
    assert sheet.width == 2400
    assert sheet.height > 640 * len(drawn)


def test_no_letter_is_wider_than_its_window(drawn: list[Any]) -> None:
    """Whatever people write, nobody scrolls sideways, not at 320 pixels either (LGSCO 5.6, HO 5.10)."""
    wide = [(each.kind, screen.width) for each in drawn for screen in each.screens if screen.too_wide_by]
    assert wide == []


def test_a_letter_asks_nobody_for_anything(drawn: list[Any]) -> None:
    """Nobody learns that it was opened."""
    assert {asked for each in drawn for screen in each.screens for asked in screen.asked_for} == set()


def test_axe_finds_no_fault_with_a_letter(drawn: list[Any], folder: Path, browser: Browser) -> None:
    """No violation in any; without its language there is one (LGSCO 3.1, 5.6; HO 3.1, 5.10)."""
    assert [found for each in drawn for screen in each.screens for found in screen.violations] == []
    page = browser.new_page()
    whole = (folder / "receipt.html").read_text(encoding="utf-8")
    page.set_content(whole.replace('<html lang="en-GB">', "<html>"))
    assert any(found.startswith("html-has-lang") for found in violations(page))
    page.close()


def test_no_word_is_lost_or_cut_off_on_paper(sheets: Any, drawn: list[Any]) -> None:
    """All words of the letter are printed, none into the margin or off the page."""
    for each in drawn:
        assert (each.kind, sheets.words_lost(each.letter, each.pdf)) == (each.kind, [])
        assert (each.kind, sheets.pages_left(each.pdf)) == (each.kind, [])
    other = replace(drawn[0].letter, text="Thank you, nobody.")
    assert sheets.words_lost(other, drawn[0].pdf) == ["you,", "nobody."]


def test_every_letter_on_paper_is_tagged_and_names_its_language_and_title(drawn: list[Any]) -> None:
    """A screen reader finds its way in each (LGSCO 5.6, HO 5.10; ISO 14289-1)."""
    for each in drawn:
        inside = objects_of(each.pdf)
        for wanted in (rb"/MarkInfo", rb"/Marked true", rb"/StructTreeRoot", rb"/Lang ?\(en-GB\)"):
            assert re.search(wanted, inside), (each.kind, wanted)
        document = pypdfium2.PdfDocument(each.pdf)
        assert document.get_metadata_dict()["Title"] == each.letter.subject
        document.close()


def test_points_have_the_same_numbers_on_paper_as_in_the_email(drawn: list[Any]) -> None:
    """The list of points and their headings agree, also where a number is missing."""
    (answer,) = (each for each in drawn if each.kind == "stage_1_response")
    words = " ".join(words_of(answer.pdf).split())
    # The numbers stand in the margin, and are painted last on their page.
    assert re.search(r" 2\. 3\. 12\. ", words)
    assert "Point 12: <script>" in words


def test_the_line_that_proves_a_reply_is_not_printed(drawn: list[Any]) -> None:
    """Nobody can leave a line of paper in a reply; the email has it."""
    for each in drawn:
        assert "leave this line in" in each.letter.text
        assert "leave this line in" not in words_of(each.pdf)


def test_large_print_is_large_everywhere(sheets: Any) -> None:
    """Nothing on the page is smaller than 16 point: address, head and foot neither (LGSCO 5.6, HO 5.10)."""
    case = sheets.letter_cases()[LARGE]
    letter = sheets.letter_of(case, "stage_1_response")
    assert min(sizes_of(sheets.pdf_of(case, "stage_1_response", letter))) >= 15.9


def test_a_machine_without_chromium_is_told_what_to_install(tmp_path: Path) -> None:
    """The script ends with the name of the package, and with 2."""
    code = (
        f"import sys; sys.path[:0] = [{str(BENCH)!r}, {str(BENCH.parent / 'tests')!r}]\n"
        "import browsing, letter_sheets\nbrowsing.CHROMIUM = '/nowhere/chromium'\n"
        f"sys.argv = ['letter_sheets.py', '--out', {str(tmp_path)!r}]\nsys.exit(letter_sheets.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "chromium is not installed (apt-get install chromium)\n")


def words_of(pdf: bytes) -> str:
    """Return all words of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return words


def sizes_of(pdf: bytes) -> set[float]:
    """Return the sizes in which a PDF has letters, in points."""
    document = pypdfium2.PdfDocument(pdf)
    sizes = set()
    for page in document:
        words = page.get_textpage()
        for at in range(words.count_chars()):
            if chr(raw.FPDFText_GetUnicode(words.raw, at)).isalnum():
                scale = raw.FS_MATRIX()
                raw.FPDFText_GetMatrix(words.raw, at, scale)
                sizes.add(raw.FPDFText_GetFontSize(words.raw, at) * abs(scale.d))
    document.close()
    return sizes
