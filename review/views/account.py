"""Signing in and out."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from models.case import AuditRow
from review.guard_pages import for_everybody, own_page
from review.here import desk
from review.signing_in import begin_session, hash_of, is_password_of

pages = Blueprint("account", __name__)

_WRONG = "The name or the password is not right"


@pages.get("/sign-in")
@for_everybody
def sign_in() -> str:
    """Show the form to sign in."""
    return render_template("sign_in.html", to=request.args.get("to", ""), fault="", name="")


@pages.post("/sign-in")
@for_everybody
def check_sign_in() -> Response | tuple[str, int]:
    """Check a name and a password, and begin a session."""
    name, password = request.form.get("name", "").strip().casefold(), request.form.get("password", "")
    to, now = request.form.get("to", ""), desk().clock()
    with desk().units() as uow:
        account, officer = uow.accounts.find(name), uow.officers.find(name)
        if not is_password_of(account, password) or officer is None or officer.is_disabled:
            return render_template("sign_in.html", to=to, fault=_WRONG, name=name), 400
        token = begin_session(uow, name, longest=desk().sign_in.longest, now=now)
        uow.audit.add(AuditRow(at=now, actor=name, action="signed_in", detail={"by": "password"}))
        uow.commit()
    session.clear()
    session["token"] = token
    return redirect(own_page(to), 303)


@pages.post("/sign-out")
@for_everybody
def sign_out() -> Response:
    """End the session, here and in the record."""
    token = session.get("token")
    if isinstance(token, str):
        with desk().units() as uow:
            uow.sessions.end(hash_of(token))
            uow.commit()
    session.clear()
    flash("You have signed out.")
    return redirect(url_for("account.sign_in"), 303)
