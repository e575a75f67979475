"""The model card beside an artefact: what it is, how good, where it fails, in Markdown and plots."""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # before pyplot: there is no screen

from matplotlib import pyplot as plt

from models.codes import Status
from triage.artefact import best_metrics

_STATUSES = [status.value.replace("_", " ") for status in Status]


def write_card(folder: Path, *, title: str) -> None:
    """Write `card.md`, `calibration.png` and `confusion.png` from the artefact's own record."""
    about = json.loads((folder / "artefact.json").read_text(encoding="utf-8"))
    figures = best_metrics(about)
    _plot_calibration(figures["reliability"], folder / "calibration.png")
    _plot_confusion(figures["status"]["confusion"], folder / "confusion.png")
    (folder / "card.md").write_text(_card(about, title=title), encoding="utf-8")


def _card(about: dict[str, Any], *, title: str) -> str:
    figures = best_metrics(about)
    limits = _best(about)["thresholds"]
    libraries = ", ".join(f"{name} {number}" for name, number in about["libraries"].items())
    return f"""# Artefact {about["name"]}

Made {about["made_at"]} from {about["corpus"]["messages"]:,} labelled messages (fingerprint
`{about["corpus"]["fingerprint"][:16]}`) with {libraries}.

It suggests; officers decide. It reads English messages to a council's complaints team and was taught by
messages written for that purpose. Expect it to do worse on other kinds of mail, on very long letters and on
languages other than English. It must not be used to refuse anybody anything.

## {title}

No message was judged by heads that had learnt from the same writer.

| what | figure |
|---|---|
| dissatisfaction: recall, precision, F1 | {_triple(figures["dissatisfaction"])} |
| dissatisfaction: calibration error | {figures["dissatisfaction"]["calibration_error"]:.3f} |
| status: accuracy, macro-F1 | {figures["status"]["accuracy"]:.3f}, {figures["status"]["macro_f1"]:.3f} |
| status: calibration error | {figures["status"]["calibration_error"]:.3f} |
| status without an officer: share, accuracy | {_confident(figures["status"]["confident"])} |
| complaints and escalations called something else with confidence | \
{figures["status"]["confident"]["complaints_missed"]:.2%} |
| category: accuracy, macro-F1, in first three | {figures["category"]["accuracy"]:.3f}, \
{figures["category"]["macro_f1"]:.3f}, {figures["category"]["in_first_three"]:.3f} |
| Ombudsman: accuracy | {figures["ombudsman"]["accuracy"]:.3f} |
| exclusions: micro-F1 | {figures["exclusions"]["micro_f1"]:.3f} |
| flags: micro-F1 | {figures["flags"]["micro_f1"]:.3f} |

Thresholds: dissatisfaction {limits["dissatisfaction"]}, status {limits["status"]},
chance of a complaint at which nothing else is said with confidence {limits["complaint_missed"]:.3f}.

![stated against true probability of dissatisfaction](calibration.png)
![true against suggested status](confusion.png)

## Status

{_labels(figures["status"]["per_label"])}

## Category

{_labels(figures["category"]["per_label"])}

## Exclusions

{_labels(figures["exclusions"]["per_label"])}

## Flags

{_labels(figures["flags"]["per_label"])}
"""


def _best(about: dict[str, Any]) -> dict[str, Any]:
    kinds = about["kinds"]
    best: dict[str, Any] = kinds.get("whole") or kinds["fast"]
    return best


def _triple(figures: dict[str, float]) -> str:
    return f"{figures['recall']:.3f}, {figures['precision']:.3f}, {figures['f1']:.3f}"


def _confident(figures: dict[str, float]) -> str:
    return f"{figures['share']:.1%}, {figures['accuracy']:.3f}"


def _labels(per_label: dict[str, dict[str, float]]) -> str:
    lines = ["| label | precision | recall | F1 | messages |", "|---|---|---|---|---|"]
    lines += [
        f"| {label} | {said['precision']:.2f} | {said['recall']:.2f} | {said['f1']:.2f} "
        f"| {said['messages']} |"
        for label, said in per_label.items()
    ]
    return "\n".join(lines)


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
