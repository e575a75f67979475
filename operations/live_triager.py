"""The classifier of a running service: the live artefact, its successor once live, and its shadow."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap import App
from models.decision import Decision, Prediction
from models.errors import ArtefactRefused
from triage import artefact
from triage.corpus import TriageInput
from triage.triager import Triager

if TYPE_CHECKING:
    from triage.encoder.read import Encoder

SHADOW_FILE = "shadow.jsonl"
"""In the folder of a shadow: what it said beside the live artefact, a line a message, nothing personal."""


class LiveTriager:
    """Triages with whatever is live; a candidate may run beside it and decides nothing."""

    def __init__(self, app: App, triager: Triager) -> None:
        self._app = app
        self._triager = triager
        self._shadow: Triager | None = None
        self.refresh()

    @property
    def name(self) -> str:
        """The name of the artefact in use."""
        return self._triager.artefact.name

    def triage(self, messages: Iterable[TriageInput]) -> Iterator[tuple[Prediction, Decision]]:
        """Yield what the live artefact says of each message, in order; a shadow's answers are only noted."""
        waiting = list(messages)
        said = list(self._triager.triage(waiting))
        if self._shadow is not None:
            self._note_shadow(self._shadow, waiting, [decision for _, decision in said])
        yield from said

    def refresh(self) -> None:
        """Take up another artefact if one went live, and another shadow if one was named.

        What cannot be loaded is logged, and what is in use stays in use.
        """
        folder = self._app.artefacts
        live, shadow = artefact.live_name(folder), artefact.shadow_name(folder)
        if live and live != self.name:
            loaded = self._loaded(live)
            if loaded is not None:
                self._triager = loaded
                self._app.log.info("artefact_exchanged", artefact=live)
        if shadow == self.name:
            shadow = None
        if shadow is None:
            self._shadow = None
        elif self._shadow is None or self._shadow.artefact.name != shadow:
            self._shadow = self._loaded(shadow)

    def _loaded(self, name: str) -> Triager | None:
        encoder: Encoder | None = self._triager.artefact.encoder
        try:
            return Triager(
                artefact.load(self._app.artefacts / name, encoder=encoder),
                own_exclusions=self._app.own_exclusions,
            )
        except ArtefactRefused as error:
            self._app.log.error("artefact_refused", artefact=name, why=str(error))
            return None

    def _note_shadow(self, shadow: Triager, messages: list[TriageInput], said: list[Decision]) -> None:
        """Write down what the shadow says; whatever goes wrong with it must not touch the live answers."""
        file = self._app.artefacts / shadow.artefact.name / SHADOW_FILE
        try:
            beside = [decision for _, decision in shadow.triage(messages)]
            lines = [
                json.dumps({"message": message.id, "live": _short(live), "shadow": _short(other)})
                for message, live, other in zip(messages, said, beside, strict=True)
            ]
            with file.open("a", encoding="utf-8") as written:
                written.writelines(f"{line}\n" for line in lines)
        except Exception as error:  # noqa: BLE001  # A candidate is on trial; the live answers stand.
            self._app.log.error("shadow_failed", artefact=shadow.artefact.name, error=type(error).__name__)


def _short(decision: Decision) -> dict[str, object]:
    return {
        "dissatisfaction": decision.is_dissatisfied,
        "status": decision.status.value,
        "category": str(decision.category),
        "officer_decides": decision.officer_decides,
    }


def compare_shadow(folder: Path, name: str) -> dict[str, object]:
    """Return how often a shadow and the live artefact agreed, and where not.

    Raises ArtefactRefused where it has said nothing yet.
    """
    try:
        rows = [json.loads(line) for line in (folder / name / SHADOW_FILE).read_text().splitlines() if line]
    except OSError as error:
        raise ArtefactRefused(
            f"{name} has said nothing yet; `heard artefacts shadow {name}`, then let the service run"
        ) from error
    differences: dict[str, int] = {}
    for row in rows:
        if row["live"]["status"] != row["shadow"]["status"]:
            change = f"{row['live']['status']} -> {row['shadow']['status']}"
            differences[change] = differences.get(change, 0) + 1
    count = max(1, len(rows))
    return {
        "artefact": name,
        "messages": len(rows),
        **{
            f"same_{key}": round(sum(row["live"][key] == row["shadow"][key] for row in rows) / count, 4)
            for key in ("dissatisfaction", "status", "category")
        },
        "left_to_officers_live": round(sum(row["live"]["officer_decides"] for row in rows) / count, 4),
        "left_to_officers_shadow": round(sum(row["shadow"]["officer_decides"] for row in rows) / count, 4),
        "status_changes": dict(sorted(differences.items(), key=lambda pair: -pair[1])),
    }
