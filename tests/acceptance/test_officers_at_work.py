"""`heard case`, `heard officers` and `heard queue` as officers use them by hand."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from builders import make_message
from hands import make_point
from installation import Finished, Installation
from rows import new_case, new_letter

import migrations
from cli import heard, main
from models.case import Case
from models.codes import LetterState, Outcome, Status
from models.deadlines import WorkingDays, received_on
from models.unit_of_work import SqlUnitOfWork, make_engine

ONE, TWO = "C-0000-0001-95", "C-0000-0002-92"
NOW = datetime.now(UTC)
TODAY = received_on(NOW)
RESPOND_BY = WorkingDays().respond_by(TODAY, stage=1)


class Office:
    """An installation without a classifier; its commands run in this process, the way that `heard` does."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._made = Installation(folder)
        self._made.configure()
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.engine = make_engine(f"sqlite:///{self._made.data / 'heard.db'}")
        migrations.upgrade(self.engine)

    def run(self, *arguments: str) -> Finished:
        """Run a command to its end."""
        self._monkeypatch.setattr(sys, "argv", ["heard", "--settings", str(self._made.settings), *arguments])
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = self._capsys.readouterr()
        return Finished(code, said.out, said.err)

    def run_alone(self, *arguments: str) -> Finished:
        """Run a command in a process of its own."""
        return self._made.run(*arguments)

    def keep(self, case: Case) -> None:
        """Put a case with a message on record."""
        message = make_message(
            id=None, sha256=None, uid=case.reference, received_at=NOW, fetched_at=NOW, subject="Missed bin",
            message_id=f"<{case.reference}@example.org>",
        )  # fmt: skip
        with SqlUnitOfWork(self.engine) as uow:
            uow.messages.keep(message, b"Subject: Missed bin")
            message.settle(Outcome.CASE, reason="a new matter", now=NOW)
            case.messages.append(message)
            uow.cases.add(case)
            uow.commit()


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    """Open an office: its record holds a complaint and a service request, and two officers work there."""
    mask = os.umask(0o077)
    made = Office(tmp_path / "heard", monkeypatch, capsys)
    made.keep(complaint())
    made.keep(request())
    for name in ("pat", "sam"):
        works(
            made, "officers", "add", name, "--full-name", f"{name.title()} Okoro", "--email",
            f"{name}@harrowmere.example", "--officer", "kim",
        )  # fmt: skip
    yield made
    made.engine.dispose()
    os.umask(mask)


def complaint() -> Case:
    """Return a complaint that was acknowledged today."""
    return new_case(
        reference=ONE, opened_at=NOW, received_on=TODAY, acknowledge_by=TODAY + timedelta(days=7),
        acknowledged_on=TODAY, respond_by=RESPOND_BY, points=[make_point(decided_on=TODAY)],
        letters=[new_letter(state=LetterState.SENT, queued_at=NOW, due_at=NOW)],
    )  # fmt: skip


def request() -> Case:
    """Return a service request that came today."""
    return new_case(
        reference=TWO, opened_at=NOW, received_on=TODAY, acknowledge_by=TODAY + timedelta(days=7), stage=0,
        status=Status.SERVICE_REQUEST, awaits_officer=False,
    )  # fmt: skip


def works(office: Office, *arguments: str) -> Finished:
    """Do something by hand that has to work."""
    said = office.run(*arguments)
    assert said.code == 0, said.err
    return said


def told(office: Office, *arguments: str) -> str:
    """Do something that is refused; return what is said on standard error."""
    said = office.run(*arguments)
    assert (said.code, said.out) == (2, ""), said.out + said.err
    assert len(said.err.splitlines()) == 1
    return said.err


@pytest.mark.parametrize("group", ["case", "officers"])
def test_every_command_explains_itself_with_an_example(group: str) -> None:
    """`--help` says what it does and shows how."""
    found = heard.commands[group]
    assert isinstance(found, click.Group)
    for command in (found, *found.commands.values()):
        assert "Example: heard" in (command.help or ""), command.name


def test_a_complaint_is_worked_from_its_officer_to_stage_2(office: Office) -> None:
    """Assigned, put off, answered, escalated to somebody else: all by hand (LGSCO 6.3 to 6.14)."""
    assert works(office, "case", "assign", ONE, "--to", "pat", "--json").json == {
        "case": ONE, "done": f"case {ONE} is pat's now",
    }  # fmt: skip
    limit = WorkingDays().extendable_to(RESPOND_BY, stage=1)
    said = told(office, "case", "extend", ONE, "--days", "11", "--reason", "The surveyor was ill.")
    assert f"to {limit} at the latest" in said
    done = works(office, "case", "extend", ONE, "--days", "5", "--reason", "The surveyor was ill.").out
    new_date = WorkingDays().after(RESPOND_BY, 5)
    assert f"is due on {new_date}; letter queued: extension." in done
    shown = works(office, "queue", ONE).out
    for line in (
        "assigned to pat, stage 1, lgsco", f"answer due {new_date} (extended from {RESPOND_BY})",
        "The bin was missed twice.", "The surveyor was ill.", "version 3",
    ):  # fmt: skip
        assert line in shown
    assert "stage 1 has no answer on record" in told(office, "case", "close", ONE, "--reason", "Done.")
    works(office, "case", "answer", ONE, "--summary", "We are sorry.", "--officer", "pat")
    assert "please assign it to another" in works(office, "case", "escalate", ONE, "--note", "He rang.").out
    assert "handled stage 1" in told(office, "case", "assign", ONE, "--to", "pat")
    works(office, "case", "assign", ONE, "--to", "sam")
    kinds = [letter["kind"] for letter in works(office, "queue", ONE, "--json").json["letters"]]
    assert kinds[1:] == ["extension", "stage_1_response", "stage_2_acknowledgement"]


def test_a_request_becomes_a_complaint_that_is_not_accepted(office: Office) -> None:
    """Each step says what follows; the request outlives the complaint (LGSCO 1.7, 2.1 to 2.5)."""
    done = works(
        office, "case", "convert", TWO, "--to", "complaint", "--reason", "She rang: nobody came."
    ).out
    assert "the service request stays open" in done
    formula = ("--ground", "appeal_route", "--evidence", "The notice.", "--reasons", "There is an appeal.")
    assert "would fit anybody's complaint" in told(office, "case", "exclude", TWO, *formula)
    why = "Your notice of 2 March can still be appealed to the tribunal until 30 March."
    assert "stays open for the service request" in works(
        office, "case", "exclude", TWO, *formula[:-1], why
    ).out  # fmt: skip
    shown = works(office, "queue", TWO).out
    assert f"service request open since {TODAY}" in shown
    assert "appeal_route" in shown
    assert "service request is open" in told(office, "case", "close", TWO, "--reason", "Done.")
    works(office, "case", "close-request", TWO, "--reason", "The bin was emptied.")
    works(office, "case", "close", TWO, "--reason", "Nothing is left to do.")
    assert "heard case reopen" in told(office, "case", "convert", TWO, "--to", "complaint", "--reason", "Oh.")
    works(office, "case", "reopen", TWO, "--reason", "She rang again.")
    assert works(office, "audit", "verify").code == 0


def test_an_officer_who_saw_an_older_version_is_told(office: Office) -> None:
    """Exit code 2, one line, and nothing is recorded."""
    seen = works(office, "queue", ONE, "--json").json["case"]["version"]
    assert office.run_alone("case", "assign", ONE, "--to", "pat", "--seen", str(seen)).code == 0
    for late in (
        ("case", "assign", ONE, "--to", "sam", "--seen", str(seen)),
        ("rule", ONE, "--reason", "Read.", "--seen", str(seen)),
    ):
        assert f"you saw version {seen}, it is at {seen + 1}" in told(office, *late)
    assert works(office, "queue", ONE, "--json").json["case"]["assigned_to"] == "pat"


def test_officers_go_away_come_back_and_hand_over(office: Office) -> None:
    """Nothing that is theirs is forgotten meanwhile."""
    works(office, "case", "assign", ONE, "--to", "pat")
    said = works(office, "officers", "away", "pat", "--until", RESPOND_BY.isoformat()).out
    assert f"falls due meanwhile: {ONE} ({RESPOND_BY})" in said
    assert "away until" in told(office, "case", "assign", TWO, "--to", "pat")
    works(office, "case", "assign", TWO, "--to", "pat", "--even-if-away")
    works(office, "officers", "back", "pat")
    works(office, "officers", "role", "sam", "team_manager")
    assert "2 open cases" in told(office, "officers", "disable", "pat")
    works(office, "officers", "disable", "pat", "--hand-over-to", "sam")
    pat, sam = works(office, "officers", "list", "--json").lines
    assert (pat["name"], pat["is_disabled"], pat["open_cases"]) == ("pat", True, 0)
    assert (sam["role"], sam["open_cases"]) == ("team_manager", 2)
    assert "DISABLED" in works(office, "officers", "list").out
    works(office, "officers", "enable", "pat")
