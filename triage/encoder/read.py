"""Reads texts with the encoder: what it says of each message, and what each word contributed to that.

The model is `model.onnx` beside this file, made by `fine_tune.py`. At run time onnxruntime and tokenizers
are all it needs. Messages are read one at a time: the numbers of a quantised model depend on what else is
in the batch, and the same message must always get the same answer.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.decision import Span
from models.errors import EncoderUnavailable

Numbers = NDArray[np.float32]

FOLDER = Path(__file__).parent
LONGEST = 256
"""Tokens of a message that are read: its beginning and, where it is longer, its end."""

_SHARE_OF_BEGINNING = 0.6
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Encoded:
    """What the encoder says of one message.

    `logits` has one number for each output, in the order of `Encoder.outputs`. `contributions` (tokens,
    outputs) says how much each token added to each logit; `spans` (tokens, 2) says where in the text the
    token stands. The contributions of all tokens and the output's bias add up to the logit.
    """

    logits: Numbers
    contributions: Numbers
    spans: NDArray[np.int64]

    def of_passages(self, passages: Sequence[Span]) -> Numbers:
        """Return what the words of each passage contributed to each output: (passages, outputs).

        Passages are in the order of the text. What stands in a part that was not read contributes nothing.
        """
        words = self.spans[:, 1] > self.spans[:, 0]  # The marks of beginning and end stand nowhere.
        starts = self.spans[words, 0]
        sums = np.vstack(
            [np.zeros_like(self.contributions[:1]), np.cumsum(self.contributions[words], axis=0)]
        )
        first = np.searchsorted(starts, [passage.start for passage in passages])
        after = np.searchsorted(starts, [passage.end for passage in passages])
        total: Numbers = sums[after] - sums[first]
        return total


class Encoder:
    """The model and its tokenizer, loaded once.

    Raises EncoderUnavailable where the files are missing, damaged or belong to something else.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        try:
            about = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            self.outputs: tuple[str, ...] = tuple(about["outputs"])
            self.fingerprint: str = about["model_sha256"]
            self._session, self._tokenizer = _opened(folder)
        except Exception as error:
            raise EncoderUnavailable(
                f"the sentence encoder in {folder} cannot be used ({type(error).__name__}: {error}); "
                "install Heard anew, or go without it: `heard triage --fast`"
            ) from error

    def read(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """Read texts in their order, each by itself."""
        for text in texts:
            found = self._tokenizer.encode(text[:_LONGEST_TEXT])
            kept = beginning_and_end(len(found.ids))
            ids = np.asarray(found.ids, dtype=np.int64)[kept]
            logits, contributions = self._session.run(
                None, {"ids": ids[None, :], "mask": np.ones((1, len(ids)), dtype=np.int64)}
            )
            spans = np.asarray(found.offsets, dtype=np.int64)[kept]
            yield Encoded(logits[0], contributions[0], spans)

    def logits(self, texts: Sequence[str]) -> Numbers:
        """Return the logits alone, of shape (texts, outputs)."""
        read = [each.logits for each in self.read(texts)]
        return np.stack(read) if read else np.zeros((0, len(self.outputs)), dtype=np.float32)


def beginning_and_end(count: int, *, longest: int = LONGEST) -> NDArray[np.int64]:
    """Return the places of the tokens that are read; the point of a long letter is seldom in its middle."""
    if count <= longest:
        return np.arange(count)
    head = int(longest * _SHARE_OF_BEGINNING)
    return np.concatenate([np.arange(head), np.arange(count - (longest - head), count)])


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _opened(folder: Path) -> tuple[Any, Any]:
    import onnxruntime  # noqa: PLC0415  # loads slowly, and `heard triage --fast` goes without
    from tokenizers import Tokenizer  # noqa: PLC0415  # the same

    options = onnxruntime.SessionOptions()
    # One thread: worker processes are forked, and the threads of a pool do not live through that.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return session, tokenizer
