"""People: added, changed, away, disabled and let in again by an administrator, each change on record."""

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from pages import PASSWORD, Pages
from rows import new_case
from sqlalchemy import Engine

from casework.officers import check_administrators
from models.accounts import Account
from models.codes import Role
from models.errors import InputInvalid
from models.people import Officer
from models.unit_of_work import SqlUnitOfWork

NEW = {"name": "pat.lee", "full_name": "Pat Lee", "email": "pat.lee@harrowmere.example", "role": "officer",
       "manager": "sam"}  # fmt: skip


@pytest.fixture
def ada(pages: Pages) -> FlaskClient:
    """Return the browser of an administrator; Jo and Sam are on record, and Jo has two cases."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    pages.add_officer("jo")
    pages.add_officer("sam", Role.TEAM_MANAGER)
    with pages.desk.units() as uow:
        for reference in ("C-0000-0001-95", "C-0000-0002-92"):
            uow.cases.add(new_case(reference=reference, assigned_to="jo"))
        uow.commit()
    return pages.client_of("ada")


def officer(pages: Pages, name: str = "jo") -> Officer:
    """Return an officer as they are on record."""
    with pages.desk.units(reads=True) as uow:
        return uow.officers.get(name)


def account(pages: Pages, name: str = "jo") -> Account:
    """Return an account as it is on record."""
    with pages.desk.units(reads=True) as uow:
        found = uow.accounts.look_up(name)
    assert found is not None
    return found


def audit(pages: Pages) -> list[tuple[str, str, Any]]:
    """Return who did what, as the audit has it."""
    with pages.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, detail FROM audit ORDER BY id").all()
    return [(actor, action, json.loads(detail)) for actor, action, detail in rows]


def test_everybody_is_listed_with_how_they_sign_in(pages: Pages, ada: FlaskClient) -> None:
    """And who is away, disabled or has to pause."""
    with pages.desk.units() as uow:
        uow.officers.get("sam").away_from = date(2026, 11, 20)
        uow.officers.add(Officer(name="kim", full_name="Kim Hale", email="kim@harrowmere.example",
                                 is_disabled=True))  # fmt: skip
        uow.commit()
    for _ in range(5):
        pages.flask.test_client().post("/sign-in", data={"name": "jo", "password": "x"})
    text = " ".join(re.sub(r"<[^>]+>", " ", ada.get("/people").text).split())
    assert "Jo Example Paused jo · jo@harrowmere.example Officer 2 Password Never" in text
    assert "Sam Example Away" in text
    assert "Kim Hale Disabled kim · kim@harrowmere.example Officer 0 Cannot sign in yet Never" in text


def test_an_officer_is_added_and_given_a_code(pages: Pages, ada: FlaskClient) -> None:
    """From nothing to signed in, and the code is shown once, in no address and no cookie."""
    answer = ada.post("/new-officer", data=NEW)
    assert answer.headers["Location"] == "/people/pat.lee"
    shown = ada.post("/people/pat.lee/code")
    found = re.search(r'class="heard-code">([0-9A-Z-]{19})<', shown.text)
    assert found is not None
    assert "Set-Cookie" not in shown.headers or found[1] not in shown.headers["Set-Cookie"]
    assert found[1] not in ada.get("/people/pat.lee").text
    said = {
        "name": "pat.lee",
        "code": found[1],
        "password": "kettle lorry window",
        "again": "kettle lorry window",
    }
    client = pages.flask.test_client()
    assert client.post("/set-password", data=said).status_code == 303
    assert client.post("/sign-in", data=said).status_code == 303
    actions = [(actor, action) for actor, action, _ in audit(pages)]
    assert actions[-4:] == [
        ("ada", "officer_added"), ("ada", "code_given"), ("pat.lee", "password_set"),
        ("pat.lee", "signed_in"),
    ]  # fmt: skip
    assert found[1].replace("-", "") not in str(audit(pages)).replace("-", "")


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": ""}, "name", "Give them a name"),
        ({"name": "two words"}, "name", "no officer"),
        ({"name": "jo"}, "name", "there is an officer jo already"),
        ({"full_name": " "}, "full_name", "Give their full name"),
        ({"email": "pat"}, "email", "no email address"),
        ({"role": "king"}, "role", "Choose a role"),
        ({"role": ""}, "role", "Choose a role"),
        ({"manager": "pat.lee"}, "manager", "cannot be their own manager"),
    ],
)
def test_a_slip_is_said_at_its_field_and_nothing_is_lost(
    changes: dict[str, str], field: str, why: str, pages: Pages, ada: FlaskClient
) -> None:
    """The summary leads to it; no option of the command line is in the words."""
    answer = ada.post("/new-officer", data=NEW | changes)
    page = html.unescape(answer.text)
    assert answer.status_code == 400
    assert why.casefold() in page.casefold()
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert "<title>Error: " in page
    assert "--" not in re.sub(r'class="[^"]*"|csrf_token" value="[^"]*"|<!--.*?-->', "", page)
    assert 'value="pat.lee@harrowmere.example"' in page or field == "email"
    assert audit(pages) == []


def test_a_manager_who_is_no_officer_is_not_found(pages: Pages, ada: FlaskClient) -> None:
    """Nobody is added."""
    assert ada.post("/new-officer", data=NEW | {"manager": "kim"}).status_code == 404
    assert audit(pages) == []


def test_role_manager_details_and_absence_are_changed(pages: Pages, ada: FlaskClient) -> None:
    """Each with a row of who did it."""
    for path, data in (
        ("role", {"role": "service_manager"}),
        ("manager", {"manager": "sam"}),
        ("details", {"full_name": "Jo Marlow", "email": "jo.marlow@harrowmere.example"}),
        ("away", {"away_from": "23/11/2026", "away_until": "2026-11-27"}),
    ):
        answer = ada.post(f"/people/jo/{path}", data=data)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/people/jo"), path
    found = officer(pages)
    assert (found.role, found.manager, found.full_name) == (Role.SERVICE_MANAGER, "sam", "Jo Marlow")
    assert (found.away_from, found.away_until) == (date(2026, 11, 23), date(2026, 11, 27))
    ada.post("/people/jo/back")
    assert officer(pages).away_from is None
    assert [(actor, action) for actor, action, _ in audit(pages)] == [
        ("ada", "officer_role_set"), ("ada", "officer_manager_set"), ("ada", "officer_details_set"),
        ("ada", "officer_away"), ("ada", "officer_back"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "data", "why"),
    [
        ("role", {"role": "king"}, "Choose a role"),
        ("role", {}, "Choose a role"),
        ("away", {"away_from": "soon"}, "Give the day as"),
        ("away", {"away_from": "32/13/2026"}, "Give the day as"),
        ("away", {"away_from": "1/1/1999"}, "cannot be right"),
        ("away", {"away_from": "24/11/2026", "away_until": "23/11/2026"}, "cannot be right"),
        ("details", {"full_name": "", "email": "jo@harrowmere.example"}, "needs a full name"),
        ("manager", {"manager": "jo"}, "own manager"),
        ("disable", {}, "has 2 open cases"),
        ("disable", {"hand_over_to": "ada"}, "Choose who takes"),
        ("disable", {"hand_over_to": "kim"}, "Choose who takes"),
        ("second-factor", {}, "has no second factor"),
        ("identity", {}, "has not signed in"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    path: str, data: dict[str, str], why: str, pages: Pages, ada: FlaskClient
) -> None:
    """On the officer's own page, with the reason."""
    answer = ada.post(f"/people/jo/{path}", data=data)
    assert answer.status_code == 400
    assert why in html.unescape(answer.text)
    assert "Error: Jo Example" in answer.text
    assert audit(pages) == []


def test_whoever_leaves_hands_their_cases_over_and_is_signed_out(pages: Pages, ada: FlaskClient) -> None:
    """They stay on record, and may come back; their old sessions stay over."""
    theirs = pages.client_of("jo")
    assert theirs.get("/account").status_code == 200
    assert ada.post("/people/jo/disable", data={"hand_over_to": "sam"}).status_code == 303
    assert officer(pages).is_disabled
    assert theirs.get("/account").status_code == 303
    with pages.desk.units(reads=True) as uow:
        assert len(uow.cases.assigned_to("sam")) == 2
    assert "They stay on record" in ada.get("/people/jo").text
    assert ada.post("/people/jo/code").status_code == 400
    ada.post("/people/jo/enable")
    assert not officer(pages).is_disabled
    assert theirs.get("/account").status_code == 303


def test_the_last_administrator_stays_one(ada: FlaskClient) -> None:
    """Neither disabled nor of another role, until there is somebody else."""
    for path, data in (("role", {"role": "officer"}), ("disable", {})):
        answer = ada.post(f"/people/ada/{path}", data=data)
        assert (answer.status_code, "only administrator" in answer.text) == (400, True)
    assert ada.post("/people/ada/role", data={"role": "administrator"}).status_code == 303
    ada.post("/people/sam/role", data={"role": "administrator"})
    assert ada.post("/people/ada/role", data={"role": "officer"}).status_code == 303
    assert ada.get("/people").status_code == 403


def test_two_administrators_cannot_both_step_down_at_once(engine: Engine) -> None:
    """On either database the second waits for the first, and is then the last."""
    with SqlUnitOfWork(engine) as uow:
        for name in ("ada", "bo"):
            uow.officers.add(Officer(name=name, full_name=name, email="a@b.example", role=Role.ADMINISTRATOR))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        check_administrators(uow, but="ada")
        uow.officers.get("ada").role = Role.OFFICER
        uow.commit()
    with SqlUnitOfWork(engine) as uow, pytest.raises(InputInvalid, match="only administrator"):
        check_administrators(uow, but="bo")


def test_an_administrator_helps_whoever_cannot_get_in(pages: Pages, ada: FlaskClient) -> None:
    """A pause is ended, a second factor removed; that, too, signs them out."""
    client = pages.flask.test_client()
    for _ in range(6):
        client.post("/sign-in", data={"name": "jo", "password": "x"})
    assert "End the pause" in ada.get("/people/jo").text
    ada.post("/people/jo/unlock")
    assert "End the pause" not in ada.get("/people/jo").text
    assert client.post("/sign-in", data={"name": "jo", "password": PASSWORD}).status_code == 303
    with pages.desk.units() as uow:
        found = uow.accounts.find("jo")
        assert found is not None
        found.totp_secret = "SECRETKEYSECRETKEYSECRETKEY2345"
        uow.commit()
    page = ada.get("/people/jo")
    assert "Remove the second factor" in page.text
    assert "SECRETKEY" not in page.text + ada.get("/people").text
    ada.post("/people/jo/second-factor")
    assert account(pages).totp_secret == ""
    assert client.get("/account").status_code == 303
    assert [action for _, action, _ in audit(pages)][-3:] == [
        "sign_in_unlocked", "signed_in", "second_factor_removed",
    ]  # fmt: skip


def test_nobody_gives_themselves_a_code(pages: Pages, ada: FlaskClient) -> None:
    """They know their password, or another administrator helps."""
    answer = ada.post("/people/ada/code")
    assert (answer.status_code, "under your account" in answer.text) == (400, True)
    assert account(pages, "ada").password_hash


@pytest.mark.parametrize("name", ["kim", "JO", "jo'--", "{{7*7}}"])
def test_who_is_not_on_record_is_not_found(name: str, pages: Pages, ada: FlaskClient) -> None:
    """Whatever somebody writes into an address."""
    assert ada.get(f"/people/{name}").status_code == 404
    for path in ("code", "unlock", "role", "back", "disable", "enable", "identity"):
        answer = ada.post(f"/people/{name}/{path}", data={"role": "officer"})
        assert (answer.status_code, "49" in answer.text) == (404, False)
    assert audit(pages) == []
