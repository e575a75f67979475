"""The queue and a case on a terminal."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from models.queries import CaseView
from review.pages import QueueLine, suggestion_in_words, tags_of

_BIDI = (0x202A, 0x202B, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069)
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), *_BIDI])


def safe(text: str) -> str:
    """Return text that can neither steer the terminal nor its markup: letters come from strangers."""
    return escape(text.translate(_CONTROL))


def print_queue(console: Console, lines: Sequence[QueueLine], *, total: int) -> None:
    """Print the queue, one block a case."""
    if not lines:
        console.print("Nothing awaits an officer.")
        return
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_lines=False, padding=(0, 1))
    table.add_column("due", style="bold", ratio=3)
    table.add_column("case", no_wrap=True)
    table.add_column("from and about", ratio=6)
    table.add_column("suggestion", ratio=5)
    for line in lines:
        due = f"[red]{line.due}[/red]" if line.is_overdue else line.due
        about = f"{safe(line.who)}, {line.received}\n[bold]{safe(line.gist)}[/bold]"
        if line.evidence:
            about += f"\n[italic]“{safe(max(line.evidence, key=len)[:160])}”[/italic]"
        suggestion = f"{line.suggestion}\n{line.confidence}"
        if line.tags:
            suggestion += f"\n[yellow]{', '.join(line.tags)}[/yellow]"
        for task in line.tasks:
            suggestion += f"\n[magenta]{safe(task)}[/magenta]"
        table.add_row(due, line.reference, about, suggestion, end_section=True)
    console.print(table)
    shown = f"{len(lines)} of {total:,}" if total > len(lines) else f"{total:,}"
    console.print(f"{shown} await an officer. `heard queue REF` shows a case, `heard rule REF` decides it.")


def print_case(console: Console, view: CaseView) -> None:
    """Print one case whole: what was said, what triage makes of it, letters, tasks and the trail."""
    case = view.case
    acknowledged = case["acknowledged_on"] or f"not yet, by {case['acknowledge_by']}"
    console.print(
        Panel(
            f"[bold]{safe(case['subject'] or '(no subject)')}[/bold]\n"
            f"{safe(case['complainant_name'])} {safe(case['complainant_address'])}\n"
            f"{suggestion_in_words({'': ''}, status=case['status'].value, category=case['category'].value)}, "
            f"stage {case['stage'] or '-'}, {case['ombudsman'].value}\n"
            f"received {case['received_on']}, acknowledged {acknowledged}, "
            f"answer due {case['respond_by'] or '-'}",
            title=f"Case {case['reference']}",
            title_align="left",
        )
    )
    for message in view.messages:
        title = f"{message['received_at']:%Y-%m-%d %H:%M} {safe(message['sender_name'])}"
        console.print(Panel(safe(message["text"] or "(no text)"), title=title, title_align="left"))
    for attachment in view.attachments:
        console.print(
            f"Attached: {safe(attachment['filename'])} ({safe(attachment['content_type'])}), "
            f"{len(attachment['text'].split())} words read"
        )
    for decision in view.decisions:
        _print_decision(console, decision["document"])
    _print_rows(console, "Letters", view.letters, ("kind", "state", "recipient", "queued_at", "sent_at"))
    _print_rows(console, "Tasks", view.tasks, ("kind", "due_by", "note", "closed_at"))
    _print_rows(console, "Rulings", view.rulings, ("ruled_at", "officer", "status", "category", "reason"))
    _print_rows(console, "What happened", view.trail, ("at", "actor", "action", "detail"))


def _print_decision(console: Console, document: dict[str, Any]) -> None:
    status = sorted(document["status"]["probabilities"].items(), key=lambda pair: -pair[1])[:3]
    verdict = "yes" if document["dissatisfaction"]["value"] else "no"
    lines = [
        "status: " + ", ".join(f"{name.replace('_', ' ')} {chance:.0%}" for name, chance in status),
        "category: " + ", ".join(
            f"{each['value'].replace('_', ' ')} {each['probability']:.0%}"
            for each in document["category"]["top3"]
        ),
        f"dissatisfied: {verdict} (chance {document['dissatisfaction']['probability']:.0%})",
        *(f"because: “{safe(span['text'])}”" for span in document["evidence"]),
        *(
            f"{each['code'].replace('_', ' ')}: {each['reason']} - “{safe(each['text'][:200])}”"
            for each in (*document["flags"], *document["exclusions"])
        ),
        *(f"officer decides: {reason}" for reason in document["reasons"]),
        f"tags: {', '.join(tags_of(document)) or '-'}",
    ]  # fmt: skip
    console.print(Panel("\n".join(lines), title=f"Triage ({document['artefact']})", title_align="left"))


def _print_rows(
    console: Console, title: str, rows: Sequence[dict[str, Any]], columns: tuple[str, ...]
) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column.replace("_", " "))
    for row in rows:
        table.add_row(*(safe(_shown(row[column])) for column in columns))
    console.print(table)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if hasattr(value, "strftime") and hasattr(value, "hour"):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(getattr(value, "value", value))
