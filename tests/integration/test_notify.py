"""GOV.UK Notify as a sender: its own client against a server that answers like it."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog
from builders import LETTERHEAD
from notify_server import KEY, TEMPLATE, NotifyServer
from rows import new_case, new_letter
from sqlalchemy import Engine

import operations.doctor
from bootstrap import App
from casework.deliver_letters import deliver_one
from casework.policy import Policy
from letters.compose import compose
from letters.notify import NotifySender, NotifyService
from letters.redirect import RedirectingSender
from models.case import Letter
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import LetterRefused, SenderUnavailable
from models.unit_of_work import SqlUnitOfWork
from operations.undelivered import hear_of_undelivered
from settings import read_settings

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
written = partial(compose, sender_name="Harrowmere Council", sender_address="complaints@harrowmere.example")


@pytest.fixture
def notify() -> Iterator[NotifyServer]:
    """Start a server that answers like GOV.UK Notify."""
    with NotifyServer() as server:
        yield server


@pytest.fixture
def sender(notify: NotifyServer) -> Iterator[NotifySender]:
    """Return a sender to it."""
    made = to(notify)
    yield made
    made.close()


def to(notify: NotifyServer, **changes: str) -> NotifySender:
    """Return a sender to a server, with a key that holds unless told otherwise."""
    return NotifySender(
        NotifyService(**({"api_key": KEY, "template_id": TEMPLATE, "address": notify.address} | changes))
    )


def send(sender: NotifySender, **changes: object) -> Letter:
    """Send a letter to Ann and return it."""
    letter = new_letter(**changes)
    sender.send(written(letter), recipient=letter.recipient, message_id=letter.message_id)
    return letter


def queued(engine: Engine) -> None:
    """Queue a stage 1 acknowledgement on a case."""
    with SqlUnitOfWork(engine) as uow:
        case = new_case(reference="C-0000-0001-95", stage=1)
        case.letters.append(new_letter(kind=LetterKind.STAGE_1_ACKNOWLEDGEMENT, queued_at=NOW, due_at=NOW))
        uow.cases.add(case)
        uow.commit()


def deliver(engine: Engine, sender: NotifySender, now: datetime = NOW) -> Letter:
    """Run the delivery of one letter at an instant."""
    letter = deliver_one(
        partial(SqlUnitOfWork, engine), sender, written,
        policy=Policy(), letterhead=LETTERHEAD, clock=lambda: now,
    )  # fmt: skip
    assert letter is not None
    return letter


def test_a_letter_fills_the_fields_of_one_template(notify: NotifyServer, sender: NotifySender) -> None:
    """Subject and body are the letter's, the reference is its Message-ID."""
    letter = send(sender, subject="Your complaint – 1", text="Dear Ann,\n\nWe have it.\n")
    (taken,) = notify.taken
    assert taken["email_address"] == letter.recipient
    assert taken["template_id"] == TEMPLATE
    assert taken["reference"] == letter.message_id
    assert taken["personalisation"] == {
        "subject": "Your complaint – 1",
        "body": "Dear Ann,\n\nWe have it.\n",
    }
    assert "email_reply_to_id" not in taken
    assert not sender.is_away


def test_the_address_for_replies_is_one_of_the_service_s(notify: NotifyServer) -> None:
    """Where the settings name one; otherwise it is the service's usual one."""
    sender = to(notify, reply_to_id="9e1f0a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b")
    send(sender)
    sender.close()
    assert notify.taken[0]["email_reply_to_id"] == "9e1f0a2b-3c4d-4e5f-8a6b-7c8d9e0f1a2b"


def test_a_letter_that_was_taken_before_is_not_sent_twice(notify: NotifyServer, sender: NotifySender) -> None:
    """A crash or a broken line between its yes and our note leads to a question, not to a second letter."""
    notify.cuts_off_after_taking = True
    with pytest.raises(SenderUnavailable):
        send(sender)
    notify.cuts_off_after_taking = False
    send(sender)
    assert len(notify.taken) == 1
    send(sender, message_id="<another@heard.invalid>")
    assert len(notify.taken) == 2


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (403, "AuthError", "Invalid token: API key not found"),
        (403, "BadRequestError", "Error: Your system clock must be accurate to within 30 seconds"),
        (429, "RateLimitError", "Exceeded rate limit for key type live"),
        (429, "TooManyRequestsError", "Exceeded send limits (50) for today"),
        (500, "Exception", "Internal server error"),
        (502, "", ""),
        (503, "", ""),
        (404, "", ""),
        (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
        (400, "BadRequestError", "Template not found"),
    ],
)
def test_what_can_be_put_right_is_not_now(
    status: int, kind: str, message: str, notify: NotifyServer, sender: NotifySender
) -> None:
    """A limit, their fault or a setting of ours gives no letter up; it goes when all is right.

    What may concern one recipient only (400) does not hold up the letters behind it.
    """
    notify.answer_next(status, kind, message)
    with pytest.raises(SenderUnavailable, match=f"GOV.UK Notify answers {status}"):
        send(sender)
    assert sender.is_away is (status != 400)
    send(sender)
    assert len(notify.taken) == 1


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [(400, "ValidationError", "email_address Not a valid email address"), (413, "", "")],
)
def test_an_address_that_is_none_is_never(
    status: int, kind: str, message: str, notify: NotifyServer, sender: NotifySender
) -> None:
    """A person has to be reached another way."""
    notify.answer_next(status, kind, message)
    with pytest.raises(LetterRefused, match=f"{status}"):
        send(sender)
    assert not sender.is_away


def test_a_service_that_does_not_answer_is_away(notify: NotifyServer, sender: NotifySender) -> None:
    """The letter waits, and goes out when it is back."""
    notify.stop()
    with pytest.raises(SenderUnavailable):
        send(sender)
    assert sender.is_away
    notify.start()
    send(sender)
    assert len(notify.taken) == 1


def test_a_wrong_key_is_said_by_the_check_and_holds_letters_back(notify: NotifyServer) -> None:
    """Whoever set it up reads what is wrong."""
    for key, said in ((KEY[:-1] + "0", "403"), ("short", "too short")):
        sender = to(notify, api_key=key)
        with pytest.raises(SenderUnavailable, match=said):
            sender.check()
        with pytest.raises(SenderUnavailable, match=said):
            send(sender)
        sender.close()
    assert notify.taken == []


def test_a_template_without_the_fields_is_said_by_the_check(
    notify: NotifyServer, sender: NotifySender
) -> None:
    """Otherwise letters would go out empty."""
    assert sender.check() == f"GOV.UK Notify at {notify.address}, template Heard"
    notify.fields = {"subject": {}}
    with pytest.raises(SenderUnavailable, match=r"no field \(\(body\)\)"):
        sender.check()


def test_what_the_client_logs_goes_nowhere(
    notify: NotifyServer,
    sender: NotifySender,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An answer may name the person."""
    caplog.set_level(logging.DEBUG)
    notify.answer_next(400, "ValidationError", "ann@example.org is not a valid address")
    with pytest.raises(LetterRefused):
        send(sender)
    assert "ann@" not in caplog.text


def test_a_letter_that_did_not_arrive_reopens_its_case(
    engine: Engine, notify: NotifyServer, sender: NotifySender
) -> None:
    """Bounces go to GOV.UK Notify; asked for them, the acknowledgement is owed again (LGSCO 6.2, HO 6.2)."""
    queued(engine)
    letter = deliver(engine, sender)
    assert letter.state is LetterState.SENT
    for number in range(3):
        send(sender, message_id=f"<strange.{number}@heard.invalid>")
    for each in notify.taken:
        notify.mark(each["reference"], "permanent-failure")
    app = Asked(engine)
    assert hear_of_undelivered(app, sender) == 1
    assert hear_of_undelivered(app, sender) == 0
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get("C-0000-0001-95")
        assert case.acknowledged_on is None
        assert case.letters[0].state is LetterState.FAILED
        (task,) = case.tasks
    assert task.kind is TaskKind.LETTER_UNDELIVERED
    assert "no such address" in task.note


def test_a_letter_found_again_in_failure_goes_to_a_person_or_out_again(
    notify: NotifyServer, sender: NotifySender
) -> None:
    """What the service gave up on is a person's; what never left it is sent anew."""
    letter = send(sender)
    notify.mark(letter.message_id, "temporary-failure")
    with pytest.raises(LetterRefused, match="inbox may be full"):
        send(sender)
    notify.mark(letter.message_id, "technical-failure")
    send(sender)
    assert len(notify.taken) == 2


def test_a_redirected_letter_goes_to_one_address_only(notify: NotifyServer, sender: NotifySender) -> None:
    """Here too nobody but the tester is written to."""
    letter = new_letter()
    raw = compose(letter, sender_name="H", sender_address="c@h.example", redirect_to="tester@h.example")
    RedirectingSender(sender, to="tester@h.example").send(
        raw, recipient=letter.recipient, message_id=letter.message_id
    )
    (taken,) = notify.taken
    assert taken["email_address"] == "tester@h.example"
    assert taken["personalisation"]["subject"].startswith(f"[for {letter.recipient}] ")


def test_the_settings_lead_to_it(
    notify: NotifyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key comes from the environment, and the doctor asks for the template."""
    monkeypatch.setenv("TEST_NOTIFY_KEY", KEY)
    file = tmp_path / "heard.toml"
    file.write_text(
        f'data = "{tmp_path}"\n[organisation]\nname = "Harrowmere"\n[sending]\nkind = "notify"\n'
        f'template_id = "{TEMPLATE}"\napi_key = {{ env = "TEST_NOTIFY_KEY" }}\n'
        f'notify_address = "{notify.address}"\n',
        encoding="utf-8",
    )
    app = App(read_settings(file), log=structlog.get_logger())
    found = {each.what: each for each in operations.doctor.examine(app)}
    assert found["sending"].ok, found["sending"].said
    assert "template Heard" in found["sending"].said


class Asked:
    """What hearing of undelivered letters needs of the application."""

    def __init__(self, engine: Engine) -> None:
        self.units = partial(SqlUnitOfWork, engine)

    def clock(self) -> datetime:
        """Return an instant some time after the letter was sent."""
        return NOW + timedelta(hours=2)
