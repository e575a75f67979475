"""Training as the service and the command line do it: from corpus and rulings, through the gate, to live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bootstrap import App, Progress
from models.errors import ArtefactRefused
from models.ruled import ruled_messages

if TYPE_CHECKING:
    from triage.artefact import Artefact
    from triage.corpus import LabelledMessage
    from triage.gate import Verdict
    from triage.rulings import Rulings
    from triage.train import Trained


Changes = list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Outcome:
    """What training came to: the new artefact, whether it is live now, and why or why not."""

    trained: "Trained"
    rulings: "Rulings"
    verdict: "Verdict | None"
    is_live: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return what `heard train --json` prints."""
        from triage.train import about_training  # noqa: PLC0415  # loads scikit-learn

        return {
            **about_training(self.trained.artefact),
            "live": self.is_live,
            "why": self.why,
            "disputed_rulings": self.rulings.disputed,
            "rulings_missing": self.rulings.missing,
            "gate": [each.text for each in self.verdict.comparisons] if self.verdict else [],
            "refused_because": list(self.verdict.reasons) if self.verdict else [],
        }


def rulings_on_record(app: App) -> "Rulings":
    """Return what officers' rulings teach; nothing where there is no record yet."""
    from triage.rulings import labels_of  # noqa: PLC0415  # loads scikit-learn

    ruled = ruled_messages(app.engine) if app.has_record else ()
    return labels_of(
        ruled,
        own_categories=app.own_categories,
        own_exclusions=[each.code for each in app.own_exclusions],
        now=app.clock(),
    )


def train_and_judge(
    app: App,
    *,
    progress: Progress,
    is_candidate: bool = False,
    rulings: "Rulings | None" = None,
    messages: "Sequence[LabelledMessage] | None" = None,
) -> Outcome:
    """Train on the corpus and the rulings; make the result live if it passes the gate.

    `rulings` and `messages` take the place of those on record and of the project's corpus, for a rehearsal.
    A candidate by wish, or one that does not pass, is kept, and the reason with it. Interrupted training
    changes nothing that is live.
    """
    from triage import artefact, corpus  # noqa: PLC0415  # loads scikit-learn
    from triage import train as training  # noqa: PLC0415
    from triage.card import write_card  # noqa: PLC0415

    app.prepare_data()
    learnt_from = rulings if rulings is not None else rulings_on_record(app)
    trained = training.train(
        corpus.read_training() if messages is None else messages,
        folder=app.artefacts,
        now=app.clock(),
        progress=progress,
        encoder=app.encoder,
        rulings=learnt_from.messages,
        labels=learnt_from.labels,
    )
    live = _live(app)
    verdict, changes = _judged(trained, live) if live else (None, [])
    why = _why_not(verdict, is_candidate=is_candidate)
    if verdict and live:
        made = app.artefacts / trained.artefact.name
        artefact.note(made, "gate", _noted(verdict, live, changes))
        write_card(made)
    if not why:
        artefact.promote(app.artefacts, trained.artefact.name)
    artefact.forget_old(app.artefacts)
    return Outcome(trained, learnt_from, verdict, not why, why or "it passed the gate")


def _why_not(verdict: "Verdict | None", *, is_candidate: bool) -> str:
    if verdict and not verdict.passes:
        return "; ".join(verdict.reasons)
    return "it was asked for as a candidate" if is_candidate else ""


def _live(app: App) -> "Artefact | None":
    """Return the live artefact to compare with; None where there is none that can be used."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    name = artefact.live_name(app.artefacts)
    if name is None:
        return None
    try:
        return artefact.load(app.artefacts / name, encoder=app.encoder)
    except ArtefactRefused as error:
        app.log.warning("artefact_refused", artefact=name, why=str(error))
        return None


def _judged(trained: "Trained", live: "Artefact") -> "tuple[Verdict, Changes]":
    """Return the verdict, and the evaluation messages whose status changed: id, true, before, now."""
    from triage import corpus, gate  # noqa: PLC0415  # loads scikit-learn
    from triage.classifier import STATUSES  # noqa: PLC0415
    from triage.evaluate import said_of, truths_of  # noqa: PLC0415
    from triage.triager import Triager  # noqa: PLC0415

    candidate = trained.artefact
    labels = candidate.labels.joined(live.labels)

    def said_by(judge: "Artefact", messages: Sequence[corpus.LabelledMessage]) -> Any:
        decisions = [decision for _, decision in Triager(judge).triage(each.message for each in messages)]
        return said_of(decisions, labels)

    evaluation = corpus.read_folder(corpus.EVALUATION)
    since = live.rulings_until
    new = [
        row
        for row, each in enumerate(trained.rulings)
        if since is None or (each.ruled_at is not None and each.ruled_at > since)
    ]
    latest = [trained.rulings[row] for row in new]
    before, now = said_by(live, evaluation), said_by(candidate, evaluation)
    verdict = gate.judge(
        truths_of(evaluation, labels),
        live=before,
        candidate=now,
        rulings=truths_of(latest, labels),
        live_on_rulings=said_by(live, latest),
        candidate_on_rulings=trained.said_of_rulings.take(np.array(new, dtype=np.int64)),
    )
    changes = [
        (each.message.id, each.status.value, STATUSES[was].value, STATUSES[is_now].value)
        for each, was, is_now in zip(evaluation, before.status, now.status, strict=True)
        if was != is_now
    ]
    return verdict, changes


def _noted(verdict: "Verdict", live: "Artefact", changes: "Changes") -> dict[str, Any]:
    return {
        "compared_with": live.name,
        "changes": changes,
        "passed": verdict.passes,
        "reasons": list(verdict.reasons),
        "figures": [each.text for each in verdict.comparisons],
    }
