"""What the encoder says of messages to learn from; of its own lessons, what it would have said unseen."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.encoder.read import Encoder
from triage.encoder.texts import key_of

Numbers = NDArray[np.float32]


def logits_of(texts: Sequence[str], encoder: Encoder) -> Numbers:
    """Return the logits (texts, outputs) of texts to learn from.

    A text that the encoder was fine-tuned on gets the reading of an encoder that had seen nothing by its
    writer (Wolpert, Stacked generalization, 1992): its own opinion would be far too sure. Any other text
    is read by the encoder itself.
    """
    known = _readings(encoder.folder)
    logits = np.zeros((len(texts), len(encoder.outputs)), dtype=np.float32)
    unknown = []
    for row, text in enumerate(texts):
        found = known.get(key_of(text))
        if found is None:
            unknown.append(row)
        else:
            logits[row] = found
    if unknown:
        logits[unknown] = encoder.logits([texts[row] for row in unknown])
    return logits


@lru_cache(maxsize=2)
def _readings(folder: Path) -> dict[str, Numbers]:
    stored = np.load(folder / "out_of_fold.npz", allow_pickle=False)
    rows = stored["logits"].astype(np.float32)
    return dict(zip(stored["keys"].tolist(), rows, strict=True))
