"""The random-kill table of sending: a thousand letters queued, SIGKILL at random until all are out.

The mail server counts by Message-ID. Every letter comes at least once; a kill between the server's yes and
our note of it brings one letter again, under the same Message-ID and with the same bytes. Left alone, each
letter comes exactly once, also from two workers on one PostgreSQL.

    python bench/send_kill_table.py [LETTERS]
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "integration"))

from installation import Installation, smtp_table, wait_until
from rows import new_case, new_letter
from servers import Postgres, SmtpServer
from sqlalchemy import text

import migrations
from bootstrap import App
from casework.deliver_letters import deliver_one
from models.reference import reference_of
from models.unit_of_work import SqlUnitOfWork, make_engine
from settings import read_settings

COUNT = 1_000
SEED = 20261122
LONGEST_LIFE_S = 1.0
DELIVER = "--deliver"


@dataclass(frozen=True)
class Course:
    """How letters are delivered: by how many processes, into which record, killed or left alone."""

    name: str
    workers: int = 1
    record_url: str = ""
    is_killed: bool = False


@dataclass(frozen=True)
class Found:
    """What the mail server counted when nothing was left to send."""

    kills: int
    missing: int
    doubled: int
    differ: int
    seconds: float


def main(count: int) -> None:
    """Measure each course on a record of its own and print the table."""
    print(f"{'course':<28} {'letters':>7} {'kills':>5} {'missing':>7} {'doubled':>7} {'differ':>6} {'s':>6}")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder) / "postgres") as postgres:
        courses = (
            Course("left alone"),
            Course("two workers on PostgreSQL", workers=2, record_url=postgres.new_database()),
            Course("killed at random", is_killed=True),
        )
        found = [told(course, measured(Path(folder), course, count), count) for course in courses]
    print("missing: never came; doubled: came once more under the same Message-ID; differ: with other bytes")
    assert not any(each.missing or each.differ for each in found), (
        "a letter was lost, or came with other bytes"
    )
    assert not any(each.doubled for each in found if not each.kills), "a letter came twice without a kill"


def told(course: Course, found: Found, count: int) -> Found:
    """Print a line of the table."""
    print(
        f"{course.name:<28} {count:>7,} {found.kills:>5} {found.missing:>7} {found.doubled:>7} "
        f"{found.differ:>6} {found.seconds:>6.1f}",
        flush=True,
    )
    return found


def measured(folder: Path, course: Course, count: int) -> Found:
    """Send what is queued; where the course says so, kill the process until it has nothing left to do."""
    # The same moments every time, as far as the machine lets them be.
    chance = random.Random(SEED)  # noqa: S311  # no secret
    with SmtpServer() as smtp:
        installation = Installation(folder / course.name.replace(" ", "-"))
        record = f'[record]\nurl = "{course.record_url}"\n' if course.record_url else ""
        installation.configure(smtp_table(smtp), record)
        ids = queue_letters(app_of(installation), count)
        begun, kills = time.perf_counter(), 0
        while course.is_killed and kill_one(installation, smtp, chance):
            kills += 1
        with delivering(installation, course.workers) as processes:
            for process in processes:
                assert process.wait(timeout=600) == 0
        seconds = time.perf_counter() - begun
        came: dict[str, list[bytes]] = {}
        for letter in smtp.letters:
            came.setdefault(letter.message["Message-ID"], []).append(letter.raw)
    return Found(
        kills=kills,
        missing=len(ids - came.keys()),
        doubled=sum(len(raws) - 1 for raws in came.values()),
        differ=sum(len(set(raws)) > 1 for raws in came.values()),
        seconds=seconds,
    )


def kill_one(installation: Installation, smtp: SmtpServer, chance: random.Random) -> bool:
    """Let a process deliver for a moment and kill it; False where it had nothing left to do before."""
    before = len(smtp.letters)
    with delivering(installation, 1) as (process,):
        wait_until(
            lambda: len(smtp.letters) > before or process.poll() is not None, what="a letter", timeout=60
        )
        time.sleep(chance.uniform(0, LONGEST_LIFE_S))
        if process.poll() is not None:
            return False
        process.kill()
        return process.wait() == -signal.SIGKILL


@contextmanager
def delivering(installation: Installation, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run processes that deliver until nothing is due."""
    command = [sys.executable, __file__, DELIVER, str(installation.settings)]
    processes = [subprocess.Popen(command, cwd=installation.folder) for _ in range(workers)]
    try:
        yield processes
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def queue_letters(app: App, count: int) -> set[str]:
    """Put cases with one queued letter each on record; return the Message-IDs."""
    app.prepare_data()
    engine = make_engine(app.database_url)
    migrations.upgrade(engine)
    now = datetime.now(UTC)
    ids = set()
    with SqlUnitOfWork(engine) as uow:
        for number in range(count):
            case = new_case(reference=reference_of(number), opened_at=now)
            letter = new_letter(
                message_id=f"<{number:032x}.{case.reference.lower()}@harrowmere.example>",
                recipient=f"person{number}@example.org", queued_at=now, due_at=now,
            )  # fmt: skip
            case.letters.append(letter)
            uow.cases.add(case)
            ids.add(letter.message_id)
        uow.commit()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM letters WHERE state = 'queued'")) == count
    engine.dispose()
    return ids


def app_of(installation: Installation) -> App:
    """Return the application of an installation."""
    return App(read_settings(installation.settings), log=None)


def deliver(settings: Path) -> None:
    """Deliver until nothing is due, as the service does; this is the process that is killed."""
    app = App(read_settings(settings), log=None)
    app.open_record()
    sender = app.sender()
    while deliver_one(
        app.units, sender, app.compose, policy=app.policy, letterhead=app.letterhead, clock=app.clock
    ):
        pass
    sender.close()
    app.engine.dispose()


if __name__ == "__main__":
    if sys.argv[1:2] == [DELIVER]:
        deliver(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
