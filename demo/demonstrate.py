"""`heard demo`: an inbox on disk, read by the very code that reads IMAP, and a table of what came of it."""

import email
import email.policy
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bootstrap import App, configure_log, now_utc
from demo.officers import let_in
from models import queries
from models.errors import InputInvalid, StoreUnavailable
from operations.one_pass import one_pass
from scheduler import Service
from settings import Mailbox, Organisation, Queue, Sending, Settings
from settings import Service as Every

HERE = Path(__file__).parent
ACCOUNT = "demonstration"
_OURS = ("inbox", "artefacts", "heard.db")
BEGINS = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
"""The messages are dated in the week before this instant, whenever they are shown."""


@dataclass(frozen=True)
class Expected:
    """What should come of one message."""

    file: str
    outcome: str
    status: str
    why: str


def demonstrate(folder: Path, *, once: bool) -> int:
    """Run the demonstration in a folder; return 0 if every message ended as expected, else 1.

    Without `once` it keeps reading whatever is dropped into the inbox until Ctrl-C.
    """
    console = Console(width=None if Console().is_terminal else 120)
    settings = demo_settings(folder)
    if folder.exists() and any(folder.iterdir()) and not any((folder / each).exists() for each in _OURS):
        raise InputInvalid(f"{folder} holds other things; name an empty folder or an earlier demonstration")
    clock = clock_starting(BEGINS)
    app = App(settings, configure_log(is_service=False), clock)
    console.print(f"A council's complaints inbox lies in [bold]{folder / 'inbox'}[/bold].")
    console.print(f"The demonstration's clock says {clock():%A %d %B %Y, %H:%M}, when its last message came.")
    with app.alone():
        app.open_record()
        expected = read_expected()
        fill_inbox(folder / "inbox", expected)
        triager, done = _read_inbox(app, console, total=len(expected))
        rows = queries.outcomes(app.engine, account=ACCOUNT)
        unexpected = print_outcomes(console, rows, expected)
        _print_letter(console, folder / "outbox", rows)
        _print_where_next(console, folder, done, unexpected=unexpected)
        if once:
            return 1 if unexpected else 0
        _print_way_in(console, app)
        console.print("Reading whatever is dropped into the inbox. Ctrl-C ends it.")
        Service(App(settings, configure_log(is_service=True), clock), triager).run()
    return 0


def clock_starting(begin: datetime) -> Callable[[], datetime]:
    """Return a clock that shows `begin` now and runs on from there."""
    ahead = begin - now_utc()
    return lambda: now_utc() + ahead


def demo_settings(folder: Path) -> Settings:
    """Return settings whose inbox and outbox are Maildirs in a folder."""
    return Settings(
        data=folder,
        organisation=Organisation(),
        mailboxes=(Mailbox(name=ACCOUNT, kind="maildir", path=folder / "inbox"),),
        sending=Sending(kind="maildir", path=folder / "outbox"),
        service=Every(poll_seconds=2, deliver_seconds=1, guard_seconds=60),
        queue=Queue(https=False),
    )


def read_expected() -> list[Expected]:
    """Return what should come of each message, in the order in which they are read."""
    lines = (HERE / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Expected(row["file"], row["outcome"], row.get("status", ""), row["why"]) for row in rows]


def fill_inbox(inbox: Path, expected: list[Expected]) -> None:
    """Put the messages into the Maildir; one that is there already is left alone.

    Raises StoreUnavailable where the folder cannot be written.
    """
    try:
        for part in ("tmp", "new", "cur"):
            (inbox / part).mkdir(parents=True, exist_ok=True)
        for each in expected:
            target = inbox / "new" / each.file
            if not target.exists():
                shutil.copyfile(HERE / "inbox" / each.file, target)
    except OSError as error:
        raise StoreUnavailable(f"the inbox {inbox} cannot be written: {error}") from error


def print_outcomes(console: Console, rows: list[dict[str, Any]], expected: list[Expected]) -> list[str]:
    """Print what came of each message and return the files whose outcome was not the expected one."""
    wanted = {each.file: each for each in expected}
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1))
    table.add_column("message", ratio=5)
    table.add_column("outcome", no_wrap=True)
    table.add_column("suggestion", ratio=5)
    table.add_column("letter", ratio=4)
    unexpected = []
    for row in rows:
        want = wanted.get(row["uid"])
        outcome = row["outcome"].value if row["outcome"] else "waiting"
        is_as_expected = want is None or want.outcome == outcome
        if not is_as_expected:
            unexpected.append(row["uid"])
        sender, about = row["sender_name"] or "(no name)", row["subject"][:60] or row["uid"]
        table.add_row(
            f"{escape(sender)}\n[bold]{escape(about)}[/bold]",
            outcome if is_as_expected else f"[red]{outcome}, expected {want.outcome if want else ''}[/red]",
            _suggestion(row, outcome),
            _letters(row) if outcome in {"case", "reply"} else "",
            end_section=True,
        )
    missing = [each.file for each in expected if each.file not in {row["uid"] for row in rows}]
    console.print(table)
    return [*unexpected, *missing]


def _read_inbox(app: App, console: Console, *, total: int) -> tuple[Any, dict[str, Any]]:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    ) as bar:
        training = bar.add_task("training the classifier (first run only)", total=8, visible=False)

        def show(step: str, done: int, steps: int) -> None:
            bar.update(training, description=f"training: {step}", completed=done, total=steps, visible=True)

        triager = app.triager(progress=show)
        reading = bar.add_task("reading messages", total=total)
        done = one_pass(app, app.mailboxes(), triager, on_kept=lambda count: bar.advance(reading, count))
        bar.update(reading, completed=total)
    return triager, done


def _suggestion(row: dict[str, Any], outcome: str) -> str:
    if outcome == "case":
        stage = f", stage {row['stage']}" if row["stage"] else ""
        return f"{_words(row['status'])}, {_words(row['category'])}{stage}\n[dim]{row['reference']}[/dim]"
    if outcome == "reply":
        return f"on {row['reference']}\n[dim]{escape(row['reason'])}[/dim]"
    return escape(row["reason"][:120])


def _letters(row: dict[str, Any]) -> str:
    kinds = [f"{_words(letter['kind'])} ({letter['state'].value})" for letter in row["letters"]]
    return "\n".join(kinds) or "none: a task for an officer"


def _print_letter(console: Console, outbox: Path, rows: list[dict[str, Any]]) -> None:
    """Print the first stage 1 acknowledgement, as it lies in the outbox."""
    at_once = (row["letters"][0] for row in rows if row["letters"])
    wanted = {letter["message_id"] for letter in at_once if letter["kind"].value == "stage_1_acknowledgement"}
    for file in sorted((outbox / "new").glob("*")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        if message["Message-ID"] in wanted and body is not None:
            title = escape(f"{message['Subject']}, to {message['To']}")
            console.print(Panel(escape(body.get_content().strip()), title=title, title_align="left"))
            return


def _print_way_in(console: Console, app: App) -> None:
    """Print where the officers' pages are, and with which names and passwords to sign in."""
    console.print(f"The officers' pages: [bold]http://{app.settings.queue.listen}[/bold]. Sign in as")
    for name, password in let_in(app).items():
        console.print(f"  {name:15}{password}", highlight=False)


def _print_where_next(console: Console, folder: Path, done: dict[str, Any], *, unexpected: list[str]) -> None:
    ledger = ", ".join(f"{outcome} {count}" for outcome, count in done["ledger"].items() if count)
    console.print(f"The ledger accounts for every message: {ledger}.")
    if unexpected:
        console.print(f"[red]Not as expected: {', '.join(unexpected)}[/red]")
    else:
        console.print("Every message ended in its expected outcome.")
    heard = sys.argv[0] if shutil.which("heard") is None else "heard"
    console.print(
        "Where to look next:\n"
        f"  letters        {folder / 'outbox' / 'new'}\n"
        f"  the queue      {heard} --data {folder} queue\n"
        f"  one case       {heard} --data {folder} queue REFERENCE\n"
        f"  the model card {next((folder / 'artefacts').glob('*/card.md'), folder / 'artefacts')}\n"
        f"  a mailbox of yours: {heard} init, then doctor, then run"
    )


def _words(code: Any) -> str:
    return str(code).replace("_", " ") if code else ""
