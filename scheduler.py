"""The unattended process: which jobs run and how often, nothing else.

Each job runs every so often by itself, which is the safety net, and at once when another wakes it: a mailbox
that announces mail wakes its poll, a poll that kept mail wakes the processing, and that wakes the delivery.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bootstrap import App, now_utc, station
from casework.deliver_letters import deliver_one
from intake.patience import Patience
from models.codes import DeliveryMode, LetterState
from models.errors import HeardError, MailboxUnavailable, RecordUnavailable, StoreUnavailable
from models.locks import single
from models.ports import Announces, Mailbox
from operations.guarding import guard_all
from operations.health import DELIVER, GUARD, PAGES
from operations.poll import poll
from operations.reconcile import reconcile_if_due
from operations.reminders import remind_if_due
from operations.serve_health import HealthServer, serve_health
from operations.undelivered import hear_of_undelivered

if TYPE_CHECKING:
    from intake.receive import Receiver
    from operations.serve_pages import PagesServer
    from triage.triager import Triager

PROCESS_SECONDS = 5
RECONCILE_SECONDS = 300
REFRESH_SECONDS = 30
REMIND_SECONDS = 60
DRIFT_SECONDS = 3600
UNDELIVERED_SECONDS = 900
_STOP_WITHIN_S = 8.0
_CLOCK_WAS_SET_S = 5.0


class Service:
    """Runs the jobs until it is told to stop: poll, process, deliver, guard."""

    def __init__(self, app: App, triager: "Triager", *, with_pages: bool = True) -> None:
        from operations.live_triager import LiveTriager  # noqa: PLC0415  # loads scikit-learn

        self._app = app
        self._triager = LiveTriager(app, triager)
        self._log = app.log
        self._receiver: Receiver = app.receiver(self._triager)
        self._mailboxes = app.mailboxes()
        self._sender = app.sender()
        self._copies = app.sent_copies()
        self._patience: dict[str, Patience] = {}
        self._stopping = threading.Event()
        self._busy: set[str] = set()
        self._jobs: dict[str, _Job] = {}
        self._watchers: list[threading.Thread] = []
        self._health: HealthServer | None = None
        self._pages: PagesServer | None = None
        self._listens = app.settings.queue.listen if with_pages else ""
        self._began_at = app.clock()

    def run(self) -> None:
        """Start the jobs and return when SIGTERM or SIGINT has stopped them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        scheduler = self._schedule()
        listen = self._app.settings.service.health_listen
        self._health = serve_health(self._app, listen) if listen else None
        self._pages = self._serve_pages()
        scheduler.start()
        self._watch()
        self._log.info("started", mailboxes=len(self._mailboxes), record=self._app.engine.dialect.name)
        self._say_delivery()
        ahead = time.time() - time.monotonic()
        while not self._stopping.wait(1.0):
            ahead = self._watch_clock(scheduler, ahead)
        self._stop(scheduler)

    def _serve_pages(self) -> "PagesServer | None":
        """Begin to serve the officers' pages; mail is read all the same where that cannot be."""
        if not self._listens:
            self._note_pages()
            return None
        from operations.serve_pages import PagesServer  # noqa: PLC0415  # loads Flask

        try:
            server = PagesServer(self._app, self._listens)
        except HeardError as error:
            self._log.error("pages_failed", why=str(error))
            self._note_pages(fault=str(error))
            return None
        self._note_pages()
        self._log.info("pages_ready", listen=self._listens)
        return server

    def _note_pages(self, *, fault: str = "") -> None:
        """Record whether the pages are served; while the record is away the log alone says it."""
        with contextlib.suppress(RecordUnavailable):
            self._note(PAGES, fault=fault)

    def _say_delivery(self) -> None:
        """Say it where letters do not go to the people: a mode for trying out must not be forgotten."""
        mode = self._app.settings.delivery.mode
        if mode is not DeliveryMode.SEND:
            self._log.warning("letters_do_not_leave", delivery=mode.value)

    def _watch_clock(self, scheduler: BackgroundScheduler, ahead: float) -> float:
        """Run every job now where the clock was set: back, they would wait for the old time to come."""
        now_ahead = time.time() - time.monotonic()
        if abs(now_ahead - ahead) > _CLOCK_WAS_SET_S:
            self._log.warning("clock_was_set", by_s=round(now_ahead - ahead))
            self._patience.clear()
            for job in scheduler.get_jobs():
                job.modify(next_run_time=now_utc())
        return now_ahead

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(len(self._mailboxes) + 7)},
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": 3600},
        )
        every = self._app.settings.service
        for mailbox in self._mailboxes:
            self._add(scheduler, f"poll {mailbox.account}", self._poller(mailbox), every.poll_seconds)
        self._add(scheduler, "process", self._process, PROCESS_SECONDS)
        self._add(scheduler, "deliver", self._deliver, every.deliver_seconds)
        self._add(scheduler, "guard", self._guard, every.guard_seconds)
        self._add(scheduler, "reconcile", self._reconcile, RECONCILE_SECONDS)
        self._add(scheduler, "remind", self._remind, REMIND_SECONDS)
        self._add(scheduler, "artefact", self._triager.refresh, REFRESH_SECONDS)
        self._add(scheduler, "drift", self._drift, DRIFT_SECONDS)
        self._add(scheduler, "retrain", self._retrain, DRIFT_SECONDS)
        self._add(scheduler, "undelivered", self._hear_of_undelivered, UNDELIVERED_SECONDS)
        return scheduler

    def _add(self, scheduler: BackgroundScheduler, name: str, job: Callable[[], None], seconds: int) -> None:
        self._jobs[name] = made = _Job(self._guarded(name, job))
        made.scheduled = scheduler.add_job(
            made.run, "interval", seconds=seconds, id=name, name=name, next_run_time=now_utc()
        )

    def _wake(self, name: str) -> None:
        if not self._stopping.is_set():
            self._jobs[name].wake(now_utc())

    def _watch(self) -> None:
        """Listen to every mailbox that can announce mail, each over a connection of its own."""
        for mailbox in self._app.mailboxes():
            if isinstance(mailbox, Announces):
                watcher = threading.Thread(target=self._listen, args=(mailbox,), daemon=True)
                self._watchers.append(watcher)
                watcher.start()

    def _listen(self, mailbox: Announces) -> None:
        """Wake the poll of a mailbox when it announces mail, until the service stops.

        The poll says in the log when a mailbox is away; here that only means a pause.
        """
        name, patience = f"poll {mailbox.account}", Patience()
        while not self._stopping.is_set():
            try:
                for _ in mailbox.news(should_stop=self._stopping.is_set):
                    patience.worked(self._app.clock())
                    self._wake(name)
            except MailboxUnavailable as error:
                self._log.info("not_listening", mailbox=mailbox.account, why=str(error))
                self._wake(name)
                self._stopping.wait(patience.failed(self._app.clock()).total_seconds())
                continue
            break
        mailbox.close()

    def _guarded(self, name: str, job: Callable[[], None]) -> Callable[[], None]:
        """Keep one job's fault from stopping the service, and say what it was."""

        def run_job() -> None:
            if self._stopping.is_set():
                return
            self._busy.add(name)
            try:
                job()
            except (RecordUnavailable, StoreUnavailable) as error:
                self._log.error("record_away", job=name, why=str(error))
            except HeardError as error:
                self._log.error("job_failed", job=name, why=str(error))
            except Exception as error:  # noqa: BLE001  # The service outlives a bug and says where it was.
                self._log.error("job_broke", job=name, error=type(error).__name__, at=_where(error))
            finally:
                self._busy.discard(name)

        return run_job

    def _poller(self, mailbox: Mailbox) -> Callable[[], None]:
        def poll() -> None:
            patience = self._patience.setdefault(mailbox.account, Patience())
            if not patience.may_try(self._app.clock()):
                return
            with single(self._app.engine, f"poll {mailbox.account}") as is_ours:
                if is_ours:
                    self._poll(mailbox, patience)

        return poll

    def _poll(self, mailbox: Mailbox, patience: Patience) -> None:
        try:
            fetched = poll(
                self._app, mailbox,
                should_stop=self._stopping.is_set, on_kept=lambda _count: self._wake("process"),
            )  # fmt: skip
        except MailboxUnavailable as error:
            pause = patience.failed(self._app.clock())
            self._log.warning(
                "mailbox_away", mailbox=mailbox.account, why=str(error),
                since=_iso(patience.away_since), next_try_in_s=pause.total_seconds(),
            )  # fmt: skip
            return
        self._say_back("mailbox_back", mailbox.account, patience.worked(self._app.clock()))
        if fetched.kept:
            self._log.info("fetched", mailbox=mailbox.account, kept=fetched.kept)
        if fetched.not_marked:
            self._log.warning("not_marked", mailbox=mailbox.account, why=fetched.not_marked)

    def _process(self) -> None:
        self._receiver.receive_all(
            should_stop=self._stopping.is_set, on_settled=lambda: self._wake("deliver")
        )

    def _deliver(self) -> None:
        patience = self._patience.setdefault("sender", Patience())
        while not self._stopping.is_set() and patience.may_try(self._app.clock()):
            letter = deliver_one(
                self._app.units, self._sender, self._app.compose,
                policy=self._app.policy, letterhead=self._app.letterhead, clock=self._app.clock,
                after_accepted=lambda: station("after_accepted"),
            )  # fmt: skip
            if letter is None:
                self._copies.flush()
                return
            self._log.info("letter", letter=letter.id, kind=letter.kind.value, state=letter.state.value)
            self._copies.keep(letter)
            if letter.state is LetterState.QUEUED and self._sender.is_away:
                pause = patience.failed(self._app.clock())
                self._log.warning(
                    "sender_away", why=letter.last_fault, since=_iso(patience.away_since),
                    next_try_in_s=pause.total_seconds(),
                )  # fmt: skip
                self._note(DELIVER, fault=letter.last_fault)
            elif letter.state in {LetterState.SENT, LetterState.FAILED}:
                if patience.away_since is not None:
                    self._note(DELIVER)
                self._say_back("sender_back", "sender", patience.worked(self._app.clock()))

    def _hear_of_undelivered(self) -> None:
        """Ask a sender to which bounces go which letters did not arrive, over a connection of its own."""
        with single(self._app.engine, "undelivered") as is_ours:
            if not is_ours:
                return
            sender = self._app.sender()
            try:
                found = hear_of_undelivered(self._app, sender)
            finally:
                sender.close()
        if found:
            self._log.info("undelivered", letters=found)

    def _guard(self) -> None:
        with single(self._app.engine, "guard") as is_ours:
            if not is_ours:
                return
            fault = guard_all(self._app)
        self._note(GUARD, fault=fault)

    def _remind(self) -> None:
        """Once every working day, from the set time on, remind those who have something to do."""
        with single(self._app.engine, "remind") as is_ours:
            written = remind_if_due(self._app) if is_ours else None
        if written is not None:
            self._log.info("reminded", digests=written)
            self._wake("deliver")

    def _drift(self) -> None:
        """Once a week say whether messages and rulings still look like what the artefact learnt from."""
        from operations.drift import drift_if_due  # noqa: PLC0415  # loads scikit-learn

        with single(self._app.engine, "drift") as is_ours:
            found = drift_if_due(self._app) if is_ours else None
        if found is None:
            return
        if found.is_alarm:
            beyond = [sign.measure.value for sign in found.signs if sign.is_beyond]
            self._log.warning("drift", beyond=beyond, messages=found.messages, rulings=found.rulings)
        else:
            self._log.info("no_drift", messages=found.messages, rulings=found.rulings)

    def _retrain(self) -> None:
        """Once a week learn from new rulings, in a process of its own that ends with the service."""
        from operations import retrain  # noqa: PLC0415  # loads scikit-learn

        with single(self._app.engine, "retrain") as is_ours:
            if not is_ours or not retrain.is_due(self._app):
                return
            process = retrain.begin(self._app)
            while process.is_alive() and not self._stopping.wait(1.0):
                pass
            if process.is_alive():
                process.terminate()
            process.join()

    def _reconcile(self) -> None:
        found = reconcile_if_due(self._app, began_at=self._began_at)
        if found is None:
            return
        gaps = {code.value: count for code, count in found.gap_counts.items()}
        if gaps:
            self._log.error("gaps_found", compared=found.compared, **gaps)
        else:
            self._log.info("reconciled", compared=found.compared)

    def _note(self, job: str, *, fault: str = "") -> None:
        """Record how a job's last run ended, for those who ask how the service is."""
        with self._app.units() as uow:
            if fault:
                uow.health.failed(job, at=self._app.clock(), fault=fault)
            else:
                uow.health.polled(job, at=self._app.clock())
            uow.commit()

    def _say_back(self, event: str, name: str, away: timedelta | None) -> None:
        if away is not None:
            self._log.info(event, name=name, was_away_s=round(away.total_seconds()))

    def _stop(self, scheduler: Any) -> None:
        """Let running jobs finish their message; what takes longer is safe to cut off."""
        self._log.info("stopping")
        scheduler.shutdown(wait=False)
        deadline = time.monotonic() + _STOP_WITHIN_S
        for watcher in self._watchers:
            watcher.join(timeout=max(0.0, deadline - time.monotonic()))
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._busy:
            self._log.warning("stopped_in_mid_job", jobs=sorted(self._busy))
            os._exit(0)  # Every step survives being cut off; a hung server must not keep us.
        for server in (self._health, self._pages):
            if server is not None:
                server.close()
        self._sender.close()
        self._copies.close()
        self._receiver.reader.close()
        for mailbox in self._mailboxes:
            mailbox.close()
        self._log.info("stopped")


class _Job:
    """A job that runs by the clock, and once more at once whenever it is woken; never twice at a time."""

    def __init__(self, job: Callable[[], None]) -> None:
        self.scheduled: Any = None
        self._job = job
        self._lock = threading.Lock()
        self._is_running = self._is_woken = False

    def run(self) -> None:
        """Run the job, and again as long as somebody wakes it meanwhile."""
        with self._lock:
            self._is_woken = True
            if self._is_running:
                return
            self._is_running = True
        while self._is_asked_for():
            self._job()

    def wake(self, now: datetime) -> None:
        """Have the job run now; if it is running, then again when it is done."""
        with self._lock:
            self._is_woken = True
            if self._is_running:
                return
        with contextlib.suppress(JobLookupError):
            self.scheduled.modify(next_run_time=now)

    def _is_asked_for(self) -> bool:
        with self._lock:
            self._is_running, self._is_woken = self._is_woken, False
            return self._is_running


def run_service(app: App, *, with_pages: bool = True) -> None:
    """Run unattended until told to stop: `heard run`.

    Raises AlreadyRunning where another process has the data directory.
    """
    with app.alone():
        app.open_record()
        triager = app.triager(progress=lambda step, *_: app.log.info("training", step=step))
        Service(app, triager, with_pages=with_pages).run()


def _iso(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else ""


def _where(error: BaseException) -> str:
    """Return file and line of a bug without the values around it, which may be personal."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
