"""From kept messages to outcomes, on both databases, with the real parser and the real classifier."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from builders import LETTERHEAD
from hands import make_officer
from letters_in import GRIEVANCE, REQUEST, mail
from sqlalchemy import Engine, text

from casework.exclude import exclude
from casework.guard import run_guard
from casework.policy import Caps, Policy
from casework.possible_reply import confirm_reply
from casework.record_ruling import record_ruling
from casework.work_quarantine import treat_as_case, try_again
from intake.fetch import fetch
from intake.folders import EmlFolder
from intake.reader import IsolatedReader
from intake.receive import Receiver
from models import queries, queue_rows
from models.audit_chain import verify
from models.case import Case
from models.codes import AcknowledgementMode, LetterKind, LetterState, Outcome, Status, TaskKind
from models.deadlines import WorkingDays
from models.due_rows import duties
from models.errors import InputInvalid
from models.reference import reply_mark
from models.unit_of_work import SqlUnitOfWork, is_clash
from triage import artefact
from triage.encoder.read import Encoder
from triage.triager import Triager

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def triager(artefacts: Path) -> Triager:
    """Load the classifier that was trained for the tests."""
    live = artefact.live_name(artefacts)
    assert live is not None
    return Triager(artefact.load(artefacts / live, encoder=Encoder()))


@dataclass
class Office:
    """A record, a folder as mailbox, and the receiver between them."""

    engine: Engine
    folder: Path
    triager: Triager
    reader: IsolatedReader
    policy: Policy = field(default_factory=lambda: Policy(letter_domain="harrowmere.example"))
    now: datetime = MONDAY

    def units(self, *, reads: bool = False) -> SqlUnitOfWork:
        """Return a unit of work."""
        return SqlUnitOfWork(self.engine, reads=reads)

    def receive(self, *messages: bytes, account: str = "complaints") -> list[Outcome]:
        """Take messages in and return their outcomes, in order."""
        folder = self.folder / account / f"{self.now:%d%H%M%S}"
        folder.mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(messages):
            (folder / f"{number:03d}.eml").write_bytes(raw)
        fetch(
            EmlFolder(account, self.folder / account), self.units, clock=lambda: self.now,
            working_days=WorkingDays(), station=lambda _: None,
        )  # fmt: skip
        receiver = Receiver(
            units=self.units, reader=self.reader, triager=self.triager, policy=self.policy,
            letterhead=LETTERHEAD, worker="test",
            clock=lambda: self.now, log=structlog.get_logger(), is_clash=is_clash,
        )  # fmt: skip
        receiver.receive_all()
        self.now += timedelta(minutes=1)
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT outcome FROM messages ORDER BY id")).scalars().all()
        return [Outcome(row) for row in rows[-len(messages) :]]

    def cases(self) -> list[Case]:
        """Return every case whole."""
        with self.engine.connect() as connection:
            found = connection.execute(text("SELECT reference FROM cases ORDER BY id")).scalars().all()
        with self.units() as uow:
            return [uow.cases.get(reference) for reference in found]

    def rule(self, reference: str, status: Status, **more: bool) -> str:
        """Record a ruling."""
        with self.units() as uow:
            done = record_ruling(
                uow, reference, status=status, category=None, ombudsman=None, reason="because", officer="bo",
                policy=self.policy, letterhead=LETTERHEAD, now=self.now, **more,
            )  # fmt: skip
            uow.commit()
        return done


@pytest.fixture
def office(engine: Engine, tmp_path: Path, triager: Triager, reader: IsolatedReader) -> Office:
    """Open an office."""
    return Office(engine, tmp_path / "mail", triager, reader)


def test_a_complaint_becomes_a_case_with_clocks_suggestion_and_letter_at_once(office: Office) -> None:
    """One commit holds them all (LGSCO 6.2, HO 6.2)."""
    assert office.receive(mail(message_id="<1@example.org>")) == [Outcome.CASE]
    (case,) = office.cases()
    (letter,) = case.letters
    assert case.status is Status.COMPLAINT
    assert case.stage == 1
    assert case.acknowledge_by == WorkingDays().acknowledge_by(MONDAY.date())
    assert letter.kind is LetterKind.STAGE_1_ACKNOWLEDGEMENT
    assert letter.in_reply_to == "<1@example.org>"
    assert letter.recipient == "ann@example.org"
    assert case.guard_at is None
    view = queries.case_view(office.engine, case.reference)
    assert view is not None
    assert view.decisions[0]["document"]["artefact"] == office.triager.artefact.name


def test_the_same_mail_in_two_mailboxes_is_one_case_with_two_ledger_rows(office: Office) -> None:
    """The second delivery is a duplicate of the first, whatever the road wrote on it."""
    raw = mail(message_id="<twice@example.org>")
    assert office.receive(raw, account="complaints") == [Outcome.CASE]
    assert office.receive(b"Received: from elsewhere\r\n" + raw, account="housing") == [Outcome.DUPLICATE]
    (case,) = office.cases()
    assert len(case.letters) == 1


def test_the_same_message_id_with_other_content_is_another_message(office: Office) -> None:
    """Appliances share ids among senders; nobody's message is dropped for it."""
    one = mail(message_id="<shared@example.org>", body=GRIEVANCE)
    other = mail(message_id="<shared@example.org>", body=REQUEST, sender="bo@example.org")
    assert office.receive(one, other) == [Outcome.CASE, Outcome.CASE]


def test_a_reply_to_our_letter_joins_its_case_from_any_address(office: Office) -> None:
    """Our Message-IDs cannot be guessed, so whoever answers one was sent it."""
    office.receive(mail())
    ours = office.cases()[0].letters[0].message_id
    answer = mail(
        sender="ann.at.work@example.com", subject="Re: your letter", body="Here is a photo.", in_reply_to=ours
    )
    assert office.receive(answer) == [Outcome.REPLY]
    (case,) = office.cases()
    assert len(case.messages) == 2
    assert TaskKind.READ_REPLY in [task.kind for task in case.tasks]
    assert len(case.letters) == 1


def test_a_stranger_who_quotes_a_reference_joins_nothing_and_learns_nothing(office: Office) -> None:
    """It becomes a case of its own, and no letter to the stranger names the other case or its person."""
    office.receive(mail())
    reference = office.cases()[0].reference
    stranger = mail(sender="Eve <eve@example.net>", subject=f"About {reference}", body=GRIEVANCE)
    assert office.receive(stranger) == [Outcome.CASE]
    first, second = office.cases()
    assert len(first.messages) == 1
    assert "quotes" in second.messages[0].reason
    assert all(reference not in letter.text and "Ann" not in letter.text for letter in second.letters)


def test_the_complainant_who_sends_our_letters_mark_back_joins_the_case(office: Office) -> None:
    """The mark shows that the letter was seen, and the address is one that the case knows."""
    office.receive(mail())
    (letter,) = office.cases()[0].letters
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    assert office.receive(mail(subject="more", body=f"There is more.\n\n{quoted}")) == [Outcome.REPLY]


def test_the_mark_from_an_unknown_address_is_a_possible_reply(office: Office) -> None:
    """Whoever was shown the letter is not yet somebody whom the case knows."""
    office.receive(mail())
    mark = reply_mark(office.cases()[0].reference, office.policy.reference_key)
    sender = "Eve <eve@example.net>"
    assert office.receive(mail(sender=sender, subject="more", body=f"see {mark}")) == [Outcome.CASE]
    assert [task.kind for task in office.cases()[1].tasks] == [TaskKind.POSSIBLE_REPLY]


def test_the_reference_alone_is_a_possible_reply_which_an_officer_joins_to_its_case(office: Office) -> None:
    """Anybody can write a sender's address and a reference; until confirmed no letter goes out."""
    office.receive(mail())
    known = office.cases()[0].reference
    typed = known.replace("-", " ").lower()
    assert office.receive(mail(subject="more", body=f"my ref is {typed}. {GRIEVANCE}")) == [Outcome.CASE]
    possible = office.cases()[1]
    assert possible.letters == []
    assert possible.guard_at is not None
    with office.units() as uow:
        confirm_reply(
            uow, possible.reference, known, reason="The same boiler.", officer="Jo",
            working_days=WorkingDays(), now=office.now,
        )  # fmt: skip
        uow.commit()
    first, second = office.cases()
    assert [message.outcome for message in first.messages] == [Outcome.CASE, Outcome.REPLY]
    assert (second.messages, second.awaits_officer, second.guard_at) == ([], False, None)


def test_a_bounce_that_names_no_letter_is_tied_by_whom_it_did_not_reach(office: Office) -> None:
    """Many systems send nothing of the letter back; one letter lately went to that address."""
    office.receive(mail())
    sent_now(office)
    assert office.receive(bounce("<somebody.elses@example.net>")) == [Outcome.MACHINE]
    (case,) = office.cases()
    assert case.letters[0].state is LetterState.FAILED


def test_a_bounce_that_fits_no_letter_is_an_item_for_an_officer(office: Office) -> None:
    """It is filed, and somebody is asked whom it did not reach."""
    assert office.receive(bounce("<somebody.elses@example.net>")) == [Outcome.MACHINE]
    (row,) = queue_rows.queue(office.engine, limit=9)
    assert (row.status, row.reference) == ("bounce", "M-1")


def test_a_quarantined_message_becomes_a_case_or_is_read_again(office: Office) -> None:
    """Both actions work on what the record keeps, and close the item."""
    deep = b"From: Ann <ann@example.org>\nSubject: Deep\n" + b"Content-Type: message/rfc822\n\n" * 1_200
    assert office.receive(deep, deep + b"x") == [Outcome.QUARANTINE] * 2
    (row, _) = queue_rows.queue(office.engine, limit=9)
    assert (row.subject, row.address, row.reference) == ("Deep", "ann@example.org", "M-1")
    with office.units() as uow:
        treat_as_case(
            uow, 1, status=Status.COMPLAINT, category=None, ombudsman=None, reason="Rang them.", officer="Jo",
            policy=office.policy, letterhead=LETTERHEAD, now=office.now,
        )  # fmt: skip
        try_again(uow, 2, officer="Jo", now=office.now)
        uow.commit()
    (case,) = office.cases()
    assert case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT)
    office.receive(mail())
    (row,) = [each for each in queue_rows.queue(office.engine, limit=9) if each.status == "quarantine"]
    assert row.reference == "M-2"


def test_a_one_line_choice_turns_a_request_into_a_complaint(office: Office) -> None:
    """Stage 1 begins on the day of the choice, and its acknowledgement goes out (LGSCO 1.7, 5.3)."""
    office.receive(mail(subject="Street light", body=REQUEST))
    (case,) = office.cases()
    assert case.stage == 0
    ours = case.letters[0].message_id
    office.receive(mail(subject="Re: request", body="Please treat it as a complaint.", in_reply_to=ours))
    (case,) = office.cases()
    assert case.status is Status.COMPLAINT
    assert case.stage == 1
    assert case.has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT)


def test_a_bounce_marks_the_letter_undelivered_and_asks_for_another_way(office: Office) -> None:
    """The Message-ID that the bounce brings back says which letter it was."""
    office.receive(mail())
    ours = office.cases()[0].letters[0].message_id
    assert office.receive(bounce(ours)) == [Outcome.MACHINE]
    (case,) = office.cases()
    assert case.letters[0].state is LetterState.FAILED
    assert TaskKind.LETTER_UNDELIVERED in [task.kind for task in case.tasks]


def test_an_out_of_office_is_filed_on_its_case_and_never_answered(office: Office) -> None:
    """Two robots do not talk to each other."""
    office.receive(mail())
    ours = office.cases()[0].letters[0].message_id
    absent = mail(subject="Automatic reply: away", in_reply_to=ours, Auto_Submitted="auto-replied")
    assert office.receive(absent) == [Outcome.MACHINE]
    (case,) = office.cases()
    assert len(case.letters) == 1
    assert len(case.messages) == 2


def test_a_null_sender_a_list_and_a_no_reply_address_are_owed_an_answer_instead(office: Office) -> None:
    """No letter goes out, and a dated task stands in its place."""
    messages = [
        mail(sender="noreply@example.org", body=GRIEVANCE + " 1"),
        mail(sender="a@example.org", body=GRIEVANCE + " 2", List_Id="<list.example.org>"),
        mail(sender="b@example.org", body=GRIEVANCE + " 3", Return_Path="<>"),
    ]
    assert office.receive(*messages) == [Outcome.CASE] * 3
    for case in office.cases():
        assert case.letters == []
        assert TaskKind.ACKNOWLEDGEMENT_OWED in [task.kind for task in case.tasks]
    office.now = MONDAY + timedelta(days=7)
    run_guard(office.units, policy=office.policy, letterhead=LETTERHEAD, now=office.now)
    assert all(case.letters == [] for case in office.cases())


def test_a_flood_from_one_address_is_received_but_not_answered(office: Office) -> None:
    """The cap stops sending, never receiving."""
    office.policy = replace(office.policy, caps=Caps(per_address_a_day=2))
    outcomes = office.receive(*(mail(subject=f"boiler {n}", body=f"{GRIEVANCE} {n}") for n in range(5)))
    assert outcomes == [Outcome.CASE] * 5
    assert sum(len(case.letters) for case in office.cases()) == 2
    owed = [
        task for case in office.cases() for task in case.tasks if task.kind is TaskKind.ACKNOWLEDGEMENT_OWED
    ]
    assert len(owed) == 3


def test_what_cannot_be_read_is_quarantined_and_the_next_message_goes_on(office: Office) -> None:
    """With a reason, a date and the raw bytes kept."""
    nest = b"Content-Type: message/rfc822\n\n" * 80 + b"hello"
    assert office.receive(nest, mail()) == [Outcome.QUARANTINE, Outcome.CASE]
    rows = queue_rows.queue(office.engine, limit=10)
    assert any(row.status == "quarantine" and "nesting" in row.tasks[0] for row in rows)


@pytest.mark.parametrize("mode", list(AcknowledgementMode))
def test_the_guard_sends_the_formal_acknowledgement_when_nobody_rules(
    mode: AcknowledgementMode, office: Office
) -> None:
    """By noon of working day 4 every likely complaint has its letter, in every mode (LGSCO 6.2, HO 6.2)."""
    office.policy = replace(office.policy, mode=mode)
    office.receive(mail())
    before = datetime(2026, 11, 20, 11, 59, tzinfo=UTC)
    run_guard(office.units, policy=office.policy, letterhead=LETTERHEAD, now=before)
    at_once = mode is AcknowledgementMode.AT_ONCE
    assert office.cases()[0].has_letter(LetterKind.STAGE_1_ACKNOWLEDGEMENT) is at_once
    for _ in range(2):
        run_guard(
            office.units, policy=office.policy, letterhead=LETTERHEAD, now=before + timedelta(minutes=1)
        )
    kinds = [letter.kind for letter in office.cases()[0].letters]
    assert kinds.count(LetterKind.STAGE_1_ACKNOWLEDGEMENT) == 1


def test_a_complaint_found_by_an_officer_is_as_old_as_its_first_message(office: Office) -> None:
    """The clock runs from receipt, not from reclassification (LGSCO 6.2, HO 6.2)."""
    office.receive(mail(subject="Street light", body=REQUEST))
    (case,) = office.cases()
    office.now = MONDAY + timedelta(days=2)
    assert "letter queued" in office.rule(case.reference, Status.COMPLAINT)
    (case,) = office.cases()
    assert case.received_on == MONDAY.date()
    assert case.stage == 1


def test_stage_2_follows_an_answer(office: Office) -> None:
    """Without an answer on record stage 2 is refused; after it the review is acknowledged (LGSCO 6.12)."""
    office.receive(mail())
    (case,) = office.cases()
    with pytest.raises(InputInvalid, match="no answer on record"):
        office.rule(case.reference, Status.ESCALATION)
    office.rule(case.reference, Status.COMPLAINT, is_answered=True)
    assert "stage_2_acknowledgement" in office.rule(case.reference, Status.ESCALATION)
    assert office.cases()[0].stage == 2


PERMIT = (
    "I applied for a parking permit on 2 October and again on 20 October, and paid twice. The permit never "
    "came, your parking team does not answer, and I have had two parking fines. I am very unhappy about it."
)


def refused(office: Office) -> str:
    """Receive a complaint that Pat does not accept, and return the Message-ID of the letter that says so."""
    office.receive(mail())
    (case,) = office.cases()
    with office.units() as uow:
        uow.officers.add(make_officer())
        uow.flush()
        exclude(
            uow, case.reference, ground="legal_proceedings", evidence="The claim form.", own_grounds={},
            reasons="Your claim about the boiler was issued at the county court on 4 November this year.",
            officer="pat", policy=office.policy, letterhead=LETTERHEAD, now=office.now,
        )  # fmt: skip
        uow.commit()
    return office.cases()[0].letters[-1].message_id


def test_who_was_refused_and_writes_again_is_read_by_an_officer_in_time(office: Office) -> None:
    """No machine accepts the same matter, and nobody forgets it (LGSCO 2.1, 2.5; HO 2.1, 2.5)."""
    refusal = refused(office)
    again = f"I do not accept that. {GRIEVANCE}"
    assert office.receive(mail(body=again, in_reply_to=refusal)) == [Outcome.REPLY]
    later = MONDAY + timedelta(days=14)
    run_guard(office.units, policy=office.policy, letterhead=LETTERHEAD, now=later)
    (case,) = office.cases()
    assert (case.stage, case.guard_at, case.letters[-1].kind) == (0, None, LetterKind.NOT_ACCEPTED)
    due_by = WorkingDays().acknowledge_by(MONDAY.date())
    open_tasks = [(task.kind, task.due_by) for task in case.tasks if task.closed_at is None]
    assert (TaskKind.READ_REPLY, due_by) in open_tasks
    told = duties(office.engine, until=later.date(), working_days=WorkingDays())
    assert (case.reference, due_by) in [(each.reference, each.due_by) for each in told]
    assert queue_rows.queue(office.engine, limit=1)[0].due_by <= due_by


def test_another_matter_of_who_was_refused_has_its_own_clock_and_guard(office: Office) -> None:
    """What was never refused is acknowledged in time, on a case of its own (LGSCO 6.2, 6.9; HO 6.2, 6.8)."""
    refusal = refused(office)
    assert office.receive(mail(subject="Permit", body=PERMIT, in_reply_to=refusal)) == [Outcome.CASE]
    old, new = office.cases()
    assert (len(old.messages), old.guard_at, old.stage) == (1, None, 0)
    assert new.tasks[0].note.startswith(f"answers {old.reference}, which was not accepted")
    run_guard(office.units, policy=office.policy, letterhead=LETTERHEAD, now=MONDAY + timedelta(days=6))
    new = office.cases()[1]
    (letter,) = new.letters
    assert letter.kind is LetterKind.STAGE_1_ACKNOWLEDGEMENT
    assert "boiler" not in letter.text
    assert old.reference not in letter.text


def test_one_line_takes_an_answered_complaint_to_stage_2(office: Office) -> None:
    """Our own words are enough, with no reason and no officer (LGSCO 6.12, 6.13; HO 6.11, 6.12)."""
    office.receive(mail())
    (case,) = office.cases()
    office.rule(case.reference, Status.COMPLAINT, is_answered=True)
    answer = mail(
        subject="Re: our answer", body="Take it to stage 2.", in_reply_to=case.letters[0].message_id
    )
    assert office.receive(answer) == [Outcome.REPLY]
    (case,) = office.cases()
    assert (case.status, case.stage, case.received_on) == (Status.ESCALATION, 2, MONDAY.date())
    assert case.letters[-1].kind is LetterKind.STAGE_2_ACKNOWLEDGEMENT
    view = queries.case_view(office.engine, case.reference)
    assert view is not None
    joined = next(row for row in view.trail if row["action"] == "reply_joined")
    assert joined["detail"]["stage_1"]["answered_on"] == MONDAY.date().isoformat()
    assert not verify(office.engine).fault


def test_triage_that_fails_on_a_message_quarantines_that_message_alone(office: Office) -> None:
    """Whatever breaks, the next message goes on, and an officer sees the one that broke it."""
    sound = office.triager

    class Breaks:
        def triage(self, messages: object) -> object:
            found = list(messages)  # type: ignore[call-overload]  # a test's shorthand
            if any("break me" in message.body for message in found):
                raise RuntimeError("a bug")
            return sound.triage(found)

    office.triager = Breaks()  # type: ignore[assignment]  # a fake port
    assert office.receive(mail(body="please break me"), mail(body=GRIEVANCE)) == [
        Outcome.QUARANTINE, Outcome.CASE,
    ]  # fmt: skip


def sent_now(office: Office) -> None:
    """Record that every queued letter was sent."""
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE letters SET state = 'sent' WHERE state = 'queued'"))


def bounce(message_id: str) -> bytes:
    """Return a delivery status notification for a letter of ours (RFC 3464)."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@example.org
To: complaints@harrowmere.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: We have received your complaint

Dear Ann
--b--
""".encode()
