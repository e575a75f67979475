"""What the bootstrap sets up for everything below it."""

import json

import pytest

from bootstrap import App, configure_log
from intake.forms import FormProfile
from settings import Settings


def test_no_address_that_a_server_names_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Why something failed is logged without the people in it; everything else as it is."""
    configure_log(is_service=True).warning("sender_away", why="550 <ann@example.org> unknown", letter=3)
    logged = json.loads(capsys.readouterr().err)
    assert logged["why"] == "550 (address) unknown"
    assert logged["letter"] == 3


def test_the_forms_of_the_settings_are_the_parser_s_and_their_senders_the_policy_s() -> None:
    """A form with a profile is read by it, and its person is answered like any form's."""
    labels = {"name": ["Your name"], "message": ["What happened"]}
    profile = {"name": "report-it", "senders": ["Reports@Forms.example"], "labels": labels}
    forms = {"senders": ["Web@council.example"], "profiles": [profile]}
    app = App(Settings.model_validate({"forms": forms}), log=None)
    assert app.form_profiles == (
        FormProfile(
            name="report-it",
            senders=("reports@forms.example",),
            name_labels=("Your name",),
            message_labels=("What happened",),
        ),
    )
    assert app.form_senders == {"web@council.example", "reports@forms.example"}
