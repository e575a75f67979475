"""What officers sign in with: codes that are used once, and what an administrator takes away."""

from datetime import timedelta

import pytest
from builders import NOW
from fakes import FakeUnitOfWork
from hands import make_officer

from casework.accounts import (
    CODE_HOLDS,
    change_password,
    forget_identity,
    forget_second_factor,
    give_code,
    is_code_of,
    officer_of_identity,
    set_password_by_code,
    unlock,
)
from models.accounts import Account, attempts_key, code_attempts_key
from models.errors import InputInvalid, UnknownReference

SECOND = timedelta(seconds=1)


def office(**account: object) -> FakeUnitOfWork:
    """Return a record with Pat and Sam, and Pat's account where something of it is said."""
    uow = FakeUnitOfWork()
    for name in ("pat", "sam"):
        uow.officers.add(make_officer(name))
    if account:
        uow.accounts.add(Account(officer="pat", **account))  # type: ignore[arg-type]
    return uow


def test_a_code_sets_a_password_once() -> None:
    """Its letters and hyphens are as people type them; the record holds its hash alone."""
    uow = office()
    code = give_code(uow, " Pat", by="ada", now=NOW)
    assert len(code) == 19
    assert code.replace("-", "") not in str(vars(uow.accounts.rows["pat"])) + str(uow.audit.rows)
    typed = f" {code.lower().replace('-', ' ')} ".replace("0", "o").replace("1", "l")
    assert set_password_by_code(uow, "pat", code=typed, password_hash="kept", now=NOW)
    assert uow.accounts.rows["pat"].password_hash == "kept"
    assert not set_password_by_code(uow, "pat", code=code, password_hash="again", now=NOW)
    assert [(row.actor, row.action) for row in uow.audit.rows] == [
        ("ada", "code_given"),
        ("pat", "password_set"),
    ]
    assert uow.accounts.forgotten == [attempts_key("pat")]


def test_a_new_code_ends_the_old_password_the_old_code_and_every_session() -> None:
    """Whoever needs one has lost the other, perhaps to somebody."""
    uow = office(password_hash="old")
    first = give_code(uow, "pat", by="ada", now=NOW)
    give_code(uow, "pat", by="ada", now=NOW)
    assert uow.accounts.rows["pat"].password_hash == ""
    assert not is_code_of(uow.accounts.rows["pat"], first, now=NOW)
    assert uow.accounts.ended == ["pat", "pat"]


def test_a_code_holds_for_a_day() -> None:
    """And not a second longer."""
    uow = office()
    code = give_code(uow, "pat", by="ada", now=NOW)
    assert is_code_of(uow.accounts.rows["pat"], code, now=NOW + CODE_HOLDS - SECOND)
    assert not set_password_by_code(uow, "pat", code=code, password_hash="x", now=NOW + CODE_HOLDS)


@pytest.mark.parametrize("typed", ["", "x", "0000-0000-0000-0000", "\ud800" * 16])
def test_a_wrong_code_sets_nothing(typed: str) -> None:
    """Nor anybody else's, nor where none was given."""
    uow = office()
    assert not set_password_by_code(uow, "sam", code=typed, password_hash="x", now=NOW)
    code = give_code(uow, "pat", by="ada", now=NOW)
    assert not set_password_by_code(uow, "pat", code=typed, password_hash="x", now=NOW)
    for name in ("sam", "kim"):
        assert not set_password_by_code(uow, name, code=code, password_hash="x", now=NOW)


def test_a_disabled_officer_gets_no_code_and_can_use_none() -> None:
    """They are enabled first."""
    uow = office()
    code = give_code(uow, "pat", by="ada", now=NOW)
    uow.officers.get("pat").is_disabled = True
    assert not set_password_by_code(uow, "pat", code=code, password_hash="x", now=NOW)
    with pytest.raises(InputInvalid, match="enable them first"):
        give_code(uow, "pat", by="ada", now=NOW)
    with pytest.raises(UnknownReference, match="kim"):
        give_code(uow, "kim", by="ada", now=NOW)


def test_an_officer_changes_their_password() -> None:
    """The audit says so, without it."""
    uow = office(password_hash="old")
    change_password(uow, "pat", password_hash="new", session="this", now=NOW)
    assert uow.accounts.rows["pat"].password_hash == "new"
    assert uow.accounts.ended == ["pat"]
    assert uow.audit.rows[-1].detail == {"officer": "pat", "by": "password"}


def test_a_second_factor_is_removed_with_its_sessions() -> None:
    """Where there is one."""
    uow = office(totp_secret="KEY", totp_step=7)
    assert "removed" in forget_second_factor(uow, "pat", by="ada", now=NOW)
    account = uow.accounts.rows["pat"]
    assert (account.totp_secret, account.totp_step, uow.accounts.ended) == ("", None, ["pat"])
    assert "KEY" not in str(uow.audit.rows)
    with pytest.raises(InputInvalid, match="no second factor"):
        forget_second_factor(uow, "pat", by="ada", now=NOW)


def test_an_identity_is_bound_by_the_address_once() -> None:
    """From then on it is known by what never changes."""
    uow = office()
    found = officer_of_identity(uow, subject="iss a", email="pat@harrowmere.example", now=NOW)
    assert found is not None
    assert found.officer == "pat"
    again = officer_of_identity(uow, subject="iss a", email="sam@harrowmere.example", now=NOW)
    assert again is found
    assert officer_of_identity(uow, subject="iss b", email="pat@harrowmere.example", now=NOW) is None
    assert officer_of_identity(uow, subject="iss c", email="", now=NOW) is None
    assert [row.action for row in uow.audit.rows] == ["identity_bound"]
    forget_identity(uow, "pat", by="ada", now=NOW)
    assert officer_of_identity(uow, subject="iss b", email="pat@harrowmere.example", now=NOW) is found
    with pytest.raises(InputInvalid, match="not signed in"):
        forget_identity(uow, "sam", by="ada", now=NOW)


def test_a_pause_is_ended_for_passwords_and_codes() -> None:
    """By an administrator who knows who asks."""
    uow = office()
    unlock(uow, "pat", by="ada", now=NOW)
    assert uow.accounts.forgotten == [attempts_key("pat"), code_attempts_key("pat")]
    assert uow.audit.rows[-1].action == "sign_in_unlocked"
