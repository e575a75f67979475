"""What the pages ask of the parts of Heard that lie above them: a port, implemented in `operations/`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from models.decision import Decision, Prediction
from models.mail_page import MailPage
from triage.corpus import TriageInput


@dataclass(frozen=True)
class Version:
    """One artefact of the classifier, as the page shows it.

    `figures` are names with shares from 0 to 1, in the order of `FIGURES`; `gate` says what it was compared
    in, and `changes` which evaluation messages it judges differently from the one before: id, true status,
    status before, status now. `passed` is None where nothing was live to compare it with.
    """

    name: str
    made_at: datetime
    is_live: bool
    is_shadow: bool
    messages: int
    rulings: int
    figures: tuple[tuple[str, float], ...]
    compared_with: str = ""
    passed: bool | None = None
    reasons: tuple[str, ...] = ()
    gate: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True)
class ClassifierState:
    """The artefacts, the newest first; what is new to learn from; what drift was found."""

    versions: tuple[Version, ...]
    waiting_rulings: int
    is_training: bool
    can_roll_back: bool
    drift: tuple[str, ...] = ()
    drift_at: datetime | None = None
    is_drift_alarm: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """One thing that the service judges of itself: "ok", "warning" or "unhealthy", and what to do."""

    name: str
    level: str
    said: str
    remedy: str


@dataclass(frozen=True)
class SettingsInView:
    """What an officer or auditor may know of the settings: values in words, no secret among them."""

    file: str
    tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    closure_days: tuple[date, ...]
    bank_holidays: tuple[tuple[date, str], ...]


class BackOffice(Protocol):
    """Health, classifier and settings, as the pages of the manager and the administrator show them."""

    def mail_page(self, raw: bytes) -> MailPage:
        """Return a message as it was sent, not yet safe to show; raises UnreadableMessage."""
        ...

    def close(self) -> None:
        """End what was started for the pages."""
        ...

    def triage(self, message: TriageInput) -> tuple[Prediction, Decision]:
        """Return what triage says of an officer's note; raises ArtefactRefused without a classifier."""
        ...

    def checks(self) -> list[HealthCheck]:
        """Return what the service judges of itself, the worst first."""
        ...

    def settings_in_view(self) -> SettingsInView:
        """Return what the settings say, secrets left out."""
        ...

    def classifier(self) -> ClassifierState:
        """Return the artefacts and what is new to learn from."""
        ...

    def promote(self, name: str) -> str:
        """Make an artefact live and return what was done; raises ArtefactRefused."""
        ...

    def roll_back(self) -> str:
        """Make the artefact before the live one live again; raises ArtefactRefused where there was none."""
        ...

    def retrain(self) -> str:
        """Begin to train in the background, and say so; raises InputInvalid if it runs already."""
        ...
