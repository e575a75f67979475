"""What a view needs of the request that it answers: the desk, the officer, the case that they may see."""

from typing import TYPE_CHECKING, cast

from flask import current_app, flash, g

from models.errors import UnknownReference
from models.queries import CaseView, case_view
from models.reference import read_reference
from review.access.may import SignedIn
from review.desk import Desk
from review.show.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from models.people import Officer
    from models.unit_of_work import SqlUnitOfWork


def desk() -> Desk:
    """Return the desk of the application that answers."""
    return cast("Desk", current_app.extensions["desk"])


def officer() -> SignedIn:
    """Return who is signed in; only for routes that need somebody."""
    return cast("SignedIn", g.officer)


def known_names(people: "Iterable[Officer] | None" = None) -> Names:
    """Return how codes and officers are named here; the officers are read where they are not at hand."""
    if people is None:
        with desk().units(reads=True) as uow:
            people = uow.officers.all()
    officers = {each.name: each.full_name for each in people}
    return Names(desk().categories, desk().exclusions, officers)


def case_in_sight(reference: str) -> CaseView:
    """Return a case that the officer may see, and record that they were shown it.

    Raises UnknownReference where there is none, in the same words where it is not theirs to see.
    """
    known = read_reference(reference)
    view = case_view(desk().engine, known) if known else None
    me = officer()
    if view is None or (me.only_own and view.case["assigned_to"] != me.name):
        raise UnknownReference(f"there is no case {reference} that you can see")
    with desk().units() as uow:
        uow.views.add(me.name, view.case["reference"], now=desk().clock())
        uow.commit()
    return view


def check_in_sight(uow: "SqlUnitOfWork", reference: str) -> None:
    """Raise UnknownReference where a case is not the officer's to see."""
    me, case = officer(), uow.cases.find(reference)
    if case is None or (me.only_own and case.assigned_to != me.name):
        raise UnknownReference(f"there is no case {reference} that you can see")


def change(reference: str, what: "Callable[[SqlUnitOfWork], str]") -> str:
    """Make one change of a case that the officer may see, in a unit of work of its own; say what was done."""
    with desk().units() as uow:
        check_in_sight(uow, reference)
        done = what(uow)
        uow.commit()
    flash(done)
    return done
