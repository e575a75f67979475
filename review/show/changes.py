"""What was changed that belongs to no case, in sentences: people, known issues, the classifier."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.office_rows import Change
from review.show.names import Names
from review.show.text import one_line

_WORDS = {
    "officer_added": "added", "officer_role_set": "given another role",
    "officer_manager_set": "given another manager", "officer_details_set": "details changed",
    "officer_away": "said to be away", "officer_back": "back at work", "officer_disabled": "disabled",
    "officer_enabled": "enabled again", "code_given": "given a one-time code",
    "password_set": "password set", "identity_bound": "signs in with the council's account",
    "second_factor_set": "second factor set up", "second_factor_removed": "second factor removed",
    "identity_forgotten": "the council's account forgotten", "sign_in_unlocked": "may sign in again",
    "sign_in_locked": "too many wrong passwords or codes", "artefact_promoted": "made live",
    "artefact_rolled_back": "went back to the version before", "training_begun": "training begun",
    "known_issue_declared": "known issue declared", "known_issue_ended": "known issue ended",
}  # fmt: skip
_OF_THE_CLASSIFIER = frozenset({"artefact_promoted", "artefact_rolled_back", "training_begun"})


@dataclass(frozen=True)
class Changed:
    """One change: when, by whom, and what, in words."""

    at: datetime
    who: str
    what: str


def changes_in_words(changes: Iterable[Change], names: Names) -> list[Changed]:
    """Put lines of the audit into words."""
    return [Changed(each.at, _who(each.actor, names), _what(each, names)) for each in changes]


def _who(actor: str, names: Names) -> str:
    return "Nobody signed in" if actor == "nobody" else names.officer(actor)


def _what(change: Change, names: Names) -> str:
    said = _WORDS.get(change.action, change.action.replace("_", " "))
    if change.action in _OF_THE_CLASSIFIER:
        about = f"The classifier {change.detail.get('artefact', '')}".strip()
    elif "officer" in change.detail:
        about = names.officer(str(change.detail["officer"]))
    else:
        about = ""
    title = str(change.detail.get("title", ""))
    became = change.detail.get("after") or change.detail.get("role")
    more = title or (str(became).replace("_", " ") if became else "")
    return one_line(": ".join(filter(None, (about, said, more))), longest=150)
