"""`make fuzz`: messages broken at random are read for as long as wanted, and what fails is kept.

Run as `python bench/fuzz.py SECONDS [SEED]`.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutate import mutated
from unit.intake.test_fuzz import survives

FOUND = Path("fuzz-found")
_AT_ONCE = 500


def main(seconds: float, seed: int) -> int:
    """Read until the time is over; return how many messages failed."""
    begun, count, refused, failed = time.monotonic(), 0, 0, 0
    while time.monotonic() - begun < seconds:
        for raw in mutated(_AT_ONCE, seed=seed):
            count += 1
            try:
                refused += not survives(raw)
            except Exception as error:  # noqa: BLE001  # It is what this looks for.
                failed += 1
                FOUND.mkdir(exist_ok=True)
                (FOUND / f"{seed}-{count}.eml").write_bytes(raw)
                print(f"{FOUND}/{seed}-{count}.eml: {type(error).__name__}: {str(error)[:200]}")
        seed += 1
    print(
        f"{count:,} broken messages, {refused:,} refused with a reason, {failed:,} failed; next seed {seed}"
    )
    return failed


if __name__ == "__main__":
    seconds, *seed = sys.argv[1:]
    sys.exit(min(1, main(float(seconds), int(seed[0]) if seed else 1)))
