"""The simulated year's record: the rows of the database and the SMTP server's letters beside what arrived."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from year_days import after, day_of, working_day_of
from year_mail import Arrival, Kind, Sent
from year_words import Says

from models import orm
from models.codes import Flag, Status

ACKNOWLEDGE_WITHIN = 5
RESPOND_WITHIN = {1: 10, 2: 20}
STAGE_OF = {"stage_1_acknowledgement": 1, "stage_2_acknowledgement": 2}
FORMAL = (Status.COMPLAINT, Status.ESCALATION)
PEOPLE = frozenset({Kind.FIRST, Kind.REPLY})
_FOR_A_PERSON = {Flag.SAFEGUARDING.value, Flag.ABUSIVE.value}
_LIKELY = 0.3


@dataclass(frozen=True)
class Filed:
    """A message that arrived, with its row of the ledger, its case and what triage decided."""

    arrival: Arrival
    row: dict[str, Any]
    case: dict[str, Any] | None
    decision: dict[str, Any] | None

    def __str__(self) -> str:
        """Name the message so that its case can be found; everybody is invented."""
        return f"{self.case['reference'] if self.case else 'no case'} (message {self.row['id']})"

    @property
    def day(self) -> date:
        """The day of receipt, from which working days are counted."""
        return day_of(self.arrival.at)

    @property
    def is_likely(self) -> bool:
        """Whether by our record it is a complaint: triage takes it for one, or its writer chose so."""
        if self.arrival.says is Says.CHOICE:
            return True
        if self.decision is None:
            return False
        status = self.decision["status"]
        chance = sum(status["probabilities"][each.value] for each in FORMAL)
        return status["value"] in FORMAL or chance >= _LIKELY

    @property
    def asks_for_stage_2(self) -> bool:
        """Whether triage takes it for an escalation."""
        return self.decision is not None and self.decision["status"]["value"] == Status.ESCALATION.value


@dataclass(frozen=True)
class Matter:
    """A complaint or an escalation by our record: what began it, and the letter that acknowledged it."""

    begun_by: Filed
    letter: Sent | None

    @property
    def working_day(self) -> int | None:
        """By which working day after receipt it was acknowledged, None where it was not."""
        return working_day_of(self.begun_by.day, day_of(self.letter.at)) if self.letter else None


class Record:
    """What the reckoning asks."""

    def __init__(self, engine: Engine, arrived: Sequence[Arrival], taken: Sequence[Sent]) -> None:
        self.taken = taken
        self.rows = _rows(engine, orm.messages)
        self.letters = _rows(engine, orm.letters)
        self.tasks = [task for task in _rows(engine, orm.tasks) if task["closed_at"] is None]
        self._cases = {row["id"]: row for row in _rows(engine, orm.cases)}
        self.filed, self.lost = self._file(arrived, _rows(engine, orm.decisions))
        self.people = [each for each in self.filed if each.arrival.kind in PEOPLE]
        written = (each for each in self.filed if each.arrival.kind in PEOPLE | {Kind.NOTICE} and each.case)
        self._on_case = _by(written, lambda each: each.row["case_id"])
        self._letters_on = _by(taken, lambda each: (each.reference, each.recipient))
        self._tasks_on = _by(self.tasks, lambda task: task["case_id"])

    def matters(self) -> list[Matter]:
        """Return every complaint and escalation by our record."""
        return [*self._first_stages(), *self._second_stages()]

    def letters_to(self, filed: Filed) -> list[Sent]:
        """Return the letters that the writer of a message was sent about its case, in order."""
        found: list[Sent] = (
            self._letters_on[filed.case["reference"], filed.arrival.sender] if filed.case else []
        )
        return found

    def answer_to(self, filed: Filed) -> Sent | None:
        """Return the first letter about its case after a message, None where there was none."""
        return next((each for each in self.letters_to(filed) if each.at >= filed.arrival.at), None)

    def open_tasks(self, filed: Filed) -> list[dict[str, Any]]:
        """Return the open tasks that a message brought about, on its case or by itself."""
        of_message = [task for task in self._tasks_on[None] if task["message_id"] == filed.row["id"]]
        of_case = self._tasks_on[filed.row["case_id"]] if filed.row["case_id"] else []
        return [*of_message, *(task for task in of_case if task["opened_at"] >= filed.arrival.at)]

    def timely_tasks(self, filed: Filed) -> list[dict[str, Any]]:
        """Return those of them that are due within the working days of an acknowledgement."""
        limit = after(filed.day, ACKNOWLEDGE_WITHIN)
        return [task for task in self.open_tasks(filed) if task["due_by"] <= limit]

    def is_delicate(self, filed: Filed) -> bool:
        """Say whether triage saw a sign of safeguarding or abuse in any message of its case."""
        said = [each.decision for each in self._on_case[filed.row["case_id"]] if each.decision]
        return any(flag["code"] in _FOR_A_PERSON for decision in said for flag in decision["flags"])

    def _file(
        self, arrived: Sequence[Arrival], decisions: Sequence[dict[str, Any]]
    ) -> tuple[list[Filed], list[Arrival]]:
        waiting = _by(self.rows, lambda row: row["message_id"])
        said = {each["message_id"]: each["document"] for each in decisions}
        filed, lost = [], []
        for arrival in arrived:
            if not waiting[arrival.message_id]:
                lost.append(arrival)
                continue
            # A copy bears the Message-ID of the first, and comes after it.
            row = waiting[arrival.message_id].pop(0)
            filed.append(Filed(arrival, row, self._cases.get(row["case_id"]), said.get(row["id"])))
        return filed, lost

    def _first_stages(self) -> Iterable[Matter]:
        """Yield the complaint of each case that holds one by our record, from the message that began it."""
        for filed in self._on_case.values():
            beginnings = [each for each in filed if each.is_likely]
            if not beginnings and filed[0].case["status"] in FORMAL:
                beginnings = filed[:1]
            if beginnings:
                yield Matter(beginnings[0], self._letter_after(beginnings[0], *STAGE_OF))

    def _second_stages(self) -> Iterable[Matter]:
        """Yield each first request for stage 2 that came when the promised answer had not (LGSCO 6.12)."""
        for filed in self._on_case.values():
            letters = self.letters_to(filed[0])
            first = next((each for each in letters if each.kind == "stage_1_acknowledgement"), None)
            if first is None:
                continue
            promised = after(day_of(first.written_at), RESPOND_WITHIN[1])
            asked = [each for each in filed if each.asks_for_stage_2 and each.day > promised]
            if asked:
                yield Matter(asked[0], self._letter_after(asked[0], "stage_2_acknowledgement"))

    def _letter_after(self, filed: Filed, *kinds: str) -> Sent | None:
        found = (
            each for each in self.letters_to(filed) if each.kind in kinds and each.at >= filed.arrival.at
        )
        return next(found, None)


def _rows(engine: Engine, what: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(what).order_by(what.c.id)).mappings()]


def _by(values: Iterable[Any], key: Callable[[Any], Any]) -> defaultdict[Any, list[Any]]:
    found = defaultdict(list)
    for value in values:
        found[key(value)].append(value)
    return found
