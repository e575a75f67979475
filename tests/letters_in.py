"""Messages that the tests send: plain, short, each a person's."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

GRIEVANCE = (
    "I reported the broken boiler on 3 November and again on 9 November. You promised an engineer on the "
    "12th and nobody came. We still have no heating and nobody has rung back. This is not good enough."
)
REQUEST = "The street light outside number 9 Elm Walk is out. Could you send somebody to mend it please?"


def mail(
    *,
    sender: str = "Ann Resident <ann@example.org>",
    subject: str = "Boiler at 4 Mill Lane",
    body: str = GRIEVANCE,
    message_id: str | None = None,
    in_reply_to: str | None = None,
    date: datetime | None = None,
    **headers: str,
) -> bytes:
    """Return a message as bytes with CRLF line ends."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "complaints@harrowmere.example", subject
    if date is not None:
        message["Date"] = format_datetime(date)
    if message_id:
        message["Message-ID"] = message_id
    if in_reply_to:
        message["In-Reply-To"] = message["References"] = in_reply_to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
