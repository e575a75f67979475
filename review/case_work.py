"""An officer's work with a form: what it may look at, a trial that records nothing, and the change itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from casework.undo import do_undoably, opened_beside
from letters.blocks import Block
from letters.markup import blocks_in
from models.case_page_rows import CaseRows, Row, case_rows, find_case
from models.codes import LetterKind, LetterState
from models.errors import InputInvalid, UnknownReference
from models.queue_place import case_behind
from models.queue_selection import Looker, Position, Selection
from models.reference import read_reference
from review.forms.table import About, CaseForm, Doing
from review.here import check_in_sight, desk, officer
from review.show.words import today

if TYPE_CHECKING:
    from models.case import Letter
    from models.unit_of_work import SqlUnitOfWork

_ITS_OWN = "(its own reference)"
LATELY = timedelta(minutes=10)
"""Whoever was shown a case within this time counts as looking at it."""


@dataclass(frozen=True)
class LetterToCome:
    """A letter as a change would write it: how it goes, and what it says."""

    kind: LetterKind
    state: LetterState
    recipient: str
    subject: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Trial:
    """What a change would do: in words, with its letters."""

    done: str
    letters: tuple[LetterToCome, ...]


def case_to_work(reference: str) -> Row:
    """Return the columns of a case that the officer may see, and record that they were shown it.

    Raises UnknownReference where there is none, in the same words where it is not theirs to see.
    """
    known, me = read_reference(reference), officer()
    case = find_case(desk().engine, known) if known else None
    if case is None or (me.only_own and case["assigned_to"] != me.name):
        raise UnknownReference(f"there is no case {reference} that you can see")
    with desk().units() as uow:
        uow.views.add(me.name, case["reference"], now=desk().clock())
        uow.commit()
    return case


def about(case: Row, number: int | None = None) -> About:
    """Return what a form about a case may look at."""
    now = desk().clock()
    with desk().units(reads=True) as uow:
        people = tuple(uow.officers.all())
    return About(_rows(case), people, officer(), desk(), today(now), number)


def try_out(
    form: CaseForm, reference: str, said: Mapping[str, Any], *, seen: int, number: int | None
) -> Trial:
    """Do what a form does in a unit of work that is never committed; return what would come of it."""
    with desk().units() as uow:
        doing = _doing(uow, reference, said, seen=seen, number=number)
        before = {each.message_id for each in uow.cases.get(reference).letters}
        done = form.act(doing)
        # A case that a trial opens has another reference once it is opened; no other case is looked into.
        opened = opened_beside(uow, reference, done, now=doing.now)
        cases = [uow.cases.get(reference), *opened]
        new = [each for case in cases for each in case.letters if each.message_id not in before]
        letters = tuple(map(_to_come, new))
    return _without([each.reference for each in opened], Trial(done, letters))


def do(form: CaseForm, reference: str, said: Mapping[str, Any], *, seen: int, number: int | None) -> str:
    """Do what a form does, so that it can be undone where that is possible; return what was done."""
    with desk().units() as uow:
        doing = _doing(uow, reference, said, seen=seen, number=number)
        if form.can_be_undone:
            done = do_undoably(
                uow, reference, lambda: form.act(doing), action=form.name, officer=doing.officer,
                within=desk().undo_within, now=doing.now, beside=form.beside(doing),
            )  # fmt: skip
        else:
            done = form.act(doing)
        uow.commit()
    return done


def opens_next(came_from: str, place: Position | None, *, but: str) -> str | None:
    """Return the case that opens by itself after one was worked: the next of the part of the queue."""
    now, me = desk().clock(), officer()
    looker = Looker(name=me.name, today=today(now), only_own=me.only_own)
    return case_behind(desk().engine, _selection(came_from), looker, place, but=but)


def part_of_queue(came_from: str) -> dict[str, Any]:
    """Return the arguments of the address of the part of the queue that an officer came from."""
    return {**_selection(came_from).as_arguments()}


def _selection(came_from: str) -> Selection:
    return Selection.read(dict(parse_qsl(came_from)))


def _rows(case: Row) -> CaseRows:
    me = officer()
    return case_rows(
        desk().engine, case, page=1, seen_by=me.name if me.only_own else None,
        shared_addresses=frozenset(), lately=LATELY, now=desk().clock(),
    )  # fmt: skip


def _doing(
    uow: "SqlUnitOfWork", reference: str, said: Mapping[str, Any], *, seen: int, number: int | None
) -> Doing:
    # Locked in one order, as merging does: two officers who merge the same two do not wait for each other.
    for each in sorted({reference, read_reference(str(said.get("into") or "")) or reference}):
        uow.cases.find(each)
    check_in_sight(uow, reference)
    return Doing(
        uow=uow, reference=reference, said=said, officer=officer().name, seen=seen, desk=desk(),
        now=desk().clock(), may_see=lambda other: _check_other(uow, other), number=number,
    )  # fmt: skip


def _check_other(uow: "SqlUnitOfWork", reference: str) -> None:
    """Raise InputInvalid for another case that is not theirs to see: what was typed is kept."""
    try:
        check_in_sight(uow, reference)
    except UnknownReference as error:
        raise InputInvalid(f"{error} (--into)") from error


def _to_come(letter: "Letter") -> LetterToCome:
    return LetterToCome(
        kind=letter.kind, state=letter.state, recipient=letter.recipient, subject=letter.subject,
        blocks=tuple(blocks_in(letter.html)),
    )  # fmt: skip


def _without(references: Sequence[str], trial: Trial) -> Trial:
    """Say of these references in a trial that they are not known yet."""

    def tidy(text: str) -> str:
        for each in references:
            text = text.replace(each, _ITS_OWN)
        return text

    letters = (
        replace(
            letter,
            subject=tidy(letter.subject),
            blocks=tuple(replace(each, lines=tuple(map(tidy, each.lines))) for each in letter.blocks),
        )
        for letter in trial.letters
    )
    return Trial(tidy(trial.done), tuple(letters))
