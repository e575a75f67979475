"""How the figures grow with the messages that heads learn from: a table, and the plot of the documentation.

Everything happens within the training messages. Each fifth of their writers is judged by heads that learnt
from some of the other writers, first a few of them, then the same and more. The vocabulary is learnt from
those alone too. Nothing is calibrated: a label is said where its margin is above 0, or the largest.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

from triage.classifier import PROJECT_LABELS, Heads, Margins, Truths, Vectoriser
from triage.corpus import read_training
from triage.encoder.out_of_fold import logits_of
from triage.encoder.read import FOLDER, Encoder
from triage.evaluate import truths_of
from triage.learn import FOLDS, SEED, calibrate
from triage.train import _read
from triage.weigh import weigh, weighed

PLOT = Path(__file__).parents[1] / "docs" / "learning-curve.png"
SHARES = (0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
PROCESSES = 2
WIDTH = 110
FAST, WHOLE = "without the encoder", "with the encoder"
NEEDED = ("encoder.json", "model.onnx", "out_of_fold.npz")

CAPTION = "Judged on writers not learnt from: five folds by writer of the training messages; not calibrated."
CAPTION_OF_ENCODER = (
    "\nThe encoder is not tuned anew for each point: its readings are always out of fold at full size, so the"
    " right panel\nshows what the heads gain from more messages, and its left end flatters."
)

# GOV.UK's colours; the dashes and marks tell the lines apart where colours do not.
LOOKS: dict[str, dict[str, Any]] = {
    "dissatisfaction F1": {"color": "#0b0c0c", "linestyle": "-", "marker": "o"},
    "status accuracy": {"color": "#1d70b8", "linestyle": "-", "marker": "s"},
    "category accuracy": {"color": "#4c2c92", "linestyle": "--", "marker": "D"},
    "exclusions micro-F1": {"color": "#f47738", "linestyle": "-.", "marker": "^"},
    "flags micro-F1": {"color": "#28a197", "linestyle": ":", "marker": "v"},
}
_BLACK, _GREY = "#0b0c0c", "#b1b4b6"

Rows = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """Texts, features, labels, writers; the encoder's logits and the rows it had not learnt from."""

    texts: Sequence[str]
    numbers: Numbers
    truths: Truths
    writers: Sequence[str]
    logits: Numbers | None
    unseen: Rows | None


@dataclass(frozen=True)
class Lesson:
    """What to learn from and what to judge: rows of the material, for one share and one fold."""

    share: float
    learn: Rows
    judge: Rows


@dataclass(frozen=True)
class Point:
    """The figures of heads at one share, over all folds; `writers` and `messages` are those of a fold."""

    share: float
    writers: float
    messages: float
    figures: dict[str, float]


def main() -> None:
    """Learn, judge, print the table and write the plot."""
    material = read()
    curves = curves_of(material)
    for variant, points in curves.items():
        Console(width=WIDTH).print(_table(variant, points))
    plot(curves, PLOT)
    print(f"written: {PLOT}")
    if WHOLE not in curves:
        print(f"{WHOLE}: left out, {FOLDER} lacks {' or '.join(NEEDED)}")


def read() -> Material:
    """Read the training messages, with what the encoder says of them where it is installed."""
    messages = read_training()
    texts, numbers = _read(messages)
    has_encoder = all((FOLDER / name).exists() for name in NEEDED)
    logits, unseen = logits_of(texts, Encoder()) if has_encoder else (None, None)
    return Material(texts, numbers, truths_of(messages), [each.brief for each in messages], logits, unseen)


def curves_of(material: Material) -> dict[str, list[Point]]:
    """Return the points of each variant, from the smallest share to the largest."""
    lessons = sorted(_lessons(material.writers), key=lambda lesson: -len(lesson.learn))
    margins = Parallel(n_jobs=PROCESSES)(delayed(_taught)(material, lesson) for lesson in lessons)
    said = list(zip(lessons, margins, strict=True))
    curves: dict[str, list[Point]] = {FAST: []} if material.logits is None else {FAST: [], WHOLE: []}
    for share in SHARES:
        of_share = [(lesson, found) for lesson, found in said if lesson.share == share]
        for variant, points in curves.items():
            points.append(_point(material, of_share, is_whole=variant == WHOLE))
    return curves


def _lessons(writers: Sequence[str]) -> Iterator[Lesson]:
    """Yield the lessons; within a fold a larger share holds every writer of a smaller one."""
    names = np.array(writers)
    for fold, (learn, judge) in enumerate(GroupKFold(FOLDS).split(names, groups=names)):
        order = np.random.default_rng(SEED + fold).permutation(np.unique(names[learn]))
        for share in SHARES:
            chosen = order[: math.ceil(share * len(order))]
            yield Lesson(share, learn[np.isin(names[learn], chosen)], judge)


def _taught(material: Material, lesson: Lesson) -> Margins:
    """Return what heads taught by one lesson say of its messages to judge."""
    vectoriser = Vectoriser().fit([material.texts[row] for row in lesson.learn])
    rows = vectoriser.transform(material.texts, material.numbers)
    heads = Heads(seed=SEED).fit(rows[lesson.learn], material.truths.take(lesson.learn))
    return heads.margins(rows[lesson.judge])


def _point(material: Material, said: Sequence[tuple[Lesson, Margins]], *, is_whole: bool) -> Point:
    count = len(material.texts)
    margins = Margins.zeros(count)
    for lesson, found in said:
        for field in fields(Margins):
            getattr(margins, field.name)[lesson.judge] = getattr(found, field.name)
    learnt = [lesson.learn for lesson, _ in said]
    return Point(
        share=said[0][0].share,
        writers=float(np.mean([len({material.writers[row] for row in rows}) for rows in learnt])),
        messages=float(np.mean([len(rows) for rows in learnt])),
        figures=_figures_with_encoder(material, margins)
        if is_whole
        else figures_of(margins, material.truths),
    )


def _figures_with_encoder(material: Material, margins: Margins) -> dict[str, float]:
    """Return the figures with the encoder weighed in; either half of the writers is weighed by the other."""
    assert material.logits is not None
    assert material.unseen is not None
    rows, outputs = material.unseen, Encoder().outputs
    names = np.array(material.writers)[rows]
    halves: list[tuple[Rows, dict[str, Numbers]]] = []
    for learn, judge in GroupKFold(2).split(rows, groups=names):
        known, new = rows[learn], rows[judge]
        truths = material.truths.take(known)
        weights = weigh(margins.take(known), material.logits[known], truths, outputs=outputs)
        both = [
            weighed(margins.take(some), material.logits[some], weights, outputs=outputs)
            for some in (known, new)
        ]
        how, last = calibrate(both[0], truths), both[1]
        codes = [curve.probabilities(last.codes[:, at]) - 0.5 for at, curve in enumerate(how.codes)]
        found = {
            "dissatisfaction": how.dissatisfaction.probabilities(last.dissatisfaction) - 0.5,
            "status": last.status,
            "category": last.category,
            "is_housing": last.is_housing,
            "codes": np.stack(codes, axis=1),
        }
        halves.append((new, found))
    order = np.concatenate([new for new, _ in halves])
    joined = Margins(**{
        field.name: np.concatenate([found[field.name] for _, found in halves]) for field in fields(Margins)
    })  # fmt: skip
    return figures_of(joined, material.truths.take(order))


def figures_of(margins: Margins, truths: Truths) -> dict[str, float]:
    """Return the five figures of margins that were held out."""
    said = margins.codes > 0
    values = (
        f1_score(truths.dissatisfaction, margins.dissatisfaction > 0),
        accuracy_score(truths.status, margins.status.argmax(axis=1)),
        accuracy_score(truths.category, margins.category.argmax(axis=1)),
        f1_score(
            truths.codes[:, PROJECT_LABELS.is_exclusion],
            said[:, PROJECT_LABELS.is_exclusion],
            average="micro",
            zero_division=0,
        ),
        f1_score(
            truths.codes[:, ~PROJECT_LABELS.is_exclusion],
            said[:, ~PROJECT_LABELS.is_exclusion],
            average="micro",
            zero_division=0,
        ),
    )
    return dict(zip(LOOKS, map(float, values), strict=True))


def _table(variant: str, points: Sequence[Point]) -> Table:
    table = Table(title=variant, title_justify="left")
    for column in (
        "share of\nwriters",
        "\nwriters",
        "\nmessages",
        *(name.replace(" ", "\n") for name in LOOKS),
    ):
        table.add_column(column, justify="right")
    for point in points:
        counts = (f"{point.share:.0%}", f"{point.writers:.0f}", f"{point.messages:,.0f}")
        table.add_row(*counts, *(f"{figure:.3f}" for figure in point.figures.values()))
    return table


def plot(curves: dict[str, list[Point]], file: Path) -> None:
    """Draw a panel for each variant, all on the same scale, each line with its name at its end."""
    figure = Figure(figsize=(5.6 * len(curves), 5.2), layout="constrained")
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    lowest = min(min(point.figures.values()) for points in curves.values() for point in points)
    bottom = math.floor(lowest * 10) / 10
    for panel, (variant, points) in zip(panels, curves.items(), strict=True):
        panel.set_ylim(bottom, 1)
        panel.set_title(variant, loc="left", fontsize=11, fontweight="bold", color=_BLACK)
        panel.set_xlabel("messages learnt from (mean of the folds)")
        panel.grid(axis="y", color=_GREY, linewidth=0.5)
        panel.spines[["top", "right"]].set_visible(False)
        panel.xaxis.set_major_formatter("{x:,.0f}")
        _draw(panel, points, gap=0.05 * (1 - bottom))
    panels[0].set_ylabel("figure on writers held out")
    caption = CAPTION + (CAPTION_OF_ENCODER if WHOLE in curves else "")
    figure.supxlabel(caption, fontsize=8, x=0.01, ha="left", color=_BLACK)
    figure.savefig(file, dpi=120, metadata={"Software": None})


def _draw(panel: Any, points: Sequence[Point], *, gap: float) -> None:
    counts = [point.messages for point in points]
    panel.set_xlim(0, counts[-1] * 1.03)
    ends = [points[-1].figures[name] for name in LOOKS]
    for (name, look), end, place in zip(LOOKS.items(), ends, spread(ends, gap), strict=True):
        panel.plot(counts, [point.figures[name] for point in points], markersize=4.5, linewidth=1.8, **look)
        panel.annotate(
            f"{name} {end:.2f}",
            (counts[-1], end),
            xytext=(counts[-1] * 1.09, place),
            va="center",
            fontsize=9,
            color=_BLACK,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": look["color"], "linewidth": 0.8, "shrinkA": 1},
        )


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return places in the same order as they were, none nearer to another than the gap, the highest kept."""
    moved, ceiling = list(places), math.inf
    for number in sorted(range(len(places)), key=lambda number: -places[number]):
        moved[number] = min(places[number], ceiling)
        ceiling = moved[number] - gap
    return moved


if __name__ == "__main__":
    main()
