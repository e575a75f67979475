"""Letters: as they will look, held, changed, sent, taken back, printed; and those that wait, across cases."""

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from casework.edit_letter import hold_letter, send_now
from casework.letters_by_hand import owes_again, record_done, release, withdraw
from casework.ways import ways_of
from letters.pdf import address_lines, as_pdf, pdf_name
from models.codes import ContactWay, LetterState
from models.deadlines import received_on
from models.errors import HeardError, InputInvalid, UnknownReference
from models.held_rows import held_letters
from models.letter_page_rows import find_letter
from review.access.guard_pages import needs
from review.access.may import May
from review.forms.fields import LARGEST_NUMBER, Field, Kind, Typed, prefilled, read_form
from review.forms.show_form import shown_faults, shown_fields
from review.here import desk, known_names, officer
from review.show.banner import banner_words
from review.show.in_page_words import in_page_words
from review.show.letter_page import WAITING, letter_page, waiting_letters
from review.show.names import Names
from review.show.words import today

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.unit_of_work import SqlUnitOfWork

pages = Blueprint("letters", __name__)

_IN_A_SANDBOX = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}
"""A letter's own page brings its style, and nothing else: no script, no fetching, an origin of its own."""

_REASON = Field("reason", "Why?", Kind.TEXT, rows=2, needed="Say why, in a sentence")
_MOST_AT_ONCE = 200


@pages.get("/letters")
@needs(May.SEE_CASES)
def show_waiting() -> str:
    """Show the letters that wait for somebody, whichever case they are about."""
    asked = request.args.get("state", LetterState.HELD.value)
    state = next((each for each in WAITING if each.value == asked), LetterState.HELD)
    me, day = officer(), today(desk().clock())
    found = held_letters(desk().engine, state=state)
    theirs = [each for each in found if not me.only_own or each.assigned_to == me.name]
    return render_template(
        "letters.html", state=state, states=WAITING, total=len(theirs), most=_MOST_AT_ONCE,
        letters=waiting_letters(
            theirs[:_MOST_AT_ONCE], known_names().officers, today=day, working_days=desk().working_days
        ),
    )  # fmt: skip


@pages.post("/letters/release")
@needs(May.WORK_CASES)
def release_several() -> AnyResponse:
    """Let several held letters go: each that can, and say of the others why not."""
    numbers = list(dict.fromkeys(request.form.getlist("number", type=int)))[:_MOST_AT_ONCE]
    gone, stayed = 0, []
    for number in numbers:
        try:
            letter_in_sight(number)
            change_letter(partial(_release, number=number))
            gone += 1
        except HeardError as error:
            stayed.append(in_page_words(str(error)))
    if not numbers:
        stayed.append("Choose the letters that are to go.")
    flash(" ".join([f"{gone} {'letter goes' if gone == 1 else 'letters go'} now.", *stayed]))
    return redirect(url_for("letters.show_waiting"), 303)


@pages.get("/letters/<int:number>")
@needs(May.SEE_CASES)
def show(number: int) -> str:
    """Show one letter: how it looks, how far it has come, and what can be done with it."""
    return _page(letter_in_sight(number), Typed())


@pages.get("/letters/<int:number>/page")
@needs(May.SEE_CASES)
def page(number: int) -> Response:
    """Show the letter as it will look, in a document that can do nothing."""
    return Response(letter_in_sight(number)["html"], headers=_IN_A_SANDBOX)


@pages.get("/letters/<int:number>/pdf")
@needs(May.SEE_CASES)
def pdf(number: int) -> Response:
    """Give out the letter as it is printed."""
    row = letter_in_sight(number)
    day = received_on(row["sent_at"] or row["queued_at"])
    content = as_pdf(
        row["html"], title=row["subject"], recipient=_addressed(row), day=day, letterhead=desk().letterhead
    )
    response = Response(content, mimetype="application/pdf")
    name = pdf_name(row["case_reference"], row["kind"], day)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@pages.post("/letters/<int:number>/hold")
@needs(May.WORK_CASES)
def hold(number: int) -> AnyResponse:
    """Keep it back."""
    letter_in_sight(number)
    return done_with(number, lambda uow: hold_letter(uow, number, officer=officer().name, now=desk().clock()))


@pages.post("/letters/<int:number>/send")
@needs(May.WORK_CASES)
def send(number: int) -> AnyResponse:
    """Let it go now, whether it is held or only waits."""
    is_held = letter_in_sight(number)["state"] is LetterState.HELD
    return done_with(number, lambda uow: _release(uow, number) if is_held else _send_now(uow, number))


@pages.post("/letters/<int:number>/withdraw")
@needs(May.WORK_CASES)
def take_back(number: int) -> AnyResponse | tuple[str, int]:
    """Take it back, for a reason."""
    row = letter_in_sight(number)
    typed = read_form((_REASON,), request.form.getlist)
    if typed.faults:
        return _page(row, typed), HTTPStatus.BAD_REQUEST
    reason, by = typed.said["reason"], officer().name
    return done_with(number, lambda uow: withdraw(uow, number, reason=reason, officer=by, now=desk().clock()))


@pages.post("/letters/<int:number>/done")
@needs(May.WORK_CASES)
def done(number: int) -> AnyResponse | tuple[str, int]:
    """Record when somebody posted it or read it out."""
    row = letter_in_sight(number)
    typed = read_form((_posted_on(),), request.form.getlist)
    if typed.faults:
        return _page(row, typed), HTTPStatus.BAD_REQUEST
    try:
        return done_with(
            number,
            lambda uow: record_done(
                uow, number, on=typed.said["on"], officer=officer().name, now=desk().clock()
            ),
        )
    except InputInvalid as error:
        faults = {"on": in_page_words(str(error))}
        return _page(row, Typed(typed.texts, {}, faults)), HTTPStatus.CONFLICT


def letter_in_sight(number: int) -> dict[str, Any]:
    """Return a letter of a case that the officer may see, and record that they were shown the case.

    Raises UnknownReference where there is none, in the same words where it is not theirs to see.
    """
    row = find_letter(desk().engine, number) if 0 < number <= LARGEST_NUMBER else None
    me = officer()
    if row is None or (me.only_own and row["case_assigned_to"] != me.name):
        raise UnknownReference(f"there is no letter {number} that you can see")
    with desk().units() as uow:
        uow.views.add(me.name, row["case_reference"], now=desk().clock())
        uow.commit()
    return row


def change_letter(what: "Callable[[SqlUnitOfWork], str]") -> str:
    """Make one change of a letter in a unit of work of its own; return what was done."""
    with desk().units() as uow:
        said = what(uow)
        uow.commit()
    return said


def done_with(number: int, what: "Callable[[SqlUnitOfWork], str]") -> AnyResponse:
    """Make one change of a letter, say what was done, and show it again."""
    flash(banner_words(change_letter(what), Names()))
    return redirect(url_for("letters.show", number=number), 303)


def _release(uow: "SqlUnitOfWork", number: int) -> str:
    return release(
        uow, number, officer=officer().name, policy=desk().policy, letterhead=desk().letterhead,
        now=desk().clock(),
    )  # fmt: skip


def _send_now(uow: "SqlUnitOfWork", number: int) -> str:
    return send_now(uow, number, officer=officer().name, now=desk().clock())


def _posted_on() -> Field:
    return Field("on", "When was it posted or read out?", Kind.DAY, needed="Enter the day",
                 value=today(desk().clock()).isoformat())  # fmt: skip


def _page(row: dict[str, Any], typed: Typed) -> str:
    reason, posted = _REASON, _posted_on()
    fields = (reason, posted)
    filled = Typed(typed.texts or prefilled(fields).texts, {}, typed.faults)
    return render_template(
        "letter.html", letter=letter_page(row, now=desk().clock()), row=row,
        reason=shown_fields((reason,), filled), posted=shown_fields((posted,), filled),
        faults=shown_faults(fields, filled), is_owed_again=_is_owed_again(row),
    )  # fmt: skip


def _is_owed_again(row: dict[str, Any]) -> bool:
    """Say whether taking a letter back opens a task for what it would have told the person."""
    with desk().units(reads=True) as uow:
        case = uow.cases.find(row["case_reference"])
        letters = case.letters if case is not None else []
        return case is not None and any(each.id == row["id"] and owes_again(case, each) for each in letters)


def _addressed(row: dict[str, Any]) -> tuple[str, ...]:
    """Return name and address for the envelope, empty where no letter goes by post."""
    with desk().units(reads=True) as uow:
        case = uow.cases.find(row["case_reference"])
        ways = ways_of(uow, case) if case is not None else {}
    if ContactWay.POST not in ways:
        return ()
    return (row["case_complainant_name"], *address_lines(ways[ContactWay.POST].value))
