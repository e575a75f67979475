"""heard.toml: checked whole, every fault with its place and remedy, secrets never in it."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.codes import AcknowledgementMode
from models.errors import SettingsInvalid
from settings import DEFAULT_DATA, TEMPLATE, Mailbox, Secret, Sending, Settings, read_settings

HOUSE = '[organisation]\nname = "Dale"\n'
IMAP = '[[mailboxes]]\nname = "a"\nhost = "imap.example"\nusername = "u"\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without settings in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEARD_SETTINGS", raising=False)
    monkeypatch.delenv("HEARD_DATA", raising=False)
    return tmp_path


def read(text: str) -> Settings:
    """Read settings from a file with this text."""
    file = Path("heard.toml")
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def faults(text: str) -> list[str]:
    """Return what is wrong with a text of settings."""
    with pytest.raises(SettingsInvalid) as raised:
        read(text)
    assert str(raised.value).startswith("heard.toml: ")
    return raised.value.faults


def test_without_any_file_the_defaults_hold() -> None:
    """A demonstration needs no settings."""
    settings = read_settings(None)
    assert (settings.data, settings.mailboxes) == (DEFAULT_DATA, ())
    assert settings.acknowledgement.mode is AcknowledgementMode.AT_ONCE
    assert settings.acknowledgement.guard_working_day == 4


def test_the_template_can_be_read() -> None:
    """What `heard init` writes is valid, and its comments tell the truth about defaults."""
    settings = read(TEMPLATE)
    assert settings.mailboxes[0].password == Secret(env="HEARD_IMAP_PASSWORD")
    assert settings.sending.kind == "smtp"
    assert (settings.acknowledgement, settings.service) == (Settings().acknowledgement, Settings().service)
    assert set(tomllib.loads(TEMPLATE)) <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[organization]\nname = "x"', "organization: there is no such setting"),
        ('[organisation]\nnam = "x"', "organisation.nam: there is no such setting"),
        ('[acknowledgement]\nmode = "never"', "acknowledgement.mode: "),
        ("[acknowledgement]\nguard_working_day = 6", "acknowledgement.guard_working_day: "),
        ("[service]\npoll_seconds = 0", "service.poll_seconds: "),
        ('[calendar]\nclosure_days = ["soon"]', "calendar.closure_days[1]: "),
        (IMAP + "port = 70000", "mailboxes[1].port: "),
        (IMAP, "the file: [organisation] is missing"),
        ('[[mailboxes]]\nname = "a"', "mailboxes[1]: an IMAP mailbox needs host and username"),
        ('[[mailboxes]]\nname = "a"\nkind = "maildir"', "mailboxes[1]: a mailbox of kind maildir needs path"),
        ('[sending]\nkind = "smtp"', "sending: sending by SMTP needs host"),
        (HOUSE + IMAP + IMAP, "two mailboxes are named a; the ledger knows them by name"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, fault: str) -> None:
    """Where it is and what is wanted are in one line."""
    (said,) = faults(text)
    assert fault in said


def test_a_number_is_no_time_of_day() -> None:
    """The guard at `12` is a fault, not twelve seconds past midnight."""
    assert "guard_time" in faults("[acknowledgement]\nguard_time = 12")[0]


def test_a_wrong_value_is_shown() -> None:
    """Whoever mends it sees what is there."""
    assert "(it says 'never')" in faults('[acknowledgement]\nmode = "never"')[0]


def test_every_fault_is_named_at_once() -> None:
    """Nobody mends one line after the other."""
    text = '[service]\npoll_seconds = 0\ndeliver_seconds = -1\n[acknowledgement]\nmode = "x"\n'
    assert len(faults(text)) == 3


def test_a_password_in_the_file_is_refused_and_not_shown() -> None:
    """A secret written into the file is a fault, and the error does not repeat it."""
    (said,) = faults(IMAP + 'password = "hunter2"')
    assert "mailboxes[1].password" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "::1", "mail.example", "10.0.0.1", "localhost.example"]
)
def test_plain_text_is_allowed_on_this_machine_only(host: str, security: str) -> None:
    """Passwords and people's mail never cross a network in the clear."""
    is_allowed = security != "plain" or host in {"localhost", "127.0.0.1", "::1"}
    mailbox = {"name": "a", "host": host, "username": "u", "security": security}
    sending = {"kind": "smtp", "host": host, "security": security}
    if is_allowed:
        assert Mailbox.model_validate(mailbox).host == host
        assert Sending.model_validate(sending).host == host
        return
    for model, values in ((Mailbox, mailbox), (Sending, sending)):
        with pytest.raises(ValidationError, match="plain text is allowed on this machine only"):
            model.model_validate(values)


def test_a_missing_file_says_how_to_get_one() -> None:
    """A named file that is not there is a fault with a remedy."""
    with pytest.raises(SettingsInvalid, match=r"none\.toml: there is no such file; `heard init` writes one"):
        read_settings(Path("none.toml"))


@pytest.mark.parametrize(
    ("content", "fault"), [(b"a = ", "it is not TOML"), (b"\xff\xfe", "it cannot be read")]
)
def test_a_file_that_is_no_toml_is_named(content: bytes, fault: str) -> None:
    """Broken files are errors of ours."""
    Path("heard.toml").write_bytes(content)
    with pytest.raises(SettingsInvalid, match=f"heard.toml: {fault}"):
        read_settings(None)


def test_the_environment_names_file_and_data(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$HEARD_SETTINGS and $HEARD_DATA are followed, and an argument comes before them."""
    (elsewhere / "other.toml").write_text('data = "from-file"\n[organisation]\nname = "Dale"\n')
    monkeypatch.setenv("HEARD_SETTINGS", str(elsewhere / "other.toml"))
    assert read_settings(None).organisation.name == "Dale"
    assert read_settings(None).data == elsewhere / "from-file"
    monkeypatch.setenv("HEARD_DATA", "from-environment")
    assert read_settings(None).data == Path("from-environment")
    assert read_settings(None, data=Path("from-argument")).data == Path("from-argument")


def test_a_secret_comes_from_the_environment_or_a_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment comes first; a file's white space is no part of the secret."""
    (elsewhere / "secret").write_text("from-file\n", encoding="utf-8")
    both = Secret(env="HEARD_TEST_SECRET", file=elsewhere / "secret")
    monkeypatch.delenv("HEARD_TEST_SECRET", raising=False)
    assert both.read() == "from-file"
    monkeypatch.setenv("HEARD_TEST_SECRET", "from-environment")
    assert both.read() == "from-environment"


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (Secret(), "it is not named"),
        (Secret(env="HEARD_TEST_UNSET"), "the environment variable HEARD_TEST_UNSET is not set"),
        (Secret(file=Path("no-such-secret")), "no-such-secret: the secret cannot be read"),
    ],
)
def test_a_secret_that_is_not_there_says_where_to_put_it(
    secret: Secret, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing secret is a fault with its remedy."""
    monkeypatch.delenv("HEARD_TEST_UNSET", raising=False)
    with pytest.raises(SettingsInvalid, match=fault):
        secret.read()


def test_settings_cannot_be_changed_afterwards() -> None:
    """Settings are read once."""
    with pytest.raises(ValidationError, match="frozen"):
        read_settings(None).data = Path("elsewhere")
