"""docs/provisions.md keeps its word: what it says is kept names tests that exist and name the provision."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "docs" / "provisions.md").read_text(encoding="utf-8")

_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_MODULE = re.compile(r"`([\w/]+\.py)`")
_WORD = re.compile(r"\b(LGSCO|HO|to)\b|\b(\d{1,2}\.\d{1,2})\b")


@dataclass(frozen=True)
class Row:
    """One row of a table: what is asked, by which provisions, whether it is kept, where and by what proof."""

    asked: str
    provision: str
    kept: str
    where: str
    tests: tuple[tuple[str, str], ...]


def rows_of(document: str) -> Iterator[Row]:
    """Yield the rows of every table that has a column of tests."""
    head: list[str] = []
    for line in document.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        elif "tests" in head and not set(line) <= set("|-"):
            said = dict(zip(head, cells, strict=True))
            found = tuple(_TEST.findall(said["tests"]))
            yield Row(cells[0], said["provision"], said["kept?"], said["where"], found)


def provisions_in(text: str) -> set[tuple[str, str]]:
    """Return the provisions that a text names, each with its Code; "2.1 to 2.5" names five."""
    found: set[tuple[str, str]] = set()
    code, last, is_range = "", "", False
    for word, number in _WORD.findall(text):
        if word == "to":
            is_range = bool(last)
        elif word:
            code, last = word, ""
        elif code:
            found |= {(code, each) for each in (_between(last, number) if is_range else [number])}
            last, is_range = number, False
    return found


def _between(first: str, last: str) -> list[str]:
    (chapter, low), (_, high) = first.split("."), last.split(".")
    return [f"{chapter}.{each}" for each in range(int(low), int(high) + 1)]


@cache
def docstrings(path: str) -> dict[str, str]:
    """Return the docstring of each function of a test file, with that of the file; nothing is imported."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    of_file = ast.get_docstring(tree) or ""
    return {
        node.name: f"{of_file}\n{ast.get_docstring(node) or ''}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


ROWS = list(rows_of(TABLES))
PROOFS = sorted({(row.provision, *test) for row in ROWS for test in row.tests})


def test_the_document_has_a_row_for_each_thing_asked() -> None:
    """No table is passed over, and no test is named outside one: then nobody would look whether it exists."""
    assert len(ROWS) > 50
    assert sum(len(row.tests) for row in ROWS) == TABLES.count(".py::")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.asked)
def test_a_row_says_whether_it_is_kept_and_by_what(row: Row) -> None:
    """Yes has a module and a proof, Partly says what is missing, Not yet claims neither."""
    assert provisions_in(row.provision), "it names no provision"
    kept = re.match(r"Yes\b|Partly: \w|Not yet\b", row.kept)
    assert kept, f"{row.kept!r} is none of Yes, Partly and Not yet"
    is_kept = not row.kept.startswith("Not yet")
    assert bool(row.tests) == is_kept
    assert bool(_MODULE.findall(row.where)) == is_kept


@pytest.mark.parametrize(("provision", "path", "name"), PROOFS)
def test_a_named_test_exists_and_names_its_provision(provision: str, path: str, name: str) -> None:
    """Whoever reads the row finds the test, and whoever reads the test finds the row."""
    assert (ROOT / path).is_file(), f"{path} is not there"
    assert name in docstrings(path), f"{path} has no {name}"
    named = provisions_in(docstrings(path)[name])
    assert named & provisions_in(provision), f"{name} names none of {provision}"


def test_every_module_named_exists() -> None:
    """A module that was renamed is renamed here, too."""
    missing = [module for module in _MODULE.findall(TABLES) if not (ROOT / module).is_file()]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("LGSCO 6.2", {"LGSCO 6.2"}),
        ("(LGSCO 6.2, 6.12; HO 6.2)", {"LGSCO 6.2", "LGSCO 6.12", "HO 6.2"}),
        ("HO 2.1 to 2.3", {"HO 2.1", "HO 2.2", "HO 2.3"}),
        ("From 6.2 to LGSCO 6.4 and 6.5", {"LGSCO 6.4", "LGSCO 6.5"}),
        ("Nothing to see.", set()),
    ],
)
def test_provisions_are_read_as_they_are_written(text: str, named: set[str]) -> None:
    """With lists and ranges, and the Code said once for all that follow."""
    assert {" ".join(each) for each in provisions_in(text)} == named
