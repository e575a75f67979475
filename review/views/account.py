"""Signing in and out: the password, the code of the second factor, and the one-time code."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from casework.accounts import set_password_by_code
from models.accounts import Session, hash_of
from review.access import signing_in
from review.access.callers import Callers
from review.access.door import (
    caller_was_right,
    check_caller,
    enter,
    faults_in_new_password,
    needs_passwords,
    network,
    refusal,
    sign_in_page,
    token,
    typed_name,
)
from review.access.guard_pages import for_everybody, own_page
from review.access.passwords import hash_password
from review.access.proofs import prove_one_time_code, prove_password
from review.access.signing_in import Begun
from review.here import desk

pages = Blueprint("account", __name__)

_WRONG = "The name or the password is not right"
_WRONG_CODE = "The code is not right; an app shows each for half a minute, and each can be used once"
_WRONG_ONE_TIME = "The name or the code is not right, or the code was used already or is older than a day"


@pages.record_once
def _count_callers(state: BlueprintSetupState) -> None:
    """Give the application its count of who tried and failed."""
    state.app.extensions["callers"] = Callers()


@pages.get("/sign-in")
@for_everybody
def sign_in() -> Response | str:
    """Show how to sign in; whoever is signed in goes on."""
    to = request.args.get("to", "")
    return redirect(own_page(to), 303) if g.officer else sign_in_page(to=to)


@pages.post("/sign-in")
@for_everybody
def check_sign_in() -> Response | tuple[str, int]:
    """Check a name and a password, and begin a session."""
    needs_passwords()
    name, to, now = typed_name(), request.form.get("to", ""), desk().clock()
    check_caller(now)
    typed = request.form.get("password", "")
    proof = prove_password(desk().units, name, typed, network=network(), now=now)
    begun = None
    if proof.is_right:
        begun = signing_in.sign_in(
            desk().units, name, proof, rules=desk().sign_in, instead_of=token(), now=now
        )
    if begun is None:
        desk().log.warning("sign_in_failed", locked=proof.locked_until is not None)
        return sign_in_page(to=to, fault=refusal(proof, _WRONG, now=now), name=name), 400
    caller_was_right()
    return enter(begun, to=to)


@pages.post("/sign-out")
@for_everybody
def sign_out() -> Response:
    """End the session, here and in the record."""
    with desk().units() as uow:
        uow.sessions.end(hash_of(token()))
        uow.commit()
    session.clear()
    flash("You have signed out.")
    return redirect(url_for("account.sign_in"), 303)


@pages.get("/sign-in/code")
@for_everybody
def code() -> Response | str:
    """Ask for the code of the second factor, or have it set up where there is none yet."""
    owes = _owing_session()
    if owes is None:
        return redirect(url_for("account.sign_in"), 303)
    if owes.totp_offer:
        return redirect(url_for("second_factor.show"), 303)
    return render_template("sign_in_code.html", fault="")


@pages.post("/sign-in/code")
@for_everybody
def check_code() -> Response | tuple[str, int]:
    """Check the code of the second factor; right, the officer is in."""
    now = desk().clock()
    check_caller(now)
    found = signing_in.give_code(
        desk().units, token(), request.form.get("code", ""), rules=desk().sign_in, now=now
    )
    if isinstance(found, Begun):
        caller_was_right()
        return enter(found, to=str(session.get("to", "")))
    if found is None:
        return redirect(url_for("account.sign_in"), 303)
    desk().log.warning("sign_in_failed", locked=found.locked_until is not None)
    return render_template("sign_in_code.html", fault=refusal(found, _WRONG_CODE, now=now)), 400


@pages.get("/set-password")
@for_everybody
def set_password() -> str:
    """Show the form that sets a password against a one-time code; the code is typed, never in an address."""
    needs_passwords()
    return render_template("set_password.html", faults={}, name="")


@pages.post("/set-password")
@for_everybody
def check_set_password() -> Response | tuple[str, int]:
    """Set a password against a one-time code, which is spent by it."""
    needs_passwords()
    name, typed, now = typed_name(), request.form.get("code", ""), desk().clock()
    check_caller(now)
    proof = prove_one_time_code(desk().units, name, typed, network=network(), now=now)
    faults = {"code": refusal(proof, _WRONG_ONE_TIME, now=now)}
    if proof.is_right:
        caller_was_right()
        faults = faults_in_new_password(name)
    if not faults:
        made = hash_password(request.form.get("password", ""))
        with desk().units() as uow:
            if not set_password_by_code(uow, name, code=typed, password_hash=made, now=now):
                faults = {"code": _WRONG_ONE_TIME}
            uow.commit()
    if faults:
        return render_template("set_password.html", faults=faults, name=name), 400
    session.clear()
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("account.sign_in"), 303)


def _owing_session() -> Session | None:
    """Return the browser's session where it owes the second factor."""
    with desk().units(reads=True) as uow:
        found = uow.sessions.find(hash_of(token()))
    is_owing = found is not None and found.owes_second_factor and desk().clock() < found.expires_at
    return found if is_owing else None
