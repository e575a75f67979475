"""Every route with every role: who gets in, who sees only their own cases, and who changes nothing.

The routes are read off the application, so that one that is added is tried as well, whatever it is about.
"""

import hashlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages import NOW, Pages
from rows import new_letter, new_message
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from worked_cases import FIRST, SECOND, begun, put, said

import migrations
from models.codes import LetterState, Outcome, Role
from models.message import Attachment
from models.unit_of_work import SqlUnitOfWork, make_engine
from review.access.may import May
from review.access.role_table import NO, OWN, YES, Route, all_routes, as_markdown, routes_of

DOCS = Path(__file__).parents[2] / "docs" / "roles.md"
SECRET = "saxophone"
"""A word that stands in what belongs to somebody else, and nowhere else."""
NOBODYS = {"reference": "C-0000-0003-89", "number": "987654"}

_STANDS_FOR = {"reference": FIRST, "number": "1", "name": "lou"}
_OWN_PREFERENCES = ("/account", "/queue/saved", "/second-factor", "/set-password", "/sign-")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Return pages with somebody in each role, and with a case and a quarantined message that are Lou's."""
    folder = tmp_path_factory.mktemp("house")
    engine = make_engine(f"sqlite:///{folder / 'heard.db'}")
    migrations.upgrade(engine)
    made = Pages(engine, folder)
    made.add_officer("lou")
    for role in Role:
        made.add_officer(role.value, role)
    draft = new_letter(
        state=LetterState.HELD, queued_at=NOW, due_at=NOW, subject=SECRET, text=f"Dear {SECRET},\n"
    )
    put(made, FIRST, text=f"My {SECRET} is gone.", assigned_to="lou", complainant_name=f"Ann {SECRET}",
        subject=f"A {SECRET}", **begun(letters=[draft]))  # fmt: skip
    put(made, SECOND, assigned_to="lou")
    with SqlUnitOfWork(engine) as uow:
        content = SECRET.encode()
        kept = uow.messages.get(1)
        uow.messages.add_attachments(
            kept,
            [Attachment("a.txt", "text/plain", content, hashlib.sha256(content).hexdigest(), text=SECRET)],
        )
        odd = new_message(uid="odd", subject=SECRET, text=SECRET, message_id="<odd@example.org>")
        assert uow.messages.keep(odd, SECRET.encode())
        odd.settle(Outcome.QUARANTINE, reason="too_large", now=NOW)
        uow.commit()
    yield made
    made.desk.back_office.close()
    engine.dispose()


def addresses(app: Flask, route: Route, **instead: str) -> list[str]:
    """Return the addresses that stand for a route: each choice that its rule names, and Lou's things."""
    (rule,) = [
        each for each in app.url_map.iter_rules(route.endpoint)
        if each.rule == route.address and set(route.methods) <= (each.methods or set())
    ]  # fmt: skip
    values = [_values(rule, name, instead) for name in sorted(rule.arguments)]
    found = []
    for chosen in product(*values):
        address = route.address
        for name, value in zip(sorted(rule.arguments), chosen, strict=True):
            address = re.sub(rf"<(?:[^<>]*:)?{name}>", value, address)
        found.append(address)
    return found


def _values(rule: Rule, name: str, instead: dict[str, str]) -> list[str]:
    choices = sorted(getattr(rule._converters[name], "items", ()))  # noqa: SLF001  # werkzeug keeps them there
    if choices:
        return choices
    # The first message is one of Lou's case, the third one is in quarantine.
    usual = ["1", "3"] if rule.rule.startswith("/messages/") else [_STANDS_FOR.get(name, "1")]
    return [instead.get(name, value) for value in usual]


def dump(pages: Pages) -> str:
    """Return a hash of the whole record but for who looked at what and is signed in since when."""
    connection = pages.engine.raw_connection()
    lines = [
        line for line in connection.iterdump()  # type: ignore[attr-defined]  # sqlite3
        if not re.match(r'INSERT INTO "(views|sessions|keys|sqlite_sequence)"', line)
    ]  # fmt: skip
    connection.close()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def clients(pages: Pages) -> dict[Role | None, FlaskClient]:
    """Return a browser for each role, and one in which nobody is signed in."""
    return {None: pages.flask.test_client()} | {role: pages.client_of(role.value) for role in Role}


def is_let_through(pages: Pages, client: FlaskClient, address: str, method: str) -> bool:
    """Say whether the guard lets a request through; the view behind it is not called."""
    cookie = client.get_cookie("heard")
    headers = {"Cookie": f"heard={cookie.value}"} if cookie else {}
    with pages.flask.test_request_context(address, method=method, headers=headers):
        try:
            return pages.flask.preprocess_request() is None
        except Forbidden:
            return False


def test_every_route_lets_exactly_those_in_whose_role_the_table_names(house: Pages) -> None:
    """Nobody is led to the form to sign in, an officer of another role refused, a view asked only then."""
    browsers, tried = clients(house), 0
    for route in routes_of(house.flask):
        for role, address, method in product(browsers, addresses(house.flask, route), route.methods):
            is_allowed = route.answer(role) != NO
            what = f"{method} {address} as {role}"
            assert is_let_through(house, browsers[role], address, method) is is_allowed, what
            if not is_allowed:
                answer = browsers[role].open(address, method=method)
                expected = 403 if role else 303
                assert answer.status_code == expected, what
                assert SECRET not in answer.text, what
                assert role or answer.headers["Location"].startswith("/sign-in"), what
            tried += 1
    assert tried > 6 * 60


def test_the_table_says_what_the_roles_are_for() -> None:
    """By hand, so that no slip in the table goes unseen."""
    for route in all_routes():
        is_change = route.methods != ("GET",)
        is_open = route.needs is None
        if is_change and not is_open and not route.address.startswith(_OWN_PREFERENCES):
            assert route.answer(Role.AUDITOR) == NO, route
        if route.address.startswith(("/cases", "/letters", "/messages", "/queue", "/new-case")):
            assert route.answer(Role.ADMINISTRATOR) == NO, route
            assert route.answer(Role.SERVICE_MANAGER) in {OWN, NO}, route
            assert route.answer(Role.OFFICER) in {YES, NO}, route
            assert route.answer(Role.OFFICER, officers_see="assigned") in {OWN, NO}, route
        if route.address.startswith(("/people", "/new-officer")):
            assert [role for role in Role if route.answer(role) == YES] == [Role.ADMINISTRATOR], route
        if route.address.startswith("/classifier/"):
            assert route.answer(Role.OFFICER) == NO, route
        if is_open:
            assert route.address == "/" or route.address.startswith(_OWN_PREFERENCES), route
        else:
            assert route.answer(None) == NO, route


@pytest.mark.parametrize("officers_see", ["all", "assigned"])
def test_what_is_somebody_elses_is_as_if_it_were_not_there(officers_see: str, house: Pages) -> None:
    """For whoever sees only their own: the same answer as for no case at all, and nothing of it anywhere."""
    pages = house
    if officers_see == "assigned":
        pages = Pages(house.engine, house.app.data, queue={"https": False, "officers_see": "assigned"})
    role = Role.OFFICER if officers_see == "assigned" else Role.SERVICE_MANAGER
    client, before = pages.client_of(role.value), dump(house)
    tried = 0
    for route in routes_of(pages.flask):
        if route.answer(role, officers_see=officers_see) != OWN:
            continue
        theirs, nobodys = addresses(pages.flask, route), addresses(pages.flask, route, **NOBODYS)
        for (address, other), method in product(zip(theirs, nobodys, strict=True), route.methods):
            client.get("/account")  # What the last form had to say is said here.
            answer = client.open(address, method=method)
            assert SECRET not in answer.text, f"{method} {address}"
            if "<" in route.address and "saved" not in route.address:
                assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"
                assert told(answer) == told(client.open(other, method=method)), f"{method} {address}"
            tried += 1
    assert tried > 20
    assert dump(house) == before
    pages.desk.back_office.close()


def told(answer: TestResponse) -> tuple[int, str]:
    """Return what an answer tells, but for the reference or number that was asked for."""
    return answer.status_code, re.sub(r"\d+", "#", said(answer))


def test_looking_changes_nothing_whoever_looks(house: Pages) -> None:
    """Every page that a role may see is a page, and no GET writes more than who looked."""
    before = dump(house)
    for role, client in clients(house).items():
        for route in routes_of(house.flask):
            if "GET" not in route.methods or route.answer(role) == NO:
                continue
            for address in addresses(house.flask, route):
                answer = client.get(address)
                what = f"GET {address} as {role}: {answer.status_code}"
                assert answer.status_code < 500, what
                assert answer.status_code != 403, what
                if route.needs is not None:
                    assert not answer.headers.get("Location", "").startswith("/sign-in"), what
    assert dump(house) == before


def test_every_view_of_a_case_is_on_record(house: Pages) -> None:
    """The page, and whatever of it is opened on its own."""
    client = house.client_of(Role.AUDITOR.value)
    for route in routes_of(house.flask):
        if "<reference>" not in route.address or route.answer(Role.AUDITOR) == NO:
            continue
        for address in addresses(house.flask, route):
            before = views(house)
            if client.get(address).status_code == 200:
                assert views(house) > before, f"{address} was shown and is not on record"


def views(pages: Pages) -> int:
    """Count who was shown what."""
    with pages.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM views").scalar_one())


def test_a_form_without_its_token_changes_nothing_on_any_route(house: Pages) -> None:
    """Nor with somebody else's (CSRF): 400, whoever is signed in."""
    house.flask.config["WTF_CSRF_ENABLED"] = True
    try:
        _try_without_token(house, dump(house))
    finally:
        house.flask.config["WTF_CSRF_ENABLED"] = False


def _try_without_token(house: Pages, before: str) -> None:
    foreign = _token(house.flask.test_client())
    for role, client in clients(house).items():
        for route in routes_of(house.flask):
            for address, data in product(addresses(house.flask, route), ({}, {"csrf_token": foreign})):
                for method in set(route.methods) - {"GET"}:
                    answer = client.open(address, method=method, data=data)
                    assert answer.status_code == 400, f"{method} {address} as {role}: {answer.status_code}"
                    assert "This form has expired" in answer.text
    assert dump(house) == before


def _token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    return found[1]


def test_every_answer_bears_the_headers_that_keep_it_safe(house: Pages) -> None:
    """Also what is refused, what is not there, and every file."""
    client = house.client_of(Role.TEAM_MANAGER.value)
    paths: list[str] = ["/nothing", "/static/heard.css", "/static/../web.py", "/people"]
    for route in routes_of(house.flask):
        paths += addresses(house.flask, route) if "GET" in route.methods else []
    for path in paths:
        with client.get(path) as answer:
            headers: Any = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        is_sandboxed = "sandbox" in policy and "allow-scripts" not in policy and "allow-same" not in policy
        assert "unsafe" not in policy or is_sandboxed, path
        assert "X-Frame-Options" in headers, path
        assert "Referrer-Policy" in headers, path
        assert "Server" not in headers, path
        if not path.startswith("/static"):
            assert headers["Cache-Control"] == "no-store", path


def test_a_route_that_does_not_say_who_may_see_it_keeps_the_pages_from_starting(pages: Pages) -> None:
    """None can be left open by mistake."""
    from flask import Blueprint  # noqa: PLC0415  # a route that nobody should write

    from review import web  # noqa: PLC0415

    careless = Blueprint("careless", __name__)
    careless.add_url_rule("/open", "open", lambda: "everything")
    usual = web.BLUEPRINTS
    web.BLUEPRINTS = (*usual, careless)
    try:
        with pytest.raises(RuntimeError, match=r"careless\.open does not say"):
            web.make_pages(pages.desk)
    finally:
        web.BLUEPRINTS = usual


def test_the_documentation_has_the_table_as_it_is() -> None:
    """`heard officers roles > docs/roles.md` writes it anew."""
    assert DOCS.read_text(encoding="utf-8") == as_markdown(all_routes())


def test_the_matrix_has_every_need_and_every_role_in_it() -> None:
    """Nothing that a role may do is without a route, and no role is without a page."""
    routes = all_routes()
    assert {route.needs for route in routes} >= set(May) - {May.ASSIGN}
    for role in Role:
        assert any(route.needs is not None and route.answer(role) != NO for route in routes)
