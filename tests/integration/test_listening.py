"""Mailboxes that announce mail by IDLE, connections that die, and messages that come in pieces."""

import threading
import time
from collections.abc import Iterator

import pytest
from letters_in import mail
from servers import Dovecot
from test_mailboxes import Cursor, account

from intake.mailbox import ImapMailbox
from models.errors import MailboxUnavailable
from models.message import Place


class Listener:
    """Listens to a mailbox in a thread and notes when it said something."""

    def __init__(self, box: ImapMailbox) -> None:
        self.heard: list[float] = []
        self.fault: MailboxUnavailable | None = None
        self._box, self._stop = box, threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def wait_for(self, count: int, *, timeout: float = 10) -> None:
        """Wait until it has said something so many times, or has failed."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.heard) >= count or self.fault, timeout)
        assert enough, f"heard {len(self.heard)} times of {count}"

    def stop(self) -> float:
        """Stop listening; return the seconds that it took."""
        begun = time.monotonic()
        self._stop.set()
        self._thread.join(timeout=20)
        self._box.close()
        assert not self._thread.is_alive()
        return time.monotonic() - begun

    def _listen(self) -> None:
        try:
            for _ in self._box.news(should_stop=self._stop.is_set):
                self._note()
        except MailboxUnavailable as error:
            self.fault = error
            self._note()

    def _note(self) -> None:
        with self._changed:
            self.heard.append(time.monotonic())
            self._changed.notify_all()


@pytest.fixture
def listener(dovecot: Dovecot, user: str) -> Iterator[Listener]:
    """Listen to a mailbox, with shorter patience than in service."""
    made = Listener(ImapMailbox(account(dovecot, user, timeout_s=2.0, idle_s=3.0)))
    made.wait_for(1)
    yield made
    made.stop()


def test_new_mail_is_announced_within_two_seconds(dovecot: Dovecot, user: str, listener: Listener) -> None:
    """The server says so by itself (RFC 2177); once on connecting, and once for the message."""
    dovecot.deliver(user, mail())
    begun = time.monotonic()
    listener.wait_for(2)
    assert listener.heard[1] - begun < 2.0


def test_mail_is_still_announced_after_idling_was_renewed(
    dovecot: Dovecot, user: str, listener: Listener
) -> None:
    """Renewing asks whether the server is there, and loses nothing that came meanwhile."""
    time.sleep(3.5)
    dovecot.deliver(user, mail())
    listener.wait_for(2)
    assert listener.fault is None


def test_listening_stops_within_three_seconds(listener: Listener) -> None:
    """Nobody waits for a service to stop."""
    assert listener.stop() < 3.0


def test_a_server_that_was_killed_is_noticed_at_once(dovecot: Dovecot, listener: Listener) -> None:
    """The connection is closed, and idling says so instead of spinning."""
    dovecot.kill()
    try:
        listener.wait_for(2, timeout=5)
        assert listener.fault is not None
    finally:
        dovecot.start()


def test_a_server_that_answers_nobody_is_noticed_when_idling_is_renewed(
    dovecot: Dovecot, listener: Listener
) -> None:
    """A frozen server or a dead line in between: idle_s and timeout_s together are the longest wait."""
    dovecot.freeze()
    try:
        listener.wait_for(2, timeout=8)
        assert listener.fault is not None
    finally:
        dovecot.thaw()


def test_a_huge_message_is_fetched_in_pieces_and_comes_whole(dovecot: Dovecot, user: str) -> None:
    """Nine megabytes take three pieces, and not a byte is lost between them."""
    raw = mail(body="".join(f"line {number}\n" for number in range(700_000)))
    assert len(raw) > 8_000_000
    dovecot.fill(user, [raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")])
    box = ImapMailbox(account(dovecot, user))
    (fetched,) = Cursor().read(box)
    box.close()
    assert fetched.raw is not None
    assert fetched.raw == raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_what_is_over_the_limit_still_shows_whose_it_is_and_can_be_fetched_later(
    dovecot: Dovecot, user: str
) -> None:
    """Its beginning is fetched; with a higher limit the whole of it."""
    raw = mail(subject="All my photographs", body="x" * 70_000)
    dovecot.deliver(user, raw)
    box = ImapMailbox(account(dovecot, user, largest_message=20_000))
    (fetched,) = Cursor().read(box)
    box.close()
    assert fetched.raw is None
    assert b"All my photographs" in fetched.head
    larger = ImapMailbox(account(dovecot, user))
    again = larger.again(fetched.place)
    gone = larger.again(Place("box", "INBOX", fetched.place.uid_validity, "999"))
    larger.close()
    assert again is not None
    assert again.raw == raw
    assert gone is None or gone.raw is None
