"""Setting up the second factor: a square to photograph, confirmed by the code that the app then shows.

It is reached from one's account, and by a session that owes a second factor which is not there yet; so the
views ask the session itself, and are open by the guard.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from models.accounts import Session, hash_of
from review.access import second_factor
from review.access.door import caller_was_right, check_caller, enter, token
from review.access.guard_pages import for_everybody
from review.access.signing_in import Begun, is_over, take_second_factor
from review.here import desk

pages = Blueprint("second_factor", __name__, url_prefix="/second-factor")

_WRONG = "The code is not the one that your app shows now; see that the clock of its device is right"


@pages.get("")
@for_everybody
def show() -> AnyResponse | str:
    """Show the key of the app that is being set up, as a square and as text."""
    found = _being_set_up()
    return _page(found) if found else _away()


@pages.get("/square.svg")
@for_everybody
def square() -> AnyResponse:
    """Return the square; only to the session in which it is being set up, and only until it is."""
    found = _being_set_up()
    if found is None:
        return _away()
    address = second_factor.address_of(
        found.totp_offer, officer=found.officer, organisation=desk().organisation
    )
    return Response(second_factor.square(address), mimetype="image/svg+xml")


@pages.post("")
@for_everybody
def confirm() -> AnyResponse | tuple[str, int]:
    """Take the app as the second factor, if its code is right."""
    now, found = desk().clock(), _being_set_up()
    if found is None:
        return _away()
    check_caller(now)
    typed = request.form.get("code", "")
    taken = take_second_factor(desk().units, token(), typed, rules=desk().sign_in, now=now)
    if not isinstance(taken, Begun):
        return _page(found, fault=_WRONG), 400
    caller_was_right()
    gone_on = enter(taken, to=_next(found))
    flash("Your second factor is set up. From now on you need its code to sign in.")
    return gone_on


def _being_set_up() -> Session | None:
    """Return the browser's session where a second factor is being set up in it."""
    now = desk().clock()
    with desk().units(reads=True) as uow:
        found = uow.sessions.find(hash_of(token()))
    if found is None or not found.totp_offer or is_over(found, idle=desk().sign_in.idle, now=now):
        return None
    return found


def _next(found: Session) -> str:
    return str(session.get("to", "")) if found.owes_second_factor else url_for("own_account.show")


def _page(found: Session, *, fault: str = "") -> str:
    return render_template(
        "second_factor.html", key=second_factor.in_groups(found.totp_offer), fault=fault,
        is_owing=found.owes_second_factor,
    )  # fmt: skip


def _away() -> AnyResponse:
    return redirect(url_for("account.sign_in"), 303)
