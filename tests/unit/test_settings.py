"""heard.toml: checked whole, every fault with its place and remedy, secrets never in it."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.codes import AcknowledgementMode, DeliveryMode
from models.errors import SettingsInvalid
from settings import DEFAULT_DATA, TEMPLATE, Mailbox, Secret, Sending, Settings, read_settings

HOUSE = '[organisation]\nname = "Dale"\n'
CHARTER = '[[triage.exclusions]]\ncode = "charter"\nname = "Charter"\nreason = "a court decides"\n'
SCAN = '[[mailboxes]]\nname = "a"\nkind = "scan"\npath = "/srv/scans"\n'
NOTIFY = (
    '[sending]\nkind = "notify"\ntemplate_id = "2c1d7a44-9b3e-4e58-8f0a-5d6c7b8a9e10"\n'
    'api_key = { env = "HEARD_NOTIFY_KEY" }\n'
)
TWO = '[[mailboxes]]\nname = "b"\nhost = "imap.example"\nusername = "v"\n'
SENT = '[sending]\nsent_folder = "Sent"\n'
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
    assert settings.acknowledgement == Settings().acknowledgement
    assert settings.service == Settings().service.model_copy(update={"health_listen": "127.0.0.1:9187"})
    assert set(tomllib.loads(TEMPLATE)) <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[organization]\nname = "x"', "organization: there is no such setting"),
        ('[organisation]\nnam = "x"', "organisation.nam: there is no such setting"),
        ('[acknowledgement]\nmode = "never"', "acknowledgement.mode: "),
        ("[acknowledgement]\nguard_working_day = 6", "acknowledgement.guard_working_day: "),
        ("[service]\npoll_seconds = 0", "service.poll_seconds: "),
        ('[service]\nhealth_listen = "9187"', "service.health_listen: a host and a port are wanted"),
        ('[service]\nhealth_listen = "localhost:70000"', "service.health_listen: a host and a port"),
        ('[service]\nhealth_listen = "http://localhost:9187"', "service.health_listen: a host and a port"),
        ('[calendar]\nclosure_days = ["soon"]', "calendar.closure_days[1]: "),
        (IMAP + "port = 70000", "mailboxes[1].port: "),
        (IMAP, "the file: [organisation] is missing"),
        ('[[mailboxes]]\nname = "a"', "mailboxes[1]: an IMAP mailbox needs host and username"),
        ('[[mailboxes]]\nname = "a"\nkind = "maildir"', "mailboxes[1]: a mailbox of kind maildir needs path"),
        ('[[mailboxes]]\nname = "a"\nkind = "scan"', "mailboxes[1]: a mailbox of kind scan needs path"),
        (SCAN + 'processed = "flag"', 'mailboxes[1]: files have no flags; set processed = "leave" or "move"'),
        (SCAN + 'processed = "move"\nmove_to = "../x"', "move_to must be the plain name of a subfolder"),
        (IMAP + 'must_hold = "x"', "must_hold names a file in a folder"),
        (CHARTER + CHARTER, "triage.exclusions: an exclusion or flag of that code is there already: charter"),
        (CHARTER.replace("charter", "abusive"), "triage.exclusions: an exclusion or flag of that code"),
        ('[sending]\nkind = "smtp"', "sending: sending by SMTP needs host"),
        (HOUSE + IMAP + IMAP, "two mailboxes are named a; the ledger knows them by name"),
        ('[delivery]\nmode = "redirect"', 'delivery: mode = "redirect" needs redirect_to'),
        ('[delivery]\nmode = "stop"', "delivery.mode: "),
        ('[delivery]\nredirect_to = "nobody"', "delivery.redirect_to: "),
        ('[sending]\nkind = "notify"', "sending: sending by GOV.UK Notify needs api_key and template_id"),
        (NOTIFY + "plus_addresses = true", "GOV.UK Notify writes its own address for replies"),
        (NOTIFY.replace("2c1d7a44", "2c1d"), "sending.template_id: "),
        (NOTIFY + 'notify_address = "http://notify.example"', "an address that begins with https:// is"),
        ('[sending]\nsent_mailbox = "a"', "sent_mailbox is of no use without sent_folder"),
        ('[sending]\nsent_folder = "Sent"', "sending.sent_folder is in no mailbox"),
        (HOUSE + IMAP + TWO + SENT, "set sending.sent_mailbox: name one of kind imap"),
        (HOUSE + IMAP + SENT + 'sent_mailbox = "b"', "none of kind imap is named b"),
        (HOUSE + SCAN + SENT, "sent_folder is in no mailbox"),
        (HOUSE + IMAP + SENT.replace("Sent", "INBOX"), "sending.sent_folder: INBOX is read for messages"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, fault: str) -> None:
    """Where it is and what is wanted are in one line."""
    (said,) = faults(text)
    assert fault in said


def test_a_folder_of_scans_is_left_as_it_is_unless_told_otherwise() -> None:
    """Moving is a choice, and has a folder of its own to move to."""
    (left,) = read(HOUSE + SCAN).mailboxes
    assert (left.kind, left.processed, left.must_hold) == ("scan", "leave", "")
    (moved,) = read(HOUSE + SCAN + 'processed = "move"\nmust_hold = "here.txt"').mailboxes
    assert (moved.move_to, moved.must_hold) == ("Heard", "here.txt")


def test_letters_leave_unless_told_otherwise() -> None:
    """And nothing is copied, redirected or addressed in another way."""
    settings = Settings()
    assert settings.delivery.mode is DeliveryMode.SEND
    assert (settings.sending.plus_addresses, settings.sending.sent_folder) == (False, "")


def test_the_mailbox_of_the_sent_folder_is_the_only_one_or_the_one_named() -> None:
    """A council with one mailbox need not say which."""
    assert read(HOUSE + IMAP + SENT).mailbox_of_sent_folder.name == "a"
    assert read(HOUSE + IMAP + TWO + SENT + 'sent_mailbox = "b"').mailbox_of_sent_folder.name == "b"
    assert read(HOUSE + IMAP + SCAN.replace('"a"', '"c"') + SENT).mailbox_of_sent_folder.name == "a"


def test_notify_s_key_is_never_shown() -> None:
    """Not even where it stands in the file by mistake."""
    (said,) = faults(NOTIFY.replace('{ env = "HEARD_NOTIFY_KEY" }', '"key-1234567890"'))
    assert said.startswith("sending.api_key")
    assert "1234567890" not in said


FORM = '[[forms.profiles]]\nname = "report-it"\nsenders = ["reports@forms.example"]\n'


def test_a_form_has_its_own_labels() -> None:
    """A profile says from where a form comes, who proves it, and under which labels it writes."""
    text = FORM + 'authenticated_by = "mx.example"\nlabels = { name = ["Your name"], message = ["What?"] }\n'
    (profile,) = read(text).forms.profiles
    assert (profile.senders, profile.authenticated_by) == (("reports@forms.example",), "mx.example")
    assert (profile.labels.name, profile.labels.email) == (("Your name",), ())
    assert profile.labels.message == ("What?",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (FORM + 'labels = { nam = ["x"] }', "forms.profiles[1].labels.nam: there is no such setting"),
        (FORM + 'labels = { name = [""] }', "forms.profiles[1].labels.name[1]: "),
        (FORM.replace("reports@", "reports at "), "forms.profiles[1].senders[1]: "),
        ('[[forms.profiles]]\nname = "x"\nsenders = []', "forms.profiles[1].senders: "),
        ('[[forms.profiles]]\nsenders = ["a@b"]', "forms.profiles[1].name: "),
    ],
)
def test_a_fault_in_a_form_s_profile_is_named(text: str, fault: str) -> None:
    """A misspelt label would silently find nobody."""
    assert fault in faults(text)[0]


def test_the_template_s_example_of_a_form_is_valid() -> None:
    """Who takes the comment marks away has a profile."""
    start = TEMPLATE.index("# [[forms.profiles]]")
    example = TEMPLATE[start : TEMPLATE.index("\n\n", start)].replace("# ", "")
    assert read(example).forms.profiles[0].labels.message == ("What happened",)


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


ENTRA = 'tenant = "harrowmere.example"\nclient_id = "c"\nclient_secret = { env = "S" }\n'
GOOGLE = 'client_id = "c"\nclient_secret = { env = "S" }\nrefresh_token = { file = "t" }\n'
BY_TOKEN = HOUSE + IMAP + 'sign_in = "{kind}"\n[mailboxes.oauth]\n{oauth}'


@pytest.mark.parametrize(
    ("kind", "oauth"),
    [
        ("microsoft", ENTRA),
        (
            "microsoft",
            ENTRA + 'scope = "https://outlook.office365.us/.default"\nsecret_expires_on = 2027-10-31',
        ),
        ("microsoft", f'tenant = "t"\nclient_id = "c"\ncertificate = "k.pem"\nthumbprint = "{"aB:" * 19}aB"'),
        ("google", GOOGLE),
    ],
)
def test_a_mailbox_may_be_opened_by_token(kind: str, oauth: str) -> None:
    """With what each service needs, and what it may have."""
    (mailbox,) = read(BY_TOKEN.format(kind=kind, oauth=oauth)).mailboxes
    assert mailbox.sign_in == kind
    assert mailbox.oauth is not None
    assert mailbox.oauth.thumbprint in {"", "aB" * 20}


@pytest.mark.parametrize(
    ("kind", "oauth", "fault"),
    [
        ("password", ENTRA, "oauth is of no use with a password"),
        (
            "microsoft",
            "",
            "oauth.tenant, oauth.client_id, oauth.client_secret (or certificate and thumbprint)",
        ),
        (
            "microsoft",
            'tenant = "t"\nclient_id = "c"\ncertificate = "k.pem"',
            "needs oauth.client_secret (or",
        ),
        ("microsoft", ENTRA + 'certificate = "k.pem"', "both client_secret and certificate; take one out"),
        ("microsoft", ENTRA + 'thumbprint = "ab"', "oauth.thumbprint: the SHA-1 thumbprint"),
        ("microsoft", ENTRA + 'authority = "http://login.example"', "mailboxes[1].oauth.authority: "),
        ("microsoft", ENTRA + 'authority = "https://a@b"', "mailboxes[1].oauth.authority: "),
        ("microsoft", ENTRA + "secret_expires_on = 10", "mailboxes[1].oauth.secret_expires_on: "),
        ("microsoft", ENTRA.replace("harrowmere.example", "a/b"), "mailboxes[1].oauth.tenant: "),
        ("google", ENTRA, 'sign_in = "google" needs oauth.refresh_token'),
        ("google", "", "needs oauth.client_id, oauth.client_secret, oauth.refresh_token"),
        ("yahoo", ENTRA, "mailboxes[1].sign_in: "),
    ],
)
def test_what_a_token_needs_is_named(kind: str, oauth: str, fault: str) -> None:
    """Before anybody waits for a sign-in that cannot be."""
    (said,) = faults(BY_TOKEN.format(kind=kind, oauth=oauth))
    assert fault in said


def test_sending_by_token_needs_what_a_mailbox_needs() -> None:
    """And the address of the mailbox it is sent from."""
    smtp = '[sending]\nkind = "smtp"\nhost = "smtp.example"\nsign_in = "google"\n'
    assert "needs oauth.client_id" in faults(smtp)[0]
    assert "needs username" in faults(f"{smtp}[sending.oauth]\n{GOOGLE}")[0]
    assert read(f'{smtp}username = "a@b.example"\n[sending.oauth]\n{GOOGLE}').sending.oauth is not None


@pytest.mark.parametrize("name", ["client_secret", "client_secrt", "refresh_token", "tenant"])
def test_a_secret_where_it_does_not_belong_is_not_shown(name: str) -> None:
    """In its own place, under a misspelt name, or in another's."""
    oauth = ENTRA.replace("client_secret", "scope").replace('{ env = "S" }', '"s"').replace("tenant", "x")
    said = " ".join(faults(BY_TOKEN.format(kind="microsoft", oauth=f'{oauth}{name} = "hunter2/"')))
    assert f"oauth.{name}" in said
    assert "hunter2" not in said


def test_the_example_of_a_sign_in_by_token_is_true() -> None:
    """It holds once the # is taken away, except from the certificate, which would replace the secret."""
    before, _, rest = TEMPLATE.replace('# sign_in = "mic', 'sign_in = "mic', 1).partition(
        "# [mailboxes.oauth]"
    )
    example, _, after = rest.partition("[sending]")
    shown = example.replace("\n# ", "\n").replace("certificate =", "# certificate =")
    (mailbox,) = read(f"{before}[mailboxes.oauth]{shown}[sending]{after}").mailboxes
    assert mailbox.sign_in == "microsoft"
    assert mailbox.oauth is not None
    assert mailbox.oauth.secret_expires_on is not None


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


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_no_secret_is_named(content: bytes) -> None:
    """An empty password would only be refused later, and by somebody who cannot say why."""
    Path("secret").write_bytes(content)
    with pytest.raises(SettingsInvalid, match="secret: the secret cannot be read"):
        Secret(file=Path("secret")).read()


def test_settings_cannot_be_changed_afterwards() -> None:
    """Settings are read once."""
    with pytest.raises(ValidationError, match="frozen"):
        read_settings(None).data = Path("elsewhere")
