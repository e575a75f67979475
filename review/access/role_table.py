"""The table of roles: every route of the pages, and who may use it, read off the routes themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from models.codes import Role
from review.access.guard_pages import needed_by
from review.access.may import ROLES, May, sees_only_own
from review.views import BLUEPRINTS

_OF_CASES = frozenset({May.SEE_CASES, May.WORK_CASES, May.ASSIGN})
YES, OWN, NO = "yes", "own", "–"

_INTRODUCTION = """# Who may do what on the officers' pages

`heard officers roles` prints this page from the routes themselves; a test holds the pages to it, every route
with every role, and a route that does not say what it needs keeps the program from starting.

- **own**: only the cases assigned to them; any other is answered as if it were not there. With
  `officers_see = "assigned"` under `[queue]` that goes for officers as well.
- **nobody** is somebody who is not signed in. What needs nothing is the way in and out; of it, the second
  factor asks for a session in which a password was given.
- Every form is refused without its token (CSRF), and every view of a case is on record.

"""


@dataclass(frozen=True)
class Route:
    """One route: its address, its methods, the endpoint behind it, and what it needs; None is nothing."""

    address: str
    methods: tuple[str, ...]
    endpoint: str
    needs: May | None

    def answer(self, role: Role | None, *, officers_see: str = "all") -> str:
        """Say whether a role, or nobody in particular, may use it: `own` is for their own cases alone."""
        if self.needs is None:
            return YES
        if role is None or self.needs not in ROLES[role]:
            return NO
        is_own = self.needs in _OF_CASES and sees_only_own(role, officers_see=officers_see)
        return OWN if is_own else YES


def routes_of(app: Flask) -> list[Route]:
    """Return every route of an application but its files, by address."""
    found = [
        Route(
            address=rule.rule, methods=tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            endpoint=rule.endpoint, needs=needed_by(app, rule.endpoint),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]  # fmt: skip
    return sorted(found, key=lambda route: (route.address, route.methods))


def all_routes() -> list[Route]:
    """Return every route of the pages, without a record behind them."""
    app = Flask("review")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return routes_of(app)


def as_markdown(routes: list[Route]) -> str:
    """Return the table for people to read, as docs/roles.md holds it."""
    heads = ["Route", "", "Needs", "nobody", *(role.value.replace("_", " ") for role in Role)]
    rows = [heads, ["---"] * len(heads), *(list(_row(route)) for route in routes)]
    return _INTRODUCTION + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(route: Route) -> Iterator[str]:
    yield f"`{route.address}`"
    yield ", ".join(route.methods)
    yield route.needs.value if route.needs else "nothing"
    for role in (None, *Role):
        yield route.answer(role)
