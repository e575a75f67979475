"""Signing in by the council's identity provider, such as Microsoft Entra ID."""

from flask import Blueprint, abort, current_app, request, session, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from casework.accounts import officer_of_identity
from models.errors import SignInRefused
from review.access import open_id_connect
from review.access.door import caller_was_right, check_caller, enter, sign_in_page, token
from review.access.guard_pages import for_everybody
from review.access.signing_in import sign_in_by_provider
from review.here import desk

pages = Blueprint("provider", __name__, url_prefix="/sign-in/microsoft")

_AWAY = "{name} cannot be reached just now. Try again in a minute"
_FAILED = (
    "Signing in with {name} did not succeed. Try again, and begin here: an old tab or bookmark does not do"
)
_UNKNOWN = (
    "{name} knows you, but no officer who may sign in here goes with that account. "
    "Ask an administrator whether your email address is right in Heard"
)
_NOT_ASKED = SignInRefused("the answer is to nothing that this browser asked")


@pages.record_once
def _set_up(state: BlueprintSetupState) -> None:
    """Make the provider of the settings known to the application."""
    at_desk = state.app.extensions.get("desk")
    open_id_connect.set_up(state.app, at_desk.sign_in.microsoft if at_desk else None)


@pages.get("")
@for_everybody
def begin() -> Response | tuple[str, int]:
    """Send the browser to the provider; a link and no form, since forms go to our own pages only."""
    if desk().sign_in.microsoft is None:
        abort(404)
    check_caller(desk().clock())
    try:
        found = open_id_connect.begin(current_app, back_to=_back_to())
    except SignInRefused as error:
        return _refused(error, _AWAY.format(name=_name()), 502)
    caller_was_right()
    session["to"] = request.args.get("to", "")
    return found


@pages.get("/back")
@for_everybody
def finish() -> Response | tuple[str, int]:
    """Take the browser back from the provider, and begin the session of the officer whom it vouches for."""
    if desk().sign_in.microsoft is None:
        abort(404)
    now, to = desk().clock(), str(session.get("to", ""))
    if not open_id_connect.was_asked(request.args.get("state", "")):
        # Any page can have a browser come here: what this one never asked for counts against nobody.
        return _refused(_NOT_ASKED, _FAILED.format(name=_name()), 400)
    check_caller(now)
    try:
        identity = open_id_connect.finish(current_app)
    except SignInRefused as error:
        return _refused(error, _FAILED.format(name=_name()), 400)
    with desk().units() as uow:
        account = officer_of_identity(uow, subject=identity.subject, email=identity.email, now=now)
        if account is None:
            return _refused(None, _UNKNOWN.format(name=_name()), 403)
        begun = sign_in_by_provider(uow, account, rules=desk().sign_in, instead_of=token(), now=now)
        uow.commit()
    caller_was_right()
    return enter(begun, to=to)


def _back_to() -> str:
    """Return where the provider sends the browser back to: by the settings' address, if they say one."""
    rules = desk().sign_in
    if rules.address:
        return rules.address + url_for("provider.finish")
    return url_for("provider.finish", _external=True, _scheme="https" if rules.is_https else "http")


def _refused(error: SignInRefused | None, said: str, status: int) -> tuple[str, int]:
    """Show the form to sign in again, and what went wrong; the log has its code and nobody's data."""
    desk().log.warning("sign_in_refused", why=str(error or "an identity that is no officer's"))
    return sign_in_page(to=str(session.get("to", "")), fault=said), status


def _name() -> str:
    provider = desk().sign_in.microsoft
    return provider.name if provider else ""
