"""`heard letters` as an officer and whoever edits templates use it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from builders import NOW, make_case, make_letter
from click.testing import CliRunner
from installation import Installation

from bootstrap import App
from commands.letters import letters
from models.case import Letter, Task
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import LetterIncomplete
from models.unit_of_work import SqlUnitOfWork, make_engine
from settings import read_settings

if TYPE_CHECKING:
    from intake.receive import Triages

REFERENCE = "C-0000-0001-95"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Installation]:
    """Lay out an installation with an empty record and no classifier."""
    made = Installation(tmp_path / "heard")
    made.configure()
    assert made.run("migrate").code == 0
    yield made
    made.kill_all()


def keep_case(office: Installation) -> None:
    """Put a case on record with a letter in each of three states."""
    engine = make_engine(f"sqlite:///{office.data / 'heard.db'}")
    written = [
        letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterState.BY_HAND),
        letter(LetterKind.CLARIFICATION, LetterState.HELD),
        letter(LetterKind.RECEIPT, LetterState.SENT),
    ]
    note = "the stage 1 acknowledgement goes another way, as agreed: please print and post"
    with SqlUnitOfWork(engine) as uow:
        case = make_case(reference=REFERENCE, messages=[], letters=written, own_words=["The lamp is out."])
        case.tasks.append(
            Task(kind=TaskKind.PRINT_LETTER, opened_at=NOW, due_by=date(2026, 3, 10), note=note)
        )
        uow.cases.add(case)
        uow.commit()
    engine.dispose()


def letter(kind: LetterKind, state: LetterState) -> Letter:
    """Return a letter that is not on record yet."""
    return make_letter(kind, state=state, message_id=f"<{kind}@heard.invalid>", id=None)


def state_of(office: Installation, number: int) -> str:
    """Return how far a letter has come."""
    rows = office.run("letters", "list", REFERENCE, "--json").json
    return next(str(row["state"]) for row in rows if row["number"] == number)


def test_every_command_explains_itself_with_an_example() -> None:
    """`--help` says what it does and shows how."""
    for command in (None, *letters.commands):
        asked = [command, "--help"] if command else ["--help"]
        assert "Example:" in CliRunner().invoke(letters, asked).output


def test_letters_are_listed_released_withdrawn_and_done(office: Installation) -> None:
    """By number, in words for people and in JSON for programs; each step is on record."""
    keep_case(office)
    rows = office.run("letters", "list", REFERENCE, "--json").json
    assert [(row["number"], row["kind"], row["state"]) for row in rows] == [
        (1, "stage_1_acknowledgement", "by_hand"), (2, "clarification", "held"), (3, "receipt", "sent"),
    ]  # fmt: skip
    done = office.run("letters", "done", "1", "--on", "2026-03-04", "--officer", "pat")
    assert (done.out, done.err) == ("letter 1 went on 2026-03-04: stage 1 acknowledgement.\n", "")
    released = office.run("letters", "release", "--all", "--yes", "--json")
    assert released.json == {"done": ["letter 2 released: clarification"], "failed": []}
    assert office.run("letters", "release", "--all").out == "No letter is held.\n"
    withdrawn = office.run("letters", "withdraw", "2", "--reason", "No longer needed")
    assert withdrawn.out == "letter 2 withdrawn: clarification.\n"
    listed = office.run("letters", "list", REFERENCE).out
    assert "withdrawn" in listed
    assert "2026-03-04 12:00" in listed
    again = office.run("letters", "release", "2")
    assert again.code == 2
    assert again.err == "heard: letter 2 is withdrawn and not held; only a held letter is released\n"


def test_what_is_held_is_listed_over_all_cases(office: Installation) -> None:
    """With the day by which it has to go, the overdue named so; and a line where there is none."""
    assert office.run("letters", "list", "--held").out.startswith("No letter is held; under [delivery]")
    keep_case(office)
    (row,) = office.run("letters", "list", "--held", "--json").json
    assert row == {
        "number": 2, "kind": "clarification", "reference": REFERENCE, "due_by": "2026-03-03",
        "written_at": "2026-03-03T10:00:00+00:00", "assigned_to": "", "is_overdue": True,
    }  # fmt: skip
    shown = office.run("letters", "list", "--held").out
    assert all(said in shown for said in ("clarification", REFERENCE, "Tue 3 Mar, OVERDUE", "nobody"))
    assert "Ann" not in shown
    assert office.run("letters", "list", REFERENCE, "--held", "--json").json == [row]
    assert office.run("letters", "list", "C-4827-1930-70", "--held", "--json").json == []
    office.configure('[delivery]\nmode = "hold"\n')
    office.run("letters", "withdraw", "2", "--reason", "Answered meanwhile.")
    assert "waits here for its release" in office.run("letters", "list", "--held").out


def test_of_several_letters_one_that_cannot_go_keeps_no_other_from_going(office: Installation) -> None:
    """Each is released by itself; the exit code and a line for each say what failed."""
    keep_case(office)
    done = office.run("letters", "release", "3", "2", "99", "--officer", "pat")
    assert done.code == 2
    assert done.out == "letter 2 released: clarification.\n"
    first, second = done.err.splitlines()
    assert first == "heard: letter 3 is sent and not held; only a held letter is released"
    assert second.startswith("heard: there is no letter 99")
    assert state_of(office, 2) == "queued"


@pytest.mark.parametrize(("said", "state", "out"), [
    ("y\n", "queued", "letter 2 released: clarification.\n"), ("n\n", "held", "Nothing was released.\n"),
])  # fmt: skip
def test_who_releases_all_is_asked_first(office: Installation, said: str, state: str, out: str) -> None:
    """How many go is said before they do."""
    keep_case(office)
    done = CliRunner().invoke(
        letters, ["release", "--all", "--officer", "pat"], obj={"file": office.settings, "data": None},
        input=said,
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, out)
    assert "Release 1 held letter?" in done.stderr
    assert state_of(office, 2) == state


def test_a_letter_is_shown_as_it_is_or_as_a_sample(office: Installation, tmp_path: Path) -> None:
    """On the terminal, in a file, as PDF with a name that says what it is; no file is overwritten."""
    keep_case(office)
    written = office.run("letters", "preview", "receipt", "--case", REFERENCE)
    assert written.out.endswith("(sent)\n\nDear Ann Lee,\n")
    sample = office.run("letters", "preview", "extension", "--case", REFERENCE.lower())
    assert "This is a sample." in sample.out
    assert REFERENCE in sample.out
    page = office.run("letters", "preview", "stage_1_response", "--format", "html").out
    assert page.startswith("<!DOCTYPE html>")
    pdf = office.run("letters", "preview", "stage_1_response", "--format", "pdf")
    (file,) = office.folder.glob("C-4827-1930-70 stage 1 response *.pdf")
    assert file.name in pdf.out
    assert file.read_bytes().startswith(b"%PDF-1.7")
    out = tmp_path / "letter.txt"
    arguments = ("letters", "preview", "receipt", "--case", REFERENCE, "--out", str(out))
    assert office.run(*arguments).code == 0
    assert out.stat().st_mode & 0o077 == 0
    assert office.run(*arguments).code == 2
    assert out.read_text(encoding="utf-8").endswith("Dear Ann Lee,\n")


REFUSED = {
    "letters release": "name the letters to release",
    "letters list": "name a case",
    "letters release 3": "letter 3 is sent and not held",
    "letters release --all": "say --yes where nobody can be asked",
    "letters list C-0000-0001-96": "is no case reference",
    "letters preview receipt --case C-4827-1930-70": "there is no case",
    "letters done 1 --on 2099-01-01": "--on 2099-01-01 cannot be right",
}


def test_what_cannot_be_is_refused_in_a_line(office: Installation) -> None:
    """The fault names the thing, and nothing has changed."""
    keep_case(office)
    for arguments, fault in REFUSED.items():
        done = office.run(*arguments.split())
        assert done.code == 2, arguments
        assert fault in done.err
        assert "Traceback" not in done.err
    assert [row["state"] for row in office.run("letters", "list", REFERENCE, "--json").json] == [
        "by_hand", "held", "sent",
    ]  # fmt: skip


def test_all_letters_are_checked_and_measured(office: Installation) -> None:
    """Every letter in a table with its reading age; a folder of the council's own counts (LGSCO 3.1)."""
    done = office.run("letters", "check")
    assert (done.code, done.err) == (0, "")
    assert all(kind.value in done.out for kind in LetterKind)
    rows = office.run("letters", "check", "--json").json["letters"]
    assert all(row["reading_age"] <= 12 and row["is_plain"] and row["faults"] == [] for row in rows)


def test_wording_of_a_council_s_own_is_used_and_refused_where_it_breaks_a_code(office: Installation) -> None:
    """A folder beside the settings is enough; what a letter lacks stops check and service."""
    office.configure('[letters]\ntemplates = "own"\n')
    body = office.folder / "own" / "receipt" / "body.txt"
    body.parent.mkdir(parents=True)
    ours = (Path("letters") / "templates" / "receipt" / "body.txt").read_text(encoding="utf-8")
    body.write_text(ours.replace("Thank you for your message.", "Good day to you."), encoding="utf-8")
    assert "Good day to you." in office.run("letters", "preview", "receipt").out
    assert office.run("letters", "check").code == 0
    body.write_text(ours.replace("{{ parts.ombudsman_advice(ombudsman) }}", ""), encoding="utf-8")
    checked = office.run("letters", "check")
    assert checked.code == 1
    assert "the Ombudsman's telephone number (LGSCO 3.7, HO 5.7)" in checked.err
    assert str(body) in checked.err
    app = App(read_settings(office.settings), log=None)
    with pytest.raises(LetterIncomplete, match=r"LGSCO 3\.7, HO 5\.7"):
        app.receiver(cast("Triages", None))


def test_a_letter_that_reads_too_hard_fails_the_check(office: Installation) -> None:
    """A reading age above 12 is a fault (LGSCO 3.1, HO 3.1)."""
    office.configure('[letters]\ntemplates = "own"\n')
    body = office.folder / "own" / "duty_alert" / "body.txt"
    body.parent.mkdir(parents=True)
    hard = " ".join(["notwithstanding"] * 30)
    body.write_text(
        "Case {{ case.reference }}. This was sent automatically; please do not reply. " + hard + ".",
        encoding="utf-8",
    )
    done = office.run("letters", "check")
    assert done.code == 1
    assert "TOO HIGH" in done.out
