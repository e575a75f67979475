"""A morning's reminders, from the record to the mail that leaves, on both databases."""

import email
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import structlog
from fakes import FakeClock
from prometheus_client.parser import text_string_to_metric_families
from rows import new_case
from sqlalchemy import Engine, select

from bootstrap import App
from casework.deliver_letters import deliver_one
from casework.policy import Policy
from casework.remind import Digest, write_digest
from casework.write_letter import write_letter
from models import orm
from models.case import Task
from models.codes import ArrangementKind, DeliveryMode, LetterKind, LetterState, TaskKind
from models.duties import Duty, DutyKind
from models.people import Arrangement, Officer
from models.unit_of_work import SqlUnitOfWork
from operations import doctor
from operations.metrics import Metrics
from operations.reminders import REMIND, remind_if_due
from settings import Settings

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
EIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEAM, AMIR, MAY = "team@harrowmere.example", "amir@harrowmere.example", "may@harrowmere.example"


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands at eight on a Tuesday in winter."""
    return FakeClock(EIGHT)


@pytest.fixture
def apps(engine: Engine, record_url: str, tmp_path: Path, clock: FakeClock) -> Iterator["Apps"]:
    """Return programs on one record in which an officer, a manager and two late cases are."""
    with SqlUnitOfWork(engine) as uow:
        uow.officers.add(Officer(name="amir", full_name="Amir Lal", email=AMIR, manager="may"))
        uow.officers.add(Officer(name="may", full_name="May Orr", email=MAY))
        uow.cases.add(
            new_case(reference="C-1", assigned_to="amir", acknowledged_on=MONDAY, respond_by=MONDAY)
        )
        uow.cases.add(new_case(reference="C-2", acknowledged_on=MONDAY, respond_by=TUESDAY))
        uow.commit()
    made = Apps(record_url, tmp_path, clock)
    yield made
    made.close()


class Apps:
    """Programs that work on one record."""

    def __init__(self, record_url: str, folder: Path, clock: FakeClock) -> None:
        # The doctor looks for a file of this name before it looks into a SQLite record.
        (folder / "heard.db").touch()
        self._record_url, self._folder, self.clock = record_url, folder, clock
        self._made: list[App] = []

    def one(self, **reminders: Any) -> App:
        """Return a program that reminds as said."""
        said = {
            "data": self._folder, "organisation": {"name": "Harrowmere Council"},
            "record": {"url": self._record_url}, "reminders": {"to": TEAM} | reminders,
        }  # fmt: skip
        made = App(Settings.model_validate(said), structlog.get_logger(), clock=self.clock)
        self._made.append(made)
        return made

    def close(self) -> None:
        """Let the databases go."""
        for made in self._made:
            made.engine.dispose()


def recipients(engine: Engine) -> list[str]:
    """Return to whom digests were written, in order."""
    with engine.connect() as connection:
        query = select(orm.letters.c.recipient).where(orm.letters.c.kind == LetterKind.DIGEST)
        return sorted(connection.scalars(query))


def test_each_gets_one_digest_a_morning(apps: Apps, engine: Engine) -> None:
    """The officer, the manager and the team, and no second one however often the job runs."""
    app = apps.one()
    assert remind_if_due(app) == 3
    assert recipients(engine) == [AMIR, MAY, TEAM]
    for later in (MINUTE, HOUR, 12 * HOUR):
        apps.clock.now = EIGHT + later
        assert remind_if_due(app) is None
    assert len(recipients(engine)) == 3


def test_the_next_working_day_has_its_own(apps: Apps, engine: Engine) -> None:
    """What is still overdue is said again."""
    app = apps.one()
    remind_if_due(app)
    apps.clock.now = EIGHT + timedelta(days=1)
    assert remind_if_due(app) == 3
    assert len(recipients(engine)) == 6


@pytest.mark.parametrize(
    "now",
    [
        EIGHT - MINUTE,
        datetime(2026, 11, 28, 9, 0, tzinfo=UTC),
        datetime(2026, 12, 25, 9, 0, tzinfo=UTC),
    ],
)
def test_nobody_is_reminded_before_the_time_or_on_a_closed_day(
    apps: Apps, engine: Engine, now: datetime
) -> None:
    """Not before eight, not on a Saturday, not at Christmas."""
    apps.clock.now = now
    assert remind_if_due(apps.one()) is None
    assert recipients(engine) == []


def test_the_time_is_that_of_london_in_summer_too(apps: Apps) -> None:
    """Eight in London is seven in UTC in June."""
    app = apps.one()
    apps.clock.now = datetime(2027, 6, 1, 6, 59, tzinfo=UTC)
    assert remind_if_due(app) is None
    apps.clock.now += MINUTE
    assert remind_if_due(app) == 3


def test_a_service_that_was_down_catches_up_the_same_day(apps: Apps) -> None:
    """Late is better than not at all, and yesterday's digest is no longer true."""
    apps.clock.now = EIGHT + 9 * HOUR
    assert remind_if_due(apps.one()) == 3


def test_a_clock_that_was_ahead_keeps_nobody_from_being_reminded(apps: Apps) -> None:
    """A run that is on record for next year is not today's."""
    app = apps.one()
    with app.units() as uow:
        uow.health.polled(REMIND, at=EIGHT + timedelta(days=365))
        uow.commit()
    assert remind_if_due(app) == 3


def test_what_a_crash_left_over_is_written_after_the_restart(apps: Apps, engine: Engine) -> None:
    """Those whose digest was written have it; the others get theirs."""
    app = apps.one()
    digest = Digest(AMIR, (Duty(DutyKind.RESPONSE, "stage 1 response", "C-1", MONDAY),))
    with app.units() as uow:
        write_digest(uow, digest, policy=app.policy, letterhead=app.letterhead, today=TUESDAY, now=EIGHT)
        uow.commit()
    assert remind_if_due(app) == 2
    assert recipients(engine) == [AMIR, MAY, TEAM]


def test_two_workers_at_once_write_each_digest_once(apps: Apps, engine: Engine) -> None:
    """Whoever comes second waits for the first, and finds it written."""
    workers = [apps.one(), apps.one()]
    barrier = threading.Barrier(2)

    def work(app: App) -> None:
        barrier.wait(10)
        remind_if_due(app)

    threads = [threading.Thread(target=work, args=(app,)) for app in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert recipients(engine) == [AMIR, MAY, TEAM]


def test_a_morning_with_nothing_due_sends_nothing_that_day(apps: Apps, engine: Engine) -> None:
    """What comes up at eleven is for tomorrow's digest: one morning, one look."""
    with SqlUnitOfWork(engine) as uow:
        for reference in ("C-1", "C-2"):
            uow.cases.get(reference).answered_on = MONDAY
        uow.commit()
    app = apps.one()
    assert remind_if_due(app) == 0
    with SqlUnitOfWork(engine) as uow:
        uow.cases.get("C-1").answered_on = None
        uow.commit()
    apps.clock.now = EIGHT + 3 * HOUR
    assert remind_if_due(app) is None
    assert recipients(engine) == []


def test_reminders_can_be_switched_off(apps: Apps, engine: Engine) -> None:
    """A council that has another way of reminding uses that."""
    assert remind_if_due(apps.one(enabled=False)) == 0
    assert recipients(engine) == []


@pytest.mark.parametrize("enabled", [True, False])
def test_reviews_that_are_due_become_tasks_the_same_morning(
    apps: Apps, engine: Engine, *, enabled: bool
) -> None:
    """Whether or not anybody is reminded by email (LGSCO 5.6, 5.11; HO 5.10, 5.15)."""
    with SqlUnitOfWork(engine) as uow:
        uow.people.add(
            Arrangement(
                address="ann@example.org", kind=ArrangementKind.ADJUSTMENT, what="large print",
                reason="asked", officer="amir", agreed_on=MONDAY, review_on=TUESDAY, case_reference="C-1",
            )
        )  # fmt: skip
        uow.commit()
    remind_if_due(apps.one(enabled=enabled))
    with SqlUnitOfWork(engine) as uow:
        assert [task.kind for task in uow.cases.get("C-1").tasks] == [TaskKind.REVIEW_ARRANGEMENT]


def test_a_digest_leaves_as_mail_that_says_that_a_machine_wrote_it(apps: Apps) -> None:
    """`auto-generated`, to the officer, with the reference and nothing of the complainant (RFC 3834, 5)."""
    app = apps.one()
    remind_if_due(app)
    sender = app.sender()
    while letter := deliver_one(
        app.units, sender, app.compose, policy=app.policy, letterhead=app.letterhead, clock=apps.clock
    ):
        assert letter.state is LetterState.SENT, letter.last_fault
    sender.close()
    mail = {each["To"]: each for each in _mail_in(app.data / "outbox" / "new")}
    assert set(mail) == {AMIR, MAY, TEAM}
    body = mail[AMIR].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert mail[AMIR]["Auto-Submitted"] == "auto-generated"
    assert "C-1" in text
    assert "Ann" not in text
    assert "Missed bin" not in text


def test_a_digest_names_the_letters_that_are_held_and_is_not_held_itself(apps: Apps, engine: Engine) -> None:
    """What is overdue stands on top; the digest leaves in the first weeks too (LGSCO 6.2, HO 6.2)."""
    app = apps.one()
    with app.units() as uow:
        for reference, day in (("C-3", MONDAY), ("C-4", TUESDAY)):
            case = new_case(reference=reference, assigned_to="amir", acknowledge_by=day)
            uow.cases.add(case)
            write_letter(
                uow, case, LetterKind.RECEIPT, policy=Policy(delivery=DeliveryMode.HOLD),
                letterhead=app.letterhead, now=EIGHT,
            )  # fmt: skip
        uow.commit()
    with app.units() as uow:
        for reference in ("C-3", "C-4"):
            uow.cases.get(reference).acknowledged_on = MONDAY
        uow.commit()
    remind_if_due(app)
    with engine.connect() as connection:
        letters = orm.letters.c
        digests = select(letters.state, letters.text).where(
            letters.kind == LetterKind.DIGEST, letters.recipient == AMIR
        )
        ((state, said),) = connection.execute(digests).all()
    assert state is LetterState.QUEUED
    flat = " ".join(said.split())
    assert flat.count("letter that is held (receipt)") == 2
    assert flat.index("C-3") < flat.index("C-4")
    assert "ann@example.org" not in flat


def _mail_in(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(file.read_bytes(), policy=email_policy.default) for file in folder.iterdir()
    ]


def found(app: App, what: str) -> doctor.Finding | None:
    """Return what the doctor says of a thing."""
    looked = list(doctor._reminders(app))  # noqa: SLF001  # the rest of the doctor's round takes a minute
    return next((finding for finding in looked if finding.what == what), None)


def test_the_doctor_says_whom_reminders_reach(apps: Apps) -> None:
    """And what is overdue."""
    app = apps.one()
    reach, late = found(app, "reminders"), found(app, "overdue")
    assert reach == doctor.Finding("reminders", ok=True, said="to 2 officers and the team's address")
    assert late == doctor.Finding("overdue", ok=True, said="response 1")
    assert found(app, "digests") is None


def test_the_doctor_says_that_what_is_nobodys_reaches_nobody(apps: Apps) -> None:
    """Officers alone are not told of what nobody is assigned to."""
    reach = found(apps.one(to=""), "reminders")
    assert reach is not None
    assert (reach.ok, "goes to nobody" in reach.said) == (True, True)
    assert "[reminders] to" in reach.remedy


def test_the_doctor_finds_fault_where_reminders_have_nobody_to_go_to(apps: Apps, engine: Engine) -> None:
    """From the day on which something is overdue of which nobody was reminded; before, it says so only."""
    with SqlUnitOfWork(engine) as uow:
        for officer in uow.officers.all():
            officer.is_disabled = True
        uow.commit()
    app = apps.one(to="")
    reach = found(app, "reminders")
    assert reach is not None
    assert (reach.ok, "nobody to go to" in reach.said) == (False, True)
    apps.clock.now = EIGHT - timedelta(days=30)
    reach = found(app, "reminders")
    assert reach is not None
    assert reach.ok


def test_the_doctor_says_that_digests_did_not_arrive(apps: Apps, engine: Engine) -> None:
    """An officer with a mistyped address would never know."""
    app = apps.one()
    remind_if_due(app)
    with SqlUnitOfWork(engine) as uow:
        uow.letters.get(1).state = LetterState.FAILED
        uow.commit()
    fault = found(app, "digests")
    assert fault is not None
    assert (fault.ok, fault.said) == (False, "1 digests of the last week did not arrive")


def test_the_doctor_says_that_reminders_are_off(apps: Apps) -> None:
    """Which is a choice, and no fault."""
    assert found(apps.one(enabled=False), "reminders") == doctor.Finding(
        "reminders", ok=True, said="switched off in the settings"
    )


def test_what_is_overdue_is_measured(apps: Apps, engine: Engine) -> None:
    """`heard_cases_overdue` by duty, for Prometheus."""
    with SqlUnitOfWork(engine) as uow:
        task = Task(kind=TaskKind.READ_REPLY, opened_at=EIGHT, due_by=MONDAY, note="")
        case = uow.cases.get("C-2")
        case.tasks.append(task)
        uow.commit()
    text = Metrics(apps.one()).text().decode()
    (family,) = [each for each in text_string_to_metric_families(text) if each.name == "heard_cases_overdue"]
    measured = {sample.labels["duty"]: sample.value for sample in family.samples}
    assert measured == {"acknowledgement": 0, "response": 1, "action": 0, "task": 1, "review": 0}


def test_the_job_s_run_is_kept_beside_the_mailboxes(apps: Apps, engine: Engine) -> None:
    """A restart knows by it that the morning's reminders were written."""
    remind_if_due(apps.one())
    with SqlUnitOfWork(engine, reads=True) as uow:
        runs = {row.account: row.last_success_at for row in uow.health.all()}
    assert runs[REMIND] == EIGHT
