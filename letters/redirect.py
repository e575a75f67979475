"""A sender for trying out: whoever a letter is for, it goes to one address, and no copy to the person."""

from dataclasses import dataclass
from typing import Protocol

from models.ports import Sender


class CheckedSender(Sender, Protocol):
    """A sender that can say whether it works."""

    def check(self) -> str:
        """Return what takes the letters; raises one of our errors where it does not work."""
        ...


@dataclass
class RedirectingSender:
    """Hands every letter to another sender under one address.

    The bytes name that address too (`letters/compose.py`); here the person's is dropped, whatever they say.
    """

    sender: CheckedSender
    to: str

    @property
    def is_away(self) -> bool:
        """Whether the other sender's server was at fault."""
        return self.sender.is_away

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Hand the letter over to the one address."""
        del recipient  # Nothing may reach the person.
        self.sender.send(letter_bytes, recipient=self.to, message_id=message_id)

    def check(self) -> str:
        """Return what takes the letters."""
        return self.sender.check()

    def close(self) -> None:
        """Let the other sender's connection go."""
        self.sender.close()
