"""A queued letter to the bytes that leave the house (RFC 5322, RFC 3834)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from letters.required import AUTOMATIC, INTERNAL
from models.case import Letter
from models.plus_address import plus_address
from models.reference import case_named_by

_IDS = {"message-id", "in-reply-to", "references"}
_LONGEST_ID = 980
"""A line may have 998 characters (RFC 5322, 2.1.1), and an id stands on one with its field's name."""

_LONGEST_SUBJECT = 200
_MOST_REFERENCES = 20


class _LetterPolicy(EmailPolicy):
    """Writes Message-IDs whole: the standard folding encodes those over 78 characters (cpython#79986)."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:  # noqa: FBT001, FBT002
        if name.lower() in _IDS:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"
        folded: str = super()._fold(name, value, refold_binary)  # type: ignore[misc]  # untyped
        return folded


_POLICY = _LetterPolicy(linesep=SMTP.linesep, max_line_length=78)


def compose(
    letter: Letter,
    *,
    sender_name: str,
    sender_address: str,
    has_plus_addresses: bool = False,
    redirect_to: str = "",
) -> bytes:
    """Return the letter as mail; the same letter gives the same bytes however often it is sent.

    With `has_plus_addresses` the address for replies carries the case. With `redirect_to` everything goes to
    that address, and the subject says for whom it was.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=one_line(sender_name), addr_spec=sender_address)
    message["To"] = one_line(redirect_to or letter.recipient)
    if has_plus_addresses and (reply_to := _address_for_replies(letter, sender_address)):
        message["Reply-To"] = reply_to
    message["Subject"] = _subject(letter, is_redirected=bool(redirect_to))
    message["Date"] = format_datetime(letter.queued_at)
    _thread(message, letter)
    _say_what_it_is(message, letter)
    if redirect_to:
        message["X-Heard-Redirected"] = one_line(letter.recipient)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    boundary = "heard-" + "".join(c for c in letter.message_id if c.isalnum())[:40]
    message.set_boundary(boundary)
    return message.as_bytes()


def _address_for_replies(letter: Letter, sender_address: str) -> str:
    """Return the address that carries the letter's case, empty where our own people are written to."""
    reference = None if letter.kind in INTERNAL else case_named_by(letter.message_id)
    return plus_address(sender_address, reference) if reference else ""


def _subject(letter: Letter, *, is_redirected: bool) -> str:
    subject = f"[for {letter.recipient}] {letter.subject}" if is_redirected else letter.subject
    return one_line(subject)[:_LONGEST_SUBJECT]


def _thread(message: EmailMessage, letter: Letter) -> None:
    """Say which message the letter answers (RFC 3834, 3.1.6; RFC 5322, 3.6.4)."""
    message["Message-ID"] = letter.message_id
    if answered := _ids_of(letter.in_reply_to or ""):
        message["In-Reply-To"] = answered[0]
    if references := _ids_of(letter.references):
        message["References"] = " ".join(references[-_MOST_REFERENCES:])


def _say_what_it_is(message: EmailMessage, letter: Letter) -> None:
    """Mark what a machine decided to send: as an answer to the person, or as a notice to our own people.

    An officer's letter is a person's mail and bears no mark (RFC 3834, 5).
    """
    if letter.kind in AUTOMATIC:
        message["Auto-Submitted"] = "auto-generated" if letter.kind in INTERNAL else "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message["X-Heard-Letter"] = letter.kind.value


def _ids_of(written: str) -> list[str]:
    """Return the Message-IDs that may stand in a header; one beyond ASCII threads nowhere anyway."""
    return [
        each for each in written.split() if each.isascii() and each.isprintable() and len(each) <= _LONGEST_ID
    ]


def one_line(value: str) -> str:
    """Return a value that cannot break out of its header field (fact 34)."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
