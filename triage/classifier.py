"""The classifier: linear heads over word and letter n-grams and the pragmatic features.

One set of vectorisers feeds every head: dissatisfaction, status, category, Ombudsman, and one head for each
exclusion and flag. Heads give margins; `weigh.py` joins them with the sentence encoder's, and
`calibration.py` makes probabilities of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from models.codes import Category, Exclusion, Flag, Status
from models.decision import FORMAL_STATUSES

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Numbers = NDArray[np.float64]

STATUSES = tuple(Status)
CATEGORIES = tuple(Category)
CODES: tuple[str, ...] = (*Exclusion, *Flag)

IS_FORMAL = np.array([each in FORMAL_STATUSES for each in STATUSES])
"""Which of the statuses start a response clock."""


@dataclass(frozen=True)
class LabelSet:
    """What a classifier tells apart: the project's codes, then the council's own.

    `codes` are exclusions and flags, each a yes or no of its own.
    """

    categories: tuple[str, ...] = CATEGORIES
    codes: tuple[str, ...] = CODES

    @property
    def is_exclusion(self) -> NDArray[np.bool_]:
        """Return which of the codes are exclusions; the others are flags."""
        return np.array([not isinstance(code, Flag) for code in self.codes])

    def joined(self, other: "LabelSet") -> "LabelSet":
        """Return these labels and after them those that only the other knows."""
        return LabelSet(
            categories=tuple(dict.fromkeys((*self.categories, *other.categories))),
            codes=tuple(dict.fromkeys((*self.codes, *other.codes))),
        )


PROJECT_LABELS = LabelSet()
"""The labels of docs/triage.md alone."""

_LETTER_COLUMNS = 2**16
"""Groups of four letters are hashed: as good as a vocabulary of them, twice as fast, and quick to load."""

_WORD = r"(?u)\b\w[\w'’]*\b"


_OfMessages = TypeVar("_OfMessages", bound="DataclassInstance")


def take_rows(of_messages: _OfMessages, rows: NDArray[np.int64]) -> _OfMessages:
    """Return what arrays with a row for each message say of some of the messages."""
    return replace(
        of_messages, **{field.name: getattr(of_messages, field.name)[rows] for field in fields(of_messages)}
    )


@dataclass(frozen=True)
class Truths:
    """The labels of n messages as arrays: bool (n), index (n), index (n), bool (n), bool (n, codes).

    `weights` (n) says how much each counts. An officer's ruling does not say everything:
    `knows_dissatisfaction` (n) and `knows_codes` (n, codes) are false where these labels are not known.
    `is_ordinary` (n) is false for the halves of minimal pairs: they teach, but how sure one may be of the
    status of ordinary mail they do not say, since they are written to mislead.
    """

    dissatisfaction: NDArray[np.bool_]
    status: NDArray[np.int64]
    category: NDArray[np.int64]
    is_housing: NDArray[np.bool_]
    codes: NDArray[np.bool_]
    weights: Numbers
    knows_dissatisfaction: NDArray[np.bool_]
    knows_codes: NDArray[np.bool_]
    is_ordinary: NDArray[np.bool_]

    def ordinary(self) -> NDArray[np.bool_]:
        """Return which messages (n) say how sure one may be; all of them where none is ordinary."""
        return self.is_ordinary if self.is_ordinary.any() else np.ones_like(self.is_ordinary)

    def take(self, rows: NDArray[np.int64]) -> "Truths":
        """Return the labels of some messages."""
        return take_rows(self, rows)


@dataclass(frozen=True)
class Margins:
    """What the heads say of n messages: (n), (n, 6), (n, categories), (n), (n, codes); unbounded numbers."""

    dissatisfaction: Numbers
    status: Numbers
    category: Numbers
    is_housing: Numbers
    codes: Numbers

    @classmethod
    def zeros(cls, count: int, labels: LabelSet = PROJECT_LABELS) -> "Margins":
        """Return margins of so many messages, to be filled."""
        return cls(
            dissatisfaction=np.zeros(count),
            status=np.zeros((count, len(STATUSES))),
            category=np.zeros((count, len(labels.categories))),
            is_housing=np.zeros(count),
            codes=np.zeros((count, len(labels.codes))),
        )

    def take(self, rows: NDArray[np.int64]) -> "Margins":
        """Return the margins of some messages."""
        return take_rows(self, rows)


class Vectoriser:
    """Texts and pragmatic features to one sparse matrix.

    `share_of_numbers` weighs the pragmatic features against the n-grams, whose rows have length 1 each.
    """

    def __init__(self, *, min_messages: int = 3, share_of_numbers: float = 0.2) -> None:
        self.min_messages = min_messages
        self.share_of_numbers = share_of_numbers

    def fit(self, texts: Sequence[str]) -> "Vectoriser":
        """Learn the vocabularies."""
        self.words_ = TfidfVectorizer(
            ngram_range=(1, 2),
            min_df=min(self.min_messages, len(texts)),
            token_pattern=_WORD,
            sublinear_tf=True,
            strip_accents="unicode",
        ).fit(texts)
        self.letters_: Pipeline = make_pipeline(
            HashingVectorizer(
                analyzer="char_wb",
                ngram_range=(4, 4),
                n_features=_LETTER_COLUMNS,
                alternate_sign=False,
                norm=None,
                strip_accents="unicode",
            ),
            TfidfTransformer(sublinear_tf=True),
        ).fit(texts)
        return self

    def transform(self, texts: Sequence[str], numbers: Numbers) -> csr_matrix:
        """Return one row per text: words, letters, then the pragmatic features."""
        blocks = [
            self.words_.transform(texts),
            self.letters_.transform(texts),
            csr_matrix(numbers * self.share_of_numbers),
        ]
        return csr_matrix(hstack(blocks))

    @property
    def word_columns(self) -> int:
        """Return how many of the first columns are words."""
        return len(self.words_.vocabulary_)


class Heads:
    """One linear classifier for each thing that triage says."""

    def __init__(
        self,
        *,
        strength: float = 0.3,
        category_strength: float = 1.0,
        code_strength: float = 1.0,
        seed: int = 0,
        labels: LabelSet = PROJECT_LABELS,
    ) -> None:
        self.labels = labels
        self.strength = strength
        self.category_strength = category_strength
        self.code_strength = code_strength
        self.seed = seed

    def fit(self, rows: csr_matrix, truths: Truths) -> "Heads":
        """Learn every head; a label that the messages show in one kind only gets a constant head."""
        weights, felt = truths.weights, truths.knows_dissatisfaction
        self.dissatisfaction_ = self._head(
            rows[felt], truths.dissatisfaction[felt], weights[felt], self.strength
        )
        self.status_ = self._head(rows, truths.status, weights, self.strength)
        self.category_ = self._head(rows, truths.category, weights, self.category_strength)
        self.is_housing_ = self._head(rows, truths.is_housing, weights, self.category_strength)
        self.codes_ = [
            self._head(rows[known], truth[known], weights[known], self.code_strength)
            for truth, known in zip(truths.codes.T, truths.knows_codes.T, strict=True)
        ]
        return self

    def margins(self, rows: csr_matrix) -> Margins:
        """Return the margins of every head for every row."""
        return Margins(
            dissatisfaction=_one(self.dissatisfaction_, rows),
            status=_many(self.status_, rows, count=len(STATUSES)),
            category=self.category_margins(rows),
            is_housing=_one(self.is_housing_, rows),
            codes=np.stack([_one(head, rows) for head in self.codes_], axis=1),
        )

    def category_margins(self, rows: csr_matrix) -> Numbers:
        """Return the margins (rows, categories) of the category head alone."""
        return _many(self.category_, rows, count=len(self.labels.categories))

    def grievance_weights(self, word_columns: int) -> Numbers:
        """Return how much each word speaks for dissatisfaction, in the order of the vocabulary."""
        if self.dissatisfaction_ is None:
            return np.zeros(word_columns)
        weights: Numbers = self.dissatisfaction_.coef_[0, :word_columns]
        return weights

    def _head(self, rows: csr_matrix, truth: NDArray[Any], weights: Numbers, strength: float) -> Any:
        if len(np.unique(truth)) == 1:
            return None
        head = LinearSVC(C=strength, class_weight="balanced", random_state=self.seed, max_iter=5000)
        head.fit(rows, truth, sample_weight=weights)
        head.coef_ = head.coef_.astype(np.float32)  # Half the size, and no verdict differs.
        return head


_NEVER = -3.0
"""The margin of a label that training never saw."""


def _one(head: Any, rows: csr_matrix) -> Numbers:
    if head is None:
        return np.full(rows.shape[0], _NEVER)
    margins: Numbers = head.decision_function(rows)
    return margins


def _many(head: Any, rows: csr_matrix, *, count: int) -> Numbers:
    margins = np.full((rows.shape[0], count), _NEVER)
    if head is None:
        return margins
    said = head.decision_function(rows)
    if said.ndim == 1:
        said = np.stack([-said, said], axis=1)
    margins[:, head.classes_] = said
    return margins
