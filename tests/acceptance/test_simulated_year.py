"""Six weeks without an officer, over Christmas and an outage; and the reckoning would notice a fault."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import make_case, make_message
from sqlalchemy import Engine, insert

from models import orm
from models.codes import Outcome, Status
from models.unit_of_work import SqlUnitOfWork

BENCH = Path(__file__).parents[2] / "bench"
ARRIVED = datetime(2026, 12, 23, 16, 30, tzinfo=UTC)
IN_TIME = datetime(2027, 1, 7, 12, 0, tzinfo=UTC)
"""Working day 4: the council is closed from 24 December to 1 January, and a weekend follows."""

SENDER, MESSAGE = "ann@example.org", "<first@example.org>"


@pytest.mark.usefixtures("dovecot")
def test_six_weeks_without_an_officer_leave_nobody_late_doubled_or_unanswered(
    artefacts: Path, tmp_path: Path
) -> None:
    """The program, Dovecot and an SMTP server; only the clock is not real (LGSCO 6.2, 6.12; HO 6.2, 6.11)."""
    options = {
        "--messages": "300", "--first": "2026-12-04", "--last": "2027-01-17",
        "--away-from": "2026-12-08", "--away-until": "2026-12-10",
        "--artefacts": str(artefacts), "--plot": str(tmp_path / "plot.png"),
    }  # fmt: skip
    command = [sys.executable, str(BENCH / "simulate_year.py"), "--json"]
    done = subprocess.run(
        [*command, *(part for option in options.items() for part in option)],
        capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    lines = json.loads(done.stdout)["lines"]
    assert [line for line in lines if line["holds"] is False] == []
    assert done.returncode == 0, done.stderr
    said = {line["what"]: line["said"] for line in lines}
    assert said["of these, acknowledged within 5 working days"] == "100.00%"
    assert int(said["the latest working day"]) <= 5
    assert int(said["the others"]) > 100
    assert int(said["polls that found Dovecot away"]) > 30
    assert (tmp_path / "plot.png").stat().st_size > 10_000


@pytest.fixture
def engine_with_a_complaint(engine: Engine) -> Engine:
    """Put a complaint on record as triage took it, with nothing said of letters."""
    message = make_message(outcome=Outcome.CASE, received_at=ARRIVED, id=None, sha256=None)
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(make_case(id=None, messages=[message]))
        uow.flush()
        probabilities = dict.fromkeys((status.value for status in Status), 0.0) | {"complaint": 0.9}
        document = {"status": {"value": "complaint", "probabilities": probabilities}, "flags": []}
        uow.commit()
    with engine.begin() as connection:
        connection.execute(
            insert(orm.decisions).values(
                message_id=message.id, decided_at=ARRIVED, artefact="a", status=Status.COMPLAINT,
                officer_decides=False, document=document,
            )
        )  # fmt: skip
    return engine


@pytest.mark.parametrize(
    ("letters", "fault"),
    [
        ([], "late or never"),
        ([IN_TIME + timedelta(days=2, hours=12)], "late or never"),
        ([IN_TIME, IN_TIME], "doubled: same person, case, kind and stage"),
    ],
)
def test_the_reckoning_notices_who_is_late_and_who_is_written_to_twice(
    engine_with_a_complaint: Engine, letters: list[datetime], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that never says NO proves nothing; it counts working days by a calendar of its own."""
    faults = _reckoned(engine_with_a_complaint, letters, monkeypatch)
    assert fault in faults


def test_the_reckoning_finds_no_fault_with_working_day_4(
    engine_with_a_complaint: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifteen days lie between the message and its letter, and four of them are working days."""
    faults = _reckoned(engine_with_a_complaint, [IN_TIME], monkeypatch)
    # The letter is handed to the reckoning alone, and nobody sent a digest: both are noticed, too.
    assert faults == {"taken, and not on record", "working days without one, from the first on"}


def _reckoned(engine: Engine, letters: list[datetime], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Reckon what one person wrote and what the mail server took for them; return what must not be."""
    monkeypatch.syspath_prepend(str(BENCH))
    import year_mail  # noqa: PLC0415  # benchmarks are scripts, in a folder of their own
    import year_reckoning  # noqa: PLC0415

    arrival = year_mail.Arrival(ARRIVED, year_mail.Kind.FIRST, MESSAGE, SENDER, b"", label=Status.COMPLAINT)
    taken: list[Any] = [
        year_mail.Sent(
            at=at, recipient=SENDER, message_id=f"<{number}@harrowmere.example>", answers=MESSAGE,
            kind="stage_1_acknowledgement", reference="C-4827-1930-70",
            text="by Thursday 21 January 2027", written_at=IN_TIME,
        )
        for number, at in enumerate(letters)
    ]  # fmt: skip
    year = (ARRIVED.date(), ARRIVED.date())
    scenario = year_mail.Scenario(*year, messages=1, outage=year)
    reckoned = year_reckoning.reckon(engine, [arrival], taken, refusing=set(), scenario=scenario)
    return {line.what for line in reckoned.lines if line.holds is False}
