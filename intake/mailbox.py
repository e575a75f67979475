"""IMAP mailboxes; the one file that knows imapclient (RFC 9051).

Only UID commands, BODY.PEEK, and our own cursor: whether somebody has read a message says nothing. Nothing
is ever deleted. Every fault of the connection becomes MailboxUnavailable.
"""

import contextlib
import imaplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from models.codes import Security
from models.errors import MailboxUnavailable, SignInRefused
from models.message import FetchedMessage, Listed, Place
from models.ports import Ledger, TokenSource

_BATCH = 50
_LARGEST_BATCH_BYTES = 16_000_000
_HEAD_BYTES = 64 * 1024
_AT_ONCE_S = 0.2

_PIECE_BYTES = 4_000_000
"""A message larger than this is fetched in pieces of this size, so that none holds up the connection."""

_UID_WINDOW = 20_000
_LISTED_AT_ONCE = 1_000
_APP_HINT = "check username, and that the app has its permissions and may open this mailbox"


class Processed(StrEnum):
    """What is done on the server with a message that is kept."""

    LEAVE = "leave"
    FLAG = "flag"
    MOVE = "move"


@dataclass(frozen=True)
class ImapAccount:
    """Where a mailbox is and how it is opened: by tokens where there are any, else by the password.

    Idling is broken off every `idle_s` seconds to ask whether the server is still there (RFC 2177 asks for it
    within 29 minutes). With `timeout_s`, the longest wait for an answer, a dead one shows within a minute.
    """

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
    tokens: TokenSource | None = None
    timeout_s: float = 30.0
    idle_s: float = 20.0


class ImapMailbox:
    """One account's folders, over a connection that is opened when needed and kept."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: Any = None
        self._empty_upto: dict[tuple[str, int], int] = {}

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

    def listing(self) -> Iterator[Listed]:
        """Yield every message that its folders show now, without bodies and in constant memory."""
        for folder in self._account.folders:
            try:
                yield from self._listed_in(folder)
            except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
                self._drop()
                raise MailboxUnavailable(f"{self._where} broke off in {folder}: {_said(error)}") from error

    def again(self, place: Place) -> FetchedMessage | None:
        """Fetch one message once more, None where its folder does not show it any longer."""
        try:
            client = self._connected()
            selected = client.select_folder(place.folder, readonly=True)
            if int(selected[b"UIDVALIDITY"]) != place.uid_validity:
                return None
            batches = self._fetch(client, place.folder, place.uid_validity, [int(place.uid)])
            found = [each for batch in batches for each in batch]
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxUnavailable(f"{self._where} broke off: {_said(error)}") from error
        return next(iter(found), None)

    def news(self, *, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Yield whenever the first folder may hold something new, and once on connecting (RFC 2177).

        Ends at once where the server cannot do that: polling goes on. Every few seconds the server has to
        answer, so that a dead connection shows within a minute. Raises MailboxUnavailable where it does.
        """
        try:
            client = self._connected()
            if not client.has_capability("IDLE"):
                return
            client.select_folder(self._account.folders[0], readonly=True)
            yield
            while not should_stop():
                if _idle(client, should_stop, seconds=self._account.idle_s):
                    yield
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxUnavailable(f"{self._where} broke off while idling: {_said(error)}") from error

    def mark(self, places: Sequence[Place]) -> None:
        """Flag or move messages that are kept; those that are gone by now are left alone."""
        try:
            for folder in dict.fromkeys(place.folder for place in places):
                self._mark_in(folder, [place for place in places if place.folder == folder])
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxUnavailable(f"{self._where} does not mark messages: {_said(error)}") from error

    def put(self, folder: str, raw: bytes, *, message_id: str, at: datetime) -> bool:
        """Append a message that counts as read to a folder; False where the folder held its Message-ID.

        Looking first keeps a second attempt from doubling it, and so what the mail server put there itself.
        Raises MailboxUnavailable where the folder is not there or the server takes nothing.
        """
        try:
            client = self._connected()
            client.select_folder(folder, readonly=True)
            if client.search(["HEADER", "Message-ID", message_id]):
                return False
            client.append(folder, raw, flags=[SEEN], msg_time=at)
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxUnavailable(f"{self._where} takes no copy into {folder}: {_said(error)}") from error
        return True

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
        end = int(selected.get(b"UIDNEXT", 0))
        last = max(
            ledger.last_uid(self.account, folder, validity), self._empty_upto.get((folder, validity), 0)
        )
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
            # What was below is kept by now, or was never there: no later poll has to look again.
            self._empty_upto[folder, validity] = min(upto, end - 1)

    def _listed_in(self, folder: str) -> Iterator[Listed]:
        client = self._connected()
        selected = client.select_folder(folder, readonly=True)
        validity, end = int(selected[b"UIDVALIDITY"]), int(selected.get(b"UIDNEXT", 0))
        for first in range(1, end, _UID_WINDOW) if end else (1,):
            upto = min(first + _UID_WINDOW, end) - 1 if end else "*"
            uids = iter(sorted(client.search(["UID", f"{first}:{upto}"])))
            while batch := list(islice(uids, _LISTED_AT_ONCE)):
                about = client.fetch(batch, ["RFC822.SIZE", "INTERNALDATE"])
                for uid in (uid for uid in batch if uid in about):
                    arrived_at = _aware(about[uid].get(b"INTERNALDATE"))
                    size = about[uid].get(b"RFC822.SIZE")
                    yield Listed(Place(self.account, folder, validity, str(uid)), size, arrived_at)

    def _fetch(
        self, client: Any, folder: str, validity: int, uids: list[int]
    ) -> Iterator[list[FetchedMessage]]:
        about = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        for group in self._groups(uids, about):
            wanted = [
                uid
                for uid in group
                if uid in about and self._size(about, uid) <= self._account.largest_message
            ]
            whole = [uid for uid in wanted if self._size(about, uid) <= _PIECE_BYTES]
            bodies = {uid: each.get(b"BODY[]") for uid, each in client.fetch(whole, ["BODY.PEEK[]"]).items()}
            bodies |= {
                uid: _in_pieces(client, uid, self._size(about, uid)) for uid in wanted if uid not in whole
            }
            heads = {uid: _head(client, uid) for uid in group if uid in about and uid not in wanted}
            yield [
                self._message(
                    Place(self.account, folder, validity, str(uid)),
                    about.get(uid, {}),
                    raw=bodies.get(uid),
                    head=heads.get(uid, b""),
                )
                for uid in group
            ]

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

    def _message(
        self, place: Place, about: dict[bytes, Any], *, raw: bytes | None, head: bytes
    ) -> FetchedMessage:
        size = int(about.get(b"RFC822.SIZE", 0))
        fault = None
        if size > self._account.largest_message:
            fault = f"it is larger than {self._account.largest_message:,} bytes and stays in its mailbox"
        elif raw is None:
            fault = "its mailbox lists it but does not hand it over"
        return FetchedMessage(
            place=place,
            raw=raw,
            received_at=_aware(about.get(b"INTERNALDATE")),
            size=size,
            fault=fault,
            head=head,
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
                timeout=account.timeout_s,
            )
            client.normalise_times = False
            if account.security is Security.STARTTLS:
                client.starttls(trust)
            self._sign_in(client)
        except SignInRefused as error:
            _let_go(client)
            raise MailboxUnavailable(f"{self._where}: {error}") from error
        except (IMAPClientError, imaplib.IMAP4.error, OSError, UnicodeError) as error:
            _let_go(client)
            if isinstance(error, LoginError):
                hint = "check user name and password" if account.tokens is None else _APP_HINT
                raise MailboxUnavailable(
                    f"{self._where} refuses the sign-in: {_said(error)}; {hint}"
                ) from error
            raise MailboxUnavailable(f"{self._where} cannot be reached: {_said(error)}") from error
        return client

    def _sign_in(self, client: Any) -> None:
        """Sign in; a token that is refused may only be too old, so another is tried once."""
        account, tokens = self._account, self._account.tokens
        if tokens is None:
            client.login(account.username, account.password)
            return
        token = tokens.token()
        try:
            client.oauth2_login(account.username, token)
        except LoginError:
            tokens.forget(token)
            fresh = tokens.token()
            if fresh == token:
                raise
            client.oauth2_login(account.username, fresh)

    def _drop(self) -> None:
        _let_go(self._client)
        self._client = None


def _in_pieces(client: Any, uid: int, size: int) -> bytes | None:
    """Fetch one message piece by piece, None where the server gives less than it announced."""
    content = bytearray()
    while len(content) < size:
        answer = client.fetch([uid], [f"BODY.PEEK[]<{len(content)}.{_PIECE_BYTES}>"])
        piece = answer.get(uid, {}).get(f"BODY[]<{len(content)}>".encode())
        if piece is None:
            return None
        if not piece:
            # Some servers estimate RFC822.SIZE: nothing beyond this place is the end of the message.
            break
        content += piece
    return bytes(content)


def _head(client: Any, uid: int) -> bytes:
    """Fetch the beginning of a message that is too large to take, so that an officer sees whose it is."""
    answer = client.fetch([uid], [f"BODY.PEEK[]<0.{_HEAD_BYTES}>"])
    return bytes(answer.get(uid, {}).get(b"BODY[]<0>") or b"")


def _idle(client: Any, should_stop: Callable[[], bool], *, seconds: float) -> bool:
    """Idle for a while; say whether the server announced a message. Raises OSError where it has gone."""
    client.idle()
    begun = time.monotonic()
    said: list[Any] = []
    while not _announces(said) and not should_stop() and time.monotonic() - begun < seconds:
        asked = time.monotonic()
        said = client.idle_check(timeout=1)
        if not said and time.monotonic() - asked < _AT_ONCE_S:
            # imapclient answers so, at once and for ever, where the other side has gone.
            raise OSError("the connection is closed")
    _, rest = client.idle_done()
    return _announces([*said, *rest])


def _announces(said: Sequence[Any]) -> bool:
    """Say whether a server's untagged answers announce a message; BYE announces the end."""
    words = [part for answer in said if isinstance(answer, tuple) for part in answer[:2]]
    if b"BYE" in words:
        raise OSError("the server says goodbye")
    return b"EXISTS" in words or b"RECENT" in words


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
