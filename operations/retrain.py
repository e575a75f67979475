"""Retraining by itself: once a week, where officers have ruled enough, in a process of its own."""

import os
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from bootstrap import App, configure_log
from models.errors import ArtefactRefused, HeardError
from models.ruled import ruled_messages
from operations.dated import read_dated, write_dated
from settings import Settings

EVERY = timedelta(days=7)
ENOUGH_NEW = 20
"""Rulings that have to be new before training again can teach anything."""

_FILE = "retrained.json"
_NICE = 10


def is_due(app: App) -> bool:
    """Say whether a week has gone by since the last time, and officers have ruled enough since then."""
    last = read_dated(app.artefacts / _FILE)
    if not app.settings.triage.retrain or (last and app.clock() - last["at"] < EVERY):
        return False
    return len(list(islice(ruled_messages(app.engine, since=_learnt_until(app)), ENOUGH_NEW))) >= ENOUGH_NEW


def begin(app: App) -> BaseProcess:
    """Start training in a process of its own, so that mail is read meanwhile; killed, it changes nothing."""
    write_dated(app.artefacts / _FILE, {}, at=app.clock())
    process = get_context("spawn").Process(target=_retrain, args=(app.settings,), daemon=True)
    process.start()
    return process


def _retrain(settings: Settings) -> None:
    from operations.training import train_and_judge  # noqa: PLC0415  # loads scikit-learn

    os.nice(_NICE)
    log = configure_log(is_service=True)
    app = App(settings, log)
    try:
        done = train_and_judge(app, progress=lambda *_: None)
    except HeardError as error:
        log.error("training_failed", why=str(error))
        return
    made = done.trained.artefact
    if done.is_live:
        log.info("trained", artefact=made.name, rulings=made.rulings, live=True)
    else:
        log.warning("trained", artefact=made.name, rulings=made.rulings, live=False, why=done.why)


def _learnt_until(app: App) -> datetime | None:
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    name = artefact.live_name(app.artefacts)
    try:
        until = artefact.about(app.artefacts / name)["rulings"]["until"] if name else None
    except (ArtefactRefused, KeyError):
        return None
    return datetime.fromisoformat(until) if until else None
