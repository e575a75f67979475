"""What casework says becomes words of the page: no option, no command, no code, no date for machines."""

import ast
import re
from pathlib import Path

import pytest

import casework
from review.show.actions import FORMS
from review.show.in_page_words import PAGES, field_named, in_page_words

REF = "C-4827-1930-70"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a conversion needs a reason; say it in a sentence (--reason)",
         "A conversion needs a reason; say it in a sentence."),
        (f"case {REF} was closed on 2026-03-03; open it again first: heard case reopen {REF} --reason ...",
         f"Case {REF} was closed on Tuesday 3 March 2026; open it again first: “Open again”."),
        ("--received 2026-03-04 cannot be right; name a day from 2026-03-01",
         "Wednesday 4 March 2026 cannot be right; name a day from Sunday 1 March 2026."),
        ("say why, in 8 words or more (--reasons; LGSCO 2.4, HO 2.4)",
         "Say why, in 8 words or more (LGSCO 2.4, HO 2.4)."),
        (f"that needs reasons: heard case exclude {REF}. Else: heard case close {REF} --withdrawn",
         "That needs reasons: “Do not accept”. Else: “Close”."),
        ("if they are, say so first: heard rule REF --complainant",
         "If they are, say so first: “Who complains”."),
        (f"no letter: nobody has confirmed whom to answer: heard rule {REF} --complainant",
         "No letter: nobody has confirmed whom to answer: “Who complains”."),
        (f"not wanted: heard case convert {REF} --to service-request, or heard case close {REF} --withdrawn",
         "Not wanted: “Treat as a service request”, or “Close”."),
        ("to leave it a complaint, rule without --status",
         "To leave it a complaint, leave “What is it?” as it was under “Correct”."),
        ("letter queued: not_accepted", "Letter queued: decision not to accept the complaint."),
        ("name another: heard officers list", "Name another."),
        ("name another, or say --even-if-away", "Name another, or say “Although they are away”."),
        ("x changed (you saw version 3, it is at 4), look again: heard queue C-4827-1930-70",
         "X changed, look again."),
    ],
)  # fmt: skip
def test_words_for_the_terminal_become_words_for_the_page(text: str, says: str) -> None:
    """The field and the page stand where the option and the command stood."""
    assert in_page_words(text) == says


def test_the_pages_that_are_named_are_links_that_a_case_has() -> None:
    """What an error sends an officer to stands under that name in the menu, letter for letter."""
    form_of = {"answered": "answered", "close": "close", "convert": "complaint", "escalate": "stage-2",
               "exclude": "exclude", "clarify": "question", "merge": "merge", "reopen": "reopen"}  # fmt: skip
    for command, form in form_of.items():
        assert PAGES[f"case {command}"] == FORMS[form].words
    for text, form in ((f"heard rule {REF} --complainant", "complainant"),
                       (f"heard case convert {REF} --to service-request", "request")):  # fmt: skip
        assert in_page_words(text) == f"“{FORMS[form].words}”."


def test_an_error_leads_to_the_field_whose_option_it_names() -> None:
    """The first field takes what names none."""
    fields = {"ground": "ground", "reasons": "reasons"}
    assert field_named("not enough words (--reasons; LGSCO 2.4)", fields) == "reasons"
    assert field_named("it was refused already", fields) == "ground"
    assert field_named("no field at all", {}) == ""


def test_a_form_names_its_own_fields() -> None:
    """The label of the page stands for the option."""
    assert in_page_words("--value goes with a way", {"value": "Address"}) == "“Address” goes with a way."


def test_nothing_that_casework_says_shows_an_option_or_a_command() -> None:
    """Every text of every module of casework is tried, names filled in."""
    shown = []
    for file in sorted(Path(casework.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and node.value):
                text = _filled(node)
                if " " in text and not _is_docstring(text):
                    shown.append(in_page_words(text))
    told = [
        text for text in shown if re.search(r"--[a-z]|\bheard (?:case|rule|letters|queue|officers)", text)
    ]
    assert told == []


def test_long_hostile_text_is_soon_done() -> None:
    """What somebody typed may stand in an error."""
    for piece in ("heard case ", "--a ", "(--a", "heard " * 3, "a_b_"):
        in_page_words(piece * 5_000)


def _filled(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_filled(each) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return REF
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_docstring(text: str) -> bool:
    return "\n" in text or text.endswith(".") or "`" in text
