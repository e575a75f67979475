"""Memory while 100,000 waiting messages drain from Dovecot: the service's, and its reading process's."""

import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus_mix import mails
from end_to_end import ready_artefacts
from installation import Installation, imap_table
from servers import Dovecot
from sqlalchemy import create_engine, text

COUNT = int(os.environ.get("HEARD_DRAIN", "100000"))
LOOKED_AT_EVERY_S = 15
WANTED_MB = 500
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Let a service read the mailbox down, and print how much memory it takes on the way."""
    with tempfile.TemporaryDirectory() as folder, Dovecot(Path(folder) / "dovecot") as dovecot:
        dovecot.add_user("bench")
        dovecot.fill("bench", itertools.islice(mails(count=COUNT), COUNT))
        installation = Installation(Path(folder) / "heard")
        (installation.data / "artefacts").symlink_to(ready_artefacts())
        installation.configure(imap_table(dovecot, "bench"), '[acknowledgement]\nmode = "officer"\n')
        begun = time.monotonic()
        running = installation.start()
        most = 0
        while (done := settled(installation)) < COUNT:
            time.sleep(LOOKED_AT_EVERY_S)
            sizes = [resident(pid) for pid in family(running.process.pid)]
            most = max(most, sum(sizes))
            seconds = time.monotonic() - begun
            shown = " + ".join(f"{size / 1e6:.0f}" for size in sizes)
            print(
                f"{seconds:7.0f} s {done:8,} settled {done / seconds:6.0f}/s  memory {shown} MB", flush=True
            )
        running.stop()
    print(f"{COUNT:,} messages; the most memory seen, reading processes included: {most / 1e6:.0f} MB")
    assert most / 1e6 <= WANTED_MB, f"more than {WANTED_MB} MB"


def settled(installation: Installation) -> int:
    """Return how many messages have their outcome."""
    file = installation.data / "heard.db"
    if not file.exists():
        return 0
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        tables = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'messages'"))
        query = text("SELECT count(*) FROM messages WHERE outcome IS NOT NULL")
        found = connection.scalar(query) if tables else 0
    engine.dispose()
    return int(found or 0)


def family(pid: int) -> list[int]:
    """Return a process and those that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    tasks = Path(f"/proc/{pid}/task").glob("*/children") if children.exists() else []
    found = {int(each) for task in tasks for each in task.read_text().split()}
    return [pid, *sorted(found)]


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds, 0 where it has gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except OSError:
        return 0


if __name__ == "__main__":
    main()
