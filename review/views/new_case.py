"""A complaint that came by telephone, at the counter, by post or by a councillor becomes a case."""

import secrets
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from casework.assign import assign
from casework.by_hand import Note, checked, open_by_hand, place_of
from casework.undo import let_wait
from models.case import Case
from models.codes import LetterState
from models.decision import Decision, Prediction
from models.errors import HeardError, RecordUnavailable
from models.message import Place
from review.access.guard_pages import needs
from review.access.may import May
from review.forms.fields import Typed, prefilled, read_form
from review.forms.new_case import new_case_fields, note_of
from review.forms.show_form import shown_faults, shown_fields
from review.here import desk, officer
from review.show.banner import banner_words
from review.show.in_page_words import field_named, in_page_words
from review.show.names import Names
from review.show.suggestion import Suggestion, suggestion_of
from review.show.words import moment
from triage.corpus import TriageInput

pages = Blueprint("new_case", __name__)


@pages.get("/new-case")
@needs(May.WORK_CASES)
def show() -> str:
    """Show the form, with a mark by which it is known when it is sent twice."""
    return _page(prefilled(new_case_fields(desk().clock(), once=secrets.token_hex(16))))


@pages.post("/new-case")
@needs(May.WORK_CASES)
def submit() -> Response | str | tuple[str, int]:
    """Say what triage thinks of it, or open the case; nothing that was typed is lost."""
    now = desk().clock()
    fields = new_case_fields(now)
    typed = read_form(fields, request.form.getlist)
    if typed.faults:
        return _page(typed), HTTPStatus.BAD_REQUEST
    place = None
    try:
        note = checked(note_of(typed.said, officer=officer().name, now=now), policy=desk().policy, now=now)
        place = place_of(note, typed.said["once"]) if typed.said["once"] else None
        prediction, decision = _triaged(note)
        if request.form.get("step") == "check":
            return _page(typed, decision)
        return _opened_before(place) or _open(note, prediction, decision, uid=place.uid if place else "")
    except (HeardError, IntegrityError) as error:
        # Whoever sends a form twice at the same moment is second here, and led to what the first one opened.
        first = None if isinstance(error, RecordUnavailable) else _opened_before(place)
        if first is not None:
            return first
        if isinstance(error, IntegrityError):
            raise
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


def _opened_before(place: Place | None) -> Response | None:
    """Lead to the case that the very same form opened, None where it opened none."""
    if place is None:
        return None
    with desk().units(reads=True) as uow:
        reference = uow.messages.case_at(place)
    if reference is None:
        return None
    flash(f"Case {reference} was there already: this form was sent twice, and opened it once.")
    return redirect(url_for("case.show", reference=reference), 303)


def _open(note: Note, prediction: Prediction, decision: Decision, *, uid: str) -> Response:
    now = desk().clock()
    with desk().units() as uow:
        reference, done = open_by_hand(
            uow, note, uid=uid, prediction=prediction, decision=decision, policy=desk().policy,
            letterhead=desk().letterhead, now=now,
        )  # fmt: skip
        uow.flush()
        case = uow.cases.get(reference)
        let_wait(case.letters, within=desk().undo_within, now=now)
        if officer().only_own:
            # Who sees nothing but their own cases goes on with the one that they opened.
            me = officer().name
            assign(uow, reference, to=me, officer=me, is_even_if_away=True, now=now)
        waits, where = _what_waits(case)
        uow.commit()
    flash(f"Case {reference} opened: {banner_words(done, Names())}{waits}", where)
    return redirect(url_for("case.show", reference=reference), 303)


def _what_waits(case: Case) -> tuple[str, str]:
    """Say until when the letter of a new case waits, and which one it is; nothing where none is queued."""
    letter = next((each for each in case.letters if each.state is LetterState.QUEUED), None)
    if letter is None:
        return "", "message"
    goes_at = moment(letter.due_at)
    return f" It goes on {goes_at}; until then it can be held, changed or taken back.", f"letter {letter.id}"


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
