"""The queue and a case on a terminal."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from models.queries import CaseView, MessageView
from models.reference import message_name
from review.show.lines import QueueLine, standing, suggestion_in_words, tags_of

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
        if line.assigned_to:
            suggestion += f"\n[cyan]with {safe(line.assigned_to)}[/cyan]"
        for task in line.tasks:
            suggestion += f"\n[magenta]{safe(task)}[/magenta]"
        table.add_row(due, line.reference, about, suggestion, end_section=True)
    console.print(table)
    shown = f"{len(lines)} of {total:,}" if total > len(lines) else f"{total:,}"
    console.print(f"{shown} await an officer. `heard queue REF` shows a case, `heard rule REF` decides it.")


def print_case(console: Console, view: CaseView) -> None:
    """Print one case whole: what was said, what triage makes of it, letters, tasks and the trail."""
    case = view.case
    stands = "\n".join(safe(line) for line in standing(case))
    console.print(
        Panel(
            f"[bold]{safe(case['subject'] or '(no subject)')}[/bold]\n"
            f"{safe(case['complainant_name'])} {safe(case['complainant_address'])}\n"
            f"{suggestion_in_words({'': ''}, status=case['status'].value, category=case['category'])}"
            f"{_who_else(case)}\n{stands}",
            title=f"Case {case['reference']}",
            title_align="left",
        )
    )
    for message in view.messages:
        title = f"{message['received_at']:%Y-%m-%d %H:%M} {safe(message['sender_name'])}"
        for role, person in message["people"].items():
            said = f"{person['name']} <{person['address']}>, found in {person['found_in'] or '-'}"
            console.print(f"{role.replace('_', ' ')}: {safe(said)}")
        console.print(Panel(safe(message["text"] or "(no text)"), title=title, title_align="left"))
    for copy in view.copies:
        console.print(f"Delivered once more, to {safe(copy['account'])} {safe(copy['folder'])}")
    _print_attachments(console, view.attachments)
    for decision in view.decisions:
        _print_decision(console, decision["document"])
    _print_rows(
        console, "Points", view.points,
        ("number", "text", "raised_on", "outcome", "finding", "remedy", "decided_by"),
    )  # fmt: skip
    _print_rows(
        console, "Actions", view.actions, ("number", "point", "what", "owner", "due_by", "done_on", "note")
    )
    _print_rows(
        console, "Extensions", view.extensions, ("stage", "respond_by", "extended_to", "officer", "reason")
    )
    _print_rows(
        console, "Refusals", view.refusals,
        ("ground", "evidence", "reasons", "discretion", "officer", "decided_at"),
    )  # fmt: skip
    _print_rows(console, "Letters", view.letters, ("kind", "state", "recipient", "queued_at", "sent_at"))
    _print_rows(console, "Tasks", view.tasks, ("kind", "due_by", "note", "closed_at"))
    _print_rows(console, "Rulings", view.rulings, ("ruled_at", "officer", "status", "category", "reason"))
    _print_rows(console, "What happened", view.trail, ("at", "actor", "action", "detail"))


def print_message(console: Console, view: MessageView) -> None:
    """Print a message that became no case: why, what could be read of it, and what can be done."""
    message = view.message
    name = message_name(message["id"])
    outcome = message["outcome"].value if message["outcome"] else "waits to be read"
    console.print(
        Panel(
            f"[bold]{safe(message['subject'] or message['filename'] or '(no subject)')}[/bold]\n"
            f"{safe(message['sender_name'])} {safe(message['sender_address'])}\n"
            f"received {message['received_at']:%Y-%m-%d %H:%M} in {safe(message['account'])}, "
            f"{message['size']:,} bytes\n{outcome}: {safe(message['reason'] or '-')}",
            title=f"Message {name}",
            title_align="left",
        )
    )
    console.print(Panel(safe(message["text"] or "(nothing could be read)"), title_align="left"))
    _print_attachments(console, view.attachments)
    _print_rows(console, "Tasks", view.tasks, ("kind", "due_by", "note", "closed_at"))
    _print_rows(console, "What happened", view.trail, ("at", "actor", "action", "detail"))
    console.print(
        f"Treat it as a case: heard rule {name} --status complaint --reason ...   "
        f"Nothing to do: heard rule {name} --file --reason ...\n"
        f"Read it again: heard retry {name}   As received: heard queue {name} --raw FILE"
    )


def _who_else(case: dict[str, Any]) -> str:
    """Say for whom the complainant writes, where they were found, and what date the message claims."""
    lines = []
    if case["represented_name"]:
        lines.append(f"on behalf of {safe(case['represented_name'])}")
    if case["complainant_found_in"] not in {"", "from"}:
        lines.append(f"complainant found in: {case['complainant_found_in'].replace('_', ' ')}")
    if case["claimed_on"]:
        lines.append(f"says that it was written on {case['claimed_on']}")
    return "".join(f"\n{line}" for line in lines)


def _print_attachments(console: Console, attachments: Sequence[dict[str, Any]]) -> None:
    for attachment in attachments:
        said = f"{len(attachment['text'].split())} words read"
        if attachment["confidence"] is not None:
            said += f" with {attachment['confidence']:.0%} confidence"
        if attachment["fault"]:
            said += f"; {attachment['fault']}"
        kind = safe(attachment["content_type"])
        console.print(f"Attached: {safe(attachment['filename'])} ({kind}), {safe(said)}")


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
