"""Signing in by password: who gets in, who has to pause, and what the second factor asks for."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from pages import PASSWORD, Pages
from sqlalchemy import event
from werkzeug.test import TestResponse

from casework import accounts
from models.accounts import FREE_FAILURES_ANYWHERE, Account, attempts_key, key_anywhere
from models.codes import Role
from review.access.callers import MOST
from review.access.signing_in import OWES_FOR

NEW = "kettle lorry window"
MINUTE = timedelta(minutes=1)


def signs_in(client: FlaskClient, name: str = "jo", password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the form."""
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def is_in(client: FlaskClient) -> bool:
    """Say whether the pages open."""
    return client.get("/account").status_code == 200


def audit(pages: Pages) -> list[tuple[str, str, Any]]:
    """Return who did what, as the audit has it."""
    with pages.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, detail FROM audit ORDER BY id").all()
    return [tuple(row) for row in rows]


def account_of(pages: Pages, name: str = "jo") -> Account:
    """Return an account as it is on record."""
    with pages.desk.units(reads=True) as uow:
        found = uow.accounts.look_up(name)
    assert found is not None
    return found


def code_for(pages: Pages, name: str = "jo") -> str:
    """Have an administrator give a one-time code."""
    with pages.desk.units() as uow:
        code = accounts.give_code(uow, name, by="ada", now=pages.now)
        uow.commit()
    return code


def set_up_factor(pages: Pages, name: str = "jo") -> pyotp.TOTP:
    """Give an officer a second factor; return their app."""
    with pages.desk.units() as uow:
        account = uow.accounts.find(name)
        assert account is not None
        account.totp_secret = pyotp.random_base32()
        uow.commit()
    return pyotp.TOTP(account.totp_secret)


@pytest.fixture
def pages(pages: Pages) -> Pages:
    """Return pages with Jo on record."""
    pages.add_officer("jo")
    return pages


def test_an_officer_signs_in_and_goes_on_to_where_they_wanted(pages: Pages) -> None:
    """Names are as people type them; the audit says who and how."""
    client = pages.flask.test_client()
    assert client.get("/account").headers["Location"] == "/sign-in?to=/account"
    answer = signs_in(client, " JO ", to="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_in(client)
    assert audit(pages) == [("jo", "signed_in", '{"by": "password"}')]
    assert client.get("/sign-in").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [("jo", "wrong"), ("jo", ""), ("", ""), ("kim", PASSWORD), ("x" * 10**5, PASSWORD),
     ("jo", "y" * 10**6), ("jo", "\ud800")],
    ids=["wrong", "empty", "nothing", "nobody", "long name", "long password", "surrogate"],
)  # fmt: skip
def test_a_wrong_name_or_password_is_one_answer(name: str, password: str, pages: Pages) -> None:
    """Nobody learns which of the two it was, and no browser is signed in."""
    client = pages.flask.test_client()
    answer = signs_in(client, name, password.encode("utf-8", "replace").decode())
    assert answer.status_code == 400
    assert "The name or the password is not right." in answer.text
    assert not is_in(client)


def test_a_disabled_officer_is_nobody_and_comes_in_no_more(pages: Pages) -> None:
    """In the same words; a session that is open shows nothing."""
    client = pages.client_of("jo")
    with pages.desk.units() as uow:
        uow.officers.get("jo").is_disabled = True
        uow.commit()
    assert not is_in(client)
    answer = signs_in(client)
    assert (answer.status_code, "The name or the password is not right." in answer.text) == (400, True)


@pytest.mark.parametrize("name", ["jo", "nobody"])
def test_a_name_pauses_longer_and_longer_whoever_it_is(name: str, pages: Pages) -> None:
    """The same words for a name that is nobody's, so that names cannot be found out; never for ever."""
    client = pages.flask.test_client()
    for _ in range(4):
        assert "has to pause" not in signs_in(client, name, "wrong").text
    assert "try again in 1 minute," in signs_in(client, name, "wrong").text
    assert "try again in 1 minute," in signs_in(client, name, PASSWORD).text
    assert not is_in(client)
    pages.now += MINUTE
    assert "try again in 2 minutes," in signs_in(client, name, "wrong").text
    pages.now += 2 * MINUTE
    assert (signs_in(client, name, PASSWORD).status_code == 303) is (name == "jo")


def signs_in_at(pages: Pages, address: str, password: str = PASSWORD) -> TestResponse:
    """Send the form from an address, with the name of Jo."""
    return pages.flask.test_client().post(
        "/sign-in", data={"name": "jo", "password": password}, environ_overrides={"REMOTE_ADDR": address}
    )


def test_a_stranger_who_knows_a_name_keeps_nobody_out(pages: Pages) -> None:
    """However long they go on; where they are, the right password waits as well."""
    for number in range(12):
        assert signs_in_at(pages, "192.0.2.7", "wrong").status_code == 400
        assert signs_in_at(pages, "198.51.100.9", PASSWORD if number % 3 == 2 else "slip").status_code == (
            303 if number % 3 == 2 else 400
        )
        pages.now += 31 * MINUTE
    for _ in range(6):
        signs_in_at(pages, "192.0.2.7", "wrong")
    assert "has to pause" in signs_in_at(pages, "192.0.2.7").text
    assert signs_in_at(pages, "198.51.100.9").status_code == 303


def test_guessing_from_everywhere_pauses_a_name_everywhere_for_a_minute(pages: Pages) -> None:
    """After a hundred; an administrator ends that pause and every other one."""
    with pages.desk.units() as uow:
        anywhere = uow.attempts.of(key_anywhere(attempts_key("jo")), now=pages.now)
        for _ in range(FREE_FAILURES_ANYWHERE - 2):
            anywhere.count_anywhere(pages.now)
        uow.commit()
    assert "has to pause" not in signs_in_at(pages, "192.0.2.7", "wrong").text
    assert "try again in 1 minute," in signs_in_at(pages, "192.0.2.8", "wrong").text
    assert "try again in 1 minute," in signs_in_at(pages, "198.51.100.9").text
    pages.add_officer("ada", Role.ADMINISTRATOR)
    ada = pages.client_of("ada")
    assert "Paused" in ada.get("/people/jo").text
    assert ada.post("/people/jo/unlock").status_code == 303
    assert "Paused" not in ada.get("/people/jo").text
    assert signs_in_at(pages, "198.51.100.9").status_code == 303


def test_what_failed_is_on_record_without_what_was_typed(pages: Pages) -> None:
    """With the officer's name alone; a stranger's name may be somebody's password."""
    client = pages.flask.test_client()
    for password in ("hunter-2-hunter", *["x"] * 4):
        signs_in(client, "jo", password)
    signs_in(client, "my-secret-password", "x")
    rows = audit(pages)
    assert [(actor, action) for actor, action, _ in rows] == [("nobody", "sign_in_failed")] * 4 + [
        ("nobody", "sign_in_locked")
    ]
    with pages.engine.connect() as connection:
        dump = str(list(connection.connection.iterdump()))  # type: ignore[attr-defined]  # sqlite3
    assert "hunter" not in dump
    assert "my-secret" not in dump


def test_being_in_makes_earlier_failures_forgotten(pages: Pages) -> None:
    """Four slips before, and four after."""
    client = pages.flask.test_client()
    for _ in range(2):
        for _ in range(4):
            signs_in(client, "jo", "wrong")
        assert signs_in(client).status_code == 303


def test_an_address_that_fails_too_often_has_to_wait(pages: Pages) -> None:
    """Whatever names it tries; another address is not kept waiting."""
    client = pages.flask.test_client()
    for number in range(MOST):
        assert sets_password(client, "x", name=f"name{number}").status_code == 400
    answer = signs_in(client)
    assert (answer.status_code, "Too many attempts" in answer.text) == (429, True)
    other = client.post(
        "/sign-in", data={"name": "jo", "password": PASSWORD}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert other.status_code == 303


def test_no_record_is_locked_while_a_password_is_checked(pages: Pages) -> None:
    """Argon2 takes its time, here a second or more, and mail is recorded meanwhile."""
    slow = PasswordHasher(time_cost=15)
    with pages.desk.units() as uow:
        account = uow.accounts.find("jo")
        assert account is not None
        account.password_hash = slow.hash(PASSWORD)
        uow.commit()
    client, waits = pages.flask.test_client(), []
    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        answer = pool.submit(signs_in, client, "jo", "wrong")
        while not answer.done():
            before = time.monotonic()
            with pages.desk.units() as uow:
                uow.views.add("kim", "C-0000-0001-95", now=pages.now)
                uow.commit()
            waits.append(time.monotonic() - before)
    taken = time.monotonic() - begun
    assert answer.result().status_code == 400
    assert max(waits) < taken / 2, (max(waits), taken)


def test_a_hash_of_weaker_parameters_is_made_anew_at_sign_in(pages: Pages) -> None:
    """The password is at hand then."""
    with pages.desk.units() as uow:
        account = uow.accounts.find("jo")
        assert account is not None
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        uow.commit()
    assert signs_in(pages.flask.test_client()).status_code == 303
    assert "m=65536,t=3,p=4" in account_of(pages).password_hash
    assert signs_in(pages.flask.test_client()).status_code == 303


def test_the_session_is_another_one_after_signing_in(pages: Pages) -> None:
    """What somebody else put into the browser opens nothing (session fixation)."""
    client = pages.client_of("jo")
    with client.session_transaction() as held:
        planted = dict(held)
        held["more"] = "of an earlier one"
    assert signs_in(client).status_code == 303
    with client.session_transaction() as held:
        assert held["token"] != planted["token"]
        assert "more" not in held
    other = pages.flask.test_client()
    with other.session_transaction() as held:
        held.update(planted)
    assert not is_in(other)


def test_a_session_ends_when_it_is_idle_or_old(pages: Pages) -> None:
    """By the settings: 30 minutes, 12 hours."""
    client = pages.client_of("jo")
    pages.now += timedelta(minutes=29)
    assert is_in(client)
    pages.now += timedelta(minutes=31)
    assert not is_in(client)
    client = pages.client_of("jo")
    for _ in range(35):
        pages.now += timedelta(minutes=20)
        assert is_in(client)
    pages.now += timedelta(minutes=20)
    assert not is_in(client)


@pytest.mark.parametrize(
    ("sent_to", "data", "leads_to"),
    [
        ("/new-case", {"text": "Long words."}, "/new-case"),
        ("/cases/C-0000-0001-95/answer", {"from": "show=mine&q=a b", "number": "2", "text": "Dear Ann"},
         "/cases/C-0000-0001-95/answer?number=2&from=show%3Dmine%26q%3Da+b"),
        ("/cases/C-0000-0001-95/agree", {}, "/cases/C-0000-0001-95"),
        ("/letters/5/withdraw", {"reason": "x"}, "/letters/5"),
        ("/messages/3/file", {"reason": "x"}, "/messages/3"),
        ("/queue/saved/3/remove", {}, "/queue"),
        ("/account/keys", {}, "/account"),
    ],
)  # fmt: skip
def test_who_was_signed_out_while_writing_is_told_and_led_back_to_the_form(
    pages: Pages, sent_to: str, data: dict[str, str], leads_to: str
) -> None:
    """Nothing was recorded, and the page says so, once; what was typed is in no address."""
    client = pages.client_of("jo")
    pages.now += timedelta(minutes=31)
    sent = client.post(sent_to, data=data)
    assert sent.status_code == 303
    assert "Dear" not in sent.location
    shown = client.get(sent.location)
    assert "You were signed out after 30 minutes without a click." in shown.text
    assert "What you just sent was not recorded." in shown.text
    assert "signed out" not in client.get(sent.location).text
    to = parse_qs(urlsplit(sent.location).query)["to"][0]
    assert signs_in(client, to=to).location == leads_to


def test_why_somebody_is_signed_out_is_said_as_it_is(pages: Pages) -> None:
    """To nobody who never was in; after a page that was only asked for, nothing was lost."""
    nobody = pages.flask.test_client()
    assert "signed out" not in nobody.get(nobody.post("/new-case").location).text
    jo = pages.client_of("jo")
    pages.now += timedelta(minutes=31)
    shown = jo.get(jo.get("/queue").location).text
    assert "without a click" in shown
    assert "not recorded" not in shown
    jo, other = pages.client_of("jo"), pages.client_of("jo")
    other.post("/account/sign-out-everywhere")
    shown = jo.get(jo.post("/account/keys").location).text
    assert "You were signed out. What you just sent was not recorded." in shown
    assert "without a click" not in shown


@pytest.mark.parametrize("path", ["//evil.example/agree", "/\\evil.example/x", "/new-case//evil.example"])
def test_the_way_back_to_a_form_never_leaves_the_pages(pages: Pages, path: str) -> None:
    """Whatever the address that was sent to, and whatever the form said about where it came from."""
    client = pages.client_of("jo")
    pages.now += timedelta(minutes=31)
    for sent in (client.post(path), client.post("/new-case", data={"from": "//evil.example"})):
        to = parse_qs(urlsplit(sent.headers.get("Location", "")).query).get("to", [""])[0]
        assert to == "" or re.match(r"/(?![/\\])", to)


def test_who_writes_for_long_stays_signed_in_but_not_for_ever(pages: Pages) -> None:
    """The page says that somebody is there; a session still ends with the day."""
    client = pages.client_of("jo")
    for _ in range(35):
        pages.now += timedelta(minutes=20)
        answer = client.get("/account/awake")
        assert (answer.status_code, answer.data) == (204, b"")
    pages.now += timedelta(minutes=20)
    assert client.get("/account/awake").status_code == 303
    assert "data-awake" not in client.get("/sign-in").text
    assert (
        'data-awake="/account/awake" data-awake-seconds="300"' in pages.client_of("jo").get("/account").text
    )


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(pages: Pages) -> None:
    """HttpOnly, SameSite; behind HTTPS Secure as well, and of this host alone."""
    cookie = signs_in(pages.flask.test_client()).headers["Set-Cookie"]
    assert cookie.startswith("heard=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure_and_the_browser_stays_there(pages: Pages) -> None:
    """`__Host-` binds it to this host; HSTS is said there alone."""
    assert "Strict-Transport-Security" not in pages.flask.test_client().get("/sign-in").headers
    behind = Pages(pages.engine, pages.app.data, queue={"https": True})
    answer = signs_in(behind.flask.test_client())
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-heard=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_signing_out_ends_the_session_on_record(pages: Pages) -> None:
    """A copy of the cookie opens nothing afterwards."""
    client = pages.client_of("jo")
    with client.session_transaction() as held:
        token = held["token"]
    client.post("/sign-out")
    with client.session_transaction() as held:
        held["token"] = token
    assert not is_in(client)


@pytest.mark.parametrize("token", ["", "x", 7, None, ["x"], {"a": 1}])
def test_a_cookie_that_names_no_session_is_nobody(token: object, pages: Pages) -> None:
    """Whatever it holds."""
    client = pages.flask.test_client()
    with client.session_transaction() as held:
        held["token"] = token
    assert not is_in(client)
    assert client.get("/sign-in/code").status_code == 303
    assert client.get("/second-factor").status_code == 303
    assert client.post("/sign-out").status_code == 303


def sets_password(client: FlaskClient, code: str, **changes: str) -> TestResponse:
    """Send the form that sets a password against a code."""
    said = {"name": "jo", "code": code, "password": NEW, "again": NEW} | changes
    return client.post("/set-password", data=said)


def test_a_one_time_code_sets_a_password(pages: Pages) -> None:
    """Once; the old one and every session are over; the code was in no address."""
    before = pages.client_of("jo")
    code = code_for(pages)
    assert not is_in(before)
    client = pages.flask.test_client()
    answer = sets_password(client, code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert "Your password is set." in client.get("/sign-in").text
    assert sets_password(client, code).status_code == 400
    assert signs_in(client).status_code == 400
    assert signs_in(client, password=NEW).status_code == 303
    assert [action for _, action, _ in audit(pages)][:2] == ["code_given", "password_set"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": "0000-0000-0000-0000"}, "The name or the code is not right"),
        ({"name": "kim"}, "The name or the code is not right"),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "Harrowmere-Council-1", "again": "Harrowmere-Council-1"}, "harder to guess"),
        ({"password": "jo.example heard", "again": "jo.example heard"}, "harder to guess"),
        ({"again": "kettle lorry windows"}, "not the same"),
    ],
)
def test_a_slip_spends_no_code(changes: dict[str, str], why: str, pages: Pages) -> None:
    """The field says what is wrong, and nothing that was typed comes back but the name."""
    code = code_for(pages)
    client = pages.flask.test_client()
    answer = sets_password(client, **({"code": code} | changes))
    assert answer.status_code == 400
    assert why in answer.text
    assert "<title>Error: " in answer.text
    assert code not in answer.text
    assert NEW not in answer.text
    assert sets_password(client, code).status_code == 303


def test_a_code_is_over_after_a_day(pages: Pages) -> None:
    """Somebody may find it in a drawer."""
    code = code_for(pages)
    pages.now += timedelta(hours=24)
    assert sets_password(pages.flask.test_client(), code).status_code == 400


def test_wrong_passwords_do_not_stand_before_a_code_nor_wrong_codes_before_a_password(pages: Pages) -> None:
    """Whoever is being guessed at can still get in by an administrator's help."""
    client = pages.flask.test_client()
    for _ in range(5):
        signs_in(client, password="wrong")
    code = code_for(pages)
    assert sets_password(client, code).status_code == 303
    assert signs_in(client, password=NEW).status_code == 303
    for _ in range(5):
        answer = sets_password(client, "wrong")
    assert "has to pause" in answer.text
    assert signs_in(client, password=NEW).status_code == 303


def test_the_second_factor_stands_before_everything(pages: Pages) -> None:
    """A session that owes it shows nothing; the token is another one afterwards."""
    app, client = set_up_factor(pages), pages.flask.test_client()
    answer = signs_in(client, to="/account")
    assert answer.headers["Location"] == "/sign-in/code"
    assert "Enter the code of your app" in client.get("/sign-in/code").text
    for address in ("/account", "/queue", "/people"):
        assert client.get(address).headers["Location"].startswith("/sign-in?")
    assert client.get("/second-factor").headers["Location"] == "/sign-in"
    with client.session_transaction() as held:
        before = held["token"]
    answer = client.post("/sign-in/code", data={"code": app.at(pages.now)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    with client.session_transaction() as held:
        assert held["token"] != before
    assert is_in(client)
    assert audit(pages) == [("jo", "signed_in", '{"by": "password and code"}')]


def test_no_code_is_taken_twice(pages: Pages) -> None:
    """Not even by somebody else who knows the password."""
    app, first, second = set_up_factor(pages), pages.flask.test_client(), pages.flask.test_client()
    for client in (first, second):
        signs_in(client)
    code = app.at(pages.now)
    assert first.post("/sign-in/code", data={"code": code}).status_code == 303
    assert second.post("/sign-in/code", data={"code": code}).status_code == 400
    assert not is_in(second)


def test_wrong_codes_pause_the_name_though_the_password_is_right(pages: Pages) -> None:
    """Giving the password again wins no further guesses."""
    app, client = set_up_factor(pages), pages.flask.test_client()
    for _ in range(4):
        assert signs_in(client).status_code == 303
        assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 400
    signs_in(client)
    assert "has to pause" in client.post("/sign-in/code", data={"code": "000000"}).text
    assert "has to pause" in client.post("/sign-in/code", data={"code": app.at(pages.now)}).text
    signs_in(client)
    assert "has to pause" in client.post("/sign-in/code", data={"code": app.at(pages.now)}).text
    assert not is_in(client)
    assert [action for _, action, _ in audit(pages)] == ["sign_in_failed"] * 4 + ["sign_in_locked"]


def test_a_session_may_owe_for_some_minutes_only(pages: Pages) -> None:
    """A browser that was left there is no way in."""
    app, client = set_up_factor(pages), pages.flask.test_client()
    signs_in(client)
    pages.now += OWES_FOR
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    answer = client.post("/sign-in/code", data={"code": app.at(pages.now)})
    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_where_the_settings_ask_for_it_a_second_factor_is_set_up_first(pages: Pages) -> None:
    """Before anything else; then the officer is in."""
    pages.change(sign_in=replace(pages.desk.sign_in, needs_second_factor=True))
    client = pages.flask.test_client()
    assert signs_in(client, to="/account").headers["Location"] == "/sign-in/code"
    assert client.get("/sign-in/code").headers["Location"] == "/second-factor"
    assert not is_in(client)
    page = client.get("/second-factor").text
    found = re.search(r'heard-key">([^<]+)<', page)
    assert found is not None
    key = found[1].replace(" ", "")
    square = client.get("/second-factor/square.svg")
    assert (square.mimetype, square.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert client.post("/second-factor", data={"code": "000000"}).status_code == 400
    assert account_of(pages).totp_secret == ""
    answer = client.post("/second-factor", data={"code": pyotp.TOTP(key).at(pages.now)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_in(client)
    assert account_of(pages).totp_secret == key
    assert [action for _, action, _ in audit(pages)] == ["second_factor_set", "signed_in"]
    assert key not in str(audit(pages))
    assert client.get("/second-factor").status_code == 303
    assert client.get("/second-factor/square.svg").status_code == 303


def test_an_officer_sets_up_a_second_factor_with_their_password_at_hand(pages: Pages) -> None:
    """A browser left open is not enough; every other one is signed out, and none sets up another over it."""
    client, other = pages.client_of("jo"), pages.client_of("jo")
    assert client.get("/second-factor").status_code == 303
    answer = client.post("/account/second-factor", data={"factor_password": "wrong"})
    assert (answer.status_code, "not right" in answer.text) == (400, True)
    assert client.post("/account/second-factor", data={"factor_password": PASSWORD}).status_code == 303
    found = re.search(r'heard-key">([^<]+)<', client.get("/second-factor").text)
    assert found is not None
    code = pyotp.TOTP(found[1].replace(" ", "")).at(pages.now)
    assert client.post("/second-factor", data={"code": code}).headers["Location"] == "/account"
    assert "ask an administrator to remove it" in client.get("/account").text
    assert not is_in(other)
    assert client.post("/account/second-factor", data={"factor_password": PASSWORD}).status_code == 409


def test_a_changed_password_signs_every_other_browser_out(pages: Pages) -> None:
    """The present one is asked for, and the new one has to be good."""
    here, there = pages.client_of("jo"), pages.client_of("jo")
    said = {"current": PASSWORD, "password": NEW, "again": NEW}
    for changes in ({"current": "wrong"}, {"password": "short"}, {"again": "another one"}):
        answer = here.post("/account/password", data=said | changes)
        assert answer.status_code == 400
        assert NEW not in answer.text
    assert is_in(there)
    assert here.post("/account/password", data=said).status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert signs_in(there).status_code == 400
    assert signs_in(there, password=NEW).status_code == 303


def test_guessing_the_present_password_pauses_as_signing_in_does(pages: Pages) -> None:
    """Whoever found a browser open learns nothing more."""
    client = pages.client_of("jo")
    for _ in range(5):
        answer = client.post("/account/password", data={"current": "x", "password": NEW, "again": NEW})
    assert "has to pause" in answer.text
    assert signs_in(pages.flask.test_client()).status_code == 400


def test_an_officer_signs_out_everywhere(pages: Pages) -> None:
    """Here too."""
    here, there = pages.client_of("jo"), pages.client_of("jo")
    assert here.get("/account").text.count("Another browser") == 1
    assert here.post("/account/sign-out-everywhere").headers["Location"] == "/sign-in"
    assert not is_in(here)
    assert not is_in(there)


def test_single_keys_are_the_officers_choice(pages: Pages) -> None:
    """WCAG 2.1.4: they can be turned off."""
    client = pages.client_of("jo")
    assert 'data-keys="on"' in client.get("/account").text
    client.post("/account/keys", data={})
    assert "data-keys" not in client.get("/account").text
    client.post("/account/keys", data={"keys": "on"})
    assert 'data-keys="on"' in client.get("/account").text


def test_nobody_waits_for_an_account_that_is_only_looked_at(pages: Pages) -> None:
    """Every page reads it; what a page reads is locked for nobody."""
    client = pages.client_of("jo")
    asked: list[str] = []
    event.listen(pages.desk.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert is_in(client)
    assert asked
    assert not [each for each in asked if each.upper().startswith(("UPDATE", "INSERT", "DELETE"))]


def test_an_administrator_is_led_to_a_page_of_theirs(pages: Pages) -> None:
    """They see no queue."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    client = pages.flask.test_client()
    assert signs_in(client, "ada").headers["Location"] == "/"
    assert client.get("/", follow_redirects=True).status_code == 200


def test_who_may_not_see_a_page_is_led_to_one_of_theirs(pages: Pages) -> None:
    """An administrator is not told to ask one."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    refused = pages.client_of("ada").get("/queue")
    assert refused.status_code == 403
    assert "Ask an administrator" not in refused.text
    assert 'href="/people">Go to “People”' in refused.text
    assert "Go to the queue" not in refused.text
    refused = pages.client_of("jo").get("/people")
    assert "Ask an administrator" in refused.text
    assert 'href="/queue">Go to the queue' in refused.text
