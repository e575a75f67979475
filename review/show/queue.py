"""What the page of the queue says of each row, of its parts and of their counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from models.codes import Flag, TaskKind
from models.deadlines import WorkingDays
from models.queue_rows import MOST_COUNTED, QueueRow
from models.queue_selection import Selection, Show
from review.show.days import left_in_words
from review.show.lines import sureness
from review.show.names import Names
from review.show.tasks import TITLES, note_in_words
from review.show.text import one_line
from review.show.words import percent, short_day

PARTS = {
    Show.MINE: "Mine",
    Show.UNASSIGNED: "With nobody",
    Show.OVERDUE: "Overdue",
    Show.UNSURE: "Triage is unsure",
    Show.COMPLAINTS: "Likely complaints",
    Show.REQUESTS: "Service requests",
    Show.OWED: "Acknowledgement owed",
    Show.REPLIES: "Possible replies",
    Show.QUARANTINE: "Quarantine",
}
_NOTHING = {
    None: "Nothing awaits an officer. What comes in appears here by itself.",
    Show.MINE: "Nothing awaits you. Have a look at what is with nobody yet.",
    Show.UNASSIGNED: "Everything is with somebody.",
    Show.OVERDUE: "Nothing is overdue.",
    Show.UNSURE: "Triage is sure of everything that waits.",
    Show.COMPLAINTS: "No likely complaint waits.",
    Show.REQUESTS: "No service request waits.",
    Show.OWED: "Nobody is owed an acknowledgement.",
    Show.REPLIES: "Nothing that waits looks like a reply to another case.",
    Show.QUARANTINE: "Nothing is in quarantine: every message could be read.",
}
_NOTHING_FITS = "Nothing that awaits an officer fits what you chose."
_NO_FURTHER = "There is nothing further here."
_OMBUDSMEN = {"lgsco": "LGSCO", "housing": "Housing Ombudsman"}
_DANGERS = {Flag.SAFEGUARDING.value, Flag.SAFETY_HAZARD.value}
_ITEMS = {"quarantine": "Could not be read", "bounce": "A letter came back"}
_GIST = 110


@dataclass(frozen=True)
class Tag:
    """A short word about a row; `before` says to who cannot see its colour what kind of word it is."""

    text: str
    colour: str
    before: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the queue in words; `message_id` is that of a message without a case."""

    reference: str
    gist: str
    who: str
    received: str
    due_on: str
    due: str
    is_overdue: bool
    status: str
    sureness: str
    about: str
    ombudsman: str
    tags: tuple[Tag, ...]
    assigned_to: str
    note: str = ""
    message_id: int | None = None
    what_is_due: str = ""
    words: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the queue to go to, and how much is in it."""

    name: str
    arguments: Mapping[str, str]
    count: str
    is_here: bool


def line_of(row: QueueRow, names: Names, *, me: str, today: date, working_days: WorkingDays) -> Line:
    """Put a row of the record into words."""
    is_item = row.message_id is not None
    return Line(
        reference=row.reference,
        gist=_gist(row),
        who=one_line(row.name or row.address, longest=60) or "unknown sender",
        received=short_day(row.received_on),
        due_on=short_day(row.due_by),
        due=left_in_words(row.due_by, today=today, working_days=working_days),
        is_overdue=row.due_by < today,
        status=_ITEMS.get(row.status, row.status) if is_item else names.status(row.status),
        sureness="" if is_item else _sureness(row),
        about="" if is_item else _about(row, names),
        ombudsman=_OMBUDSMEN.get(row.ombudsman, ""),
        tags=_tags(row, names),
        assigned_to="you" if row.assigned_to == me else one_line(row.assigned_name),
        note=note_in_words(row.tasks[0]) if is_item and row.tasks else "",
        message_id=row.message_id,
        what_is_due="" if is_item else row.clock or "to do",
        words=_words(row),
    )


def parts_of(selection: Selection, counts: Mapping[Show | None, int]) -> tuple[Part, ...]:
    """Return the parts of the queue that can be gone to, each with its count; the first is all of it.

    They keep the category, stage and Ombudsman that are chosen; from a search they lead back to the queue.
    """
    kept = Selection() if selection.words else selection
    return tuple(
        Part(
            name=PARTS[show] if show else "All that waits",
            arguments=replace(kept, show=show).as_arguments(),
            count=count_in_words(count),
            is_here=show == selection.show and not selection.words,
        )
        for show, count in counts.items()
    )


def count_in_words(count: int, *, most: int = MOST_COUNTED) -> str:
    """Say a count, which may have stopped early."""
    return f"{count:,}" if count <= most else f"over {most:,}"


def title_of(selection: Selection, names: Names) -> str:
    """Name what is shown: "Overdue, Housing repairs, stage 2"."""
    said = [
        PARTS[selection.show] if selection.show else "",
        names.category(selection.category) if selection.category else "",
        "" if selection.stage is None else f"stage {selection.stage}" if selection.stage else "no stage",
        _OMBUDSMEN[selection.ombudsman.value] if selection.ombudsman else "",
        f"“{selection.words}”" if selection.words else "",
    ]
    return ", ".join(each for each in said if each)


def nothing_in_words(selection: Selection, *, is_further: bool) -> str:
    """Say why there is nothing to see."""
    if is_further:
        return _NO_FURTHER
    is_narrowed = selection != Selection(show=selection.show)
    return _NOTHING_FITS if is_narrowed else _NOTHING[selection.show]


def _gist(row: QueueRow) -> str:
    """Return the subject, or the first words of the text where it says nothing."""
    return one_line(row.subject, longest=_GIST) or one_line(row.text, longest=_GIST) or "No words"


def _words(row: QueueRow) -> str:
    """Return the passage by which triage went, in the writer's own words, else how the newest mail begins.

    Nothing where the first line says it already: a subject tells little of what somebody wants.
    """
    if not one_line(row.subject):
        return ""
    passages = (each["text"] for each in (row.decision or {}).get("evidence", ()))
    return one_line(next(passages, "") or row.text, longest=_GIST)


def _sureness(row: QueueRow) -> str:
    if row.is_ruled:
        return "ruled on"
    if not row.decision:
        return ""
    return f"{sureness(row.decision)}, {percent(float(row.decision['status']['probability']))}"


def _about(row: QueueRow, names: Names) -> str:
    category = names.category(row.category) if row.category else ""
    return ", ".join(filter(None, (category, f"stage {row.stage}" if row.stage else "")))


def _tags(row: QueueRow, names: Names) -> tuple[Tag, ...]:
    """Return the dangers first, then what is to do, then other flags, then the exclusions that may apply."""
    flags = sorted(row.flags, key=lambda flag: flag not in _DANGERS)
    said = [Tag(names.flag(flag), "red" if flag in _DANGERS else "purple", "Flag") for flag in flags]
    dangers = sum(flag in _DANGERS for flag in flags)
    tasks = [
        Tag(TITLES[kind], "grey" if kind is TaskKind.KNOWN_ISSUE else "blue", "To do")
        for kind in dict.fromkeys(row.kinds)
        if row.message_id is None
    ]
    suggested = () if row.is_ruled else (row.decision or {}).get("exclusions", ())
    exclusions = dict.fromkeys(names.exclusion(each["code"]) for each in suggested)
    may_apply = [Tag(f"{each}?", "orange", "Exclusion that may apply") for each in exclusions]
    return (*said[:dangers], *tasks, *said[dangers:], *may_apply)
