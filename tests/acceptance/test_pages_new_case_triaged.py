"""What an officer takes down is triaged by the live classifier, the same as mail."""

import shutil
from pathlib import Path

import pytest
from pages import Pages
from worked_cases import said, send

from models.codes import Category, Status
from models.errors import ArtefactRefused
from triage.corpus import TriageInput

CALL = {
    "channel": "telephone", "name": "Bo Lee", "telephone": "01632 960123", "received-day": "20",
    "received-month": "11", "received-year": "2026", "time": "10:00",
    "text": "I rang three times about the heating in my council flat and nobody came.",
}  # fmt: skip


def test_the_live_classifier_says_what_it_thinks_of_a_call(
    pages: Pages, artefacts: Path, tmp_path: Path
) -> None:
    """It is loaded once, when it is first asked; without one nothing is trained, and the page says so."""
    note = TriageInput(id="x", subject="", body=CALL["text"], received_at=pages.now)
    with pytest.raises(ArtefactRefused, match="no classifier yet"):
        pages.desk.back_office.triage(note)
    shutil.copytree(artefacts, tmp_path / "artefacts", symlinks=True)
    _, decision = pages.desk.back_office.triage(note)
    assert (decision.status, decision.category) == (Status.COMPLAINT, Category.HOUSING_REPAIRS)
    pages.add_officer("jo")
    shown = said(send(pages.client_of("jo"), "/new-case", step="check", **CALL))
    assert "Complaint , housing repairs" in shown
    assert "Housing Ombudsman" in shown
