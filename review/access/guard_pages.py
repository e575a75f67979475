"""What stands before every page: who is signed in, what they may do, and the headers that keep a page safe.

Each route names what it needs with `needs` or is open to everybody with `for_everybody`; a route that says
neither keeps the program from starting, so that none can be left open by mistake.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, redirect, request, url_for
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


def guard_pages(app: Flask, *, whoever: Callable[[], SignedIn | None], is_https: bool) -> None:
    """Put the guard before every route. Raises RuntimeError where a route says neither who may see it."""
    static: Any = app.view_functions["static"]
    static.needs = None
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "needs"):
            raise RuntimeError(f"the route {endpoint} does not say who may see it")

    app.before_request(lambda: _check(app, whoever))
    app.after_request(lambda response: _protect(response, is_https=is_https))


def _check(app: Flask, whoever: Callable[[], SignedIn | None]) -> AnyResponse | None:
    """Let a request through, or answer it: with the form to sign in, or with a refusal."""
    g.officer = None
    if request.endpoint == "static":
        return None
    g.officer = whoever()
    what = needed_by(app, request.endpoint) if request.endpoint else None
    if what is None:
        return None
    if g.officer is None:
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


def _way_back() -> str:
    """Return where to go after signing in: the page that was asked for, if it is one to look at."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def own_page(to: str) -> str:
    """Return an address of ours to go on to, the queue where it is not one: no redirect leaves the pages."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if is_ours and "\\" not in to else url_for("queue.home")
