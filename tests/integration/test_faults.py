"""Faults that must stop nothing else: a bad file, case or artefact, a letter that is refused."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from builders import LETTERHEAD
from letters_in import mail
from rows import new_case, new_letter, new_message
from servers import Dovecot, SmtpServer
from sqlalchemy import Engine
from test_delivery import NOW, deliver, queued, to
from test_mailboxes import Cursor, account, opened

from casework.guard import run_guard
from casework.policy import Policy
from intake.fetch import fetch
from intake.folders import EmlFolder
from models.codes import LetterKind, LetterState, Ombudsman, Status
from models.deadlines import WorkingDays
from models.errors import ArtefactRefused
from models.unit_of_work import SqlUnitOfWork
from triage import artefact


def test_a_file_name_that_is_no_utf_8_blocks_nothing(tmp_path: Path) -> None:
    """It is read like the others, under a name that the record can hold."""
    (tmp_path / "a.eml").write_bytes(mail())
    (tmp_path / os.fsdecode(b"caf\xe9.eml")).write_bytes(mail(subject="two"))
    found = Cursor().read(EmlFolder("box", tmp_path))
    assert len(found) == 2
    assert all(each.place.uid.isascii() for each in found)


def test_a_mailbox_whose_only_new_message_vanished_is_read_on(
    engine: Engine, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was listed and could not be handed over has its row, and the poll goes on."""
    dovecot.deliver(user, mail())
    box = opened(account(dovecot, user))
    box.check()
    client = box._client  # noqa: SLF001  # The server's answer is replaced, not our code.
    monkeypatch.setattr(client, "fetch", lambda *_: {})
    fetched = fetch(
        box, partial(SqlUnitOfWork, engine), clock=lambda: NOW, working_days=WorkingDays(),
        station=lambda _: None,
    )  # fmt: skip
    assert fetched.kept == 1


def test_a_case_that_fails_the_guard_makes_no_other_late(engine: Engine) -> None:
    """The one behind it gets its acknowledgement; the failure is reported."""
    house = LETTERHEAD.__class__(
        **{**LETTERHEAD.__dict__, "ombudsmen": {Ombudsman.LGSCO: LETTERHEAD.ombudsmen[Ombudsman.LGSCO]}}
    )
    with SqlUnitOfWork(engine) as uow:
        both = (("C-0000-0001-95", Ombudsman.HOUSING), ("C-0000-0002-92", Ombudsman.LGSCO))
        for reference, ombudsman in both:
            case = new_case(reference=reference, ombudsman=ombudsman, status=Status.COMPLAINT, guard_at=NOW)
            uow.cases.add(case)
            uow.flush()
            message = new_message(uid=reference)
            uow.messages.keep(message, b"x" + reference.encode())
            case.messages.append(message)
        uow.commit()
    later = NOW + timedelta(hours=1)
    guarded = run_guard(partial(SqlUnitOfWork, engine), policy=Policy(), letterhead=house, now=later)
    done = {each.reference: each.done for each in guarded}
    assert done["C-0000-0001-95"].startswith("failed")
    assert done["C-0000-0002-92"].startswith("letter queued")


def test_a_server_that_refuses_our_own_address_refuses_no_letter(engine: Engine, smtp: SmtpServer) -> None:
    """Putting the address right lets every letter out, so none is given up."""
    queued(engine)
    smtp.stop()
    sender = to(smtp)
    letter = deliver(engine, sender)
    assert letter is not None
    assert letter.state is LetterState.QUEUED
    assert sender.is_away


def test_a_recipient_that_is_put_off_holds_nobody_else_up(engine: Engine, smtp: SmtpServer) -> None:
    """A 4yz answer to one letter says nothing about the server."""
    queued(engine)
    smtp.answer_next(450, "4.2.0 later")
    sender = to(smtp)
    letter = deliver(engine, sender)
    assert letter is not None
    assert letter.state is LetterState.QUEUED
    assert not sender.is_away


def test_a_letter_that_is_put_off_for_days_goes_to_a_person(engine: Engine, smtp: SmtpServer) -> None:
    """After five days somebody has to reach the resident another way (RFC 5321, 4.5.4.1)."""
    queued(engine)
    smtp.answer_next(450, "4.2.0 later")
    letter = deliver(engine, to(smtp), NOW + timedelta(days=6))
    assert letter is not None
    assert letter.state is LetterState.FAILED


def test_a_letter_that_another_worker_settled_stays_settled(engine: Engine) -> None:
    """A slow worker does not turn sent into failed."""
    with SqlUnitOfWork(engine) as uow:
        case = new_case(reference="C-0000-0001-95")
        case.letters.append(new_letter(kind=LetterKind.RECEIPT, queued_at=NOW, due_at=NOW))
        uow.cases.add(case)
        uow.commit()
        number = case.letters[0].id

    class Slow:
        is_away = False

        def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
            del letter_bytes, recipient, message_id
            with SqlUnitOfWork(engine) as other:
                other.letters.get(number or 0).state = LetterState.SENT
                other.commit()

        def close(self) -> None:
            """Hold nothing."""

    letter = deliver(engine, Slow())  # type: ignore[arg-type]  # a fake port
    assert letter is not None
    assert letter.state is LetterState.SENT
    assert letter.attempts == 0


def test_a_damaged_artefact_beside_the_live_one_stops_nothing(artefacts: Path, tmp_path: Path) -> None:
    """It is no candidate for anything, and is refused in a sentence where it is asked for."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "artefact.json").write_text("{", encoding="utf-8")
    (tmp_path / "good").symlink_to(artefacts / str(artefact.live_name(artefacts)))
    assert artefact.names(tmp_path) == ["good"]
    with pytest.raises(ArtefactRefused, match="damaged"):
        artefact.promote(tmp_path, "bad")


def test_old_mail_in_a_mailbox_is_history(engine: Engine, tmp_path: Path) -> None:
    """What came before the day that the settings name opens no clock and is not answered."""
    old = b"Received: from x by y; Mon, 5 Jan 2026 10:00:00 +0000\r\n" + mail()
    (tmp_path / "a.eml").write_bytes(old)
    (tmp_path / "b.eml").write_bytes(mail(subject="new"))
    fetch(
        EmlFolder("box", tmp_path), partial(SqlUnitOfWork, engine), clock=lambda: NOW,
        working_days=WorkingDays(), station=lambda _: None, since=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    with SqlUnitOfWork(engine) as uow:
        claimed = uow.messages.claim(limit=9, most_bytes=10**9, worker="w", now=NOW)
        rows = [uow.messages.get(number) for number in claimed]
    assert [row.is_historic for row in rows] == [True, False]


def test_a_message_from_the_future_is_received_now(engine: Engine, tmp_path: Path) -> None:
    """A Received header of the year 2099 moves no deadline there."""
    raw = b"Received: from x by y; Fri, 1 May 2099 10:00:00 +0000\r\n" + mail()
    (tmp_path / "a.eml").write_bytes(raw)
    fetch(
        EmlFolder("box", tmp_path), partial(SqlUnitOfWork, engine), clock=lambda: NOW,
        working_days=WorkingDays(), station=lambda _: None,
    )  # fmt: skip
    with SqlUnitOfWork(engine) as uow:
        (number,) = uow.messages.claim(limit=9, most_bytes=10**9, worker="w", now=NOW)
        assert uow.messages.get(number).received_at == NOW
