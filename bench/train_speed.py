"""`heard train` on 10,000 labelled messages: seconds and memory, with the sentence encoder and without.

What the corpus lacks stands for officers' rulings: each joins the words of two corpus messages of the same
status, category and Ombudsman, so that no text occurs twice.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from triage.corpus import LabelledMessage, read_training
from triage.encoder.read import Encoder
from triage.rulings import WEIGHT
from triage.train import quietly, train

COUNT = 10_000
NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def main() -> None:
    """Measure each way in a process of its own, and print it."""
    if len(sys.argv) > 1:
        measure(Encoder() if sys.argv[1] == "encoder" else None)
        return
    print(f"heard train, {COUNT:,} messages, {os.cpu_count()} processors; budget 120 s and 2,000 MB")
    for how in ("fast", "encoder"):
        subprocess.run([sys.executable, __file__, how], check=True)


def measure(encoder: Encoder | None) -> None:
    """Train once and print seconds and peak memory."""
    corpus = read_training()
    rulings = list(islice(joined(corpus), COUNT - len(corpus)))
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        made = train(
            corpus, folder=Path(folder), now=NOW, progress=quietly, encoder=encoder, rulings=rulings
        ).artefact
    seconds = time.perf_counter() - begun
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    of_each = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    memory = own + of_each * (os.cpu_count() or 1)
    how = "with the encoder's opinion" if encoder else "without the encoder"
    print(
        f"  {how}: {made.corpus_size + made.rulings:,} messages in {seconds:.0f} s, "
        f"{memory:,.0f} MB in all processes"
    )


def joined(corpus: list[LabelledMessage]) -> Iterator[LabelledMessage]:
    """Yield messages made of the words of two, again and again in other pairs."""
    alike: dict[tuple[str, ...], list[LabelledMessage]] = defaultdict(list)
    for each in corpus:
        alike[each.status, each.category, str(each.ombudsman)].append(each)
    step = 0
    while True:
        step += 1
        for group in alike.values():
            for place, each in enumerate(group):
                other = group[(place + step) % len(group)]
                if other is not each:
                    yield replace(
                        each,
                        message=replace(
                            each.message,
                            id=f"joined-{step}-{each.message.id}",
                            body=f"{each.message.body}\n\n{other.message.body}",
                        ),
                        brief=f"case {step} {each.message.id}",
                        weight=WEIGHT,
                        knows_exclusions=False,
                        knows_flags=False,
                        ruled_at=NOW,
                    )


if __name__ == "__main__":
    main()
