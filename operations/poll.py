"""One poll of one mailbox, and what is known of its health meanwhile and afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bootstrap import App, station
from intake.fetch import Fetched, fetch
from models.errors import MailboxUnavailable
from models.ports import Mailbox

_SAID_EVERY = timedelta(minutes=1)


def poll(
    app: App,
    mailbox: Mailbox,
    *,
    is_historic: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    on_kept: Callable[[int], None] = lambda _count: None,
) -> Fetched:
    """Keep what a mailbox shows and the ledger lacks, and record whether it could be read.

    A first poll may take hours, and is well for as long as it keeps something.
    Raises MailboxUnavailable where it breaks off; what was kept by then stays kept.
    """
    said_at = app.clock()

    def kept(count: int) -> None:
        nonlocal said_at
        if app.clock() - said_at >= _SAID_EVERY:
            said_at = app.clock()
            _say_well(app, mailbox.account, newest=None)
        on_kept(count)

    try:
        fetched = fetch(
            mailbox, app.units, clock=app.clock, working_days=app.working_days, station=station,
            should_stop=should_stop, is_historic=is_historic, since=app.since(mailbox.account),
            on_progress=kept,
        )  # fmt: skip
    except MailboxUnavailable as error:
        with app.units() as uow:
            uow.health.failed(mailbox.account, at=app.clock(), fault=str(error))
            uow.commit()
        raise
    _say_well(app, mailbox.account, newest=fetched.newest)
    return fetched


def _say_well(app: App, account: str, *, newest: datetime | None) -> None:
    with app.units() as uow:
        uow.health.polled(
            account,
            at=app.clock(),
            newest=newest,
            token_expires_at=app.token_expires_at(account),
            secret_expires_on=app.secret_expires_on(account),
        )
        uow.commit()
