"""A queued letter to the bytes that leave the house (RFC 5322, RFC 3834)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from models.case import Letter

_IDS = {"message-id", "in-reply-to", "references"}
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


def compose(letter: Letter, *, sender_name: str, sender_address: str) -> bytes:
    """Return the letter as mail; the same letter gives the same bytes however often it is sent."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=one_line(sender_name), addr_spec=sender_address)
    message["To"] = one_line(letter.recipient)
    message["Subject"] = one_line(letter.subject)[:_LONGEST_SUBJECT]
    message["Date"] = format_datetime(letter.queued_at)
    message["Message-ID"] = letter.message_id
    if answered := _ids_of(letter.in_reply_to or ""):
        message["In-Reply-To"] = answered[0]
    if references := _ids_of(letter.references):
        message["References"] = " ".join(references[-_MOST_REFERENCES:])
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Heard-Letter"] = letter.kind.value
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    boundary = "heard-" + "".join(c for c in letter.message_id if c.isalnum())[:40]
    message.set_boundary(boundary)
    return message.as_bytes()


def _ids_of(written: str) -> list[str]:
    """Return the Message-IDs that may stand in a header; one beyond ASCII threads nowhere anyway."""
    return [each for each in written.split() if each.isascii() and each.isprintable()]


def one_line(value: str) -> str:
    """Return a value that cannot break out of its header field (fact 34)."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
