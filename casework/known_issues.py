"""Known issues: a fault that an officer declared, the new messages about it, and the letter about it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from casework.common import FIVE_YEARS, require_day, require_words
from casework.policy import Policy
from casework.ways import recipient_of, ways_of
from casework.write_letter import write_letter
from letters.details import KnownIssueDetails
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Task
from models.codes import LetterKind, TaskKind
from models.deadlines import received_on
from models.decision import Decision
from models.errors import InputInvalid
from models.message import Message, ParsedMessage
from models.people import KnownIssue
from models.ports import UnitOfWork

TOLD_FOR = timedelta(days=14)
"""For so long nobody is told of the same issue again."""

_MOST_WORDS = 50
_LONGEST_WORD = 100
_SHORTEST_WORD = 2
_APOSTROPHES = str.maketrans("’‘", "''")  # noqa: RUF001  # typographic ones, as telephones write them


def declare_issue(
    uow: UnitOfWork,
    *,
    title: str,
    category: str,
    words: Sequence[str],
    known: str,
    ends_on: date | None,
    officer: str,
    now: datetime,
) -> KnownIssue:
    """Put a known issue on record and return it; new messages are held against it from now on.

    Raises InputInvalid where a part is missing or the end has passed.
    """
    issue = KnownIssue(
        title=_on_one_line(require_words(title, what="an issue needs a title", option="--title")),
        category=category,
        known=_on_one_line(require_words(known, what="an issue needs what is known of it", option="--known")),
        declared_by=require_words(
            officer, what="an issue needs the name of who declares it", option="--officer"
        ),
        declared_at=now,
        words=_checked(words),
        ends_on=ends_on,
    )
    if ends_on is not None:
        today = received_on(now)
        require_day(ends_on, option="--until", first=today, last=today + FIVE_YEARS)
    uow.known_issues.add(issue)
    uow.flush()
    detail = {"issue": issue.id, "title": issue.title, "category": category, "words": issue.words,
              "until": ends_on.isoformat() if ends_on else None}  # fmt: skip
    uow.audit.add(AuditRow(at=now, actor=issue.declared_by, action="known_issue_declared", detail=detail))
    return issue


def end_issue(uow: UnitOfWork, number: int, *, officer: str, now: datetime) -> str:
    """End a known issue at once, and say so; raises InputInvalid where it has ended before."""
    who = require_words(officer, what="ending an issue needs the name of who ends it", option="--officer")
    issue, today = uow.known_issues.get(number), received_on(now)
    if not issue.is_open(today):
        raise InputInvalid(
            f"known issue {number} ended on {issue.ends_on} already; `heard issues list` shows it"
        )
    # It lasts to the end of its last day, and messages of today are to be told no longer.
    issue.ends_on = today - timedelta(days=1)
    detail = {"issue": number, "ends_on": issue.ends_on.isoformat()}
    uow.audit.add(AuditRow(at=now, actor=who, action="known_issue_ended", detail=detail))
    return f"known issue {number} has ended; nobody is told of it any longer"


def matching_issue(
    uow: UnitOfWork, parsed: ParsedMessage, decision: Decision, *, now: datetime
) -> KnownIssue | None:
    """Return the newest open issue of a message's category of which the message holds a word."""
    issues = [
        each for each in uow.known_issues.open_on(received_on(now)) if each.category == str(decision.category)
    ]
    if not issues:
        return None
    text = _plain(f"{parsed.subject}\n{parsed.words_to_triage}")
    return next((each for each in issues if _holds_any(text, each.words)), None)


def note_known_issue(
    uow: UnitOfWork, case: Case, parsed: ParsedMessage, decision: Decision, *, now: datetime
) -> KnownIssue | None:
    """Note on a new case which known issue its message seems to be about, and return it; None for none."""
    issue = matching_issue(uow, parsed, decision, now=now)
    if issue is None:
        return None
    note = f"matches known issue {issue.id}: {issue.title}"
    case.tasks.append(Task(kind=TaskKind.KNOWN_ISSUE, opened_at=now, due_by=case.acknowledge_by, note=note))
    uow.audit.add(
        AuditRow(at=now, actor="heard", action="known_issue_matched", case_reference=case.reference,
                 detail={"issue": issue.id})
    )  # fmt: skip
    return issue


def was_told(uow: UnitOfWork, case: Case, issue: KnownIssue, *, now: datetime) -> bool:
    """Say whether the person was written to about the issue within the last two weeks."""
    address = recipient_of(case, ways_of(uow, case))
    # What is posted to people without an address has no address in common.
    return bool(address) and uow.letters.tells_of_issue(_number(issue), address, since=now - TOLD_FOR)


def tell_of_issue(
    uow: UnitOfWork,
    case: Case,
    issue: KnownIssue,
    *,
    answered: Message,
    is_dissatisfied: bool,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> None:
    """Write the letter that says what is known, and that and how they may complain all the same."""
    letter = write_letter(
        uow, case, LetterKind.KNOWN_ISSUE,
        details=KnownIssueDetails(title=issue.title, known=issue.known, ends_on=issue.ends_on),
        answered=answered, is_dissatisfied=is_dissatisfied, policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    letter.known_issue = _number(issue)


def _checked(words: Iterable[str]) -> list[str]:
    """Return the words as they are looked for; raises InputInvalid for none, too many, or odd ones."""
    plain = list(dict.fromkeys(filter(None, map(_plain, words))))
    if not plain or len(plain) > _MOST_WORDS:
        raise InputInvalid(
            f"an issue needs the words by which messages about it are known, {_MOST_WORDS} at most; "
            'name them with commas (--words "heating,boiler")'
        )
    odd = [word for word in plain if not _SHORTEST_WORD <= len(word) <= _LONGEST_WORD]
    if odd:
        raise InputInvalid(
            f"{odd[0][:_LONGEST_WORD]!r} is no word to look for; "
            f"one has {_SHORTEST_WORD} to {_LONGEST_WORD} letters (--words)"
        )
    return plain


def _holds_any(text: str, words: Iterable[str]) -> bool:
    """Say whether a plain text holds one of some plain words, as whole words."""
    return any(word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


def _plain(text: str) -> str:
    """Return a text as it is compared: without case, ways of writing or line ends."""
    return _on_one_line(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold())


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _number(issue: KnownIssue) -> int:
    if issue.id is None:
        raise ValueError("an issue on record always has a number")
    return issue.id
