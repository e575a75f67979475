"""Two opinions weighed: the better counts more, and a category nobody taught the encoder has a chance."""

from dataclasses import replace

import numpy as np
import pytest

from models.codes import Category
from triage.classifier import CATEGORIES, CODES, STATUSES, LabelSet, Margins, Truths
from triage.encoder.read import Encoder
from triage.weigh import weigh, weighed

COUNT = 400
OUTPUTS = Encoder().outputs


def made(categories: tuple[str, ...], *, seed: int = 5) -> tuple[Margins, np.ndarray, Truths]:
    """Return messages of which the heads know the category, and the encoder dissatisfaction and status."""
    generator = np.random.default_rng(seed)
    category = generator.integers(0, len(categories), size=COUNT)
    status = generator.integers(0, len(STATUSES), size=COUNT)
    felt = status < 2
    margins = Margins(
        dissatisfaction=generator.normal(size=COUNT),
        status=generator.normal(size=(COUNT, len(STATUSES))),
        category=2.0 * np.eye(len(categories))[category] + generator.normal(size=(COUNT, len(categories))),
        is_housing=generator.normal(size=COUNT),
        codes=generator.normal(size=(COUNT, len(CODES))),
    )
    logits = generator.normal(size=(COUNT, len(OUTPUTS)))
    logits[:, OUTPUTS.index("dissatisfaction")] += np.where(felt, 3, -3)
    first = OUTPUTS.index(f"status:{STATUSES[0].value}")
    logits[:, first : first + len(STATUSES)] += 4 * np.eye(len(STATUSES))[status]
    truths = Truths(
        dissatisfaction=felt,
        status=status,
        category=category,
        is_housing=np.zeros(COUNT, dtype=np.bool_),
        codes=np.zeros((COUNT, len(CODES)), dtype=np.bool_),
        weights=np.ones(COUNT),
        knows_dissatisfaction=np.ones(COUNT, dtype=np.bool_),
        knows_codes=np.ones((COUNT, len(CODES)), dtype=np.bool_),
        is_ordinary=np.ones(COUNT, dtype=np.bool_),
    )
    return margins, logits, truths


def test_the_better_opinion_counts_more() -> None:
    """Where the encoder knows and the heads guess, the mix follows the encoder, and the reverse."""
    margins, logits, truths = made(CATEGORIES)
    weights = weigh(margins, logits, truths, outputs=OUTPUTS)
    assert weights.dissatisfaction.encoder > 5 * weights.dissatisfaction.heads
    assert weights.status.encoder > 5 * weights.status.heads
    assert weights.category.heads > 5 * weights.category.encoder
    both = weighed(margins, logits, weights, outputs=OUTPUTS)
    alone = (margins.status.argmax(axis=1) == truths.status).mean()
    assert (both.status.argmax(axis=1) == truths.status).mean() > alone + 0.5


def test_a_label_that_never_occurs_leaves_the_heads_alone() -> None:
    """Nothing can be learnt of a code that no message has."""
    margins, logits, truths = made(CATEGORIES)
    weights = weigh(margins, logits, truths, outputs=OUTPUTS)
    assert (weights.codes[0].heads, weights.codes[0].encoder) == (1.0, 0.0)


def test_an_own_category_is_asked_of_the_encoder_by_what_it_takes_it_for() -> None:
    """Where the encoder mostly says parks of allotments, both share its answer and the heads decide."""
    categories = (*CATEGORIES, "allotments")
    margins, logits, truths = made(categories)
    parks = OUTPUTS.index(f"category:{Category.PARKS_AND_GREEN_SPACES.value}")
    logits[truths.category == len(CATEGORIES), parks] += 20
    weights = weigh(margins, logits, truths, outputs=OUTPUTS, labels=LabelSet(categories))
    assert weights.taken_for == {"allotments": "parks_and_green_spaces"}
    both = weighed(margins, logits, weights, outputs=OUTPUTS, labels=LabelSet(categories))
    own = truths.category == len(CATEGORIES)
    parks_column = CATEGORIES.index(Category.PARKS_AND_GREEN_SPACES)
    heads = weights.category.heads * (margins.category[:, -1] - margins.category[:, parks_column])
    assert both.category[own, -1] - both.category[own, parks_column] == pytest.approx(heads[own])


def test_an_own_exclusion_is_the_heads_alone() -> None:
    """The encoder was never taught it, so it says nothing for or against."""
    margins, logits, truths = made(CATEGORIES)
    labels = LabelSet(codes=(*CODES, "market_charter"))
    is_so = np.arange(COUNT) % 2 == 0
    margins = replace(margins, codes=np.column_stack([margins.codes, np.where(is_so, 2.0, -1.0)]))
    truths = replace(
        truths,
        codes=np.column_stack([truths.codes, is_so]),
        knows_codes=np.ones((COUNT, len(labels.codes)), dtype=np.bool_),
    )
    weights = weigh(margins, logits, truths, outputs=OUTPUTS, labels=labels)
    both = weighed(margins, logits, weights, outputs=OUTPUTS, labels=labels)
    assert weights.codes[-1].encoder == 0.0
    assert both.codes[:, -1] == pytest.approx(weights.codes[-1].heads * margins.codes[:, -1])
