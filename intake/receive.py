"""One message, start to end: parsed, sorted, triaged, and settled with exactly one outcome.

Messages are taken in small batches, so that triage can look at many at once; each is settled in a unit of
work of its own. Whatever fails is quarantined with its reason, and the next message goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from casework.deliver_letters import mark_undelivered
from casework.join_case import join_case, raises_another_matter
from casework.open_case import open_case
from casework.policy import Policy
from casework.quarantine import quarantine
from intake.documents.letter_date import with_claimed_date
from intake.fetch import Station
from intake.glimpse import glimpse
from intake.reader import Reads
from intake.sort import Road, Sorted, identity_of, is_machine_mail, sort_message
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Task
from models.codes import Outcome, TaskKind
from models.deadlines import received_on
from models.decision import Decision, Prediction
from models.errors import RecordUnavailable, StoreUnavailable, UnreadableMessage
from models.message import Message, ParsedMessage
from models.ports import UnitOfWork, UnitsOfWork
from triage.corpus import TriageInput

BATCH = 50
BATCH_BYTES = 32_000_000
MOST_ATTEMPTS = 3
_MOST_CLASHES = 5

Triaged = tuple[Prediction, Decision]
_ANOTHER_MATTER = "answers {}, which was not accepted, and seems to be about something else"
_STOPPED_THE_READER = f"it was tried {MOST_ATTEMPTS} times and each time the reader stopped"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Triages(Protocol):
    """Whatever makes a prediction and a decision of each message."""

    def triage(self, messages: Iterable[TriageInput]) -> Iterator[Triaged]:
        """Yield what is said of each message, in order."""
        ...


class Log(Protocol):
    """Where events go: one line each, no personal data."""

    def info(self, event: str, **values: object) -> object:
        """Write what happened."""
        ...

    def error(self, event: str, **values: object) -> object:
        """Write what went wrong."""
        ...


@dataclass
class _Item:
    """A message on its way through the batch."""

    id: int
    parsed: ParsedMessage | None = None
    glimpse: ParsedMessage | None = None
    triaged: Triaged | None = None
    received_at: datetime = _NEVER
    fault: str = ""


@dataclass(frozen=True)
class Receiver:
    """Takes kept messages to their outcomes; holds what that needs, and no state."""

    units: UnitsOfWork
    reader: Reads
    triager: Triages
    policy: Policy
    letterhead: Letterhead
    worker: str
    clock: Callable[[], datetime]
    log: Log
    is_clash: Callable[[BaseException], bool]
    station: Station = field(default=lambda _name: None)

    def receive_all(
        self,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        on_settled: Callable[[], None] = lambda: None,
    ) -> int:
        """Settle everything that waits, in order, and return how much it was; says so after each batch.

        While one batch is triaged and settled, the next is being read in the reading process.
        """
        settled = 0
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read ahead") as ahead:
            upcoming = ahead.submit(self._read_batch)
            while items := upcoming.result():
                upcoming = ahead.submit(self._read_batch)
                try:
                    self._finish(items)
                except RecordUnavailable:
                    self._give_back_upcoming(upcoming)
                    raise
                settled += len(items)
                on_settled()
                if should_stop():
                    self._give_back_upcoming(upcoming)
                    break
        return settled

    def _read_batch(self) -> list["_Item"]:
        """Claim the next messages and read them; a batch is bounded in number and in bytes."""
        with self.units() as uow:
            ids = uow.messages.claim(
                limit=BATCH, most_bytes=BATCH_BYTES, worker=self.worker, now=self.clock()
            )
            uow.commit()
        try:
            with self.units(reads=True) as uow:
                found = uow.messages.with_raw(ids)
            items = [self._read(message, raw) for message, raw in found]
        except (RecordUnavailable, StoreUnavailable):
            self._give_back(ids)
            raise
        self.station("after_parse")
        return items

    def _finish(self, items: list["_Item"]) -> None:
        """Triage and settle what was read."""
        try:
            self._triage(items)
            for item in items:
                self._settle(item)
        except RecordUnavailable:
            self._give_back([item.id for item in items])
            raise

    def _give_back_upcoming(self, upcoming: "Future[list[_Item]]") -> None:
        if upcoming.exception() is None:
            self._give_back([item.id for item in upcoming.result()])

    def _give_back(self, ids: list[int]) -> None:
        """Let go of what the record's fault kept from being settled; the lease does it if this fails too."""
        try:
            with self.units() as uow:
                uow.messages.give_back(ids)
                uow.commit()
        except RecordUnavailable as error:
            self.log.error("claims_kept", messages=len(ids), why=str(error))

    def _read(self, message: Message, raw: bytes) -> _Item:
        """Parse one message; what cannot be parsed carries its fault on."""
        number, arrived = message.id or 0, message.received_at
        if message.attempts > MOST_ATTEMPTS:
            return _Item(number, glimpse=glimpse(raw), fault=_STOPPED_THE_READER)
        try:
            parsed = self.reader.read(raw, filename=message.filename)
            if message.filename and parsed.sender is None:
                parsed = with_claimed_date(parsed, not_after=received_on(arrived))
            return _Item(number, parsed=parsed, received_at=arrived)
        except StoreUnavailable:
            raise
        except UnreadableMessage as error:
            return _Item(number, glimpse=glimpse(raw), fault=f"{error.reason}: {error}")
        except Exception as error:  # noqa: BLE001  # One message must never stop the next.
            self.log.error("parse_failed", message=number, error=type(error).__name__)
            return _Item(number, fault=f"the parser failed on it ({type(error).__name__})")

    def _triage(self, items: list[_Item]) -> None:
        """Triage what a person may have written, all at once."""
        waiting = [item for item in items if item.parsed and not is_machine_mail(item.parsed)]
        try:
            said = list(self.triager.triage([_input(item) for item in waiting]))
        except Exception as error:  # noqa: BLE001  # One message must never stop the next.
            self.log.error("triage_failed", messages=len(waiting), error=type(error).__name__)
            for item in waiting:
                self._triage_alone(item)
            return
        for item, triaged in zip(waiting, said, strict=True):
            item.triaged = triaged

    def _triage_alone(self, item: _Item) -> None:
        try:
            (item.triaged,) = self.triager.triage([_input(item)])
        except Exception as error:  # noqa: BLE001  # It goes to an officer by way of quarantine.
            item.fault = f"triage failed on it ({type(error).__name__})"

    def _settle(self, item: _Item) -> None:
        """Give a message its outcome; a clash with another worker is tried again."""
        for _ in range(_MOST_CLASHES):
            try:
                self._settle_once(item)
            except RecordUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # The one broad except around one message.
                if self.is_clash(error):
                    continue
                self.log.error("settling_failed", message=item.id, error=type(error).__name__)
                item.fault = f"handling it failed ({type(error).__name__})"
                continue
            return
        self.log.error("not_settled", message=item.id)  # Its lease ends, and it is tried again, alone.

    def _settle_once(self, item: _Item) -> None:
        now = self.clock()
        with self.units() as uow:
            message = uow.messages.get(item.id)
            if message.outcome is not None:
                return  # Another worker was quicker.
            if item.parsed is None or item.fault:
                seen = item.parsed or item.glimpse
                if seen is not None:
                    message.describe(seen)
                quarantine(uow, message, reason=item.fault, working_days=self.policy.working_days, now=now)
            else:
                message.describe(item.parsed)
                message.identity = identity_of(item.parsed, message.sha256)
                self._take_road(uow, message, item, now=now)
            self.station("before_commit")
            uow.commit()
        self.station("after_case")
        self.log.info("message_settled", message=item.id, outcome=str(message.outcome))

    def _take_road(self, uow: UnitOfWork, message: Message, item: _Item, *, now: datetime) -> None:
        parsed = item.parsed
        if parsed is None:
            raise ValueError("only parsed messages have a road")
        road = sort_message(uow, message, parsed, reference_key=self.policy.reference_key)
        uow.messages.add_attachments(message, parsed.attachments)
        if road.road is Road.DUPLICATE:
            message.duplicate_of_id = road.original.id if road.original else None
            message.settle(Outcome.DUPLICATE, reason=road.reason, now=now)
        elif road.road is Road.BOUNCE:
            self._file_bounce(uow, message, parsed, road, now=now)
        elif road.road is Road.MACHINE:
            message.case_id = road.case.id if road.case else None
            message.settle(Outcome.MACHINE, reason=road.reason, now=now)
        else:
            self._to_officer(uow, message, parsed, road, item.triaged, now=now)
        uow.audit.add(
            AuditRow(
                at=now, actor="heard", action="message_sorted", message_id=message.id,
                detail={"road": road.road.value, "reason": road.reason, "defects": list(parsed.defects)},
            )
        )  # fmt: skip

    def _to_officer(
        self,
        uow: UnitOfWork,
        message: Message,
        parsed: ParsedMessage,
        road: Sorted,
        triaged: Triaged | None,
        *,
        now: datetime,
    ) -> None:
        if triaged is None:
            raise ValueError("what a person wrote is triaged before it becomes a case")
        prediction, decision = triaged
        uow.messages.add_prediction(message, prediction, now=now)
        uow.messages.add_decision(message, decision, now=now)
        beside = _beside(road.case, message, decision)
        if road.case is not None and beside is None:
            join_case(
                uow, road.case, message, parsed, decision, how=road.reason,
                policy=self.policy, letterhead=self.letterhead, now=now,
            )  # fmt: skip
        else:
            why = _ANOTHER_MATTER.format(beside.reference) if beside else ""
            open_case(
                uow, message, parsed, decision, note=why or road.reason,
                may_belong_to=beside or road.quoted, why_apart=why,
                policy=self.policy, letterhead=self.letterhead, now=now,
            )  # fmt: skip

    def _file_bounce(
        self, uow: UnitOfWork, message: Message, parsed: ParsedMessage, road: Sorted, *, now: datetime
    ) -> None:
        """File a bounce, and reopen what the letter that bounced had acknowledged."""
        if road.letter is not None:
            mark_undelivered(uow, road.letter, road.case, why=parsed.bounce_reason, now=now)
        elif not message.is_historic:
            due_by = self.policy.working_days.acknowledge_by(received_on(message.received_at))
            uow.messages.add_task(
                Task(
                    kind=TaskKind.UNMATCHED_BOUNCE, opened_at=now, due_by=due_by, message_id=message.id,
                    note="a letter came back and names none of ours; see whom it did not reach",
                )
            )  # fmt: skip
        message.case_id = road.case.id if road.case else None
        message.settle(Outcome.MACHINE, reason=road.reason, now=now)


def _beside(case: Case | None, message: Message, decision: Decision) -> Case | None:
    """Return the case that a message answers where it becomes a case beside it all the same."""
    if case is None or message.is_historic or not raises_another_matter(case, decision):
        return None
    return case


def _input(item: _Item) -> TriageInput:
    parsed = item.parsed or ParsedMessage()
    return TriageInput(
        id=str(item.id),
        subject=parsed.subject,
        body=parsed.words_to_triage,
        received_at=item.received_at,
        sender=str(parsed.sender or ""),
    )
