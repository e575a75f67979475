"""Known issues by hand: declared, ended, listed."""

from collections.abc import Sequence
from datetime import date

from bootstrap import App
from casework.known_issues import declare_issue, end_issue
from models.deadlines import received_on
from models.people import KnownIssue


def declare(
    app: App,
    *,
    title: str,
    category: str,
    words: Sequence[str],
    known: str,
    ends_on: date | None,
    officer: str,
) -> KnownIssue:
    """Put a known issue on record; raises InputInvalid where a part is missing."""
    with app.units() as uow:
        issue = declare_issue(
            uow, title=title, category=category, words=words, known=known,
            ends_on=ends_on, officer=officer, now=app.clock(),
        )  # fmt: skip
        uow.commit()
    return issue


def end(app: App, number: int, *, officer: str) -> str:
    """End a known issue at once; raises UnknownReference where there is none of that number."""
    with app.units() as uow:
        done = end_issue(uow, number, officer=officer, now=app.clock())
        uow.commit()
    return done


def listed(app: App, *, with_ended: bool) -> list[KnownIssue]:
    """Return the issues that last, or all that there ever were, the newest first."""
    # On the first of all days none had ended yet.
    day = date.min if with_ended else received_on(app.clock())
    with app.units(reads=True) as uow:
        return uow.known_issues.open_on(day)
