"""Training: labelled messages and officers' rulings to an artefact, judged on writers that it had not seen.

python -m triage.train --help
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.deadlines import received_on
from models.errors import CorpusInvalid
from triage import artefact as artefacts
from triage.ages import ages_in
from triage.artefact import Artefact
from triage.card import write_card
from triage.classifier import PROJECT_LABELS, LabelSet, Truths, Vectoriser
from triage.corpus import LabelledMessage, fingerprint
from triage.drift import reference_of
from triage.encoder.out_of_fold import logits_of
from triage.encoder.read import Encoder
from triage.evaluate import Said, figures, said_of_margins, truths_of
from triage.features import masked, pragmatic, text_to_triage
from triage.language import read_texts
from triage.learn import FOLDS, Learnt, learn, weigh_in

Numbers = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

_FEWEST_MESSAGES = 50
_FEWEST_BRIEFS = 3


@dataclass(frozen=True)
class Trained:
    """A new artefact, and what its heads say of the rulings while they have not learnt from them."""

    artefact: Artefact
    rulings: tuple[LabelledMessage, ...]
    said_of_rulings: Said


def train(
    messages: Sequence[LabelledMessage],
    *,
    folder: Path,
    now: datetime,
    progress: Progress,
    encoder: Encoder | None = None,
    rulings: Sequence[LabelledMessage] = (),
    labels: LabelSet = PROJECT_LABELS,
) -> Trained:
    """Train on labelled messages and save the artefact with its model card below `folder`.

    The figures are those of cross-validation by writer: every message is judged by heads that learnt from
    others only. Calibration and thresholds are chosen on the same held-out margins. With an encoder its
    opinion is weighed in, and the artefact that comes back uses it; without one it can be used all the same.
    `labels` hold the council's own that are to be learnt from its rulings.
    Raises CorpusInvalid where there are too few messages or writers.
    """
    _check_enough(messages)
    everything = [*messages, *rulings]
    steps = _Steps(progress, count=3 + FOLDS + 2 + bool(encoder))
    steps.next("reading the messages")
    texts, numbers = _read(everything)
    truths = truths_of(everything, labels)
    steps.next("learning the vocabulary")
    vectoriser = Vectoriser().fit(texts)
    groups = [each.brief for each in everything]
    times = [each.ruled_at or each.message.received_at for each in everything]
    rows = vectoriser.transform(texts, numbers)
    steps.name = "learning"
    learnt = learn(rows, truths, groups=groups, times=times, labels=labels, step=steps.next)
    print_of_corpus = fingerprint(everything)
    made = Artefact(
        name=f"{now:%Y%m%d-%H%M%S}-{print_of_corpus[:8]}",
        made_at=now,
        vectoriser=vectoriser,
        heads=learnt.heads,
        calibrations=learnt.calibrations,
        thresholds=learnt.thresholds,
        corpus_fingerprint=print_of_corpus,
        corpus_size=len(messages),
        metrics=figures(_said(learnt), truths, labels) | {"by_time": _by_time(learnt, truths)},
        heads_alone=learnt.calibrations.category,
        labels=labels,
        rulings=len(rulings),
        rulings_until=max((each.ruled_at for each in rulings if each.ruled_at), default=None),
    )
    rows_judged, whole = np.arange(len(everything)), None
    if encoder is not None:
        steps.next("weighing the sentence encoder in")
        logits, rows_judged = logits_of(texts, encoder)
        weights, learnt = weigh_in(learnt, logits, truths, rows=rows_judged, outputs=encoder.outputs)
        whole = replace(
            made,
            calibrations=learnt.calibrations,
            thresholds=learnt.thresholds,
            metrics=figures(_said(learnt), truths.take(rows_judged), labels)
            | {"by_time": made.metrics["by_time"]},
            encoder=encoder,
            weights=weights,
        )
    judged = [texts[row] for row in rows_judged]
    reference = reference_of(judged, learnt, truths.take(rows_judged), labels)
    made = replace(made, reference=reference)
    whole = replace(whole, reference=reference) if whole else None
    target = artefacts.save(made, folder, whole=whole)
    write_card(target)
    steps.next("done")
    of_rulings = np.flatnonzero(rows_judged >= len(messages))
    ruled = tuple(everything[rows_judged[place]] for place in of_rulings)
    return Trained(whole or made, ruled, _said(learnt).take(of_rulings))


def _said(learnt: Learnt) -> Said:
    """Return what the heads said of messages by writers that they had not learnt from."""
    return said_of_margins(learnt.held_out, learnt.calibrations, learnt.thresholds, learnt.heads.labels)


def _by_time(learnt: Learnt, truths: Truths) -> dict[str, Any]:
    """Return how heads that learnt from earlier messages do on the latest fifth, without the encoder."""
    said = said_of_margins(learnt.latest.margins, learnt.calibrations, learnt.thresholds, learnt.heads.labels)
    found = figures(said, truths.take(learnt.latest.rows), learnt.heads.labels)
    return {
        "messages": found["messages"],
        "dissatisfaction_f1": found["dissatisfaction"]["f1"],
        "status_accuracy": found["status"]["accuracy"],
        "category_accuracy": found["category"]["accuracy"],
    }


class _Steps:
    """Counts the steps of training for whoever watches."""

    def __init__(self, progress: Progress, *, count: int) -> None:
        self.name = ""
        self._progress, self._done, self._count = progress, 0, count

    def next(self, name: str = "") -> None:
        self._progress(name or self.name, min(self._done, self._count), self._count)
        self._done += 1


def _check_enough(messages: Sequence[LabelledMessage]) -> None:
    briefs = {each.brief for each in messages}
    if len(messages) < _FEWEST_MESSAGES or len(briefs) < _FEWEST_BRIEFS:
        raise CorpusInvalid(
            f"{len(messages)} messages by {len(briefs)} writers are too few to learn from; "
            f"at least {_FEWEST_MESSAGES} by {_FEWEST_BRIEFS} are needed"
        )


def _read(messages: Sequence[LabelledMessage]) -> tuple[list[str], Numbers]:
    """Return the texts that the vectorisers read, and the pragmatic features (messages, features)."""
    texts, numbers = [], []
    for text, features in _readings(messages):
        texts.append(text)
        numbers.append(features)
    return texts, np.array(numbers)


def _readings(messages: Sequence[LabelledMessage]) -> Iterator[tuple[str, list[float]]]:
    read = read_texts(text_to_triage(each.message) for each in messages)
    for reading, each in zip(read, messages, strict=True):
        times = ages_in(reading.text, received_on(each.message.received_at))
        yield masked(reading.text), pragmatic(reading, times, sender=each.message.sender)


def quietly(step: str, done: int, total: int) -> None:
    """Show no progress."""
    del step, done, total


def about_training(made: Artefact) -> dict[str, Any]:
    """Return what `heard train` prints of an artefact."""
    return {
        "artefact": made.name,
        "messages": made.corpus_size,
        "rulings": made.rulings,
        "corpus": made.corpus_fingerprint,
        "encoder": made.encoder.fingerprint if made.encoder else None,
        "thresholds": {
            "dissatisfaction": made.thresholds.dissatisfaction,
            "status": made.thresholds.status,
            "complaint_missed": made.thresholds.complaint_missed,
        },
        "metrics": made.metrics,
    }
