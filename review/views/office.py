"""The settings in view: health, mailboxes, closure days, officers, known issues; what changes is audited."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.known_issues import declare_issue, end_issue
from models.errors import InputInvalid
from models.office_rows import changes_of_the_office
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, known_names, officer
from review.show.changes import changes_in_words
from review.show.in_page_words import field_named, in_page_words
from review.show.officers import day_typed
from review.show.words import today

pages = Blueprint("office", __name__)

_CHANGES = 30


@pages.get("/settings")
@needs(May.SEE_SETTINGS)
def show() -> str:
    """Show how the service is and what its settings say."""
    with desk().units(reads=True) as uow:
        mailboxes, people = uow.health.all(), uow.officers.all()
    return render_template(
        "settings.html",
        checks=desk().back_office.checks(),
        said=desk().back_office.settings_in_view(),
        mailboxes=[row for row in mailboxes if not row.account.startswith("job ")],
        people=people,
        changed=changes_in_words(changes_of_the_office(desk().engine, limit=_CHANGES), known_names(people)),
        day=today(desk().clock()),
    )


@pages.get("/known-issues")
@needs(May.SEE_CASES)
def issues() -> str:
    """Show the faults that the council knows of, and the form that declares one."""
    return _issues_page({})


@pages.post("/known-issues")
@needs(May.CHANGE_ISSUES)
def declare() -> Response | tuple[str, int]:
    """Declare a known issue."""
    said = {name: request.form.get(name, "") for name in ("title", "category", "words", "known", "ends_on")}
    try:
        ends_on = day_typed(said, "ends_on")
    except ValueError:
        return _issues_page(said, "ends_on", "The last day must be a date, such as 31/12/2026"), 400
    if said["category"] not in desk().categories:
        return _issues_page(said, "category", "Choose a category"), 400
    try:
        with desk().units() as uow:
            issue = declare_issue(
                uow, title=said["title"], category=said["category"], words=said["words"].split(","),
                known=said["known"], ends_on=ends_on, officer=officer().name, now=desk().clock(),
            )  # fmt: skip
            uow.commit()
    except InputInvalid as error:
        where = field_named(
            str(error), {"title": "title", "words": "words", "known": "known", "until": "ends_on"}
        )
        return _issues_page(said, where, in_page_words(str(error))), 400
    flash(f"known issue {issue.id} declared: {issue.title}")
    return redirect(url_for("office.issues"), 303)


@pages.post("/known-issues/<int:number>/end")
@needs(May.CHANGE_ISSUES)
def end(number: int) -> Response:
    """End a known issue at once."""
    with desk().units() as uow:
        done = end_issue(uow, number, officer=officer().name, now=desk().clock())
        uow.commit()
    flash(done)
    return redirect(url_for("office.issues"), 303)


def _issues_page(said: dict[str, str], where: str = "", fault: str = "") -> str:
    with desk().units(reads=True) as uow:
        found = uow.known_issues.open_on(date.min)
    return render_template(
        "known_issues.html", issues=found, day=today(desk().clock()), categories=desk().categories, said=said,
        faults={where: fault} if fault else {}, names=known_names(),
        may_change=officer().may(May.CHANGE_ISSUES),
    )  # fmt: skip
