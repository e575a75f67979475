"""From officers' rulings on record to labels, drift, a new artefact and the one that runs beside it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from letters_in import GRIEVANCE, REQUEST, mail
from test_receiving import Office, office, triager

from bootstrap import App
from models.codes import Status
from models.ruled import decided_messages, ruled_messages
from operations import retrain
from operations.drift import drift_if_due, last_drift
from operations.live_triager import LiveTriager, compare_shadow
from operations.training import train_and_judge
from settings import Settings, Triage
from triage import artefact, corpus
from triage.drift import Measure
from triage.rulings import labels_of

__all__ = ["office", "triager"]

Opened = Callable[..., App]


@pytest.fixture
def opened(tmp_path: Path, artefacts: Path) -> Opened:
    """Open an installation whose artefacts are those of the tests, at a given instant."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "artefacts").mkdir()
    for name in ("live", artefact.live_name(artefacts) or ""):
        source, target = artefacts / name, tmp_path / "data" / "artefacts" / name
        if source.is_dir():
            target.mkdir()
            for file in source.iterdir():
                (target / file.name).symlink_to(file)
        else:
            target.write_bytes(source.read_bytes())

    def open_at(now: datetime) -> App:
        return App(
            Settings(data=tmp_path / "data", triage=Triage(fast=True)), structlog.get_logger(), lambda: now
        )

    return open_at


def test_a_ruling_comes_with_the_message_that_lay_before_the_officer(office: Office) -> None:
    """Text, what triage had said, and what the officer said; a later message is not what was ruled on."""
    office.receive(mail(body=REQUEST))
    (case,) = office.cases()
    office.rule(case.reference, Status.COMPLAINT)
    (ruled,) = ruled_messages(office.engine)
    assert (ruled.status, ruled.said_status, ruled.officer) == ("complaint", case.status.value, "bo")
    assert REQUEST.split()[0] in ruled.reply_text
    (label,) = labels_of([ruled], now=office.now).messages
    assert label.status is Status.COMPLAINT
    assert list(ruled_messages(office.engine, since=office.now + timedelta(hours=1))) == []


def test_what_was_decided_is_read_for_the_time_asked(office: Office) -> None:
    """Decisions between two instants, no others, and no more than wanted."""
    office.receive(mail(message_id="<1@example.org>", body=GRIEVANCE))
    office.receive(mail(message_id="<2@example.org>", sender="bo@example.org", body=REQUEST))
    day = timedelta(days=1)
    found = decided_messages(office.engine, since=office.now - day, until=office.now, most=10)
    assert {each.status for each in found} <= set(Status)
    assert len(found) == 2
    assert len(decided_messages(office.engine, since=office.now - day, until=office.now, most=1)) == 1
    assert decided_messages(office.engine, since=office.now + day, until=office.now + 2 * day, most=10) == []


def test_drift_is_looked_for_once_a_week_and_kept(opened: Opened) -> None:
    """A few messages are too few to judge; the result stays for the doctor until the next week."""
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    app = opened(now)
    app.open_record()
    found = drift_if_due(app)
    assert found is not None
    assert not found.is_alarm
    assert Measure.REFERENCE not in {sign.measure for sign in found.signs}
    assert drift_if_due(opened(now + timedelta(days=6))) is None
    assert drift_if_due(opened(now + timedelta(days=8))) is not None
    kept = last_drift(app)
    assert kept is not None
    assert kept["is_alarm"] is False


def test_retraining_waits_for_enough_rulings(opened: Opened) -> None:
    """Without rulings there is nothing to learn, and nobody's processor is kept busy."""
    app = opened(datetime(2026, 11, 22, 9, tzinfo=UTC))
    app.open_record()
    assert not retrain.is_due(app)


def test_a_candidate_runs_beside_the_live_one_and_passes_the_gate_or_not(opened: Opened) -> None:
    """Taught by a fraction of the corpus it is refused, kept, and compared in the shadow of the live one."""
    app = opened(datetime(2026, 11, 22, 10, tzinfo=UTC))
    live = artefact.live_name(app.artefacts)
    few = corpus.read_folder(corpus.DEVELOPMENT)
    done = train_and_judge(app, progress=lambda *_: None, messages=few)
    assert not done.is_live
    assert done.verdict is not None
    assert done.why == "; ".join(done.verdict.reasons) != ""
    assert artefact.live_name(app.artefacts) == live
    card = (app.artefacts / done.trained.artefact.name / "card.html").read_text(encoding="utf-8")
    assert f"Against {live}" in card

    artefact.set_shadow(app.artefacts, done.trained.artefact.name)
    beside = LiveTriager(app, app.triager(progress=lambda *_: None))
    said = list(beside.triage(each.message for each in few[:20]))
    assert {decision.artefact for _, decision in said} == {live}
    compared = compare_shadow(app.artefacts, done.trained.artefact.name)
    assert compared["messages"] == 20
    shadow_file = app.artefacts / done.trained.artefact.name / "shadow.jsonl"
    assert set(json.loads(shadow_file.read_text().splitlines()[0])) == {"message", "live", "shadow"}

    artefact.promote(app.artefacts, done.trained.artefact.name)
    beside.refresh()
    assert beside.name == done.trained.artefact.name
    assert artefact.rollback(app.artefacts) == live
