"""What officers decided about a case: rulings, refusals and extensions, points and promises."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.deadlines import WorkingDays
from review.show.days import left_in_words
from review.show.names import Names, in_words
from review.show.text import one_line, said
from review.show.words import day as in_full
from review.show.words import sentence, short_day

_LONGEST = 2_000
_NOTE = "note_added"


@dataclass(frozen=True)
class Decided:
    """One decision of an officer; `standing` says where it no longer holds, or teaches nothing."""

    at: datetime
    officer: str
    what: str
    lines: tuple[str, ...]
    standing: str = ""


@dataclass(frozen=True)
class Point:
    """One point of a complaint, and what was found on it, empty until it was decided."""

    number: int
    text: str
    raised: str
    outcome: str
    finding: str
    remedy: str
    decided: str


@dataclass(frozen=True)
class Promise:
    """Something promised to the complainant."""

    number: int
    what: str
    owner: str
    due: str
    is_overdue: bool
    is_done: bool
    note: str
    point: int | None


def decided_by(
    rulings: Iterable[Mapping[str, Any]],
    refusals: Iterable[Mapping[str, Any]],
    extensions: Iterable[Mapping[str, Any]],
    names: Names,
    *,
    notes: Iterable[Decided] = (),
) -> tuple[Decided, ...]:
    """Return what officers decided and noted, the newest first."""
    found = [
        *(_ruling(row, names) for row in rulings),
        *(_refusal(row, names) for row in refusals),
        *(_extension(row, names) for row in extensions),
        *notes,
    ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def notes_in(trail: Iterable[Mapping[str, Any]], names: Names) -> tuple[Decided, ...]:
    """Return the notes that officers wrote on a case, which the audit keeps."""
    return tuple(
        Decided(row["at"], names.officer(row["actor"]), "Note", (said(str(row["detail"].get("note", ""))),))
        for row in trail
        if row["action"] == _NOTE
    )


def points_of(rows: Iterable[Mapping[str, Any]], names: Names) -> tuple[Point, ...]:
    """Return the points of a complaint in words."""
    return tuple(
        Point(
            number=row["number"],
            text=one_line(row["text"], longest=_LONGEST),
            raised=in_full(row["raised_on"]),
            outcome=in_words(row["outcome"]).capitalize(),
            finding=one_line(row["finding"], longest=_LONGEST),
            remedy=one_line(row["remedy"], longest=_LONGEST),
            decided=f"{names.officer(row['decided_by'])}, {in_full(row['decided_on'])}"
            if row["decided_on"]
            else "",
        )
        for row in rows
    )


def promises_of(
    rows: Iterable[Mapping[str, Any]], names: Names, *, today: date, working_days: WorkingDays
) -> tuple[Promise, ...]:
    """Return what was promised, what is still to do first."""
    found = [_promise(row, names, today, working_days) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.is_done, each.number)))


def _ruling(row: Mapping[str, Any], names: Names) -> Decided:
    undone = f"Taken back on {in_full(row['undone_at'].date())}" if row["undone_at"] else ""
    disputed = "Disputed: the classifier does not learn from it" if row["is_disputed"] else ""
    return Decided(
        at=row["ruled_at"],
        officer=names.officer(row["officer"]),
        what=f"Ruled: {names.status(row['status'])}, {names.category(row['category'])}",
        lines=tuple(_lines_of_ruling(row, names)),
        standing="; ".join(filter(None, (undone, disputed))),
    )


def _lines_of_ruling(row: Mapping[str, Any], names: Names) -> Iterator[str]:
    yield f"Ombudsman: {names.ombudsman(row['ombudsman'])}"
    if row["exclusions"] is not None:
        yield f"Exclusions: {', '.join(map(names.exclusion, row['exclusions'])) or 'none'}"
    if row["flags"] is not None:
        yield f"Flags: {', '.join(map(names.flag, row['flags'])) or 'none'}"
    if row["reason"].strip():
        yield f"Reason: {sentence(one_line(row['reason'], longest=_LONGEST))}"


def _refusal(row: Mapping[str, Any], names: Names) -> Decided:
    parts = (("Reasons", "reasons"), ("Evidence", "evidence"), ("Discretion considered", "discretion"))
    return Decided(
        at=row["decided_at"],
        officer=names.officer(row["officer"]),
        what=f"Did not accept the complaint: {names.exclusion(row['ground'])}",
        lines=tuple(
            f"{name}: {one_line(row[key], longest=_LONGEST)}" for name, key in parts if row[key].strip()
        ),
    )


def _extension(row: Mapping[str, Any], names: Names) -> Decided:
    days = f"from {in_full(row['respond_by'])} to {in_full(row['extended_to'])}"
    return Decided(
        at=row["decided_at"],
        officer=names.officer(row["officer"]),
        what=f"Put the stage {row['stage']} answer off {days}",
        lines=(f"Reason: {sentence(one_line(row['reason'], longest=_LONGEST))}",),
    )


def _promise(row: Mapping[str, Any], names: Names, today: date, working_days: WorkingDays) -> Promise:
    done, due = row["done_on"], row["due_by"]
    left = f"done {in_full(done)}" if done else left_in_words(due, today=today, working_days=working_days)
    return Promise(
        number=row["number"],
        what=one_line(row["what"], longest=_LONGEST),
        owner=names.officer(row["owner"]),
        due=f"{short_day(due)}, {left}",
        is_overdue=done is None and due < today,
        is_done=done is not None,
        note=one_line(row["note"], longest=_LONGEST),
        point=row["point"],
    )
