"""`heard issues` as an officer uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from installation import Installation

BOILER = (
    "issues", "add", "--title", "No heating in Mill Court", "--category", "housing_repairs",
    "--words", "heating, Boiler", "--known", "The boiler is replaced on Friday.", "--officer", "amir",
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Installation]:
    """Lay out an installation with an empty record and no classifier."""
    made = Installation(tmp_path / "heard")
    made.configure()
    assert made.run("migrate").code == 0
    yield made
    made.kill_all()


def test_an_issue_is_declared_listed_and_ended(office: Installation) -> None:
    """In words for people, in JSON for programs."""
    added = office.run(*BOILER, "--until", "2099-12-04")
    assert (added.code, added.err) == (0, "")
    assert added.out == "Known issue 1 is declared, until 2099-12-04: heating, boiler.\n"
    (row,) = office.run("issues", "list", "--json").lines
    assert row["known"] == "The boiler is replaced on Friday."
    assert (row["number"], row["until"], row["declared_by"]) == (1, "2099-12-04", "amir")
    ended = office.run("issues", "end", "1", "--officer", "may")
    assert ended.out == "Known issue 1 has ended; nobody is told of it any longer.\n"
    assert office.run("issues", "list").out == "No issue is known.\n"
    assert "No heating in Mill Court (housing_repairs" in office.run("issues", "list", "--all").out


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("issues", "end", "7"), "there is no known issue 7"),
        ((*BOILER, "--category", "heating"), "there is no category 'heating'"),
        ((*BOILER, "--words", ", "), "--words"),
        ((*BOILER, "--until", "2020-01-01"), "would have ended"),
        ((*BOILER, "--until", "friday"), "--until"),
    ],
)
def test_what_cannot_be_declared_is_said_in_a_line(
    office: Installation, arguments: tuple[str, ...], fault: str
) -> None:
    """Exit code 2, and nothing on record."""
    done = office.run(*arguments)
    assert done.code == 2
    assert fault in done.err
    assert office.run("issues", "list", "--all").out == "No issue is known.\n"


@pytest.mark.parametrize("command", ["add", "end", "list"])
def test_each_command_shows_an_example(office: Installation, command: str) -> None:
    """`--help` says what it does and shows how."""
    assert "Example:" in office.run("issues", command, "--help").out
