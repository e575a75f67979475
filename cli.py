"""The command `heard`: the same pieces as the service, by hand."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from bootstrap import App, configure_log, keep_files_private
from models.codes import Category, Exclusion, Flag, Ombudsman, Status
from models.errors import AlreadyRunning, HeardError, InputInvalid
from models.reference import message_name, read_message_number, read_reference
from settings import TEMPLATE, read_settings

if TYPE_CHECKING:
    from operations.training import Outcome

_FOUND, _CANNOT = 1, 2
_Command = TypeVar("_Command", bound=Callable[..., Any])
_FAST = click.option("--fast", is_flag=True, help="Go without the sentence encoder.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def main() -> None:
    """Run the command line; foreseeable faults end as one line on standard error and exit code 2."""
    keep_files_private()
    try:
        heard(standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        _say_fault("stopped")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(_CANNOT)
    except HeardError as error:
        _say_fault(str(error))
        sys.exit(_CANNOT)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _abandon_output()
        sys.exit(_FOUND)
    except OSError as error:
        _say_fault(f"{error.filename or 'the output'}: {error.strerror or error}")
        _abandon_output()
        sys.exit(_CANNOT)


def _abandon_output() -> None:
    """Let what is still unwritten go nowhere, so that it cannot fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--settings", "file", type=click.Path(path_type=Path), help="The settings file [./heard.toml].")
@click.option("--data", type=click.Path(path_type=Path), help="The data directory [from the settings].")
@click.version_option(package_name="heard")
@click.pass_context
def heard(context: click.Context, file: Path | None, data: Path | None) -> None:
    """Read a council's complaints inbox unattended and hear every complaint in it."""
    context.obj = {"file": file, "data": data}


def _with_app(command: _Command) -> _Command:
    """Hand the command an App built from the settings."""

    @wraps(command)
    @click.pass_context
    def run(context: click.Context, *args: Any, **kwargs: Any) -> Any:
        return command(_app(context), *args, **kwargs)

    return run  # type: ignore[return-value]  # click wraps it


def _app(context: click.Context, *, is_service: bool = False) -> App:
    said = context.obj
    return App(read_settings(said["file"], data=said["data"]), configure_log(is_service=is_service))


@heard.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("heard.toml"))
def init(file: Path) -> None:
    """Write a commented settings file to begin with.

    Example: heard init /etc/heard/heard.toml
    """
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(TEMPLATE)
    except FileExistsError as error:
        raise InputInvalid(f"{file} exists already and is left as it is; name another file") from error
    except OSError as error:
        raise InputInvalid(f"{file} cannot be written: {error}") from error
    click.echo(f"{file} written. Fill it in, then run `heard doctor`.")


@heard.command()
@_JSON
@_with_app
def doctor(app: App, *, as_json: bool) -> None:
    """Check settings, mailboxes, mail server, record, disk, artefact and clock; exit 1 if anything is wrong.

    Example: heard doctor
    """
    from operations.doctor import examine  # noqa: PLC0415  # loads what it examines

    findings = examine(app)
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], indent=1))
    else:
        for finding in findings:
            mark = click.style("ok   ", fg="green") if finding.ok else click.style("WRONG", fg="red")
            click.echo(f"{mark} {finding.what}: {finding.said}")
            if finding.remedy:
                click.echo(f"      do: {finding.remedy}")
    sys.exit(0 if all(finding.ok for finding in findings) else _FOUND)


@heard.command()
@click.option("--no-queue", is_flag=True, help="Without the officers' pages (there are none yet).")
@click.pass_context
def run(context: click.Context, *, no_queue: bool) -> None:
    """Run unattended: poll, process, deliver and guard until SIGTERM or Ctrl-C.

    Example: heard --settings /etc/heard/heard.toml run
    """
    from scheduler import run_service  # noqa: PLC0415  # loads everything

    del no_queue
    run_service(_app(context, is_service=True))


@heard.command()
@_JSON
@_with_app
def poll(app: App, *, as_json: bool) -> None:
    """Do one pass by hand: fetch, process, deliver, guard.

    Example: heard poll
    """
    from operations.one_pass import one_pass  # noqa: PLC0415  # loads everything

    with app.alone(), _progress() as bar:
        app.open_record()
        done = one_pass(app, app.mailboxes(), app.triager(progress=_shown_on(bar)))
    _print_pass(done, as_json=as_json)
    sys.exit(_CANNOT if done["away"] else 0)


@heard.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--historic", is_flag=True, help="Old mail: opens no clock and sends nothing.")
@_JSON
@_with_app
def import_(app: App, paths: tuple[Path, ...], *, historic: bool, as_json: bool) -> None:
    """Take in mail (.eml, .msg, mbox, Maildir), zips, scans and letters, or folders of them.

    Example: heard import --historic archive.mbox
    """
    from intake.folders import import_account, open_path  # noqa: PLC0415  # only where mail is read
    from operations.one_pass import one_pass  # noqa: PLC0415  # loads everything

    found = [path.resolve() for path in paths]
    boxes = [open_path(path, account=import_account(path)) for path in found]
    with app.alone(), _progress() as bar:
        app.open_record()
        triager = app.triager(progress=_shown_on(bar))
        task = bar.add_task("messages read in", total=None)
        done = one_pass(
            app, boxes, triager, is_historic=historic, delivers=not historic,
            on_kept=lambda count: bar.advance(task, count),
        )  # fmt: skip
    _print_pass(done, as_json=as_json)
    sys.exit(_CANNOT if done["away"] else 0)


@heard.command()
@click.argument("reference", required=False)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--raw", "raw_file", type=click.Path(path_type=Path), help="Write message M-17 as received here."
)
@_JSON
@_with_app
def queue(app: App, reference: str | None, limit: int, raw_file: Path | None, *, as_json: bool) -> None:
    """Show what awaits an officer, soonest deadline first; one case whole; or one message, M-17.

    Example: heard queue C-4827-1930-70
    """
    from models import queries  # noqa: PLC0415  # loads SQLAlchemy
    from models.deadlines import received_on  # noqa: PLC0415
    from review import pages, terminal  # noqa: PLC0415

    number = read_message_number(reference or "")
    wanted = _reference(reference) if reference and number is None else None
    _require_record(app)
    console = Console(width=None if sys.stdout.isatty() else 120)
    if number is not None:
        _show_message(app, console, number, raw_file=raw_file, as_json=as_json)
        return
    if wanted:
        view = queries.case_view(app.engine, wanted)
        if view is None:
            raise InputInvalid(f"there is no case {wanted}; `heard queue` lists what waits")
        if as_json:
            click.echo(json.dumps(view.__dict__, default=_plain, indent=1))
        else:
            terminal.print_case(console, view)
        return
    today = received_on(app.clock())
    rows = queries.queue(app.engine, limit=limit)
    if as_json:
        for row in rows:
            click.echo(json.dumps(row.__dict__, default=_plain))
        return
    lines = [pages.queue_line(row, today=today, working_days=app.working_days) for row in rows]
    terminal.print_queue(console, lines, total=queries.queue_length(app.engine))


@heard.command()
@click.argument("reference")
@click.option("--status", type=click.Choice([code.value for code in Status]))
@click.option("--category", help="One of the categories of docs/triage.md, or of heard.toml.")
@click.option("--ombudsman", type=click.Choice([code.value for code in Ombudsman]))
@click.option("--reason", required=True, help="Why, in a sentence; it is kept with the ruling.")
@click.option(
    "--exclusion", "exclusions", multiple=True, help="A ground that may apply; none says that none does."
)
@click.option("--flag", "flags", multiple=True, help="A flag that applies; none says that none does.")
@click.option("--answered", is_flag=True, help="The stage has had its full answer; nothing more awaits.")
@click.option("--complainant", help='Whose case it is, if uncertain: "Ann Lee <ann@example.org>".')
@click.option("--joins", help="The case that this one belongs to: confirms a possible reply.")
@click.option("--file", "is_filed", is_flag=True, help="Message M-17 needs nothing more.")
@click.option("--officer", default=lambda: os.environ.get("USER", "officer"), help="Who rules [$USER].")
@_JSON
@_with_app
def rule(  # noqa: PLR0917  # click passes the argument by place
    app: App,
    reference: str,
    status: str | None,
    category: str | None,
    ombudsman: str | None,
    reason: str,
    complainant: str | None,
    joins: str | None,
    officer: str,
    exclusions: tuple[str, ...],
    flags: tuple[str, ...],
    *,
    is_filed: bool,
    answered: bool,
    as_json: bool,
) -> None:
    """Record an officer's ruling on a case; what is not given stays as suggested.

    --exclusion and --flag name all that apply (again and again, or none): the classifier learns from them.
    They refuse nobody.

    A message that became no case is ruled on by its number: with --status it becomes one, with --file it
    needs nothing more, and `heard retry` has it read again.

    Example: heard rule C-4827-1930-70 --status complaint --reason "Third report, nobody came."
    """
    from operations import rule as rulings  # noqa: PLC0415  # loads the letters

    _require_record(app)
    number = read_message_number(reference)
    said = rulings.Said(
        status=Status(status) if status else None,
        category=_category(app, category) if category else None,
        ombudsman=Ombudsman(ombudsman) if ombudsman else None,
        reason=reason,
        officer=officer,
        exclusions=_all_that_apply(
            "exclusion",
            exclusions,
            known=[*Exclusion, *(each.code for each in app.settings.triage.exclusions)],
        ),
        flags=_all_that_apply("flag", flags, known=list(Flag)),
        complainant=complainant,
        joins=_reference(joins) if joins else None,
        is_answered=answered,
        is_filed=is_filed,
    )
    about = _reference(reference) if number is None else message_name(number)
    done = rulings.rule(app, number if number is not None else about, said)
    if as_json:
        click.echo(json.dumps({"case": about, "done": done}))
    else:
        click.echo(f"{about}: ruling recorded; {done}.")


@heard.command()
@click.argument("messages", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Everything in quarantine.")
@click.option("--officer", default=lambda: os.environ.get("USER", "officer"), help="Who asks [$USER].")
@_JSON
@_with_app
def retry(app: App, messages: tuple[str, ...], officer: str, *, is_all: bool, as_json: bool) -> None:
    """Have quarantined messages read again, such as after an upgrade or with a higher limit.

    A running service takes them up; without one they are read now.

    Example: heard retry M-17 M-23
    """
    from operations.retry import retry as read_again  # noqa: PLC0415  # loads everything

    _require_record(app)
    if bool(messages) == is_all:
        raise InputInvalid("name the messages to read again, such as M-17, or give --all")
    with _progress() as bar:
        done = read_again(
            app, [_message_number(each) for each in messages], officer=officer, progress=_shown_on(bar)
        )
    if as_json:
        click.echo(json.dumps(done))
    elif not done["messages"]:
        click.echo("Nothing is in quarantine.")
    else:
        for row in done["messages"]:
            click.echo(f"{row['message']}: {row['outcome']}{', ' + row['reason'] if row['reason'] else ''}")
    sys.exit(_FOUND if any(row["outcome"] == "quarantine" for row in done["messages"]) else 0)


@heard.command()
@click.option("--deep", is_flag=True, help="Read all raw bytes again, not only those that are new.")
@click.option("--grace", type=click.IntRange(0, 1440), help="Minutes that a message may take [15].")
@_JSON
@_with_app
def reconcile(app: App, *, deep: bool, grace: int | None, as_json: bool) -> None:
    """Compare every mailbox with the ledger and name each gap; exit 1 if there is any; changes neither.

    Example: heard reconcile
    """
    from operations.reconcile import GRACE, run_reconcile  # noqa: PLC0415  # loads SQLAlchemy
    from operations.reconcile_table import tell  # noqa: PLC0415

    _require_record(app)
    with _progress() as bar:
        task = bar.add_task("messages compared", total=None)
        result = run_reconcile(
            app, is_deep=deep, grace=GRACE if grace is None else timedelta(minutes=grace),
            on_compared=lambda count: bar.advance(task, count),
        )  # fmt: skip
    if result is None:
        raise AlreadyRunning("another worker is comparing just now; wait until it has finished")
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=1))
    else:
        tell(Console(width=None if sys.stdout.isatty() else 160), result)
    sys.exit(_FOUND if result.gap_count else 0)


@heard.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def parse(paths: tuple[Path, ...]) -> None:
    """Print what is read out of messages, one JSON object a line; - reads one from standard input.

    Example: heard parse tests/mail/
    """
    from intake.describe import describe_path  # noqa: PLC0415  # loads the parsers

    unreadable = False
    for path in paths:
        for described in describe_path(path, sys.stdin.buffer):
            unreadable = unreadable or "error" in described
            click.echo(json.dumps(described, ensure_ascii=False))
    sys.exit(_FOUND if unreadable else 0)


@heard.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@_FAST
@_with_app
def triage(app: App, file: Path, *, fast: bool) -> None:
    """Triage JSON lines with id, subject, body, received; print one JSON object for each, in order.

    Example: heard triage messages.jsonl > decisions.jsonl
    """
    from triage.lines import triage_lines  # noqa: PLC0415  # loads spaCy and scikit-learn

    with _open_input(file) as descriptor:
        with _progress() as bar:
            triager = app.triager(progress=_shown_on(bar), is_fast=fast)
        faulty = 0
        for line, is_faulty in triage_lines(triager, descriptor, workers=os.cpu_count() or 1):
            faulty += is_faulty
            sys.stdout.write(line + "\n")
            if sys.stdout.line_buffering or is_faulty:
                sys.stdout.flush()
    sys.stdout.flush()
    if faulty:
        _say_fault(f"lines that could not be triaged: {faulty}; each says why in its place")
    sys.exit(_FOUND if faulty else 0)


@heard.command()
@click.option("--candidate", is_flag=True, help="Keep it as a candidate; do not make it live.")
@_JSON
@_with_app
def train(app: App, *, candidate: bool, as_json: bool) -> None:
    """Train the classifier on the project's corpus and on what officers ruled.

    The result goes live if it is no worse than the live one; otherwise it is kept as a candidate, with the
    reason, and the exit code is 1.

    Example: heard train
    """
    from operations.training import train_and_judge  # noqa: PLC0415  # loads scikit-learn

    with _progress() as bar:
        done = train_and_judge(app, progress=_shown_on(bar), is_candidate=candidate)
    if as_json:
        click.echo(json.dumps(done.as_json(), indent=1))
    else:
        _print_training(app, done)
    sys.exit(0 if done.is_live or candidate else _FOUND)


@heard.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@_FAST
@_JSON
@_with_app
def evaluate(app: App, file: Path | None, *, fast: bool, as_json: bool) -> None:
    """Judge the live classifier by labelled messages; without a file by the project's evaluation sets.

    Example: heard evaluate labelled.jsonl
    """
    from triage import corpus  # noqa: PLC0415  # loads scikit-learn
    from triage.evaluate import evaluate as judge  # noqa: PLC0415
    from triage.evaluate import evaluate_pairs  # noqa: PLC0415

    messages = corpus.read_file(file) if file else corpus.read_folder(corpus.EVALUATION)
    if not messages:
        raise InputInvalid(f"{file} holds no labelled messages")
    with _progress() as bar:
        triager = app.triager(progress=_shown_on(bar), is_fast=fast)
    figures = judge(triager, messages)
    if file is None:
        figures["adversarial"] = evaluate_pairs(triager, corpus.read_folder(corpus.ADVERSARIAL))
    if as_json:
        click.echo(json.dumps(figures, indent=1))
        return
    shared = {each.brief for each in messages if each.brief} & _trained_briefs()
    _print_figures(
        figures, title=f"{file or corpus.EVALUATION}: {len(messages):,} messages, {figures['artefact']}"
    )
    if shared:
        click.echo(f"Beware: {len(shared)} of these writers are in the training corpus as well.")


@heard.group()
def artefacts() -> None:
    """List the trained classifiers, make one live, or go back to the one before.

    Example: heard artefacts list
    """


@artefacts.command("list")
@_JSON
@_with_app
def list_artefacts(app: App, *, as_json: bool) -> None:
    """List the artefacts, the newest last; a star marks the live one."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    live = artefact.live_name(app.artefacts)
    found = [artefact.about(app.artefacts / name) for name in artefact.names(app.artefacts)]
    if as_json:
        click.echo(json.dumps([{**about, "live": about["name"] == live} for about in found]))
        return
    if not found:
        click.echo("There are none yet; `heard train` makes one.")
    for about in found:
        figures = artefact.best_kind(about)["metrics"]
        click.echo(
            f"{'*' if about['name'] == live else ' '} {about['name']}  "
            f"{about['corpus']['messages']:,} messages, "
            f"dissatisfaction F1 {figures['dissatisfaction']['f1']:.3f}, "
            f"status {figures['status']['accuracy']:.3f}, category {figures['category']['accuracy']:.3f}"
        )


@artefacts.command("promote")
@click.argument("name")
@_with_app
def promote_artefact(app: App, name: str) -> None:
    """Make an artefact live."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    artefact.promote(app.artefacts, name)
    click.echo(f"{name} is live; a running service uses it within a minute.")


@artefacts.command("shadow")
@click.argument("name", required=False)
@click.option("--off", is_flag=True, help="Let none run beside the live one.")
@_JSON
@_with_app
def shadow_artefact(app: App, name: str | None, *, off: bool, as_json: bool) -> None:
    """Let an artefact run beside the live one, deciding nothing; without a name, compare the two.

    Example: heard artefacts shadow 20261122-080000-1a2b3c4d
    """
    from operations.live_triager import compare_shadow  # noqa: PLC0415  # loads scikit-learn
    from triage import artefact  # noqa: PLC0415

    if off or name:
        artefact.set_shadow(app.artefacts, None if off else name)
        click.echo("None runs beside the live one." if off else f"{name} runs beside the live one now.")
        return
    running = artefact.shadow_name(app.artefacts)
    if running is None:
        raise InputInvalid("no artefact runs beside the live one; name one: heard artefacts shadow NAME")
    compared = compare_shadow(app.artefacts, running)
    if as_json:
        click.echo(json.dumps(compared))
        return
    for what, said in compared.items():
        click.echo(f"{what.replace('_', ' ')}: {said}")


@artefacts.command("drift")
@click.option("--days", type=click.IntRange(1, 365), default=28, show_default=True)
@_JSON
@_with_app
def show_drift(app: App, *, days: int, as_json: bool) -> None:
    """Hold the last weeks against what the live artefact learnt from; exit 1 beyond the limits.

    Example: heard artefacts drift --days 28
    """
    from operations.drift import drift_now  # noqa: PLC0415  # loads scikit-learn
    from triage.drift import lines  # noqa: PLC0415

    _require_record(app)
    found = drift_now(app, window=timedelta(days=days))
    if as_json:
        click.echo(json.dumps(found.as_json()))
    else:
        for line in lines(found):
            click.echo(line)
    sys.exit(_FOUND if found.is_alarm else 0)


@artefacts.command("rollback")
@_with_app
def roll_back(app: App) -> None:
    """Make the artefact live that was live before."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    click.echo(
        f"{artefact.rollback(app.artefacts)} is live again; a running service uses it within a minute."
    )


@heard.group("corpus")
def corpus_group() -> None:
    """Look after the labelled messages.

    Example: heard corpus check
    """


@corpus_group.command("check")
def check_corpus() -> None:
    """Check codes, ids, pairs and writers of the corpus and count its labels."""
    from triage.check_corpus import check  # noqa: PLC0415

    faults, counts = check()
    for line in counts:
        click.echo(line)
    for fault in faults:
        click.echo(f"fault: {fault}", err=True)
    sys.exit(_FOUND if faults else 0)


@heard.command()
@_with_app
def migrate(app: App) -> None:
    """Bring the record to the newest revision.

    Example: heard migrate
    """
    import migrations  # noqa: PLC0415  # loads alembic

    before, after = migrations.upgrade(app.engine)
    click.echo(f"The record was at {before or 'nothing'} and is at {after}.")


@heard.command()
@click.option(
    "--once", is_flag=True, help="Leave after the first pass; exit 0 if every message ended as expected."
)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True)
def demo(folder: Path, *, once: bool) -> None:
    """Read forty invented messages from an inbox on disk and show what came of each.

    Example: heard demo --once
    """
    from demo.demonstrate import demonstrate  # noqa: PLC0415  # loads everything

    sys.exit(demonstrate(folder.resolve(), once=once))


def _require_record(app: App) -> None:
    """Refuse to look into a record that is not there, instead of making an empty one."""
    if app.is_sqlite and not (app.data / "heard.db").exists():
        raise InputInvalid(f"there is no record in {app.data} yet; `heard run` or `heard poll` begins one")
    import migrations  # noqa: PLC0415  # loads alembic

    if migrations.current(app.engine) != migrations.newest():
        raise InputInvalid("the record is not at the newest revision; run `heard migrate`")


def _show_message(app: App, console: Console, number: int, *, raw_file: Path | None, as_json: bool) -> None:
    """Show a message that became no case, or write its bytes to a file."""
    from models import queries  # noqa: PLC0415  # loads SQLAlchemy
    from review import terminal  # noqa: PLC0415

    view = queries.message_view(app.engine, number)
    if view is None:
        raise InputInvalid(f"there is no message {message_name(number)}; `heard queue` lists what waits")
    if raw_file is not None:
        _write_raw(queries.raw_of(app.engine, number), raw_file, number)
    elif as_json:
        click.echo(json.dumps(view.__dict__, default=_plain, indent=1))
    else:
        terminal.print_message(console, view)


def _write_raw(raw: bytes | None, file: Path, number: int) -> None:
    if raw is None:
        raise InputInvalid(f"{message_name(number)} was never taken whole: it is still in its mailbox")
    try:
        with file.open("xb") as target:
            target.write(raw)
    except FileExistsError as error:
        raise InputInvalid(f"{file} exists already and is left as it is; name another file") from error
    except OSError as error:
        raise InputInvalid(f"{file} cannot be written: {error}") from error
    click.echo(f"{file}: {len(raw):,} bytes, as received. Open it with care.")


def _message_number(typed: str) -> int:
    number = read_message_number(typed)
    if number is None:
        raise InputInvalid(f"{typed!r} is no message; one looks like M-17")
    return number


def _reference(typed: str) -> str:
    reference = read_reference(typed)
    if reference is None:
        raise InputInvalid(
            f"{typed!r} is no case reference; one looks like C-4827-1930-70, check digits and all"
        )
    return reference


@contextmanager
def _open_input(file: Path) -> Iterator[int]:
    """Yield the file descriptor of a file or, for -, of standard input."""
    if str(file) == "-":
        yield sys.stdin.fileno()
        return
    try:
        with file.open("rb") as opened:
            yield opened.fileno()
    except OSError as error:
        raise InputInvalid(f"{file} cannot be read: {error}") from error


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True,
        disable=not sys.stderr.isatty(),
    )  # fmt: skip


def _shown_on(bar: Progress) -> Callable[[str, int, int], None]:
    """Return a progress callback that draws on a bar, begun at its first call."""
    tasks: list[Any] = []

    def show(step: str, done: int, total: int) -> None:
        if not tasks:
            tasks.append(bar.add_task(step, total=total))
        bar.update(tasks[0], description=f"training: {step}", completed=done, total=total)

    return show


def _print_pass(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(done))
        return
    for name, why in done["away"].items():
        _say_fault(f"{name}: {why}")
    ledger = ", ".join(f"{outcome} {count:,}" for outcome, count in done["ledger"].items() if count)
    click.echo(f"{done['kept']:,} new messages. Ledger: {ledger or 'empty'}. Letters sent: {done['sent']:,}.")


def _print_figures(figures: dict[str, Any], *, title: str) -> None:
    from triage.report import report  # noqa: PLC0415

    Console(width=None if sys.stdout.isatty() else 100).print(*report(figures, title=title), sep="\n")


def _category(app: App, code: str) -> str:
    known = (*(each.value for each in Category), *app.own_categories)
    if code not in known:
        raise InputInvalid(f"there is no category {code!r}; these are: {', '.join(known)}")
    return code


def _all_that_apply(what: str, codes: tuple[str, ...], *, known: Sequence[str]) -> tuple[str, ...] | None:
    """Return the codes named, empty for `none`, None where nothing was said of them."""
    if not codes:
        return None
    if codes == ("none",):
        return ()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InputInvalid(f"there is no {what} {unknown[0]!r}; these are: none (alone), {', '.join(known)}")
    return tuple(dict.fromkeys(codes))


def _print_training(app: App, done: "Outcome") -> None:
    made = done.trained.artefact
    _print_figures(
        made.metrics,
        title=f"{made.name}: {made.corpus_size:,} messages and {made.rulings:,} rulings, "
        "cross-validated by writer",
    )
    if done.rulings.disputed:
        click.echo(f"Left out, since officers ruled differently on them: {done.rulings.disputed:,}")
    for code, count in done.rulings.missing.items():
        click.echo(f"Category {code} is not learnt yet: {count} more rulings are needed; `other` until then")
    for each in done.verdict.comparisons if done.verdict else ():
        click.echo(f"  {each.text}")
    click.echo(f"Model card: {app.artefacts / made.name / 'card.html'}")
    if done.is_live:
        click.echo(f"It is live: {done.why}. A running service uses it within a minute.")
    else:
        click.echo(f"It is a candidate: {done.why}. Make it live: heard artefacts promote {made.name}")


def _trained_briefs() -> set[str]:
    from triage import corpus  # noqa: PLC0415

    return {each.brief for each in corpus.read_training()}


def _say_fault(text: str) -> None:
    click.echo(f"heard: {text}", err=True)


def _plain(value: Any) -> Any:
    """Turn dates, codes and the like into what JSON holds."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Iterable):
        return list(value)
    return getattr(value, "value", str(value))
