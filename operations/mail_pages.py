"""Messages as they were sent, read for the officers' pages in a process of their own."""

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from models.mail_page import MailPage

if TYPE_CHECKING:
    from intake.reader import IsolatedReader


class MailPages:
    """Reads pages out of messages; its process starts when somebody first looks at one."""

    def __init__(self) -> None:
        self._starting = Lock()

    def page(self, raw: bytes) -> MailPage:
        """Return a message as it was sent; raises UnreadableMessage where nothing can be made of it."""
        with self._starting:
            reader = self._reader
        return reader.page(raw)

    def close(self) -> None:
        """End the process, if there is one."""
        if "_reader" in self.__dict__:
            self._reader.close()

    @cached_property
    def _reader(self) -> "IsolatedReader":
        from intake.reader import IsolatedReader  # noqa: PLC0415  # loads what checks its answers

        return IsolatedReader()
