"""Messages parsed a second on one core, in the reading process with its limits on."""

import os
import time

from corpus_mix import mails

from intake.parse import parse
from intake.reader import IsolatedReader

COUNT = 2_000
WANTED = 150


def main() -> None:
    """Read the same mails with and without a process of their own, both on the first core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    messages = list(mails(count=COUNT, photo_every=5))
    size = sum(map(len, messages)) / COUNT / 1024
    print(f"parsing on one core, {COUNT:,} messages of {size:.0f} kB")
    reader = IsolatedReader()
    reader.read(messages[0])
    begun = time.perf_counter()
    for raw in messages:
        reader.read(raw)
    isolated = COUNT / (time.perf_counter() - begun)
    reader.close()
    begun = time.perf_counter()
    for raw in messages:
        parse(raw)
    bare = COUNT / (time.perf_counter() - begun)
    print(f"  isolated: {isolated:,.0f} messages/s, budget {WANTED}; in the same process: {bare:,.0f}")
    assert isolated >= WANTED, "parsing is slower than the budget"


if __name__ == "__main__":
    main()
