"""`heard officers password` and its like, and what the doctor says of the pages and of who can get in."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from identity_provider import CLIENT, IdentityProvider
from installation import Finished
from pages import NOW, Pages
from sqlalchemy import update

import migrations
from bootstrap import App
from cli import main
from models import orm
from models.codes import Role
from models.unit_of_work import make_engine
from operations.doctor_pages import examine_pages
from operations.finding import Finding
from settings import Settings

HOUSE = (
    '[organisation]\nname = "Harrowmere Council"\nteam = "Team"\nemail = "complaints@harrowmere.example"\n'
)
NEW = "kettle lorry window"


class Machine:
    """An installation whose commands run in this process, and its pages."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        self.engine = make_engine(f"sqlite:///{folder / 'heard.db'}")
        migrations.upgrade(self.engine)
        self.configure()

    def configure(self, queue: str = "https = false") -> None:
        """Write the settings."""
        text = f'data = "{self.folder}"\n{HOUSE}\n[queue]\n{queue}\n'
        (self.folder / "heard.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Finished:
        """Run a command to its end."""
        file = str(self.folder / "heard.toml")
        self._monkeypatch.setattr(sys, "argv", ["heard", "--settings", file, *arguments])
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = self._capsys.readouterr()
        return Finished(code, said.out, said.err)

    def add(self, name: str, role: str = "officer") -> None:
        """Put an officer on record."""
        done = self.run("officers", "add", name, "--full-name", f"{name.title()} Example", "--email",
                        f"{name}@harrowmere.example", "--role", role)  # fmt: skip
        assert done.code == 0, done.err


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Machine:
    """Return an installation with an empty record."""
    return Machine(tmp_path, monkeypatch, capsys)


def test_the_first_administrator_gets_in_by_a_code_from_the_machine(machine: Machine) -> None:
    """No password is typed in a shell; the code is used once, on the page."""
    machine.add("ada", "administrator")
    done = machine.run("officers", "password", "Ada")
    assert done.code == 0
    found = re.search(r"Code for ada: ([0-9A-Z-]{19})\n", done.out)
    assert found is not None
    assert "at /set-password of the officers' pages they set a password with it." in done.out
    client = Pages(machine.engine, machine.folder).flask.test_client()
    said = {"name": "ada", "code": found[1], "password": NEW, "again": NEW}
    assert client.post("/set-password", data=said).status_code == 303
    assert client.post("/sign-in", data=said).status_code == 303
    assert client.get("/people").status_code == 200


def test_the_address_of_the_pages_stands_beside_the_code(machine: Machine) -> None:
    """Where the settings name it; JSON has it as well."""
    machine.configure('address = "https://heard.harrowmere.example/"')
    machine.add("ada")
    assert (
        "at https://heard.harrowmere.example/set-password" in machine.run("officers", "password", "ada").out
    )
    said = machine.run("officers", "password", "ada", "--json").json
    assert said["address"] == "https://heard.harrowmere.example/set-password"
    assert (said["officer"], len(said["code"])) == ("ada", 19)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("password", "kim"), "no officer kim"),
        (("forget-second-factor", "ada"), "no second factor"),
        (("forget-identity", "ada"), "not signed in by the provider"),
        (("unlock", "kim"), "no officer kim"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(command: tuple[str, ...], why: str, machine: Machine) -> None:
    """Exit code 2."""
    machine.add("ada")
    done = machine.run("officers", *command)
    assert (done.code, why in done.err) == (2, True)


def test_no_code_is_given_where_there_are_no_passwords(machine: Machine) -> None:
    """It would open nothing."""
    machine.configure("passwords = false")
    machine.add("ada")
    done = machine.run("officers", "password", "ada")
    assert (done.code, "passwords are switched off" in done.err) == (2, True)


def test_the_last_administrator_is_let_in_again_from_the_machine(machine: Machine) -> None:
    """Whatever was lost; each is on record."""
    machine.add("ada", "administrator")
    machine.run("officers", "password", "ada")
    with App(settings(machine.folder), structlog.get_logger()).units() as uow:
        account = uow.accounts.find("ada")
        assert account is not None
        account.totp_secret, account.subject = "KEY", "iss sub"
        uow.commit()
    for command in ("forget-second-factor", "forget-identity", "unlock"):
        assert machine.run("officers", command, "ada", "--officer", "root").code == 0
    with machine.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY id").all()
    assert [tuple(row) for row in rows][2:] == [
        ("root", "second_factor_removed"), ("root", "identity_forgotten"), ("root", "sign_in_unlocked"),
    ]  # fmt: skip


def test_a_tampered_row_about_signing_in_is_found(machine: Machine) -> None:
    """`heard audit verify` names it and ends with 1."""
    machine.add("ada")
    machine.run("officers", "password", "ada")
    assert machine.run("audit", "verify").code == 0
    with machine.engine.begin() as connection:
        connection.execute(update(orm.audit).where(orm.audit.c.action == "code_given").values(actor="nobody"))
    done = machine.run("audit", "verify")
    assert (done.code, "WRONG" in done.out) == (1, True)


def test_the_roles_are_printed_without_a_record(machine: Machine) -> None:
    """As a table, or a line of JSON for each route."""
    table = machine.run("officers", "roles").out
    assert "| `/people` | GET | manage officers and their accounts | – | – | – | – | yes | – |" in table
    rows = {
        (row["address"], *row["methods"]): row for row in machine.run("officers", "roles", "--json").lines
    }
    assert rows["/queue", "GET"]["may"] == {
        "nobody": "–", "officer": "yes", "service_manager": "own", "team_manager": "yes",
        "administrator": "–", "auditor": "yes",
    }  # fmt: skip


def settings(folder: Path, **queue: Any) -> Settings:
    """Return settings for the pages."""
    house = {"name": "Harrowmere Council", "team": "Team", "email": "complaints@harrowmere.example"}
    return Settings.model_validate({"data": folder, "organisation": house, "queue": queue})


def findings(folder: Path, **queue: Any) -> dict[str, Finding]:
    """Return what the doctor finds about the pages, by what it looked at."""
    app = App(settings(folder, **queue), structlog.get_logger(), clock=lambda: NOW)
    return {each.what: each for each in examine_pages(app)}


def test_the_doctor_says_where_the_pages_are_and_who_can_get_in(pages: Pages, tmp_path: Path) -> None:
    """Somebody has to be able to let others in."""
    nobody = findings(tmp_path)["officers"]
    assert (nobody.ok, "heard officers password" in nobody.remedy) == (False, True)
    pages.add_officer("jo")
    assert not findings(tmp_path)["officers"].ok
    pages.add_officer("ada", Role.ADMINISTRATOR)
    found = findings(tmp_path, address="https://heard.harrowmere.example", trusted_proxies=1)
    assert found["officers"].said == "2 of 2 can sign in, 1 as administrators"
    assert found["pages"] == Finding(
        "pages", ok=True, said="on 127.0.0.1:8470, for browsers at https://heard.harrowmere.example"
    )
    assert "trusted_proxies" in findings(tmp_path)["pages"].remedy
    assert findings(tmp_path, listen="")["pages"].said.startswith("switched off")


@pytest.mark.parametrize(
    ("listen", "ok"),
    [("0.0.0.0:8470", False), ("192.0.2.5:80", False), ("[::]:8470", False), ("localhost:1", True),
     ("[::1]:8470", True)],
)  # fmt: skip
def test_the_doctor_warns_of_passwords_in_plain_text(listen: str, *, ok: bool, tmp_path: Path) -> None:
    """Where the pages listen to others without HTTPS."""
    found = findings(tmp_path, listen=listen, https=False)["pages"]
    assert (found.ok, "plain HTTP" in found.said) == (ok, not ok)
    assert findings(tmp_path, listen=listen, https=True)["pages"].ok


def test_the_doctor_asks_the_identity_provider(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, is ours, and then everybody on record can sign in."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    monkeypatch.setenv("TEST_OIDC", "x")
    with IdentityProvider() as provider:
        said = {
            "metadata_url": provider.metadata_url,
            "client_id": CLIENT,
            "client_secret": {"env": "TEST_OIDC"},
        }
        found = findings(tmp_path, passwords=False, open_id_connect=said)
        assert (found["sign-in"].ok, provider.issuer in found["sign-in"].said) == (True, True)
        assert found["officers"].ok
        provider.issuer = "https://login.microsoftonline.com/{tenantid}/v2.0"
        found = findings(tmp_path, open_id_connect=said)
        assert (found["sign-in"].ok, "every organisation" in found["sign-in"].said) == (False, True)
        provider.is_down = True
        assert not findings(tmp_path, open_id_connect=said)["sign-in"].ok
    assert "nobody can sign in" in findings(tmp_path, passwords=False)["officers"].said


@pytest.mark.parametrize(
    "address", ["heard.harrowmere.example", "ftp://x", "https://x/path", "https://a@b", "x y"]
)
def test_an_address_of_the_pages_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    """It would stand in what is printed beside a code."""
    with pytest.raises(ValueError, match="the address of the pages is wanted"):
        settings(tmp_path, address=address)
