"""The simulated year as a table to read or paste, and as the plot of the documentation."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.table import Table
from year_mail import Scenario
from year_reckoning import Line, Reckoning
from year_record import ACKNOWLEDGE_WITHIN

WIDTH = 170
_MUST = {True: "yes", False: "NO", None: ""}

# GOV.UK's colours; the hatching tells the kinds apart where colours do not.
_LOOKS: dict[str, dict[str, Any]] = {
    "stage_1_acknowledgement": {"color": "#1d70b8"},
    "stage_2_acknowledgement": {"color": "#4c2c92", "hatch": "//"},
    "service_request_acknowledgement": {"color": "#28a197", "hatch": ".."},
    "receipt": {"color": "#f47738", "hatch": "xx"},
    "duty_alert": {"color": "#b1b4b6", "hatch": "--"},
    "digest": {"color": "#505a5f"},
}
_BLACK, _GREY, _RED = "#0b0c0c", "#b1b4b6", "#d4351c"


def table(reckoned: Reckoning) -> None:
    """Print a table for each section; `as it must be` says whether what has to hold does."""
    console = Console(width=WIDTH)
    for section in dict.fromkeys(line.section for line in reckoned.lines):
        console.print(_table(section, [line for line in reckoned.lines if line.section == section]))


def _table(section: str, lines: Sequence[Line]) -> Table:
    made = Table(box=box.MARKDOWN)
    made.add_column(section, overflow="fold")
    made.add_column("", justify="right", overflow="fold")
    made.add_column("as it must be")
    for line in lines:
        made.add_row(line.what, line.said, _MUST[line.holds])
    return made


def plot(reckoned: Reckoning, scenario: Scenario, file: Path) -> None:
    """Draw the letters of each week by kind, and the working days on which complaints were acknowledged."""
    figure = Figure(figsize=(12, 4.8), layout="constrained")
    weekly, daily = figure.subplots(1, 2, width_ratios=(2.2, 1))
    _draw_weeks(weekly, reckoned, scenario)
    _draw_days(daily, reckoned)
    for panel in (weekly, daily):
        panel.grid(axis="y", color=_GREY, linewidth=0.5)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=120, metadata={"Software": None})


def _draw_weeks(panel: Any, reckoned: Reckoning, scenario: Scenario) -> None:
    weeks = sorted(reckoned.weeks)
    kinds = [*_LOOKS, *sorted({kind for week in weeks for kind in reckoned.weeks[week]} - set(_LOOKS))]
    below = [0] * len(weeks)
    for kind in kinds:
        counts = [reckoned.weeks[week][kind] for week in weeks]
        panel.bar(
            weeks, counts, width=6, bottom=below, align="edge", label=kind.replace("_", " "),
            edgecolor="white", linewidth=0.3, **_LOOKS.get(kind, {}),
        )  # fmt: skip
        below = [low + count for low, count in zip(below, counts, strict=True)]
    if scenario.first <= scenario.outage[0] <= scenario.last:
        panel.axvspan(
            scenario.outage[0],
            scenario.outage[1] + timedelta(days=1),
            color=_RED,
            alpha=0.35,
            label="Dovecot away",
        )
    panel.set_title("letters a week", loc="left", fontsize=11, fontweight="bold", color=_BLACK)
    panel.xaxis.set_major_locator(MonthLocator())
    panel.xaxis.set_major_formatter(DateFormatter("%b\n%Y"))
    panel.legend(fontsize=8, frameon=False, ncols=3, loc="upper left")
    panel.set_ylim(0, max(below, default=1) * 1.3)


def _draw_days(panel: Any, reckoned: Reckoning) -> None:
    days = range(max([ACKNOWLEDGE_WITHIN, *reckoned.days]) + 1)
    counts = [reckoned.days[day] for day in days]
    bars = panel.bar(days, counts, color=_LOOKS["stage_1_acknowledgement"]["color"])
    panel.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8)
    panel.set_ylim(0, max(counts) * 1.15 or 1)
    panel.axvline(ACKNOWLEDGE_WITHIN + 0.5, color=_RED, linewidth=1.5)
    panel.annotate("the Codes' limit", (ACKNOWLEDGE_WITHIN + 0.45, panel.get_ylim()[1]), ha="right", va="top",
                   fontsize=8, color=_RED)  # fmt: skip
    panel.set_title(
        "complaints by the working day of their\nformal acknowledgement", loc="left", fontsize=11,
        fontweight="bold", color=_BLACK,
    )  # fmt: skip
    panel.set_xlabel("working days after receipt")
    panel.set_xticks(list(days))
