"""The figures that Prometheus asks for, read from the record when it asks."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bootstrap import App
from models import queries
from models.codes import LetterState, Outcome
from models.deadlines import LONDON
from models.errors import HeardError
from models.health import MailboxHealth
from operations.health import Level, Seen, judge, observe
from operations.reminders import overdue

_KEPT_S = 60.0
_SHARE = 50
"""A count that takes long is kept longer, so that counting takes a fiftieth of the time at most."""

_Counted = TypeVar("_Counted")


class Metrics:
    """Everything that is measured, as text for Prometheus."""

    def __init__(self, app: App) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Figures(app))

    def text(self) -> bytes:
        """Read the record and write the figures down."""
        return generate_latest(self._registry)


class KeptFor(Generic[_Counted]):
    """Remembers what a costly question was answered, for a minute at least."""

    def __init__(self, ask: Callable[[], _Counted], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._kept: tuple[_Counted, float] | None = None

    def get(self) -> _Counted:
        """Return the answer, asked again where it is old."""
        if self._kept is None or self._clock() >= self._kept[1]:
            begun = self._clock()
            answer = self._ask()
            ended = self._clock()
            self._kept = answer, ended + max(_KEPT_S, _SHARE * (ended - begun))
        return self._kept[0]


class _Figures(Collector):
    """Reads the record at every scrape; what would have to count a whole table is remembered for a while."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._outcomes = KeptFor(lambda: queries.ledger_counts(app.engine))
        self._letters = KeptFor(lambda: queries.letter_counts(app.engine))
        self._overdue = KeptFor(lambda: overdue(app))

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: the record need not be there when the service starts."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Return every figure; where the record is away, only that we are not healthy."""
        try:
            seen, now = observe(self._app), self._app.clock()
            figures = [
                *_of_mailboxes(seen.mailboxes),
                *_of_queues(seen, now),
                *_of_reconciling(seen),
                _labelled("heard_messages", "Messages of the ledger by outcome.", "outcome",
                          {code.value: self._outcomes.get()[code.value] for code in Outcome}),
                _labelled("heard_letters", "Letters by state.", "state",
                          {state.value: self._letters.get().get(state.value, 0) for state in LetterState}
                          | {"queued": seen.backlog.letters}),
                _labelled("heard_cases_overdue", "What was due before today and is still owed.", "duty",
                          {kind.value: count for kind, count in self._overdue.get().items()}),
            ]  # fmt: skip
        except HeardError:
            return [_healthy(is_healthy=False)]
        return [_healthy(is_healthy=judge(seen, now=now).status is not Level.UNHEALTHY), *figures]


def _healthy(*, is_healthy: bool) -> Metric:
    return _one("heard_healthy", "1 where nothing is unhealthy, as /healthz judges.", float(is_healthy))


def _of_mailboxes(mailboxes: Iterable[MailboxHealth]) -> Iterable[Metric]:
    """Yield what is known of each mailbox; an instant that is not known is left out."""
    rows = list(mailboxes)
    yield _labelled(
        "heard_mailbox_away", "1 while the last attempt to read the mailbox failed.", "mailbox",
        {row.account: float(row.away_since is not None) for row in rows},
    )  # fmt: skip
    instants: dict[str, tuple[str, dict[str, datetime | None]]] = {
        "heard_mailbox_last_success_timestamp_seconds": (
            "When the mailbox was last read whole.",
            {row.account: row.last_success_at for row in rows},
        ),
        "heard_mailbox_last_message_timestamp_seconds": (
            "When the newest message that was kept had arrived.",
            {row.account: row.last_message_at for row in rows},
        ),
        "heard_token_expiry_timestamp_seconds": (
            "Until when the mailbox's token holds.",
            {row.account: row.token_expires_at for row in rows},
        ),
        "heard_secret_expiry_timestamp_seconds": (
            "When the mailbox's secret ends, at the start of that day in London.",
            {row.account: _begins(row.secret_expires_on) for row in rows},
        ),
    }
    for name, (help_text, values) in instants.items():
        known = {account: at.timestamp() for account, at in values.items() if at is not None}
        yield _labelled(name, help_text, "mailbox", known)


def _of_queues(seen: Seen, now: datetime) -> Iterable[Metric]:
    oldest = seen.backlog.oldest_message_at
    waited = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield _one("heard_messages_waiting", "Messages without an outcome.", seen.backlog.messages)
    yield _one("heard_oldest_waiting_seconds", "Age of the oldest message without an outcome.", waited)
    yield _one("heard_queue_length", "Cases and messages that await an officer.", seen.queue_length)


def _of_reconciling(seen: Seen) -> Iterable[Metric]:
    last = seen.reconciliation
    if last is not None:
        yield _one("heard_reconcile_gaps", "Gaps that the last comparison found.", last.gap_count)
        at = last.at.timestamp()
        yield _one("heard_reconcile_timestamp_seconds", "When mailboxes and ledger were last compared.", at)


def _one(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _labelled(name: str, help_text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value_of, value in values.items():
        family.add_metric([value_of], value)
    return family


def _begins(day: date | None) -> datetime | None:
    return datetime.combine(day, time_of_day(), tzinfo=LONDON) if day else None
