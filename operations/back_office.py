"""What the officers' pages ask of the parts above them; implements `review/back_office.py`."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from bootstrap import App, without_addresses
from models.decision import Decision, Prediction
from models.errors import ArtefactRefused, InputInvalid
from models.mail_page import MailPage
from models.ruled import ruled_messages
from operations import retrain
from operations.drift import last_drift
from operations.health import Level, judge, observe
from operations.mail_pages import MailPages
from review.back_office import ClassifierState, HealthCheck, SettingsInView, Version
from triage.corpus import TriageInput

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from operations.live_triager import LiveTriager

_MOST_COUNTED = 10_000
_SECRET = ("password", "secret", "token", "key", "certificate", "thumbprint", "url")
_FIGURES = (
    ("dissatisfaction found", "dissatisfaction", "recall"),
    ("dissatisfaction right", "dissatisfaction", "precision"),
    ("status right", "status", "accuracy"),
    ("complaint against service request", "status", "complaint_against_service_request"),
    ("category right", "category", "accuracy"),
    ("category among the first three", "category", "in_first_three"),
    ("Ombudsman right", "ombudsman", "accuracy"),
)


class BackOffice:
    """Health, classifier and settings of one installation."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._training: BaseProcess | None = None
        self._one_at_a_time = Lock()
        self._one_asks = Lock()
        self._triager: LiveTriager | None = None
        self._mail_pages = MailPages()

    def mail_page(self, raw: bytes) -> MailPage:
        """Return a message as it was sent, not yet safe to show; raises UnreadableMessage."""
        return self._mail_pages.page(raw)

    def close(self) -> None:
        """End what was started for the pages."""
        self._mail_pages.close()

    def triage(self, message: TriageInput) -> tuple[Prediction, Decision]:
        """Return what triage says of what an officer took down; raises ArtefactRefused without a classifier.

        The classifier is loaded when it is first asked for, and kept; one after another asks it. None is
        trained here, however old the live one is: an officer waits, and perhaps somebody on the telephone.
        """
        with self._one_asks:
            if self._triager is None:
                self._triager = self._loaded_triager()
            else:
                self._triager.refresh()
            ((prediction, decision),) = self._triager.triage([message])
        return prediction, decision

    def _loaded_triager(self) -> "LiveTriager":
        from operations.live_triager import LiveTriager  # noqa: PLC0415  # loads scikit-learn
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn
        from triage.triager import Triager  # noqa: PLC0415  # loads spaCy

        name = artefact.live_name(self._app.artefacts)
        if not name:
            raise ArtefactRefused("there is no classifier yet; start the service once, which makes one")
        live = artefact.load(self._app.artefacts / name, encoder=self._app.encoder)
        return LiveTriager(self._app, Triager(live, own_exclusions=self._app.own_exclusions))

    def checks(self) -> list[HealthCheck]:
        """Return what the service judges of itself, the worst first."""
        found = judge(observe(self._app), now=self._app.clock()).checks
        order = [*reversed(list(Level))]
        return [
            HealthCheck(each.name, each.level.value, without_addresses(each.said), each.remedy)
            for each in sorted(found, key=lambda each: order.index(each.level))
        ]

    def settings_in_view(self) -> SettingsInView:
        """Return what the settings say, secrets left out."""
        said = self._app.settings.model_dump(mode="json", exclude={"calendar"})
        today = self._app.clock().date()
        return SettingsInView(
            file=str(self._app.data),
            tables=tuple(_tables(said)),
            closure_days=tuple(sorted(self._app.settings.calendar.closure_days)),
            bank_holidays=tuple(self._app.working_days.bank_holidays(today.year, today.year + 1)),
        )

    def classifier(self) -> ClassifierState:
        """Return the artefacts and what is new to learn from."""
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn

        folder = self._app.artefacts
        live, shadow = artefact.live_name(folder), artefact.shadow_name(folder)
        drift = last_drift(self._app) or {}
        abouts = [artefact.about(folder / name) for name in reversed(artefact.names(folder))]
        until = next((_until(about) for about in abouts if about["name"] == live), None)
        new = islice(ruled_messages(self._app.engine, since=until), _MOST_COUNTED)
        return ClassifierState(
            versions=tuple(_version(about, live=live, shadow=shadow) for about in abouts),
            waiting_rulings=sum(1 for _ in new),
            is_training=self._is_training(),
            can_roll_back=(folder / "previous").exists(),
            drift=tuple(
                str(sign.get("sentence", "")) for sign in drift.get("signs", []) if sign.get("is_beyond")
            ),
            drift_at=drift.get("at"),
            is_drift_alarm=bool(drift.get("is_alarm")),
        )

    def promote(self, name: str) -> str:
        """Make an artefact live and return what was done; raises ArtefactRefused."""
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn

        if name not in artefact.names(self._app.artefacts):
            raise ArtefactRefused(f"there is no artefact {name}")
        artefact.promote(self._app.artefacts, name)
        return f"{name} is live; the service uses it within a minute"

    def roll_back(self) -> str:
        """Make the artefact before the live one live again; raises ArtefactRefused where there was none."""
        from triage import artefact  # noqa: PLC0415  # loads scikit-learn

        return f"{artefact.rollback(self._app.artefacts)} is live again; the service uses it within a minute"

    def retrain(self) -> str:
        """Begin to train in the background, and say so; raises InputInvalid if it runs already."""
        with self._one_at_a_time:
            if self._is_training():
                raise InputInvalid("training is on its way already; look again in some minutes")
            self._training = retrain.begin(self._app)
        return "training has begun; the new version shows here in some minutes"

    def _is_training(self) -> bool:
        return self._training is not None and self._training.is_alive()


def _version(about: dict[str, Any], *, live: str | None, shadow: str | None) -> Version:
    from triage.artefact import best_kind  # noqa: PLC0415  # loads scikit-learn

    figures, gate = best_kind(about)["metrics"], about.get("gate") or {}
    return Version(
        name=about["name"],
        made_at=datetime.fromisoformat(about["made_at"]),
        is_live=about["name"] == live,
        is_shadow=about["name"] == shadow,
        messages=about["corpus"]["messages"],
        rulings=about["rulings"]["count"],
        figures=tuple((name, float(figures[of][which])) for name, of, which in _FIGURES),
        compared_with=gate.get("compared_with", ""),
        passed=gate.get("passed"),
        reasons=tuple(gate.get("reasons", ())),
        gate=tuple(gate.get("figures", ())),
        changes=tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in gate.get("changes", ())),
    )


def _until(about: dict[str, Any]) -> datetime | None:
    until = about["rulings"]["until"]
    return datetime.fromisoformat(until) if until else None


def _tables(said: dict[str, Any]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield the tables of the settings with their values in words; a list of tables yields one each."""
    plain = {key: value for key, value in said.items() if not _holds_tables(value)}
    yield "", tuple(_values(plain))
    for name, value in said.items():
        if isinstance(value, dict):
            yield name, tuple(_values(value))
        elif _holds_tables(value):
            for number, each in enumerate(value, start=1):
                yield f"{name} {each.get('name') or number}", tuple(_values(each))


def _values(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        name = f"{prefix}{key}"
        if any(part in key for part in _SECRET):
            if value not in (None, "", {}, {"env": "", "file": None}):
                yield name, "(not shown)"
        elif isinstance(value, dict):
            yield from _values(value, prefix=f"{name}.")
        elif isinstance(value, list | tuple):
            yield (
                name,
                ", ".join(
                    str(each) if not isinstance(each, dict) else each.get("name", "…") for each in value
                ),
            )
        elif value is not None:
            yield name, str(value)


def _in_a_word(value: Any) -> str:
    return str(value.get("name", "…")) if isinstance(value, dict) else str(value)


def _holds_tables(value: Any) -> bool:
    is_list = isinstance(value, list | tuple) and bool(value)
    return isinstance(value, dict) or (is_list and all(isinstance(each, dict) for each in value))
