"""`heard retry`: quarantined messages take their way once more."""

from collections.abc import Sequence
from typing import Any

from bootstrap import App, Progress
from casework.work_quarantine import try_again
from intake.fetch import fetch_again
from models import queries
from models.errors import AlreadyRunning
from models.reference import message_name
from operations.one_pass import process_all


def retry(app: App, numbers: Sequence[int], *, officer: str, progress: Progress) -> dict[str, Any]:
    """Have messages read again, all of quarantine where none is named; return what became of each.

    What was never taken whole is fetched again from its mailbox. Where a service is running, it reads them.
    Raises InputInvalid where one is not in quarantine.
    """
    chosen = list(numbers) or queries.quarantined_numbers(app.engine)
    if not chosen:
        return {"messages": []}
    fetch_again(app.mailboxes() if app.settings.mailboxes else [], app.units, chosen)
    with app.units() as uow:
        for number in chosen:
            try_again(uow, number, officer=officer, now=app.clock())
        uow.commit()
    try:
        with app.alone():
            app.open_record()
            process_all(app, app.triager(progress=progress))
    except AlreadyRunning:
        return {"messages": [_row(number, "left to the running service", "") for number in chosen]}
    return {"messages": [_became(app, number) for number in chosen]}


def _became(app: App, number: int) -> dict[str, str]:
    view = queries.message_view(app.engine, number)
    if view is None or view.message["outcome"] is None:
        return _row(number, "waits", "")
    return _row(number, view.message["outcome"].value, str(view.message["reason"]))


def _row(number: int, outcome: str, reason: str) -> dict[str, str]:
    return {"message": message_name(number), "outcome": outcome, "reason": reason}
