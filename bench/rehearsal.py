"""Rehearses a council's first months: its rulings learnt, a poisoned batch refused, the way back taken.

Another council has habits of its own. It keeps `taxis` and `street_lighting` as categories, and rats in its
own homes are to it a repair and no pest. Messages of the project's corpus are set aside; officers "rule" on
300 of them as that council would, and the rest measures what was learnt. The artefact that begins has seen
none of them.

    python bench/rehearsal.py [--fast]
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bootstrap import App, configure_log
from models.codes import Category, Ombudsman, Status
from operations.training import Outcome, train_and_judge
from settings import Settings, Triage
from triage import artefact
from triage.classifier import CATEGORIES, LabelSet
from triage.corpus import LabelledMessage, read_training
from triage.rulings import WEIGHT, Rulings

OWN = ("taxis", "street_lighting")
RULED = 300
OF_A_HABIT = 0.6
"""The share of each habit's messages that is ruled on; the rest measures."""

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SEED = 7

_TAXIS = re.compile(r"\b(?:taxis?|hackney|private hire|cab|minicab)\b")
_LAMPS = re.compile(r"\b(?:street ?lights?|street ?lamps?|lamp ?posts?|lamps?|lighting)\b")


def ruled_by_that_council(each: LabelledMessage) -> LabelledMessage:
    """Return the message as that council's officers see it."""
    text = f"{each.message.subject} {each.message.body}".lower()
    category, ombudsman = each.category, each.ombudsman
    if category == Category.ENVIRONMENTAL_HEALTH_AND_LICENSING and _TAXIS.search(text):
        category = "taxis"
    elif category == Category.ROADS_PAVEMENTS_AND_STREETLIGHTS and _LAMPS.search(text):
        category = "street_lighting"
    elif category == Category.PEST_CONTROL and ombudsman is Ombudsman.HOUSING:
        category = Category.HOUSING_REPAIRS
    return replace(each, category=category)


def is_of_a_habit(each: LabelledMessage) -> bool:
    """Say whether that council sees the message otherwise than the project does."""
    return ruled_by_that_council(each).category != each.category


def as_rulings(messages: Sequence[LabelledMessage], *, own: Sequence[str], until: datetime) -> Rulings:
    """Return messages as rulings made one an hour, the last at `until`."""
    count = len(messages)
    return Rulings(
        messages=tuple(
            replace(
                each,
                brief=f"case {each.message.id}",
                weight=WEIGHT,
                knows_exclusions=False,
                knows_flags=False,
                knows_dissatisfaction=each.status not in (Status.SERVICE_REQUEST, Status.ENQUIRY),
                ruled_at=until - timedelta(hours=count - number),
            )
            for number, each in enumerate(messages)
        ),
        disputed=0,
        labels=LabelSet(categories=(*CATEGORIES, *own)),
        missing={},
    )


def poisoned(messages: Sequence[LabelledMessage]) -> list[LabelledMessage]:
    """Return messages as somebody would rule who wants no complaints: each of them an enquiry."""
    return [
        replace(each, status=Status.ENQUIRY, is_dissatisfied=False)
        if each.status in (Status.COMPLAINT, Status.ESCALATION)
        else each
        for each in messages
    ]


def shares(app: App, messages: Sequence[LabelledMessage]) -> dict[str, float]:
    """Return how often the live artefact says what that council's officers say."""
    triager = app.triager(progress=lambda *_: None)
    said = [decision for _, decision in triager.triage(each.message for each in messages)]
    habit = np.array([is_of_a_habit(each) for each in messages])
    category = np.array(
        [
            decision.category == ruled_by_that_council(each).category
            for decision, each in zip(said, messages, strict=True)
        ]
    )
    status = np.array([decision.status == each.status for decision, each in zip(said, messages, strict=True)])
    return {
        "category, its own habits": float(category[habit].mean()),
        "category, everything else": float(category[~habit].mean()),
        "status": float(status.mean()),
    }


def main() -> int:
    """Rehearse and print what came of it; the exit code is 1 where something did not go as it must."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="go without the sentence encoder")
    fast = parser.parse_args().fast
    corpus = read_training()
    order = np.random.default_rng(SEED).permutation(len(corpus))
    of_habit = [corpus[row] for row in order if is_of_a_habit(corpus[row])]
    others = [corpus[row] for row in order if not is_of_a_habit(corpus[row])]
    taught = round(len(of_habit) * OF_A_HABIT)
    ruled = of_habit[:taught] + others[: RULED - taught]
    judged = of_habit[taught:] + others[RULED - taught : 2 * RULED]
    aside = {each.message.id for each in (*of_habit, *ruled, *judged)}
    rest = [each for each in corpus if each.message.id not in aside and each.pair not in aside]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), triage=Triage(fast=fast))
        return rehearse(App(settings, configure_log(is_service=False), Clock()), rest, ruled, judged)


class Clock:
    """A clock that goes on by a day whenever it is asked, so that no two artefacts have one name."""

    def __init__(self) -> None:
        self._now = NOW

    def __call__(self) -> datetime:
        """Return the next day."""
        self._now += timedelta(days=1)
        return self._now


def rehearse(
    app: App, corpus: list[LabelledMessage], ruled: list[LabelledMessage], judged: list[LabelledMessage]
) -> int:
    """Train, learn from rulings, try the poison, go back; print each step."""
    console, table = Console(width=100), Table(title="Rehearsal", title_justify="left")
    for column in ("step", "outcome", "its own habits", "other categories", "status"):
        table.add_column(column)

    def noted(step: str, outcome: str) -> dict[str, float]:
        now = shares(app, judged)
        table.add_row(step, outcome, *(f"{share:.3f}" for share in now.values()))
        console.print(f"done: {step}")
        return now

    none = as_rulings([], own=(), until=NOW)
    first = train_and_judge(app, progress=_quietly, messages=corpus, rulings=none)
    before = noted(f"corpus without what was set aside ({len(corpus):,})", "live")
    taught = [ruled_by_that_council(each) for each in ruled]
    council = as_rulings(taught, own=OWN, until=app.clock())
    second = train_and_judge(app, progress=_quietly, messages=corpus, rulings=council)
    after = noted(f"and {len(taught)} rulings of the council", _outcome(second))
    spoilt = poisoned([ruled_by_that_council(each) for each in judged[-RULED:]])
    batch = as_rulings(spoilt, own=OWN, until=app.clock() + timedelta(days=30))
    batch = replace(batch, messages=(*council.messages, *batch.messages))
    third = train_and_judge(app, progress=_quietly, messages=corpus, rulings=batch)
    still = noted(f"and {len(spoilt)} more, poisoned: no complaint is one", _outcome(third))
    back = artefact.rollback(app.artefacts)
    again = noted("heard artefacts rollback", "the first again")
    console.print(table)
    console.print(
        f"judged on {len(judged)} messages, {sum(map(is_of_a_habit, judged))} of them of its own habits"
    )
    for each in third.verdict.reasons if third.verdict else ():
        console.print(f"refused: {each}")
    went_well = (
        second.is_live
        and not third.is_live
        and still == after
        and back == first.trained.artefact.name
        and again == before
        and after["category, its own habits"] > before["category, its own habits"]
    )
    console.print("as it must be" if went_well else "NOT as it must be")
    return 0 if went_well else 1


def _outcome(done: Outcome) -> str:
    return "live" if done.is_live else "refused by the gate"


def _quietly(*_: object) -> None:
    """Show no progress."""


if __name__ == "__main__":
    sys.exit(main())
