"""`heard clock` and `heard audit verify` as a person uses them."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from installation import Installation
from letters_in import mail


def clock(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `heard clock` in an empty folder, where there are no settings and no record."""
    program = Path(sys.executable).parent / "heard"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEARD_")}
    return subprocess.run(
        [program, "clock", *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


def test_the_clock_needs_no_settings_and_no_record(tmp_path: Path) -> None:
    """Dates as JSON, with the days that do not count and their names."""
    found = json.loads(clock(tmp_path, "2026-04-02", "--json").stdout)
    assert (found["received_on"], found["acknowledge_by"]) == ("2026-04-02", "2026-04-13")
    assert (found["respond_by"], found["extendable_to"]) == ("2026-04-27", "2026-05-12")
    assert {"date": "2026-04-03", "name": "Good Friday"} in found["not_counted"]
    assert list(tmp_path.iterdir()) == []


def test_the_response_counts_from_the_acknowledgement(tmp_path: Path) -> None:
    """Stage 2 has twenty working days from the day given."""
    said = clock(tmp_path, "2026-11-25", "--stage", "2", "--acknowledged", "2026-11-30", "--json")
    found = json.loads(said.stdout)
    assert (found["respond_by"], found["extendable_to"]) == ("2026-12-30", "2027-01-28")


def test_the_clock_speaks_to_people(tmp_path: Path) -> None:
    """Half past eleven at night in London's summer is still that day."""
    said = clock(tmp_path, "2026-06-30T22:30+00:00")
    assert said.returncode == 0
    assert "Received on:            Tuesday 30 June 2026" in said.stdout
    assert "Days that do not count: " in said.stdout


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("soon",), "RECEIVED 'soon' is no date; write 2026-04-03"),
        (("2026-02-30",), "is no date"),
        (("0026-02-03",), "lies outside"),
        (("2026-04-02", "--acknowledged", "2026-04-01"), "lies before the day of receipt"),
    ],
)
def test_a_day_that_cannot_be_is_named(tmp_path: Path, arguments: tuple[str, ...], fault: str) -> None:
    """One line, exit code 2."""
    said = clock(tmp_path, *arguments)
    assert (said.returncode, fault in said.stderr) == (2, True), said.stderr


def test_the_audit_is_verified_and_a_change_is_found(installation: Installation, tmp_path: Path) -> None:
    """Whole it says so and gives the last hash; changed by hand it exits 1."""
    installation.configure()
    assert installation.run("import", str(_mail(tmp_path))).code == 0
    whole = installation.run("audit", "verify", "--json")
    assert (whole.code, whole.json["fault"], whole.json["rows"] > 0) == (0, "", True)
    assert installation.run("audit", "verify", "--known", whole.json["head"]).code == 0
    assert installation.run("audit", "verify", "--known", "ab" * 32).code == 1
    with sqlite3.connect(installation.data / "heard.db") as connection:
        connection.execute("UPDATE audit SET actor = 'somebody' WHERE id = 1")
    changed = installation.run("audit", "verify")
    assert (changed.code, "WRONG: row 1" in changed.out) == (1, True)


def _mail(folder: Path) -> Path:
    file = folder / "one.eml"
    file.write_bytes(mail())
    return file
