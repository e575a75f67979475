"""Remedies: what servers really say leads to what an administrator has to do."""

import pytest

from operations import remedies

AUTH, LOGIN = "refuses the sign-in:", "check user name and password"
APP = "check username, and that the app has its permissions and may open this mailbox"
AWAY = "the mailbox complaints at h.example:993 cannot be reached:"
CERTIFICATE = f"{AWAY} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
EXCHANGE = "the mailbox complaints at outlook.office365.com:993"
GMAIL = "the mailbox complaints at imap.gmail.com:993"
OTHER = "the mailbox complaints at h.example:993"
SMTP = "the mail server smtp.office365.com:587 refuses: 535"
ANSWERS = "the mail server answers"
ENTRA = "no token for complaints from login.microsoftonline.com:"
NOTIFY = "GOV.UK Notify answers"
GOOGLE = "no token for complaints from oauth2.googleapis.com:"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{EXCHANGE} {AUTH} AUTHENTICATE failed.; {APP}", "object id of the Enterprise Application"),
        (f"{EXCHANGE} {AUTH} AUTHENTICATE failed.; {APP}", "IMAP.AccessAsApp"),
        (f"{EXCHANGE} {AUTH} AUTHENTICATE failed.; {APP}", "consented"),
        (f"{EXCHANGE} {AUTH} AUTHENTICATE failed.; {APP}", "Add-MailboxPermission"),
        (f"{EXCHANGE} broke off: BAD [b'User is authenticated but not connected.']", "FullAccess"),
        (f"{EXCHANGE} broke off: Session invalidated - AccessTokenExpired", "Heard signs in anew"),
        (f"{EXCHANGE} {AUTH} LOGIN failed.; {LOGIN}", 'sign_in = "microsoft"'),
        (f"{EXCHANGE} does not mark messages: store failed: [READ-ONLY] no", 'processed = "leave"'),
        (f"{EXCHANGE} does not mark messages: STORE command error: BAD", 'processed = "leave"'),
        (f"{ENTRA} AADSTS700016 (unauthorized_client); x", "Application (client) ID"),
        (f"{ENTRA} AADSTS7000215 (invalid_client); x", "column Value"),
        (f"{ENTRA} AADSTS7000222 (invalid_client); x", "has expired: make a new one"),
        (f"{ENTRA} AADSTS90002; x", "there is no such tenant"),
        (f"{ENTRA} AADSTS900023; x", "neither an id nor a domain"),
        (f"{ENTRA} AADSTS500011 (invalid_resource); x", "take it out"),
        (f"{ENTRA} AADSTS70011 (invalid_scope); x", "https://outlook.office365.com/.default"),
        (f"{ENTRA} AADSTS65001 (invalid_grant); x", "Grant admin consent"),
        (f"{ENTRA} AADSTS50105 (invalid_grant); x", "Assignment required"),
        (f"{ENTRA} AADSTS999 (invalid_client); x", "copy both again"),
        (f"{GOOGLE} (invalid_grant); x", "7 days"),
        (f"{GOOGLE} (invalid_client); x", "client_id and client_secret"),
        (f"{GOOGLE} (unauthorized_client); x", "belong to one app"),
        (f"{GOOGLE} (invalid_scope); x", "https://mail.google.com/"),
        (f"{SMTP} 5.7.139 SmtpClientAuthentication is disabled for the Tenant.; x", "Set-TransportConfig"),
        (f"{SMTP} 5.7.139 SmtpClientAuthentication is disabled for the Mailbox.; x", "Set-CASMailbox"),
        (f"{SMTP} 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "sign_in"),
        (f"{SMTP} 5.7.3 Authentication unsuccessful [X.PROD.OUTLOOK.COM]; x", "SMTP.SendAsApp"),
        (f"{ANSWERS} 550 5.7.60 SMTP; Client may not send as this sender", "Add-RecipientPermission"),
        (f"{ANSWERS} 554 5.2.252 SendAsDenied; (address) may not", "Add-RecipientPermission"),
        (f"{GMAIL} {AUTH} [AUTHENTICATIONFAILED] Invalid credentials (Failure); {APP}", "consent again"),
        (f"{GMAIL} {AUTH} [ALERT] Application-specific password required; x", 'sign_in = "google"'),
        (f"{OTHER} {AUTH} Authentication failed; {LOGIN}", "application password"),
        (f"{OTHER} {AUTH} Authentication failed; {APP}", "the mail server takes none"),
        (f"{CERTIFICATE} Hostname mismatch, certificate is not valid for 'h'.", "as its certificate does"),
        (f"{CERTIFICATE} IP address mismatch, certificate is not valid for 'h'.", "as its certificate does"),
        (f"{CERTIFICATE} certificate has expired (_ssl.c:1)", "renew it"),
        (f"{CERTIFICATE} self-signed certificate (_ssl.c:1)", "ca_file"),
        (f"{AWAY} [SSL: WRONG_VERSION_NUMBER] wrong version number", "starttls"),
        (f"{AWAY} [Errno -2] Name or service not known", "misspelling"),
        (f"{AWAY} [Errno -3] Temporary failure in name resolution", "resolver"),
        (f"{AWAY} [Errno 111] Connection refused", "nothing listens"),
        (f"{AWAY} timed out", "firewall"),
        (f"{AWAY} [Errno 101] Network is unreachable", "firewall"),
        (f"{OTHER} has no folder Junk: x", "list only folders that exist"),
        (f"{OTHER} takes no copy into Snet: select failed", "sent_folder names a folder"),
        (f"{NOTIFY} 403 AuthError: Invalid token: API key not found", "make a new key"),
        (f"{NOTIFY} 400 BadRequestError: Can't send to this using a team-only API key", "a live key"),
        (f"{NOTIFY} 400 BadRequestError: Can't send when service is in trial mode", "go live"),
        (f"{NOTIFY} 400 BadRequestError: Template not found", "template_id"),
        (f"{NOTIFY} 429 TooManyRequestsError: Exceeded send limits (50) for today", "a higher one"),
        (f"{NOTIFY} 404", "template_id or notify_address"),
        ("the key of GOV.UK Notify is too short; copy it whole into its place", "two ids after it"),
        ("the template of GOV.UK Notify has no field ((body)); put it in", "and no other"),
    ],
)
def test_what_a_server_says_leads_to_what_is_to_be_done(said: str, words: str) -> None:
    """The remedy names the setting, the command or the place to look."""
    assert words in remedies.for_mailbox(said)
    assert remedies.for_sending(said) == remedies.for_mailbox(said)


@pytest.mark.parametrize("row", remedies.ROWS, ids=lambda row: " + ".join(row.signs))
def test_no_row_is_hidden_behind_another(row: remedies.Row) -> None:
    """The words of each row lead to its own remedy, in capitals and over lines as well."""
    for said in (" ".join(row.signs), "\r\n".join(row.signs).upper()):
        assert remedies.find(f"it said {said}, whatever that means") == row.remedy


def test_what_nobody_foresaw_leads_to_the_settings() -> None:
    """There is always something to check."""
    assert remedies.find("the moon is full") is None
    assert "host, port and security" in remedies.for_mailbox("the moon is full")
    assert "[sending]" in remedies.for_sending("the moon is full")


@pytest.mark.parametrize("said", ["restored", "AADSTS900021", "AADSTS1700016", "the datastore"])
def test_a_sign_within_another_word_is_none(said: str) -> None:
    """Codes that begin alike are different codes."""
    assert remedies.find(said) is None
