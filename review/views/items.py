"""Messages that became no case, in quarantine or bounces of no letter, and what can be done with them."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from casework.work_quarantine import file_message, treat_as_case, try_again
from models.codes import Ombudsman, Outcome, Status
from models.errors import UnknownReference
from models.queries import MessageView, message_view, raw_of
from models.reference import message_name
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, known_names, officer
from review.show.banner import banner_words
from review.show.names import Names
from review.show.trail import trail_of

pages = Blueprint("items", __name__)

_WORKABLE = {Outcome.QUARANTINE, Outcome.MACHINE}
_STATUSES = [
    Status.COMPLAINT,
    Status.SERVICE_REQUEST,
    Status.ESCALATION,
    Status.COMPLIMENT,
    Status.ENQUIRY,
    Status.OTHER,
]
_DOWNLOAD = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@pages.get("/messages/<int:number>")
@needs(May.SEE_CASES)
def show(number: int) -> str | AnyResponse:
    """Show one message, why it became no case, and what can be done; go to its case where it has one."""
    return _page(_in_sight(number), {}, fault="")


@pages.post("/messages/<int:number>/case")
@needs(May.WORK_CASES)
def make_case(number: int) -> AnyResponse | tuple[str, int]:
    """Open a case for it, with an officer's ruling."""
    view = _in_sight(number)
    said = {name: request.form.get(name, "") for name in ("status", "category", "ombudsman", "reason")}
    where, fault = _fault_in(said)
    if fault:
        return _page(view, said, fault=fault, where=where), 400
    with desk().units() as uow:
        done = treat_as_case(
            uow, number, status=Status(said["status"]), category=said["category"] or None,
            ombudsman=Ombudsman(said["ombudsman"]) if said["ombudsman"] else None, reason=said["reason"],
            officer=officer().name, policy=desk().policy, letterhead=desk().letterhead, now=desk().clock(),
        )  # fmt: skip
        uow.commit()
    flash(f"{message_name(number)}: {banner_words(done, Names())}")
    return redirect(url_for("queue.show"), 303)


@pages.post("/messages/<int:number>/file")
@needs(May.WORK_CASES)
def file(number: int) -> AnyResponse | tuple[str, int]:
    """Close it, since it needs nothing more."""
    view, reason = _in_sight(number), request.form.get("reason", "").strip()
    if not reason:
        return _page(view, {}, fault="Say why it needs nothing more", where="file-reason"), 400
    with desk().units() as uow:
        done = file_message(uow, number, reason=reason, officer=officer().name, now=desk().clock())
        uow.commit()
    flash(f"{message_name(number)}: {banner_words(done, Names())}")
    return redirect(url_for("queue.show"), 303)


@pages.post("/messages/<int:number>/again")
@needs(May.WORK_CASES)
def again(number: int) -> AnyResponse:
    """Have it read again by the service."""
    _in_sight(number)
    with desk().units() as uow:
        try_again(uow, number, officer=officer().name, now=desk().clock())
        uow.commit()
    flash(f"{message_name(number)} will be read again within seconds")
    return redirect(url_for("queue.show"), 303)


@pages.get("/messages/<int:number>/raw")
@needs(May.SEE_CASES)
def raw(number: int) -> Response:
    """Hand over its bytes as received, as a download that no browser opens."""
    _in_sight(number)
    content = raw_of(desk().engine, number)
    if content is None:
        abort(404)
    name = f"{message_name(number)}.eml"
    return Response(content, headers={**_DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'})


def _in_sight(number: int) -> MessageView:
    """Return a message that the officer may see; raises UnknownReference."""
    view = None if officer().only_own else message_view(desk().engine, number)
    if view is None or view.message["case_id"] is not None:
        raise UnknownReference(f"there is no message {message_name(number)} without a case that you can see")
    return view


def _page(view: MessageView, said: dict[str, str], *, fault: str, where: str = "status") -> str:
    message = view.message
    return render_template(
        "item.html", message=message, name=message_name(message["id"]), attachments=view.attachments,
        tasks=[task for task in view.tasks if task["closed_at"] is None],
        trail=trail_of(view.trail, known_names()),
        said=said, fault=fault, where=where, statuses=_STATUSES, categories=desk().categories,
        is_workable=message["outcome"] in _WORKABLE and officer().may(May.WORK_CASES),
        is_quarantined=message["outcome"] is Outcome.QUARANTINE,
    )  # fmt: skip


def _fault_in(said: dict[str, str]) -> tuple[str, str]:
    """Return the field that is wrong and why; both are empty where none is."""
    if said["status"] not in {each.value for each in Status}:
        return "status", "Choose what the message is"
    if said["category"] and said["category"] not in desk().categories:
        return "category", "Choose a category from the list"
    if said["ombudsman"] and said["ombudsman"] not in {each.value for each in Ombudsman}:
        return "ombudsman", "Choose an Ombudsman"
    return ("", "") if said["reason"].strip() else ("reason", "Say why, in a sentence")
