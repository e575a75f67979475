"""What the views of signing in share: who may try, how a refusal is said, how a session gets its cookie."""

from datetime import datetime, timedelta
from typing import cast

from flask import abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from review.access.callers import Callers, network_of
from review.access.guard_pages import own_page
from review.access.passwords import fault_in
from review.access.proofs import Proof
from review.access.signing_in import Begun
from review.here import desk

_DIFFER = "The two passwords are not the same"
_LONGEST_NAME = 200


def check_caller(now: datetime) -> None:
    """Refuse an address that failed too often lately; a page says so (429)."""
    if not _callers().may_try(_address(), now=now):
        abort(429)


def caller_was_right() -> None:
    """Let what an address tried not count against it: it was right."""
    _callers().was_right(_address())


def network() -> str:
    """Return where the request comes from: attempts are counted by name and network."""
    return network_of(_address())


def refusal(proof: Proof, wrong: str, *, now: datetime) -> str:
    """Say why a try was refused, in the same words for a name that is nobody's."""
    if proof.locked_until is None:
        return wrong
    minutes = -((now - proof.locked_until) // timedelta(minutes=1))
    return (
        f"{wrong}. There were several wrong attempts with this name, so it has to pause: try again in "
        f"{minutes} minute{'' if minutes == 1 else 's'}, or ask an administrator"
    )


def sign_in_page(*, to: str, fault: str = "", name: str = "") -> str:
    """Return the page on which officers sign in, by password, provider or both."""
    rules = desk().sign_in
    provider = rules.microsoft.name if rules.microsoft else ""
    return render_template(
        "sign_in.html", to=to, fault=fault, name=name, provider=provider, passwords=rules.passwords,
        why_out=session.pop("why_out", ""),
    )  # fmt: skip


def typed_name() -> str:
    """Return the name that somebody typed, as the record has names."""
    return request.form.get("name", "").strip().casefold()[:_LONGEST_NAME]


def needs_passwords() -> None:
    """Answer as if there were no such page where the settings do without passwords."""
    if not desk().sign_in.passwords:
        abort(404)


def faults_in_new_password(name: str) -> dict[str, str]:
    """Say what is wrong with the new password in a form, by its fields; nothing where it will do."""
    with desk().units(reads=True) as uow:
        officer = uow.officers.find(name)
    known = [officer.full_name, officer.email] if officer else []
    password = request.form.get("password", "")
    fault = fault_in(password, about=[name, desk().organisation, *known])
    if fault:
        return {"password": fault}
    return {} if request.form.get("again", "") == password else {"again": _DIFFER}


def token() -> str:
    """Return the token in the browser's cookie, empty where there is none."""
    found = session.get("token")
    return found if isinstance(found, str) else ""


def enter(begun: Begun, *, to: str) -> Response:
    """Give the browser its new token, and nothing of what it held before; go on to where it wanted to."""
    session.clear()
    session["token"] = begun.token
    if begun.owes_second_factor:
        session["to"] = to
        return redirect(url_for("account.code"), 303)
    return redirect(own_page(to), 303)


def _callers() -> Callers:
    return cast("Callers", current_app.extensions["callers"])


def _address() -> str:
    return request.remote_addr or ""
