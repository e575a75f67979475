"""What the pages do with what is hostile: in forms, in addresses, in headers, and from other sites."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pages import PASSWORD, Pages
from sqlalchemy import Engine

from models import orm
from models.account_rows import SqlSavedFilters
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


def sam_is_added_again(filters: SqlSavedFilters, *_given: str) -> None:
    """Write a row of which there is one already."""
    values = {"officer": "sam", "name": "bins", "query": ""}
    for _ in range(2):
        filters._session.execute(orm.saved_filters.insert().values(**values))  # noqa: SLF001


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


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Iterator[Pages]:
    """Return pages over either database, with Sam and Ada on record."""
    made = Pages(engine, tmp_path)
    made.add_officer("sam", Role.TEAM_MANAGER)
    made.add_officer("ada", Role.ADMINISTRATOR)
    yield made
    made.app.engine.dispose()


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_record_can_have_is_not_found(both: Pages, number: int) -> None:
    """In every address that holds one, and in a form."""
    sam = both.client_of("sam")
    rules = [rule for rule in both.flask.url_map.iter_rules() if "<int:number>" in rule.rule]
    assert len(rules) > 15
    for rule in rules:
        path = rule.rule.replace("<int:number>", str(number)).replace("<reference>", "C-0000-0001-95")
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = sam.open(path, method=method)
        # Where an address takes more than one method, werkzeug answers 405, and the page says the same.
        assert (answer.status_code in {404, 405}, "Page not found" in answer.text) == (True, True), path
    for each in (number, -number, 0):
        answer = sam.post("/letters/release", data={"number": each}, follow_redirects=True)
        assert (answer.status_code, "0 letters go now." in answer.text) == (200, True)
    assert sam.get(f"/letters/{2**63 - 1}").status_code == 404


def test_a_character_that_no_record_takes_is_refused_in_words(both: Pages) -> None:
    """PostgreSQL has no NUL in its texts; in words about a case it is left out instead."""
    nobody, sam, ada = both.flask.test_client(), both.client_of("sam"), both.client_of("ada")
    bad = "a\0b"
    answers = [
        nobody.post("/sign-in", data={"name": bad, "password": PASSWORD}),
        nobody.post("/set-password", data={"name": "jo", "code": bad}),
        nobody.get("/sign-in?to=%00"),
        sam.post("/queue/saved", data={"name": bad, "query": "show=mine"}),
        sam.get("/letters?state=a%00b"),
        sam.get("/letters?a%00b=c"),
        sam.get("/cases/a%00b"),
        sam.post("/known-issues", data={"title": bad, "category": "other", "words": "x", "known": "k"}),
        sam.post("/messages/1/file", data={"reason": bad}),
        ada.get("/people/a%00b"),
        ada.post("/people/ada/details", data={"full_name": bad, "email": "a@harrowmere.example"}),
        ada.post("/people/sam/manager", data={"manager": bad}),
        ada.post("/new-officer", data=USUAL | {"full_name": bad}),
    ]
    for answer in answers:
        assert (answer.status_code, "holds a character that no record can keep" in answer.text) == (400, True)
    for asked in ("q=a%00b", "category=%00", "a%00b=c", "q=%00"):
        assert sam.get(f"/queue?{asked}").status_code == 200
    for page in ("/new-case", "/letters/release", "/cases/C-0000-0001-95/note", "/cases/C-0000-0001-95/rule"):
        said = {"text": bad, "status": bad, "name": bad, "from": "q=%00", "number": bad, "once": bad}
        assert sam.post(page, data=said).status_code in {303, 400, 404}, page


def test_a_clash_that_nobody_foresaw_is_told_and_is_no_bug(
    both: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who do the same at the same moment: the second one is asked to look again."""
    sam, twice = both.client_of("sam"), sam_is_added_again
    monkeypatch.setattr(SqlSavedFilters, "save", twice)
    answer = sam.post("/queue/saved", data={"name": "bins", "query": "show=mine"})
    assert (answer.status_code, "did the same at this moment" in answer.text) == (409, True)


def test_no_redirect_leaves_the_pages(pages: Pages, ada: FlaskClient) -> None:
    """Signing in goes on to a page of ours, whatever an address said."""
    for to in (
        "//evil.example", "/\\evil.example", "https://evil.example", "http:evil.example", "\\\\evil.example",
        "/\tevil", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "///evil.example", "/%0d%0aX: y", "evil",
        "", "/\u2028x", "@evil.example", ".evil.example", "/people/..//evil.example",
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
    """Sessions that are over and failures of yesterday leave the record; a name is counted in two ways."""
    pages.add_officer("jo")
    for _ in range(3):
        client = pages.flask.test_client()
        client.post("/sign-in", data={"name": "kim", "password": "x"})
        client.post("/sign-in", data={"name": "jo", "password": PASSWORD})
        pages.now += timedelta(days=2)
    with pages.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM sign_in_attempts").scalar_one() == 2


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
