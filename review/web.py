"""The officers' pages as one Flask application, made from a desk."""

import traceback
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Undefined,
)
from jinja2.utils import missing
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from models.accounts import hash_of
from models.errors import HeardError, RecordUnavailable, UnknownReference
from review.access.guard_pages import guard_pages
from review.access.may import May, SignedIn, sees_only_own
from review.access.signing_in import is_over, is_to_be_touched
from review.desk import Desk
from review.forms.fields import LARGEST_NUMBER
from review.menu import menu_of
from review.show import words
from review.views import BLUEPRINTS

_LARGEST_FORM = 20 * 2**20
_AWAKE_EVERY = timedelta(minutes=5)
"""How often a page in which somebody writes says so, where sessions do not end sooner than usual."""
_TIDIED = frozenset({"letter_words", "letters", "new_case", "ruling"})
"""The pages whose forms lose what no record takes when they are read (`review/forms/fields.py`)."""
_SEARCHES = "queue.show"
"""The page whose address may hold anything: what cannot be is passed over there."""
_HERE = Path(__file__).parent


def make_pages(desk: Desk) -> Flask:
    """Return the application. Raises RuntimeError where a route does not say who may see it."""
    app = Flask("review", root_path=str(_HERE), static_folder="static", template_folder="templates")
    app.extensions["desk"] = desk
    app.config.update(
        SECRET_KEY=desk.secret_key,
        # The prefix keeps other hosts of the council's domain from setting it (RFC 6265bis, 4.1.3.2).
        SESSION_COOKIE_NAME="__Host-heard" if desk.sign_in.is_https else "heard",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=desk.sign_in.is_https,
        MAX_CONTENT_LENGTH=_LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=desk.sign_in.is_https,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    if desk.trusted_proxies:
        count = desk.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    CSRFProtect(app)
    _set_up_templates(app, desk)
    app.url_map.converters["int"] = _Number
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    guard_pages(
        app, whoever=lambda: whoever_is_signed_in(desk), why_out=lambda: why_signed_out(desk),
        is_https=desk.sign_in.is_https,
    )  # fmt: skip
    app.before_request(_refuse_what_no_record_takes)
    _answer_faults(app, desk)
    return app


def whoever_is_signed_in(desk: Desk) -> SignedIn | None:
    """Return the officer whose session the browser's cookie names, None where there is none in force."""
    token = session.get("token")
    if not isinstance(token, str):
        return None
    now, key = desk.clock(), hash_of(token)
    with desk.units(reads=True) as uow:
        found = uow.sessions.find(key)
        if found is None or found.owes_second_factor or is_over(found, idle=desk.sign_in.idle, now=now):
            return None
        officer, account = uow.officers.find(found.officer), uow.accounts.look_up(found.officer)
    if officer is None or officer.is_disabled:
        return None
    if is_to_be_touched(found, now=now):
        with desk.units() as uow:
            uow.sessions.touch(key, now=now)
            uow.commit()
    return SignedIn(
        name=officer.name,
        full_name=officer.full_name,
        role=officer.role,
        only_own=sees_only_own(officer.role, officers_see=desk.officers_see),
        uses_keys=account is None or account.uses_keys,
    )


def why_signed_out(desk: Desk) -> str:
    """Say why somebody is signed in no longer, empty where nobody was in this browser."""
    token = session.get("token")
    if not isinstance(token, str) or not token:
        return ""
    idle, now = desk.sign_in.idle, desk.clock()
    with desk.units(reads=True) as uow:
        found = uow.sessions.find(hash_of(token))
    if found is not None and found.owes_second_factor:
        return ""
    if found is not None and now < found.expires_at and is_over(found, idle=idle, now=now):
        minutes = idle // timedelta(minutes=1)
        return f"You were signed out after {minutes} minute{'' if minutes == 1 else 's'} without a click."
    return "You were signed out."


class _Number(IntegerConverter):
    """A number in an address; one that no record can have is no address of ours."""

    def __init__(self, map: Map, *given: Any, **more: Any) -> None:  # noqa: A002  # werkzeug's own name
        super().__init__(map, *given, **{"max": LARGEST_NUMBER} | more)


def _refuse_what_no_record_takes() -> Response | None:
    """Refuse a NUL, which PostgreSQL takes in no text, but in a form that loses it when it is read."""
    asked = [] if request.endpoint == _SEARCHES else _all_of(request.args)
    typed = [] if request.blueprint in _TIDIED else _all_of(request.form)
    if any("\0" in each for each in (request.path, *asked, *typed)):
        return _fault_page(HTTPStatus.BAD_REQUEST, *_NOT_TEXT)
    return None


def _all_of(values: MultiDict[str, str]) -> list[str]:
    """Return every name and value of a form or of an address."""
    return [part for pair in values.items(multi=True) for part in pair]


class _Undefined(Undefined):
    """A name that a template does not know is an error; what GOV.UK's macros are not given is nothing."""

    def __new__(
        cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *rest: Any, **more: Any
    ) -> Any:
        is_lenient = obj is not missing or name == "caller"
        kind = ChainableUndefined if is_lenient else StrictUndefined
        return kind(hint, obj, name, *rest, **more)


def _set_up_templates(app: Flask, desk: Desk) -> None:
    app.jinja_env.undefined = _Undefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(_HERE / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.filters.update(words.FILTERS)
    # GOV.UK's macros are written for Nunjucks, which knows these two names.
    app.jinja_env.globals.update(May=May, undefined=ChainableUndefined(name="undefined"), null=None)

    @app.context_processor
    def known_everywhere() -> dict[str, object]:
        return {
            "officer": g.get("officer"), "organisation": desk.organisation,
            "today": words.today(desk.clock()), "menu": _menu,
            "awake_seconds": min(_AWAKE_EVERY, desk.sign_in.idle / 3) // timedelta(seconds=1),
        }  # fmt: skip


def _menu() -> list[dict[str, object]]:
    """Return the pages of the menu that the officer may see."""
    return [
        {"text": text, "href": url_for(endpoint), "is_here": endpoint == request.endpoint}
        for text, endpoint in menu_of(g.officer)
    ]


def _answer_faults(app: Flask, desk: Desk) -> None:
    """Say what went wrong in a page of our own, without a traceback and without anybody's data in the log."""
    app.register_error_handler(CSRFError, lambda _error: _fault_page(HTTPStatus.BAD_REQUEST, *_EXPIRED))
    app.register_error_handler(
        UnknownReference, lambda error: _fault_page(HTTPStatus.NOT_FOUND, "Not found", str(error))
    )
    app.register_error_handler(
        HeardError,
        lambda error: _fault_page(
            HTTPStatus.CONFLICT,
            "That could not be done",
            f"{words.sentence(str(error))} Nothing was recorded.",
        ),
    )

    @app.errorhandler(RecordUnavailable)
    def _away(error: RecordUnavailable) -> Response:
        desk.log.error("record_away", page=True, why=str(error))
        return _fault_page(HTTPStatus.SERVICE_UNAVAILABLE, *_AWAY)

    @app.errorhandler(IntegrityError)
    def _clashed(error: IntegrityError) -> Response:
        desk.log.warning("page_clashed", at=_where(error))
        return _fault_page(HTTPStatus.CONFLICT, *_CLASHED)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        if status is HTTPStatus.FORBIDDEN and g.get("officer") and g.officer.may(May.MANAGE_PEOPLE):
            # There is nobody whom an administrator could ask: other people have the cases.
            return _fault_page(status, *_NOT_FOR_ADMINISTRATORS)
        return _fault_page(status, *_SAID.get(status, (status.phrase, status.description)))

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        desk.log.error("page_broke", error=type(error).__name__, at=_where(error))
        return _fault_page(HTTPStatus.INTERNAL_SERVER_ERROR, *_BUG)


def _fault_page(status: HTTPStatus, title: str, text: str) -> Response:
    return Response(render_template("fault.html", title=title, text=words.sentence(text)), status=status)


def _where(error: BaseException) -> str:
    """Return file and line of a bug without the values around it, which may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else ""


_EXPIRED = (
    "This form has expired",
    "Nothing was recorded. Go back, load the page again and send it once more.",
)
_AWAY = (
    "The record cannot be reached",
    "Nothing was recorded. Try again in a minute; if it stays so, tell your administrator.",
)
_CLASHED = (
    "Somebody did the same at this moment",
    "Nothing was recorded. Look again: it may be done already; if not, do it once more.",
)
_NOT_TEXT = (
    "That cannot be kept",
    (
        "Nothing was recorded. The text, or the address, holds a character that no record can keep (NUL). "
        "Go back, take it out, such as by typing the text anew, and send it again."
    ),
)
_BUG = (
    "Something went wrong with this page",
    (
        "What you did last may not have been recorded: look at the case again. "
        "Your administrator finds the fault in the log."
    ),
)
_NOT_FOR_ADMINISTRATORS = (
    "You may not see this page",
    "An administrator’s role does not include it.",
)
_SAID = {
    HTTPStatus.FORBIDDEN: (
        "You may not see this page",
        "Your role does not include it. Ask an administrator.",
    ),
    HTTPStatus.NOT_FOUND: ("Page not found", "There is nothing at this address, or it is not yours to see."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Page not found", "There is nothing to see at this address."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "That is too large",
        "Nothing was recorded. Send less at once, at most 20 MB.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ("Too many attempts", "Wait some minutes, then try again."),
}
