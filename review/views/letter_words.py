"""The words of a letter: held back, changed by an officer, and held against what the Codes ask of it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.edit_letter import edit_letter, hold_letter, mark_of, missing_words, words_of
from letters.blocks import blocks_of
from letters.markup import tidy_markup
from models.codes import LetterState
from models.errors import HeardError
from review.access.guard_pages import needs
from review.access.may import May
from review.forms.fields import Field, Kind, Typed, prefilled, read_form
from review.forms.show_form import Fault, shown_faults, shown_fields
from review.here import desk, officer
from review.show.in_page_words import in_page_words
from review.show.letter_page import letter_page
from review.views.letters import change_letter, done_with, letter_in_sight

pages = Blueprint("letter_words", __name__)

_MARKS = (
    "Leave an empty line between paragraphs. A line that begins with # is a heading, with - an item of a "
    "list, with > their own words."
)


@pages.post("/letters/<int:number>/begin")
@needs(May.WORK_CASES)
def begin(number: int) -> Response:
    """Keep it back where it would go by itself, and show the form that changes it."""
    if letter_in_sight(number)["state"] is LetterState.QUEUED:
        change_letter(lambda uow: hold_letter(uow, number, officer=officer().name, now=desk().clock()))
    return redirect(url_for("letter_words.edit", number=number), 303)


@pages.get("/letters/<int:number>/edit")
@needs(May.WORK_CASES)
def edit(number: int) -> str | Response:
    """Show the form that changes what a letter says; one that goes by itself has to be held first."""
    row = letter_in_sight(number)
    if row["state"] not in {LetterState.HELD, LetterState.BY_HAND}:
        return redirect(url_for("letters.show", number=number), 303)
    with desk().units(reads=True) as uow:
        letter = uow.letters.get(number)
    typed = prefilled(_letter_fields(letter.subject, words_of(letter)))
    return _edit_page(row, typed, seen=mark_of(letter))


@pages.post("/letters/<int:number>/edit")
@needs(May.WORK_CASES)
def change(number: int) -> Response | str | tuple[str, int]:
    """Check the new words against what the Codes ask, and keep them; nothing that was typed is lost."""
    row, seen = letter_in_sight(number), request.form.get("seen", "")
    typed = read_form(_letter_fields("", ""), request.form.getlist)
    if typed.faults:
        return _edit_page(row, typed, seen=seen), HTTPStatus.BAD_REQUEST
    said: dict[str, Any] = {
        "own_grounds": desk().own_grounds, "policy": desk().policy, "letterhead": desk().letterhead,
    }  # fmt: skip
    try:
        with desk().units(reads=True) as uow:
            missing = missing_words(uow, number, typed.said["body"], **said)
        if missing or request.form.get("step") == "check":
            return _edit_page(row, typed, seen=seen, missing=missing, is_shown=True), (
                HTTPStatus.BAD_REQUEST if missing else HTTPStatus.OK
            )
        return done_with(
            number,
            lambda uow: edit_letter(
                uow, number, subject=typed.said["subject"], body=typed.said["body"], seen=seen,
                officer=officer().name, now=desk().clock(), **said,
            ),
        )  # fmt: skip
    except HeardError as error:
        faults = {"body": in_page_words(str(error))}
        return _edit_page(row, Typed(typed.texts, typed.said, faults), seen=seen), HTTPStatus.CONFLICT


def _letter_fields(subject: str, body: str) -> tuple[Field, ...]:
    return (
        Field("subject", "Subject", needed="Enter the subject", value=subject, autocomplete="off"),
        Field("body", "Letter", Kind.TEXT, needed="Enter the letter", value=body, rows=28, hint=_MARKS),
    )


def _edit_page(
    row: dict[str, Any], typed: Typed, *, seen: str, missing: list[str] | None = None, is_shown: bool = False
) -> str:
    fields = _letter_fields("", "")
    faults = [Fault(f"The letter leaves out {each}", "#body") for each in missing or ()]
    body = next(iter(typed.texts.get("body", ())), "")
    return render_template(
        "letter_edit.html", letter=letter_page(row, now=desk().clock()), row=row, seen=seen,
        fields=shown_fields(fields, typed), faults=(*faults, *shown_faults(fields, typed)),
        blocks=blocks_of(tidy_markup(body)) if is_shown and not missing else (),
        subject=next(iter(typed.texts.get("subject", ())), ""),
    )  # fmt: skip
