"""Signing in by OpenID Connect: what a provider vouches for, and everything that is not good enough."""

from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from identity_provider import CLIENT, SECRET, IdentityProvider
from pages import PASSWORD, Pages

from models.codes import Role
from review.access.callers import MOST
from review.access.identity import identity_of
from review.desk import OpenIdConnect

ELSEWHERE = "https://id.example"
ENTRA = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    """Start a provider."""
    with IdentityProvider() as made:
        yield made


@pytest.fixture
def pages(pages: Pages, provider: IdentityProvider) -> Pages:
    """Return pages at which officers sign in by it, with Jo on record."""
    known = OpenIdConnect(metadata_url=provider.metadata_url, client_id=CLIENT, client_secret=SECRET)
    pages.change(sign_in=replace(pages.desk.sign_in, microsoft=known))
    pages.add_officer("jo")
    return pages


def begin(client: FlaskClient, *, to: str = "") -> str:
    """Follow the link; return the address at the provider to which it leads."""
    answer = client.get("/sign-in/microsoft", query_string={"to": to} if to else {})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def at_provider(address: str) -> str:
    """Sign in at the provider as its browser would; return the path back to the pages."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"


def signs_in(client: FlaskClient, *, to: str = "") -> Any:
    """Go the whole way and return the last answer."""
    return client.get(at_provider(begin(client, to=to)))


def is_in(client: FlaskClient) -> bool:
    """Say whether the pages open."""
    return client.get("/account").status_code == 200


def audit(pages: Pages) -> list[tuple[str, str]]:
    """Return who did what, as the audit has it."""
    with pages.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY id").all()
    return [tuple(row) for row in rows]


def test_an_officer_signs_in_with_the_councils_own_sign_in(pages: Pages, provider: IdentityProvider) -> None:
    """The code is bought with a verifier (PKCE), no token is kept, and they go on to where they wanted."""
    client = pages.flask.test_client()
    address = begin(client, to="/account")
    asked = parse_qs(urlsplit(address).query)
    assert (asked["scope"], asked["code_challenge_method"]) == (["openid email profile"], ["S256"])
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    answer = client.get(at_provider(address))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert provider.asked[0]["code_verifier"]
    assert audit(pages) == [("jo", "identity_bound"), ("jo", "signed_in")]
    with client.session_transaction() as held:
        assert set(held) == {"token"}
    assert is_in(client)


def test_the_identity_is_theirs_from_then_on_whatever_the_address(
    pages: Pages, provider: IdentityProvider
) -> None:
    """Somebody who is given an officer's old address is not that officer."""
    assert signs_in(pages.flask.test_client()).status_code == 303
    provider.person = {"sub": "jo-1", "email": "jo.new@harrowmere.example", "email_verified": True}
    assert signs_in(pages.flask.test_client()).status_code == 303
    provider.person = {"sub": "another", "email": "jo@harrowmere.example", "email_verified": True}
    client = pages.flask.test_client()
    assert signs_in(client).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "of another day"},
        {"nonce": None},
        {"aud": "another-app"},
        {"aud": "another-app", "azp": CLIENT},
        {"aud": None},
        {"iss": "https://login.example.net"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_is_not_good_lets_nobody_in(
    spoil: dict[str, object], pages: Pages, provider: IdentityProvider
) -> None:
    """OpenID Connect Core, 3.1.3.7: each claim is looked at; the page says what to do."""
    provider.spoil = spoil
    client = pages.flask.test_client()
    answer = signs_in(client, to="/account")
    assert answer.status_code == 400
    assert "did not succeed" in answer.text
    assert not is_in(client)
    assert audit(pages) == []


def test_a_token_that_another_key_signed_lets_nobody_in(pages: Pages, provider: IdentityProvider) -> None:
    """Nor one that no key signed, or that is signed with what everybody may read."""
    provider.signs_with = provider.other_key
    assert signs_in(pages.flask.test_client()).status_code == 400
    provider.signs_with, provider.algorithm = None, "none"
    assert signs_in(pages.flask.test_client()).status_code == 400
    provider.signs_with, provider.algorithm = "a-secret-that-is-long-enough-for-hs256-to-take-it", "HS256"
    assert signs_in(pages.flask.test_client()).status_code == 400


@pytest.mark.parametrize(
    "says",
    [
        {"error": "access_denied"},
        {"access_token": "x", "token_type": "Bearer"},
        {"id_token": "no token", "access_token": "x", "token_type": "Bearer"},
        {"id_token": 7, "access_token": "x", "token_type": "Bearer"},
        {},
    ],
    ids=str,
)
def test_nonsense_from_the_provider_is_a_page_and_no_fault(
    says: dict[str, object], pages: Pages, provider: IdentityProvider
) -> None:
    """Whatever it answers."""
    provider.says = says
    assert signs_in(pages.flask.test_client()).status_code == 400


def test_somebody_who_is_no_officer_is_told_so_and_not_made_one(
    pages: Pages, provider: IdentityProvider
) -> None:
    """People are added by an administrator alone."""
    provider.person = {"sub": "x", "email": "kim@harrowmere.example", "email_verified": True}
    answer = signs_in(pages.flask.test_client())
    assert (answer.status_code, "Ask an administrator" in answer.text) == (403, True)
    with pages.desk.units() as uow:
        assert [each.name for each in uow.officers.all()] == ["jo"]


@pytest.mark.parametrize("verified", [False, "false", None, 1.5, 1, [], ["true"], {}])
def test_an_address_that_is_not_verified_names_nobody(
    verified: object, pages: Pages, provider: IdentityProvider
) -> None:
    """Anybody may write anything there, and anywhere but at Entra choose the name they sign in with."""
    provider.person |= {"email_verified": verified, "preferred_username": "jo@harrowmere.example"}
    assert signs_in(pages.flask.test_client()).status_code == 403


def test_a_disabled_officer_stays_out(pages: Pages) -> None:
    """Known before or not."""
    for _ in range(2):
        with pages.desk.units() as uow:
            uow.officers.get("jo").is_disabled = True
            uow.commit()
        assert signs_in(pages.flask.test_client()).status_code == 403
        with pages.desk.units() as uow:
            uow.officers.get("jo").is_disabled = False
            uow.commit()
        assert signs_in(pages.flask.test_client()).status_code == 303


def test_an_address_that_two_officers_share_names_neither(pages: Pages) -> None:
    """Rather nobody than the wrong one."""
    pages.add_officer("kim")
    with pages.desk.units() as uow:
        uow.officers.get("kim").email = "JO@harrowmere.example"
        uow.commit()
    assert signs_in(pages.flask.test_client()).status_code == 403


def test_a_way_back_is_gone_once(pages: Pages) -> None:
    """The state is spent by its first use, and belongs to the browser that asked."""
    client = pages.flask.test_client()
    back = at_provider(begin(client))
    assert pages.flask.test_client().get(back).status_code == 400
    assert client.get(back).status_code == 303
    client.post("/sign-out")
    answer = client.get(back)
    assert answer.status_code == 400
    assert not is_in(client)


def test_what_no_browser_asked_for_shuts_nobody_out(pages: Pages) -> None:
    """Any page can have an office's browsers fetch the address, as often as it likes."""
    client = pages.flask.test_client()
    begin(client)
    for back in ("/sign-in/microsoft/back", "/sign-in/microsoft/back?state=x&code=y") * MOST:
        assert client.get(back).status_code == 400
    assert signs_in(pages.flask.test_client()).status_code == 303


def test_what_the_provider_refuses_is_logged_by_its_code_alone(
    pages: Pages, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its words may name people."""
    client = pages.flask.test_client()
    back = at_provider(begin(client))
    assert client.get(back.replace("code=", "code=x")).status_code == 400
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(
        f"/sign-in/microsoft/back?error=access_denied&error_description=jo@harrowmere.example&state={state}"
    )
    assert answer.status_code == 400
    written = "".join(capfd.readouterr())
    assert "invalid_grant" in written
    assert "access_denied" in written
    assert "jo@" not in written + answer.text


def test_a_provider_that_is_away_is_said_so(pages: Pages, provider: IdentityProvider) -> None:
    """And officers with a password still come in."""
    provider.is_down = True
    client = pages.flask.test_client()
    answer = client.get("/sign-in/microsoft")
    assert (answer.status_code, "cannot be reached" in answer.text) == (502, True)
    assert client.post("/sign-in", data={"name": "jo", "password": PASSWORD}).status_code == 303


def test_the_provider_gets_another_key_and_nobody_notices(pages: Pages, provider: IdentityProvider) -> None:
    """A key that is not known yet is asked for once more."""
    assert signs_in(pages.flask.test_client()).status_code == 303
    provider.key = provider.signs_with = provider.other_key
    provider.number = "2"
    assert signs_in(pages.flask.test_client()).status_code == 303


def test_the_settings_say_where_the_provider_sends_browsers_back(pages: Pages) -> None:
    """Else the request does; a made up Host leads nowhere, since the provider knows our address."""
    client = pages.flask.test_client()
    asked = parse_qs(urlsplit(begin(client)).query)
    assert asked["redirect_uri"] == ["http://localhost/sign-in/microsoft/back"]
    pages.change(sign_in=replace(pages.desk.sign_in, address="https://heard.harrowmere.example"))
    pages.flask.extensions["desk"] = pages.desk
    asked = parse_qs(urlsplit(begin(client)).query)
    assert asked["redirect_uri"] == ["https://heard.harrowmere.example/sign-in/microsoft/back"]


def test_passwords_can_be_switched_off(pages: Pages) -> None:
    """Then the form is gone and what is sent to it is refused."""
    pages.change(sign_in=replace(pages.desk.sign_in, passwords=False))
    client = pages.flask.test_client()
    assert 'type="password"' not in client.get("/sign-in").text
    assert client.post("/sign-in", data={"name": "jo", "password": PASSWORD}).status_code == 404
    assert client.get("/set-password").status_code == 404
    assert client.post("/set-password", data={"name": "jo"}).status_code == 404
    assert signs_in(client).status_code == 303
    assert 'type="password"' not in client.get("/account").text
    assert client.post("/account/password", data={"current": PASSWORD}).status_code == 404


def test_an_administrator_lets_another_identity_be_theirs(pages: Pages, provider: IdentityProvider) -> None:
    """Such as after a new account at the provider; their sessions end."""
    pages.add_officer("ada", Role.ADMINISTRATOR)
    client = pages.flask.test_client()
    assert signs_in(client).status_code == 303
    answer = pages.client_of("ada").post("/people/jo/identity")
    assert answer.status_code == 303
    assert not is_in(client)
    provider.person |= {"sub": "jo-2"}
    assert signs_in(client).status_code == 303


def test_the_links_do_nothing_where_there_is_no_provider(pages: Pages) -> None:
    """There is no such page then."""
    pages.change(sign_in=replace(pages.desk.sign_in, microsoft=None))
    client = pages.flask.test_client()
    assert client.get("/sign-in/microsoft").status_code == 404
    assert client.get("/sign-in/microsoft/back").status_code == 404


def test_the_session_is_a_new_one_and_the_old_one_is_over(pages: Pages) -> None:
    """What somebody put into the browser before opens nothing afterwards."""
    client = pages.client_of("jo")
    with client.session_transaction() as held:
        before = held["token"]
    assert signs_in(client).status_code == 303
    with client.session_transaction() as held:
        assert held["token"] != before
    with pages.desk.units(reads=True) as uow:
        found = uow.sessions.of("jo", now=pages.now)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"iss": ENTRA, "sub": "a", "preferred_username": "Jo@Harrowmere.example"}, "jo@harrowmere.example"),
        ({"iss": ENTRA, "sub": "a", "email": "jo@harrowmere.example"}, ""),
        ({"iss": ENTRA, "sub": "a", "preferred_username": "jo"}, ""),
        ({"iss": ELSEWHERE, "sub": "a", "preferred_username": "jo@harrowmere.example"}, ""),
        ({"iss": "https://login.microsoftonline.com.x.example", "sub": "a", "preferred_username": "a@b"}, ""),
        ({"iss": ELSEWHERE, "sub": "a", "email": "JO@x.example", "email_verified": "true"}, "jo@x.example"),
        ({"iss": ELSEWHERE, "sub": "a", "email": ["x"], "email_verified": True}, ""),
    ],
)  # fmt: skip
def test_an_officer_is_found_by_an_address_that_is_vouched_for(claims: dict[str, Any], email: str) -> None:
    """Entra's name for signing in, which the organisation sets; elsewhere a verified address."""
    found = identity_of(claims)
    assert found is not None
    assert found.email == email


@pytest.mark.parametrize("claims", [{}, {"iss": "x"}, {"iss": "x", "sub": 7}, {"iss": "x", "sub": "y" * 300}])
def test_who_has_no_name_at_a_provider_is_nobody(claims: dict[str, Any]) -> None:
    """Both are needed, and have to fit."""
    assert identity_of(claims) is None
