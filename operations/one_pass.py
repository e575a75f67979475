"""One pass by hand: fetch, process, deliver, guard; the same steps as the service's jobs."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from bootstrap import App
from casework.deliver_letters import deliver_one
from models import queries
from models.codes import LetterState
from models.errors import MailboxUnavailable
from models.ports import Mailbox
from operations.guarding import guard_all
from operations.poll import poll
from triage.triager import Triager


def one_pass(
    app: App,
    mailboxes: Sequence[Mailbox],
    triager: Triager,
    *,
    is_historic: bool = False,
    delivers: bool = True,
    on_kept: Callable[[int], None] = lambda _count: None,
) -> dict[str, Any]:
    """Take in what the mailboxes hold and send what is due; return what was done.

    `away` names the mailboxes that could not be read, and why; the others are read all the same. `seconds`
    says how long it took from fetching to queued letters, and to deliver them.
    """
    kept, away = 0, {}
    begun = time.perf_counter()
    for mailbox in mailboxes:
        try:
            kept += poll(app, mailbox, is_historic=is_historic, on_kept=on_kept).kept
        except MailboxUnavailable as error:
            away[mailbox.account] = str(error)
        finally:
            mailbox.close()
    process_all(app, triager)
    guard_all(app)
    queued = time.perf_counter()
    sent = deliver_all(app) if delivers else 0
    return {
        "kept": kept,
        "sent": sent,
        "away": away,
        "ledger": queries.ledger_counts(app.engine),
        "seconds": {
            "fetched_to_queued": round(queued - begun, 2),
            "delivered": round(time.perf_counter() - queued, 2),
        },
    }


def process_all(app: App, triager: Triager) -> None:
    """Settle everything that waits."""
    receiver = app.receiver(triager)
    try:
        receiver.receive_all()
    finally:
        receiver.reader.close()


def deliver_all(app: App) -> int:
    """Send the letters that are due until none is left or the server is away; return how many went."""
    sender, copies = app.sender(), app.sent_copies()
    sent = 0
    try:
        while letter := deliver_one(
            app.units, sender, app.compose,
            policy=app.policy, letterhead=app.letterhead, clock=app.clock,
        ):  # fmt: skip
            if letter.state is LetterState.QUEUED and sender.is_away:
                app.log.warning("sender_away", why=letter.last_fault)
                break
            sent += letter.state is LetterState.SENT
            copies.keep(letter)
    finally:
        sender.close()
        copies.close()
    return sent
