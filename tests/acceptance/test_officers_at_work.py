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
    more_time = ("case", "extend", ONE, "--reason", "The surveyor was ill.", "--officer", "pat")
    said = told(office, *more_time, "--days", "11")
    assert f"to {limit} at the latest" in said
    done = works(office, *more_time, "--days", "5").out
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
        office, "case", "exclude", TWO, *formula[:-1], why, "--officer", "pat"
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


def test_a_stage_1_that_somebody_answered_elsewhere_keeps_them_from_stage_2(office: Office) -> None:
    """With its own day; and no answer lies before the complaint (LGSCO 6.14, HO 6.13)."""
    elsewhere = ("case", "answered", ONE, "--by", "Pat Okoro", "--officer", "kim")
    assert "--on 2020-01-01 cannot be right" in told(office, *elsewhere, "--on", "2020-01-01")
    assert f"answered on {TODAY} by pat." in works(office, *elsewhere, "--on", str(TODAY)).out
    works(office, "case", "escalate", ONE, "--received", str(TODAY))
    assert "pat handled stage 1" in told(office, "case", "assign", ONE, "--to", "pat")
    works(office, "case", "assign", ONE, "--to", "sam")
    assert "stage 1 handled by pat" in works(office, "queue", ONE).out


def test_letters_are_signed_by_an_officer_on_record(office: Office) -> None:
    """Whoever decides by another name is told how to mend it, and nothing is written."""
    more_time = ("case", "extend", ONE, "--days", "5", "--reason", "The surveyor was ill.", "--officer")
    assert "'kim' is no officer on record" in told(office, *more_time, "kim")
    works(office, *more_time, "sam")
    text = works(office, "letters", "preview", "extension", "--case", ONE).out
    assert "\nSam Okoro\nComplaints Team\n" in text


def test_an_absence_with_a_slip_in_its_year_is_none(office: Office) -> None:
    """Nobody is away until 2099, or was until 2020 from today on."""
    for day in ("2099-01-01", "2020-01-01"):
        refused = told(office, "officers", "away", "pat", "--until", day)
        assert f"--until {day} cannot be right" in refused


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


def test_what_was_acknowledged_as_a_complaint_ends_as_a_correction_or_a_refusal(office: Office) -> None:
    """The officer is asked which it is, and the person hears of it (LGSCO 1.7, 2.4; HO 1.5, 2.4)."""
    ends = ("rule", ONE, "--status", "enquiry", "--reason", "She only asked.", "--officer", "pat")
    asked = told(office, *ends)
    assert "--correction" in asked
    assert f"heard case exclude {ONE}" in asked
    assert works(office, "queue", ONE, "--json").json["rulings"] == []
    done = works(office, *ends, "--correction", "--json").json
    assert done == {"case": ONE, "done": "letter queued: correction"}
    text = works(office, "letters", "preview", "correction", "--case", ONE).out
    assert "\nPat Okoro\nComplaints Team\n" in text
    works(office, "case", "convert", ONE, "--to", "complaint", "--reason", "She rang: she did mean to.")
    works(office, "audit", "verify")


def test_whose_case_it_is_is_acknowledged_to_them(office: Office) -> None:
    """And a correction is none for a message that is no case yet (LGSCO 6.2, HO 6.2)."""
    done = works(office, "rule", ONE, "--complainant", "Bob Reed <bob@example.net>", "--reason", "His.").out
    assert "letter queued for them, since the first went to somebody else: stage_1_acknowledgement" in done
    letters = works(office, "queue", ONE, "--json").json["letters"]
    assert [each["recipient"] for each in letters] == ["ann@example.org", "bob@example.net"]
    assert "--correction" in told(office, "rule", "M-1", "--correction", "--reason", "Spam.")
