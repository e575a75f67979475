"""Simulates a year in which no officer ever works, and reckons what became of everybody who wrote.

Mail arrives in a real Dovecot and letters leave to a real SMTP server; between them works what `heard run`
runs: poll, process, guard, remind, deliver, on a real record. Only the clock is simulated. Triage goes
without its sentence encoder (`fast = true`), and its classifier has learnt from none of the writers whose
words the year's mail is made of. The reckoning (`year_reckoning.py`) asks the SMTP server and the tables,
with a calendar of its own.

    python bench/simulate_year.py [--messages 12000] [--seed 1] [--postgresql]
"""

import argparse
import heapq
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers import CaughtLetter, Dovecot, Postgres, SmtpServer
from year_days import CLOSURE_DAYS, OUTAGE, YEAR, day_of, steps
from year_mail import DUTY, OURS, TEAM, Arrival, Residents, Scenario, Sent, year_half
from year_reckoning import Reckoning, reckon
from year_shown import plot, table

import migrations
from bootstrap import App, configure_log
from casework.guard import run_guard
from models.errors import ArtefactRefused, MailboxUnavailable
from operations.one_pass import deliver_all
from operations.poll import poll
from operations.reminders import remind_if_due
from settings import Calendar, Mailbox, Organisation, Record, Reminders, Secret, Sending, Settings, Triage
from triage import artefact
from triage.corpus import fingerprint, read_training
from triage.train import quietly, train

PLOT = Path(__file__).parents[1] / "docs" / "simulated-year.png"
MESSAGES = 12_000
DRAINS_FOR = timedelta(days=16)
"""After the last message the clock runs on until nothing can be due any more."""

_KEPT = Path(sys.prefix) / "bench-data" / "year"
_REFUSED_FOR_NOW = 0.02
_USER, _PASSWORD = "complaints", "secret"
_REFERENCE = re.compile(r"C-\d{4}-\d{4}-\d{2}")


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the simulated instant."""
        return self.now


class PostOffice(SmtpServer):
    """An SMTP server that notes when it took each letter, and refuses a few of them for now."""

    def __init__(self, clock: Clock, *, seed: int) -> None:
        super().__init__()
        self._clock = clock
        self._drawn = random.Random(seed)  # noqa: S311  # a simulation's chance, not a secret
        self.taken: list[Sent] = []
        self.refused_for_now = 0

    def _take_letter(self, letter: CaughtLetter) -> str | None:
        if self._drawn.random() < _REFUSED_FOR_NOW:
            self.refused_for_now += 1
            return "451 4.3.2 Please try again later"
        self.taken.append(read_letter(letter, self._clock.now))
        return super()._take_letter(letter)


class Year:
    """The servers, the program and the residents, going through a scenario step by step."""

    def __init__(
        self, app: App, clock: Clock, *, dovecot: Dovecot, smtp: PostOffice, residents: Residents
    ) -> None:
        self._app, self._clock, self._dovecot, self._smtp = app, clock, dovecot, smtp
        self._residents = residents
        self._mailbox = app.mailboxes()[0]
        self._receiver = app.receiver(app.triager(progress=quietly, is_fast=True))
        self._coming = [(each.at, number, each) for number, each in enumerate(residents.first_messages())]
        heapq.heapify(self._coming)
        for address in residents.refusing:
            smtp.refuse_recipient(address)
        self._numbers = len(self._coming)
        self._answered = 0
        self._is_away = False
        self.arrived: list[Arrival] = []
        self._polls_failed = self._guarded = 0

    def run(self, scenario: Scenario, *, said: Callable[[str], None]) -> None:
        """Go through every step of the scenario and of the days after it."""
        begun, month = time.monotonic(), 0
        for now in steps(scenario.first, scenario.last + DRAINS_FOR):
            if now.month != month:
                month = now.month
                said(
                    f"{now:%B %Y}: {len(self.arrived):,} messages, {len(self._smtp.taken):,} letters, "
                    f"{time.monotonic() - begun:.0f} s"
                )
            self._set_dovecot(away=scenario.outage[0] <= day_of(now) <= scenario.outage[1])
            self._step(now)
        self._receiver.reader.close()
        self._mailbox.close()

    def add_to(self, reckoned: Reckoning) -> None:
        """Add what only the run itself knows."""
        for what, count in {
            "polls that found Dovecot away": self._polls_failed,
            "deliveries refused for now by the SMTP server": self._smtp.refused_for_now,
            "addresses that refuse every letter": len(self._residents.refusing),
            "cases that the guard saw to": self._guarded,
        }.items():
            reckoned.count("the run", what, count)

    def _step(self, now: datetime) -> None:
        """Let arrive what has arrived by now, and run the service's jobs once."""
        app, self._clock.now = self._app, now
        while self._coming and self._coming[0][0] <= now:
            arrival = heapq.heappop(self._coming)[2]
            self._dovecot.fill(_USER, [arrival.raw], received_at=arrival.at)
            self.arrived.append(arrival)
        try:
            poll(app, self._mailbox)
        except MailboxUnavailable:
            self._polls_failed += 1
        self._receiver.receive_all()
        self._guarded += len(run_guard(app.units, policy=app.policy, letterhead=app.letterhead, now=now))
        remind_if_due(app)
        deliver_all(app)
        for letter in self._smtp.taken[self._answered :]:
            for arrival in self._residents.reactions_to(letter):
                self._numbers += 1
                heapq.heappush(self._coming, (arrival.at, self._numbers, arrival))
        self._answered = len(self._smtp.taken)

    def _set_dovecot(self, *, away: bool) -> None:
        if away and not self._is_away:
            self._dovecot.stop()
        elif self._is_away and not away:
            self._dovecot.start()
        self._is_away = away


def main() -> int:
    """Go through the year, print the table, draw the plot; 1 where something did not go as it must."""
    said = _options()
    scenario = Scenario(said.first, said.last, said.messages, (said.away_from, said.away_until), said.seed)
    begun = time.monotonic()

    def progress(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        reckoned = simulate(
            scenario, said.keep or Path(folder),
            artefacts=said.artefacts, postgresql=said.postgresql, said=progress,
        )  # fmt: skip
    minutes = (time.monotonic() - begun) / 60
    plot(reckoned, scenario, said.plot)
    if said.json:
        print(json.dumps({"lines": [asdict(line) for line in reckoned.lines]}))
    else:
        table(reckoned)
        record = "PostgreSQL" if said.postgresql else "SQLite"
        print(f"{len(reckoned.arrived):,} messages, {record}: {minutes:.1f} minutes, of which the processors")
        print(f"worked {_processor_minutes():.1f}; the plot is {said.plot}")
    print("as it must be" if reckoned.is_well else "NOT as it must be", file=sys.stderr)
    return 0 if reckoned.is_well else 1


def simulate(
    scenario: Scenario,
    folder: Path,
    *,
    artefacts: Path | None,
    postgresql: bool,
    said: Callable[[str], None],
) -> Reckoning:
    """Start the servers, go through the scenario and reckon."""
    data = folder / "heard"
    data.mkdir(parents=True)
    (data / "artefacts").symlink_to(artefacts or learnt_from_others(said))
    clock = Clock(steps(scenario.first, scenario.first)[0])
    residents = Residents(scenario, year_half(read_training(), half=0))
    with (
        Dovecot(folder / "dovecot") as dovecot,
        PostOffice(clock, seed=scenario.seed) as smtp,
        _record(folder, postgresql=postgresql) as url,
    ):
        dovecot.add_user(_USER, _PASSWORD)
        dovecot.fill(_USER, [])
        settings = _settings(folder, data, dovecot, smtp, url=url)
        app = App(settings, configure_log(is_service=False), clock=clock)
        migrations.upgrade(app.engine)
        app.open_record()
        year = Year(app, clock, dovecot=dovecot, smtp=smtp, residents=residents)
        year.run(scenario, said=said)
        reckoned = reckon(
            app.engine, year.arrived, smtp.taken, refusing=residents.refusing, scenario=scenario
        )
        year.add_to(reckoned)
        app.engine.dispose()
    return reckoned


def learnt_from_others(said: Callable[[str], None]) -> Path:
    """Return artefacts that have learnt from the other half of the writers alone, made where they are not."""
    others = year_half(read_training(), half=1)
    live = artefact.live_name(_KEPT)
    if live is not None and live.endswith(fingerprint(others)[:8]):
        try:
            artefact.load(_KEPT / live)
        except ArtefactRefused as error:
            said(f"{live} is made anew: {error}")
        else:
            return _KEPT
    said(f"learning from {len(others):,} messages of the other half of the writers")
    made = train(others, folder=_KEPT, now=datetime(2026, 3, 31, tzinfo=UTC), progress=quietly)
    artefact.promote(_KEPT, made.artefact.name)
    return _KEPT


def read_letter(letter: CaughtLetter, at: datetime) -> Sent:
    """Read what a letter says of itself."""
    message = message_from_bytes(letter.raw, policy=policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    found = _REFERENCE.search(text)
    return Sent(
        at=at,
        recipient=letter.recipients[0],
        message_id=str(message["Message-ID"]),
        answers=str(message["In-Reply-To"] or ""),
        kind=str(message["X-Heard-Letter"]),
        reference=found[0] if found else "",
        text=text,
        written_at=parsedate_to_datetime(str(message["Date"])),
    )


def _processor_minutes() -> float:
    """Return what this process and those that it started have used, on however busy a machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) / 60


@contextmanager
def _record(folder: Path, *, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield ""
        return
    with Postgres(folder / "postgres") as server:
        yield server.new_database()


def _settings(folder: Path, data: Path, dovecot: Dovecot, smtp: PostOffice, *, url: str) -> Settings:
    password = folder / "password"
    password.write_text(_PASSWORD, encoding="ascii")
    mailbox = Mailbox(
        name="complaints", host=dovecot.host, port=dovecot.tls_port, ca_file=dovecot.certificate,
        username=_USER, password=Secret(file=password),
    )  # fmt: skip
    return Settings(
        data=data,
        organisation=Organisation(email=OURS, duty_email=DUTY),
        mailboxes=(mailbox,),
        sending=Sending(kind="smtp", host=smtp.host, port=smtp.port, security="plain"),
        calendar=Calendar(closure_days=CLOSURE_DAYS),
        reminders=Reminders(to=TEAM),
        triage=Triage(fast=True),
        record=Record(url=url),
    )


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="keep the record in PostgreSQL")
    parser.add_argument("--first", type=date.fromisoformat, default=YEAR[0], help="the first day")
    parser.add_argument("--last", type=date.fromisoformat, default=YEAR[1], help="the last day")
    parser.add_argument("--away-from", type=date.fromisoformat, default=OUTAGE[0], help="Dovecot's outage")
    parser.add_argument("--away-until", type=date.fromisoformat, default=OUTAGE[1])
    parser.add_argument("--artefacts", type=Path, help="a classifier that has learnt from whatever it has")
    parser.add_argument("--plot", type=Path, default=PLOT)
    parser.add_argument("--keep", type=Path, help="a new folder for the record, which stays")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
