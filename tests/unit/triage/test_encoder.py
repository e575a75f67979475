"""The sentence encoder: the same answer every time, every word's share in it, no silence when it lacks."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models.decision import Span
from models.errors import EncoderUnavailable
from triage.encoder.out_of_fold import logits_of
from triage.encoder.read import FOLDER, LONGEST, Encoder, beginning_and_end, sha256_of

BINS = "Bins\n\nThe bin was missed again. That is four weeks out of six. Please collect it."
TREE = "Oak\n\nCould somebody look at the oak by the school gate?"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """Load the encoder of the repository."""
    return Encoder()


def test_a_message_gets_the_same_answer_in_whatever_company(encoder: Encoder) -> None:
    """Alone, beside others, before or after them: to the last bit."""
    alone = encoder.logits([BINS])[0]
    assert np.array_equal(encoder.logits([TREE, BINS, TREE * 20])[1], alone)
    assert np.array_equal(Encoder().logits([BINS])[0], alone)


def test_what_the_words_contribute_adds_up_to_the_answer(encoder: Encoder) -> None:
    """Answer less contributions is the same for every message: the output's bias."""
    biases = [each.logits - each.contributions.sum(axis=0) for each in encoder.read([BINS, TREE, "x"])]
    assert np.allclose(biases[0], biases[1], atol=1e-3)
    assert np.allclose(biases[0], biases[2], atol=1e-3)


def test_passages_share_what_their_words_contribute(encoder: Encoder) -> None:
    """The parts of a text contribute what the whole does, and a part that is not there nothing."""
    (read,) = encoder.read([BINS])
    end = len(BINS)
    whole, empty = read.of_passages([Span(0, end, BINS), Span(end, end, "")])
    parts = read.of_passages([Span(0, 40, BINS[:40]), Span(40, end, BINS[40:])])
    assert np.allclose(parts.sum(axis=0), whole, atol=1e-4)
    assert not empty.any()


@pytest.mark.parametrize("text", ["", " \n", "\0", "🦊" * 50, "a" * 100_000, "bin " * 5_000])
def test_any_text_is_read(encoder: Encoder, text: str) -> None:
    """Nothing, no words, one word without end or a thousand: finite numbers for every output."""
    (logits,) = encoder.logits([text])
    assert logits.shape == (len(encoder.outputs),)
    assert np.isfinite(logits).all()


def test_of_a_long_message_beginning_and_end_are_read() -> None:
    """No more than so many tokens, the last among them, in their order."""
    kept = beginning_and_end(1000)
    assert len(kept) == LONGEST
    assert (kept[0], kept[-1]) == (0, 999)
    assert (np.diff(kept) > 0).all()
    assert list(beginning_and_end(3)) == [0, 1, 2]


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    """An empty batch is no fault."""
    assert encoder.logits([]).shape == (0, len(encoder.outputs))


def test_the_model_is_the_one_that_is_described(encoder: Encoder) -> None:
    """The fingerprint that artefacts hold is that of the file, which is no larger than promised."""
    assert sha256_of(FOLDER / "model.onnx") == encoder.fingerprint
    assert (FOLDER / "model.onnx").stat().st_size <= 25_000_000


def test_a_missing_or_damaged_model_is_named_with_a_way_on(tmp_path: Path) -> None:
    """The error says where, and that triage can go without."""
    with pytest.raises(EncoderUnavailable, match="--fast"):
        Encoder(tmp_path)
    for name in ("encoder.json", "tokenizer.json"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(EncoderUnavailable, match=str(tmp_path)):
        Encoder(tmp_path)


def test_of_its_own_lessons_the_encoder_says_what_another_said(encoder: Encoder) -> None:
    """A lesson is read by one that never saw its writer, or left out; other texts by the encoder itself."""
    from triage.corpus import TRAINING, read_folder  # noqa: PLC0415
    from triage.encoder.texts import text_to_encode  # noqa: PLC0415

    lessons = [text_to_encode(each.message) for each in read_folder(TRAINING)[:40]]
    logits, rows = logits_of([*lessons, BINS], encoder)
    assert rows[-1] == len(lessons)
    assert np.array_equal(logits[-1].astype(np.float32), encoder.logits([BINS])[0])
    own = encoder.logits(lessons)
    seen_otherwise = [row for row in rows[:-1] if not np.allclose(own[row], logits[row], atol=0.05)]
    assert len(seen_otherwise) == len(rows) - 1
    assert not logits[[row for row in range(len(lessons)) if row not in set(rows)]].any()


def test_the_lessons_are_the_corpus(encoder: Encoder) -> None:
    """Every training message was a lesson, so that none is read by an encoder that learnt from it."""
    about = json.loads((FOLDER / "encoder.json").read_text(encoding="utf-8"))
    from triage.corpus import TRAINING, read_folder  # noqa: PLC0415
    from triage.encoder.texts import key_of, text_to_encode  # noqa: PLC0415

    keys = set(np.load(FOLDER / "out_of_fold.npz")["keys"].tolist())
    messages = read_folder(TRAINING)
    assert {key_of(text_to_encode(each.message)) for each in messages} == keys
    assert about["messages"] == len(messages)
    assert about["outputs"] == list(encoder.outputs)
