"""The queue: what to do next."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from models import queries
from review.guard_pages import for_everybody, needs
from review.here import desk
from review.may import May
from review.pages import queue_line
from review.words import today

pages = Blueprint("queue", __name__)


@pages.get("/")
@for_everybody
def home() -> Response:
    """Go to the queue."""
    return redirect(url_for("queue.show"), 303)


@pages.get("/queue")
@needs(May.SEE_CASES)
def show() -> str:
    """Show what awaits an officer, soonest deadline and greatest risk first."""
    day = today(desk().clock())
    rows = queries.queue(desk().engine, limit=30)
    lines = [queue_line(row, today=day, working_days=desk().working_days) for row in rows]
    return render_template("queue.html", lines=lines, total=queries.queue_length(desk().engine))
