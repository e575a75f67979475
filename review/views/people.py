"""People: who works here, in which role, when they are away, and how they sign in."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import accounts, officers
from models.accounts import attempts_key, code_attempts_key
from models.codes import Role
from models.errors import InputInvalid, UnknownReference
from models.people import Officer
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, officer
from review.show.officers import ROLE_SAYS, Person, day_typed, may_take_cases, person
from review.show.words import today

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.unit_of_work import SqlUnitOfWork

pages = Blueprint("people", __name__)

_NO_DAY = "Give the day as 2026-12-31 or 31/12/2026"
_NO_ROLE = "Choose a role"
_EMPTY = {
    "name": "Give them a name to sign in with, such as pat.lee",
    "full_name": "Give their full name",
    "email": "Give their email address",
}


@pages.get("/people")
@needs(May.MANAGE_PEOPLE)
def show() -> str:
    """List everybody."""
    with desk().units(reads=True) as uow:
        people = [_person(uow, each) for each in uow.officers.all()]
    return render_template("people.html", people=people)


@pages.get("/new-officer")
@needs(May.MANAGE_PEOPLE)
def new() -> str:
    """Show the form that puts somebody on record."""
    return _new_page({}, {})


@pages.post("/new-officer")
@needs(May.MANAGE_PEOPLE)
def add() -> Response | tuple[str, int]:
    """Put somebody on record."""
    said = _said("name", "full_name", "email", "role", "manager")
    faults = {field: fault for field, fault in _EMPTY.items() if not said[field].strip()}
    if said["role"] not in set(Role):
        faults["role"] = _NO_ROLE
    if faults:
        return _new_page(said, faults), 400
    try:
        with desk().units() as uow:
            done = officers.add_officer(
                uow, said["name"], full_name=said["full_name"], email=said["email"], role=Role(said["role"]),
                manager=said["manager"], by=officer().name, now=desk().clock(),
            )  # fmt: skip
            uow.commit()
    except InputInvalid as error:
        return _new_page(said, {_field_of(error): _without_options(error)}), 400
    flash(done)
    return redirect(url_for("people.one", name=said["name"].strip().casefold()), 303)


@pages.get("/people/<name>")
@needs(May.MANAGE_PEOPLE)
def one(name: str) -> str:
    """Show one officer, and everything that can be changed about them."""
    return _one_page(name, {})


@pages.post("/people/<name>/details")
@needs(May.MANAGE_PEOPLE)
def set_details(name: str) -> Response | tuple[str, int]:
    """Correct name and email address."""
    said = _said("full_name", "email")
    return _change(
        name,
        lambda uow: officers.set_details(
            uow, name, full_name=said["full_name"], email=said["email"], by=officer().name, now=desk().clock()
        ),
    )


@pages.post("/people/<name>/role")
@needs(May.MANAGE_PEOPLE)
def set_role(name: str) -> Response | tuple[str, int]:
    """Change what they may do; one administrator stays."""
    role = request.form.get("role", "")
    if role not in set(Role):
        return _one_page(name, {"role": _NO_ROLE}), 400

    def change(uow: "SqlUnitOfWork") -> str:
        if role != Role.ADMINISTRATOR:
            officers.check_administrators(uow, but=name)
        return officers.set_role(uow, name, role=Role(role), by=officer().name, now=desk().clock())

    return _change(name, change, field="role")


@pages.post("/people/<name>/manager")
@needs(May.MANAGE_PEOPLE)
def set_manager(name: str) -> Response | tuple[str, int]:
    """Name who is told of what they have overdue."""
    manager = request.form.get("manager", "")
    return _change(
        name,
        lambda uow: officers.set_manager(uow, name, manager=manager, by=officer().name, now=desk().clock()),
        field="manager",
    )


@pages.post("/people/<name>/away")
@needs(May.MANAGE_PEOPLE)
def set_away(name: str) -> Response | tuple[str, int]:
    """Record an absence."""
    said = _said("away_from", "away_until")
    try:
        since, until = day_typed(said, "away_from"), day_typed(said, "away_until")
    except ValueError:
        return _one_page(name, {"away_from": _NO_DAY}), 400
    return _change(
        name,
        lambda uow: officers.set_away(
            uow, name, away_from=since or today(desk().clock()), away_until=until, by=officer().name,
            now=desk().clock(),
        ),
        field="away_from",
    )  # fmt: skip


@pages.post("/people/<name>/back")
@needs(May.MANAGE_PEOPLE)
def set_back(name: str) -> Response | tuple[str, int]:
    """End an absence."""
    return _change(name, lambda uow: officers.set_back(uow, name, by=officer().name, now=desk().clock()))


@pages.post("/people/<name>/disable")
@needs(May.MANAGE_PEOPLE)
def disable(name: str) -> Response | tuple[str, int]:
    """Let them work no more cases; one administrator stays."""
    takes_over = request.form.get("hand_over_to", "")

    def change(uow: "SqlUnitOfWork") -> str:
        officers.check_administrators(uow, but=name)
        if takes_over and takes_over not in may_take_cases(uow.officers.all(), but=name):
            raise InputInvalid("choose who takes their open cases")
        return officers.disable_officer(
            uow, name, hand_over_to=takes_over or None, by=officer().name, now=desk().clock()
        )

    return _change(name, change, field="hand_over_to")


@pages.post("/people/<name>/enable")
@needs(May.MANAGE_PEOPLE)
def enable(name: str) -> Response | tuple[str, int]:
    """Let them work again."""
    return _change(
        name, lambda uow: officers.enable_officer(uow, name, by=officer().name, now=desk().clock())
    )


@pages.post("/people/<name>/code")
@needs(May.MANAGE_PEOPLE)
def give_code(name: str) -> str | tuple[str, int]:
    """Show a new one-time code, this once; it is neither kept nor sent anywhere."""
    if name == officer().name:
        return _one_page(name, {"code": "Change your own password under your account"}), 400
    if not desk().sign_in.passwords:
        return _one_page(name, {"code": "Passwords are switched off in the settings"}), 400
    now, where = desk().clock(), desk().sign_in.address
    try:
        with desk().units() as uow:
            found = _known(uow, name)
            code, shown = accounts.give_code(uow, name, by=officer().name, now=now), _person(uow, found)
            uow.commit()
    except InputInvalid as error:
        return _one_page(name, {"code": _without_options(error)}), 400
    return render_template(
        "person_code.html", person=shown, code=code, until=now + accounts.CODE_HOLDS,
        address=where + url_for("account.set_password") if where else "",
    )  # fmt: skip


@pages.post("/people/<name>/unlock")
@needs(May.MANAGE_PEOPLE)
def unlock(name: str) -> Response | tuple[str, int]:
    """Let them try again at once."""
    return _change(name, lambda uow: accounts.unlock(uow, name, by=officer().name, now=desk().clock()))


@pages.post("/people/<name>/second-factor")
@needs(May.MANAGE_PEOPLE)
def forget_second_factor(name: str) -> Response | tuple[str, int]:
    """Remove their second factor, such as after a telephone was lost."""
    return _change(
        name,
        lambda uow: accounts.forget_second_factor(uow, name, by=officer().name, now=desk().clock()),
    )


@pages.post("/people/<name>/identity")
@needs(May.MANAGE_PEOPLE)
def forget_identity(name: str) -> Response | tuple[str, int]:
    """Let another identity of the provider be theirs."""
    return _change(
        name, lambda uow: accounts.forget_identity(uow, name, by=officer().name, now=desk().clock())
    )


def _change(
    name: str, what: "Callable[[SqlUnitOfWork], str]", *, field: str = "full_name"
) -> Response | tuple[str, int]:
    """Make one change to an officer in a unit of work of its own, and show them again."""
    try:
        with desk().units() as uow:
            _known(uow, name)
            done = what(uow)
            uow.commit()
    except InputInvalid as error:
        return _one_page(name, {_field_of(error, or_else=field): _without_options(error)}), 400
    flash(done)
    return redirect(url_for("people.one", name=name), 303)


def _known(uow: "SqlUnitOfWork", name: str) -> Officer:
    """Return an officer by the name in an address; raises UnknownReference where there is none."""
    found = uow.officers.find(name)
    if found is None:
        raise UnknownReference("there is no officer of that name")
    return found


def _person(uow: "SqlUnitOfWork", found: Officer) -> Person:
    now, provider = desk().clock(), desk().sign_in.microsoft
    keys = attempts_key(found.name), code_attempts_key(found.name)
    tried = [each for key in keys for each in uow.attempts.look_up(key)]
    return person(
        found, uow.accounts.look_up(found.name), tried,
        open_cases=len(uow.cases.assigned_to(found.name)), provider=provider.name if provider else "",
        today=today(now), now=now,
    )  # fmt: skip


def _one_page(name: str, faults: dict[str, str]) -> str:
    with desk().units(reads=True) as uow:
        shown, everybody = _person(uow, _known(uow, name)), uow.officers.all()
    return render_template(
        "person.html", person=shown, faults=faults, said=request.form, roles=ROLE_SAYS,
        managers={each.name: each.full_name for each in everybody if each.name != name},
        takers=may_take_cases(everybody, but=name), passwords=desk().sign_in.passwords,
        is_self=name == officer().name,
    )  # fmt: skip


def _new_page(said: dict[str, str], faults: dict[str, str]) -> str:
    with desk().units(reads=True) as uow:
        managers = {each.name: each.full_name for each in uow.officers.all() if not each.is_disabled}
    return render_template("new_officer.html", said=said, faults=faults, roles=ROLE_SAYS, managers=managers)


def _said(*fields: str) -> dict[str, str]:
    return {field: request.form.get(field, "") for field in fields}


def _field_of(error: InputInvalid, *, or_else: str = "name") -> str:
    """Return the field of a form that a refusal is about, by the option that its words name."""
    options = {"(--full-name)": "full_name", "(--email)": "email", "(--manager)": "manager"}
    return next((field for option, field in options.items() if option in str(error)), or_else)


def _without_options(error: InputInvalid) -> str:
    """Return the words of a refusal without the options of the command line in them."""
    words = str(error).partition("; `heard ")[0]
    for option in ("(--full-name)", "(--email)", "(--manager)", "(--hand-over-to NAME)"):
        words = words.replace(option, "")
    return words.replace("--from", "the first day").replace("--until", "the last day").strip()
