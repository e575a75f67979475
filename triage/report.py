"""The figures of training and evaluation as tables for a terminal."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.table import Table

from models.codes import Status


def report(figures: dict[str, Any], *, title: str) -> Iterator[Table]:
    """Yield the tables: the summary, the confusion of status, and one for each set of labels."""
    yield _summary(figures, title)
    yield _confusion(figures["status"]["confusion"])
    for what in ("category", "exclusions", "flags"):
        yield _labels(what, figures[what]["per_label"])


def _summary(figures: dict[str, Any], title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("what", "figure", "value", "95 % interval"):
        table.add_column(column)
    intervals = figures.get("intervals", {})
    for name, value in _rows(figures):
        what, _, figure = name.partition(": ")
        low, high = intervals.get(_INTERVALS.get(name, ""), (None, None))
        table.add_row(
            what,
            figure,
            f"{value:.3f}" if isinstance(value, float) else f"{value:,}",
            "" if low is None else f"{low:.3f} to {high:.3f}",
        )
    return table


_INTERVALS = {
    "dissatisfaction: recall": "dissatisfaction recall",
    "dissatisfaction: precision": "dissatisfaction precision",
    "status: accuracy": "status accuracy",
    "status: complaint against service request": "complaint against service request",
    "status: left to officers": "left to officers",
    "status: complaints missed with confidence": "complaints missed with confidence",
    "category: accuracy": "category accuracy",
    "category: in first three": "category in first three",
    "Ombudsman: accuracy": "ombudsman accuracy",
    "exclusions: micro F1": "exclusions micro F1",
    "flags: micro F1": "flags micro F1",
}


def _rows(figures: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "messages: all", figures["messages"]
    for figure in ("recall", "precision", "f1", "calibration_error"):
        yield f"dissatisfaction: {figure.replace('_', ' ')}", figures["dissatisfaction"][figure]
    plain = figures.get("without_the_word_complain")
    if plain:
        yield 'without "complain": messages', plain["messages"]
        yield 'without "complain": recall', plain["dissatisfaction"]["recall"]
        yield 'without "complain": precision', plain["dissatisfaction"]["precision"]
    for figure in ("accuracy", "macro_f1", "calibration_error"):
        yield f"status: {figure.replace('_', ' ')}", figures["status"][figure]
    sure = figures["status"]["confident"]
    two_kinds = figures["status"]["complaint_against_service_request"]
    if two_kinds is not None:
        yield "status: complaint against service request", two_kinds
    yield "status: left to officers", 1.0 - sure["share"]
    yield "status: accuracy where not left", sure["accuracy"]
    yield "status: complaints missed with confidence", sure["complaints_missed"]
    for figure in ("accuracy", "macro_f1", "in_first_three", "calibration_error"):
        yield f"category: {figure.replace('_', ' ')}", figures["category"][figure]
    if "ombudsman" in figures:
        yield "Ombudsman: accuracy", figures["ombudsman"]["accuracy"]
    yield "exclusions: micro F1", figures["exclusions"]["micro_f1"]
    yield "flags: micro F1", figures["flags"]["micro_f1"]
    matters = figures.get("further_matters")
    if matters:
        yield "second matter: messages", matters["messages"]
        yield "second matter: noticed", matters["noticed"]
        yield "second matter: right category", matters["right_category"]
        yield "second matter: false alarms", matters["false_alarms"]
    pairs = figures.get("pairs")
    if pairs:
        yield "minimal pairs: count", pairs["count"]
        yield "minimal pairs: both halves right", pairs["both"]
    adversarial = figures.get("adversarial")
    if adversarial:
        yield "adversarial pairs: count", adversarial["count"]
        yield "adversarial pairs: dissatisfaction right in both", adversarial["dissatisfaction"]
        yield "adversarial pairs: status right in both", adversarial["status"]
        yield "adversarial pairs: everything right in both", adversarial["both"]


def _confusion(counts: list[list[int]]) -> Table:
    table = Table(
        title="Status: true (down) against suggested (across)", title_justify="left", box=box.SIMPLE_HEAD
    )
    table.add_column("")
    for status in Status:
        table.add_column(status.value.replace("_", " "), justify="right")
    for status, row in zip(Status, counts, strict=True):
        table.add_row(status.value.replace("_", " "), *map(str, row))
    return table


def _labels(what: str, per_label: dict[str, dict[str, float]]) -> Table:
    table = Table(title=what.capitalize(), title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("label", "precision", "recall", "F1", "messages"):
        table.add_column(column, justify="left" if column == "label" else "right")
    for label, said in per_label.items():
        table.add_row(
            label, *(f"{said[name]:.2f}" for name in ("precision", "recall", "f1")), str(said["messages"])
        )
    return table
