"""Ways to triage a message side by side: rules of thumb, well-known recipes, and Heard.

All learn from the training messages and are judged on the evaluation messages, whose writers wrote none of
the former. What a recipe leaves open was settled on training messages alone. The recipes read the subject
and the body as they came; Heard looks at less, since it drops quoted mail and masks "complain".
Heard's speed is that of all it says, exclusions, flags and evidence included.
"""

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support, roc_curve
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]  # nor has it

from models.codes import Status
from triage import artefact as artefacts
from triage.classifier import CATEGORIES, STATUSES, Truths
from triage.corpus import EVALUATION, LabelledMessage, TriageInput, read_folder, read_training
from triage.encoder.read import FOLDER, Encoder
from triage.evaluate import truths_of
from triage.train import quietly, train
from triage.triager import Triager

SEED = 20
RUNS = 3
WIDTH = 120
COLUMNS = (
    "dissatis-\nfaction:\nrecall", "\n\nprecision", "\n\nF1", "\nstatus:\naccuracy", "\n\nmacro-F1",
    "\ncategory:\naccuracy", "\nmessages\na second",
)  # fmt: skip
QUESTIONS = ("dissatisfaction", "status", "category")
COMPLAINT = STATUSES.index(Status.COMPLAINT)
ENCODER = FOLDER / "model.onnx"

EPOCHS = 5
"""Of spaCy's training. On training writers held out, 3 were too few and from 8 on it got worse again."""

BATCH = 32

_COMPLAIN = re.compile(r"\bcomplain", re.IGNORECASE)
_MARKS = re.compile(r"[^\w\s]")
_TOO_FAST_TO_TELL = 1_000_000


@dataclass(frozen=True)
class Said:
    """What a way says of n messages: bool (n), index (n), index (n); None where it has nothing to say."""

    dissatisfaction: NDArray[np.bool_]
    status: NDArray[np.int64]
    category: NDArray[np.int64] | None = None


Labelled = Sequence[LabelledMessage]
Predict = Callable[[Sequence[TriageInput]], Said]


def main() -> None:
    """Learn, judge and print the table."""
    training, evaluation = read_training(), read_folder(EVALUATION)
    truths, messages = truths_of(evaluation), [each.message for each in evaluation]
    table = _empty_table(training, evaluation)
    for name, predict in ways(training):
        said, speed = measured(predict, messages)
        table.add_row(name, *_figures(said, truths), _speed(speed))
    if not ENCODER.exists():
        table.add_row(f"(h) left out: no {ENCODER.name} yet", *["–"] * len(COLUMNS))
    Console(width=WIDTH).print(table)


def ways(training: Labelled) -> Iterator[tuple[str, Predict]]:
    """Yield each way to triage by its name, taught with the training messages."""
    yield "(a) the commonest answer", majority(training)
    yield '(b) "complain*" as the only rule', one_word(training)
    yield "(c) sentiment lexicon, VADER", sentiment(training)
    words = TfidfVectorizer(ngram_range=(1, 2))
    yield "(d) TF-IDF of 1-2 words, LinearSVC", of_scikit_learn(training, words, LinearSVC(random_state=SEED))
    yield "(e) paperless-ngx, without stemming", paperless(training)
    yield "(f) spaCy textcat, bag of words", of_spacy(training)
    yield from heard(training)


def majority(training: Labelled) -> Predict:
    """Give the commonest label of the training messages to every message."""
    truths = truths_of(training)
    commonest = {question: _commonest(getattr(truths, question)) for question in QUESTIONS}

    def predict(messages: Sequence[TriageInput]) -> Said:
        count = len(messages)
        return Said(
            np.full(count, commonest["dissatisfaction"], dtype=np.bool_),
            np.full(count, commonest["status"]),
            np.full(count, commonest["category"]),
        )

    return predict


def one_word(training: Labelled) -> Predict:
    """Take a message for a complaint where it says "complain", else for the commonest other status."""
    status = truths_of(training).status
    other = _commonest(status[status != COMPLAINT])

    def predict(messages: Sequence[TriageInput]) -> Said:
        found = np.array([bool(_COMPLAIN.search(text)) for text in _texts(messages)])
        return Said(found, np.where(found, COMPLAINT, other))

    return predict


def sentiment(training: Labelled) -> Predict:
    """Take a message for dissatisfied where VADER's compound score is low enough.

    The threshold is the one that best tells the training messages apart: the largest sum of the shares of
    either kind that it gets right. (The best F1 is that of calling everybody dissatisfied, which is (a).)
    The status is the commonest among the training messages on the same side of it.
    """
    analyser, truths = SentimentIntensityAnalyzer(), truths_of(training)

    def scores(messages: Sequence[TriageInput]) -> NDArray[np.float64]:
        return np.array([analyser.polarity_scores(text)["compound"] for text in _texts(messages)])

    learnt = scores([each.message for each in training])
    false_alarms, found, limits = roc_curve(truths.dissatisfaction, -learnt)
    limit = -limits[np.argmax(found - false_alarms)]
    low, high = (_commonest(truths.status[side]) for side in (learnt <= limit, learnt > limit))

    def predict(messages: Sequence[TriageInput]) -> Said:
        is_low = scores(messages) <= limit
        return Said(is_low, np.where(is_low, low, high))

    return predict


def paperless(training: Labelled) -> Predict:
    """Learn as paperless-ngx sorts documents, by its public source, with its basic pre-processing.

    By default it stems words and drops the commonest besides, which takes NLTK and its data.
    """
    counts = CountVectorizer(analyzer="word", ngram_range=(1, 2), min_df=0.01, preprocessor=_without_marks)
    return of_scikit_learn(training, counts, MLPClassifier(tol=0.01, random_state=SEED))


def of_scikit_learn(training: Labelled, vectoriser: Any, classifier: Any) -> Predict:
    """Learn a classifier for each question from the vectors of the texts."""
    truths = truths_of(training)
    rows = vectoriser.fit_transform(_texts([each.message for each in training]))
    heads = {question: clone(classifier).fit(rows, getattr(truths, question)) for question in QUESTIONS}

    def predict(messages: Sequence[TriageInput]) -> Said:
        rows = vectoriser.transform(_texts(messages))
        return Said(**{question: head.predict(rows) for question, head in heads.items()})

    return predict


def of_spacy(training: Labelled) -> Predict:
    """Learn a `textcat` for each question; they share the tokenizer."""
    truths, nlp = truths_of(training), spacy.blank("en")
    texts = _texts([each.message for each in training])
    heads = {question: _textcat(nlp, texts, getattr(truths, question)) for question in QUESTIONS}

    def predict(messages: Sequence[TriageInput]) -> Said:
        docs = [nlp.make_doc(text) for text in _texts(messages)]
        said = {question: _answers(head, docs) for question, head in heads.items()}
        return Said(said["dissatisfaction"].astype(np.bool_), said["status"], said["category"])

    return predict


def _textcat(nlp: Any, texts: Sequence[str], truth: NDArray[Any]) -> Any:
    """Return spaCy's pipe for one question, with the model that its quickstart gives to a processor."""
    fix_random_seed(SEED)
    drawn, learner = random.Random(SEED), spacy.blank("en", vocab=nlp.vocab)  # noqa: S311  # an order of lessons
    model = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "length": 262144,
             "ngram_size": 1, "no_output_layer": False}  # fmt: skip
    head = learner.add_pipe("textcat", config={"model": model})
    labels = [str(label) for label in np.unique(truth.astype(np.int64))]
    lessons = [
        Example.from_dict(nlp.make_doc(text), {"cats": {label: float(label == true) for label in labels}})
        for text, true in zip(texts, truth.astype(np.int64).astype(str), strict=True)
    ]
    optimiser = learner.initialize(lambda: lessons)
    for _ in range(EPOCHS):
        drawn.shuffle(lessons)
        for batch in minibatch(lessons, size=BATCH):
            learner.update(batch, sgd=optimiser)
    return head


def _answers(head: Any, docs: Sequence[Any]) -> NDArray[np.int64]:
    best = np.concatenate(
        [head.predict(docs[start : start + BATCH]).argmax(axis=1) for start in range(0, len(docs), BATCH)]
    )
    answers: NDArray[np.int64] = np.array([int(label) for label in head.labels])[best]
    return answers


def heard(training: Labelled) -> Iterator[tuple[str, Predict]]:
    """Train Heard as `heard train` does; without the encoder, and with it where it is installed."""
    encoder = Encoder() if ENCODER.exists() else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        now = datetime.now(UTC)
        made = train(training, folder=folder, now=now, progress=quietly, encoder=encoder).artefact
        fast = artefacts.load(folder / made.name)
    yield "(g) Heard without its encoder", _triage(fast)
    if made.encoder is not None:
        yield "(h) Heard", _triage(made)


def _triage(made: artefacts.Artefact) -> Predict:
    triager = Triager(made)

    def predict(messages: Sequence[TriageInput]) -> Said:
        decisions = [decision for _, decision in triager.triage(messages)]
        return Said(
            np.array([each.is_dissatisfied for each in decisions]),
            np.array([STATUSES.index(each.status) for each in decisions]),
            np.array([CATEGORIES.index(each.category) for each in decisions]),
        )

    return predict


def measured(predict: Predict, messages: Sequence[TriageInput]) -> tuple[Said, float]:
    """Return what a way says of the messages, and of how many a second: one thread, the best of some runs."""
    seconds = []
    with threadpool_limits(1):
        for _ in range(RUNS):
            begun = time.perf_counter()
            said = predict(messages)
            seconds.append(time.perf_counter() - begun)
    return said, len(messages) / min(seconds)


def _figures(said: Said, truths: Truths) -> Iterator[str]:
    """Yield the figures as `triage/evaluate.py` defines them."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        truths.dissatisfaction, said.dissatisfaction, average="binary", zero_division=0
    )
    labels = np.unique(truths.status)
    yield from (f"{figure:.3f}" for figure in (recall, precision, f1))
    yield f"{accuracy_score(truths.status, said.status):.3f}"
    yield f"{f1_score(truths.status, said.status, labels=labels, average='macro', zero_division=0):.3f}"
    yield "–" if said.category is None else f"{accuracy_score(truths.category, said.category):.3f}"


def _empty_table(training: Labelled, evaluation: Labelled) -> Table:
    taught, judged = (
        f"{len(each):,} messages by {len({message.brief for message in each})} writers"
        for each in (training, evaluation)
    )
    table = Table(title=f"learnt from {taught}, judged on {judged}", title_justify="left")
    table.add_column("\n\nway", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right")
    return table


def _speed(speed: float) -> str:
    return "–" if speed > _TOO_FAST_TO_TELL else f"{speed:,.0f}"


def _commonest(labels: NDArray[Any]) -> int:
    return int(np.bincount(labels.astype(np.int64)).argmax())


def _texts(messages: Sequence[TriageInput]) -> list[str]:
    return [f"{message.subject}\n\n{message.body}" for message in messages]


def _without_marks(text: str) -> str:
    return _MARKS.sub(" ", text.lower())


if __name__ == "__main__":
    main()
