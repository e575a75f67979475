"""The commands as a newcomer, an administrator and a script use them."""

import json
import subprocess
from pathlib import Path

import pytest
from installation import HEARD, Installation, imap_table, smtp_table
from letters_in import GRIEVANCE, REQUEST, mail
from servers import Dovecot, SmtpServer

from models.codes import Category, Exclusion, Flag, Ombudsman, Status

COMMANDS = (
    "init", "doctor", "run", "poll", "import", "queue", "parse", "triage", "train", "evaluate", "artefacts",
    "demo", "migrate", "rule", "reconcile",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    """`--help` says what it does and shows how."""
    done = subprocess.run([HEARD, command, "--help"], capture_output=True, text=True, check=True)
    assert "Example:" in done.stdout


def test_the_demonstration_ends_as_expected(installation: Installation) -> None:
    """`heard demo --once` exits 0, prints a table and a letter, and a second run changes nothing."""
    installation.configure()
    first = installation.run("demo", "--once", "--folder", str(installation.data))
    assert first.code == 0, first.out[-3000:] + first.err
    assert "Every message ended in its expected outcome." in first.out
    assert "We have received your complaint" in first.out
    letters = len(list((installation.data / "outbox" / "new").iterdir()))
    second = installation.run("demo", "--once", "--folder", str(installation.data))
    assert second.code == 0, second.out[-3000:]
    assert len(list((installation.data / "outbox" / "new").iterdir())) == letters


def test_parse_answers_in_the_agreed_shape(installation: Installation, tmp_path: Path) -> None:
    """One JSON object a message with every key, for files, folders and standard input."""
    installation.configure()
    (tmp_path / "box").mkdir()
    for name in ("b.eml", "a.eml"):
        (tmp_path / "box" / name).write_bytes(mail(subject=name))
    rows = installation.run("parse", str(tmp_path / "box")).lines
    assert [row["subject"] for row in rows] == ["a.eml", "b.eml"]
    assert set(rows[0]) >= {
        "source", "subject", "from", "reply_to", "to", "cc", "date", "received_at", "message_id",
        "in_reply_to", "references", "text", "reply_text", "attachments", "is_auto_reply", "is_bounce",
        "bounced_addresses", "is_list", "complainant", "defects",
    }  # fmt: skip
    (row,) = installation.run("parse", "-", given=mail()).lines
    assert row["source"] == "-"
    assert row["complainant"] == {"name": "Ann Resident", "address": "ann@example.org", "found_in": "from"}


def test_triage_answers_in_the_agreed_shape_and_order(installation: Installation) -> None:
    """Codes of the guide, passages that stand in the message, faulty lines answered in their place."""
    installation.configure()
    lines = [
        {"id": "one", "subject": "Boiler", "body": GRIEVANCE, "received": "2026-11-16T09:00:00+00:00"},
        {"id": "two", "subject": "Light", "body": REQUEST, "received": "2026-11-16", "from": "Bo", "more": 1},
    ]
    given = "\n".join([json.dumps(lines[0]), "not json", json.dumps(lines[1]), '{"id": "four"}']) + "\n"
    done = installation.run("triage", "-", given=given.encode())
    assert done.code == 1
    first, broken, second, incomplete = done.lines
    assert "error" in broken
    assert "error" in incomplete
    assert (first["id"], second["id"], incomplete["id"]) == ("one", "two", "four")
    assert first["dissatisfaction"]["value"] is True
    assert second["dissatisfaction"]["value"] is False
    for row, line in ((first, lines[0]), (second, lines[1])):
        assert set(row["status"]["probabilities"]) == {code.value for code in Status}
        assert sum(row["status"]["probabilities"].values()) == pytest.approx(1, abs=0.01)
        assert Category(row["category"]["value"]) is Category(row["category"]["top3"][0]["value"])
        assert len(row["category"]["top3"]) == 3
        assert Ombudsman(row["ombudsman"])
        assert isinstance(row["officer_decides"], bool)
        assert row["officer_decides"] == bool(row["reasons"])
        for found in (*row["exclusions"], *row["flags"]):
            assert found["code"] in {*Exclusion, *Flag}
        for span in (*row["evidence"], *row["exclusions"], *row["flags"]):
            assert str(line[span["field"]])[span["start"] : span["end"]] == span["text"]


def test_a_line_sent_alone_is_answered_before_the_next_is_sent(installation: Installation) -> None:
    """A program that asks, waits and asks again gets its answers."""
    installation.configure()
    process = subprocess.Popen(
        [HEARD, "--settings", str(installation.settings), "triage", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(3):
        line = {"id": str(number), "subject": "", "body": REQUEST, "received": "2026-11-16"}
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == str(number)
    process.stdin.close()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


def test_evaluate_prints_every_figure_and_warns_of_writers_that_were_trained_on(
    installation: Installation, tmp_path: Path
) -> None:
    """For the project's evaluation set and for a file of one's own."""
    installation.configure("[triage]\nfast = true")
    figures = installation.run("evaluate", "--json").json
    assert figures["messages"] >= 400
    assert set(figures["dissatisfaction"]) == {"recall", "precision", "f1", "calibration_error"}
    assert len(figures["status"]["confusion"]) == len(Status)
    assert 0.5 < figures["status"]["accuracy"] <= 1
    training = Path(__file__).parents[2] / "triage" / "corpus" / "training" / "a01.jsonl"
    own = tmp_path / "own.jsonl"
    own.write_text(training.read_text(encoding="utf-8"), encoding="utf-8")
    assert "Beware: 1 of these writers" in installation.run("evaluate", str(own)).out


def test_the_settings_file_that_init_writes_is_read_back(installation: Installation) -> None:
    """What it leaves to fill in is said by the doctor, thing by thing."""
    made = installation.folder / "made.toml"
    installation.settings = made
    assert subprocess.run([HEARD, "init", str(made)], capture_output=True, check=False).returncode == 0
    again = subprocess.run([HEARD, "init", str(made)], capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    done = installation.run("doctor", "--json")
    assert done.code == 1
    wrong = {finding["what"]: finding["said"] for finding in done.json if not finding["ok"]}
    assert "HEARD_IMAP_PASSWORD" in wrong["mailbox complaints"]
    assert "HEARD_SMTP_PASSWORD" in wrong["sending"]


def test_the_doctor_finds_a_sound_installation_sound(
    installation: Installation, dovecot: Dovecot, user: str, smtp: SmtpServer
) -> None:
    """Exit 0, and a line for each thing that was looked at."""
    installation.configure(imap_table(dovecot, user), smtp_table(smtp))
    done = installation.run("doctor")
    assert done.code == 0, done.out
    for what in ("settings", "disk", "clock", "record", "artefact", "mailbox complaints", "sending"):
        assert what in done.out


def test_the_doctor_names_what_is_wrong_and_what_to_do(
    installation: Installation, dovecot: Dovecot, user: str
) -> None:
    """A wrong password, a mail server that is not there."""
    installation.configure(
        imap_table(dovecot, user),
        '[sending]\nkind = "smtp"\nhost = "127.0.0.1"\nport = 1\nsecurity = "plain"\n',
    )
    done = installation.run("doctor", TEST_IMAP_PASSWORD="wrong")
    assert done.code == 1
    assert "refuses the sign-in" in done.out
    assert "do: check user name and password" in done.out
    assert "127.0.0.1:1" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["queue", "C-1234"], "is no case reference"),
        (["queue"], "there is no record"),
        (["parse", "nowhere.eml"], "does not exist"),
        (["triage", "nowhere.jsonl"], "cannot be read"),
        (["evaluate", "nowhere.jsonl"], "cannot be read"),
        (["import", "nowhere.mbox"], "does not exist"),
        (["artefacts", "promote", "no-such"], "there is no artefact"),
        (["--settings", "nowhere.toml", "doctor"], "there is no such file"),
    ],
)
def test_a_foreseeable_fault_is_one_line_and_exit_2(
    arguments: list[str], words: str, installation: Installation
) -> None:
    """It names the thing and the place; nobody is shown a traceback."""
    installation.configure()
    done = installation.run(*arguments)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_faulty_settings_are_all_named_at_once(installation: Installation) -> None:
    """Each with its place."""
    installation.configure(
        '[acknowledgement]\nmode = "sometimes"\nguard_working_day = 9\n', "[spelt]\nwrong = 1\n"
    )
    done = installation.run("doctor")
    assert done.code == 2
    for place in ("acknowledgement.mode", "acknowledgement.guard_working_day", "spelt"):
        assert place in done.err


def test_an_archive_is_imported_without_a_letter(installation: Installation, tmp_path: Path) -> None:
    """`--historic` opens no clock and sends nothing, and the second time there is nothing new."""
    installation.configure()
    (tmp_path / "old").mkdir()
    for number in range(3):
        raw = mail(sender=f"p{number}@example.org", message_id=f"<old.{number}@example.org>")
        (tmp_path / "old" / f"{number}.eml").write_bytes(raw)
    done = installation.run("import", "--historic", "--json", str(tmp_path / "old")).json
    assert (done["kept"], done["sent"], done["ledger"]["case"]) == (3, 0, 3)
    assert installation.run("import", "--historic", "--json", str(tmp_path / "old")).json["kept"] == 0
    assert installation.run("queue", "--json").lines == []


def test_training_makes_an_artefact_that_can_be_listed_promoted_and_rolled_back(
    installation: Installation,
) -> None:
    """The model card lies beside it, and the one before can be had back."""
    installation.configure("[triage]\nfast = true")
    before = installation.run("artefacts", "list", "--json").json[0]["name"]
    made = installation.run("train", "--candidate", "--json").json
    listed = {about["name"]: about["live"] for about in installation.run("artefacts", "list", "--json").json}
    assert listed == {before: True, made["artefact"]: False}
    folder = installation.data / "artefacts" / made["artefact"]
    assert "| dissatisfaction: recall |" in (folder / "card.md").read_text(encoding="utf-8")
    assert (folder / "calibration.png").stat().st_size > 5_000
    assert installation.run("artefacts", "promote", made["artefact"]).code == 0
    assert before in installation.run("artefacts", "rollback").out
