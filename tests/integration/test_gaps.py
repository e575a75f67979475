"""Every gap that lies in the record alone, produced for real, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ledgers import HOUR, Ledger, now
from rows import new_case, new_letter
from sqlalchemy import Engine, select

from models import orm
from models.case import AuditRow, Case, Ruling, Task
from models.codes import Category, LetterKind, LetterState, Ombudsman, Status, TaskKind
from models.decision import FORMAL_STATUSES
from models.gaps import LIKELY_ENOUGH
from models.health import GapCode
from models.reference import message_name


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    """Return a record on each database."""
    return Ledger(engine)


def open_case(ledger: Ledger, *, tasks: tuple[Task, ...] = (), **changes: Any) -> Case:
    """Put a case on record, without a guard time."""
    with ledger.units() as uow:
        case = new_case(**changes)
        case.tasks.extend(tasks)
        uow.cases.add(case)
        uow.commit()
    return case


def test_a_message_without_outcome_is_a_gap_after_a_while(ledger: Ledger) -> None:
    """It is kept, and nobody reads it."""
    ledger.take_in(2)
    ledger.run("UPDATE messages SET outcome = NULL WHERE uid = '2'")
    assert ledger.compare(at=now() + timedelta(minutes=10)).gap_count == 0
    mailbox, where, said = ledger.gap(GapCode.WAITING)
    assert (mailbox, where) == ("box", message_name(ledger.messages()[1]))
    assert "without outcome since" in said


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE blobs SET content = :other WHERE sha256 = :sha256", GapCode.RAW_DAMAGED),
        ("DELETE FROM blobs WHERE sha256 = :sha256 AND :other = :other", GapCode.RAW_MISSING),
    ],
)
def test_raw_bytes_that_are_not_those_that_came_are_named(ledger: Ledger, damage: str, code: GapCode) -> None:
    """Their name is their hash, so that every bit of them can be vouched for."""
    ledger.take_in(3)
    number = ledger.messages()[1]
    with ledger.engine.connect() as connection:
        query = select(orm.messages.c.sha256).where(orm.messages.c.id == number)
        sha256 = connection.scalar(query)
    ledger.run(damage, sha256=sha256, other=b"Subject: forged\r\n\r\n")
    mailbox, where, said = ledger.gap(code)
    assert (mailbox, where) == ("box", message_name(number))
    assert "from a backup" in said
    assert ledger.compare(raw_since=now()).gap_counts == {code: 1}, "it is among the newest"


def test_only_raw_bytes_that_came_lately_are_read_every_night(ledger: Ledger) -> None:
    """All of them would take hours in a large record; `--deep` reads them."""
    ledger.take_in(1)
    ledger.run("UPDATE messages SET fetched_at = '2026-01-05 09:00:00'")
    ledger.take_in(1)
    ledger.damage(uid=1)
    assert ledger.compare(raw_since=now()).gap_count == 0
    assert ledger.compare().gap_counts == {GapCode.RAW_DAMAGED: 1}


def test_raw_bytes_are_read_in_parts_to_the_last(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are and however large, none is left out at an edge."""
    monkeypatch.setattr("models.gaps._ROWS_AT_ONCE", 3)
    monkeypatch.setattr("models.gaps._BYTES_AT_ONCE", 1000)
    ledger.take_in(7)
    for uid in (1, 2, 4, 7):
        ledger.damage(uid=uid)
    assert ledger.compare().gap_counts == {GapCode.RAW_DAMAGED: 4}


def test_a_row_that_lost_its_hash_is_named(ledger: Ledger) -> None:
    """Only what went to quarantine with a fault may be without bytes."""
    ledger.take_in(1)
    ledger.run("UPDATE messages SET sha256 = NULL")
    assert ledger.gap(GapCode.RAW_MISSING)[1] == message_name(ledger.messages()[0])


LEADS_NOWHERE = (
    "outcome = 'case', case_id = NULL",
    "outcome = 'case', case_id = 4711",
    "outcome = 'reply', case_id = NULL",
    "outcome = 'duplicate', duplicate_of_id = NULL",
    "outcome = 'duplicate', duplicate_of_id = 4711",
    "outcome = 'duplicate', duplicate_of_id = id",
    "outcome = 'quarantine'",
)


def test_an_outcome_that_leads_nowhere_is_named(ledger: Ledger) -> None:
    """No case, no original, no task: nobody would ever come across these messages."""
    ledger.take_in(len(LEADS_NOWHERE) + 1)
    for number, change in zip(ledger.messages(), LEADS_NOWHERE, strict=False):
        ledger.run(f"UPDATE messages SET {change} WHERE id = :number", number=number)  # noqa: S608  # ours
    result = ledger.compare()
    assert result.gap_counts == {GapCode.OUTCOME_BROKEN: len(LEADS_NOWHERE)}
    assert [gap.where for gap in result.gaps] == [message_name(each) for each in ledger.messages()[:-1]]
    assert all(gap.mailbox == "box" and "have an officer read it" in gap.said for gap in result.gaps)


def test_a_duplicate_of_a_message_in_quarantine_is_named(ledger: Ledger) -> None:
    """Its original has no outcome that answers anybody."""
    ledger.take_in(2)
    first, second = ledger.messages()
    ledger.quarantine(first)
    ledger.run("UPDATE messages SET outcome = 'duplicate', duplicate_of_id = :first WHERE id = :second",
               first=first, second=second)  # fmt: skip
    assert ledger.gap(GapCode.OUTCOME_BROKEN)[1] == message_name(second)


def test_quarantine_leads_to_an_officer_by_a_task_or_a_ruling(ledger: Ledger) -> None:
    """With its task open it is well; closed it is a gap, read again or not; ruled on it is well again."""
    ledger.take_in(1)
    (number,) = ledger.messages()
    ledger.quarantine(number)
    assert ledger.compare().gap_count == 0
    ledger.run("UPDATE tasks SET closed_at = opened_at")
    for action, gaps in (("tried_again", 1), ("message_filed", 0)):
        with ledger.units() as uow:
            uow.audit.add(AuditRow(at=now(), actor="Jo", action=action, detail={}, message_id=number))
            uow.commit()
        assert ledger.compare().gap_counts.get(GapCode.OUTCOME_BROKEN, 0) == gaps


def test_one_message_that_became_two_cases_is_named(ledger: Ledger) -> None:
    """By the same bytes, and by the same Message-ID and content where the database did not refuse it."""
    cases = [open_case(ledger, reference=reference, guard_at=now()) for reference in ("C-1", "C-2", "C-3")]
    ledger.take_in(3)
    ledger.run("DROP INDEX uq_messages_original")
    for case, number in zip(cases, ledger.messages(), strict=True):
        ledger.run("UPDATE messages SET outcome = 'case', case_id = :case WHERE id = :number",
                   case=case.id, number=number)  # fmt: skip
    assert ledger.compare().kept_twice == ()
    first, second, third = ledger.messages()
    ledger.run("UPDATE messages SET identity = 'same' WHERE id IN (:first, :second)",
               first=first, second=second)  # fmt: skip
    same = "(SELECT sha256 FROM messages WHERE id = :first)"
    ledger.run(f"UPDATE messages SET sha256 = {same} WHERE id = :third", first=first, third=third)  # noqa: S608
    result = ledger.compare()
    assert sorted(each.cases for each in result.kept_twice) == [("C-1", "C-2"), ("C-1", "C-3")]
    assert result.gap_counts == {GapCode.KEPT_TWICE: 2}


def test_a_likely_complaint_that_nobody_hears_is_named(ledger: Ledger) -> None:
    """No letter, no guard time, no task."""
    open_case(ledger, reference="C-1")
    mailbox, where, said = ledger.gap(GapCode.UNACKNOWLEDGED)
    assert (mailbox, where) == ("", "C-1")
    assert "heard queue C-1" in said


def task(kind: TaskKind, *, is_open: bool) -> Task:
    """Return a task."""
    return Task(
        kind=kind, opened_at=now(), due_by=now().date(), note="", closed_at=None if is_open else now()
    )


def test_a_case_that_somebody_or_something_sees_to_is_no_gap(ledger: Ledger) -> None:
    """A letter, the guard, an officer with a task, or one who has closed it; or no complaint at all."""
    seen_to: list[dict[str, Any]] = [
        {"guard_at": datetime(2026, 12, 1, tzinfo=UTC)},
        {"is_historic": True},
        {"acknowledged_on": datetime(2026, 11, 20, tzinfo=UTC).date()},
        {"answered_on": datetime(2026, 11, 20, tzinfo=UTC).date()},
        {"letters": [new_letter(message_id="<a@x>", due_at=now())]},
        {"letters": [new_letter(message_id="<b@x>", state=LetterState.SENT)]},
        {"tasks": (task(TaskKind.DUTY_ALERT, is_open=True),)},
        {"tasks": (task(TaskKind.LETTER_UNDELIVERED, is_open=False),)},
        {"status": Status.ENQUIRY},
    ]
    for number, changes in enumerate(seen_to):
        open_case(ledger, reference=f"C-{number}", **changes)
    assert ledger.compare().gaps == ()


def test_what_does_not_reach_the_complainant_is_not_enough(ledger: Ledger) -> None:
    """A letter that came back, one to ourselves, a task about something else; complaints at either stage."""
    not_enough: list[dict[str, Any]] = [
        {"letters": [new_letter(message_id="<a@x>", state=LetterState.FAILED)]},
        {"letters": [new_letter(message_id="<b@x>", kind=LetterKind.DUTY_ALERT, due_at=now())]},
        {"tasks": (task(TaskKind.DUTY_ALERT, is_open=False),)},
        {"status": Status.ESCALATION},
    ]
    for number, changes in enumerate(not_enough):
        open_case(ledger, reference=f"C-{number}", **changes)
    result = ledger.compare()
    assert result.gap_counts == {GapCode.UNACKNOWLEDGED: len(not_enough)}
    assert [gap.where for gap in result.gaps] == [f"C-{number}" for number in range(len(not_enough))]


@pytest.mark.parametrize(
    ("chance", "is_ruled", "gaps"), [(LIKELY_ENOUGH, False, 1), (0.29, False, 0), (0.9, True, 0)]
)
def test_a_case_that_triage_thought_a_complaint_is_one_until_it_is_ruled_on(
    ledger: Ledger, chance: float, *, is_ruled: bool, gaps: int
) -> None:
    """Three chances in ten are enough, as the guard has it; an officer's ruling that it is none ends it."""
    case = open_case(ledger, status=Status.ENQUIRY)
    ledger.take_in(1)
    (number,) = ledger.messages()
    ledger.run("UPDATE messages SET outcome = 'case', case_id = :case", case=case.id)
    half = {code.value: chance / len(FORMAL_STATUSES) for code in FORMAL_STATUSES}
    with ledger.units() as uow:
        document = {"status": {"value": "enquiry", "probabilities": {**half, "enquiry": 1 - chance}}}
        uow._session.execute(  # noqa: SLF001  # a decision with chances of its own
            orm.decisions.insert().values(
                message_id=number, decided_at=now(), artefact="a", status=Status.ENQUIRY,
                officer_decides=False, document=document,
            )
        )  # fmt: skip
        if is_ruled:
            ruled = uow.cases.get(case.reference)
            ruled.rulings.append(
                Ruling(officer="J", ruled_at=now(), status=Status.ENQUIRY, category=Category.OTHER,
                       ombudsman=Ombudsman.LGSCO, reason="a question")
            )  # fmt: skip
        uow.commit()
    assert ledger.compare().gap_counts == ({GapCode.UNACKNOWLEDGED: 1} if gaps else {})


def test_a_letter_that_is_a_day_past_due_is_named(ledger: Ledger) -> None:
    """And one that was sent or is due only now is not."""
    due = [now() - timedelta(days=2), now() - timedelta(days=2), now() - HOUR]
    states = [LetterState.QUEUED, LetterState.SENT, LetterState.QUEUED]
    with ledger.units() as uow:
        for number, (due_at, state) in enumerate(zip(due, states, strict=True)):
            uow.letters.add(new_letter(message_id=f"<{number}@x>", due_at=due_at, state=state))
        uow.commit()
    mailbox, where, said = ledger.gap(GapCode.LETTER_STUCK)
    assert mailbox == ""
    assert where.startswith("letter ")
    assert "still here" in said
