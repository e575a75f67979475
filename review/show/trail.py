"""The trail of a case in plain words: what was done, by whom, and why, a sentence a row of the audit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.reference import message_name
from review.show.names import Names, in_words, letter_name
from review.show.text import one_line
from review.show.words import day as in_full
from review.show.words import sentence

_LONGEST = 600
_ROADS = {
    "duplicate": "Recognised as a copy of a message that came before",
    "bounce": "Recognised as a letter of ours that came back",
    "machine": "Recognised as mail of a machine, which nobody answers",
    "reply": "Filed with this case",
    "new_case": "Made a new case",
}
_CHANNELS = {"counter": "at the counter", "telephone": "by telephone", "post": "by post",
             "councillor": "through a councillor"}  # fmt: skip

SENTENCES: dict[str, str] = {
    "message_sorted": "{road}: {why}",
    "case_opened": "Opened this case, suggesting: {status}. {letter}",
    "reply_joined": "Filed a reply here: {how}; {done}",
    "quarantined": "Put the message aside for an officer: {why}",
    "tried_again": "Had the message read once more",
    "message_filed": "Filed the message, which needs nothing done: {why}",
    "guarded": "The acknowledgement was missing, so the guard acted: {done}",
    "letter_sent": "Sent the {kind}",
    "letter_failed": "The {kind} did not go: {fault}",
    "letter_queued": "The {kind} waits to be tried again: {fault}",
    "letter_held": "The {kind} is held until an officer lets it go: {fault}",
    "letter_by_hand": "The {kind} is for a person to post or read out: {fault}",
    "letter_withdrawn": "Took back the {kind}: {why}. {owed}",
    "letter_released": "Let the {kind} go {goes}",
    "letter_set_right": "Set the {kind} right before it went: {goes}",
    "letter_done_by_hand": "Posted the {kind} or read it out on {on}",
    "letter_edited": "Changed the words of the {kind}",
    "letter_kept_back": "Kept the {kind} back",
    "letter_sent_at_once": "Let the {kind} go without waiting",
    "note_added": "Noted: {note}",
    "ruling_recorded": "Ruled: {after}. {reason} {letter}",
    "undone": "Took back what was done last: {undone}",
    "case_assigned": "Gave the case to {after}{before} {reason}",
    "answered": "Wrote the stage {stage} answer: {letter}",
    "answered_elsewhere": "Recorded that stage {stage} was answered by {by} on {answered_on}. {reason}",
    "response_extended": "Put the answer off from {promised} to {extended_to}. {reason} {letter}",
    "escalated": "Began stage 2, asked for on {received_on}. {note} {letter}",
    "converted_to_complaint": "Made it a complaint, from {received_on}. {reason} {letter}",
    "converted_to_request": "Made it a service request. {reason} {letter}",
    "request_closed": "Closed the service request, open since {opened_on}. {reason}",
    "complaint_not_accepted": "Did not accept the complaint: {ground}. {reasons} {letter}",
    "clarification_asked": "Asked the complainant: {questions}. {letter}",
    "case_closed": "Closed the case. {reason}",
    "case_reopened": "Opened the case again. {reason}",
    "case_merged": "Merged {from} into {to}. {reason}",
    "case_split": "Split {to} off. {reason} {letter}",
    "case_joined": "Joined {from} to {to}. {reason}",
    "point_added": "Added point {point}, raised on {raised_on}",
    "point_decided": "Decided point {point}",
    "action_added": "Promised action {action}: {owner}, by {due_by}",
    "action_done": "Action {action} was done on {done_on}. {note}",
    "progress_told": "Told the complainant how far the promises have come. {letter}",
    "arranged": "Agreed with the person: {kind}. {reason}",
    "arrangement_kept": "What was agreed (number {arrangement}) goes on until {review_on}. {reason}",
    "arrangement_ended": "Ended what was agreed (number {arrangement}): {kind}. {reason}",
    "review_due": "The review of what was agreed is due (number {arrangement}): {kind}",
    "consent_asked": "Asked for consent. {letter}",
    "consent_recorded": "Recorded: {kind}. {evidence}",
    "known_issue_matched": "Matched known issue {issue}",
    "taken_by_hand": "Took the complaint down {channel}. {letter}",
}
"""What each action says. Names in braces are those of its detail, in words; one that is missing is empty."""

_SHOWN_APART = {
    "ruling_recorded": ("before",),
    "case_closed": ("withdrawn", "tasks"),
    "point_decided": ("before", "after"),
    "complaint_not_accepted": ("evidence", "discretion"),
    "response_extended": ("late",),
    "answered": ("due", "late", "outcomes", "actions_outstanding"),
    "message_sorted": ("defects",),
    "letter_failed": ("attempts",),
}
"""Detail that stands below its sentence, as it is on record."""


@dataclass(frozen=True)
class Step:
    """One row of the trail; `details` are names and values below the sentence."""

    at: datetime
    who: str
    what: str
    about: str = ""
    details: tuple[tuple[str, str], ...] = ()


def trail_of(rows: Iterable[Mapping[str, Any]], names: Names) -> tuple[Step, ...]:
    """Put the rows of the audit into words, in their order."""
    return tuple(_step(row, names) for row in rows)


def _step(row: Mapping[str, Any], names: Names) -> Step:
    action, detail = row["action"], row["detail"] or {}
    template = SENTENCES.get(action)
    about = message_name(row["message_id"]) if row["message_id"] is not None else ""
    who = names.officer(row["actor"])
    if template is None:
        apart = tuple((in_words(key).capitalize(), _said(value)) for key, value in detail.items())
        return Step(row["at"], who, sentence(in_words(action)), about, _present(apart))
    words: dict[str, str] = defaultdict(str)
    words |= {key: _WORDS.get(key, _default)(value, names) for key, value in detail.items()}
    words["why"] = _quietly(detail.get("reason"), names)
    text = " ".join(template.format_map(words).replace(" .", ".").split()).strip(" :")
    apart = tuple(
        (in_words(key).capitalize(), _said(detail[key]))
        for key in _SHOWN_APART.get(action, ())
        if key in detail
    )
    return Step(row["at"], who, sentence(text), about, _present(apart))


def _present(apart: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in apart if value)


def _default(value: Any, names: Names) -> str:
    del names
    return _said(value)


def _said(value: Any) -> str:
    """Say a value of the detail: codes and days in words, lists with commas, tables as names and values."""
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return "yes"
    if isinstance(value, Mapping):
        return "; ".join(f"{in_words(key)}: {_said(each)}" for key, each in value.items() if _said(each))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_said, value)))
    return one_line(_codes_in(_day_in(str(value))), longest=_LONGEST)


def _day_in(text: str) -> str:
    try:
        return in_full(date.fromisoformat(text)) if len(text) == len("2026-04-03") else text
    except ValueError:
        return text


def _codes_in(text: str) -> str:
    """Say the codes within a text in words: "letter queued: stage_1_acknowledgement"."""
    return " ".join(word.replace("_", " ") if "@" not in word else word for word in text.split(" "))


def _road(value: Any, names: Names) -> str:
    del names
    return _ROADS.get(str(value)) or _said(value)


def _letter(value: Any, names: Names) -> str:
    """Say what became of the letter as a sentence of its own."""
    del names
    return sentence(_said(value)) if _said(value) and not str(value).isdigit() else ""


def _prose(value: Any, names: Names) -> str:
    """Say what an officer wrote as a sentence."""
    del names
    return sentence(one_line(str(value), longest=_LONGEST)) if value else ""


def _quietly(value: Any, names: Names) -> str:
    """Say a reason within a sentence."""
    del names
    return _said(value).rstrip(".")


def _kind(value: Any, names: Names) -> str:
    del names
    return letter_name(str(value))


def _after(value: Any, names: Names) -> str:
    """Say what a case is after a ruling, or whose it is after it was given to somebody."""
    if isinstance(value, Mapping):
        return f"{names.status(value.get('status', ''))}, {names.category(value.get('category', ''))}"
    return names.officer(str(value))


def _before(value: Any, names: Names) -> str:
    return f", before with {names.officer(str(value))}." if value and not isinstance(value, Mapping) else "."


_WORDS: dict[str, Callable[[Any, Names], str]] = {
    "road": _road,
    "letter": _letter,
    "done": _quietly,
    "owed": _letter,
    "reason": _prose,
    "reasons": _prose,
    "note": _prose,
    "evidence": _prose,
    "how": _quietly,
    "kind": _kind,
    "status": lambda value, names: names.status(value).lower(),
    "ground": lambda value, names: names.exclusion(value),
    "by": lambda value, names: names.officer(str(value)),
    "after": _after,
    "before": _before,
    "channel": lambda value, _names: _CHANNELS.get(str(value), _said(value)),
}
