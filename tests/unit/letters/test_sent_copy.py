"""Copies of sent letters: put once, tried a few times more, and never a reason to send again."""

from datetime import datetime, timedelta
from typing import Any

from builders import NOW, make_letter
from fakes import FakeClock, always

from letters.sent_copy import PAUSES, SentCopies
from models.case import Letter
from models.codes import LetterState
from models.errors import MailboxUnavailable


class Place:
    """A mailbox that keeps copies, and is away as often as it is told."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.tries = 0
        self.held: dict[str, tuple[str, bytes, datetime]] = {}

    def put(self, folder: str, raw: bytes, *, message_id: str, at: datetime) -> bool:
        """Keep a copy, or be away."""
        self.tries += 1
        if self.away:
            self.away -= 1
            raise MailboxUnavailable("the mailbox is away")
        self.held[message_id] = (folder, raw, at)
        return True

    def close(self) -> None:
        """Nothing is held open."""


class Log:
    """Keeps what was warned of."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def warning(self, event: str, **values: object) -> None:
        """Keep an event."""
        self.events.append((event, values))


def copies(place: Place | None, log: Log | None = None, clock: FakeClock | None = None) -> SentCopies:
    """Return what puts copies into a place."""
    return SentCopies(
        place, folder="Sent", compose=always(b"mail"), log=log or Log(), clock=clock or FakeClock(NOW)
    )


def sent(number: int = 1, **changes: Any) -> Letter:
    """Return a letter that was sent."""
    usual: dict[str, Any] = {"id": number, "message_id": f"<{number}@heard.invalid>"}
    return make_letter(**(usual | {"state": LetterState.SENT, "sent_at": NOW} | changes))


def test_a_sent_letter_is_copied_once_dated_as_sent() -> None:
    """Officers find it in the folder that they know."""
    place = Place()
    copies(place).keep(sent())
    assert place.held == {"<1@heard.invalid>": ("Sent", b"mail", NOW)}


def test_a_letter_that_did_not_go_out_is_not_copied() -> None:
    """The folder shows what was sent and nothing else."""
    place = Place()
    for state in set(LetterState) - {LetterState.SENT}:
        copies(place).keep(sent(state=state))
    assert place.held == {}


def test_without_a_folder_nothing_is_done() -> None:
    """Copies are a choice."""
    made = copies(None)
    made.keep(sent())
    made.flush()
    made.close()


def test_a_copy_that_fails_is_put_later_in_order() -> None:
    """Not at every letter: a mailbox that is away would hold the letters up."""
    place, clock = Place(away=1), FakeClock(NOW)
    made = copies(place, clock=clock)
    for number in (1, 2, 3):
        made.keep(sent(number))
    assert (place.tries, place.held) == (1, {})
    clock.move(PAUSES[0])
    made.flush()
    assert list(place.held) == ["<1@heard.invalid>", "<2@heard.invalid>", "<3@heard.invalid>"]


def test_after_a_few_failures_it_is_left_and_said() -> None:
    """The letter went out; the record holds it."""
    place, clock, log = Place(away=99), FakeClock(NOW), Log()
    made = copies(place, log, clock)
    made.keep(sent(7))
    for _ in range(9):
        clock.move(timedelta(hours=1))
        made.flush()
    assert place.tries == len(PAUSES) + 1
    assert [values for event, values in log.events if event == "no_sent_copy"] == [
        {"letter": 7, "why": "the mailbox is away"}
    ]
    place.away = 0
    clock.move(timedelta(hours=1))
    made.keep(sent(8))
    assert list(place.held) == ["<8@heard.invalid>"]


def test_what_waits_is_bounded() -> None:
    """A mailbox that is away for a day costs no memory without end."""
    place, log = Place(away=10**6), Log()
    made = copies(place, log)
    for number in range(1_050):
        made.keep(sent(number))
    assert sum(event == "no_sent_copy" for event, _ in log.events) == 50
