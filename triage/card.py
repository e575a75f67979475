"""The model card beside an artefact: what it is, how good, where it fails, in Markdown and plots."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # before pyplot: there is no screen

from jinja2 import Environment, StrictUndefined
from matplotlib import pyplot as plt

from models.codes import Status
from triage.artefact import best_kind

_STATUSES = [status.value.replace("_", " ") for status in Status]


@dataclass(frozen=True)
class Part:
    """A part of the card: a heading, paragraphs, tables (the first row is the heading) and pictures."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()


_USE = (
    "It suggests; officers decide. It reads English messages to a complaints team and was taught by "
    "messages written for that purpose. Expect it to do worse on other kinds of mail, very long letters and "
    "other languages than English. It must not be used to refuse anybody anything."
)


def write_card(folder: Path) -> None:
    """Write `card.md`, `card.html` and the plots from what an artefact says of itself."""
    about = json.loads((folder / "artefact.json").read_text(encoding="utf-8"))
    figures = best_kind(about)["metrics"]
    _plot_calibration(figures["reliability"], folder / "calibration.png")
    _plot_confusion(figures["status"]["confusion"], folder / "confusion.png")
    parts = list(_parts(about))
    (folder / "card.md").write_text(_as_markdown(parts), encoding="utf-8")
    (folder / "card.html").write_text(_as_html(parts), encoding="utf-8")


def _parts(about: dict[str, Any]) -> Iterator[Part]:
    kinds = {kind: each["metrics"] for kind, each in about["kinds"].items()}
    figures = best_kind(about)["metrics"]
    yield Part(f"Artefact {about['name']}", _introduction(about))
    if "gate" in about:
        yield _gate(about["gate"])
    yield Part(
        "Figures",
        ("Cross-validation: no message was judged by heads that had learnt from the same writer.",),
        (_summary(kinds),),
        (
            ("calibration.png", "stated against true probability of dissatisfaction"),
            ("confusion.png", "true against suggested status"),
        ),
    )
    for name, labels in (
        ("Status", figures["status"]["per_label"]),
        ("Category", figures["category"]["per_label"]),
        ("Exclusions", figures["exclusions"]["per_label"]),
        ("Flags", figures["flags"]["per_label"]),
    ):
        yield Part(name, (), (_labels(labels),))


def _introduction(about: dict[str, Any]) -> tuple[str, ...]:
    libraries = ", ".join(f"{name} {number}" for name, number in about["libraries"].items())
    limits = best_kind(about)["thresholds"]
    encoder = f"sentence encoder {about['encoder'][:16]}" if about["encoder"] else "no sentence encoder"
    corpus, rulings = about["corpus"], about["rulings"]["count"]
    origin = (
        f"Made {about['made_at']} from {corpus['messages']:,} labelled messages and {rulings:,} rulings "
        f"(fingerprint {corpus['fingerprint'][:16]}) with {libraries}; {encoder}."
    )
    thresholds = (
        f"Thresholds: dissatisfaction {limits['dissatisfaction']}, status {limits['status']}, chance of a "
        f"complaint at which nothing else is said with confidence {limits['complaint_missed']:.3f}."
    )
    return origin, _USE, thresholds, _by_time(best_kind(about)["metrics"]["by_time"])


def _by_time(found: dict[str, Any]) -> str:
    return (
        f"Heads that learnt from earlier messages alone, on the latest {found['messages']:,}: "
        f"dissatisfaction F1 {found['dissatisfaction_f1']:.3f}, status {found['status_accuracy']:.3f}, "
        f"category {found['category_accuracy']:.3f} (without the encoder)."
    )


def _gate(gate: dict[str, Any]) -> Part:
    passed = (
        "It passed the gate." if gate["passed"] else "It did not pass the gate: " + "; ".join(gate["reasons"])
    )
    changes = (("message", "true", "before", "now"), *(tuple(each) for each in gate["changes"]))
    return Part(
        f"Against {gate['compared_with']}",
        (passed, *gate["figures"], f"Statuses that changed on the evaluation set: {len(gate['changes'])}."),
        (changes,) if gate["changes"] else (),
    )


def _summary(kinds: dict[str, dict[str, Any]]) -> tuple[tuple[str, ...], ...]:
    names = {"fast": "without encoder", "whole": "with encoder"}
    rows: dict[str, Callable[[dict[str, Any]], float]] = {
        "dissatisfaction: recall": lambda f: f["dissatisfaction"]["recall"],
        "dissatisfaction: precision": lambda f: f["dissatisfaction"]["precision"],
        "dissatisfaction: F1": lambda f: f["dissatisfaction"]["f1"],
        "dissatisfaction: calibration error": lambda f: f["dissatisfaction"]["calibration_error"],
        "status: accuracy": lambda f: f["status"]["accuracy"],
        "status: macro-F1": lambda f: f["status"]["macro_f1"],
        "status: share not left to an officer": lambda f: f["status"]["confident"]["share"],
        "status: accuracy where not left": lambda f: f["status"]["confident"]["accuracy"],
        "complaints called something else with confidence": (
            lambda f: f["status"]["confident"]["complaints_missed"]
        ),
        "category: accuracy": lambda f: f["category"]["accuracy"],
        "category: in the first three": lambda f: f["category"]["in_first_three"],
        "Ombudsman: accuracy": lambda f: f["ombudsman"]["accuracy"],
        "exclusions: micro-F1": lambda f: f["exclusions"]["micro_f1"],
        "flags: micro-F1": lambda f: f["flags"]["micro_f1"],
    }
    return (
        ("figure", *(names[kind] for kind in kinds)),
        *((name, *(f"{figure(each):.3f}" for each in kinds.values())) for name, figure in rows.items()),
    )


def _labels(per_label: dict[str, dict[str, float]]) -> tuple[tuple[str, ...], ...]:
    return (
        ("label", "precision", "recall", "F1", "messages"),
        *(
            (label, *(f"{said[name]:.2f}" for name in ("precision", "recall", "f1")), str(said["messages"]))
            for label, said in per_label.items()
        ),
    )


def _as_markdown(parts: Iterable[Part]) -> str:
    lines: list[str] = []
    for number, part in enumerate(parts):
        lines += [f"{'#' if number == 0 else '##'} {part.heading}", ""]
        for paragraph in part.paragraphs:
            lines += [paragraph, ""]
        for heading, *rows in part.tables:
            lines += [f"| {' | '.join(heading)} |", "|" + "---|" * len(heading)]
            lines += [f"| {' | '.join(row)} |" for row in rows]
            lines.append("")
        for file, said in part.pictures:
            lines += [f"![{said}]({file})", ""]
    return "\n".join(lines)


def _as_html(parts: Iterable[Part]) -> str:
    return _HTML.render(parts=list(parts))


_HTML = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ parts[0].heading }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { padding: .25rem .75rem; border-bottom: 1px solid #b1b4b6; text-align: right }
th:first-child, td:first-child { text-align: left }
img { max-width: 100% }
</style>
</head>
<body>
{% for part in parts %}
<h{{ 1 if loop.first else 2 }}>{{ part.heading }}</h{{ 1 if loop.first else 2 }}>
{% for paragraph in part.paragraphs %}
<p>{{ paragraph }}</p>
{% endfor %}
{% for table in part.tables %}
<table>
<thead><tr>{% for cell in table[0] %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in table[1:] %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% for file, said in part.pictures %}
<img src="{{ file }}" alt="{{ said }}">
{% endfor %}
{% endfor %}
</body>
</html>
"""
)


def _plot_calibration(reliability: list[dict[str, float]], file: Path) -> None:
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="means what it says")
    axes.plot(
        [point["stated"] for point in reliability],
        [point["true"] for point in reliability],
        marker="o", color="#1d70b8", label="this artefact",
    )  # fmt: skip
    for point in reliability:
        axes.annotate(
            f"{point['messages']:.0f}", (point["stated"], point["true"]),
            textcoords="offset points", xytext=(6, -10), fontsize=8,
        )  # fmt: skip
    axes.set(
        xlabel="stated probability of dissatisfaction", ylabel="share that was dissatisfied",
        title="Calibration (numbers: messages)", xlim=(0, 1), ylim=(0, 1),
    )  # fmt: skip
    axes.legend(loc="upper left")
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _plot_confusion(table: list[list[int]], file: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    shares = [[count / max(1, sum(row)) for count in row] for row in table]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for down, row in enumerate(table):
        for across, count in enumerate(row):
            colour = "white" if shares[down][across] > 0.5 else "black"  # noqa: PLR2004  # half dark
            axes.text(across, down, str(count), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(_STATUSES)), _STATUSES, rotation=30, ha="right")
    axes.set_yticks(range(len(_STATUSES)), _STATUSES)
    axes.set(xlabel="suggested", ylabel="true", title="Status")
    figure.savefig(file, dpi=100)
    plt.close(figure)
