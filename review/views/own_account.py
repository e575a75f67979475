"""Your account: password, second factor, single keys, and where you are signed in."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from casework.accounts import change_password
from models.accounts import hash_of
from review.access import signing_in
from review.access.door import (
    caller_was_right,
    check_caller,
    faults_in_new_password,
    needs_passwords,
    network,
    refusal,
    token,
)
from review.access.guard_pages import needs
from review.access.may import May
from review.access.passwords import hash_password
from review.access.proofs import Proof, prove_password
from review.here import desk, officer
from review.show.account import account_facts

pages = Blueprint("own_account", __name__, url_prefix="/account")

_WRONG = "Your present password is not right"


@pages.get("")
@needs(May.OWN_ACCOUNT)
def show() -> str:
    """Show the account of whoever is signed in."""
    return _page({})


@pages.get("/awake")
@needs(May.OWN_ACCOUNT)
def awake() -> Response:
    """Keep the session of somebody who writes for long; the guard before this route has written it down."""
    return Response(status=HTTPStatus.NO_CONTENT)


@pages.post("/password")
@needs(May.OWN_ACCOUNT)
def set_password() -> Response | tuple[str, int]:
    """Change the password; every other browser is signed out."""
    proof, now = _prove("current"), desk().clock()
    faults = {} if proof.is_right else {"current": refusal(proof, _WRONG, now=now)}
    faults |= faults_in_new_password(officer().name)
    if faults:
        _settle(proof)
        return _page(faults), 400
    made = hash_password(request.form.get("password", ""))
    with desk().units() as uow:
        done = change_password(uow, officer().name, password_hash=made, session=hash_of(token()), now=now)
        uow.commit()
    flash(done)
    return redirect(url_for("own_account.show"), 303)


@pages.post("/second-factor")
@needs(May.OWN_ACCOUNT)
def begin_second_factor() -> Response | tuple[str, int]:
    """Begin to set it up, once the password was given again: a browser left open is not enough."""
    proof, now = _prove("factor_password"), desk().clock()
    _settle(proof)
    if not proof.is_right:
        return _page({"factor_password": refusal(proof, _WRONG, now=now)}), 400
    with desk().units() as uow:
        account = uow.accounts.find(officer().name)
        if account is None or account.totp_secret:
            abort(409)
        signing_in.offer_second_factor(uow, token())
        uow.commit()
    return redirect(url_for("second_factor.show"), 303)


@pages.post("/keys")
@needs(May.OWN_ACCOUNT)
def set_keys() -> Response:
    """Let single keys do things on the pages, or not."""
    with desk().units() as uow:
        account = uow.accounts.find(officer().name)
        if account is None:
            abort(409)
        account.uses_keys = request.form.get("keys") == "on"
        uow.commit()
    flash(f"Single keys are {'on' if account.uses_keys else 'off'}.")
    return redirect(url_for("own_account.show"), 303)


@pages.post("/sign-out-everywhere")
@needs(May.OWN_ACCOUNT)
def sign_out_everywhere() -> Response:
    """End every session of the officer, this one too."""
    with desk().units() as uow:
        uow.sessions.end_all(officer().name)
        uow.commit()
    session.clear()
    flash("You have signed out in every browser.")
    return redirect(url_for("account.sign_in"), 303)


def _prove(field: str) -> Proof:
    """Check the officer's present password, as a form gives it under a name."""
    needs_passwords()
    now = desk().clock()
    check_caller(now)
    typed = request.form.get(field, "")
    proof = prove_password(desk().units, officer().name, typed, network=network(), now=now)
    if proof.is_right:
        caller_was_right()
    return proof


def _settle(proof: Proof) -> None:
    """Let a right password not count as an attempt that failed."""
    if proof.is_right:
        with desk().units() as uow:
            signing_in.settle(uow, officer().name, proof, is_in=True, now=desk().clock())
            uow.commit()


def _page(faults: dict[str, str]) -> str:
    now, rules = desk().clock(), desk().sign_in
    with desk().units(reads=True) as uow:
        account = uow.accounts.look_up(officer().name)
        sessions = uow.sessions.of(officer().name, now=now)
    facts = account_facts(
        officer(),
        account,
        sessions,
        this=hash_of(token()),
        idle=rules.idle,
        passwords=rules.passwords,
        now=now,
    )
    return render_template("account.html", facts=facts, faults=faults)
