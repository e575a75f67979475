"""The health server over real sockets, on both databases: what it answers, and what it never says."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from fakes import FakeClock
from prometheus_client.parser import text_string_to_metric_families
from rows import new_case, new_letter, new_message
from sqlalchemy import Engine, text

from bootstrap import App
from models.codes import LetterState, Outcome
from models.errors import InputInvalid
from models.health import Gap, GapCode, Reconciliation
from models.unit_of_work import SqlUnitOfWork
from operations.health import DELIVER, GUARD
from operations.serve_health import serve_health
from settings import Settings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands at noon."""
    return FakeClock(NOW)


@pytest.fixture
def app(engine: Engine, record_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[App]:
    """Return the program at noon, with one mailbox that was read a minute ago."""
    made = program(record_url, tmp_path, clock)
    with SqlUnitOfWork(engine) as uow:
        uow.health.polled("complaints", at=NOW - MINUTE, newest=NOW - 60 * MINUTE)
        uow.health.polled(GUARD, at=NOW - MINUTE)
        uow.health.reconciled(Reconciliation(at=NOW - 9 * 60 * MINUTE, mailboxes=1, compared=10))
        uow.commit()
    yield made
    made.engine.dispose()


@pytest.fixture
def port(app: App) -> Iterator[int]:
    """Serve health on a free port."""
    server = serve_health(app, "127.0.0.1:0")
    yield server.port
    server.close()


def program(record_url: str, folder: Path, clock: FakeClock) -> App:
    """Return the program on a record."""
    said = {
        "data": folder, "organisation": {"name": "Harrowmere Council"}, "record": {"url": record_url},
        "mailboxes": [{"name": "complaints", "kind": "maildir", "path": folder / "inbox"}],
    }  # fmt: skip
    return App(Settings.model_validate(said), structlog.get_logger(), clock=clock)


def get(port: int, path: str, *, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Ask over a socket of our own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def healthz(port: int) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of the judgement."""
    status, headers, body = get(port, "/healthz")
    assert headers["Content-Type"] == "application/json"
    return status, json.loads(body)


def metrics(port: int) -> dict[str, float]:
    """Return every figure by its name and labels."""
    status, headers, body = get(port, "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=1.0.0")
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def test_a_service_that_does_its_work_is_200_and_says_what_it_knows(port: int) -> None:
    """The judgement check by check, and the figures that it was made from."""
    status, told = healthz(port)
    assert (status, told["status"]) == (200, "ok")
    assert {check["name"] for check in told["checks"]} >= {"mailbox complaints", "guard", "reconcile", "disk"}
    assert told["mailboxes"] == [
        {
            "mailbox": "complaints",
            "last_success_at": "2026-11-24T11:59:00+00:00",
            "last_message_at": "2026-11-24T11:00:00+00:00",
            "away_since": None,
            "token_expires_at": None,
            "secret_expires_on": None,
        }
    ]
    assert (told["messages_waiting"], told["letters_waiting"], told["queue_length"]) == (0, 0, 0)


def test_intake_that_stands_still_is_503_though_nothing_failed(clock: FakeClock, port: int) -> None:
    """The same record, an hour later."""
    clock.move(60 * MINUTE)
    status, told = healthz(port)
    assert (status, told["status"]) == (503, "unhealthy")
    said = {check["name"]: check["said"] for check in told["checks"] if check["level"] == "unhealthy"}
    assert said["mailbox complaints"] == "no successful poll of complaints since 11:59 UTC"
    assert metrics(port)["heard_healthy"] == 0


def test_what_a_server_said_is_told_without_addresses(engine: Engine, clock: FakeClock, port: int) -> None:
    """Neither page names anybody."""
    with SqlUnitOfWork(engine) as uow:
        uow.health.failed("complaints", at=NOW, fault="NO <ann@example.org> may not open this")
        uow.cases.add(new_case())
        uow.commit()
    clock.move(60 * MINUTE)
    pages = get(port, "/healthz")[2] + get(port, "/metrics")[2]
    assert b"may not open this" in pages
    assert b"@" not in pages
    assert b"Ann" not in pages


def test_the_metrics_are_those_of_the_record(engine: Engine, port: int) -> None:
    """Counted by outcome and state, dated by mailbox."""
    with SqlUnitOfWork(engine) as uow:
        uow.cases.add(new_case())
        for number, outcome in enumerate((Outcome.MACHINE, Outcome.QUARANTINE, None, None)):
            at = NOW - (number + 1) * MINUTE
            uow.messages.keep(new_message(uid=str(number), outcome=outcome, fetched_at=at), b"x")
        for number, state in enumerate((LetterState.SENT, LetterState.SENT, LetterState.QUEUED)):
            uow.letters.add(new_letter(message_id=f"<{number}@x>", state=state, due_at=NOW))
        uow.health.polled("complaints", at=NOW, token_expires_at=NOW + 60 * MINUTE)
        gap = Gap(GapCode.NOT_KEPT, "complaints", "INBOX uid 7", "")
        uow.health.reconciled(
            Reconciliation(at=NOW, mailboxes=1, compared=9, gaps=(gap,), gap_counts={GapCode.NOT_KEPT: 3})
        )
        uow.commit()
    noon = NOW.timestamp()
    assert metrics(port) == {
        "heard_healthy": 0,
        "heard_mailbox_away[complaints]": 0,
        "heard_mailbox_last_success_timestamp_seconds[complaints]": noon,
        "heard_mailbox_last_message_timestamp_seconds[complaints]": noon - 3600,
        "heard_token_expiry_timestamp_seconds[complaints]": noon + 3600,
        "heard_messages_waiting": 2,
        "heard_oldest_waiting_seconds": 180,
        "heard_queue_length": 1,
        "heard_reconcile_gaps": 3,
        "heard_reconcile_timestamp_seconds": noon,
        "heard_messages[case]": 0,
        "heard_messages[reply]": 0,
        "heard_messages[machine]": 1,
        "heard_messages[duplicate]": 0,
        "heard_messages[quarantine]": 1,
        "heard_letters[queued]": 1,
        "heard_letters[sent]": 2,
        "heard_letters[held]": 0,
        "heard_letters[by_hand]": 0,
        "heard_letters[withdrawn]": 0,
        "heard_letters[failed]": 0,
        "heard_cases_overdue[acknowledgement]": 1,
        "heard_cases_overdue[response]": 0,
        "heard_cases_overdue[action]": 0,
        "heard_cases_overdue[task]": 0,
        "heard_cases_overdue[review]": 0,
    }


def test_a_mail_server_that_is_away_is_told_by_the_delivery_job(engine: Engine, port: int) -> None:
    """The scheduler notes when sending began to fail; letters then wait for longer than an hour."""
    with SqlUnitOfWork(engine) as uow:
        uow.health.failed(DELIVER, at=NOW - 90 * MINUTE, fault="cannot be reached")
        uow.letters.add(new_letter(due_at=NOW + MINUTE))
        uow.commit()
    status, told = healthz(port)
    assert status == 503
    (letters,) = [check for check in told["checks"] if check["name"] == "letters"]
    assert "the mail server has been away since 10:30 UTC" in letters["said"]
    assert [row["mailbox"] for row in told["mailboxes"]] == ["complaints"], "a job is no mailbox"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404), ("GET", "/healthz/", 404), ("GET", "/../etc/passwd", 404), ("POST", "/", 404),
        ("GET", "/healthz?verbose=1", 200), ("HEAD", "/healthz", 405), ("POST", "/healthz", 405),
        ("DELETE", "/metrics", 405),
    ],
)  # fmt: skip
def test_there_are_two_pages_and_they_are_only_read(port: int, method: str, path: str, status: int) -> None:
    """Everything else is not there, or not allowed."""
    answered, headers, _ = get(port, path, method=method)
    assert answered == status
    assert headers.get("Allow") == ("GET" if status == 405 else None)


def test_a_record_that_cannot_be_read_is_503(tmp_path: Path, clock: FakeClock) -> None:
    """Whoever watches hears of it, without a password or a path to guess at."""
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 300)
    for url in (f"sqlite:///{tmp_path / 'broken.db'}", f"postgresql://u:secret@/x?host={tmp_path}"):
        app = program(url, tmp_path, clock)
        server = serve_health(app, "127.0.0.1:0")
        try:
            status, told = healthz(server.port)
            assert (status, told["status"]) == (503, "unhealthy")
            assert told["checks"][0]["name"] == "record"
            assert "secret" not in str(told)
            assert metrics(server.port) == {"heard_healthy": 0}
        finally:
            server.close()
            app.engine.dispose()


def test_a_record_that_was_not_migrated_is_503(tmp_path: Path, postgres: Any, clock: FakeClock) -> None:
    """A table that is missing is no different from a database that is away."""
    for url in (f"sqlite:///{tmp_path / 'empty.db'}", postgres.new_database()):
        app = program(url, tmp_path, clock)
        server = serve_health(app, "127.0.0.1:0")
        try:
            assert healthz(server.port)[0] == 503
        finally:
            server.close()
            app.engine.dispose()


def test_a_record_that_hangs_is_503_until_it_answers_again(
    tmp_path: Path, postgres: Any, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often anybody asks meanwhile, one connection waits."""
    import migrations  # noqa: PLC0415  # only here

    monkeypatch.setattr("operations.serve_health._ANSWER_WITHIN_S", 0.2)
    app = program(postgres.new_database(), tmp_path, clock)
    migrations.upgrade(app.engine)
    server = serve_health(app, "127.0.0.1:0")
    try:
        with app.engine.connect() as holding:
            holding.execute(text("LOCK TABLE mailbox_health IN ACCESS EXCLUSIVE MODE"))
            for _ in range(4):
                status, told = healthz(server.port)
                assert status == 503
                assert "does not answer within" in told["checks"][0]["said"]
            assert app.engine.pool.checkedout() == 2  # type: ignore[attr-defined]  # a pool that counts
        monkeypatch.setattr("operations.serve_health._ANSWER_WITHIN_S", 10)
        assert healthz(server.port)[1]["checks"][0]["name"] == "clock"
    finally:
        server.close()
        app.engine.dispose()


def test_a_port_in_use_is_said_with_what_to_do(app: App, port: int) -> None:
    """The setting, the place and the remedy in a sentence."""
    with pytest.raises(InputInvalid, match=rf"127\.0\.0\.1:{port}.*in use.*ss -ltnp.*another port"):
        serve_health(app, f"127.0.0.1:{port}")


@pytest.mark.parametrize("listen", ["no-such-host.invalid:9187", "192.0.2.1:9187", "127.0.0.1:99999", "x"])
def test_a_place_that_cannot_be_listened_on_is_said(app: App, listen: str) -> None:
    """Whatever the reason is."""
    with pytest.raises(InputInvalid, match="health_listen"):
        serve_health(app, listen)


def test_a_closed_server_lets_its_port_go(app: App) -> None:
    """The next start finds it free, also on IPv6."""
    first = serve_health(app, "[::1]:0")
    port = first.port
    first.close()
    second = serve_health(app, f"[::1]:{port}")
    second.close()


def test_requests_leave_no_trace_in_the_log(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    """They come every few seconds, and some are broken off."""
    get(port, "/healthz")
    get(port, "/nowhere")
    with talking(port) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        connection.recv(1000)
    with talking(port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
    time.sleep(0.2)
    assert capfd.readouterr() == ("", "")


def test_who_says_nothing_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a moment of silence, and at last also who sends a byte now and then."""
    monkeypatch.setattr("operations.serve_health._Handler.timeout", 0.2)
    monkeypatch.setattr("operations.serve_health._REQUEST_WITHIN_S", 0.5)
    with talking(port) as silent:
        assert silent.recv(10) == b""
    with talking(port) as slow:
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"reset|pipe"):  # noqa: PT012  # it takes a few bytes
            while time.monotonic() - begun < 5:
                slow.sendall(b"G")
                time.sleep(0.1)
    assert get(port, "/healthz")[0] == 200


def test_those_who_hold_connections_open_do_not_keep_others_out_for_long(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many at a time; the rest are turned away at once, and served when there is room."""
    monkeypatch.setattr("operations.serve_health._Handler.timeout", 0.5)
    held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(40)]
    time.sleep(0.2)
    assert sum(thread.name.startswith("Thread-") for thread in threading.enumerate()) < 40
    time.sleep(0.6)
    assert get(port, "/healthz")[0] == 200
    for each in held:
        each.close()


def test_many_may_ask_at_the_same_time(port: int) -> None:
    """Each is answered."""
    answers: list[int] = []
    asking = [threading.Thread(target=lambda: answers.append(get(port, "/healthz")[0])) for _ in range(12)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert answers == [200] * 12


@contextmanager
def talking(port: int) -> Iterator[socket.socket]:
    """Open a connection and say what one likes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        yield connection
