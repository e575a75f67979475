"""How much machine mail is known as such, in both halves of the set, and that no resident's mail is."""

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from machine_mail_set import HALVES, PEOPLE, counted, is_taken_for_machine, peoples_mail

from intake.parse import parse

PEOPLES_MAIL = 2_500
WANTED = 0.97

ROWS = (
    ("bounces", "bounces found", "bounce"),
    ("  their addresses right", "bounced addresses right", "bounce"),
    ("  their letters right", "returned letter ids right", "bounce"),
    ("automatic replies and challenges", "automatic replies found", "automatic replies"),
    ("other machine mail", "other machine mail found", "other machine mail"),
    ("notices taken for bounces", "notices taken for bounces", "notices"),
    ("persons taken for machines", PEOPLE, "person"),
)


def main() -> None:
    """Count the set and the residents' mail, and print the totals of both halves side by side."""
    totals = counted()
    print(f"{'machine mail':34}" + "".join(f"{half.replace('_', ' '):>20}" for half in HALVES))
    for title, found, of in ROWS:
        print(f"{title:34}" + "".join(f"{_share(totals[half], found, of):>20}" for half in HALVES))
    begun = time.perf_counter()
    alarms = sum(is_taken_for_machine(parse(raw)) for raw in peoples_mail(count=PEOPLES_MAIL))
    seconds = time.perf_counter() - begun
    print(f"{alarms} of {PEOPLES_MAIL:,} mails by residents taken for a machine's, read in {seconds:.1f} s")
    development = totals["development"]
    assert development["bounces found"] >= WANTED * development["bounce"]
    assert development["automatic replies found"] >= WANTED * development["automatic replies"]
    assert alarms == 0, "residents' mail is taken for machine mail"
    lost = sum(totals[half][PEOPLE] for half in HALVES)
    assert lost == 0, f"{lost} of the 70 mails by people in the set are taken for machine mail"


def _share(totals: Counter[str], found: str, of: str) -> str:
    return f"{totals[found]}/{totals[of]} {totals[found] / totals[of]:7.1%}"


if __name__ == "__main__":
    main()
