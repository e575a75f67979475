"""Points, promises, people and hand-written cases by the commands that officers type."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from installation import HEARD, Finished, Installation
from letters_in import GRIEVANCE

from cli import main
from models.deadlines import received_on

TODAY = received_on(datetime.now(UTC))
CAME, DUE = f"{TODAY - timedelta(days=30)}", f"{TODAY + timedelta(days=30)}"
NEXT_YEAR = f"{TODAY + timedelta(days=365)}"
DATE_OPTIONS = {"--raised", "--due", "--review", "--received", "--on"}
COMMANDS = ("new", "point", "action", "progress", "arrange", "consent", "merge", "split")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    """`--help` says what it does and shows how."""
    done = subprocess.run([HEARD, "case", command, "--help"], capture_output=True, text=True, check=True)
    assert f"Example: heard case {command}" in done.stdout


class Office:
    """An installation whose commands run in this process, as `heard` runs them: quicker than another."""

    def __init__(
        self, made: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._made, self._monkeypatch, self._capsys = made, monkeypatch, capsys

    def run(self, *arguments: str, given: bytes = b"") -> Finished:
        """Run a command to its end."""
        settings = str(self._made.settings)
        self._monkeypatch.setattr(sys, "argv", ["heard", "--settings", settings, *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = self._capsys.readouterr()
        return Finished(code, said.out, said.err)


@pytest.fixture
def office(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    """Return an office with an empty record."""
    mask = os.umask(0o077)
    installation.configure("[triage]\nfast = true")
    made = Office(installation, monkeypatch, capsys)
    assert made.run("migrate").code == 0
    signs = ("--full-name", "Pat Okoro", "--email", "pat@harrowmere.example")
    assert made.run("officers", "add", "pat", *signs).code == 0
    yield made
    os.umask(mask)


def taken(office: Office, text: str = GRIEVANCE, *more: str) -> str:
    """Take a complaint down by telephone and return its reference."""
    given = ("--channel", "telephone", "--name", "Ann Lee", "--received", f"{CAME}T10:30", *more)
    done = office.run("case", "new", *given, "--text", "-", "--officer", "pat", "--json", given=text.encode())
    assert done.code == 0, done.err
    return str(done.json["case"])


def said(office: Office, *arguments: str) -> Finished:
    """Run a command of `heard case` as Pat."""
    return office.run("case", *arguments, "--officer", "pat")


def test_a_complaint_by_telephone_is_worked_to_its_promises(office: Office) -> None:
    """From the call to points, outcome, action and progress (LGSCO 3.1, 6.6, 7.3; HO 3.1, 6.6, 7.3)."""
    reference = taken(office, GRIEVANCE, "--email", "ann@example.org")
    view = office.run("queue", reference, "--json").json
    assert (view["case"]["channel"], view["case"]["received_on"]) == ("telephone", CAME)
    assert view["messages"][0]["account"] == "by hand"
    added = said(office, "point", reference, "--add", "The boiler stayed broken.")
    assert added.out == f"Point 1 added, raised on {CAME}.\n"
    outcome = ("--outcome", "upheld", "--finding", "Nobody came.", "--remedy", "£50")
    assert said(office, "point", reference, "--number", "1", *outcome).out == "Point 1: upheld.\n"
    (point,) = office.run("case", "point", reference, "--json").json
    assert (point["outcome"], point["remedy"], point["decided_by"]) == ("upheld", "£50", "pat")
    promise = ("--add", "Mend it.", "--owner", "Depot", "--due", DUE, "--point", "1")
    assert said(office, "action", reference, *promise).out == f"Action 1 recorded: Depot, due by {DUE}.\n"
    assert "letter queued: progress" in said(office, "progress", reference).out.lower()
    done = said(office, "action", reference, "--number", "1", "--done", CAME, "--note", "Mended.")
    assert done.out == "Action 1 done: Mend it.; 0 outstanding.\n"
    assert office.run("case", "action", reference).out == f"1  {DUE}  Depot  Mend it.  {CAME}\n"


def test_what_is_agreed_is_listed_reviewed_and_ended(office: Office) -> None:
    """Each by its number (LGSCO 5.6, HO 5.10)."""
    reference = taken(office, GRIEVANCE, "--telephone", "01632 960123")
    listed = office.run("case", "arrange", reference, "--json").json
    assert [(each["kind"], each["way"]) for each in listed] == [("contact", "telephone_only")]
    refused = said(office, "arrange", reference, "--kind", "adjustment", "--what", "Calls after ten.")
    assert (refused.code, refused.err) == (
        2,
        "heard: this kind, adjustment, needs the date of its review (--review)\n",
    )
    agreed = ("--kind", "adjustment", "--what", "Calls after ten.", "--review", DUE)
    assert said(office, "arrange", reference, *agreed).out.startswith("Arrangement 2 recorded")
    kept = said(office, "arrange", reference, "--keep", "2", "--review", NEXT_YEAR, "--reason", "Same.")
    assert kept.out == f"Arrangement 2 goes on, to be reviewed on {NEXT_YEAR}.\n"
    assert said(office, "arrange", reference, "--end", "2", "--reason", "Better.").code == 0
    assert len(office.run("case", "arrange", reference).out.splitlines()) == 1
    both = said(office, "arrange", reference, "--end", "1", "--keep", "1", "--reason", "x")
    assert both.code == 2
    assert "exclude each other" in both.err


def test_consent_is_asked_for_refused_and_given(office: Office) -> None:
    """Nothing is told to a representative against the person's word (LGSCO 1.5, 3.6)."""
    reference = taken(office, GRIEVANCE, "--email", "ann@example.org")
    assert said(office, "consent", reference, "--ask", "--by", "Mary Lee").code == 0
    word = ("--by", "Mary Lee", "--evidence", "She rang.")
    assert "no answer goes" in said(office, "consent", reference, "--refused", *word).out
    said(office, "action", reference, "--add", "Mend it.", "--owner", "Depot", "--due", DUE)
    assert "Mary Lee does not agree" in said(office, "progress", reference).err
    assert "may be told" in said(office, "consent", reference, "--given", *word).out
    assert said(office, "progress", reference).code == 0
    assert said(office, "consent", reference).code == 2


def test_a_date_with_a_slip_in_its_year_is_refused_by_its_option(office: Office) -> None:
    """One line that says which days can be right, and nothing is recorded (LGSCO 5.8, HO 5.12)."""
    reference = taken(office, GRIEVANCE, "--email", "ann@example.org")
    promise = ("--add", "Mend it.", "--owner", "Depot")
    for command in (
        ("point", reference, "--add", "More.", "--raised", "2016-01-01"),
        ("action", reference, *promise, "--due", "2099-01-01"),
        ("action", reference, *promise, "--due", "2016-01-01"),
        ("arrange", reference, "--kind", "disability", "--what", "Deaf.", "--review", "2099-01-01"),
        ("escalate", reference, "--received", "2016-01-01"),
        ("answered", reference, "--on", "2016-01-01", "--by", "pat"),
    ):
        told = said(office, *command)
        assert (told.code, told.out) == (2, "")
        option = next(each for each in command if each in DATE_OPTIONS)
        assert f"{option} " in told.err
        assert f"{command[command.index(option) + 1]} cannot be right; name a day from" in told.err
    assert office.run("queue", reference, "--json").json["case"]["version"] == 1


def test_cases_are_merged_and_split_by_their_references(office: Office, tmp_path: Path) -> None:
    """What goes wrong says what to do instead (LGSCO 6.9, HO 6.8)."""
    note = tmp_path / "note.txt"
    note.write_text("I rang about the boiler again. Still nobody has come. I am fed up.", encoding="utf-8")
    first = taken(office, GRIEVANCE, "--email", "ann@example.org")
    given = ("--channel", "counter", "--name", "Ann Lee", "--email", "ann@example.org", "--text", str(note))
    opened = said(office, "new", *given)
    assert opened.out.startswith("Case C-")
    second = opened.out.split()[1]
    stranger = taken(office, "The lift at Elm Court is out for the third week.", "--email", "bo@example.org")
    refused = said(office, "merge", stranger, "--into", first, "--reason", "x")
    assert (refused.code, "not known to be one person's" in refused.err) == (2, True)
    said(office, "point", second, "--add", "Nobody rang back.")
    assert said(office, "merge", second, "--into", first, "--reason", "One boiler.").out.startswith(
        f"Merged into {first}: 1 messages, 1 points"
    )
    gone = said(office, "point", second, "--add", "More.")
    assert f"goes on as {first}" in gone.err
    said(office, "point", first, "--add", "The rent is wrong.")
    parted = said(
        office, "split", first, "--points", "2", "--category", "housing_rent", "--reason", "Rent.", "--json"
    )
    assert parted.code == 0, parted.err
    view = office.run("queue", parted.json["case"], "--json").json
    assert (view["case"]["split_from"], view["case"]["category"]) == (first, "housing_rent")
    assert said(office, "split", first, "--points", "two", "--reason", "x").code == 2


def test_a_note_that_cannot_be_taken_says_why(office: Office) -> None:
    """Empty, too long, or from the future."""
    new = ("new", "--channel", "telephone", "--text", "-")
    for given, more, word in (
        (b" ", (), "--text"),
        (b"x" * 2_000_001, (), "2,000,000 bytes"),
        (b"x", ("--received", "2099-01-01T10:00"), "--received"),
        (b"x", ("--received", "yesterday"), "--received"),
        (b"x", ("--received", "1999-01-01T10:00"), "--received 1999-01-01 cannot be right"),
    ):
        done = office.run("case", *new, *more, given=given)
        assert (done.code, word in done.err) == (2, True), done.err
