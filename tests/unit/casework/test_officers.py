"""The officers: who they are, when they are away, and who takes over."""

from datetime import date

import pytest
from builders import NOW, make_case
from fakes import FakeUnitOfWork
from hands import acknowledged, make_officer

from casework.officers import (
    add_officer,
    check_administrators,
    disable_officer,
    enable_officer,
    set_away,
    set_back,
    set_details,
    set_manager,
    set_role,
)
from models.case import Case
from models.codes import Role
from models.errors import InputInvalid, UnknownReference
from models.people import Officer

OTHER = "C-0000-0001-95"


def office(*cases: Case, officers: tuple[Officer, ...] = ()) -> FakeUnitOfWork:
    """Return a record with Pat and Sam, or other officers."""
    uow = FakeUnitOfWork(*cases)
    for each in officers or (make_officer("pat"), make_officer("sam")):
        uow.officers.add(each)
    return uow


def added(uow: FakeUnitOfWork, name: str = "alex.lee", **changes: str) -> str:
    """Add an officer."""
    said = {"full_name": "Alex Lee", "email": "alex@harrowmere.example", "manager": ""} | changes
    return add_officer(uow, name, role=Role.OFFICER, by="sam", now=NOW, **said)


def test_an_officer_is_added_with_one_audit_row() -> None:
    """Their name is in lower case, as they sign in; no address is in the audit."""
    uow = office()
    assert (
        added(uow, "Alex.Lee", manager="Sam", full_name=" Alex  Lee ") == "officer alex.lee added as officer"
    )
    found = uow.officers.get("alex.lee")
    assert (found.full_name, found.manager, found.is_disabled) == ("Alex Lee", "sam", False)
    (row,) = uow.audit.rows
    assert (row.actor, row.action) == ("sam", "officer_added")
    assert row.detail == {"officer": "alex.lee", "role": "officer", "manager": "sam"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "pat"}, "there is an officer pat already"),
        ({"name": "two words"}, "no officer's name"),
        ({"name": ""}, "no officer's name"),
        ({"full_name": "  "}, "needs a full name"),
        ({"email": "alex"}, "no email address"),
        ({"email": "a b@harrowmere.example"}, "no email address"),
        ({"manager": "Alex.Lee"}, "cannot be their own manager"),
    ],
)
def test_an_officer_who_cannot_be_is_refused_with_the_reason(changes: dict[str, str], why: str) -> None:
    """Nothing is recorded then."""
    uow = office()
    with pytest.raises(InputInvalid, match=why):
        added(uow, **changes)
    assert uow.audit.rows == []


def test_a_manager_has_to_be_an_officer() -> None:
    """A reminder to nobody would be lost."""
    with pytest.raises(UnknownReference, match="kim"):
        added(office(), manager="kim")


def test_a_role_is_changed_and_both_are_kept() -> None:
    """The audit says from what to what."""
    uow = office()
    assert (
        set_role(uow, "PAT", role=Role.TEAM_MANAGER, by="sam", now=NOW) == "officer pat is now team manager"
    )
    assert uow.officers.get("pat").role is Role.TEAM_MANAGER
    assert uow.audit.rows[-1].detail == {"officer": "pat", "before": "officer", "after": "team_manager"}


def test_what_falls_due_in_an_absence_is_named() -> None:
    """Somebody else has to take it (LGSCO 6.2, 6.3; HO 6.2, 6.3)."""
    due = acknowledged(extended_to=date(2026, 3, 20))
    later = acknowledged(reference=OTHER, respond_by=date(2026, 3, 23))
    uow = office(due, later)
    said = set_away(uow, "pat", away_from=date(2026, 3, 9), away_until=date(2026, 3, 20), by="sam", now=NOW)
    assert f"{due.reference} (2026-03-20)" in said
    assert OTHER not in said
    assert uow.audit.rows[-1].detail["due"] == [due.reference]
    assert uow.officers.get("pat").is_away(date(2026, 3, 20))


@pytest.mark.parametrize(
    "case",
    [
        acknowledged(assigned_to="sam"),
        acknowledged(answered_on=date(2026, 3, 4)),
        acknowledged(closed_on=date(2026, 3, 4)),
        acknowledged(merged_into=OTHER),
        make_case(assigned_to="pat", stage=0, awaits_officer=False),
    ],
)
def test_what_is_not_theirs_or_not_due_is_not_named(case: Case) -> None:
    """An absence names work, not history."""
    said = set_away(office(case), "pat", away_from=date(2026, 3, 1), away_until=None, by="sam", now=NOW)
    assert (
        said
        == "officer pat is away from 2026-03-01 until they are back; nothing of theirs falls due meanwhile"
    )


def test_an_acknowledgement_falls_due_too() -> None:
    """Stage 1 begins with it (LGSCO 6.2, HO 6.2)."""
    case = make_case(assigned_to="pat")
    assert case.reference in set_away(
        office(case), "pat", away_from=case.acknowledge_by, away_until=None, by="sam", now=NOW
    )


@pytest.mark.parametrize(
    ("away_from", "away_until", "wrong"),
    [
        (date(2026, 3, 9), date(2026, 3, 8), "--until 2026-03-08 .* from 2026-03-09"),
        (date(2026, 2, 9), date(2026, 3, 2), "--until 2026-03-02 .* from 2026-03-03"),
        (date(2026, 3, 9), date(2062, 3, 9), "--until 2062-03-09"),
        (date(2062, 3, 9), None, "--from 2062-03-09"),
        (date(1926, 3, 9), None, "--from 1926-03-09"),
    ],
)
def test_an_absence_ends_after_it_begins_and_is_not_over(
    away_from: date, away_until: date | None, wrong: str
) -> None:
    """A slip of the keyboard changes nothing."""
    uow = office()
    with pytest.raises(InputInvalid, match=wrong):
        set_away(uow, "pat", away_from=away_from, away_until=away_until, by="sam", now=NOW)
    assert uow.officers.get("pat").away_from is None


def test_who_is_back_is_there() -> None:
    """The absence is gone."""
    uow = office(officers=(make_officer(away_from=date(2026, 3, 1)),))
    assert set_back(uow, "pat", by="sam", now=NOW) == "officer pat is back"
    assert not uow.officers.get("pat").is_away(date(2026, 3, 3))


def test_nobody_is_disabled_while_cases_would_be_left_to_nobody() -> None:
    """The refusal names them and the way out."""
    case = acknowledged()
    uow = office(case)
    with pytest.raises(InputInvalid, match=f"1 open cases.*{case.reference}.*--hand-over-to"):
        disable_officer(uow, "pat", hand_over_to=None, by="sam", now=NOW)
    assert not uow.officers.get("pat").is_disabled


def test_a_disabled_officer_hands_every_open_case_over() -> None:
    """Each case's own record says so; closed cases stay as they were."""
    cases = [acknowledged(), acknowledged(reference=OTHER)]
    closed = acknowledged(reference="C-0000-0002-92", closed_on=date(2026, 3, 1))
    uow = office(*cases, closed)
    done = disable_officer(uow, "pat", hand_over_to="Sam", by="kim", now=NOW)
    assert done.startswith("officer pat is disabled; ")
    assert [case.assigned_to for case in (*cases, closed)] == ["sam", "sam", "pat"]
    assert [(row.action, row.case_reference) for row in uow.audit.rows] == [
        ("case_assigned", cases[0].reference), ("case_assigned", OTHER), ("officer_disabled", None),
    ]  # fmt: skip
    assert uow.officers.get("pat").is_disabled


def test_nobody_hands_over_to_themselves() -> None:
    """That would leave the cases where they are."""
    with pytest.raises(InputInvalid, match="pat's already"):
        disable_officer(office(acknowledged()), "pat", hand_over_to="pat", by="sam", now=NOW)


def test_an_officer_without_cases_is_disabled_and_enabled_again() -> None:
    """Nobody is deleted: the record keeps who did what (LGSCO 5.8, HO 5.12)."""
    uow = office()
    assert disable_officer(uow, "pat", hand_over_to=None, by="sam", now=NOW) == "officer pat is disabled"
    with pytest.raises(InputInvalid, match="disabled already"):
        disable_officer(uow, "pat", hand_over_to=None, by="sam", now=NOW)
    enable_officer(uow, "pat", by="sam", now=NOW)
    assert not uow.officers.get("pat").is_disabled


def test_a_manager_and_details_are_changed_and_recorded() -> None:
    """The audit holds no address."""
    uow = office()
    assert set_manager(uow, "pat", manager="Sam", by="ada", now=NOW) == "the manager of pat is now sam"
    assert set_manager(uow, "pat", manager="", by="ada", now=NOW) == "the manager of pat is now nobody"
    with pytest.raises(InputInvalid, match="own manager"):
        set_manager(uow, "pat", manager="pat", by="ada", now=NOW)
    set_details(uow, "pat", full_name=" Pat  Lee ", email="lee@harrowmere.example ", by="ada", now=NOW)
    found = uow.officers.get("pat")
    assert (found.full_name, found.email) == ("Pat Lee", "lee@harrowmere.example")
    assert uow.audit.rows[-1].detail == {"officer": "pat", "changed": ["full_name", "email"]}
    with pytest.raises(InputInvalid, match="no email address"):
        set_details(uow, "pat", full_name="Pat", email="pat", by="ada", now=NOW)


def test_one_administrator_is_left() -> None:
    """A disabled one does not count."""
    ada, bo = (make_officer(name, role=Role.ADMINISTRATOR) for name in ("ada", "bo"))
    uow = office(officers=(ada, bo, make_officer("pat")))
    check_administrators(uow, but="ada")
    bo.is_disabled = True
    check_administrators(uow, but="pat")
    with pytest.raises(InputInvalid, match="only administrator"):
        check_administrators(uow, but="Ada")


def test_whoever_is_disabled_is_signed_out() -> None:
    """At once, everywhere."""
    uow = office()
    disable_officer(uow, "pat", hand_over_to=None, by="sam", now=NOW)
    assert uow.sessions.ended == ["pat"]
