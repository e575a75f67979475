"""What stands before every page: who is signed in, what they may do, and the headers that keep a page safe.

Each route names what it needs with `needs` or is open to everybody with `for_everybody`; a route that says
neither keeps the program from starting, so that none can be left open by mistake.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from review.access.may import May, SignedIn

_View = TypeVar("_View", bound=Callable[..., object])

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing but our own files, no inline script and no inline style (CSP level 3)."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


_LOOKS = frozenset({"GET", "HEAD"})
_OF_THE_FORM = ("number", "from")
"""What the address of a form holds beside its path; the form sends it along."""
_LONGEST = 1_000


def needs(what: May) -> Callable[[_View], _View]:
    """Let only those who may do `what` through to a view."""

    def mark(view: _View) -> _View:
        view.needs = what  # type: ignore[attr-defined]  # read by guard_pages
        return view

    return mark


def for_everybody(view: _View) -> _View:
    """Let everybody through to a view, signed in or not."""
    view.needs = None  # type: ignore[attr-defined]  # read by guard_pages
    return view


def needed_by(app: Flask, endpoint: str) -> May | None:
    """Return what an endpoint needs, None where it is open. Raises AttributeError where it says neither."""
    view: Any = app.view_functions[endpoint]
    found: May | None = view.needs
    return found


def guard_pages(
    app: Flask, *, whoever: Callable[[], SignedIn | None], why_out: Callable[[], str], is_https: bool
) -> None:
    """Put the guard before every route. Raises RuntimeError where a route says neither who may see it.

    `why_out` says to a browser in which somebody was signed in why they are so no longer.
    """
    static: Any = app.view_functions["static"]
    static.needs = None
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "needs"):
            raise RuntimeError(f"the route {endpoint} does not say who may see it")

    app.before_request(lambda: _check(app, whoever, why_out))
    app.after_request(lambda response: _protect(response, is_https=is_https))


def _check(
    app: Flask, whoever: Callable[[], SignedIn | None], why_out: Callable[[], str]
) -> AnyResponse | None:
    """Let a request through, or answer it: with the form to sign in, or with a refusal."""
    g.officer = None
    if request.endpoint == "static":
        return None
    g.officer = whoever()
    what = needed_by(app, request.endpoint) if request.endpoint else None
    if what is None:
        return None
    if g.officer is None:
        _say_why(why_out())
        return redirect(url_for("account.sign_in", to=_way_back()), 303)
    if not g.officer.may(what):
        abort(403)
    return None


def _protect(response: Response, *, is_https: bool) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say_why(why: str) -> None:
    """Have the form to sign in say once why it is shown, and what became of what was sent."""
    if why:
        lost = "" if request.method in _LOOKS else " What you just sent was not recorded."
        session["why_out"] = f"{why}{lost}"


def _way_back() -> str:
    """Return where to go after signing in: the page that was asked for, or that of the form that was sent."""
    if request.method in _LOOKS:
        return request.full_path.rstrip("?")
    kept = {name: request.values[name][:_LONGEST] for name in _OF_THE_FORM if request.values.get(name)}
    return "?".join(filter(None, (_page_of(request.path), urlencode(kept))))


def _page_of(path: str) -> str:
    """Return the page on which a form stands that is sent to an address: the same one, or one above it."""
    routes = current_app.create_url_adapter(request)
    while path.strip("/") and routes is not None:
        try:
            routes.match(path, method="GET")
        except RequestRedirect:
            return ""
        except HTTPException:
            # There is nothing to look at here; a case lies above what is done with it.
            path = path.rpartition("/")[0]
        else:
            return path
    return ""


def own_page(to: str) -> str:
    """Return an address of ours to go on to, the queue where it is not one: no redirect leaves the pages."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if is_ours and "\\" not in to else url_for("queue.home")
