"""Letters on their way out: a real SMTP server that misbehaves, and an outbox on disk that is full."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from builders import ANN, LETTERHEAD
from rows import new_case, new_letter
from servers import SmtpServer
from sqlalchemy import Engine

from casework.deliver_letters import deliver_one
from casework.policy import Policy
from letters.compose import compose
from letters.deliver import MaildirSender, Security, SmtpSender
from letters.deliver import SmtpServer as Server
from letters.redirect import RedirectingSender
from models.case import Letter
from models.codes import LetterKind, LetterState, TaskKind
from models.errors import SenderUnavailable
from models.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LONG_ID = f"<{'a' * 70}.{'b' * 20}@outlook.example>"
written = partial(compose, sender_name="Harrowmere Council", sender_address="complaints@harrowmere.example")


def queued(engine: Engine, **changes: object) -> None:
    """Queue a stage 1 acknowledgement on a case."""
    with SqlUnitOfWork(engine) as uow:
        recipient = changes.get("recipient", ANN.address)
        case = new_case(reference="C-0000-0001-95", stage=1, reply_address=recipient)
        letter = new_letter(kind=LetterKind.STAGE_1_ACKNOWLEDGEMENT, queued_at=NOW, due_at=NOW, **changes)
        case.letters.append(letter)
        uow.cases.add(case)
        uow.commit()


def deliver(engine: Engine, sender: SmtpSender | MaildirSender, now: datetime = NOW) -> Letter | None:
    """Run the delivery of one letter at an instant."""
    return deliver_one(
        partial(SqlUnitOfWork, engine), sender, written,
        policy=Policy(), letterhead=LETTERHEAD, clock=lambda: now,
    )  # fmt: skip


def to(server: SmtpServer, security: Security = Security.PLAIN, **more: str) -> SmtpSender:
    """Return a sender to a server of the tests."""
    sender = SmtpSender(
        Server(host="localhost", port=server.port, security=security, **more),
        envelope_from="complaints@harrowmere.example",
    )
    _OPENED.append(sender)
    return sender


_OPENED: list[SmtpSender] = []


@pytest.fixture(autouse=True)
def _close_senders() -> Iterator[None]:
    """Leave no connection open behind a test."""
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.mark.parametrize("security", list(Security))
def test_a_letter_goes_out_by_tls_starttls_and_plain_text(security: Security, tmp_path: Path) -> None:
    """With a login where the server asks for one."""
    kind = {"tls": security is Security.TLS, "starttls": security is Security.STARTTLS}
    login = ("heard", "secret") if security is not Security.PLAIN else None
    with SmtpServer(tmp_path, login=login, **kind) as server:
        more = (
            {"username": "heard", "password": "secret", "ca_file": str(server.certificate)} if login else {}
        )
        sender = to(server, security, **more)
        sender.send(
            written(new_letter(recipient="ann@example.org")), recipient="ann@example.org", message_id=""
        )
        (letter,) = server.wait_for(1)
    assert letter.recipients == ("ann@example.org",)
    assert letter.sender == "complaints@harrowmere.example"


def test_a_wrong_password_is_not_now_and_says_so(tmp_path: Path) -> None:
    """It may be put right, so the letter waits."""
    with SmtpServer(tmp_path, starttls=True, login=("heard", "secret")) as server:
        sender = to(
            server, Security.STARTTLS, username="heard", password="wrong", ca_file=str(server.certificate)
        )
        with pytest.raises(SenderUnavailable, match="check user name and password"):
            sender.send(written(new_letter()), recipient="ann@example.org", message_id="")


def test_a_sent_letter_starts_the_response_clock(engine: Engine, smtp: SmtpServer) -> None:
    """The day of sending is the day of acknowledgement (LGSCO 6.3, HO 6.3)."""
    queued(engine)
    letter = deliver(engine, to(smtp))
    assert letter is not None
    assert letter.state is LetterState.SENT
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get("C-0000-0001-95").acknowledged_on == NOW.date()
    assert deliver(engine, to(smtp), NOW + timedelta(days=1)) is None


def test_a_temporary_refusal_is_tried_again_after_a_pause(engine: Engine, smtp: SmtpServer) -> None:
    """Not before, and under the same Message-ID."""
    queued(engine)
    smtp.answer_next(451, "4.3.0 later")
    letter = deliver(engine, to(smtp))
    assert letter is not None
    assert letter.state is LetterState.QUEUED
    assert "451" in letter.last_fault
    assert deliver(engine, to(smtp), NOW + timedelta(seconds=10)) is None
    assert deliver(engine, to(smtp), NOW + timedelta(minutes=1)) is not None
    assert len(smtp.letters) == 1


def test_a_final_refusal_opens_a_task_to_reach_the_person_another_way(
    engine: Engine, smtp: SmtpServer
) -> None:
    """Nobody is left unacknowledged silently."""
    queued(engine, recipient="gone@example.org")
    smtp.refuse_recipient("gone@example.org")
    letter = deliver(engine, to(smtp))
    assert letter is not None
    assert letter.state is LetterState.FAILED
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get("C-0000-0001-95")
    assert [task.kind for task in case.tasks] == [TaskKind.LETTER_UNDELIVERED]
    assert case.acknowledged_on is None
    assert case.awaits_officer


def test_a_server_that_vanishes_after_accepting_gets_the_same_message_id_again(
    engine: Engine, smtp: SmtpServer
) -> None:
    """Whoever receives both copies can fold them."""
    queued(engine)
    smtp.vanish_after_data = True
    letter = deliver(engine, to(smtp))
    assert letter is not None
    assert letter.state is LetterState.QUEUED
    smtp.vanish_after_data = False
    deliver(engine, to(smtp), NOW + timedelta(minutes=1))
    first, second = smtp.wait_for(2)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw


@pytest.mark.parametrize("length", [78, 79, 80, 92, 200])
def test_long_message_ids_arrive_whole(length: int, smtp: SmtpServer) -> None:
    """Those of Microsoft 365 are longer than a line; folded or encoded they thread nowhere (fact 32)."""
    long_id = f"<{'a' * (length - 18)}@outlook.example>"
    raw = written(
        new_letter(message_id=long_id, in_reply_to=long_id, references=f"{LONG_ID} {long_id} <b@example.org>")
    )
    to(smtp).send(raw, recipient="ann@example.org", message_id="")
    (letter,) = smtp.wait_for(1)
    head = letter.raw.partition(b"\r\n\r\n")[0].decode("ascii") + "\r\n"
    assert f"\r\nMessage-ID: {long_id}\r\n" in head
    assert f"\r\nIn-Reply-To: {long_id}\r\n" in head
    assert f"\r\nReferences: {LONG_ID}\r\n {long_id}\r\n <b@example.org>\r\n" in head
    assert "=?" not in head


def test_a_redirected_letter_reaches_nobody_but_the_tester(engine: Engine, smtp: SmtpServer) -> None:
    """The person is on no envelope; the record says that the letter was theirs."""
    queued(engine, recipient="ann@example.org")
    sender = RedirectingSender(to(smtp), to="tester@harrowmere.example")
    redirected = partial(written, redirect_to="tester@harrowmere.example")
    letter = deliver_one(
        partial(SqlUnitOfWork, engine), sender, redirected,
        policy=Policy(), letterhead=LETTERHEAD, clock=lambda: NOW,
    )  # fmt: skip
    assert letter is not None
    assert (letter.state, letter.recipient) == (LetterState.SENT, "ann@example.org")
    (caught,) = smtp.wait_for(1)
    assert caught.recipients == ("tester@harrowmere.example",)
    assert caught.message["To"] == "tester@harrowmere.example"
    assert caught.message["Subject"].startswith("[for ann@example.org] ")
    assert caught.message["X-Heard-Redirected"] == "ann@example.org"


def test_even_a_letter_composed_for_the_person_is_redirected(smtp: SmtpServer) -> None:
    """The envelope decides where mail goes, and it holds one address whatever the bytes say."""
    sender = RedirectingSender(to(smtp), to="tester@harrowmere.example")
    sender.send(written(new_letter()), recipient="ann@example.org", message_id="")
    (caught,) = smtp.wait_for(1)
    assert caught.recipients == ("tester@harrowmere.example",)


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.BY_HAND, LetterState.WITHDRAWN])
def test_a_letter_that_is_held_stays_whatever_the_mode(
    state: LetterState, engine: Engine, smtp: SmtpServer
) -> None:
    """Going over from hold to send releases nothing: an officer does."""
    queued(engine, state=state)
    assert deliver(engine, to(smtp), NOW + timedelta(days=30)) is None
    assert smtp.letters == []


def test_a_letter_written_to_the_outbox_twice_is_one_file(tmp_path: Path) -> None:
    """Its name is its Message-ID's."""
    sender, letter = MaildirSender(tmp_path / "out"), new_letter()
    for _ in range(2):
        sender.send(written(letter), recipient=letter.recipient, message_id=letter.message_id)
    assert len(list((tmp_path / "out" / "new").iterdir())) == 1


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of a few kilobytes and fill it."""
    folder = tmp_path / "full"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        command = []
        folder.chmod(0o500)  # Without the right to mount: a folder that cannot be written.
    else:
        filler = os.open(folder / "filler", os.O_CREAT | os.O_WRONLY)
        with contextlib.suppress(OSError):
            while True:
                os.write(filler, b"x" * 512)
        os.close(filler)
    yield folder
    if command:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_the_letter_queued_and_says_so(engine: Engine, full_disk: Path) -> None:
    """When there is room again the letter goes out, once."""
    queued(engine)
    sender = MaildirSender(full_disk / "out")
    letter = deliver(engine, sender)
    assert letter is not None
    assert letter.state is LetterState.QUEUED
    assert "cannot be written" in letter.last_fault
    (full_disk / "filler").unlink(missing_ok=True)
    full_disk.chmod(0o700)
    again = deliver(engine, sender, NOW + timedelta(minutes=1))
    assert again is not None
    assert again.state is LetterState.SENT
    assert len(list((full_disk / "out" / "new").iterdir())) == 1
