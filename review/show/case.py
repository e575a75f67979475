"""The page of a case as values: rows of the record in, words for people out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.case_page_rows import MESSAGES_A_PAGE, STEPS, CaseRows
from models.codes import Channel, Flag
from models.deadlines import WorkingDays
from review.show.clocks import Clock, clocks_of, next_clock
from review.show.complainant import (
    Agreed,
    OtherCase,
    SomebodyElse,
    agreed_with,
    found_in_words,
    other_cases_of,
    person_in_words,
    somebody_else,
)
from review.show.decided import (
    Decided,
    Point,
    Promise,
    decided_by,
    notes_in,
    points_of,
    promises_of,
)
from review.show.letters import LetterLine, letters_of
from review.show.messages import ShownMessage, messages_of
from review.show.names import Names
from review.show.suggestion import Suggestion
from review.show.tasks import ToDo, to_do
from review.show.text import one_line
from review.show.trail import Step, trail_of
from review.show.words import day as in_full

_CHANNELS = {
    Channel.EMAIL: "by email",
    Channel.TELEPHONE: "by telephone",
    Channel.COUNTER: "at the counter",
    Channel.POST: "by post",
    Channel.COUNCILLOR: "through a councillor",
}
_MOST_OTHERS = 10
_OF_TWO_CASES = {
    "case_merged": ("Merged into it", "Merged into"),
    "case_split": ("Split off", "Split off from"),
    "case_joined": ("Joined to it", "Joined to"),
}


@dataclass(frozen=True)
class Related:
    """Another case that this one came out of, goes on in, or took in."""

    reference: str
    how: str


@dataclass(frozen=True)
class CasePage:
    """Everything that the page of a case shows.

    `verdict` says whose word the status in force is. `older` and `newer` are numbers of pages of messages,
    None where there is none. `suggestion` is that of the newest message shown that a person wrote.
    `dangers` are the names of the flags by which somebody may be in danger.
    """

    reference: str
    version: int
    title: str
    complainant: str
    found_in: str
    on_behalf_of: str
    claimed: str
    received: str
    status: str
    category: str
    ombudsman: str
    stage: str
    verdict: str
    is_ruled: bool
    assigned_to: str
    stage_1_officer: str
    flags: tuple[str, ...]
    dangers: tuple[str, ...]
    ended: str
    related: tuple[Related, ...]
    lookers: tuple[SomebodyElse, ...]
    next_clock: Clock | None
    to_do: tuple[ToDo, ...]
    suggestion: Suggestion | None
    conversation: tuple[ShownMessage | LetterLine, ...]
    messages: tuple[ShownMessage, ...]
    message_count: int
    first_shown: int
    newer: int | None
    older: int | None
    clocks: tuple[Clock, ...]
    points: tuple[Point, ...]
    promises: tuple[Promise, ...]
    letters: tuple[LetterLine, ...]
    agreed: tuple[Agreed, ...]
    other_cases: tuple[OtherCase, ...]
    has_more_cases: bool
    decided: tuple[Decided, ...]
    trail: tuple[Step, ...]
    has_older_steps: bool

    @property
    def newest(self) -> ShownMessage | None:
        """Return the message that stands open: the newest of the page that a person wrote."""
        written = [each for each in self.messages if not each.is_machine]
        return next(iter([*written, *self.messages]), None)

    @property
    def warnings(self) -> tuple[Agreed, ...]:
        """Return what is to be known before anybody acts."""
        return tuple(each for each in self.agreed if each.is_pressing)


def case_page(
    rows: CaseRows,
    names: Names,
    *,
    me: str,
    steps: int = STEPS,
    working_days: WorkingDays,
    today: date,
    now: datetime,
) -> CasePage:
    """Put one case into words for the officer `me`; `steps` is how many of the newest its trail shows."""
    case = rows.case
    messages = messages_of(
        rows.messages, attachments=rows.attachments, decisions=rows.decisions, copies=rows.copies, names=names
    )
    letters = letters_of(rows.letters)
    clocks = clocks_of(
        case, extensions=rows.extensions, refusals=rows.refusals, received_at=_began_at(rows),
        working_days=working_days, today=today,
    )  # fmt: skip
    verdict, is_ruled = _verdict(rows, names)
    complainant = person_in_words(case["complainant_name"], case["complainant_address"])
    page = rows.before // MESSAGES_A_PAGE + 1
    older = page + 1 if rows.before + len(messages) < rows.message_count else None
    return CasePage(
        reference=case["reference"],
        version=case["version"],
        title=one_line(case["subject"], longest=120) or "No subject",
        complainant=complainant,
        found_in=found_in_words(case["complainant_found_in"], complainant),
        on_behalf_of=one_line(case["represented_name"], longest=100),
        claimed=in_full(case["claimed_on"]) if case["claimed_on"] else "",
        received=f"{in_full(case['received_on'])} {_CHANNELS[case['channel']]}",
        status=names.status(case["status"]),
        category=names.category(case["category"]),
        ombudsman=names.ombudsman(case["ombudsman"]),
        stage=f"Stage {case['stage']}" if case["stage"] else "No stage",
        verdict=verdict,
        is_ruled=is_ruled,
        assigned_to=names.officer(case["assigned_to"]) if case["assigned_to"] else "",
        stage_1_officer=names.officer(case["stage_1_officer"]) if case["stage_1_officer"] else "",
        flags=tuple(names.flag(code) for code in case["flags"] if code in set(Flag)),
        dangers=tuple(names.flag(code) for code in (Flag.SAFEGUARDING, Flag.SAFETY_HAZARD)),
        ended=_ended(case),
        related=tuple(_related(rows)),
        lookers=somebody_else(rows.lookers, names, me=me, now=now),
        next_clock=next_clock(clocks),
        to_do=to_do(rows.tasks, reference=case["reference"], today=today, working_days=working_days),
        suggestion=next((each.suggestion for each in messages if each.suggestion), None),
        conversation=_conversation(messages, letters, is_first=rows.before == 0, is_last=older is None),
        messages=messages,
        message_count=rows.message_count,
        first_shown=rows.before + 1,
        newer=page - 1 if page > 1 else None,
        older=older,
        clocks=clocks,
        points=points_of(rows.points, names),
        promises=promises_of(rows.actions, names, today=today, working_days=working_days),
        letters=letters,
        agreed=agreed_with(rows.arrangements, case, names, today=today),
        other_cases=other_cases_of(rows.other_cases[:_MOST_OTHERS], names),
        has_more_cases=len(rows.other_cases) > _MOST_OTHERS,
        decided=decided_by(
            rows.rulings, rows.refusals, rows.extensions, names, notes=notes_in(rows.trail, names)
        ),
        trail=trail_of(rows.trail[-steps:], names),
        has_older_steps=len(rows.trail) > steps,
    )


def _conversation(
    messages: tuple[ShownMessage, ...], letters: tuple[LetterLine, ...], *, is_first: bool, is_last: bool
) -> tuple[ShownMessage | LetterLine, ...]:
    """Put the letters to the person between the messages, the newest first, each on the page of its time."""
    newest = None if is_first or not messages else messages[0].at
    oldest = None if is_last or not messages else messages[-1].at
    between = [
        letter
        for letter in letters
        if letter.is_part_of_conversation
        and (newest is None or letter.at < newest)
        and (oldest is None or letter.at >= oldest)
    ]
    return tuple(sorted([*messages, *between], key=lambda each: each.at, reverse=True))


def _began_at(rows: CaseRows) -> datetime | None:
    """Return when the newest message of the day came on which the stage began; older pages may hold it."""
    on = rows.case["received_on"]
    came = [row["received_at"] for row in rows.messages if row["received_at"].date() == on]
    return min(came, default=None)


def _verdict(rows: CaseRows, names: Names) -> tuple[str, bool]:
    """Say whose word the status in force is."""
    standing = [row for row in rows.rulings if row["undone_at"] is None]
    if standing:
        return f"ruled by {names.officer(standing[-1]['officer'])}", True
    return ("as history", True) if rows.case["is_historic"] else ("suggested, nobody has ruled yet", False)


def _ended(case: Mapping[str, Any]) -> str:
    # That a merged case goes on elsewhere is said with the link to the other one.
    if case["closed_on"] and not case["merged_into"]:
        return f"Closed on {in_full(case['closed_on'])}: {one_line(case['closed_why'], longest=300)}"
    return ""


def _related(rows: CaseRows) -> Iterator[Related]:
    """Yield the cases that were one with this one, or came out of it, each once."""
    case, seen = rows.case, {rows.case["reference"]}
    own = ((case["merged_into"], "This case goes on as"), (case["split_from"], "Came out of"))
    for reference, how in (*own, *_in_trail(rows)):
        if reference and reference not in seen:
            seen.add(reference)
            yield Related(reference, how)


def _in_trail(rows: CaseRows) -> Iterator[tuple[str, str]]:
    for row in rows.trail:
        if row["action"] in _OF_TWO_CASES:
            came_here, went_there = _OF_TWO_CASES[row["action"]]
            there = str(row["detail"].get("to", ""))
            here = str(row["detail"].get("from") or row["case_reference"] or "")
            yield there, went_there if row["action"] != "case_split" else came_here
            yield here, came_here if row["action"] != "case_split" else went_there
