"""IMAP mailboxes; the one file that knows imapclient (RFC 9051).

Only UID commands, BODY.PEEK, and our own cursor: whether somebody has read a message says nothing. Nothing
is ever deleted. Every fault of the connection becomes MailboxUnavailable.
"""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from models.codes import Security
from models.errors import MailboxUnavailable
from models.message import FetchedMessage, Place
from models.ports import Ledger

_TIMEOUT_S = 60
_BATCH = 50
_LARGEST_BATCH_BYTES = 16_000_000
_UID_WINDOW = 20_000


class Processed(StrEnum):
    """What is done on the server with a message that is kept."""

    LEAVE = "leave"
    FLAG = "flag"
    MOVE = "move"


@dataclass(frozen=True)
class ImapAccount:
    """Where a mailbox is and how it is opened."""

    name: str
    host: str
    port: int
    security: Security
    username: str
    password: str
    folders: tuple[str, ...] = ("INBOX",)
    processed: Processed = Processed.LEAVE
    keyword: str = "HeardKept"
    move_to: str = "Heard"
    ca_file: str = ""
    largest_message: int = 50_000_000


class ImapMailbox:
    """One account's folders, over a connection that is opened when needed and kept."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: Any = None

    @property
    def account(self) -> str:
        """The name under which the ledger knows it."""
        return self._account.name

    @property
    def marks_processed(self) -> bool:
        """Whether anything is done with messages that are kept."""
        return self._account.processed is not Processed.LEAVE

    def waiting(self, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        """Yield the messages above the cursor of each folder, in batches, in the order of their uids."""
        for folder in self._account.folders:
            try:
                yield from self._waiting_in(folder, ledger)
            except (IMAPClientError, imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
                self._drop()
                raise MailboxUnavailable(f"{self._where} broke off in {folder}: {_said(error)}") from error

    def mark(self, places: Sequence[Place]) -> None:
        """Flag or move messages that are kept; those that are gone by now are left alone."""
        try:
            for folder in dict.fromkeys(place.folder for place in places):
                self._mark_in(folder, [place for place in places if place.folder == folder])
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxUnavailable(f"{self._where} does not mark messages: {_said(error)}") from error

    def check(self) -> str:
        """Sign in and look at every folder; return what was found. Raises MailboxUnavailable."""
        counts = []
        for folder in self._account.folders:
            try:
                status = self._connected().folder_status(folder, ["MESSAGES"])
            except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
                self._drop()
                raise MailboxUnavailable(f"{self._where} has no folder {folder}: {_said(error)}") from error
            counts.append(f"{folder} {status[b'MESSAGES']:,} messages")
        return f"{self._where}: {', '.join(counts)}"

    def close(self) -> None:
        """Sign out and let the connection go."""
        if self._client is not None:
            try:
                self._client.logout()
            except (IMAPClientError, imaplib.IMAP4.error, OSError):
                self._drop()
            self._client = None

    @property
    def _where(self) -> str:
        return f"the mailbox {self._account.name} at {self._account.host}:{self._account.port}"

    def _waiting_in(self, folder: str, ledger: Ledger) -> Iterator[list[FetchedMessage]]:
        client = self._connected()
        selected = client.select_folder(folder, readonly=True)
        validity = int(selected[b"UIDVALIDITY"])
        last, end = ledger.last_uid(self.account, folder, validity), int(selected.get(b"UIDNEXT", 0))
        while last + 1 < end or end == 0:
            # Windows keep every answer of the server short (fact 12).
            upto = last + _UID_WINDOW if end else None
            found = client.search(["UID", f"{last + 1}:{upto or '*'}"])
            uids = iter(sorted(uid for uid in found if uid > last))
            while batch := list(islice(uids, _BATCH)):
                yield from self._fetch(client, folder, validity, batch)
            if upto is None:
                break
            last = upto

    def _fetch(
        self, client: Any, folder: str, validity: int, uids: list[int]
    ) -> Iterator[list[FetchedMessage]]:
        about = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        for group in self._groups(uids, about):
            small = [
                uid
                for uid in group
                if uid in about and self._size(about, uid) <= self._account.largest_message
            ]
            bodies = client.fetch(small, ["BODY.PEEK[]"]) if small else {}
            yield [
                self._message(Place(self.account, folder, validity, str(uid)), about.get(uid, {}),
                              bodies.get(uid, {}))
                for uid in group
            ]  # fmt: skip

    def _groups(self, uids: list[int], about: dict[int, Any]) -> Iterator[list[int]]:
        """Part a batch so that what is fetched at once stays small in memory."""
        group: list[int] = []
        taken = 0
        for uid in uids:
            size = min(self._size(about, uid), self._account.largest_message)
            if group and taken + size > _LARGEST_BATCH_BYTES:
                yield group
                group, taken = [], 0
            group.append(uid)
            taken += size
        if group:
            yield group

    @staticmethod
    def _size(about: dict[int, Any], uid: int) -> int:
        return int(about.get(uid, {}).get(b"RFC822.SIZE", 0))

    def _message(self, place: Place, about: dict[bytes, Any], body: dict[bytes, Any]) -> FetchedMessage:
        size, raw = int(about.get(b"RFC822.SIZE", 0)), body.get(b"BODY[]")
        fault = None
        if size > self._account.largest_message:
            fault = f"it is larger than {self._account.largest_message:,} bytes and stays in its mailbox"
        elif raw is None:
            fault = "its mailbox lists it but does not hand it over"
        return FetchedMessage(
            place=place, raw=raw, received_at=_aware(about.get(b"INTERNALDATE")), size=size, fault=fault
        )

    def _mark_in(self, folder: str, places: list[Place]) -> None:
        client = self._connected()
        selected = client.select_folder(folder)
        uids = [int(p.uid) for p in places if p.uid_validity == int(selected[b"UIDVALIDITY"])]
        if not uids:
            return
        if self._account.processed is Processed.FLAG:
            client.add_flags(uids, [self._account.keyword], silent=True)
        elif self._account.processed is Processed.MOVE:
            if not client.folder_exists(self._account.move_to):
                client.create_folder(self._account.move_to)
            if not client.has_capability("MOVE"):
                raise MailboxUnavailable(
                    f'{self._where} cannot move messages (no MOVE); set processed = "flag" or "leave"'
                )
            client.move(uids, self._account.move_to)

    def _connected(self) -> Any:
        if self._client is not None:
            try:
                self._client.noop()
            except (IMAPClientError, imaplib.IMAP4.error, OSError):
                self._drop()
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> Any:
        account = self._account
        trust = ssl.create_default_context(cafile=account.ca_file or None)
        is_tls = account.security is Security.TLS
        client: Any = None
        try:
            client = IMAPClient(
                account.host,
                port=account.port,
                ssl=is_tls,
                ssl_context=trust if is_tls else None,
                timeout=_TIMEOUT_S,
            )
            client.normalise_times = False
            if account.security is Security.STARTTLS:
                client.starttls(trust)
            client.login(account.username, account.password)
        except (IMAPClientError, imaplib.IMAP4.error, OSError, UnicodeError) as error:
            _let_go(client)
            if isinstance(error, LoginError):
                hint = "check user name and password"
                raise MailboxUnavailable(
                    f"{self._where} refuses the sign-in: {_said(error)}; {hint}"
                ) from error
            raise MailboxUnavailable(f"{self._where} cannot be reached: {_said(error)}") from error
        return client

    def _drop(self) -> None:
        _let_go(self._client)
        self._client = None


def _let_go(client: Any) -> None:
    """Close a connection; if it is gone already, that is what was wanted."""
    if client is not None:
        with contextlib.suppress(IMAPClientError, imaplib.IMAP4.error, OSError):
            client.shutdown()


def _aware(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _said(error: BaseException) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(error))
    return " ".join(text.split())[:200] or type(error).__name__
