"""An officer decides: agree with one key, or a form for each thing that can be done; undo; the next case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.undo import undo as undo_last
from models.case_page_rows import Row, find_case
from models.codes import LetterState, Status
from models.errors import HeardError, InputInvalid, RecordUnavailable
from models.queue_place import place_in_queue
from models.undoable_now import Undoable, undoable_now
from review.access.guard_pages import needs
from review.access.may import May
from review.case_work import LetterToCome, about, case_to_work, do, opens_next, part_of_queue, try_out
from review.forms.fields import Typed, prefilled, read_form
from review.forms.ruling import RULE
from review.forms.show_form import hidden, shown_faults, shown_fields
from review.forms.table import About, CaseForm
from review.here import desk, known_names, officer
from review.show.actions import FORMS, LISTS, Choices, choices, forms_of_list
from review.show.banner import banner_words
from review.show.complainant import somebody_else
from review.show.in_page_words import field_named, in_page_words
from review.show.names import STATUSES, Names, letter_name
from review.show.text import one_line, unwrapped
from review.show.text import said as as_said

if TYPE_CHECKING:
    from models.unit_of_work import SqlUnitOfWork

pages = Blueprint("ruling", __name__)

_FORM = f"/cases/<reference>/<any({', '.join(map(repr, FORMS))}):name>"
_LIST = f"/cases/<reference>/<any({', '.join(map(repr, LISTS))}):name>"
_AGREED = "Agreed with what was suggested."
_QUICK = "quick"


@dataclass(frozen=True)
class Posted:
    """A form that was posted: which, about which case, the version seen, and from where in the queue."""

    form: CaseForm
    about: About
    typed: Typed
    seen: int
    came_from: str

    @property
    def reference(self) -> str:
        """The case that it is about."""
        return str(self.about.case["reference"])


pages.add_app_template_filter(partial(one_line, longest=80), "in_line")
pages.add_app_template_filter(lambda text: as_said(unwrapped(text)), "as_said")


@pages.app_context_processor
def known_to_the_panel() -> dict[str, Callable[..., object]]:
    """Give every template what the panel of a case asks for."""
    return {"choices_of": _choices_of, "undoable": _undoable, "page_words": in_page_words}


@pages.post("/cases/<reference>/agree")
@needs(May.WORK_CASES)
def agree(reference: str) -> Response | tuple[str, int]:
    """Rule as is suggested, or in force."""
    case = case_to_work(reference)
    kept = {"status": "", "category": case["category"], "ombudsman": case["ombudsman"].value}
    return _rule_at_once(case, kept, reason=_AGREED)


@pages.post("/cases/<reference>/quickly")
@needs(May.WORK_CASES)
def quickly(reference: str) -> Response | tuple[str, int]:
    """Correct the status alone, with one key more than agreeing."""
    case = case_to_work(reference)
    status = request.form.get("status", "")
    if status not in set(Status):
        abort(HTTPStatus.BAD_REQUEST)
    said = {"status": status, "category": case["category"], "ombudsman": case["ombudsman"].value}
    was, is_now = (STATUSES[Status(each)].lower() for each in (case["status"], status))
    return _rule_at_once(case, said, reason=f"Corrected: {is_now}, not {was}.")


@pages.post("/cases/<reference>/undo")
@needs(May.WORK_CASES)
def undo(reference: str) -> Response | tuple[str, int]:
    """Take back what the officer did last with a case, and show it again; where it is too late, say why."""
    case = case_to_work(reference)
    version = request.form.get("version", type=int)
    with desk().units() as uow:
        try:
            done = undo_last(
                uow, case["reference"], officer=officer().name, now=desk().clock(), version=version
            )
        except InputInvalid as error:
            return _not_undone(_why_not(uow, case["reference"], error), case["reference"])
        uow.commit()
    flash(banner_words(done, known_names()))
    return _to_case(case["reference"], _came_from())


@pages.get(_LIST)
@needs(May.WORK_CASES)
def show_list(reference: str, name: str) -> str:
    """Show the points, the promises or what is agreed, each with what can be done about it."""
    known = about(case_to_work(reference))
    return render_template(
        "case_list.html", name=name, title=LISTS[name], rows=known.rows, case=known.case,
        forms=forms_of_list(name, known.case), names=known_names(known.people), today=known.today,
        came_from=_came_from(),
    )  # fmt: skip


@pages.get(_FORM)
@needs(May.WORK_CASES)
def show_form(reference: str, name: str) -> str:
    """Show the form for one thing that can be done with a case."""
    form, known = FORMS[name], about(case_to_work(reference), _number())
    _check_number(form, known)
    typed = prefilled(form.fields(known) if form.fits(known.case) else ())
    return _form_page(Posted(form, known, typed, known.case["version"], _came_from()))


@pages.post(_FORM)
@needs(May.WORK_CASES)
def submit(reference: str, name: str) -> Response | str | tuple[str, int]:
    """Check what was typed, show the letter that would go, or do it; nothing that was typed is lost."""
    posted = _read(FORMS[name], case_to_work(reference))
    if posted.typed.faults:
        return _form_page(posted), HTTPStatus.BAD_REQUEST
    if request.form.get("step") == "change":
        return _form_page(posted)
    try:
        if posted.form.previews and request.form.get("step") != "record":
            trial = try_out(
                posted.form, posted.reference, posted.typed.said, seen=posted.seen, number=posted.about.number
            )
            if trial.letters:
                return _letter_page(posted, trial.done, trial.letters)
        return _record(posted)
    except HeardError as error:
        return _refused(posted, error)


def _rule_at_once(case: Row, said: Mapping[str, str], *, reason: str) -> Response | tuple[str, int]:
    """Rule without a form; where that cannot be, the form says why, with what was chosen in it."""
    known = about(case)
    values = {**said, "reason": reason, "flags": None, "exclusions": None, "disputed": False}
    posted = Posted(RULE, known, Typed(said=values), _seen(case), _came_from())
    try:
        return _record(posted)
    except HeardError as error:
        filled = dict(prefilled(RULE.fields(known)).texts)
        chosen = {name: (value,) for name, value in {**said, "reason": reason}.items() if value}
        return _refused(replace(posted, typed=Typed(texts=filled | chosen, said=values)), error)


def _why_not(uow: "SqlUnitOfWork", reference: str, error: InputInvalid) -> str:
    """Say why what was done last cannot be undone: a letter that has gone is the first reason there is."""
    said, remembered = in_page_words(str(error)), uow.undo.of(reference)
    if remembered is None or "has gone" in said:
        return said
    if remembered.officer != officer().name:
        who = known_names().officer(remembered.officer)
        return in_page_words(str(error).replace(remembered.officer, who, 1))
    written_then = remembered.before["new"]["letters"]
    cases = [uow.cases.find(each) for each in remembered.versions]
    written = [each for case in cases if case for each in case.letters if each.id in written_then]
    gone = [letter_name(each.kind.value) for each in written if each.state is LetterState.SENT]
    if not gone:
        return said
    have = f"{' and the '.join(gone)} {'has' if len(gone) == 1 else 'have'}"
    return f"The {have} gone, so this cannot be undone any longer. Decide again instead."


def _not_undone(why: str, reference: str) -> tuple[str, int]:
    page = render_template(
        "fault.html", title="That could not be undone", text=f"{why} Nothing was changed.",
        reference=reference, came_from=_came_from(),
    )  # fmt: skip
    return page, HTTPStatus.CONFLICT


def _record(posted: Posted) -> Response:
    """Do it, say so with the way back, and open what comes next."""
    form, reference = posted.form, posted.reference
    place = place_in_queue(desk().engine, reference) if form.ends_the_work else None
    done = do(form, reference, posted.typed.said, seen=posted.seen, number=posted.about.number)
    said = banner_words(done, known_names(posted.about.people), reference=reference)
    flash(said, f"undo {reference}" if form.can_be_undone else "message")
    if form.back_to:
        return redirect(url_for("ruling.show_list", reference=reference, name=form.back_to), 303)
    if not form.ends_the_work:
        return _to_case(reference, posted.came_from)
    following = opens_next(posted.came_from, place, but=reference)
    if following is None:
        return redirect(url_for("queue.show", **part_of_queue(posted.came_from)), 303)
    return _to_case(following, posted.came_from)


def _refused(posted: Posted, error: HeardError) -> tuple[str, int]:
    """Show the form again with what was typed and why it could not be done; nothing was recorded."""
    fields = posted.form.fields(posted.about)
    by_option = {each.option or each.name.replace("_", "-"): each.name for each in fields}
    labels = {option: next(f.label for f in fields if f.name == name) for option, name in by_option.items()}
    now = find_case(desk().engine, posted.reference)
    if now is None or (officer().only_own and now["assigned_to"] != officer().name):
        abort(HTTPStatus.NOT_FOUND)
    status = HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, RecordUnavailable) else HTTPStatus.CONFLICT
    faults = {field_named(str(error), by_option): in_page_words(str(error), labels)}
    if now["version"] != posted.seen:
        # They look at it first, and what they send then is about the case as it is now.
        known = about(now, posted.about.number)
        typed = replace(posted.typed, faults={})
        return _form_page(
            replace(posted, about=known, typed=typed, seen=now["version"]), has_changed=True
        ), status
    return _form_page(replace(posted, typed=replace(posted.typed, faults=faults))), status


def _read(form: CaseForm, case: Row) -> Posted:
    known = about(case, _number())
    _check_number(form, known)
    typed = Typed(faults={"": _DOES_NOT_FIT})
    if form.fits(case):
        typed = read_form(form.fields(known), request.form.getlist)
    return Posted(form, known, typed, _seen(case), _came_from())


_DOES_NOT_FIT = "This cannot be done with the case as it is now"


def _form_page(posted: Posted, *, has_changed: bool = False) -> str:
    form, known = posted.form, posted.about
    fits = form.fits(known.case)
    fields = form.fields(known) if fits else ()
    typed = posted.typed if fits else replace(posted.typed, faults={"": _DOES_NOT_FIT})
    names = known_names(known.people)
    return render_template(
        "case_form.html", form=form, case=known.case, fields=shown_fields(fields, typed),
        faults=shown_faults(fields, typed), intro=form.intro(known) if fits else (), seen=posted.seen,
        came_from=posted.came_from, number=known.number, has_changed=has_changed, fits=fits, names=names,
        lookers=somebody_else(known.rows.lookers, names, me=officer().name, now=desk().clock()),
        newest=next(iter(known.rows.messages), None),
        quick=_quick(known.case) if form is RULE and not typed.faults and not has_changed else (),
    )  # fmt: skip


def _letter_page(posted: Posted, done: str, letters: tuple[LetterToCome, ...]) -> str:
    fields = posted.form.fields(posted.about)
    return render_template(
        "case_check.html", form=posted.form, case=posted.about.case, letters=letters,
        done=banner_words(done, known_names(posted.about.people)),
        hidden=hidden(fields, posted.typed), seen=posted.seen, came_from=posted.came_from,
        number=posted.about.number, wait=desk().undo_within,
    )  # fmt: skip


def _quick(case: Row) -> tuple[tuple[str, str, str], ...]:
    """Return the statuses that one more key corrects to: value, words and key."""
    return tuple(
        (each.value, name, str(place))
        for place, (each, name) in enumerate(STATUSES.items(), start=1)
        if each is not case["status"]
    )


def _choices_of(case: Row) -> Choices:
    return choices(case, Names(categories=desk().categories, exclusions=desk().exclusions))


def _undoable(reference: str) -> Undoable | None:
    """Return what the officer can undo of a case now."""
    found = undoable_now(desk().engine, reference)
    return found if found is not None and found.officer == officer().name else None


def _check_number(form: CaseForm, known: About) -> None:
    """Answer 404 where a form is about a point, promise or arrangement that the case does not hold."""
    held = {
        "points": {row["number"] for row in known.rows.points},
        "promises": {row["number"] for row in known.rows.actions},
        "agreed": {row["id"] for row in known.rows.arrangements},
    }
    if form.has_number and known.number not in held[form.back_to]:
        abort(HTTPStatus.NOT_FOUND)


def _to_case(reference: str, came_from: str) -> Response:
    more: dict[str, Any] = {"from": came_from} if came_from else {}
    return redirect(url_for("case.show", reference=reference, **more), 303)


def _came_from() -> str:
    return request.values.get("from", "")[:1000]


def _number() -> int | None:
    return request.values.get("number", type=int)


def _seen(case: Row) -> int:
    """Return the version of the case that the officer looked at; who does not say looked at the newest."""
    return request.form.get("seen", default=int(case["version"]), type=int)
