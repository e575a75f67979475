"""The kill test: SIGKILL at every station with a thousand messages waiting, counted by `heard reconcile`.

Every odd message of tests/mail/ is among them; the rest are ordinary ones. After the kills Heard is left
alone until nothing waits. Lost is what the mailbox shows and the ledger lacks, or what has no outcome;
doubled is what became two cases.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus_mix import mails
from end_to_end import ready_artefacts
from installation import Installation, imap_table, smtp_table, wait_until
from servers import Dovecot, SmtpServer
from sqlalchemy import create_engine, text

COUNT = 1_000
CAPS = """
[acknowledgement]
in_all_an_hour = 100000
per_domain_an_hour = 100000
per_address_a_day = 1000
"""
ODD = Path(__file__).parents[1] / "tests" / "mail"
STATIONS = {
    "after_fetch": (1, 4, 9),
    "after_keep": (1, 5, 11),
    "after_parse": (1, 6, 12),
    "before_commit": (1, 137, 555),
    "after_case": (1, 250, 480),
    "after_accepted": (1, 40, 111),
}
"""At which passes of each station the process is killed, one after the other, on the same data."""


def main() -> None:
    """Run each station on a mailbox and a record of its own and print the table."""
    artefacts = ready_artefacts()
    columns = f"{'lost':>5} {'doubled':>7} {'letters':>7} {'resent':>6}"
    print(f"{'station':<15} {'kills':>5} {'messages':>8} {columns}")
    faults = 0
    with tempfile.TemporaryDirectory() as folder, Dovecot(Path(folder) / "dovecot") as dovecot:
        for station, passes in STATIONS.items():
            with SmtpServer() as smtp:
                installation = Installation(Path(folder) / station)
                (installation.data / "artefacts").symlink_to(artefacts)
                found = killed_at(station, passes, installation, dovecot=dovecot, smtp=smtp)
            faults += found["lost"] + found["doubled"]
            print(
                f"{station:<15} {found['kills']:>5} {found['messages']:>8,} {found['lost']:>5} "
                f"{found['doubled']:>7} {found['letters']:>7,} {found['resent']:>6}",
                flush=True,
            )
    print("resent: a kill after the server's yes sends a letter once more under the same Message-ID")
    assert faults == 0, "something was lost or doubled"


def killed_at(
    station: str, passes: Sequence[int], installation: Installation, *, dovecot: Dovecot, smtp: SmtpServer
) -> dict[str, int]:
    """Kill Heard at a station several times and count what there is when nothing waits any longer."""
    user = station.replace("_", "")
    dovecot.add_user(user)
    odd = [file.read_bytes() for file in sorted(ODD.glob("*.eml"))]
    dovecot.fill(user, [*odd, *mails(count=COUNT - len(odd))])
    installation.configure(imap_table(dovecot, user), smtp_table(smtp), CAPS)
    for number in passes:
        installation.start(HEARD_KILL_AT=f"{station}:{number}").wait_until_killed(timeout=180)
    running = installation.start()
    reconciled = settled(installation)
    wait_until(lambda: nothing_queued(installation), what="the last letter", timeout=120)
    running.stop()
    ids = Counter(letter.message["Message-ID"] for letter in smtp.letters)
    return {
        "kills": len(passes),
        "messages": sum(reconciled["by_outcome"].values()),
        "lost": reconciled["gap_counts"]["not_kept"] + reconciled["by_outcome"]["waiting"],
        "doubled": len(reconciled["kept_twice"]),
        "letters": len(ids),
        "resent": sum(ids.values()) - len(ids),
    }  # fmt: skip


def settled(installation: Installation) -> dict:
    """Wait until no message waits, and return what reconcile says then."""
    found: dict = {}

    def is_settled() -> bool:
        done = installation.run("reconcile", "--deep", "--grace", "0", "--json")
        found.update(json.loads(done.out))
        return sum(found["by_outcome"].values()) >= COUNT and not found["by_outcome"].get("waiting")

    wait_until(is_settled, what="the last message", timeout=300)
    return found


def nothing_queued(installation: Installation) -> bool:
    """Say whether every letter has gone out."""
    engine = create_engine(f"sqlite:///{installation.data / 'heard.db'}")
    with engine.connect() as connection:
        waiting = connection.scalar(text("SELECT count(*) FROM letters WHERE state = 'queued'"))
    engine.dispose()
    return waiting == 0


if __name__ == "__main__":
    main()
