"""A case: its conversation and why triage thinks what it thinks, files as they came, mail as it was sent."""

from datetime import timedelta
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, current_app, render_template, request

from models.case_files import KeptFile, attached_contents, attached_file, raw_message
from models.case_page_rows import (
    ALL_STEPS,
    STEPS,
    CaseRows,
    Row,
    case_rows,
    find_case,
    whole_message,
)
from models.errors import UnknownReference, UnreadableMessage
from models.mail_page import MailPage
from models.queue_selection import Selection
from models.reference import message_name, read_reference
from review.access.guard_pages import needs
from review.access.may import May
from review.here import desk, officer
from review.sent.downloads import download
from review.sent.page import MOST_PICTURES, addresses_of, sent_page
from review.sent.safe_html import safe_page
from review.show.case import case_page
from review.show.messages import messages_of
from review.show.names import Names
from review.show.words import today

pages = Blueprint("case", __name__)

LATELY = timedelta(minutes=10)
"""Whoever was shown a case within this time counts as looking at it."""

_MOST_PAGES = 100_000

_IN_A_SANDBOX = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
}
"""What keeps a stranger's page from doing anything: no script, no fetching, no form, an origin of its own."""


@pages.get("/cases/<reference>")
@needs(May.SEE_CASES)
def show(reference: str) -> str:
    """Show one case whole."""
    case = _in_sight(reference)
    number = request.args.get("page", default=1, type=int)
    steps = ALL_STEPS if request.args.get("trail") == "all" else STEPS
    rows = _rows_of(case, page=min(max(1, number), _MOST_PAGES), steps=steps)
    now = desk().clock()
    page = case_page(
        rows, _names(rows.officers), me=officer().name, steps=steps, working_days=desk().working_days,
        today=today(now), now=now,
    )  # fmt: skip
    return render_template(
        "case.html", page=page, case=rows.case, version=page.version, queue=_way_back(),
        letter_endpoint="letters.show" if "letters.show" in current_app.view_functions else "",
    )  # fmt: skip


@pages.get("/cases/<reference>/messages/<int:number>")
@needs(May.SEE_CASES)
def message(reference: str, number: int) -> str:
    """Show one message with its texts in full, for those that a page of a case cuts."""
    case = _in_sight(reference)
    found = whole_message(desk().engine, case, number) or abort(404)
    (shown,) = messages_of(
        [found.message], attachments=found.attachments, decisions=found.decisions, copies=(),
        names=_names({}), is_whole=True,
    )  # fmt: skip
    return render_template("case_message.html", message=shown, reference=case["reference"])


@pages.get("/cases/<reference>/messages/<int:number>/html")
@needs(May.SEE_CASES)
def html(reference: str, number: int) -> Response:
    """Show a message as it was sent, made safe, in a document that can do nothing."""
    case = _in_sight(reference)
    kept = raw_message(desk().engine, case, number) or abort(404)
    try:
        page = desk().back_office.mail_page(kept.content)
        fault = ""
    except UnreadableMessage as error:
        page, fault = MailPage(fields=()), f"It cannot be shown: {error}."
    wanted = [picture.sha256 for picture in page.pictures]
    contents = attached_contents(desk().engine, number, wanted, most_bytes=MOST_PICTURES)
    safe = safe_page(page.html, pictures=addresses_of(page, contents))
    shown = sent_page(page, safe, fault=fault)
    body = render_template("case_sent.html", page=shown, name=message_name(number))
    return Response(body, headers=_IN_A_SANDBOX)


@pages.get("/cases/<reference>/messages/<int:number>/raw")
@needs(May.SEE_CASES)
def raw(reference: str, number: int) -> Response:
    """Give out a message byte for byte."""
    return _given(raw_message(desk().engine, _in_sight(reference), number))


@pages.get("/cases/<reference>/attachments/<int:number>")
@needs(May.SEE_CASES)
def attachment(reference: str, number: int) -> Response:
    """Give out a file that came with a message of the case."""
    return _given(attached_file(desk().engine, _in_sight(reference), number))


def _way_back() -> dict[str, str]:
    """Return the arguments of the part of the queue that the officer came from, those that are ours."""
    return Selection.read(dict(parse_qsl(request.args.get("from", "")[:1_000]))).as_arguments()


def _in_sight(reference: str) -> Row:
    """Return the columns of a case that the officer may see, and record that they were shown it.

    Raises UnknownReference where there is none, in the same words where it is not theirs to see.
    """
    known, me = read_reference(reference), officer()
    case = find_case(desk().engine, known) if known else None
    if case is None or (me.only_own and case["assigned_to"] != me.name):
        raise UnknownReference(f"there is no case {reference} that you can see")
    with desk().units() as uow:
        uow.views.add(me.name, case["reference"], now=desk().clock())
        uow.commit()
    return case


def _rows_of(case: Row, *, page: int, steps: int) -> CaseRows:
    policy, me = desk().policy, officer()
    return case_rows(
        desk().engine, case, page=page, steps=steps, seen_by=me.name if me.only_own else None,
        shared_addresses=policy.own_addresses | policy.form_senders, lately=LATELY, now=desk().clock(),
    )  # fmt: skip


def _names(officers: dict[str, str]) -> Names:
    return Names(categories=desk().categories, exclusions=desk().exclusions, officers=officers)


def _given(kept: KeptFile | None) -> Response:
    return download(kept.filename, kept.content) if kept is not None else abort(404)
