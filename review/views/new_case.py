"""A complaint that came by telephone, at the counter, by post or by a councillor becomes a case."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.assign import assign
from casework.by_hand import Note, checked, open_by_hand
from models.decision import Decision, Prediction
from models.errors import HeardError, RecordUnavailable
from review.access.guard_pages import needs
from review.access.may import May
from review.forms.fields import Typed, prefilled, read_form
from review.forms.new_case import new_case_fields, note_of
from review.forms.show_form import shown_faults, shown_fields
from review.here import desk, officer
from review.show.in_page_words import field_named, in_page_words
from review.show.names import Names
from review.show.suggestion import Suggestion, suggestion_of
from triage.corpus import TriageInput

pages = Blueprint("new_case", __name__)


@pages.get("/new-case")
@needs(May.WORK_CASES)
def show() -> str:
    """Show the form."""
    return _page(prefilled(new_case_fields(desk().clock())))


@pages.post("/new-case")
@needs(May.WORK_CASES)
def submit() -> Response | str | tuple[str, int]:
    """Say what triage thinks of it, or open the case; nothing that was typed is lost."""
    now = desk().clock()
    fields = new_case_fields(now)
    typed = read_form(fields, request.form.getlist)
    if typed.faults:
        return _page(typed), HTTPStatus.BAD_REQUEST
    try:
        note = checked(note_of(typed.said, officer=officer().name, now=now), policy=desk().policy, now=now)
        prediction, decision = _triaged(note)
        if request.form.get("step") == "check":
            return _page(typed, decision)
        return _open(note, prediction, decision)
    except HeardError as error:
        is_away = isinstance(error, RecordUnavailable)
        by_option = {each.option or each.name: each.name for each in fields}
        faults = {field_named(str(error), by_option): in_page_words(str(error))}
        status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.CONFLICT
        return _page(replace(typed, faults=faults)), status


def _triaged(note: Note) -> tuple[Prediction, Decision]:
    """Triage the note, before the record is locked for it."""
    read = TriageInput(
        id="by hand", subject=note.subject, body=note.text, received_at=note.received_at,
        sender=str(note.person),
    )  # fmt: skip
    return desk().back_office.triage(read)


def _open(note: Note, prediction: Prediction, decision: Decision) -> Response:
    with desk().units() as uow:
        reference, done = open_by_hand(
            uow, note, prediction=prediction, decision=decision, policy=desk().policy,
            letterhead=desk().letterhead, now=desk().clock(),
        )  # fmt: skip
        if officer().only_own:
            # Who sees nothing but their own cases goes on with the one that they opened.
            uow.flush()
            me = officer().name
            assign(uow, reference, to=me, officer=me, is_even_if_away=True, now=desk().clock())
        uow.commit()
    flash(f"Case {reference} opened: {in_page_words(done)}")
    return redirect(url_for("case.show", reference=reference), 303)


def _page(typed: Typed, decision: Decision | None = None) -> str:
    fields = new_case_fields(desk().clock())
    return render_template(
        "new_case.html", fields=shown_fields(fields, typed), faults=shown_faults(fields, typed),
        suggestion=_suggestion(decision) if decision is not None else None,
        evidence=tuple(span.text for span in decision.evidence) if decision is not None else (),
    )  # fmt: skip


def _suggestion(decision: Decision) -> Suggestion:
    names = Names(categories=desk().categories, exclusions=desk().exclusions)
    row = {"document": decision.as_json(), "message_id": 0, "decided_at": desk().clock()}
    return suggestion_of(row, names)
