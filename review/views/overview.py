"""The manager's overview: today, punctuality, workload, ageing, what complaints are about, agreement."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template

from models import overview_rows
from models.deadlines import LONDON
from models.ruled import ruled_messages
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, known_names
from review.show import overview as show_overview
from review.show.words import today

pages = Blueprint("overview", __name__)

_A_YEAR = timedelta(days=365)


@pages.get("/overview")
@needs(May.SEE_FIGURES)
def show() -> str:
    """Show how the team stands; figures and no case content."""
    engine, day = desk().engine, today(desk().clock())
    since = (day - _A_YEAR).replace(day=1)
    acknowledged = overview_rows.acknowledged_in_time(engine, since=since, day=day)
    answered = overview_rows.answered_in_time(engine, since=since, day=day)
    ruled = ruled_messages(engine, since=_begin(since))
    said_since = f"{since.day} {since:%B %Y}"
    category, ground = show_overview.named(desk().categories), show_overview.named(desk().exclusions)
    return render_template(
        "overview.html",
        now=overview_rows.today_figures(engine, day=day, since=_begin(day)),
        acknowledged_share=show_overview.share_in_time(acknowledged),
        answered_share=show_overview.share_in_time(answered),
        workload=overview_rows.workload(engine, day=day),
        names=known_names().officers,
        tables=[
            show_overview.punctuality(
                f"Complaints acknowledged within five working days, received since {said_since}",
                acknowledged,
            ),
            show_overview.punctuality(
                f"Answers by the day on which they were due, since {said_since}", answered
            ),
            show_overview.ageing(
                overview_rows.open_since(engine), today=day, working_days=desk().working_days
            ),
            show_overview.counted(
                f"What complaints were about, since {said_since}", "Category",
                overview_rows.by_category(engine, since=since), name=category,
            ),
            show_overview.counted(
                f"Why complaints were not accepted, since {said_since}", "Ground",
                overview_rows.by_ground(engine, since=_begin(since)), name=ground,
            ),
            show_overview.agreement(
                overview_rows.agreement(ruled, lambda at: at.astimezone(LONDON).date()), since=said_since
            ),
        ],
        since=said_since,
    )  # fmt: skip


def _begin(day: date) -> datetime:
    """Return the instant at which a day begins in London."""
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
