"""The settings of reminders: their defaults, and what is refused."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from models.errors import SettingsInvalid
from settings import TEMPLATE, Reminders, Settings, read_settings


def read(folder: Path, text: str) -> Settings:
    """Read settings from a file with this text."""
    file = folder / "heard.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_the_template_shows_the_defaults(tmp_path: Path) -> None:
    """What `heard init` writes is what holds without it."""
    assert read(tmp_path, TEMPLATE).reminders == Reminders()


@pytest.mark.parametrize("written", ['"08:30"', '"08:30:00"', "08:30:00"])
def test_a_time_of_day_may_be_written_either_way(tmp_path: Path, written: str) -> None:
    """As TOML has it, or in quotation marks."""
    assert read(tmp_path, f"[reminders]\nat = {written}\n").reminders.at == time(8, 30)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("at = 8", "reminders.at: a time of day is wanted"),
        ('at = "soon"', "reminders.at: "),
        ("officer_days_before = -1", "reminders.officer_days_before: "),
        ("manager_days_before = 21", "reminders.manager_days_before: "),
        ('to = "the team"', "reminders.to: "),
        ('too = "team@harrowmere.example"', "reminders.too: there is no such setting"),
        ('to = "Complaints@harrowmere.example"', "a mailbox that Heard reads"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """The refusal names the setting; a digest into the mailbox that is read would come back as a message."""
    with pytest.raises(SettingsInvalid) as caught:
        read(tmp_path, f"[reminders]\n{text}\n")
    assert any(fault in each for each in caught.value.faults)


def test_the_address_of_a_mailbox_is_no_team_address() -> None:
    """Whichever mailbox it is."""
    said: dict[str, Any] = {
        "organisation": {"name": "Dale"}, "reminders": {"to": "housing@dale.example"},
        "mailboxes": [{"name": "a", "host": "imap.example", "username": "housing@dale.example"}],
    }  # fmt: skip
    with pytest.raises(ValueError, match="a mailbox that Heard reads"):
        Settings.model_validate(said)
