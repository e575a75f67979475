"""A classifier that has learnt three dozen sentences by heart, made once for all tests of triage."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest
from builders import make_input, make_labelled

from models.codes import Category, Flag, Ombudsman, Status
from models.deadlines import received_on
from triage.ages import ages_in
from triage.artefact import Artefact
from triage.calibration import Calibrations, fit_curve, fit_temperature
from triage.classifier import PROJECT_LABELS, Heads, LabelSet, Vectoriser
from triage.corpus import LabelledMessage, fingerprint
from triage.decide import Thresholds
from triage.evaluate import truths_of
from triage.features import masked, pragmatic, text_to_triage
from triage.language import read_texts

_SENTENCES = {
    Status.COMPLAINT: "Nobody has replied about the {} and it is still not mended.",
    Status.SERVICE_REQUEST: "Could you please mend the {} on our road?",
    Status.ESCALATION: "I do not accept your findings on the {} and want stage 2.",
    Status.COMPLIMENT: "Thank you for the lovely work on the {}, credit to the crew.",
    Status.ENQUIRY: "When is the {} open to visitors?",
    Status.OTHER: "Special offer, click here for a cheap {} and unsubscribe.",
}
_THINGS = {
    "kerb": Category.ROADS_PAVEMENTS_AND_STREETLIGHTS,
    "brown bin": Category.WASTE_AND_RECYCLING,
    "kitchen ceiling of my council flat": Category.HOUSING_REPAIRS,
    "park gate": Category.PARKS_AND_GREEN_SPACES,
    "library roof": Category.CULTURE_LEISURE_AND_LIBRARIES,
    "oak tree": Category.TREES_AND_VERGES,
}


def sentences() -> list[LabelledMessage]:
    """Return three dozen labelled sentences by three writers."""
    return [
        replace(
            make_labelled(sentence.format(thing), status=status),
            message=make_input(sentence.format(thing), id=f"t{number:03}", subject="Hello"),
            brief=f"t{number % 3}",
            category=category,
            ombudsman=Ombudsman.HOUSING if category is Category.HOUSING_REPAIRS else Ombudsman.LGSCO,
            flags=frozenset({Flag.VULNERABLE}) if "oak" in thing else frozenset(),
        )
        for number, ((status, sentence), (thing, category)) in enumerate(
            product(_SENTENCES.items(), _THINGS.items())
        )
    ]


def learn(
    messages: Sequence[LabelledMessage], *, name: str = "by-heart", labels: LabelSet = PROJECT_LABELS
) -> Artefact:
    """Learn messages by heart, calibrated on themselves."""
    readings = list(read_texts(text_to_triage(each.message) for each in messages))
    numbers = np.array(
        [
            pragmatic(reading, ages_in(reading.text, received_on(each.message.received_at)))
            for reading, each in zip(readings, messages, strict=True)
        ]
    )
    texts, truths = [masked(reading.text) for reading in readings], truths_of(messages, labels)
    vectoriser = Vectoriser(min_messages=1).fit(texts)
    rows = vectoriser.transform(texts, numbers)
    heads = Heads(strength=10, category_strength=10, labels=labels).fit(rows, truths)
    margins = heads.margins(rows)
    return Artefact(
        name=name,
        made_at=datetime(2026, 3, 3, 10, 0, tzinfo=UTC),
        vectoriser=vectoriser,
        heads=heads,
        calibrations=Calibrations(
            dissatisfaction=fit_curve(margins.dissatisfaction, truths.dissatisfaction),
            status=fit_temperature(margins.status, truths.status),
            category=fit_temperature(margins.category, truths.category),
            is_housing=fit_curve(margins.is_housing, truths.is_housing),
            codes=tuple(
                fit_curve(margins.codes[:, at], truths.codes[:, at]) for at in range(len(labels.codes))
            ),
        ),
        thresholds=Thresholds(status=0.5),
        heads_alone=fit_temperature(margins.category, truths.category),
        labels=labels,
        corpus_fingerprint=fingerprint(messages),
        corpus_size=len(messages),
        metrics={"status": {"accuracy": 1.0}},
    )


@pytest.fixture(scope="session")
def learnt() -> list[LabelledMessage]:
    """Return the sentences that the classifier knows by heart."""
    return sentences()


@pytest.fixture(scope="session")
def artefact(learnt: list[LabelledMessage]) -> Artefact:
    """Return the classifier that knows them."""
    return learn(learnt)


@pytest.fixture(scope="session")
def learn_by_heart() -> Callable[..., Artefact]:
    """Return what makes a classifier that knows messages by heart, also under other labels."""
    return learn
