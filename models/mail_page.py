"""A message as it was sent: its header fields and its page or text, for the eyes of an officer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureInPage:
    """A picture that a page may show within its text: its Content-ID, the SHA-256 of the file, and its type.

    Only a photograph or drawing of an ordinary size is one, whose bytes are what they say.
    """

    content_id: str
    sha256: str
    content_type: str


@dataclass(frozen=True)
class MailPage:
    """What a mail program would show of a message, before anything is made safe.

    `html` is the page as sent and hostile until cleaned. It is empty where the message has none, and `text`
    is shown. `is_cut` says that more of it stands in the message.
    """

    fields: tuple[tuple[str, str], ...]
    html: str = ""
    text: str = ""
    is_cut: bool = False
    pictures: tuple[PictureInPage, ...] = ()
