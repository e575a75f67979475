"""Signing in by token: real msal and google-auth, Dovecot, SMTP, and a service that hands out tokens."""

import base64
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import jwt
import pytest
import structlog
from builders import ANN
from letters_in import mail
from rows import new_letter
from servers import Dovecot, MissingServer, SmtpServer, TokenEndpoint
from test_mailboxes import Cursor

import operations.doctor
from bootstrap import App
from intake.mailbox import ImapAccount, ImapMailbox
from intake.tokens import CachedTokens, Google, Microsoft
from letters.deliver import SmtpSender
from letters.deliver import SmtpServer as SmtpAccount
from models.codes import Security
from models.errors import LetterRefused, MailboxUnavailable, SenderUnavailable, SettingsInvalid, SignInRefused
from operations import remedies
from settings import read_settings

SECRET, REFRESH = "client-s3cret", "refresh-s3cret"
TENANT = "harrowmere.example"
SCOPE = "https://outlook.office365.com/.default"


class Clock:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """Return a clock that is right so far."""
    return Clock()


@pytest.fixture(scope="module")
def endpoint_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenEndpoint]:
    """Start a service that hands out tokens."""
    with TokenEndpoint(tmp_path_factory.mktemp("tokens")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory, endpoint_of_module: TokenEndpoint) -> Iterator[Dovecot]:
    """Start a Dovecot that takes that service's tokens."""
    try:
        server = Dovecot(
            tmp_path_factory.mktemp("oauth"), introspection_url=endpoint_of_module.introspection_url
        )
    except MissingServer as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture
def endpoint(endpoint_of_module: TokenEndpoint, user: str) -> TokenEndpoint:
    """Return the service, with nothing scripted, handing out tokens for this test's mailbox."""
    endpoint_of_module.reset(holder=user)
    return endpoint_of_module


def microsoft(endpoint: TokenEndpoint, **changes: Any) -> Microsoft:
    """Return what fetches tokens by client credentials."""
    usual = Microsoft(
        name="complaints",
        authority=f"{endpoint.authority}/{TENANT}",
        is_known_authority=False,
        client_id="heard",
        scope=SCOPE,
        secret=SECRET,
        ca_file=str(endpoint.certificate),
    )
    return replace(usual, **changes)


def google(endpoint: TokenEndpoint, **changes: Any) -> Google:
    """Return what fetches tokens by refresh token."""
    usual = Google(
        name="complaints",
        token_uri=endpoint.token_uri,
        client_id="heard",
        client_secret=SECRET,
        refresh_token=REFRESH,
        ca_file=str(endpoint.certificate),
    )
    return replace(usual, **changes)


@pytest.fixture(params=[microsoft, google])
def tokens(request: pytest.FixtureRequest, endpoint: TokenEndpoint, clock: Clock) -> CachedTokens:
    """Return a source of tokens of either kind."""
    return CachedTokens(request.param(endpoint), clock=clock)


@pytest.fixture
def box(dovecot: Dovecot, user: str, tokens: CachedTokens) -> Iterator[ImapMailbox]:
    """Return a mailbox on that Dovecot that tokens open."""
    account = ImapAccount(
        "complaints", "127.0.0.1", dovecot.tls_port, Security.TLS, user, "",
        ca_file=str(dovecot.certificate), tokens=tokens,
    )  # fmt: skip
    opened = ImapMailbox(account)
    yield opened
    opened.close()


def test_a_mailbox_is_read_with_a_token(
    box: ImapMailbox, dovecot: Dovecot, user: str, endpoint: TokenEndpoint
) -> None:
    """By client credentials as by refresh token; no password is involved."""
    raw = mail()
    dovecot.deliver(user, raw)
    (fetched,) = Cursor().read(box)
    assert fetched.raw == raw
    (asked,) = endpoint.asked
    assert (asked["client_id"], asked["client_secret"]) == ("heard", SECRET)
    if asked["grant_type"] == "client_credentials":
        assert asked["scope"] == SCOPE
    else:
        assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", REFRESH)


def test_a_certificate_says_who_we_are_as_well_as_a_secret(
    endpoint: TokenEndpoint, clock: Clock, tmp_path: Path
) -> None:
    """What is sent is signed with the key and names the certificate; there is no secret to expire."""
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    signed = microsoft(endpoint, secret="", private_key=key.read_text(), thumbprint="ab" * 20)
    assert CachedTokens(signed, clock=clock).token()
    (asked,) = endpoint.asked
    assert "client_secret" not in asked
    claims = jwt.decode(asked["client_assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == ("heard", endpoint.token_uri)
    assert jwt.get_unverified_header(asked["client_assertion"])["x5t"]


def test_one_token_serves_many_polls(box: ImapMailbox, endpoint: TokenEndpoint) -> None:
    """Also where each poll signs in anew."""
    for _ in range(20):
        box.check()
        box.close()
    assert len(endpoint.asked) == 1


def test_a_token_that_has_expired_is_fetched_anew(
    box: ImapMailbox, endpoint: TokenEndpoint, clock: Clock
) -> None:
    """Before the server has to refuse it."""
    endpoint.lifetime_s = 600
    box.check()
    box.close()
    clock.ahead = timedelta(minutes=10)
    box.check()
    assert len(endpoint.asked) == 2


def test_a_token_that_the_server_refuses_is_fetched_once_more(
    box: ImapMailbox, endpoint: TokenEndpoint
) -> None:
    """Withdrawn before its time, it costs nobody a poll."""
    box.check()
    box.close()
    endpoint.expire_all()
    box.check()
    assert len(endpoint.asked) == 2


def test_where_every_token_is_refused_the_mailbox_is_away_and_the_doctor_knows_why(
    box: ImapMailbox, endpoint: TokenEndpoint
) -> None:
    """One more token is tried, and the polls that follow ask for none."""
    endpoint.holder = "somebody-else"
    for _ in range(2):
        with pytest.raises(MailboxUnavailable, match="refuses the sign-in") as raised:
            box.check()
    assert len(endpoint.asked) == 2
    assert "own address" in remedies.for_mailbox(str(raised.value))


def test_a_session_cut_off_for_an_expired_token_goes_on_with_a_fresh_one(
    endpoint: TokenEndpoint, user: str, clock: Clock
) -> None:
    """What Exchange says in mid-session ends the connection, and the next poll signs in anew."""
    with Exchange(endpoint) as server:
        server.answers["STATUS"] = ["* BYE Session invalidated - AccessTokenExpired"]
        opened = ImapMailbox(exchange_account(server, user, CachedTokens(microsoft(endpoint), clock=clock)))
        with pytest.raises(MailboxUnavailable, match="AccessTokenExpired") as raised:
            opened.check()
        assert "signs in anew" in remedies.for_mailbox(str(raised.value))
        endpoint.expire_all()
        assert "INBOX 3 messages" in opened.check()
        opened.close()
    assert len(endpoint.asked) == 2
    assert len(set(server.shown)) == 2


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("AUTHENTICATE", "{tag} NO AUTHENTICATE failed.", "Enterprise Application"),
        ("STATUS", "{tag} BAD User is authenticated but not connected.", "FullAccess"),
    ],
)
def test_what_exchange_says_reaches_the_doctor(
    *, command: str, answer: str, words: str, endpoint: TokenEndpoint, user: str, clock: Clock
) -> None:
    """Through imapclient and our own fault, its words lead to the remedy."""
    with Exchange(endpoint) as server:
        server.answers[command] = [answer] * 2
        opened = ImapMailbox(exchange_account(server, user, CachedTokens(microsoft(endpoint), clock=clock)))
        with pytest.raises(MailboxUnavailable) as raised:
            opened.check()
        opened.close()
    assert words in remedies.for_mailbox(str(raised.value))


def test_exchange_takes_no_password(endpoint: TokenEndpoint, user: str) -> None:
    """The remedy is another way of signing in, not another password."""
    with Exchange(endpoint) as server:
        server.answers["LOGIN"] = ["{tag} NO LOGIN failed."]
        with pytest.raises(MailboxUnavailable, match="LOGIN failed") as raised:
            ImapMailbox(replace(exchange_account(server, user, None), password="secret")).check()
    said = str(raised.value).replace("127.0.0.1", "outlook.office365.com")
    assert 'sign_in = "microsoft"' in remedies.for_mailbox(said)


@pytest.mark.parametrize(
    ("error", "description", "status", "said"),
    [
        ("invalid_client", "AADSTS7000222: keys of ann@example.org", 401, "AADSTS7000222 (invalid_client)"),
        ("invalid_grant", "Token has been expired or revoked.", 400, "(invalid_grant)"),
        ("<script>", "", 400, "an unreadable answer"),
        ("", "", 400, "an unreadable answer"),
        ("", "", 200, "an unreadable answer"),
        ("", "", 302, "an unreadable answer"),
    ],
)
def test_a_service_that_refuses_is_quoted_by_its_codes_only(
    *, error: str, description: str, status: int, said: str, box: ImapMailbox, endpoint: TokenEndpoint,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What else it says may hold a secret or a person; the fault is the mailbox's, its cause kept."""
    endpoint.refuse_next(error, description, status=status)
    with pytest.raises(MailboxUnavailable, match="no token for complaints") as raised:
        box.check()
    assert isinstance(raised.value.__cause__, SignInRefused)
    assert said in str(raised.value)
    written = caplog.text + "".join(capfd.readouterr()) + str(raised.value)
    assert not [word for word in (SECRET, REFRESH, "ann@example.org", "<html>") if word in written]
    with pytest.raises(MailboxUnavailable, match="no token for complaints"):
        box.check()
    assert len(endpoint.asked) == 1


def test_an_unknown_tenant_is_named_by_its_code(endpoint: TokenEndpoint, clock: Clock) -> None:
    """Microsoft says so before anybody asks for a token."""
    endpoint.refuse_tenant("invalid_tenant", "AADSTS90002: Tenant not found.")
    with pytest.raises(SignInRefused, match="AADSTS90002") as raised:
        CachedTokens(microsoft(endpoint), clock=clock).token()
    assert "Directory (tenant) ID" in remedies.for_mailbox(str(raised.value))
    assert endpoint.asked == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"authority": f"https://127.0.0.1:1/{TENANT}"}, "Connection refused"),
        ({"ca_file": ""}, "certificate verify failed"),
        ({"secret": "", "private_key": "no key", "thumbprint": "ab" * 20}, "private key cannot be used"),
    ],
)
def test_a_service_that_cannot_be_asked_says_why(
    changes: dict[str, str], words: str, endpoint: TokenEndpoint, clock: Clock
) -> None:
    """Not there, not known, or asked with a key that is none."""
    with pytest.raises(SignInRefused, match=words) as raised:
        CachedTokens(microsoft(endpoint, **changes), clock=clock).token()
    assert remedies.find(str(raised.value)) is not None


@pytest.mark.parametrize("service", [microsoft, google])
def test_a_slow_service_keeps_nobody_waiting_for_long(
    service: Any, endpoint: TokenEndpoint, clock: Clock
) -> None:
    """The usual limit is 20 seconds."""
    assert service(endpoint).timeout_s == 20
    endpoint.delay_s = 1.0
    with pytest.raises(SignInRefused, match="timed out"):
        CachedTokens(service(endpoint, timeout_s=0.2), clock=clock).token()


@pytest.mark.parametrize("service", [microsoft, google])
@pytest.mark.parametrize("lifetime", [None, "soon", 10**30, "1800"])
def test_odd_lifetimes_are_a_token_or_a_fault_of_ours(
    service: Any, lifetime: object, endpoint: TokenEndpoint, clock: Clock
) -> None:
    """Nothing else comes out of the library."""
    endpoint.lifetime_s = lifetime
    with suppress(SignInRefused):
        assert CachedTokens(service(endpoint), clock=clock).token()


@pytest.fixture
def sending(endpoint: TokenEndpoint, tmp_path: Path) -> Iterator[SmtpServer]:
    """Start an SMTP server that takes this service's tokens, after STARTTLS only."""
    with SmtpServer(tmp_path, starttls=True, holds=endpoint.holds) as server:
        yield server


@pytest.fixture
def leaving(sending: SmtpServer, user: str, tokens: CachedTokens) -> Iterator[SmtpSender]:
    """Return what sends by that server."""
    account = SmtpAccount(
        "127.0.0.1", sending.port, Security.STARTTLS, user, ca_file=str(sending.certificate), tokens=tokens
    )
    opened = SmtpSender(account, envelope_from="complaints@harrowmere.example")
    yield opened
    opened.close()


def test_letters_leave_with_a_token(
    leaving: SmtpSender, sending: SmtpServer, endpoint: TokenEndpoint
) -> None:
    """One token for several connections; one that was withdrawn is fetched once more."""
    for asked in (1, 1, 2):
        leaving.send(mail(), recipient=ANN.address, message_id="<a@harrowmere.example>")
        leaving.close()
        assert len(endpoint.asked) == asked
        if len(sending.letters) == 2:
            endpoint.expire_all()
    assert [letter.recipients for letter in sending.letters] == [(ANN.address,)] * 3


@pytest.mark.parametrize(
    ("refusal", "words", "asked"),
    [
        ("535 5.7.3 Authentication unsuccessful [A.PROD.OUTLOOK.COM]", "SMTP.SendAsApp", 2),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
         "Set-CASMailbox", 2),
        ("454 4.7.0 Temporary authentication failure", "[sending]", 1),
    ],
)  # fmt: skip
def test_a_mail_server_that_refuses_every_token_is_away(
    *, refusal: str, words: str, asked: int, leaving: SmtpSender, sending: SmtpServer, endpoint: TokenEndpoint
) -> None:  # fmt: skip
    """The letter stays queued, one more token is tried where that can help, and the remedy is known."""
    sending.refusal, endpoint.holder = refusal, "somebody-else"
    for _ in range(3):
        with pytest.raises(SenderUnavailable, match=refusal[:9]) as raised:
            leaving.send(mail(), recipient=ANN.address, message_id="<a@harrowmere.example>")
    assert leaving.is_away
    assert len(endpoint.asked) == asked
    assert words in remedies.for_sending(str(raised.value))


def test_without_a_token_the_mail_server_is_away(leaving: SmtpSender, endpoint: TokenEndpoint) -> None:
    """The letter is not to blame."""
    endpoint.refuse_next("invalid_grant", "revoked")
    with pytest.raises(SenderUnavailable, match=r"no token for complaints .*\(invalid_grant\)") as raised:
        leaving.check()
    assert isinstance(raised.value.__cause__, SignInRefused)


def test_a_refusal_to_send_as_us_blames_no_letter(leaving: SmtpSender, sending: SmtpServer) -> None:
    """Exchange says it only after the letter, and would say it of every letter."""
    sending.answer_next(554, "5.2.252 SendAsDenied; complaints@harrowmere.example not allowed to send as")
    with pytest.raises(SenderUnavailable) as raised:
        leaving.send(mail(), recipient=ANN.address, message_id="<a@harrowmere.example>")
    assert leaving.is_away
    assert "Add-RecipientPermission" in remedies.for_sending(str(raised.value))
    sending.answer_next(554, "5.6.0 Content refused")
    with pytest.raises(LetterRefused):
        leaving.send(mail(), recipient=ANN.address, message_id="<b@harrowmere.example>")
    assert not leaving.is_away


@pytest.fixture
def configured(
    *, dovecot: Dovecot, sending: SmtpServer, user: str, endpoint: TokenEndpoint, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:  # fmt: skip
    """Return a maker of an App whose settings sign in by token everywhere."""
    trusted = (dovecot.certificate, sending.certificate, endpoint.certificate)
    (tmp_path / "ca.pem").write_text("".join(each.read_text() for each in trusted if each))
    monkeypatch.setenv("TEST_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("TEST_REFRESH_TOKEN", REFRESH)
    shared = f'username = "{user}"\nhost = "127.0.0.1"\nca_file = "{tmp_path / "ca.pem"}"\n'

    def configure(more: str = "", *, mailbox_oauth: str | None = None) -> App:
        entra = (
            f'tenant = "{TENANT}", client_id = "heard", authority = "{endpoint.authority}", '
            'client_secret = { env = "TEST_CLIENT_SECRET" }'
        )
        gmail = (
            f'client_id = "heard", client_secret = {{ env = "TEST_CLIENT_SECRET" }}, '
            f'refresh_token = {{ env = "TEST_REFRESH_TOKEN" }}, token_uri = "{endpoint.token_uri}"'
        )
        (tmp_path / "heard.toml").write_text(
            'data = "data"\n[organisation]\nname = "Harrowmere Council"\n'
            f'[[mailboxes]]\nname = "complaints"\n{shared}port = {dovecot.tls_port}\n'
            f'sign_in = "microsoft"\noauth = {{ {mailbox_oauth or entra}{more} }}\n'
            f'[sending]\nkind = "smtp"\n{shared}port = {sending.port}\n'
            f'sign_in = "google"\noauth = {{ {gmail} }}\n'
        )
        return App(read_settings(tmp_path / "heard.toml"), structlog.get_logger())

    return configure


def findings(app: App) -> dict[str, operations.doctor.Finding]:
    """Return what the doctor finds, by what was examined."""
    return {each.what: each for each in operations.doctor.examine(app)}


def test_the_doctor_signs_in_by_token_as_the_settings_say(configured: Any, endpoint: TokenEndpoint) -> None:
    """Microsoft for the mailbox and Google for sending, each asked once, behind a private authority."""
    found = findings(configured())
    assert found["mailbox complaints"].ok, found["mailbox complaints"].said
    assert found["sending"].ok, found["sending"].said
    assert {asked["grant_type"] for asked in endpoint.asked} == {"client_credentials", "refresh_token"}
    assert len(endpoint.asked) == 2


def test_the_doctor_says_what_to_do_about_an_expired_secret(configured: Any, endpoint: TokenEndpoint) -> None:
    """Both for the mailbox and for sending, and without the secret."""
    endpoint.refuse_next("invalid_client", "AADSTS7000222: expired", status=401)
    endpoint.refuse_next("invalid_grant", "revoked")
    found = findings(configured())
    assert "AADSTS7000222" in found["mailbox complaints"].said
    assert "make a new one" in found["mailbox complaints"].remedy
    assert "consent again" in found["sending"].remedy
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("days", "ok", "words"),
    [(31, True, "31 days more"), (30, False, "30 days more"), (-1, False, "it expired")],
)
def test_the_doctor_warns_thirty_days_before_a_secret_expires(
    days: int, ok: bool, words: str, configured: Any  # noqa: FBT001  # a row of the table
) -> None:  # fmt: skip
    """And goes on warning afterwards."""
    ends_on = configured().clock().date() + timedelta(days=days)
    found = findings(configured(f", secret_expires_on = {ends_on}"))["secret of mailbox complaints"]
    assert (found.ok, bool(found.remedy)) == (ok, not ok)
    assert words in found.said


def test_the_doctor_quotes_the_mail_server_about_letters_that_wait(configured: Any) -> None:
    """Not the addresses in what it said."""
    app = configured()
    app.prepare_data()
    app.open_record()
    fault = "the mail server answers 554 5.2.252 SendAsDenied; ann@example.org"
    with app.units() as uow:
        uow.letters.add(new_letter(last_fault=fault))
        uow.commit()
    waiting = findings(app)["letters waiting"]
    assert not waiting.ok
    assert "Add-RecipientPermission" in waiting.remedy
    assert "SendAsDenied; (address)" in waiting.said


def test_a_key_that_is_not_there_is_a_fault_of_the_settings(configured: Any, tmp_path: Path) -> None:
    """It is named before anybody asks for a token."""
    oauth = (
        f'tenant = "{TENANT}", client_id = "heard", certificate = "{tmp_path / "no.pem"}", '
        f'thumbprint = "{"AB:" * 19}AB"'
    )
    app = configured(mailbox_oauth=oauth)
    with pytest.raises(SettingsInvalid, match=r"no\.pem: the private key cannot be read"):
        app.mailboxes()
    assert "PEM" in findings(app)["mailbox complaints"].remedy


def exchange_account(server: "Exchange", user: str, tokens: CachedTokens | None) -> ImapAccount:
    """Return an account on a server that speaks like Exchange."""
    return ImapAccount("complaints", "127.0.0.1", server.port, Security.PLAIN, user, "", tokens=tokens)


class Exchange:
    """An IMAP server of a few commands that says word for word what Exchange Online says."""

    def __init__(self, endpoint: TokenEndpoint) -> None:
        self.answers: dict[str, list[str]] = {}
        self.shown: list[str] = []
        self._endpoint = endpoint
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake a thread that waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rwb") as stream:
            connection.settimeout(5)
            stream.write(b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n")
            stream.flush()
            while line := stream.readline().decode():
                answer = self._answer(line, stream)
                stream.write(answer.encode() + b"\r\n")
                stream.flush()
                if "* BYE" in answer:
                    return

    def _answer(self, line: str, stream: Any) -> str:
        tag, command = line.split()[:2]
        usual = {
            "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done",
            "STATUS": "* STATUS INBOX (MESSAGES 3)\r\n{tag} OK done",
            "LOGOUT": "* BYE bye\r\n{tag} OK done",
        }.get(command, "{tag} OK done")
        if command == "AUTHENTICATE":
            usual = self._authenticate(stream)
        scripted = self.answers.get(command)
        return (scripted.pop(0) if scripted else usual).format(tag=tag)

    def _authenticate(self, stream: Any) -> str:
        stream.write(b"+ \r\n")
        stream.flush()
        self.shown.append(stream.readline().decode())
        token = b64_token(self.shown[-1])
        is_good = self._endpoint.holds(self._endpoint.holder, token)
        return "{tag} OK AUTHENTICATE completed." if is_good else "{tag} NO AUTHENTICATE failed."


def b64_token(shown: str) -> str:
    """Return the token out of what was shown for XOAUTH2, which must have its exact form."""
    user, auth, *rest = base64.b64decode(shown).decode().split("\1")
    assert user.startswith("user=")
    assert rest == ["", ""]
    return auth.removeprefix("auth=Bearer ")
