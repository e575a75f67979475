"""A day at the real pages over the real inbox of the demonstration: an officer, a manager, and no mouse."""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from browsing import strangers
from demonstration import add_second_artefact, demonstration, let_in
from keyboard import Keyboard
from office_day import ADDED, REASONS, Office
from pages import PASSWORD, Pages
from playwright.sync_api import Browser
from sqlalchemy import select, update

from models import orm
from models.audit_chain import verify
from models.case import Case
from models.codes import LetterKind, LetterState, Status
from models.unit_of_work import SqlUnitOfWork
from operations.one_pass import deliver_all
from triage import artefact

PICTURES = Path(__file__).parents[2] / "build" / "screenshots" / "a-day-at-the-keyboard"
"""What the window showed; every run writes it anew."""

DONE = Counter(
    note_added=1, consent_asked=1, ruling_recorded=12, undone=1, case_joined=2, complaint_not_accepted=1,
    answered_elsewhere=1, escalated=1, point_added=2, case_split=1, taken_by_hand=1, letter_kept_back=1,
    letter_edited=1, letter_released=1,
)  # fmt: skip
"""What the audit says that the officer did, and how often."""


def test_an_officer_works_a_day_with_the_keyboard_alone(
    browser: Browser, artefacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seventeen matters of every kind; what was done is on record, goes out, and cannot be altered unseen."""
    with demonstration(tmp_path, artefacts) as pages:
        let_in(pages, PASSWORD)
        before = artefact.live_name(pages.app.artefacts)
        add_second_artefact(pages)
        office = work(pages, browser)
        assert artefact.live_name(pages.app.artefacts) == before
        check_cases(office)
        check_letters(pages)
        check_audit(pages)
    with capsys.disabled():
        print(f"\n{len(list(PICTURES.glob('*.png')))} pictures of the day lie in {PICTURES}")  # noqa: T201


def work(pages: Pages, browser: Browser, pictures: Path = PICTURES) -> Office:
    """Work through the day, with no key but those of the keyboard; return what is known of it."""
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.png"):
        old.unlink()
    with pages.served() as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        others = strangers(page, address)
        page.goto(address)
        office = Office(pages, Keyboard(page, pictures))
        office.sign_in("officer")
        office.work_on_the_most_urgent()
        office.ask_for_consent()
        office.rule_wrongly_and_undo()
        office.correct_the_category()
        office.decide_the_unsure_one()
        # An angry first report, thanks, a question, and a neighbour's word about a child.
        for number in ("09", "23", "21", "31"):
            office.agree(number)
        office.join_a_possible_reply()
        office.refuse()
        office.escalate()
        office.split()
        office.work_quarantine()
        office.take_a_call()
        office.change_and_send_a_letter()
        office.sign_out()
        office.sign_in("manager")
        office.roll_back()
        office.sign_out()
        page.close()
    assert others == []
    return office


def check_cases(office: Office) -> None:
    """Hold each case against what was decided."""
    with SqlUnitOfWork(office.pages.engine, reads=True) as uow:

        def case(number: str) -> Case:
            return uow.cases.get(office.references[number])

        agreed = {number: case(number).rulings[-1].status for number in ("01", "04", "09", "21", "23", "31")}
        assert agreed == {
            "01": Status.COMPLAINT, "04": Status.COMPLIMENT, "09": Status.SERVICE_REQUEST,
            "21": Status.ENQUIRY, "23": Status.COMPLIMENT, "31": Status.SERVICE_REQUEST,
        }  # fmt: skip
        asked = [letter.kind for letter in case("19").letters]
        assert LetterKind.CONSENT_REQUEST in asked
        wrong, right = case("25").rulings
        assert (wrong.status, right.status) == (Status.SERVICE_REQUEST, Status.COMPLAINT)
        assert (wrong.undone_at is not None, right.undone_at) == (True, None)
        assert case("05").category == "parks_and_green_spaces"
        assert [refusal.reasons for refusal in case("16").refusals] == [REASONS]
        assert (case("11").stage, case("11").stage_1_officer) == (2, "Sam Field")
        assert [point.text for point in case("28").points] == ["Nine drivers came in twelve school days."]
        assert [message.subject for message in case("06").messages][-1] == "Jade's parking permit"


def check_letters(pages: Pages) -> None:
    """Let the letters go, and look for what the officer wrote in them, word for word."""
    pages.now += timedelta(hours=1)
    deliver_all(pages.app)
    with pages.engine.connect() as connection:
        states = set(connection.scalars(select(orm.letters.c.state)))
    assert states <= {LetterState.SENT, LetterState.WITHDRAWN}
    sent = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in (pages.app.data / "outbox" / "new").iterdir()
    ]
    to_ada = [mail for mail in sent if "ada.fernsby" in mail["To"] and "complaint" in mail["Subject"]]
    assert any(ADDED in " ".join(_plain(mail).split()) for mail in to_ada)
    assert any(" ".join(REASONS.split()) in " ".join(_plain(mail).split()) for mail in sent)


def _plain(mail: object) -> str:
    body = mail.get_body(("plain",))  # type: ignore[attr-defined]  # the library's types are of another age
    return str(body.get_content())


def check_audit(pages: Pages) -> None:
    """Look for everything under the names of those who did it; a row altered afterwards is found."""
    table = orm.audit
    with pages.engine.connect() as connection:
        rows = connection.execute(select(table.c.actor, table.c.action)).all()
    by_officer = Counter(action for actor, action in rows if actor == "officer")
    assert {action: by_officer[action] for action in DONE} == dict(DONE)
    assert ("manager", "artefact_rolled_back") in {tuple(row) for row in rows}
    assert verify(pages.engine).fault == ""
    with pages.engine.begin() as connection:
        refusal = table.c.action == "complaint_not_accepted"
        connection.execute(update(table).where(refusal).values(actor="manager"))
    found = verify(pages.engine).fault
    assert "complaint_not_accepted" in found
    assert "is not as it was written" in found
