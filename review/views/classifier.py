"""The classifier: its versions, what changed, where it errs; promote, roll back, retrain."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from models.case import AuditRow
from models.ruled import ruled_messages
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, officer
from review.show.classifier import often_corrected, said_of_both
from review.show.names import Names

pages = Blueprint("classifier", __name__)

_LATELY = timedelta(days=182)


@pages.get("/classifier")
@needs(May.SEE_CLASSIFIER)
def show() -> str:
    """Show the versions, the newest first."""
    ruled = ruled_messages(desk().engine, since=desk().clock() - _LATELY)
    statuses, categories = said_of_both(ruled)
    names = Names(desk().categories)
    return render_template(
        "classifier.html",
        state=desk().back_office.classifier(),
        corrected=[
            ("What it is", often_corrected(statuses, name=names.status)),
            ("What it is about", often_corrected(categories, name=names.category)),
        ],
        may_change=officer().may(May.CHANGE_CLASSIFIER),
    )


@pages.post("/classifier/<name>/promote")
@needs(May.CHANGE_CLASSIFIER)
def promote(name: str) -> Response:
    """Make a version live."""
    return _done(desk().back_office.promote(name), "artefact_promoted", artefact=name)


@pages.post("/classifier/roll-back")
@needs(May.CHANGE_CLASSIFIER)
def roll_back() -> Response:
    """Make the version before the live one live again."""
    return _done(desk().back_office.roll_back(), "artefact_rolled_back")


@pages.post("/classifier/retrain")
@needs(May.CHANGE_CLASSIFIER)
def retrain() -> Response:
    """Begin to learn from what officers ruled."""
    return _done(desk().back_office.retrain(), "training_begun")


def _done(said: str, action: str, **detail: str) -> Response:
    now = desk().clock()
    with desk().units() as uow:
        uow.audit.add(AuditRow(at=now, actor=officer().name, action=action, detail={**detail, "done": said}))
        uow.commit()
    flash(said)
    return redirect(url_for("classifier.show"), 303)
