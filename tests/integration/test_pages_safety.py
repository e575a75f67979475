"""What the pages do with what is hostile: in forms, in addresses, in headers, and from other sites."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pages import PASSWORD, Pages

from models.codes import Role

INERT = (
    "{{7*7}}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe",
)
NEW = ("name", "full_name", "email", "role", "manager")
USUAL = {"name": "pat.lee", "full_name": "Pat Lee", "email": "pat.lee@harrowmere.example", "role": "officer"}


@pytest.fixture
def ada(pages: Pages) -> FlaskClient:
    """Return the browser of an administrator; Jo and Sam are on record."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    pages.add_officer("jo")
    pages.add_officer("sam", Role.TEAM_MANAGER)
    return pages.client_of("ada")


@pytest.mark.parametrize("text", INERT)
def test_whatever_is_typed_is_text(text: str, pages: Pages, ada: FlaskClient) -> None:
    """It stands there as it was typed, or is refused; no template, query or script takes it for its own."""
    forms = {
        "/new-officer": list(NEW),
        "/people/jo/details": ["full_name", "email"],
        "/people/jo/role": ["role"],
        "/people/jo/manager": ["manager"],
        "/people/jo/away": ["away_from", "away_until"],
        "/people/jo/disable": ["hand_over_to"],
        "/account/password": ["current", "password", "again"],
        "/account/second-factor": ["factor_password"],
        "/account/keys": ["keys"],
        "/sign-in/code": ["code"],
        "/second-factor": ["code"],
        "/set-password": ["name", "code", "password", "again"],
        "/sign-in": ["name", "password", "to"],
    }
    for path, fields in forms.items():
        singly = [] if path.startswith(("/account", "/s")) else [[field] for field in fields]
        for changed in (fields, *singly):
            usual = USUAL if path == "/new-officer" else {}
            answer = ada.post(path, data=usual | dict.fromkeys(changed, text))
            assert answer.status_code < 500, path
            assert "49" not in re.sub(r'csrf_token" value="[^"]*"', "", answer.text), path
            assert "<script>alert" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            location = answer.headers.get("Location", "/")
            assert location.startswith("/"), path
            assert not location.startswith("//"), path
    page = ada.get("/people").text
    assert "<script>alert" not in page
    with pages.desk.units(reads=True) as uow:
        assert {each.name for each in uow.officers.all()} <= {"ada", "jo", "sam", "pat.lee"}


def test_a_name_that_is_markup_or_turns_the_line_round_is_shown_as_text(ada: FlaskClient) -> None:
    """In headings, tags, lists and what was done."""
    for text in INERT:
        answer = ada.post(
            "/people/jo/details", data={"full_name": text, "email": "jo@harrowmere.example"},
            follow_redirects=True,
        )  # fmt: skip
        everything = answer.text + ada.get("/people").text + ada.get("/people/jo").text
        assert "<script>alert" not in everything
        assert "<img src=x" not in everything


def test_no_redirect_leaves_the_pages(pages: Pages, ada: FlaskClient) -> None:
    """Signing in goes on to a page of ours, whatever an address said."""
    for to in (
        "//evil.example", "/\\evil.example", "https://evil.example", "http:evil.example", "\\\\evil.example",
        "/\tevil", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "///evil.example", "/%0d%0aX: y", "evil",
        "", "/people\x00", "/\u2028x", "@evil.example", ".evil.example", "/people/..//evil.example",
    ):  # fmt: skip
        answer = ada.get("/sign-in", query_string={"to": to})
        assert answer.status_code == 303
        assert re.match(r"/(?![/\\])", answer.headers["Location"]), to
        assert "Set-Cookie: a" not in str(answer.headers)
    for to in ("//evil.example", "https://evil.example", "/people"):
        client = pages.flask.test_client()
        answer = client.post("/sign-in", data={"name": "ada", "password": PASSWORD, "to": to})
        assert answer.headers["Location"] == ("/people" if to == "/people" else "/")


def test_a_made_up_host_leads_nowhere(ada: FlaskClient) -> None:
    """Every redirect and link is relative."""
    for path in ("/", "/queue", "/people", "/account", "/people/jo"):
        answer = ada.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil" not in answer.text + str(answer.headers)


def test_behind_a_proxy_that_is_trusted_the_browser_is_who_asks(pages: Pages) -> None:
    """Without the setting its headers are anybody's words."""
    pages.add_officer("jo")
    behind = Pages(pages.engine, pages.app.data, queue={"https": False, "trusted_proxies": 1})
    for made, is_believed in ((pages, False), (behind, True)):
        client = made.flask.test_client()
        for number in range(31):
            answer = client.post("/sign-in/code", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        assert answer.status_code == (303 if is_believed else 429)


def test_signing_in_many_times_a_day_keeps_nothing_of_the_past(pages: Pages) -> None:
    """Sessions that are over and failures of yesterday leave the record."""
    pages.add_officer("jo")
    for _ in range(3):
        client = pages.flask.test_client()
        client.post("/sign-in", data={"name": "kim", "password": "x"})
        client.post("/sign-in", data={"name": "jo", "password": PASSWORD})
        pages.now += timedelta(days=2)
    with pages.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM sign_in_attempts").scalar_one() == 1


def test_behind_https_a_form_from_another_site_is_refused(pages: Pages) -> None:
    """Its token alone is not enough: the browser has to say that it was our page (CSRF)."""
    pages.add_officer("jo")
    behind = Pages(pages.engine, pages.app.data, queue={"trusted_proxies": 1})
    behind.flask.config["WTF_CSRF_ENABLED"] = True
    client = behind.flask.test_client()
    proxied = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "heard.harrowmere.example",
    }  # fmt: skip
    secure = "https://heard.harrowmere.example"
    page = client.get("/sign-in", base_url=secure, headers=proxied)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    said = {"name": "jo", "password": PASSWORD, "csrf_token": found[1]}
    for referrer, status in (
        ({}, 400),
        ({"Referer": "https://evil.example/"}, 400),
        ({"Referer": "https://heard.harrowmere.example.evil.example/"}, 400),
        ({"Referer": f"{secure}/sign-in"}, 303),
    ):
        answer = client.post("/sign-in", base_url=secure, data=said, headers=proxied | referrer)
        assert answer.status_code == status, referrer


def test_an_error_says_nothing_of_what_lies_behind(ada: FlaskClient) -> None:
    """No traceback, no path, no version, whatever is asked."""
    for method, path in (
        ("GET", "/nowhere"), ("DELETE", "/people"), ("POST", "/people"), ("GET", "/people/" + "x" * 5000),
        ("GET", "/static/../../settings.py"), ("GET", "/static/%2e%2e/desk.py"), ("GET", "/cases/%ff"),
        ("GET", "/.git/config"),
    ):  # fmt: skip
        answer = ada.open(path, method=method)
        assert answer.status_code in {403, 404, 405}, path
        assert not re.search(r"Traceback|/work/|site-packages|werkzeug|SELECT", answer.text, re.IGNORECASE)


def test_a_form_that_is_too_large_is_refused(ada: FlaskClient) -> None:
    """It costs nobody the memory of the service."""
    answer = ada.post("/people/jo/details", data={"full_name": "x" * (21 * 2**20)})
    assert answer.status_code == 413
