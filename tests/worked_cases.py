"""Cases for the tests of the pages on which officers decide, put on record, and what those pages say."""

import html
import re
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from builders import make_decision, make_prediction
from flask.testing import FlaskClient
from hands import make_action, make_point
from pages import NOW, Pages
from rows import new_case, new_letter, new_message
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import orm
from models.case import Case
from models.codes import LetterKind, LetterState, Outcome, Status
from models.decision import Decision, Prediction
from models.unit_of_work import SqlUnitOfWork
from triage.corpus import TriageInput

FIRST, SECOND, THIRD = "C-0000-0001-95", "C-0000-0002-92", "C-0000-0003-89"
TODAY, RESPOND_BY = NOW.date(), date(2026, 12, 4)
REASONS = "Your penalty notice of 2 March can still be appealed to the tribunal until the end of the month."
TEXT = "The bin was missed again this week, although I rang twice. Nobody came and nobody called back."


class Triages:
    """Stands in for the back office: triage says what it is told to, and remembers what it was asked."""

    def __init__(self, decision: Decision | None = None, fault: Exception | None = None) -> None:
        self.asked: list[TriageInput] = []
        self._decision, self._fault = decision or make_decision(), fault

    def triage(self, message: TriageInput) -> tuple[Prediction, Decision]:
        """Say it."""
        self.asked.append(message)
        if self._fault is not None:
            raise self._fault
        return make_prediction(), self._decision

    def close(self) -> None:
        """Nothing was started."""


def put(pages: Pages, reference: str, *, text: str = TEXT, **changes: Any) -> str:
    """Put a complaint of yesterday's with its message on record; nobody has read it unless told otherwise."""
    usual: dict[str, Any] = {
        "opened_at": NOW, "received_on": TODAY - timedelta(days=1), "acknowledge_by": date(2026, 11, 26),
    }  # fmt: skip
    with SqlUnitOfWork(pages.engine) as uow:
        message = new_message(
            uid=reference, received_at=NOW - timedelta(days=1), fetched_at=NOW, text=text, reply_text=text,
            subject="Missed bin", message_id=f"<{reference}@example.org>",
        )  # fmt: skip
        assert uow.messages.keep(message, b"Subject: bin")
        message.settle(Outcome.CASE, reason="a new matter", now=NOW)
        case = new_case(reference=reference, **(usual | changes))
        case.messages.append(message)
        uow.cases.add(case)
        uow.flush()
        uow.messages.add_decision(message, make_decision(), now=NOW)
        uow.commit()
    return reference


def begun(**changes: Any) -> dict[str, Any]:
    """Return the changes of a complaint that was acknowledged, with two points and a promise."""
    usual: dict[str, Any] = {
        "acknowledged_on": TODAY, "respond_by": RESPOND_BY,
        "letters": [new_letter(state=LetterState.SENT, queued_at=NOW, due_at=NOW, sent_at=NOW,
                               message_id=f"<{uuid.uuid4().hex}@heard.invalid>")],
        "points": [make_point(1), make_point(2, text="Nobody rang back.", outcome=None, finding="",
                                             decided_by="", decided_on=None)],
        "actions": [make_action(due_by=date(2026, 12, 18))],
    }  # fmt: skip
    return usual | changes


def answered(**changes: Any) -> dict[str, Any]:
    """Return the changes of a complaint that had its stage 1 answer."""
    return begun(
        **({"answered_on": TODAY, "stage_1_officer": "sam", "awaits_officer": False, "actions": []} | changes)
    )


def asked(**changes: Any) -> dict[str, Any]:
    """Return the changes of a service request that was acknowledged."""
    kind = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    sent = new_letter(kind=kind, state=LetterState.SENT, message_id="<asked@heard.invalid>")
    usual = {"status": Status.SERVICE_REQUEST, "stage": 0, "letters": [sent], "request_opened_on": TODAY}
    return usual | changes


def case_of(pages: Pages, reference: str = FIRST) -> Case:
    """Return a case as it is on record."""
    with SqlUnitOfWork(pages.engine, reads=True) as uow:
        return uow.cases.get(reference)


def written(pages: Pages, *tables: str) -> dict[str, int]:
    """Count the rows of tables, of all but the list of who looked where no table is named."""
    names = tables or [name for name in orm.metadata.tables if name not in {"views", "sessions"}]
    with pages.engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(orm.metadata.tables[name])) or 0
            for name in names
        }


def actions_in_audit(pages: Pages) -> list[str]:
    """Return what the audit says was done, oldest first."""
    with pages.engine.connect() as connection:
        return list(connection.scalars(select(orm.audit.c.action).order_by(orm.audit.c.id)))


def said(response: TestResponse) -> str:
    """Return the words of the main part of a page."""
    main = response.text[response.text.find("<main") :]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def banner_of(response: TestResponse) -> str:
    """Return what a page says was done, empty where it says nothing."""
    found = re.findall(r"govuk-notification-banner__heading[^>]*>(.*?)</p>", response.text, re.DOTALL)
    return html.unescape(" ".join(found))


def broken_links_of_errors(response: TestResponse) -> list[str]:
    """Return where a summary of errors leads to no field."""
    targets = re.findall(r'href="#([^"]+)"', response.text[response.text.find("<main") :])
    return [each for each in targets if f'id="{each}"' not in response.text]


def send(client: FlaskClient, path: str, **data: str | int | Sequence[str]) -> TestResponse:
    """Post a form."""
    return client.post(path, data={name.replace("__", "-"): value for name, value in data.items()})
