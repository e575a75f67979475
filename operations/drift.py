"""Drift: every week, what came in and what officers ruled against what the live artefact learnt from."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bootstrap import App
from models.errors import ArtefactRefused
from models.message import words_to_triage
from models.ruled import DecidedMessage, decided_messages, ruled_messages
from operations.dated import read_dated, write_dated

if TYPE_CHECKING:
    from triage.drift import Drift

EVERY = timedelta(days=7)
WINDOW = timedelta(days=28)
BEFORE = timedelta(days=182)
"""How far back the council's own mix of matters is read, which the window is then held against."""

_FILE = "drift.json"
_MOST = 5_000
_ENOUGH_OF_ITS_OWN = 500
"""Messages of an earlier time from which on a council is compared with itself: no two councils, and no
corpus, have the same mix of matters."""


def drift_now(app: App, *, window: timedelta = WINDOW) -> "Drift":
    """Compare the last weeks with what the live artefact learnt from.

    Raises ArtefactRefused where none is live.
    """
    from triage import artefact, drift  # noqa: PLC0415  # loads scikit-learn

    name = artefact.live_name(app.artefacts)
    if name is None:
        raise ArtefactRefused("no artefact is live yet; `heard train` makes one")
    since = app.clock() - window
    reference = artefact.about(app.artefacts / name).get("reference", {})
    before = decided_messages(app.engine, since=since - BEFORE, until=since, most=_MOST)
    lately = decided_messages(app.engine, since=since, until=app.clock(), most=_MOST)
    if reference and len(before) >= _ENOUGH_OF_ITS_OWN:
        reference |= {
            "statuses": dict(Counter(each.status for each in before)),
            "categories": dict(Counter(each.category for each in before)),
        }
    return drift.compare(reference, _window(app, lately, since=since))


def _window(app: App, messages: list[DecidedMessage], *, since: datetime) -> Any:
    from triage.corpus import TriageInput  # noqa: PLC0415  # loads scikit-learn
    from triage.drift import Ruling, Window  # noqa: PLC0415
    from triage.features import masked, text_to_triage  # noqa: PLC0415

    def text_of(each: DecidedMessage) -> str:
        body = words_to_triage(each.reply_text, each.attached)
        return masked(text_to_triage(TriageInput("", each.subject, body, received_at=since)))

    return Window(
        texts=[text_of(each) for each in messages],
        dissatisfaction=[each.dissatisfaction for each in messages],
        status_chances=[each.status_chance for each in messages],
        statuses=[each.status for each in messages],
        categories=[each.category for each in messages],
        rulings=[
            Ruling(each.said_status, each.status, each.said_category, each.category, each.was_unsure)
            for each in ruled_messages(app.engine, since=since)
            if each.said_status
        ],
    )


def drift_if_due(app: App) -> "Drift | None":
    """Compare if a week has gone by, and keep the result for `heard doctor`; None where it is not due."""
    last = last_drift(app)
    if last and app.clock() - last["at"] < EVERY:
        return None
    found = drift_now(app)
    write_dated(app.artefacts / _FILE, found.as_json(), at=app.clock())
    return found


def last_drift(app: App) -> dict[str, Any] | None:
    """Return the last comparison of the service, None where there was none or it cannot be read."""
    return read_dated(app.artefacts / _FILE)
