"""`heard issues` as an officer uses it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from installation import Installation

NEXT_YEAR = f"{datetime.now(UTC).date() + timedelta(days=365)}"
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
    added = office.run(*BOILER, "--until", NEXT_YEAR)
    assert (added.code, added.err) == (0, "")
    assert added.out == f"Known issue 1 is declared, until {NEXT_YEAR}: heating, boiler.\n"
    (row,) = office.run("issues", "list", "--json").lines
    assert row["known"] == "The boiler is replaced on Friday."
    assert (row["number"], row["until"], row["declared_by"]) == (1, NEXT_YEAR, "amir")
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
        ((*BOILER, "--until", "2020-01-01"), "--until 2020-01-01 cannot be right"),
        ((*BOILER, "--until", "2099-12-04"), "--until 2099-12-04 cannot be right"),
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
