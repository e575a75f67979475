"""Templates from outside: they run in a sandbox, and every fault names its file and line."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import LETTERHEAD, make_context

from letters.check_letters import check_templates
from letters.load_templates import as_sentence, days_away
from letters.render import render
from models.codes import LetterKind
from models.errors import LetterIncomplete

RECEIPT = LetterKind.RECEIPT
HEAD = "<html lang='en'><title>x</title>"


def own(folder: Path, text: str | bytes, name: str = "receipt/body.txt") -> Path:
    """Put one template into a folder of the council's own."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def receipt_from(folder: Path) -> str:
    """Render the receipt of a council with templates of its own."""
    return render(RECEIPT, make_context(), letterhead=replace(LETTERHEAD, own_templates=folder)).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n{% if %}", r"receipt/body\.txt, line 2"),
        ("one\n\n{{ case.unheard_of }}", r"receipt/body\.txt, line 3: .*unheard_of"),
        ("{% for x in case.reference %}", r"receipt/body\.txt, line 1: .*end of template"),
        ("{% import 'gone.txt' as gone %}", r"there is no template"),
        ("{{ case.reference|reverse }}", r"receipt/body\.txt, line 1: .*reverse"),
        ("{{ case.received_on + 'x' }}", r"receipt/body\.txt, line 1"),
        ("{{ 1 / 0 }}", r"receipt/body\.txt, line 1: division by zero"),
        ("{{ case.received_on|join|long_date }}", r"receipt/body\.txt, line 1"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", r"receipt/body\.txt, line 1: .*without end"),
        (b"\xff\xfe", r"receipt/body\.txt cannot be read"),
        ("x" * 100_001, r"receipt/body\.txt: 100,001 characters"),
    ],
)
def test_a_broken_template_names_its_file_and_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    """Whoever edits a template is told where the fault is, and no letter is half written."""
    with pytest.raises(LetterIncomplete, match=said):
        receipt_from(own(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ case.__init__.__globals__ }}",
        "{{ case|attr('__class__') }}",
        "{{ house.ombudsmen.clear() }}",
        "{{ 'x'.format(case) }}",
        "{{ case.reference.upper() }}",
        "{{ range(9) }}",
        "{{ namespace() }}",
        "{{ self._TemplateReference__context }}",
        "{{ 'a' * 10 }}",
        "{{ 9 ** 9 }}",
        "{{ '%99999999d' % 1 }}",
        "{% include '../../../../etc/passwd' %}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_reaches_nothing_but_its_letter(tmp_path: Path, text: str) -> None:
    """No attribute of Python's, no call, no file outside, no operator that fills the memory."""
    with pytest.raises(LetterIncomplete):
        receipt_from(own(tmp_path, text))


def test_a_letter_that_grows_without_end_is_stopped(tmp_path: Path) -> None:
    """A loop in a loop ends at the length that no letter has."""
    loops = "{% for a in case.reference %}" * 6 + "{{ house.address }}" + "{% endfor %}" * 6
    with pytest.raises(LetterIncomplete, match="grows beyond"):
        receipt_from(own(tmp_path, loops))


def test_every_fault_is_reported_at_once_with_its_provision(tmp_path: Path) -> None:
    """Whoever starts the service sees all that is wrong at once (LGSCO 6.2, HO 6.2)."""
    own(tmp_path, "Your reference is {{ case.reference }}.")
    own(tmp_path, "Hello {{ nobody }}", "extension/body.txt")
    with pytest.raises(LetterIncomplete) as refused:
        check_templates(replace(LETTERHEAD, own_templates=tmp_path))
    said = str(refused.value)
    assert "LGSCO 5.3" in said
    assert "LGSCO 3.7, HO 5.7" in said
    assert "receipt/body.txt" in said
    assert "extension/body.txt, line 1" in said


def test_only_one_shape_of_a_letter_may_be_broken_and_is_still_found(tmp_path: Path) -> None:
    """Every branch of a template is tried, with and without what may be left out."""
    ours = (Path("letters/templates/not_accepted/body.txt")).read_text(encoding="utf-8")
    own(tmp_path, ours.replace("{{ letter.discretion }}", "{{ letter.unheard_of }}"), "not_accepted/body.txt")
    with pytest.raises(LetterIncomplete, match="unheard_of"):
        check_templates(replace(LETTERHEAD, own_templates=tmp_path))


def test_a_machine_that_signs_for_an_officer_is_found(tmp_path: Path) -> None:
    """An answer that says it was sent automatically is refused at start."""
    ours = (Path("letters/templates/stage_1_response/body.txt")).read_text(encoding="utf-8")
    own(tmp_path, ours + "\nThis was sent automatically.\n", "stage_1_response/body.txt")
    with pytest.raises(LetterIncomplete, match=r"stage_1_response/body\.txt says that it is automatic"):
        check_templates(replace(LETTERHEAD, own_templates=tmp_path))


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("<html lang='en'><title>x</title><h1>x</h1></html>", "the body of the letter"),
        ("<html><title>{{ title }}</title><h1>{{ title }}</h1>{{ body|safe }}</html>", "the language"),
        ("<html lang='en'><h1>{{ title }}</h1>{{ body|safe }}</html>", "the title"),
        ("<html lang='en'><title>{{ title }}</title>{{ body|safe }}</html>", "one heading h1"),
        ("<html lang='en'><title>x</title><h1>x</h1><h4>y</h4>{{ body|safe }}</html>", "a level of headings"),
        (f"{HEAD}<h1>x</h1><img src='data:,'>{{{{ body|safe }}}}</html>", "words for a picture"),
        (f"{HEAD}<h1>x</h1><img alt='' src='//t.example/x'>{{{{ body|safe }}}}</html>", "fetches nothing"),
    ],
)  # fmt: skip
def test_a_layout_that_not_everybody_can_read_is_refused(tmp_path: Path, layout: str, said: str) -> None:
    """Language, title and headings are there for a screen reader, and no page calls home (LGSCO 3.1, 5.6)."""
    with pytest.raises(LetterIncomplete, match=said):
        receipt_from(own(tmp_path, layout, "layout.html"))


def test_a_misspelt_name_in_the_folder_is_told(tmp_path: Path) -> None:
    """A file that takes the place of nothing would be edited in vain."""
    own(tmp_path, "x", "reciept/body.txt")
    own(tmp_path, "x", "receipt/bdoy.txt")
    own(tmp_path, "x", "_our_parts.txt")
    with pytest.raises(LetterIncomplete) as refused:
        check_templates(replace(LETTERHEAD, own_templates=tmp_path))
    assert "reciept: there is no letter" in str(refused.value)
    assert "bdoy.txt: there is no letter or part" in str(refused.value)
    assert "_our_parts" not in str(refused.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without it ours would go out in silence."""
    with pytest.raises(LetterIncomplete, match="gone is not there"):
        check_templates(replace(LETTERHEAD, own_templates=tmp_path / "gone"))


def test_our_own_templates_are_right() -> None:
    """Every letter holds what it must in every shape under each Ombudsman."""
    check_templates(LETTERHEAD)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "3 working days ago"),
        (-1, "1 working day ago"),
        (0, "today"),
        (1, "in 1 working day"),
        (2, "in 2 working days"),
    ],
)
def test_how_far_a_day_is_away_is_said_in_words(days: int, said: str) -> None:
    """An officer reads it at a glance."""
    assert days_away(days) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no heat", "No heat."),
        ("Why?", "Why?"),
        ("éa ", "Éa."),
        ("\N{LATIN SMALL LETTER DOTLESS I}s", "\N{LATIN SMALL LETTER DOTLESS I}s."),
    ],
)
def test_words_become_a_sentence(words: str, said: str) -> None:
    """What an officer gave in words reads as a sentence in the letter."""
    assert as_sentence(words) == said
