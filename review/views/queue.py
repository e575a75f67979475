"""The queue: what to do next, its parts, what officers keep of them, and the search over everything."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.accounts import SavedFilter
from models.case_page_rows import find_case
from models.queue_rows import counts, queue_page
from models.queue_selection import Looker, Position, Selection, Show
from models.reference import read_message_name, read_reference
from models.search_rows import case_behind_message, search
from models.search_terms import read_terms
from review.access.guard_pages import for_everybody, needs
from review.access.may import May
from review.forms.fields import LARGEST_NUMBER
from review.here import desk, officer
from review.menu import menu_of
from review.show.found import found_line, total_in_words
from review.show.names import OMBUDSMEN, Names
from review.show.queue import count_in_words, line_of, nothing_in_words, parts_of, title_of
from review.show.text import one_line
from review.show.words import today

pages = Blueprint("queue", __name__)

_ROWS = 30
_MOST_SAVED = 20
_LONGEST_NAME = 60
_LONGEST_QUERY = 1_000
_OF_EVERYBODY = (Show.MINE, Show.UNASSIGNED, Show.QUARANTINE)
"""Parts that say nothing to an officer who sees only what is assigned to them."""


@pages.get("/")
@for_everybody
def home() -> Response:
    """Go to the first page that the officer may see: the queue, for most."""
    first = menu_of(g.officer)[0][1] if g.officer else "account.sign_in"
    return redirect(url_for(first), 303)


@pages.get("/queue")
@needs(May.SEE_CASES)
def show() -> str | Response:
    """Show a part of what awaits an officer, soonest due and greatest risk first, or what a search finds."""
    selection = Selection.read(request.args)
    if "q" not in request.args:
        return _listed(selection)
    # Who types a reference or the name of a message wants that one, and not the messages that name it.
    reference = read_reference(selection.words)
    if reference and _is_in_sight(reference):
        return redirect(url_for("case.show", reference=reference), 303)
    message = _page_of_message(read_message_name(selection.words))
    return redirect(message, 303) if message else _found(selection)


@pages.post("/queue/saved")
@needs(May.SEE_CASES)
def save() -> Response | tuple[str, int]:
    """Keep what is selected under a name of the officer's own."""
    name = " ".join(request.form.get("name", "").split())[:_LONGEST_NAME]
    selection = Selection.read(dict(parse_qsl(request.form.get("query", "")[:_LONGEST_QUERY])))
    fault = "" if name else "Give the filter a name"
    with desk().units() as uow:
        names = {each.name for each in uow.saved_filters.of(officer().name)}
        if len(names) >= _MOST_SAVED and name not in names:
            fault = fault or "Remove a filter before you save another"
        if not fault:
            uow.saved_filters.save(officer().name, name, selection.as_query())
            uow.commit()
    if fault:
        return (_found if selection.words else _listed)(selection, fault=fault), 400
    instead = ", in place of the one that had this name" if name in names else ""
    flash(f"The filter “{one_line(name)}” is saved{instead}")
    return redirect(_address_of(selection), 303)


@pages.post("/queue/saved/<int:number>/remove")
@needs(May.SEE_CASES)
def remove(number: int) -> Response:
    """Forget a filter of the officer's own."""
    with desk().units() as uow:
        uow.saved_filters.remove(officer().name, number)
        uow.commit()
    flash("The filter is removed")
    return redirect(url_for("queue.show"), 303)


def _listed(selection: Selection, *, fault: str = "") -> str:
    """Show a page of a part of the queue."""
    looker, names = _looker(), _names()
    after, before = (Position.read(request.args.get(name, "")) for name in ("after", "before"))
    page = queue_page(desk().engine, selection, looker, limit=_ROWS, after=after, before=before)
    lines = [
        line_of(row, names, me=looker.name, today=looker.today, working_days=desk().working_days)
        for row in page.rows
    ]
    counted = counts(desk().engine, selection, looker, parts=_parts(looker))
    return render_template(
        "queue.html", lines=lines, page=page, total=count_in_words(counted.get(selection.show, 0)),
        nothing=nothing_in_words(selection, is_further=bool(after or before)),
        **_around(selection, names, counted, fault=fault),
    )  # fmt: skip


def _found(selection: Selection, *, fault: str = "") -> str:
    """Show a page of what a search finds."""
    terms, looker, names = read_terms(selection.words), _looker(), _names()
    older, newer = (_number(name) for name in ("older", "newer"))
    found = search(desk().engine, terms, selection, looker, limit=_ROWS, older=older, newer=newer)
    counted = counts(desk().engine, Selection(), looker, parts=_parts(looker))
    return render_template(
        "queue_found.html", found=found, lines=[found_line(hit, terms, names) for hit in found.hits],
        total=total_in_words(found), has_terms=bool(terms.wanted),
        is_further=bool(older or newer),
        **_around(selection, names, counted, fault=fault),
    )  # fmt: skip


def _around(
    selection: Selection, names: Names, counted: dict[Show | None, int], *, fault: str
) -> dict[str, object]:
    """Return what stands around the list: the parts, the forms, the officer's own filters."""
    with desk().units(reads=True) as uow:
        saved = uow.saved_filters.of(officer().name)
    return {
        "selection": selection, "arguments": selection.as_arguments(), "query": selection.as_query(),
        "title": title_of(selection, names), "saved": [_saved_link(each) for each in saved],
        "parts_of_queue": parts_of(selection, counted), "categories": desk().categories, "fault": fault,
        "ombudsmen": OMBUDSMEN,
        "cleared": _address_of(Selection(show=selection.show, words=selection.words)),
    }  # fmt: skip


def _saved_link(saved: SavedFilter) -> dict[str, object]:
    selection = Selection.read(dict(parse_qsl(saved.query)))
    return {"number": saved.id, "name": saved.name, "href": _address_of(selection)}


def _address_of(selection: Selection) -> str:
    arguments: dict[str, Any] = {**selection.as_arguments()}
    return url_for("queue.show", **arguments)


def _number(name: str) -> int | None:
    """Return the number of a message that the address holds; one that no record can hold is none."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number <= LARGEST_NUMBER else None


def _looker() -> Looker:
    me = officer()
    return Looker(name=me.name, today=today(desk().clock()), only_own=me.only_own)


def _names() -> Names:
    return Names(categories=desk().categories, exclusions=desk().exclusions)


def _parts(looker: Looker) -> tuple[Show, ...]:
    return tuple(part for part in Show if not (looker.only_own and part in _OF_EVERYBODY))


def _page_of_message(number: int | None) -> str:
    """Return the address of a message's page, empty where there is none that the officer may see."""
    reference = case_behind_message(desk().engine, number) if number is not None else None
    if reference:
        is_theirs = _is_in_sight(reference)
        return url_for("case.message", reference=reference, number=number) if is_theirs else ""
    # What has no case is nobody's, and shown to those who see everything.
    is_shown = reference is not None and not officer().only_own
    return url_for("items.show", number=number) if is_shown else ""


def _is_in_sight(reference: str) -> bool:
    case, me = find_case(desk().engine, reference), officer()
    return case is not None and not (me.only_own and case["assigned_to"] != me.name)
