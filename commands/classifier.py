"""Commands about triage: one message, training, evaluation, the artefacts and the corpus."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from bootstrap import App
from commands.common import AS_JSON, FAST, FOUND, progress, require_record, say_fault, shown_on, with_app
from models.errors import InputInvalid

if TYPE_CHECKING:
    from operations.training import Outcome


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@FAST
@with_app
def triage(app: App, file: Path, *, fast: bool) -> None:
    """Triage JSON lines with id, subject, body, received; print one JSON object for each, in order.

    Example: heard triage messages.jsonl > decisions.jsonl
    """
    from triage.lines import triage_lines  # noqa: PLC0415  # loads spaCy and scikit-learn

    with _open_input(file) as descriptor:
        with progress() as bar:
            triager = app.triager(progress=shown_on(bar), is_fast=fast)
        faulty = 0
        for line, is_faulty in triage_lines(triager, descriptor, workers=os.cpu_count() or 1):
            faulty += is_faulty
            sys.stdout.write(line + "\n")
            if sys.stdout.line_buffering or is_faulty:
                sys.stdout.flush()
    sys.stdout.flush()
    if faulty:
        say_fault(f"lines that could not be triaged: {faulty}; each says why in its place")
    sys.exit(FOUND if faulty else 0)


@click.command()
@click.option("--candidate", is_flag=True, help="Keep it as a candidate; do not make it live.")
@AS_JSON
@with_app
def train(app: App, *, candidate: bool, as_json: bool) -> None:
    """Train the classifier on the project's corpus and on what officers ruled.

    The result goes live if it is no worse than the live one; otherwise it is kept as a candidate, with the
    reason, and the exit code is 1.

    Example: heard train
    """
    from operations.training import train_and_judge  # noqa: PLC0415  # loads scikit-learn

    with progress() as bar:
        done = train_and_judge(app, progress=shown_on(bar), is_candidate=candidate)
    if as_json:
        click.echo(json.dumps(done.as_json(), indent=1))
    else:
        _print_training(app, done)
    sys.exit(0 if done.is_live or candidate else FOUND)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@FAST
@AS_JSON
@with_app
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
    with progress() as bar:
        triager = app.triager(progress=shown_on(bar), is_fast=fast)
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


@click.group()
def artefacts() -> None:
    """List the trained classifiers, make one live, or go back to the one before.

    Example: heard artefacts list
    """


@artefacts.command("list")
@AS_JSON
@with_app
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
@with_app
def promote_artefact(app: App, name: str) -> None:
    """Make an artefact live."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    artefact.promote(app.artefacts, name)
    click.echo(f"{name} is live; a running service uses it within a minute.")


@artefacts.command("shadow")
@click.argument("name", required=False)
@click.option("--off", is_flag=True, help="Let none run beside the live one.")
@AS_JSON
@with_app
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
@AS_JSON
@with_app
def show_drift(app: App, *, days: int, as_json: bool) -> None:
    """Hold the last weeks against what the live artefact learnt from; exit 1 beyond the limits.

    Example: heard artefacts drift --days 28
    """
    from operations.drift import drift_now  # noqa: PLC0415  # loads scikit-learn
    from triage.drift import lines  # noqa: PLC0415

    require_record(app)
    found = drift_now(app, window=timedelta(days=days))
    if as_json:
        click.echo(json.dumps(found.as_json()))
    else:
        for line in lines(found):
            click.echo(line)
    sys.exit(FOUND if found.is_alarm else 0)


@artefacts.command("rollback")
@with_app
def roll_back(app: App) -> None:
    """Make the artefact live that was live before."""
    from triage import artefact  # noqa: PLC0415  # loads scikit-learn

    click.echo(
        f"{artefact.rollback(app.artefacts)} is live again; a running service uses it within a minute."
    )


@click.group("corpus")
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
    sys.exit(FOUND if faults else 0)


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


def _print_figures(figures: dict[str, Any], *, title: str) -> None:
    from triage.report import report  # noqa: PLC0415

    Console(width=None if sys.stdout.isatty() else 100).print(*report(figures, title=title), sep="\n")


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
