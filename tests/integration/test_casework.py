"""Officers' casework over a real record: two at once, what is kept, and what the queue shows of it."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import LETTERHEAD, NOW
from hands import WRITES, make_action, make_officer, make_point
from rows import new_case, new_letter, new_message
from sqlalchemy import Engine, func, select

from casework.answer import answer
from casework.assign import assign
from casework.close import close
from casework.common import open_for_change
from casework.convert import convert_to_request
from casework.exclude import exclude
from casework.extend import extend
from casework.officers import disable_officer
from casework.policy import Policy
from casework.record_ruling import record_ruling
from models import orm, queries, queue_rows
from models.audit_chain import verify
from models.case import Case
from models.codes import Flag, LetterKind, LetterState, Outcome, Status
from models.errors import InputInvalid
from models.unit_of_work import SqlUnitOfWork

FIRST, SECOND = "C-0000-0001-95", "C-0000-0002-92"


def kept(engine: Engine, reference: str = FIRST, **changes: object) -> Case:
    """Put a complaint with its message on record, acknowledged unless told otherwise."""
    usual: dict[str, object] = {
        "acknowledged_on": date(2026, 3, 3), "respond_by": date(2026, 3, 17),
        "letters": [new_letter(state=LetterState.SENT, message_id=f"<{reference}@heard.invalid>")],
    }  # fmt: skip
    with SqlUnitOfWork(engine) as uow:
        message = new_message(uid=reference)
        assert uow.messages.keep(message, b"Subject: bin")
        message.settle(Outcome.CASE, reason="a new matter", now=NOW)
        case = new_case(reference=reference, **(usual | changes))
        case.messages.append(message)
        uow.cases.add(case)
        uow.commit()
    return case


def employed(engine: Engine, *names: str) -> None:
    """Put officers on record."""
    with SqlUnitOfWork(engine) as uow:
        for name in names:
            uow.officers.add(make_officer(name))
        uow.commit()


def ruled(engine: Engine, officer: str, *, seen: int | None) -> str:
    """Rule on the first case in one unit of work."""
    with SqlUnitOfWork(engine) as uow:
        done = record_ruling(
            uow, FIRST, status=Status.COMPLAINT, category=None, ombudsman=None, reason=f"{officer} read it",
            officer=officer, seen=seen, policy=Policy(), letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
        uow.commit()
    return done


def at_once(*acts: Callable[[], object]) -> list[InputInvalid | None]:
    """Let several officers act at the same time; return what each was refused."""
    told: list[InputInvalid | None] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def go(number: int) -> None:
        ready.wait()
        try:
            acts[number]()
        except InputInvalid as error:
            told[number] = error

    threads = [threading.Thread(target=go, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


def count(engine: Engine, table: str, action: str | None = None) -> int:
    """Count the rows of a table, or the audit's rows of one action."""
    query = select(func.count()).select_from(orm.metadata.tables[table])
    if action:
        query = query.where(orm.audit.c.action == action)
    with engine.connect() as connection:
        return connection.scalar(query) or 0


def test_of_two_officers_who_rule_at_once_the_second_is_told_and_nothing_is_lost(engine: Engine) -> None:
    """Both saw version 1: one ruling counts, with its audit row; the other is refused whole."""
    seen = kept(engine).version
    told = at_once(
        lambda: ruled(engine, "pat", seen=seen),
        lambda: ruled(engine, "sam", seen=seen),
    )
    (refused,) = [error for error in told if error is not None]
    assert "somebody else changed case" in str(refused)
    assert (count(engine, "rulings"), count(engine, "audit", "ruling_recorded")) == (1, 1)
    winner = "pat" if told[1] is refused else "sam"
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(FIRST)
    assert [ruling.officer for ruling in case.rulings] == [winner]
    assert case.version == seen + 1


def test_two_officers_who_do_not_say_what_they_saw_are_both_on_record(engine: Engine) -> None:
    """One after the other, neither over the other."""
    kept(engine)
    told = at_once(lambda: ruled(engine, "pat", seen=None), lambda: ruled(engine, "sam", seen=None))
    assert told == [None, None]
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(FIRST)
    assert {ruling.officer for ruling in case.rulings} == {"pat", "sam"}
    assert count(engine, "audit", "ruling_recorded") == 2


def test_officers_who_do_different_things_at_once_clash_as_well(engine: Engine) -> None:
    """An extension and an assignment: whoever comes second looks again first."""
    kept(engine)
    employed(engine, "pat", "sam")

    def put_off() -> None:
        with SqlUnitOfWork(engine) as uow:
            extend(uow, FIRST, to=date(2026, 3, 24), reason="The surveyor was ill.", seen=1, **WRITES)
            uow.commit()

    def give() -> None:
        with SqlUnitOfWork(engine) as uow:
            assign(uow, FIRST, to="sam", officer="pat", seen=1, now=NOW)
            uow.commit()

    told = at_once(put_off, give)
    assert [error is None for error in told].count(True) == 1
    with SqlUnitOfWork(engine) as uow:
        case = uow.cases.get(FIRST)
    assert (bool(case.extensions), case.assigned_to == "sam") == (told[0] is None, told[1] is None)


def test_a_change_of_what_hangs_on_a_case_counts_as_one_of_the_case(engine: Engine) -> None:
    """A point or an action changes no column of the case, and is still a change that others are told of."""
    kept(engine)
    with SqlUnitOfWork(engine) as uow:
        case = open_for_change(uow, FIRST, seen=1)
        case.points.append(make_point())
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.get(FIRST).version == 2
        with pytest.raises(InputInvalid, match="you saw version 1, it is at 2"):
            open_for_change(uow, FIRST, seen=1)


def test_an_answer_and_a_refusal_are_kept_whole(engine: Engine) -> None:
    """Outcomes, remedies, grounds and reasons come back as they were said (LGSCO 5.8; HO 5.12)."""
    kept(engine, points=[make_point(remedy="A new bin.")], actions=[make_action()])
    kept(engine, SECOND)
    employed(engine, "pat")
    with SqlUnitOfWork(engine) as uow:
        answer(uow, FIRST, summary="Sorry.", **WRITES)
        exclude(
            uow, SECOND, ground="over_12_months", evidence="Her first letter.", own_grounds={},
            reasons="You wrote that the wall fell in May 2023 and that you saw it fall.",
            discretion="You were well, and wrote to us about other things in 2024.", **WRITES,
        )  # fmt: skip
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        first, second = uow.cases.get(FIRST), uow.cases.get(SECOND)
    assert (first.answered_on, first.stage_1_officer) == (date(2026, 3, 3), "pat")
    assert first.letters[-1].kind is LetterKind.STAGE_1_RESPONSE
    (refusal,) = second.refusals
    assert (refusal.ground, refusal.officer, refusal.decided_at) == ("over_12_months", "pat", NOW)
    assert (second.stage, second.letters[-1].kind) == (0, LetterKind.NOT_ACCEPTED)


def test_of_two_cases_due_on_one_day_the_vulnerable_person_s_comes_first(engine: Engine) -> None:
    """The date goes first, then the points (LGSCO 6.1, HO 6.1)."""
    kept(engine)
    kept(engine, SECOND, flags=[Flag.VULNERABLE], priority=2)
    assert [row.reference for row in queue_rows.queue(engine, limit=10)] == [SECOND, FIRST]


def test_a_case_on_the_queue_is_due_when_its_extension_ends(engine: Engine) -> None:
    """The officer sees the date that the complainant was told (LGSCO 6.4, HO 6.4)."""
    kept(engine, assigned_to="pat")
    employed(engine, "pat")
    with SqlUnitOfWork(engine) as uow:
        extend(uow, FIRST, to=date(2026, 3, 24), reason="The surveyor was ill.", **WRITES)
        uow.commit()
    (row,) = queue_rows.queue(engine, limit=10)
    assert (row.due_by, row.assigned_to) == (date(2026, 3, 24), "pat")
    view = queries.case_view(engine, FIRST)
    assert view is not None
    assert [(each["respond_by"], each["extended_to"]) for each in view.extensions] == [
        (date(2026, 3, 17), date(2026, 3, 24))
    ]


def test_an_officers_open_cases_are_handed_over_in_one_unit_of_work(engine: Engine) -> None:
    """All or none: a case that cannot be handed over stops the whole."""
    employed(engine, "pat", "sam")
    kept(engine, assigned_to="pat")
    kept(engine, SECOND, assigned_to="pat", stage=2, stage_1_officer="sam")
    with SqlUnitOfWork(engine) as uow, pytest.raises(InputInvalid, match="sam handled stage 1"):
        disable_officer(uow, "pat", hand_over_to="sam", by="kim", now=NOW)
    with SqlUnitOfWork(engine) as uow:
        assert uow.cases.assigned_to("pat") == [FIRST, SECOND]
        assert not uow.officers.get("pat").is_disabled
        close(uow, SECOND, reason="Withdrawn by telephone.", is_withdrawn=True, officer="kim", now=NOW)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        disable_officer(uow, "pat", hand_over_to="sam", by="kim", now=datetime(2026, 3, 4, tzinfo=UTC))
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        assert (uow.cases.assigned_to("pat"), uow.cases.assigned_to("sam")) == ([], [FIRST])


def test_a_letter_in_the_deliverys_hands_is_not_withdrawn(engine: Engine) -> None:
    """What is held back is; what was claimed meanwhile goes out, and the record says so."""
    held = new_letter(state=LetterState.HELD, message_id="<held@heard.invalid>")
    claimed = new_letter(message_id="<claimed@heard.invalid>", claimed_until=NOW + timedelta(minutes=5))
    kept(engine, letters=[held, claimed])
    employed(engine, "pat")
    with SqlUnitOfWork(engine) as uow:
        convert_to_request(uow, FIRST, reason="She only asked.", **WRITES)
        uow.commit()
    with SqlUnitOfWork(engine) as uow:
        letters = uow.cases.get(FIRST).letters
    assert [letter.state for letter in letters] == [
        LetterState.WITHDRAWN, LetterState.QUEUED, LetterState.QUEUED,
    ]  # fmt: skip
    assert letters[-1].kind is LetterKind.CORRECTION


def test_the_chain_of_the_audit_holds_over_an_answer_with_many_points(engine: Engine) -> None:
    """What is hashed is what comes back from the record (LGSCO 5.8; HO 5.12)."""
    kept(engine, points=[make_point(number) for number in range(1, 13)])
    employed(engine, "pat")
    with SqlUnitOfWork(engine) as uow:
        answer(uow, FIRST, **WRITES)
        uow.commit()
    assert verify(engine).fault == ""
