"""What to do about what mail servers and sign-in services say: one table from their words to the remedy.

Many of these texts mislead: they blame the sign-in where a permission is missing, or the user where the
secret has expired. The first row whose signs all stand in what was said, in whatever case, is the one that
holds, so what is particular stands above what is general. docs/sign-in.md has the steps in full.
"""

import re
from dataclasses import dataclass
from functools import cached_property

_ENTERPRISE_ID = (
    "New-ServicePrincipal was run with the object id of the Enterprise Application (the one under App "
    "registrations is another, and fails)"
)
_GRANT_MAILBOX = (
    "Add-MailboxPermission -Identity <mailbox> -User <object id of the Enterprise Application> "
    "-AccessRights FullAccess"
)
_NO_SUCH_NAME = "no such name: check host for a misspelling, then this machine's DNS"
_NO_WAY_THERE = "this machine has no way there: check its network and the firewall"
_LET_IT_SEND = (
    "let the sending mailbox send as the address of [organisation]: Add-RecipientPermission <address> "
    "-AccessRights SendAs -Trustee <who signs in>, or set username to that address"
)
_MAILBOX_DEFAULT = "check host, port and security, and that the server can be reached from this machine"
_SENDING_DEFAULT = "check [sending] in the settings, and that the server can be reached"


@dataclass(frozen=True)
class Row:
    """Words that all stand in a text, each by itself, and what an administrator does about them."""

    signs: tuple[str, ...]
    remedy: str

    def fits(self, said: str) -> bool:
        """Say whether all the words stand in a text; AADSTS90002 does not stand in AADSTS900023."""
        return all(pattern.search(said) for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(rf"(?<!\w){re.escape(sign)}(?!\w)", re.IGNORECASE) for sign in self.signs)


def for_mailbox(said: str) -> str:
    """Return what to do about a mailbox, by what its fault says."""
    return find(said) or _MAILBOX_DEFAULT


def for_sending(said: str) -> str:
    """Return what to do about sending, by what its fault says."""
    return find(said) or _SENDING_DEFAULT


def find(said: str) -> str | None:
    """Return the remedy of the first row that fits, None where no row does."""
    text = " ".join(said.split())
    return next((row.remedy for row in ROWS if row.fits(text)), None)


_SETTINGS = (
    Row(("environment variable",), "set the variable for the user that runs heard, or name a file"),
    Row(("secret cannot be read",), "let the user that runs heard read that file"),
    Row(("private key cannot be",), "let certificate name the PEM file with the private key (RSA, no pass "
        "phrase), and let the user that runs heard read it"),
)  # fmt: skip

_MICROSOFT_TOKENS = (
    Row(("AADSTS7000222",), "the client secret has expired: make a new one (Entra, App registrations, "
        "Certificates & secrets), put its value where client_secret points, set secret_expires_on, restart"),
    Row(("AADSTS7000215",), "the client secret is wrong: the column Value is wanted, not Secret ID; it is "
        "shown only once, so make a new secret if nobody noted it"),
    Row(("AADSTS700016",), "no app with this client_id in this tenant: copy Application (client) ID and "
        "Directory (tenant) ID from the app's overview under App registrations"),
    Row(("AADSTS700027",), "the certificate is not the app's: upload its public part under Certificates & "
        "secrets, and check that thumbprint and certificate belong together"),
    Row(("AADSTS7000112",), "the app is disabled: under Enterprise Applications, Properties, allow sign-in"),
    Row(("AADSTS90002",), "there is no such tenant: set tenant to the Directory (tenant) ID; in a national "
        "cloud, set authority too"),
    Row(("AADSTS900023",), "tenant is neither an id nor a domain: set it to the Directory (tenant) ID"),
    Row(("AADSTS500011",), "scope names a service that the tenant does not have: take it out, so that it is "
        "https://outlook.office365.com/.default, and see that the tenant has Exchange Online"),
    Row(("AADSTS70011",), "scope is wrong: take it out, so that it is https://outlook.office365.com/.default"),
    Row(("AADSTS1002012",), "scope is wrong: it must end in /.default; take it out to have the usual one"),
    Row(("AADSTS65001",), "nobody has consented: under App registrations, API permissions, choose Grant "
        "admin consent for IMAP.AccessAsApp and SMTP.SendAsApp"),
    Row(("AADSTS50105",), "the app is not assigned: under Enterprise Applications, Properties, set "
        "Assignment required to No, or assign it, and grant admin consent"),
    Row(("AADSTS53003",), "Conditional Access keeps the app out: exclude it, or allow this machine"),
)  # fmt: skip

_GOOGLE_AND_OTHER_TOKENS = (
    Row(("invalid_grant",), "the refresh token was revoked or has expired: consent again and put the new one "
        "in its place; while the consent screen is in Testing it lasts 7 days, so make the app Internal, or "
        "publish it"),
    Row(("invalid_client",), "the service does not know the app by this client_id and client_secret: copy "
        "both again from where the app is registered"),
    Row(("unauthorized_client",), "the app may not ask in this way: check that client_id, client_secret and "
        "refresh_token belong to one app, and that an administrator has allowed it"),
    Row(("invalid_scope",), "scope is wrong: take it out to have the usual one; Google's for mail is "
        "https://mail.google.com/, and has to be the one consented to"),
)  # fmt: skip

_MICROSOFT_MAIL = (
    Row(("AccessTokenExpired",), "nothing, Heard signs in anew; if it comes every few minutes, set this "
        "machine's clock"),
    Row(("authenticated but not connected",), "the token is good, the mailbox is closed to the app: check "
        f"that username is the mailbox's own address, then run {_GRANT_MAILBOX}; it may take an hour"),
    Row(("office365", "LOGIN failed"), 'Exchange Online takes no passwords any more: set sign_in = '
        '"microsoft" and [mailboxes.oauth]'),
    Row(("AUTHENTICATE failed",), f"check in this order: {_ENTERPRISE_ID}; the app has the application "
        "permission IMAP.AccessAsApp of Office 365 Exchange Online; an administrator has consented to it; "
        f"{_GRANT_MAILBOX} was run; IMAP is on for the mailbox; it may take an hour to work"),
    Row(("5.7.139", "SmtpClientAuthentication is disabled"), "allow SMTP for the mailbox: Set-CASMailbox "
        "-Identity <mailbox> -SmtpClientAuthenticationDisabled $false; if it speaks of the tenant, also "
        "Set-TransportConfig -SmtpClientAuthenticationDisabled $false"),
    Row(("5.7.139",), 'Exchange Online refuses this kind of sign-in: set sign_in = "microsoft" and '
        "[sending.oauth]; if that is so already, look for security defaults or Conditional Access"),
    Row(("5.7.3", "Authentication unsuccessful"), 'with a password: set sign_in = "microsoft". With tokens, '
        "check that the app has the application permission SMTP.SendAsApp and consent to it, that "
        f"{_ENTERPRISE_ID}, that {_GRANT_MAILBOX} was run, and that username is that mailbox's address"),
    Row(("5.7.60",), _LET_IT_SEND),
    Row(("SendAsDenied",), _LET_IT_SEND),
)  # fmt: skip

_GOOGLE_MAIL = (
    Row(("application-specific password",), 'Google takes no password: set sign_in = "google" and oauth'),
    Row(("app has its permissions", "invalid credentials"), "the token is another account's, or lacks the "
        "scope https://mail.google.com/: consent again, signed in as the mailbox that username names; see "
        "also that IMAP is on"),
)  # fmt: skip

_NOTIFY = (
    Row(("GOV.UK Notify", "403"), "the key is not one of the service's, was revoked, or this machine's clock "
        "is more than 30 seconds wrong: check the clock, then make a new key (API integration, API keys)"),
    Row(("GOV.UK Notify", "team-only"), "use a live key: this one sends to the service's team only"),
    Row(("GOV.UK Notify", "trial"), "the service is in trial mode: ask for it to go live in its settings"),
    Row(("GOV.UK Notify", "429"), "nothing for a limit a minute; for one a day, ask them for a higher one"),
    Row(("GOV.UK Notify", "404"), "template_id or notify_address is wrong: copy the template's id again"),
    Row(("GOV.UK Notify", "template"), "check template_id, and that the template is one for emails with the "
        "fields ((subject)) and ((body)) and no other"),
    Row(("GOV.UK Notify", "too short"), "copy the key whole: its name, and two ids after it"),
)  # fmt: skip

_CONNECTION = (
    Row(("check user name and password",), "check user name and password; some providers want an "
        "application password"),
    Row(("app has its permissions",), "a token was to be had, the mail server takes none: check that "
        "username is the mailbox's own address and that the app may open it (docs/sign-in.md)"),
    Row(("takes no copy",), "see that sent_folder names a folder of that mailbox as the server writes it"),
    Row(("READ-ONLY",), "the account may only read here: let it write (on Exchange, FullAccess), or set "
        'processed = "leave"'),
    Row(("STORE",), 'the server sets no flags here: let the account write, or set processed = "leave"'),
    Row(("has no folder",), "list only folders that exist; names are as the server writes them"),
    Row(("mount its share",), "mount the share, or correct path in the settings"),
    Row(("user that runs heard",), "give that user the right to it, and to the folders above it"),
    Row(("does not exist",), "check the path"),
    Row(("certificate has expired",), "the server's certificate has expired: whoever runs it must renew it; "
        "if it has not, set this machine's clock"),
    Row(("certificate verify failed", "mismatch"), "name the server as its certificate does"),
    Row(("certificate verify failed", "is not valid for"), "name the server as its certificate does"),
    Row(("certificate verify failed",), "nobody known here has signed the certificate: give ca_file for a "
        "private authority, or for one that a proxy in between uses"),
    Row(("wrong version",), 'the port does not speak TLS at once; try security = "starttls"'),
    Row(("STARTTLS",), 'the server offers no STARTTLS here; try security = "tls" and its port, 993 or 465'),
    Row(("name or service not known",), _NO_SUCH_NAME),
    Row(("nodename nor servname",), _NO_SUCH_NAME),
    Row(("no address associated",), _NO_SUCH_NAME),
    Row(("name resolution",), "this machine's DNS does not answer: check its network and resolver"),
    Row(("connection refused",), "nothing listens on that port: check host, port, and that the server runs"),
    Row(("unreachable",), _NO_WAY_THERE),
    Row(("no route to host",), _NO_WAY_THERE),
    Row(("timed out",), "nobody answers: check host and port, and that the firewall lets this machine out"),
)  # fmt: skip

ROWS = (
    *_SETTINGS, *_MICROSOFT_TOKENS, *_GOOGLE_AND_OTHER_TOKENS, *_MICROSOFT_MAIL, *_GOOGLE_MAIL, *_NOTIFY,
    *_CONNECTION,
)  # fmt: skip
