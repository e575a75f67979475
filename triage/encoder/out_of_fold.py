"""What the encoder says of messages to learn from; of its own lessons, what it would have said unseen."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.encoder.read import Encoder
from triage.encoder.texts import key_of

Numbers = NDArray[np.float64]

READ_AT_MOST = 1_500
"""So many texts are read by the encoder itself; two weights for each question need no more."""


def logits_of(texts: Sequence[str], encoder: Encoder) -> tuple[Numbers, NDArray[np.int64]]:
    """Return logits (texts, outputs), and the rows of which the encoder speaks as of what it never saw.

    A text that the encoder was fine-tuned on gets the reading of an encoder that had seen nothing by its
    writer: its own opinion would be far too sure. Where there is none such, the row is zeros and left out.
    Of the other texts the encoder reads the last ones, at most `READ_AT_MOST`; the others are left out too.
    """
    lessons = _lessons(encoder.folder)
    logits = np.zeros((len(texts), len(encoder.outputs)))
    keys = [key_of(text) for text in texts]
    for row, key in enumerate(keys):
        if (reading := lessons.get(key)) is not None:
            logits[row] = reading
    unknown = [row for row, key in enumerate(keys) if key not in lessons]
    read = unknown[-READ_AT_MOST:]
    if read:
        logits[read] = encoder.logits([texts[row] for row in read])
    unseen = [row for row, key in enumerate(keys) if lessons.get(key) is not None]
    return logits, np.array(sorted((*unseen, *read)), dtype=np.int64)


@lru_cache(maxsize=2)
def _lessons(folder: Path) -> dict[str, NDArray[np.float32] | None]:
    """Return the key of each lesson, and its reading by an encoder that never saw it, or None."""
    stored = np.load(folder / "out_of_fold.npz", allow_pickle=False)
    rows = stored["logits"].astype(np.float32)
    return {
        key: row if was_read else None
        for key, row, was_read in zip(stored["keys"].tolist(), rows, stored["was_read"].tolist(), strict=True)
    }
