"""A mailbox of 2,000 messages of mixed sizes in Dovecot, read end to end, all accounted for."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus_mix import mails
from installation import Installation, imap_table
from servers import Dovecot

COUNT = 2_000
DATA = Path(sys.prefix) / "bench-data"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, Dovecot(Path(folder) / "dovecot") as server:
        server.add_user("bench")
        messages = list(mails(count=COUNT))
        server.fill("bench", messages)
        installation = Installation(Path(folder) / "heard")
        (installation.data / "artefacts").symlink_to(ready_artefacts())
        installation.configure(imap_table(server, "bench"), "[triage]\nfast = true\n",
                               "[acknowledgement]\nin_all_an_hour = 100000\n"
                               "per_domain_an_hour = 100000\n")  # fmt: skip
        begun = time.perf_counter()
        done = installation.run("poll", "--json")
        seconds = time.perf_counter() - begun
        assert done.code == 0, done.err
        ledger, took = done.json["ledger"], done.json["seconds"]
        assert installation.run("poll", "--json").json["kept"] == 0, "a message was kept twice"
    size = sum(map(len, messages)) / COUNT / 1024
    queued, sent, delivered = took["fetched_to_queued"], done.json["sent"], took["delivered"]
    print(
        f"end to end, Dovecot over TLS, SQLite, {os.cpu_count()} cores, {COUNT:,} messages of {size:.0f} kB"
    )
    print(
        f"  fetch, keep, parse, triage, case, letter queued: {queued:.1f} s, "
        f"{COUNT / queued:,.0f} messages/s; budget 100"
    )
    print(f"  letters written to the outbox: {sent:,} in {delivered:.1f} s, {sent / delivered:,.0f}/s")
    print(f"  the whole command with start-up: {seconds:.1f} s, {COUNT / seconds:,.0f} messages/s")
    print(f"  ledger: {json.dumps(ledger)}")
    assert sum(ledger.values()) == COUNT, "the ledger does not account for every message"
    assert ledger["waiting"] == 0, "messages were left without an outcome"


def ready_artefacts() -> Path:
    """Return the folder of a trained classifier, training it where there is none."""
    heard = str(Path(sys.executable).parent / "heard")
    line = b'{"id": "1", "subject": "", "body": "The bin was missed.", "received": "2026-11-16"}\n'
    subprocess.run([heard, "--data", str(DATA), "triage", "-"], input=line, check=True, capture_output=True)
    return DATA / "artefacts"


if __name__ == "__main__":
    main()
