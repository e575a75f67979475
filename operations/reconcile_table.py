"""What `heard reconcile` tells a person: one line for each gap, and what was looked at."""

from rich import box
from rich.console import Console
from rich.table import Table

from models.health import GapCode, Reconciliation
from review.terminal import safe


def tell(console: Console, result: Reconciliation) -> None:
    """Print the gaps as a table, and a sentence about the whole."""
    if result.gaps:
        console.print(_table(result))
    for code in GapCode:
        unnamed = result.gap_counts.get(code, 0) - sum(gap.code is code for gap in result.gaps)
        if unnamed:
            console.print(f"{code}: {unnamed:,} more", highlight=False)
    outcomes = ", ".join(f"{outcome} {count:,}" for outcome, count in result.by_outcome.items() if count)
    gaps = {0: "No gap.", 1: "1 gap."}.get(result.gap_count, f"{result.gap_count:,} gaps.")
    console.print(
        f"{gaps} {result.compared:,} messages of {result.mailboxes:,} mailboxes compared with the ledger "
        f"({outcomes or 'empty'}).",
        highlight=False,
    )


def _table(result: Reconciliation) -> Table:
    table = Table("gap", "mailbox", "where", "what was found, and what to do", box=box.SIMPLE_HEAD)
    for gap in result.gaps:
        table.add_row(gap.code.value, safe(gap.mailbox), safe(gap.where), safe(gap.said))
    return table
